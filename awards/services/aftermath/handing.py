"""Handing over: the list in the legal order, the day each one was handed out, until when (R-52, NĐ 152/2025, Điều 35.4d)."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from awards.models import Award, Decision
from awards.services.aftermath.order import ceremony_order
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.sheets import Book
from dvk_portal.core.working_days import province_calendar
from units import access

# So many are called up together; then the next ones.
PER_TURN = 10


@dataclass(frozen=True)
class Turn:
    """Those called up together: of one award, of one kind of recipient, all living or all honoured after death."""

    number: int
    awards: tuple[Award, ...]

    @property
    def first(self) -> Award:
        return self.awards[0]


def awards_to_hand(decision: Decision, user: Any) -> QuerySet[Award]:
    """Awards of the decision that stand and that ``user`` hands over."""
    rows = Award.objects.standing().filter(decision=decision)
    return access.scope(rows, user, "award.certificate").select_related("award_type", "unit", "decision__unit")


def with_handing(decisions: QuerySet[Decision], user: Any) -> QuerySet[Decision]:
    """Each decision with ``count`` awards that ``user`` hands over and how many are ``left``."""
    reach = access.reach_ids(user, "award.certificate")
    mine = Q(awards__status=Award.Status.GRANTED)
    if reach is not None:
        mine &= Q(awards__unit__in=reach)
    return decisions.annotate(
        count=Count("awards", filter=mine), left=Count("awards", filter=mine & Q(awards__handed_on=None))
    )


def turns_of(awards: list[Award]) -> list[Turn]:
    """``awards`` in their order, cut into those who come up together."""
    turns: list[list[Award]] = []
    for award in awards:
        if turns and len(turns[-1]) < PER_TURN and _group(turns[-1][0]) == _group(award):
            turns[-1].append(award)
        else:
            turns.append([award])
    return [Turn(number, tuple(rows)) for number, rows in enumerate(turns, 1)]


def _group(award: Award) -> tuple[int, str, bool]:
    return award.award_type_id, award.subject_kind, award.posthumous


def hand_out_due(decided_on: datetime.date, count: int) -> datetime.date:
    """The last day for handing out ``count`` awards of a decision of that day."""
    many = count >= settings.HANDOUT_MANY
    return province_calendar().add_working_days(
        decided_on, settings.HANDOUT_DAYS_MANY if many else settings.HANDOUT_DAYS
    )


def _days_faults(day: datetime.date, awards: list[Award], today: datetime.date) -> list[str]:
    found = []
    if day > today:
        found.append("Ngày trao không được ở tương lai.")
    early = next((award for award in awards if day < award.decided_on), None)
    if early is not None:
        found.append(f"Ngày trao phải bằng hoặc sau ngày quyết định ({early.decided_on:%d/%m/%Y}).")
    return found


@transaction.atomic
def hand_out(
    decision: Decision, *, actor: Any, day: datetime.date, today: datetime.date, only: list[int] | None = None
) -> int:
    """Note the day on which awards were handed out: all that are not yet, or those named by ``only``. Returns how many.

    Raises PermissionDenied, or DomainError when the day cannot be or nobody is left.
    """
    if not actor.has_perm("award.certificate", decision):
        raise PermissionDenied
    rows = Award.objects.select_for_update(of=("self",)).filter(decision=decision, handed_on=None).standing()
    rows = rows if only is None else rows.filter(pk__in=only)
    awards = list(access.scope(rows, actor, "award.certificate").select_related("award_type").order_by("pk"))
    if not awards:
        raise DomainError("Không còn khen thưởng nào chưa trao trong số được chọn. Hãy tải lại trang.")
    if faults := _days_faults(day, awards, today):
        raise DomainError("Chưa ghi được ngày trao.", faults)
    Award.objects.filter(pk__in=[award.pk for award in awards]).update(handed_on=day)
    audit.record_many(
        [
            {"subject": award, "action": "hand_out", "actor": actor, "changes": {"handed_on": [None, day]}}
            for award in awards
        ]
    )
    return len(awards)


@transaction.atomic
def take_back_hand_out(award: Award, *, actor: Any, note: str) -> Award:
    """Undo a wrong mark, with the reason; the award is to be handed out again."""
    locked = Award.objects.select_for_update(of=("self",)).select_related("award_type", "unit").get(pk=award.pk)
    if not actor.has_perm("award.certificate", locked):
        raise PermissionDenied
    if locked.handed_on is None:
        raise DomainError("Khen thưởng này chưa ghi ngày trao. Hãy tải lại trang.")
    if not note.strip():
        raise DomainError("Hãy ghi lý do bỏ ngày trao.")
    before, locked.handed_on = locked.handed_on, None
    locked.save(update_fields=["handed_on"])
    audit.record(locked, "take_back_hand_out", actor=actor, note=note.strip(), changes={"handed_on": [before, None]})
    return locked


# --- the spreadsheet ----------------------------------------------------------------------------------------------------
_HEADINGS = (
    "TT",
    "Lượt",
    "Tên",
    "Chức vụ",
    "Đơn vị",
    "Danh hiệu, hình thức",
    "Đối tượng",
    "Số sổ vàng",
    "Trao ngày",
    "Ghi chú",
)
_WIDTHS = [6, 7, 32, 26, 28, 36, 14, 12, 13, 20]


def ceremony_book(decision: Decision, awards: list[Award]) -> bytes:
    """The list in the order of the ceremony as Excel; ``awards`` in any order."""
    ordered = ceremony_order(awards)
    turns = {award.pk: turn.number for turn in turns_of(ordered) for award in turn.awards}
    book = Book()
    page = book.sheet(
        "Trao thưởng",
        f"DANH SÁCH TRAO THƯỞNG\n{decision.title}",
        f"Kèm theo {decision} ngày {decision.dated_on:%d/%m/%Y}" if decision.dated_on else str(decision),
        _WIDTHS,
    )
    for column, heading in enumerate(_HEADINGS):
        book.text(page, 3, column, heading, book.head)
    for place, award in enumerate(ordered, 1):
        row = 3 + place
        book.figure(page, row, 0, place)
        book.figure(page, row, 1, turns[award.pk])
        words = (
            award.name, award.post, award.unit_name, award.award_type.name, award.get_subject_kind_display(),
            award.gold_book_no, f"{award.handed_on:%d/%m/%Y}" if award.handed_on else "",
            "Truy tặng" if award.posthumous else "",
        )  # fmt: skip
        for column, value in enumerate(words, 2):
            book.text(page, row, column, value)
    page.freeze_panes(4, 3)
    page.repeat_rows(3)
    return book.close()
