"""The register of numbers, issuing bodies, terms and delegations as their keepers see them."""

import csv
import datetime
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from dvk_portal.core.models import DocumentNumber
from tests import factories as f
from units.models import Delegation, IssuingBody, TermOfOffice
from units.services.numbers import take_number, void_number

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 20)
LIST, TAKE, RECORD = "/van-ban/so/", "/van-ban/so/lay-so/", "/van-ban/so/ghi-so-ngoai/"


def text(response):
    return response.content.decode()


def take(province, unit=None, *, type_code="BC", subject="Báo cáo quý III"):
    return take_number(unit or province.ban, actor=province.clerk, type_code=type_code, day=DAY, subject=subject)


def filled(unit, **values):
    return {"unit": unit.pk, "type_code": "BC", "day": "20/11/2026", "subject": "Báo cáo năm", **values}


# --- the register -------------------------------------------------------------------------------------------------------
def test_the_clerk_takes_a_number_after_having_seen_it(province, sign_in):
    client = sign_in(province.clerk)

    first = client.post(TAKE, filled(province.ban))
    assert first.status_code == 200
    assert "01-BC/BTGDVTU" in text(first)
    assert not DocumentNumber.objects.exists()

    second = client.post(TAKE, filled(province.ban, confirmed="01-BC/BTGDVTU"), follow=True)

    assert "Đã cấp số 01-BC/BTGDVTU." in text(second)
    assert DocumentNumber.objects.get().taken_by == province.clerk


def test_another_number_than_the_one_shown_is_shown_again(province, sign_in):
    """Somebody else took it meanwhile, or the type was changed after looking."""
    take(province)

    response = sign_in(province.clerk).post(TAKE, filled(province.ban, confirmed="01-BC/BTGDVTU"))

    assert response.status_code == 200
    assert "Lấy số 02-BC/BTGDVTU" in text(response)
    assert DocumentNumber.objects.count() == 1


def test_a_number_of_the_paper_register_is_entered_in_the_same_two_steps(province, sign_in):
    client = sign_in(province.clerk)

    looked = client.post(RECORD, filled(province.ban, number="40"))
    assert "cổng sẽ không cấp các số còn trống từ 1 đến 39" in text(looked)
    client.post(RECORD, filled(province.ban, number="40", confirmed="40-BC/BTGDVTU"))

    assert list(DocumentNumber.objects.values_list("text", "status")) == [("40-BC/BTGDVTU", "external")]
    again = client.post(RECORD, filled(province.ban, number="40"))
    assert "Mỗi số chỉ dùng một lần" in text(again)


def test_what_is_not_declared_is_said_above_the_form(province, sign_in):
    TermOfOffice.objects.all().delete()

    response = sign_in(province.clerk).post(TAKE, filled(province.ban))

    assert "Chưa khai nhiệm kỳ cấp ủy" in text(response)


def test_a_leader_chooses_among_no_units_but_his_own(province, sign_in):
    page = text(sign_in(province.leader).get(TAKE))
    foreign = sign_in(province.leader).post(TAKE, filled(province.other_commune, confirmed="01-BC/ĐU"))

    assert "Xã An Hòa" in page
    assert "Xã Bình Đức" not in page
    assert foreign.status_code == 200
    assert not DocumentNumber.objects.exists()


def test_the_clerk_voids_a_number_with_a_reason(province, sign_in):
    number, client = take(province), sign_in(province.clerk)
    address = reverse("number-void", args=[number.pk])

    refused = client.post(address, {"note": " "}, follow=True)
    voided = client.post(address, {"note": "Lấy nhầm"}, follow=True)

    assert "Hãy ghi lý do bỏ số." in text(refused)
    assert "Lý do bỏ số: Lấy nhầm" in text(voided)
    assert DocumentNumber.objects.get().status == "void"


@pytest.mark.parametrize("who", ["editor", "verifier", "viewer", "admin", "stranger"])
def test_nobody_else_opens_the_register(province, sign_in, who):
    client = sign_in(getattr(province, who))

    for address in (LIST, TAKE, RECORD, "/van-ban/so/tai-ve/"):
        assert client.get(address).status_code == 403


def test_a_leader_sees_and_voids_the_numbers_of_his_unit_alone(province, sign_in):
    take(province, province.commune, subject="Việc của An")
    other = take(province, province.other_commune, subject="Việc của Bình")
    client = sign_in(province.leader)

    assert "Việc của An" in text(client.get(LIST))
    for address in (LIST, "/van-ban/so/tai-ve/?format=csv"):
        assert "Việc của Bình" not in text(client.get(address))
    assert client.post(reverse("number-void", args=[other.pk]), {"note": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "bao cao quy"}, {"Báo cáo quý III"}),
        ({"q": "THONG BAO"}, {"Thông báo họp"}),
        ({"q": "01-tb"}, {"Thông báo họp"}),
        ({"type": "TB"}, {"Thông báo họp"}),
        ({"status": "void"}, {"Kế hoạch cũ"}),
        ({"scope": "2025-2030"}, {"Báo cáo quý III", "Thông báo họp", "Kế hoạch cũ", "Việc của An"}),
        ({"unit": "an"}, {"Việc của An"}),
        ({"q": "khong co gi"}, set()),
    ],
)
def test_the_register_is_searched_and_filtered(province, sign_in, query, found):
    take(province)
    take(province, type_code="TB", subject="Thông báo họp")
    void_number(take(province, type_code="KH", subject="Kế hoạch cũ"), actor=province.clerk, reason="Thôi")
    take(province, province.commune, subject="Việc của An")
    query = {name: province.commune.pk if value == "an" else value for name, value in query.items()}

    page = text(sign_in(province.clerk).get(LIST, query))

    subjects = {"Báo cáo quý III", "Thông báo họp", "Kế hoạch cũ", "Việc của An"}
    assert {subject for subject in subjects if subject in page} == found


@pytest.mark.parametrize("count", [1, 60])
def test_the_register_costs_the_same_queries(province, sign_in, count, django_assert_max_num_queries):
    for number in range(count):
        take(province, subject=f"Văn bản {number}")
    client = sign_in(province.clerk)

    with django_assert_max_num_queries(13):
        assert client.get(f"{LIST}?size=100").status_code == 200
    with django_assert_max_num_queries(9):
        assert client.get("/van-ban/so/tai-ve/").status_code == 200


def test_the_register_as_files_holds_the_filtered_lines_and_no_formula(province, sign_in):
    take(province, subject="=HYPERLINK(1)")
    void_number(take(province, type_code="TB", subject="Thông báo"), actor=province.clerk, reason="Lấy nhầm")
    client = sign_in(province.clerk)

    book = openpyxl.load_workbook(io.BytesIO(client.get("/van-ban/so/tai-ve/").content))
    lines = list(
        csv.reader(io.StringIO(client.get("/van-ban/so/tai-ve/?format=csv&type=BC").content.decode("utf-8-sig")))
    )

    rows = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=5)]
    assert [(row[1], row[4], row[7], row[8]) for row in rows] == [
        ("01-BC/BTGDVTU", "'=HYPERLINK(1)", "Đã cấp", ""),
        ("01-TB/BTGDVTU", "Thông báo", "Bỏ số", "Lấy nhầm"),
    ]
    assert [line[:4] for line in lines[1:]] == [["01-BC/BTGDVTU", "20/11/2026", "BC", "'=HYPERLINK(1)"]]


# --- issuing bodies and terms -------------------------------------------------------------------------------------------
def test_the_clerk_declares_a_new_name_from_a_day(province, sign_in):
    client, address = sign_in(province.clerk), reverse("issuing-create", args=[province.ban.pk])
    given = {
        "system": "party", "superior": "Tỉnh ủy Thử Nghiệm", "name": "Ban Mới", "symbol": "BMTU", "place": "Thử Nghiệm",
        "valid_from": "01/01/2027",
    }  # fmt: skip

    refused = client.post(address, given)
    kept = client.post(address, {**given, "replace": "on"})

    assert "Trùng thời gian với" in text(refused)
    assert (kept.status_code, kept.url) == (302, reverse("unit-issuing", args=[province.ban.pk]))
    rows = IssuingBody.objects.filter(unit=province.ban).order_by("valid_from")
    assert [(row.symbol, row.valid_to) for row in rows] == [("BTGDVTU", datetime.date(2026, 12, 31)), ("BMTU", None)]


def test_a_row_is_changed_and_what_numbers_hold_is_refused(province, sign_in):
    take(province)
    row, client = IssuingBody.objects.get(unit=province.ban), sign_in(province.clerk)
    address = reverse("issuing-edit", args=[row.pk])
    given = {
        "system": "party", "superior": row.superior, "name": row.name, "symbol": row.symbol, "place": "Nơi Khác",
        "valid_from": "01/01/2015",
    }  # fmt: skip

    assert "BTGDVTU" in text(client.get(address))
    refused = client.post(address, {**given, "symbol": "KHAC"})
    kept = client.post(address, given)

    assert "Đã có văn bản được cấp số" in text(refused)
    assert kept.status_code == 302
    stored = IssuingBody.objects.get(pk=row.pk)
    assert (stored.place, stored.symbol) == ("Nơi Khác", "BTGDVTU")


def test_a_term_is_declared_and_mended(province, sign_in):
    client = sign_in(province.clerk)

    client.post(reverse("term-create", args=[province.commune.pk]), {"name": "2026-2031", "valid_from": "01/03/2026"})
    row = TermOfOffice.objects.get(unit=province.commune)
    client.post(reverse("term-edit", args=[row.pk]), {"name": "2026-2031", "valid_from": "15/03/2026"})

    row.refresh_from_db()
    assert (row.name, row.valid_from, row.valid_to) == ("2026-2031", datetime.date(2026, 3, 15), None)


def test_the_page_shows_what_a_document_of_today_would_carry(province, sign_in):
    page = text(sign_in(province.editor).get(reverse("unit-issuing", args=[province.commune.pk])))

    assert "Số 01-BC/ĐU" in page
    assert "XÃ AN HÒA" in page
    assert "Dùng nhiệm kỳ 2025-2030 của Tỉnh ủy Thử Nghiệm." in page
    assert reverse("issuing-create", args=[province.commune.pk]) not in page


def test_an_undeclared_unit_is_told_who_declares_it(province, sign_in):
    IssuingBody.objects.filter(unit=province.commune).delete()
    address = reverse("unit-issuing", args=[province.commune.pk])

    assert "Văn thư của Ban hoặc quản trị hệ thống khai mục này." in text(sign_in(province.leader).get(address))
    assert "Hãy thêm thông tin ban hành." in text(sign_in(province.clerk).get(address))


@pytest.mark.parametrize("who", ["editor", "leader", "verifier", "director", "viewer", "stranger"])
def test_nobody_else_opens_the_forms_of_bodies_and_terms(province, sign_in, who):
    client, row = sign_in(getattr(province, who)), IssuingBody.objects.get(unit=province.commune)

    for address in (
        reverse("issuing-create", args=[province.commune.pk]),
        reverse("issuing-edit", args=[row.pk]),
        reverse("term-create", args=[province.commune.pk]),
    ):
        assert client.get(address).status_code == 403
        assert client.post(address).status_code == 403


# --- delegations ----------------------------------------------------------------------------------------------------------
def given_to(user, **values):
    return {
        "role": "leader", "delegate": user.pk, "post": "Phó Bí thư", "authority": "K/T BÍ THƯ",
        "document_no": "12-QĐ/ĐU ngày 05/01/2026", "valid_from": f"{timezone.localdate():%d/%m/%Y}", **values,
    }  # fmt: skip


def test_a_leader_delegates_and_ends_it_from_the_page_of_his_unit(province, sign_in):
    client, unit = sign_in(province.leader), province.commune

    page = text(client.get(reverse("delegation-create", args=[unit.pk])))
    made = client.post(reverse("delegation-create", args=[unit.pk]), given_to(province.editor), follow=True)
    row = Delegation.objects.get()
    ended = client.post(
        reverse("delegation-end", args=[row.pk]), {"last_day": f"{timezone.localdate():%d/%m/%Y}"}, follow=True
    )

    assert "Phạm Thị Khác" not in page
    assert "12-QĐ/ĐU ngày 05/01/2026" in text(made)
    assert "Đã kết thúc ủy quyền." in text(ended)
    assert Delegation.objects.get().valid_to == timezone.localdate()


def test_the_delegate_sees_it_on_his_own_page(province, sign_in):
    sign_in(province.leader).post(reverse("delegation-create", args=[province.commune.pk]), given_to(province.editor))

    assert "K/T BÍ THƯ, Xã An Hòa" in text(sign_in(province.editor).get("/ca-nhan/"))
    assert "K/T BÍ THƯ" not in text(sign_in(province.other_editor).get("/ca-nhan/"))


def test_somebody_of_another_unit_cannot_be_chosen(province, sign_in):
    response = sign_in(province.leader).post(
        reverse("delegation-create", args=[province.commune.pk]), given_to(province.other_editor)
    )

    assert response.status_code == 200
    assert not Delegation.objects.exists()


@pytest.mark.parametrize("who", ["editor", "verifier", "viewer", "admin", "stranger"])
def test_nobody_else_opens_the_forms_of_delegations(province, sign_in, who):
    client = sign_in(getattr(province, who))

    assert client.get(reverse("delegation-create", args=[province.commune.pk])).status_code == 403


@pytest.mark.parametrize("count", [1, 30])
def test_the_pages_about_documents_cost_the_same_queries(province, sign_in, count, django_assert_max_num_queries):
    for number in range(count):
        Delegation.objects.create(
            unit=province.commune, role="leader", delegate=f.UserFactory(), post="Phó Bí thư", authority="K/T BÍ THƯ",
            document_no=f"{number}-QĐ/ĐU", valid_from=DAY,
        )  # fmt: skip
    client = sign_in(province.clerk)

    for name in ("unit-delegations", "unit-issuing"):
        with django_assert_max_num_queries(14):
            assert client.get(reverse(name, args=[province.commune.pk])).status_code == 200


# --- the home of a clerk ----------------------------------------------------------------------------------------------------
def test_the_home_of_a_clerk_shows_the_newest_numbers_and_who_is_not_declared(province, sign_in):
    IssuingBody.objects.filter(unit=province.commune).delete()
    take(province, subject="Báo cáo quý III")

    page = text(sign_in(province.clerk).get("/"))

    assert "Báo cáo quý III" in page
    assert reverse("unit-issuing", args=[province.commune.pk]) in page
    assert reverse("unit-issuing", args=[province.department.pk]) not in page
    assert "chưa được gắn với đơn vị nào" not in page
