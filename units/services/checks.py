"""Is the tree of units sound? Sentences about everything that is not, for ``manage.py check_units``."""

import datetime
import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from dvk_portal.core.text import search_key, sort_key
from units.models import Lineage, Membership, Unit, UnitVersion

ONE_DAY = datetime.timedelta(days=1)
FOREVER = datetime.date.max


@dataclass(frozen=True)
class Problem:
    check: str
    unit: str
    message: str


def check_units() -> list[Problem]:
    """Every fault, unit by unit; five queries whatever the size of the tree."""
    units = {unit.pk: unit for unit in Unit.objects.select_related("kind")}
    versions: dict[int, list[UnitVersion]] = defaultdict(list)
    for version in UnitVersion.objects.select_related("kind").order_by("unit", "valid_from"):
        versions[version.unit_id].append(version)
    found: list[Problem] = []
    for unit in units.values():
        found += _place(unit, units)
        found += _history(unit, versions[unit.pk], units)
        found += _keys(unit)
    found += _lineage()
    found += _memberships()
    return found


def _end(row: Unit | UnitVersion | Membership) -> datetime.date:
    return row.valid_to or FOREVER


def _problem(check: str, unit: Unit, sentence: str) -> Problem:
    return Problem(check, unit.code, f"{unit.code} {unit.name}: {sentence}")


def _place(unit: Unit, units: dict[int, Unit]) -> Iterator[Problem]:
    chain, above = [unit.pk], unit.parent_id
    while above is not None and above not in chain:
        chain.append(above)
        above = units[above].parent_id
    if above is not None:
        yield _problem("cycle", unit, "cấp trên nối thành vòng tròn.")
        return
    path = "/" + "".join(f"{pk}/" for pk in reversed(chain))
    if unit.path != path:
        yield _problem("path", unit, f"đường dẫn “{unit.path}” không khớp với cấp trên (phải là “{path}”).")
    if unit.parent_id is not None:
        parent = units[unit.parent_id]
        if _end(unit) > _end(parent):
            yield _problem(
                "outlives_parent",
                unit,
                f"còn hoạt động sau khi cấp trên “{parent}” kết thúc ({parent.valid_to:%d/%m/%Y}).",
            )


def _history(unit: Unit, versions: list[UnitVersion], units: dict[int, Unit]) -> Iterator[Problem]:
    if not versions:
        yield _problem("no_version", unit, "không có giai đoạn lịch sử nào.")
        return
    if sum(version.valid_to is None for version in versions) > 1:
        yield _problem("two_current", unit, "có hai giai đoạn cùng đang hiệu lực.")
    for before, after in itertools.pairwise(versions):
        if _end(before) >= after.valid_from:
            yield _problem("overlap", unit, f"hai giai đoạn chồng nhau từ ngày {after.valid_from:%d/%m/%Y}.")
        elif before.valid_to + ONE_DAY < after.valid_from:
            yield _problem("hole", unit, f"lịch sử bị hở trước ngày {after.valid_from:%d/%m/%Y}.")
    first, newest = versions[0], versions[-1]
    if first.valid_from != unit.valid_from:
        yield _problem("begins", unit, "ngày thành lập không khớp với giai đoạn đầu tiên.")
    if newest.valid_to != unit.valid_to:
        yield _problem("ends", unit, "ngày kết thúc không khớp với giai đoạn cuối cùng.")
    if (newest.name, newest.kind_id, newest.parent_id) != (unit.name, unit.kind_id, unit.parent_id):
        yield _problem("newest", unit, "tên, loại hoặc cấp trên không khớp với giai đoạn mới nhất.")
    for version in versions:
        kind = version.kind
        if version.valid_from < kind.valid_from or _end(version) > (kind.valid_to or FOREVER):
            yield _problem("kind_closed", unit, f"mang loại “{kind}” ngoài thời gian loại này có hiệu lực.")
        parent = units.get(version.parent_id or 0)
        if parent is not None and (version.valid_from < parent.valid_from):
            yield _problem("older_than_parent", unit, f"trực thuộc “{parent}” trước khi đơn vị đó thành lập.")


def _keys(unit: Unit) -> Iterator[Problem]:
    if (unit.search_key, unit.sort_key) != (search_key(unit.name)[:250], sort_key(unit.name)[:500]):
        yield _problem("keys", unit, "khóa tìm kiếm hoặc sắp xếp không khớp với tên.")


def _lineage() -> Iterator[Problem]:
    for link in Lineage.objects.select_related("predecessor", "successor"):
        old, new = link.predecessor, link.successor
        if old.pk == new.pk:
            yield _problem("lineage_self", old, "được ghi là kế thừa chính mình.")
        elif old.valid_to is None or old.valid_to >= link.effective_on:
            yield _problem(
                "lineage_open", old, f"đã có đơn vị kế thừa “{new}” nhưng chưa kết thúc trước ngày hiệu lực."
            )
        if not new.is_active_on(link.effective_on):
            yield _problem("lineage_successor", new, f"kế thừa “{old}” khi chưa hoặc không còn hoạt động.")


def _memberships() -> Iterator[Problem]:
    for row in Membership.objects.select_related("unit", "user"):
        if row.valid_from < row.unit.valid_from or (
            row.unit.valid_to is not None and row.valid_from > row.unit.valid_to
        ):
            yield _problem("membership", row.unit, f"{row.user} được giao vai trò ngoài thời gian đơn vị hoạt động.")
