"""What may not ground an award: one achievement, one award (P1); thematic for merit (P3); holds (P4); discipline (P5); P11."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from awards.models import Achievement, Discipline, IntegrityHold
from awards.services.nominations import grounds
from awards.services.nominations.appraisal import allow_overlap, confirm_complete, find_eligible
from awards.services.nominations.sending import obstacles, submit_nomination
from dvk_portal.core.exceptions import DomainError
from tests.awards.nominations.conftest import DAY, fill, ground
from tests.factories import awards as af

TODAY = timezone.localdate


def lacking(nomination):
    return obstacles(nomination, day=TODAY())


@pytest.fixture
def granted(province, recipient, award):
    """The same person was given the Bằng khen for hiến đất in a cycle of 2026 before."""
    earlier = af.NominationFactory(
        recipient=recipient, award_type=award, cycle=af.AwardCycleFactory(owner=province.ban, title="Đợt đầu năm")
    )
    type(earlier).objects.filter(pk=earlier.pk).update(
        status="granted", received_on=DAY(2026, 6, 1), rule_set=af.RuleSetFactory()
    )
    Achievement.objects.create(
        nomination=earlier, text="Vận động hiến 500 m² đất", period_from=DAY(2026, 1, 1), period_to=DAY(2026, 6, 30)
    )
    af.AwardFactory(
        recipient=recipient, award_type=award, nomination=earlier, year=2026, decision_no="25/QĐ-UBND",
        decided_on=DAY(2026, 7, 1),
    )  # fmt: skip
    return earlier


def test_one_achievement_is_not_awarded_twice(ready, granted):
    assert lacking(ready) == [
        "“Vận động hiến 500 m² đất” đã được khen thưởng: Bằng khen thử, quyết định 25/QĐ-UBND ngày 01/07/2026.",
        "Một thành tích chỉ được khen thưởng một lần. Hãy bỏ thành tích trùng; nếu thực ra không trùng, "
        "hãy đề nghị cơ quan thẩm định ghi lý do chấp nhận.",
    ]


def test_the_same_words_in_other_days_are_another_achievement(ready, granted, province):
    fill(ready, province.editor, grounds=[ground(period_from=DAY(2026, 7, 1))])

    assert lacking(ready) == []


def test_a_revoked_award_stands_in_no_ones_way(ready, granted):
    af.AwardFactory._meta.model.objects.update(
        status="revoked",
        ended_at=timezone.now(),
        end_note="Khai man",
        end_decision_no="1",
        end_decided_on=DAY(2026, 8, 1),
    )

    assert lacking(ready) == []


def test_the_appraiser_lets_an_overlap_pass_with_a_reason(ready, granted, province):
    with pytest.raises(PermissionDenied):
        allow_overlap(ready, actor=province.leader, reason="Khác đợt")
    passed = allow_overlap(ready, actor=province.verifier, reason="Hai tuyến đường khác nhau")

    assert submit_nomination(passed, actor=province.leader, vouched=True).status == "submitted"


def test_an_award_taken_over_is_compared_by_the_achievement_it_tells(ready, recipient):
    af.AwardFactory(
        recipient=recipient, decision_no="9/QĐ", decided_on=DAY(2026, 12, 1), year=2026, achievement="vận động hiến 500 m² đất.",
        period_from=DAY(2026, 1, 1), period_to=DAY(2026, 12, 31),
    )  # fmt: skip
    af.AwardFactory(
        recipient=recipient, achievement="Việc khác", period_from=DAY(2026, 1, 1), period_to=DAY(2026, 12, 31)
    )

    assert lacking(ready)[0] == (
        "“Vận động hiến 500 m² đất” đã được khen thưởng: Bằng khen thử, quyết định 9/QĐ ngày 01/12/2026."
    )
    assert len(lacking(ready)) == 2


def test_an_initiative_of_a_granted_dossier_grounds_no_other(ready, granted, province, recipient):
    used = recipient.initiatives.create(title="Cổng góp ý", year=2026, decision_no="12/QĐ", decided_on=DAY(2026, 3, 1))
    free = recipient.initiatives.create(
        title="Sổ tay điện tử", year=2026, decision_no="13/QĐ", decided_on=DAY(2026, 3, 1)
    )
    granted.achievements.update(initiative=used, text="Khác", period_to=DAY(2026, 1, 31))
    Achievement.objects.filter(nomination=ready).update(initiative=used)

    assert list(grounds.initiatives_as_grounds(ready)) == [free]
    assert lacking(ready)[0] == (
        "Sáng kiến “Cổng góp ý” đã là căn cứ của Bằng khen thử (Đợt đầu năm); một sáng kiến chỉ làm căn cứ một lần. "
        "Hãy chọn căn cứ khác."
    )


def test_a_thematic_award_is_no_ground_for_merit(ready, province, recipient):  # T-E4
    thematic = af.AwardFactory(recipient=recipient, award_kind="movement", year=2025)
    merit = af.AwardFactory(recipient=recipient, award_kind="merit", year=2024)
    assert set(grounds.awards_as_grounds(ready)) == {thematic, merit}

    ready.award_kind = "merit"
    ready.save()
    fill(ready, province.editor, grounds=[ground(award=thematic), ground("Ba năm liền", award=merit)])

    assert list(grounds.awards_as_grounds(ready)) == [merit]
    assert lacking(ready) == [
        "Bằng khen thử năm 2025 là khen thưởng phong trào thi đua, chuyên đề, không làm căn cứ cho khen thưởng công trạng "
        "(Nghị định 152/2025, Điều 4). Hãy bỏ căn cứ này."
    ]


def test_a_hold_keeps_a_dossier_from_being_sent_and_says_nothing_of_why(ready, recipient):  # T-E6
    hold = IntegrityHold.objects.create(
        recipient=recipient, reason="complaint", note="Đơn tố cáo", from_day=DAY(2026, 1, 1)
    )
    assert lacking(ready) == [
        "Trần Thị Khen đang thuộc trường hợp chưa xét khen thưởng (Nghị định 152/2025, Điều 4). "
        "Hãy liên hệ cơ quan thẩm định."
    ]

    hold.to_day, hold.outcome, hold.outcome_note = TODAY() - datetime.timedelta(days=1), "cleared", "Không vi phạm"
    hold.save()
    assert lacking(ready) == []


def test_a_hold_on_the_day_of_the_verdict_keeps_it_from_being_eligible(sent, province, recipient):  # T-E6
    complete = confirm_complete(sent, actor=province.verifier)
    IntegrityHold.objects.create(recipient=recipient, reason="complaint", note="Đơn tố cáo", from_day=DAY(2026, 1, 1))

    with pytest.raises(DomainError) as caught:
        find_eligible(complete, actor=province.verifier, note="Đã xem")

    assert caught.value.message == "Chưa kết luận đủ điều kiện được."


def test_achievements_count_from_the_end_of_the_discipline(ready, recipient):
    Discipline.objects.create(recipient=recipient, level="canh_cao", from_day=DAY(2025, 3, 1), to_day=DAY(2026, 2, 28))

    assert lacking(ready) == [
        "Thành tích “Vận động hiến 500 m² đất” bắt đầu trước ngày được tính thành tích của Trần Thị Khen (01/03/2026). "
        "Hãy ghi lại thời gian hoặc bỏ thành tích này."
    ]


def test_a_discipline_that_runs_keeps_it_from_being_sent(ready, recipient):
    Discipline.objects.create(
        recipient=recipient, level="canh_cao", from_day=DAY(2026, 1, 1), to_day=TODAY() + datetime.timedelta(days=30)
    )

    assert lacking(ready)[0] == (
        "Trần Thị Khen đang thuộc trường hợp chưa xét khen thưởng (Nghị định 152/2025, Điều 4). "
        "Hãy liên hệ cơ quan thẩm định."
    )


def test_a_pledge_is_asked_for_where_the_campaign_demands_it(ready, province):
    from tests import factories as f

    campaign = f.CampaignFactory(owner=province.ban, title="Dân vận khéo 2026", pledge_required=True)
    f.ParticipationFactory(campaign=campaign, unit=province.commune)
    ready.cycle.campaigns.set([campaign])

    assert lacking(ready) == ["Xã An Hòa chưa ký giao ước của “Dân vận khéo 2026”, là điều kiện mà phong trào đặt ra."]
    campaign.pledge_required = False
    campaign.save()
    assert lacking(ready) == []
