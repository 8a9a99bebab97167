from django.urls import path

from pledges.views.exemplary import appraisal
from pledges.views.exemplary import recognition as views

urlpatterns = [
    path("cong-nhan-mo-hinh/", views.BatchList.as_view(), name="recognition-list"),
    path("cong-nhan-mo-hinh/ty-le/", views.RateList.as_view(), name="recognition-rates"),
    path("cong-nhan-mo-hinh/lap/", views.BatchCreate.as_view(), name="recognition-batch-create"),
    path("cong-nhan-mo-hinh/de-nghi/", views.Propose.as_view(), name="recognition-propose"),
    path("cong-nhan-mo-hinh/de-nghi/<int:pk>/rut/", views.ProposalWithdraw.as_view(), name="recognition-withdraw"),
    path("cong-nhan-mo-hinh/ra-soat/", views.OwedList.as_view(), name="review-list"),
    path("cong-nhan-mo-hinh/<int:pk>/", views.BatchDetail.as_view(), name="recognition-batch"),
    path("cong-nhan-mo-hinh/<int:pk>/dua-vao/", views.BatchTake.as_view(), name="recognition-batch-take"),
    path("cong-nhan-mo-hinh/<int:pk>/bo-ra/", views.BatchDrop.as_view(), name="recognition-batch-drop"),
    path("cong-nhan-mo-hinh/<int:pk>/khong-cong-nhan/", views.BatchRefuse.as_view(), name="recognition-batch-refuse"),
    path("cong-nhan-mo-hinh/<int:pk>/quyet-dinh/", views.BatchDecide.as_view(), name="recognition-batch-decide"),
    path("cong-nhan-mo-hinh/<int:pk>/ban-quyet-dinh/", views.BatchFile.as_view(), name="recognition-batch-file"),
    path("cong-nhan-mo-hinh/<int:pk>/huy/", views.BatchCancel.as_view(), name="recognition-batch-cancel"),
    path("so-mo-hinh/<int:pk>/khao-sat/", appraisal.VisitCreate.as_view(), name="visit-create"),
    path("so-mo-hinh/khao-sat/<int:pk>/bien-ban/", appraisal.VisitMinutes.as_view(), name="visit-minutes"),
    path("so-mo-hinh/<int:pk>/tham-dinh/", appraisal.AppraisalCreate.as_view(), name="appraisal-create"),
    path("so-mo-hinh/<int:pk>/ra-soat/", appraisal.ReviewCreate.as_view(), name="review-create"),
    path("so-mo-hinh/<int:pk>/tieu-bieu/", appraisal.MakeExemplary.as_view(), name="model-make-exemplary"),
]
