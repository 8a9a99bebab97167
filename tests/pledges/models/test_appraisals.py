"""Field visits and appraisals: who, what counts, what follows."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dvk_portal.core.exceptions import DomainError
from pledges.models import Appraisal, ChecklistItem, ExemplaryModel, FieldVisit
from pledges.services.exemplary.appraisals import Answer, appraise_model, checklist, levels_to_appraise
from pledges.services.exemplary.visits import counted_visits, record_visit
from tests import factories as f
from tests.personas import TODAY
from tests.pledges.models.recognition_steps import all_pass, appraised, level, recognised, visited

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def model(world):
    return f.ExemplaryModelFactory(unit=world.commune)


# --- visits ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("person", ["leader", "verifier", "other_verifier", "director"])
def test_who_appraises_at_some_level_records_a_visit(person, model, world):
    assert visited(model, getattr(world, person)).added_by == getattr(world, person)


@pytest.mark.parametrize("person", ["editor", "other_leader", "viewer", "clerk", "admin", "stranger"])
def test_nobody_else_records_a_visit(person, model, world):
    with pytest.raises(PermissionDenied):
        visited(model, getattr(world, person))
    assert not FieldVisit.objects.exists()


def test_a_visit_needs_minutes_and_a_day_that_has_come(model, world):
    given = {"actor": world.leader, "team": "Ba người", "met": "Chi ủy", "findings": "Tốt", "today": TODAY}
    with pytest.raises(DomainError, match="biên bản"):
        record_visit(model, visited_on=TODAY, **given)
    with pytest.raises(DomainError, match="tương lai"):
        record_visit(model, visited_on=TODAY + datetime.timedelta(days=1), minutes_no="1", **given)


def test_no_visit_of_a_draft_or_of_what_is_over(world):
    for traits in ({"draft": True}, {"status": "ended", "ended_on": TODAY, "ended_at": "2026-11-01T08:00+07:00", "end_note": "x"}):
        with pytest.raises(DomainError, match="trạng thái"):
            visited(f.ExemplaryModelFactory(unit=world.commune, **traits), world.leader)


def test_visits_count_for_twelve_months_and_the_units_own_only_at_its_own_level(model, world):
    visited(model, world.leader)
    visited(model, world.leader, on=datetime.date(2025, 10, 1))
    visited(model, world.verifier)

    assert counted_visits([model.pk], level("co_so"), 2026, TODAY) == {model.pk: 2}
    assert counted_visits([model.pk], level("tinh"), 2026, TODAY) == {model.pk: 1}


def test_minutes_open_for_readers_of_the_model_and_for_nobody_else(model, world, sign_in):
    upload = SimpleUploadedFile("bb.pdf", PDF, content_type="application/pdf")
    visit = record_visit(
        model, actor=world.leader, visited_on=TODAY, team="a", met="b", findings="c", minutes=upload, today=TODAY
    )
    url = reverse("visit-minutes", args=[visit.pk])

    assert [b"".join(sign_in(person).get(url)) for person in (world.editor, world.director)] == [PDF, PDF]
    assert [sign_in(person).get(url).status_code for person in (world.other_leader, world.stranger)] == [404, 404]


# --- appraisals -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("person", ["editor", "other_leader", "verifier", "director", "viewer", "clerk", "admin", "stranger"])
def test_only_the_leader_appraises_at_the_units_own_level(person, model, world):
    with pytest.raises(PermissionDenied):
        appraised(model, getattr(world, person))
    assert levels_to_appraise(model, getattr(world, person), TODAY) == []


def test_the_leader_never_appraises_his_own_unit_at_a_higher_level(world):
    model, _ = recognised(world)
    with pytest.raises(PermissionDenied):
        appraised(model, world.leader, "tinh")


def test_passing_moves_a_registered_model_and_failing_ends_its_round(world):
    good, bad = (f.ExemplaryModelFactory(unit=world.commune) for _ in range(2))
    appraised(good, world.leader)
    appraised(bad, world.leader, passed=False)

    assert ExemplaryModel.objects.get(pk=good.pk).status == "appraised"
    assert ExemplaryModel.objects.get(pk=bad.pk).status == "not_recognised"


def test_it_passes_only_when_every_required_line_passes(model, world):
    answers = all_pass()
    first = next(iter(answers))
    answers[first] = Answer(False)
    given = {"actor": world.leader, "level": level("co_so"), "year": 2026, "conclusion": "Đạt", "today": TODAY}

    with pytest.raises(DomainError) as error:
        appraise_model(model, answers=answers, passed=True, **given)
    assert "không đạt" in error.value.findings[0]
    with pytest.raises(DomainError) as error:
        appraise_model(model, answers={}, passed=False, **given)
    assert len(error.value.findings) == ChecklistItem.objects.filter(required=True).count()
    assert not Appraisal.objects.exists()


def test_an_optional_line_may_fail_and_points_are_added_up(model, world):
    ChecklistItem.objects.update(required=False, max_points=Decimal(10))
    items = checklist(level("co_so"), TODAY)
    answers = {items[0].pk: Answer(False, Decimal("2.5"), "Còn ít"), items[1].pk: Answer(True, Decimal(9))}
    given = {"actor": world.leader, "level": level("co_so"), "year": 2026, "conclusion": "Đạt", "today": TODAY}

    appraisal = appraise_model(model, answers=answers, passed=True, **given)

    assert appraisal.points == Decimal("11.5")
    assert appraisal.answers.get(item=items[0]).note == "Còn ít"


def test_points_stay_within_the_most_a_line_gives(model, world):
    ChecklistItem.objects.update(max_points=Decimal(10))
    answers = {key: Answer(True, Decimal("10.5")) for key in all_pass()}
    with pytest.raises(DomainError) as error:
        appraise_model(
            model, actor=world.leader, level=level("co_so"), year=2026, answers=answers, passed=True, conclusion="x",
            today=TODAY,
        )  # fmt: skip
    assert "từ 0 đến 10" in error.value.findings[0]


def test_the_checklist_is_that_of_the_day_and_of_the_level(world):
    items = checklist(level("co_so"), TODAY)
    items[0].levels.add(level("tinh"))
    ChecklistItem.objects.filter(pk=items[1].pk).update(valid_to=TODAY - datetime.timedelta(days=1))
    ChecklistItem.objects.filter(pk=items[2].pk).update(valid_from=TODAY + datetime.timedelta(days=1))

    assert checklist(level("co_so"), TODAY) == items[3:]
    assert checklist(level("tinh"), TODAY) == [items[0], *items[3:]]


def test_a_level_above_asks_for_recognition_below_and_leaves_the_state(world):
    new = f.ExemplaryModelFactory(unit=world.commune, target_level=level("tinh"))
    with pytest.raises(DomainError, match="cấp dưới"):
        appraised(new, world.director, "tinh")
    standing, _ = recognised(world)

    appraised(standing, world.verifier, "tinh", passed=False)

    assert ExemplaryModel.objects.get(pk=standing.pk).status == "recognised"
    assert levels_to_appraise(standing, world.verifier, TODAY) == [level("tinh"), level("trung_uong")]


def test_a_model_is_not_appraised_above_the_level_it_was_registered_for(world):
    level("tinh").__class__.objects.filter(code="tinh").update(lower_required=False)
    with pytest.raises(DomainError):
        appraised(f.ExemplaryModelFactory(unit=world.commune), world.director, "tinh")


# --- the pages ------------------------------------------------------------------------------------------------------
def test_a_refused_appraisal_keeps_what_was_typed(model, world, sign_in):
    url = reverse("appraisal-create", args=[model.pk])
    items = checklist(level("co_so"), TODAY)
    typed = {f"note-{items[0].pk}": "Đã xem tận nơi", "conclusion": "Cần xem lại", "year": 2026, "passed": "yes"}

    page = sign_in(world.leader).post(url, {**typed, f"passed-{items[0].pk}": "no"}).content.decode()

    assert "Đã xem tận nơi" in page
    assert "Cần xem lại" in page
    assert "Hãy chọn đạt hoặc không đạt." in page
    assert not Appraisal.objects.exists()


def test_the_whole_form_leads_to_an_appraised_model(model, world, sign_in):
    client, items = sign_in(world.leader), checklist(level("co_so"), TODAY)
    client.post(
        reverse("visit-create", args=[model.pk]),
        {"visited_on": "05/10/2026", "team": "Ba người", "met": "Chi ủy", "findings": "Tốt", "minutes_no": "12-BB"},
    )
    response = client.post(
        reverse("appraisal-create", args=[model.pk]),
        {"year": 2026, "passed": "yes", "conclusion": "Đạt", **{f"passed-{item.pk}": "yes" for item in items}},
    )

    page = client.get(response["Location"]).content.decode()
    assert "Đã thẩm định" in page
    assert "Khảo sát ngày 05/10/2026" in page
    assert "12-BB" in page


def test_another_unit_finds_neither_form(model, world, sign_in):
    for name in ("visit-create", "appraisal-create", "review-create"):
        url = reverse(name, args=[model.pk])
        assert [sign_in(who).get(url).status_code for who in (world.other_leader, world.stranger)] == [404, 404]
        assert sign_in(world.editor).get(url).status_code == 403
