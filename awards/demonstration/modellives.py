"""One invented model from its registration to today, before it is written: what it is, what became of it, when."""

import datetime
from dataclasses import dataclass, field
from random import Random
from typing import Any

from awards.demonstration.chance import dice, invented_name
from awards.demonstration.clock import moment
from awards.demonstration.modelwords import DEEDS, HAMLET_ENDS, HAMLETS, POSTS, TOPICS, Topic
from awards.demonstration.structure import Structure
from pledges.models import ExemplaryModel, Field, RecognitionLevel
from units.models import Unit

Day = datetime.date
HANDED_OVER = Day(2025, 7, 1)

# Shares in percent (domain/figures.yaml: field_split_percent of Cửa Lò; models and exemplars of Đất Đỏ).
FIELD_SHARES = {"economy": 22.0, "culture_society": 55.3, "political_system": 13.2, "defence_security": 9.5}
COLLECTIVE_SHARE = 0.70
# How often a model takes one of the first, ordinary names of its topic, which many units use.
ORDINARY_SHARE = 0.4
RESOURCES = ("Nhân dân đóng góp tự nguyện.", "Quỹ của chi hội và ngày công.", "Xã hội hóa, không dùng ngân sách.")
OFFICE_PLACES = ("khối văn phòng", "phòng tham mưu", "đội công tác cơ sở", "cơ quan thường trực", "bộ phận tiếp dân")


@dataclass
class Life:
    """``recognitions``: (level, day, granted or None while it waits, reason); ``reviews``: (verdict, day, words).

    ``heir`` is the unit that took it over on ``HANDED_OVER``; the row names the unit that registered it.
    """

    row: ExemplaryModel
    topic: Topic
    amount: int
    registered_on: Day
    heir: Unit | None = None
    visits: list[Day] = field(default_factory=list)
    appraisals: list[tuple[str, Day, bool, str]] = field(default_factory=list)
    recognitions: list[tuple[str, Day, bool | None, str]] = field(default_factory=list)
    reviews: list[tuple[str, Day, str]] = field(default_factory=list)

    def unit_on(self, day: Day) -> Unit:
        return self.heir if self.heir is not None and day >= HANDED_OVER else self.row.unit

    def end(self, status: str, day: Day, note: str, actor: Any) -> None:
        self.row.status, self.row.ended_on, self.row.end_note = status, day, note
        self.row.ended_at, self.row.ended_by = moment(day, 10), actor

    def recognise(self, level: str, day: Day, *, granted: bool | None = True, reason: str = "") -> None:
        """Visited and appraised before, then granted, refused (False) or waiting (None)."""
        self.appraise(level, max(self.registered_on, day - datetime.timedelta(days=12)), passed=True)
        self.recognitions.append((level, day, granted, reason))
        if granted and level in ("co_so", "huyen"):
            self.row.status = ExemplaryModel.Status.RECOGNISED

    def appraise(self, level: str, day: Day, *, passed: bool, conclusion: str = "") -> None:
        if not self.visits or self.visits[-1].year != day.year:
            self.visits.append(max(self.registered_on, day - datetime.timedelta(days=5)))
        words = conclusion or ("Đạt, đề nghị công nhận." if passed else "Kết quả chưa kiểm chứng được.")
        self.appraisals.append((level, day, passed, words))

    def review(self, verdict: str, day: Day, words: str) -> None:
        self.reviews.append((verdict, day, words))


class Maker:
    """Gives each model its name, place and text. The same serial always gives the same model."""

    def __init__(self, made: Structure) -> None:
        self.made = made
        self.fields = {row.code: row for row in Field.objects.all()}
        self.levels = {row.code: row for row in RecognitionLevel.objects.all()}
        self.topics = {code: [topic for topic in TOPICS if topic.field == code] for code in FIELD_SHARES}
        self.serial = 0
        self.numbers: dict[tuple[int, int], int] = {}

    def life(
        self, unit: Unit, registered_on: Day, *, level: str = "co_so", fields: dict[str, float] = FIELD_SHARES
    ) -> Life:
        self.serial += 1
        chance = dice("model", self.serial)
        topic = chance.choice(self.topics[chance.choices(list(fields), list(fields.values()))[0]])
        collective = chance.random() < COLLECTIVE_SHARE
        low, high = topic.amount[2:]
        amount = round(low + (high - low) * chance.random() ** 1.7)
        place = place_in(unit, chance)
        name, subject = self._name(topic, place, chance, collective)
        row = ExemplaryModel(
            unit=unit, code=_code(chance), name=name, subject=subject, place=place[:1].upper() + place[1:],
            kind="model" if (collective and chance.random() < 0.93) or chance.random() < 0.3 else "exemplar",
            subject_kind="collective" if collective else "individual", field=self.fields[topic.field],
            target_level=self.levels[level], status=ExemplaryModel.Status.REGISTERED,
        )  # fmt: skip
        _describe(row, topic, place, amount, chance)
        self._register(row, registered_on)
        return Life(row, topic, amount, registered_on)

    def _name(self, topic: Topic, place: str, chance: Random, collective: bool) -> tuple[str, str]:
        if not collective:
            post, deed = chance.choice(POSTS), chance.choice(DEEDS)
            return f"{post} {place} {deed}", invented_name("subject", self.serial)
        ordinary = chance.random() < ORDINARY_SHARE
        pattern = topic.names[0] if ordinary else chance.choice(topic.names)
        variant = topic.variants[chance.randrange(2)] if ordinary else chance.choice(topic.variants)
        name = pattern.format(v=variant)
        if chance.random() < 0.25:
            name += f" {place}"
        carrier = chance.choice(topic.carrier).format(p=place)
        return name, carrier[:1].upper() + carrier[1:]

    def _register(self, row: ExemplaryModel, day: Day) -> None:
        key = (row.unit_id, day.year)
        self.numbers[key] = self.numbers.get(key, 0) + 1
        row.registered_on, row.registered_at = day, moment(day, 8, self.serial % 60)
        row.registered_by = self.made.person(row.unit, "leader")
        row.created_by = self.made.person(row.unit, "editor")
        row.register_no = f"{self.numbers[key]:03d}/{day.year}-{row.unit.code}"


def place_in(unit: Unit, chance: Random) -> str:
    hamlet = f"{chance.choice(HAMLETS)} {chance.choice(HAMLET_ENDS)}"
    kind = unit.kind.code
    if kind in ("dang_uy", "llvt"):
        return chance.choice(OFFICE_PLACES)
    if kind == "huyen":
        return f"ấp {hamlet}, xã {chance.choice(HAMLETS)} {chance.choice(HAMLET_ENDS)}"
    return f"{'khóm' if kind == 'phuong' else 'ấp'} {hamlet}"


def _code(chance: Random) -> str:
    return "".join(chance.choices("23456789abcdefghjkmnpqrstuvwxyz", k=12))


def _describe(row: ExemplaryModel, topic: Topic, place: str, amount: int, chance: Random) -> None:
    row.leading_force = chance.choice(topic.carrier).format(p=place)
    row.coordinating_forces = "Mặt trận, các đoàn thể, công an, quân sự tại chỗ"
    row.situation, row.method = topic.situation.format(p=place), topic.method
    row.objective = f"Đến cuối năm: {topic.amount[0].lower()} đạt {amount} {topic.amount[1]}."
    row.resources = chance.choice(RESOURCES)
    row.output = topic.output.format(n=amount)
    row.beneficiaries, row.beneficiary_count = topic.served, amount if amount < 500 else None


def scatter(items: list[Any], *words: object) -> list[Any]:
    """The items in an order that only ``words`` decide."""
    order = list(items)
    dice("scatter", *words).shuffle(order)
    return order


def spread(total: int, weights: list[float]) -> list[int]:
    """``total`` shared out by ``weights`` in whole numbers, the largest remainders first."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    found = [int(one) for one in exact]
    rest = sorted(range(len(exact)), key=lambda at: found[at] - exact[at])[: total - sum(found)]
    for at in rest:
        found[at] += 1
    return found
