"""The papers of one group of a secret ballot while the vote runs: packed, shuffled, sealed (R-22, ADR 0012).

Plain Python: no Django, no clock, no database. Whatever is written is as long as at the opening, whoever voted and however.
"""

import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

AYE, NAY, BLANK = "+", "-", "0"
MARKS = (AYE, NAY, BLANK)

# No 0/O, 1/I/L, 5/S, U/V: what is read from one sheet and typed from another is never taken for something else.
RECEIPT_ALPHABET = "2346789ABCDEFGHJKMNPQRTVWXYZ"
RECEIPT_LENGTH = 12
SALT_LENGTH, NONCE_LENGTH, COUNT_LENGTH = 32, 12, 2
_PURPOSE = b"dvk_portal ballot box 1"
_lots = secrets.SystemRandom()


class BoxError(ValueError):
    """The box cannot be read or holds no more; the text is a Vietnamese sentence."""


@dataclass(frozen=True)
class Paper:
    """What one voter chose in one group: a mark for each candidate, in the order of the candidates, under a random receipt."""

    receipt: str
    marks: str

    def __post_init__(self) -> None:
        if len(self.receipt) != RECEIPT_LENGTH or not set(self.receipt) <= set(RECEIPT_ALPHABET):
            raise BoxError("Mã biên nhận không đúng.")
        if not self.marks or not set(self.marks) <= set(MARKS):
            raise BoxError("Phiếu có lựa chọn không đúng.")


@dataclass(frozen=True)
class Contents:
    """The papers of one group so far; ``blank``: how many voters left their whole ballot empty (counted apart, so that the
    papers of two groups need not be joined to know it)."""

    papers: list[Paper] = field(default_factory=list)
    blank: int = 0

    def find(self, receipt: str) -> Paper | None:
        return next((paper for paper in self.papers if paper.receipt == receipt), None)

    def with_paper(self, paper: Paper, *, blank: bool) -> "Contents":
        return Contents([*self.papers, paper], self.blank + blank)


def new_receipt() -> str:
    """A code that nobody can guess and no counter or clock made: 28¹² of them, about 57 bits."""
    return "".join(_lots.choice(RECEIPT_ALPHABET) for _ in range(RECEIPT_LENGTH))


def readable(receipt: str) -> str:
    """In threes, as people read it aloud: "A2B-C3D-E4F-G6H"."""
    return "-".join(receipt[start : start + 3] for start in range(0, len(receipt), 3))


def typed(text: str) -> str:
    """A receipt as somebody typed it, without hyphens and spaces, in capitals."""
    return "".join(sign for sign in text.upper() if sign.isalnum())


def pack(contents: Contents, *, seats: int, candidates: int) -> bytes:
    """The papers in random order, filled up to ``seats`` papers of ``candidates`` marks: the length tells nothing."""
    if len(contents.papers) > seats or not 0 <= contents.blank <= len(contents.papers):
        raise BoxError("Hòm phiếu có nhiều phiếu hơn số người được bỏ phiếu.")
    if any(len(paper.marks) != candidates for paper in contents.papers):
        raise BoxError("Phiếu không khớp danh sách đề nghị.")
    shuffled = list(contents.papers)
    _lots.shuffle(shuffled)
    head = b"".join(number.to_bytes(COUNT_LENGTH, "big") for number in (len(shuffled), contents.blank))
    body = "".join(paper.receipt + paper.marks for paper in shuffled).encode("ascii")
    return head + body.ljust(seats * (RECEIPT_LENGTH + candidates), b"\0")


def unpack(data: bytes, *, candidates: int) -> Contents:
    """What :func:`pack` wrote."""
    number, blank = (int.from_bytes(data[start : start + COUNT_LENGTH], "big") for start in (0, COUNT_LENGTH))
    width, body = RECEIPT_LENGTH + candidates, data[2 * COUNT_LENGTH :]
    if number * width > len(body):
        raise BoxError("Hòm phiếu không đọc được.")
    rows = [body[place * width : (place + 1) * width].decode("ascii") for place in range(number)]
    return Contents([Paper(row[:RECEIPT_LENGTH], row[RECEIPT_LENGTH:]) for row in rows], blank)


def seal(data: bytes, *, secret: bytes, context: bytes) -> tuple[bytes, bytes]:
    """(salt, sealed): AES-256-GCM under a key made of ``secret`` and a salt of this sealing alone, bound to ``context``."""
    salt, nonce = secrets.token_bytes(SALT_LENGTH), secrets.token_bytes(NONCE_LENGTH)
    return salt, nonce + AESGCM(_key(secret, salt)).encrypt(nonce, data, context)


def unseal(salt: bytes, sealed: bytes, *, secrets_: list[bytes], context: bytes) -> bytes:
    """What was sealed under one of ``secrets_`` (the present one first, then former ones). Raises BoxError."""
    nonce, body = sealed[:NONCE_LENGTH], sealed[NONCE_LENGTH:]
    for secret in secrets_:
        try:
            return AESGCM(_key(secret, salt)).decrypt(nonce, body, context)
        except (InvalidTag, ValueError):
            continue
    raise BoxError("Không mở được hòm phiếu: khóa của cổng đã đổi hoặc dữ liệu bị sửa. Hãy báo quản trị hệ thống.")


def _key(secret: bytes, salt: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=_PURPOSE).derive(secret)
