"""What a launch means up here: a pledge, the reports and a score sheet for every unit, and the news to its people."""

from typing import Any

from campaigns.models import Campaign, Participation
from dvk_portal.core.notifications import notify
from pledges.models import Pledge, QuarterlyReport, ScoreSheet
from pledges.notifications import CampaignLaunched
from units.models import Membership, User
from units.roles import Role


class PrepareRecords:
    def launched(self, campaign: Campaign, participations: list[Participation], *, actor: Any) -> None:
        Pledge.objects.bulk_create(Pledge(participation=row) for row in participations)
        QuarterlyReport.objects.bulk_create(
            QuarterlyReport(participation=row, period=period, due_at=period.due_at)
            for period in campaign.periods.all()
            for row in participations
        )
        ScoreSheet.objects.bulk_create(ScoreSheet(participation=row, scheme=campaign.scheme) for row in participations)
        people = User.objects.filter(
            memberships__in=Membership.objects.current().filter(
                unit__in=[row.unit_id for row in participations], role__in=(Role.EDITOR, Role.LEADER)
            )
        ).distinct()
        notify(CampaignLaunched.about(campaign), people)
