"""Places on the page of a campaign that the apps above fill: a unit's own pledge, its reports, the ranking."""

from collections.abc import Callable
from typing import Any, NotRequired, TypedDict

from django.http import HttpRequest

from campaigns.models import Campaign


class Panel(TypedDict):
    """``template`` is included on the page with the keys of ``context`` as its variables."""

    template: str
    context: NotRequired[dict[str, Any]]


PanelSource = Callable[[HttpRequest, Campaign], Panel | None]

_sources: list[PanelSource] = []


def register_panel(source: PanelSource) -> PanelSource:
    """Called from an app's ``ready`` (or as a decorator). ``source`` answers None when it has nothing for this person."""
    if source not in _sources:
        _sources.append(source)
    return source


def panels_for(request: HttpRequest, campaign: Campaign) -> list[dict[str, Any]]:
    """The panels of this page for this person, in the order of registration."""
    found = (source(request, campaign) for source in _sources)
    return [{"template": panel["template"], "context": panel.get("context", {})} for panel in found if panel]
