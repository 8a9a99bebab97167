"""Certificates in print: exact paper, texts that can be read out, names that never leave their box, nothing but the layout's."""

from decimal import Decimal

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awards.certificates import BoxKind, boxes_of, standard_layouts
from awards.models import CertificateLayout
from awards.services.aftermath import certificates as c
from tests.factories import awards as af

MM = 72 / 25.4
SYLLABLES = [
    "Nguyễn",
    "Trường",
    "Nghiêng",
    "Thượng",
    "Khuya",
    "Ộng",
    "Ể",
    "Huỳnh",
    "Xã",
    "PHƯƠNG",
    "Ủy",
    "Ngoằn",
    "iệt",
]
NAMES = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=24).map(lambda parts: " ".join(parts)[:150].strip())
UNBROKEN = st.text(alphabet="ẢỄWMwỡngh", min_size=60, max_size=150)


def layout_of(preset, **changes):
    values = {
        "family": preset.family, "width_mm": preset.width, "height_mm": preset.height, "on_stock": preset.on_stock,
        "boxes": [box.as_row() for box in preset.boxes], "offset_x_mm": Decimal(0), "offset_y_mm": Decimal(0),
    }  # fmt: skip
    return CertificateLayout(**{**values, **changes})


LARGE, STOCK = (layout_of(af.preset_of(code)) for code in ("nha-nuoc-400x300", "nha-nuoc-400x300-phoi"))


def pages_of(pdf):
    return list(pypdfium2.PdfDocument(pdf))


def text_of(page):
    return page.get_textpage().get_text_bounded()


def facts(**changes):
    return {**c.certificates.samples("state"), **changes}


def data_for(layout, *, watermark=False, **changes):
    sheet = c.sheet_of(c.printed_boxes(layout), facts(**changes), "https://dvk.example/bang-khen/K7M2QX9TRB4D/")
    return c.data_of(layout, [sheet], title="Bằng khen", watermark=watermark)


@pytest.mark.parametrize("preset", standard_layouts(), ids=lambda row: row.code)
def test_the_paper_is_exactly_as_large_as_the_layout_says(preset):
    layout = layout_of(preset)

    (page,) = pages_of(c.compile_pdf(data_for(layout)))

    assert [round(length / MM, 2) for length in page.get_size()] == [float(preset.width), float(preset.height)]


def test_the_words_can_be_read_out_of_the_file():
    (page,) = pages_of(c.compile_pdf(data_for(LARGE, name="Trần Thị Ngoan", gold_book_no="27")))

    text = text_of(page)
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "BẰNG KHEN",
        "Trần Thị Ngoan",
        "Quyết định số 25/QĐ-UBND",
        "27",
    ):
        assert words in text
    assert "BẢN XEM THỬ" not in text


def test_on_stock_only_what_the_paper_lacks_is_printed():
    text = text_of(pages_of(c.compile_pdf(data_for(STOCK, name="Trần Thị Ngoan")))[0])

    assert "Trần Thị Ngoan" in text
    assert "Huỳnh Văn Trưởng" in text
    for words in ("CỘNG HÒA", "Độc lập", "BẰNG KHEN"):
        assert words not in text


def test_on_stock_the_text_stands_at_the_same_place():
    def place(layout):
        page = pages_of(c.compile_pdf(data_for(layout)))[0].get_textpage()
        index, _ = page.search("Thảo").get_next()
        return [round(value / MM, 1) for value in page.get_charbox(index)]

    assert place(STOCK) == place(LARGE)


def test_the_offsets_move_every_text():
    def left(layout):
        page = pages_of(c.compile_pdf(data_for(layout)))[0].get_textpage()
        index, _ = page.search("Thảo").get_next()
        x, y = page.get_charbox(index)[:2]
        return x / MM, y / MM

    moved = layout_of(af.preset_of("nha-nuoc-400x300"), offset_x_mm=Decimal("2.5"), offset_y_mm=Decimal("-1.5"))
    (x, y), (new_x, new_y) = left(LARGE), left(moved)

    assert (round(new_x - x, 2), round(new_y - y, 2)) == (2.5, 1.5)  # a PDF counts upwards


def test_the_same_facts_give_the_same_bytes():
    assert c.compile_pdf(data_for(LARGE)) == c.compile_pdf(data_for(LARGE))


def test_the_file_is_made_for_archives():
    assert b"pdfaid:part" in c.compile_pdf(data_for(LARGE))


def test_a_preview_is_marked_as_one():
    assert "BẢN XEM THỬ" in text_of(pages_of(c.compile_pdf(data_for(LARGE, watermark=True)))[0])


def test_a_test_sheet_has_a_ruler_and_the_names_of_the_boxes():
    data = c.data_of(LARGE, [], title="Trang in thử", test=True)

    (page,) = pages_of(c.compile_pdf(data))

    text = text_of(page)
    assert [round(length / MM, 2) for length in page.get_size()] == [400.0, 300.0]
    for words in ("TRANG IN THỬ", "Chỗ Quốc huy", "Thành tích", "390", "290"):
        assert words in text


def test_a_character_that_cannot_be_printed_is_named():
    with pytest.raises(c.DomainError, match="Ký tự “😀”"):
        data_for(LARGE, name="Trần Thị 😀")


@pytest.mark.parametrize("code", ["nha-nuoc-400x300", "dang-a4"])
def test_no_text_of_any_award_leaves_its_box(code):
    """A hundred awards at once: names, posts, achievements as long as the register takes them."""
    layout = layout_of(af.preset_of(code))
    boxes = c.printed_boxes(layout)

    @settings(max_examples=8, deadline=None)
    @given(
        names=st.lists(NAMES | UNBROKEN, min_size=10, max_size=10),
        posts=st.lists(NAMES, min_size=10, max_size=10),
        achievements=st.lists(st.lists(NAMES, min_size=1, max_size=6), min_size=10, max_size=10),
    )
    def holds(names, posts, achievements):
        sheets = [
            c.sheet_of(boxes, facts(name=name, who=f"{post}, {post}", achievement=" ".join(words)[:500]), "")
            for name, post, words in zip(names, posts, achievements, strict=True)
        ]
        for row in c.fitted(c.data_of(layout, sheets, title="x")):
            box = boxes[row["box"]]
            assert row["height"] <= float(box.height) + 0.001, (box.label, row)
            assert row["longest"] <= float(box.width) + 0.001, (box.label, row)
            assert row["size"] >= 4, (box.label, row)

    holds()


@pytest.mark.parametrize("preset", standard_layouts(), ids=lambda row: row.code)
def test_a_usual_name_keeps_the_size_of_the_layout(preset):
    layout = layout_of(preset)
    rows = {row["box"]: row["size"] for row in c.fitted(data_for(layout, name="Nguyễn Thị Hoàng Phương Thảo"))}
    boxes = c.printed_boxes(layout)

    kept = {boxes[place].label: size == float(boxes[place].size) for place, size in rows.items()}
    assert [label for label, same in kept.items() if not same] == []


@pytest.mark.django_db
def test_the_code_leads_to_the_public_page_of_the_award(settings):
    settings.SITE_URL = "https://dvk.example/"
    award = af.AwardFactory(code="K7M2QX9TRB4D")

    assert c.public_address(award) == "https://dvk.example/bang-khen/K7M2QX9TRB4D/"


def test_the_printed_code_holds_the_address():
    """No decoder is at hand: the modules drawn are those that the generator gives for this very address."""
    address = "https://dvk.example/bang-khen/K7M2QX9TRB4D/"
    sheet = c.sheet_of(boxes_of(LARGE.boxes), facts(), address)

    assert sheet["code_image"] == c.typesetting.code_image(address)
    assert sheet["code_image"] != c.typesetting.code_image(address.replace("K7M2", "K7M3"))
    assert [box.kind for box in c.printed_boxes(LARGE)].count(BoxKind.QR) == 1


@pytest.mark.django_db
def test_a_new_portal_has_the_standard_layouts():
    assert set(CertificateLayout.objects.values_list("code", flat=True)) == {row.code for row in standard_layouts()}


@pytest.mark.django_db
def test_the_facts_are_those_of_the_decision():
    decision = af.DecisionFactory(numbered=True, signer_post="Trưởng Ban")
    award = af.AwardFactory(
        decision=decision, name="Trần Thị Ngoan", post="Bí thư chi bộ", unit_name="Ấp 3", gold_book_no="7", posthumous=True,
        decision_no="25-QĐ/BTGDVTU", decided_on=decision.dated_on, achievement="Vận động hiến đất", code="K7M2QX9TRB4D",
    )  # fmt: skip

    found = c.facts_of(award, "An Hòa")

    assert {name: found[name] for name in ("who", "giving", "place_date", "signer", "signer_post", "code", "object")} == {
        "who": "Bí thư chi bộ, Ấp 3", "giving": "Truy tặng", "place_date": "An Hòa, ngày 20 tháng 12 năm 2026",
        "signer": "Huỳnh Văn Trưởng", "signer_post": "Trưởng Ban", "code": "K7M2 QX9T RB4D", "object": "Bằng khen",
    }  # fmt: skip


@pytest.mark.django_db
def test_a_collective_that_is_its_unit_is_named_once():
    award = af.AwardFactory(name="Xã An Hòa", unit_name="Xã An Hòa", post="")

    assert c.facts_of(award, "")["who"] == ""
