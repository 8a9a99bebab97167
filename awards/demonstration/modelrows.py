"""Writing the planned lives of models: a few statements per table, stamps of the day on which things happened."""

import datetime
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any, TypeVar

from awards.demonstration.chance import dice
from awards.demonstration.clock import moment, told_on
from awards.demonstration.modellives import Life
from awards.demonstration.structure import Structure
from pledges.models import (
    Appraisal,
    AppraisalAnswer,
    ChecklistItem,
    ExemplaryModel,
    FieldVisit,
    ModelIndicator,
    ModelReview,
    Recognition,
    RecognitionBatch,
    RecognitionLevel,
    Tag,
)
from pledges.services.exemplary import publishing, resemblance
from units.models import Unit

Day = datetime.date
BATCH = 200
T = TypeVar("T")
FIRST_YEAR_OF_ANSWERS = 2026  # lines of the checklist are kept since then


def write_lives(made: Structure, lives: list[Life]) -> None:
    """Models, then everything that hangs on them."""
    for life in lives:
        life.row.set_keys()
        resemblance.refresh_keys(life.row)
        publishing.refresh_public_key(life.row)
    _told(lives, lambda life: life.registered_on.replace(day=1), _write_models)
    visits = [_visit(made, life, day) for life in lives for day in life.visits]
    FieldVisit.objects.bulk_create(visits, batch_size=BATCH)
    _write_appraisals(made, lives)
    _write_recognitions(made, lives)
    ModelReview.objects.bulk_create(
        [
            ModelReview(
                model=life.row, year=day.year, verdict=verdict, findings=words, reviewed_on=day,
                reviewed_by=made.person(life.unit_on(day), "leader"),
            )
            for life in lives
            for verdict, day, words in life.reviews
        ],
        batch_size=BATCH,
    )  # fmt: skip


def _told(rows: Iterable[T], day_of: Callable[[T], Day], write: Callable[[list[T]], None]) -> None:
    """Write the rows of each day under the clock of that day, for the stamps that the database sets by itself."""
    for day, group in groupby(sorted(rows, key=day_of), key=day_of):
        with told_on(day):
            write(list(group))


def _write_models(lives: list[Life]) -> None:
    ExemplaryModel.objects.bulk_create([life.row for life in lives], batch_size=BATCH)
    tags = {tag.name: tag for tag in Tag.objects.all()}
    through = ExemplaryModel.tags.through
    through.objects.bulk_create(
        [through(exemplarymodel=life.row, tag=tags[life.topic.tag]) for life in lives if life.topic.tag],
        batch_size=BATCH,
    )
    ModelIndicator.objects.bulk_create([_indicator(life) for life in lives], batch_size=BATCH)


def _indicator(life: Life) -> ModelIndicator:
    name, measure, *_ = life.topic.amount
    reached = life.amount if life.recognitions else None
    target = max(1, round(life.amount * 0.9))
    return ModelIndicator(model=life.row, name=name, measure=measure, baseline=0, target=target, achieved=reached)


def _visit(made: Structure, life: Life, day: Day) -> FieldVisit:
    leader = made.person(life.unit_on(day), "leader")
    return FieldVisit(
        model=life.row, visited_on=day, team="Tổ thẩm định ba người do lãnh đạo đơn vị làm tổ trưởng.",
        met=f"Cấp ủy, Mặt trận và một số hộ tại {life.row.place}", findings=life.row.output,
        minutes_no=f"{dice('minutes', life.row.code, day.year).randint(1, 60):02d}-BB/TTĐ", added_by=leader,
    )  # fmt: skip


# --- appraisal -----------------------------------------------------------------------------------------------------------
def _judge(made: Structure, life: Life, level: str, day: Day) -> Any:
    if level == "tinh":
        return made.person(made.departments[3], "verifier")
    return made.person(life.unit_on(day), "leader")


def _write_appraisals(made: Structure, lives: list[Life]) -> None:
    levels = {row.code: row for row in RecognitionLevel.objects.all()}
    items = list(ChecklistItem.objects.all())
    rows = [
        (day, Appraisal(
            model=life.row, level=levels[level], year=day.year, passed=passed, conclusion=words,
            appraised_by=_judge(made, life, level, day),
        ))
        for life in lives
        for level, day, passed, words in life.appraisals
    ]  # fmt: skip
    _told(rows, lambda pair: pair[0], lambda pairs: _create_appraisals([row for _, row in pairs], items))


def _create_appraisals(rows: list[Appraisal], items: list[ChecklistItem]) -> None:
    Appraisal.objects.bulk_create(rows, batch_size=BATCH)
    answers = [
        AppraisalAnswer(appraisal=row, item=item, passed=row.passed or item.code != "effect")
        for row in rows
        if row.year >= FIRST_YEAR_OF_ANSWERS
        for item in items
    ]
    AppraisalAnswer.objects.bulk_create(answers, batch_size=500)


# --- recognition -----------------------------------------------------------------------------------------------------------
def _write_recognitions(made: Structure, lives: list[Life]) -> None:
    """One batch per body, level and day; what waits stands in a batch that is being drawn up."""
    levels = {row.code: row for row in RecognitionLevel.objects.all()}
    batches: dict[tuple[Any, ...], RecognitionBatch] = {}
    rows = []
    for life in sorted(lives, key=lambda life: life.row.register_no):
        for level, day, granted, reason in life.recognitions:
            key = (_body(made, life, level, day), level, day, granted is None)
            if key not in batches:
                batches[key] = _batch(made, *key, levels)
            rows.append((day, _recognition(life, batches[key], day, granted, reason)))
    _told(
        batches.values(),
        lambda batch: (batch.decision_date or Day(batch.year, 11, 16)) - datetime.timedelta(days=9),
        lambda own: RecognitionBatch.objects.bulk_create(own, batch_size=BATCH),
    )
    _number(rows)
    _told(
        rows,
        lambda pair: pair[0] - datetime.timedelta(days=8),
        lambda pairs: Recognition.objects.bulk_create([row for _, row in pairs], batch_size=BATCH),
    )


def _body(made: Structure, life: Life, level: str, day: Day) -> Unit:
    return made.ban if level == "tinh" else life.unit_on(day)


def _batch(
    made: Structure, unit: Unit, level: str, day: Day, waiting: bool, levels: dict[str, RecognitionLevel]
) -> RecognitionBatch:
    province = level == "tinh"
    head = made.person(unit, "director" if province else "leader")
    batch = RecognitionBatch(
        unit=unit, level=levels[level], year=day.year, certificate_suffix="/GCN-DVK", created_by=head,
        title=f"Công nhận mô hình “Dân vận khéo” {levels[level].name.lower()} năm {day.year}",
    )  # fmt: skip
    if waiting:
        return batch
    party = "BTGDVTU" if day.year > 2024 else "BDVTU"
    number = dice("decision", unit.code, level, day).randint(20, 480)
    batch.status, batch.decision_date = RecognitionBatch.Status.DECIDED, day
    batch.decision_no = f"{number}-QĐ/{party}" if province else f"{number}-QĐ/ĐU"
    batch.decided_at, batch.decided_by = moment(day, 14), head
    return batch


def _recognition(life: Life, batch: RecognitionBatch, day: Day, granted: bool | None, reason: str) -> Recognition:
    row = life.row
    made = Recognition(
        model=row, level=batch.level, year=day.year, batch=batch, proposed_by=batch.created_by,
        reason=reason or "Đủ điều kiện theo biên bản thẩm định.",
    )  # fmt: skip
    if granted is None:
        return made
    if not granted:
        made.status = Recognition.Status.REFUSED
        return made
    made.status, made.decided_on = Recognition.Status.GRANTED, day
    made.name, made.subject, made.unit_name = row.name, row.subject, life.unit_on(day).name
    if row.ended_on is not None:
        made.status, made.ended_on, made.end_note = Recognition.Status.ENDED, row.ended_on, row.end_note
    return made


def _number(rows: list[tuple[Day, Recognition]]) -> None:
    """Certificates are numbered within their decision."""
    given: dict[int, int] = {}
    for _, row in rows:
        if row.status in (Recognition.Status.GRANTED, Recognition.Status.ENDED):
            given[id(row.batch)] = given.get(id(row.batch), 0) + 1
            row.certificate_no = f"{given[id(row.batch)]:02d}{row.batch.certificate_suffix}"
