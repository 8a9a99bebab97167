from django.urls import path

from dvk_portal.core import health, inbox, views

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
    path("nhat-ky/", inbox.AuditList.as_view(), name="audit-list"),
]
