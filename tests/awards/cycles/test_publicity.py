"""Công khai lấy ý kiến: how long, of what, and what the council hears (law.md R-38, R-39, T-D5)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from awards.models import Publication, PublicationComment
from awards.services.cycles.comments import MOST_PER_SOURCE, enter_comment, handle_comment
from awards.services.cycles.publications import close_publication, extend_publication, to_publish
from awards.services.cycles.publicity import blockers_of_meeting, closing_day, publicity_report, window_sentence
from dvk_portal.core.calendar import WorkingCalendar
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Notification
from tests.awards.cycles.cycle_steps import FRIDAY, MEETING, again, commented, eligible, published, rule
from tests.factories import awards as af

AFTER = MEETING  # the window of ten working days from Friday 20/11/2026 ends on 7/12
DAY = datetime.timedelta(days=1)


@pytest.fixture
def cycle(province):
    rule(10)
    return af.AwardCycleFactory(owner=province.ban, status="reviewing")


def finish(publication, province, today=AFTER, summary="Không có ý kiến nào."):
    return close_publication(publication, actor=province.verifier, summary=summary, today=today)


# --- how long -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("opened_on", "closes_on"),
    [
        (datetime.date(2026, 11, 20), datetime.date(2026, 12, 7)),  # T-D5: for a meeting on Tuesday 8/12
        (datetime.date(2026, 11, 22), datetime.date(2026, 12, 7)),  # the last day on which it may begin, a Sunday
        (datetime.date(2026, 11, 26), datetime.date(2026, 12, 10)),  # T-D5: for a meeting on Friday 11/12
    ],
)
def test_ten_full_working_days_end_on_the_day_the_calendar_says(opened_on, closes_on):
    assert closing_day(opened_on, 10, WorkingCalendar()) == closes_on


def test_the_window_is_explained_with_the_holiday_in_it():
    assert window_sentence(FRIDAY, 10, WorkingCalendar()) == (
        "10 ngày làm việc trọn vẹn, không kể ngày bắt đầu công khai 20/11/2026 và ngày nghỉ; nghỉ 24/11: "
        "đến hết ngày 07/12/2026."
    )


def test_a_list_is_public_no_shorter_than_the_strictest_award_demands(cycle, province):
    strict = af.AwardTypeFactory(code="THU-CS", name="Chiến sĩ thi đua thử")
    rule(15, award_type=strict)
    cycle.award_types.add(strict)
    dossier = eligible(cycle, province.commune)

    with pytest.raises(DomainError) as refused:
        published(cycle, province, dossier, days=10)

    assert refused.value.findings == ["Theo quy định phải công khai ít nhất 15 ngày làm việc. Hãy ghi 15 trở lên."]


def test_a_sudden_cycle_may_be_public_as_long_as_it_likes(province):
    cycle = af.AwardCycleFactory(owner=province.ban, status="reviewing", kind="sudden", award_kind="sudden")
    dossier = eligible(cycle, province.commune)

    assert published(cycle, province, dossier, days=2).closes_on == datetime.date(2026, 11, 25)


# --- what is shown ------------------------------------------------------------------------------------------------------
def test_the_list_holds_name_post_unit_and_award_and_nothing_else(cycle, province):
    dossier = eligible(cycle, province.commune, "Trần Thị Khen")

    publication = published(cycle, province, dossier)

    assert publication.snapshot == [
        {
            "nomination": dossier.pk, "award": "Bằng khen thử", "name": "Trần Thị Khen", "post": "Phó Bí thư chi bộ",
            "unit": "Xã An Hòa",
        }
    ]  # fmt: skip


def test_the_list_stays_as_it_was_published(cycle, province):
    dossier = eligible(cycle, province.commune, "Trần Thị Khen")
    publication = published(cycle, province, dossier)

    type(dossier).objects.filter(pk=dossier.pk).update(name="Tên khác", post="Chức vụ khác")

    assert Publication.objects.get().snapshot[0]["name"] == "Trần Thị Khen"
    assert publication.snapshot == Publication.objects.get().snapshot


def test_a_draft_is_never_offered_for_publication(cycle, province):
    af.NominationFactory(cycle=cycle, recipient__unit=province.commune)
    ready = eligible(cycle, province.commune)

    assert list(to_publish(cycle)) == [ready]


def test_only_the_head_makes_a_list_public(cycle, province):
    dossier = eligible(cycle, province.commune)
    province.director = province.verifier

    with pytest.raises(PermissionDenied):
        published(cycle, province, dossier)


# --- what blocks the meeting --------------------------------------------------------------------------------------------
def test_a_dossier_that_was_not_public_blocks_the_meeting_by_name(cycle, province):
    eligible(cycle, province.commune, "Trần Thị Khen")

    assert blockers_of_meeting(cycle, [af.AwardTypeFactory()], MEETING) == [
        "Chưa công khai lấy ý kiến về “Bằng khen thử”: Trần Thị Khen."
    ]


def test_one_that_came_after_the_list_blocks_it_too(cycle, province):
    finish(published(cycle, province, eligible(cycle, province.commune, "Người Trong")), province)
    eligible(cycle, province.other_commune, "Người Sau")

    assert blockers_of_meeting(cycle, [af.AwardTypeFactory()], MEETING) == [
        "Chưa công khai lấy ý kiến về “Bằng khen thử”: Người Sau."
    ]


def test_an_open_list_blocks_the_meeting(cycle, province):
    published(cycle, province, eligible(cycle, province.commune))

    assert blockers_of_meeting(cycle, [af.AwardTypeFactory()], MEETING) == [
        "Danh sách công khai từ 20/11/2026 chưa kết thúc. Hãy xử lý ý kiến, ghi tổng hợp rồi kết thúc."
    ]


@pytest.mark.parametrize(
    ("opened_on", "blocked"),
    [(datetime.date(2026, 11, 20), False), (datetime.date(2026, 11, 22), False), (datetime.date(2026, 11, 23), True)],
)
def test_ten_full_working_days_must_lie_before_the_meeting(opened_on, blocked, cycle, province):
    """T-D5: for Tuesday 8/12/2026 the list is public by Sunday 22/11."""
    publication = published(cycle, province, eligible(cycle, province.commune, "Trần Thị Khen"), opened_on=opened_on)
    finish(publication, province, today=publication.closes_on + DAY)

    found = blockers_of_meeting(cycle, [af.AwardTypeFactory()], MEETING)

    expected = [
        "Chưa công khai đủ 10 ngày làm việc trọn vẹn trước ngày họp 08/12/2026 về “Bằng khen thử”: Trần Thị Khen."
    ]
    assert found == (expected if blocked else [])


def test_each_dossier_is_judged_by_the_rules_it_was_received_under(cycle, province):
    old = af.RuleSetFactory(code="THU-CU", valid_from=datetime.date(2020, 1, 1), valid_to=datetime.date(2023, 12, 31))
    rule(0, rule_set=old)
    eligible(cycle, province.commune, rule_set=old)

    assert blockers_of_meeting(cycle, [af.AwardTypeFactory()], MEETING) == []


def test_an_award_without_a_rule_is_to_be_checked_never_let_pass(province):
    cycle = af.AwardCycleFactory(owner=province.ban, status="voting")
    eligible(cycle, province.commune, "Trần Thị Khen")

    assert blockers_of_meeting(cycle, [af.AwardTypeFactory()], MEETING) == [
        "Chưa có quy định về “Bằng khen thử” trong bộ quy định của hồ sơ nên chưa biết phải công khai bao lâu: Trần Thị Khen."
    ]


def test_a_meeting_about_another_award_is_not_held_up(cycle, province):
    other = af.AwardTypeFactory(code="THU-GK", name="Giấy khen thử")
    eligible(cycle, province.commune)

    assert blockers_of_meeting(cycle, [other], MEETING) == []


def test_a_sudden_cycle_meets_without_publicity(province):
    rule(10)
    cycle = af.AwardCycleFactory(owner=province.ban, status="voting", kind="sudden", award_kind="sudden")
    eligible(cycle, province.commune)

    assert blockers_of_meeting(cycle, [af.AwardTypeFactory()], MEETING) == []


# --- closing ------------------------------------------------------------------------------------------------------------
def test_a_list_is_not_closed_before_its_window_ran_nor_with_an_unread_comment(cycle, province):
    publication = published(cycle, province, eligible(cycle, province.commune))
    commented(publication)

    with pytest.raises(DomainError) as refused:
        finish(publication, province, today=datetime.date(2026, 12, 7), summary=" ")

    assert refused.value.findings == [
        "Còn trong thời gian nhận ý kiến, đến hết ngày 07/12/2026.",
        "Còn 1 ý kiến chưa xử lý. Hãy ghi kết quả, hoặc ghi là đang xác minh.",
        "Hãy ghi tổng hợp ý kiến để báo cáo hội đồng; không có ý kiến nào cũng ghi rõ như vậy.",
    ]


def test_a_comment_still_under_way_does_not_keep_it_open(cycle, province):
    publication = published(cycle, province, eligible(cycle, province.commune))
    handle_comment(commented(publication), actor=province.verifier, state="in_progress", result="")

    assert finish(publication, province).closed_by == province.verifier


def test_extending_only_ever_lengthens(cycle, province):
    publication = published(cycle, province, eligible(cycle, province.commune))
    extend_publication(publication, actor=province.verifier, until=datetime.date(2026, 12, 9), note="Nghỉ lễ")

    with pytest.raises(DomainError, match="Ngày mới phải sau ngày 09/12/2026"):
        extend_publication(publication, actor=province.verifier, until=datetime.date(2026, 12, 8), note="Sớm hơn")


# --- comments -----------------------------------------------------------------------------------------------------------
def test_a_comment_after_the_window_is_kept_and_marked(cycle, province):
    publication = published(cycle, province, eligible(cycle, province.commune))

    assert commented(publication, today=datetime.date(2026, 12, 7)).is_late is False
    assert commented(publication, today=datetime.date(2026, 12, 8)).is_late is True


def test_a_closed_list_takes_no_more_from_the_web_but_a_letter_is_still_entered(cycle, province):
    publication = finish(published(cycle, province, eligible(cycle, province.commune)), province)

    with pytest.raises(DomainError, match="không còn nhận ý kiến"):
        commented(publication, today=AFTER)
    entered = enter_comment(
        publication, actor=province.verifier, about=None, channel="mail", sender="Ông Thư", contact="", text="Thư đến muộn",
        received_on=AFTER, today=AFTER,
    )  # fmt: skip

    assert (entered.is_late, entered.channel) == (True, "mail")


def test_one_place_does_not_write_all_day_and_another_is_not_held_up(cycle, province):
    publication = published(cycle, province, eligible(cycle, province.commune))
    for _ in range(MOST_PER_SOURCE):
        commented(publication)

    with pytest.raises(DomainError, match="Đã có nhiều ý kiến"):
        commented(publication)

    assert commented(publication, source="198.51.100.7").pk
    assert PublicationComment.objects.count() == MOST_PER_SOURCE + 1


def test_a_comment_about_somebody_not_in_the_list_is_refused(cycle, province):
    inside, outside = eligible(cycle, province.commune), eligible(cycle, province.commune, "Người Ngoài")
    publication = published(cycle, province, inside)

    with pytest.raises(DomainError, match="trong danh sách"):
        commented(publication, outside)


def test_neither_words_nor_sender_of_a_comment_enter_the_trail_or_a_letter(cycle, province):
    publication = published(cycle, province, eligible(cycle, province.commune))
    comment = commented(publication, text="Lời-kín-8842", sender="Người-gửi-8842", contact="Số-8842")
    handle_comment(comment, actor=province.verifier, state="done", result="Kết-quả-8842")

    trail = str(list(AuditEntry.objects.values()))
    letters = str(list(Notification.objects.values()))

    assert "8842" not in trail
    assert "8842" not in letters


def test_those_who_manage_awards_hear_of_comments_once_a_day(cycle, province):
    publication = published(cycle, province, eligible(cycle, province.commune))
    commented(publication)
    commented(publication)

    told = Notification.objects.filter(kind="award_comment_received").values_list("recipient", flat=True)

    assert sorted(told) == sorted(
        person.pk for person in (province.verifier, province.other_verifier, province.director)
    )


@pytest.mark.parametrize(
    "person", ["editor", "leader", "viewer", "clerk", "admin", "chair", "secretary", "member", "stranger"]
)
def test_nobody_else_handles_a_comment(person, cycle, province):
    comment = commented(published(cycle, province, eligible(cycle, province.commune)))

    with pytest.raises(PermissionDenied):
        handle_comment(comment, actor=again(getattr(province, person)), state="done", result="Xong")


def test_a_comment_is_over_only_with_a_result(cycle, province):
    comment = commented(published(cycle, province, eligible(cycle, province.commune)))

    with pytest.raises(DomainError, match="Hãy ghi kết quả xử lý"):
        handle_comment(comment, actor=province.verifier, state="done", result=" ")


# --- what the council hears ---------------------------------------------------------------------------------------------
def test_the_council_hears_counts_and_results_but_never_who_wrote(cycle, province):
    dossier = eligible(cycle, province.commune, "Trần Thị Khen")
    publication = published(cycle, province, dossier)
    first, second = commented(publication, dossier), commented(publication, today=AFTER, text="Đồng ý.")
    handle_comment(first, actor=province.verifier, state="done", result="Đã xác minh, thành tích đúng.")
    handle_comment(second, actor=province.verifier, state="in_progress", result="")
    closed = finish(publication, province, summary="Hai ý kiến, một đang xác minh.")

    lines = publicity_report(cycle)

    assert lines == [
        f"Công khai danh sách 1 đề nghị từ ngày 20/11/2026 đến hết ngày 07/12/2026 (10 ngày làm việc), "
        f"kết thúc ngày {timezone.localdate(closed.closed_at):%d/%m/%Y}.",
        "Nhận 2 ý kiến: 1 đang xác minh, 1 đã xử lý; 1 ý kiến nhận sau hạn.",
        "Về “Trần Thị Khen”: đã xử lý. Đã xác minh, thành tích đúng.",
        "Tổng hợp: Hai ý kiến, một đang xác minh.",
    ]
    assert "Nguyễn Văn Dân" not in " ".join(lines)


def test_a_member_who_may_not_hear_of_a_dossier_hears_no_comment_on_it(cycle, province):
    dossier = eligible(cycle, province.commune, "Trần Thị Khen")
    publication = published(cycle, province, dossier)
    handle_comment(commented(publication, dossier), actor=province.verifier, state="done", result="Có vi phạm.")
    finish(publication, province, summary="Có vi phạm của bà Khen.")

    lines = publicity_report(cycle, without={dossier.pk})

    assert not [line for line in lines if "Khen" in line or "vi phạm" in line]


def test_a_cycle_without_publication_says_so(cycle):
    assert publicity_report(cycle) == ["Không công khai lấy ý kiến trong đợt này."]
