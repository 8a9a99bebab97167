"""What rests on awards that are cancelled: later awards and nominations, found by judging them with and without (R-50)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from awards.eligibility import ELIGIBLE, NOT_ELIGIBLE, TO_CHECK, Verdict
from awards.models import Achievement, Award, Nomination
from awards.services.recipients.facts import Ancestry, judge_many, look_ahead

_N = Nomination.Status
# Nominations that somebody has judged and that a move leads back to be checked.
JUDGED = (_N.COMPLETE, _N.ELIGIBLE, _N.RECOMMENDED)
_RANK = {ELIGIBLE: 2, TO_CHECK: 1, NOT_ELIGIBLE: 0}


@dataclass(frozen=True)
class Resting:
    """An award or a nomination that must be looked at again because ``cause`` is cancelled, and why."""

    record: Award | Nomination
    cause: Award
    sentence: str


def resting_on(awards: list[Award]) -> list[Resting]:
    """What names one of ``awards`` as its ground, or is judged worse without them. The rows are left as they are."""
    if not awards:
        return []
    later, nominations = _candidates(awards)
    cited = _cited(awards)
    before = _judge(later, nominations)
    with transaction.atomic():
        _pretend_revoked(awards)
        after = _judge(later, nominations)
        transaction.set_rollback(True)
    found = []
    for record in (*later, *nominations):
        cause = cited.get(_nomination_of(record)) or _cause(record, awards)
        sentence = _sentence(cause, before[_key(record)], after[_key(record)], named=_nomination_of(record) in cited)
        if sentence:
            found.append(Resting(record, cause, sentence))
    return found


def _candidates(awards: list[Award]) -> tuple[list[Award], list[Nomination]]:
    """Later awards and undecided nominations of the same recipients, and of what their units became."""
    keys = {award.pk for award in awards}
    recipients = {award.recipient_id for award in awards}
    ancestry, became = Ancestry.load(), set()
    waiting = [award.recipient.of_unit_id for award in awards if award.recipient.of_unit_id]
    while waiting:
        following = [unit for unit in ancestry.after.get(waiting.pop(), ()) if unit not in became]
        became.update(following)
        waiting += following
    first = min(award.decided_on for award in awards)
    whose = Q(recipient__in=recipients) | Q(recipient__of_unit__in=became)
    later = Award.objects.standing().filter(whose, decided_on__gte=first).exclude(pk__in=keys)
    later = later.select_related("award_type", "recipient", "nomination__award_type", "unit")
    nominations = Nomination.objects.filter(whose, status__in=JUDGED).select_related("award_type", "unit")
    return list(later.order_by("pk")), list(nominations.order_by("pk"))


def _cited(awards: list[Award]) -> dict[int, Award]:
    """Nomination → the cancelled award that it names among its achievements."""
    by_key = {award.pk: award for award in awards}
    rows = Achievement.objects.filter(award__in=by_key).values_list("nomination", "award")
    return {nomination: by_key[award] for nomination, award in rows}


def _judge(later: list[Award], nominations: list[Nomination]) -> dict[tuple[str, int], Verdict]:
    """Verdicts of today by record. What was taken over without a nomination is judged by the rules of its decision."""
    today = timezone.localdate()
    proposed = [row.nomination for row in later if row.nomination_id]
    verdicts = judge_many([*proposed, *nominations], today)
    found = {_key(row): verdicts[row.nomination_id] for row in later if row.nomination_id}
    found |= {_key(row): verdicts[row.pk] for row in nominations}
    return found | {_key(row): _as_decided(row) for row in later if not row.nomination_id}


def _as_decided(award: Award) -> Verdict:
    return look_ahead(
        award.recipient, award.award_type, year=award.year, day=award.decided_on, award_kind=award.award_kind
    )


def _pretend_revoked(awards: Iterable[Award]) -> None:
    """Inside a transaction that is undone: the engine counts standing awards only."""
    Award.objects.filter(pk__in=[award.pk for award in awards]).update(
        status=Award.Status.REVOKED, ended_at=timezone.now(), end_note="–", end_decision_no="–",
        end_decided_on=timezone.localdate(),
    )  # fmt: skip


def _key(record: Any) -> tuple[str, int]:
    return type(record).__name__, record.pk


def _nomination_of(record: Award | Nomination) -> int | None:
    return record.nomination_id if isinstance(record, Award) else record.pk


def _cause(record: Award | Nomination, awards: list[Award]) -> Award:
    """The cancelled award nearest to what rests on it: of the same recipient, the latest."""
    own = [award for award in awards if award.recipient_id == record.recipient_id] or awards
    return max(own, key=lambda award: (award.decided_on, award.pk))


def _sentence(cause: Award, before: Verdict, after: Verdict, *, named: bool) -> str:
    """Why it must be looked at again; "" when nothing changed for it."""
    words = f"{cause.award_type} năm {cause.year} (Quyết định số {cause.decision_no}) đã bị hủy"
    known = {finding.text for finding in before.findings}
    new = [
        finding.text for finding in after.open_part().findings if finding.outcome != "met" and finding.text not in known
    ]
    if new or _RANK[after.outcome] < _RANK[before.outcome]:
        return " ".join([f"{words}.", *new])[:300]
    return f"{words} mà hồ sơ đã nêu làm thành tích."[:300] if named else ""
