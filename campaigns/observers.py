"""News that travels up: a higher app registers an observer and hears what befalls a running campaign."""

import datetime
from typing import Any

from campaigns.models import Campaign, Participation, ReportingPeriod


class CampaignObserver:
    """Base of observers. Every call comes in the transaction of the change itself, after it was written."""

    def launched(self, campaign: Campaign, participations: list[Participation], *, actor: Any) -> None:
        """The campaign was opened with this roster."""

    def joined(self, campaign: Campaign, participations: list[Participation], *, actor: Any) -> None:
        """These units came to a campaign that was running already."""
        self.launched(campaign, participations, actor=actor)

    def period_added(self, period: ReportingPeriod, participations: list[Participation], *, actor: Any) -> None:
        """A running campaign got one more reporting period; these are its units."""

    def due_changed(self, period: ReportingPeriod, old_due_at: datetime.datetime, *, actor: Any) -> None:
        """The due moment of a period of a running campaign moved from ``old_due_at`` to ``period.due_at``."""

    def status_changed(self, campaign: Campaign, *, actor: Any) -> None:
        """A launched campaign went on to scoring, or back."""

    def cancelled(self, campaign: Campaign, *, actor: Any, note: str) -> None:
        """A campaign that had been launched was given up, for the reason in ``note``."""


_observers: list[CampaignObserver] = []


def register(observer: CampaignObserver) -> None:
    """Called from an app's ``ready``."""
    _observers.append(observer)


def tell_launched(campaign: Campaign, participations: list[Participation], *, actor: Any) -> None:
    for observer in _observers:
        observer.launched(campaign, participations, actor=actor)


def tell_joined(campaign: Campaign, participations: list[Participation], *, actor: Any) -> None:
    for observer in _observers:
        observer.joined(campaign, participations, actor=actor)


def tell_period_added(period: ReportingPeriod, participations: list[Participation], *, actor: Any) -> None:
    for observer in _observers:
        observer.period_added(period, participations, actor=actor)


def tell_due_changed(period: ReportingPeriod, old_due_at: datetime.datetime, *, actor: Any) -> None:
    for observer in _observers:
        observer.due_changed(period, old_due_at, actor=actor)


def tell_status_changed(campaign: Campaign, *, actor: Any) -> None:
    for observer in _observers:
        observer.status_changed(campaign, actor=actor)


def tell_cancelled(campaign: Campaign, *, actor: Any, note: str) -> None:
    for observer in _observers:
        observer.cancelled(campaign, actor=actor, note=note)
