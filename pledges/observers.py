"""What befalls a campaign means up here: pledges, reports and score sheets for its units, and news to their people."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.models import Campaign, Participation, ReportingPeriod
from campaigns.observers import CampaignObserver
from dvk_portal.core import audit
from dvk_portal.core.notifications import notify
from pledges.models import Pledge, QuarterlyReport, ScoreSheet
from pledges.notifications import CampaignCancelled, CampaignLaunched, DueDateChanged, PeriodAdded
from pledges.services.recalculation import ask_for_rollup
from units.models import Membership, User
from units.roles import Role

BATCH = 200


class PrepareRecords(CampaignObserver):
    def launched(self, campaign: Campaign, participations: list[Participation], *, actor: Any) -> None:
        self._prepare(campaign, participations, campaign.periods.all())

    def joined(self, campaign: Campaign, participations: list[Participation], *, actor: Any) -> None:
        """Who comes late owes only what falls due after it came."""
        self._prepare(campaign, participations, campaign.periods.filter(due_at__gte=timezone.now()))
        ask_for_rollup(campaign)

    def _prepare(
        self, campaign: Campaign, participations: list[Participation], periods: Iterable[ReportingPeriod]
    ) -> None:
        pledges = (Pledge(participation=row, copies=campaign.pledge_copies) for row in participations)
        Pledge.objects.bulk_create(pledges, batch_size=BATCH)
        for period in periods:
            self._open_reports(period, participations)
        sheets = (ScoreSheet(participation=row, scheme=campaign.scheme) for row in participations)
        ScoreSheet.objects.bulk_create(sheets, batch_size=BATCH)
        notify(CampaignLaunched.about(campaign), people_of(row.unit_id for row in participations))

    def _open_reports(self, period: ReportingPeriod, participations: list[Participation]) -> None:
        rows = (QuarterlyReport(participation=row, period=period, due_at=period.due_at) for row in participations)
        QuarterlyReport.objects.bulk_create(rows, batch_size=BATCH)

    def period_added(self, period: ReportingPeriod, participations: list[Participation], *, actor: Any) -> None:
        self._open_reports(period, participations)
        ask_for_rollup(period.campaign)
        notify(PeriodAdded.about(period), people_of(row.unit_id for row in participations))

    def due_changed(self, period: ReportingPeriod, old_due_at: datetime.datetime, *, actor: Any) -> None:
        """What is still owed moves along; a later date that a unit was granted for itself is never taken away."""
        moved = list(
            period.reports.owing()
            .filter(Q(due_at=old_due_at) | Q(due_at__lt=period.due_at))
            .select_related("participation", "period")
        )
        rows = [
            {
                "subject": report, "action": "due_changed", "actor": actor,
                "changes": {"due_at": [report.due_at, period.due_at]},
            }
            for report in moved
        ]  # fmt: skip
        for report in moved:
            report.due_at = period.due_at
        QuarterlyReport.objects.bulk_update(moved, ["due_at"], batch_size=BATCH)
        audit.record_many(rows)
        ask_for_rollup(period.campaign)
        notify(DueDateChanged.about(period, old_due_at), people_of(report.participation.unit_id for report in moved))

    def status_changed(self, campaign: Campaign, *, actor: Any) -> None:
        """Who sent no self-assessment counts as such only while scores are being settled."""
        ask_for_rollup(campaign)

    def cancelled(self, campaign: Campaign, *, actor: Any, note: str) -> None:
        units = campaign.participations.values_list("unit_id", flat=True)
        notify(CampaignCancelled.about(campaign, note), people_of(units))


def people_of(units: Iterable[int]) -> QuerySet[User]:
    """Those who enter and send for these units."""
    held = Membership.objects.current().filter(unit__in=list(units), role__in=(Role.EDITOR, Role.LEADER))
    return User.objects.filter(memberships__in=held).distinct()
