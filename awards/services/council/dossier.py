"""A dossier as members of the council read it, the tasks that wait for them, the comparison of nominees."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet

from awards.eligibility import open_findings
from awards.models import (
    Achievement,
    Award,
    Ballot,
    CommitteeMeeting,
    CommitteeMember,
    DossierFile,
    Nomination,
    Review,
    Turnout,
)
from awards.services.council.results import Result, results_of
from awards.services.council.reviewing import open_reviews
from awards.services.council.rounds import is_stale
from dvk_portal.core.models import StoredFile


def files_of(nomination: Nomination) -> QuerySet[DossierFile]:
    """What lies in the dossier now; what was taken out of it is not the council's."""
    return nomination.files.filter(removed_at=None).select_related("stored", "document__current")


def stored_file(row: DossierFile) -> StoredFile:
    """The bytes: an upload, or the newest revision of a document made in the portal."""
    return row.stored if row.document is None else row.document.current


def earlier_awards(recipients: Iterable[int]) -> dict[int, list[Award]]:
    """Awards that stand in the register, by recipient, the newest first; one query."""
    rows = Award.objects.filter(recipient__in=list(recipients), status=Award.Status.GRANTED)
    found: dict[int, list[Award]] = {}
    for row in rows.select_related("award_type").order_by("-decided_on", "-id"):
        found.setdefault(row.recipient_id, []).append(row)
    return found


# --- what waits for me --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Tasks:
    """``reviews`` to do (``stale`` among them), ballots open for the person, meetings called or running."""

    reviews: list[Review]
    ballots: list[Turnout]
    meetings: list[CommitteeMeeting]

    @property
    def count(self) -> int:
        return len(self.reviews) + len(self.ballots)


def tasks_of(user: Any, seats: list[CommitteeMember], readable: QuerySet[Nomination]) -> Tasks:
    """What waits for who holds ``seats`` and may read ``readable``; three queries, however much it is."""
    committees = {row.committee_id for row in seats}
    status = CommitteeMeeting.Status
    return Tasks(
        reviews=[row for row in open_reviews(user, readable.values("pk")) if row.done_at is None or is_stale(row)],
        ballots=list(
            Turnout.objects.filter(
                voter=user, voted=False, ballot__state=Ballot.State.OPEN, ballot__meeting__committee__in=committees
            ).select_related("ballot__meeting", "ballot__award_type")
        ),
        meetings=list(
            CommitteeMeeting.objects.filter(
                committee__in=committees, status__in=(status.CALLED, status.OPEN, status.COUNTING)
            )
            .select_related("cycle")
            .order_by("starts_at")
        ),
    )


# --- nominees side by side ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Nominee:
    """One line of the comparison."""

    nomination: Nomination
    achievements: list[Achievement]
    result: Result | None
    earlier: list[Award]

    @property
    def unmet(self) -> list[str]:
        return self._texts("unmet")

    @property
    def unknown(self) -> list[str]:
        return self._texts("unknown")

    def _texts(self, outcome: str) -> list[str]:
        """Discipline and holds are for who handles them, not for the council (P4)."""
        return [row["text"] for row in open_findings(self.nomination.findings) if row.get("outcome") == outcome]

    @property
    def eligibility(self) -> str:
        if self.unmet or self.unknown:
            return " ".join([*self.unmet, *self.unknown])
        return "Đủ điều kiện" if self.nomination.findings else "Chưa ghi kết luận"


@dataclass(frozen=True)
class Field:
    """An award of a cycle of which there are dossiers to compare. ``key`` names it in the address."""

    cycle: int
    cycle_title: str
    award_type: int
    award_name: str
    award_code: str
    count: int

    @property
    def key(self) -> str:
        return f"{self.cycle}-{self.award_type}"


@dataclass
class Comparison:
    fields: list[Field]
    chosen: Field | None
    lines: list[Nominee] = field(default_factory=list)
    has_results: bool = False


# Column in the address → what it sorts by; lines without a value come last either way.
_SORTS: dict[str, Any] = {
    "name": lambda row: row.nomination.recipient.sort_key,
    "score": lambda row: row.nomination.score,
    "rank": lambda row: row.nomination.cluster_rank,
    "mean": lambda row: row.result and row.result.mean,
    "spread": lambda row: row.result and row.result.spread,
    "earlier": lambda row: len(row.earlier),
}


def fields_of(readable: QuerySet[Nomination]) -> list[Field]:
    """The awards, by cycle, of which there are dossiers among ``readable``; one query."""
    names = ("cycle", "cycle__title", "award_type", "award_type__name", "award_type__code")
    rows = readable.order_by("-cycle__year_to", "-cycle", "-award_type__level", "award_type__name")
    return [Field(*row) for row in rows.values_list(*names).annotate(count=Count("pk"))]


def compare_nominees(readable: QuerySet[Nomination], *, key: str = "", sort: str = "") -> Comparison:
    """The nominees of one award side by side: of ``readable``, what the person may read. ``sort``: "mean", "-mean" …"""
    fields = fields_of(readable)
    chosen = next((row for row in fields if row.key == key), fields[0] if fields else None)
    if chosen is None:
        return Comparison(fields, None)
    rows = readable.filter(cycle=chosen.cycle, award_type=chosen.award_type)
    nominations = list(rows.select_related("recipient").prefetch_related("achievements"))
    results = results_of(row.pk for row in nominations)
    earlier = earlier_awards(row.recipient_id for row in nominations)
    lines = [
        Nominee(row, list(row.achievements.all()), results.get(row.pk), earlier.get(row.recipient_id, []))
        for row in nominations
    ]
    return Comparison(fields, chosen, _sorted(lines, sort or ("-mean" if results else "name")), bool(results))


def _sorted(lines: list[Nominee], sort: str) -> list[Nominee]:
    key = _SORTS.get(sort.removeprefix("-"), _SORTS["name"])
    lines = sorted(lines, key=_SORTS["name"])
    known = sorted((row for row in lines if key(row) is not None), key=key, reverse=sort.startswith("-"))
    return [*known, *(row for row in lines if key(row) is None)]
