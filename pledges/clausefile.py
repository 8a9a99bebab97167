"""The file of the clause library (``dvk-clauses/1``): reads and checks. Junk never raises, it becomes sentences.

format: dvk-clauses/1
topics:
- title: Xây dựng nông thôn mới
  unit:                                  # promises of the unit
  - Vận động Nhân dân hiến đất …
  - {text: "…", indicator: dv_mohinh}    # watched by this figure
  province:                              # duties of the province
  - Hướng dẫn …
"""

import unicodedata
from dataclasses import dataclass
from typing import Any

from dvk_portal.core.datafile import DataFileError, load_yaml

FORMAT = "dvk-clauses/1"
MAX_TOPIC, MAX_TEXT, MAX_CLAUSES = 120, 1000, 1000
SIDES = ("unit", "province")


@dataclass(frozen=True)
class Entry:
    topic: str
    side: str
    text: str
    order: int
    indicator: str = ""


def read_clauses(data: bytes) -> tuple[list[Entry], list[str]]:
    """Entries in the order of the file, and what is wrong with it."""
    try:
        document = load_yaml(data)
    except DataFileError as error:
        return [], [str(error)]
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return [], [f"Tệp phải bắt đầu bằng “format: {FORMAT}”."]
    topics = document.get("topics")
    if not isinstance(topics, list) or not topics:
        return [], ["Tệp không có nhóm nội dung nào ở mục “topics”."]
    entries: list[Entry] = []
    sentences = [f"Mục “{name}” không có nghĩa trong tệp này." for name in document if name not in ("format", "topics")]
    for number, topic in enumerate(topics, 1):
        _read_topic(number, topic, entries, sentences)
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        if (entry.side, entry.text) in seen:
            sentences.append(f"Điều khoản “{_short(entry.text)}” ghi hai lần.")
        seen.add((entry.side, entry.text))
    if len(entries) > MAX_CLAUSES:
        sentences.append(f"Tệp có {len(entries)} điều khoản, tối đa {MAX_CLAUSES}.")
    return entries, sentences


def _read_topic(number: int, topic: Any, entries: list[Entry], sentences: list[str]) -> None:
    if not isinstance(topic, dict) or not _text(topic.get("title")):
        sentences.append(f"Nhóm thứ {number}: thiếu tên nhóm ở mục “title”.")
        return
    title = _text(topic["title"])
    if len(title) > MAX_TOPIC:
        sentences.append(f"Nhóm “{_short(title)}”: tên dài quá {MAX_TOPIC} ký tự.")
    sentences += [
        f"Nhóm “{title}”: mục “{name}” không có nghĩa, chỉ nhận title, unit, province."
        for name in topic
        if name not in ("title", *SIDES)
    ]
    found = 0
    for side in SIDES:
        rows = topic.get(side) or []
        if not isinstance(rows, list):
            sentences.append(f"Nhóm “{title}”: mục “{side}” phải là danh sách điều khoản.")
            continue
        for place, row in enumerate(rows, 1):
            found += 1
            entry = _read_entry(title, side, row, number * 100 + found)
            if isinstance(entry, str):
                sentences.append(f"Nhóm “{title}”, {side} {place}: {entry}")
            else:
                entries.append(entry)
    if not found:
        sentences.append(f"Nhóm “{title}”: chưa có điều khoản nào.")


def _read_entry(topic: str, side: str, row: Any, order: int) -> Entry | str:
    data = row if isinstance(row, dict) else {"text": row}
    text, indicator = _text(data.get("text")), _text(data.get("indicator"))
    if strange := [str(name) for name in data if name not in ("text", "indicator")]:
        return f"mục “{', '.join(strange)}” không có nghĩa, chỉ nhận text, indicator."
    if not text:
        return "thiếu nội dung."
    if len(text) > MAX_TEXT:
        return f"nội dung dài quá {MAX_TEXT} ký tự."
    return Entry(topic, side, text, min(order, 32767), indicator)


def _text(value: Any) -> str:
    return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else ""


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
