"""Phiên họp: presence, written opinions, ballots. In secret, who voted and what was cast share nothing (R-22)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from awards.models.committee import Committee, CommitteeMember
from awards.models.cycle import AwardCycle
from awards.models.nomination import Nomination
from awards.models.rules import AwardType
from dvk_portal.core.models import StoredFile

_USER = settings.AUTH_USER_MODEL


class CommitteeMeeting(models.Model):
    """One session. ``frozen`` is fixed when it opens (R-21): members named by the decision, rules per award, candidates."""

    class Status(models.TextChoices):
        CALLED = "called", "Đã triệu tập"
        OPEN = "open", "Đang họp"
        COUNTING = "counting", "Kiểm phiếu"
        CLOSED = "closed", "Đã kết thúc"
        INVALID = "invalid", "Không đủ điều kiện họp"

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="meetings", verbose_name="hội đồng")
    cycle = models.ForeignKey(AwardCycle, on_delete=models.PROTECT, related_name="meetings", verbose_name="đợt")
    title = models.CharField("tên phiên họp", max_length=200)
    starts_at = models.DateTimeField("bắt đầu")
    place = models.CharField("địa điểm", max_length=200)
    agenda = models.TextField("chương trình", max_length=3000, blank=True)
    status = models.CharField("trạng thái", max_length=10, choices=Status, default=Status.CALLED)
    frozen = models.JSONField("chốt khi khai mạc", default=dict, blank=True)
    guests = models.TextField("khách mời", max_length=1000, blank=True)
    discussion = models.TextField("ý kiến thảo luận", max_length=10_000, blank=True)
    conclusion = models.TextField("kết luận", max_length=5000, blank=True)
    counters = models.CharField("ban kiểm phiếu", max_length=300, blank=True)
    called_at = models.DateTimeField(auto_now_add=True)
    called_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField("khai mạc lúc", null=True, blank=True)
    opened_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField("bế mạc lúc", null=True, blank=True)
    closed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    end_note = models.TextField("lý do không họp được", blank=True)

    unit_path = "committee__unit"

    class Meta:
        verbose_name = "phiên họp hội đồng"
        verbose_name_plural = "phiên họp hội đồng"
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["open", "counting", "closed"]) | Q(opened_at__isnull=False),
                name="meeting_open_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_at__isnull=False), name="meeting_closed_has_time"
            ),
            models.CheckConstraint(condition=~Q(status="invalid") | ~Q(end_note=""), name="meeting_invalid_has_reason"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("council:meeting", args=[self.pk])


class Attendance(models.Model):
    """A named member and whether he is there. ``substitute`` comes in his place, where the rules admit it."""

    class State(models.TextChoices):
        EXPECTED = "expected", "Chưa điểm danh"
        PRESENT = "present", "Có mặt"
        PROXY = "proxy", "Có người dự thay"
        EXCUSED = "excused", "Vắng có lý do"
        ABSENT = "absent", "Vắng không lý do"

    meeting = models.ForeignKey(CommitteeMeeting, on_delete=models.CASCADE, related_name="attendances")
    member = models.ForeignKey(CommitteeMember, on_delete=models.PROTECT, related_name="attendances")
    state = models.CharField("dự họp", max_length=10, choices=State, default=State.EXPECTED)
    substitute = models.ForeignKey(
        CommitteeMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="người dự thay"
    )
    reason = models.CharField("lý do vắng", max_length=200, blank=True)

    unit_path = "meeting__committee__unit"

    class Meta:
        verbose_name = "điểm danh"
        verbose_name_plural = "điểm danh"
        ordering = ["member__order", "member_id"]
        constraints = [models.UniqueConstraint(fields=["meeting", "member"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_state_display()}"


class Recusal(models.Model):
    """A member who neither sees nor judges a nomination, with the reason: fixed when the meeting opens, printed in the minutes."""

    meeting = models.ForeignKey(CommitteeMeeting, on_delete=models.CASCADE, related_name="recusals")
    member = models.ForeignKey(CommitteeMember, on_delete=models.PROTECT, related_name="recusals")
    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="recusals")
    reason = models.CharField("lý do", max_length=250)

    unit_path = "meeting__committee__unit"

    class Meta:
        verbose_name = "không tham gia xét"
        verbose_name_plural = "không tham gia xét"
        ordering = ["member__order", "nomination_id"]
        constraints = [models.UniqueConstraint(fields=["meeting", "member", "nomination"], name="recusal_once")]

    def __str__(self) -> str:
        return f"{self.member} – {self.nomination}"


class Ballot(models.Model):
    """One vote on the nominations of one award, in one round. ``rule`` is the AwardRule's vote as frozen at the opening.

    ``max_choices``: a quota ballot, choose at most so many; None = a yes or no for each. Nothing of it is timed finer than the day.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Chuẩn bị"
        OPEN = "open", "Đang bỏ phiếu"
        CLOSED = "closed", "Đã kiểm phiếu"
        CANCELLED = "cancelled", "Đã hủy"

    meeting = models.ForeignKey(CommitteeMeeting, on_delete=models.PROTECT, related_name="ballots")
    award_type = models.ForeignKey(
        AwardType, on_delete=models.PROTECT, related_name="+", verbose_name="danh hiệu, hình thức"
    )
    number = models.PositiveSmallIntegerField("lượt")
    round = models.PositiveSmallIntegerField("vòng", default=1)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="next_rounds")
    secret = models.BooleanField("bỏ phiếu kín", default=True)
    rule = models.JSONField("quy tắc", default=dict)
    max_choices = models.PositiveSmallIntegerField("chọn tối đa", null=True, blank=True)
    state = models.CharField("trạng thái", max_length=10, choices=State, default=State.DRAFT)
    held_on = models.DateField("ngày bỏ phiếu", null=True, blank=True)
    end_note = models.TextField("lý do hủy", blank=True)

    unit_path = "meeting__committee__unit"

    class Meta:
        verbose_name = "lượt bỏ phiếu"
        verbose_name_plural = "lượt bỏ phiếu"
        ordering = ["meeting", "number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="ballot_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["open", "closed"]) | Q(held_on__isnull=False), name="ballot_open_has_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award_type}, vòng {self.round}"

    def get_absolute_url(self) -> str:
        return reverse("council:ballot", args=[self.pk])


class BallotCandidate(models.Model):
    """A nomination on a ballot. ``group`` gathers candidates whom the same members may vote on: each group has papers of its
    own, because a paper without somebody's own candidate would tell whose it is. ``result``: the numbers of R-24, once counted."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="candidates")
    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="candidacies")
    order = models.PositiveSmallIntegerField()
    group = models.PositiveSmallIntegerField(default=1)
    result = models.JSONField("kết quả", default=dict, blank=True)
    passed = models.BooleanField("thông qua", null=True, blank=True)

    unit_path = "ballot__meeting__committee__unit"

    class Meta:
        verbose_name = "đề nghị đưa ra bỏ phiếu"
        verbose_name_plural = "đề nghị đưa ra bỏ phiếu"
        ordering = ["ballot", "order"]
        constraints = [models.UniqueConstraint(fields=["ballot", "nomination"], name="ballot_candidate_once")]

    def __str__(self) -> str:
        return str(self.nomination)


class Turnout(models.Model):
    """Who may vote and whether he has. Every row is written when the ballot opens; it holds neither a time nor an order."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="turnout")
    member = models.ForeignKey(CommitteeMember, on_delete=models.PROTECT, related_name="+")
    # Whose seat he votes for: his own, or that of whom he substitutes.
    voter = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    voted = models.BooleanField("đã bỏ phiếu", default=False)

    unit_path = "ballot__meeting__committee__unit"

    class Meta:
        verbose_name = "người được bỏ phiếu"
        verbose_name_plural = "người được bỏ phiếu"
        constraints = [models.UniqueConstraint(fields=["ballot", "member"], name="turnout_once")]

    def __str__(self) -> str:
        return f"{self.member}: {'đã' if self.voted else 'chưa'} bỏ phiếu"


class BallotBox(models.Model):
    """The papers of one group while the vote runs: one sealed row, written anew with every paper, shuffled (ADR 0012).

    ``contents`` is encrypted under a key made of the installation's secret and ``salt``; both are emptied when it is counted.
    """

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="boxes")
    group = models.PositiveSmallIntegerField(default=1)
    salt = models.BinaryField(blank=True)
    contents = models.BinaryField(blank=True)

    class Meta:
        verbose_name = "hòm phiếu"
        verbose_name_plural = "hòm phiếu"
        constraints = [models.UniqueConstraint(fields=["ballot", "group"], name="ballot_box_once")]

    def __str__(self) -> str:
        return f"{self.ballot}, nhóm {self.group}"


class BallotPaper(models.Model):
    """One paper as published after the count: its receipt and its choices {candidate pk: "aye" | "nay" | ""}. No key, order or
    time in common with any member; all papers of a ballot are written in one statement, in the order of their receipts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ballot = models.ForeignKey(Ballot, on_delete=models.PROTECT, related_name="papers")
    group = models.PositiveSmallIntegerField(default=1)
    receipt = models.CharField("mã biên nhận", max_length=20)
    choices = models.JSONField("lựa chọn")

    class Meta:
        verbose_name = "phiếu bầu"
        verbose_name_plural = "phiếu bầu"
        ordering = ["ballot", "group", "receipt"]
        constraints = [models.UniqueConstraint(fields=["ballot", "receipt"], name="ballot_receipt_once")]

    def __str__(self) -> str:
        return self.receipt


class OpenVote(models.Model):
    """Biểu quyết by show of hands: one named member, one candidate."""

    class Choice(models.TextChoices):
        AYE = "aye", "Đồng ý"
        NAY = "nay", "Không đồng ý"
        BLANK = "", "Không có ý kiến"

    candidate = models.ForeignKey(BallotCandidate, on_delete=models.CASCADE, related_name="open_votes")
    member = models.ForeignKey(CommitteeMember, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField("ý kiến", max_length=5, choices=Choice, blank=True)

    unit_path = "candidate__ballot__meeting__committee__unit"

    class Meta:
        verbose_name = "biểu quyết"
        verbose_name_plural = "biểu quyết"
        constraints = [models.UniqueConstraint(fields=["candidate", "member"], name="open_vote_once")]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_choice_display()}"


class WrittenOpinion(models.Model):
    """Ý kiến bằng văn bản of an absent member: named, so only chair and secretary read it (R-22). Late: kept, not counted."""

    meeting = models.ForeignKey(CommitteeMeeting, on_delete=models.PROTECT, related_name="opinions")
    member = models.ForeignKey(CommitteeMember, on_delete=models.PROTECT, related_name="+")
    received_on = models.DateField("nhận ngày")
    text = models.TextField("nội dung", max_length=3000, blank=True)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="bản ý kiến"
    )
    # {nomination pk: "aye" | "nay" | ""}
    choices = models.JSONField("ý kiến từng đề nghị", default=dict)
    # Ballots that had been counted when it came: kept and told, never counted there (T-V11).
    late_for = models.JSONField("đến sau khi kiểm phiếu", default=list, blank=True)
    recorded_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "meeting__committee__unit"

    class Meta:
        verbose_name = "ý kiến bằng văn bản"
        verbose_name_plural = "ý kiến bằng văn bản"
        ordering = ["member__order"]
        constraints = [models.UniqueConstraint(fields=["meeting", "member"], name="written_opinion_once")]

    def __str__(self) -> str:
        return f"Ý kiến của {self.member}"
