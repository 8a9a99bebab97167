"""What a person may be told of a model that another unit learned from, or that learned from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pledges.models import ExemplaryModel
from pledges.services.exemplary.gallery import make_public, with_public_parts


@dataclass(frozen=True)
class Credit:
    """``name`` and ``url`` as far as the person may know: in the register, or as the public sees it; else the unit alone."""

    name: str
    unit: str
    url: str = ""

    @property
    def is_named(self) -> bool:
        return bool(self.name)

    @property
    def label(self) -> str:
        return self.name or f"Một mô hình của {self.unit}"


def credits_for(user: Any, models: Iterable[ExemplaryModel]) -> dict[int, Credit]:
    """By id, what ``user`` may know of each of ``models`` (with their units). A fixed number of queries."""
    wanted = {model.pk: model for model in models}
    inside = set(ExemplaryModel.objects.visible_to(user).filter(pk__in=wanted).values_list("pk", flat=True))
    outside = with_public_parts(ExemplaryModel.objects.public().filter(pk__in=wanted.keys() - inside))
    shown = {model.pk: make_public(model) for model in outside}
    found = {}
    for pk, model in wanted.items():
        if pk in inside:
            found[pk] = Credit(model.name, model.unit.name, model.get_absolute_url())
        elif pk in shown:
            found[pk] = Credit(shown[pk].name, shown[pk].unit, shown[pk].url)
        else:
            found[pk] = Credit("", model.unit.name)
    return found
