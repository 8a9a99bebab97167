"""Who learned from whom, what is shown to the public, what came from reports: built on the lives of models."""

import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from awards.demonstration.chance import dice
from awards.demonstration.clock import told_on
from awards.demonstration.modellives import Life, scatter
from awards.demonstration.modelpictures import landscape
from awards.demonstration.modelwords import ADAPTED
from awards.demonstration.structure import Structure
from campaigns.models import Campaign
from pledges.models import ExemplaryModel, Replication, ReportedValue
from pledges.services.exemplary import pictures, publishing, resemblance
from pledges.services.exemplary.publishing import Consent
from units.models import User

Day = datetime.date
Link = tuple[Life, Life, Day]
# How many learned from one origin: one is popular, the others less; the second row learns from the first.
IN_2024 = (6, 4, 3, 2, 2, 2, 1, 1, 1)
IN_2026 = (12, 5, 4, 3, 3, 2, 2, 1, 1, 1)
CHAINED, FROM_ENDED = (2, 2, 1), (3,)
PUBLIC, PICTURED = 34, 10
FROM_REPORTS = 8
EARLIER, SHOWN_SINCE = Day(2026, 11, 2), Day(2026, 11, 5)
OPEN = ("registered", "appraised", "recognised")


class Spread:
    """Chooses pairs before the lives are written, because a child is named like its origin."""

    def __init__(self, register: Any) -> None:
        self.register = register
        self.links: list[Link] = []
        self.taken: set[int] = set()
        past = [life for life in register.lives if life.registered_on.year in (2022, 2023)]
        self._learn(
            scatter(past, "origins 2024"), [one for one in register.lives if one.registered_on.year == 2024], IN_2024
        )
        fresh = [life for life in register.new if life.row.status in OPEN]
        good = [life for life in register.kept if life.row.is_standing]
        self._learn(scatter(good, "origins 2026"), fresh, IN_2026)
        ended = [life for life in register.kept if life.row.ended_on == Day(2026, 9, 21)]
        self._learn(ended, fresh, FROM_ENDED)
        children = [child for _, child, day in self.links if day.year == 2026]
        self._learn(children, fresh, CHAINED)

    def _learn(self, origins: list[Life], pool: list[Life], sizes: tuple[int, ...]) -> None:
        """Each size finds the first origin that has so many children left in other units."""
        waiting = iter(origins)
        for size in sizes:
            for origin in waiting:
                own = self._children(origin, pool, size)
                if len(own) == size and origin.row.kind == "model" and origin.row.subject_kind == "collective":
                    for child in own:
                        self._link(origin, child)
                    break

    def _children(self, origin: Life, pool: list[Life], size: int) -> list[Life]:
        units = {unit_at_last(origin).pk, origin.row.unit.pk}
        found: list[Life] = []
        for child in pool:
            own = {unit_at_last(child).pk, child.row.unit.pk}
            fits = child.topic is origin.topic and child.row.subject_kind == "collective" and child is not origin
            later = child.registered_on > origin.registered_on + datetime.timedelta(days=60)
            if len(found) < size and fits and later and id(child) not in self.taken and not units & own:
                units |= own
                found.append(child)
        return found

    def _link(self, origin: Life, child: Life) -> None:
        self.taken.add(id(child))
        name = origin.row.name.removesuffix(f" {origin.row.place[:1].lower()}{origin.row.place[1:]}")
        child.row.name, child.row.kind = name, "model"
        self.links.append((origin, child, child.registered_on - datetime.timedelta(days=14)))

    def write(self) -> None:
        rows = []
        for origin, child, day in self.links:
            chance = dice("replication", child.row.code)
            row = Replication(
                origin=origin.row, model=child.row, adaptations=chance.choice(ADAPTED), taken_on=day,
                created_by=child.row.created_by,
            )  # fmt: skip
            if child.recognitions:
                row.results = child.row.output
            if day.year < 2026:
                self._judge(row, child, chance)
            rows.append(row)
        Replication.objects.bulk_create(rows, batch_size=100)

    def _judge(self, row: Replication, child: Life, chance: Any) -> None:
        """A year later: what ended has stopped."""
        outcomes = Replication.Outcome
        stopped = child.row.ended_on is not None and child.row.ended_on < Day(2025, 7, 1)
        row.outcome = outcomes.STOPPED if stopped else chance.choice((outcomes.WORKS, outcomes.WORKS, outcomes.PARTLY))
        row.outcome_on = row.taken_on.replace(year=row.taken_on.year + 1)
        row.outcome_by = self.register.made.person(child.unit_on(row.outcome_on), "leader")
        row.outcome_note = "Theo rà soát cuối năm và trao đổi với người dân."


def unit_at_last(life: Life) -> Any:
    return life.heir or life.row.unit


# --- the public --------------------------------------------------------------------------------------------------------------
def publish_some(made: Structure, register: Any, spread: Spread) -> None:
    """Origins first, then others, through the services: consent, story, a picture, the switch."""
    origins = [origin for origin, *_ in spread.links]
    every = [*dict.fromkeys(map(id, origins))]
    lives = {id(life): life for life in [*origins, *scatter([*register.kept, *register.new], "public")]}
    chosen = [lives[key] for key in [*every, *(key for key in lives if key not in every)]]
    shown = [life for life in chosen if life.row.status in ExemplaryModel.SHOWN and life.row.kind == "model"][:PUBLIC]
    office = User.objects.get(pk=made.person(made.ban, "director").pk)
    # Those with a picture last: the newest come first in the gallery.
    for lives_of_day, day, pictured in ((shown[PICTURED:], EARLIER, False), (shown[:PICTURED], SHOWN_SINCE, True)):
        with told_on(day):
            for life in lives_of_day:
                _publish(made, life, office, pictured=pictured)


def _publish(made: Structure, life: Life, office: User, *, pictured: bool) -> None:
    model = ExemplaryModel.objects.select_related("unit").get(pk=life.row.pk)
    editor = made.person(model.unit, "editor")
    consent = Consent(
        "Đại diện chi ủy", "Thay mặt tập thể thực hiện", Day(2026, 10, 30), covers_subject=True, covers_pictures=True,
        covers_contact=True,
    )  # fmt: skip
    publishing.record_consent(model, consent, actor=editor, today=SHOWN_SINCE)
    topic = life.topic
    publishing.write_story(
        model,
        actor=editor,
        story=f"{topic.situation.format(p=model.place)}\n\n{topic.method} Việc nào cũng bàn trước với dân, làm xong thì công khai "
        "tại nhà văn hóa.\n\nĐến nay nền nếp đã quen, nhiều nơi trong xã đến xem và làm theo.",
        public_results=life.row.output,
        public_contact=f"Văn phòng Đảng ủy, {model.unit.name}",
    )
    if pictured:
        upload = SimpleUploadedFile("toan-canh.jpg", landscape(model.code), "image/jpeg")
        (picture,) = pictures.add_pictures(model, [upload], actor=editor)
        entry = pictures.PictureEntry("Toàn cảnh nơi thực hiện", True, 1)
        pictures.describe_pictures(model, {picture.pk: entry}, actor=editor)
    publishing.publish_model(model, actor=office)


# --- from reports ------------------------------------------------------------------------------------------------------------
def name_reported(campaign: Campaign, register: Any) -> None:
    """Some of this year's models grew out of a "cách làm hay" of a report: they bear its name."""
    told = ReportedValue.objects.filter(
        report__participation__campaign=campaign, indicator__code="tl_mohinh", answer="given", text__contains="“"
    ).select_related("report__participation", "report__period")
    waiting = {life.row.unit.pk: life for life in register.new if life.row.status == "registered"}
    rows = []
    for value in told.order_by("pk"):
        life = waiting.get(value.report.participation.unit_id)
        day = value.report.period.data_to
        if life is None or life.registered_on <= day or life.row.subject_kind == "individual":
            continue
        del waiting[life.row.unit.pk]
        name, _, method = value.text.partition("”")
        life.row.name, life.row.method = name.partition("“")[2], method.lstrip(": ").capitalize()
        life.row.reported_in = value
        life.row.set_keys()
        resemblance.refresh_keys(life.row)
        rows.append(life.row)
    rows = rows[:FROM_REPORTS]
    ExemplaryModel.objects.bulk_update(
        rows, ["name", "method", "reported_in", "search_key", "similarity_key", "place_key"], batch_size=50
    )
