"""Judging: each juror for himself. While a round is open nobody reads another's points, nor any sum or average of them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.notifications import notify
from pledges.contest_notifications import TieToDecide
from pledges.models import Contest, ContestEntry, ContestRound, EntryScore, Juror
from pledges.models.contest import units_of_conflict
from pledges.services.contests.advancing import advance_entries
from pledges.services.contests.conflicts import in_conflict, record_conflicts
from pledges.services.contests.results import result_of
from pledges.services.contests.setup import lock_contest, lock_to_manage

# Points and a remark of one criterion.
Given = tuple[Decimal, str]


def open_round_of(contest: Contest) -> ContestRound | None:
    """The round that is being judged now."""
    if contest.status != Contest.Status.JUDGING:
        return None
    return contest.rounds.filter(opened_at__isnull=False, closed_at=None).order_by("number").first()


def juror_of(contest: Contest, user: Any) -> Juror | None:
    return contest.jurors.filter(user=user).select_related("user").first()


def entries_to_judge(contest_round: ContestRound, user: Any) -> QuerySet[ContestEntry]:
    """The entries of a round that ``user`` may judge; those of his own units are not among them."""
    entries = contest_round.contest.entries.in_round(contest_round.number)
    return entries.exclude(in_conflict(user)).select_related("unit", "field")


@dataclass(frozen=True)
class Progress:
    """How far one juror is, without any points."""

    juror: Juror
    due: int
    done: int
    kept_away: int

    @property
    def owed(self) -> int:
        return self.due - self.done


def progress_of(contest_round: ContestRound) -> list[Progress]:
    """Each juror's progress; the same queries for one entry or a hundred."""
    entries = list(contest_round.contest.entries.in_round(contest_round.number).values_list("pk", "unit", "entered_by"))
    scored = (
        EntryScore.objects.filter(criterion__round=contest_round).values_list("juror", "entry").order_by().distinct()
    )
    pairs = set(scored)
    found = []
    for juror in contest_round.contest.jurors.select_related("user"):
        units = units_of_conflict(juror.user)
        due = [pk for pk, unit, person in entries if unit not in units and person != juror.user_id]
        done = Counter((juror.pk, pk) in pairs for pk in due)[True]
        found.append(Progress(juror, len(due), done, len(entries) - len(due)))
    return found


# --- a juror's own sheet ------------------------------------------------------------------------------------------------
@transaction.atomic
def save_scores(entry: ContestEntry, *, actor: Any, given: Mapping[int, Given]) -> ContestEntry:
    """Keep the actor's points for every criterion of the open round. The log says that he judged, never how.

    Raises PermissionDenied (no juror), DomainError (his own unit, round closed, a criterion without points or above its most).
    """
    contest = lock_contest(entry.contest)
    juror = juror_of(contest, actor)
    if juror is None or not actor.has_perm("contest.view"):
        raise PermissionDenied
    contest_round = open_round_of(contest)
    if contest_round is None:
        raise DomainError("Vòng thi chưa mở hoặc đã đóng chấm nên không ghi điểm được.")
    if not contest.entries.in_round(contest_round.number).filter(pk=entry.pk).exists():
        raise DomainError("Bài này không ở trong vòng đang chấm.")
    if contest.entries.filter(in_conflict(actor), pk=entry.pk).exists():
        raise DomainError("Bài này của đơn vị bạn đang hoặc vừa công tác nên bạn không chấm.")
    criteria = list(contest_round.criteria.all())
    if faults := _faults(criteria, given):
        raise DomainError("Chưa lưu được điểm.", faults)
    for criterion in criteria:
        points, note = given[criterion.pk]
        EntryScore.objects.update_or_create(
            entry=entry, criterion=criterion, juror=juror, defaults={"points": points, "note": note.strip()}
        )
    audit.record(entry, "contest_score", actor=actor, changes={"round": [None, contest_round.name]})
    return entry


def _faults(criteria: list[Any], given: Mapping[int, Given]) -> list[str]:
    found = []
    for criterion in criteria:
        points = given.get(criterion.pk, (None, ""))[0]
        if points is None:
            found.append(f"“{criterion.name}” chưa có điểm.")
        elif not 0 <= points <= criterion.max_points:
            found.append(f"“{criterion.name}”: điểm từ 0 đến {criterion.max_points:f}.".replace(".00.", "."))
    return found


# --- closing ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def close_round(contest_round: ContestRound, *, actor: Any, note: str = "") -> ContestRound:
    """End the judging of the open round; from now on its result is fixed and visible.

    Points still owed need a reason, which is kept with the names of who owes them. An entry that nobody judged cannot be
    ranked, reason or not. Points of a juror who came to the entry's unit meanwhile do not count and are taken out.
    """
    contest = lock_to_manage(contest_round.contest, actor)
    open_now = open_round_of(contest)
    if open_now is None or open_now.pk != contest_round.pk:
        raise DomainError("Vòng này không đang mở chấm.")
    record_conflicts(contest, actor=actor)
    _take_out_conflicts(contest, open_now, actor)
    judged = EntryScore.objects.filter(criterion__round=open_now).values("entry")
    unjudged = contest.entries.in_round(open_now.number).exclude(pk__in=judged)
    if unjudged:
        raise DomainError("Chưa đóng vòng được: có bài chưa giám khảo nào chấm.", [str(row) for row in unjudged])
    owed = [f"{row.juror.user}: còn {row.owed} bài" for row in progress_of(open_now) if row.owed]
    if owed and not note.strip():
        raise DomainError("Còn giám khảo chưa chấm xong. Hãy đợi, hoặc ghi lý do đóng vòng khi còn thiếu.", owed)
    open_now.closed_at, open_now.closed_by = timezone.now(), actor
    open_now.save(update_fields=["closed_at", "closed_by"])
    changes = {"round": [None, open_now.name], **({"owed": [None, "; ".join(owed)]} if owed else {})}
    audit.record(contest, "contest_round_close", actor=actor, changes=changes, note=note.strip())
    advance_entries(contest)
    _tell_of_tie(contest, open_now)
    return open_now


def _take_out_conflicts(contest: Contest, contest_round: ContestRound, actor: Any) -> None:
    for juror in contest.jurors.select_related("user"):
        conflict = Q(entry__unit__in=units_of_conflict(juror.user)) | Q(entry__entered_by=juror.user)
        rows = EntryScore.objects.filter(conflict, juror=juror, criterion__round=contest_round)
        names = sorted(set(rows.values_list("entry__title", flat=True)))
        if names:
            rows.delete()
            note = f"Không tính điểm của {juror.user} cho: {', '.join(names)} (đơn vị nơi giám khảo đang hoặc vừa công tác)."
            audit.record(contest, "contest_score_out", actor=actor, note=note)


def _tell_of_tie(contest: Contest, contest_round: ContestRound) -> None:
    head = contest.jurors.filter(is_head=True).select_related("user").first()
    if head is not None and result_of(contest_round).left:
        notify(TieToDecide.about(contest, contest_round), [head.user])
