import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Document, DocumentNumber, NumberSeries
from tests import factories as f
from tests.races import at_once, refusals
from units.models import IssuingBody, User
from units.services import structure
from units.services.numbers import preview_number, record_external, take_number, visible_numbers, void_number

DAY = datetime.date(2026, 11, 21)


def take(province, unit=None, *, type_code="BC", day=DAY, subject="Báo cáo quý", actor=None):
    return take_number(
        unit or province.ban, actor=actor or province.clerk, type_code=type_code, day=day, subject=subject
    )


def record(province, number, unit=None, *, day=DAY, subject="Văn bản giấy", actor=None):
    return record_external(
        unit or province.ban, actor=actor or province.clerk, type_code="BC", day=day, number=number, subject=subject
    )


def state_body(unit):
    """The unit numbers as the State does, under the symbol SNV."""
    IssuingBody.objects.filter(unit=unit).update(system="state", symbol="SNV")


# --- which number is next -------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_first_number_of_a_party_body(province):
    number = take(province)

    assert (number.number, number.text, number.series.scope) == (1, "01-BC/BTGDVTU", "2025-2030")
    assert (number.unit, number.dated_on, number.subject) == (province.ban, DAY, "Báo cáo quý")
    assert number.status == "issued"


@pytest.mark.django_db
def test_every_type_and_every_body_has_its_own_run(province):
    texts = [
        take(province).text,
        take(province).text,
        take(province, type_code="TB").text,
        take(province, province.commune).text,
        take(province, province.other_commune).text,
        take(province, province.commune).text,
    ]

    assert texts == ["01-BC/BTGDVTU", "02-BC/BTGDVTU", "01-TB/BTGDVTU", "01-BC/ĐU", "01-BC/ĐU", "02-BC/ĐU"]


@pytest.mark.django_db
def test_one_type_typed_in_two_ways_is_one_run(province):
    assert [take(province, type_code=code).text for code in ("ttr", "TTr", " TTR ")] == [
        "01-TTr/BTGDVTU",
        "02-TTr/BTGDVTU",
        "03-TTr/BTGDVTU",
    ]


@pytest.mark.django_db
def test_in_a_new_year_the_party_goes_on_and_the_state_begins_again(province):
    """T-F2"""
    state_body(province.commune)
    for unit in (province.ban, province.commune):
        take(province, unit, day=datetime.date(2026, 12, 31))

    new_year = datetime.date(2027, 1, 4)
    assert take(province, day=new_year).text == "02-BC/BTGDVTU"
    assert take(province, province.commune, day=new_year).text == "01/BC-SNV"


@pytest.mark.django_db
def test_a_new_term_begins_again(province):
    f.TermOfOfficeFactory(
        unit=province.province,
        name="2030-2035",
        valid_from=datetime.date(2030, 7, 1),
        valid_to=datetime.date(2035, 6, 30),
    )
    take(province, day=datetime.date(2030, 6, 30))

    number = take(province, day=datetime.date(2030, 7, 1))

    assert (number.text, number.series.scope) == ("01-BC/BTGDVTU", "2030-2035")


@pytest.mark.django_db
def test_a_committee_with_a_term_of_its_own_numbers_through_that(province):
    f.TermOfOfficeFactory(unit=province.commune, name="2026-2031", valid_from=datetime.date(2026, 3, 1), valid_to=None)

    assert take(province, province.commune).series.scope == "2026-2031"
    assert take(province, province.other_commune).series.scope == "2025-2030"


# --- numbers of the paper register ------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_higher_number_of_the_paper_register_moves_the_run_on(province):
    take(province)

    outside = record(province, 40)

    assert (outside.text, outside.status) == ("40-BC/BTGDVTU", "external")
    assert take(province).text == "41-BC/BTGDVTU"


@pytest.mark.django_db
def test_a_lower_free_number_fills_its_place_and_moves_nothing(province):
    record(province, 40)

    assert record(province, 12).text == "12-BC/BTGDVTU"
    assert take(province).text == "41-BC/BTGDVTU"


@pytest.mark.django_db
def test_a_number_that_was_given_is_refused_with_what_carries_it(province):
    given, void = take(province, subject="Báo cáo quý III"), take(province)
    void_number(void, actor=province.clerk, reason="Lấy nhầm")

    for number, words in ((given.number, "Báo cáo quý III"), (void.number, "bỏ số")):
        with pytest.raises(DomainError, match="Mỗi số chỉ dùng một lần") as refused:
            record(province, number)
        assert words in refused.value.message
    assert DocumentNumber.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, -3, 1_000_000])
def test_a_number_that_no_register_has_is_refused(province, number):
    with pytest.raises(DomainError):
        record(province, number)

    assert not DocumentNumber.objects.exists()


@pytest.mark.django_db
def test_the_paper_register_of_a_closed_unit_may_still_be_entered(province):
    structure.close_unit(province.commune, actor=province.admin, on=datetime.date(2026, 11, 1), decision="NQ 1")
    unit = province.commune

    assert record(province, 7, unit, day=datetime.date(2026, 10, 31)).text == "07-BC/ĐU"
    with pytest.raises(DomainError, match="không hoạt động vào ngày 01/11/2026"):
        record(province, 8, unit, day=datetime.date(2026, 11, 1))


# --- numbers that are not used ----------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_void_number_stays_with_its_reason_and_is_never_given_again(province):
    number = take(province)

    void_number(number, actor=province.clerk, reason="  Lấy nhầm  loại ")

    stored = DocumentNumber.objects.get()
    assert (stored.status, stored.reason, stored.text) == ("void", "Lấy nhầm loại", "01-BC/BTGDVTU")
    assert take(province).text == "02-BC/BTGDVTU"


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "   ", "x" * 251])
def test_a_number_is_not_voided_without_a_short_reason(province, reason):
    number = take(province)

    with pytest.raises(DomainError):
        void_number(number, actor=province.clerk, reason=reason)

    assert DocumentNumber.objects.get().status == "issued"


@pytest.mark.django_db
def test_a_number_is_voided_once(province):
    number = void_number(take(province), actor=province.clerk, reason="Lấy nhầm")

    with pytest.raises(DomainError, match="đã được bỏ"):
        void_number(number, actor=province.clerk, reason="Lần nữa")


def document_of(number, status):
    """The smallest document that carries the number."""
    from dvk_portal.core.documents.formats import format_for
    from dvk_portal.core.files import store_bytes

    file = store_bytes(b"%PDF-1.7 thu", "thu.pdf", kind="application/pdf", actor=None)
    moment = datetime.datetime(2026, 11, 21, 8, tzinfo=datetime.UTC)
    was_issued = status in ("issued", "superseded")
    return Document.objects.create(
        code="K7M2QX9TRB4D",
        kind="pledge",
        unit=number.unit,
        record_type="x",
        record_id="1",
        title="Báo cáo",
        subject=number.subject,
        format=format_for("party", DAY),
        number=number,
        dated_on=DAY,
        status=status,
        content={},
        content_hash="0",
        frozen=file,
        current=file,
        issued_at=moment if was_issued else None,
        ended_at=moment if status in ("cancelled", "superseded") else None,
        end_reason="Soạn lại" if status in ("cancelled", "superseded") else "",
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "sentence"),
    [("issued", "đã ban hành"), ("superseded", "đã ban hành"), ("frozen", "đang chờ ký")],
)
def test_a_number_that_a_document_carries_is_not_voided(province, status, sentence):
    number = take(province)
    document_of(number, status)

    with pytest.raises(DomainError, match=sentence):
        void_number(number, actor=province.clerk, reason="Thôi")


@pytest.mark.django_db
def test_the_number_of_a_document_cancelled_before_it_was_issued_can_be_voided(province):
    number = take(province)
    document_of(number, "cancelled")

    assert void_number(number, actor=province.clerk, reason="Văn bản đã hủy").status == "void"


# --- who, and what is refused -----------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("who", ["editor", "other_leader", "verifier", "viewer", "admin", "stranger"])
def test_nobody_else_touches_the_register(province, who):
    number, actor = take(province, province.commune), getattr(province, who)

    for act in (
        lambda: take(province, province.commune, actor=actor),
        lambda: record(province, 9, province.commune, actor=actor),
        lambda: void_number(number, actor=actor, reason="Thôi"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert list(DocumentNumber.objects.values_list("number", "status")) == [(1, "issued")]
    assert number not in visible_numbers(actor)


@pytest.mark.django_db
def test_a_leader_keeps_the_numbers_of_his_own_unit_and_sees_no_other(province):
    own, other = take(province, province.commune, actor=province.leader), take(province, province.other_commune)

    assert list(visible_numbers(province.leader)) == [own]
    assert set(visible_numbers(province.clerk)) == {own, other}
    with pytest.raises(PermissionDenied):
        take(province, province.other_commune, actor=province.leader)


@pytest.mark.django_db
def test_a_closed_unit_takes_no_number(province):
    structure.close_unit(province.commune, actor=province.admin, on=datetime.date(2026, 11, 1), decision="NQ 1")

    for day in (DAY, datetime.date(2026, 10, 1)):
        with pytest.raises(DomainError, match="Xã An Hòa"):
            take_number(
                province.commune,
                actor=province.clerk,
                type_code="BC",
                day=day,
                subject="Báo cáo",
                now=datetime.datetime(2026, 11, 21, 9, tzinfo=datetime.UTC),
            )


@pytest.mark.django_db
def test_what_is_not_declared_is_said_with_what_to_do(province):
    f.MembershipFactory(user=province.clerk, unit=province.department, role="clerk")

    with pytest.raises(DomainError, match="Chưa khai ký hiệu văn bản của Phòng Đoàn thể"):
        take(province, province.department)
    with pytest.raises(DomainError, match="Chưa khai nhiệm kỳ cấp ủy"):
        take(province, day=datetime.date(2024, 1, 5))
    assert not NumberSeries.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"subject": "  "}, "trích yếu"),
        ({"subject": "x" * 501}, "500 ký tự"),
        ({"type_code": ""}, "loại văn bản"),
        ({"type_code": "X" * 21}, "20 ký tự"),
    ],
)
def test_a_number_needs_a_type_and_a_subject(province, change, sentence):
    with pytest.raises(DomainError, match=sentence):
        take(province, **change)

    assert not NumberSeries.objects.exists()


@pytest.mark.django_db
def test_a_symbol_too_long_for_the_metadata_is_refused(province):
    IssuingBody.objects.filter(unit=province.ban).update(symbol="ABCDEFGHIJKLMNOPQRST")

    with pytest.raises(DomainError, match="dài quá 30 ký tự"):
        take(province, type_code="ABCDEFGHIJKL")


@pytest.mark.django_db
def test_every_act_leaves_a_line(province):
    void_number(take(province), actor=province.director, reason="Lấy nhầm")
    record(province, 5)

    lines = AuditEntry.objects.order_by("id").values_list("action", "actor__username", "record_text", "note")
    assert list(lines) == [
        ("take_number", "vanthu", "01-BC/BTGDVTU", ""),
        ("void_number", "truongban", "01-BC/BTGDVTU", "Lấy nhầm"),
        ("record_number", "vanthu", "05-BC/BTGDVTU", ""),
    ]


# --- before taking ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_preview_gives_the_number_that_comes_and_writes_nothing(province):
    take(province)

    found = preview_number(province.ban, type_code="bc", day=DAY, subject="Việc khác", today=DAY)

    assert (found.text, found.scope, found.notes) == ("02-BC/BTGDVTU", "nhiệm kỳ 2025-2030", ())
    assert take(province).text == found.text


@pytest.mark.django_db
def test_the_preview_warns_of_what_is_probably_a_mistake(province):
    take(province, subject="Báo cáo quý III")
    later = preview_number(
        province.ban, type_code="BC", day=datetime.date(2026, 11, 22), subject="bao cao quy iii", today=DAY
    )
    earlier = preview_number(province.ban, type_code="BC", day=datetime.date(2026, 11, 1), subject="Khác", today=DAY)
    outside = preview_number(province.ban, type_code="BC", day=DAY, subject="Khác", number=5, today=DAY)

    assert later.notes == (
        "Ngày văn bản 22/11/2026 chưa đến.",
        "Trích yếu này đã có số 01-BC/BTGDVTU ngày 21/11/2026. Hãy kiểm tra xem có lấy trùng không.",
    )
    assert earlier.notes == ("Số 01-BC/BTGDVTU đã mang ngày 21/11/2026, sau ngày văn bản này.",)
    assert outside.notes == ("Số cuối trong sổ là 1; cổng sẽ không cấp các số còn trống từ 2 đến 4.",)


# --- several at once ----------------------------------------------------------------------------------------------------
def again(person):
    return User.objects.get(pk=person.pk)


@pytest.mark.django_db(transaction=True)
def test_those_who_take_at_the_same_moment_get_consecutive_numbers(province):
    """Even of a run that does not exist yet."""
    found = at_once(*[lambda: take(province, actor=again(province.clerk)).number] * 8)

    assert refusals(found) == []
    assert sorted(found) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert NumberSeries.objects.get().last == 8


@pytest.mark.django_db(transaction=True)
def test_the_same_paper_number_entered_by_two_is_entered_once(province):
    take(province)

    found = at_once(
        lambda: record(province, 2, actor=again(province.clerk)),
        lambda: record(province, 2, actor=again(province.director)),
        lambda: take(province, actor=again(province.clerk)),
    )

    numbers = sorted(DocumentNumber.objects.values_list("number", flat=True))
    assert numbers in ([1, 2, 3], [1, 2])
    assert len(refusals(found)) == 4 - len(numbers)


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_was_never_given_and_leaves_no_hole(province):
    take(province)

    @transaction.atomic
    def fail():
        assert take(province).number == 2
        raise RuntimeError("the document could not be made")

    with pytest.raises(RuntimeError):
        fail()

    assert not connection.in_atomic_block
    assert [take(province).number, take(province).number] == [2, 3]
