"""The register of outgoing documents: a number is taken under a lock, never given twice, declared void and never deleted.

The State numbers through the year, the Party through the term of office; every body and type has its own run (R-63).
``actor`` None is the system (imports, demonstration).
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from dvk_portal.core import audit
from dvk_portal.core.documents.numbering import SUBJECT, NumberingError, number_text, scope_is_term, spell_type
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document, DocumentNumber, NumberSeries
from dvk_portal.core.text import search_key
from units import access
from units.models import IssuingBody, Unit
from units.services.issuing import body_of, term_of

# A larger number is a slip of the finger: no office numbers a million documents of a kind in a year or a term.
LARGEST = 999_999
_TYPE_MAX = NumberSeries._meta.get_field("type_code").max_length


@dataclass(frozen=True)
class Place:
    """Where a number of a type belongs on a day: the body that gives it, the spelling of the type, year or term."""

    unit: Unit
    body: IssuingBody
    type_code: str
    scope: str

    @property
    def key(self) -> dict[str, Any]:
        return {"unit": self.unit, "body": self.body.symbol, "type_code": self.type_code, "scope": self.scope}

    def text(self, number: int) -> str:
        """The number as the register holds it. DomainError when it cannot be written."""
        try:
            return number_text(self.body.system, self.type_code, self.body.symbol, number)
        except NumberingError as error:
            raise DomainError(str(error)) from error


def _authorise(actor: Any, unit: Unit) -> None:
    if actor is not None and not actor.has_perm("document.number", unit):
        raise PermissionDenied


def place_of(unit: Unit, type_code: str, day: datetime.date) -> Place:
    """The run of numbers of ``type_code`` for a document of that day. DomainError when something is not declared yet."""
    if not unit.is_active_on(day):
        raise DomainError(f"{unit} không hoạt động vào ngày {day:%d/%m/%Y} nên không có số văn bản của ngày đó.")
    body = body_of(unit, day)
    scope = term_of(unit, day).name if scope_is_term(body.system) else str(day.year)
    used = NumberSeries.objects.filter(unit=unit).order_by().values_list("type_code", flat=True).distinct()
    type_code = spell_type(type_code, tuple(used))
    if len(type_code) > _TYPE_MAX:
        raise DomainError(f"Tên loại văn bản viết tắt dài quá {_TYPE_MAX} ký tự. Ví dụ đúng: BC, TB, KH, TTr.")
    return Place(unit, body, type_code, scope)


def _locked(place: Place) -> NumberSeries:
    """The run, held until the transaction ends: whoever comes next waits and then sees the number given."""
    made, _ = NumberSeries.objects.get_or_create(**place.key)
    return NumberSeries.objects.select_for_update(of=("self",)).get(pk=made.pk)


def _last(series: NumberSeries) -> int:
    return max(series.last, series.numbers.aggregate(highest=Max("number"))["highest"] or 0)


def _subject(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise DomainError("Hãy ghi trích yếu nội dung văn bản.")
    if len(text) > SUBJECT:
        raise DomainError(f"Trích yếu dài quá {SUBJECT} ký tự. Hãy ghi gọn nội dung chính.")
    return text


def _enter(place: Place, series: NumberSeries, number: int, **values: Any) -> DocumentNumber:
    text = place.text(number)
    key = search_key(f"{text} {values['subject']}")[:600]
    row = DocumentNumber.objects.create(
        series=series, unit=place.unit, number=number, text=text, search_key=key, **values
    )
    if number > series.last:
        series.last = number
        series.save(update_fields=["last"])
    return row


@transaction.atomic
def take_number(
    unit: Unit, *, actor: Any, type_code: str, day: datetime.date, subject: str, now: datetime.datetime | None = None
) -> DocumentNumber:
    """The next number of the unit for a document of that type and day. Taken for good once the transaction is committed.

    DomainError when the unit is closed or its symbol or term of office is not declared for the day.
    """
    _authorise(actor, unit)
    now = now or timezone.now()
    if not unit.is_active_on(timezone.localdate(now)):
        raise DomainError(f"{unit} đã kết thúc hoạt động nên không lấy số mới. Hãy lấy số ở đơn vị kế thừa.")
    subject, place = _subject(subject), place_of(unit, type_code, day)
    place.text(1)  # nothing is locked for a symbol that cannot be written
    series = _locked(place)
    row = _enter(place, series, _last(series) + 1, subject=subject, dated_on=day, taken_by=actor, taken_at=now)
    audit.record(row, "take_number", actor=actor, changes={"text": [None, row.text], "subject": [None, subject]})
    return row


@transaction.atomic
def record_external(
    unit: Unit,
    *,
    actor: Any,
    type_code: str,
    day: datetime.date,
    number: int,
    subject: str,
    now: datetime.datetime | None = None,
) -> DocumentNumber:
    """Enter a number that was given outside (the paper register). A lower one fills its place, a higher one moves the run
    on. DomainError when it was given before."""
    _authorise(actor, unit)
    subject, place = _subject(subject), place_of(unit, type_code, day)
    if number > LARGEST:
        raise DomainError(f"Số {number} quá lớn. Hãy kiểm tra lại số trong sổ.")
    place.text(number)
    series = _locked(place)
    if used := series.numbers.filter(number=number).first():
        raise DomainError(_used_words(used))
    row = _enter(
        place, series, number, subject=subject, dated_on=day, taken_by=actor, taken_at=now or timezone.now(),
        status=DocumentNumber.Status.EXTERNAL,
    )  # fmt: skip
    audit.record(row, "record_number", actor=actor, changes={"text": [None, row.text], "subject": [None, subject]})
    return row


def _used_words(used: DocumentNumber) -> str:
    state = used.get_status_display().lower()
    return (
        f"Số {used.text} đã có trong sổ ({state}, ngày {used.dated_on:%d/%m/%Y}: {used.subject}). "
        "Mỗi số chỉ dùng một lần, kể cả số đã bỏ; hãy kiểm tra lại số, loại văn bản và năm."
    )


def may_be_voided(number: DocumentNumber, document: Document | None) -> bool:
    """Whether ``number`` may be declared unused; ``document`` is the one that carries it, if any."""
    free = document is None or not (document.issued_at or document.is_living)
    return free and number.status != DocumentNumber.Status.VOID


@transaction.atomic
def void_number(number: DocumentNumber, *, actor: Any, reason: str) -> DocumentNumber:
    """Declare a number unused. The row stays, the number is never given again. DomainError while a document carries it."""
    _authorise(actor, number.unit)
    locked = DocumentNumber.objects.select_for_update(of=("self",)).get(pk=number.pk)
    reason = " ".join(reason.split())
    if locked.status == DocumentNumber.Status.VOID:
        raise DomainError(f"Số {locked.text} đã được bỏ trước đó.")
    if not reason:
        raise DomainError("Hãy ghi lý do bỏ số.")
    if len(reason) > 250:
        raise DomainError("Lý do dài quá 250 ký tự. Hãy ghi gọn.")
    document = Document.objects.filter(number=locked).first()
    if document is not None and document.issued_at is not None:
        raise DomainError(
            f"Văn bản mang số {locked.text} đã ban hành nên không bỏ số được. Muốn thôi hiệu lực, hãy hủy văn bản."
        )
    if document is not None and document.is_living:
        raise DomainError(f"Văn bản mang số {locked.text} đang chờ ký. Hãy hủy văn bản trước rồi bỏ số.")
    before = number.get_status_display()
    number.status, number.reason = DocumentNumber.Status.VOID, reason
    number.save(update_fields=["status", "reason"])
    audit.record(
        number, "void_number", actor=actor, note=reason, changes={"status": [before, number.get_status_display()]}
    )
    return number


# --- what a clerk should know before ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Preview:
    """What taking or recording a number would give now, and what deserves a second look."""

    text: str
    scope: str
    notes: tuple[str, ...]

    @property
    def title(self) -> str:
        return "Có điều cần xem lại" if self.notes else "Số sẽ ghi vào sổ"

    @property
    def tone(self) -> str:
        return "waiting" if self.notes else "active"


def preview_number(
    unit: Unit, *, type_code: str, day: datetime.date, subject: str, number: int | None = None,
    today: datetime.date | None = None,
) -> Preview:  # fmt: skip
    """The number that would come next (or ``number`` of a paper register), with warnings. Nothing is written."""
    place = place_of(unit, type_code, day)
    series = NumberSeries.objects.filter(**place.key).first()
    if series and number is not None and (used := series.numbers.filter(number=number).first()):
        raise DomainError(_used_words(used))
    last = _last(series) if series else 0
    notes = [f"Ngày văn bản {day:%d/%m/%Y} chưa đến."] if day > (today or timezone.localdate()) else []
    if number is not None and number > last + 1:
        notes.append(f"Số cuối trong sổ là {last}; cổng sẽ không cấp các số còn trống từ {last + 1} đến {number - 1}.")
    if series:
        notes += _series_notes(series, day, subject, is_next=number is None)
    return Preview(place.text(number if number is not None else last + 1), scope_words(place), tuple(notes))


def _series_notes(series: NumberSeries, day: datetime.date, subject: str, *, is_next: bool) -> list[str]:
    notes = []
    given = series.numbers.exclude(status=DocumentNumber.Status.VOID)
    if is_next and (later := given.filter(dated_on__gt=day).order_by("-number").first()):
        notes.append(f"Số {later.text} đã mang ngày {later.dated_on:%d/%m/%Y}, sau ngày văn bản này.")
    if same := given.filter(search_key__endswith=f" {search_key(subject)}").first():
        words = f"Trích yếu này đã có số {same.text} ngày {same.dated_on:%d/%m/%Y}."
        notes.append(f"{words} Hãy kiểm tra xem có lấy trùng không.")
    return notes


def scope_words(place: Place) -> str:
    return f"nhiệm kỳ {place.scope}" if scope_is_term(place.body.system) else f"năm {place.scope}"


def visible_numbers(user: Any) -> QuerySet[DocumentNumber]:
    """The lines of the register that ``user`` keeps."""
    return access.scope(DocumentNumber.objects.all(), user, "document.number")


def numbering_units(user: Any) -> QuerySet[Unit]:
    """Active units for which ``user`` may take numbers today and whose symbol is declared."""
    units = access.scope(Unit.objects.current(), user, "document.number")
    return units.filter(pk__in=IssuingBody.objects.current().values("unit"))
