"""The units on a map, coloured by one figure: outlines where they were loaded (units.UnitShape), else a grid of tiles."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dvk_portal.core.numbers import format_number
from pledges.services.exemplary.analysis import UnitLine
from units.models import UnitShape

# Width of the drawing in its own units; one decimal place is kept.
WIDTH = 1000
MAX_HEIGHT = 1400


@dataclass(frozen=True)
class Measure:
    """What a map may show: ``value`` of a line, None = nothing to say."""

    code: str
    label: str
    value: Callable[[UnitLine], Decimal | None]
    unit: str = ""

    def words(self, value: Decimal | None) -> str:
        return "chưa có" if value is None else f"{format_number(value.normalize() + 0)}{self.unit}"


def _count(code: str) -> Callable[[UnitLine], Decimal | None]:
    return lambda line: Decimal(line.counts[code])


MEASURES = {
    row.code: row
    for row in (
        Measure("dang-ky", "Số mô hình đăng ký", _count("registered")),
        Measure("cong-nhan", "Số mô hình được công nhận", _count("recognised")),
        Measure("ty-le", "Tỷ lệ được công nhận", lambda line: line.share, "%"),
        Measure("nhan-rong", "Số mô hình được nơi khác nhân rộng", _count("replicated")),
    )
}
DEFAULT = "dang-ky"


@dataclass(frozen=True)
class Class:
    """One colour of the legend: values from ``low`` up to ``high``, both inclusive; None = nothing to say."""

    level: int
    low: Decimal | None
    high: Decimal | None
    label: str


@dataclass(frozen=True)
class Area:
    """One unit on the map. ``path`` is its outline in the drawing, empty where none was loaded."""

    line: UnitLine
    words: str
    level: int
    path: str = ""


@dataclass(frozen=True)
class ModelMap:
    measure: Measure
    classes: list[Class]
    areas: list[Area]
    width: int = WIDTH
    height: int = 0

    @property
    def shaped(self) -> list[Area]:
        return [area for area in self.areas if area.path]

    @property
    def tiles(self) -> list[Area]:
        return [area for area in self.areas if not area.path]


def model_map(lines: Iterable[UnitLine], measure: Measure) -> ModelMap:
    """One query: the outlines."""
    lines = list(lines)
    values = [measure.value(line) for line in lines]
    classes = classes_of(measure, [value for value in values if value is not None])
    shapes = dict(
        UnitShape.objects.filter(unit__in=[line.unit.pk for line in lines]).values_list("unit_id", "geometry")
    )
    drawing = Drawing(shapes.values())
    areas = [
        Area(
            line,
            measure.words(value),
            _level(classes, value),
            drawing.path(shapes[line.unit.pk]) if line.unit.pk in shapes else "",
        )
        for line, value in zip(lines, values, strict=True)
    ]
    return ModelMap(measure, classes, areas, height=drawing.height)


# --- classes -----------------------------------------------------------------------------------------------------------------
def classes_of(measure: Measure, values: list[Decimal]) -> list[Class]:
    """Zero apart, then at most four classes with about as many units each; a rate has fixed ones, 100 % apart (W-36)."""
    if measure.unit == "%":
        bounds = [(1, 0, 49.9), (2, 50, 69.9), (3, 70, 89.9), (4, 90, 99.9), (5, 100, None)]
        found = [
            Class(level, Decimal(str(low)), None if high is None else Decimal(str(high)), _range_words(low, high, "%"))
            for level, low, high in bounds
        ]
        return [Class(0, None, None, "chưa có"), *found]
    positive = sorted(value for value in values if value > 0)
    found = [Class(0, Decimal(0), Decimal(0), "0")]
    steps = (
        sorted({positive[min(len(positive) - 1, len(positive) * part // 4)] for part in range(4)}) if positive else []
    )
    for level, low in enumerate(steps, start=1):
        high = steps[level] - 1 if level < len(steps) else positive[-1]
        found.append(Class(level, low, high, _range_words(low, high, "")))
    return found


def _range_words(low: Any, high: Any, unit: str) -> str:
    first = format_number(Decimal(str(low)))
    if high is None:
        return f"{first}{unit} trở lên"
    last = format_number(Decimal(str(high)))
    return f"{first}{unit}" if first == last else f"{first} – {last}{unit}"


def _level(classes: list[Class], value: Decimal | None) -> int:
    if value is None:
        return 0
    return max((row.level for row in classes if row.low is not None and row.low <= value), default=0)


# --- outlines ------------------------------------------------------------------------------------------------------------------
class Drawing:
    """Degrees to a drawing: north up, east–west shrunk by the cosine of the middle latitude."""

    def __init__(self, geometries: Iterable[dict[str, Any]]) -> None:
        points = [point for geometry in geometries for ring in rings_of(geometry) for point in ring]
        self.height = 0
        if not points:
            return
        self.west, self.north = min(x for x, _ in points), max(y for _, y in points)
        east, south = max(x for x, _ in points), min(y for _, y in points)
        self.shrink = math.cos(math.radians((self.north + south) / 2))
        wide, high = max((east - self.west) * self.shrink, 1e-6), max(self.north - south, 1e-6)
        self.scale = min(WIDTH / wide, MAX_HEIGHT / high)
        self.height = math.ceil(high * self.scale)

    def path(self, geometry: dict[str, Any]) -> str:
        """The ``d`` of an SVG path; holes are left out by the rule evenodd."""
        return "".join(f"M{'L'.join(self._point(x, y) for x, y in ring[:-1])}Z" for ring in rings_of(geometry))

    def _point(self, x: float, y: float) -> str:
        across, down = (x - self.west) * self.shrink * self.scale, (self.north - y) * self.scale
        return f"{across:.1f} {down:.1f}".replace(".0", "")


def rings_of(geometry: dict[str, Any]) -> list[list[Any]]:
    """Every ring of a Polygon or MultiPolygon, outer and inner."""
    if geometry["type"] == "Polygon":
        return list(geometry["coordinates"])
    return [ring for polygon in geometry["coordinates"] for ring in polygon]
