"""A sign of life of the background work: left by a task that beat sends and a worker runs, so it proves both.

A file in the folder that every process shares: it needs no cache, and a container's health check reads it without Django.
"""

import time
from pathlib import Path

from django.conf import settings


def _file() -> Path:
    return Path(settings.MEDIA_ROOT) / ".heartbeat"


def leave() -> None:
    """Note that the periodic sweep runs now."""
    _file().parent.mkdir(parents=True, exist_ok=True)
    _file().touch()


def age() -> float | None:
    """Seconds since the last sign; ``None`` when there never was one."""
    try:
        return max(0.0, time.time() - _file().stat().st_mtime)
    except FileNotFoundError:
        return None
