"""Grounds of a nomination: achievements as typed, and what forbids counting them (law.md §3.2: P1, P3, P5, P11)."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from awards.models import (
    NO_GROUND_FOR_MERIT,
    Achievement,
    Award,
    AwardKind,
    Discipline,
    Initiative,
    Nomination,
)
from campaigns.models import Campaign
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.text import search_key
from pledges.models import ExemplaryModel
from pledges.services.proposals import clean_text

Day = datetime.date
MAX_ACHIEVEMENTS = 20


@dataclass(frozen=True)
class AchievementEntry:
    """One ground as typed; at most one of model, initiative, award names where it is proved."""

    text: str
    period_from: Day
    period_to: Day
    campaign: Campaign | None = None
    model: ExemplaryModel | None = None
    initiative: Initiative | None = None
    award: Award | None = None


# --- what may be offered --------------------------------------------------------------------------------------------
def awards_as_grounds(nomination: Nomination) -> QuerySet[Award]:
    """Earlier awards of the recipient that may ground this one: thematic and sudden ones never one of merit (P3)."""
    rows = Award.objects.standing().filter(recipient=nomination.recipient_id).select_related("award_type")
    return rows.exclude(award_kind__in=NO_GROUND_FOR_MERIT) if nomination.award_kind == AwardKind.MERIT else rows


def initiatives_as_grounds(nomination: Nomination) -> QuerySet[Initiative]:
    """Initiatives of the recipient that no granted dossier has used yet (P11)."""
    used = Achievement.objects.filter(nomination__status=Nomination.Status.GRANTED, initiative__isnull=False)
    used = used.exclude(nomination=nomination).values("initiative")
    return Initiative.objects.filter(recipient=nomination.recipient_id).exclude(pk__in=used)


def campaigns_as_grounds(nomination: Nomination) -> QuerySet[Campaign]:
    """Those on which the cycle draws, and those that the achievements already name."""
    named = nomination.achievements.filter(campaign__isnull=False).values("campaign")
    return Campaign.objects.filter(Q(award_cycles=nomination.cycle_id) | Q(pk__in=named)).distinct()


def models_as_grounds(nomination: Nomination) -> QuerySet[ExemplaryModel]:
    """Recognised models of the unit, and those already named."""
    named = nomination.achievements.filter(model__isnull=False).values("model")
    standing = Q(unit=nomination.unit_id, status__in=ExemplaryModel.STANDING)
    return ExemplaryModel.objects.filter(standing | Q(pk__in=named)).order_by("name")


# --- keeping --------------------------------------------------------------------------------------------------------
def faults_of_entries(entries: Sequence[AchievementEntry]) -> list[str]:
    """What keeps typed achievements from being stored even in a draft."""
    found = []
    if len(entries) > MAX_ACHIEVEMENTS:
        found.append(f"Mỗi đề nghị có tối đa {MAX_ACHIEVEMENTS} thành tích. Hãy gộp những thành tích gần nhau.")
    for place, entry in enumerate(entries, 1):
        if not entry.text.strip():
            found.append(f"Thành tích thứ {place}: hãy ghi nội dung.")
        if entry.period_to < entry.period_from:
            found.append(f"Thành tích thứ {place}: ngày kết thúc phải bằng hoặc sau ngày bắt đầu.")
    return found


def write_achievements(nomination: Nomination, entries: Sequence[AchievementEntry]) -> None:
    """Replace the achievements. DomainError before anything is written. The caller holds the lock."""
    found = faults_of_entries(entries)
    for place, entry in enumerate(entries, 1):
        for thing in (entry.initiative, entry.award):
            if thing is not None and thing.recipient_id != nomination.recipient_id:
                found.append(f"Thành tích thứ {place}: “{thing}” không phải của {nomination.name}.")
    if found:
        raise DomainError("Chưa lưu được thành tích.", found)
    nomination.achievements.all().delete()
    Achievement.objects.bulk_create(
        Achievement(
            nomination=nomination,
            text=clean_text(entry.text),
            period_from=entry.period_from,
            period_to=entry.period_to,
            campaign=entry.campaign,
            model=entry.model,
            initiative=entry.initiative,
            award=entry.award,
        )
        for entry in entries
    )


# --- what forbids counting them -------------------------------------------------------------------------------------
def faults_of_grounds(nomination: Nomination) -> list[str]:
    """Sentences on achievements that may not ground this award: initiatives used already, thematic ones for merit."""
    rows = list(nomination.achievements.select_related("initiative", "award__award_type"))
    return [
        *_used_initiatives(nomination, rows),
        *_grounds_for_merit(nomination, rows),
    ]


def _used_initiatives(nomination: Nomination, rows: list[Achievement]) -> list[str]:
    ids = {row.initiative_id: row for row in rows if row.initiative_id}
    used = Achievement.objects.filter(initiative__in=ids, nomination__status=Nomination.Status.GRANTED)
    used = used.exclude(nomination=nomination).select_related("nomination__award_type", "nomination__cycle")
    return [
        f"Sáng kiến “{ids[row.initiative_id].initiative.title}” đã là căn cứ của {row.nomination.award_type.name} "
        f"({row.nomination.cycle.title}); một sáng kiến chỉ làm căn cứ một lần. Hãy chọn căn cứ khác."
        for row in used
    ]


def _grounds_for_merit(nomination: Nomination, rows: list[Achievement]) -> list[str]:
    if nomination.award_kind != AwardKind.MERIT:
        return []
    return [
        f"{row.award.award_type.name} năm {row.award.year} là khen thưởng {row.award.get_award_kind_display().lower()}, "
        "không làm căn cứ cho khen thưởng công trạng (Nghị định 152/2025, Điều 4). Hãy bỏ căn cứ này."
        for row in rows
        if row.award is not None and row.award.award_kind in NO_GROUND_FOR_MERIT
    ]


def faults_of_days(nomination: Nomination) -> list[str]:
    """P5: after discipline achievements count from its end. What the discipline was is not told here."""
    ends = Discipline.objects.filter(recipient=nomination.recipient_id, to_day__isnull=False)
    last = max(ends.values_list("to_day", flat=True), default=None)
    if last is None:
        return []
    return [
        f"Thành tích “{row.text[:60]}” bắt đầu trước ngày được tính thành tích của {nomination.name} "
        f"({last + datetime.timedelta(days=1):%d/%m/%Y}). Hãy ghi lại thời gian hoặc bỏ thành tích này."
        for row in nomination.achievements.filter(period_from__lte=last)
    ]


# --- one achievement, one award (P1) --------------------------------------------------------------------------------
def overlaps(nomination: Nomination) -> list[str]:
    """Sentences on achievements for which the recipient was awarded already (Luật TĐKT, Điều 5.2).

    Same campaign, model, initiative or wording, in days that overlap; an award taken over from before the portal is
    compared by the achievement that its line tells.
    """
    rows = list(nomination.achievements.all())
    standing = Award.objects.standing().filter(recipient=nomination.recipient_id).exclude(nomination=nomination.pk)
    found = []
    for award in standing.select_related("award_type", "nomination").prefetch_related("nomination__achievements"):
        for row in rows:
            if row.award_id != award.pk and _is_same(row, award):
                found.append(
                    f"“{row.text[:80]}” đã được khen thưởng: {award.award_type.name}, quyết định {award.decision_no} "
                    f"ngày {award.decided_on:%d/%m/%Y}."
                )
    return found


def _is_same(row: Achievement, award: Award) -> bool:
    if award.nomination is None:
        return _days_overlap(row, award) and bool(award.achievement) and _words_alike(row.text, award.achievement)
    return any(_days_overlap(row, other) and _one_ground(row, other) for other in award.nomination.achievements.all())


def _one_ground(row: Achievement, other: Achievement) -> bool:
    named = ("campaign_id", "model_id", "initiative_id")
    shared = any(getattr(row, name) and getattr(row, name) == getattr(other, name) for name in named)
    return shared or _words_alike(row.text, other.text)


def _days_overlap(row: Achievement, other: Achievement | Award) -> bool:
    if other.period_from is None or other.period_to is None:
        return True
    return row.period_from <= other.period_to and other.period_from <= row.period_to


def _words_alike(one: str, other: str) -> bool:
    return search_key(one).strip(" .") == search_key(other).strip(" .")


def others_of_recipient(nomination: Nomination) -> list[Nomination]:
    """Other living nominations of the same recipient, in this cycle or another: shown to whoever appraises."""
    rows = Nomination.objects.live().filter(recipient=nomination.recipient_id).exclude(pk=nomination.pk)
    return list(rows.select_related("cycle", "award_type").order_by("-cycle__year_to", "id"))
