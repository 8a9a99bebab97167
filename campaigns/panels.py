"""Places on the page of a campaign that the apps above fill: a unit's own pledge, its reports, the ranking."""

from collections.abc import Callable
from typing import Any, NotRequired, TypedDict

from django.http import HttpRequest
from django.template.loader import render_to_string

from campaigns.models import Campaign


class Panel(TypedDict):
    """``template`` is rendered with ``campaign`` and the keys of ``context`` as its variables."""

    template: str
    context: NotRequired[dict[str, Any]]


PanelSource = Callable[[HttpRequest, Campaign], Panel | None]

_sources: list[PanelSource] = []


def register_panel(source: PanelSource) -> PanelSource:
    """Called from an app's ``ready`` (or as a decorator). ``source`` answers None when it has nothing for this person."""
    if source not in _sources:
        _sources.append(source)
    return source


def render_panels(request: HttpRequest, campaign: Campaign) -> list[str]:
    """The panels of this page for this person, as HTML, in the order of registration."""
    found = (source(request, campaign) for source in _sources)
    return [
        render_to_string(panel["template"], {"campaign": campaign, **panel.get("context", {})}, request)
        for panel in found
        if panel
    ]
