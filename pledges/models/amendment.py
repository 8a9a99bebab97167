"""Phụ lục giao ước: a later change of a signed pledge, with its own negotiation and signatures (W-9)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.models import Indicator
from dvk_portal.core.models import Document, Signature
from pledges.models.pledge import OwnedQuerySet, Pledge, Side, Target
from units import access


class AmendmentQuerySet(OwnedQuerySet):
    view_permission = "pledge.view"

    def visible_to(self, user):
        """Like the pledge; a draft never sent only for the side that writes it. The witness reads what he is to sign."""
        drafts = {Side.UNIT: "pledge.edit", Side.PROVINCE: "amendment.draft_province"}
        own = Q()
        for side, permission in drafts.items():
            own |= Q(by_side=side, pk__in=access.scope(Amendment.objects.all(), user, permission).values("pk"))
        shown = super().visible_to(user).filter(~Q(status=Amendment.Status.DRAFT) | own)
        witnessing = access.reach_ids(user, "pledge.witness") or ()
        witnessed = Q(
            pledge__participation__campaign__witness__in=witnessing,
            status__in=(*Amendment.SIGNABLE, Amendment.Status.SIGNED),
        )
        return self.filter(Q(pk__in=shown.values("pk")) | witnessed)

    def with_content(self):
        return self.select_related(
            "pledge__participation__campaign__owner",
            "pledge__participation__cluster",
            "pledge__participation__unit",
            "pledge__document",
            "document",
        ).prefetch_related("changes__indicator", "changes__commitment", "document__signatures")

    def in_force(self, day):
        """Signed by all and in effect on ``day``."""
        return self.filter(status=Amendment.Status.SIGNED, effective_on__lte=day)


class Amendment(models.Model):
    """One annex. It changes nothing until all have signed and ``effective_on`` has come."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Nháp"
        PROPOSED = "proposed", "Chờ bên kia xem"
        RETURNED = "returned", "Trả lại"
        AGREED = "agreed", "Đã thống nhất"
        PART_SIGNED = "part_signed", "Một bên đã ký"
        SIGNED = "signed", "Đã ký"
        WITHDRAWN = "withdrawn", "Đã rút"

    EDITABLE = (Status.DRAFT, Status.RETURNED)
    SIGNABLE = (Status.AGREED, Status.PART_SIGNED)
    FINISHED = (Status.SIGNED, Status.WITHDRAWN)

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField("phụ lục số")
    by_side = models.CharField("bên đề nghị", max_length=10, choices=Side)
    reason = models.TextField("lý do", max_length=1000)
    effective_on = models.DateField("có hiệu lực từ ngày")
    status = models.CharField("trạng thái", max_length=12, choices=Status, default=Status.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField("gửi lúc", null=True, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField("trả lại lúc", null=True, blank=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    return_note = models.TextField("lý do trả lại", blank=True)
    agreed_at = models.DateTimeField("thống nhất lúc", null=True, blank=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField("ký xong lúc", null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField("rút lúc", null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    end_note = models.TextField("lý do rút", blank=True)
    document = models.OneToOneField(
        Document, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="văn bản đã chốt"
    )

    objects = AmendmentQuerySet.as_manager()
    unit_path = "pledge__participation__unit"

    class Meta:
        verbose_name = "phụ lục giao ước"
        verbose_name_plural = "phụ lục giao ước"
        ordering = ["pledge", "number"]
        constraints = [
            models.UniqueConstraint(fields=["pledge", "number"], name="amendment_number_once"),
            models.UniqueConstraint(
                fields=["pledge"],
                condition=~Q(status__in=["signed", "withdrawn"]),
                name="amendment_one_under_way",
                violation_error_message="Giao ước đang có một phụ lục chưa xong. Hãy hoàn tất hoặc rút phụ lục đó trước.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["agreed", "part_signed", "signed"])
                | Q(agreed_at__isnull=False, document__isnull=False),
                name="amendment_agreed_has_date_and_document",
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | (Q(ended_at__isnull=False) & ~Q(end_note="")),
                name="amendment_withdrawn_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Phụ lục {self.number} – {self.pledge}"

    def get_absolute_url(self) -> str:
        return reverse("amendment-detail", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE

    @property
    def title(self) -> str:
        return f"Phụ lục số {self.number:02d}"

    @property
    def proposer(self) -> str:
        """The body that drafted it. Load the pledge with its campaign's owner."""
        row = self.pledge.participation
        return row.name if self.by_side == Side.UNIT else row.campaign.owner.name

    @property
    def other_side(self) -> str:
        """The side that answers."""
        return Side.PROVINCE if self.by_side == Side.UNIT else Side.UNIT

    @property
    def signatures(self) -> list[Signature]:
        rows = self.document.signatures.all() if self.document else []
        return [row for row in rows if row.status != Signature.Status.REFUSED]


class AmendmentChange(models.Model):
    """One change: a target set anew (or added), a target dropped, a commitment reworded, added or dropped."""

    class Action(models.TextChoices):
        SET_TARGET = "set_target", "Đặt chỉ tiêu"
        DROP_TARGET = "drop_target", "Bỏ chỉ tiêu"
        SET_COMMITMENT = "set_commitment", "Ghi lại cam kết"
        ADD_COMMITMENT = "add_commitment", "Thêm cam kết"
        DROP_COMMITMENT = "drop_commitment", "Bỏ cam kết"

    amendment = models.ForeignKey(Amendment, on_delete=models.CASCADE, related_name="changes")
    action = models.CharField("thay đổi", max_length=20, choices=Action)
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="chỉ số"
    )
    form = models.CharField("dạng chỉ tiêu", max_length=10, choices=Target.Form, default=Target.Form.AT_LEAST)
    amount = models.DecimalField("chỉ tiêu mới", max_digits=18, decimal_places=4, null=True, blank=True)
    due_on = models.DateField("thời hạn", null=True, blank=True)
    weight = models.DecimalField("trọng số", max_digits=6, decimal_places=2, null=True, blank=True)
    commitment = models.ForeignKey(
        "pledges.Commitment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="cam kết cũ",
    )
    # A commitment that an earlier annex added has no row in the pledge: it is known by the change that added it.
    origin = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="cam kết do phụ lục trước thêm",
    )
    side = models.CharField("bên", max_length=10, choices=Side, default=Side.UNIT)
    text = models.TextField("nội dung mới", max_length=1000, blank=True)
    note = models.CharField("ghi chú", max_length=250, blank=True)

    unit_path = "amendment__pledge__participation__unit"

    class Meta:
        verbose_name = "nội dung thay đổi"
        verbose_name_plural = "nội dung thay đổi"
        ordering = ["amendment", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["amendment", "indicator"],
                condition=Q(indicator__isnull=False),
                name="amendment_target_once",
                violation_error_message="Mỗi chỉ tiêu chỉ thay đổi một lần trong một phụ lục.",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="amendment_target_not_negative",
                violation_error_message="Chỉ tiêu không được âm.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.indicator or self.text[:60]}"
