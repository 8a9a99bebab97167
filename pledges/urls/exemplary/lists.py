from django.urls import path

from pledges.views.exemplary import resemblance

urlpatterns = [
    path("so-mo-hinh/giong/", resemblance.SimilarTyped.as_view(), name="model-similar-typed"),
    path("so-mo-hinh/<int:pk>/giong/", resemblance.ModelSimilar.as_view(), name="model-similar"),
]
