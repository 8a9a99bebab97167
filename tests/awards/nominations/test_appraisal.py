"""Appraisal: complete starts the clock, back with named items, the verdict from the rules, who may."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from awards.models import AwardRule, DossierItem, Nomination, RuleSet
from awards.services.nominations.appraisal import (
    confirm_complete,
    find_eligible,
    reject_nomination,
    return_nomination,
    set_to_check,
)
from awards.services.nominations.differences import Difference, differences
from awards.services.nominations.dossier import add_file, remove_file
from awards.services.nominations.sending import submit_nomination, withdraw_nomination
from awards.services.nominations.visibility import shown_status, with_shown_status
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Notification
from dvk_portal.core.working_days import province_calendar
from tests.awards.nominations.conftest import DAY, fill, ground, pdf
from tests.factories import awards as af


def kinds(user):
    return list(Notification.objects.filter(recipient=user).order_by("id").values_list("kind", flat=True))


def test_a_complete_dossier_takes_the_rules_and_the_clock_of_today(sent, province):
    complete = confirm_complete(sent, actor=province.verifier)

    today = timezone.localdate()
    assert (complete.status, complete.received_on, complete.rule_set) == ("complete", today, RuleSet.objects.get())
    assert complete.due_on == province_calendar().add_working_days(today, 20)
    assert kinds(province.editor) == kinds(province.leader) == ["nomination_complete"]
    assert kinds(province.other_editor) == []


def test_twenty_working_days_from_9_november_2026_end_on_8_december():  # T-D1, as the service counts them
    assert province_calendar_without_rows().add_working_days(DAY(2026, 11, 9), 20) == DAY(2026, 12, 8)


def province_calendar_without_rows():
    from dvk_portal.core.calendar import WorkingCalendar

    return WorkingCalendar({})


def test_nothing_is_complete_with_a_required_item_missing(sent, province):
    DossierItem.objects.filter(code="bien-ban").update(need="required")

    with pytest.raises(DomainError) as caught:
        confirm_complete(sent, actor=province.verifier)

    sent.refresh_from_db()
    assert caught.value.findings == ["Còn thiếu: Biên bản bình xét."]
    assert (sent.status, sent.received_on) == ("submitted", None)


def test_the_unit_the_clerk_and_the_council_confirm_nothing(sent, province):
    for person in (
        province.leader,
        province.clerk,
        province.viewer,
        province.secretary,
        province.member,
        province.admin,
    ):
        for call in (
            lambda person=person: confirm_complete(sent, actor=person),
            lambda person=person: return_nomination(sent, actor=person, reason="Thiếu"),
        ):
            with pytest.raises(PermissionDenied):
                call()


def test_a_returned_dossier_names_the_items(sent, province):
    back = return_nomination(
        sent, actor=province.verifier, reason="Bổ sung trước ngày 05/12.",
        items={"bao-cao": "Chưa có chữ ký", "summary": ""},
    )  # fmt: skip

    assert back.return_items == [
        {"code": "", "name": "", "text": "Bổ sung trước ngày 05/12."},
        {"code": "bao-cao", "name": "Báo cáo thành tích", "text": "Chưa có chữ ký"},
        {"code": "summary", "name": "Tóm tắt thành tích", "text": ""},
    ]
    assert (back.summary, back.files.filter(removed_at=None).count()) == ("Vận động 12 hộ hiến đất mở đường.", 1)
    letter = Notification.objects.get(recipient=province.editor)
    assert letter.kind == "nomination_returned"
    assert "- Bổ sung trước ngày 05/12.\n- Báo cáo thành tích: Chưa có chữ ký\n- Tóm tắt thành tích\n" in letter.body


def test_a_return_without_a_reason_or_with_an_unknown_item_is_refused(sent, province):
    with pytest.raises(DomainError) as nothing:
        return_nomination(sent, actor=province.verifier, reason=" ", items={"bao-cao": "Mờ"})
    with pytest.raises(DomainError) as unknown:
        return_nomination(sent, actor=province.verifier, reason="Thiếu", items={"khac": ""})

    assert nothing.value.message == "Hãy ghi lý do trước khi “Trả lại để bổ sung”."
    assert unknown.value.message == "Không có mục “khac” trong hồ sơ này. Hãy tải lại trang rồi chọn lại."


def test_what_is_sent_again_is_a_second_revision_that_differs_where_it_was_mended(sent, province):
    return_nomination(sent, actor=province.verifier, reason="Thiếu")
    sent.refresh_from_db()
    fill(sent, province.editor, grounds=[ground(), ground("Mở tuyến đường hoa")])
    remove_file(sent.files.get(), actor=province.editor)
    add_file(sent, pdf_other(), actor=province.editor, item_code="bao-cao")

    again = submit_nomination(sent, actor=province.leader, vouched=True)

    first, second = again.revisions.order_by("number")
    assert (again.revision, again.return_items, second.number) == (2, [], 2)
    assert differences(first, second) == [
        Difference("Thành tích", "", "Mở tuyến đường hoa (01/02/2026 – 31/10/2026)"),
        Difference("Tệp: Báo cáo thành tích", "bao-cao.pdf", "bao-cao-2.pdf"),
    ]
    assert differences(first, first) == []


def pdf_other():
    upload = pdf("bao-cao-2.pdf")
    upload.file.write(b"")
    upload.seek(0)
    data = upload.read().replace(b"/Count 0", b"/Count  0")
    return type(upload)("bao-cao-2.pdf", data, content_type="application/pdf")


def test_a_dossier_received_once_keeps_its_rules_when_it_comes_back(sent, province):
    complete = confirm_complete(sent, actor=province.verifier)
    Nomination.objects.filter(pk=complete.pk).update(received_on=DAY(2026, 9, 30))
    first = RuleSet.objects.get()
    return_nomination(complete, actor=province.verifier, reason="Bổ sung")
    later = af.RuleSetFactory(code="THU-2027", valid_from=DAY(2026, 10, 1))
    AwardRule.objects.create(rule_set=later, award_type=sent.award_type)
    sent.refresh_from_db()
    submit_nomination(sent, actor=province.leader, vouched=True)

    again = confirm_complete(sent, actor=province.verifier)

    assert (again.received_on, again.rule_set) == (DAY(2026, 9, 30), first)


def test_no_condition_to_check_makes_it_eligible_and_tells_the_unit(sent, province):
    eligible = find_eligible(confirm_complete(sent, actor=province.verifier), actor=province.verifier)

    assert (eligible.status, eligible.appraised_by) == ("eligible", province.verifier)
    assert kinds(province.leader) == ["nomination_complete", "nomination_appraised"]


def test_what_could_not_be_checked_needs_a_note(sent, province):
    AwardRule.objects.update(conditions=[{"kind": "consecutive", "award": "CSTDCS", "years": 2}])
    AwardRule.objects.update(is_confirmed=False, conditions=[])
    complete = confirm_complete(sent, actor=province.verifier)

    with pytest.raises(DomainError) as caught:
        find_eligible(complete, actor=province.verifier)
    assert caught.value.message == (
        "Có điều kiện cổng chưa kiểm tra được. Hãy ghi đã kiểm tra thế nào trước khi kết luận."
    )

    found = find_eligible(complete, actor=province.verifier, note="Đã đối chiếu văn bản giấy")
    assert (found.status, found.appraisal_note) == ("eligible", "Đã đối chiếu văn bản giấy")
    assert [row["outcome"] for row in found.findings if row["outcome"] == "unknown"] == ["unknown"]


def test_to_check_and_not_eligible_keep_the_reason(sent, province):
    checking = set_to_check(
        confirm_complete(sent, actor=province.verifier), actor=province.verifier, note="Hỏi công an"
    )
    assert (checking.status, checking.appraisal_note) == ("to_check", "Hỏi công an")

    refused = reject_nomination(checking, actor=province.verifier, note="Chưa đủ hai năm")
    assert (refused.status, refused.end_note, refused.ended_by) == ("refused", "Chưa đủ hai năm", province.verifier)
    assert kinds(province.editor)[-1] == "nomination_appraised"


def test_the_unit_withdraws_until_the_council(sent, province):
    sent.cycle.status = "voting"
    sent.cycle.save()
    with pytest.raises(DomainError) as caught:
        withdraw_nomination(sent, actor=province.leader, note="Chuyển đợt sau")
    assert caught.value.message == "Hồ sơ đã chuyển hội đồng nên không tự rút được. Hãy báo cơ quan thẩm định."

    sent.cycle.status = "reviewing"
    sent.cycle.save()
    assert withdraw_nomination(sent, actor=province.leader, note="Chuyển đợt sau").end_note == "Chuyển đợt sau"


@pytest.mark.parametrize(
    ("status", "before", "announced"),
    [
        ("recommended", "eligible", "recommended"),
        ("not_recommended", "eligible", "not_recommended"),
        ("refused", "eligible", "refused"),
        ("granted", "granted", "granted"),
    ],
)
def test_the_unit_learns_what_the_council_found_when_the_calendar_says_so(sent, province, status, before, announced):
    now = timezone.now()
    Nomination.objects.filter(pk=sent.pk).update(
        status=status,
        received_on=DAY(2026, 11, 9),
        rule_set=RuleSet.objects.get(),
        appraised_at=now,
        ended_at=now,
        end_note="x",
    )
    today = timezone.localdate()

    def seen(user):
        row = with_shown_status(Nomination.objects.visible_to(user), user, today).get()
        assert row.shown == shown_status(row, user, today)
        return row.shown

    assert (seen(province.leader), seen(province.viewer), seen(province.verifier)) == (before, before, status)
    sent.cycle.phases.update(units_see_outcome=True)
    assert seen(province.leader) == announced


def test_a_refusal_of_the_appraiser_is_told_at_once(sent, province):
    refused = reject_nomination(confirm_complete(sent, actor=province.verifier), actor=province.verifier, note="Trùng")

    assert shown_status(refused, province.leader, datetime.date(2026, 11, 22)) == "refused"
