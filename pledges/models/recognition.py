"""From appraisal to recognition and yearly review: one record per year and level, never a flag (W-32, W-33, W-35)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from dvk_portal.core.models import StoredFile
from pledges.models.exemplary_model import ChecklistItem, ExemplaryModel, RecognitionLevel
from pledges.models.pledge import OwnedQuerySet
from units.models import Unit


class FieldVisit(models.Model):
    """Khảo sát thực tế: the appraisal team sees the model and the people concerned; minutes and pictures are kept."""

    model = models.ForeignKey(ExemplaryModel, on_delete=models.PROTECT, related_name="visits")
    visited_on = models.DateField("ngày khảo sát")
    team = models.TextField("thành phần đoàn", max_length=1000)
    met = models.CharField("đã gặp", max_length=500, help_text="Cấp ủy, chi bộ, người dân liên quan…")
    findings = models.TextField("ghi nhận", max_length=4000)
    minutes_no = models.CharField("biên bản số", max_length=60, blank=True)
    minutes = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="tệp biên bản"
    )
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "model__unit"

    class Meta:
        verbose_name = "khảo sát thực tế"
        verbose_name_plural = "khảo sát thực tế"
        ordering = ["-visited_on", "-id"]

    def __str__(self) -> str:
        return f"Khảo sát ngày {self.visited_on:%d/%m/%Y}"


class Appraisal(models.Model):
    """Thẩm định for one level in one year: pass or fail with a conclusion, line by line."""

    model = models.ForeignKey(ExemplaryModel, on_delete=models.PROTECT, related_name="appraisals")
    level = models.ForeignKey(RecognitionLevel, on_delete=models.PROTECT, related_name="+", verbose_name="cấp")
    year = models.PositiveSmallIntegerField("năm")
    passed = models.BooleanField("đạt")
    points = models.DecimalField("tổng điểm", max_digits=6, decimal_places=2, null=True, blank=True)
    conclusion = models.TextField("kết luận", max_length=2000)
    appraised_at = models.DateTimeField("thẩm định lúc", auto_now_add=True)
    appraised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "model__unit"

    class Meta:
        verbose_name = "thẩm định mô hình"
        verbose_name_plural = "thẩm định mô hình"
        ordering = ["-appraised_at", "-id"]

    def __str__(self) -> str:
        return f"Thẩm định {self.level} năm {self.year}"


class AppraisalAnswer(models.Model):
    """One line of the checklist as answered; ``passed`` None = not asked to pass, points only."""

    appraisal = models.ForeignKey(Appraisal, on_delete=models.CASCADE, related_name="answers")
    item = models.ForeignKey(ChecklistItem, on_delete=models.PROTECT, related_name="+")
    passed = models.BooleanField("đạt", null=True, blank=True)
    points = models.DecimalField("điểm", max_digits=5, decimal_places=2, null=True, blank=True)
    note = models.CharField("ghi chú", max_length=300, blank=True)

    unit_path = "appraisal__model__unit"

    class Meta:
        verbose_name = "mục đã thẩm định"
        verbose_name_plural = "mục đã thẩm định"
        ordering = ["item__order", "item__code"]
        constraints = [models.UniqueConstraint(fields=["appraisal", "item"], name="appraisal_answer_once")]

    def __str__(self) -> str:
        return str(self.item)


class RecognitionBatchQuerySet(OwnedQuerySet):
    view_permission = "recognition.view"


class RecognitionBatch(models.Model):
    """Đợt công nhận: many models, one decision. ``unit`` is the deciding body."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Đang lập"
        DECIDED = "decided", "Đã có quyết định"
        CANCELLED = "cancelled", "Đã hủy"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="recognition_batches", verbose_name="cơ quan")
    level = models.ForeignKey(RecognitionLevel, on_delete=models.PROTECT, related_name="+", verbose_name="cấp")
    year = models.PositiveSmallIntegerField("năm")
    title = models.CharField("tên đợt", max_length=200)
    status = models.CharField("trạng thái", max_length=10, choices=Status, default=Status.DRAFT)
    decision_no = models.CharField("quyết định số", max_length=60, blank=True)
    decision_date = models.DateField("ngày quyết định", null=True, blank=True)
    decision_file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="bản quyết định"
    )
    certificate_suffix = models.CharField(
        "ký hiệu giấy chứng nhận", max_length=30, blank=True, help_text="Ví dụ: /GCN-DVK. Số thứ tự được cấp tự động."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField("hủy lúc", null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    end_note = models.TextField("lý do hủy", blank=True)

    objects = RecognitionBatchQuerySet.as_manager()
    unit_path = "unit"

    class Meta:
        verbose_name = "đợt công nhận"
        verbose_name_plural = "đợt công nhận"
        ordering = ["-year", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="decided")
                | (Q(decided_at__isnull=False, decision_date__isnull=False) & ~Q(decision_no="")),
                name="recognition_batch_decided_has_decision",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | (Q(ended_at__isnull=False) & ~Q(end_note="")),
                name="recognition_batch_cancelled_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("recognition-batch", args=[self.pk])


class RecognitionQuerySet(OwnedQuerySet):
    view_permission = "model.view"

    def granted(self):
        """Granted and never taken back: what ended later was still a recognition of its year."""
        return self.filter(status__in=(Recognition.Status.GRANTED, Recognition.Status.ENDED))


class Recognition(models.Model):
    """Công nhận of one model at one level for one year; ``subject`` and ``unit_name`` as they were when granted (W-41)."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", "Đề nghị"
        GRANTED = "granted", "Đã công nhận"
        REFUSED = "refused", "Không công nhận"
        ENDED = "ended", "Hết hiệu lực"
        REVOKED = "revoked", "Thu hồi"

    LIVE = (Status.PROPOSED, Status.GRANTED, Status.ENDED)

    model = models.ForeignKey(ExemplaryModel, on_delete=models.PROTECT, related_name="recognitions")
    level = models.ForeignKey(
        RecognitionLevel, on_delete=models.PROTECT, related_name="recognitions", verbose_name="cấp"
    )
    year = models.PositiveSmallIntegerField("năm")
    batch = models.ForeignKey(
        RecognitionBatch,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="recognitions",
        verbose_name="đợt",
    )
    status = models.CharField("trạng thái", max_length=10, choices=Status, default=Status.PROPOSED)
    proposed_at = models.DateTimeField("đề nghị lúc", auto_now_add=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField("lý do đề nghị hoặc không công nhận", max_length=1000, blank=True)
    certificate_no = models.CharField("số giấy chứng nhận", max_length=60, blank=True)
    decided_on = models.DateField("ngày quyết định", null=True, blank=True)
    name = models.CharField("tên mô hình khi công nhận", max_length=250, blank=True)
    subject = models.CharField("tập thể, cá nhân khi công nhận", max_length=200, blank=True)
    unit_name = models.CharField("đơn vị khi công nhận", max_length=150, blank=True)
    ended_on = models.DateField("hết hiệu lực từ ngày", null=True, blank=True)
    end_note = models.TextField("lý do", blank=True)

    objects = RecognitionQuerySet.as_manager()
    unit_path = "model__unit"

    class Meta:
        verbose_name = "công nhận mô hình"
        verbose_name_plural = "công nhận mô hình"
        ordering = ["-year", "level__order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "level", "year"],
                condition=Q(status__in=["proposed", "granted", "ended"]),
                name="recognition_once_per_year_and_level",
                violation_error_message="Mô hình này đã được đề nghị hoặc công nhận ở cấp đó trong năm.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["granted", "ended", "revoked"])
                | (Q(batch__isnull=False, decided_on__isnull=False) & ~Q(certificate_no="") & ~Q(name="")),
                name="recognition_granted_has_decision",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["ended", "revoked"]) | (Q(ended_on__isnull=False) & ~Q(end_note="")),
                name="recognition_over_has_reason",
            ),
            models.UniqueConstraint(
                fields=["batch", "certificate_no"],
                condition=~Q(certificate_no=""),
                name="recognition_certificate_once_per_batch",
            ),
        ]
        indexes = [models.Index(fields=["year", "level", "status"], name="recognition_by_year")]

    def __str__(self) -> str:
        return f"{self.level} {self.year}"


class ModelReview(models.Model):
    """Rà soát hằng năm of a recognised model: keep, strengthen or end (W-33). One a year."""

    class Verdict(models.TextChoices):
        KEEP = "keep", "Duy trì"
        STRENGTHEN = "strengthen", "Cần củng cố"
        WITHDRAW = "withdraw", "Thôi công nhận"

    model = models.ForeignKey(ExemplaryModel, on_delete=models.PROTECT, related_name="reviews")
    year = models.PositiveSmallIntegerField("năm")
    verdict = models.CharField("kết luận", max_length=10, choices=Verdict)
    findings = models.TextField("nhận xét, hiệu quả", max_length=2000)
    reviewed_on = models.DateField("ngày rà soát")
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    unit_path = "model__unit"

    class Meta:
        verbose_name = "rà soát mô hình"
        verbose_name_plural = "rà soát mô hình"
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["model", "year"], name="model_review_once_a_year")]

    def __str__(self) -> str:
        return f"Rà soát năm {self.year}: {self.get_verdict_display()}"


class Replication(models.Model):
    """Nhân rộng: ``model`` of another unit was learned from ``origin``; what was adapted, what became of it after a year."""

    class Outcome(models.TextChoices):
        UNKNOWN = "", "Chưa đánh giá"
        WORKS = "works", "Có hiệu quả"
        PARTLY = "partly", "Hiệu quả một phần"
        STOPPED = "stopped", "Không tiếp tục"

    origin = models.ForeignKey(
        ExemplaryModel, on_delete=models.PROTECT, related_name="replications", verbose_name="mô hình gốc"
    )
    model = models.OneToOneField(ExemplaryModel, on_delete=models.CASCADE, related_name="replication")
    adaptations = models.TextField("điều chỉnh cho phù hợp", max_length=2000)
    taken_on = models.DateField("bắt đầu học theo từ ngày")
    results = models.TextField("kết quả", max_length=2000, blank=True)
    outcome = models.CharField(
        "đánh giá sau một năm", max_length=10, choices=Outcome, default=Outcome.UNKNOWN, blank=True
    )
    outcome_on = models.DateField("ngày đánh giá", null=True, blank=True)
    outcome_note = models.TextField("nhận xét", max_length=1000, blank=True)
    outcome_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "model__unit"

    class Meta:
        verbose_name = "nhân rộng mô hình"
        verbose_name_plural = "nhân rộng mô hình"
        ordering = ["taken_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(origin=models.F("model")), name="replication_of_another"),
            models.CheckConstraint(
                condition=Q(outcome="") | (Q(outcome_on__isnull=False) & ~Q(outcome_note="")),
                name="replication_outcome_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin} → {self.model}"
