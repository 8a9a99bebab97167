"""GeoJSON outlines of units: reading, checking, making them small (docs/formats-shapes.md). Plain Python."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dvk_portal.core.exceptions import DomainError

MAX_BYTES = 20_000_000
MAX_FEATURES = 5_000
MAX_POINTS = 500_000
# What one drawing of all outlines may hold: about ten bytes a point, so that a page stays below 300 kB.
WANTED_POINTS = 20_000
# Names under which files keep the code of a unit, in the order in which they are tried.
CODE_NAMES = ("ma", "code", "ma_xa", "maxa", "MA_XA", "CODE", "id")
# Where Vietnam lies, with its islands and some room: a file in metres, or with latitude first, is found out.
WEST, EAST, SOUTH, NORTH = 100.0, 120.0, 5.0, 24.0
PLACES = 5  # of a degree: about a metre

Point = tuple[float, float]
Ring = list[Point]


@dataclass
class Outline:
    """One feature: ``code`` of the unit, polygons as lists of rings (the first outer, the others holes)."""

    code: str
    polygons: list[list[Ring]]

    @property
    def points(self) -> int:
        return sum(len(ring) for polygon in self.polygons for ring in polygon)

    @property
    def geometry(self) -> dict[str, Any]:
        """As it is kept: GeoJSON again."""
        rings = [[[list(point) for point in ring] for ring in polygon] for polygon in self.polygons]
        if len(rings) == 1:
            return {"type": "Polygon", "coordinates": rings[0]}
        return {"type": "MultiPolygon", "coordinates": rings}


@dataclass
class ShapeFile:
    """``findings`` are sentences with their place; ``code_name`` is the property that named the unit."""

    outlines: list[Outline] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    code_name: str = ""


def read_shapes(data: bytes, code_name: str = "") -> ShapeFile:
    """A FeatureCollection of Polygons and MultiPolygons in WGS 84. DomainError when it is none at all."""
    if len(data) > MAX_BYTES:
        raise DomainError(f"Tệp lớn quá {MAX_BYTES // 1_000_000} MB. Hãy làm gọn ranh giới trước khi nạp.")
    try:
        document = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise DomainError("Tệp không phải GeoJSON (JSON, mã UTF-8).") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        raise DomainError("Tệp không phải GeoJSON kiểu FeatureCollection.")
    if not features or len(features) > MAX_FEATURES:
        raise DomainError(f"Tệp phải có từ 1 đến {MAX_FEATURES} vùng.")
    _check_system(document)
    return _Reader(features, code_name).run()


def _refuse(name: str) -> None:
    raise ValueError(name)


def _check_system(document: dict[str, Any]) -> None:
    """Older files name their coordinates; only WGS 84 is taken."""
    named = json.dumps(document.get("crs") or "")
    if document.get("crs") and not any(word in named for word in ("CRS84", "4326")):
        raise DomainError("Tệp không dùng hệ tọa độ WGS 84. Hãy xuất lại với EPSG:4326 (kinh độ, vĩ độ).")


class _Reader:
    def __init__(self, features: list[Any], code_name: str) -> None:
        self.features = features
        self.found = ShapeFile(code_name=code_name or self._guess())
        self.points = 0

    def _guess(self) -> str:
        """The first usual name that every feature has."""
        properties = [row.get("properties") if isinstance(row, dict) else None for row in self.features]
        for name in CODE_NAMES:
            if all(isinstance(row, dict) and row.get(name) not in (None, "") for row in properties):
                return name
        raise DomainError(f"Không tìm thấy thuộc tính mã đơn vị ({', '.join(CODE_NAMES)}). Hãy ghi tên thuộc tính đó.")

    def run(self) -> ShapeFile:
        seen: dict[str, int] = {}
        for place, feature in enumerate(self.features, 1):
            try:
                outline = self._outline(feature)
            except _Fault as fault:
                self.found.findings.append(f"Vùng thứ {place}: {fault}")
                continue
            if outline.code in seen:
                self.found.findings.append(
                    f"Vùng thứ {place}: mã {outline.code} đã có ở vùng thứ {seen[outline.code]}. Hãy gộp thành một MultiPolygon."
                )
                continue
            seen[outline.code] = place
            self.found.outlines.append(outline)
        return self.found

    def _outline(self, feature: Any) -> Outline:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        code = properties.get(self.found.code_name) if isinstance(properties, dict) else None
        if not isinstance(code, str | int) or isinstance(code, bool) or not str(code).strip():
            raise _Fault(f"thiếu mã đơn vị (thuộc tính “{self.found.code_name}”).")
        geometry = feature.get("geometry")
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
        if kind not in ("Polygon", "MultiPolygon"):
            raise _Fault("phải là Polygon hoặc MultiPolygon.")
        polygons = [coordinates] if kind == "Polygon" else coordinates
        if not isinstance(polygons, list) or not polygons:
            raise _Fault("không có tọa độ.")
        return Outline(str(code).strip(), [self._polygon(rings) for rings in polygons])

    def _polygon(self, rings: Any) -> list[Ring]:
        if not isinstance(rings, list) or not rings:
            raise _Fault("không có tọa độ.")
        return [self._ring(ring) for ring in rings]

    def _ring(self, ring: Any) -> Ring:
        if not isinstance(ring, list) or len(ring) < 4:
            raise _Fault("mỗi đường bao phải có ít nhất bốn điểm.")
        self.points += len(ring)
        if self.points > MAX_POINTS:
            raise DomainError(f"Tệp có quá {MAX_POINTS:,} điểm.".replace(",", ".") + " Hãy làm gọn trước khi nạp.")
        points = [_point(point) for point in ring]
        if points[0] != points[-1]:
            raise _Fault("đường bao phải khép kín (điểm cuối trùng điểm đầu).")
        return points


class _Fault(Exception):
    """What is wrong with one feature."""


def _point(point: Any) -> Point:
    # Compared, not converted: an integer of a thousand digits is no float, and NaN lies between no bounds.
    numbers = (
        isinstance(point, list)
        and len(point) in (2, 3)
        and all(isinstance(one, int | float) and not isinstance(one, bool) and -1e9 < one < 1e9 for one in point)
    )
    if not numbers:
        raise _Fault("tọa độ phải là cặp số [kinh độ, vĩ độ].")
    x, y = float(point[0]), float(point[1])
    if not (WEST <= x <= EAST and SOUTH <= y <= NORTH):
        raise _Fault(
            f"tọa độ [{x:g}, {y:g}] nằm ngoài Việt Nam. Hãy kiểm tra hệ tọa độ (WGS 84) và thứ tự kinh độ, vĩ độ."
        )
    return x, y


# --- making them small -------------------------------------------------------------------------------------------------------
def simplify(outlines: list[Outline], wanted: int = WANTED_POINTS) -> float:
    """Leave out points until all outlines together have at most ``wanted``; returns the tolerance in degrees.

    Douglas–Peucker over each ring by itself: neighbours may part by less than the tolerance, which a drawing of a province does
    not show (0.0005° is about half a pixel). That needs no library for geometry.
    """
    tolerance = 0.0
    while sum(outline.points for outline in outlines) > wanted and tolerance < 1:
        tolerance = tolerance * 2 or 0.0001
        for outline in outlines:
            outline.polygons = _thinned(outline.polygons, tolerance)
    for outline in outlines:
        outline.polygons = [[_rounded(ring) for ring in polygon] for polygon in outline.polygons]
    return tolerance


def _thinned(polygons: list[list[Ring]], tolerance: float) -> list[list[Ring]]:
    """Rings that would vanish are left out; the largest part of a unit never is."""
    found = []
    for polygon in polygons:
        outer, *holes = [simplified(ring, tolerance) for ring in polygon]
        if len(outer) >= 4:
            found.append([outer, *(hole for hole in holes if len(hole) >= 4)])
    return found or [[max((polygon[0] for polygon in polygons), key=_spread)]]


def _spread(ring: Ring) -> float:
    xs, ys = zip(*ring, strict=True)
    return (max(xs) - min(xs)) * (max(ys) - min(ys))


def simplified(ring: Ring, tolerance: float) -> Ring:
    """Douglas–Peucker of a closed ring: cut where it is farthest from its beginning, then each half. No recursion."""
    far = max(range(len(ring)), key=lambda at: math.dist(ring[0], ring[at]))
    keep = {0, far, len(ring) - 1}
    waiting = [(0, far), (far, len(ring) - 1)]
    while waiting:
        first, last = waiting.pop()
        at, distance = _farthest(ring, first, last)
        if distance > tolerance:
            keep.add(at)
            waiting += [(first, at), (at, last)]
    return [ring[at] for at in sorted(keep)]


def _farthest(ring: Ring, first: int, last: int) -> tuple[int, float]:
    (x1, y1), (x2, y2) = ring[first], ring[last]
    across, down = x2 - x1, y2 - y1
    length = math.hypot(across, down)
    best, distance = first, -1.0
    for at in range(first + 1, last):
        x, y = ring[at]
        away = abs(across * (y1 - y) - (x1 - x) * down) / length if length else math.hypot(x - x1, y - y1)
        if away > distance:
            best, distance = at, away
    return best, distance


def _rounded(ring: Ring) -> Ring:
    return list(_without_repeats([(round(x, PLACES), round(y, PLACES)) for x, y in ring]))


def _without_repeats(ring: Ring) -> Iterator[Point]:
    before = None
    for place, point in enumerate(ring):
        if point != before or place == len(ring) - 1:
            yield point
        before = point
