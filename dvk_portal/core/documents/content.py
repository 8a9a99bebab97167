"""What a document says, before any layout: plain values that are frozen as JSON, hashed and then set in type.

Renderers (typesetting.py, word.py, workbook.py) read nothing else, so equal content gives equal bytes.
"""

import datetime
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

FORMAT = "dvk-document/1"
_MISSING = re.compile(r"\[CẦN BỔ SUNG: ([^\]]+)\]")


def need(value: Any, what: str) -> str:
    """``value`` as text; when there is none, the mark that keeps the document from being issued."""
    text = "" if value is None else str(value).strip()
    return text or f"[CẦN BỔ SUNG: {what}]"


@dataclass(frozen=True)
class Heading:
    """The issuing body as its header prints it on one day. ``system`` ("party", "state", "neutral") chooses the layout.

    ``superior`` and ``issuer`` in the capitals of the header, ``symbol`` the body's part of a number (BTGDVTU), ``place``
    the name before the date. Source: law.md §9.
    """

    system: str
    superior: str
    issuer: str
    symbol: str
    place: str


@dataclass(frozen=True)
class Slot:
    """One place to sign. ``authority`` ("T/M BAN THƯỜNG VỤ", "KT. TRƯỞNG BAN") and ``position`` are printed above the room
    for the signature, ``name`` below it; ``party`` is what the side is called ("Bên giao ước"). ``expected`` is whom a
    certificate must name when somebody signs outside ("" = anybody entitled)."""

    slot: str
    party: str
    position: str
    name: str
    authority: str = ""
    organisation: str = ""
    expected: str = ""
    required: bool = True


@dataclass(frozen=True)
class Column:
    """``width`` in parts of the line (fr); ``align`` is left, center or right; numbers are right."""

    title: str
    width: float = 1
    align: str = "left"


@dataclass(frozen=True)
class Table:
    """Rows of finished text; a row in ``strong`` (by position) is bold (a total, a group). ``values`` keeps the typed
    figures of the same shape for the spreadsheet (numbers as text with a point, None for words)."""

    title: str
    columns: list[Column]
    rows: list[list[str]]
    strong: list[int] = field(default_factory=list)
    values: list[list[str | None]] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the text: its heading ("I. CHỈ TIÊU"), paragraphs, a numbered list, tables, in this order."""

    heading: str = ""
    paragraphs: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


@dataclass(frozen=True)
class Annex:
    """An annex in the same file: label ("Phụ lục I"), title, text; pages numbered by themselves, lying if ``landscape``."""

    label: str
    title: str
    sections: list[Section]
    landscape: bool = False


@dataclass(frozen=True)
class Content:
    """One document. ``title`` is the name of its type (BÁO CÁO), ``subject`` what it is about. Without a title it is an
    official letter (công văn), whose subject stands under the number as "V/v …".

    ``address_word`` replaces the word that the layout puts before the addressees ("" = as the layout says).
    ``grounds``: "Căn cứ …" lines. ``addressees``: after "Kính gửi"/"Kính trình". ``parties``: facts of the two sides of a
    pledge, each {"label", "name", "representative", "position", "mandate"}. ``annex`` marks an annex without header of its own
    ("Phụ lục I"), ``annexes`` are those that follow in the same file. ``lookup`` is the address of the public page, printed
    as a QR code when there is one.
    """

    kind: str
    title: str
    subject: str
    heading: Heading
    sections: list[Section]
    number: str = ""
    dated_on: str = ""
    grounds: list[str] = field(default_factory=list)
    addressees: list[str] = field(default_factory=list)
    parties: list[dict[str, str]] = field(default_factory=list)
    closing: list[str] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    annex: str = ""
    landscape: bool = False
    address_word: str = ""
    annexes: list[Annex] = field(default_factory=list)
    code: str = ""
    lookup: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Content":
        """The content that :meth:`as_json` wrote."""
        data = {name: value for name, value in data.items() if name != "format"}
        sections = [_section(row) for row in data.pop("sections")]
        slots = [Slot(**row) for row in data.pop("slots")]
        annexes = [
            Annex(**{**row, "sections": [_section(part) for part in row["sections"]]})
            for row in data.pop("annexes", [])
        ]
        heading = Heading(**data.pop("heading"))
        return cls(heading=heading, sections=sections, slots=slots, annexes=annexes, **data)

    @property
    def day(self) -> datetime.date | None:
        return datetime.date.fromisoformat(self.dated_on) if self.dated_on else None

    @property
    def tables(self) -> list[Table]:
        sections = [*self.sections, *(section for annex in self.annexes for section in annex.sections)]
        return [table for section in sections for table in section.tables]


def _section(row: dict[str, Any]) -> Section:
    tables = [
        Table(**{**table, "columns": [Column(**column) for column in table["columns"]]}) for table in row["tables"]
    ]
    return Section(**{**row, "tables": tables})


def missing(content: Content) -> list[str]:
    """What the document still lacks, each once, in the order of the page."""
    return missing_in(content.as_json())


def missing_in(value: Any) -> list[str]:
    """What the texts in ``value`` (lists, dicts) mark as lacking, each once, in their order."""
    return list(dict.fromkeys(found for text in _texts(value) for found in _MISSING.findall(text)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def digest(data: dict[str, Any]) -> str:
    """SHA-256 of the one canonical writing of ``data``."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
