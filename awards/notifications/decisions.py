"""Messages about decisions: what was granted and what not, what was cancelled and what follows from it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from awards.models import Award, Decision, DecisionLine
from dvk_portal.core.notifications import Message, notify
from pledges.recognition_notifications import people_of
from units.models import User

# A letter names so many lines; the rest is on the page.
MAX_NAMED = 30


@dataclass(frozen=True)
class DecisionPublished(Message):
    """To the editors and leaders of one unit: what the decision says about its people and collectives."""

    kind = "decision_published"

    decision: Decision
    granted: tuple[DecisionLine, ...]
    refused: tuple[DecisionLine, ...]

    @property
    def named(self) -> tuple[DecisionLine, ...]:
        return self.granted[:MAX_NAMED]

    @property
    def more(self) -> int:
        return max(len(self.granted) - MAX_NAMED, 0)


@dataclass(frozen=True)
class DecisionDone(Message):
    """To those who appraised what the decision speaks of."""

    kind = "decision_done"

    decision: Decision
    granted: int
    refused: int


@dataclass(frozen=True)
class AwardsRevoked(Message):
    """To the editors and leaders of one unit: which awards were cancelled, what is to be given back."""

    kind = "awards_revoked"

    awards: tuple[Award, ...]
    reason: str
    # Sentences: money to return with its day, later awards that are looked at again.
    consequences: tuple[str, ...]

    @property
    def first(self) -> Award:
        return self.awards[0]

    @property
    def named(self) -> tuple[Award, ...]:
        return self.awards[:MAX_NAMED]

    @property
    def more(self) -> int:
        return max(len(self.awards) - MAX_NAMED, 0)


def tell_published(decision: Decision, lines: Iterable[DecisionLine]) -> None:
    """One letter per unit, whatever the number of its lines, and one to each appraiser."""
    by_unit: dict[int, list[DecisionLine]] = defaultdict(list)
    for line in lines:
        by_unit[line.nomination.unit_id].append(line)
    people = people_of(by_unit)
    for unit, own in by_unit.items():
        granted = tuple(line for line in own if line.granted)
        refused = tuple(line for line in own if not line.granted)
        title = f"{len(granted)} khen thưởng theo Quyết định số {decision.number}" if granted else (
            f"Kết quả xét khen thưởng theo Quyết định số {decision.number}"
        )  # fmt: skip
        message = DecisionPublished(
            key=f"decision_published:{decision.pk}:{unit}", title=title, url=reverse("award-list"), decision=decision,
            granted=granted, refused=refused,
        )  # fmt: skip
        notify(message, people[unit])
    _tell_appraisers(decision, [line for own in by_unit.values() for line in own])


def _tell_appraisers(decision: Decision, lines: list[DecisionLine]) -> None:
    granted = sum(line.granted for line in lines)
    message = DecisionDone(
        key=f"decision_done:{decision.pk}", title=f"Đã công bố Quyết định số {decision.number}",
        url=decision.get_absolute_url(), decision=decision, granted=granted, refused=len(lines) - granted,
    )  # fmt: skip
    appraisers = {line.nomination.appraised_by_id for line in lines} - {None}
    notify(
        message, [user for user in User.objects.filter(pk__in=appraisers) if user.has_perm("award.manage", decision)]
    )


def tell_revoked(awards: Iterable[Award], reason: str, consequences: dict[int, list[str]]) -> None:
    """One letter per unit; ``consequences`` by award."""
    by_unit: dict[int, list[Award]] = defaultdict(list)
    for award in awards:
        by_unit[award.unit_id].append(award)
    people = people_of(by_unit)
    for unit, own in by_unit.items():
        title = f"Hủy khen thưởng: {own[0]}" if len(own) == 1 else f"Hủy {len(own)} khen thưởng"
        message = AwardsRevoked(
            key=f"awards_revoked:{own[0].pk}:{len(own)}", title=title,
            url=own[0].get_absolute_url() if len(own) == 1 else reverse("award-list"), awards=tuple(own), reason=reason,
            consequences=tuple(text for award in own for text in consequences.get(award.pk, [])),
        )  # fmt: skip
        notify(message, people[unit])
