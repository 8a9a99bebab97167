"""Yearly review: who owes which, what follows, reminders, "tiêu biểu"."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Notification
from pledges.models import ExemplaryModel, ModelIndicator, ModelReview, Recognition, Replication
from pledges.services.exemplary.reviews import (
    keep_models,
    make_exemplary,
    may_review,
    owed,
    owed_by,
    review_model,
    send_review_reminders,
)
from tests import factories as f
from tests.personas import TODAY
from tests.pledges.models.recognition_steps import level, recognised

STATES = ("recognised", "maintained", "to_strengthen", "exemplary")


def standing(unit, code="co_so", **fields):
    """A model recognised in 2025, at the base and, with another ``code``, at that level too."""
    given = {"unit": unit, "registered_on": datetime.date(2025, 2, 1), "recognised": True, **fields}
    model = f.ExemplaryModelFactory(**given, recognition__decided_on=datetime.date(2025, 6, 1))
    if code != "co_so":
        f.RecognitionFactory(model=model, level=level(code), year=2025, decided_on=datetime.date(2025, 9, 1))
    return model


def review(model, actor, verdict="keep", **fields):
    given = {"year": 2026, "findings": "Còn hiệu quả", "reviewed_on": TODAY, **fields}
    return review_model(model, actor=actor, verdict=verdict, today=TODAY, **given)


def state(model):
    return ExemplaryModel.objects.get(pk=model.pk).status


# --- who owes -------------------------------------------------------------------------------------------------------
def test_the_highest_level_says_who_reviews(world):
    base, higher = standing(world.commune), standing(world.commune, "tinh")
    reviewers = {
        name: {model for model in (base, higher) if may_review(person, model)}
        for name, person in world.everybody().items()
    }

    assert {name: found for name, found in reviewers.items() if found} == {
        "leader": {base}, "verifier": {higher}, "other_verifier": {higher}, "director": {higher},
    }  # fmt: skip
    assert list(owed_by(world.leader, 2026)) == [base]
    assert list(owed_by(world.director, 2026)) == [higher]
    assert not owed_by(world.other_leader, 2026).exists()


def test_a_recognition_that_ended_or_was_revoked_does_not_choose_the_reviewer(world):
    model = standing(world.commune, "tinh")
    Recognition.objects.filter(level__code="tinh").update(status="revoked", ended_on=TODAY, end_note="x")

    assert list(owed_by(world.leader, 2026)) == [model]


def test_owed_is_what_was_recognised_before_the_year_and_stands_unreviewed(world):
    old, done = standing(world.commune), standing(world.commune)
    review(done, world.leader)
    recognised(world)  # of this year
    standing(world.commune, status="ended", ended_on=TODAY, ended_at=timezone.now(), end_note="x")
    f.ExemplaryModelFactory(unit=world.commune)

    assert list(owed(2026)) == [old]


# --- verdicts -------------------------------------------------------------------------------------------------------
AFTER = {
    "keep": dict(zip(STATES, ("maintained", "maintained", "maintained", "exemplary"), strict=True)),
    "strengthen": dict.fromkeys(STATES, "to_strengthen"),
    "withdraw": dict.fromkeys(STATES, "ended"),
}


@pytest.mark.parametrize("verdict", AFTER)
@pytest.mark.parametrize("before", STATES)
def test_each_verdict_from_each_standing_state(before, verdict, world):
    model = standing(world.commune, recognised=False, status=before)

    review(model, world.leader, verdict)

    assert state(model) == AFTER[verdict][before]
    assert ModelReview.objects.get().verdict == verdict


@pytest.mark.parametrize("before", ["registered", "more_information", "appraised", "not_recognised"])
def test_what_does_not_stand_is_not_reviewed(before, world):
    model = f.ExemplaryModelFactory(unit=world.commune, status=before)
    with pytest.raises(DomainError, match="không rà soát"):
        review(model, world.leader)


def test_ending_closes_every_recognition_hides_the_model_and_warns(world):
    model = standing(world.commune, "tinh", is_public=True, published_at=timezone.now())
    child = f.ExemplaryModelFactory(unit=world.other_commune)
    Replication.objects.create(origin=model, model=child, adaptations="x", taken_on=datetime.date(2026, 1, 1))

    review(model, world.verifier, "withdraw", findings="Không còn hoạt động", reviewed_on=datetime.date(2026, 11, 1))

    fresh = ExemplaryModel.objects.get(pk=model.pk)
    assert (fresh.status, fresh.ended_on, fresh.is_public) == ("ended", datetime.date(2026, 11, 1), False)
    assert set(model.recognitions.values_list("status", "ended_on", "end_note")) == {
        ("ended", datetime.date(2026, 11, 1), "Không còn hoạt động")
    }
    told = Notification.objects.filter(kind="model_ended").values_list("recipient__username", flat=True)
    assert set(told) == {"nhap.an", "lanhdao.an"}
    assert Notification.objects.filter(recipient=world.other_leader).exists()


def test_results_of_indicators_are_written_and_an_empty_one_is_left(world):
    model = standing(world.commune)
    first, second = (ModelIndicator.objects.create(model=model, name=n, measure="hộ", achieved=5) for n in "ab")

    review(model, world.leader, achieved={first.pk: Decimal(40), second.pk: None})

    assert list(model.indicators.order_by("name").values_list("achieved", flat=True)) == [40, 5]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"findings": " "}, "nhận xét"),
        ({"year": 2024}, "Chỉ rà soát"),
        ({"reviewed_on": TODAY + datetime.timedelta(days=1)}, "Ngày rà soát"),
        ({"reviewed_on": datetime.date(2025, 12, 31)}, "Ngày rà soát"),
    ],
)
def test_a_review_with_a_slip_is_refused(given, said, world):
    with pytest.raises(DomainError) as error:
        review(standing(world.commune), world.leader, **given)
    assert said in error.value.findings[0]


def test_one_review_a_year(world):
    model = standing(world.commune)
    review(model, world.leader)
    with pytest.raises(DomainError, match="đã được rà soát"):
        review(model, world.leader)


@pytest.mark.parametrize("person", ["editor", "other_leader", "verifier", "director", "viewer", "admin", "stranger"])
def test_nobody_else_reviews_at_the_base(person, world):
    with pytest.raises(PermissionDenied):
        review(standing(world.commune), getattr(world, person))


# --- many at once ---------------------------------------------------------------------------------------------------
def test_several_are_kept_at_once_each_with_its_words_or_none(world):
    first, second, foreign = standing(world.commune), standing(world.commune), standing(world.other_commune)
    given = {"actor": world.leader, "year": 2026, "today": TODAY}
    with pytest.raises(DomainError) as error:
        keep_models({first.pk: "Tốt", second.pk: " "}, **given)
    assert error.value.findings == [f"“{second}” chưa có nhận xét."]

    keep_models({first.pk: "Tốt", second.pk: "Khá", foreign.pk: "Của xã khác"}, **given)

    assert set(ModelReview.objects.values_list("model", "findings")) == {(first.pk, "Tốt"), (second.pk, "Khá")}
    assert (state(first), state(foreign)) == ("maintained", "recognised")


def test_the_page_keeps_what_was_typed_when_a_remark_is_missing(world, sign_in):
    first, second = standing(world.commune, name="Mô hình Một"), standing(world.commune, name="Mô hình Hai")
    client, url = sign_in(world.leader), reverse("review-list")
    typed = {"ids": [first.pk, second.pk], f"findings_{first.pk}": "Đã đi xem", f"findings_{second.pk}": ""}

    page = client.post(url, typed).content.decode()
    assert "Đã đi xem" in page
    assert "chưa có nhận xét" in page

    client.post(url, {**typed, f"findings_{second.pk}": "Tốt"})
    assert "Mô hình Một" not in client.get(url).content.decode()


# --- tiêu biểu ------------------------------------------------------------------------------------------------------
def test_only_the_director_makes_a_model_exemplary_and_says_why(world):
    model = standing(world.commune)
    for name, person in world.everybody().items():
        if name != "director":
            with pytest.raises(PermissionDenied):
                make_exemplary(model, actor=person, reason="Lan tỏa")
    with pytest.raises(DomainError, match="lý do"):
        make_exemplary(model, actor=world.director, reason=" ")

    make_exemplary(model, actor=world.director, reason="Lan tỏa")
    assert state(model) == "exemplary"


# --- reminders ------------------------------------------------------------------------------------------------------
def at(year, month, day=5):
    return timezone.make_aware(datetime.datetime(year, month, day, 7))


def test_whoever_owes_is_reminded_once_a_month_in_the_last_quarter(world):
    standing(world.commune), standing(world.commune), standing(world.other_commune, "tinh")

    assert send_review_reminders(at(2026, 9)) == 0
    assert send_review_reminders(at(2026, 10)) == 4  # An's leader; two officers and the director of the province
    assert send_review_reminders(at(2026, 10, 20)) == 0
    assert send_review_reminders(at(2026, 11)) == 4
    titles = Notification.objects.filter(recipient=world.leader, kind="model_review_owed").values_list("title", flat=True)
    assert set(titles) == {"Còn 2 mô hình chưa rà soát năm 2026"}


def test_who_owes_nothing_is_left_alone(world):
    review(standing(world.commune), world.leader)
    Notification.objects.all().delete()

    assert send_review_reminders(at(2026, 12)) == 0
