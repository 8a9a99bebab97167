"""PDF files for the signature tests: set by Typst as the portal does, signed by pyHanko as an outside tool does, and spoiled.

Every fault is made in a real file: appended revisions with pyHanko's writer, other bytes with slices.
"""

import functools
import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import typst
from asn1crypto import crl
from asn1crypto import pdf as asn1_pdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter, copy_into_new_writer
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.stamp import TextStampStyle

from dvk_portal.core import documents
from dvk_portal.core.signatures import pades
from tests.core.signatures import pki

FONTS = Path(documents.__file__).parent / "fonts"
NOW = datetime(2026, 5, 30, 3, 0, tzinfo=UTC)
SIGNED_AT = datetime(2026, 5, 29, 2, 0, tzinfo=UTC)
FROZEN_AT = datetime(2026, 5, 28, 2, 0, tzinfo=UTC)
# The boxes at the foot of the last page of ``agreement``.
BOXES = {"ben_a": (90, 160, 270, 260), "ben_b": (330, 160, 510, 260)}


@functools.cache
def agreement(*, unit: str = "xã Mẫu", number: str = "120", pages: int = 1, size: str = "a4") -> bytes:
    """A pledge of some pages. Equal arguments give equal bytes."""
    source = f"""
#set document(title: "Giao ước thi đua", date: datetime(year: 2026, month: 5, day: 28, hour: 0, minute: 0, second: 0))
#set page(paper: "{size}", margin: 20mm)
#set text(font: "Tinos", size: 14pt, lang: "vi")
= GIAO ƯỚC THI ĐUA
Đơn vị: Ủy ban nhân dân {unit}. Chỉ tiêu: {number} mô hình “Dân vận khéo”.
""" + "".join(f"#pagebreak()\nTrang {page}: cam kết của các bên với nhân dân.\n" for page in range(2, pages + 1))
    compiler = typst.Compiler(root="/", font_paths=[str(FONTS)], ignore_system_fonts=True)
    return compiler.compile(input=source.encode(), format="pdf", pdf_standards=["a-2b"], timestamp=0)


@functools.cache
def agreed(**options) -> bytes:
    """The frozen pledge: ``agreement`` with its empty signature fields."""
    page = options.get("pages", 1) - 1
    return pades.prepare(agreement(**options), [pades.Box(name, page, *box) for name, box in BOXES.items()])


class _Careless(PdfSigner):
    """A tool that signs what an earlier signature locked."""

    def _enforce_certification_constraints(self, reader) -> None:
        pass


def signed(
    pdf: bytes,
    by: pki.Identity,
    *,
    field: str = "ben_a",
    at: datetime | None = SIGNED_AT,
    claimed: datetime = SIGNED_AT,
    digest: str = "sha256",
    subfilter: SigSeedSubFilter = SigSeedSubFilter.PADES,
    box: tuple[int, int, int, int] | None = None,
    text: str = "",
    tsa: pki.Identity | None = None,
    lists: list[bytes] | None = None,
    **metadata,
) -> bytes:
    """One signature as an outside tool appends it; ``at`` is the time of the timestamp, None for none.

    ``lists``: revocation lists carried inside, as the tools of Adobe and iText do.
    """
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    made = _Careless(
        PdfSignatureMetadata(field_name=field, md_algorithm=digest, subfilter=subfilter, **metadata),
        by.signer(),
        timestamper=pki.timestamper(at, tsa) if at else None,
        new_field_spec=SigFieldSpec(field, box=box) if box else None,
        stamp_style=TextStampStyle(stamp_text=text, border_width=0, background=None) if text else None,
    )
    session = made.init_signing_session(writer, existing_fields_only=False)
    session.system_time = claimed
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=24_000)
    digested, output = document.digest_tbs_document()
    attributes = PdfCMSSignedAttributes(signing_time=claimed)
    if lists:
        revocations = [crl.CertificateList.load(each) for each in lists]
        attributes = replace(attributes, adobe_revinfo_attr=asn1_pdf.RevocationInfoArchival({"crl": revocations}))
    pades.run(document.perform_signature(digested.document_digest, attributes))
    return output.getvalue()


def written(writer) -> bytes:
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def saved_again(pdf: bytes) -> bytes:
    """The same document written anew, as tools do that keep no byte where it was."""
    return written(copy_into_new_writer(PdfFileReader(io.BytesIO(pdf))))


def appended(pdf: bytes, change) -> bytes:
    """An incremental update: ``change(writer)`` does what it likes."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    return written(writer)


def page_of(writer, index: int = 0):
    return writer.find_page_for_modification(index)[0].get_object()


def drawn_over(writer, operators: bytes = b"1 1 1 rg 60 700 460 60 re f", page: int = 0) -> None:
    """Draw on a page: by default a white box over its text."""
    stream = writer.add_object(generic.StreamObject(stream_data=b"q " + operators + b" Q"))
    target = page_of(writer, page)
    contents = target.raw_get("/Contents")
    before = list(contents) if isinstance(contents, generic.ArrayObject) else [contents]
    target["/Contents"] = generic.ArrayObject([*before, stream])
    writer.update_container(target)


def annotated(writer, *, flags: int = 4, operators: bytes = b"1 1 1 rg 0 0 460 60 re f") -> None:
    """Lay an annotation with an appearance of its own over the text of page 1."""
    appearance = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 460, 60))),
        },
        stream_data=operators,
    )
    annotation = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Stamp"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (60, 700, 520, 760))),
            pdf_name("/F"): generic.NumberObject(flags),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): writer.add_object(appearance)}),
        }
    )
    writer.register_annotation(writer.find_page_for_modification(0)[0], writer.add_object(annotation))


def catalogue(**entries):
    """``appended(pdf, catalogue(OpenAction=…))``: set entries of the document catalogue."""

    def change(writer) -> None:
        for key, value in entries.items():
            writer.root[f"/{key}"] = value
        writer.update_root()

    return change


def action(kind: str, **entries) -> generic.DictionaryObject:
    values = {pdf_name("/S"): pdf_name(f"/{kind}")}
    values |= {pdf_name(f"/{key}"): value for key, value in entries.items()}
    return generic.DictionaryObject(values)


def encrypted(pdf: bytes) -> bytes:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf)))
    assert isinstance(writer, PdfFileWriter)
    writer.encrypt("owner", "user")
    return written(writer)


def signature_hole(pdf: bytes) -> tuple[int, int]:
    """Where the last signature container stands: offsets of "<" and after ">"."""
    reader = PdfFileReader(io.BytesIO(pdf))
    first, length, second, _ = (int(number) for number in reader.embedded_signatures[-1].byte_range)
    return first + length, second


def with_validation_data(pdf: bytes, *crls: bytes) -> bytes:
    """The file with a security store (DSS) appended, as PAdES B-LT has it after the last signature."""
    stream = io.BytesIO(pdf)
    contents = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[-1].pkcs7_content
    lists = [crl.CertificateList.load(each) for each in crls]
    DocumentSecurityStore.add_dss(stream, contents.hex().encode(), crls=lists)
    return stream.getvalue()


def with_document_timestamp(pdf: bytes, at: datetime) -> bytes:
    stamper = PdfTimeStamper(pki.timestamper(at))
    return stamper.timestamp_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), "sha256", bytes_reserved=24_000).getvalue()
