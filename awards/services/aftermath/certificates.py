"""Setting certificates in type: facts of an award, boxes of a layout, one PDF. Deciding who may print is in printing.py."""

import base64
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import typst
from django.conf import settings
from django.urls import reverse

from awards import certificates
from awards.certificates import Box, BoxKind
from awards.models import Award, CertificateLayout
from dvk_portal.core import files
from dvk_portal.core.documents import typesetting
from dvk_portal.core.documents.formats import date_words
from dvk_portal.core.exceptions import DomainError
from units.services.issuing import heading_of

TEMPLATE = "certificate.typ"
WATERMARK = "BẢN XEM THỬ"
# A word longer than any of the language may break anywhere; nothing else ever does.
_LONG = re.compile(r"[^\s\u200b]{24,}")
_HELP = (
    "TRANG IN THỬ. In đúng 100 % (không “vừa trang giấy”), trên đúng cỡ giấy. Đo từ mép trái và mép trên của tờ giấy đến dấu + "
    "ở góc trên bên trái: phải đúng {cross} mm. Nếu khác, ghi hai số đo được vào mục “Cân chỉnh máy in” của mẫu. "
    "Đang dịch ngang {x} mm, dọc {y} mm. Khối nét đứt: phôi có sẵn, không in."
)


def facts_of(award: Award, place: str) -> dict[str, str]:
    """What a certificate may say of ``award``; ``place`` is the name before the date. Reads award_type and decision."""
    decision = award.decision
    unit = "" if award.unit_name == award.name else award.unit_name
    return {
        "name": award.name,
        "who": ", ".join(part for part in (award.post, unit) if part),
        "post": award.post,
        "unit": unit,
        "award": award.award_type.name,
        "object": award.award_type.object_name or award.award_type.name,
        "giving": "Truy tặng" if award.posthumous else "Tặng",
        "achievement": award.achievement,
        "year": str(award.year),
        "authority": award.authority,
        "decision_no": award.decision_no,
        "decided_on": f"{award.decided_on:%d/%m/%Y}",
        "place_date": f"{place}, {date_words(award.decided_on)}"
        if place
        else date_words(award.decided_on).capitalize(),
        "signer_post": decision.signer_post if decision else "",
        "signer": decision.signer if decision else "",
        "gold_book_no": award.gold_book_no,
        "code": " ".join(re.findall(".{1,4}", award.code)),
        "lookup": _site() + reverse("lookup-form").rstrip("/"),
    }


def place_of(award: Award) -> str:
    """The place before the date, as the body that keeps the decision writes it on its documents of that day."""
    return heading_of(award.decision.unit, award.decided_on).place if award.decision else ""


def public_address(award: Award) -> str:
    """What the QR code leads to."""
    return settings.SITE_URL.rstrip("/") + award.get_public_url()


def _site() -> str:
    return re.sub(r"^https?://", "", settings.SITE_URL.rstrip("/"))


@cache
def _border(width: Decimal, height: Decimal, band: Decimal, colour: str) -> str:
    return certificates.border_picture(width, height, band, colour)


def sheet_of(boxes: Sequence[Box], facts: dict[str, str], address: str) -> dict[str, Any]:
    """One page: the words of each box, the code."""
    texts = [certificates.words_of(box, facts) if box.kind is BoxKind.TEXT else "" for box in boxes]
    texts = typesetting.clean(texts)
    typesetting.demand_printable(texts)
    return {
        "texts": [_LONG.sub(lambda found: "\u200b".join(found[0]), text) for text in texts],
        "code_image": typesetting.code_image(address),
    }


def boxes_in(layout: CertificateLayout) -> list[Box]:
    """The boxes of a layout. DomainError when somebody wrote rows into the catalogue that are no boxes."""
    try:
        return certificates.boxes_of(layout.boxes)
    except (certificates.BoxError, AttributeError) as error:
        raise DomainError(
            f"Mẫu “{layout.name}” có khối ghi sai nên không dùng được. Hãy chọn mẫu khác và báo quản trị hệ thống."
        ) from error


def printed_boxes(layout: CertificateLayout) -> list[Box]:
    """What leaves the printer: on pre-printed paper only what the paper has not."""
    boxes = boxes_in(layout)
    return [box for box in boxes if not (layout.on_stock and box.on_stock)]


def sample_sheet(layout: CertificateLayout) -> dict[str, Any]:
    facts = {**certificates.samples(layout.family), "lookup": _site() + reverse("lookup-form").rstrip("/")}
    address = settings.SITE_URL.rstrip("/") + reverse("award-public", args=[facts["code"].replace(" ", "")])
    return sheet_of(printed_boxes(layout), facts, address)


def data_of(
    layout: CertificateLayout, sheets: list[dict[str, Any]], *, title: str, watermark: bool = False, test: bool = False
) -> dict[str, Any]:
    """What templates/documents/certificate.typ is given."""
    boxes = boxes_in(layout) if test else printed_boxes(layout)
    moved = {"x": _words(layout.offset_x_mm), "y": _words(layout.offset_y_mm), "cross": _words(certificates.CROSS)}
    return {
        "title": title,
        "author": "",
        "width": float(layout.width_mm),
        "height": float(layout.height_mm),
        "offset_x": float(layout.offset_x_mm),
        "offset_y": float(layout.offset_y_mm),
        "boxes": [_box_data(box) for box in boxes],
        "sheets": sheets,
        "watermark": WATERMARK if watermark else "",
        "background": "" if layout.on_stock or test else _background(layout),
        "test": test,
        "cross": float(certificates.CROSS),
        "help": _HELP.format(**moved),
    }


def _words(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


def _box_data(box: Box) -> dict[str, Any]:
    row = box.as_row()
    if box.kind is BoxKind.BORDER:
        row["picture"] = _border(box.width, box.height, box.size, box.colour)
    return row


def _background(layout: CertificateLayout) -> str:
    """The picture behind the text as an SVG that holds it: Typst takes it as data, without a file of its own."""
    if layout.background is None:
        return ""
    data = base64.b64encode(files.read(layout.background)).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {layout.width_mm} {layout.height_mm}">'
        f'<image href="data:{layout.background.kind};base64,{data}" width="{layout.width_mm}" '
        f'height="{layout.height_mm}" preserveAspectRatio="none"/></svg>'
    )


def compile_pdf(data: dict[str, Any]) -> bytes:
    """The PDF/A of ``data``; the same data give the same bytes."""
    try:
        return typesetting.compiler_of(TEMPLATE, data).compile(
            format="pdf", pdf_standards=[typesetting.STANDARD], timestamp=0
        )
    except typst.TypstError as error:
        raise _failed(error) from error


def compile_png(data: dict[str, Any], *, ppi: float) -> bytes:
    """The first page as a picture."""
    try:
        pages = typesetting.compiler_of(TEMPLATE, data).compile(format="png", ppi=ppi)
    except typst.TypstError as error:
        raise _failed(error) from error
    return pages[0] if isinstance(pages, list) else pages


def fitted(data: dict[str, Any]) -> list[dict[str, Any]]:
    """How each text came out: sheet, box, size in points, height and longest word in millimetres."""
    return json.loads(typesetting.compiler_of(TEMPLATE, data).query("<fitted>", field="value"))


def _failed(error: typst.TypstError) -> DomainError:
    return DomainError(f"Không dựng được bằng: {error.message}. Hãy kiểm tra số đo các khối rồi thử lại.")
