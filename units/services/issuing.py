"""How a body appears on its documents on one day: header, layout system, symbol, place, term of office."""

import datetime
import unicodedata
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Max, Min, Q

from dvk_portal.core import audit
from dvk_portal.core.documents import numbering
from dvk_portal.core.documents.content import Heading, need
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import DocumentNumber, NumberSeries
from units import access
from units.models import IssuingBody, TermOfOffice, Unit

ONE_DAY = datetime.timedelta(days=1)


def heading_of(unit: Unit, day: datetime.date, *, numbered: bool = False) -> Heading:
    """The header of ``unit`` on ``day``. What its issuing body does not say yet is marked as missing (R-00, R-60); the
    symbol only where the document carries a number.

    Raises DomainError when the unit did not exist on that day: a new document refuses a closed body.
    """
    version = unit.as_of(day)
    if version is None:
        raise DomainError(
            f"{unit.name} không hoạt động vào ngày {day:%d/%m/%Y} nên không ban hành được văn bản của ngày đó. "
            "Hãy chọn ngày khác hoặc lập văn bản ở đơn vị kế thừa."
        )
    body = unit.issuing.on(day).first()
    if body is not None:
        return Heading(body.system, body.superior.upper(), body.name.upper(), body.symbol, body.place)
    parent = version.parent and version.parent.as_of(day)
    return Heading(
        system=version.kind.document_system,
        superior=(parent.name if parent else "").upper(),
        issuer=version.name.upper(),
        symbol=need("", f"ký hiệu văn bản của {version.name}") if numbered else "",
        place=need("", f"địa danh của {version.name}"),
    )


def body_of(unit: Unit, day: datetime.date) -> IssuingBody:
    """The issuing body under which ``unit`` takes numbers on ``day``. DomainError when nobody has entered it."""
    body = unit.issuing.on(day).first()
    if body is None:
        raise DomainError(
            f"Chưa khai ký hiệu văn bản của {unit.name} cho ngày {day:%d/%m/%Y}. "
            "Văn thư khai tại mục Thông tin ban hành văn bản rồi thử lại."
        )
    return body


def term_of(unit: Unit, day: datetime.date) -> TermOfOffice:
    """The term of office in which a Party body numbers: its own, else that of the committee above it."""
    above: Unit | None = unit
    while above is not None:
        term = above.terms.on(day).first()
        if term is not None:
            return term
        above = above.parent
    raise DomainError(
        f"Chưa khai nhiệm kỳ cấp ủy của {unit.name} cho ngày {day:%d/%m/%Y}. "
        "Số văn bản của Đảng đánh theo nhiệm kỳ; văn thư khai nhiệm kỳ rồi thử lại."
    )


def undeclared_units(user: Any) -> models.QuerySet[Unit]:
    """Active units, in the reach of who declares them, whose header and symbol are not declared for today."""
    units = access.scope(Unit.objects.current(), user, "document.bodies")
    return units.exclude(kind__is_organ=True, parent__kind__is_organ=True).exclude(
        pk__in=IssuingBody.objects.current().values("unit")
    )


# --- keeping the rows ------------------------------------------------------------------------------------------------
def _authorise(actor: Any, unit: Unit) -> None:
    if actor is not None and not actor.has_perm("document.bodies", unit):
        raise PermissionDenied


def _dates_findings(valid_from: datetime.date, valid_to: datetime.date | None) -> list[str]:
    return ["Ngày hết hiệu lực phải sau ngày bắt đầu."] if valid_to is not None and valid_to < valid_from else []


def _overlapping(rows: models.QuerySet, row: models.Model) -> models.QuerySet:
    """Rows valid on some day of ``row``, itself left out."""
    rows = rows.exclude(pk=row.pk).filter(Q(valid_to=None) | Q(valid_to__gte=row.valid_from))
    return rows.filter(valid_from__lte=row.valid_to) if row.valid_to is not None else rows


def _overlap_words(other: models.Model) -> str:
    until = f"đến hết {other.valid_to:%d/%m/%Y}" if other.valid_to else "chưa có ngày kết thúc"
    return (
        f"Trùng thời gian với “{other}” (từ {other.valid_from:%d/%m/%Y}, {until}). "
        "Hãy sửa ngày, hoặc ghi ngày kết thúc cho dòng ấy trước."
    )


def issuing_findings(row: IssuingBody) -> list[str]:
    """Sentences about what forbids keeping ``row`` (new or changed) as it is; empty when it may be kept."""
    found = _dates_findings(row.valid_from, row.valid_to)
    try:
        numbering.number_text(row.system, "BC", row.symbol, 1)
    except numbering.NumberingError as error:
        found.append(str(error))
    if any(char.isspace() for char in row.symbol):
        found.append("Ký hiệu viết liền, không có dấu cách. Ví dụ: BTGDVTU.")
    found += [_overlap_words(other) for other in _overlapping(row.unit.issuing, row)[:3]]
    return found + _given_findings(row)


def _given_findings(row: IssuingBody) -> list[str]:
    """Numbers given under the row stay what they were: header and symbol are fixed, and so are the days they lie in."""
    before = IssuingBody.objects.filter(pk=row.pk).first()
    if before is None:
        return []
    given = DocumentNumber.objects.filter(unit=row.unit, series__body=before.symbol, dated_on__gte=before.valid_from)
    if before.valid_to is not None:
        given = given.filter(dated_on__lte=before.valid_to)
    days = given.aggregate(first=Min("dated_on"), last=Max("dated_on"))
    if days["first"] is None:
        return []
    if (row.system, row.name, row.symbol) != (before.system, before.name, before.symbol):
        return [
            "Đã có văn bản được cấp số theo tên, ký hiệu này nên không sửa được. "
            "Hãy ghi ngày kết thúc cho dòng này rồi thêm dòng mới từ ngày thay đổi."
        ]
    if row.valid_from > days["first"] or (row.valid_to is not None and row.valid_to < days["last"]):
        return [
            f"Đã có văn bản được cấp số từ ngày {days['first']:%d/%m/%Y} đến ngày {days['last']:%d/%m/%Y}; "
            "thời gian hiệu lực phải bao gồm những ngày đó."
        ]
    return []


def term_findings(row: TermOfOffice) -> list[str]:
    """Sentences about what forbids keeping the term of office as it is; empty when it may be kept."""
    found = _dates_findings(row.valid_from, row.valid_to)
    same = row.unit.terms.exclude(pk=row.pk).filter(name__iexact=row.name)
    if same.exists():
        found.append(f"Nhiệm kỳ {row.name} đã được khai cho {row.unit}.")
    found += [_overlap_words(other) for other in _overlapping(row.unit.terms, row)[:3]]
    before = TermOfOffice.objects.filter(pk=row.pk).first()
    if before is not None and before.name != row.name:
        runs = NumberSeries.objects.filter(scope=before.name, unit__path__startswith=row.unit.path)
        if runs.exists():
            found.append(f"Đã có văn bản được cấp số trong nhiệm kỳ {before.name} nên không đổi tên nhiệm kỳ được.")
    return found


def _keep(row: Any, actor: Any, findings: Any, refusal: str, replace: bool) -> None:
    """Authorise, check under the unit's lock, save, leave a line. ``replace`` ends the open row before a new one."""
    _authorise(actor, row.unit)
    Unit.objects.select_for_update(of=("self",)).get(pk=row.unit_id)
    model, fields = type(row), [field for field in row._meta.concrete_fields if field.name not in ("id", "unit")]
    old = model.objects.filter(pk=row.pk).values().first() or {}
    if replace and not old:
        _end_open_row(row, actor)
    if found := findings(row):
        raise DomainError(refusal, found)
    row.save()
    new = {field.name: getattr(row, field.name) for field in fields}
    changes = {name: [old.get(name), value] for name, value in new.items() if old.get(name) != value}
    audit.record(row, "change_row" if old else "add_row", actor=actor, changes=changes)


def _end_open_row(row: Any, actor: Any) -> None:
    """The row still open when ``row`` begins ends on the day before."""
    others = type(row).objects.filter(unit=row.unit, valid_to=None, valid_from__lt=row.valid_from)
    for other in others:
        other.valid_to = row.valid_from - ONE_DAY
        other.save(update_fields=["valid_to"])
        audit.record(other, "change_row", actor=actor, changes={"valid_to": [None, other.valid_to]})


@transaction.atomic
def keep_issuing_body(row: IssuingBody, *, actor: Any, replace: bool = False) -> IssuingBody:
    """Add or change how a unit appears on its documents. ``replace``: the row in force ends on the day before a new one.

    DomainError when days overlap or when numbers were given under what would change.
    """
    row.symbol = unicodedata.normalize("NFC", row.symbol.strip())
    _keep(row, actor, issuing_findings, "Chưa ghi được thông tin ban hành văn bản.", replace)
    return row


@transaction.atomic
def keep_term(row: TermOfOffice, *, actor: Any, replace: bool = False) -> TermOfOffice:
    """Add or change a committee's term of office. DomainError when terms overlap or numbers would change their run."""
    row.name = " ".join(row.name.split())
    _keep(row, actor, term_findings, "Chưa ghi được nhiệm kỳ.", replace)
    return row
