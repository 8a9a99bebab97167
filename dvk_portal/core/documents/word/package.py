"""Whether an uploaded file is a Word document that may be opened and handed out: size, parts, macros, links to elsewhere."""

import io
import re
import zipfile
from typing import Any
from xml.etree.ElementTree import ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException
from docx import Document
from docx.document import Document as OpenDocument
from docx.oxml.ns import qn
from lxml import etree

from dvk_portal.core.documents.word.reading import Reader, openers_in, text_of
from dvk_portal.core.exceptions import DomainError

MAX_BYTES = 5_000_000
MAX_UNPACKED = 30_000_000
MAX_XML = 2_000_000
MAX_ENTRIES = 300
_MAX_FINDINGS = 20
_NOT_WORD = (
    "Tệp không phải văn bản Word (.docx) hoặc đã hỏng. Hãy mở bằng phần mềm soạn thảo, lưu lại dạng .docx rồi tải lên."
)
_DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# Parts that a text document needs. Others (objects, controls, data connections) do something when the file is opened.
_PARTS = {
    "officeDocument", "core-properties", "extended-properties", "custom-properties", "thumbnail", "styles",
    "stylesWithEffects", "numbering", "settings", "webSettings", "fontTable", "font", "theme", "header", "footer",
    "footnotes", "endnotes", "comments", "commentsExtended", "commentsIds", "commentsExtensible", "people", "image",
    "hyperlink", "customXml", "customXmlProps", "glossaryDocument", "printerSettings",
}  # fmt: skip
# Fields that fetch or run something when Word refreshes them.
_FIELDS = re.compile(r"\b(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE|MACROBUTTON|RD)\b")
_PART_NAMES = {"header": "Đầu trang", "footer": "Chân trang", "footnotes": "Chú thích"}
# What broken and hostile packages make the readers raise.
_BROKEN = (
    zipfile.BadZipFile, ParseError, etree.XMLSyntaxError, KeyError, ValueError, TypeError, AttributeError, IndexError,
    OSError, EOFError, NotImplementedError, RuntimeError, zipfile.LargeZipFile,
)  # fmt: skip


def printed_fields(data: bytes) -> set[str]:
    """The paths of the fields that the template in ``data`` prints. DomainError with sentences when it is no Word document,
    carries something that acts, or holds a placeholder that no field answers."""
    _check_archive(data)
    try:
        findings, printed = _read_placeholders(Document(io.BytesIO(data)))
    except _BROKEN as error:
        raise DomainError(_NOT_WORD) from error
    if findings:
        raise DomainError("Mẫu có chỗ chưa đúng nên chưa được nhận.", findings[:_MAX_FINDINGS])
    return printed


def _check_archive(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise DomainError(f"Tệp lớn hơn {MAX_BYTES // 1_000_000} MB. Hãy giảm kích thước ảnh trong mẫu rồi tải lại.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            xml = [entry for entry in entries if entry.filename.lower().endswith((".xml", ".rels"))]
            if (
                len(entries) > MAX_ENTRIES
                or sum(entry.file_size for entry in entries) > MAX_UNPACKED
                or any(entry.file_size > MAX_XML for entry in xml)
            ):
                raise DomainError("Tệp giải nén ra quá lớn nên không được nhận. Hãy dùng mẫu gọn hơn.")
            names = {entry.filename for entry in entries}
            if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
                raise DomainError("Tệp có macro nên không được nhận. Hãy lưu lại dạng Word không có macro (.docx).")
            if not {"[Content_Types].xml", "word/document.xml"} <= names:
                raise DomainError(_NOT_WORD)
            for entry in xml:
                _check_xml(entry.filename, archive.read(entry))
    except DefusedXmlException as error:
        raise DomainError(_NOT_WORD) from error
    except _BROKEN as error:
        raise DomainError(_NOT_WORD) from error


def _check_xml(name: str, data: bytes) -> None:
    root = defusedxml.ElementTree.fromstring(data, forbid_dtd=True)
    if name == "[Content_Types].xml":
        types = [element.get("ContentType", "") for element in root.iter()]
        if any("macroEnabled" in kind for kind in types):
            raise DomainError("Tệp có macro nên không được nhận. Hãy lưu lại dạng Word không có macro (.docx).")
        if _DOCUMENT not in types:
            raise DomainError(_NOT_WORD)
    elif name.endswith(".rels"):
        for link in root:
            _check_link(link.get("Type", "").rpartition("/")[2], link.get("TargetMode"), link.get("Target", ""))
    else:
        _check_instructions(root)


def _check_instructions(root: Any) -> None:
    """Codes of Word's own fields; one may be cut into pieces."""
    pieces = [element.text or "" for element in root.iter() if element.tag.endswith("}instrText")]
    pieces += [value for element in root.iter() for key, value in element.attrib.items() if key.endswith("}instr")]
    if found := _FIELDS.search(" ".join(pieces)) or _FIELDS.search("".join(pieces)):
        raise DomainError(
            f"Mẫu có trường “{found.group()}” lấy nội dung từ nơi khác nên không được nhận. Hãy xóa trường đó."
        )


def _check_link(kind: str, mode: str | None, target: str) -> None:
    if kind == "attachedTemplate":
        return  # taken off when rendering; people cannot see it
    if kind not in _PARTS:
        raise DomainError(
            f"Mẫu có phần “{kind}” (đối tượng nhúng, điều khiển hoặc tệp liên kết) nên không được nhận. "
            "Hãy xóa phần đó, chỉ giữ chữ, bảng và ảnh."
        )
    if mode == "External" and not (kind == "hyperlink" and target.startswith(("https://", "http://", "mailto:"))):
        raise DomainError("Mẫu liên kết tới tệp ở nơi khác nên không được nhận. Hãy chèn ảnh vào tệp thay vì liên kết.")


def _read_placeholders(document: OpenDocument) -> tuple[list[str], set[str]]:
    """What is wrong with the placeholders, and which fields are printed."""
    if document.element.find(qn("w:body")) is None:
        raise DomainError(_NOT_WORD)
    findings: list[str] = []
    printed: set[str] = set()
    for part in document.part.package.iter_parts():
        name = str(part.partname)
        if not name.startswith("/word/") or not name.endswith(".xml"):
            continue
        root = etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
        words = _words_of(name)
        shown = 0
        if words:
            reader = Reader(words).read(root)
            findings += reader.findings
            printed |= reader.printed
            shown = sum(openers_in(text_of(paragraph)) for paragraph in root.iter(qn("w:p")))
        if openers_in(part.blob.decode(errors="replace")) > shown:
            findings.append(f"{words or name}: có trường đặt ở chỗ không dựng được (nhận xét, thuộc tính). Hãy bỏ đi.")
    return findings, printed


def _words_of(name: str) -> str:
    """What people call a part of the file in which fields are filled in; "" for every other part."""
    if name == "/word/document.xml":
        return "Thân văn bản"
    return next((words for key, words in _PART_NAMES.items() if key in name), "")
