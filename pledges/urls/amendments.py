from django.urls import path

from pledges.views import amendments as views

urlpatterns = [
    path("giao-uoc/<int:pk>/phu-luc/", views.AmendmentCreate.as_view(), name="amendment-create"),
    path("giao-uoc/phu-luc/<int:pk>/", views.AmendmentDetail.as_view(), name="amendment-detail"),
    path("giao-uoc/phu-luc/<int:pk>/sua/", views.AmendmentEdit.as_view(), name="amendment-edit"),
    path("giao-uoc/phu-luc/<int:pk>/gui/", views.AmendmentPropose.as_view(), name="amendment-propose"),
    path("giao-uoc/phu-luc/<int:pk>/tra-lai/", views.AmendmentReturn.as_view(), name="amendment-return"),
    path("giao-uoc/phu-luc/<int:pk>/thong-nhat/", views.AmendmentAgree.as_view(), name="amendment-agree"),
    path("giao-uoc/phu-luc/<int:pk>/rut/", views.AmendmentWithdraw.as_view(), name="amendment-withdraw"),
    path("giao-uoc/phu-luc/<int:pk>/ky/", views.AmendmentSign.as_view(), name="amendment-sign"),
]
