"""Who qualifies, with a sentence per condition; what is not known stays not known."""

import datetime
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awards.conditions import KINDS
from awards.eligibility import (
    ELIGIBLE,
    NOT_ELIGIBLE,
    TO_CHECK,
    ConditionError,
    describe,
    judge,
    open_findings,
    parse,
    validate,
)
from awards.evidence import (
    GRADES,
    AwardFact,
    DisciplineFact,
    Facts,
    HoldFact,
    InitiativeFact,
    ModelFact,
    SheetFact,
    YearFact,
)
from awards.rulefile import standard_rules
from campaigns.cases import evaluate, run_file

DAY = datetime.date
NAMES = {"CSTDCS": "Chiến sĩ thi đua cơ sở", "LDTT": "Lao động tiên tiến", "BK-T": "Bằng khen"}
KNOWN = Facts("person", 2025, DAY(2026, 1, 15), names=NAMES, levels={"tinh": (3, "Cấp tỉnh")})
THREE_YEARS = [{"need": "award_years", "award": "CSTDCS", "years": 3}]


def facts(**values) -> Facts:
    return replace(KNOWN, **values)


def first(expression, known: Facts):
    return judge(expression, known).findings[0]


def awards(code: str, *years: int, **values) -> tuple[AwardFact, ...]:
    return tuple(AwardFact(code, year, **values) for year in years)


def test_every_case_of_the_law_page_holds():
    result = run_file(Path("awards/data/cases/eligibility.yaml").read_bytes())

    assert result.errors == ()
    assert [case for case in result.cases if not case.passed] == []


# --- sentences --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("expression", "known", "sentence"),
    [
        (THREE_YEARS, facts(awards=awards("CSTDCS", 2023, 2024, 2025)), "Đủ điều kiện: Chiến sĩ thi đua cơ sở các năm 2023–2025."),
        (THREE_YEARS, facts(awards=awards("CSTDCS", 2022, 2023, 2025)), "Thiếu 1 năm Chiến sĩ thi đua cơ sở (năm 2024); cần các năm 2023–2025."),
        (THREE_YEARS, facts(), "Cần kiểm tra: chưa có dữ liệu Chiến sĩ thi đua cơ sở năm 2023, 2024, 2025."),
        ([{"need": "grade_years", "grade": "htt"}], facts(years=(YearFact(2025, "ht"),)), "Thiếu 1 năm Hoàn thành tốt nhiệm vụ trở lên (năm 2025); cần năm 2025; năm 2025: Hoàn thành nhiệm vụ."),
        ([{"need": "initiatives", "count": 2, "years": 2}], facts(initiatives=(InitiativeFact(2025),)), "Thiếu 1 sáng kiến, đề tài được công nhận cấp cơ sở trở lên: các năm 2024–2025 có 1, cần 2."),
        ([{"need": "member_share", "of": "ldtt", "at_least": "70%"}], facts(years=(YearFact(2025, members=9, ldtt=6),)), "Thiếu tỷ lệ: 6/9 thành viên đạt Lao động tiên tiến, cần từ 70%."),
        ([{"need": "member_count", "of": "cstdcs"}], facts(years=(YearFact(2025, cstdcs=0),)), "Thiếu 1 thành viên đạt Chiến sĩ thi đua cơ sở: có 0, cần 1."),
        ([{"need": "leads_cluster"}], facts(), "Cần kiểm tra: chưa có kết quả cụm, khối thi đua năm 2025."),
        ([{"need": "campaign"}], facts(sheets=(SheetFact(2025, "Dân vận khéo", "Xuất sắc", 1, 4),)), "Đủ điều kiện: xếp loại “Xuất sắc” trong Dân vận khéo."),
        ([{"need": "model", "level": "tinh"}], facts(models=(ModelFact(2025, "Hiến đất", "Cấp tỉnh", 3),)), "Đủ điều kiện: mô hình “Hiến đất” được công nhận năm 2025."),
        ([{"need": "judged", "text": "có đóng góp lớn"}], facts(), "Cần kiểm tra: có đóng góp lớn."),
    ],
)  # fmt: skip
def test_each_condition_says_one_sentence(expression, known, sentence):
    assert first(expression, known).text == sentence


def test_one_way_of_several_is_enough_and_is_named():
    either = [{"any": [{"need": "judged", "text": "có đóng góp lớn"}, {"need": "grade_years", "grade": "htxs"}]}]
    known = facts(years=(YearFact(2025, "htxs"),))

    assert judge(either, known).outcome == ELIGIBLE
    assert first(either, known).text == "Đủ điều kiện: Hoàn thành xuất sắc nhiệm vụ năm 2025."
    assert first(either, facts()).text == (
        "Cần kiểm tra: ít nhất một điều kiện trong: có đóng góp lớn; hoặc chưa có dữ liệu Hoàn thành xuất sắc nhiệm vụ năm 2025."
    )


def test_a_condition_for_others_is_not_asked():
    only_collectives = [{"need": "leads_cluster", "for": ["collective"]}]

    assert judge(only_collectives, facts()).outcome == ELIGIBLE
    assert judge(only_collectives, facts(recipient="collective")).outcome == TO_CHECK


@pytest.mark.parametrize(("ends", "outcome"), [("last", TO_CHECK), ("before", ELIGIBLE), ("either", ELIGIBLE)])
def test_the_row_says_in_which_year_the_years_end(ends, outcome):
    known = facts(awards=awards("CSTDCS", 2022, 2023, 2024))

    assert judge([{**THREE_YEARS[0], "ends": ends}], known).outcome == outcome


def test_the_same_year_twice_is_one_year():
    assert judge(THREE_YEARS, facts(awards=awards("CSTDCS", 2024, 2024, 2025))).outcome == TO_CHECK


# --- principles -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["movement", "sudden"])
def test_thematic_and_sudden_awards_ground_no_merit(kind):
    """P3, T-E4."""
    held = facts(awards=awards("CSTDCS", 2023, 2024) + awards("CSTDCS", 2025, kind=kind))

    assert judge(THREE_YEARS, held).outcome == NOT_ELIGIBLE
    assert "khen chuyên đề, đột xuất" in first(THREE_YEARS, held).text
    assert judge(THREE_YEARS, replace(held, award_kind="movement")).outcome == ELIGIBLE


def test_what_rests_on_discipline_or_a_hold_is_told_to_nobody_else():
    """P4, P5: the open part reads as if there were none."""
    clean = facts(awards=awards("CSTDCS", 2023, 2024, 2025))
    known = replace(
        clean,
        disciplines=(DisciplineFact("canh_cao", DAY(2022, 6, 1), DAY(2023, 6, 1)),),
        holds=(HoldFact("Có đơn thư đang xác minh", DAY(2026, 1, 1)),),
    )
    verdict = judge(THREE_YEARS, known)

    assert verdict.outcome == NOT_ELIGIBLE
    assert verdict.open_part() == judge(THREE_YEARS, clean).open_part()
    assert open_findings(verdict.as_json()) == [
        {"outcome": "met", "text": "Đủ điều kiện: Chiến sĩ thi đua cơ sở các năm 2023–2025."}
    ]
    assert [row.text for row in verdict.findings if row.private] == [
        "Thiếu 1 năm Chiến sĩ thi đua cơ sở (năm 2023); cần các năm 2023–2025; "
        "thành tích năm 2023 không tính vì trước ngày hết thời hạn kỷ luật.",
        "Chưa được xét: có đơn thư đang xác minh từ 01/01/2026.",
    ]


def test_a_discipline_without_an_end_is_to_be_checked():
    verdict = judge([], facts(disciplines=(DisciplineFact("khien_trach", DAY(2025, 1, 1)),)))

    assert verdict.outcome == TO_CHECK


def test_maternity_leave_counts_in_full():
    """P6, T-E8: there is nothing anywhere by which months could be taken off a year."""
    known = facts(awards=awards("CSTDCS", 2023, 2024, 2025), years=(YearFact(2024, "htt"),))

    assert judge(THREE_YEARS, known).outcome == ELIGIBLE
    assert not {name for name in YearFact.__dataclass_fields__ if "leave" in name or "month" in name}


def test_awards_of_the_units_before_a_merger_count_and_are_named():
    known = facts(awards=awards("CSTDCS", 2024, 2025) + awards("CSTDCS", 2023, of="Xã Cũ"))

    assert first(THREE_YEARS, known).text == (
        "Đủ điều kiện: Chiến sĩ thi đua cơ sở các năm 2023–2025; năm 2023 là của Xã Cũ trước sắp xếp."
    )


def test_what_only_one_of_the_merged_units_had_is_to_be_checked():
    known = facts(awards=awards("CSTDCS", 2024, 2025) + awards("CSTDCS", 2023, of="Xã Cũ", certain=False))

    assert judge(THREE_YEARS, known).outcome == TO_CHECK


@pytest.mark.parametrize("years", [(), (YearFact(2025, "kht"),), (YearFact(2025, "htxs"),)])
def test_a_text_not_confirmed_concludes_nothing(years):
    """T-E2."""
    verdict = judge([{"need": "grade_years", "grade": "htt"}], facts(years=years), unconfirmed="Luật 2026")

    assert (verdict.outcome, verdict.open_part().outcome) == (TO_CHECK, TO_CHECK)
    assert "Cần kiểm tra: chờ xác nhận văn bản (Luật 2026)." in [row.text for row in verdict.findings]


def test_a_hold_stands_in_the_way_under_any_text():
    held = facts(holds=(HoldFact("Đang bị điều tra", DAY(2026, 1, 1)),))

    assert judge([], held, unconfirmed="Luật 2026").outcome == NOT_ELIGIBLE


# --- what can be typed wrong ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ({}, "Điều kiện phải là một danh sách. Không có điều kiện thì ghi []."),
        ([5], "Điều kiện thứ 1 phải là các cặp khóa: giá trị."),
        ([{"need": "award_years"}], "Điều kiện thứ 1: Điều kiện “award_years” thiếu mục “award”."),
        ([{"need": "award_years", "award": "X", "nam": 3}], "Điều kiện thứ 1: Điều kiện “award_years” không có mục “nam”."),
        ([{"need": "award_years", "award": "X", "years": 0}], "Điều kiện thứ 1: “years” phải là số nguyên từ 1 đến 60."),
        ([{"need": "award_years", "award": "X", "years": True}], "Điều kiện thứ 1: “years” phải là số nguyên từ 1 đến 60."),
        ([{"need": "member_share", "of": "ldtt", "at_least": "bảy mươi"}], "Điều kiện thứ 1: “bảy mươi” không phải tỷ lệ. Hãy ghi như 80%, 2/3 hoặc majority."),
        ([{"need": "member_share", "of": "ldtt", "at_least": "majority"}], "Điều kiện thứ 1: “at_least” phải là tỷ lệ như 70% hoặc 2/3."),
        ([{"any": []}], "Điều kiện thứ 1: “any” phải có ít nhất một điều kiện."),
        ([{"any": [{"need": "judged", "text": "a"}], "all": []}], "Điều kiện thứ 1: chỉ dùng một trong any, all, không kèm mục khác ngoài for."),
        ([{"need": "judged", "text": "a", "for": "ai đó"}], "Điều kiện thứ 1: “for” phải gồm các giá trị: person, collective, household."),
        ([{"need": "award_same_year", "award": "KHONG"}], "Không có danh hiệu, hình thức mã “KHONG”."),
    ],
)  # fmt: skip
def test_a_wrong_expression_is_named_in_a_sentence(expression, sentence):
    assert validate(expression, ["LDTT"]) == [sentence]


def test_a_kind_that_does_not_exist_lists_those_that_do():
    (sentence,) = validate([{"need": "la_gi"}])

    assert sentence == f"Điều kiện thứ 1: Không có loại điều kiện “la_gi”. Các loại: {', '.join(sorted(KINDS))}."


def test_too_deep_and_too_many_are_refused():
    deep = [{"need": "leads_cluster"}]
    for _ in range(6):
        deep = [{"any": deep}]

    assert validate(deep)[0].endswith("Điều kiện lồng nhau quá 5 tầng.")
    assert validate([{"need": "leads_cluster"}] * 101) == ["Quá 100 điều kiện trong một quy định."]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(sorted(KINDS)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["need", "any", "all", "for", "award", "years", "text"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(JSON)
def test_junk_gives_sentences_and_never_an_error(junk):
    found = validate(junk)

    assert all(isinstance(sentence, str) and sentence for sentence in found)
    if not found:
        parse(junk)
    else:
        with pytest.raises(ConditionError):
            parse(junk)


def test_every_condition_of_the_standard_rules_can_be_read_aloud():
    for rule in standard_rules().rules:
        for words in describe(rule["conditions"], facts()):
            assert words.text[0].isupper() or words.text[0].isdigit()


# --- properties -------------------------------------------------------------------------------------------------------
YEARS = st.integers(2018, 2025)
YEAR_FACTS = st.builds(
    YearFact, YEARS, st.sampled_from(["", *GRADES]), st.none() | st.integers(1, 40), st.none() | st.integers(0, 40),
    st.none() | st.integers(0, 40), st.none() | st.integers(0, 40), st.none() | st.integers(0, 40),
    st.none() | st.integers(0, 3), st.none() | st.booleans(),
)  # fmt: skip
WORLDS = st.builds(
    Facts,
    recipient=st.sampled_from(["person", "collective", "household"]),
    year=st.just(2025),
    day=st.just(DAY(2026, 1, 15)),
    award=st.just("BK-T"),
    awards=st.lists(st.builds(AwardFact, st.sampled_from(sorted(NAMES)), YEARS), max_size=8).map(tuple),
    years=st.lists(YEAR_FACTS, max_size=6, unique_by=lambda row: row.year).map(tuple),
    initiatives=st.lists(
        st.builds(InitiativeFact, YEARS, scope=st.sampled_from(["basis", "province"]), used=st.booleans()), max_size=4
    ).map(tuple),
    names=st.just(NAMES),
)
RULES = st.sampled_from([row["conditions"] for row in standard_rules().rules])
CONDITIONS = st.sampled_from(
    [
        THREE_YEARS[0],
        {"need": "award_held", "award": "BK-T", "years": 5},
        {"need": "grade_years", "grade": "htt", "years": 2},
        {"need": "initiatives", "count": 2, "years": 3},
        {"need": "member_share", "of": "ldtt", "at_least": "70%"},
    ]
)
ORDER = {"unmet": 0, "unknown": 1, "met": 2}


@given(RULES, WORLDS, st.randoms())
def test_the_order_of_rows_does_not_matter(rule, world, random):
    mixed = {}
    for name in ("awards", "years", "initiatives"):
        rows = list(getattr(world, name))
        random.shuffle(rows)
        mixed[name] = tuple(rows)

    assert judge(rule, replace(world, **mixed)) == judge(rule, world)


@given(CONDITIONS, WORLDS, st.builds(AwardFact, st.sampled_from(sorted(NAMES)), YEARS))
def test_one_more_award_never_takes_away_what_was_met(condition, world, award):
    before = first([condition], world).outcome
    after = first([condition], replace(world, awards=(*world.awards, award))).outcome

    assert before != "met" or after == "met"


@given(CONDITIONS, WORLDS, YEAR_FACTS)
def test_one_more_year_on_record_never_takes_away_what_was_met(condition, world, row):
    if world.year_fact(row.year) is not None:
        return
    before = first([condition], world).outcome
    after = first([condition], replace(world, years=(*world.years, row))).outcome

    assert before != "met" or after == "met"


@given(WORLDS, st.integers(1, 8))
def test_fewer_years_are_never_harder(world, years):
    more = first([{"need": "grade_years", "grade": "htt", "years": years + 1}], world).outcome
    less = first([{"need": "grade_years", "grade": "htt", "years": years}], world).outcome

    assert ORDER[less] >= ORDER[more]


@given(st.integers(1, 500), st.integers(0, 500), st.integers(1, 100))
def test_shares_are_exact(members, part, percent):
    condition = [{"need": "member_share", "of": "ldtt", "at_least": f"{percent}%"}]
    found = first(condition, facts(years=(YearFact(2025, members=members, ldtt=min(part, members)),)))

    assert found.outcome == ("met" if min(part, members) * 100 >= percent * members else "unmet")


@given(RULES, WORLDS)
def test_a_verdict_is_what_its_findings_say(rule, world):
    verdict = judge(rule, world)
    outcomes = {row.outcome for row in verdict.findings}

    assert verdict.outcome == (NOT_ELIGIBLE if "unmet" in outcomes else TO_CHECK if "unknown" in outcomes else ELIGIBLE)


@given(RULES)
def test_nothing_known_is_never_a_silent_pass_nor_a_silent_fail(rule):
    """Missing data → "cần kiểm tra"; only what is itself a lack (no initiative, no model) fails."""
    for kind in ("person", "collective", "household"):
        nothing = Facts(kind, 2025, DAY(2026, 1, 15), names=NAMES)
        verdict = judge(rule, nothing)
        asked = [row for row in verdict.findings if not row.private]
        assert not asked or verdict.outcome != ELIGIBLE


# --- case files -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "given_values",
    [
        {"nam": 2025},
        {"year": 2025},
        {"conditions": [], "year": "2025"},
        {"award": "BK-T", "received": "hôm qua", "year": 2025},
        {"award": "KHONG", "received": DAY(2026, 1, 1), "year": 2025},
        {"conditions": [], "year": 2025, "awards": [{"ten": "BK"}]},
        {"conditions": [], "year": 2025, "awards": [{"award": "BK"}]},
        {"conditions": [], "year": 2025, "awards": "BK"},
        {"conditions": [{"need": "?"}], "year": 2025},
        {"conditions": [], "year": 2025, "period": [2025]},
        {"order": "ai trước"},
    ],
)
def test_a_case_that_cannot_be_evaluated_says_so(given_values):
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        evaluate("eligibility", given_values)
