"""Who keeps whom: recipients, years, initiatives; nobody twice unknowingly."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from awards.models import Achievement, Initiative, Recipient, YearRecord
from awards.services.recipients.initiatives import save_initiative
from awards.services.recipients.register import may_write, save_recipient, writable_units
from awards.services.recipients.years import rows_of, save_years, version_of
from dvk_portal.core.exceptions import DomainError
from tests.architecture.everything import PDF
from tests.factories import awards as af
from tests.personas import TODAY

DAY = datetime.date
LAN = {"kind": "person", "name": "Nguyễn  Thị Lan", "post": "Bí thư chi bộ", "sex": "f"}


def enter(province, person="editor", unit=None, **options):
    values = LAN | options.pop("values", {})
    return save_recipient(
        None, actor=getattr(province, person), unit=unit or province.commune, values=values, **options
    )


# --- who --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("person", ["editor", "leader", "verifier", "director"])
def test_the_unit_keeps_its_people_and_the_province_those_below(person, province):
    assert enter(province, person).created_by == getattr(province, person)


@pytest.mark.parametrize(
    "person", ["other_editor", "other_leader", "clerk", "viewer", "admin", "chair", "secretary", "member", "stranger"]
)
def test_nobody_else_does(person, province):
    with pytest.raises(PermissionDenied):
        enter(province, person)
    assert not Recipient.objects.exists()


def test_a_person_is_moved_only_by_who_keeps_both_units(province):
    row = enter(province)

    with pytest.raises(PermissionDenied):
        save_recipient(row, actor=province.editor, unit=province.other_commune, values={})
    save_recipient(row, actor=province.verifier, unit=province.other_commune, values={})

    assert Recipient.objects.get().unit == province.other_commune


def test_the_units_to_choose_from_are_those_one_keeps(province):
    assert [unit.pk for unit in writable_units(province.editor, TODAY)] == [province.commune.pk]
    assert {unit.pk for unit in writable_units(province.verifier, TODAY)} >= {
        province.commune.pk, province.other_commune.pk
    }  # fmt: skip
    assert writable_units(province.viewer, TODAY) == []


# --- names ------------------------------------------------------------------------------------------------------------
def test_the_same_name_however_written_is_named_and_asked_about(province):
    enter(province)

    with pytest.raises(DomainError) as refused:
        enter(province, values={"name": "nguyen thi LAN", "post": "Trưởng ấp"})
    assert refused.value.findings == ["Nguyễn Thị Lan, Bí thư chi bộ."]
    assert enter(province, values={"name": "nguyen thi LAN"}, knows_namesakes=True).pk


def test_the_same_name_elsewhere_is_somebody_else(province):
    enter(province)

    assert enter(province, "other_editor", unit=province.other_commune).pk


def test_a_unit_is_a_recipient_once(province):
    values = {"kind": "collective", "name": "Xã An Hòa"}
    enter(province, values=values, is_unit=True)

    with pytest.raises(DomainError, match="đã có một dòng là chính đơn vị"):
        enter(province, values=values, is_unit=True, knows_namesakes=True)


def test_a_collective_has_no_sex_and_a_person_is_no_unit(province):
    row = enter(province, values={"kind": "collective", "name": "Tổ dân vận", "sex": "f", "is_leader": True})

    assert (row.sex, row.is_leader) == ("", False)
    with pytest.raises(DomainError):
        enter(province, is_unit=True, values={"name": "Khác"})


def test_an_account_of_another_unit_is_refused(province):
    with pytest.raises(DomainError) as refused:
        enter(province, values={"user": province.other_editor})

    assert refused.value.findings == ["Tài khoản Phạm Thị Khác không thuộc Xã An Hòa."]


# --- years ------------------------------------------------------------------------------------------------------------
def save(province, entries, person="editor", year=2025, kind="person", seen=None):
    rows = rows_of(province.commune, kind, year)
    return save_years(
        province.commune, actor=getattr(province, person), kind=kind, year=year, entries=entries,
        seen=version_of(rows) if seen is None else seen,
    )  # fmt: skip


def test_the_grid_writes_only_what_changed(province):
    lan, hoa = enter(province), enter(province, values={"name": "Trần Văn Hòa"})
    save(province, {lan.pk: {"grade": "htxs", "source": "KL 12"}, hoa.pk: {"grade": ""}})

    assert list(YearRecord.objects.values_list("recipient", "year", "grade")) == [(lan.pk, 2025, "htxs")]
    assert save(province, {lan.pk: {"grade": "htxs"}}) == 0
    assert save(province, {lan.pk: {"grade": "htt"}}) == 1


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(province):
    lan = enter(province)
    seen = version_of(rows_of(province.commune, "person", 2025))
    save(province, {lan.pk: {"grade": "htxs"}}, person="leader")

    with pytest.raises(DomainError, match="Người khác vừa lưu"):
        save(province, {lan.pk: {"grade": "kht"}}, seen=seen)
    assert YearRecord.objects.get().grade == "htxs"


def test_no_more_members_than_there_are(province):
    group = enter(province, values={"kind": "collective", "name": "Chi bộ ấp Một"})

    with pytest.raises(DomainError) as refused:
        save(province, {group.pk: {"members": 5, "members_ldtt": 6}}, kind="collective")
    assert refused.value.findings == ["Chi bộ ấp Một: đạt Lao động tiên tiến (6) lớn hơn số thành viên (5)."]
    assert not YearRecord.objects.exists()


@pytest.mark.parametrize("person", ["other_editor", "viewer", "clerk", "admin", "member"])
def test_nobody_else_writes_years(person, province):
    lan = enter(province)

    with pytest.raises(PermissionDenied):
        save(province, {lan.pk: {"grade": "htxs"}}, person=person)


def test_a_year_to_come_is_refused(province):
    with pytest.raises(DomainError, match="Năm phải từ 1990"):
        save(province, {}, year=2099)


# --- initiatives ------------------------------------------------------------------------------------------------------
IDEA = {
    "kind": "initiative", "title": "Tổ tự quản số", "year": 2025, "scope": "basis", "decision_no": "12/QĐ",
    "decided_on": DAY(2025, 11, 1),
}  # fmt: skip


def idea(province, row=None, person="editor", **values):
    return save_initiative(
        row, recipient=Recipient.objects.get(), actor=getattr(province, person), values=IDEA | values, today=TODAY
    )


def test_an_initiative_keeps_its_decision_as_a_file(province):
    enter(province)
    row = save_initiative(
        None, recipient=Recipient.objects.get(), actor=province.editor, values=IDEA, today=TODAY,
        upload=SimpleUploadedFile("qd.pdf", PDF, content_type="application/pdf"),
    )  # fmt: skip

    assert row.file.name == "qd.pdf"


def test_an_initiative_is_entered_once(province):
    enter(province)
    idea(province)

    with pytest.raises(DomainError):
        idea(province, title="Tổ  tự quản số")
    assert Initiative.objects.count() == 1


def test_an_initiative_that_grounded_an_award_stays_as_it_is(province):
    row = enter(province)
    used = idea(province)
    granted = af.NominationFactory(recipient=row, recommended=True, status="granted")
    Achievement.objects.create(
        nomination=granted, text="a", period_from=DAY(2025, 1, 1), period_to=DAY(2025, 12, 31), initiative=used
    )

    with pytest.raises(DomainError, match="đã là căn cứ"):
        idea(province, used, title="Tên khác")


def test_days_to_come_are_refused(province):
    enter(province)

    with pytest.raises(DomainError) as refused:
        idea(province, year=2027, decided_on=DAY(2027, 1, 1))
    assert refused.value.findings == [
        "Năm công nhận phải từ 1990 đến 2026.", "Ngày quyết định ở tương lai. Hãy kiểm tra lại."
    ]  # fmt: skip


def test_nobody_else_enters_initiatives(province):
    enter(province)

    for person in ("other_editor", "viewer", "admin", "secretary"):
        with pytest.raises(PermissionDenied):
            idea(province, person=person)
    assert not may_write(province.viewer)
