from django.urls import path

from pledges.views.exemplary import fromreport, resemblance

urlpatterns = [
    path("so-mo-hinh/giong/", resemblance.SimilarTyped.as_view(), name="model-similar-typed"),
    path(
        "so-mo-hinh/tu-bao-cao/<int:pk>/<int:indicator>/",
        fromreport.ModelFromReport.as_view(),
        name="model-from-report",
    ),
    path("so-mo-hinh/<int:pk>/giong/", resemblance.ModelSimilar.as_view(), name="model-similar"),
]
