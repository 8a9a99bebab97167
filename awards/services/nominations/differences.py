"""What changed between two sendings of a dossier, part by part."""

import difflib
from dataclasses import dataclass
from typing import Any

from awards.models import NominationRevision

LABELS = {
    "award": "Danh hiệu, hình thức",
    "name": "Họ tên, tên tập thể",
    "post": "Chức vụ",
    "unit_name": "Đơn vị",
    "period_from": "Thành tích từ ngày",
    "period_to": "Đến ngày",
    "summary": "Tóm tắt thành tích",
}


@dataclass(frozen=True)
class Difference:
    """One part that differs; ``before`` and ``after`` hold whole sentences, "" = not there."""

    label: str
    before: str
    after: str


def differences(older: NominationRevision, newer: NominationRevision) -> list[Difference]:
    """Every part that is not the same in both, in the order of the form; texts sentence by sentence."""
    old, new = older.content, newer.content
    found = [
        Difference(label, *_changed(str(old.get(name, "")), str(new.get(name, ""))))
        for name, label in LABELS.items()
        if old.get(name) != new.get(name)
    ]
    found += _rows("Thành tích", [_achievement(row) for row in old["achievements"]],
                   [_achievement(row) for row in new["achievements"]])  # fmt: skip
    found += _files(old["files"], new["files"])
    return found


def _changed(old: str, new: str) -> tuple[str, str]:
    """The lines of a long text that differ; a short text whole."""
    one, other = old.splitlines(), new.splitlines()
    if len(one) < 2 and len(other) < 2:
        return old, new
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    parts = [part for part in matcher.get_opcodes() if part[0] != "equal"]
    return (
        "\n".join(line for _, a, b, _, _ in parts for line in one[a:b]),
        "\n".join(line for _, _, _, c, d in parts for line in other[c:d]),
    )


def _achievement(row: dict[str, Any]) -> str:
    proofs = f"; căn cứ: {', '.join(row['grounds'])}" if row["grounds"] else ""
    return f"{row['text']} ({_day(row['period_from'])} – {_day(row['period_to'])}{proofs})"


def _day(text: str) -> str:
    year, month, day = text.split("-")
    return f"{day}/{month}/{year}"


def _rows(label: str, old: list[str], new: list[str]) -> list[Difference]:
    gone = [Difference(label, row, "") for row in old if row not in new]
    return [*gone, *(Difference(label, "", row) for row in new if row not in old)]


def _files(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[Difference]:
    """A file is the same when its bytes are; under the same title it was replaced."""
    earlier, later = {row["sha256"] for row in old}, {row["sha256"] for row in new}
    gone = [row for row in old if row["sha256"] not in later]
    come = [row for row in new if row["sha256"] not in earlier]
    found = []
    for row in gone:
        twin = next((other for other in come if other["title"] == row["title"]), None)
        if twin is not None:
            come.remove(twin)
        found.append(Difference(f"Tệp: {row['title']}", row["name"], twin["name"] if twin else ""))
    return found + [Difference(f"Tệp: {row['title']}", "", row["name"]) for row in come]
