"""What becomes of an uploaded PDF: the agreed document rightly signed goes in, everything else is flagged or refused."""

import io
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.stamp import StaticStampStyle

from dvk_portal.core.signatures import intake, pages, trust
from dvk_portal.core.signatures.intake import SAVED_AGAIN, Expected
from dvk_portal.core.signatures.verdicts import Verdict
from tests.core.signatures import files, pki

LEADER = Expected("ben_a", "Nguyễn Văn A", "UBND xã Mẫu", files.FROZEN_AT)
LIMIT = 5_000_000


@pytest.fixture(scope="module")
def anchors():
    root = trust.Anchor("Gốc thử", pki.root().asn1)
    return trust.Anchors((root,), (root,))


@pytest.fixture
def examine(anchors):
    def run(data, *, expected=(LEADER,), agreed=None, **options):
        settings = {"anchors": anchors, "now": files.NOW, "max_bytes": LIMIT} | options
        return intake.examine(data, agreed=agreed or files.agreed(), expected=list(expected), **settings)

    return run


def leader(**options):
    return pki.person("Nguyễn Văn A", **options)


def only(result):
    """The one refusal of a file that is otherwise right."""
    assert not result.accept
    (refusal,) = result.refusals
    return refusal


# --- accepted ---------------------------------------------------------------------------------------------------------


def test_the_agreed_bytes_signed_by_the_expected_person_are_accepted_without_a_word(examine):
    result = examine(files.signed(files.agreed(), leader()))

    assert (result.accept, result.flags, result.refusals) == (True, (), ())
    assert result.matched["ben_a"].signer == "Nguyễn Văn A"
    assert result.report.verdict == Verdict.VALID_NO_REVOCATION


def test_the_second_party_signs_the_file_that_the_first_has_signed(examine):
    first = files.signed(files.agreed(), leader())
    second = files.signed(first, pki.person("Trần Thị B", organisation="Tỉnh ủy"), field="ben_b")

    result = examine(second, agreed=first, expected=[Expected("ben_b", "Trần Thị B", "Tỉnh ủy", files.FROZEN_AT)])

    assert (result.accept, result.flags) == (True, ())
    assert list(result.matched) == ["ben_b"]


def test_both_parties_may_sign_outside_in_one_file(examine):
    both = files.signed(files.agreed(), pki.person("Trần Thị B", organisation="Tỉnh ủy"), field="ben_b")
    both = files.signed(both, leader())

    result = examine(both, expected=[LEADER, Expected("ben_b", "Trần Thị B", "Tỉnh ủy")])

    assert (result.accept, result.flags) == (True, ())
    assert {slot: check.signer for slot, check in result.matched.items()} == {
        "ben_a": "Nguyễn Văn A",
        "ben_b": "Trần Thị B",
    }


def test_a_file_saved_again_by_the_tool_is_accepted_with_a_flag_when_it_shows_the_same(examine):
    result = examine(files.signed(files.saved_again(files.agreed()), leader()))

    assert (result.accept, result.flags) == (True, (SAVED_AGAIN,))


@pytest.mark.parametrize("name", ["NGUYEN VAN A", "nguyễn văn a", "Nguyễn Văn A - Chủ tịch", "Nguyễn Văn A (0012)"])
def test_a_name_is_compared_without_marks_case_and_what_stands_beside_it(examine, name):
    result = examine(files.signed(files.agreed(), pki.person(name)))

    assert (result.accept, result.flags) == (True, ())


def test_a_stamp_drawn_inside_the_reserved_box_is_nothing_to_mention(examine):
    result = examine(files.signed(files.agreed(), leader(), text="Ký bởi: NGUYEN VAN A"))

    assert (result.accept, result.flags) == (True, ())


# --- flagged ----------------------------------------------------------------------------------------------------------


def test_the_right_name_in_another_organisation_must_be_confirmed(examine):
    result = examine(files.signed(files.agreed(), leader(organisation="UBND xã Mẫu Sơn")))

    assert result.accept
    assert result.flags == (
        "Chứng thư của Nguyễn Văn A ghi tổ chức “UBND xã Mẫu Sơn”, văn bản ghi “UBND xã Mẫu”; hãy xác nhận đúng người.",
    )


def test_a_personal_certificate_without_organisation_must_be_confirmed(examine):
    result = examine(files.signed(files.agreed(), leader(organisation="")))

    assert result.accept
    assert "không ghi tổ chức" in result.flags[0]


def test_the_same_letters_with_other_marks_must_be_confirmed(examine):
    result = examine(
        files.signed(files.agreed(), pki.person("Lê Thị Hoa")),
        expected=[Expected("ben_a", "Lê Thị Hòa", "UBND xã Mẫu")],
    )

    assert result.accept
    assert "hãy xác nhận là một người" in result.flags[0]


def test_where_anybody_entitled_may_sign_the_signer_must_be_confirmed(examine):
    result = examine(files.signed(files.agreed(), leader()), expected=[Expected("ben_a", "")])

    assert result.accept
    assert "hãy xác nhận người này có thẩm quyền ký" in result.flags[0]


def test_a_signature_more_than_expected_must_be_confirmed(examine):
    pdf = files.signed(files.signed(files.agreed(), leader()), pki.person("Người Thứ Ba"), field="ben_b")

    result = examine(pdf)

    assert result.accept
    assert result.flags == ("Chữ ký của Người Thứ Ba (UBND xã Mẫu) không thuộc các bên phải ký; hãy xác nhận.",)


def test_an_expired_certificate_that_claims_to_have_signed_in_time_must_be_confirmed(examine):
    person = leader(**pki.lifetime(365, until=files.NOW - timedelta(hours=1)))

    result = examine(files.signed(files.agreed(), person, at=None))

    assert result.accept
    assert "không xác định được lúc ký chứng thư còn hạn hay không" in result.flags[0]


def test_without_any_configured_root_every_signature_must_be_confirmed(examine):
    result = examine(files.signed(files.agreed(), leader()), anchors=trust.Anchors())

    assert result.accept
    assert "không thuộc tổ chức chứng thực được tin cậy" in result.flags[0]


def test_a_claimed_time_before_the_agreement_must_be_confirmed(examine):
    result = examine(files.signed(files.agreed(), leader(), at=None, claimed=files.FROZEN_AT - timedelta(days=1)))

    assert result.accept
    assert "sớm hơn lúc thống nhất văn bản" in result.flags[0]


def test_a_signature_shown_outside_the_reserved_boxes_must_be_looked_at(examine):
    pdf = files.signed(files.agreed(), leader(), field="khac", box=(100, 400, 250, 460), text="NVA")

    result = examine(pdf)

    assert result.accept
    assert "Hình chữ ký ở trang 1 nằm ngoài ô ký dành sẵn" in result.flags[0]


# --- another document -------------------------------------------------------------------------------------------------


def test_a_document_with_one_other_number_is_refused_naming_the_page(examine):
    refusal = only(examine(files.signed(files.agreed(number="170"), leader())))

    assert "Trang 1 khác bản đã thống nhất" in refusal
    assert "120 mô hình" in refusal
    assert "170 mô hình" in refusal


def test_the_document_of_another_unit_is_refused(examine):
    refusal = only(examine(files.signed(files.agreed(unit="xã Khác"), leader())))

    assert "nhân dân xã Khác" in refusal


def test_a_page_added_is_refused(examine):
    refusal = only(examine(files.signed(files.agreed(pages=2), leader())))

    assert "Tệp có 2 trang, bản đã thống nhất có 1 trang" in refusal


def test_a_page_removed_is_refused(examine):
    refusal = only(examine(files.signed(files.agreed(pages=2), leader()), agreed=files.agreed(pages=3)))

    assert "Tệp có 2 trang, bản đã thống nhất có 3 trang" in refusal


def test_another_paper_size_is_refused(examine):
    refusal = only(examine(files.signed(files.agreed(size="a5"), leader())))

    assert "khổ giấy khác" in refusal


def test_more_pages_than_allowed_are_refused(examine):
    refusal = only(examine(files.signed(files.agreed(pages=3), leader()), agreed=files.agreed(pages=3), pages_max=2))

    assert "quá 2 trang" in refusal


NUMBER_OVER_NUMBER = b"1 1 1 rg 60 700 460 60 re f 0 g 320 745 8 12 re f"


@pytest.mark.parametrize(
    "trick",
    [
        pytest.param(lambda writer: files.drawn_over(writer, NUMBER_OVER_NUMBER), id="white box and other number"),
        pytest.param(lambda writer: files.drawn_over(writer, b"0 g 405 757 1 9 re f"), id="one stroke beside a digit"),
        pytest.param(files.annotated, id="annotation over the text"),
        pytest.param(lambda writer: files.annotated(writer, flags=32 | 4), id="annotation that only prints"),
        pytest.param(lambda writer: files.annotated(writer, flags=2), id="hidden annotation"),
    ],
)
@pytest.mark.parametrize(
    "base", [files.agreed, lambda: files.saved_again(files.agreed())], ids=["as agreed", "saved again"]
)
def test_what_is_laid_over_the_text_before_signing_does_not_pass(examine, base, trick):
    result = examine(files.signed(files.appended(base(), trick), leader()))

    assert "Trang 1" in only(result)


def covering(pdf, box, operators):
    """A signature whose picture is whatever the signer likes."""
    width, height = box[2] - box[0], box[3] - box[1]
    picture = RawContent(operators, box=BoxConstraints(width=width, height=height))
    signer = PdfSigner(
        PdfSignatureMetadata(field_name="khac"),
        leader().signer(),
        new_field_spec=SigFieldSpec("khac", box=box),
        stamp_style=StaticStampStyle(background=picture, background_opacity=1.0, border_width=0),
    )
    return signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf))).getvalue()


def test_a_signature_picture_that_covers_the_text_does_not_pass(examine):
    pdf = covering(files.agreed(), (50, 720, 540, 800), b"1 1 1 rg 0 0 490 80 re f")

    assert "Hình chữ ký ở trang 1 che mất nội dung" in only(examine(pdf))


def test_a_picture_in_an_unsigned_field_that_covers_the_text_does_not_pass(examine):
    def lay(writer):
        append_signature_field(writer, SigFieldSpec("trong", box=(50, 720, 540, 800)))
        field = writer.root["/AcroForm"]["/Fields"][-1].get_object()
        box = generic.ArrayObject(map(generic.NumberObject, (0, 0, 490, 80)))
        kinds = {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): box,
        }
        white = writer.add_object(generic.StreamObject(kinds, stream_data=b"1 1 1 rg 0 0 490 80 re f"))
        field["/AP"] = generic.DictionaryObject({pdf_name("/N"): white})
        writer.update_container(field)

    result = examine(files.signed(files.appended(files.agreed(), lay), leader()))

    assert "Hình chữ ký ở trang 1 che mất nội dung" in only(result)


# --- who signed -------------------------------------------------------------------------------------------------------


def test_a_file_without_signature_is_refused(examine):
    assert only(examine(files.agreed())) == "Tệp không có chữ ký số. Hãy ký số tệp tải từ cổng rồi tải lên lại."


def test_the_signature_of_somebody_else_is_refused_naming_both(examine):
    refusal = only(examine(files.signed(files.agreed(), pki.person("Trần Thị B"))))

    assert "Thiếu chữ ký của Nguyễn Văn A (UBND xã Mẫu)" in refusal
    assert "tệp có chữ ký của Trần Thị B" in refusal


def test_a_longer_name_is_somebody_else(examine):
    assert "Thiếu chữ ký" in only(examine(files.signed(files.agreed(), pki.person("Nguyễn Văn A Bình"))))


def test_one_signature_does_not_count_for_two_parties(examine):
    result = examine(files.signed(files.agreed(), leader()), expected=[LEADER, Expected("ben_b", "Nguyễn Văn A")])

    assert "Thiếu chữ ký của Nguyễn Văn A" in only(result)


def test_the_seal_of_the_portal_is_nobodys_own_signature(examine):
    seal = pki.person("Nguyễn Văn A")
    anchors = trust.Anchors(portal=trust.Anchor("Cổng", pki.root().asn1))

    result = examine(files.signed(files.agreed(), seal, at=None), anchors=anchors)

    assert "Thiếu chữ ký của Nguyễn Văn A" in only(result)


@pytest.mark.parametrize(
    ("person", "says"),
    [
        (lambda: pki.expired("Nguyễn Văn A"), "đã hết hạn ngày 01/01/2024"),
        (lambda: leader(unknown=True), "không thuộc tổ chức chứng thực được tin cậy"),
        (lambda: leader(self_signed=True), "không thuộc tổ chức chứng thực được tin cậy"),
        (lambda: pki.weak("Nguyễn Văn A"), "Khóa ký quá yếu"),
        (lambda: pki.wrong_usage("Nguyễn Văn A"), "không được cấp để ký văn bản"),
    ],
)
def test_expired_unknown_and_weak_certificates_are_refused_with_the_remedy(examine, person, says):
    refusal = only(examine(files.signed(files.agreed(), person())))

    assert says in refusal
    assert "Hãy ký lại" in refusal


def test_a_certificate_expired_when_it_claims_to_have_signed_is_refused(examine):
    result = examine(files.signed(files.agreed(), pki.expired("Nguyễn Văn A"), at=None))

    assert "đã hết hạn ngày 01/01/2024" in only(result)


def test_a_revoked_certificate_is_refused(examine):
    revoked = pki.crl({leader(): datetime(2026, 1, 1, tzinfo=UTC)})

    assert "đã bị thu hồi" in only(examine(files.signed(files.agreed(), leader()), crls=(revoked,)))


def test_a_trusted_time_before_the_agreement_is_refused(examine):
    result = examine(files.signed(files.agreed(), leader(), at=files.FROZEN_AT - timedelta(days=1)))

    assert "trước khi văn bản được thống nhất" in only(result)


# --- spoiled files ----------------------------------------------------------------------------------------------------


def test_bytes_after_the_end_are_refused(examine):
    refusal = only(examine(files.signed(files.agreed(), leader()) + b"PK\x03\x04"))

    assert "4 byte nằm sau chữ ký cuối cùng" in refusal


def test_a_page_changed_after_signing_is_refused(examine):
    result = examine(files.appended(files.signed(files.agreed(), leader()), files.drawn_over))

    assert not result.accept
    assert any("nội dung bị sửa sau khi ký" in refusal for refusal in result.refusals)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda pdf: b"", "Tệp trống"),
        (lambda pdf: pdf[: len(pdf) // 2], "bị cắt cụt"),
        (lambda pdf: b"\x89PNG\r\n" + pdf, "không phải PDF"),
        (lambda pdf: b"PK\x03\x04" * 100, "không phải PDF"),
        (files.encrypted, "mật khẩu"),
    ],
)
def test_what_is_no_readable_pdf_is_refused_with_what_to_do(examine, spoil, says):
    refusal = only(examine(spoil(files.signed(files.agreed(), leader()))))

    assert says in refusal
    assert "Hãy" in refusal


def test_a_file_of_200_megabytes_is_refused_by_its_size_before_it_is_read():
    refusal = intake.examine_size(200_000_000, max_bytes=25_000_000)

    assert refusal.startswith("Tệp nặng 200 MB, quá 25 MB được nhận.")
    assert intake.examine_size(25_000_000, max_bytes=25_000_000) == ""


def test_the_bytes_are_held_to_the_same_limit(examine):
    pdf = files.signed(files.agreed(), leader())

    assert "được nhận" in only(examine(pdf, max_bytes=len(pdf) - 1))


SCRIPT = {"JS": generic.TextStringObject("app.alert(1)")}


def embedded_files(writer):
    names = generic.ArrayObject([generic.TextStringObject("a.exe"), generic.DictionaryObject()])
    tree = generic.DictionaryObject({pdf_name("/EmbeddedFiles"): generic.DictionaryObject({pdf_name("/Names"): names})})
    files.catalogue(Names=tree)(writer)


def indirectly(writer):
    """The same script behind two references."""
    kind = writer.add_object(pdf_name("/JavaScript"))
    script = generic.DictionaryObject({pdf_name("/S"): kind})
    files.catalogue(OpenAction=writer.add_object(script))(writer)


def form_xfa(writer):
    form = writer.root["/AcroForm"]
    form["/XFA"] = writer.add_object(generic.StreamObject(stream_data=b"<xdp/>"))
    writer.update_container(form)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (files.catalogue(OpenAction=files.action("JavaScript", **SCRIPT)), "mã lệnh JavaScript"),
        (indirectly, "mã lệnh JavaScript"),
        (indirectly, "lệnh tự chạy khi mở"),
        (files.catalogue(OpenAction=files.action("URI")), "lệnh tự chạy khi mở"),
        (files.catalogue(AA=generic.DictionaryObject()), "lệnh tự chạy"),
        (files.catalogue(Extra=files.action("Launch")), "lệnh mở chương trình khác"),
        (files.catalogue(OCProperties=generic.DictionaryObject()), "lớp nội dung có thể ẩn, hiện"),
        (embedded_files, "tệp đính kèm"),
        (form_xfa, "biểu mẫu động XFA"),
    ],
)
def test_a_pdf_that_runs_opens_or_carries_something_is_refused(examine, change, says):
    result = examine(files.signed(files.appended(files.agreed(), change), leader()))

    assert any(says in refusal for refusal in result.refusals)


def test_a_destination_to_open_at_is_harmless(examine):
    first = generic.ArrayObject([generic.NumberObject(0), pdf_name("/Fit")])

    result = examine(files.signed(files.appended(files.agreed(), files.catalogue(OpenAction=first)), leader()))

    assert result.accept


# --- files built to hurt ----------------------------------------------------------------------------------------------


def test_a_page_that_would_take_for_ever_to_draw_is_given_up(examine, monkeypatch):
    monkeypatch.setattr(pages, "SECONDS", 2)

    def nest(writer):
        inner = None
        for _ in range(12):
            body = b"/Inner Do " * 10 if inner else b"0 0 500 700 re f " * 50
            resources = generic.DictionaryObject()
            if inner:
                resources[pdf_name("/XObject")] = generic.DictionaryObject({pdf_name("/Inner"): inner})
            kind = {
                pdf_name("/Type"): pdf_name("/XObject"),
                pdf_name("/Subtype"): pdf_name("/Form"),
                pdf_name("/BBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 600, 800))),
                pdf_name("/Resources"): resources,
            }
            inner = writer.add_object(generic.StreamObject(kind, stream_data=body))
        page = files.page_of(writer)
        page["/Resources"][pdf_name("/XObject")] = generic.DictionaryObject({pdf_name("/Inner"): inner})
        writer.update_container(page["/Resources"])
        files.drawn_over(writer, b"/Inner Do")

    result = examine(files.signed(files.appended(files.agreed(), nest), leader()))

    assert "quá nặng" in only(result)


def test_a_stream_that_unpacks_to_gigabytes_is_given_up(examine):
    def bomb(writer):
        packed = zlib.compress(b"0" * 60_000_000, 9)
        stream = generic.StreamObject({pdf_name("/Filter"): pdf_name("/FlateDecode")}, encoded_data=packed)
        page = files.page_of(writer)
        page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), *[writer.add_object(stream)] * 40])
        writer.update_container(page)

    result = examine(files.signed(files.appended(files.agreed(), bomb), leader()))

    assert "quá nặng" in only(result)
