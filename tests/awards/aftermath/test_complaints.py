"""Complaints: clocks with their rule, late ones, holds until concluded, who may know of them (R-51, T-D15)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from awards.models import Complaint, IntegrityHold, Nomination
from awards.services.aftermath.complaints import (
    accept_complaint,
    body_of,
    in_order_of_need,
    last_day_to_complain,
    lateness_of,
    make_complex,
    note_obstacle,
    overdue,
    receive_complaint,
    refuse_complaint,
    renew_due_days,
    settle_complaint,
    withdraw_complaint,
)
from dvk_portal.core.calendar import WorkingCalendar
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, CalendarDay
from tests.factories import awards as af

pytestmark = pytest.mark.django_db
LEARNED = datetime.date(2026, 11, 2)
RECEIVED = datetime.date(2026, 11, 10)
TODAY = datetime.date(2026, 11, 12)


@pytest.fixture
def award(province):
    return af.AwardFactory(recipient=af.RecipientFactory(unit=province.commune, name="Trần Thị Ngoan"))


def received(province, award, **changes):
    values = {
        "complainant": "Nguyễn Văn Đơn", "contact": "0900 000 000", "text": "Thành tích kê khai chưa đúng.",
        "received_on": RECEIVED, "learned_on": LEARNED, "today": TODAY,
    }  # fmt: skip
    subject = {"recipient": award.recipient, "award": award}
    return receive_complaint(province.ban, actor=province.verifier, **{**values, **subject, **changes})


def on_list(user):
    return list(in_order_of_need(Complaint.objects.visible_to(user)))


# --- clocks ---------------------------------------------------------------------------------------------------------------
def test_a_decision_received_on_1_12_2026_may_be_complained_of_until_1_3_2027():
    """T-D15: day 90, a Monday."""
    assert last_day_to_complain(datetime.date(2026, 12, 1), 0, WorkingCalendar()) == datetime.date(2027, 3, 1)


def test_the_days_of_an_obstacle_are_not_counted():
    assert last_day_to_complain(datetime.date(2026, 12, 1), 5, WorkingCalendar()) == datetime.date(2027, 3, 8)


def test_the_day_for_accepting_is_stored_with_the_rule_that_made_it(province, award):
    complaint = received(province, award)

    assert complaint.accept_due == datetime.date(2026, 11, 20)
    assert complaint.accept_rule == (
        "10 ngày từ ngày nhận đơn 10/11/2026; ngày cuối là ngày nghỉ thì tính ngày làm việc tiếp theo "
        "(Luật Khiếu nại 2011, Điều 27)"
    )


@pytest.mark.parametrize(
    ("is_complex", "due", "days"),
    [
        (False, datetime.date(2026, 12, 14), "30 ngày từ"),
        (True, datetime.date(2026, 12, 28), "45 ngày (vụ việc phức tạp)"),
    ],
)
def test_settling_has_30_days_or_45_from_accepting(is_complex, due, days, province, award):
    complaint = accept_complaint(received(province, award), actor=province.verifier, is_complex=is_complex, today=TODAY)

    assert (complaint.settle_due, complaint.status) == (due, "accepted")
    assert complaint.settle_rule.startswith(days)


def test_a_case_found_complex_later_counts_from_the_same_day(province, award):
    complaint = accept_complaint(received(province, award), actor=province.verifier, is_complex=False, today=TODAY)
    accepted = datetime.datetime(2026, 11, 12, 9, tzinfo=datetime.UTC)
    Complaint.objects.filter(pk=complaint.pk).update(accepted_at=accepted)

    changed = make_complex(complaint, actor=province.verifier, note="Nhiều người làm chứng")

    assert (changed.settle_due, changed.is_complex) == (datetime.date(2026, 12, 28), True)


def test_when_the_calendar_changes_open_days_are_reckoned_again_and_past_ones_stay(province, award):
    ahead = received(province, award)
    past = af.ComplaintFactory(unit=province.ban, accept_due=datetime.date(2026, 11, 2), received_on="2026-10-23")
    CalendarDay.objects.create(date=datetime.date(2026, 11, 20), is_working=False, name="Nghỉ", legal_basis="Thử")

    moved = renew_due_days(actor=province.verifier, today=TODAY)

    ahead.refresh_from_db()
    past.refresh_from_db()
    assert (moved, ahead.accept_due, past.accept_due) == (1, datetime.date(2026, 11, 23), datetime.date(2026, 11, 2))
    assert renew_due_days(actor=province.verifier, today=TODAY) == 0


# --- too late -------------------------------------------------------------------------------------------------------------
def test_a_late_complaint_is_kept_and_says_so_but_not_taken_up(province, award):
    complaint = received(province, award, learned_on=datetime.date(2026, 7, 1))

    assert lateness_of(complaint) == (
        "Đơn nhận ngày 10/11/2026, đã hết thời hiệu ngày 29/09/2026 (90 ngày từ ngày biết quyết định 01/07/2026)."
    )
    with pytest.raises(DomainError, match="đã hết thời hiệu"):
        accept_complaint(complaint, actor=province.verifier, is_complex=False, today=TODAY)


def test_with_an_obstacle_it_is_in_time(province, award):
    complaint = received(province, award, learned_on=datetime.date(2026, 7, 1))

    note_obstacle(complaint, actor=province.verifier, days=60, obstacle="Nằm viện từ 15/7 đến 13/9")

    complaint.refresh_from_db()
    assert lateness_of(complaint) == ""
    assert accept_complaint(complaint, actor=province.verifier, is_complex=False, today=TODAY).status == "accepted"


def test_an_obstacle_is_named(province, award):
    with pytest.raises(DomainError) as refused:
        received(province, award, obstacle_days=3)
    assert refused.value.findings == ["Hãy ghi trở ngại làm chậm việc khiếu nại."]


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"received_on": datetime.date(2026, 11, 13)}, "Ngày nhận đơn không được ở tương lai."),
        ({"learned_on": datetime.date(2026, 11, 11)}, "Ngày biết quyết định phải bằng hoặc trước ngày nhận đơn."),
        ({"complainant": " "}, "Hãy ghi tên người khiếu nại: đơn không có tên không được thụ lý."),
    ],
)
def test_what_is_wrong_with_a_complaint_is_said(changes, finding, province, award):
    with pytest.raises(DomainError) as refused:
        received(province, award, **changes)
    assert refused.value.findings == [finding]


def test_an_award_of_somebody_else_is_refused(province, award):
    other = af.AwardFactory(recipient=af.RecipientFactory(unit=province.commune))

    with pytest.raises(DomainError) as refused:
        received(province, award, recipient=other.recipient)
    assert refused.value.findings == ["Khen thưởng hoặc đề nghị không thuộc đối tượng này."]


# --- the hold ---------------------------------------------------------------------------------------------------------------
def test_a_complaint_holds_its_subject_and_live_nominations_wait(province, award):
    nomination = af.NominationFactory(recipient=award.recipient, eligible=True)
    stranger = af.NominationFactory(recipient=af.RecipientFactory(unit=province.commune), eligible=True)

    complaint = received(province, award)

    assert (complaint.hold.reason, complaint.hold.outcome) == ("complaint", "")
    assert Nomination.objects.get(pk=nomination.pk).status == "held"
    assert Nomination.objects.get(pk=stranger.pk).status == "eligible"


def test_the_hold_says_nothing_of_who_complained(province, award):
    complaint = received(province, award)

    assert complaint.hold.note == "Khiếu nại nhận ngày 10/11/2026"
    trail = str(list(AuditEntry.objects.exclude(record_type="awards.complaint").values_list("note", "changes")))
    assert "Nguyễn Văn Đơn" not in trail


@pytest.mark.parametrize(
    ("verdict", "outcome"), [("unfounded", "cleared"), ("partly", "confirmed"), ("founded", "confirmed")]
)
def test_the_conclusion_ends_the_hold(verdict, outcome, province, award):
    nomination = af.NominationFactory(recipient=award.recipient, eligible=True)
    complaint = accept_complaint(received(province, award), actor=province.verifier, is_complex=False, today=TODAY)

    settle_complaint(complaint, actor=province.director, verdict=verdict, result="Theo Quyết định 9-QĐ", today=TODAY)

    hold = IntegrityHold.objects.get()
    assert (hold.outcome, hold.to_day) == (outcome, TODAY)
    assert Nomination.objects.get(pk=nomination.pk).status == "to_check"


@pytest.mark.parametrize("move", [refuse_complaint, withdraw_complaint])
def test_what_is_not_taken_up_or_taken_back_clears_the_hold(move, province, award):
    complaint = received(province, award)

    move(complaint, actor=province.verifier, note="Không thuộc thẩm quyền", today=TODAY)

    complaint.refresh_from_db()
    assert (complaint.result, IntegrityHold.objects.get().outcome) == ("Không thuộc thẩm quyền", "cleared")


def test_a_hold_ended_by_hand_before_is_left_as_it_is(province, award):
    complaint = received(province, award)
    IntegrityHold.objects.update(outcome="confirmed", outcome_note="Đã rõ", to_day=TODAY, ended_at=timezone.now())

    withdraw_complaint(complaint, actor=province.verifier, note="Rút", today=TODAY)

    assert IntegrityHold.objects.get().outcome == "confirmed"


def test_who_complains_for_himself_is_not_held(province, award):
    complaint = received(province, award, holds=False)

    assert (complaint.hold, IntegrityHold.objects.count()) == (None, 0)


def test_nobody_receives_a_complaint_about_his_own_unit(province):
    colleague = af.RecipientFactory(unit=province.ban, name="Đồng nghiệp")
    award = af.AwardFactory(recipient=colleague)

    with pytest.raises(DomainError, match="cùng đơn vị"):
        receive_complaint(
            province.ban, actor=province.director, recipient=colleague, award=award, complainant="A", text="B",
            received_on=RECEIVED, learned_on=LEARNED, today=TODAY,
        )  # fmt: skip


# --- who and in which order ---------------------------------------------------------------------------------------------------
def test_the_body_of_an_officer_is_the_ban_and_not_his_department(province):
    assert body_of(province.verifier) == province.ban
    assert body_of(province.director) == province.ban


def test_only_who_handles_complaints_knows_of_them(province, award):
    complaint = received(province, award)

    for person, user in province.everybody().items():
        knows = person in ("verifier", "other_verifier", "director")
        assert list(Complaint.objects.visible_to(user)) == ([complaint] if knows else []), person


@pytest.mark.parametrize("person", ["leader", "editor", "clerk", "viewer", "admin", "chair", "stranger"])
def test_nobody_else_moves_a_complaint(person, province, award):
    complaint, actor = received(province, award), getattr(province, person)

    with pytest.raises(PermissionDenied):
        accept_complaint(complaint, actor=actor, is_complex=False, today=TODAY)
    with pytest.raises(PermissionDenied):
        refuse_complaint(complaint, actor=actor, note="x", today=TODAY)
    with pytest.raises(PermissionDenied):
        receive_complaint(province.ban, actor=actor, recipient=award.recipient, today=TODAY, complainant="A")


def test_what_is_due_first_stands_first_and_the_settled_last(province):
    dues = (datetime.date(2026, 11, 30), datetime.date(2026, 11, 5))
    later, late = (af.ComplaintFactory(unit=province.ban, accept_due=due) for due in dues)
    over = af.ComplaintFactory(
        unit=province.ban, status="settled", result="Xong", ended_at=timezone.now(), accept_due="2026-11-01"
    )
    running = af.ComplaintFactory(unit=province.ban, status="accepted", settle_due=datetime.date(2026, 11, 10))

    assert on_list(province.verifier) == [late, running, later, over]
    assert set(overdue(Complaint.objects.all(), TODAY)) == {late, running}


# --- pages ------------------------------------------------------------------------------------------------------------------
def test_a_complaint_is_found_received_accepted_and_settled_on_the_pages(province, award, sign_in):
    client, today = sign_in(province.verifier), timezone.localdate()

    found = client.get(reverse("complaint-find"), {"q": "tran thi ngoan"}).content.decode()
    url = f"{reverse('complaint-create')}?khen-thuong={award.pk}"
    client.post(
        url,
        {
            "complainant": "Nguyễn Văn Đơn", "text": "Chưa đúng", "received_on": f"{today:%d/%m/%Y}",
            "learned_on": f"{today:%d/%m/%Y}", "obstacle_days": "0", "holds": "on",
        },
    )  # fmt: skip
    complaint = Complaint.objects.get()
    client.post(reverse("complaint-accept", args=[complaint.pk]), {"complex": "1"})
    client.post(reverse("complaint-settle", args=[complaint.pk]), {"verdict": "unfounded", "result": "Không có cơ sở."})

    complaint.refresh_from_db()
    assert f"?khen-thuong={award.pk}" in found
    assert (complaint.status, complaint.is_complex, complaint.hold.outcome) == ("settled", True, "cleared")
    assert client.get(complaint.get_absolute_url()).status_code == 200


def test_a_refused_form_keeps_what_was_typed(province, award, sign_in):
    response = sign_in(province.verifier).post(
        f"{reverse('complaint-create')}?khen-thuong={award.pk}",
        {"complainant": "Nguyễn Văn Đơn", "text": "Chưa đúng", "received_on": "01/01/2090", "learned_on": "01/01/2026"},
    )

    text = response.content.decode()
    assert response.status_code == 200
    assert "Nguyễn Văn Đơn" in text
    assert not Complaint.objects.exists()


def test_another_bodys_complaint_is_not_found(province, award, sign_in):
    complaint = received(province, award)
    for person in ("leader", "clerk", "viewer", "stranger"):
        client = sign_in(getattr(province, person))
        assert client.get(complaint.get_absolute_url()).status_code == 404, person
        assert client.get(reverse("complaint-list")).status_code == 403, person


@pytest.mark.parametrize("count", [0, 1, 20])
def test_the_list_costs_the_same_queries(count, province, sign_in, django_assert_max_num_queries):
    for _ in range(count):
        af.ComplaintFactory(unit=province.ban, recipient=af.RecipientFactory(unit=province.commune))
    client = sign_in(province.verifier)

    with django_assert_max_num_queries(9):
        client.get(reverse("complaint-list"))
