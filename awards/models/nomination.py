"""Đề nghị khen thưởng and its dossier: frozen name, post and unit; achievements; files; revisions."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from awards.models.cycle import AwardCycle
from awards.models.recipient import Initiative, Recipient
from awards.models.rules import AwardKind, AwardType, RecipientKind, RuleSet
from campaigns.models import Campaign, Cluster
from dvk_portal.core.models import Document, StoredFile
from pledges.models import ExemplaryModel, ScoreSheet
from pledges.models.pledge import OwnedQuerySet
from units.models import Unit

_USER = settings.AUTH_USER_MODEL


class NominationQuerySet(OwnedQuerySet):
    view_permission = "award.view"

    def live(self):
        return self.filter(status__in=Nomination.LIVE)

    def with_names(self):
        return self.select_related("cycle__owner", "award_type", "recipient", "unit", "rule_set")


class Nomination(models.Model):
    """One recipient for one award in one cycle. ``name``, ``post``, ``unit_name`` are of the day it was sent and stay (W-41).

    ``rule_set`` is chosen at receipt of the complete dossier (``received_on``) and changed only with ``rebase_note`` (R-10).
    ``revision`` counts what was sent; a review names the revision that was read. ``due_on``: end of the appraisal.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Nháp"
        SUBMITTED = "submitted", "Đã gửi"
        RETURNED = "returned", "Trả lại"
        COMPLETE = "complete", "Đủ hồ sơ"
        TO_CHECK = "to_check", "Cần kiểm tra"
        ELIGIBLE = "eligible", "Đủ điều kiện"
        HELD = "held", "Tạm dừng"
        RECOMMENDED = "recommended", "Hội đồng đề nghị"
        NOT_RECOMMENDED = "not_recommended", "Không đạt"
        GRANTED = "granted", "Đã khen thưởng"
        REFUSED = "refused", "Không khen"
        REVOKED = "revoked", "Đã hủy"
        WITHDRAWN = "withdrawn", "Đã rút"

    EDITABLE = (Status.DRAFT, Status.RETURNED)
    LIVE = (
        Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.COMPLETE, Status.TO_CHECK, Status.ELIGIBLE, Status.HELD,
        Status.RECOMMENDED, Status.GRANTED,
    )  # fmt: skip
    # What members of the council read, score and vote on.
    BEFORE_COUNCIL = (Status.ELIGIBLE, Status.RECOMMENDED, Status.NOT_RECOMMENDED, Status.GRANTED, Status.REFUSED)
    UNDER_APPRAISAL = (Status.COMPLETE, Status.TO_CHECK)

    class Source(models.TextChoices):
        UNIT = "unit", "Đơn vị đề nghị"
        RANKING = "ranking", "Từ xếp hạng"
        CLASS = "class", "Từ xếp loại"
        MODEL = "model", "Từ mô hình được công nhận"

    cycle = models.ForeignKey(AwardCycle, on_delete=models.PROTECT, related_name="nominations", verbose_name="đợt")
    award_type = models.ForeignKey(
        AwardType, on_delete=models.PROTECT, related_name="nominations", verbose_name="danh hiệu, hình thức"
    )
    recipient = models.ForeignKey(
        Recipient, on_delete=models.PROTECT, related_name="nominations", verbose_name="đối tượng"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="nominations", verbose_name="đơn vị đề nghị")
    status = models.CharField("trạng thái", max_length=16, choices=Status, default=Status.DRAFT)
    source = models.CharField("nguồn", max_length=10, choices=Source, default=Source.UNIT)
    award_kind = models.CharField("loại khen thưởng", max_length=10, choices=AwardKind)
    subject_kind = models.CharField("đối tượng", max_length=10, choices=RecipientKind)
    name = models.CharField("tên khi đề nghị", max_length=150)
    post = models.CharField("chức vụ khi đề nghị", max_length=150, blank=True)
    unit_name = models.CharField("đơn vị khi đề nghị", max_length=150)
    period_from = models.DateField("thành tích từ ngày")
    period_to = models.DateField("đến ngày")
    summary = models.TextField("tóm tắt thành tích", max_length=4000, blank=True)
    score = models.DecimalField("điểm", max_digits=9, decimal_places=4, null=True, blank=True)
    cluster = models.ForeignKey(
        Cluster, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="cụm"
    )
    cluster_rank = models.PositiveSmallIntegerField("thứ hạng trong cụm", null=True, blank=True)
    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    model = models.ForeignKey(
        ExemplaryModel,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="nominations",
        verbose_name="mô hình",
    )
    # Whether the old unit's written comment is asked for (P12): said by the unit, no register knows it.
    transferred = models.BooleanField("chuyển công tác trong kỳ", default=False)
    rule_set = models.ForeignKey(
        RuleSet, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="bộ quy định"
    )
    rebase_note = models.TextField("lý do chọn bộ quy định khác", max_length=1000, blank=True)
    received_on = models.DateField("ngày nhận đủ hồ sơ", null=True, blank=True)
    due_on = models.DateField("hạn thẩm định", null=True, blank=True)
    revision = models.PositiveSmallIntegerField("lần gửi", default=0)
    # Findings of the last appraisal: [{"outcome", "text"}], and who let pass what could not be checked, with the reason.
    findings = models.JSONField("kết luận điều kiện", default=list, blank=True)
    appraisal_note = models.TextField("ý kiến thẩm định", max_length=2000, blank=True)
    # Items named when it went back: [{"code", "text"}].
    return_items = models.JSONField("mục cần bổ sung", default=list, blank=True)
    # Two awards for one achievement, let pass with a reason (P1).
    overlap_note = models.TextField("lý do chấp nhận trùng thành tích", max_length=1000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField("gửi lúc", null=True, blank=True)
    submitted_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField("trả lại lúc", null=True, blank=True)
    returned_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    completed_at = models.DateTimeField("đủ hồ sơ lúc", null=True, blank=True)
    completed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    appraised_at = models.DateTimeField("thẩm định lúc", null=True, blank=True)
    appraised_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    end_note = models.TextField("lý do rút, không khen, hủy", blank=True)

    objects = NominationQuerySet.as_manager()
    unit_path = "unit"

    class Meta:
        verbose_name = "đề nghị khen thưởng"
        verbose_name_plural = "đề nghị khen thưởng"
        ordering = ["-cycle__year_to", "-award_type__level", "unit_name", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "award_type", "recipient"],
                condition=~Q(status__in=["withdrawn", "refused", "not_recommended", "revoked"]),
                name="nomination_once_per_award",
                violation_error_message="Đối tượng này đã được đề nghị danh hiệu, hình thức đó trong đợt.",
            ),
            models.CheckConstraint(
                condition=Q(period_to__gte=F("period_from")),
                name="nomination_period_in_order",
                violation_error_message="Ngày kết thúc thành tích phải bằng hoặc sau ngày bắt đầu.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["complete", "to_check", "eligible", "recommended", "granted"])
                | Q(received_on__isnull=False, rule_set__isnull=False),
                name="nomination_complete_has_rule_set",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["withdrawn", "refused", "revoked"])
                | (Q(ended_at__isnull=False) & ~Q(end_note="")),
                name="nomination_over_has_reason",
            ),
        ]
        indexes = [models.Index(fields=["cycle", "award_type", "status"], name="nomination_by_award")]

    def __str__(self) -> str:
        return f"{self.name} – {self.award_type}"

    def get_absolute_url(self) -> str:
        return reverse("nomination-detail", args=[self.pk])


class Achievement(models.Model):
    """One ground of a nomination. An initiative is a ground once (P11); a thematic or sudden award never for merit (P3)."""

    nomination = models.ForeignKey(Nomination, on_delete=models.CASCADE, related_name="achievements")
    text = models.CharField("thành tích", max_length=500)
    period_from = models.DateField("từ ngày")
    period_to = models.DateField("đến ngày")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="phong trào"
    )
    model = models.ForeignKey(
        ExemplaryModel, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="mô hình"
    )
    initiative = models.ForeignKey(
        Initiative, on_delete=models.PROTECT, null=True, blank=True, related_name="uses", verbose_name="sáng kiến"
    )
    award = models.ForeignKey(
        "awards.Award",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="uses",
        verbose_name="khen thưởng đã có",
    )

    unit_path = "nomination__unit"

    class Meta:
        verbose_name = "thành tích"
        verbose_name_plural = "thành tích"
        ordering = ["period_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period_to__gte=F("period_from")),
                name="achievement_period_in_order",
                violation_error_message="Ngày kết thúc thành tích phải bằng hoặc sau ngày bắt đầu.",
            )
        ]

    def __str__(self) -> str:
        return self.text


class DossierFile(models.Model):
    """What fills one line of the checklist (``item_code`` "" = besides): an upload, or a document made in the portal.

    A file that was sent is never deleted: ``removed_at`` takes it out of the next revision.
    """

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="files")
    item_code = models.CharField("thành phần", max_length=30, blank=True)
    title = models.CharField("tên", max_length=200)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField("xác nhận lúc", null=True, blank=True)
    confirmed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "nomination__unit"

    class Meta:
        verbose_name = "tệp hồ sơ"
        verbose_name_plural = "tệp hồ sơ"
        ordering = ["item_code", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stored__isnull=False, document=None) | Q(stored=None, document__isnull=False),
                name="dossier_file_is_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.title


class NominationRevision(models.Model):
    """What was sent, as it was sent: content with the hashes of its files, and the SHA-256 of all of it."""

    nomination = models.ForeignKey(Nomination, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField("lần gửi")
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField("gửi lúc")
    sent_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "nomination__unit"

    class Meta:
        verbose_name = "lần gửi hồ sơ"
        verbose_name_plural = "các lần gửi hồ sơ"
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["nomination", "number"], name="nomination_revision_once")]

    def __str__(self) -> str:
        return f"Lần gửi {self.number}"


class NominationSetQuerySet(OwnedQuerySet):
    view_permission = "award.view"


class NominationSet(models.Model):
    """What one unit proposes in one cycle, taken together: its memo, list and minutes are made of it.

    The meeting that judged the candidates is typed in here; its votes are :class:`UnitVote`.
    """

    cycle = models.ForeignKey(AwardCycle, on_delete=models.PROTECT, related_name="sets", verbose_name="đợt")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="nomination_sets", verbose_name="đơn vị")
    opened_at = models.DateTimeField("khai mạc", null=True, blank=True)
    closed_at = models.DateTimeField("bế mạc", null=True, blank=True)
    place = models.CharField("địa điểm", max_length=200, blank=True)
    chair = models.CharField("chủ trì", max_length=150, blank=True)
    secretary = models.CharField("người ghi biên bản", max_length=150, blank=True)
    members = models.PositiveSmallIntegerField("số người được triệu tập", null=True, blank=True)
    present = models.PositiveSmallIntegerField("số người dự họp", null=True, blank=True)
    absent = models.TextField("vắng mặt, lý do", max_length=1000, blank=True)
    secret = models.BooleanField("bỏ phiếu kín", default=False)
    discussion = models.TextField("ý kiến tại cuộc họp", max_length=4000, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = NominationSetQuerySet.as_manager()
    unit_path = "unit"

    class Meta:
        verbose_name = "bộ đề nghị của đơn vị"
        verbose_name_plural = "bộ đề nghị của đơn vị"
        ordering = ["-cycle__year_to", "unit__sort_key"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "unit"], name="nomination_set_once"),
            models.CheckConstraint(
                condition=Q(members=None) | Q(present=None) | Q(present__lte=F("members")),
                name="nomination_set_present_within",
                violation_error_message="Số người dự họp không được lớn hơn số người được triệu tập.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.name}: {self.cycle.title}"

    def get_absolute_url(self) -> str:
        return reverse("nominationset-detail", args=[self.pk])


class UnitVote(models.Model):
    """How many of those present were for one candidate at the unit's own meeting."""

    set = models.ForeignKey(NominationSet, on_delete=models.CASCADE, related_name="votes")
    nomination = models.OneToOneField(Nomination, on_delete=models.CASCADE, related_name="unit_vote")
    ayes = models.PositiveSmallIntegerField("số phiếu đồng ý")

    unit_path = "set__unit"

    class Meta:
        verbose_name = "phiếu bình xét của đơn vị"
        verbose_name_plural = "phiếu bình xét của đơn vị"
        ordering = ["set", "id"]

    def __str__(self) -> str:
        return f"{self.nomination}: {self.ayes}"
