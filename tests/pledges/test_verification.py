"""The province's side: verdicts, return of single lines, completion, lock, late correction, the queue."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Job, Notification
from pledges.models import QuarterlyReport, ReportedValue
from pledges.services.reports import save_cells, submit_report
from pledges.services.reportsheet import build_sheet
from pledges.services.verification import (
    accept_rest,
    accept_unremarkable,
    correct_value,
    groups_judged_by,
    judge_value,
    lock_report,
    return_report,
    unverify_report,
    verify_report,
)
from tests import factories as f
from tests.pledges.report_steps import cell, report_of, send, value

TODAY = datetime.date(2026, 4, 10)
DUE = datetime.date(2026, 4, 17)


@pytest.fixture
def sent(world):
    return send(world, report_of(world))


def judge(world, report, indicator, verdict, *, actor=None, **given):
    given.setdefault("revision", value(report, indicator).revision)
    return judge_value(report, indicator, actor=actor or world.verifier, verdict=verdict, **given)


def finish(world, report):
    accept_rest(report, actor=world.director)
    return verify_report(report, actor=world.verifier)


def test_an_accepted_figure_stands_beside_the_reported_one(world, sent):
    judge(world, sent, world.flow, "accept")

    found = value(sent, world.flow)
    assert (found.status, found.amount, found.verified_amount) == ("accepted", Decimal(5), Decimal(5))
    assert found.verdict_by == world.verifier


def test_an_adjusted_figure_keeps_the_reported_one_and_its_reason(world, sent):
    judge(world, sent, world.flow, "correct", typed="3", note="Hai cuộc không có biên bản")

    found = value(sent, world.flow)
    assert (found.status, found.amount, found.verified_amount) == ("corrected", Decimal(5), Decimal(3))
    entry = AuditEntry.objects.get(action="value_correct")
    assert (entry.changes, entry.note) == ({"Cuộc vận động": ["5", "3"]}, "Hai cuộc không có biên bản")


@pytest.mark.parametrize(("verdict", "typed"), [("correct", "3"), ("return", "")])
def test_adjusting_and_returning_need_a_reason(world, sent, verdict, typed):
    with pytest.raises(DomainError, match="lý do"):
        judge(world, sent, world.flow, verdict, typed=typed, note="  ")


def test_a_department_judges_only_its_own_groups(world, sent):
    with pytest.raises(PermissionDenied):
        judge(world, sent, world.stock, "accept", actor=world.verifier)
    judge(world, sent, world.stock, "accept", actor=world.other_verifier)

    assert value(sent, world.stock).status == "accepted"


@pytest.mark.parametrize("who", ["editor", "leader", "other_leader", "viewer", "admin", "stranger"])
def test_nobody_else_gives_verdicts(world, sent, who):
    assert groups_judged_by(getattr(world, who), sent) == set()
    with pytest.raises(PermissionDenied):
        judge(world, sent, world.flow, "accept", actor=getattr(world, who))


def test_the_second_of_two_verifiers_is_told(world, sent):
    seen = value(sent, world.flow).revision
    judge(world, sent, world.flow, "accept", revision=seen)

    with pytest.raises(DomainError, match="Ngô Thị Thẩm"):
        judge(world, sent, world.flow, "correct", actor=world.director, revision=seen, typed="1", note="Sai")

    assert value(sent, world.flow).verified_amount == 5


def test_accepting_the_rest_touches_only_my_groups_and_leaves_one_line_in_the_trail(world, sent):
    count = accept_rest(sent, actor=world.other_verifier)

    assert count == 2
    assert value(sent, world.flow).status == "entered"
    assert AuditEntry.objects.filter(action="accept_rest").count() == 1


def test_finishing_needs_a_verdict_on_every_figure_and_says_where_one_is_missing(world, sent):
    accept_rest(sent, actor=world.verifier)

    with pytest.raises(DomainError) as refused:
        verify_report(sent, actor=world.verifier)

    assert refused.value.findings == ["Chỉ tiêu: còn 2 mục chưa có kết luận."]


def test_a_finished_report_tells_its_unit_and_nobody_else(world, sent):
    finish(world, sent)

    told = Notification.objects.filter(kind="report_verified").values_list("recipient", flat=True)
    assert sorted(told) == sorted([world.editor.pk, world.leader.pk])


def test_two_verifiers_finish_at_once_and_one_is_told(world, sent):
    second = QuarterlyReport.objects.get(pk=sent.pk)
    finish(world, sent)

    with pytest.raises(DomainError, match="tải lại"):
        verify_report(second, actor=world.other_verifier)


def returned(world, report, **given):
    judge(world, report, world.flow, "return", note="Thiếu danh sách")
    options = {"note": "Bổ sung minh chứng", "due_on": DUE, "today": TODAY, "actor": world.verifier, **given}
    return return_report(report, **options)


def test_a_returned_report_has_a_reason_and_a_new_due_date_on_a_working_day(world, sent):
    report = returned(world, sent, due_on=datetime.date(2026, 4, 18))  # Saturday

    assert report.status == "returned"
    assert report.return_note == "Bổ sung minh chứng"
    assert (
        f"{report.due_at.astimezone(datetime.timezone(datetime.timedelta(hours=7))):%d/%m/%Y %H:%M}"
        == "20/04/2026 23:59"
    )


def test_a_return_names_its_lines_to_editor_and_leader(world, sent):
    returned(world, sent)

    told = Notification.objects.filter(kind="report_returned")
    assert sorted(row.recipient_id for row in told) == sorted([world.editor.pk, world.leader.pk])
    assert "- Cuộc vận động" in told[0].body


def test_a_return_without_a_marked_line_is_refused(world, sent):
    with pytest.raises(DomainError, match="đánh dấu"):
        return_report(sent, actor=world.verifier, note="Sai", due_on=DUE, today=TODAY)


def test_a_return_into_the_past_is_refused(world, sent):
    with pytest.raises(DomainError, match="từ hôm nay"):
        returned(world, sent, due_on=TODAY - datetime.timedelta(days=1))


def test_only_returned_lines_can_be_changed_by_the_unit(world, sent):
    accept_rest(sent, actor=world.other_verifier)
    returned(world, sent)

    with pytest.raises(DomainError, match="không nằm trong các mục được trả lại"):
        save_cells(sent, [cell(world.stock, 99, rev=value(sent, world.stock).revision)], actor=world.editor)
    save_cells(sent, [cell(world.flow, 4, rev=value(sent, world.flow).revision)], actor=world.editor)

    assert value(sent, world.flow).amount == 4
    assert value(sent, world.stock).status == "accepted"


def test_a_returned_line_can_be_changed_again_until_it_is_sent(world, sent):
    returned(world, sent)
    for amount in (4, 3):
        save_cells(sent, [cell(world.flow, amount, rev=value(sent, world.flow).revision)], actor=world.editor)

    submit_report(sent, actor=world.leader, confirmed=True)

    assert (value(sent, world.flow).amount, value(sent, world.flow).status) == (3, "entered")


def test_a_returned_line_must_be_changed_or_explained_before_sending_again(world, sent):
    returned(world, sent)
    with pytest.raises(DomainError) as refused:
        submit_report(sent, actor=world.leader, confirmed=True)
    assert refused.value.findings == ["“Cuộc vận động” được trả lại nhưng chưa sửa hoặc giải thích."]

    again = cell(world.flow, 5, note="Số đúng, danh sách kèm theo", rev=value(sent, world.flow).revision)
    save_cells(sent, [again], actor=world.editor)
    submit_report(sent, actor=world.leader, confirmed=True)

    assert QuarterlyReport.objects.get(pk=sent.pk).status == "submitted"


def test_sending_again_keeps_the_timeliness_of_the_first_sending(world, time_machine):
    time_machine.move_to(datetime.datetime.fromisoformat("2026-04-09 09:00+07:00"))
    report = send(world, report_of(world))
    returned(world, report)
    time_machine.move_to(datetime.datetime.fromisoformat("2026-05-09 09:00+07:00"))
    save_cells(report, [cell(world.flow, 4, rev=value(report, world.flow).revision)], actor=world.editor)

    again = submit_report(report, actor=world.leader, confirmed=True)

    assert again.days_from_due == -1


def test_a_line_the_unit_left_empty_can_be_sent_back(world, sent):
    judge_value(sent, world.words, actor=world.verifier, verdict="return", revision=0, note="Cần nêu cách làm")
    return_report(sent, actor=world.verifier, note="Bổ sung", due_on=DUE, today=TODAY)

    assert build_sheet(QuarterlyReport.objects.get(pk=sent.pk)).line(world.words.pk).editable


def test_reopening_a_finished_verification_needs_a_reason_and_keeps_the_verdicts(world, sent):
    report = finish(world, sent)
    with pytest.raises(DomainError, match="lý do"):
        unverify_report(report, actor=world.verifier, note="")

    unverify_report(report, actor=world.verifier, note="Có đơn kiến nghị")

    assert QuarterlyReport.objects.get(pk=sent.pk).status == "submitted"
    assert value(sent, world.flow).status == "accepted"


def test_only_the_director_locks(world, sent):
    report = finish(world, sent)
    with pytest.raises(PermissionDenied):
        lock_report(report, actor=world.verifier)

    assert lock_report(report, actor=world.director).status == "locked"


def test_a_late_correction_keeps_old_new_who_and_why_and_asks_for_new_totals(world, sent):
    lock_report(finish(world, sent), actor=world.director)
    Job.objects.all().delete()

    correct_value(sent, world.flow, actor=world.director, typed="4", note="Kết luận kiểm tra 12-KL/UBKT")

    found = value(sent, world.flow)
    assert (found.amount, found.verified_amount, found.status) == (5, 4, "corrected")
    entry = AuditEntry.objects.get(action="value_correct_late")
    assert (entry.actor, entry.changes, entry.note) == (
        world.director, {"Cuộc vận động": ["5", "4"]}, "Kết luận kiểm tra 12-KL/UBKT",
    )  # fmt: skip
    assert Job.objects.filter(kind="rollup").exists()


def test_a_verifier_corrects_nothing_after_the_lock(world, sent):
    lock_report(finish(world, sent), actor=world.director)

    with pytest.raises(PermissionDenied):
        correct_value(sent, world.flow, actor=world.verifier, typed="4", note="Sai")
    with pytest.raises(DomainError):
        judge(world, sent, world.flow, "accept")


def test_bulk_acceptance_leaves_reports_with_a_flag_to_be_read(world, settings):
    send(world, report_of(world), flow=5)
    send(world, report_of(world, world.other_commune), flow=5)
    plain = send(world, report_of(world, number=2), flow=6)
    flagged = send(world, report_of(world, world.other_commune, 2), flow=500)

    done = accept_unremarkable([plain, flagged], actor=world.verifier)

    assert done == (1, 1)
    assert value(plain, world.flow).status == "accepted"
    assert value(flagged, world.flow).status == "entered"


def test_an_outlier_of_the_cluster_is_flagged_for_the_verifier_only(world):
    world_values = (5, 5, 5, 5, 50)
    from_cluster = [report_of(world), report_of(world, world.other_commune)]
    for report, amount in zip(from_cluster, (50, 5), strict=True):
        send(world, report, flow=amount)
    extra(world, world_values[:4])

    sheet = build_sheet(from_cluster[0], with_medians=True)

    assert [(row.text, row.entry) for row in sheet.line(world.flow.pk).findings] == [
        ("Số này cao khác thường so với trung vị của cụm (5).", False)
    ]
    assert build_sheet(from_cluster[0]).line(world.flow.pk).findings == []


def extra(world, amounts):
    """More units of the cluster that sent this figure."""

    for amount in amounts:
        row = f.ParticipationFactory(campaign=world.campaign, cluster=world.cluster)
        report = f.QuarterlyReportFactory(participation=row, period=world.periods[0], submitted=True)
        f.ReportedValueFactory(report=report, indicator=world.flow, amount=Decimal(amount))


def test_verdicts_ask_for_new_totals_once(world, sent):
    Job.objects.all().delete()

    judge(world, sent, world.flow, "accept")
    judge(world, sent, world.flow, "clear")

    assert Job.objects.filter(kind="rollup").count() == 1
    assert ReportedValue.objects.get(report=sent, indicator=world.flow).verified_amount is None
