"""Preparing, opening, moving and copying a cycle; its calendar (law.md R-35, R-36, R-49, R-96; practice.md W-39)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from awards.models import AwardCycle, RuleSet
from awards.schedule import Wish, propose
from awards.services.cycles.copying import copy_cycle, next_title
from awards.services.cycles.editing import edit_cycle, remove_phase, save_phase
from awards.services.cycles.moves import blockers_to_open, move_cycle
from awards.services.cycles.phases import phase_allows
from awards.services.cycles.scheduling import apply_schedule, drift_of, renew_schedule
from dvk_portal.core.calendar import WorkingCalendar
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, CalendarDay, Notification
from dvk_portal.core.working_days import province_calendar
from tests.awards.cycles import cycle_steps
from tests.awards.cycles.cycle_steps import DECIDE_ON, TODAY, again, drafted, opened, rule, scheduled
from tests.factories import awards as af

D = datetime.date


def fields_of(cycle, **changes):
    names = ("title", "kind", "family", "award_kind", "year_from", "year_to", "guidance", "decide_on")
    own = {"award_types": list(cycle.award_types.all()), "campaigns": list(cycle.campaigns.all()), "today": TODAY}
    return {**{name: getattr(cycle, name) for name in names}, **own, **changes}


# --- writing ------------------------------------------------------------------------------------------------------------
def test_state_and_party_awards_are_never_mixed(province):
    party = af.AwardTypeFactory(code="THU-DANG", name="Bằng khen Tỉnh ủy thử", family="party")

    with pytest.raises(DomainError) as refused:
        drafted(province, award_types=[af.AwardTypeFactory(), party])

    assert refused.value.findings == ["Không xét chung khen thưởng Đảng và Nhà nước. Hãy bỏ: Bằng khen Tỉnh ủy thử."]


@pytest.mark.parametrize(
    ("kind", "award_kind", "years", "sentence"),
    [
        ("yearly", "movement", (2025, 2026), "Đợt hằng năm hoặc đột xuất chỉ xét một năm."),
        ("multi_year", "movement", (2026, 2026), "Đợt nhiều năm xét từ 2 đến 20 năm."),
        ("yearly", "movement", (2026, 2025), "Các năm phải theo thứ tự"),
        ("yearly", "sudden", (2026, 2026), "Đợt đột xuất và loại khen thưởng “Đột xuất” đi cùng nhau."),
        ("sudden", "movement", (2026, 2026), "Đợt đột xuất và loại khen thưởng “Đột xuất” đi cùng nhau."),
    ],
)
def test_kind_and_years_must_agree(kind, award_kind, years, sentence, province):
    with pytest.raises(DomainError) as refused:
        drafted(province, kind=kind, award_kind=award_kind, year_from=years[0], year_to=years[1])

    assert [text for text in refused.value.findings if text.startswith(sentence)]


@pytest.mark.parametrize("years", [(2025, 2026), (2022, 2026), (2017, 2026), (2012, 2026)])
def test_a_cycle_may_cover_two_five_ten_or_fifteen_years(years, province):
    cycle = drafted(province, kind="multi_year", year_from=years[0], year_to=years[1])

    assert cycle.years == f"{years[0]}–2026"


def test_a_cycle_draws_on_campaigns_of_its_own_province(world):
    cycle = drafted(world, campaigns=[world.campaign])

    assert list(cycle.campaigns.all()) == [world.campaign]


def test_once_open_kind_and_years_stay_and_an_asked_award_is_not_taken_out(province):
    cycle = opened(province)
    af.NominationFactory(cycle=cycle, recipient__unit=province.commune)
    other = af.AwardTypeFactory(code="THU-GK", name="Giấy khen thử")

    edit_cycle(cycle, actor=province.verifier, **fields_of(cycle, kind="thematic", year_to=2025, title="Tên mới"))
    with pytest.raises(DomainError) as refused:
        edit_cycle(cycle, actor=province.verifier, **fields_of(cycle, award_types=[other]))

    cycle.refresh_from_db()
    assert (cycle.kind, cycle.year_to, cycle.title) == ("yearly", 2026, "Tên mới")
    assert refused.value.findings == ["Đã có đề nghị Bằng khen thử trong đợt nên không bỏ được."]


@pytest.mark.parametrize("person", ["editor", "leader", "viewer", "clerk", "admin", "chair", "member", "stranger"])
def test_nobody_else_prepares_a_cycle(person, province):
    cycle = drafted(province)

    with pytest.raises(PermissionDenied):
        edit_cycle(cycle, actor=again(getattr(province, person)), **fields_of(cycle))


def test_a_draft_is_seen_by_those_who_prepare_it_and_an_open_cycle_by_units_too(province):
    draft, cycle = drafted(province), opened(province)

    seen = {name: set(AwardCycle.objects.visible_to(person)) for name, person in province.everybody().items()}

    assert seen["verifier"] == {draft, cycle}
    assert seen["editor"] == seen["other_leader"] == seen["viewer"] == {cycle}
    assert seen["stranger"] == seen["admin"] == seen["member"] == set()


# --- the calendar -------------------------------------------------------------------------------------------------------
def test_the_calendar_is_worked_out_backwards_from_the_decision():
    steps = {step.stage: (step.opens_on, step.closes_on) for step in propose(Wish(DECIDE_ON), WorkingCalendar())}

    assert steps == {
        "nominating": (D(2026, 9, 24), D(2026, 10, 15)),
        "supplement": (D(2026, 10, 16), D(2026, 10, 22)),
        "reviewing": (D(2026, 10, 16), D(2026, 11, 19)),
        "publication": (D(2026, 11, 20), D(2026, 12, 7)),  # T-D5: in practice Friday 20/11 for Tuesday 8/12
        "scoring": (D(2026, 12, 1), D(2026, 12, 7)),
        "voting": (D(2026, 12, 8), D(2026, 12, 8)),
        "deciding": (D(2026, 12, 9), D(2026, 12, 15)),
    }


def test_before_the_tenth_means_the_ninth_and_says_so():
    (last,) = (
        step
        for step in propose(Wish(D(2026, 12, 31), before=D(2026, 12, 10)), WorkingCalendar())
        if step.stage == "deciding"
    )

    assert last.closes_on == D(2026, 12, 9)
    assert last.reason.startswith("“Trước ngày 10/12/2026” nghĩa là muộn nhất ngày 09/12/2026.")


def test_every_phase_says_why_its_day_is_that_day(province):
    cycle = scheduled(province)

    assert all(phase.reason for phase in cycle.phases.all())
    assert cycle.phases.get(stage="publication").reason == (
        "10 ngày làm việc trọn vẹn trước phiên họp 08/12/2026: muộn nhất ngày 22/11/2026; ngày 22/11 nghỉ nên công khai từ "
        "20/11/2026."
    )


def test_phases_permit_what_their_flags_say_on_their_days_and_no_longer(province):
    cycle = scheduled(province)

    days = {D(2026, 9, 23): False, D(2026, 9, 24): True, D(2026, 10, 15): True, D(2026, 10, 16): False}
    assert {day: phase_allows(cycle, "units_may_send", day) for day in days} == days
    assert phase_allows(cycle, "units_may_change", D(2026, 10, 22)) is True
    assert phase_allows(cycle, "members_may_score", D(2026, 12, 1)) is True


def test_a_day_set_by_hand_no_longer_claims_the_rule(province):
    cycle = scheduled(province)
    phase = cycle.phases.get(stage="nominating")
    flags = {name: getattr(phase, name) for name in
             ("units_may_send", "units_may_change", "units_see_findings", "units_see_outcome", "members_may_score")}  # fmt: skip

    save_phase(cycle, "nominating", actor=province.verifier, opens_on=phase.opens_on, closes_on=D(2026, 10, 20),
               reason=phase.reason, **flags)  # fmt: skip

    assert cycle.phases.get(stage="nominating").reason == "Ban ấn định."


def test_the_calendar_refuses_less_publicity_than_the_rule(province):
    rule(15)
    cycle = drafted(province)

    with pytest.raises(DomainError, match="ít nhất 15 ngày làm việc"):
        apply_schedule(cycle, Wish(DECIDE_ON, publication=10), actor=province.verifier)


def test_a_new_day_off_moves_only_what_is_not_over_and_was_not_set_by_hand(province):
    """R-96."""
    cycle = scheduled(province)
    before = {phase.stage: (phase.opens_on, phase.closes_on) for phase in cycle.phases.all()}
    CalendarDay.objects.create(date=D(2026, 12, 14), is_working=False, name="Nghỉ bù", legal_basis="QĐ")
    today = D(2026, 10, 20)

    drift = {one.phase.stage for one in drift_of(cycle, today, province_calendar())}
    renew_schedule(cycle, actor=province.verifier, note="QĐ hoán đổi ngày nghỉ", today=today)

    after = {phase.stage: (phase.opens_on, phase.closes_on) for phase in cycle.phases.all()}
    assert drift == {"supplement", "reviewing", "publication", "scoring", "voting", "deciding"}
    assert after["nominating"] == before["nominating"]  # over
    assert after["voting"] == (D(2026, 12, 7), D(2026, 12, 7))
    assert after["reviewing"][0] == before["reviewing"][0]  # begun
    assert "Tính lại ngày 20/10/2026." in cycle.phases.get(stage="voting").reason
    assert AuditEntry.objects.get(action="schedule_renew").note == "QĐ hoán đổi ngày nghỉ"


def test_nothing_moves_when_the_days_off_did_not_change(province):
    cycle = scheduled(province)

    assert drift_of(cycle, TODAY, province_calendar()) == []
    with pytest.raises(DomainError, match="không làm thay đổi"):
        renew_schedule(cycle, actor=province.verifier, note="Thử", today=TODAY)


# --- opening ------------------------------------------------------------------------------------------------------------
def test_what_is_missing_before_opening_is_said(province):
    cycle = drafted(province, award_types=[], decide_on=None)

    assert blockers_to_open(cycle, TODAY)[:6] == [
        "Chưa chọn danh hiệu, hình thức nào.",
        "Chưa có ngày dự kiến quyết định.",
        "Lịch chưa có bước “Nhận hồ sơ”.",
        "Lịch chưa có bước “Thẩm định”.",
        "Lịch chưa có bước “Họp hội đồng”.",
        "Lịch chưa có bước “Trình quyết định”.",
    ]


def test_an_award_without_a_rule_keeps_the_cycle_closed(province):
    cycle = scheduled(province)
    RuleSet.objects.filter(family="state").delete()
    rules = af.RuleSetFactory(name="Bộ quy định thử")

    assert blockers_to_open(cycle, D(2026, 10, 5)) == [
        "“Bộ quy định thử” chưa có quy định về Bằng khen thử. Quản trị hệ thống ghi quy định trước."
    ]
    rules.delete()
    assert blockers_to_open(cycle, TODAY) == [
        "Không có bộ quy định nào áp dụng ngày 21/09/2026. Quản trị hệ thống ghi bộ quy định trước."
    ]


def test_opening_tells_editors_and_leaders_of_the_units(province):
    opened(province)

    told = Notification.objects.filter(kind="award_cycle_opened").values_list("recipient__username", flat=True)
    assert sorted(told) == ["lanhdao.an", "lanhdao.binh", "nhap.an", "nhap.binh"]


def test_only_the_head_opens(province):
    rule()
    cycle = scheduled(province)

    with pytest.raises(PermissionDenied):
        move_cycle(cycle, "open", actor=province.verifier, today=TODAY)


def test_appraisal_begins_when_the_last_day_of_sending_has_passed(province):
    cycle = opened(province)

    with pytest.raises(DomainError) as refused:
        move_cycle(cycle, "start_reviewing", actor=province.verifier, today=D(2026, 10, 15))
    moved = move_cycle(cycle, "start_reviewing", actor=province.verifier, today=D(2026, 10, 16))

    assert refused.value.findings == [
        "Còn trong thời gian nhận hồ sơ, đến hết ngày 15/10/2026. Muốn sớm hơn, hãy sửa lịch."
    ]
    assert moved.status == "reviewing"


def test_the_council_begins_when_every_dossier_is_appraised(province):
    cycle = move_cycle(opened(province), "start_reviewing", actor=province.verifier, today=D(2026, 10, 16))
    cycle_steps.eligible(cycle, province.commune)
    af.NominationFactory(cycle=cycle, recipient__unit=province.commune, complete=True)

    with pytest.raises(DomainError) as refused:
        move_cycle(cycle, "start_voting", actor=province.verifier, today=D(2026, 12, 8))

    assert refused.value.findings == [
        "Còn 1 hồ sơ chưa thẩm định xong. Hãy kết luận, trả lại hoặc tạm dừng từng hồ sơ."
    ]


def test_cancelling_withdraws_what_is_under_way_and_tells_the_units(province):
    cycle = opened(province)
    row = af.NominationFactory(cycle=cycle, recipient__unit=province.commune)

    move_cycle(cycle, "cancel", actor=province.director, note="Chuyển sang năm sau", today=TODAY)

    row.refresh_from_db()
    assert (row.status, row.end_note) == ("withdrawn", f"Đợt “{cycle.title}” đã hủy.")
    assert Notification.objects.filter(kind="award_cycle_cancelled").count() == 4


def test_an_open_cycle_keeps_its_phase_of_sending(province):
    cycle = opened(province)

    with pytest.raises(DomainError, match="bước nhận hồ sơ không bỏ được"):
        remove_phase(cycle.phases.get(stage="nominating"), actor=province.verifier)


# --- the next one -------------------------------------------------------------------------------------------------------
def test_the_next_cycle_has_the_years_moved_on_and_its_days_on_working_days(province):
    cycle = scheduled(province)

    copy, left = copy_cycle(cycle, actor=province.verifier, title=next_title(cycle), today=TODAY)

    calendar = province_calendar()
    assert (copy.title, copy.years, copy.status) == ("Xét khen thưởng Dân vận khéo năm 2027", "2027", "draft")
    assert copy.phases.count() == 7
    assert all(calendar.is_working(day) for row in copy.phases.all() for day in (row.opens_on, row.closes_on))
    assert left == []


def test_a_cycle_of_five_years_is_followed_by_the_next_five(province):
    cycle = drafted(province, title="Tổng kết 2018–2022", kind="multi_year", year_from=2018, year_to=2022)

    copy, _ = copy_cycle(cycle, actor=province.verifier, title=next_title(cycle), today=TODAY)

    assert (copy.title, copy.years) == ("Tổng kết 2023–2027", "2023–2027")
