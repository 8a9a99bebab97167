from django.urls import path

from pledges.views.exemplary import appraisal, batches, proposals, recognition

urlpatterns = [
    path("cong-nhan-mo-hinh/", recognition.BatchList.as_view(), name="recognition-list"),
    path("cong-nhan-mo-hinh/ty-le/", recognition.RateList.as_view(), name="recognition-rates"),
    path("cong-nhan-mo-hinh/lap/", batches.BatchCreate.as_view(), name="recognition-batch-create"),
    path("cong-nhan-mo-hinh/de-nghi/", proposals.Propose.as_view(), name="recognition-propose"),
    path("cong-nhan-mo-hinh/de-nghi/<int:pk>/rut/", proposals.ProposalWithdraw.as_view(), name="recognition-withdraw"),
    path("cong-nhan-mo-hinh/ra-soat/", recognition.OwedList.as_view(), name="review-list"),
    path("cong-nhan-mo-hinh/<int:pk>/", batches.BatchDetail.as_view(), name="recognition-batch"),
    path("cong-nhan-mo-hinh/<int:pk>/dua-vao/", batches.BatchTake.as_view(), name="recognition-batch-take"),
    path("cong-nhan-mo-hinh/<int:pk>/bo-ra/", batches.BatchDrop.as_view(), name="recognition-batch-drop"),
    path("cong-nhan-mo-hinh/<int:pk>/khong-cong-nhan/", batches.BatchRefuse.as_view(), name="recognition-batch-refuse"),
    path("cong-nhan-mo-hinh/<int:pk>/quyet-dinh/", batches.BatchDecide.as_view(), name="recognition-batch-decide"),
    path("cong-nhan-mo-hinh/<int:pk>/ban-quyet-dinh/", batches.BatchFile.as_view(), name="recognition-batch-file"),
    path("cong-nhan-mo-hinh/<int:pk>/huy/", batches.BatchCancel.as_view(), name="recognition-batch-cancel"),
    path("so-mo-hinh/<int:pk>/khao-sat/", appraisal.VisitCreate.as_view(), name="visit-create"),
    path("so-mo-hinh/khao-sat/<int:pk>/bien-ban/", appraisal.VisitMinutes.as_view(), name="visit-minutes"),
    path("so-mo-hinh/<int:pk>/tham-dinh/", appraisal.AppraisalCreate.as_view(), name="appraisal-create"),
    path("so-mo-hinh/<int:pk>/ra-soat/", appraisal.ReviewCreate.as_view(), name="review-create"),
    path("so-mo-hinh/<int:pk>/tieu-bieu/", appraisal.MakeExemplary.as_view(), name="model-make-exemplary"),
]
