"""Messages about recognition and yearly review of models; see pledges/notifications.py."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.urls import reverse

from dvk_portal.core.notifications import Message, notify
from pledges.models import ExemplaryModel, Recognition, RecognitionBatch
from units.models import Membership, User
from units.roles import Role

# A letter names so many models; the rest is on the page.
MAX_NAMED = 30


@dataclass(frozen=True)
class _AboutBatch(Message):
    """To the editors and leaders of one unit: what a batch said about its models."""

    batch: RecognitionBatch
    rows: tuple[Recognition, ...]
    reason: str = ""

    @property
    def named(self) -> tuple[Recognition, ...]:
        return self.rows[:MAX_NAMED]

    @property
    def more(self) -> int:
        return max(len(self.rows) - MAX_NAMED, 0)

    @classmethod
    def build(cls, batch: RecognitionBatch, rows: list[Recognition], title: str, reason: str = "") -> Self:
        # The same unit may be refused in several acts of one batch: the records tell them apart.
        key = f"{cls.kind}:{batch.pk}:{rows[0].pk}:{len(rows)}"
        url = rows[0].model.get_absolute_url() if len(rows) == 1 else reverse("model-list")
        return cls(key=key, title=title, url=url, batch=batch, rows=tuple(rows), reason=reason)


@dataclass(frozen=True)
class ModelsRecognised(_AboutBatch):
    kind = "models_recognised"


@dataclass(frozen=True)
class ModelsRefused(_AboutBatch):
    kind = "models_refused"


@dataclass(frozen=True)
class ModelsRevoked(_AboutBatch):
    kind = "models_revoked"


@dataclass(frozen=True)
class ModelEnded(Message):
    """To the unit whose model is no longer recognised after the yearly review."""

    kind = "model_ended"

    model: ExemplaryModel
    note: str

    @classmethod
    def about(cls, model: ExemplaryModel, note: str) -> Self:
        return cls(
            key=f"model_ended:{model.pk}:{model.ended_on:%Y%m%d}", title=f"Thôi công nhận mô hình: {model}",
            url=model.get_absolute_url(), model=model, note=note,
        )  # fmt: skip


@dataclass(frozen=True)
class ReviewOwed(Message):
    """Once a month in the last quarter, to whoever still owes reviews of recognised models."""

    kind = "model_review_owed"

    year: int
    count: int

    @classmethod
    def about(cls, year: int, month: int, count: int) -> Self:
        return cls(
            key=f"model_review:{year}-{month:02d}", title=f"Còn {count} mô hình chưa rà soát năm {year}",
            url=reverse("review-list"), year=year, count=count,
        )  # fmt: skip


def tell_recognised(batch: RecognitionBatch, rows: Iterable[Recognition]) -> None:
    _tell(ModelsRecognised, batch, rows, "{n} mô hình được công nhận {level} năm {year}")


def tell_refused(batch: RecognitionBatch, rows: Iterable[Recognition], reason: str) -> None:
    _tell(ModelsRefused, batch, rows, "{n} mô hình không được công nhận {level} năm {year}", reason)


def tell_revoked(batch: RecognitionBatch, rows: Iterable[Recognition], reason: str) -> None:
    _tell(ModelsRevoked, batch, rows, "Thu hồi công nhận {n} mô hình {level} năm {year}", reason)


def _tell(
    kind: type[_AboutBatch], batch: RecognitionBatch, rows: Iterable[Recognition], title: str, reason: str = ""
) -> None:
    """One letter per unit, whatever the number of its models."""
    by_unit: dict[int, list[Recognition]] = defaultdict(list)
    for row in rows:
        by_unit[row.model.unit_id].append(row)
    people = people_of(by_unit)
    for unit, own in by_unit.items():
        words = title.format(n=len(own), level=batch.level.name.lower(), year=batch.year)
        notify(kind.build(batch, own, words, reason), people[unit])


def people_of(units: Iterable[int]) -> dict[int, list[User]]:
    """Editors and leaders of each unit today. One query."""
    found: dict[int, list[User]] = defaultdict(list)
    rows = Membership.objects.current().filter(
        unit__in=list(units), role__in=(Role.EDITOR, Role.LEADER), user__is_active=True
    )
    for row in rows.select_related("user"):
        found[row.unit_id].append(row.user)
    return found


def tell_ended(model: ExemplaryModel, note: str) -> None:
    notify(ModelEnded.about(model, note), model.unit.members(Role.EDITOR, Role.LEADER))


def people_who_review() -> Any:
    """Whoever may owe reviews: leaders of units, officers and directors of the province."""
    return User.objects.filter(
        is_active=True,
        memberships__in=Membership.objects.current().filter(role__in=(Role.LEADER, Role.VERIFIER, Role.DIRECTOR)),
    ).distinct()
