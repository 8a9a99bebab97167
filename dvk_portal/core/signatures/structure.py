"""The PDF around the signatures: what its bytes cover, what was appended later, what it would do when opened.

pyHanko's own coverage check adds lengths only and tolerates bytes after ``%%EOF``; here a signature covers what it covers to
the byte (R-70.2), and what came later must be one of the few things that may come later (R-70.3).
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DocInfoRule,
    DSSCompareRule,
    FormUpdatingRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from dvk_portal.core.signatures.chains import FAULTS

MAX_SIGNATURES, MAX_REVISIONS, MAX_OBJECTS = 40, 120, 200_000
_MiB = 1024 * 1024
LIMITS = DecodeLimits(document_budget=DocumentDecodeBudget(base_allowance=128 * _MiB, max_ratio=20))

# What any tool may write along: validation data, a new date of change.
_ALONG = [
    CatalogModificationRule(),
    *(
        rule.as_qualified(ModificationLevel.LTA_UPDATES)
        for rule in (XrefStreamRule(), ObjectStreamRule(), DSSCompareRule(), DocInfoRule(), MetadataUpdateRule())
    ),
]
# After a signature further signatures too; no other form field, no annotation, no page.
AFTER_SIGNATURE = StandardDiffPolicy(_ALONG, FormUpdatingRule([SigFieldCreationRule(), SigFieldModificationRule()]))
# After the last signature nobody vouches for anything: not even an empty field may follow.
AFTER_LAST = StandardDiffPolicy(_ALONG, form_rule=None)


class Damaged(Exception):
    """The file cannot be read; the message is a sentence."""


@dataclass(frozen=True)
class Field:
    """A filled signature field; ``embedded`` is None when its content cannot be read (``fault`` says why)."""

    name: str
    dictionary: Any
    embedded: EmbeddedPdfSignature | None
    fault: str = ""

    @property
    def subfilter(self) -> str:
        return str(entry(self.dictionary, "/SubFilter") or "")[1:]

    @property
    def is_timestamp(self) -> bool:
        return entry(self.dictionary, "/Type") == "/DocTimeStamp"


def entry(dictionary: Any, key: str) -> Any:
    """A value of a PDF dictionary, followed if it is a reference (pyHanko's own ``get`` does not follow); None if absent."""
    try:
        return dictionary[key]
    except KeyError:
        return None


def open_pdf(pdf: bytes) -> PdfFileReader:
    """A reader of the file. Raises ``Damaged``."""
    if not pdf.startswith(b"%PDF-"):
        raise Damaged("Tệp không phải PDF. Hãy chọn tệp PDF đã ký.")
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=True, decode_limits=LIMITS)
        revisions = reader.xrefs.total_revisions
        encrypted = entry(reader.trailer_view, "/Encrypt") is not None
        readable = isinstance(reader.root, generic.DictionaryObject) if not encrypted else True
    except FAULTS as error:
        raise Damaged("Tệp PDF bị hỏng, bị cắt cụt hoặc có dữ liệu lạ ở cuối nên không đọc được.") from error
    if encrypted:
        raise Damaged("Tệp PDF bị mã hóa hoặc đặt mật khẩu nên không kiểm tra được. Hãy bỏ mật khẩu rồi ký lại.")
    if not readable or revisions > MAX_REVISIONS:
        raise Damaged(f"Tệp PDF có cấu trúc bất thường (quá {MAX_REVISIONS} lần cập nhật) nên không được kiểm tra.")
    return reader


def signature_fields(reader: PdfFileReader) -> list[Field]:
    """Filled signature fields in the order of signing. Raises ``Damaged`` when there are too many or none can be listed."""
    found: list[Field] = []
    try:
        for name, value, reference in enumerate_sig_fields(reader, filled_status=True):
            dictionary = value.get_object()
            if not isinstance(dictionary, generic.DictionaryObject):
                continue
            if len(found) == MAX_SIGNATURES:
                raise Damaged(f"Tệp có hơn {MAX_SIGNATURES} chữ ký nên không được kiểm tra.")
            found.append(_field(reader, str(name), dictionary, reference))
    except FAULTS as error:
        raise Damaged("Danh sách ô ký trong tệp PDF bị hỏng nên không kiểm tra được chữ ký.") from error
    return sorted(
        found, key=lambda each: (each.embedded is None, each.embedded.signed_revision if each.embedded else 0)
    )


def _field(reader: PdfFileReader, name: str, dictionary: Any, reference: Any) -> Field:
    try:
        return Field(name, dictionary, EmbeddedPdfSignature(reader, reference, name))
    except FAULTS:
        return Field(name, dictionary, None, "Nội dung chữ ký bị hỏng nên không đọc được.")


# --- coverage and changes --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coverage:
    """``sound``: the signed bytes are one block from the first byte, interrupted by the signature itself and nothing else.
    ``end``: where that block ends."""

    sound: bool
    end: int = 0
    whole_file: bool = False
    whole_revision: bool = False


def coverage(pdf: bytes, embedded: EmbeddedPdfSignature) -> Coverage:
    """What the ByteRange of a signature covers, compared with the bytes of the file."""
    numbers = [int(number) for number in embedded.byte_range]
    if len(numbers) != 4 or numbers[0] != 0 or min(numbers) < 0:
        return Coverage(False)
    _, first, second, length = numbers
    end = second + length
    hole = pdf[first:second]
    if end > len(pdf) or hole[:1] != b"<" or hole[-1:] != b">" or not re.fullmatch(rb"[0-9A-Fa-f\s]*", hole[1:-1]):
        return Coverage(False)
    if bytes.fromhex(hole[1:-1].decode("ascii")) != embedded.pkcs7_content:
        return Coverage(False)
    whole_file = end == len(pdf)
    revision = whole_file or embedded.evaluate_signature_coverage() >= SignatureCoverageLevel.ENTIRE_REVISION
    return Coverage(True, end, whole_file, revision)


def only_validation_data_follows(pdf: bytes, embedded: EmbeddedPdfSignature) -> bool:
    """Whether all that follows the last signature is validation data in proper revisions, up to the last ``%%EOF``."""
    reader = embedded.reader
    if embedded.signed_revision + 1 >= reader.xrefs.total_revisions:
        return False
    if not re.search(rb"%%EOF[ \t]*(\r\n|\n|\r)?\Z", pdf[-16:]) or not _store_added(reader, embedded.signed_revision):
        return False
    result = AFTER_LAST.review_file(reader, embedded.signed_revision)
    return getattr(result, "modification_level", None) in (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)


def _store_added(reader: PdfFileReader, revision: int) -> bool:
    """Whether the security store (DSS) came or grew after ``revision``: the one reason to write without signing."""
    if "/DSS" not in reader.root:
        return False
    before = reader.get_historical_resolver(revision).root
    now = reader.root.raw_get("/DSS")
    if "/DSS" not in before or not isinstance(now, generic.IndirectObject):
        return entry(before, "/DSS") != reader.root["/DSS"]
    return reader.xrefs.get_last_change(now.reference) > revision


def changed_since(reader: PdfFileReader, revision: int) -> bool:
    """Whether anything but signatures and validation data was added after ``revision`` (counted from 0)."""
    result = AFTER_SIGNATURE.review_file(reader, revision)
    level = getattr(result, "modification_level", ModificationLevel.OTHER)
    return level > ModificationLevel.FORM_FILLING


# --- what the file would do ------------------------------------------------------------------------------------------

_ACTIONS = {
    "/JavaScript": "chứa mã lệnh JavaScript",
    "/Launch": "chứa lệnh mở chương trình khác",
    "/SubmitForm": "chứa lệnh gửi dữ liệu ra ngoài",
    "/ImportData": "chứa lệnh nhập dữ liệu từ ngoài",
    "/GoToE": "chứa liên kết tới tệp đính kèm",
    "/GoToR": "chứa liên kết tới tệp khác",
    "/Rendition": "chứa âm thanh, hình ảnh động",
    "/Movie": "chứa âm thanh, hình ảnh động",
    "/Sound": "chứa âm thanh, hình ảnh động",
    "/RichMediaExecute": "chứa nội dung đa phương tiện",
}
_KEYS = {
    "/JS": "chứa mã lệnh JavaScript",
    "/JavaScript": "chứa mã lệnh JavaScript",
    "/AA": "chứa lệnh tự chạy",
    "/EmbeddedFiles": "chứa tệp đính kèm",
    "/AF": "chứa tệp đính kèm",
    "/EF": "chứa tệp đính kèm",
    "/XFA": "chứa biểu mẫu động XFA",
    "/RichMediaContent": "chứa nội dung đa phương tiện",
}


def active_content(reader: PdfFileReader) -> list[str]:
    """What the file contains that runs, opens or hides something ("chứa mã lệnh JavaScript"). Raises ``Damaged``."""
    found: set[str] = set()
    try:
        root = reader.root
        opening = entry(root, "/OpenAction")  # an array only says which page to show first
        if isinstance(opening, generic.DictionaryObject) and entry(opening, "/S") != "/GoTo":
            found.add("chứa lệnh tự chạy khi mở")
        if "/OCProperties" in root:
            found.add("chứa lớp nội dung có thể ẩn, hiện")
        for dictionary in _dictionaries(root):
            found.update(sentence for key, sentence in _KEYS.items() if key in dictionary)
            action = entry(dictionary, "/S")
            if isinstance(action, generic.NameObject) and action in _ACTIONS:
                found.add(_ACTIONS[action])
    except FAULTS as error:
        raise Damaged("Tệp PDF bị hỏng nên không đọc hết được nội dung.") from error
    return sorted(found)


def _dictionaries(root: generic.DictionaryObject) -> Iterator[generic.DictionaryObject]:
    """Every dictionary that can be reached from the catalogue, each once."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [root]
    passed = 0
    while waiting:
        item = waiting.pop()
        if isinstance(item, generic.IndirectObject):
            key = (item.reference.idnum, item.reference.generation)
            if key in seen:
                continue
            seen.add(key)
            item = item.get_object()
        passed += 1
        if passed > 20 * MAX_OBJECTS or len(seen) > MAX_OBJECTS:
            raise Damaged("Tệp PDF có quá nhiều đối tượng nên không được kiểm tra.")
        if isinstance(item, generic.DictionaryObject):
            yield item
            waiting.extend(item.raw_get(key) for key in item)
        elif isinstance(item, generic.ArrayObject):
            waiting.extend(item.raw_get(index) for index in range(len(item)))
