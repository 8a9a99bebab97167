"""Two people at once, in transactions of their own; see tests/pledges/test_races.py."""

import pytest

from pledges.models import ExemplaryModel, Recognition, RecognitionBatch
from pledges.services.exemplary import batches
from pledges.services.exemplary.nominations import propose_models
from pledges.services.exemplary.register import withdraw_model
from pledges.services.exemplary.reviews import review_model
from tests.personas import TODAY
from tests.pledges.models.recognition_steps import batch_of, decide, level, ready, recognised
from tests.races import at_once, refusals
from units.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def again(person: User) -> User:
    """The person as another request sees him."""
    return User.objects.get(pk=person.pk)


def test_two_who_decide_one_batch_make_one_decision(world):
    model, batch = ready(world), batch_of(world)
    batches.take_in(batch, [model.pk], actor=world.leader, today=TODAY)

    found = at_once(*(lambda n=n: decide(batch, again(world.leader), decision_no=f"{n}-QĐ") for n in (1, 2)))

    assert len(refusals(found)) == 1
    row, done = Recognition.objects.get(), RecognitionBatch.objects.get()
    assert (row.status, row.certificate_no, done.status) == ("granted", "01/GCN-DVK", "decided")


def test_two_batches_of_one_body_decided_at_once_share_no_number(world):
    made = []
    for number in (1, 2):
        batch = batch_of(world, title=f"Đợt {number}")
        batches.take_in(batch, [ready(world).pk], actor=world.leader, today=TODAY)
        made.append(batch)

    found = at_once(*(lambda batch=batch: decide(batch, again(world.leader)) for batch in made))

    assert refusals(found) == []
    assert set(Recognition.objects.values_list("certificate_no", flat=True)) == {"01/GCN-DVK", "02/GCN-DVK"}


def test_a_model_withdrawn_while_it_is_decided_is_either_withdrawn_or_recognised(world):
    model, batch = ready(world), batch_of(world)
    batches.take_in(batch, [model.pk], actor=world.leader, today=TODAY)
    at_once(
        lambda: decide(batch, again(world.leader)),
        lambda: withdraw_model(model, actor=again(world.leader), note="Rút", day=TODAY),
    )

    state, row = ExemplaryModel.objects.get().status, Recognition.objects.get()
    assert (state, row.status) in {("recognised", "granted"), ("withdrawn", "proposed")}


def test_decided_while_it_is_cancelled_ends_in_one_of_both(world):
    model, batch = ready(world), batch_of(world)
    batches.take_in(batch, [model.pk], actor=world.leader, today=TODAY)
    at_once(
        lambda: decide(batch, again(world.leader)),
        lambda: batches.cancel_batch(batch, actor=again(world.leader), note="Nhầm", today=TODAY),
    )

    row = Recognition.objects.get()
    assert RecognitionBatch.objects.get().status == "cancelled"
    assert row.status in ("proposed", "revoked")
    assert ExemplaryModel.objects.get().status == "appraised"


def test_one_model_taken_into_two_batches_or_proposed_twice_is_there_once(world):
    model = ready(world)
    made = [batch_of(world, title=f"Đợt {number}") for number in (1, 2)]
    take = [lambda batch=batch: batches.take_in(batch, [model.pk], actor=again(world.leader), today=TODAY) for batch in made]
    assert len(refusals(at_once(*take))) == 1
    assert Recognition.objects.count() == 1

    standing, _ = recognised(world)
    propose = [
        lambda: propose_models(
            [standing], actor=again(world.leader), level=level("tinh"), year=2026, reason="", today=TODAY
        )
    ] * 2
    assert len(refusals(at_once(*propose))) == 1


def test_two_reviews_at_once_are_one(world):
    model, _ = recognised(world)
    given = {"year": 2026, "findings": "Tốt", "reviewed_on": TODAY, "today": TODAY}

    found = at_once(
        *(lambda v=v: review_model(model, actor=again(world.leader), verdict=v, **given) for v in ("keep", "withdraw"))
    )

    assert len(refusals(found)) == 1
    assert model.reviews.count() == 1
