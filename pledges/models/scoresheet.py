"""Score sheets: three numbers per line, every line with its reason; totals, ranking, publication."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from campaigns.models import Campaign, Cluster, Indicator, Participation, ReportingPeriod, Scheme
from pledges.models.pledge import OwnedQuerySet


class Stage(models.TextChoices):
    SELF = "self", "Tự chấm"
    VERIFIED = "verified", "Thẩm định"
    FINAL = "final", "Thống nhất"


class ScoreSheetQuerySet(OwnedQuerySet):
    view_permission = "score.view"


class ScoreSheet(models.Model):
    """The marking of one unit in one campaign, under one version of the scheme. Written by the roll-up (services/rollup).

    ``*_total`` are None while nothing at that stage is scored; ``provisional`` = some leaf has no score yet.
    ``gap`` is the self score less the verified one over the criteria that the unit scores itself and that both stages have
    scored: positive = the unit marked itself higher (practice.md W-29). What only the superior gives never makes a gap.
    ``sourced`` keeps the figures that the portal filled in (``{"self": {code: value}, "verified": …}``), as they were used;
    ``input_digest`` is the SHA-256 of everything the totals were computed from.
    """

    class Status(models.TextChoices):
        SELF = "self", "Tự chấm"
        SENT = "sent", "Đã gửi tự chấm"
        VERIFIED = "verified", "Đã thẩm định"
        AGREED = "agreed", "Đã thống nhất"
        PUBLISHED = "published", "Đã công bố"

    participation = models.OneToOneField(Participation, on_delete=models.PROTECT, related_name="sheet")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="sheets")
    status = models.CharField("trạng thái", max_length=10, choices=Status, default=Status.SELF)
    self_total = models.DecimalField("tự chấm", max_digits=9, decimal_places=4, null=True, blank=True)
    verified_total = models.DecimalField("thẩm định", max_digits=9, decimal_places=4, null=True, blank=True)
    final_total = models.DecimalField("thống nhất", max_digits=9, decimal_places=4, null=True, blank=True)
    gap = models.DecimalField("chênh lệch", max_digits=9, decimal_places=4, null=True, blank=True)
    provisional = models.BooleanField("tạm tính", default=True)
    bonus = models.DecimalField("điểm thưởng", max_digits=9, decimal_places=4, null=True, blank=True)
    deduction = models.DecimalField("điểm trừ", max_digits=9, decimal_places=4, null=True, blank=True)
    self_class = models.CharField("tự xếp loại", max_length=60, blank=True)
    score_class = models.CharField("xếp loại", max_length=60, blank=True)
    unranked = models.BooleanField("không xếp loại", default=False)
    gates = models.JSONField("điều kiện bị áp dụng", default=list)
    rank = models.PositiveSmallIntegerField("thứ hạng trong cụm", null=True, blank=True)
    rank_shared = models.BooleanField("đồng hạng", default=False)
    rank_reason = models.CharField("lý do thứ hạng", max_length=250, blank=True)
    sent_at = models.DateTimeField("gửi tự chấm lúc", null=True, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    verified_at = models.DateTimeField("thẩm định xong lúc", null=True, blank=True)
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField("thống nhất lúc", null=True, blank=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField("công bố lúc", null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    sourced = models.JSONField("số liệu hệ thống điền", default=dict)
    input_digest = models.CharField(max_length=64, blank=True)
    computed_at = models.DateTimeField("tính lúc", null=True, blank=True)

    objects = ScoreSheetQuerySet.as_manager()
    unit_path = "participation__unit"

    class Meta:
        verbose_name = "phiếu điểm"
        verbose_name_plural = "phiếu điểm"
        ordering = ["participation__cluster__order", "participation__sort_key"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False), name="sheet_published_has_date"
            ),
            models.CheckConstraint(
                condition=~Q(status="agreed") | Q(agreed_at__isnull=False), name="sheet_agreed_has_date"
            ),
        ]

    def __str__(self) -> str:
        return f"Phiếu điểm của {self.participation}"

    def get_absolute_url(self) -> str:
        return reverse("scoresheet-detail", args=[self.pk])

    @property
    def is_tentative(self) -> bool:
        """Whether its class means nothing yet: something has no score, and figures are still coming in."""
        return self.provisional and self.participation.campaign.status == Campaign.Status.OPEN


class ScoreInput(models.Model):
    """What somebody entered for one rule at one stage: the unit, the verifier, or the agreement in the meeting.

    ``value`` is the JSON form of campaigns.scoring's inputs (decimals as text). A verifier's value that differs from the
    unit's needs a reason (practice.md W-30). Inputs that have a ``source`` are not typed; a row here is an adjustment.
    """

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="inputs")
    code = models.CharField("mã quy tắc", max_length=60)
    stage = models.CharField("bước", max_length=10, choices=Stage)
    value = models.JSONField("giá trị", null=True)
    reason = models.CharField("lý do", max_length=500, blank=True)
    entered_at = models.DateTimeField(auto_now=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "sheet__participation__unit"

    class Meta:
        verbose_name = "số liệu chấm điểm"
        verbose_name_plural = "số liệu chấm điểm"
        constraints = [models.UniqueConstraint(fields=["sheet", "code", "stage"], name="score_input_once_per_stage")]

    def __str__(self) -> str:
        return f"{self.code} ({self.get_stage_display()})"


class ScoreLine(models.Model):
    """One node of the scheme on one sheet: points, state and reason at each stage. Derived; rewritten by the roll-up."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="lines")
    code = models.CharField("mã", max_length=60)
    order = models.PositiveSmallIntegerField()
    self_points = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    verified_points = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    final_points = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    self_state = models.CharField(max_length=20)
    verified_state = models.CharField(max_length=20)
    final_state = models.CharField(max_length=20)
    self_reason = models.TextField(blank=True)
    verified_reason = models.TextField(blank=True)
    final_reason = models.TextField(blank=True)

    unit_path = "sheet__participation__unit"

    class Meta:
        verbose_name = "dòng điểm"
        verbose_name_plural = "dòng điểm"
        ordering = ["sheet", "order"]
        constraints = [models.UniqueConstraint(fields=["sheet", "code"], name="score_line_once_per_node")]

    def __str__(self) -> str:
        return f"{self.code}: {self.final_points}"


class GateDeclaration(models.Model):
    """A condition that an appraiser declares (kỷ luật, không đủ điều kiện…), with the reason."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="declarations")
    code = models.CharField("mã điều kiện", max_length=60)
    reason = models.CharField("lý do", max_length=500)
    declared_at = models.DateTimeField(auto_now_add=True)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    unit_path = "sheet__participation__unit"

    class Meta:
        verbose_name = "điều kiện đã khai"
        verbose_name_plural = "điều kiện đã khai"
        constraints = [models.UniqueConstraint(fields=["sheet", "code"], name="gate_declared_once")]

    def __str__(self) -> str:
        return self.code


class TieDecision(models.Model):
    """A person's order of units with equal totals, with the reason (the scheme's tie rule ``decision``)."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="tie_decisions")
    order = models.JSONField("thứ tự (mã đơn vị tham gia)")
    reason = models.CharField("lý do", max_length=500)
    decided_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    unit_path = "cluster__campaign__owner"

    class Meta:
        verbose_name = "quyết định thứ tự khi bằng điểm"
        verbose_name_plural = "quyết định thứ tự khi bằng điểm"
        ordering = ["-decided_at"]

    def __str__(self) -> str:
        return f"{self.cluster}: {self.reason}"


class IndicatorTotal(models.Model):
    """A rolled-up figure of a cluster or the whole roster for one period or the campaign. Derived by the roll-up.

    ``cluster`` None = the whole roster, ``period`` None = the whole campaign. ``value`` None = nothing reported.
    ``detail`` holds what a number cannot (counts of yes and no, numerator and denominator); ``reported`` of ``expected``
    unit-periods.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="totals")
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, null=True, related_name="totals")
    period = models.ForeignKey(ReportingPeriod, on_delete=models.CASCADE, null=True, related_name="totals")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    # "cluster:period" with 0 for None: unique even where the database lets NULLs repeat.
    slot = models.CharField(max_length=40, editable=False)
    value = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    reported = models.PositiveIntegerField(default=0)
    expected = models.PositiveIntegerField(default=0)
    detail = models.JSONField(default=dict)

    unit_path = "campaign__owner"

    class Meta:
        verbose_name = "số tổng hợp"
        verbose_name_plural = "số tổng hợp"
        constraints = [models.UniqueConstraint(fields=["campaign", "slot", "indicator"], name="total_once_per_slot")]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.value}"


class Publication(models.Model):
    """The published result of a campaign, with the decision's number. ``content`` is the whole ranking as published and
    ``digest`` its SHA-256; after it nothing of the campaign changes."""

    campaign = models.OneToOneField(Campaign, on_delete=models.PROTECT, related_name="publication")
    decision_no = models.CharField("số quyết định", max_length=60)
    decision_date = models.DateField("ngày quyết định")
    published_at = models.DateTimeField("công bố lúc", auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    digest = models.CharField(max_length=64)

    unit_path = "campaign__owner"

    class Meta:
        verbose_name = "công bố kết quả"
        verbose_name_plural = "công bố kết quả"

    def __str__(self) -> str:
        return f"{self.campaign}: {self.decision_no}"
