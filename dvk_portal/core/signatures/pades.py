"""PAdES signatures: fields first, then one signature after another, each appended to what was signed before.

The order is what keeps earlier signatures valid (R-72): every field exists before the first signature, no signature locks
or certifies the document, and every signature is an incremental update, so that output = input + appended bytes (R-71).
"""

import asyncio
import io
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from asn1crypto import x509
from django.utils import timezone
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfTBSDocument
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.stamp import StaticStampStyle

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.signatures import keys, timestamps

Result = TypeVar("Result")

DIGEST = "sha256"
# Room for the signature container beside the certificates, and for a timestamp with the certificates of its service.
ROOM_FOR_SIGNATURE = 3_000
ROOM_FOR_TIMESTAMP = 12_000


@dataclass(frozen=True)
class Box:
    """Where a signature will stand: PDF points from the lower left corner, pages from 0. ``slot`` names the field."""

    slot: str
    page: int
    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points, as ``stamps`` wants them."""
        return abs(self.x2 - self.x1), abs(self.y2 - self.y1)


class Slot(NamedTuple):
    """A signature field of a file."""

    name: str
    signed: bool
    width: float
    height: float


class Opened(NamedTuple):
    """A document with a placeholder where its next signature will go, and the digest to be signed."""

    document: PdfTBSDocument
    digest: PreparedByteRangeDigest
    output: io.BytesIO


def slots(pdf: bytes) -> list[Slot]:
    """The signature fields of a file, in the order in which they were made."""
    with reading():
        found = []
        for name, value, reference in enumerate_sig_fields(PdfFileReader(io.BytesIO(pdf), strict=False)):
            x1, y1, x2, y2 = reference.get_object().get("/Rect", (0, 0, 0, 0))
            found.append(Slot(name, value is not None, float(abs(x2 - x1)), float(abs(y2 - y1))))
        return found


def prepare(pdf: bytes, boxes: list[Box]) -> bytes:
    """Make every signature field, empty, before anybody signs.

    Raises ``DomainError`` when the file is signed already: a field added later would be a change after the signature.
    """
    if any(slot.signed for slot in slots(pdf)):
        raise DomainError("Văn bản đã có chữ ký nên không thể thêm ô ký. Hãy lập phụ lục hoặc văn bản mới.")
    with reading():
        writer = _Writer(io.BytesIO(pdf), strict=False)
        # Declared now, so that signing itself leaves the document catalogue alone.
        writer.register_extension(ESIC_EXTENSION_1)
        for box in boxes:
            corners = tuple(round(value, 2) for value in (box.x1, box.y1, box.x2, box.y2))
            append_signature_field(writer, SigFieldSpec(box.slot, on_page=box.page, box=corners))
        writer.root["/AcroForm"]["/SigFlags"] = generic.NumberObject(3)
        output = io.BytesIO()
        writer.write(output)
        return output.getvalue()


def sign(
    pdf: bytes,
    *,
    slot: str,
    key: keys.SigningKey,
    stamp: bytes | None,
    reason: str,
    now: datetime,
    location: str = "",
    name: str = "",
    timestamper: TimeStamper | None = None,
) -> bytes:
    """Sign the empty field ``slot``: PAdES B-B, or B-T with a timestamp service. The input bytes stay untouched.

    ``stamp`` is a one-page PDF (``stamps``) drawn into the field. ``name`` overrides whom the signature names, for a seal
    that stands for someone's consent. Raises ``DomainError`` when the file is damaged, the field is missing or signed, the
    key may not sign or the timestamp service fails; nothing is changed then.
    """
    with key.open(now) as signer:
        opened = start(
            pdf,
            slot=slot,
            signer=signer,
            stamp=stamp,
            reason=reason,
            location=location,
            name=name,
            now=now,
            timestamper=timestamper,
        )
        with making():
            run(
                opened.document.perform_signature(
                    opened.digest.document_digest, PdfCMSSignedAttributes(signing_time=now)
                )
            )
    return opened.output.getvalue()


def seal_consent(
    pdf: bytes,
    *,
    slot: str,
    stamp: bytes | None,
    name: str,
    capacity: str,
    at: datetime,
    key: keys.SigningKey | None = None,
    timestamper: TimeStamper | None = None,
) -> bytes:
    """Seal what a person consented to in the portal at ``at``, with the portal's own certificate.

    The signature names the person, the capacity and the time; the certificate names the portal, because the portal, and not
    the person, holds the key (Quy định 379-QĐ/TW: integrity by the system, time by a timestamp). Errors as ``sign``.
    """
    reason = f"{name}, {capacity}, đồng ý ký trên cổng lúc {moment(at)}"
    return sign(
        pdf,
        slot=slot,
        key=key or keys.portal_seal(),
        stamp=stamp,
        reason=reason,
        name=name,
        now=at,
        timestamper=timestamper,
    )


def moment(at: datetime) -> str:
    """A time of signing as documents show it: hours to seconds, date, and the zone ("08:05:12 30/05/2026 +07:00")."""
    local = timezone.localtime(at)
    zone = local.strftime("%z")
    return f"{local:%H:%M:%S %d/%m/%Y} {zone[:3]}:{zone[3:]}"


def start(
    pdf: bytes,
    *,
    slot: str,
    signer: Signer,
    stamp: bytes | None,
    reason: str,
    now: datetime,
    location: str = "",
    name: str = "",
    timestamper: TimeStamper | None = None,
    room_for_timestamp: bool = False,
) -> Opened:
    """Everything up to the digest: used by ``sign`` and, with a key that is elsewhere, by ``twophase``."""
    _demand_empty(pdf, slot)
    metadata = PdfSignatureMetadata(
        field_name=slot,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        reason=reason or None,
        location=location or None,
        name=name or None,
    )
    with reading():
        writer = _Writer(io.BytesIO(pdf), strict=False)
        pdf_signer = PdfSigner(metadata, signer, timestamper=timestamper, stamp_style=_style(stamp))
        session = pdf_signer.init_signing_session(writer, existing_fields_only=True)
        session.system_time = timezone.localtime(now)  # pyHanko takes the clock of the machine otherwise
        document = session.prepare_tbs_document(
            validation_info=None,
            bytes_reserved=2 * _room(signer, with_timestamp=room_for_timestamp or timestamper is not None),
        )
        digest, output = document.digest_tbs_document()
        return Opened(document, digest, output)


class _Writer(IncrementalPdfFileWriter):
    """An incremental writer that leaves the metadata alone: pyHanko would write them anew, without the mark of PDF/A."""

    def _update_meta(self) -> None:
        pass


@contextmanager
def making() -> Iterator[None]:
    """Turn what pyHanko raises while it signs into a sentence."""
    try:
        yield
    except TimestampRequestError as error:
        raise DomainError(timestamps.UNAVAILABLE) from error
    except SigningError as error:
        raise DomainError(
            f"Không ký được văn bản này ({error}). Không có gì bị mất; hãy báo người quản trị."
        ) from error


@contextmanager
def reading() -> Iterator[None]:
    """``making``, around work on a file that may be damaged: such files fail inside pyHanko in all these ways."""
    try:
        with making():
            yield
    except (PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise DomainError("Tệp PDF bị hỏng hoặc không đọc được. Hãy tạo lại hoặc tải lại tệp.") from error


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run pyHanko's coroutine to its end, also where a loop already runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def _demand_empty(pdf: bytes, slot: str) -> None:
    found = {each.name: each for each in slots(pdf)}.get(slot)
    if found is None:
        raise DomainError(f"Văn bản không có ô ký “{slot}”. Hãy kiểm tra lại văn bản được chọn.")
    if found.signed:
        raise DomainError(f"Ô ký “{slot}” đã có chữ ký. Hãy tải lại trang để xem tình trạng mới nhất.")


def _room(signer: Signer, *, with_timestamp: bool) -> int:
    certificates: list[x509.Certificate] = [signer.signing_cert, *signer.cert_registry]
    room = ROOM_FOR_SIGNATURE + sum(len(each.dump()) for each in certificates)
    return room + ROOM_FOR_TIMESTAMP if with_timestamp else room


def _style(stamp: bytes | None) -> StaticStampStyle:
    middle = AxisAlignment.ALIGN_MID
    return StaticStampStyle(
        border_width=0,
        background=StampPage(stamp) if stamp else None,
        background_layout=SimpleBoxLayoutRule(x_align=middle, y_align=middle),
        background_opacity=1.0,
    )


class StampPage(PdfContent):
    """The first page of a PDF in memory as the appearance of a field (pyHanko's own class wants a file)."""

    def __init__(self, stamp: bytes) -> None:
        super().__init__()
        self.stamp = stamp

    def render(self) -> bytes:
        reference = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self.stamp)))
        self.resources.xobject["/Stamp"] = reference
        x1, y1, x2, y2 = reference.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(x2 - x1), height=abs(y2 - y1))
        return b"/Stamp Do"
