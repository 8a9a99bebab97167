"""What waits for whom: the unit's tasks of today, the province's picture of a campaign. Few queries, whatever the size."""

import datetime
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from campaigns.models import Campaign, ReportingPeriod
from dvk_portal.core.models import DocumentNumber
from pledges.models import ExemplaryModel, Pledge, QuarterlyReport, ReportedValue, ScoreSheet
from pledges.services.exemplary import waiting
from pledges.services.reportsheet import count_asked
from units import access
from units.models import Unit
from units.roles import Role
from units.services.issuing import undeclared_units
from units.services.numbers import visible_numbers

P, R, S = Pledge.Status, QuarterlyReport.Status, ScoreSheet.Status
# A report shows up among today's tasks this many days before it is due.
SOON = datetime.timedelta(days=30)


# --- the unit: what must I do today ---------------------------------------------------------------------------------
@dataclass
class Task:
    """One thing to do: its name, the button's address, until when, why, how pressing (a tone of the design system)."""

    title: str
    url: str
    due: datetime.datetime | None = None
    note: str = ""
    tone: str = "waiting"
    done: int | None = None
    total: int | None = None


@dataclass
class UnitBoard:
    """The home of people of a unit. ``sheets`` are their score sheets, newest campaign first."""

    tasks: list[Task] = field(default_factory=list)
    upcoming: list[Task] = field(default_factory=list)
    sheets: list[ScoreSheet] = field(default_factory=list)


def unit_board(user: Any, now: datetime.datetime) -> UnitBoard:
    """Tasks of the units in which ``user`` enters or leads. At most ten queries."""
    units = access.reach_ids(user, "report.edit") or set()
    running = Q(participation__unit__in=units, participation__campaign__status__in=Campaign.RUNNING)
    board = UnitBoard()
    leads = access.has_role(user, Role.LEADER)
    for pledge in Pledge.objects.filter(running).select_related("participation__campaign"):
        board.tasks += _pledge_tasks(pledge, leads)
    reports = list(
        QuarterlyReport.objects.filter(running, status__in=QuarterlyReport.WITH_UNIT)
        .select_related("participation__campaign", "period")
        .annotate(
            answered=Count(
                "values", filter=Q(values__indicator__ask=True) & ~Q(values__answer=ReportedValue.Answer.NOT_REPORTED)
            )
        )
        .order_by("due_at")
    )
    asked = count_asked(reports)
    for report in reports:
        task = _report_task(report, asked[report.pk], now, leads)
        (board.tasks if _is_due_soon(report, now) else board.upcoming).append(task)
    board.sheets = list(
        ScoreSheet.objects.filter(participation__unit__in=units)
        .exclude(participation__campaign__status=Campaign.Status.CANCELLED)
        .select_related("participation__campaign", "participation__cluster")
        .order_by("-participation__campaign__starts_on")[:4]
    )
    board.tasks += [task for sheet in board.sheets for task in _sheet_tasks(sheet, leads)]
    board.tasks += _model_tasks(user, leads)
    return board


def _is_due_soon(report: QuarterlyReport, now: datetime.datetime) -> bool:
    return report.status == R.RETURNED or report.due_at - SOON <= now


def _pledge_tasks(pledge: Pledge, leads: bool) -> list[Task]:
    name = f"Giao ước thi đua năm {pledge.participation.campaign.starts_on.year}"
    detail = reverse("pledge-detail", args=[pledge.pk])
    if pledge.status == P.RETURNED:
        return [
            Task(
                f"Sửa lại {name.lower()}", reverse("pledge-edit", args=[pledge.pk]), note=pledge.return_note, tone="bad"
            )
        ]
    if pledge.status == P.DRAFT:
        return [
            Task(f"Đề xuất {name.lower()}", reverse("pledge-edit", args=[pledge.pk]), note="Chưa gửi đề xuất chỉ tiêu.")
        ]
    if pledge.status == P.AGREED and leads:
        return [Task(f"Ký {name.lower()}", detail, note="Nội dung đã thống nhất, chờ lãnh đạo đơn vị ký xác nhận.")]
    return []


def _report_task(report: QuarterlyReport, asked: int, now: datetime.datetime, leads: bool) -> Task:
    late = report.due_at < now
    if report.status == R.RETURNED:
        return Task(
            f"Bổ sung báo cáo {report.period}", reverse("report-edit", args=[report.pk]), report.due_at,
            report.return_note, "bad", report.answered, asked,
        )  # fmt: skip
    complete = asked > 0 and report.answered >= asked
    if complete:
        note = "Đã nhập đủ: xem lại và gửi." if leads else "Đã nhập đủ: kiểm tra rồi báo lãnh đạo gửi."
    else:
        note = "Nhập số liệu rồi gửi." if leads else "Nhập số liệu, sau đó lãnh đạo đơn vị gửi."
    # A finished report opens where it is sent, not at its first cell.
    return Task(
        f"Báo cáo {report.period}", reverse("report-submit" if complete else "report-edit", args=[report.pk]),
        report.due_at, f"Quá hạn. {note}" if late else note, "bad" if late else "waiting", report.answered, asked,
    )  # fmt: skip


def _sheet_tasks(sheet: ScoreSheet, leads: bool) -> list[Task]:
    if sheet.participation.campaign.status != Campaign.Status.SCORING or sheet.status != S.SELF:
        return []
    who = "Nhập và gửi bản tự chấm." if leads else "Nhập bản tự chấm; lãnh đạo đơn vị gửi."
    return [Task("Tự chấm điểm thi đua", reverse("scoresheet-detail", args=[sheet.pk]), note=who)]


MODELS_SHOWN = 5


def _model_tasks(user: Any, leads: bool) -> list[Task]:
    """Models to be completed one by one, drafts together, and for a leader those that he appraises. At most two queries."""
    rows = list(waiting.with_unit(user).values_list("pk", "name", "status", "return_note"))
    returned = [row for row in rows if row[2] == ExemplaryModel.Status.MORE_INFORMATION]
    tasks = [
        Task(f"Bổ sung mô hình “{name}”", reverse("model-detail", args=[pk]), note=note, tone="bad")
        for pk, name, _, note in returned[:MODELS_SHOWN]
    ]
    if len(returned) > MODELS_SHOWN:
        url = f"{reverse('model-list')}?status={ExemplaryModel.Status.MORE_INFORMATION}"
        tasks.append(Task(f"Bổ sung {len(returned) - MODELS_SHOWN} mô hình khác", url, tone="bad"))
    if drafts := len(rows) - len(returned):
        url = f"{reverse('model-list')}?status={ExemplaryModel.Status.DRAFT}"
        note = "Soạn đủ rồi đăng ký." if leads else "Soạn đủ; lãnh đạo đơn vị đăng ký."
        tasks.append(Task(f"{drafts} bản nháp mô hình chưa đăng ký", url, note=note))
    return [*tasks, *appraisal_tasks(user)] if leads else tasks


def appraisal_tasks(user: Any) -> list[Task]:
    """Registered models that ``user`` is to visit and appraise, as one task. One query."""
    number = waiting.to_appraise(user).count()
    url = f"{reverse('model-list')}?waiting=tham-dinh"
    note = "Khảo sát thực tế, thẩm định; hồ sơ chưa đủ thì yêu cầu bổ sung."
    return [Task(f"{number} mô hình chờ thẩm định", url, note=note)] if number else []


# --- the province: who has sent, who has not, since when -------------------------------------------------------------
@dataclass
class PeriodLine:
    """One row of the table of periods; ``overdue`` = still owed past the unit's own due date."""

    period: ReportingPeriod
    expected: int
    sent: int
    late: int
    verified: int
    returned: int
    overdue: int

    @property
    def on_time(self) -> int:
        return self.sent - self.late


@dataclass
class ProvinceBoard:
    campaign: Campaign
    lines: list[PeriodLine]
    current: PeriodLine | None
    overdue: list[QuarterlyReport]
    overdue_count: int
    to_verify: int
    pledges: dict[str, int]
    sheets: dict[str, int]
    units: int
    leaders: list[ScoreSheet]
    computed_at: datetime.datetime | None

    @property
    def podiums(self) -> list[tuple[str, list[list[ScoreSheet]]]]:
        """Each cluster with who holds its first, second and third rank (several when they share it)."""
        found: dict[str, list[list[ScoreSheet]]] = {}
        for sheet in self.leaders:
            places = found.setdefault(sheet.participation.cluster.name, [[], [], []])
            places[sheet.rank - 1].append(sheet)
        return list(found.items())

    @property
    def current_note(self) -> str:
        line = self.current
        return f"trên {line.expected} đơn vị; hạn {line.period.due_at:%d/%m/%Y}" if line else ""

    @property
    def current_url(self) -> str:
        return (
            f"{reverse('report-list')}?campaign={self.campaign.pk}&period={self.current.period.pk}"
            if self.current
            else ""
        )

    @property
    def overdue_tone(self) -> str:
        return "bad" if self.overdue_count else "good"

    @property
    def pledges_note(self) -> str:
        waiting = f"; {self.pledges_waiting} chờ tỉnh xem" if self.pledges_waiting else ""
        return f"trên {self.units} đơn vị{waiting}"

    @property
    def ranking_title(self) -> str:
        return (
            "Ba đơn vị dẫn đầu mỗi cụm"
            if self.campaign.status in Campaign.FINISHED
            else "Xếp hạng tạm tính, chưa công bố"
        )

    @property
    def pledges_signed(self) -> int:
        return self.pledges.get(P.SIGNED, 0)

    @property
    def pledges_waiting(self) -> int:
        """Proposals that wait for the province."""
        return self.pledges.get(P.PROPOSED, 0)


OVERDUE_SHOWN = 12


def province_board(user: Any, campaign: Campaign, now: datetime.datetime) -> ProvinceBoard:
    """The picture of one campaign for those who follow it. At most seven queries."""
    reports = QuarterlyReport.objects.visible_to(user).filter(participation__campaign=campaign)
    lines = _period_lines(campaign, reports, now)
    overdue = reports.overdue(now)
    sheets = ScoreSheet.objects.visible_to(user).filter(participation__campaign=campaign)
    leaders = list(
        sheets.filter(rank__lte=3)
        .select_related("participation__cluster")
        .order_by("participation__cluster__order", "rank", "participation__sort_key")
    )
    states = Counter(dict(sheets.values_list("status").annotate(n=Count("pk")).order_by()))
    return ProvinceBoard(
        campaign=campaign,
        lines=lines,
        current=next((line for line in lines if line.period.due_at >= now), lines[-1] if lines else None),
        overdue=list(overdue.select_related("participation__cluster", "period").order_by("due_at")[:OVERDUE_SHOWN]),
        overdue_count=sum(line.overdue for line in lines),
        to_verify=sum(line.sent - line.verified for line in lines),
        pledges=dict(
            Pledge.objects.visible_to(user)
            .filter(participation__campaign=campaign)
            .values_list("status")
            .annotate(n=Count("pk"))
            .order_by()
        ),
        sheets=states,
        units=sum(states.values()),
        leaders=leaders,
        computed_at=max((sheet.computed_at for sheet in leaders if sheet.computed_at), default=None),
    )


def _period_lines(campaign: Campaign, reports: QuerySet, now: datetime.datetime) -> list[PeriodLine]:
    """Periods of which the person sees a report, the first first. One query."""
    sent = Q(reports__status__in=QuarterlyReport.SENT)
    numbers = {
        "expected": Count("reports"),
        "sent": Count("reports", filter=sent),
        "late": Count("reports", filter=sent & Q(reports__days_from_due__gt=0)),
        "verified": Count("reports", filter=Q(reports__status__in=(R.VERIFIED, R.LOCKED))),
        "returned": Count("reports", filter=Q(reports__status=R.RETURNED)),
        "overdue": Count(
            "reports", filter=Q(reports__status__in=QuarterlyReport.WITH_UNIT, reports__due_at__lt=now)
        ),
    }  # fmt: skip
    periods = campaign.periods.filter(reports__in=reports).annotate(**numbers).order_by("data_from")
    return [PeriodLine(period, **{name: getattr(period, name) for name in numbers}) for period in periods]


# --- the clerk: the register, what is not declared yet -----------------------------------------------------------------
NUMBERS_SHOWN = 8
UNDECLARED_SHOWN = 12


@dataclass
class ClerkBoard:
    """The home of the clerk: the newest numbers, active units whose documents cannot be issued yet."""

    numbers: list[DocumentNumber]
    undeclared: list[Unit]
    undeclared_count: int

    @property
    def undeclared_rest(self) -> int:
        return self.undeclared_count - len(self.undeclared)


def clerk_board(user: Any) -> ClerkBoard:
    """What the clerk keeps. Three queries."""
    undeclared = undeclared_units(user)
    return ClerkBoard(
        numbers=list(visible_numbers(user).select_related("unit")[:NUMBERS_SHOWN]),
        undeclared=list(undeclared[:UNDECLARED_SHOWN]),
        undeclared_count=undeclared.count(),
    )


def followed_campaigns(user: Any) -> list[Campaign]:
    """Running campaigns first, then the newest finished one, of those the person follows for the province."""
    ids = access.reach_ids(user, "ranking.view_draft")
    campaigns = Campaign.objects.exclude(status__in=(Campaign.Status.DRAFT, Campaign.Status.CANCELLED))
    if ids is not None:
        campaigns = campaigns.filter(owner__in=ids)
    found = list(campaigns.select_related("owner").order_by("-starts_on", "-pk"))
    return [row for row in found if row.is_running] + [row for row in found if not row.is_running]
