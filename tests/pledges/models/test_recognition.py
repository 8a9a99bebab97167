"""Proposals and batches: who, from which state, what blocks, what a decision and its cancellation leave behind."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Notification
from pledges.models import ExemplaryModel, Recognition, RecognitionBatch, RecognitionLevel
from pledges.services.exemplary import batches
from pledges.services.exemplary.candidates import candidates, waiting
from pledges.services.exemplary.nominations import propose_models, withdraw_proposal
from tests import factories as f
from tests.personas import TODAY
from tests.pledges.models.recognition_steps import (
    DECIDED_ON,
    appraised,
    batch_of,
    decide,
    level,
    only,
    ready,
    recognised,
    visited,
)
from units.models import UnitVersion

PERSONAS = (
    "editor", "leader", "other_editor", "other_leader", "verifier", "other_verifier", "director", "clerk", "viewer", "admin",
    "stranger",
)  # fmt: skip


def propose(models, world, code="tinh", actor=None):
    return propose_models(
        models, actor=actor or world.leader, level=level(code), year=2026, reason="Lan tỏa", today=TODAY
    )


def nominated(world, **fields):
    """A model of An that stands at the base, visited and appraised by the province, proposed to it."""
    model, _ = recognised(world, **fields)
    visited(model, world.verifier)
    appraised(model, world.verifier, "tinh")
    propose([model], world)
    return model


def of_province(world, **fields):
    return batch_of(world, world.director, world.ban, "tinh", **fields)


def state(model):
    return ExemplaryModel.objects.get(pk=model.pk).status


# --- who ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("person", PERSONAS)
@pytest.mark.parametrize("code", ["co_so", "tinh", "trung_uong"])
def test_a_batch_is_drawn_up_by_whoever_decides_at_its_level(code, person, world):
    unit = world.commune if code == "co_so" else world.ban
    if person == ("leader" if code == "co_so" else "director"):
        assert batch_of(world, getattr(world, person), unit, code).status == "draft"
    else:
        with pytest.raises(PermissionDenied):
            batch_of(world, getattr(world, person), unit, code)


@pytest.mark.parametrize("person", [name for name in PERSONAS if name != "leader"])
def test_nobody_else_touches_the_batch_of_a_unit(person, world):
    model, batch, actor = ready(world), batch_of(world), getattr(world, person)
    moves = [
        lambda: batches.take_in(batch, [model.pk], actor=actor, today=TODAY),
        lambda: batches.drop(batch, [model.pk], actor=actor),
        lambda: batches.refuse(batch, [model.pk], actor=actor, reason="x", today=TODAY),
        lambda: decide(batch, actor),
        lambda: batches.cancel_batch(batch, actor=actor, note="x", today=TODAY),
    ]
    for move in moves:
        with pytest.raises(PermissionDenied):
            move()
    assert state(model) == "appraised"


def test_the_director_recognises_no_model_of_his_own_unit(world):
    own = nominated(world, name="Của An")
    f.MembershipFactory(user=world.director, unit=world.commune, role="viewer")
    director = type(world.director).objects.get(pk=world.director.pk)
    batch = batch_of(world, director, world.ban, "tinh")

    taken, left = batches.take_in(batch, [own.pk], actor=director, today=TODAY)

    assert taken == []
    assert left[0].blockers == ["bạn không quyết định cho đơn vị này"]
    with pytest.raises(PermissionDenied):
        batches.refuse(batch, [own.pk], actor=director, reason="x", today=TODAY)


def test_whoever_joined_the_unit_after_taking_its_model_in_does_not_decide_on_it(world):
    model, batch = nominated(world), of_province(world)
    batches.take_in(batch, [model.pk], actor=world.director, today=TODAY)
    f.MembershipFactory(user=world.director, unit=world.commune, role="viewer")
    director = type(world.director).objects.get(pk=world.director.pk)

    with pytest.raises(DomainError) as error:
        decide(batch, director)
    assert "bạn không quyết định" in error.value.findings[0]


# --- proposing ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("person", PERSONAS)
def test_the_leader_of_the_unit_proposes_and_withdraws(person, world):
    model, _ = recognised(world)
    actor = getattr(world, person)
    if person != "leader":
        with pytest.raises(PermissionDenied):
            propose([model], world, actor=actor)
        row = propose([model], world)[0]
        with pytest.raises(PermissionDenied):
            withdraw_proposal(row, actor=actor)
        return
    row = propose([model], world)[0]
    withdraw_proposal(row, actor=actor)
    assert not Recognition.objects.filter(status="proposed").exists()


def test_several_models_are_proposed_in_one_act_or_none(world):
    good, _ = recognised(world, name="Đủ điều kiện")
    new = ready(world, name="Chưa công nhận")

    with pytest.raises(DomainError) as error:
        propose([good, new], world)

    assert error.value.findings == ["“Chưa công nhận” chưa được công nhận ở cấp dưới nên chưa đề nghị cấp tỉnh được."]
    assert not Recognition.objects.filter(status="proposed").exists()


def test_a_model_is_proposed_once_per_level_and_year(world):
    model, _ = recognised(world)
    propose([model], world)

    with pytest.raises(DomainError) as error:
        propose([model], world)
    assert "đã được đề nghị" in error.value.findings[0]


def test_nobody_proposes_to_his_own_level_or_to_an_ended_one(world):
    model = ready(world)
    for code in ("co_so", "huyen"):
        with pytest.raises(DomainError, match="không nhận đề nghị"):
            propose([model], world, code)


def test_a_recognition_that_has_ended_is_no_footing_for_a_higher_level(world):
    model, _ = recognised(world)
    Recognition.objects.filter(model=model).update(status="ended", ended_on=TODAY, end_note="x")

    with pytest.raises(DomainError, match="Chưa gửi được"):
        propose([model], world)


def test_a_proposal_in_a_batch_is_not_withdrawn(world):
    model, batch = nominated(world), of_province(world)
    batches.take_in(batch, [model.pk], actor=world.director, today=TODAY)

    with pytest.raises(DomainError, match="đợt công nhận"):
        withdraw_proposal(Recognition.objects.get(status="proposed"), actor=world.leader)


# --- what blocks ----------------------------------------------------------------------------------------------------
def test_each_blocker_is_said_in_words(world):
    batch = of_province(world)
    bare = f.ExemplaryModelFactory(unit=world.commune, name="Trống")
    f.RecognitionFactory(model=bare, level=level("tinh"), proposed=True)

    found = candidates(batch, waiting(batch, world.director), world.director, TODAY)

    assert [(one.model.name, one.blockers) for one in found] == [
        ("Trống", ["chưa khảo sát thực tế", "chưa thẩm định đạt", "chưa được công nhận cấp dưới"])
    ]


def test_a_failed_appraisal_after_a_passed_one_counts(world):
    model = nominated(world)
    appraised(model, world.director, "tinh", passed=False)
    batch = of_province(world)

    [one] = candidates(batch, [model], world.director, TODAY)

    assert one.blockers == ["chưa thẩm định đạt (lần gần nhất: không đạt)"]


def test_a_level_may_ask_for_more_than_one_visit(world):
    RecognitionLevel.objects.filter(code="tinh").update(visits_required=2)
    model, batch = nominated(world), of_province(world)

    [one] = candidates(batch, [model], world.director, TODAY)

    assert one.blockers == ["mới khảo sát thực tế 1 trên 2 lần"]


def test_what_is_blocked_stays_outside_and_the_rest_is_taken_in(world):
    good, bad = ready(world, name="Tốt"), f.ExemplaryModelFactory(unit=world.commune, status="appraised", name="Chưa")
    f.RecognitionFactory(model=bad, proposed=True)
    batch = batch_of(world)

    taken, left = batches.take_in(batch, [good.pk, bad.pk], actor=world.leader, today=TODAY)

    assert [one.model for one in taken] == [good]
    assert [(one.model, one.blockers) for one in left] == [(bad, ["chưa khảo sát thực tế", "chưa thẩm định đạt"])]


def test_the_decision_asks_once_more_and_names_who_is_blocked(world):
    model, batch = ready(world, name="Tổ dân vận"), batch_of(world)
    batches.take_in(batch, [model.pk], actor=world.leader, today=TODAY)

    with pytest.raises(DomainError) as error:
        decide(batch, world.leader, decision_date=datetime.date(2026, 10, 1))  # before the visit
    assert error.value.findings == ["“Tổ dân vận” (Xã An Hòa): chưa khảo sát thực tế."]
    assert only(model).status == "proposed"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"decision_no": " "}, "số quyết định"),
        ({"decision_date": TODAY + datetime.timedelta(days=1)}, "tương lai"),
        ({"decision_date": datetime.date(2025, 12, 31)}, "trước năm công nhận"),
        ({"seen": "khac"}, "vừa thay đổi"),
    ],
)
def test_a_decision_with_a_slip_is_refused(given, said, world):
    model, batch = ready(world), batch_of(world)
    batches.take_in(batch, [model.pk], actor=world.leader, today=TODAY)

    with pytest.raises(DomainError) as error:
        decide(batch, world.leader, **given)
    assert any(said in text for text in error.value.findings)
    assert state(model) == "appraised"


def test_an_empty_batch_is_not_decided(world):
    with pytest.raises(DomainError) as error:
        decide(batch_of(world), world.leader)
    assert "chưa có mô hình" in error.value.findings[0]


# --- deciding -------------------------------------------------------------------------------------------------------
def test_certificates_follow_the_vietnamese_order_of_unit_then_name_and_go_on(world):
    RecognitionLevel.objects.filter(code="tinh").update(lower_required=False, visits_required=0)
    made = []
    for unit, name in (
        (world.other_commune, "Ăn sạch"), (world.commune, "Đường hoa"), (world.commune, "Dòng kênh xanh"),
        (world.commune, "Tổ 10"), (world.commune, "Tổ 9"), (world.other_commune, "An toàn"),
    ):  # fmt: skip
        model = f.ExemplaryModelFactory(unit=unit, name=name, target_level=level("tinh"))
        appraised(model, world.verifier, "tinh")
        made.append(model)
    first, second = of_province(world), of_province(world, title="Đợt 2")
    batches.take_in(first, [model.pk for model in made[:5]], actor=world.director, today=TODAY)
    batches.take_in(second, [made[5].pk], actor=world.director, today=TODAY)
    decide(first, world.director)
    decide(second, world.director, decision_no="10-QĐ")

    rows = Recognition.objects.order_by("certificate_no").values_list("certificate_no", "name")
    assert list(rows) == [
        ("01/GCN-DVK", "Dòng kênh xanh"), ("02/GCN-DVK", "Đường hoa"), ("03/GCN-DVK", "Tổ 9"), ("04/GCN-DVK", "Tổ 10"),
        ("05/GCN-DVK", "Ăn sạch"), ("06/GCN-DVK", "An toàn"),
    ]  # fmt: skip


def test_a_decision_recognises_and_keeps_the_names_of_its_day(world):
    UnitVersion.objects.filter(unit=world.commune).update(name="Xã An Hòa (tên cũ)")
    model, batch = recognised(world, name="Tên lúc công nhận", subject="Chi bộ ấp Một")
    ExemplaryModel.objects.filter(pk=model.pk).update(name="Tên mới", subject="Khác")

    row = only(model)
    assert (row.name, row.subject, row.unit_name) == ("Tên lúc công nhận", "Chi bộ ấp Một", "Xã An Hòa (tên cũ)")
    assert (row.status, row.certificate_no, row.decided_on) == ("granted", "01/GCN-DVK", DECIDED_ON)
    assert (batch.status, batch.decision_no, batch.decided_by) == ("decided", "9-QĐ/ĐU", world.leader)
    assert state(model) == "recognised"


def test_the_unit_is_told_once_for_all_its_models_and_nobody_else(world):
    first, second, batch = ready(world, name="Một"), ready(world, name="Hai"), batch_of(world)
    Notification.objects.all().delete()
    batches.take_in(batch, [first.pk, second.pk], actor=world.leader, today=TODAY)
    decide(batch, world.leader)

    letters = Notification.objects.filter(kind="models_recognised")
    assert set(letters.values_list("recipient__username", flat=True)) == {"nhap.an", "lanhdao.an"}
    body = letters.first().body
    assert "Một" in body
    assert "02/GCN-DVK" in body
    assert "9-QĐ/ĐU" in body


def test_a_higher_level_leaves_the_state_and_adds_a_recognition(world):
    model, batch = nominated(world), of_province(world)
    batches.take_in(batch, [model.pk], actor=world.director, today=TODAY)
    decide(batch, world.director)

    assert state(model) == "recognised"
    assert set(model.recognitions.values_list("level__code", "status")) == {("co_so", "granted"), ("tinh", "granted")}


def test_the_director_records_a_decision_made_outside(world):
    model, _ = recognised(world)
    visited(model, world.verifier)
    propose([model], world, "trung_uong")
    batch = batch_of(world, world.director, world.ban, "trung_uong")
    batches.take_in(batch, [model.pk], actor=world.director, today=TODAY)
    decide(batch, world.director, decision_no="88-QĐ/BDVTW")

    assert model.recognitions.get(level__code="trung_uong").status == "granted"


def test_a_second_batch_of_the_year_does_not_take_what_the_first_recognised(world):
    model, _ = recognised(world)
    batch = batch_of(world, title="Đợt 2")

    with pytest.raises(DomainError, match="ít nhất một"):
        batches.take_in(batch, [model.pk], actor=world.leader, today=TODAY)


# --- refusing, dropping ---------------------------------------------------------------------------------------------
def test_a_refusal_needs_a_reason_reaches_the_unit_and_ends_the_round(world):
    model, batch = ready(world), batch_of(world)
    with pytest.raises(DomainError, match="lý do"):
        batches.refuse(batch, [model.pk], actor=world.leader, reason=" ", today=TODAY)

    batches.refuse(batch, [model.pk], actor=world.leader, reason="Chưa bền vững", today=TODAY)

    assert (state(model), only(model).status) == ("not_recognised", "refused")
    assert "Chưa bền vững" in Notification.objects.filter(kind="models_refused").first().body


def test_refused_at_the_province_a_model_stands_at_the_base_and_may_be_proposed_again(world):
    model, batch = nominated(world), of_province(world)
    batches.take_in(batch, [model.pk], actor=world.director, today=TODAY)
    batches.refuse(batch, [model.pk], actor=world.director, reason="Chưa lan tỏa", today=TODAY)

    assert state(model) == "recognised"
    assert len(propose([model], world)) == 1


def test_what_is_dropped_waits_again(world):
    model, batch = ready(world), batch_of(world)
    batches.take_in(batch, [model.pk], actor=world.leader, today=TODAY)

    assert batches.drop(batch, [model.pk], actor=world.leader) == 1
    assert list(waiting(batch, world.leader)) == [model]


# --- cancelling -----------------------------------------------------------------------------------------------------
def test_a_cancelled_draft_frees_its_models(world):
    model, batch = ready(world), batch_of(world)
    batches.take_in(batch, [model.pk], actor=world.leader, today=TODAY)
    batches.cancel_batch(batch, actor=world.leader, note="Lập nhầm", today=TODAY)

    assert (only(model).status, only(model).batch) == ("proposed", None)
    assert state(model) == "appraised"


def test_a_cancelled_decision_revokes_sends_back_and_hides(world):
    model, batch = recognised(world)
    ExemplaryModel.objects.filter(pk=model.pk).update(is_public=True, published_at="2026-11-21T08:00+07:00")
    with pytest.raises(DomainError, match="lý do"):
        batches.cancel_batch(batch, actor=world.leader, note=" ", today=TODAY)

    batches.cancel_batch(batch, actor=world.leader, note="Sai thẩm quyền", today=TODAY)

    fresh = ExemplaryModel.objects.get(pk=model.pk)
    assert (fresh.status, fresh.is_public) == ("appraised", False)
    assert (only(model).status, only(model).ended_on, only(model).end_note) == ("revoked", TODAY, "Sai thẩm quyền")
    assert "Sai thẩm quyền" in Notification.objects.filter(kind="models_revoked").first().body


def test_a_model_that_stands_at_another_level_stays_when_one_decision_is_cancelled(world):
    model, batch = nominated(world), of_province(world)
    batches.take_in(batch, [model.pk], actor=world.director, today=TODAY)
    decide(batch, world.director)

    batches.cancel_batch(batch, actor=world.director, note="Nhầm", today=TODAY)

    assert state(model) == "recognised"
    assert set(model.recognitions.values_list("level__code", "status")) == {("co_so", "granted"), ("tinh", "revoked")}


def test_numbers_of_a_cancelled_decision_are_not_given_again(world):
    model, batch = recognised(world)
    batches.cancel_batch(batch, actor=world.leader, note="Nhầm", today=TODAY)
    again = batch_of(world, title="Đợt 2")
    batches.take_in(again, [model.pk], actor=world.leader, today=TODAY)
    decide(again, world.leader, decision_no="10-QĐ")

    assert set(Recognition.objects.values_list("status", "certificate_no")) == {
        ("revoked", "01/GCN-DVK"), ("granted", "02/GCN-DVK"),
    }  # fmt: skip


# --- every move from every state ------------------------------------------------------------------------------------
MOVES = {
    "take_in": lambda batch, model, actor: batches.take_in(batch, [model.pk], actor=actor, today=TODAY),
    "drop": lambda batch, model, actor: batches.drop(batch, [model.pk], actor=actor),
    "refuse": lambda batch, model, actor: batches.refuse(batch, [model.pk], actor=actor, reason="x", today=TODAY),
    "decide": lambda batch, model, actor: decide(batch, actor),
    "cancel": lambda batch, model, actor: batches.cancel_batch(batch, actor=actor, note="x", today=TODAY),
}


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("where", ["draft", "decided", "cancelled"])
def test_each_move_of_a_batch_from_each_state(where, move, world):
    model, batch = ready(world), batch_of(world)
    batches.take_in(batch, [model.pk], actor=world.leader, today=TODAY)
    if move == "take_in" and where == "draft":
        batches.drop(batch, [model.pk], actor=world.leader)
    if where == "decided":
        decide(batch, world.leader)
    if where == "cancelled":
        batches.cancel_batch(batch, actor=world.leader, note="x", today=TODAY)
    allowed = where == "draft" or (where == "decided" and move == "cancel")

    if allowed:
        MOVES[move](batch, model, world.leader)
    else:
        with pytest.raises(DomainError, match="trạng thái"):
            MOVES[move](batch, model, world.leader)
    after = {"decide": "decided", "cancel": "cancelled"}.get(move, where) if allowed else where
    assert RecognitionBatch.objects.get(pk=batch.pk).status == after
