"""Đợt xét khen thưởng: years, campaigns, phases, quotas, publication for comment."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from awards.models.rules import AwardKind, AwardType, Family, RecipientKind
from campaigns.models import Campaign, Cluster
from pledges.models.pledge import OwnedQuerySet
from units import access
from units.models import Unit

_USER = settings.AUTH_USER_MODEL


class AwardCycleQuerySet(OwnedQuerySet):
    view_permission = "award.manage"

    def visible_to(self, user):
        """Whoever has to do with awards sees a cycle once it is open; a draft only those who prepare it."""
        if not user.has_perm("award.view"):
            return self.none()
        managed = access.scope(self, user, "award.manage")
        return self.filter(~Q(status=AwardCycle.Status.DRAFT) | Q(pk__in=managed.values("pk")))


class AwardCycle(models.Model):
    """One cycle: its own from–to years, drawing on one or more campaigns (W-39). ``owner`` is the body that runs it."""

    class Kind(models.TextChoices):
        YEARLY = "yearly", "Hằng năm"
        THEMATIC = "thematic", "Chuyên đề"
        MULTI_YEAR = "multi_year", "Nhiều năm"
        SUDDEN = "sudden", "Đột xuất"

    class Status(models.TextChoices):
        DRAFT = "draft", "Nháp"
        NOMINATING = "nominating", "Nhận hồ sơ"
        REVIEWING = "reviewing", "Thẩm định"
        VOTING = "voting", "Họp hội đồng"
        DECIDING = "deciding", "Trình quyết định"
        CLOSED = "closed", "Kết thúc"
        CANCELLED = "cancelled", "Đã hủy"

    RUNNING = (Status.NOMINATING, Status.REVIEWING, Status.VOTING, Status.DECIDING)
    OVER = (Status.CLOSED, Status.CANCELLED)

    owner = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="award_cycles", verbose_name="cơ quan chủ trì"
    )
    title = models.CharField("tên đợt", max_length=200)
    family = models.CharField("hệ khen thưởng", max_length=10, choices=Family, default=Family.STATE)
    kind = models.CharField("loại đợt", max_length=10, choices=Kind, default=Kind.YEARLY)
    award_kind = models.CharField("loại khen thưởng", max_length=10, choices=AwardKind, default=AwardKind.MOVEMENT)
    year_from = models.PositiveSmallIntegerField("từ năm")
    year_to = models.PositiveSmallIntegerField("đến năm")
    campaigns = models.ManyToManyField(Campaign, related_name="award_cycles", blank=True, verbose_name="phong trào")
    award_types = models.ManyToManyField(AwardType, related_name="cycles", verbose_name="danh hiệu, hình thức")
    guidance = models.TextField("hướng dẫn", max_length=4000, blank=True)
    decide_on = models.DateField("dự kiến quyết định", null=True, blank=True)
    # How the calendar was last worked out: {"wish": lengths and dates, "steps": {stage: [opens, closes]}}.
    schedule = models.JSONField("cách lập lịch", default=dict, blank=True, editable=False)
    status = models.CharField("trạng thái", max_length=12, choices=Status, default=Status.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    end_note = models.TextField("lý do hủy", blank=True)

    objects = AwardCycleQuerySet.as_manager()
    unit_path = "owner"

    class Meta:
        verbose_name = "đợt xét khen thưởng"
        verbose_name_plural = "đợt xét khen thưởng"
        ordering = ["-year_to", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(year_to__gte=F("year_from")),
                name="award_cycle_years_in_order",
                violation_error_message="Năm kết thúc phải bằng hoặc sau năm bắt đầu.",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | (Q(ended_at__isnull=False) & ~Q(end_note="")),
                name="award_cycle_cancelled_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("cycle-detail", args=[self.pk])

    @property
    def years(self) -> str:
        return str(self.year_to) if self.year_from == self.year_to else f"{self.year_from}–{self.year_to}"


class CyclePhase(models.Model):
    """One step of the calendar; its flags are what it permits and shows while it runs (both days included)."""

    class Stage(models.TextChoices):
        NOMINATING = "nominating", "Nhận hồ sơ"
        SUPPLEMENT = "supplement", "Bổ sung hồ sơ"
        REVIEWING = "reviewing", "Thẩm định"
        PUBLICATION = "publication", "Lấy ý kiến, công khai"
        SCORING = "scoring", "Thành viên hội đồng chấm"
        VOTING = "voting", "Họp hội đồng"
        DECIDING = "deciding", "Trình quyết định"

    cycle = models.ForeignKey(AwardCycle, on_delete=models.CASCADE, related_name="phases")
    stage = models.CharField("bước", max_length=12, choices=Stage)
    opens_on = models.DateField("từ ngày")
    closes_on = models.DateField("đến hết ngày")
    # Why this day: the rule that produced it, printed beside it.
    reason = models.CharField("căn cứ tính hạn", max_length=250, blank=True)
    units_may_send = models.BooleanField("đơn vị gửi hồ sơ", default=False)
    units_may_change = models.BooleanField("đơn vị sửa, bổ sung hồ sơ", default=False)
    units_see_findings = models.BooleanField("đơn vị thấy kết luận điều kiện", default=True)
    units_see_outcome = models.BooleanField("đơn vị thấy kết quả xét", default=False)
    members_may_score = models.BooleanField("thành viên hội đồng chấm", default=False)

    unit_path = "cycle__owner"

    class Meta:
        verbose_name = "bước của đợt"
        verbose_name_plural = "các bước của đợt"
        ordering = ["cycle", "opens_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "stage"], name="cycle_phase_once"),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")),
                name="cycle_phase_ends_after_it_begins",
                violation_error_message="Ngày kết thúc phải bằng hoặc sau ngày bắt đầu.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_stage_display()

    def runs_on(self, day) -> bool:
        return self.opens_on <= day <= self.closes_on


class Quota(models.Model):
    """Hạn mức of one award in one cycle (W-40, R-18). The system ranks and shows the cut; the council decides.

    ``percent`` of the units of the cluster (or of the campaign's units; of the models recognised for a model-based award),
    rounded down; with ``maximum`` as well the smaller holds. ``subject_kind`` and ``cluster`` empty = all.
    """

    class Of(models.TextChoices):
        UNITS = "units", "số đơn vị tham gia"
        RECOGNISED = "recognised", "số mô hình được công nhận"

    cycle = models.ForeignKey(AwardCycle, on_delete=models.CASCADE, related_name="quotas")
    award_type = models.ForeignKey(
        AwardType, on_delete=models.PROTECT, related_name="+", verbose_name="danh hiệu, hình thức"
    )
    subject_kind = models.CharField("đối tượng", max_length=10, choices=RecipientKind, blank=True)
    cluster = models.ForeignKey(
        Cluster, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="cụm, khối"
    )
    maximum = models.PositiveIntegerField("tối đa", null=True, blank=True)
    percent = models.DecimalField("tỷ lệ tối đa (%)", max_digits=5, decimal_places=2, null=True, blank=True)
    percent_of = models.CharField("tính trên", max_length=12, choices=Of, default=Of.UNITS)
    per_unit = models.PositiveSmallIntegerField("tối đa một đơn vị", null=True, blank=True)
    leader_percent = models.DecimalField(
        "tỷ lệ lãnh đạo tối đa (%)", max_digits=5, decimal_places=2, null=True, blank=True
    )
    least_class = models.CharField("xếp loại thấp nhất", max_length=60, blank=True)
    least_points = models.DecimalField("điểm thấp nhất", max_digits=9, decimal_places=4, null=True, blank=True)

    unit_path = "cycle__owner"

    class Meta:
        verbose_name = "hạn mức"
        verbose_name_plural = "hạn mức"
        ordering = ["-award_type__level", "award_type__code", "subject_kind", "cluster_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "award_type", "subject_kind", "cluster"],
                name="quota_once",
                violation_error_message="Hạn mức này đã có.",
            ),
            models.UniqueConstraint(
                fields=["cycle", "award_type", "subject_kind"],
                condition=Q(cluster=None),
                name="quota_once_without_cluster",
                violation_error_message="Hạn mức này đã có.",
            ),
            models.CheckConstraint(
                condition=(Q(percent=None) | Q(percent__gt=0, percent__lte=100))
                & (Q(leader_percent=None) | Q(leader_percent__gte=0, leader_percent__lte=100)),
                name="quota_shares_within_100",
                violation_error_message="Tỷ lệ phải từ 0 đến 100 %.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award_type}: {self.maximum or '–'}"


class PublicationQuerySet(models.QuerySet):
    def open_to_public(self, today):
        """Pages that anybody may open: published, and not yet closed."""
        return self.filter(opened_on__lte=today, closed_at=None)


class Publication(models.Model):
    """Công khai lấy ý kiến: a list as it stood, at least ``working_days`` long; what was said, what came of it (R-38)."""

    cycle = models.ForeignKey(AwardCycle, on_delete=models.PROTECT, related_name="publications")
    code = models.CharField(max_length=12, unique=True, editable=False)
    opened_on = models.DateField("công khai từ ngày")
    working_days = models.PositiveSmallIntegerField("số ngày làm việc tối thiểu")
    closes_on = models.DateField("nhận ý kiến đến hết ngày")
    contact_mail = models.EmailField("thư điện tử nhận ý kiến", blank=True)
    contact_phone = models.CharField("điện thoại nhận ý kiến", max_length=30, blank=True)
    # [{"nomination", "award", "name", "post", "unit"}] as published; nothing else of a person ever stands here.
    snapshot = models.JSONField("danh sách đã công khai", default=list)
    summary = models.TextField("tổng hợp ý kiến báo cáo hội đồng", max_length=4000, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PublicationQuerySet.as_manager()
    unit_path = "cycle__owner"

    class Meta:
        verbose_name = "công khai lấy ý kiến"
        verbose_name_plural = "công khai lấy ý kiến"
        ordering = ["-opened_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(closed_at=None) | ~Q(summary=""), name="publication_closed_has_summary")
        ]

    def __str__(self) -> str:
        return f"Công khai từ {self.opened_on:%d/%m/%Y}"

    def get_public_url(self) -> str:
        return reverse("publication-public", args=[self.code])


class PublicationComment(models.Model):
    """One opinion, private to who handles it (R-39); the council reads what came of it."""

    class Channel(models.TextChoices):
        WEB = "web", "Trang công khai"
        MAIL = "mail", "Thư điện tử, thư"
        PHONE = "phone", "Điện thoại"

    class State(models.TextChoices):
        OPEN = "open", "Mới"
        IN_PROGRESS = "in_progress", "Đang xác minh"
        DONE = "done", "Đã xử lý"
        DROPPED = "dropped", "Không xem xét"

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="comments")
    nomination = models.ForeignKey(
        "awards.Nomination", on_delete=models.PROTECT, null=True, blank=True, related_name="comments", verbose_name="về"
    )
    channel = models.CharField("qua", max_length=10, choices=Channel, default=Channel.WEB)
    sender = models.CharField("người góp ý", max_length=100, blank=True)
    contact = models.CharField("liên hệ", max_length=150, blank=True)
    text = models.TextField("nội dung", max_length=3000)
    received_at = models.DateTimeField(auto_now_add=True)
    is_late = models.BooleanField("nhận sau hạn", default=False)
    state = models.CharField("trạng thái", max_length=12, choices=State, default=State.OPEN)
    result = models.TextField("kết quả xử lý", max_length=2000, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "publication__cycle__owner"

    class Meta:
        verbose_name = "ý kiến góp ý"
        verbose_name_plural = "ý kiến góp ý"
        ordering = ["-received_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["done", "dropped"]) | ~Q(result=""),
                name="comment_over_has_result",
                violation_error_message="Hãy ghi kết quả xử lý.",
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]
