"""Sending the reminders that are due: only to those who still owe, each rung once (issue "Reminders by Celery beat")."""

import datetime
from collections import defaultdict
from typing import Any

from django.utils import timezone

from campaigns.models import Campaign
from dvk_portal.core.models import Notification
from dvk_portal.core.notifications import notify
from pledges.models import QuarterlyReport
from pledges.notifications import OverdueDigest, ReportReminder
from pledges.reminders import Rung, rung_due
from units.models import Membership, User
from units.roles import Role

People = dict[int, dict[str, list[User]]]


def send_reminders(now: datetime.datetime) -> int:
    """Remind in every running campaign as of ``now``. Returns how many messages are new; safe to run as often as one likes."""
    campaigns = Campaign.objects.running().select_related("contact", "owner").prefetch_related("reminder_steps")
    return sum(_remind(campaign, now) for campaign in campaigns)


def _remind(campaign: Campaign, now: datetime.datetime) -> int:
    ladder = [Rung(step.days, step.to_leader, step.to_officer) for step in campaign.reminder_steps.all()]
    today = timezone.localdate(now)
    due: list[tuple[QuarterlyReport, Rung]] = []
    owing = QuarterlyReport.objects.owing().filter(participation__campaign=campaign)
    for report in owing.select_related("participation__cluster__officer", "period"):
        since = timezone.localdate(report.returned_at or campaign.launched_at)
        rung = rung_due(ladder, timezone.localdate(report.due_at), since, today)
        if rung is not None:
            due.append((report, rung))
    people = _people({report.participation.unit_id for report, _ in due}, today)
    sent = _already_sent(campaign)
    new = 0
    for report, rung in due:
        message = ReportReminder.about(report, campaign, rung.days, today)
        roles = (Role.EDITOR, Role.LEADER) if rung.to_leader else (Role.EDITOR,)
        here = people[report.participation.unit_id]
        recipients = [person for role in roles for person in here[role]] or here[Role.LEADER]
        owed = [person for person in recipients if (person.pk, message.key) not in sent]
        new += notify(message, owed) if owed else 0
    return new + _tell_officers(campaign, due, sent)


def _people(units: set[int], today: datetime.date) -> People:
    """Editors and leaders of each unit today, with one query."""
    found: People = defaultdict(lambda: defaultdict(list))
    rows = Membership.objects.on(today).filter(
        unit__in=units, role__in=(Role.EDITOR, Role.LEADER), user__is_active=True
    )
    for row in rows.select_related("user"):
        found[row.unit_id][row.role].append(row.user)
    return found


def _already_sent(campaign: Campaign) -> set[tuple[int, str]]:
    kinds = (ReportReminder.kind, OverdueDigest.kind)
    rows = Notification.objects.filter(kind__in=kinds, key__startswith=f"c{campaign.pk}:")
    return set(rows.values_list("recipient_id", "key"))


def _tell_officers(campaign: Campaign, due: list[tuple[QuarterlyReport, Rung]], sent: set[tuple[int, str]]) -> int:
    """One letter per officer, period, due date and rung, naming all units that owe: not one letter per unit."""
    groups: dict[tuple[Any, ...], list[QuarterlyReport]] = defaultdict(list)
    for report, rung in due:
        cluster = report.participation.cluster
        officer = (cluster.officer if cluster else None) or campaign.contact
        if rung.to_officer and officer is not None:
            groups[officer, report.period, timezone.localdate(report.due_at), rung.days].append(report)
    new = 0
    for (officer, period, due_on, days), reports in groups.items():
        message = OverdueDigest.about(campaign, period, due_on, days, reports)
        new += 0 if (officer.pk, message.key) in sent else notify(message, [officer])
    return new
