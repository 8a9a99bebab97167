"""Hội thi Dân vận khéo: entries, rounds, jury, and, if wanted, a public vote."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from pledges.models.exemplary_model import ExemplaryModel, Field
from pledges.models.pledge import OwnedQuerySet
from units import access
from units.models import Lineage, Unit, User


class ContestQuerySet(OwnedQuerySet):
    view_permission = "contest.manage"

    def visible_to(self, user):
        """Everybody inside sees a contest once it is announced; a draft only those who prepare it."""
        if not user.has_perm("contest.view"):
            return self.none()
        managed = access.scope(self, user, "contest.manage")
        return self.filter(~Q(status=Contest.Status.DRAFT) | Q(pk__in=managed.values("pk")))

    def open_to_public(self):
        """Contests whose public page may be opened: announced, with a public vote."""
        return self.filter(public_vote=True, status__in=Contest.ANNOUNCED)


class Contest(models.Model):
    """One contest. The public vote's tally is shown to nobody before ``vote_closes_at``."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Nháp"
        OPEN = "open", "Nhận bài dự thi"
        JUDGING = "judging", "Đang chấm"
        CLOSED = "closed", "Đã công bố kết quả"
        CANCELLED = "cancelled", "Đã hủy"

    ANNOUNCED = (Status.OPEN, Status.JUDGING, Status.CLOSED)
    JUDGED = (Status.JUDGING, Status.CLOSED)

    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="contests", verbose_name="đơn vị tổ chức")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="phong trào"
    )
    code = models.CharField(max_length=12, unique=True, editable=False)
    title = models.CharField("tên hội thi", max_length=200)
    rules = models.TextField("thể lệ", max_length=6000, blank=True)
    status = models.CharField("trạng thái", max_length=10, choices=Status, default=Status.DRAFT)
    entries_until = models.DateField("nhận bài đến hết ngày")
    max_entries = models.PositiveSmallIntegerField("số bài tối đa của một đơn vị", default=3)
    public_vote = models.BooleanField("có bình chọn của nhân dân", default=False)
    vote_opens_at = models.DateTimeField("bình chọn từ", null=True, blank=True)
    vote_closes_at = models.DateTimeField("bình chọn đến", null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    end_note = models.TextField("lý do hủy", blank=True)

    objects = ContestQuerySet.as_manager()
    unit_path = "owner"

    class Meta:
        verbose_name = "hội thi"
        verbose_name_plural = "hội thi"
        ordering = ["-entries_until", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(public_vote=False) | Q(vote_opens_at__isnull=False, vote_closes_at__gt=F("vote_opens_at")),
                name="contest_vote_has_times",
                violation_error_message="Bình chọn phải có thời điểm mở và thời điểm đóng sau đó.",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | (Q(ended_at__isnull=False) & ~Q(end_note="")),
                name="contest_cancelled_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("contest-detail", args=[self.pk])

    def get_public_url(self) -> str:
        return reverse("vote", args=[self.code])

    def votes_on(self, now) -> bool:
        """Whether the people may vote at ``now``."""
        return self.public_vote and self.status in self.ANNOUNCED and self.vote_opens_at <= now < self.vote_closes_at

    def vote_is_over(self, now) -> bool:
        return self.public_vote and self.vote_closes_at <= now


class ContestRound(models.Model):
    """Vòng thi (sơ khảo, chung khảo): scores stay sealed between jurors until it closes; ``advance`` entries go on."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField("vòng")
    name = models.CharField("tên vòng", max_length=100)
    advance = models.PositiveSmallIntegerField("số bài vào vòng sau hoặc đoạt giải", default=10)
    opened_at = models.DateTimeField("mở chấm lúc", null=True, blank=True)
    closed_at = models.DateTimeField("đóng chấm lúc", null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "contest__owner"

    class Meta:
        verbose_name = "vòng thi"
        verbose_name_plural = "vòng thi"
        ordering = ["contest", "number"]
        constraints = [models.UniqueConstraint(fields=["contest", "number"], name="contest_round_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None


class ContestCriterion(models.Model):
    """Tiêu chí chấm of one round."""

    round = models.ForeignKey(ContestRound, on_delete=models.CASCADE, related_name="criteria")
    name = models.CharField("tiêu chí", max_length=200)
    max_points = models.DecimalField("điểm tối đa", max_digits=5, decimal_places=2)
    order = models.PositiveSmallIntegerField(default=0)

    unit_path = "round__contest__owner"

    class Meta:
        verbose_name = "tiêu chí chấm thi"
        verbose_name_plural = "tiêu chí chấm thi"
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


class Juror(models.Model):
    """Giám khảo. Nobody judges an entry of a unit he belongs to or left recently (architecture.md §3)."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="jurors")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="giám khảo")
    post = models.CharField("chức danh trong ban giám khảo", max_length=100, blank=True)
    is_head = models.BooleanField("trưởng ban giám khảo", default=False)

    unit_path = "contest__owner"

    class Meta:
        verbose_name = "giám khảo"
        verbose_name_plural = "giám khảo"
        ordering = ["-is_head", "id"]
        constraints = [models.UniqueConstraint(fields=["contest", "user"], name="juror_once")]

    def __str__(self) -> str:
        return str(self.user)


def units_of_conflict(user):
    """Units whose entries ``user`` does not judge: his own, present and recent, the unit for which an office of his acts, what
    they were merged into and what was merged into them."""
    own = access.rights(user).conflict_ids
    offices = Unit.objects.filter(pk__in=own, kind__is_organ=True).select_related(
        "kind", "parent__kind", "parent__parent__kind"
    )
    acted_for = {access.base_unit(unit).pk for unit in offices}
    merged = set(Lineage.objects.filter(successor__in=own).values_list("predecessor", flat=True))
    return own | acted_for | merged


class ContestEntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A unit's own; every one for those who prepare the contest and for those who stand above; to a juror those that he
        may judge, from the day the judging begins. What he may not judge stays hidden from him until the contest is over,
        whatever other right he has, except that of his unit to its own entries."""
        if not user.has_perm("contest.view"):
            return self.none()
        read, managed = (access.reach_ids(user, name) or set() for name in ("contest.view", "contest.manage"))
        found = Q(unit__in=read) | Q(contest__owner__in=managed)
        judged = list(Juror.objects.filter(user=user).values_list("contest", flat=True))
        if not judged:
            return self.filter(found)
        conflicts = units_of_conflict(user)
        foreign = ~(Q(unit__in=conflicts) | Q(entered_by=user))
        found |= Q(contest__in=judged, contest__status__in=Contest.JUDGED, status=ContestEntry.Status.ENTERED) & foreign
        written = Q(unit__in=access.reach_ids(user, "model.edit") or set())
        return self.filter(found).filter(
            ~Q(contest__in=judged) | Q(contest__status=Contest.Status.CLOSED) | foreign | written
        )

    def in_round(self, number):
        """Entries that are judged in the round of that number."""
        return self.filter(status=ContestEntry.Status.ENTERED, reached__gte=number)

    def listed(self):
        """What the public page shows: still in the contest, and agreed to."""
        return self.filter(status=ContestEntry.Status.ENTERED, public_consent=True)

    def with_names(self):
        return self.select_related("unit", "field", "model", "contest__owner")


class ContestEntry(models.Model):
    """Bài dự thi: a model of the register, or a new piece of work described here. ``code`` names it in public."""

    class Status(models.TextChoices):
        ENTERED = "entered", "Đã nộp"
        WITHDRAWN = "withdrawn", "Rút"
        DISQUALIFIED = "disqualified", "Bị loại"

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="entries")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="đơn vị")
    model = models.ForeignKey(
        ExemplaryModel, on_delete=models.PROTECT, null=True, blank=True, related_name="entries", verbose_name="mô hình"
    )
    code = models.CharField(max_length=12, unique=True, editable=False)
    title = models.CharField("tên bài dự thi", max_length=200)
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="+", verbose_name="lĩnh vực")
    presenter = models.CharField("người, đội trình bày", max_length=150)
    summary = models.TextField("tóm tắt", max_length=3000)
    status = models.CharField("trạng thái", max_length=12, choices=Status, default=Status.ENTERED)
    public_consent = models.BooleanField("đồng ý đưa lên trang bình chọn", default=False)
    # The last round it is in; its result in words once the contest is closed ("Giải Nhất").
    reached = models.PositiveSmallIntegerField(default=1)
    prize = models.CharField("giải", max_length=60, blank=True)
    end_note = models.TextField("lý do rút, loại", blank=True)
    entered_at = models.DateTimeField(auto_now_add=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ContestEntryQuerySet.as_manager()
    unit_path = "unit"

    class Meta:
        verbose_name = "bài dự thi"
        verbose_name_plural = "bài dự thi"
        ordering = ["title", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "model"],
                condition=Q(status="entered", model__isnull=False),
                name="contest_entry_model_once",
                violation_error_message="Mô hình này đã dự thi.",
            ),
            models.CheckConstraint(
                condition=Q(status="entered") | ~Q(end_note=""), name="contest_entry_over_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("contest-entry", args=[self.pk])


class EntryScore(models.Model):
    """One juror's points for one criterion of one entry."""

    entry = models.ForeignKey(ContestEntry, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(ContestCriterion, on_delete=models.PROTECT, related_name="scores")
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="scores")
    points = models.DecimalField("điểm", max_digits=5, decimal_places=2)
    note = models.CharField("nhận xét", max_length=500, blank=True)
    scored_at = models.DateTimeField(auto_now=True)

    unit_path = "entry__contest__owner"

    class Meta:
        verbose_name = "điểm của giám khảo"
        verbose_name_plural = "điểm của giám khảo"
        constraints = [
            models.UniqueConstraint(fields=["entry", "criterion", "juror"], name="entry_score_once"),
            models.CheckConstraint(condition=Q(points__gte=0), name="entry_score_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {self.points}"


class PublicVote(models.Model):
    """One confirmed mailbox, one vote. The address itself is never kept: ``mailbox`` is a keyed digest of its normal form."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="votes")
    entry = models.ForeignKey(ContestEntry, on_delete=models.CASCADE, related_name="votes")
    mailbox = models.CharField(max_length=64)
    origin = models.CharField("nguồn (mã hóa)", max_length=64, db_index=True)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "phiếu bình chọn"
        verbose_name_plural = "phiếu bình chọn"
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "mailbox"],
                condition=Q(confirmed_at__isnull=False),
                name="public_vote_once_per_mailbox",
            )
        ]
        indexes = [models.Index(fields=["contest", "mailbox"], name="public_vote_by_mailbox")]

    def __str__(self) -> str:
        return f"{self.contest_id}: {'đã xác nhận' if self.confirmed_at else 'chờ xác nhận'}"
