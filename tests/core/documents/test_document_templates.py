"""Word templates of an office: taken in only when they give a whole document, and when nothing in them acts."""

import io
import itertools

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn

from dvk_portal.core.documentpages.templates import field_lines
from dvk_portal.core.documents import word, wordtemplates
from dvk_portal.core.documents.kinds import all_kinds, kind_of
from dvk_portal.core.documents.word.fields import FIELDS
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import read
from dvk_portal.core.models import AuditEntry, DocumentTemplate
from tests.core.documents import office
from tests.pledges.pledge_steps import agreed

MACRO = b"application/vnd.ms-word.document.macroEnabled.main+xml"
PLAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
LINK = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
    'Target="{target}" TargetMode="External"/></Relationships>'
)
SETTINGS_LINKS = "word/_rels/settings.xml.rels"


@pytest.fixture
def kind():
    return kind_of("pledge")


def refusal(kind, data):
    with pytest.raises(DomainError) as caught:
        wordtemplates.try_template(kind, data)
    return "\n".join([caught.value.message, *caught.value.findings])


def replaced(old, new):
    """The template in which one text of the body is another."""

    def change(document):
        for paragraph in [*document.paragraphs, *(p for t in document.tables for c in t._cells for p in c.paragraphs)]:
            if old in paragraph.text:
                paragraph.text = paragraph.text.replace(old, new)

    return office.edited(change)


def without(text):
    """The template without the paragraphs that hold ``text``."""

    def change(document):
        for paragraph in list(document.element.body.iter(qn("w:p"))):
            if text in "".join(found.text or "" for found in paragraph.iter(qn("w:t"))):
                paragraph.getparent().remove(paragraph)

    return office.edited(change)


# --- accepted -------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.code)
def test_the_portals_template_is_accepted_for_every_kind_without_a_warning(kind):
    assert wordtemplates.try_template(kind, word.standard_template()) == []


@pytest.mark.django_db
def test_a_template_with_other_words_and_conditions_is_accepted(kind):
    data = office.edited(
        lambda document: document.add_paragraph(
            "{% if ten_loai == 'BÁO CÁO' and not cac_ben %}{{ ten_loai|lower }}{% endif %}"
        ),
        lambda document: document.add_paragraph("{%p for dong in can_cu %}"),
        lambda document: document.add_paragraph("{{ loop.index }}) {{ dong|upper }}"),
        lambda document: document.add_paragraph("{%p endfor %}"),
    )

    assert wordtemplates.try_template(kind, data) == []


@pytest.mark.django_db
def test_a_field_that_word_has_cut_into_pieces_is_still_a_field(kind):
    def cut(document):
        paragraph = document.add_paragraph()
        for piece in ("{", "{ ten", "_lo", "ai }", "}"):
            paragraph.add_run(piece).bold = piece == "_lo"

    assert wordtemplates.try_template(kind, office.edited(cut)) == []


# --- placeholders ---------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{{ ten_loia }}", "“{{ ten_loia }}” dùng tên “ten_loia”, không có trường này. Có phải “ten_loai”?"),
        ("{{ ten_loai", "dấu ngoặc chưa khép"),
        ("{{ ten_loai } }", "dấu ngoặc chưa khép"),
        ("{{ ten_loai + }}", "viết sai cú pháp"),
        ("{{ }}", "viết sai cú pháp"),
        ("{{ ''.__class__.__mro__ }}", "không được dùng tên “__mro__”"),
        ("{{ ten_loai.__class__ }}", "không được dùng tên “__class__”"),
        ("{{ ten_loai.upper() }}", "không nhận phép tính hay lời gọi"),
        ("{{ ten_loai.format }}", "dùng tên “format”, không có trường này trong “ten_loai”"),
        ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", "không nhận phép tính hay lời gọi"),
        ("{{ range(1000000000) }}", "không nhận phép tính hay lời gọi"),
        ("{{ 'a' * 1000000000 }}", "không nhận phép tính hay lời gọi"),
        ("{{ 9 ** 999999 }}", "không nhận phép tính hay lời gọi"),
        ("{{ ten_loai|safe }}", "không có cách viết “|safe”"),
        ("{{ ten_loai|attr('x') }}", "không có cách viết “|attr”"),
        ("{{ can_cu[0] }}", "không nhận phép tính hay lời gọi"),
        ("{{ can_cu }}", "là danh sách"),
        ("{{ mot_ben_ky }}", "chỉ dùng làm điều kiện"),
        ("{{ gach_co_quan }}", "phải viết {{p gach_co_quan }}"),
        ("{{ gach_co_quan.xml }}", "dùng tên “xml”, không có trường này trong “gach_co_quan”"),
        ("chữ {{p gach_co_quan }}", "phải đứng một mình trong đoạn"),
        ("{{p ten_loai }}", "là chữ, hãy viết {{ ten_loai }}"),
        ("{{r ten_loai }}", "là chữ, hãy viết {{ ten_loai }}"),
        ("{% set x = 1 %}", "không phải lệnh mà mẫu nhận"),
        ("{% include 'x' %}", "không phải lệnh mà mẫu nhận"),
        ("{% autoescape false %}", "không phải lệnh mà mẫu nhận"),
        ("{% macro m() %}", "không phải lệnh mà mẫu nhận"),
        ("{% colspan 2 %}", "không phải lệnh mà mẫu nhận"),
        ("{# ghi chú #}", "là ghi chú trong mã"),
        ("{{- ten_loai }}", "có dấu trừ cạnh ngoặc"),
        ("{%p for dong in ten_loai %}", "lặp trên “ten_loai”, nhưng đó không phải danh sách"),
        ("{%p for dong in can_cu recursive %}", "viết sai cú pháp"),
        ("{%p for a, b in can_cu %}", "viết chưa đúng"),
        ("{%p for phan in cac_phan %}", "thiếu {%p endfor %}"),
        ("{%p if ten_loai %}", "thiếu {%p endif %}"),
        ("{% if ten_loai %}", "mở mà không khép trong cùng đoạn"),
        ("{%p endif %}", "không có phần mở tương ứng"),
        ("{%tr for dong in can_cu %}", "ở ngoài bảng"),
        ("{%p for x in cac_phan.tieu_de %}", "dùng tên “tieu_de”, không có trường này trong “cac_phan”"),
    ],
)  # fmt: skip
def test_a_wrong_placeholder_is_refused_with_its_paragraph(kind, text, sentence):
    told = refusal(kind, office.added(text))

    assert sentence in told
    assert "Thân văn bản, đoạn " in told


@pytest.mark.django_db
def test_the_sentence_names_the_part_and_the_start_of_the_paragraph(kind):
    def change(document):
        document.sections[0].footer.paragraphs[0].text = "Trang của {{ khong_co }}"

    assert "Chân trang, đoạn 1 (“Trang của {{ khong_co }}”): “{{ khong_co }}” dùng tên" in refusal(
        kind, office.edited(change)
    )


@pytest.mark.django_db
def test_every_fault_is_told_at_once(kind):
    data = office.edited(
        lambda document: document.add_paragraph("{{ mot }}"), lambda document: document.add_paragraph("{{ hai }}")
    )

    told = refusal(kind, data)
    assert "“mot”" in told
    assert "“hai”" in told


@pytest.mark.django_db
def test_a_loop_opened_in_one_cell_and_closed_in_another_is_refused(kind):
    def change(document):
        table = document.add_table(rows=1, cols=2)
        table.cell(0, 0).paragraphs[0].text = "{%p for dong in can_cu %}"
        table.cell(0, 1).paragraphs[0].text = "{%p endfor %}"

    assert "không cùng cấp với phần mở" in refusal(kind, office.edited(change))


@pytest.mark.django_db
def test_a_placeholder_where_nothing_is_filled_in_is_refused(kind):
    comments = entry_with_text("word/document.xml", "{{ ten_loai }}")

    assert "chỗ không dựng được" in refusal(kind, office.with_entry("word/document.xml", comments))


def entry_with_text(name, text):
    """The body with a placeholder in an attribute, where no paragraph shows it."""
    return office.entry(name).replace(b"<w:body>", f'<w:body><w:p w:rsidR="{text}"/>'.encode(), 1)


# --- loops, size ----------------------------------------------------------------------------------------------------
def nested(depth, rows="cac_phan"):
    def change(document):
        for place in range(depth):
            document.add_paragraph(f"{{%p for v{place} in {rows} %}}")
        document.add_paragraph("{{ trich_yeu }}")
        for _ in range(depth):
            document.add_paragraph("{%p endfor %}")

    return office.edited(change)


@pytest.mark.django_db
def test_loops_within_loops_over_the_same_list_are_refused_before_they_cost(kind):
    assert "lặp quá nhiều lần" in refusal(kind, nested(3))
    assert "lồng quá 4 tầng" in refusal(kind, nested(5))


@pytest.mark.django_db
def test_a_result_that_grows_out_of_bounds_is_refused(kind):
    data = office.edited(
        lambda document: document.add_paragraph("{%p for a in cac_phan %}"),
        lambda document: document.add_paragraph("x" * 500_000),
        lambda document: document.add_paragraph("{%p endfor %}"),
    )

    assert "quá lớn" in refusal(kind, data)


# --- packages -------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "không phải văn bản Word"),
        (b"PK\x03\x04 broken", "không phải văn bản Word"),
        (b"<html></html>", "không phải văn bản Word"),
        (office.with_entry("word/document.xml", b"<w:document"), "không phải văn bản Word"),
        (office.with_entry("word/document.xml", b"<a/>"), "không phải văn bản Word"),
        (office.with_entry("word/vbaProject.bin", b"x"), "có macro"),
        (office.with_entry("[Content_Types].xml", office.entry("[Content_Types].xml").replace(PLAIN, MACRO)), "có macro"),
        (office.with_entry("word/styles.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "không phải văn bản Word"),
        (office.with_entry("word/large.bin", bytes(31_000_000)), "giải nén ra quá lớn"),
        (office.with_entry("word/large.xml", b"<a>" + b" " * 2_000_000 + b"</a>"), "giải nén ra quá lớn"),
        (office.with_entry(SETTINGS_LINKS, LINK.format(kind="oleObject", target="file:///x").encode()), "phần “oleObject”"),
        (office.with_entry(SETTINGS_LINKS, LINK.format(kind="aFChunk", target="x").encode()), "phần “aFChunk”"),
        (office.with_entry(SETTINGS_LINKS, LINK.format(kind="image", target="http://x/y.png").encode()), "liên kết tới tệp"),
        (office.with_entry(SETTINGS_LINKS, LINK.format(kind="hyperlink", target="file://x").encode()), "liên kết tới tệp"),
    ],
    ids=itertools.count(),
)  # fmt: skip
def test_a_file_that_is_no_plain_word_document_is_refused(kind, data, sentence):
    assert sentence in refusal(kind, data)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "code", ["DDEAUTO c:\\\\x", "INCLUDETEXT \\\\\\\\host\\\\share", "INCLUDEPICTURE http://x/y.png"]
)
def test_a_field_that_fetches_from_elsewhere_is_refused(kind, code):
    def change(document):
        run = document.add_paragraph().add_run()
        instruction = run._r.makeelement(qn("w:instrText"))
        instruction.text = code
        run._r.append(instruction)

    assert "lấy nội dung từ nơi khác" in refusal(kind, office.edited(change))


@pytest.mark.django_db
def test_a_link_to_a_template_on_somebodys_computer_is_taken_off(kind):
    data = office.with_entry(
        SETTINGS_LINKS, LINK.format(kind="attachedTemplate", target="file:///C:/mau.dotx").encode()
    )
    wordtemplates.try_template(kind, data)

    made = Document(io.BytesIO(word.render(kind.sample(), wordtemplates.known_layouts()[0], data)))

    links = [link.reltype for part in made.part.package.iter_parts() for link in part.rels.values()]
    assert [link for link in links if link.endswith("attachedTemplate")] == []


# --- what a document needs ------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_template_without_a_required_part_is_refused_with_its_name(kind):
    told = refusal(kind, without("{{ phan.tieu_de }}"))

    assert "bỏ sót phần bắt buộc" in told
    assert "Tên phần, ví dụ “I. CHỈ TIÊU THI ĐUA”: {{ cac_phan.tieu_de }}." in told


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["{{ ten_loai }}", "{{ ben_ky.ho_ten }}", "{{p bang.noi_dung }}", "{{ co_quan }}"])
def test_title_signers_tables_and_issuer_must_be_there(kind, field):
    assert "bỏ sót phần bắt buộc" in refusal(kind, without(field))


@pytest.mark.django_db
def test_what_this_kind_does_not_show_is_only_a_warning(kind):
    """A pledge is sent to nobody: its template may do without addressees, and the office is told."""
    warnings = wordtemplates.try_template(kind, without("{{ kinh_gui }}: {{ dong }}"))

    assert warnings == [
        "Mẫu không in: “Kính gửi” hoặc “Kính trình” (kinh_gui).",
        "Mẫu không in: Các nơi gửi đến (noi_gui_den).",
    ]


# --- versions -------------------------------------------------------------------------------------------------------
def versions():
    return list(DocumentTemplate.objects.order_by("version").values_list("version", "is_active", "note"))


def test_the_newest_version_is_used_and_the_old_ones_stay(province, kind):
    first, second = replaced("chúng tôi gồm:", "gồm có:"), replaced("chúng tôi gồm:", "có mặt:")

    wordtemplates.upload_template(kind, office.upload(first), actor=province.director, note="Lần đầu")
    wordtemplates.upload_template(kind, office.upload(second), actor=province.director)

    assert versions() == [(1, False, "Lần đầu"), (2, True, "")]
    assert wordtemplates.template_bytes("pledge") == second
    assert [read(row.file) for row in DocumentTemplate.objects.order_by("version")] == [first, second]
    assert wordtemplates.template_bytes("report") is None


def test_an_older_version_and_the_portals_own_can_be_used_again(province, kind):
    for words in ("gồm có:", "có mặt:"):
        data = replaced("chúng tôi gồm:", words)
        wordtemplates.upload_template(kind, office.upload(data), actor=province.director)

    wordtemplates.use_template(DocumentTemplate.objects.get(version=1), actor=province.director)
    assert [active for _, active, _ in versions()] == [True, False]

    wordtemplates.use_standard_template(kind, actor=province.director)
    assert [active for _, active, _ in versions()] == [False, False]
    assert wordtemplates.template_bytes("pledge") is None


def test_a_refused_template_changes_nothing(province, kind):
    with pytest.raises(DomainError):
        wordtemplates.upload_template(kind, office.upload(office.added("{{ khong_co }}")), actor=province.director)

    assert versions() == []
    assert not AuditEntry.objects.filter(action="upload_template").exists()


def test_another_kind_of_file_is_refused_by_its_name(province, kind):
    for name in ("mau.docm", "mau.doc", "mau.pdf"):
        with pytest.raises(DomainError, match=r"dạng \.docx"):
            wordtemplates.upload_template(kind, office.upload(b"x", name), actor=province.director)


def test_every_change_of_a_template_is_in_the_trail(province, kind):
    wordtemplates.upload_template(kind, office.upload(word.standard_template()), actor=province.director)
    wordtemplates.use_standard_template(kind, actor=province.director)
    wordtemplates.use_template(DocumentTemplate.objects.get(), actor=province.director)

    actions = (
        AuditEntry.objects.filter(record_type="core.documenttemplate").order_by("id").values_list("action", flat=True)
    )
    assert list(actions) == ["upload_template", "use_standard_template", "use_template"]


@pytest.mark.parametrize("person", ["editor", "leader", "verifier", "viewer", "stranger"])
def test_templates_are_kept_by_the_office_only(province, kind, person):
    with pytest.raises(PermissionDenied):
        wordtemplates.upload_template(kind, office.upload(b"x"), actor=getattr(province, person))
    assert versions() == []


def test_the_guide_names_every_field_as_the_page_does(settings):
    guide = (settings.BASE_DIR / "docs" / "huong-dan" / "mau-van-ban.md").read_text()

    rows = [
        f"| `{line['code']}` | {line['words']} | {'có' if line['required'] else ''} |" for line in field_lines(FIELDS)
    ]
    assert [row for row in rows if row not in guide] == []


# --- pages ----------------------------------------------------------------------------------------------------------
def test_the_page_takes_a_template_and_says_what_is_wrong_with_another(province, sign_in):
    client, address = sign_in(province.director), reverse("document-template", args=["pledge"])

    refused = client.post(address, {"file": office.upload(office.added("{{ khong_co }}")), "note": ""})
    taken = client.post(address, {"file": office.upload(word.standard_template()), "note": "Bản đầu"}, follow=True)

    assert "dùng tên “khong_co”, không có trường này" in refused.content.decode()
    assert "Đã nhận mẫu, đang dùng phiên bản 1." in taken.content.decode()
    assert versions() == [(1, True, "Bản đầu")]


def test_versions_are_downloaded_and_used_again_from_the_page(province, kind, sign_in):
    data = replaced("chúng tôi gồm:", "gồm có:")
    wordtemplates.upload_template(kind, office.upload(data), actor=province.director)
    client = sign_in(province.director)

    client.post(reverse("document-template-use-standard", args=["pledge"]))
    assert [active for _, active, _ in versions()] == [False]
    client.post(reverse("document-template-use", args=["pledge", 1]))
    assert [active for _, active, _ in versions()] == [True]

    old = client.get(reverse("document-template-file", args=["pledge", 1]))
    assert b"".join(old.streaming_content) == data
    assert "attachment" in old["Content-Disposition"]


def test_the_list_costs_the_same_queries_however_many_versions_there_are(
    province, kind, sign_in, django_assert_max_num_queries
):
    client, address = sign_in(province.director), reverse("document-template-list")
    client.get(address)
    with django_assert_max_num_queries(12) as first:
        client.get(address)
    for _ in range(3):
        wordtemplates.upload_template(kind, office.upload(word.standard_template()), actor=province.director)

    with django_assert_max_num_queries(len(first.captured_queries)):
        client.get(address)


@pytest.mark.parametrize("extension", ["pdf", "docx", "xlsx"])
def test_the_preview_offers_the_sample_in_every_form(province, sign_in, extension):
    client = sign_in(province.director)

    answer = client.get(reverse("document-template-sample", args=["pledge", "STATE_ND30", extension]))

    data = b"".join(answer.streaming_content)
    assert answer.status_code == 200
    assert data[:4] == (b"%PDF" if extension == "pdf" else b"PK\x03\x04")


def test_the_preview_shows_the_pages_in_each_layout(province, sign_in):
    client = sign_in(province.director)

    page = client.get(reverse("document-template-preview", args=["pledge", "STATE_ND30"])).content.decode()
    picture = client.get(reverse("document-template-picture", args=["pledge", "STATE_ND30", 1]))

    assert reverse("document-template-picture", args=["pledge", "STATE_ND30", 1]) in page
    assert picture.content[:4] == b"\x89PNG"
    assert client.get(reverse("document-template-picture", args=["pledge", "STATE_ND30", 99])).status_code == 404


def test_a_kind_layout_or_form_that_does_not_exist_is_not_found(province, sign_in):
    client = sign_in(province.director)

    for name, args in (
        ("document-template", ["khong-co"]),
        ("document-template-preview", ["pledge", "KHONG_CO"]),
        ("document-template-sample", ["pledge", "PARTY_2026", "exe"]),
        ("document-template-file", ["pledge", 7]),
    ):
        assert client.get(reverse(name, args=args)).status_code == 404


# --- downloads of a document ----------------------------------------------------------------------------------------
def bytes_of(answer):
    return b"".join(answer.streaming_content)


def test_a_document_leaves_as_word_in_the_offices_template_with_a_mark_and_a_line_in_the_trail(world, kind, sign_in):
    document = agreed(world).document
    wordtemplates.upload_template(kind, office.upload(replaced("chúng tôi gồm:", "gồm có:")), actor=world.director)

    answer = sign_in(world.editor).get(reverse("document-word", args=[document.pk]))

    page = word.texts_of(bytes_of(answer))
    assert "gồm có:" in page
    assert "Vận động nhân dân hiến đất làm đường" in page
    assert "Bản trích từ cổng, không có giá trị thay bản ký. Trần Thị Nhập trích lúc" in page
    assert answer["Content-Disposition"].endswith(f'filename="giao-uoc-thi-dua-{document.code}.docx"')
    assert AuditEntry.objects.get(action="export_word").actor == world.editor


def test_the_tables_of_a_document_leave_as_a_workbook(world, sign_in):
    document = agreed(world).document

    answer = sign_in(world.editor).get(reverse("document-xlsx", args=[document.pk]))

    assert bytes_of(answer)[:4] == b"PK\x03\x04"
    assert AuditEntry.objects.get(action="export_workbook").record_id == str(document.pk)


@pytest.mark.parametrize("name", ["document-word", "document-xlsx"])
def test_what_somebody_may_not_read_does_not_leave(world, sign_in, name):
    document = agreed(world).document

    answer = sign_in(world.other_editor).get(reverse(name, args=[document.pk]))

    assert answer.status_code == 404
    assert not AuditEntry.objects.filter(action__startswith="export_").exists()


def test_damaged_content_does_not_leave(world, sign_in):
    document = agreed(world).document
    document.content["subject"] = "Khác"
    document.save(update_fields=["content"])

    answer = sign_in(world.editor).get(reverse("document-word", args=[document.pk]), follow=True)

    assert "không còn nguyên vẹn" in answer.content.decode()
