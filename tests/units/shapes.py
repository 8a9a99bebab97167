"""GeoJSON made by code: cells of a grid with wavy borders, in the west of the Mekong delta."""

import json
import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Any


def cell(column: int, row: int, points: int = 40, size: float = 0.12) -> list[list[float]]:
    """A closed ring around one cell; neighbours share their borders."""
    corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1), (column, row)]
    ring = []
    for (x1, y1), (x2, y2) in pairwise(corners):
        for step in range(points // 4):
            x, y = x1 + (x2 - x1) * step / (points / 4), y1 + (y2 - y1) * step / (points / 4)
            wave = 0.06 * math.sin(5 * (x + y))
            ring.append([round(104.4 + size * (x + wave), 6), round(9.9 + size * (y - wave), 6)])
    return [*ring, ring[0]]


def feature(code: str, *rings: list[list[float]], name: str = "ma", **geometry: Any) -> dict[str, Any]:
    shape = geometry or {"type": "Polygon", "coordinates": list(rings)}
    return {"type": "Feature", "properties": {name: code}, "geometry": shape}


def collection(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def province(codes: Iterable[str], points: int = 40) -> bytes:
    """One cell per code, ten in a row."""
    return collection(*(feature(code, cell(at % 10, at // 10, points)) for at, code in enumerate(codes)))
