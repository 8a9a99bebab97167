"""Which mailboxes are one and the same, so that one person's many spellings of his address are one vote. Plain Python."""

import ipaddress
import unicodedata
from collections.abc import Iterable

_GMAIL = ("gmail.com", "googlemail.com")


class MailboxError(ValueError):
    """The text is no mailbox; the text of the error is a Vietnamese sentence."""


def normal_mailbox(address: str) -> str:
    """The mailbox behind ``address``: lower case, without a "+tag", without the dots that Gmail ignores, domain in ASCII.

    "Nguyen.Van.A+vote@GoogleMail.com" and "nguyenvana@gmail.com" are one.
    """
    local, at, domain = unicodedata.normalize("NFKC", address).strip().rpartition("@")
    try:
        domain = domain.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise MailboxError("Địa chỉ thư điện tử chưa đúng. Hãy kiểm tra phần sau dấu @.") from error
    local = local.strip().casefold().partition("+")[0]
    if domain in _GMAIL:
        local, domain = local.replace(".", ""), "gmail.com"
    if not (at and local and "." in domain):
        raise MailboxError("Địa chỉ thư điện tử chưa đúng. Hãy ghi đủ, ví dụ ten@gmail.com.")
    return f"{local}@{domain}"


def is_disposable(mailbox: str, domains: Iterable[str]) -> bool:
    """Whether a normal mailbox lies at one of ``domains`` or below it."""
    domain = mailbox.rpartition("@")[2]
    return any(domain == row or domain.endswith(f".{row}") for row in map(str.lower, domains))


def source_key(address: str) -> str:
    """What counts as one source: an IPv4 address, or the /64 network that one household has of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
