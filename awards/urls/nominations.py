from django.urls import URLPattern, path

from awards.views.nominations import appraisal, archive, pages, papers, writing

_ONE = "khen-thuong/ho-so/<int:pk>/"
_APPRAISE = "khen-thuong/tham-dinh/<int:pk>/"

# The desk (awards/views/nominations/papers.py) and where its records are.
_DESKS = {
    "nomination": _ONE,
    "nominationset": "khen-thuong/bo-de-nghi/<int:pk>/",
    "appraisal": "khen-thuong/tham-dinh/dot/<int:pk>/",
}


def _of(desk: str, place: str) -> list[URLPattern]:
    page, preview, issue = papers.Papers, papers.PaperPreview, papers.PaperIssue
    return [
        path(f"{place}van-ban/", page.as_view(desk_name=desk), name=f"{desk}-documents"),
        path(
            f"{place}van-ban/xem-truoc/<slug:kind>/", preview.as_view(desk_name=desk), name=f"{desk}-document-preview"
        ),
        path(f"{place}van-ban/lap/<slug:kind>/", issue.as_view(desk_name=desk), name=f"{desk}-document-issue"),
    ]


urlpatterns: list[URLPattern] = [
    *[row for desk, place in _DESKS.items() for row in _of(desk, place)],
    path("khen-thuong/bo-de-nghi/<int:pk>/", papers.SetDetail.as_view(), name="nominationset-detail"),
    path("khen-thuong/bo-de-nghi/<int:pk>/cuoc-hop/", papers.SetMinutes.as_view(), name="nominationset-minutes"),
    path(f"{_ONE}tai-ve/", archive.NominationArchive.as_view(), name="nomination-archive"),
    path("khen-thuong/tham-dinh/dot/<int:pk>/tai-ve/", archive.CycleArchive.as_view(), name="appraisal-archive"),
    path("khen-thuong/ho-so/", pages.NominationList.as_view(), name="nomination-list"),
    path("khen-thuong/ho-so/lap/", writing.NominationCreate.as_view(), name="nomination-create"),
    path(_ONE, pages.NominationDetail.as_view(), name="nomination-detail"),
    path(f"{_ONE}sua/", writing.NominationEdit.as_view(), name="nomination-edit"),
    path(f"{_ONE}tep/", writing.NominationFiles.as_view(), name="nomination-files"),
    path(f"{_ONE}tep/<int:file_pk>/", pages.NominationFile.as_view(), name="nomination-file"),
    path(f"{_ONE}tep/<int:file_pk>/go/", writing.NominationFileRemove.as_view(), name="nomination-file-remove"),
    path(f"{_ONE}gui/", writing.NominationSend.as_view(), name="nomination-send"),
    path(f"{_ONE}rut/", writing.NominationWithdraw.as_view(), name="nomination-withdraw"),
    path(f"{_ONE}lan-gui/", pages.NominationRevisions.as_view(), name="nomination-revisions"),
    path("khen-thuong/tham-dinh/", appraisal.AppraisalQueue.as_view(), name="appraisal-queue"),
    path("khen-thuong/tham-dinh/nhieu/", appraisal.AppraisalBatch.as_view(), name="appraisal-batch"),
    path(
        "khen-thuong/tham-dinh/nhieu/<int:pk>/", appraisal.AppraisalBatchResult.as_view(), name="appraisal-batch-result"
    ),
    path(_APPRAISE, appraisal.AppraisalPage.as_view(), name="nomination-appraise"),
    path(f"{_APPRAISE}du-ho-so/", appraisal.NominationComplete.as_view(), name="nomination-complete"),
    path(f"{_APPRAISE}tra-lai/", appraisal.NominationReturn.as_view(), name="nomination-return"),
    path(f"{_APPRAISE}can-kiem-tra/", appraisal.NominationToCheck.as_view(), name="nomination-to-check"),
    path(f"{_APPRAISE}du-dieu-kien/", appraisal.NominationEligible.as_view(), name="nomination-eligible"),
    path(f"{_APPRAISE}khong-du-dieu-kien/", appraisal.NominationReject.as_view(), name="nomination-reject"),
    path(f"{_APPRAISE}trung-thanh-tich/", appraisal.NominationOverlap.as_view(), name="nomination-overlap"),
]
