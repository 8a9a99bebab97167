"""Rows that every app owes or leaves behind: audit trail, files, notifications, jobs, the calendar's exceptions."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class AuditEntry(models.Model):
    """Who did what to which record, when, old and new. Append-only; sealed into a hash chain by ``core.seal_audit``.

    Source: law.md R-91 (Quy định 384-QĐ/TW: immutable logs).
    """

    at = models.DateTimeField("thời điểm", default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="người thực hiện"
    )
    action = models.CharField("việc", max_length=60)
    record_type = models.CharField("loại bản ghi", max_length=60)
    record_id = models.CharField("mã bản ghi", max_length=40)
    record_text = models.CharField("bản ghi", max_length=300)
    changes = models.JSONField("thay đổi", default=dict)
    note = models.TextField("lý do, ghi chú", blank=True)
    sealed_no = models.BigIntegerField(null=True, unique=True, editable=False)
    seal = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = "dòng nhật ký"
        verbose_name_plural = "nhật ký"
        ordering = ["-id"]
        indexes = [models.Index(fields=["record_type", "record_id"], name="audit_by_record")]

    def __str__(self) -> str:
        return f"{self.action}: {self.record_text}"


class StoredFile(models.Model):
    """Bytes kept once, named by their SHA-256; served only through the view of the record they prove."""

    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField("tên tệp", max_length=150)
    kind = models.CharField("kiểu nội dung", max_length=100)
    size = models.PositiveIntegerField("kích thước (byte)")
    file = models.FileField(upload_to="kho/%Y/%m")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "tệp"
        verbose_name_plural = "tệp"

    def __str__(self) -> str:
        return self.name


class NotificationQuerySet(models.QuerySet):
    def unread(self):
        return self.filter(read_at=None)

    def mail_owed(self):
        return self.filter(mail_state=Notification.MailState.OWED)


class Notification(models.Model):
    """One message to one person: in the inbox at once, by mail when the mail server takes it."""

    class MailState(models.TextChoices):
        NONE = "none", "không gửi thư"
        OWED = "owed", "chờ gửi"
        SENT = "sent", "đã gửi"
        FAILED = "failed", "không gửi được"

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    title = models.CharField("tiêu đề", max_length=200)
    body = models.TextField("nội dung", blank=True)
    url = models.CharField("mở", max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    mail_state = models.CharField(max_length=10, choices=MailState, default=MailState.NONE)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_error = models.CharField(max_length=200, blank=True)
    mail_claimed_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = "thông báo"
        verbose_name_plural = "thông báo"
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="notification_once_per_key")]
        indexes = [models.Index(fields=["mail_state"], name="notification_mail_owed")]

    def __str__(self) -> str:
        return self.title


class Job(models.Model):
    """Work that a person or a change waits for; done by a worker, safe to run twice, resumable by lease."""

    class State(models.TextChoices):
        QUEUED = "queued", "Đang chờ"
        RUNNING = "running", "Đang chạy"
        DONE = "done", "Đã xong"
        FAILED = "failed", "Không thành công"
        CANCELLED = "cancelled", "Đã hủy"

    LIVE = (State.QUEUED, State.RUNNING)

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    params = models.JSONField(default=dict)
    title = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    rerun = models.BooleanField(default=False)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "tác vụ"
        verbose_name_plural = "tác vụ"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(state__in=["queued", "running"]), name="job_once_alive"
            )
        ]

    def __str__(self) -> str:
        return self.title or self.kind

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


class CalendarDay(models.Model):
    """A day that the province declares working or off, against the calendar package (law.md R-95)."""

    date = models.DateField("ngày", unique=True)
    is_working = models.BooleanField("là ngày làm việc")
    name = models.CharField("tên", max_length=100)
    legal_basis = models.CharField("căn cứ", max_length=200, blank=True)

    class Meta:
        verbose_name = "ngày nghỉ, làm bù"
        verbose_name_plural = "lịch nghỉ, làm bù"
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.name}"
