from django.urls import path

from pledges.views import reports, reports_entry, verification

urlpatterns = [
    path("bao-cao/", reports.ReportList.as_view(), name="report-list"),
    path("bao-cao/<int:pk>/", reports.ReportDetail.as_view(), name="report-detail"),
    path("bao-cao/<int:pk>/nhap/", reports_entry.ReportEdit.as_view(), name="report-edit"),
    path("bao-cao/<int:pk>/nhap/<int:indicator>/", reports_entry.ReportCell.as_view(), name="report-cell"),
    path("bao-cao/<int:pk>/gui/", reports_entry.ReportSubmit.as_view(), name="report-submit"),
    path("bao-cao/<int:pk>/bao-lanh-dao/", reports_entry.ReportReady.as_view(), name="report-ready"),
    path("bao-cao/<int:pk>/minh-chung/<int:indicator>/", reports_entry.EvidenceList.as_view(), name="evidence-list"),
    path("minh-chung/<int:pk>/", reports_entry.EvidenceDownload.as_view(), name="evidence-download"),
    path("minh-chung/<int:pk>/go/", reports_entry.EvidenceRemove.as_view(), name="evidence-remove"),
    path("bao-cao/<int:pk>/tham-dinh/", verification.ReportVerify.as_view(), name="report-verify"),
    path("bao-cao/<int:pk>/tham-dinh/chap-nhan/", verification.ReportAccept.as_view(), name="report-accept"),
    path("bao-cao/<int:pk>/tham-dinh/<int:indicator>/", verification.ValueVerdict.as_view(), name="value-verdict"),
    path("bao-cao/<int:pk>/tra-lai/", verification.ReportReturn.as_view(), name="report-return"),
    path("bao-cao/<int:pk>/mo-lai/", verification.ReportUnverify.as_view(), name="report-unverify"),
    path("bao-cao/<int:pk>/khoa/", verification.ReportLock.as_view(), name="report-lock"),
    path("bao-cao/<int:pk>/gia-han/", verification.ReportExtend.as_view(), name="report-extend"),
    path("bao-cao/<int:pk>/dieu-chinh/<int:indicator>/", verification.ValueCorrect.as_view(), name="value-correct"),
    path("tham-dinh/", verification.VerificationQueue.as_view(), name="verification-queue"),
    path("tham-dinh/chap-nhan/", verification.VerificationAccept.as_view(), name="verification-accept"),
]
