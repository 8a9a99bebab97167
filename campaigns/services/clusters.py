"""Clusters (cụm, khối): their names and officers, and the unit that heads each of them for a time."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from campaigns.models import Campaign, Cluster, ClusterHead, Participation
from campaigns.services.editing import Part, open_for_editing, require_draft
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.text import search_key

ONE_DAY = datetime.timedelta(days=1)


@transaction.atomic
def add_cluster(campaign: Campaign, *, actor: Any, name: str, order: int = 0, officer: Any = None) -> Cluster:
    """One more cluster; in a running campaign too, for units that join late."""
    locked = open_for_editing(campaign, actor=actor, part=Part.CLUSTERS)
    _check_name(locked, name)
    last = locked.clusters.order_by("-order").values_list("order", flat=True).first() or 0
    cluster = Cluster.objects.create(campaign=locked, name=name.strip(), order=order or last + 1, officer=officer)
    audit.record(locked, "add_cluster", actor=actor, changes={cluster.name: [None, cluster.order]})
    return cluster


@transaction.atomic
def change_cluster(cluster: Cluster, *, actor: Any, name: str, order: int, officer: Any) -> Cluster:
    """Name, order and officer. The name stays after launch: it stands in what the units were told."""
    locked = open_for_editing(cluster.campaign, actor=actor, part=Part.CLUSTERS)
    new = {"name": name.strip(), "order": order, "officer": officer}
    changes = {key: [str(getattr(cluster, key) or ""), str(value or "")] for key, value in new.items()
               if getattr(cluster, key) != value}  # fmt: skip
    if "name" in changes:
        require_draft(locked, "đổi tên cụm, khối")
        _check_name(locked, name, but=cluster.pk)
    for key, value in new.items():
        setattr(cluster, key, value)
    cluster.save(update_fields=list(new))
    if changes:
        audit.record(locked, "change_cluster", actor=actor, changes={f"{cluster}: {k}": v for k, v in changes.items()})
    return cluster


def _check_name(campaign: Campaign, name: str, but: int | None = None) -> None:
    if not name.strip():
        raise DomainError("Hãy ghi tên cụm, khối.")
    taken = campaign.clusters.exclude(pk=but).values_list("name", flat=True)
    if search_key(name) in {search_key(other) for other in taken}:
        raise DomainError(f"Phong trào đã có cụm, khối tên “{name.strip()}”.")


@transaction.atomic
def remove_cluster(cluster: Cluster, *, actor: Any) -> Campaign:
    """Remove an empty cluster of a draft."""
    locked = open_for_editing(cluster.campaign, actor=actor, part=Part.CLUSTERS)
    require_draft(locked, "bỏ cụm, khối")
    members = cluster.participations.count()
    if members:
        raise DomainError(f"{cluster} còn {members} đơn vị. Hãy chuyển các đơn vị sang cụm khác trước khi bỏ.")
    audit.record(locked, "remove_cluster", actor=actor, changes={cluster.name: ["có", None]})
    cluster.delete()
    return locked


@transaction.atomic
def appoint_head(
    cluster: Cluster, participation: Participation, *, actor: Any, valid_from: datetime.date,
    valid_to: datetime.date | None = None, is_deputy: bool = False,
) -> ClusterHead:  # fmt: skip
    """Make a unit of the cluster its head (or deputy) from a day on; the head before it serves until the day before."""
    locked = open_for_editing(cluster.campaign, actor=actor, part=Part.CLUSTERS)
    if participation.cluster_id != cluster.pk:
        raise DomainError(f"{participation} không thuộc {cluster} nên không làm trưởng, phó cụm được.")
    if valid_to and valid_to < valid_from:
        raise DomainError("Ngày thôi giữ vai trò phải từ ngày bắt đầu trở đi.")
    overlapping = Q(valid_to=None) | Q(valid_to__gte=valid_from)
    same_post = cluster.heads.filter(overlapping, is_deputy=is_deputy)
    if is_deputy:  # a cluster may have several deputies, a unit is one of them once
        same_post = same_post.filter(participation=participation)
    for before in same_post:
        if before.valid_from >= valid_from:
            raise DomainError(
                f"{before} đã được giao từ {before.valid_from:%d/%m/%Y}. Hãy chọn ngày bắt đầu sau ngày đó "
                "hoặc kết thúc vai trò đó trước."
            )
        before.valid_to = valid_from - ONE_DAY
        before.save(update_fields=["valid_to"])
    head = ClusterHead.objects.create(
        cluster=cluster, participation=participation, is_deputy=is_deputy, valid_from=valid_from, valid_to=valid_to
    )
    audit.record(
        locked, "appoint_head", actor=actor, changes={cluster.name: [None, f"{head} từ {valid_from:%d/%m/%Y}"]}
    )
    return head


@transaction.atomic
def end_headship(head: ClusterHead, *, actor: Any, valid_to: datetime.date) -> ClusterHead:
    """The unit heads its cluster until the end of ``valid_to``."""
    locked = open_for_editing(head.cluster.campaign, actor=actor, part=Part.CLUSTERS)
    if valid_to < head.valid_from:
        if not locked.is_draft:
            raise DomainError("Ngày thôi giữ vai trò phải từ ngày bắt đầu trở đi.")
        head.delete()  # never in force
    else:
        head.valid_to = valid_to
        head.save(update_fields=["valid_to"])
    audit.record(locked, "end_headship", actor=actor, changes={str(head.cluster): [str(head), f"{valid_to:%d/%m/%Y}"]})
    return head
