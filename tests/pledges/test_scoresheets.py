"""Self-assessment, verification, agreement: who enters what and when, and that every difference has a reason."""

import copy
import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from campaigns.models import Campaign, Scheme
from dvk_portal.core import audit
from dvk_portal.core.datafile import load_yaml
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Job, Notification
from pledges.models import QuarterlyReport, ScoreInput, ScoreSheet
from pledges.services import rollup, scoresheets
from pledges.services.scorepage import build_page
from tests import factories as f
from tests.pledges.score_steps import accept, begin_scoring, enter, line_of, send, settle, sheet_of


@pytest.fixture(autouse=True)
def before_any_report_is_due(time_machine):
    """So that no missing report takes points away."""
    time_machine.move_to(datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC))


def test_three_numbers_stand_side_by_side(world):
    enter(world, "1.2", True)
    send(world)
    enter(world, "1.2", False, "verified", reason="kế hoạch không có chữ ký")
    begin_scoring(world)
    enter(world, "2.2", "4", "verified", actor=world.other_verifier)
    scoresheets.finish_verification(sheet_of(world), actor=world.verifier)
    enter(world, "1.2", True, "final", reason="biên bản họp ngày 03/12: đã bổ sung")

    row = line_of(world, "1.2")
    assert (row.self_points, row.verified_points, row.final_points) == (Decimal(4), Decimal(0), Decimal(4))
    sheet = sheet_of(world)
    assert (sheet.self_total, sheet.verified_total, sheet.final_total) == (Decimal(8), Decimal(8), Decimal(12))
    assert sheet.gap == Decimal(4)


@pytest.mark.parametrize("value", [False, True])
def test_a_verdict_that_differs_needs_a_reason(world, value):
    enter(world, "1.2", True)
    send(world)

    if value:
        enter(world, "1.2", value, "verified")
        return
    with pytest.raises(DomainError, match="Hãy ghi lý do"):
        enter(world, "1.2", value, "verified")
    assert not ScoreInput.objects.filter(stage="verified").exists()


def test_a_verdict_on_what_the_unit_left_empty_needs_a_reason(world):
    send(world)

    with pytest.raises(DomainError, match="Hãy ghi lý do"):
        enter(world, "1.2", True, "verified")


def test_an_agreed_score_always_needs_a_reason(world):
    enter(world, "1.2", True)
    send(world)
    begin_scoring(world)
    enter(world, "1.2", True, "verified")
    enter(world, "2.2", "3", "verified", actor=world.other_verifier)
    scoresheets.finish_verification(sheet_of(world), actor=world.verifier)

    with pytest.raises(DomainError, match="lý do của điểm thống nhất"):
        enter(world, "2.2", "4", "final")


def test_a_figure_from_the_reports_is_only_adjusted_with_a_reason(world):
    send(world)

    with pytest.raises(DomainError, match="hệ thống tính từ báo cáo"):
        enter(world, "1.1", {"achieved": "3", "target": "4"}, "verified")
    enter(world, "1.1", {"achieved": "3", "target": "4"}, "verified", reason="báo cáo giấy bổ sung")
    assert line_of(world, "1.1").verified_points == Decimal(6)


def test_the_unit_enters_neither_what_the_portal_knows_nor_what_is_the_superiors(world):
    for code, value in (("1.1", {"achieved": "1", "target": "1"}), ("2.1.1", 0), ("2.2", "4")):
        with pytest.raises(DomainError, match="đơn vị không nhập"):
            enter(world, code, value)


def test_a_department_verifies_only_its_criteria(world):
    send(world)

    with pytest.raises(DomainError, match="bộ phận khác"):
        enter(world, "2.2", "3", "verified", actor=world.verifier)
    enter(world, "2.2", "3", "verified", actor=world.other_verifier)
    enter(world, "1.2", True, "verified", actor=world.director, reason="xem hồ sơ")


@pytest.mark.parametrize("left_days_ago", [None, 30])
def test_nobody_verifies_his_own_unit_not_even_one_he_left_lately(world, left_days_ago):
    today = datetime.date.today()
    left = None if left_days_ago is None else today - datetime.timedelta(days=left_days_ago)
    f.MembershipFactory(user=world.verifier, unit=world.commune, role="editor", valid_to=left)
    world.verifier.__dict__.pop("_rights", None)
    send(world)

    with pytest.raises(PermissionDenied):
        enter(world, "1.2", True, "verified", reason="x")
    with pytest.raises(PermissionDenied):
        accept(world)


def test_strangers_other_units_and_readers_enter_nothing(world):
    for actor in (world.stranger, world.other_editor, world.viewer, world.admin):
        for stage in ("self", "verified", "final"):
            with pytest.raises(PermissionDenied):
                enter(world, "1.2", True, stage, actor=actor, reason="x")
    with pytest.raises(PermissionDenied):
        send(world, leader=world.editor)


def test_what_was_sent_is_closed_to_the_unit_until_it_is_returned(world):
    enter(world, "1.2", True)
    send(world)
    with pytest.raises(DomainError, match="đã gửi"):
        enter(world, "1.2", False)

    scoresheets.return_self_assessment(sheet_of(world), actor=world.verifier, note="Thiếu minh chứng")
    enter(world, "1.2", False)
    told = Notification.objects.filter(kind="scores_returned")
    assert {row.recipient for row in told} == {world.editor, world.leader}
    assert "Thiếu minh chứng" in told[0].body


def test_nothing_is_sent_while_reports_still_come_in(world):
    with pytest.raises(DomainError, match="chưa thể gửi bản tự chấm"):
        scoresheets.send_self_assessment(sheet_of(world), actor=world.leader)


def test_sending_twice_tells_the_second_person(world):
    begin_scoring(world)
    sheet, same = sheet_of(world), sheet_of(world)
    scoresheets.send_self_assessment(sheet, actor=world.leader)

    with pytest.raises(DomainError, match="người khác vừa xử lý"):
        scoresheets.send_self_assessment(same, actor=world.leader)


def test_accepting_the_rest_takes_only_my_undecided_criteria_and_is_logged(world):
    enter(world, "1.2", True)
    with pytest.raises(DomainError, match="khi đơn vị đã gửi"):
        accept(world)
    send(world)

    assert accept(world, actor=world.other_verifier) == 0
    assert accept(world) == 1
    assert accept(world) == 0
    entry = AuditEntry.objects.get(action="accept_self_scores")
    assert (entry.actor, entry.changes) == (world.verifier, {"1.2": [None, True]})


def test_verification_is_not_finished_while_something_waits(world):
    enter(world, "1.2", True)
    send(world)
    begin_scoring(world)

    with pytest.raises(DomainError) as refused:
        scoresheets.finish_verification(sheet_of(world), actor=world.verifier)
    assert [text[:3] for text in refused.value.findings] == ["1.2", "2.2"]


def test_a_claim_changed_after_a_return_makes_the_old_verdict_unexplained(world):
    enter(world, "1.2", True)
    send(world)
    enter(world, "1.2", True, "verified")
    enter(world, "2.2", "4", "verified", actor=world.other_verifier)
    scoresheets.return_self_assessment(sheet_of(world), actor=world.verifier, note="xem lại")
    enter(world, "1.2", False)
    send(world)
    begin_scoring(world)

    with pytest.raises(DomainError) as refused:
        scoresheets.finish_verification(sheet_of(world), actor=world.verifier)
    assert "chưa có lý do" in refused.value.findings[0]


def test_nothing_is_settled_while_reports_still_come_in(world):
    with pytest.raises(DomainError, match="chuyển phong trào sang bước chấm điểm"):
        scoresheets.finish_verification(sheet_of(world), actor=world.director)


def test_the_mark_of_what_was_seen_refuses_a_stale_entry(world):
    seen = scoresheets.entry_mark({})
    enter(world, "1.2", True)

    with pytest.raises(scoresheets.StaleError, match="Người khác vừa sửa"):
        scoresheets.enter_criterion(sheet_of(world), "1.2", {"1.2": False}, stage="self", actor=world.leader, seen=seen)
    assert ScoreInput.objects.get().value is True


@pytest.mark.parametrize("raw", ["có", {"achieved": "1"}, 7])
def test_a_bad_value_is_refused_with_a_sentence_and_leaves_nothing(world, raw):
    with pytest.raises(DomainError):
        enter(world, "1.2", raw)
    assert not ScoreInput.objects.exists()


def test_an_unknown_criterion_is_refused(world):
    with pytest.raises(DomainError, match="không có trong bảng"):
        enter(world, "9.9", True)


def test_what_changes_a_score_asks_for_the_ranking(world):
    Job.objects.all().delete()
    enter(world, "1.2", True)

    assert Job.objects.get(kind="rollup").key == str(world.campaign.pk)


def test_a_declared_condition_limits_the_class_and_can_be_withdrawn(world):
    begin_scoring(world)
    sheet = scoresheets.declare_gate(sheet_of(world), "KL", actor=world.verifier, reason="Quyết định 12-QĐ/UBKT")
    assert [gate["code"] for gate in sheet.gates] == ["KL"]
    for actor in (world.editor, world.viewer, world.stranger):
        with pytest.raises(PermissionDenied):
            scoresheets.withdraw_gate(sheet, "KL", actor=actor, reason="x")
    with pytest.raises(DomainError, match="lý do"):
        scoresheets.withdraw_gate(sheet, "KL", actor=world.verifier, reason=" ")

    assert scoresheets.withdraw_gate(sheet, "KL", actor=world.verifier, reason="khai nhầm đơn vị").gates == []
    with pytest.raises(DomainError, match="đã được rút"):
        scoresheets.withdraw_gate(sheet, "KL", actor=world.verifier, reason="khai nhầm đơn vị")


def test_an_agreed_sheet_takes_no_condition_until_it_is_reopened(world):
    begin_scoring(world)
    sheet = settle(world, world.commune)

    with pytest.raises(DomainError, match="Điểm đã chốt"):
        scoresheets.declare_gate(sheet, "KL", actor=world.director, reason="QĐ 12")
    scoresheets.reopen_sheet(sheet, actor=world.director, note="có quyết định kỷ luật")
    scoresheets.declare_gate(sheet, "KL", actor=world.director, reason="QĐ 12")


def test_what_was_not_reported_reads_as_no_figure_and_never_as_zero(world):
    rollup.recalculate(world.campaign)

    page = build_page(sheet_of(world), world.editor)
    row = page.row("1.1")
    assert (row.line.final_points, row.final_words) == (None, "chưa có số liệu")
    assert sheet_of(world).is_tentative


def test_a_gap_never_comes_from_what_only_the_superior_gives(world):
    enter(world, "1.2", True)
    send(world)
    enter(world, "1.2", True, "verified")
    enter(world, "2.2", "4", "verified", actor=world.other_verifier)

    sheet = sheet_of(world)
    assert (sheet.self_total, sheet.verified_total, sheet.gap) == (Decimal(8), Decimal(12), Decimal(0))


def test_one_figure_that_a_rule_cannot_take_stops_nobody_elses_score(world):
    document = copy.deepcopy(world.campaign.scheme.document)
    document["sections"][0]["children"][1]["rules"] = [
        {"kind": "per_case", "role": "earn", "points": "1", "source": {"indicator": "van_dong"}}
    ]
    Scheme.objects.filter(pk=world.campaign.scheme_id).update(document=document, revision=2)
    report = f.QuarterlyReport.objects.filter(participation__unit=world.commune).first()
    f.QuarterlyReport.objects.filter(pk=report.pk).update(
        status="submitted", submitted_at=report.due_at, first_submitted_at=report.due_at, days_from_due=0
    )
    f.ReportedValueFactory(report=report, indicator=world.flow, amount=Decimal("2.5"))
    rollup.recalculate(world.campaign)

    assert line_of(world, "1.2").self_state == "missing"
    assert "số nguyên" in sheet_of(world).sourced["refused"]["1.2"]
    assert sheet_of(world, world.other_commune).computed_at is not None


# --- "không áp dụng" ------------------------------------------------------------------------------------------------
@pytest.fixture
def with_mark(world):
    """1.2 may be marked "không áp dụng" and has a rule code of its own."""
    document = copy.deepcopy(world.campaign.scheme.document)
    leaf = document["sections"][0]["children"][1]
    leaf["not_applicable"] = "full"
    leaf["rules"] = [{"code": "1.2.1", "kind": "yes_no", "points": "4"}]
    Scheme.objects.filter(pk=world.campaign.scheme_id).update(document=document, revision=2)
    world.campaign.refresh_from_db()
    return world


def test_a_figure_lifts_the_mark_not_applicable(with_mark):
    enter(with_mark, "1.2", "n/a")
    assert line_of(with_mark, "1.2").self_state == "not_applicable"

    enter(with_mark, "1.2.1", False)
    assert line_of(with_mark, "1.2").self_points == Decimal(0)
    assert set(ScoreInput.objects.values_list("code", flat=True)) == {"1.2.1"}


def test_an_agreed_figure_lifts_a_verified_mark(with_mark):
    enter(with_mark, "1.2", "n/a")
    send(with_mark)
    begin_scoring(with_mark)
    enter(with_mark, "1.2", "n/a", "verified")
    enter(with_mark, "2.2", "4", "verified", actor=with_mark.other_verifier)
    scoresheets.finish_verification(sheet_of(with_mark), actor=with_mark.verifier)
    enter(with_mark, "1.2.1", False, "final", reason="có nhiệm vụ trong năm")

    row = line_of(with_mark, "1.2")
    assert (row.verified_points, row.final_points) == (Decimal(4), Decimal(0))


def test_a_verified_mark_against_a_claim_needs_a_reason_and_survives_accepting_the_rest(with_mark):
    enter(with_mark, "1.2.1", True)
    send(with_mark)
    with pytest.raises(DomainError, match="lý do"):
        enter(with_mark, "1.2", "n/a", "verified")
    enter(with_mark, "1.2", "n/a", "verified", reason="không có nhiệm vụ")

    assert accept(with_mark) == 0


# --- the table of Cần Thơ (law.md §17, T-S) -------------------------------------------------------------------------
CANTHO = Path(__file__).parents[2] / "campaigns/data/schemes/cantho_2579_2025.yaml"


@pytest.fixture
def cantho(world):
    document = load_yaml(CANTHO.read_text(encoding="utf-8"), yaml_1_1_booleans=True)
    document.pop("examples")
    scheme = f.SchemeFactory(document={**document, "base": str(document["base"])})
    Campaign.objects.filter(pk=world.campaign.pk).update(scheme=scheme)
    ScoreSheet.objects.update(scheme=scheme)
    world.campaign.refresh_from_db()
    return world


def verdict(world, **inputs):
    """Codes 1, 2, T, P as given by the director; the sheet afterwards."""
    for code, value in inputs.items():
        enter(world, code.removeprefix("c"), value, "verified", actor=world.director, reason="theo hồ sơ")
    return sheet_of(world)


def codes(sheet):
    return [gate["code"] for gate in sheet.gates]


def test_no_self_assessment_counts_only_once_a_person_has_opened_the_scoring(cantho):
    """T-S6, R-46."""
    verdict(cantho, c1="10", c2="89")
    assert (sheet_of(cantho).score_class, codes(sheet_of(cantho))) == ("Hoàn thành xuất sắc", [])

    begin_scoring(cantho)
    rollup.recalculate(cantho.campaign)
    assert (sheet_of(cantho).score_class, codes(sheet_of(cantho))) == ("Không hoàn thành", ["G3"])
    assert sheet_of(cantho).gates[0]["review"] is True

    send(cantho)
    assert sheet_of(cantho).score_class == "Hoàn thành xuất sắc"


@pytest.mark.parametrize(
    ("second", "expected"),
    [("85", "Hoàn thành xuất sắc"), ("64.99", "Không hoàn thành"), ("65", "Hoàn thành"), ("75", "Hoàn thành tốt")],
)
def test_classes_have_an_inclusive_lower_bound(cantho, second, expected):
    """T-S1, T-S8."""
    assert verdict(cantho, c1="10", c2=second).score_class == expected


def test_96_points_with_a_criterion_at_zero_fall_to_the_class_without_that_condition_and_ask_a_person(cantho):
    """T-S3, R-47."""
    verdict(cantho, c1="10", c2="86")
    sheet = scoresheets.declare_gate(sheet_of(cantho), "G1", actor=cantho.director, reason="mục 2.4 được 0 điểm")

    assert (sheet.final_total, sheet.score_class) == (Decimal(96), "Hoàn thành")
    assert [gate["review"] for gate in sheet.gates] == [True]


def test_a_bonus_above_its_cap_is_refused_and_the_total_may_exceed_one_hundred(cantho):
    """T-S4."""
    with pytest.raises(DomainError):
        verdict(cantho, T="4")
    sheet = verdict(cantho, c1="10", c2="88", T="3")

    assert (sheet.final_total, sheet.bonus) == (Decimal(101), Decimal(3))


def test_a_leader_who_was_warned_caps_the_class(cantho):
    verdict(cantho, c1="10", c2="87")
    sheet = scoresheets.declare_gate(sheet_of(cantho), "G5", actor=cantho.director, reason="Quyết định 5")

    assert sheet.score_class == "Hoàn thành"


def test_an_agreed_score_never_changes_silently(world):
    """A report corrected late brings the sheet back to verification and tells who had agreed."""
    begin_scoring(world)
    sheet = settle(world, world.commune)
    sheet.refresh_from_db()
    before = sheet.final_total
    report = QuarterlyReport.objects.get(participation=sheet.participation, period=world.periods[0])
    QuarterlyReport.objects.filter(pk=report.pk).update(
        status="submitted",
        submitted_at=report.due_at,
        first_submitted_at=report.due_at,
        days_from_due=2,
        working_days_from_due=2,
    )
    rollup.recalculate(world.campaign)

    sheet.refresh_from_db()
    assert sheet.final_total != before
    assert sheet.status == "sent"
    assert "Cần thống nhất lại" in audit.trail(sheet)[0].note
    assert Notification.objects.filter(kind="scores_reopened", recipient=world.director).count() == 1
    rollup.recalculate(world.campaign)
    assert Notification.objects.filter(kind="scores_reopened").count() == len({world.director, world.verifier})


def test_an_agreed_score_stays_agreed_while_its_figures_stay(world):
    begin_scoring(world)
    sheet = settle(world, world.commune)
    rollup.recalculate(world.campaign)

    sheet.refresh_from_db()
    assert sheet.status == "agreed"
