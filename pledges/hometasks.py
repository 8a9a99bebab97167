"""Places on the home page that the apps above fill: what waits for this person there (as campaigns/panels.py does)."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pledges.services.dashboards import Task


@dataclass
class HomePart:
    """One panel of the home page: its title, its tasks, and where everything of it stands."""

    title: str
    tasks: list[Task] = field(default_factory=list)
    link_label: str = ""
    link_url: str = ""


HomeSource = Callable[[Any, datetime.date], HomePart | None]

_sources: list[HomeSource] = []


def register_home(source: HomeSource) -> HomeSource:
    """Called from an app's ``ready`` (or as a decorator). ``source`` answers None when it has nothing for this person."""
    if source not in _sources:
        _sources.append(source)
    return source


def home_parts(user: Any, today: datetime.date) -> list[HomePart]:
    """The parts of this person's home, in the order of registration."""
    return [part for source in _sources if (part := source(user, today))]
