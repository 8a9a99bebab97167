"""The emulation pledge (giao ước thi đua): targets, commitments of both sides, two confirmations."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.models import Indicator, Participation
from units import access


class OwnedQuerySet(models.QuerySet):
    """Records that belong to a unit, filtered by what the person's rights reach."""

    view_permission = ""

    def visible_to(self, user):
        return access.scope(self, user, self.view_permission)


class PledgeQuerySet(OwnedQuerySet):
    view_permission = "pledge.view"

    def with_campaign(self):
        return self.select_related("participation__campaign__owner", "participation__cluster", "participation__unit")

    def with_content(self):
        """With everything its hash covers, and the signatures."""
        return self.with_campaign().prefetch_related("targets__indicator", "commitments", "signatures")

    def with_signed_sides(self):
        """``unit_signed``, ``province_signed``: whether that side has signed."""
        signed = {side: Signature.objects.filter(pledge=models.OuterRef("pk"), side=side) for side in Side}
        return self.annotate(
            unit_signed=models.Exists(signed[Side.UNIT]), province_signed=models.Exists(signed[Side.PROVINCE])
        )

    def owing(self):
        """Pledges that the unit still has to propose."""
        return self.filter(status__in=Pledge.EDITABLE)


class Pledge(models.Model):
    """One per unit and campaign. ``document_hash`` is the SHA-256 of what both sides agreed on; signatures repeat it."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Nháp"
        PROPOSED = "proposed", "Đơn vị đề xuất"
        RETURNED = "returned", "Trả lại"
        AGREED = "agreed", "Đã thống nhất"
        SIGNED = "signed", "Đã ký"

    EDITABLE = (Status.DRAFT, Status.RETURNED)

    participation = models.OneToOneField(Participation, on_delete=models.PROTECT, related_name="pledge")
    status = models.CharField("trạng thái", max_length=10, choices=Status, default=Status.DRAFT)
    proposed_at = models.DateTimeField("đề xuất lúc", null=True, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField("trả lại lúc", null=True, blank=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    return_note = models.TextField("lý do trả lại", blank=True)
    agreed_at = models.DateTimeField("thống nhất lúc", null=True, blank=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField("ký xong lúc", null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    document_hash = models.CharField("mã băm nội dung", max_length=64, blank=True)

    objects = PledgeQuerySet.as_manager()
    unit_path = "participation__unit"

    class Meta:
        verbose_name = "giao ước thi đua"
        verbose_name_plural = "giao ước thi đua"
        ordering = ["participation__sort_key"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["agreed", "signed"]) | (Q(agreed_at__isnull=False) & ~Q(document_hash="")),
                name="pledge_agreed_has_date_and_hash",
            ),
            models.CheckConstraint(
                condition=~Q(status="signed") | Q(signed_at__isnull=False), name="pledge_signed_has_date"
            ),
        ]

    def __str__(self) -> str:
        return f"Giao ước của {self.participation}"

    def get_absolute_url(self) -> str:
        return reverse("pledge-detail", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE


class Target(models.Model):
    """What the unit promises on one indicator. ``baseline`` is last year's result as known when it was proposed (W-10)."""

    class Form(models.TextChoices):
        AT_LEAST = "at_least", "ít nhất"
        AT_MOST = "at_most", "không quá"

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="targets")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+", verbose_name="chỉ số")
    form = models.CharField("dạng chỉ tiêu", max_length=10, choices=Form, default=Form.AT_LEAST)
    amount = models.DecimalField("chỉ tiêu", max_digits=18, decimal_places=4, null=True, blank=True)
    baseline = models.DecimalField("kết quả năm trước", max_digits=18, decimal_places=4, null=True, blank=True)
    common = models.BooleanField("phần chung", default=False)
    note = models.CharField("ghi chú", max_length=250, blank=True)

    unit_path = "pledge__participation__unit"

    class Meta:
        verbose_name = "chỉ tiêu giao ước"
        verbose_name_plural = "chỉ tiêu giao ước"
        ordering = ["pledge", "indicator__group__order", "indicator__order"]
        constraints = [
            models.UniqueConstraint(fields=["pledge", "indicator"], name="target_once_per_indicator"),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="target_not_negative",
                violation_error_message="Chỉ tiêu không được âm.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.get_form_display()} {self.amount}"

    @property
    def is_below_baseline(self) -> bool:
        """Less ambitious than last year's result: flagged, not forbidden (practice.md W-10)."""
        if self.amount is None or self.baseline is None:
            return False
        return self.amount > self.baseline if self.form == self.Form.AT_MOST else self.amount < self.baseline


class Side(models.TextChoices):
    UNIT = "unit", "Đơn vị"
    PROVINCE = "province", "Cơ quan phát động"


class Commitment(models.Model):
    """A promise in words, of the unit or of the province."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="commitments")
    side = models.CharField("bên", max_length=10, choices=Side, default=Side.UNIT)
    text = models.TextField("nội dung cam kết", max_length=1000)
    common = models.BooleanField("phần chung", default=False)
    order = models.PositiveSmallIntegerField(default=0)

    unit_path = "pledge__participation__unit"

    class Meta:
        verbose_name = "cam kết"
        verbose_name_plural = "cam kết"
        ordering = ["pledge", "side", "order", "id"]

    def __str__(self) -> str:
        return self.text[:80]


class Signature(models.Model):
    """A confirmation of one side: who, in what capacity, how, when, of exactly which content."""

    class Method(models.TextChoices):
        PASSWORD = "password", "Xác nhận bằng mật khẩu trong cổng"

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField("bên", max_length=10, choices=Side)
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="người ký"
    )
    name = models.CharField("họ tên khi ký", max_length=50)
    capacity = models.CharField("chức danh khi ký", max_length=150)
    method = models.CharField("cách ký", max_length=10, choices=Method)
    signed_at = models.DateTimeField("thời điểm")
    document_hash = models.CharField("mã băm nội dung", max_length=64)

    unit_path = "pledge__participation__unit"

    class Meta:
        verbose_name = "chữ ký"
        verbose_name_plural = "chữ ký"
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(fields=["pledge", "side"], name="signature_once_per_side"),
            models.CheckConstraint(condition=~Q(document_hash=""), name="signature_names_its_content"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.capacity}"
