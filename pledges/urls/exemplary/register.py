from django.urls import path

from pledges.views.exemplary import register as views

urlpatterns = [
    path("so-mo-hinh/", views.ModelList.as_view(), name="model-list"),
    path("so-mo-hinh/<int:pk>/", views.ModelDetail.as_view(), name="model-detail"),
]
