"""Hội đồng: by decision, members with terms and substitutes, declared relations; independent scoring before the meeting."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from awards.models.cycle import AwardCycle
from awards.models.nomination import Nomination
from awards.models.recipient import Recipient
from awards.models.rules import AwardType
from dvk_portal.core.models import StoredFile
from units.models import DatedQuerySet, Unit

_USER = settings.AUTH_USER_MODEL


class Committee(models.Model):
    """Hội đồng Thi đua – Khen thưởng as its establishing decision names it. ``conflict_years``: past units count so long."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="committees", verbose_name="cơ quan")
    name = models.CharField("tên hội đồng", max_length=200)
    decision_no = models.CharField("quyết định thành lập số", max_length=60)
    decision_date = models.DateField("ngày quyết định")
    decision_file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="bản quyết định"
    )
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    conflict_years = models.PositiveSmallIntegerField("không xét đơn vị cũ trong (năm)", default=3)

    objects = DatedQuerySet.as_manager()
    unit_path = "unit"

    class Meta:
        verbose_name = "hội đồng"
        verbose_name_plural = "hội đồng"
        ordering = ["-valid_from"]

    def __str__(self) -> str:
        return self.name


class CommitteeMember(models.Model):
    """A seat. ``votes`` False = secretary without a vote; ``substitute_for``: may come in his place."""

    class Role(models.TextChoices):
        CHAIR = "chair", "Chủ tịch hội đồng"
        DEPUTY = "deputy", "Phó Chủ tịch hội đồng"
        MEMBER = "member", "Ủy viên"
        SECRETARY = "secretary", "Thư ký hội đồng"

    committee = models.ForeignKey(Committee, on_delete=models.CASCADE, related_name="members", verbose_name="hội đồng")
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="seats", verbose_name="người")
    role = models.CharField("vai trò", max_length=10, choices=Role, default=Role.MEMBER)
    post = models.CharField("chức vụ", max_length=150, blank=True)
    votes = models.BooleanField("có quyền biểu quyết", default=True)
    substitute_for = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="substitutes", verbose_name="dự thay cho"
    )
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    order = models.PositiveSmallIntegerField("thứ tự", default=0)

    objects = DatedQuerySet.as_manager()
    unit_path = "committee__unit"

    class Meta:
        verbose_name = "thành viên hội đồng"
        verbose_name_plural = "thành viên hội đồng"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "user"], condition=Q(valid_to=None), name="committee_member_once"
            ),
            models.CheckConstraint(
                condition=~Q(role="secretary", substitute_for__isnull=False),
                name="committee_secretary_substitutes_nobody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class DeclaredRelation(models.Model):
    """A relation that a member declares (or the secretary records): to a recipient, or to a unit."""

    member = models.ForeignKey(CommitteeMember, on_delete=models.PROTECT, related_name="relations")
    recipient = models.ForeignKey(
        Recipient, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="với"
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="với đơn vị"
    )
    relation = models.CharField("quan hệ", max_length=200)
    declared_at = models.DateTimeField(auto_now_add=True)
    declared_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    unit_path = "member__committee__unit"

    class Meta:
        verbose_name = "quan hệ đã khai"
        verbose_name_plural = "quan hệ đã khai"
        ordering = ["-declared_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, unit=None) | Q(recipient=None, unit__isnull=False),
                name="relation_to_one_thing",
                violation_error_message="Hãy chọn một người (tập thể) hoặc một đơn vị.",
            )
        ]

    def __str__(self) -> str:
        return self.relation


class ReviewCriterion(models.Model):
    """Tiêu chí chấm of a cycle; ``award_type`` None = for every award of it. Points 0 … ``max_points``, counted × ``weight``."""

    cycle = models.ForeignKey(AwardCycle, on_delete=models.CASCADE, related_name="criteria")
    award_type = models.ForeignKey(
        AwardType,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="danh hiệu, hình thức",
    )
    name = models.CharField("tiêu chí", max_length=200)
    weight = models.DecimalField("trọng số", max_digits=5, decimal_places=2, default=1)
    max_points = models.DecimalField("điểm tối đa", max_digits=5, decimal_places=2)
    note_required = models.BooleanField("bắt buộc nhận xét", default=False)
    order = models.PositiveSmallIntegerField("thứ tự", default=0)

    unit_path = "cycle__owner"

    class Meta:
        verbose_name = "tiêu chí chấm hồ sơ"
        verbose_name_plural = "tiêu chí chấm hồ sơ"
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(max_points__gt=0, weight__gt=0),
                name="review_criterion_positive",
                violation_error_message="Điểm tối đa và trọng số phải lớn hơn 0.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ReviewRound(models.Model):
    """Vòng chấm: each for himself, sealed until it closes. ``spread_alert``: from this spread of totals on it is surfaced."""

    cycle = models.ForeignKey(AwardCycle, on_delete=models.PROTECT, related_name="review_rounds")
    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="review_rounds", verbose_name="hội đồng"
    )
    number = models.PositiveSmallIntegerField("vòng")
    reviewers = models.PositiveSmallIntegerField("số người chấm một hồ sơ", default=3)
    spread_alert = models.DecimalField("chênh lệch cần bàn từ (điểm)", max_digits=6, decimal_places=2, default=20)
    closes_on = models.DateField("chấm đến hết ngày")
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "cycle__owner"

    class Meta:
        verbose_name = "vòng chấm hồ sơ"
        verbose_name_plural = "vòng chấm hồ sơ"
        ordering = ["cycle", "number"]
        constraints = [models.UniqueConstraint(fields=["cycle", "number"], name="review_round_once")]

    def __str__(self) -> str:
        return f"Vòng chấm {self.number}"

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None


class Review(models.Model):
    """One member's reading of one dossier in one round: assigned, then done, pinned to the ``revision`` that was read."""

    round = models.ForeignKey(ReviewRound, on_delete=models.PROTECT, related_name="reviews")
    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="reviews")
    member = models.ForeignKey(CommitteeMember, on_delete=models.PROTECT, related_name="reviews")
    assigned_at = models.DateTimeField(auto_now_add=True)
    assigned_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    revision = models.PositiveSmallIntegerField("đã đọc lần gửi", null=True, blank=True)
    total = models.DecimalField("tổng điểm", max_digits=7, decimal_places=2, null=True, blank=True)
    comment = models.TextField("nhận xét chung", max_length=2000, blank=True)
    done_at = models.DateTimeField("chấm xong lúc", null=True, blank=True)

    unit_path = "round__cycle__owner"

    class Meta:
        verbose_name = "phiếu chấm hồ sơ"
        verbose_name_plural = "phiếu chấm hồ sơ"
        ordering = ["round", "nomination", "member__order"]
        constraints = [
            models.UniqueConstraint(fields=["round", "nomination", "member"], name="review_once"),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(revision__isnull=False, total__isnull=False),
                name="review_done_names_revision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.nomination}"


class ReviewPoint(models.Model):
    """Points of one criterion."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="points")
    criterion = models.ForeignKey(ReviewCriterion, on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField("điểm", max_digits=5, decimal_places=2)
    note = models.CharField("nhận xét", max_length=500, blank=True)

    unit_path = "review__round__cycle__owner"

    class Meta:
        verbose_name = "điểm chấm hồ sơ"
        verbose_name_plural = "điểm chấm hồ sơ"
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="review_point_once"),
            models.CheckConstraint(condition=Q(points__gte=0), name="review_point_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.points}"
