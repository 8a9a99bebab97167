"""The emulation pledge (giao ước thi đua): targets, commitments of both sides, two confirmations."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.models import Indicator, Participation
from dvk_portal.core.models import Document, Signature
from units import access
from units.models import Unit


class OwnedQuerySet(models.QuerySet):
    """Records that belong to a unit, filtered by what the person's rights reach."""

    view_permission = ""

    def visible_to(self, user):
        return access.scope(self, user, self.view_permission)


class Side(models.TextChoices):
    UNIT = "unit", "Đơn vị"
    PROVINCE = "province", "Cơ quan phát động"
    WITNESS = "witness", "Bên chứng kiến"


class PledgeQuerySet(OwnedQuerySet):
    view_permission = "pledge.view"

    def visible_to(self, user):
        """Of the units that the person reaches; and what the unit whose leader he is witnesses, once it is agreed."""
        ids = access.reach_ids(user, self.view_permission)
        if ids is None:
            return self
        witnessed = models.Q(
            participation__campaign__witness__in=access.reach_ids(user, "pledge.witness") or (),
            status__in=Pledge.FIXED,
        )
        return self.filter(models.Q(participation__unit__in=ids) | witnessed)

    def with_campaign(self):
        return self.select_related("participation__campaign__owner", "participation__cluster", "participation__unit")

    def with_content(self):
        """With everything its hash covers, and the signatures."""
        return self.with_campaign().prefetch_related(
            "targets__indicator", "commitments", "parties", "document__signatures"
        )

    def with_signed_sides(self):
        """``unit_signed``, ``province_signed``: whether that side has signed."""
        signed = {
            side: Signature.objects.filter(
                document=models.OuterRef("document"), slot=side, status=Signature.Status.ACCEPTED
            )
            for side in Side
        }
        return self.annotate(
            unit_signed=models.Exists(signed[Side.UNIT]), province_signed=models.Exists(signed[Side.PROVINCE])
        )

    def with_annexes(self):
        """``annexes``: how many annexes all have signed; None = none. A subquery, so that it multiplies no other count."""
        signed = Pledge.objects.filter(pk=models.OuterRef("pk"), amendments__status="signed").order_by().values("pk")
        return self.annotate(annexes=models.Subquery(signed.annotate(n=models.Count("amendments")).values("n")))

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
        PART_SIGNED = "part_signed", "Một bên đã ký"
        SIGNED = "signed", "Đã ký"
        WITHDRAWN = "withdrawn", "Đã rút"
        SUPERSEDED = "superseded", "Đã thay thế"

    EDITABLE = (Status.DRAFT, Status.RETURNED)
    # Waiting for signatures.
    SIGNABLE = (Status.AGREED, Status.PART_SIGNED)
    # Content fixed by its hash.
    FIXED = (Status.AGREED, Status.PART_SIGNED, Status.SIGNED)

    participation = models.OneToOneField(Participation, on_delete=models.PROTECT, related_name="pledge")
    status = models.CharField("trạng thái", max_length=12, choices=Status, default=Status.DRAFT)
    proposed_at = models.DateTimeField("đề xuất lúc", null=True, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField("trả lại lúc", null=True, blank=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    return_note = models.TextField("lý do trả lại", blank=True)
    agreed_at = models.DateTimeField("thống nhất lúc", null=True, blank=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField("ký xong lúc", null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField("rút, thay thế lúc", null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    end_note = models.TextField("lý do rút, thay thế", blank=True)
    superseded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes", verbose_name="thay bằng"
    )
    copies = models.PositiveSmallIntegerField("số bản", default=2)
    document_hash = models.CharField("mã băm nội dung", max_length=64, blank=True)
    document = models.OneToOneField(
        Document, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="văn bản đã chốt"
    )

    objects = PledgeQuerySet.as_manager()
    unit_path = "participation__unit"

    class Meta:
        verbose_name = "giao ước thi đua"
        verbose_name_plural = "giao ước thi đua"
        ordering = ["participation__sort_key"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["agreed", "part_signed", "signed"])
                | (Q(agreed_at__isnull=False) & ~Q(document_hash="")),
                name="pledge_agreed_has_date_and_hash",
            ),
            models.CheckConstraint(
                condition=~Q(status="signed") | Q(signed_at__isnull=False), name="pledge_signed_has_date"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["withdrawn", "superseded"]) | (Q(ended_at__isnull=False) & ~Q(end_note="")),
                name="pledge_ended_has_date_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Giao ước của {self.participation}"

    def get_absolute_url(self) -> str:
        return reverse("pledge-detail", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE

    @property
    def signatures(self) -> list[Signature]:
        """Signatures that count or wait for confirmation, in the order they were made; none before agreement."""
        rows = self.document.signatures.all() if self.document else []
        return [row for row in rows if row.status != Signature.Status.REFUSED]


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
    due_on = models.DateField("thời hạn", null=True, blank=True)
    weight = models.DecimalField("trọng số", max_digits=6, decimal_places=2, null=True, blank=True)
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


class Commitment(models.Model):
    """A promise in words, of the unit or of the province."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="commitments")
    side = models.CharField("bên", max_length=10, choices=Side, default=Side.UNIT)
    text = models.TextField("nội dung cam kết", max_length=1000)
    common = models.BooleanField("phần chung", default=False)
    order = models.PositiveSmallIntegerField(default=0)
    # Only how it is watched, not a part of what is agreed: it is not hashed.
    indicator = models.ForeignKey(
        Indicator,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="theo dõi bằng chỉ số",
    )

    unit_path = "pledge__participation__unit"

    class Meta:
        verbose_name = "cam kết"
        verbose_name_plural = "cam kết"
        ordering = ["pledge", "side", "order", "id"]

    def __str__(self) -> str:
        return self.text[:80]


class Party(models.Model):
    """Who stands for one side: body, representative and mandate as they were when the content was agreed."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="parties")
    side = models.CharField("bên", max_length=10, choices=Side)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="cơ quan, đơn vị")
    unit_name = models.CharField("tên cơ quan, đơn vị", max_length=150)
    name = models.CharField("người đại diện", max_length=50, blank=True)
    position = models.CharField("chức danh", max_length=150, blank=True)
    authority = models.CharField("quyền hạn ghi trên chữ ký", max_length=100, blank=True)
    delegation = models.CharField("theo văn bản ủy quyền", max_length=100, blank=True)

    unit_path = "pledge__participation__unit"

    class Meta:
        verbose_name = "bên giao ước"
        verbose_name_plural = "các bên giao ước"
        ordering = ["pledge", "id"]
        constraints = [models.UniqueConstraint(fields=["pledge", "side"], name="party_once_per_side")]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.unit_name}"


class Clause(models.Model):
    """A ready-made promise in the library, by content group, for one side (practice.md AG24-3).

    Content groups are words of the province's plan, not the headings under which units report.
    """

    topic = models.CharField("nhóm nội dung", max_length=120)
    side = models.CharField(
        "bên", max_length=10, choices=[(side.value, side.label) for side in (Side.UNIT, Side.PROVINCE)]
    )
    text = models.TextField("nội dung", max_length=1000)
    indicator = models.ForeignKey(
        Indicator,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="theo dõi bằng chỉ số",
        help_text="Chỉ số báo cáo cho biết kết quả thực hiện điều khoản này; để trống nếu không có.",
    )
    is_active = models.BooleanField("đang dùng", default=True)
    order = models.PositiveSmallIntegerField("thứ tự", default=0)

    unit_path = None

    class Meta:
        verbose_name = "điều khoản mẫu"
        verbose_name_plural = "thư viện điều khoản"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["side", "text"],
                name="clause_once",
                violation_error_message="Thư viện đã có điều khoản này của bên đó.",
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]
