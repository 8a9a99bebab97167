from django.urls import path

from pledges.views.exemplary import fromreport, imports, resemblance

urlpatterns = [
    path("so-mo-hinh/giong/", resemblance.SimilarTyped.as_view(), name="model-similar-typed"),
    path(
        "so-mo-hinh/tu-bao-cao/<int:pk>/<int:indicator>/",
        fromreport.ModelFromReport.as_view(),
        name="model-from-report",
    ),
    path("so-mo-hinh/nhap/", imports.ModelImport.as_view(), name="model-import"),
    path("so-mo-hinh/nhap/mau/", imports.ModelTemplate.as_view(), name="model-import-template"),
    path("so-mo-hinh/<int:pk>/giong/", resemblance.ModelSimilar.as_view(), name="model-similar"),
]
