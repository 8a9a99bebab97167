"""Pages of the register: the list and its counts, the long form, pictures, what a person finds on the first page."""

import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from PIL import Image

from pledges.models import ExemplaryModel, ModelPicture, Replication, Tag
from pledges.services.dashboards import appraisal_tasks, unit_board
from pledges.services.exemplary.counts import Counted
from pledges.services.exemplary.pictures import add_pictures
from tests import factories as f

LIST = reverse("model-list")


def page(client, path=LIST, **query):
    response = client.get(path, query)
    assert response.status_code == 200
    return response.content.decode()


def names(client, **query):
    return [row.name for row in client.get(LIST, query).context["object_list"]]


def form(**changes):
    """What the browser sends of a complete form."""
    return {
        "rows": "1", "seen": "", "name": "Tuyến đường hoa", "kind": "model", "subject_kind": "collective",
        "subject": "Chi bộ ấp Bình Hòa", "place": "Ấp Bình Hòa", "field": f.standard_field("economy").pk,
        "target_level": f.standard_level("co_so").pk, "leading_force": "Chi bộ ấp", "objective": "Đường đẹp.",
        "method": "Mỗi hộ chăm một đoạn.", "output": "1.800 m đường có hoa.", "evaluation_on": "30/11/2026",
        "name_0": "Hộ tham gia", "measure_0": "hộ", "baseline_0": "12", "target_0": "214", "achieved_0": "", **changes,
    }  # fmt: skip


# --- the list -------------------------------------------------------------------------------------------------------
def test_the_register_is_searched_with_and_without_diacritics(world, sign_in):
    f.ExemplaryModelFactory(unit=world.commune, name="Tuyến đường hoa", place="Ấp Đồng Ky")
    f.ExemplaryModelFactory(unit=world.other_commune, name="Bếp ăn tình thương")
    client = sign_in(world.verifier)

    assert (
        names(client, q="đường hoa")
        == names(client, q="HOA duong")
        == names(client, q="dong ky")
        == ["Tuyến đường hoa"]
    )
    assert names(client, q="Bình Đức") == ["Bếp ăn tình thương"]


def test_every_filter_narrows_the_list(world, sign_in):
    wanted = f.ExemplaryModelFactory(
        unit=world.commune, name="Đúng", kind="exemplar", subject_kind="individual", public=True,
        field=f.standard_field("culture_society"), target_level=f.standard_level("tinh"),
        registered_on=datetime.date(2025, 5, 5),
    )  # fmt: skip
    wanted.tags.add(Tag.objects.first())
    f.ExemplaryModelFactory(unit=world.other_commune, name="Sai")
    client = sign_in(world.verifier)

    for name, value in {
        "unit": world.commune.pk, "field": wanted.field_id, "status": "recognised", "level": wanted.target_level_id,
        "year": "2025", "kind": "exemplar", "subject": "individual", "tag": Tag.objects.first().pk, "public": "co",
    }.items():  # fmt: skip
        assert names(client, **{name: value}) == ["Đúng"], name
    assert names(client, public="khong") == ["Sai"]
    assert names(client, waiting="tham-dinh") == []


@pytest.mark.parametrize("measure", Counted.MEASURES)
def test_a_count_opens_the_list_that_it_counted(measure, world, sign_in):
    old, new = (
        f.ExemplaryModelFactory(
            unit=world.commune, name=name, recognised=True, registered_on=day, recognition__decided_on=day
        )
        for name, day in (("Cũ", datetime.date(2025, 3, 1)), ("Mới", datetime.date(2026, 2, 1)))
    )
    f.ExemplaryModelFactory(unit=world.other_commune, name="Của đơn vị khác", recognised=True)
    copied = f.ExemplaryModelFactory(unit=world.other_commune, name="Học theo")
    for row, day in ((old, "2025-03-01T08:00+07:00"), (new, "2026-02-01T08:00+07:00")):
        row.appraisals.update(appraised_at=day)
        row.recognitions.update(proposed_at=day)
    Replication.objects.create(origin=new, model=copied, taken_on=datetime.date(2026, 3, 1), adaptations="x")
    days = {"tu": "2026-01-01", "den": "2026-03-31"}
    counted = Counted(measure, datetime.date(2026, 1, 1), datetime.date(2026, 3, 31), level="co_so")
    client = sign_in(world.verifier)

    query = {"dem": measure, **days, "cap": "co_so", "don_vi": world.commune.pk}

    assert len(names(client, **query)) == counted.by_unit([world.commune.pk])[world.commune.pk] > 0
    assert f"31/03/2026, cấp cơ sở: {len(names(client, **query))}" in page(client, **query)
    assert (old.name in names(client, **query)) == (measure in ("registered", "effective"))


@pytest.mark.parametrize(
    "odd",
    [
        {"dem": "x"}, {"dem": "recognised"}, {"dem": "recognised", "tu": "1", "den": "2026-01-01"},
        {"dem": "appraised", "tu": "0001-01-01", "den": "9999-12-31"}, {"don_vi": "-1"}, {"don_vi": "9" * 40},
        {"unit": "x"}, {"year": "0"}, {"sort": "x"}, {"page": "-5"}, {"q": "\0%_'\""}, {"tag": "' or 1=1"}, {"dem": "\0"},
        {"dem": "registered", "tu": "2026-01-01", "den": "2026-02-01", "linh_vuc": "\0", "cap": "x" * 9000},
    ],
)  # fmt: skip
def test_an_odd_address_breaks_nothing(odd, world, sign_in):
    f.ExemplaryModelFactory(unit=world.commune)

    assert sign_in(world.verifier).get(LIST, odd).status_code == 200
    assert sign_in(world.verifier).get(reverse("model-export"), odd).status_code == 200


def test_the_fields_are_weighed_at_the_top_each_with_its_list(world, sign_in):
    for field, number in (("economy", 2), ("defence_security", 1)):
        f.ExemplaryModelFactory.create_batch(number, unit=world.commune, field=f.standard_field(field))

    balance = sign_in(world.editor).get(LIST).context["balance"]

    assert [(row.code, number) for row, number, _ in balance] == [("economy", 2), ("defence_security", 1)]
    assert balance[0][2] == f"?field={f.standard_field('economy').pk}"


def test_a_unit_without_models_is_led_to_its_first(world, sign_in):
    f.ExemplaryModelFactory(unit=world.other_commune)

    assert "Đăng ký mô hình đầu tiên" in page(sign_in(world.editor))
    assert "Đăng ký mô hình đầu tiên" not in page(sign_in(world.viewer), q="")


def test_the_province_sees_no_draft_and_a_unit_none_of_another(world, sign_in):
    f.ExemplaryModelFactory(unit=world.commune, name="Nháp của An", draft=True)
    f.ExemplaryModelFactory(unit=world.commune, name="Của An")

    assert set(names(sign_in(world.editor))) == {"Nháp của An", "Của An"}
    assert names(sign_in(world.verifier)) == names(sign_in(world.director)) == ["Của An"]
    assert names(sign_in(world.other_leader)) == []


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_asks_equally_often(number, world, sign_in, django_assert_max_num_queries):
    f.ExemplaryModelFactory.create_batch(number, unit=world.commune)
    client = sign_in(world.verifier)
    page(client)

    with django_assert_max_num_queries(18):
        page(client, size="50")


def test_excel_holds_the_lines_of_the_list_and_no_formula(world, sign_in):
    f.ExemplaryModelFactory(unit=world.commune, name='=HYPERLINK("http://x")', field=f.standard_field("economy"))
    f.ExemplaryModelFactory(unit=world.commune, name="Khác", field=f.standard_field("defence_security"))
    f.ExemplaryModelFactory(unit=world.other_commune, name="Của người khác")

    response = sign_in(world.editor).get(reverse("model-export"), {"field": f.standard_field("economy").pk})

    sheet = load_workbook(io.BytesIO(response.content)).active
    assert [row[2].value for row in sheet.iter_rows(min_row=5)] == ['\'=HYPERLINK("http://x")']
    assert sheet["B5"].value.endswith("/2026")


# --- the form -------------------------------------------------------------------------------------------------------
def test_a_model_is_drawn_up_registered_and_read(world, sign_in):
    client = sign_in(world.leader)

    response = client.post(reverse("model-create"), form(op="hand_in"), follow=True)

    model = ExemplaryModel.objects.get()
    text = response.content.decode()
    assert (model.status, model.unit, model.created_by) == ("registered", world.commune, world.leader)
    assert "Đã gửi mô hình, số trong sổ 001/2026-30001." in text
    assert "Hộ tham gia" in text
    assert ">214<" in text


def test_an_editor_saves_and_is_shown_no_button_to_register(world, sign_in):
    client = sign_in(world.editor)
    assert "Lưu và đăng ký" not in page(client, reverse("model-create"))

    client.post(reverse("model-create"), form(objective="", evaluation_on=""))

    model = ExemplaryModel.objects.get()
    text = page(client, model.get_absolute_url())
    assert model.status == "draft"
    assert "Chưa ghi: Mục tiêu." in text


def test_a_refused_registration_keeps_what_was_typed(world, sign_in):
    response = sign_in(world.leader).post(reverse("model-create"), form(op="hand_in", method=""), follow=True)

    text = response.content.decode()
    assert "Đã lưu nội dung vừa nhập." in text
    assert "Chưa ghi: Nội dung, cách làm." in text
    assert ExemplaryModel.objects.get().objective == "Đường đẹp."


def test_another_row_keeps_what_was_typed_and_saves_nothing(world, sign_in):
    response = sign_in(world.editor).post(reverse("model-create"), form(op="add_indicator", name="Đang gõ dở"))

    text = response.content.decode()
    assert "Đang gõ dở" in text
    assert 'name="name_1"' in text
    assert not ExemplaryModel.objects.exists()


def test_a_colleagues_change_is_shown_and_a_second_save_wins(world, sign_in):
    client, other = sign_in(world.editor), sign_in(world.leader)
    client.post(reverse("model-create"), form())
    model = ExemplaryModel.objects.get()
    edit = reverse("model-edit", args=[model.pk])
    other.post(edit, form(objective="Của lãnh đạo", seen="0"))

    text = client.post(edit, form(objective="Của tôi", seen="0")).content.decode()

    assert "đổi thành “Của lãnh đạo”" in text
    assert "Của tôi</textarea>" in text.replace("\n", "")
    seen = text.partition('name="seen" value="')[2].partition('"')[0]
    client.post(edit, form(objective="Của tôi", seen=seen))
    model.refresh_from_db()
    assert model.objective == "Của tôi"


def test_what_a_colleague_handed_in_meanwhile_is_said_beside_what_was_typed(world, sign_in):
    client = sign_in(world.editor)
    client.post(reverse("model-create"), form())
    model = ExemplaryModel.objects.get()
    sign_in(world.leader).post(reverse("model-register", args=[model.pk]))

    text = client.post(reverse("model-edit", args=[model.pk]), form(objective="Gõ dở", seen="0")).content.decode()

    assert "Mô hình vừa được gửi đi" in text
    assert "Gõ dở" in text


@pytest.mark.parametrize(
    "odd",
    [
        {"rows": "-1"}, {"rows": "999999"}, {"rows": "x"}, {"field": "x"}, {"field": "0"}, {"kind": "zzz"}, {"tags": ["x"]},
        {"name": "\0"}, {"name": "x" * 300}, {"beneficiary_count": "-5"}, {"beneficiary_count": "9" * 30},
        {"starts_on": "31/02/2026"}, {"baseline_0": "1.234.567.890.123,45"}, {"baseline_0": "NaN"}, {"measure_0": ""},
        {"method": "x" * 7000}, {"campaign": "999999"}, {"seen": "x" * 5000}, {"unit": "1"},
    ],
)  # fmt: skip
def test_odd_input_is_answered_in_words(odd, world, sign_in):
    response = sign_in(world.editor).post(reverse("model-create"), form(**odd))

    assert response.status_code in (200, 302)
    if response.status_code == 200:
        assert "Tuyến đường hoa" in response.content.decode() or "name" in odd


def test_a_row_of_the_catalogue_that_ended_stays_with_who_has_it(world, sign_in):
    district = f.standard_level("huyen")
    model = f.ExemplaryModelFactory(unit=world.commune, draft=True, target_level=district)
    client = sign_in(world.editor)

    assert "Cấp huyện" in page(client, reverse("model-edit", args=[model.pk]))
    assert "Cấp huyện" not in page(client, reverse("model-create"))
    assert "Cấp trung ương" in page(client, reverse("model-create"))


def test_whoever_writes_for_two_units_chooses(world, sign_in):
    f.MembershipFactory(user=world.editor, unit=world.third_commune, role="editor")
    client = sign_in(world.editor)

    client.post(reverse("model-create"), form(unit=world.third_commune.pk))
    client.post(reverse("model-create"), form(unit=world.other_commune.pk))

    assert [model.unit for model in ExemplaryModel.objects.all()] == [world.third_commune]


@pytest.mark.parametrize("who", ["verifier", "director", "viewer", "clerk", "admin", "stranger"])
def test_who_writes_for_no_unit_draws_nothing_up(who, world, sign_in):
    assert sign_in(getattr(world, who)).get(reverse("model-create")).status_code == 403


# --- one model ------------------------------------------------------------------------------------------------------
def test_the_page_leads_to_the_campaign_and_to_what_the_unit_pledged_there(world, sign_in):
    model = f.ExemplaryModelFactory(unit=world.commune, campaign=world.campaign)

    text = page(sign_in(world.editor), model.get_absolute_url())

    assert world.campaign.get_absolute_url() in text
    assert "giao ước của đơn vị" in text


def test_asking_for_more_goes_through_the_page(world, sign_in):
    model = f.ExemplaryModelFactory(unit=world.commune, target_level=f.standard_level("tinh"))

    sign_in(world.verifier).post(reverse("model-ask-more", args=[model.pk]), {"note": "Thiếu ảnh trước khi làm"})

    assert "Thiếu ảnh trước khi làm" in page(sign_in(world.editor), model.get_absolute_url())


# --- pictures -------------------------------------------------------------------------------------------------------
def photo(name="anh.jpg"):
    buffer = io.BytesIO()
    Image.new("RGB", (900, 600), "green").save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue())


def test_pictures_are_added_several_at_once_described_and_removed(world, sign_in):
    model = f.ExemplaryModelFactory(unit=world.commune)
    client, address = sign_in(world.editor), reverse("model-pictures", args=[model.pk])

    client.post(address, {"op": "add", "files": [photo("mot.jpg"), photo("hai.jpg")]})
    one, two = ModelPicture.objects.order_by("pk")
    client.post(
        address,
        {"op": "describe", f"caption_{one.pk}": "Trước", f"order_{one.pk}": "2", f"consented_{one.pk}": "on",
         f"caption_{two.pk}": "Sau", f"order_{two.pk}": "1"},
    )  # fmt: skip

    assert [(row.caption, row.consented) for row in model.pictures.all()] == [("Sau", False), ("Trước", True)]
    client.post(reverse("model-picture-remove", args=[one.pk]))
    assert [row.caption for row in model.pictures.all()] == ["Sau"]


def test_a_picture_that_cannot_be_taken_is_named_on_the_page(world, sign_in):
    model = f.ExemplaryModelFactory(unit=world.commune)
    bad = SimpleUploadedFile("hong.jpg", b"\xff\xd8\xff not a picture")

    response = sign_in(world.editor).post(
        reverse("model-pictures", args=[model.pk]), {"op": "add", "files": [photo(), bad]}
    )

    assert "Ảnh “hong.jpg” bị hỏng" in response.content.decode()
    assert not ModelPicture.objects.exists()


@pytest.mark.parametrize("name", ["model-picture", "model-picture-thumbnail"])
def test_a_picture_is_shown_to_whoever_sees_its_model_and_never_the_original(name, world, sign_in):
    model = f.ExemplaryModelFactory(unit=world.commune, draft=True)
    (picture,) = add_pictures(model, [photo()], actor=world.editor)
    path = reverse(name, args=[picture.pk])

    response = sign_in(world.leader).get(path)

    data = b"".join(response.streaming_content)
    assert Image.open(io.BytesIO(data)).size in ((900, 600), (480, 320))
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert response["Cache-Control"] == "private, max-age=3600"
    for who in ("other_editor", "verifier", "director", "viewer", "stranger"):
        assert sign_in(getattr(world, who)).get(path).status_code == 404, who


# --- the first page -------------------------------------------------------------------------------------------------
def test_the_unit_finds_its_drafts_and_what_it_is_asked_for(world):
    f.ExemplaryModelFactory.create_batch(2, unit=world.commune, draft=True)
    f.ExemplaryModelFactory(
        unit=world.commune, name="Cầu", status="more_information", return_note="Thiếu ảnh", returned_at=timezone.now()
    )
    f.ExemplaryModelFactory(unit=world.other_commune, draft=True)

    tasks = [(task.title, task.note) for task in unit_board(world.editor, timezone.now()).tasks]

    assert ("Bổ sung mô hình “Cầu”", "Thiếu ảnh") in tasks
    assert ("2 bản nháp mô hình chưa đăng ký", "Soạn đủ; lãnh đạo đơn vị đăng ký.") in tasks


def test_who_appraises_finds_what_waits_for_him_and_its_list(world, sign_in):
    f.ExemplaryModelFactory.create_batch(2, unit=world.commune)
    province = f.standard_level("tinh")
    f.ExemplaryModelFactory(unit=world.commune, name="Lên tỉnh", target_level=province)

    assert [task.title for task in appraisal_tasks(world.leader)] == ["3 mô hình chờ thẩm định"]
    # The province sees it only after its own unit recognised it, unless the level asks for nothing below.
    assert appraisal_tasks(world.verifier) == []
    province.lower_required = False
    province.save()
    assert [task.title for task in appraisal_tasks(world.verifier)] == ["1 mô hình chờ thẩm định"]
    for who in ("editor", "viewer", "other_leader", "admin", "stranger"):
        assert appraisal_tasks(getattr(world, who)) == [], who
    client = sign_in(world.verifier)
    assert "1 mô hình chờ thẩm định" in page(client, reverse("home"))
    assert names(client, waiting="tham-dinh") == ["Lên tỉnh"]
