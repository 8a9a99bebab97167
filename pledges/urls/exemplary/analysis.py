from django.urls import path

from pledges.views.exemplary import analysis as views

urlpatterns = [
    path("phan-tich-mo-hinh/", views.Overview.as_view(), name="model-analysis"),
    path("phan-tich-mo-hinh/don-vi/", views.Units.as_view(), name="model-analysis-units"),
    path("phan-tich-mo-hinh/linh-vuc/", views.Fields.as_view(), name="model-analysis-fields"),
    path("phan-tich-mo-hinh/ben-vung/", views.Ages.as_view(), name="model-analysis-ages"),
    path("phan-tich-mo-hinh/ban-do/", views.Map.as_view(), name="model-analysis-map"),
]
