"""Ranks inside each cluster, by the tie rules of the scheme, from the stored totals."""

from decimal import Decimal

from campaigns.models import Campaign
from campaigns.scoring.ranking import Contender, Decision, Ranked, rank
from campaigns.scoring.types import Scheme, Tie
from pledges.models import ScoreLine, ScoreSheet, TieDecision
from pledges.models.scoresheet import Stage
from pledges.services.figures import CampaignFigures
from pledges.services.schemes import parsed_scheme

RANK_FIELDS = ["rank", "rank_shared", "rank_reason"]


def rank_clusters(campaign: Campaign) -> dict[int, Ranked]:
    """By sheet id. Sheets without a class for cause, and those without any score, are left out."""
    scheme = parsed_scheme(campaign.scheme)
    sheets = list(
        ScoreSheet.objects.filter(participation__campaign=campaign, unranked=False, final_total__isnull=False)
        .select_related("participation")
        .order_by("participation__sort_key", "pk")
    )
    contenders = _contenders(campaign, scheme, sheets)
    decisions: dict[int, list[Decision]] = {}
    for made in TieDecision.objects.filter(cluster__campaign=campaign).order_by("-decided_at", "-pk"):
        decisions.setdefault(made.cluster_id, []).append(Decision([str(pk) for pk in made.order], made.reason))
    by_cluster: dict[int | None, list[ScoreSheet]] = {}
    for sheet in sheets:
        by_cluster.setdefault(sheet.participation.cluster_id, []).append(sheet)
    labels = {code: node.title for code, node in scheme.nodes.items()}
    sheet_of = {str(sheet.participation_id): sheet.pk for sheet in sheets}
    ranks: dict[int, Ranked] = {}
    for cluster_id, members in by_cluster.items():
        own = decisions.get(cluster_id, []) if cluster_id else []
        contenders_here = [contenders[sheet.pk] for sheet in members]
        for ranked in rank(contenders_here, scheme.ties or (Tie("shared"),), own, labels=labels):
            ranks[sheet_of[ranked.unit]] = ranked
    return ranks


def _contenders(campaign: Campaign, scheme: Scheme, sheets: list[ScoreSheet]) -> dict[int, Contender]:
    sections = {tie.code for tie in scheme.ties if tie.kind == "section"}
    indicators = {tie.code for tie in scheme.ties if tie.kind == "indicator"}
    points: dict[int, dict[str, Decimal | None]] = {}
    for sheet_id, code, value in ScoreLine.objects.filter(
        sheet__participation__campaign=campaign, code__in=sections
    ).values_list("sheet_id", "code", "final_points"):
        points.setdefault(sheet_id, {})[code] = value
    late: dict[int, int] = {}
    for unit in campaign.participations.filter(reports__days_from_due__gt=0).values_list("pk", flat=True):
        late[unit] = late.get(unit, 0) + 1
    figures = CampaignFigures(campaign, Stage.VERIFIED) if indicators else None
    rolled = {code: found for code in indicators if figures and (found := figures.rolled(code))}
    return {
        sheet.pk: Contender(
            unit=str(sheet.participation_id),
            total=sheet.final_total,
            women_share=sheet.participation.women_share,
            deductions=sheet.deduction,
            late_reports=Decimal(late.get(sheet.participation_id, 0)),
            sections=points.get(sheet.pk, {}),
            indicators={code: found.by_unit[sheet.participation_id].value for code, found in rolled.items()},
        )
        for sheet in sheets
    }


def rank_values(ranked: Ranked | None) -> tuple[int | None, bool, str]:
    """What is stored of a rank, in the order of RANK_FIELDS."""
    return (None, False, "") if ranked is None else (ranked.rank, ranked.shared, ranked.reason[:250])


def store_ranks(campaign: Campaign) -> None:
    ranks = rank_clusters(campaign)
    changed = []
    for sheet in ScoreSheet.objects.filter(participation__campaign=campaign):
        wanted = rank_values(ranks.get(sheet.pk))
        if (sheet.rank, sheet.rank_shared, sheet.rank_reason) != wanted:
            sheet.rank, sheet.rank_shared, sheet.rank_reason = wanted
            changed.append(sheet)
    ScoreSheet.objects.bulk_update(changed, RANK_FIELDS, batch_size=100)


def compare_ranks(campaign: Campaign, units: dict[int, str]) -> list[str]:
    """Sentences on ranks that differ from a recomputation; ``units``: names by participation."""
    ranks = rank_clusters(campaign)
    return [
        f"{units[sheet.participation_id]}: đang xếp hạng {sheet.rank}, tính lại được {wanted[0]}."
        for sheet in ScoreSheet.objects.filter(participation__campaign=campaign)
        if (sheet.rank, sheet.rank_shared, sheet.rank_reason) != (wanted := rank_values(ranks.get(sheet.pk)))
    ]
