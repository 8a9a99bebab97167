"""Measuring: repeated timings, a floor beside them, one JSON file."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

OUT = Path(__file__).resolve().parent / "out" / "latest.json"


@dataclass(frozen=True)
class Result:
    """``value`` and ``floor`` in ``unit``; ``ratio`` is their quotient; ``goal`` the largest ratio (or value) wanted."""

    name: str
    value: float
    unit: str
    floor: float
    ratio: float
    goal: float | None
    n: int


def median_ms(action: Callable[[], object], *, n: int = 20, warm_up: int = 2) -> float:
    """Median duration of ``action`` in milliseconds; the first calls, which fill caches, do not count."""
    for _ in range(warm_up):
        action()
    times = []
    for _ in range(n):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def compare(
    name: str, action: Callable[[], object], floor: Callable[[], object], *, n: int = 20, goal: float | None = None
) -> Result:
    """Time ``action`` between two measurements of ``floor``: a machine that slows down meanwhile slows both."""
    before = median_ms(floor, n=n)
    value = median_ms(action, n=n)
    base = (before + median_ms(floor, n=n)) / 2
    return Result(name, round(value, 3), "ms", round(base, 3), round(value / base, 2), goal, n)


def write(results: list[Result], engine: str) -> Path:
    """Write ``benchmarks/out/latest.json``."""
    machine = {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "database": engine,
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    rows = [asdict(result) for result in results]
    OUT.write_text(json.dumps({"machine": machine, "results": rows}, ensure_ascii=False, indent=1), encoding="utf-8")
    return OUT
