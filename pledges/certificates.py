"""Numbers of certificates of recognition: running numbers of one body and year before a common suffix. Pure text.

"01/GCN-DVK", "02/GCN-DVK" …: at least two digits, never used twice, going on where the last batch ended.
"""

import re
from collections.abc import Iterable

MIN_DIGITS = 2


def certificate_no(number: int, suffix: str) -> str:
    return f"{number:0{MIN_DIGITS}d}{suffix}"


def number_of(certificate: str, suffix: str) -> int:
    """The running number of ``certificate``; 0 when it does not belong to the row of ``suffix``."""
    found = re.fullmatch(rf"(\d+){re.escape(suffix)}", certificate, re.ASCII)
    return int(found.group(1)) if found else 0


def next_certificates(used: Iterable[str], suffix: str, count: int) -> list[str]:
    """``count`` numbers after every one of ``used`` with the same suffix; what was revoked is not given again."""
    last = max((number_of(certificate, suffix) for certificate in used), default=0)
    return [certificate_no(number, suffix) for number in range(last + 1, last + 1 + count)]
