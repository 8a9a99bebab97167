"""Quotas of a cycle: writing them, and where their line falls among the present candidates (R-18, W-40)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from awards.models import AwardCycle, Nomination, Quota, Recipient, RecipientKind, YearRecord
from awards.quotas import Candidate, Limit, Line, Place, allowed, draw_line, is_mostly_women
from awards.services.cycles.editing import lock_living
from campaigns.models import Cluster, Participation
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from pledges.models import ExemplaryModel, Recognition
from units import access

FIELDS = (
    "award_type", "subject_kind", "cluster", "maximum", "percent", "percent_of", "per_unit", "leader_percent",
    "least_class", "least_points",
)  # fmt: skip
# What a row that says nothing of them has.
_UNSAID = {"subject_kind": "", "cluster": None, "percent_of": Quota.Of.UNITS, "least_class": ""}
_LIMITS = ("maximum", "percent", "per_unit", "leader_percent", "least_points")


# --- writing ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def save_quota(cycle: AwardCycle, quota: Quota | None, *, actor: Any, **fields: Any) -> Quota:
    """A new row, or ``quota`` changed; a limit that is not named is none.

    Raises DomainError: nothing limited, alien award or cluster, the same row twice.
    """
    locked = lock_living(cycle, actor)
    row = Quota(cycle=locked) if quota is None else locked.quotas.select_for_update(of=("self",)).get(pk=quota.pk)
    before = _words_of(row) if row.pk else dict.fromkeys(FIELDS)
    for name in FIELDS:
        setattr(row, name, fields.get(name, _UNSAID.get(name)))
    if faults := _faults_of(locked, row):
        raise DomainError("Chưa lưu được hạn mức.", faults)
    row.save()
    changes = {
        name: [before[name], new] for name, new in _words_of(row).items() if (before[name] or None) != (new or None)
    }
    if changes:
        audit.record(locked, "quota_save", actor=actor, changes=changes, note=row.award_type.name)
    return row


def _words_of(row: Quota) -> dict[str, Any]:
    """The row as the trail shows it; what percentages are taken of says nothing without a percentage."""
    values = {name: getattr(row, name) for name in FIELDS}
    own = {
        "subject_kind": row.get_subject_kind_display(),
        "percent_of": row.get_percent_of_display() if row.percent else "",
    }
    return {
        name: value if value is None or isinstance(value, int) else str(value)
        for name, value in {**values, **own}.items()
    }


def _faults_of(cycle: AwardCycle, row: Quota) -> list[str]:
    found = []
    if not cycle.award_types.filter(pk=row.award_type_id).exists():
        found.append(f"Đợt này không xét {row.award_type}.")
    if row.subject_kind and not row.award_type.is_for(row.subject_kind):
        found.append(f"{row.award_type} không dành cho {RecipientKind(row.subject_kind).label.lower()}.")
    if row.cluster_id and not cycle.campaigns.filter(pk=row.cluster.campaign_id).exists():
        found.append("Cụm, khối phải thuộc một phong trào của đợt.")
    if not row.least_class and all(getattr(row, name) is None for name in _LIMITS):
        found.append("Hãy ghi ít nhất một giới hạn: số tối đa, tỷ lệ, mức của đơn vị, xếp loại hoặc điểm.")
    same = cycle.quotas.filter(award_type=row.award_type, subject_kind=row.subject_kind, cluster=row.cluster)
    if same.exclude(pk=row.pk).exists():
        found.append("Hạn mức cho danh hiệu, đối tượng và cụm này đã có. Hãy sửa dòng đã có.")
    return found


@transaction.atomic
def remove_quota(quota: Quota, *, actor: Any) -> AwardCycle:
    locked = lock_living(quota.cycle, actor)
    audit.record(locked, "quota_remove", actor=actor, changes={"quota": [str(quota), None]})
    quota.delete()
    return locked


def clusters_of(cycle: AwardCycle) -> QuerySet[Cluster]:
    return Cluster.objects.filter(campaign__award_cycles=cycle).select_related("campaign").order_by("campaign", "order")


def class_names(cycle: AwardCycle) -> list[str]:
    """Classes of the scoring tables of the cycle's campaigns, the best first."""
    found: list[str] = []
    for campaign in cycle.campaigns.select_related("scheme").order_by("pk"):
        document = campaign.scheme.document if campaign.scheme_id else {}
        found += [item["label"] for item in document.get("classes") or [] if item["label"] not in found]
    return found


# --- how many -----------------------------------------------------------------------------------------------------------
@dataclass
class Bases:
    """What percentages are taken of: units by cluster, recognised models by cluster; key None = all of the cycle."""

    units: Counter
    recognised: Counter
    classes: list[str]

    def allowed(self, quota: Quota) -> int | None:
        return allowed(quota.maximum, quota.percent, self.base(quota))

    def base(self, quota: Quota) -> int:
        counted = self.recognised if quota.percent_of == Quota.Of.RECOGNISED else self.units
        return counted[quota.cluster_id]

    def limit(self, quota: Quota) -> Limit:
        return Limit(
            self.allowed(quota), quota.per_unit, quota.leader_percent, quota.least_points, quota.least_class, self.classes
        )  # fmt: skip


def bases_of(cycle: AwardCycle) -> Bases:
    """Three queries. A unit or a model counts once in the whole, and once in each of its clusters."""
    rows = list(
        Participation.objects.filter(campaign__award_cycles=cycle)
        .order_by()
        .values_list("cluster_id", "unit_id")
        .distinct()
    )
    units = Counter(cluster for cluster, _ in rows if cluster is not None)
    units[None] = len({unit for _, unit in rows})
    in_clusters: dict[int, set[int]] = {}
    for cluster, unit in rows:
        if cluster is not None:
            in_clusters.setdefault(unit, set()).add(cluster)
    recognised: Counter = Counter()
    for _, unit in set(recognised_in(cycle).order_by().values_list("model_id", "model__unit_id")):
        recognised[None] += 1
        recognised.update(in_clusters.get(unit, ()))
    return Bases(units, recognised, class_names(cycle))


def recognised_in(cycle: AwardCycle) -> QuerySet[Recognition]:
    """Recognitions of the years of the cycle whose models still stand, of units below the owner."""
    return Recognition.objects.granted().filter(
        year__gte=cycle.year_from, year__lte=cycle.year_to,
        model__unit__path__startswith=access.base_unit(cycle.owner).path,
        model__status__in=ExemplaryModel.STANDING,
    )  # fmt: skip


# --- the cut ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Cut:
    """One row of the quota with its candidates in order; ``number`` None = no limit of number."""

    quota: Quota
    number: int | None
    base: int
    rows: list[tuple[Line, Nomination]]

    @property
    def over(self) -> int:
        """How many do not fit."""
        return sum(line.place in (Place.OVER, Place.OVER_UNIT, Place.OVER_LEADERS) for line, _ in self.rows)

    @property
    def within(self) -> int:
        return sum(line.place == Place.WITHIN for line, _ in self.rows)


def cuts_of(cycle: AwardCycle, quotas: Iterable[Quota] | None = None) -> list[Cut]:
    """Every quota of the cycle with the line drawn among the living nominations. Eight queries, however many."""
    bases = bases_of(cycle)
    if quotas is None:
        quotas = cycle.quotas.select_related("award_type", "cluster")
    rows = list(cycle.nominations.live().select_related("recipient", "award_type", "unit", "sheet"))
    favoured = favoured_of({row.recipient for row in rows}, cycle.year_to)
    found = []
    for quota in quotas:
        mine = {row.pk: row for row in rows if covers(quota, row.award_type_id, row.subject_kind, row.cluster_id)}
        lines = draw_line([_candidate(row, favoured) for row in mine.values()], bases.limit(quota))
        pairs = [(line, mine[line.candidate.key]) for line in lines]
        found.append(Cut(quota, bases.allowed(quota), bases.base(quota), pairs))
    return found


def covers(quota: Quota, award_type: int, kind: str, cluster: int | None) -> bool:
    """Whether ``quota`` speaks of such a candidate."""
    return (
        quota.award_type_id == award_type
        and quota.subject_kind in ("", kind)
        and (quota.cluster_id is None or quota.cluster_id == cluster)
    )


def _candidate(row: Nomination, favoured: set[int]) -> Candidate:
    return Candidate(
        key=row.pk,
        unit=row.unit_id,
        points=row.score,
        score_class=row.sheet.score_class if row.sheet else "",
        favoured=row.recipient_id in favoured,
        is_leader=row.recipient.is_leader,
    )


def favoured_of(recipients: Iterable[Recipient], year: int) -> set[int]:
    """Ids of women, and of collectives of which at least 70 % were women in ``year`` (P7). One query."""
    recipients = [row for row in recipients if row.pk]
    found = {row.pk for row in recipients if row.kind == RecipientKind.PERSON and row.sex == Recipient.Sex.FEMALE}
    collectives = [row.pk for row in recipients if row.kind == RecipientKind.COLLECTIVE]
    known = YearRecord.objects.filter(recipient__in=collectives, year=year)
    found |= {pk for pk, women, members in known.values_list("recipient", "members_women", "members")
              if is_mostly_women(women, members)}  # fmt: skip
    return found


def percent_words(number: Decimal) -> str:
    return f"{number.normalize():f}".replace(".", ",")


def limit_words(quota: Quota, number: int | None, base: int) -> str:
    """The row as one line for people: "tối đa 3 (20 % của 17 đơn vị, làm tròn xuống); mỗi đơn vị 1; …"."""
    parts = []
    if quota.percent is not None:
        share = f"{percent_words(quota.percent)} % của {base} {quota.get_percent_of_display().removeprefix('số ')}, làm tròn xuống"
        top = f"; không quá {quota.maximum}" if quota.maximum is not None else ""
        parts.append(f"được {number} ({share}{top})")
    elif number is not None:
        parts.append(f"tối đa {number}")
    if quota.per_unit is not None:
        parts.append(f"mỗi đơn vị tối đa {quota.per_unit}")
    if quota.leader_percent is not None:
        parts.append(f"lãnh đạo, quản lý không quá {percent_words(quota.leader_percent)} %")
    if quota.least_class:
        parts.append(f"xếp loại từ {quota.least_class}")
    if quota.least_points is not None:
        parts.append(f"từ {percent_words(quota.least_points)} điểm")
    return "; ".join(parts)
