"""Steps that several tests of recognition share."""

import datetime
from typing import Any

from pledges.models import Appraisal, ExemplaryModel, Recognition, RecognitionBatch
from pledges.services.exemplary import batches
from pledges.services.exemplary.appraisals import Answer, appraise_model, checklist
from pledges.services.exemplary.visits import record_visit
from tests import factories as f
from tests.personas import TODAY

DECIDED_ON = datetime.date(2026, 11, 20)


def level(code: str) -> Any:
    return f.standard_level(code)


def visited(model: ExemplaryModel, actor: Any, on: datetime.date = datetime.date(2026, 10, 5)) -> Any:
    return record_visit(
        model, actor=actor, visited_on=on, team="Ba người", met="Chi ủy", findings="Đã xong đường", minutes_no="12-BB",
        today=TODAY,
    )  # fmt: skip


def all_pass(code: str = "co_so") -> dict[int, Answer]:
    return {item.pk: Answer(True) for item in checklist(level(code), TODAY)}


def appraised(model: ExemplaryModel, actor: Any, code: str = "co_so", *, passed: bool = True) -> Appraisal:
    return appraise_model(
        model, actor=actor, level=level(code), year=2026, answers=all_pass(code), passed=passed, conclusion="Kết luận",
        today=TODAY,
    )  # fmt: skip


def ready(world: Any, **fields: Any) -> ExemplaryModel:
    """A model of An that its own leader has visited and appraised at the level of the base."""
    model = f.ExemplaryModelFactory(**{"unit": world.commune, **fields})
    visited(model, world.leader)
    appraised(model, world.leader)
    return ExemplaryModel.objects.get(pk=model.pk)


def batch_of(world: Any, actor: Any = None, unit: Any = None, code: str = "co_so", **fields: Any) -> RecognitionBatch:
    given = {"year": 2026, "title": "Đợt 1", "certificate_suffix": "/GCN-DVK", **fields}
    return batches.create_batch(
        actor=actor or world.leader, unit=unit or world.commune, level=level(code), today=TODAY, **given
    )


def decide(batch: RecognitionBatch, actor: Any, **fields: Any) -> RecognitionBatch:
    given = {"decision_no": "9-QĐ/ĐU", "decision_date": DECIDED_ON, "certificate_suffix": "/GCN-DVK", **fields}
    return batches.decide_batch(batch, actor=actor, today=TODAY, **given)


def recognised(world: Any, **fields: Any) -> tuple[ExemplaryModel, RecognitionBatch]:
    """A model of An, recognised at the level of the base by the leader's batch."""
    model, batch = ready(world, **fields), batch_of(world)
    batches.take_in(batch, [model.pk], actor=world.leader, today=TODAY)
    decide(batch, world.leader)
    return ExemplaryModel.objects.get(pk=model.pk), RecognitionBatch.objects.get(pk=batch.pk)


def only(model: ExemplaryModel) -> Recognition:
    return Recognition.objects.get(model=model)
