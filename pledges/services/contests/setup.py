"""Preparing a contest: its text, rounds with criteria, jury, and the moves from announcing it to cancelling it."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from campaigns.models import Campaign
from dvk_portal.core import audit
from dvk_portal.core.documents.freezing import new_code
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from dvk_portal.core.workflow import Transition
from pledges.contest_notifications import ContestAnnounced, ContestCancelled, EntriesExtended, JudgingBegins
from pledges.models import Contest, ContestCriterion, ContestRound, EntryScore, Juror
from pledges.services.contests.conflicts import record_conflicts
from pledges.workflows import CONTEST
from units import access
from units.models import Membership, Unit, User
from units.roles import Role

MIN_JURORS = 3
MAX_ROUNDS = 5
MAX_CRITERIA = 15
# What a new contest begins with; the office changes it as it likes.
STANDARD_ROUNDS = (("Sơ khảo", 10), ("Chung khảo", 5))
Criterion = tuple[str, Decimal]


# --- who organises ----------------------------------------------------------------------------------------------------
def organiser_of(user: Any) -> Unit:
    """The unit for which ``user`` prepares contests. Raises PermissionDenied when there is none."""
    roles = access.matrix()["contest.manage"]
    for row in access.rights(user).memberships:
        if row.role in roles:
            return access.base_unit(row.unit)
    raise PermissionDenied


def lock_contest(contest: Contest) -> Contest:
    """The contest as it stands now, locked until the end of the transaction."""
    return Contest.objects.select_for_update(of=("self",)).select_related("owner", "campaign").get(pk=contest.pk)


def lock_to_manage(contest: Contest, actor: Any) -> Contest:
    locked = lock_contest(contest)
    if not actor.has_perm("contest.manage", locked):
        raise PermissionDenied
    return locked


def _lock_draft(contest: Contest, actor: Any) -> Contest:
    locked = lock_to_manage(contest, actor)
    if locked.status != Contest.Status.DRAFT:
        raise DomainError("Hội thi đã mở nhận bài nên nội dung, vòng thi và tiêu chí không sửa được nữa.")
    return locked


# --- text -------------------------------------------------------------------------------------------------------------
FIELDS = (
    "title", "rules", "campaign", "entries_until", "max_entries", "public_vote", "vote_opens_at", "vote_closes_at",
)  # fmt: skip


@transaction.atomic
def create_contest(*, actor: Any, **fields: Any) -> Contest:
    """A draft of the actor's unit, with the standard rounds."""
    contest = Contest(owner=organiser_of(actor), code=new_code())
    _write(contest, fields)
    for number, (name, advance) in enumerate(STANDARD_ROUNDS, 1):
        ContestRound.objects.create(contest=contest, number=number, name=name, advance=advance)
    audit.record(contest, "contest_create", actor=actor)
    return contest


@transaction.atomic
def edit_contest(contest: Contest, *, actor: Any, **fields: Any) -> Contest:
    locked = _lock_draft(contest, actor)
    before = {name: getattr(locked, name) for name in FIELDS}
    _write(locked, fields)
    changes = {name: [old, getattr(locked, name)] for name, old in before.items() if old != getattr(locked, name)}
    if changes:
        audit.record(locked, "contest_edit", actor=actor, changes=changes)
    return locked


def _write(contest: Contest, fields: dict[str, Any]) -> None:
    for name in FIELDS:
        setattr(contest, name, fields[name])
    campaign: Campaign | None = contest.campaign
    if campaign is not None and not campaign.owner.path.startswith(contest.owner.path):
        raise DomainError("Phong trào này thuộc đơn vị khác. Hãy chọn phong trào khác hoặc để trống.")
    if not contest.public_vote:
        contest.vote_opens_at = contest.vote_closes_at = None
    elif not (contest.vote_opens_at and contest.vote_closes_at and contest.vote_opens_at < contest.vote_closes_at):
        raise DomainError("Bình chọn phải có thời điểm mở và thời điểm đóng sau đó.")
    contest.save()


# --- rounds and criteria ----------------------------------------------------------------------------------------------
@transaction.atomic
def add_round(contest: Contest, *, actor: Any) -> ContestRound:
    locked = _lock_draft(contest, actor)
    last = locked.rounds.aggregate(last=Max("number"))["last"] or 0
    if last >= MAX_ROUNDS:
        raise DomainError(f"Một hội thi có tối đa {MAX_ROUNDS} vòng.")
    added = ContestRound.objects.create(contest=locked, number=last + 1, name=f"Vòng {last + 1}")
    audit.record(locked, "contest_round_add", actor=actor, changes={"round": [None, added.name]})
    return added


@transaction.atomic
def remove_round(contest_round: ContestRound, *, actor: Any) -> Contest:
    """Take the last round out; the others keep their numbers."""
    locked = _lock_draft(contest_round.contest, actor)
    if locked.rounds.filter(number__gt=contest_round.number).exists():
        raise DomainError("Chỉ bỏ được vòng cuối cùng.")
    contest_round.delete()
    audit.record(locked, "contest_round_remove", actor=actor, changes={"round": [contest_round.name, None]})
    return locked


@transaction.atomic
def save_round(
    contest_round: ContestRound, *, actor: Any, name: str, advance: int, criteria: Sequence[Criterion]
) -> ContestRound:
    """Name, how many go on, and the criteria anew, in this order."""
    locked = _lock_draft(contest_round.contest, actor)
    if len(criteria) > MAX_CRITERIA:
        raise DomainError(f"Một vòng có tối đa {MAX_CRITERIA} tiêu chí.")
    if any(points <= 0 for _, points in criteria):
        raise DomainError("Điểm tối đa của mỗi tiêu chí phải lớn hơn 0.")
    contest_round.name, contest_round.advance = name.strip(), advance
    contest_round.save(update_fields=["name", "advance"])
    contest_round.criteria.all().delete()
    ContestCriterion.objects.bulk_create(
        ContestCriterion(round=contest_round, name=text.strip(), max_points=points, order=number)
        for number, (text, points) in enumerate(criteria)
    )
    listed = "; ".join(f"{text.strip()}: {points}" for text, points in criteria)
    audit.record(locked, "contest_round_edit", actor=actor, changes={"round": [None, name], "criteria": [None, listed]})
    return contest_round


# --- jury -------------------------------------------------------------------------------------------------------------
def candidates(contest: Contest) -> Any:
    """Active people of the organising unit and of those below it who are not on the jury yet."""
    return (
        User.objects.filter(
            is_active=True, pk__in=Membership.objects.current().filter(
                unit__path__startswith=contest.owner.path
            ).exclude(role=Role.ADMIN).values("user"),
        )
        .exclude(pk__in=contest.jurors.values("user"))
        .order_by("full_name", "username")
    )  # fmt: skip


@transaction.atomic
def add_juror(contest: Contest, *, actor: Any, user: User, post: str, is_head: bool) -> Juror:
    """Put a person on the jury; a new head takes the place of the former."""
    locked = lock_to_manage(contest, actor)
    _require_living(locked)
    if not candidates(locked).filter(pk=user.pk).exists():
        raise DomainError("Người này đã ở trong ban giám khảo hoặc không công tác ở các đơn vị của hội thi.")
    if is_head:
        locked.jurors.update(is_head=False)
    juror = Juror.objects.create(contest=locked, user=user, post=post.strip(), is_head=is_head)
    audit.record(locked, "juror_add", actor=actor, changes={"juror": [None, str(user)]}, note=post.strip())
    record_conflicts(locked, actor=actor)
    return juror


@transaction.atomic
def remove_juror(juror: Juror, *, actor: Any) -> Contest:
    """Who has given points stays: they count."""
    locked = lock_to_manage(juror.contest, actor)
    _require_living(locked)
    if EntryScore.objects.filter(juror=juror).exists():
        raise DomainError("Giám khảo này đã chấm điểm nên không bỏ khỏi ban giám khảo được.")
    juror.delete()
    audit.record(locked, "juror_remove", actor=actor, changes={"juror": [str(juror.user), None]})
    return locked


@transaction.atomic
def appoint_head(juror: Juror, *, actor: Any) -> Contest:
    locked = lock_to_manage(juror.contest, actor)
    _require_living(locked)
    locked.jurors.update(is_head=False)
    Juror.objects.filter(pk=juror.pk).update(is_head=True)
    audit.record(locked, "juror_head", actor=actor, changes={"juror": [None, str(juror.user)]})
    return locked


def _require_living(contest: Contest) -> None:
    if contest.status in (Contest.Status.CLOSED, Contest.Status.CANCELLED):
        raise DomainError(f"Hội thi {contest.get_status_display().lower()} nên ban giám khảo không thay đổi nữa.")


# --- moves ------------------------------------------------------------------------------------------------------------
def blockers_to_announce(contest: Contest, today: datetime.date) -> list[str]:
    """What is missing before units may enter."""
    found = []
    rounds = list(contest.rounds.annotate(count=Count("criteria")))
    if not rounds:
        found.append("Chưa có vòng thi nào.")
    found += [f"Vòng “{row.name}” chưa có tiêu chí chấm." for row in rounds if not row.count]
    jurors = list(contest.jurors.all())
    if len(jurors) < MIN_JURORS:
        found.append(f"Ban giám khảo mới có {len(jurors)} người; cần ít nhất {MIN_JURORS} người.")
    if jurors and not any(juror.is_head for juror in jurors):
        found.append("Ban giám khảo chưa có trưởng ban.")
    if contest.entries_until < today:
        found.append(f"Hạn nhận bài {contest.entries_until:%d/%m/%Y} đã qua. Hãy sửa hạn nhận bài.")
    if contest.public_vote and contest.vote_closes_at <= timezone.now():
        found.append("Thời gian bình chọn đã qua. Hãy sửa thời gian bình chọn.")
    if not contest.rules.strip():
        found.append("Chưa có thể lệ.")
    return found


@transaction.atomic
def announce_contest(contest: Contest, *, actor: Any, today: datetime.date) -> Contest:
    locked = lock_to_manage(contest, actor)
    if locked.status == Contest.Status.DRAFT and (missing := blockers_to_announce(locked, today)):
        raise DomainError("Chưa thể mở nhận bài.", missing)
    CONTEST.apply(locked, "announce", actor=actor)
    notify(ContestAnnounced.about(locked), people_below(locked.owner))
    notify(JudgingBegins.invitation(locked), [juror.user for juror in locked.jurors.select_related("user")])
    return locked


def people_below(unit: Unit) -> Any:
    """Editors and leaders of the units that may enter."""
    served = access.base_unit(unit).path
    held = Membership.objects.current().filter(unit__path__startswith=served, role__in=(Role.EDITOR, Role.LEADER))
    return User.objects.filter(is_active=True, memberships__in=held).distinct()


@transaction.atomic
def extend_entries(contest: Contest, *, actor: Any, until: datetime.date, note: str, today: datetime.date) -> Contest:
    """Take entries up to a later day; also once judging has begun, as long as nobody has given points."""
    locked = lock_to_manage(contest, actor)
    if until < today or until <= locked.entries_until:
        raise DomainError("Hạn mới phải sau hạn cũ và không ở trong quá khứ.")
    if not note.strip():
        raise DomainError("Hãy ghi lý do gia hạn.")
    old = locked.entries_until
    if locked.status == Contest.Status.JUDGING:
        if EntryScore.objects.filter(entry__contest=locked).exists():
            raise DomainError("Đã có giám khảo chấm điểm nên không nhận thêm bài được nữa.")
        locked.rounds.update(opened_at=None)
        CONTEST.apply(locked, "reopen", actor=actor, note=note, entries_until=until)
    elif locked.status == Contest.Status.OPEN:
        locked.entries_until = until
        locked.save(update_fields=["entries_until"])
        audit.record(locked, "contest_extend", actor=actor, changes={"entries_until": [old, until]}, note=note.strip())
    else:
        raise DomainError("Chỉ gia hạn được khi hội thi đang nhận bài hoặc mới bắt đầu chấm.")
    notify(EntriesExtended.about(locked), people_below(locked.owner))
    return locked


@transaction.atomic
def start_judging(contest: Contest, *, actor: Any, today: datetime.date) -> Contest:
    """No more entries: the first round opens for the jury."""
    locked = lock_to_manage(contest, actor)
    if locked.status == Contest.Status.OPEN:
        missing = []
        if today <= locked.entries_until:
            missing.append(f"Còn trong thời gian nhận bài, đến hết ngày {locked.entries_until:%d/%m/%Y}.")
        if not locked.entries.in_round(1).exists():
            missing.append("Chưa có bài dự thi nào.")
        if locked.jurors.count() < MIN_JURORS:
            missing.append(f"Ban giám khảo cần ít nhất {MIN_JURORS} người.")
        if missing:
            raise DomainError("Chưa thể bắt đầu chấm.", missing)
    CONTEST.apply(locked, "start_judging", actor=actor)
    open_round(locked, locked.rounds.get(number=1), actor=actor)
    return locked


def open_round(contest: Contest, contest_round: ContestRound, *, actor: Any) -> None:
    """Let the jury begin; who must stay away from which entry is written down at this moment."""
    contest_round.opened_at = timezone.now()
    contest_round.save(update_fields=["opened_at"])
    audit.record(contest, "contest_round_open", actor=actor, changes={"round": [None, contest_round.name]})
    record_conflicts(contest, actor=actor)
    jurors = [juror.user for juror in contest.jurors.select_related("user")]
    notify(JudgingBegins.about(contest, contest_round), jurors)


@transaction.atomic
def cancel_contest(contest: Contest, *, actor: Any, note: str) -> Contest:
    CONTEST.apply(contest, "cancel", actor=actor, note=note, end_note=note.strip())
    if contest.opened_at:
        notify(ContestCancelled.about(contest), people_below(contest.owner))
    return contest


def available_moves(contest: Contest, user: Any, today: datetime.date) -> list[Transition]:
    """The buttons of the contest's page. Extending and judging have pages of their own."""
    moves = {move.name: move for move in CONTEST.available(contest, user)}
    moves.pop("reopen", None)
    if today <= contest.entries_until:
        moves.pop("start_judging", None)
    if contest.rounds.filter(closed_at=None).exists():
        moves.pop("publish", None)
    return list(moves.values())
