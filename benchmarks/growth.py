"""Whether pages slow down as the register fills: 12,500 models more (five years of 2,500) beside the demonstration's 2,000 and 250.

``floor`` is the page with the small register and ``ratio`` how many times slower the large one makes it. Everything is rolled back.
"""

import datetime
from collections.abc import Callable, Iterator

from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from awards.demonstration.modellives import Maker
from awards.demonstration.modelrows import write_lives
from benchmarks.harness import Result, median_ms
from benchmarks.pages import signed_in
from pledges.models import ExemplaryModel, PublicationConsent
from pledges.services.exemplary import publishing, resemblance
from units.models import Membership, Unit

SMALL, A_YEAR, YEARS = 250, 2_500, 5
# One in so many is recognised and shown to the public.
SHOWN = 10
PAGES = (
    ("growth_model_list", "director", "model-list"),
    ("growth_analysis", "director", "model-analysis"),
    ("growth_analysis_units", "director", "model-analysis-units"),
    ("growth_analysis_fields", "director", "model-analysis-fields"),
    ("growth_map", "director", "model-analysis-map"),
    ("growth_graph", "director", "replication-graph"),
    ("growth_gallery", "director", "gallery"),
)


class _People:
    """As much of the demonstration's structure as the maker of models asks for."""

    def __init__(self) -> None:
        rows = Membership.objects.current().filter(role__in=("editor", "leader")).select_related("user", "unit__kind")
        self.people = {(row.unit_id, row.role): row.user for row in rows}
        self.units = list({row.unit_id: row.unit for row in rows}.values())

    def person(self, unit: Unit, role: str) -> object:
        return self.people[unit.pk, role]


def fill(people: _People, maker: Maker, year: int, count: int) -> None:
    """``count`` models of ``year``, registered, half of them recognised, some public."""
    day, lives = datetime.date(year, 3, 2), []
    for number in range(count):
        life = maker.life(people.units[number % len(people.units)], day)
        life.row.register_no = f"{number:05d}/{year}-growth"
        life.row.code = f"g{year}{number:07d}"
        if number % 2:
            life.recognise("co_so", datetime.date(year, 6, 16))
        if number % SHOWN == 1:
            life.row.is_public, life.row.published_at = True, timezone.now()
            life.row.story = life.row.method
        lives.append(life)
    write_lives(people, lives)
    shown = [life.row for life in lives if life.row.is_public]
    PublicationConsent.objects.bulk_create(
        PublicationConsent(model=row, given_by="Đại diện", capacity="Chi ủy", given_on=day, covers_subject=True)
        for row in shown
    )
    for row in shown:
        publishing.refresh_public_key(row)
    ExemplaryModel.objects.bulk_update(shown, ["public_search_key"], batch_size=200)


def measure(n: int) -> Iterator[Result | str]:
    """One result per page and one for looking for likenesses, which a person waits for when he registers."""
    found: dict[str, list[float]] = {}
    missing: list[str] = []
    with transaction.atomic():
        people = _People()
        maker = Maker(people)
        actions = dict(_actions(missing))
        ExemplaryModel.objects.filter(is_public=True).update(is_public=False)
        year = timezone.localdate().year
        fill(people, maker, year + 1, SMALL)
        _time(actions, found, n)
        for back in range(YEARS):
            fill(people, maker, year - 10 - back, A_YEAR)
        _time(actions, found, n)
        transaction.set_rollback(True)
    yield from missing
    for name, (before, after) in found.items():
        yield Result(name, round(after, 3), "ms", round(before, 3), round(after / before, 2), None, n)


def _actions(missing: list[str]) -> Iterator[tuple[str, Callable[[], object]]]:
    for name, role, url_name in PAGES:
        try:
            client, path = signed_in(role), reverse(url_name)
        except (NoReverseMatch, LookupError) as problem:
            missing.append(f"{name}: {problem}")
            continue
        yield name, lambda client=client, path=path: client.get(path)
    model = ExemplaryModel.objects.filter(status="registered").first()
    yield "growth_likenesses", lambda: resemblance.find_similar(model)


def _time(actions: dict[str, Callable[[], object]], found: dict[str, list[float]], n: int) -> None:
    for name, action in actions.items():
        found.setdefault(name, []).append(median_ms(action, n=n, warm_up=1))
