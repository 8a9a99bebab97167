"""The rules that the project brings along: read, filled into the tables once, left alone afterwards."""

import datetime
from decimal import Decimal

import pytest

from awards.models import AwardRule, AwardType, BaseSalary, DossierItem, RuleSet
from awards.rulefile import read_rules, standard_rules
from awards.services.rules.catalogue import lapsing, rule_for, rule_set_on, tariff, vote_rule
from awards.tally import Threshold
from tests.factories import awards as af


@pytest.fixture(autouse=True)
def rules(db):
    af.standard_rules()


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (datetime.date(2025, 6, 30), "LTDKT2022-ND98"),
        (datetime.date(2025, 7, 1), "LTDKT2022-ND152"),
        (datetime.date(2026, 9, 30), "LTDKT2022-ND152"),
        (datetime.date(2026, 10, 1), "LTDKT2026-ND152"),
        (datetime.date(2027, 3, 1), "LTDKT2026-ND152"),
    ],
)
def test_the_rule_set_of_the_day_of_receipt(day, code):
    assert rule_set_on("state", day).code == code


def test_no_rule_set_covers_a_day_after_the_last_one():
    assert rule_set_on("state", datetime.date(2027, 3, 2)) is None


def test_the_banner_warns_ninety_days_before_a_rule_set_lapses():
    assert lapsing(datetime.date(2026, 12, 1)) == [RuleSet.objects.get(code="LTDKT2026-ND152")]
    assert lapsing(datetime.date(2026, 11, 30)) == []


def test_the_draft_law_is_not_confirmed():
    assert list(RuleSet.objects.filter(is_confirmed=False).values_list("code", flat=True)) == ["LTDKT2026-ND152"]


def test_party_awards_have_their_own_rule_set_and_money():
    rule = rule_for(af.standard_award("BK-TU"), rule_set_on("party", datetime.date(2026, 11, 22)))

    assert (rule.award_type.family, rule.coefficient_person) == ("party", Decimal("1.5"))


def test_the_votes_of_the_law_page():
    rule_set = RuleSet.objects.get(code="LTDKT2022-ND152")
    passes = dict(rule_set.rules.values_list("award_type__code", "passes"))

    assert {code: passes[code] for code in ("CSTDTQ", "CO-CP", "CSTD-T", "CSTDCS", "CO-T", "LDTT", "BK-T", "GK")} == {
        "CSTDTQ": "90%", "CO-CP": "80%", "CSTD-T": "90%", "CSTDCS": "80%", "CO-T": "80%", "LDTT": "majority",
        "BK-T": "majority", "GK": "majority",
    }  # fmt: skip


def test_titles_of_persons_are_voted_in_secret_by_80_percent_of_all():
    rule = AwardRule.objects.get(rule_set__code="LTDKT2022-ND152", award_type__code="CSTDCS")
    vote = vote_rule(rule)

    assert (rule.secret, vote.attendance, vote.base) == (True, Threshold.parse("80%"), "total")


def test_coefficients_come_from_the_table_of_money():
    rule = AwardRule.objects.get(rule_set__code="LTDKT2022-ND152", award_type__code="BK-T")

    assert tariff(rule).coefficients == {
        "person": Decimal("1.5"), "collective": Decimal("3.0"), "household": Decimal("2.25")
    }  # fmt: skip


def test_base_salaries_keep_their_mark():
    found = list(BaseSalary.objects.values_list("amount", "is_confirmed"))

    assert found == [(2_530_000, False), (2_340_000, True), (1_800_000, False), (1_490_000, False)]


def test_titles_of_the_district_ended_with_it():
    district = AwardType.objects.get(code="GK-H")

    assert district.valid_to == datetime.date(2025, 6, 30)
    assert list(district.rules.values_list("rule_set__code", flat=True)) == ["LTDKT2022-ND98"]


def test_the_written_opinion_of_the_standing_committee_is_asked_for_those_it_manages():
    """T-E12, R-33."""
    item = DossierItem.objects.get(
        rule__rule_set__code="LTDKT2022-ND152", rule__award_type__code="BK-T", code="y_kien_btv"
    )

    assert (item.need, item.when) == ("conditional", "managed_by_btv")


def test_filling_again_changes_nothing():
    AwardRule.objects.filter(award_type__code="LDTT").update(passes="2/3")
    counts = [model.objects.count() for model in (RuleSet, AwardType, AwardRule, DossierItem, BaseSalary)]
    af.import_module("awards.migrations.0002_standard_award_rules").fill(af.apps, None)

    assert [model.objects.count() for model in (RuleSet, AwardType, AwardRule, DossierItem, BaseSalary)] == counts
    assert set(AwardRule.objects.filter(award_type__code="LDTT").values_list("passes", flat=True)) == {"2/3"}


def test_a_file_that_contradicts_itself_is_refused():
    row = {"award": "KHONG", "basis": "", "conditions": [{"need": "award_years", "award": "X"}], "checklist": []}
    with pytest.raises(ValueError, match="no such award"):
        read_rules({"format": "dvk-awards/1", "rule_sets": [
            {"code": "A", "name": "A", "family": "state", "basis": "", "from": datetime.date(2024, 1, 1)}
        ], "awards": [], "items": {}, "rules": [row]})  # fmt: skip


def test_every_rule_of_the_file_can_be_filled():
    table = standard_rules()

    assert len({(row["rule_set"], row["award_type"]) for row in table.rules}) == len(table.rules)
