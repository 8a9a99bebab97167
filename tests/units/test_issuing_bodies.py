import datetime

import pytest
from django.core.exceptions import PermissionDenied

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry
from tests import factories as f
from units.models import IssuingBody, TermOfOffice
from units.services.issuing import body_of, heading_of, keep_issuing_body, keep_term, term_of
from units.services.numbers import take_number

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 21)


def body(unit, **values):
    """A row not stored yet, as the form gives it."""
    given = {
        "system": "party", "superior": "Tỉnh ủy Thử Nghiệm", "name": "Ban Dân vận", "symbol": "BDVTU", "place": "Thử Nghiệm",
        "valid_from": datetime.date(2010, 1, 1), "valid_to": datetime.date(2014, 12, 31),
    }  # fmt: skip
    return IssuingBody(unit=unit, **{**given, **values})


def current(unit):
    return IssuingBody.objects.get(unit=unit, valid_to=None)


def number(province, day=DAY):
    return take_number(province.ban, actor=province.clerk, type_code="BC", day=day, subject="Báo cáo")


# --- what a body is called on one day ----------------------------------------------------------------------------------
def test_the_header_is_the_one_of_the_day(province):
    keep_issuing_body(body(province.ban, valid_to=datetime.date(2014, 12, 31)), actor=province.clerk)

    assert heading_of(province.ban, DAY).symbol == "BTGDVTU"
    assert body_of(province.ban, datetime.date(2014, 12, 31)).symbol == "BDVTU"
    assert body_of(province.ban, datetime.date(2015, 1, 1)).symbol == "BTGDVTU"


def test_the_term_is_that_of_the_committee_above_unless_there_is_one_of_its_own(province):
    keep_term(
        TermOfOffice(unit=province.commune, name="2026-2031", valid_from=datetime.date(2026, 3, 1)),
        actor=province.clerk,
    )

    assert term_of(province.department, DAY).name == "2025-2030"
    assert term_of(province.commune, DAY).name == "2026-2031"
    assert term_of(province.commune, datetime.date(2026, 2, 28)).name == "2025-2030"


# --- rows of one unit never overlap ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (datetime.date(2026, 1, 1), None),
        (datetime.date(2010, 1, 1), None),
        (datetime.date(2010, 1, 1), datetime.date(2015, 1, 1)),
        (datetime.date(2020, 1, 1), datetime.date(2020, 1, 1)),
    ],
)
def test_overlapping_days_are_refused(province, begins, ends):
    with pytest.raises(DomainError) as refused:
        keep_issuing_body(body(province.ban, valid_from=begins, valid_to=ends), actor=province.clerk)

    assert "Trùng thời gian với" in refused.value.findings[0]
    assert IssuingBody.objects.filter(unit=province.ban).count() == 1


def test_a_new_row_may_end_the_one_in_force(province):
    begins = datetime.date(2026, 12, 1)

    keep_issuing_body(
        body(province.ban, symbol="BMOI", valid_from=begins, valid_to=None), actor=province.clerk, replace=True
    )

    assert body_of(province.ban, datetime.date(2026, 11, 30)).symbol == "BTGDVTU"
    assert body_of(province.ban, begins).symbol == "BMOI"
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == ["change_row", "add_row"]


def test_terms_never_overlap_and_never_repeat(province):
    for values, words in (
        ({"name": "2026-2031", "valid_from": DAY}, "Trùng thời gian"),
        ({"name": "2025-2030", "valid_from": datetime.date(2031, 1, 1)}, "đã được khai"),
    ):
        with pytest.raises(DomainError) as refused:
            keep_term(TermOfOffice(unit=province.province, **values), actor=province.clerk)
        assert words in " ".join(refused.value.findings)
    assert TermOfOffice.objects.count() == 1


@pytest.mark.parametrize("symbol", ["", "BTG DVTU", "   "])
def test_a_symbol_is_one_word(province, symbol):
    with pytest.raises(DomainError):
        keep_issuing_body(body(province.ban, symbol=symbol), actor=province.clerk)


def test_an_end_before_the_beginning_is_refused(province):
    with pytest.raises(DomainError) as refused:
        keep_issuing_body(body(province.ban, valid_to=datetime.date(2009, 12, 31)), actor=province.clerk)

    assert refused.value.findings == ["Ngày hết hiệu lực phải sau ngày bắt đầu."]


# --- what numbers were given under stays --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"symbol": "KHAC"}, "thêm dòng mới từ ngày thay đổi"),
        ({"name": "Ban khác"}, "thêm dòng mới từ ngày thay đổi"),
        ({"system": "state"}, "thêm dòng mới từ ngày thay đổi"),
        ({"valid_to": datetime.date(2026, 11, 20)}, "phải bao gồm những ngày đó"),
        ({"valid_from": datetime.date(2026, 11, 22)}, "phải bao gồm những ngày đó"),
    ],
)
def test_a_row_under_which_numbers_were_given_keeps_its_name_and_days(province, change, words):
    number(province)
    row = current(province.ban)
    for name, value in change.items():
        setattr(row, name, value)

    with pytest.raises(DomainError) as refused:
        keep_issuing_body(row, actor=province.clerk)

    assert words in refused.value.findings[0]
    assert (current(province.ban).symbol, current(province.ban).system) == ("BTGDVTU", "party")


def test_place_and_last_day_may_change_after_numbers_were_given(province):
    number(province)
    row = current(province.ban)
    row.place, row.valid_to = "Long Xuyên", DAY

    keep_issuing_body(row, actor=province.clerk)

    stored = IssuingBody.objects.get(pk=row.pk)
    assert (stored.place, stored.valid_to) == ("Long Xuyên", DAY)


def test_without_numbers_a_slip_can_be_mended(province):
    row = current(province.ban)
    row.symbol = "BTGDV"

    keep_issuing_body(row, actor=province.clerk)

    assert body_of(province.ban, DAY).symbol == "BTGDV"


def test_a_term_in_which_numbers_were_given_keeps_its_name(province):
    number(province)
    term = TermOfOffice.objects.get()
    term.name = "2026-2031"

    with pytest.raises(DomainError) as refused:
        keep_term(term, actor=province.clerk)

    assert "không đổi tên nhiệm kỳ" in refused.value.findings[0]


# --- who ------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["editor", "leader", "verifier", "director", "viewer", "stranger"])
def test_only_clerk_and_administrator_declare_bodies_and_terms(province, who):
    actor = getattr(province, who)

    with pytest.raises(PermissionDenied):
        keep_issuing_body(body(province.commune), actor=actor)
    with pytest.raises(PermissionDenied):
        keep_term(TermOfOffice(unit=province.commune, name="x", valid_from=DAY), actor=actor)


def test_the_clerk_reaches_what_lies_below_his_committee_and_nothing_else(province):
    foreign = f.UnitFactory(code="92", kind_code="tinh")

    assert keep_issuing_body(body(province.commune), actor=province.clerk).pk
    assert keep_issuing_body(body(province.other_commune), actor=province.admin).pk
    with pytest.raises(PermissionDenied):
        keep_issuing_body(body(foreign), actor=province.clerk)
