"""Letters that the file-based mail back end wrote to a folder, read back for the page that shows them."""

import email
import email.policy
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from django.utils import timezone

MAX_FILES, MAX_FILE_BYTES, MAX_LETTERS = 400, 2_000_000, 1_000
# How the message ids of notices begin (core/notifications.py).
NOTICE_ID = "<dvk-"
_BETWEEN = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True)
class Letter:
    subject: str
    recipient: str
    sender: str
    at: datetime | None
    body: str
    # Whether it is one of the portal's own notices; any other (a new password) is for its recipient alone.
    is_notice: bool = False


def letters(folder: Path) -> list[Letter]:
    """The newest letters first; at most a thousand. A file that is no letter is passed over."""
    found: list[Letter] = []
    files = (
        [path for path in folder.glob("*.log") if path.is_file() and not path.is_symlink()] if folder.is_dir() else []
    )
    for path in sorted(files, key=lambda path: path.stat().st_mtime_ns, reverse=True)[:MAX_FILES]:
        with path.open("rb") as source:
            parts = source.read(MAX_FILE_BYTES).split(_BETWEEN)
        found += [letter for part in reversed(parts) if (letter := _letter(part)) is not None]
        if len(found) >= MAX_LETTERS:
            break
    return found[:MAX_LETTERS]


def _letter(data: bytes) -> Letter | None:
    message = email.message_from_bytes(data.strip(b"\n"), policy=email.policy.default)
    if not isinstance(message, EmailMessage) or not message.get("Subject"):
        return None
    part = message.get_body(("plain",))
    try:
        body = part.get_content() if part is not None else ""
    except (LookupError, ValueError):  # an unknown character set
        body = ""
    date = message["Date"].datetime if message["Date"] else None
    return Letter(
        subject=str(message["Subject"]),
        recipient=str(message.get("To", "")),
        sender=str(message.get("From", "")),
        # "-0000" (Django's way of writing UTC) is read as a time without zone.
        at=timezone.localtime(date if date.tzinfo else date.replace(tzinfo=UTC)) if date else None,
        body=body.strip()[:20_000],
        is_notice=str(message.get("Message-ID", "")).startswith(NOTICE_ID),
    )
