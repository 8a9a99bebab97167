from django.urls import path

from campaigns.views import indicators

urlpatterns = [
    path("chi-so/", indicators.IndicatorList.as_view(), name="indicator-list"),
    path("chi-so/them/", indicators.IndicatorCreate.as_view(), name="indicator-create"),
    path("chi-so/nhap-tep/", indicators.IndicatorImport.as_view(), name="indicator-import"),
    path("chi-so/tep/", indicators.IndicatorExport.as_view(), name="indicator-export"),
    path("chi-so/nhom/", indicators.IndicatorGroupList.as_view(), name="indicator-group-list"),
    path("chi-so/nhom/them/", indicators.IndicatorGroupEdit.as_view(), name="indicator-group-create"),
    path("chi-so/nhom/<int:pk>/", indicators.IndicatorGroupEdit.as_view(), name="indicator-group-edit"),
    path("chi-so/<int:pk>/", indicators.IndicatorEdit.as_view(), name="indicator-edit"),
]
