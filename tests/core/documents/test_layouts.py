"""The layouts of law.md §9, measured in the produced PDF, and which of them a document takes."""

import datetime
import itertools

import pytest
from django.urls import reverse

from dvk_portal.core.documents import kinds, measures, typesetting
from dvk_portal.core.documents.content import Annex, Section
from dvk_portal.core.documents.formats import STANDARD_FORMATS, format_for
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, DocumentFormat
from tests.core.documents import pages, trial

CODES = [row["code"] for row in STANDARD_FORMATS]
MM = pages.MM
REGULAR, BOLD, ITALIC, BOTH = "Tinos-Regular", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic"


@pytest.fixture(autouse=True)
def _a_kind_to_try(monkeypatch):
    monkeypatch.setitem(kinds._kinds, "trial", trial.Trial())


def party(code="PARTY_2026", **changes):
    return typesetting.render(trial.report(**changes), trial.layout(code)).pdf


def state(**changes):
    changes = {"heading": trial.STATE, "number": "05/BC-SNV", **changes}
    return typesetting.render(trial.report(**changes), trial.layout("STATE_ND30")).pdf


def look(pdf, start):
    """Size and face of the line that begins with ``start``."""
    line = pages.line(pdf, start)
    [size], [face] = line.sizes, line.fonts
    return size, face


# ---------------------------------------------------------------- which layout


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "code"), [("2026-05-20", "PARTY_2018"), ("2026-06-01", "PARTY_2026"), ("2018-04-03", "PARTY_2018")]
)
def test_t_f6_the_day_decides_which_guide_a_party_document_follows(day, code):
    assert format_for("party", datetime.date.fromisoformat(day)).code == code


@pytest.mark.django_db
def test_t_f6_the_day_of_the_switch_is_data():
    DocumentFormat.objects.filter(code="PARTY_2018").update(valid_to=datetime.date(2026, 6, 14))
    DocumentFormat.objects.filter(code="PARTY_2026").update(valid_from=datetime.date(2026, 6, 15))

    assert format_for("party", datetime.date(2026, 6, 1)).code == "PARTY_2018"
    assert format_for("party", datetime.date(2026, 6, 15)).code == "PARTY_2026"


@pytest.mark.django_db
def test_the_standard_layouts_are_there_from_the_beginning():
    rows = DocumentFormat.objects.in_bulk(CODES, field_name="code")

    assert {code: row.layout for code, row in rows.items()} == {row["code"]: row["layout"] for row in STANDARD_FORMATS}


@pytest.mark.django_db
def test_a_day_before_every_layout_is_refused():
    with pytest.raises(DomainError, match=r"^Không có thể thức văn bản nào có hiệu lực ngày 01/01/2010\."):
        format_for("state", datetime.date(2010, 1, 1))


# ---------------------------------------------------------------- every kind in every layout


def _expected(content):
    annexes = [text for annex in content.annexes for text in (annex.label, annex.title)]
    sections = [*content.sections, *(section for annex in content.annexes for section in annex.sections)]
    headings = [section.heading for section in sections]
    cells = [table.rows[0][0] for table in content.tables if table.rows]
    names = [slot.name for slot in content.slots]
    return [content.title, content.subject, *headings, *cells, *names, *annexes, *content.recipients]


@pytest.mark.parametrize("layout", CODES)
@pytest.mark.parametrize("kind", [kind.code for kind in kinds.all_kinds()])
def test_every_registered_kind_is_set_with_its_sample(kind, layout):
    content = kinds.kind_of(kind).sample()
    rendered = typesetting.render(content, trial.layout(layout))

    text = pages.words(rendered.pdf)
    absent = [part for part in _expected(content) if pages.squeezed(part).rstrip(";,.") not in text]
    assert absent == []
    assert [box.slot for box in rendered.boxes] == [slot.slot for slot in content.slots]
    widths = pages.widths(rendered.pdf)
    assert all(line.left > 0 and line.right < widths[line.page] - 14 * MM for line in pages.lines(rendered.pdf))


# ---------------------------------------------------------------- page


@pytest.mark.parametrize("code", CODES)
def test_the_page_is_a4_with_margins_20_20_30_15(code):
    pdf = typesetting.render(trial.report(sections=[Section("", [trial.TEXT] * 15)]), trial.layout(code)).pdf
    found = [line for line in pages.lines(pdf) if 20 * MM <= line.y <= 277 * MM]

    assert min(line.left for line in found) == pytest.approx(30 * MM, abs=0.7)
    assert max(line.right for line in found) == pytest.approx(195 * MM, abs=0.7)
    # The first baseline lies three quarters of the size below the margin, the last one a quarter above.
    second = [line for line in found if line.page == 1]
    assert second[0].y == pytest.approx(20 * MM + 0.75 * 14, abs=0.1)
    assert max(line.y for line in found) <= 277 * MM - 0.25 * 14 + 0.1


@pytest.mark.parametrize("pdf_of", [party, state])
def test_t_f4_no_number_on_page_one_then_top_centre(pdf_of):
    pdf = pdf_of(sections=[Section("", [trial.TEXT] * 25)])
    numbers = [line for line in pages.lines(pdf) if line.text.isdigit()]

    assert [(line.page, line.text) for line in numbers] == [(n, str(n + 1)) for n in range(1, pages.count(pdf))]
    assert pages.count(pdf) > 2
    assert all((line.left + line.right) / 2 == pytest.approx((30 + 195) / 2 * MM, abs=0.5) for line in numbers)
    assert all(line.y < 20 * MM and line.sizes == {14} and line.fonts == {REGULAR} for line in numbers)


def test_pages_printed_on_both_sides_change_their_margins():
    layout = trial.layout("PARTY_2026")
    layout.layout = {**layout.layout, "mirrored": True}
    pdf = typesetting.render(trial.report(sections=[Section("", [trial.TEXT] * 25)]), layout).pdf

    left = [min(line.left for line in pages.lines(pdf) if line.page == page) for page in (0, 1)]
    assert left == [pytest.approx(30 * MM, abs=0.7), pytest.approx(15 * MM, abs=0.7)]


# ---------------------------------------------------------------- header


def test_t_f1_party_number_without_colon():
    assert pages.line(party(), "Số").text == "Số 05-BC/BTGDVTU"


def test_t_f1_state_number_with_colon():
    assert pages.line(state(), "Số").text == "Số: 05/BC-SNV"


def test_a_number_not_yet_taken_is_left_open():
    assert pages.line(party(number=""), "Số").text == "Số …-BC/BTGDVTU"
    assert pages.line(state(number=""), "Số").text == "Số: …/BC-SNV"


def test_a_kind_without_numbers_has_no_such_line(monkeypatch):
    monkeypatch.setitem(kinds._kinds, "trial", trial.Trial(""))

    assert [line for line in pages.lines(party(number="")) if line.text.startswith("Số")] == []


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-02-05", "Mẫu, ngày 05 tháng 02 năm 2026"),
        ("2026-01-10", "Mẫu, ngày 10 tháng 01 năm 2026"),
        ("2026-03-09", "Mẫu, ngày 09 tháng 3 năm 2026"),
        ("2026-12-31", "Mẫu, ngày 31 tháng 12 năm 2026"),
    ],
)
def test_days_below_ten_and_the_first_two_months_carry_a_zero(day, words):
    assert pages.line(party(dated_on=day), "Mẫu, ngày").text == words


@pytest.mark.parametrize(("code", "national"), [("PARTY_2026", 14), ("PARTY_2018", 15)])
def test_the_header_of_a_party_document(code, national):
    pdf = party(code)

    assert look(pdf, "ĐẢNG CỘNG SẢN VIỆT NAM") == (national, BOLD)
    assert look(pdf, "TỈNH ỦY MẪU") == (14, REGULAR)
    assert look(pdf, "BAN TUYÊN GIÁO VÀ DÂN VẬN") == (14, BOLD)
    assert look(pdf, "*") == (14, REGULAR)
    assert look(pdf, "Số 05") == (14, REGULAR)
    assert look(pdf, "Mẫu, ngày") == (14, ITALIC)
    heading = pages.line(pdf, "ĐẢNG")
    [rule] = [rule for rule in pages.rules(pdf) if 0 < rule[2] - heading.y < 10]
    assert rule[1] - rule[0] == pytest.approx(heading.right - heading.left, abs=1.5)
    assert pages.line(pdf, "BAN T").y < pages.line(pdf, "*").y < pages.line(pdf, "Số 05").y


def test_the_header_of_a_state_document():
    pdf = state()

    assert look(pdf, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM") == (12, BOLD)
    assert look(pdf, "Độc lập - Tự do - Hạnh phúc") == (13, BOLD)
    assert look(pdf, "ỦY BAN NHÂN DÂN TỈNH MẪU") == (12, REGULAR)
    assert look(pdf, "SỞ NỘI VỤ") == (12, BOLD)
    assert look(pdf, "Số: 05") == (13, REGULAR)
    assert look(pdf, "Mẫu, ngày") == (13, ITALIC)
    motto, issuer = pages.line(pdf, "Độc lập"), pages.line(pdf, "SỞ NỘI VỤ")
    rules = pages.rules(pdf)
    [below] = [rule for rule in rules if 0 < rule[2] - motto.y < 10 and rule[1] > 300]
    assert below[1] - below[0] == pytest.approx(motto.right - motto.left, abs=1.5)
    [short] = [rule for rule in rules if 0 < rule[2] - issuer.y < 10 and rule[1] < 300]
    assert 1 / 3 <= (short[1] - short[0]) / (issuer.right - issuer.left) <= 1 / 2
    assert "*" not in pages.words(pdf)


def test_number_and_date_stand_on_one_line():
    for pdf in (party(), state()):
        assert pages.line(pdf, "Số").y == pytest.approx(pages.line(pdf, "Mẫu, ngày").y, abs=0.1)


def test_a_body_of_neither_system_prints_its_own_name_only():
    pdf = typesetting.render(trial.report(), trial.layout("NEUTRAL")).pdf
    name = pages.line(pdf, "BAN TUYÊN GIÁO")

    assert (name.left + name.right) / 2 == pytest.approx((30 + 195) / 2 * MM, abs=1)
    assert "CỘNGHÒA" not in pages.words(pdf)
    assert "ĐẢNGCỘNGSẢN" not in pages.words(pdf)


@pytest.mark.parametrize("pdf_of", [party, state])
def test_a_long_name_wraps_inside_its_half_of_the_header(pdf_of):
    heading = type(trial.PARTY)("party", "A" * 5, "BAN CHỈ ĐẠO " * 8, "X", "Thành phố Hồ Chí Minh")
    found = pages.lines(pdf_of(heading=heading))

    parts = [line for line in found if "BAN CHỈ ĐẠO" in line.text]
    right = min(line.left for line in found if line.text.startswith(("ĐẢNG", "CỘNG HÒA", "Thành phố")))
    assert len(parts) > 1
    assert max(line.right for line in parts) <= right


# ---------------------------------------------------------------- title, addressees, body


def test_title_and_subject_of_a_party_document_end_with_dashes():
    pdf = party()

    assert look(pdf, "BÁO CÁO") == (16, BOLD)
    assert look(pdf, "Kết quả phong trào") == (14, BOLD)
    assert 0 < pages.line(pdf, "-----").y - pages.line(pdf, "Kết quả phong trào").y < 25


def test_title_and_subject_of_a_state_document_end_with_a_rule():
    pdf = state()
    subject = pages.line(pdf, "Kết quả phong trào")

    assert look(pdf, "BÁO CÁO") == (14, BOLD)
    assert look(pdf, "Kết quả phong trào") == (14, BOLD)
    [rule] = [rule for rule in pages.rules(pdf) if 0 < rule[2] - subject.y < 10]
    assert 1 / 3 <= (rule[1] - rule[0]) / (subject.right - subject.left) <= 1 / 2
    assert (rule[0] + rule[1]) / 2 == pytest.approx((subject.left + subject.right) / 2, abs=1)


@pytest.mark.parametrize(("pdf_of", "face"), [(party, ITALIC), (state, REGULAR)])
def test_the_subject_of_a_letter_stands_under_its_number(pdf_of, face):
    pdf = pdf_of(title="", subject="báo cáo kết quả quý I")
    subject, number = pages.line(pdf, "V/v"), pages.line(pdf, "Số")

    assert subject.text == "V/v báo cáo kết quả quý I"
    assert look(pdf, "V/v") == (12, face)
    assert 0 < subject.y - number.y < 30
    assert (subject.left + subject.right) / 2 == pytest.approx((number.left + number.right) / 2, abs=1)


@pytest.mark.parametrize(
    ("type_code", "pdf_of", "word"),
    [
        ("TTr", party, "Kính trình:"),
        ("TTr", state, "Kính gửi:"),
        ("BC", party, "Kính gửi:"),
        ("CV", state, "Kính gửi:"),
    ],
)
def test_t_f5_a_party_submission_is_presented_everything_else_is_sent(monkeypatch, type_code, pdf_of, word):
    monkeypatch.setitem(kinds._kinds, "trial", trial.Trial(type_code))

    assert pages.line(pdf_of(addressees=["Ban Thường vụ Tỉnh ủy"]), "Kính").text == f"{word} Ban Thường vụ Tỉnh ủy"


def test_a_document_may_bring_its_own_word_and_several_addressees():
    pdf = party(address_word="Kính chuyển", addressees=["Ban A", "Ban B"])

    assert pages.line(pdf, "Kính chuyển:")
    assert round(pages.line(pdf, "- Ban A").left) == round(pages.line(pdf, "- Ban B").left)


def test_grounds_are_italic_and_end_as_the_rule_says():
    pdf = state(grounds=["Căn cứ Luật Thi đua, khen thưởng;", "Căn cứ Nghị định số 152/2025/NĐ-CP", "Xét đề nghị"])
    found = [line for line in pages.lines(pdf) if line.text.startswith(("Căn cứ", "Xét"))]

    assert [line.text[-1] for line in found] == [";", ";", "."]
    assert all(line.fonts == {ITALIC} and line.sizes == {14} for line in found)


@pytest.mark.parametrize(("pdf_of", "indent"), [(party, 10), (state, 12.7)])
def test_body_text_is_14_indented_justified_and_exactly_18_points_apart(pdf_of, indent):
    pdf = pdf_of(sections=[Section("", [trial.TEXT, trial.TEXT])])
    found = [line for line in pages.lines(pdf) if line.y > pages.line(pdf, "Kết quả").y and line.sizes == {14}]
    first = next(n for n, line in enumerate(found) if line.text.startswith("Trong quý I"))
    body = found[first : first + 6]

    assert body[0].left == pytest.approx((30 + indent) * MM, abs=0.7)
    assert [line.left for line in body[1:3]] == [pytest.approx(30 * MM, abs=0.7)] * 2
    assert [line.right for line in body[:2]] == [pytest.approx(195 * MM, abs=0.7)] * 2
    steps = [round(after.y - line.y, 2) for line, after in itertools.pairwise(body)]
    assert steps == [18, 18, 24, 18, 18]


def test_tone_marks_do_not_move_the_lines():
    pdf = party(sections=[Section("", ["Ế Ẫ Ữ Ậ Ặ " * 30, "aaaa " * 60])])
    found = [line for line in pages.lines(pdf) if line.text.startswith(("Ế", "Ẫ", "Ữ", "Ậ", "Ặ", "aaaa"))]

    steps = {round(after.y - line.y, 2) for line, after in itertools.pairwise(found)}
    assert steps == {18, 24}


def test_headings_are_bold_and_items_numbered():
    pdf = party(sections=[Section("II. NHIỆM VỤ", items=["Một việc.", "Hai việc."])])

    assert look(pdf, "II. NHIỆM VỤ") == (14, BOLD)
    assert [line.text for line in pages.lines(pdf) if line.text.endswith("việc.")] == ["1. Một việc.", "2. Hai việc."]


# ---------------------------------------------------------------- signatures, recipients, annex


def test_the_signature_of_a_party_document():
    pdf = party()

    assert look(pdf, "K/T TRƯỞNG BAN") == (14, BOLD)
    assert look(pdf, "PHÓ TRƯỞNG BAN") == (14, REGULAR)
    assert look(pdf, "Nguyễn Văn Mẫu") == (14, BOLD)
    assert pages.line(pdf, "K/T").left > 105 * MM


def test_the_signature_of_a_state_document():
    pdf = state(slots=[trial.slot(authority="KT. GIÁM ĐỐC", position="Phó Giám đốc")])

    assert look(pdf, "KT. GIÁM ĐỐC") == (14, BOLD)
    assert look(pdf, "PHÓ GIÁM ĐỐC") == (14, BOLD)
    assert look(pdf, "Nguyễn Văn Mẫu") == (14, BOLD)


def test_a_post_that_signs_by_its_own_authority_is_bold_in_a_party_document():
    assert look(party(slots=[trial.slot(position="Trưởng Ban")]), "TRƯỞNG BAN") == (14, BOLD)


def test_minutes_have_the_secretary_left_and_the_chair_right():
    slots = [
        trial.slot("secretary", party="Người ghi biên bản", position="", name="Trần Thị Ví Dụ"),
        trial.slot("chair", party="Chủ trì", position="", name="Nguyễn Văn Mẫu"),
    ]
    pdf = party(slots=slots)
    left, right = pages.line(pdf, "NGƯỜI GHI BIÊN BẢN"), pages.line(pdf, "CHỦ TRÌ")

    assert left.right < 112.5 * MM < right.left
    assert left.y == right.y
    assert pages.line(pdf, "Trần Thị").y == pages.line(pdf, "Nguyễn Văn").y


@pytest.mark.parametrize(("code", "mark"), [("PARTY_2026", ";"), ("PARTY_2018", ",")])
def test_recipients_of_a_party_document(code, mark):
    pdf = party(code)
    label = pages.line(pdf, "Nơi nhận:")

    assert look(pdf, "Nơi nhận:") == (14, REGULAR)
    assert any(abs(left - label.left) < 2 and 0 < y - label.y < 4 for left, _, y in pages.rules(pdf))
    assert pages.line(pdf, "- Ban").text == f"- Ban Thường vụ Tỉnh ủy (báo cáo){mark}"
    assert pages.line(pdf, "- Lưu").text == "- Lưu: VT."
    assert look(pdf, "- Lưu") == (12, REGULAR)


def test_recipients_of_a_state_document():
    pdf = state()

    assert look(pdf, "Nơi nhận:") == (12, BOTH)
    assert look(pdf, "- Ban") == (11, REGULAR)
    assert pages.line(pdf, "- Ban").text.endswith(";")
    assert pages.line(pdf, "- Lưu").text.endswith(".")


def test_an_annex_in_a_file_of_its_own_has_no_header():
    pdf = state(annex="Phụ lục I", title="BẢNG CHẤM ĐIỂM", subject="(Kèm theo Báo cáo số 05/BC-SNV)")

    assert look(pdf, "Phụ lục I") == (14, BOLD)
    assert look(pdf, "BẢNG CHẤM ĐIỂM") == (14, BOLD)
    assert "CỘNGHÒA" not in pages.words(pdf)


def test_an_annex_behind_a_document_says_to_what_it_belongs():
    annexes = [Annex("Phụ lục I", "DANH SÁCH", [Section("", ["Xã Mẫu"])])]

    assert look(party(annexes=annexes), "(Kèm theo Báo cáo số 05-BC/BTGDVTU ngày 05 tháng 02 năm 2026)") == (14, ITALIC)
    assert pages.line(party(annexes=annexes, title="", number="", dated_on=""), "(Kèm theo Công văn)")


def test_a_pledge_names_its_parties_and_signs_in_columns():
    content = kinds.kind_of("pledge").sample()
    pdf = typesetting.render(content, trial.layout("PARTY_2026")).pdf

    assert pages.line(pdf, "Hôm nay, ngày 30 tháng 5 năm 2026, tại Mẫu, chúng tôi gồm:")
    assert pages.line(pdf, "1. BÊN PHÁT ĐỘNG: Ban Tuyên giáo")
    assert pages.line(pdf, "Đại diện: Trần Thị Ví Dụ; chức vụ: Bí thư Đảng ủy")
    host, unit = pages.line(pdf, "BÊN PHÁT ĐỘNG"), pages.line(pdf, "BÊN GIAO ƯỚC")
    assert host.right < 112.5 * MM < unit.left
    assert host.y == unit.y


# ---------------------------------------------------------------- the numbers as data


def test_the_number_of_a_row_is_what_is_printed():
    layout = trial.layout("PARTY_2026")
    layout.layout = {"body_size": 15, "margin_left": 35, "national_first_size": 15}
    pdf = typesetting.render(trial.report(sections=[Section("", [trial.TEXT])]), layout).pdf

    assert look(pdf, "Trong quý I") == (15, REGULAR)
    assert look(pdf, "ĐẢNG CỘNG SẢN") == (15, BOLD)
    assert min(line.left for line in pages.lines(pdf)) == pytest.approx(35 * MM, abs=0.7)
    # What the row does not say is as the standard has it.
    assert look(pdf, "BÁO CÁO") == (16, BOLD)


@pytest.mark.parametrize("code", CODES)
def test_the_standard_layouts_are_complete_and_within_their_bounds(code):
    layout = trial.layout(code).layout

    measures.validate_layout(layout)
    assert set(layout) == {measure.name for measure in measures.MEASURES}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"margin_left": 200}, "Lề trái: là số từ 10 đến 50 mm (đang ghi “200”)."),
        ({"margin_left": "30"}, "Lề trái: là số từ 10 đến 50 mm (đang ghi “30”)."),
        ({"margin_left": True}, "Lề trái: là số từ 10 đến 50 mm (đang ghi “True”)."),
        ({"mirrored": 1}, "In hai mặt: đổi lề trái, phải ở trang chẵn: chỉ nhận có (true) hoặc không (false)."),
        ({"recipients_end": ""}, "Dấu cuối mỗi nơi nhận: là chữ, không để trống, không quá 1 ký tự."),
        (
            {"recipients_label_style": "bold"},
            "Kiểu chữ “Nơi nhận”: chọn một trong bold-italic (nghiêng, đậm), underline (gạch chân).",
        ),
        ({"colour": "red"}, "Không có số đo tên “colour”. Hãy bỏ dòng này."),
        (
            {"body_size": 16, "body_line": 14},
            "Khoảng cách dòng phải lớn hơn hoặc bằng cỡ chữ nội dung, nếu không các dòng đè lên nhau.",
        ),
    ],
)
def test_a_layout_that_cannot_be_printed_is_refused_in_words(change, sentence):
    with pytest.raises(DomainError) as caught:
        measures.validate_layout({**measures.PARTY_2026, **change})

    assert caught.value.findings == [sentence]


def test_a_layout_that_is_no_table_is_refused():
    with pytest.raises(DomainError, match="bảng tên và giá trị"):
        measures.validate_layout([1, 2])


# ---------------------------------------------------------------- the administration


def _form(row, **changes):
    fields = ("code", "name", "system", "legal_basis", "valid_from")
    data = {name: getattr(row, name) for name in fields} | {"valid_to": row.valid_to or ""} | row.layout | changes
    return {name: value for name, value in data.items() if value is not False}


def test_the_administration_edits_one_number_and_the_trail_tells(province, sign_in):
    row = DocumentFormat.objects.get(code="PARTY_2026")
    address = reverse("admin:core_documentformat_change", args=[row.pk])

    response = sign_in(province.admin).post(address, _form(row, margin_left=35, valid_from="2026-06-15"))

    assert response.status_code == 302, response.context["errors"]
    row.refresh_from_db()
    assert row.layout == {**measures.PARTY_2026, "margin_left": 35}
    assert row.valid_from == datetime.date(2026, 6, 15)
    entry = AuditEntry.objects.latest("id")
    assert (entry.actor, entry.action) == (province.admin, "change_row")
    assert entry.changes["margin_left"] == [30, 35]
    assert set(entry.changes) == {"margin_left", "valid_from"}


def test_the_administration_is_told_what_is_out_of_bounds(province, sign_in):
    row = DocumentFormat.objects.get(code="STATE_ND30")
    address = reverse("admin:core_documentformat_change", args=[row.pk])

    response = sign_in(province.admin).post(address, _form(row, margin_left=99, body_size=16, body_line=14))

    page = response.content.decode()
    assert response.status_code == 200
    assert "Lề trái: là số từ 10 đến 50 mm (đang ghi “99”)." in page
    row.refresh_from_db()
    assert row.layout == measures.STATE_ND30


def test_a_layout_cannot_end_before_it_begins(province, sign_in):
    row = DocumentFormat.objects.get(code="PARTY_2026")
    address = reverse("admin:core_documentformat_change", args=[row.pk])

    response = sign_in(province.admin).post(address, _form(row, valid_to="2026-01-01"))

    assert "Ngày hết hiệu lực phải từ ngày có hiệu lực trở đi." in response.content.decode()
