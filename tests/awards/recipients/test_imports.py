"""Lists from Excel: checked before anything is written; twice the same changes nothing."""

import datetime
import io

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied

from awards.models import Award, Recipient
from awards.services.recipients.imports import (
    RECIPIENT_FILE,
    award_file,
    import_awards,
    import_recipients,
    plan_awards,
    plan_recipients,
)
from dvk_portal.core.exceptions import DomainError
from tests.factories import awards as af
from tests.personas import TODAY

DAY = datetime.date
LAN = {"Họ tên, tên tập thể, chủ hộ": "Nguyễn Thị Lan", "Chức vụ, nghề nghiệp": "Bí thư chi bộ", "Giới tính": "Nữ"}
PAST = {
    "Mã đơn vị": "30001", "Họ tên, tên tập thể, chủ hộ": "Nguyễn Thị Lan", "Danh hiệu, hình thức": "Chiến sĩ thi đua cơ sở",
    "Năm": 2024, "Quyết định số": "12/QĐ-UBND", "Ngày quyết định": DAY(2025, 1, 10),
}  # fmt: skip


def book(*rows):
    labels = list(dict.fromkeys(label for row in rows for label in row))
    file = openpyxl.Workbook()
    file.active.append(labels)
    for row in rows:
        file.active.append([row.get(label) for label in labels])
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def recipients(province, *rows, person="editor"):
    return import_recipients(RECIPIENT_FILE.read(book(*rows)), actor=getattr(province, person), day=TODAY)


def awards(province, *rows, person="verifier"):
    af.standard_rules()
    return import_awards(award_file().read(book(*rows)), actor=getattr(province, person), day=TODAY)


def test_a_list_of_recipients_is_taken_in_once(province):
    plan = recipients(province, LAN, {**LAN, "Họ tên, tên tập thể, chủ hộ": "Chi bộ ấp Một", "Đối tượng": "Tập thể"})

    assert (plan.new, plan.changed, plan.unchanged) == (2, 0, 0)
    assert set(Recipient.objects.values_list("kind", "name", "unit", "sex")) == {
        ("person", "Nguyễn Thị Lan", province.commune.pk, "f"),
        ("collective", "Chi bộ ấp Một", province.commune.pk, ""),
    }
    again = recipients(province, LAN)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 1)
    assert Recipient.objects.count() == 2


def test_what_differs_is_changed_and_an_empty_cell_changes_nothing(province):
    recipients(province, LAN)

    plan = recipients(province, {"Họ tên, tên tập thể, chủ hộ": "nguyễn thị lan", "Chức vụ, nghề nghiệp": "Trưởng ấp"})

    assert (plan.changed, plan.rows[0].changes) == (1, ["post"])
    assert Recipient.objects.values_list("name", "post", "sex").get() == ("Nguyễn Thị Lan", "Trưởng ấp", "f")


def test_one_wrong_row_keeps_all_others_out_and_is_named(province):
    with pytest.raises(DomainError) as refused:
        recipients(
            province, LAN, LAN, {**LAN, "Họ tên, tên tập thể, chủ hộ": "A", "Mã đơn vị": "30002"},
            {**LAN, "Họ tên, tên tập thể, chủ hộ": "B", "Giới tính": "khác", "Lãnh đạo, quản lý": "có lẽ"},
            {"Chức vụ, nghề nghiệp": "C"},
        )  # fmt: skip

    assert refused.value.findings == [
        "Dòng 4: không có đơn vị mã “30002” mà bạn được nhập.",
        "Dòng 5: cột “Giới tính” không nhận “khác”.",
        "Dòng 5: cột “Lãnh đạo, quản lý” chỉ ghi x hoặc để trống.",
        "Dòng 6: chưa ghi cột “Họ tên, tên tập thể, chủ hộ”.",
        "Dòng 3: trùng tên với dòng 2.",
    ]
    assert not Recipient.objects.exists()


def test_a_dry_run_writes_nothing(province):
    plan = plan_recipients(RECIPIENT_FILE.read(book(LAN)), actor=province.editor, day=TODAY)

    assert (plan.new, plan.findings) == (1, [])
    assert not Recipient.objects.exists()


@pytest.mark.parametrize("person", ["viewer", "admin", "clerk", "stranger"])
def test_nobody_else_takes_in_recipients(person, province):
    with pytest.raises(PermissionDenied):
        recipients(province, LAN, person=person)


def test_earlier_awards_come_with_their_recipients(province):
    plan = awards(province, PAST, {**PAST, "Năm": 2025, "Quyết định số": "13/QĐ-UBND", "Ngày quyết định": "10/01/2026"})

    assert plan.new == 2
    lan = Recipient.objects.get()
    assert [(row.recipient, row.year, row.award_kind, row.unit_name) for row in Award.objects.order_by("year")] == [
        (lan, 2024, "merit", "Xã An Hòa"), (lan, 2025, "merit", "Xã An Hòa")
    ]  # fmt: skip
    assert (awards(province, PAST).unchanged, Award.objects.count()) == (1, 2)


def test_an_award_likely_to_be_there_already_is_named_and_nothing_is_written(province):
    awards(province, PAST)

    with pytest.raises(DomainError) as refused:
        awards(province, {**PAST, "Quyết định số": "99/QĐ-UBND"}, {**PAST, "Họ tên, tên tập thể, chủ hộ": "Người Khác"})
    assert refused.value.findings[0].startswith("Dòng 2: Có thể khen thưởng này đã có trong sổ.")
    assert (Award.objects.count(), Recipient.objects.count()) == (1, 1)


def test_wrong_awards_are_named(province):
    with pytest.raises(DomainError) as refused:
        awards(
            province, {**PAST, "Danh hiệu, hình thức": "Huân chương"}, {**PAST, "Năm": "năm ngoái"},
            {**PAST, "Ngày quyết định": "31/02/2025"}, {**PAST, "Danh hiệu, hình thức": "TTLDXS"}, PAST, PAST,
        )  # fmt: skip

    assert refused.value.findings == [
        "Dòng 2: cột “Danh hiệu, hình thức” không nhận “Huân chương”.",
        "Dòng 3: cột “Năm”: “năm ngoái” không phải năm.",
        "Dòng 4: cột “Ngày quyết định”: “31/02/2025” không phải ngày; hãy ghi ngày/tháng/năm.",
        "Dòng 5: Tập thể lao động xuất sắc không dành cho đối tượng này.",
        "Dòng 7: trùng với dòng 6.",
    ]


@pytest.mark.parametrize("person", ["editor", "leader", "viewer", "admin"])
def test_no_unit_writes_its_own_awards(person, province):
    with pytest.raises(PermissionDenied):
        awards(province, PAST, person=person)


def test_two_of_one_name_are_told_apart_by_hand(province):
    for _ in range(2):
        af.RecipientFactory(unit=province.commune, name="Nguyễn Thị Lan")

    plan = plan_recipients(RECIPIENT_FILE.read(book(LAN)), actor=province.editor, day=TODAY)
    assert plan.findings == ["Dòng 2: đơn vị có nhiều người, tập thể cùng tên; hãy sửa trên trang của từng đối tượng."]
    af.standard_rules()
    past = plan_awards(award_file().read(book(PAST)), actor=province.verifier, day=TODAY)
    assert len(past.findings) == 1


@pytest.mark.parametrize("data", [b"", b"junk", book({"Sai": 1}), book()])
def test_a_file_that_is_none_is_refused_in_a_sentence(data):
    with pytest.raises(DomainError):
        RECIPIENT_FILE.read(data)


def test_the_templates_can_be_filled_and_read_back(province):
    af.standard_rules()
    for kind in (RECIPIENT_FILE, award_file()):
        file = openpyxl.load_workbook(io.BytesIO(kind.template()))
        assert [cell.value for cell in file.worksheets[0][1]] == [column.label for column in kind.columns]
        with pytest.raises(DomainError, match="chỉ có dòng tiêu đề"):
            kind.read(kind.template())
