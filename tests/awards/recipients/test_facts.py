"""From rows to verdicts: what stands, what was merged, what is used; many at the price of one."""

import datetime

import pytest

from awards.eligibility import ELIGIBLE, NOT_ELIGIBLE, TO_CHECK
from awards.models import Achievement, Discipline, Initiative, IntegrityHold, RuleSet, YearRecord
from awards.services.recipients.facts import holds_on, judge_many, judge_nomination, look_ahead, look_ahead_all
from tests import factories as f
from tests.factories import awards as af
from units.models import Lineage

DAY = datetime.date
TODAY = DAY(2026, 1, 15)


@pytest.fixture
def person(province):
    af.standard_rules()
    return af.RecipientFactory(unit=province.commune)


@pytest.fixture
def commune(province):
    af.standard_rules()
    return af.RecipientFactory(collective=True, unit=province.commune, of_unit=province.commune)


def held(recipient, code, *years, **values):
    return [
        af.AwardFactory(recipient=recipient, award_type=af.standard_award(code), year=year, **values) for year in years
    ]


def initiative(recipient, year=2024, scope="province", **values):
    return Initiative.objects.create(
        recipient=recipient, title=f"Sáng kiến {year}", year=year, scope=scope, decision_no="1",
        decided_on=DAY(year, 12, 1), **values,
    )  # fmt: skip


def nomination(recipient, code, **values):
    usual = {
        "period_from": DAY(2025, 1, 1),
        "period_to": DAY(2025, 12, 31),
        "award_kind": "merit",
        "rule_set": RuleSet.objects.get(code="LTDKT2022-ND152"),
    }
    return af.NominationFactory(recipient=recipient, award_type=af.standard_award(code), **usual | values)


def texts(verdict):
    return [row.text for row in verdict.open_part().findings]


def test_three_years_in_a_row_and_a_provincial_initiative_qualify(person):
    held(person, "CSTDCS", 2023, 2024, 2025)
    initiative(person)

    assert judge_nomination(nomination(person, "CSTD-T"), day=TODAY).outcome == ELIGIBLE


def test_a_revoked_award_counts_for_nothing(person):
    held(person, "CSTDCS", 2023, 2025)
    held(person, "CSTDCS", 2024, revoked=True)
    initiative(person)

    verdict = judge_nomination(nomination(person, "CSTD-T"), day=TODAY)

    assert texts(verdict)[0] == "Thiếu 1 năm Chiến sĩ thi đua cơ sở (năm 2024); cần các năm 2023–2025."


def test_an_initiative_grounds_only_one_granted_award(person):
    """P11; in its own dossier it is not used up."""
    held(person, "CSTDCS", 2023, 2024, 2025)
    idea = initiative(person)
    granted = nomination(person, "BK-T", status="granted", received_on=TODAY)
    mine = nomination(person, "CSTD-T")
    for row in (granted, mine):
        Achievement.objects.create(
            nomination=row, text="Sáng kiến", period_from=DAY(2024, 1, 1), period_to=DAY(2024, 12, 31), initiative=idea
        )

    verdict = judge_nomination(mine, day=TODAY)

    assert verdict.outcome == NOT_ELIGIBLE
    assert texts(verdict)[1].endswith("các năm 2023–2025 có 0, cần 1; 1 đã dùng cho khen thưởng trước, không tính lại.")


def test_discipline_and_holds_are_in_the_verdict_and_not_in_its_open_part(person):
    held(person, "CSTDCS", 2023, 2024, 2025)
    initiative(person)
    Discipline.objects.create(recipient=person, level="canh_cao", from_day=DAY(2025, 6, 1), to_day=DAY(2026, 6, 1))
    IntegrityHold.objects.create(recipient=person, reason="complaint", note="x", from_day=DAY(2026, 1, 1))

    verdict = judge_nomination(nomination(person, "CSTD-T"), day=TODAY)

    assert (verdict.outcome, verdict.open_part().outcome) == (NOT_ELIGIBLE, ELIGIBLE)
    assert "kỷ luật" not in " ".join(texts(verdict))
    assert list(holds_on([person], TODAY)) == [person.pk]
    assert holds_on([person], DAY(2025, 12, 31)) == {}


def test_the_rules_are_those_of_receipt_and_before_it_those_of_the_day(person):
    held(person, "LDTT", 2025)
    YearRecord.objects.create(recipient=person, year=2025, grade="htxs")
    before = nomination(person, "CSTDCS")
    open_one = nomination(af.RecipientFactory(unit=person.unit), "CSTDCS", rule_set=None)
    held(open_one.recipient, "LDTT", 2025)
    YearRecord.objects.create(recipient=open_one.recipient, year=2025, grade="htxs")

    found = judge_many([before, open_one], DAY(2026, 11, 22))

    assert found[before.pk].outcome == ELIGIBLE
    assert found[open_one.pk].outcome == TO_CHECK
    assert texts(found[open_one.pk])[-1] == (
        "Cần kiểm tra: chờ xác nhận văn bản (Luật TĐKT sửa đổi 2026 và Nghị định 152/2025)."
    )


def test_a_day_without_rules_concludes_nothing(person):
    verdict = look_ahead(person, af.standard_award("LDTT"), year=2027, day=DAY(2028, 1, 1))

    assert (verdict.outcome, texts(verdict)) == (
        TO_CHECK, ["Cần kiểm tra: chưa có bộ quy định nào áp dụng cho ngày này."]
    )  # fmt: skip


def test_an_award_for_collectives_is_not_for_a_person(person):
    assert look_ahead(person, af.standard_award("TTLDTT"), year=2025, day=TODAY).outcome == NOT_ELIGIBLE


def test_the_look_ahead_says_what_is_still_missing(person):
    held(person, "CSTDCS", 2024, 2025)
    YearRecord.objects.create(recipient=person, year=2023, grade="htt")

    verdict = look_ahead(person, af.standard_award("CSTD-T"), year=2025, day=TODAY)

    assert texts(verdict) == [
        "Thiếu 1 năm Chiến sĩ thi đua cơ sở (năm 2023); cần các năm 2023–2025.",
        "Thiếu 1 sáng kiến, đề tài được công nhận cấp tỉnh trở lên: các năm 2023–2025 có 0, cần 1.",
    ]


# --- collectives ------------------------------------------------------------------------------------------------------
def test_the_shares_of_a_collective_are_those_of_its_year_record(commune):
    YearRecord.objects.create(
        recipient=commune, year=2025, grade="htt", members=10, members_ldtt=7, members_disciplined=0
    )

    assert judge_nomination(nomination(commune, "TTLDTT"), day=TODAY).outcome == ELIGIBLE


def merge(old, new):
    Lineage.objects.create(predecessor=old, successor=new, effective_on=DAY(2025, 7, 1), decision="NQ 1")


def test_awards_before_a_merger_are_history_of_what_came_of_it(commune, province):
    """All the merged units had it: it counts, and is named as theirs."""
    for name in ("Xã Cũ Một", "Xã Cũ Hai"):
        old = f.UnitFactory(name=name)
        merge(old, province.commune)
        held(af.RecipientFactory(collective=True, unit=old, of_unit=old), "TTLDXS", 2024)
    held(commune, "TTLDXS", 2025)

    verdict = judge_nomination(nomination(commune, "BK-T"), day=TODAY)

    assert texts(verdict) == [
        "Đủ điều kiện: Tập thể lao động xuất sắc các năm 2024–2025; năm 2024 là của Xã Cũ Hai, Xã Cũ Một trước sắp xếp."
    ]


def test_what_only_one_of_two_merged_units_had_is_for_a_person_to_judge(commune, province):
    old, other = f.UnitFactory(name="Xã Cũ Một"), f.UnitFactory(name="Xã Cũ Hai")
    merge(old, province.commune)
    merge(other, province.commune)
    held(af.RecipientFactory(collective=True, unit=old, of_unit=old), "TTLDXS", 2024)
    held(commune, "TTLDXS", 2025)

    assert judge_nomination(nomination(commune, "BK-T"), day=TODAY).outcome == TO_CHECK


def test_a_grade_before_a_merger_counts_when_all_had_it(commune, province):
    for grade in ("htxs", "htt"):
        old = f.UnitFactory()
        merge(old, province.commune)
        recipient = af.RecipientFactory(collective=True, unit=old, of_unit=old)
        YearRecord.objects.create(recipient=recipient, year=2024, grade=grade)
    YearRecord.objects.create(recipient=commune, year=2025, grade="htxs")

    assert judge_nomination(nomination(commune, "BK-T"), day=TODAY).outcome == TO_CHECK
    YearRecord.objects.filter(year=2024).update(grade="htxs")
    assert judge_nomination(nomination(commune, "BK-T"), day=TODAY).outcome == ELIGIBLE


def test_a_published_first_place_leads_the_cluster(world):
    af.standard_rules()
    commune = af.RecipientFactory(collective=True, unit=world.commune, of_unit=world.commune)
    sheet = f.ScoreSheet.objects.get(participation__campaign=world.campaign, participation__unit=world.commune)
    sheet.rank, sheet.score_class = 1, "Hoàn thành tốt"
    sheet.save()
    cycle = af.AwardCycleFactory(campaigns=[world.campaign])
    mine = nomination(
        commune, "XP-TB", cycle=cycle, period_from=DAY(2026, 1, 1), period_to=DAY(2026, 12, 31), award_kind="movement"
    )

    assert judge_nomination(mine, day=TODAY).outcome == TO_CHECK
    f.ScoreSheet.objects.filter(pk=sheet.pk).update(status="published", published_at=f.timezone.now())
    assert judge_nomination(mine, day=TODAY).outcome == ELIGIBLE


# --- cost -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 4])
def test_judging_costs_the_same_queries_for_one_and_for_many(count, province, django_assert_num_queries):
    af.standard_rules()
    cycle = af.AwardCycleFactory()
    rows = []
    for _ in range(count):
        recipient = af.RecipientFactory(unit=province.commune)
        held(recipient, "CSTDCS", 2024, 2025)
        initiative(recipient)
        rows.append(nomination(recipient, "CSTD-T", cycle=cycle))
    fresh = list(type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]))

    with django_assert_num_queries(14):
        judge_many(fresh, TODAY)


@pytest.mark.parametrize("count", [1, 6])
def test_the_look_ahead_costs_the_same_queries_for_one_and_for_many_awards(count, person, django_assert_num_queries):
    types = list(type(af.standard_award("LDTT")).objects.filter(for_person=True)[:count])

    with django_assert_num_queries(8):
        look_ahead_all(person, types, year=2025, day=TODAY)
