"""The words of a decision on awards: articles, annex lists, table of money (law.md §9, §7)."""

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from awards.models import Award, Decision, Payment, RecipientKind
from awards.services.decisions.ordering import place_in_order
from dvk_portal.core.documents.content import Annex, Column, Section, Table, need
from dvk_portal.core.numbers import format_number

_KINDS = (RecipientKind.COLLECTIVE, RecipientKind.HOUSEHOLD, RecipientKind.PERSON)
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")
LIST = [
    Column("TT", 0.6, "center"),
    Column("Tập thể, hộ gia đình, cá nhân", 3.2),
    Column("Chức vụ", 2),
    Column("Đơn vị", 2.4),
    Column("Thời gian lập thành tích", 1.8, "center"),
    Column("Tiền thưởng (đồng)", 1.4, "right"),
]
MONEY = [
    Column("TT", 0.6, "center"),
    Column("Tập thể, hộ gia đình, cá nhân", 2.6),
    Column("Đơn vị", 2),
    Column("Danh hiệu, hình thức", 2.2),
    Column("Mức lương cơ sở", 1.2, "right"),
    Column("Hệ số", 0.8, "right"),
    Column("Thành tiền", 1.3, "right"),
    Column("Được chi", 1.3, "right"),
    Column("Căn cứ, ghi chú", 2.8),
]


def money_words(amount: int) -> str:
    return format_number(amount)


def period_words(start: datetime.date | None, end: datetime.date | None) -> str:
    """The achievement period: "năm 2026", else its days."""
    if start is None or end is None:
        return ""
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return f"năm {end.year}" if start.year == end.year else f"từ năm {start.year} đến năm {end.year}"
    return f"từ {start:%d/%m/%Y} đến {end:%d/%m/%Y}"


def count_words(awards: Iterable[Award]) -> str:
    """ "3 tập thể, 1 hộ gia đình, 5 cá nhân"."""
    counted = Counter(row.subject_kind for row in awards)
    return ", ".join(f"{counted[kind]} {kind.label.lower()}" for kind in _KINDS if counted[kind])


def by_award(awards: Sequence[Award]) -> list[tuple[Award, list[Award]]]:
    """In the legal order, those of one award together; each with one of them that stands for the award."""
    found = [list(rows) for _, rows in groupby(sorted(awards, key=place_in_order), key=lambda row: row.award_type_id)]
    return [(rows[0], rows) for rows in found]


# --- the decision ----------------------------------------------------------------------------------------------------
def grounds(decision: Decision) -> list[str]:
    lines = [line.strip().rstrip(".;") for line in decision.grounds.splitlines() if line.strip()]
    return lines or [need("", "căn cứ của quyết định")]


def articles(decision: Decision, awards: Sequence[Award], payments: Sequence[Payment]) -> list[str]:
    return [_first(awards), *_second(decision, payments), _last(awards, has_money=decision.pays_here)]


def _first(awards: Sequence[Award]) -> str:
    spans = {period_words(row.period_from, row.period_to) for row in awards}
    when = (
        f"; thời gian lập thành tích: {spans.pop()}"
        if len(spans) == 1
        else "; thời gian lập thành tích ghi tại danh sách"
    )
    if len(awards) == 1:
        row = awards[0]
        place = ", ".join(filter(None, [row.post, row.unit_name if row.unit_name != row.name else ""]))
        whom = f"{row.name}{f' ({place})' if place else ''}"
        return f"Điều 1. {_verb(row)} {row.award_type.name} cho {whom}{when}."
    given = "; ".join(
        f"{_verb(one).lower()} {one.award_type.name} cho {count_words(rows)}" for one, rows in by_award(awards)
    )
    return f"Điều 1. Khen thưởng {count_words(awards)}: {given} (có danh sách kèm theo){when}."


def _verb(award: Award) -> str:
    if award.posthumous:
        return "Truy tặng"
    return "Tặng danh hiệu" if award.award_type.is_title else "Tặng"


def _second(decision: Decision, payments: Sequence[Payment]) -> list[str]:
    if not decision.pays_here:
        return []
    total = sum(row.amount for row in payments if row.state != Payment.State.NOT_PAID)
    if not total:
        return ["Điều 2. Khen thưởng theo Quyết định này không kèm tiền thưởng."]
    base = money_words(payments[0].base_salary)
    return [
        f"Điều 2. Tiền thưởng kèm theo là {money_words(total)} đồng, tính theo mức lương cơ sở {base} đồng, chi từ "
        f"{need(decision.paid_from, 'nguồn tiền thưởng')}."
    ]


def _last(awards: Sequence[Award], *, has_money: bool) -> str:
    number = 3 if has_money else 2
    whom = "có tên trong danh sách kèm theo" if len(awards) > 1 else "có tên tại Điều 1"
    return (
        f"Điều {number}. Các đơn vị liên quan và {_who(awards)} {whom} chịu trách nhiệm thi hành Quyết định này. "
        "Quyết định có hiệu lực kể từ ngày ký."
    )


def _who(awards: Sequence[Award]) -> str:
    kinds = {row.subject_kind for row in awards}
    return ", ".join(kind.label.lower() for kind in _KINDS if kind in kinds)


def annexes(awards: Sequence[Award], payments: Sequence[Payment]) -> list[Annex]:
    """One list per award; in it collectives, households, persons (P/29.5)."""
    if len(awards) <= 1:
        return []
    money = {id(row.award): row for row in payments}
    groups = by_award(awards)
    return [
        Annex(_label(place, len(groups)), _list_title(one), list_sections(rows, money), landscape=True)
        for place, (one, rows) in enumerate(groups)
    ]


def _label(place: int, count: int) -> str:
    if count == 1:
        return "Phụ lục"
    return f"Phụ lục {_ROMAN[place] if place < len(_ROMAN) else place + 1}"


def _list_title(award: Award) -> str:
    return f"Danh sách tặng {'danh hiệu ' if award.award_type.is_title else ''}{award.award_type.name}"


def list_sections(awards: Sequence[Award], money: dict[int, Payment]) -> list[Section]:
    """Lists of one award by kind of recipient. ``money``: payment by the id of the award object."""
    sections = []
    for kind in _KINDS:
        rows = [row for row in awards if row.subject_kind == kind]
        if rows:
            heading = f"{kind.label} ({len(rows)})"
            sections.append(Section(heading, tables=[_list_table(rows, money)]))
    return sections


def _list_table(rows: Sequence[Award], money: dict[int, Payment]) -> Table:
    lines, values = [], []
    for place, row in enumerate(rows, 1):
        paid = _paid(money.get(id(row)))
        name = f"{row.name} (truy tặng)" if row.posthumous else row.name
        unit = "" if row.unit_name == row.name else row.unit_name
        when = period_words(row.period_from, row.period_to)
        lines.append([str(place), name, row.post, unit, when, "–" if paid is None else money_words(paid)])
        values.append([str(place), None, None, None, None, None if paid is None else str(paid)])
    return Table("", LIST, lines, values=values)


def _paid(payment: Payment | None) -> int | None:
    """What is paid of it; None = nothing."""
    return None if payment is None or payment.state == Payment.State.NOT_PAID else payment.amount


# --- the table of money ----------------------------------------------------------------------------------------------
def money_table(payments: Sequence[Payment]) -> Table:
    """Base, coefficient, product, what is paid, legal basis, per line; the sum in the last (R-40)."""
    lines, values = [], []
    for place, row in enumerate(payments, 1):
        award, paid = row.award, _paid(row) or 0
        words = "; ".join(filter(None, [row.legal_basis, row.note.rstrip(".")]))
        lines.append(
            [
                str(place), award.name, award.unit_name, award.award_type.name, money_words(row.base_salary),
                format_number(row.coefficient), format_number(row.raw), money_words(paid), words,
            ]
        )  # fmt: skip
        values.append(
            [
                str(place),
                None,
                None,
                None,
                str(row.base_salary),
                f"{row.coefficient:f}",
                f"{row.raw:f}",
                str(paid),
                None,
            ]
        )
    total = sum(_paid(row) or 0 for row in payments)
    lines.append(["", "Cộng", "", "", "", "", "", money_words(total), ""])
    values.append([None, None, None, None, None, None, None, str(total), None])
    return Table("", MONEY, lines, strong=[len(lines) - 1], values=values)
