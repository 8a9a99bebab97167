"""Cancelling: nothing is deleted, money comes back, what rested on it is looked at again (R-50)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from awards.models import Achievement, Award, AwardRule, AwardType, Nomination
from awards.services.decisions.drawing import lines_of, why_not_decided
from awards.services.decisions.revoking import consequences_of, revoke_award, revoke_decision
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Notification
from tests.awards.decisions import decision_steps as steps
from tests.factories import awards as af

TODAY = steps.TODAY
ORDER = {"reason": "Khai man thành tích", "decision_no": "30-QĐ", "decided_on": TODAY, "received_on": TODAY}


@pytest.fixture
def made(province):
    """An award of An's person; a later title that wants it the year before; a nomination that names it as its ground."""
    steps.salaries()
    province.person = af.RecipientFactory(unit=province.commune)
    province.lower = steps.award_type("CSTDCS", "1", level=30)
    province.higher = steps.award_type("CSTD-T", "3", level=50)
    AwardRule.objects.filter(award_type=province.higher).update(
        conditions=[{"need": "award_years", "award": province.lower.code, "years": 1}]
    )
    province.cycle = steps.cycle_of(province)
    return province


def given_award(made, kind, year, **fields):
    return af.AwardFactory(recipient=made.person, award_type=kind, year=year, **fields)


def revoke(made, award, **changes):
    return revoke_award(award, actor=made.director, **{**ORDER, **changes})


def test_a_cancelled_award_keeps_everything_and_says_by_which_decision(made):
    decision = steps.published(_drawn(made), made.director)
    award = decision.awards.get()

    found = revoke(made, award)

    stored = Award.objects.get(pk=award.pk)
    assert (stored.status, stored.end_decision_no, stored.end_decided_on, stored.end_note, stored.ended_by) == (
        "revoked", "30-QĐ", TODAY, "Khai man thành tích", made.director
    )  # fmt: skip
    assert found.pk == stored.pk
    assert (stored.name, stored.gold_book_no, stored.code) == (award.name, award.gold_book_no, award.code)
    assert Nomination.objects.values_list("status", "end_note").get(pk=award.nomination_id) == (
        "revoked", "Hủy theo Quyết định số 30-QĐ: Khai man thành tích"
    )  # fmt: skip
    assert AuditEntry.objects.filter(action="revoke", record_type="awards.award", actor=made.director).count() == 1


def _drawn(made):
    steps.recommended(made.cycle, made.lower, made.person)
    return steps.drawn(made.cycle, made.lower, made.verifier)


def test_it_is_cancelled_once(made):
    award = given_award(made, made.lower, 2024)
    revoke(made, award)

    with pytest.raises(DomainError, match="đã bị hủy trước đó"):
        revoke(made, award)


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"reason": " "}, "Hãy ghi lý do hủy."),
    ({"decision_no": " "}, "Hãy ghi số quyết định hủy."),
    ({"received_on": TODAY - datetime.timedelta(days=1)}, "Ngày nhận quyết định hủy phải bằng hoặc sau ngày quyết định hủy."),
    ({"decided_on": datetime.date(2020, 1, 1)}, "Ngày quyết định hủy phải bằng hoặc sau ngày quyết định khen thưởng."),
    ({"received_on": datetime.date(2100, 1, 1)}, "Ngày quyết định hủy, ngày nhận quyết định không được ở tương lai."),
])  # fmt: skip
def test_a_cancellation_without_its_facts_is_refused(made, changes, sentence):
    award = given_award(made, made.lower, 2024)

    with pytest.raises(DomainError) as refusal:
        revoke(made, award, **changes)

    assert refusal.value.findings == [sentence]
    assert Award.objects.get().status == "granted"


def test_only_the_director_cancels(made):
    award = given_award(made, made.lower, 2024)

    for person in (made.verifier, made.leader, made.clerk, made.stranger):
        with pytest.raises(PermissionDenied):
            revoke_award(award, actor=person, **ORDER)


def later_title(made):
    """A higher title of the person, decided on a nomination that counted the lower one of 2025."""
    nomination = steps.recommended(
        made.cycle, made.higher, made.person, status="granted", period_from=datetime.date(2025, 1, 1),
        period_to=datetime.date(2025, 12, 31),
    )  # fmt: skip
    return given_award(made, made.higher, 2025, decided_on=datetime.date(2026, 3, 1), nomination=nomination)


def test_a_later_title_that_counted_it_is_flagged_and_another_is_not(made):
    award, later = given_award(made, made.lower, 2025), later_title(made)
    other = given_award(made, steps.award_type("GK", "0.3", title=False), 2026, decided_on=datetime.date(2026, 4, 1))
    strangers = af.AwardFactory(award_type=made.higher, year=2025, recipient__unit=made.other_commune)

    revoke(made, award)

    flags = dict(Award.objects.values_list("pk", "flag"))
    assert flags[later.pk].startswith(f"Danh hiệu CSTDCS năm 2025 (Quyết định số {award.decision_no}) đã bị hủy.")
    assert (flags[other.pk], flags[strangers.pk]) == ("", "")


def test_a_title_of_before_the_portal_is_judged_by_the_rules_of_its_day(made):
    lower, higher = (AwardType.objects.get(code=code) for code in ("CSTDCS", "CSTD-T"))
    awards = [given_award(made, lower, year) for year in (2023, 2024, 2025)]
    later = given_award(made, higher, 2025, decided_on=datetime.date(2026, 3, 1))

    revoke(made, awards[1])

    later.refresh_from_db()
    assert later.flag.startswith("Chiến sĩ thi đua cơ sở năm 2024")
    assert "Thiếu" in later.flag


def test_a_nomination_that_names_it_goes_back_to_be_checked(made):
    award = given_award(made, made.lower, 2024)
    nomination = steps.recommended(made.cycle, steps.award_type("BK", "1.5", title=False), made.person)
    Achievement.objects.create(
        nomination=nomination, text="CSTĐCS", period_from=datetime.date(2024, 1, 1), period_to=datetime.date(2024, 12, 31),
        award=award,
    )  # fmt: skip
    decision = steps.drawn(made.cycle, nomination.award_type, made.verifier)

    revoke(made, award)

    assert Nomination.objects.get(pk=nomination.pk).status == "to_check"
    assert "đang ở trạng thái “Cần kiểm tra”" in why_not_decided(decision, lines_of(decision), TODAY)[-1]


def test_looking_at_the_consequences_changes_nothing(made):
    award, later = given_award(made, made.lower, 2025), later_title(made)

    found = consequences_of([award], TODAY)

    assert [one.record for one in found.resting] == [later]
    assert set(Award.objects.values_list("status", "flag")) == {("granted", "")}


def test_a_whole_decision_is_cancelled_with_all_its_awards(made):
    for _ in range(3):
        steps.recommended(made.cycle, made.lower, af.RecipientFactory(unit=made.commune))
    decision = steps.published(_drawn(made), made.director)

    decision = revoke_decision(decision, actor=made.director, **ORDER)

    assert (decision.status, decision.end_note) == ("revoked", "Khai man thành tích")
    assert list(Award.objects.values_list("status", flat=True)) == ["revoked"] * 4
    assert set(Nomination.objects.values_list("status", flat=True)) == {"revoked"}


def test_a_decision_in_force_is_not_cancelled_without_a_decision_number(made):
    decision = steps.numbered(_drawn(made), made.director)

    with pytest.raises(DomainError, match="Hãy ghi ngày quyết định hủy"):
        revoke_decision(decision, actor=made.director, reason="Sai")


def test_the_unit_hears_why_and_nobody_else(made):
    award = given_award(made, made.lower, 2024)

    revoke(made, award)

    assert set(Notification.objects.values_list("recipient", "kind")) == {
        (made.editor.pk, "awards_revoked"), (made.leader.pk, "awards_revoked")
    }  # fmt: skip
    assert "Khai man thành tích" in Notification.objects.first().body


@pytest.mark.parametrize("count", [3, 30])
def test_cancelling_a_decision_costs_as_many_queries_for_many_awards(count, made, django_assert_max_num_queries):
    for _ in range(count):
        steps.recommended(made.cycle, made.lower, af.RecipientFactory(unit=made.commune))
    decision = steps.published(_drawn(made), made.director)

    with django_assert_max_num_queries(50):
        revoke_decision(decision, actor=made.director, **ORDER)
