"""What verification says of a signed file: verdicts, one check per signature, and the report that is kept with the file.

Plain values that go to JSON and come back equal. Every sentence is Vietnamese and meant for the person who reads the report
(TT 15/2025/TT-BKHCN: a verifying tool shows validity, signer, time and integrity in Vietnamese).
"""

import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import TextChoices

CHANGED_AFTERWARDS = "nội dung bị sửa sau khi ký"
NOT_SIGNED = "Tệp không có chữ ký số."
REVOCATION_UNCHECKED = "chưa kiểm tra thu hồi"
CLAIMED_BY_MACHINE = "giờ do máy ký tự khai"


class Verdict(TextChoices):
    """The four answers of law.md R-70 (8), from best to worst."""

    VALID = "valid", "Hợp lệ"
    VALID_NO_REVOCATION = "valid_no_revocation", "Hợp lệ, chưa đủ thông tin thu hồi"
    UNKNOWN = "unknown", "Không xác định"
    INVALID = "invalid", "Không hợp lệ"

    @property
    def is_good(self) -> bool:
        """Whether it is of the valid family: nothing speaks against the signature."""
        return self in (Verdict.VALID, Verdict.VALID_NO_REVOCATION)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of several verdicts; ``VALID`` of none."""
    order = list(Verdict)
    return max(verdicts, key=order.index, default=Verdict.VALID)


class _Json:
    """JSON round trip of a frozen dataclass of texts, booleans, numbers, times and tuples of texts."""

    def as_json(self) -> dict[str, Any]:
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}  # type: ignore[arg-type]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> typing.Self:
        """The same object again. Names that this version does not know are passed over."""
        hints = typing.get_type_hints(cls)
        return cls(**{name: _typed(hints[name], data[name]) for name in hints if name in data})


@dataclass(frozen=True)
class SignatureCheck(_Json):
    """One signature of a file and all that verification found out about it.

    ``kind`` is "signature" or "timestamp" (a document timestamp). ``label`` says what a seal of the portal stands for.
    ``capacity_found`` is the title or department that the certificate names. ``key_size`` in bits.
    """

    field: str
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    kind: str = "signature"
    signer: str = ""
    organisation: str = ""
    label: str = ""
    capacity_found: str = ""
    serial: str = ""
    issuer: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    claimed_time: datetime | None = None
    trusted_time: datetime | None = None
    time_source: str = ""
    integrity: bool = False
    chain: tuple[str, ...] = ()
    anchor: str = ""
    revocation: str = REVOCATION_UNCHECKED
    algorithm: str = ""
    key_size: int = 0
    covers_whole_file: bool = False
    covers_whole_revision: bool = False
    changes_since: str = ""
    subfilter: str = ""

    @property
    def time(self) -> datetime | None:
        """The best time known: the trusted one, else the claimed one."""
        return self.trusted_time or self.claimed_time

    @property
    def title(self) -> str:
        """The signature in a few words: who, and for a seal what it stands for."""
        who = self.signer or f"ô ký {self.field}"
        if self.kind == "timestamp":
            return f"Dấu thời gian của {who}"
        if self.label:
            return self.label
        return f"Chữ ký của {who}" + (f" ({self.organisation})" if self.organisation not in ("", who) else "")


@dataclass(frozen=True)
class Report(_Json):
    """Everything about one file: ``findings`` concern the file as a whole, ``checks`` its signatures in their order."""

    verdict: Verdict
    sha256: str
    checked_at: datetime
    checks: tuple[SignatureCheck, ...] = ()
    findings: tuple[str, ...] = ()

    @property
    def signatures(self) -> tuple[SignatureCheck, ...]:
        """The signatures without document timestamps."""
        return tuple(check for check in self.checks if check.kind == "signature")

    def sentences(self) -> list[str]:
        """The report as a person reads it, the result first."""
        lines = [f"Kết quả kiểm tra: {self.verdict.label}.", *map(_sentence, self.findings)]
        for check in self.checks:
            lines.append(f"{_sentence(check.title).rstrip('.')}: {check.verdict.label}.")
            lines.extend(map(_sentence, check.reasons))
        return lines


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, _Json):
        return value.as_json()
    return value.value if isinstance(value, Verdict) else value


def _typed(hint: Any, value: Any) -> Any:
    if isinstance(hint, types.UnionType):  # datetime | None
        return None if value is None else datetime.fromisoformat(value)
    if typing.get_origin(hint) is tuple:
        return tuple(_typed(typing.get_args(hint)[0], each) for each in value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, _Json):
        return hint.from_json(value)
    return hint(value)
