"""What this app adds to the page of a campaign: my unit's pledge, reports and score sheet; for staff, how far signing is."""

from django.db.models import Count
from django.http import HttpRequest

from campaigns.models import Campaign, Participation
from campaigns.panels import Panel, register_panel
from pledges.forms.pledges import CONDITIONS
from pledges.models import Pledge, QuarterlyReport
from units import access


@register_panel
def my_records(request: HttpRequest, campaign: Campaign) -> Panel | None:
    """Links to what the person's own units have to do in this campaign."""
    own = access.scope(Participation.objects.filter(campaign=campaign), request.user, "pledge.edit")
    rows = list(own.select_related("pledge", "sheet").order_by("sort_key"))
    if not rows:
        return None
    reports: dict[int, list[QuarterlyReport]] = {row.pk: [] for row in rows}
    for report in QuarterlyReport.objects.filter(participation__in=rows).select_related("period").order_by("due_at"):
        reports[report.participation_id].append(report)
    units = [
        {
            "name": row.name,
            "pledge": getattr(row, "pledge", None),
            "sheet": getattr(row, "sheet", None),
            "reports": reports[row.pk],
        }
        for row in rows
    ]
    return {"template": "pledges/pledges/_panel_mine.html", "context": {"units": units}}


@register_panel
def signing_progress(request: HttpRequest, campaign: Campaign) -> Panel | None:
    """How many units have signed, for those who look after several."""
    if campaign.is_draft:
        return None
    rows = Pledge.objects.visible_to(request.user).filter(participation__campaign=campaign)
    counts = rows.order_by().aggregate(all=Count("pk"), signed=Count("pk", filter=CONDITIONS["signed"]))
    return {"template": "pledges/pledges/_panel_signing.html", "context": counts} if counts["all"] > 1 else None
