"""News that travels up: a higher app registers an observer and hears when a campaign is launched or a unit joins it."""

from typing import Any, Protocol

from campaigns.models import Campaign, Participation


class CampaignObserver(Protocol):
    def launched(self, campaign: Campaign, participations: list[Participation], *, actor: Any) -> None:
        """The campaign was opened with this roster (also called for each unit that joins later). Same transaction."""


_observers: list[CampaignObserver] = []


def register(observer: CampaignObserver) -> None:
    """Called from an app's ``ready``."""
    _observers.append(observer)


def tell_launched(campaign: Campaign, participations: list[Participation], *, actor: Any) -> None:
    for observer in _observers:
        observer.launched(campaign, participations, actor=actor)
