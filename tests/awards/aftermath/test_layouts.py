"""Keeping layouts: boxes in millimetres beside their picture, copies, calibration by a test sheet."""

from decimal import Decimal

import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from awards.certificates import boxes_of
from awards.models import CertificateLayout
from awards.services.aftermath.layouts import calibrate_layout, copy_layout, save_layout
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry
from tests.factories import awards as af

pytestmark = pytest.mark.django_db


@pytest.fixture
def layout():
    return af.standard_layout("nha-nuoc-400x300")


def sent(layout, **changes):
    """What the page of ``layout`` would send, with ``changes``."""
    data = {
        "name": layout.name, "family": layout.family, "width_mm": "400", "height_mm": "300", "is_active": "on",
        "note": layout.note, "boxes": str(len(layout.boxes) + 1),
    }  # fmt: skip
    # The new box that stands last: a browser sends its choices though nobody touched it.
    blank = {"label": "", "kind": "text", "text": "", "x": "", "y": "", "width": "", "height": "", "size": "14"}
    blank |= {"weight": "regular", "align": "center", "fit": "shrink", "colour": "#000000"}
    data |= {f"b{len(layout.boxes)}-{name}": value for name, value in blank.items()}
    if layout.on_stock:
        data["on_stock"] = "on"
    for place, row in enumerate(layout.boxes):
        for name, value in row.items():
            if isinstance(value, bool):
                data |= {f"b{place}-{name}": "on"} if value else {}
            else:
                data[f"b{place}-{name}"] = str(value).replace(".", ",") if isinstance(value, float) else value
    return {**data, **changes}


def place_of(layout, label):
    return next(place for place, row in enumerate(layout.boxes) if row["label"] == label)


def edit(client, layout, **changes):
    return client.post(reverse("certificate-layout-edit", args=[layout.pk]), sent(layout, **changes))


def test_sending_the_page_unchanged_changes_no_box(province, layout, sign_in):
    before = boxes_of(layout.boxes)

    response = edit(sign_in(province.clerk), layout)

    assert response.status_code == 302
    layout.refresh_from_db()
    assert boxes_of(layout.boxes) == before


def test_a_box_is_moved_and_the_trail_says_which(province, layout, sign_in):
    place = place_of(layout, "Tên")

    edit(sign_in(province.clerk), layout, **{f"b{place}-x": "55,5", f"b{place}-width": "280"})

    layout.refresh_from_db()
    assert (layout.boxes[place]["x"], layout.boxes[place]["width"]) == (55.5, 280.0)
    assert AuditEntry.objects.get(action="change_layout").note == "Đổi khối: Tên"


def test_a_box_is_removed_and_another_added(province, layout, sign_in):
    gone, new = place_of(layout, "Địa chỉ tra cứu"), len(layout.boxes)
    box = {"label": "Lời chúc", "kind": "text", "x": "60", "y": "60", "width": "50", "height": "9", "text": "Chúc mừng"}
    more = {"size": "14", "weight": "bold", "align": "left", "fit": "wrap", "colour": "#000000"}

    edit(
        sign_in(province.clerk), layout, **{f"b{gone}-remove": "on"},
        **{f"b{new}-{name}": value for name, value in {**box, **more}.items()},
    )  # fmt: skip

    layout.refresh_from_db()
    labels = [row["label"] for row in layout.boxes]
    assert ("Địa chỉ tra cứu" in labels, labels[-1]) == (False, "Lời chúc")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"x": "390"}, "Khối “Tên” nằm ngoài trang 400 × 300 mm."),
        ({"text": "{ten}"}, "Khối “Tên”: không có mục {ten}."),
        ({"size": "abc"}, "Khối “Tên”: “abc” không phải là số."),
        ({"remove": "on"}, "Mẫu chưa có tên người được khen"),
    ],
)
def test_a_box_that_cannot_stand_is_named_and_what_was_typed_stays(changes, sentence, province, layout, sign_in):
    place = place_of(layout, "Tên")

    response = edit(
        sign_in(province.clerk), layout, name="Tên mới", **{f"b{place}-{key}": value for key, value in changes.items()}
    )

    text = response.content.decode()
    assert response.status_code == 200
    assert sentence in text
    assert 'value="Tên mới"' in text
    layout.refresh_from_db()
    assert layout.name != "Tên mới"


def test_a_preview_shows_what_is_typed_and_saves_nothing(province, layout, sign_in):
    place = place_of(layout, "Tên")

    response = edit(sign_in(province.clerk), layout, preview="1", **{f"b{place}-x": "60"})

    assert 'src="data:image/png;base64,' in response.content.decode()
    assert not AuditEntry.objects.filter(action="change_layout").exists()
    layout.refresh_from_db()
    assert layout.boxes[place]["x"] == 50.0


def test_a_preview_by_script_is_the_picture_alone(province, layout, sign_in):
    client = sign_in(province.clerk)

    response = client.post(
        reverse("certificate-layout-edit", args=[layout.pk]) + "?xem-thu", sent(layout), headers={"HX-Request": "true"}
    )

    text = response.content.decode()
    assert "data:image/png;base64," in text
    assert "<form" not in text


def test_a_picture_lies_behind_the_text_of_a_full_print_only(province, layout):
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "gold").save(buffer, "PNG")
    upload = SimpleUploadedFile("nen.png", buffer.getvalue(), content_type="image/png")
    values = {name: getattr(layout, name) for name in ("name", "family", "width_mm", "height_mm", "on_stock", "note")}

    save_layout(
        layout, actor=province.clerk, values=values, boxes=boxes_of(layout.boxes), award_types=[], background=upload
    )

    layout.refresh_from_db()
    assert layout.background.name == "nen.png"


def test_a_copy_is_a_layout_of_its_own(province, layout):
    made = copy_layout(layout, actor=province.clerk, name="Máy in phòng 2")

    assert (made.name, made.boxes, made.width_mm, made.pk != layout.pk) == (
        "Máy in phòng 2", layout.boxes, layout.width_mm, True,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["", "  ", "Bằng khen, giấy khen 400 × 300 mm"])
def test_a_copy_needs_a_name_that_is_free(name, province, layout):
    with pytest.raises(DomainError):
        copy_layout(layout, actor=province.clerk, name=name)


def test_who_does_not_print_changes_no_layout(province, layout):
    for person in ("leader", "editor", "viewer", "chair", "stranger"):
        actor = getattr(province, person)
        with pytest.raises(PermissionDenied):
            copy_layout(layout, actor=actor, name="Của tôi")
        with pytest.raises(PermissionDenied):
            calibrate_layout(layout, actor=actor, printed=(Decimal(0),) * 2, measured=(Decimal(20),) * 2)


@pytest.mark.parametrize("name", ["picture", "edit", "test"])
@pytest.mark.parametrize("rows", [[{"kind": "wheel"}], ["chữ"], [{"kind": "text", "label": "A"}]])
def test_rows_that_are_no_boxes_end_in_a_sentence(rows, name, province, layout, sign_in):
    CertificateLayout.objects.filter(pk=layout.pk).update(boxes=rows)

    response = sign_in(province.clerk).get(reverse(f"certificate-layout-{name}", args=[layout.pk]), follow=True)

    assert "có khối ghi sai nên không dùng được" in response.content.decode()


# --- calibrating ----------------------------------------------------------------------------------------------------------
def test_the_measured_cross_moves_the_text_back(province, layout, sign_in):
    client = sign_in(province.clerk)

    client.post(
        reverse("certificate-layout-calibrate", args=[layout.pk]),
        {"measured_x": "22,5", "measured_y": "19", "printed_x": "0", "printed_y": "0"},
    )

    layout.refresh_from_db()
    assert (layout.offset_x_mm, layout.offset_y_mm) == (Decimal("-2.50"), Decimal("1.00"))


def test_sending_the_same_measurement_twice_moves_once(province, layout, sign_in):
    client = sign_in(province.clerk)
    for _ in range(2):
        client.post(
            reverse("certificate-layout-calibrate", args=[layout.pk]),
            {"measured_x": "22,5", "measured_y": "19", "printed_x": "0", "printed_y": "0"},
        )

    layout.refresh_from_db()
    assert layout.offset_x_mm == Decimal("-2.50")


def test_a_second_sheet_is_measured_from_where_it_was_printed(province, layout):
    calibrate_layout(
        layout, actor=province.clerk, printed=(Decimal("-2.5"), Decimal(1)), measured=(Decimal(20), Decimal("20.5"))
    )

    layout.refresh_from_db()
    assert (layout.offset_x_mm, layout.offset_y_mm) == (Decimal("-2.50"), Decimal("0.50"))


def test_a_measurement_that_cannot_be_is_refused(province, layout):
    with pytest.raises(DomainError, match="Lệch quá 30 mm"):
        calibrate_layout(layout, actor=province.clerk, printed=(Decimal(0),) * 2, measured=(Decimal(60), Decimal(20)))


def test_the_test_sheet_is_as_large_as_the_paper(province, layout, sign_in):
    response = sign_in(province.clerk).get(reverse("certificate-layout-test", args=[layout.pk]))

    (page,) = list(pypdfium2.PdfDocument(response.content))
    assert [round(length / 72 * 25.4, 2) for length in page.get_size()] == [400.0, 300.0]
    assert "TRANG IN THỬ" in page.get_textpage().get_text_bounded()


@pytest.mark.parametrize("name", ["list", "detail", "picture", "edit", "test", "calibrate"])
def test_the_pages_open_for_who_prints_and_for_nobody_else(name, province, layout, sign_in):
    url = reverse(f"certificate-layout-{name}", args=[] if name == "list" else [layout.pk])

    assert sign_in(province.clerk).get(url).status_code == 200
    for person in ("leader", "viewer", "stranger"):
        assert sign_in(getattr(province, person)).get(url).status_code == 403, person


@pytest.mark.parametrize("count", [0, 10])
def test_the_list_of_layouts_costs_the_same_queries(count, province, sign_in, django_assert_max_num_queries):
    for _ in range(count):
        af.CertificateLayoutFactory()
    client = sign_in(province.clerk)

    with django_assert_max_num_queries(8):
        client.get(reverse("certificate-layout-list"))
