"""Messages about contests; see pledges/notifications.py."""

from dataclasses import dataclass
from typing import Any, Self

from django.urls import reverse
from django.utils import timezone

from dvk_portal.core.notifications import Message
from pledges.models import Contest, ContestEntry, ContestRound


def _fields(kind: str, contest: Contest, title: str, moment: Any) -> dict[str, Any]:
    return {
        "key": f"{kind}:{contest.pk}:{moment}",
        "title": f"{title}: {contest.title}",
        "url": contest.get_absolute_url(),
        "contest": contest,
    }


@dataclass(frozen=True)
class ContestAnnounced(Message):
    """To the units that may enter."""

    kind = "contest_announced"

    contest: Contest

    @classmethod
    def about(cls, contest: Contest) -> Self:
        return cls(**_fields(cls.kind, contest, "Mời dự hội thi", ""))


@dataclass(frozen=True)
class EntriesExtended(Message):
    kind = "contest_extended"

    contest: Contest

    @classmethod
    def about(cls, contest: Contest) -> Self:
        return cls(**_fields(cls.kind, contest, "Gia hạn nhận bài", f"{contest.entries_until:%Y%m%d}"))


@dataclass(frozen=True)
class ContestCancelled(Message):
    kind = "contest_cancelled"

    contest: Contest

    @classmethod
    def about(cls, contest: Contest) -> Self:
        return cls(**_fields(cls.kind, contest, "Hủy hội thi", ""))


@dataclass(frozen=True)
class JudgingBegins(Message):
    """To the jury: on being named, and when a round opens (``round``)."""

    kind = "judging_begins"

    contest: Contest
    round: ContestRound | None = None

    @classmethod
    def invitation(cls, contest: Contest) -> Self:
        return cls(**_fields(cls.kind, contest, "Bạn ở trong ban giám khảo", "jury"))

    @classmethod
    def about(cls, contest: Contest, contest_round: ContestRound) -> Self:
        moment = timezone.localtime(contest_round.opened_at)
        fields = _fields(cls.kind, contest, f"Mời chấm vòng {contest_round.name}", f"{moment:%Y%m%d%H%M%S}")
        return cls(**{**fields, "url": reverse("contest-judging", args=[contest.pk])}, round=contest_round)


@dataclass(frozen=True)
class EntryDisqualified(Message):
    """To the unit whose entry it is."""

    kind = "entry_disqualified"

    entry: ContestEntry

    @classmethod
    def about(cls, entry: ContestEntry) -> Self:
        return cls(
            key=f"entry_disqualified:{entry.pk}",
            title=f"Bài dự thi bị loại: {entry.title}",
            url=entry.get_absolute_url(),
            entry=entry,
        )


@dataclass(frozen=True)
class TieToDecide(Message):
    """To the head of the jury: the line between going on and not runs through a tie."""

    kind = "contest_tie"

    contest: Contest
    round: ContestRound

    @classmethod
    def about(cls, contest: Contest, contest_round: ContestRound) -> Self:
        fields = _fields(cls.kind, contest, f"Đồng điểm ở vòng {contest_round.name}", contest_round.pk)
        url = reverse("contest-round-result", args=[contest.pk, contest_round.number])
        return cls(**{**fields, "url": url}, round=contest_round)


@dataclass(frozen=True)
class ContestResults(Message):
    """To the units that entered."""

    kind = "contest_results"

    contest: Contest

    @classmethod
    def about(cls, contest: Contest) -> Self:
        return cls(**_fields(cls.kind, contest, "Kết quả hội thi", ""))
