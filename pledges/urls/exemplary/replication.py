from django.urls import path, re_path

from pledges.views.exemplary import replication as views

urlpatterns = [
    path("nhan-rong-mo-hinh/", views.ReplicationGraph.as_view(), name="replication-graph"),
    re_path(
        r"^nhan-rong-mo-hinh/du-lieu\.(?P<kind>json|csv|xlsx)$",
        views.ReplicationData.as_view(),
        name="replication-data",
    ),
    path("nhan-rong-mo-hinh/hoc-theo/<int:pk>/", views.ModelReplicate.as_view(), name="model-replicate"),
    path("nhan-rong-mo-hinh/<int:pk>/ket-qua/", views.ReplicationResults.as_view(), name="replication-results"),
    path("nhan-rong-mo-hinh/<int:pk>/danh-gia/", views.ReplicationJudge.as_view(), name="replication-judge"),
]
