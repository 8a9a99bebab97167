"""Drawing up a nomination: who may, what is frozen, what is refused and why."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from awards.models import CyclePhase, Nomination, Quota
from awards.services.nominations.drafting import draft_nomination
from awards.services.nominations.editing import StaleNominationError, save_nomination, version_of
from awards.services.nominations.sending import withdraw_nomination
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from tests.awards.nominations.conftest import DAY, fill, ground
from tests.factories import awards as af


def refusal(call):
    with pytest.raises(DomainError) as caught:
        call()
    return [caught.value.message, *caught.value.findings]


def test_a_draft_freezes_name_post_unit_and_takes_the_years_of_the_cycle(draft, province, recipient):
    assert (draft.name, draft.post, draft.unit_name, draft.subject_kind) == (
        "Trần Thị Khen", "Công chức", "Xã An Hòa", "person",
    )  # fmt: skip
    assert (draft.period_from, draft.period_to) == (DAY(2026, 1, 1), DAY(2026, 12, 31))
    assert (draft.status, draft.source, draft.created_by) == ("draft", "unit", province.editor)


def test_the_frozen_name_follows_the_recipient_only_until_it_is_sent(ready, sent, province, recipient):
    recipient.name, recipient.post = "Trần Thị Khen Mới", "Chủ tịch Hội"
    recipient.save()

    sent.refresh_from_db()
    assert (sent.name, sent.post) == ("Trần Thị Khen", "Công chức")


def test_an_edited_draft_takes_the_name_of_today(draft, province, recipient):
    recipient.post = "Chủ tịch Hội Nông dân"
    recipient.save()

    assert fill(draft, province.editor).post == "Chủ tịch Hội Nông dân"


def test_another_unit_and_a_viewer_draft_nothing_for_an(province, cycle, award, recipient):
    for person in (province.other_editor, province.viewer, province.clerk, province.member, province.stranger):
        with pytest.raises(PermissionDenied):
            draft_nomination(cycle, award, recipient, unit=province.commune, actor=person)

    assert Nomination.objects.count() == 0


def test_the_province_proposes_for_a_unit_outside_of_the_units_time(province, cycle, award, recipient):
    CyclePhase.objects.update(units_may_send=False)

    made = draft_nomination(
        cycle, award, recipient, unit=province.commune, actor=province.verifier, source="ranking", score="91.5"
    )

    assert (made.unit, made.source, made.score) == (province.commune, "ranking", "91.5")


def test_a_unit_drafts_only_while_a_phase_permits_it(province, cycle, award, recipient):
    CyclePhase.objects.update(units_may_send=False)
    today = timezone.localdate()

    assert refusal(lambda: draft_nomination(cycle, award, recipient, unit=province.commune, actor=province.editor)) == [
        "Chưa lập được đề nghị khen thưởng.",
        f"Hôm nay ({today:%d/%m/%Y}) không trong thời gian đơn vị gửi hồ sơ của Đợt khen thưởng năm 2026. "
        "Hãy xem lịch của đợt.",
    ]


def test_a_cycle_before_the_council_takes_no_new_nomination(province, cycle, award, recipient):
    cycle.status = "voting"
    cycle.save()

    assert refusal(
        lambda: draft_nomination(cycle, award, recipient, unit=province.commune, actor=province.verifier)
    ) == [
        "Chưa lập được đề nghị khen thưởng.",
        "Đợt khen thưởng năm 2026 đang ở bước “Họp hội đồng” nên không nhận đề nghị mới.",
    ]


def test_the_award_must_be_for_this_kind_of_recipient_and_of_the_cycle(province, cycle, recipient):
    flag = af.AwardTypeFactory(code="THU-CO", name="Cờ thi đua thử", for_person=False, for_household=False)

    assert refusal(lambda: draft_nomination(cycle, flag, recipient, unit=province.commune, actor=province.editor)) == [
        "Chưa lập được đề nghị khen thưởng.",
        "Đợt khen thưởng năm 2026 không xét Cờ thi đua thử. Hãy chọn danh hiệu, hình thức trong danh sách của đợt.",
        "Cờ thi đua thử không tặng cho cá nhân. Hãy chọn hình thức khác.",
    ]


def test_a_recipient_of_another_unit_is_proposed_there(province, cycle, award):
    other = af.RecipientFactory(name="Lê Văn Khác", unit=province.other_commune)

    assert refusal(lambda: draft_nomination(cycle, award, other, unit=province.commune, actor=province.editor)) == [
        "Chưa lập được đề nghị khen thưởng.",
        "Lê Văn Khác thuộc Xã Bình Đức, không thuộc Xã An Hòa. Đơn vị quản lý phải đề nghị.",
    ]


def test_the_same_recipient_is_proposed_for_an_award_once_a_cycle(draft, province, cycle, award, recipient):
    again = lambda: draft_nomination(cycle, award, recipient, unit=province.commune, actor=province.editor)  # noqa: E731

    assert refusal(again) == [
        "Chưa lập được đề nghị khen thưởng.",
        "Trần Thị Khen đã được đề nghị Bằng khen thử trong đợt này (trạng thái “Nháp”). Hãy mở đề nghị đó.",
    ]
    withdraw_nomination(draft, actor=province.leader, note="Lập nhầm")
    assert again().status == "draft"


def test_a_unit_proposes_no_more_than_the_quota_lets_it(draft, province, cycle, award):
    Quota.objects.create(cycle=cycle, award_type=award, subject_kind="person", per_unit=1)
    second = af.RecipientFactory(unit=province.commune)
    collective = af.RecipientFactory(unit=province.commune, collective=True)

    assert refusal(lambda: draft_nomination(cycle, award, second, unit=province.commune, actor=province.editor)) == [
        "Chưa lập được đề nghị khen thưởng.",
        "Xã An Hòa đã đề nghị đủ 1 cá nhân cho Bằng khen thử, là mức tối đa của một đơn vị. "
        "Hãy rút bớt một đề nghị trước.",
    ]
    assert draft_nomination(cycle, award, collective, unit=province.commune, actor=province.editor).pk


def test_a_field_that_only_moves_write_is_no_field_of_a_proposal(province, cycle, award, recipient):
    with pytest.raises(TypeError):
        draft_nomination(cycle, award, recipient, unit=province.commune, actor=province.verifier, status="granted")


def test_two_who_write_at_once_overwrite_nothing_unseen(draft, province):
    seen = version_of(draft)
    fill(draft, province.editor)
    entry = audit.trail(draft).get(action="edit")

    with pytest.raises(StaleNominationError) as caught:
        save_nomination(
            draft, actor=province.leader, period_from=DAY(2026, 1, 1), period_to=DAY(2026, 6, 30), summary="Khác",
            transferred=False, achievements=[], seen=seen,
        )  # fmt: skip

    assert caught.value.findings == [f"Trần Thị Nhập sửa lúc {timezone.localtime(entry.at):%H:%M ngày %d/%m/%Y}."]
    assert Nomination.objects.get().summary == "Vận động 12 hộ hiến đất mở đường."


def test_achievements_are_checked_before_anything_is_replaced(draft, province):
    fill(draft, province.editor)
    other = af.AwardFactory(recipient__unit=province.other_commune)
    wrong = [
        ground("", period_from=DAY(2026, 5, 1), period_to=DAY(2026, 4, 1)),
        ground("Đã được tặng Bằng khen", award=other),
    ]

    assert refusal(lambda: fill(draft, province.editor, grounds=wrong)) == [
        "Chưa lưu được thành tích.",
        "Thành tích thứ 1: hãy ghi nội dung.",
        "Thành tích thứ 1: ngày kết thúc phải bằng hoặc sau ngày bắt đầu.",
        f"Thành tích thứ 2: “{other}” không phải của Trần Thị Khen.",
    ]
    assert [row.text for row in draft.achievements.all()] == ["Vận động hiến 500 m² đất"]


def test_a_sent_dossier_is_edited_by_nobody(sent, province):
    for person in (province.editor, province.leader):
        assert refusal(lambda person=person: fill(sent, person)) == [
            "Hồ sơ đang ở trạng thái “Đã gửi” nên không sửa được."
        ]
    with pytest.raises(PermissionDenied):
        fill(sent, province.other_editor)


def test_a_returned_dossier_is_edited_while_the_calendar_permits(sent, province):
    Nomination.objects.filter(pk=sent.pk).update(status="returned")
    CyclePhase.objects.update(units_may_send=False, units_may_change=True)
    assert fill(sent, province.editor).summary == "Vận động 12 hộ hiến đất mở đường."

    CyclePhase.objects.update(closes_on=datetime.date(2026, 1, 2))
    today = timezone.localdate()
    assert refusal(lambda: fill(sent, province.editor)) == [
        f"Hôm nay ({today:%d/%m/%Y}) không trong thời gian đơn vị lập, bổ sung hồ sơ. Hãy xem lịch của đợt."
    ]
