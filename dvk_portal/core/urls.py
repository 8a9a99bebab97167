from django.urls import path

from dvk_portal.core import health, inbox, lookup, views
from dvk_portal.core.documentpages import downloads, signing, templates, token
from dvk_portal.core.documentpages import views as pages

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("favicon.ico", health.favicon, name="favicon"),
    path("giao-dien/", views.ComponentsPage.as_view(), name="components"),
    path("hop-thu/", inbox.Inbox.as_view(), name="inbox"),
    path("hop-thu/da-doc/", inbox.InboxReadAll.as_view(), name="inbox-read-all"),
    path("hop-thu/<int:pk>/", inbox.InboxRead.as_view(), name="inbox-read"),
    path("tac-vu/<int:pk>/", inbox.JobDetail.as_view(), name="job-detail"),
    path("tac-vu/<int:pk>/huy/", inbox.JobCancel.as_view(), name="job-cancel"),
    path("tac-vu/<int:pk>/tep/", inbox.JobFile.as_view(), name="job-file"),
    path("thu-da-gui/", inbox.MailSink.as_view(), name="mail-sink"),
    path("van-ban/", pages.DocumentList.as_view(), name="document-list"),
    path("van-ban/<int:pk>/", pages.DocumentDetail.as_view(), name="document-detail"),
    path("van-ban/<int:pk>/trang/<int:page>/", pages.DocumentPicture.as_view(), name="document-picture"),
    path("van-ban/<int:pk>/tep/<int:file>/", pages.DocumentFileDownload.as_view(), name="document-file"),
    path("van-ban/<int:pk>/word/", downloads.DocumentWord.as_view(), name="document-word"),
    path("van-ban/<int:pk>/bang-tinh/", downloads.DocumentWorkbook.as_view(), name="document-xlsx"),
    path("van-ban/<int:pk>/kiem-tra/", pages.DocumentCheck.as_view(), name="document-check"),
    path("van-ban/<int:pk>/huy/", pages.DocumentCancel.as_view(), name="document-cancel"),
    path("van-ban/<int:pk>/ky/", signing.SignChoice.as_view(), name="document-sign"),
    path("van-ban/<int:pk>/ky/dong-y/", signing.SignConsent.as_view(), name="document-sign-consent"),
    path("van-ban/<int:pk>/ky/tep/", signing.SignUpload.as_view(), name="document-sign-upload"),
    path("van-ban/<int:pk>/ky/khoa/", signing.SignKey.as_view(), name="document-sign-key"),
    path("van-ban/<int:pk>/ky/thiet-bi/", token.SignToken.as_view(), name="document-sign-token"),
    path("van-ban/<int:pk>/ky/thiet-bi/ma-bam/", token.SignDigest.as_view(), name="document-sign-digest"),
    path("van-ban/<int:pk>/ky/ban-quet/", signing.SignScan.as_view(), name="document-sign-scan"),
    path("van-ban/mau/", templates.TemplateList.as_view(), name="document-template-list"),
    path("van-ban/mau/<slug:kind>/", templates.TemplateDetail.as_view(), name="document-template"),
    path(
        "van-ban/mau/<slug:kind>/mau-chung/",
        templates.TemplateStandardFile.as_view(),
        name="document-template-standard",
    ),
    path(
        "van-ban/mau/<slug:kind>/dung-mau-chung/",
        templates.TemplateUseStandard.as_view(),
        name="document-template-use-standard",
    ),
    path(
        "van-ban/mau/<slug:kind>/phien-ban/<int:version>/",
        templates.TemplateFile.as_view(),
        name="document-template-file",
    ),
    path(
        "van-ban/mau/<slug:kind>/phien-ban/<int:version>/dung-lai/",
        templates.TemplateUse.as_view(),
        name="document-template-use",
    ),
    path("van-ban/mau/<slug:kind>/xem-truoc/", templates.TemplatePreview.as_view(), name="document-template-preview"),
    path(
        "van-ban/mau/<slug:kind>/xem-truoc/<slug:layout>/",
        templates.TemplatePreview.as_view(),
        name="document-template-preview",
    ),
    path(
        "van-ban/mau/<slug:kind>/xem-truoc/<slug:layout>/trang/<int:page>/",
        templates.TemplatePicture.as_view(),
        name="document-template-picture",
    ),
    path(
        "van-ban/mau/<slug:kind>/xem-truoc/<slug:layout>/tep/<slug:extension>/",
        templates.TemplateSample.as_view(),
        name="document-template-sample",
    ),
    path("chu-ky/<int:pk>/xac-nhan/", pages.SignatureConfirm.as_view(), name="signature-confirm"),
    path("chu-ky/<int:pk>/khong-nhan/", pages.SignatureRefuse.as_view(), name="signature-refuse"),
    path("tra-cuu/", lookup.LookupForm.as_view(), name="lookup-form"),
    path("tra-cuu/<slug:code>/", lookup.Lookup.as_view(), name="lookup"),
    path("nhat-ky/", inbox.AuditList.as_view(), name="audit-list"),
]
