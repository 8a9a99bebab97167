"""The quarterly report: one figure once, its own evidence, its own verdict."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.models import Indicator, Participation, ReportingPeriod
from dvk_portal.core.models import StoredFile
from pledges.models.pledge import OwnedQuerySet


class QuarterlyReportQuerySet(OwnedQuerySet):
    view_permission = "report.view"

    def owing(self):
        """Reports that the unit still has to send."""
        return self.filter(status__in=QuarterlyReport.WITH_UNIT)

    def overdue(self, now):
        """Time is not a state: still owed and past the due moment."""
        return self.owing().filter(due_at__lt=now)


class QuarterlyReport(models.Model):
    """The report of one unit for one period. Created at launch, so that who has not sent is a plain query.

    ``due_at`` starts as the period's and moves only by an extension or a return (with its new due date).
    ``days_from_due`` is set at the first sending: negative = days early, 0 = on the day, positive = days late (W-19);
    ``working_days_from_due`` likewise in working days.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Đang nhập"
        SUBMITTED = "submitted", "Đã gửi"
        RETURNED = "returned", "Trả lại"
        VERIFIED = "verified", "Đã thẩm định"
        LOCKED = "locked", "Đã khóa"

    WITH_UNIT = (Status.DRAFT, Status.RETURNED)
    SENT = (Status.SUBMITTED, Status.VERIFIED, Status.LOCKED)

    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="reports")
    period = models.ForeignKey(ReportingPeriod, on_delete=models.PROTECT, related_name="reports")
    status = models.CharField("trạng thái", max_length=10, choices=Status, default=Status.DRAFT)
    due_at = models.DateTimeField("hạn nộp")
    first_submitted_at = models.DateTimeField("gửi lần đầu lúc", null=True, blank=True)
    days_from_due = models.SmallIntegerField("số ngày so với hạn", null=True, blank=True)
    working_days_from_due = models.SmallIntegerField("số ngày làm việc so với hạn", null=True, blank=True)
    submitted_at = models.DateTimeField("gửi lúc", null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField("trả lại lúc", null=True, blank=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    return_note = models.TextField("lý do trả lại", blank=True)
    verified_at = models.DateTimeField("thẩm định xong lúc", null=True, blank=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    locked_at = models.DateTimeField("khóa lúc", null=True, blank=True)
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    last_entry_at = models.DateTimeField("nhập gần nhất lúc", null=True, blank=True)
    last_entry_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = QuarterlyReportQuerySet.as_manager()
    unit_path = "participation__unit"

    class Meta:
        verbose_name = "báo cáo quý"
        verbose_name_plural = "báo cáo quý"
        ordering = ["-period__data_from", "participation__sort_key"]
        constraints = [
            models.UniqueConstraint(fields=["participation", "period"], name="report_once_per_period"),
            models.CheckConstraint(
                condition=~Q(status__in=["submitted", "verified", "locked"])
                | Q(submitted_at__isnull=False, first_submitted_at__isnull=False, days_from_due__isnull=False),
                name="report_sent_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["verified", "locked"]) | Q(verified_at__isnull=False),
                name="report_verified_has_date",
            ),
        ]
        indexes = [models.Index(fields=["status", "due_at"], name="report_by_status_due")]

    def __str__(self) -> str:
        return f"Báo cáo {self.period} của {self.participation}"

    def get_absolute_url(self) -> str:
        return reverse("report-detail", args=[self.pk])

    @property
    def is_with_unit(self) -> bool:
        return self.status in self.WITH_UNIT


class ReportedValue(models.Model):
    """One cell. Empty ``answer`` = not reported, which is never zero; "không phát sinh" is a value a person chose (W-20).

    ``amount``, ``text`` or ``flag`` holds the answer by the indicator's kind. The verified number stands beside the
    reported one and never overwrites it. ``revision`` grows with each write; an entry made from an older one is refused.
    """

    class Answer(models.TextChoices):
        NOT_REPORTED = "", "chưa báo cáo"
        GIVEN = "given", "có số liệu"
        NOTHING = "nothing", "không phát sinh"
        NOT_APPLICABLE = "n/a", "không áp dụng"

    class Status(models.TextChoices):
        ENTERED = "entered", "Đã nhập"
        ACCEPTED = "accepted", "Chấp nhận"
        RETURNED = "returned", "Trả lại mục này"
        CORRECTED = "corrected", "Đã điều chỉnh"

    report = models.ForeignKey(QuarterlyReport, on_delete=models.CASCADE, related_name="values")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.NOT_REPORTED, blank=True)
    amount = models.DecimalField("số liệu", max_digits=18, decimal_places=4, null=True, blank=True)
    text = models.TextField("nội dung", blank=True)
    flag = models.BooleanField("có", null=True, blank=True)
    note = models.CharField("giải thích của đơn vị", max_length=500, blank=True)
    status = models.CharField("trạng thái", max_length=10, choices=Status, default=Status.ENTERED)
    verified_amount = models.DecimalField("số thẩm định", max_digits=18, decimal_places=4, null=True, blank=True)
    verified_flag = models.BooleanField("thẩm định: có", null=True, blank=True)
    verdict_note = models.CharField("lý do điều chỉnh hoặc trả lại", max_length=500, blank=True)
    verdict_at = models.DateTimeField(null=True, blank=True)
    verdict_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(auto_now=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)

    unit_path = "report__participation__unit"

    class Meta:
        verbose_name = "số liệu báo cáo"
        verbose_name_plural = "số liệu báo cáo"
        constraints = [
            models.UniqueConstraint(fields=["report", "indicator"], name="value_once_per_indicator"),
            models.CheckConstraint(
                condition=~Q(status__in=["returned", "corrected"]) | ~Q(verdict_note=""),
                name="value_changed_by_verifier_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(status="entered") | Q(verdict_at__isnull=False), name="value_verdict_has_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.shown}"

    @property
    def is_reported(self) -> bool:
        return self.answer != self.Answer.NOT_REPORTED

    @property
    def is_verified(self) -> bool:
        return self.status in (self.Status.ACCEPTED, self.Status.CORRECTED)

    @property
    def shown(self) -> str:
        if self.answer in (self.Answer.NOTHING, self.Answer.NOT_APPLICABLE, self.Answer.NOT_REPORTED):
            return self.get_answer_display()
        if self.flag is not None:
            return "Có" if self.flag else "Không"
        return self.text if self.amount is None else f"{self.amount.normalize():f}"


class Evidence(models.Model):
    """A file or a citation that proves a figure or a criterion of the score sheet (tài liệu kiểm chứng)."""

    report = models.ForeignKey(
        QuarterlyReport, on_delete=models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    sheet = models.ForeignKey(
        "pledges.ScoreSheet", on_delete=models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="+")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    criterion = models.CharField("tiêu chí", max_length=60, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    citation = models.CharField("trích dẫn (số, ký hiệu, ngày, trang)", max_length=250, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "participation__unit"

    class Meta:
        verbose_name = "minh chứng"
        verbose_name_plural = "minh chứng"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(report__isnull=False, sheet__isnull=True) | Q(report__isnull=True, sheet__isnull=False),
                name="evidence_proves_one_record",
            ),
            models.CheckConstraint(
                condition=Q(file__isnull=False) | ~Q(citation=""),
                name="evidence_has_file_or_citation",
                violation_error_message="Hãy chọn tệp hoặc ghi trích dẫn.",
            ),
        ]

    def __str__(self) -> str:
        return self.file.name if self.file else self.citation


class Extension(models.Model):
    """A later due date granted to one unit for one period, with its reason; counts as on time (peers.md §5.5)."""

    report = models.ForeignKey(QuarterlyReport, on_delete=models.CASCADE, related_name="extensions")
    old_due_at = models.DateTimeField("hạn cũ")
    due_at = models.DateTimeField("hạn mới")
    reason = models.CharField("lý do", max_length=500)
    granted_at = models.DateTimeField(auto_now_add=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    unit_path = "report__participation__unit"

    class Meta:
        verbose_name = "gia hạn"
        verbose_name_plural = "gia hạn"
        ordering = ["granted_at"]

    def __str__(self) -> str:
        return f"{self.report}: {self.due_at:%d/%m/%Y}"
