"""Filling a Word template with the content of a document; paper, margins and marks of the layout come from its row."""

import datetime
import io
import logging
import zipfile
from copy import deepcopy
from functools import cache
from typing import Any

from django.conf import settings
from docx import Document
from docx.document import Document as OpenDocument
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate
from jinja2 import TemplateError
from lxml import etree

from dvk_portal.core.documents import tablefit
from dvk_portal.core.documents.content import Content
from dvk_portal.core.documents.formats import numbers_of
from dvk_portal.core.documents.word import blocks, styles
from dvk_portal.core.documents.word.code import Budget, compile_part, environment
from dvk_portal.core.documents.word.fields import clean, values_of
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models.documents import DocumentFormat

logger = logging.getLogger(__name__)

_MISPLACED = (
    "Mẫu dựng ra tệp hỏng: có vòng lặp hoặc điều kiện mở ở một chỗ, khép ở chỗ khác (ô bảng khác, dòng khác). "
    "Hãy đặt lệnh mở và lệnh khép cùng một cấp."
)
_STRANGE = "Không dựng được văn bản từ mẫu Word này. Hãy mở mẫu bằng Word hoặc LibreOffice, lưu lại dạng .docx rồi tải lên lại."
# Zip files cannot say an earlier day; a fixed one lets equal content give equal bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)

_SAYING = (qn("w:t"), qn("w:br"), qn("w:tab"))
_BEFORE_MIRRORED = {
    qn(f"w:{name}")
    for name in (
        "writeProtection", "view", "zoom", "removePersonalInformation", "removeDateAndTime", "displayBackgroundShape",
        "doNotDisplayPageBoundaries", "printPostScriptOverText", "printFractionalCharacterWidth", "printFormsData",
        "embedTrueTypeFonts", "embedSystemFonts", "saveSubsetFonts", "saveFormsData",
    )
}  # fmt: skip


def render(
    content: Content,
    layout: DocumentFormat,
    template: bytes | None = None,
    *,
    mark: str = "",
    budget: Budget | None = None,
) -> bytes:
    """``content`` as a .docx in the layout; ``template`` is an office's own, else the portal's. ``mark`` is printed at the
    foot of every page. DomainError when the template does not give a whole document, or costs more than ``budget``."""
    source = standard_template() if template is None else template
    filled = _fill(source, values_of(content, layout), budget or Budget())
    document = Document(io.BytesIO(filled))
    numbers = numbers_of(layout)
    if template is None:
        styles.apply_layout(document, numbers)
        _fit_header(document, content, numbers)
    _close_cells(document)
    _lay_out(document, content, numbers)
    _describe(document, content)
    _detach(document)
    if mark:
        _mark(document, clean(mark))
    return saved(document)


@cache
def standard_template() -> bytes:
    """The portal's own template (``manage.py make_word_template`` makes it)."""
    return (settings.BASE_DIR / "templates" / "documents" / "word" / "van-ban.docx").read_bytes()


def texts_of(data: bytes) -> str:
    """Everything that the pages of a .docx say: text, headers, footers, notes; paragraphs with a space between them."""
    parts = [part for part in Document(io.BytesIO(data)).part.package.iter_parts() if hasattr(part, "element")]
    return " ".join(
        "".join(found.text or "" if found.tag == _SAYING[0] else " " for found in paragraph.iter(*_SAYING))
        for part in parts
        for paragraph in part.element.iter(qn("w:p"))
    )


# --- filling --------------------------------------------------------------------------------------------------------
class _Template(DocxTemplate):
    """docxtpl, but every part runs in our environment under one budget, and a broken result is an error."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        super().__init__(io.BytesIO(data))
        self.budget = budget
        self.jinja = environment(self.budget)

    def render_xml_part(self, src_xml: str, part: Any, context: dict[str, Any], jinja_env: Any = None) -> str:
        self.current_rendering_part = part
        template = compile_part(src_xml, self.jinja)
        # Not docxtpl's own way: it would also rewrite "{_{" in people's words.
        return self.resolve_listing("".join(self.budget.spend(piece) for piece in template.generate(context)))

    def fix_tables(self, xml: str) -> Any:
        etree.fromstring(xml.encode())  # docxtpl would repair silently, and lose text
        return super().fix_tables(xml)

    def render_properties(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        """Title and author are the document's own (:func:`_describe`), never code of the template."""


def _fill(template: bytes, values: dict[str, Any], budget: Budget) -> bytes:
    filled = _Template(template, budget)
    output = io.BytesIO()
    try:
        filled.render(values, filled.jinja)
        filled.save(output)
    except etree.XMLSyntaxError as error:
        raise DomainError(_MISPLACED) from error
    except (TemplateError, AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        # Files that other programs wrote hold tables and parts that docxtpl does not expect.
        logger.warning("A Word template could not be filled", exc_info=True)
        raise DomainError(_STRANGE) from error
    return output.getvalue()


def _close_cells(document: OpenDocument) -> None:
    """Every cell ends with a paragraph: without one, which a condition may leave, Word calls the file damaged."""
    for cell in document.element.body.iter(qn("w:tc")):
        if len(cell) == 0 or cell[-1].tag != qn("w:p"):
            cell.append(OxmlElement("w:p"))


# --- paper ----------------------------------------------------------------------------------------------------------
def _lay_out(document: OpenDocument, content: Content, numbers: dict[str, Any]) -> None:
    """Size, margins and orientation of every part; the annexes count their pages anew."""
    lying = [content.landscape, *(annex.landscape for annex in content.annexes)]
    last = document.element.body.sectPr
    for paper in document.element.body.iter(qn("w:sectPr")):
        if paper is not last:
            paper.getparent().replace(paper, deepcopy(last))
    for place, section in enumerate(document.sections):
        _lay_out_section(section, numbers, landscape=lying[min(place, len(lying) - 1)])
        if place:
            _count_anew(section._sectPr)
    if numbers["mirrored"]:
        _mirror(document.settings.element)


def _count_anew(paper: Any) -> None:
    for old in paper.findall(qn("w:pgNumType")):
        paper.remove(old)
    count = OxmlElement("w:pgNumType")
    count.set(qn("w:start"), "1")
    paper.find(qn("w:pgMar")).addnext(count)


def _mirror(settings_element: Any) -> None:
    """Margins of a document printed on both sides. Word insists on the order of its settings."""
    if settings_element.find(qn("w:mirrorMargins")) is None:
        before = [element for element in settings_element if element.tag in _BEFORE_MIRRORED]
        settings_element.insert(len(before), OxmlElement("w:mirrorMargins"))


def _lay_out_section(section: Section, numbers: dict[str, Any], *, landscape: bool) -> None:
    width, height = tablefit.A4
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(height), Mm(width)) if landscape else (Mm(width), Mm(height))
    for side in ("top", "bottom", "left", "right"):
        setattr(section, f"{side}_margin", Mm(numbers[f"margin_{side}"]))
    # The number of the page stands in the margin, not in the text.
    section.header_distance = section.footer_distance = Mm(min(10, numbers["margin_top"] / 2))


def _fit_header(document: OpenDocument, content: Content, numbers: dict[str, Any]) -> None:
    """The two columns of the portal's own header, as wide as the words of this layout need."""
    if content.annex or not document.tables:
        return
    header = document.tables[0]
    for place, width in enumerate(blocks.header_widths(content, numbers)):
        header.columns[place].width = Pt(width)
        for row in header.rows:
            row.cells[place].width = Pt(width)


# --- what goes with the file ----------------------------------------------------------------------------------------
def _describe(document: OpenDocument, content: Content) -> None:
    properties = document.core_properties
    moment = datetime.datetime.combine(content.day or datetime.date(1980, 1, 1), datetime.time(), datetime.UTC)
    properties.title = clean(f"{content.title} {content.subject}".strip())[:255]
    properties.author = properties.last_modified_by = clean(content.heading.issuer)[:255]
    properties.subject, properties.keywords, properties.comments = "", clean(content.code), ""
    properties.language, properties.revision = "vi-VN", 1
    properties.created = properties.modified = moment


def _detach(document: OpenDocument) -> None:
    """Take off the link to a template on somebody's computer: Word would fetch it when the file is opened."""
    for element in document.settings.element.findall(qn("w:attachedTemplate")):
        document.settings.element.remove(element)
    for part in document.part.package.iter_parts():
        for key in [key for key, link in part.rels.items() if link.reltype.endswith("/attachedTemplate")]:
            del part.rels[key]


def _mark(document: OpenDocument, words: str) -> None:
    """A line at the foot of every page, whatever the template holds there."""
    marked: set[int] = set()
    for section in document.sections:
        footers = [section.footer]
        if section.different_first_page_header_footer:
            footers.append(section.first_page_footer)
        if document.settings.odd_and_even_pages_header_footer:
            footers.append(section.even_page_footer)
        for footer in footers:
            if footer.is_linked_to_previous and section is not document.sections[0] and marked:
                continue
            part = footer.part
            if id(part) not in marked:
                marked.add(id(part))
                _write_mark(footer, words)


def _write_mark(footer: Any, words: str) -> None:
    lines = footer.paragraphs
    line = lines[0] if len(lines) == 1 and not lines[0].text else footer.add_paragraph()
    line.alignment = 1
    run = line.add_run(words)
    run.italic, run.font.size, run.font.name = True, Pt(9), "Times New Roman"


def saved(document: OpenDocument) -> bytes:
    """The bytes, with one time for all entries: equal content, equal bytes."""
    raw, output = io.BytesIO(), io.BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(zipfile.ZipInfo(entry.filename, _EPOCH), source.read(entry), zipfile.ZIP_DEFLATED)
    return output.getvalue()
