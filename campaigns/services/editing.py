"""The one gate of every edit of a campaign: who may, what is still open after launch, and who was here meanwhile."""

import hashlib
import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import TextChoices
from django.utils import timezone

from campaigns.models import Campaign
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError


class Part(TextChoices):
    """A part of a campaign that is edited, and guarded against stale forms, on its own."""

    BASICS = "basics", "Thông tin chung"
    CONTENT = "content", "Nội dung, cam kết"
    DOCUMENT = "document", "Văn bản, tài liệu"
    SCHEME = "scheme", "Bảng tiêu chí, phân công"
    PERIODS = "periods", "Kỳ báo cáo, nhắc việc"
    ASKED = "asked", "Chỉ số báo cáo"
    ROSTER = "roster", "Đơn vị tham gia"
    CLUSTERS = "clusters", "Cụm, khối"


# Columns of the campaign itself, by the part that edits them.
FIELDS: dict[str, tuple[str, ...]] = {
    Part.BASICS: (
        "title", "form", "starts_on", "ends_on", "contact_id", "previous_id",
        "pledge_required", "signing_methods", "witness_id", "pledge_copies",
    ),
    Part.CONTENT: (
        "slogan", "goal", "audience", "content", "criteria", "measures", "common_commitments", "province_commitments",
    ),
    Part.DOCUMENT: ("document_no", "document_date", "document_signer"),
    Part.SCHEME: ("scheme_id",),
}  # fmt: skip

# What units have been told or have signed for; it stays as it was at launch.
FROZEN_AT_LAUNCH = frozenset(
    {
        "title", "document_no", "document_date", "document_signer",
        "form", "starts_on", "ends_on", "pledge_required", "previous_id", "scheme_id",
        "signing_methods", "witness_id", "pledge_copies",
        "common_commitments", "province_commitments",
    }
)  # fmt: skip


class StaleEditError(DomainError):
    """Somebody changed the same part since the form was opened."""


def version_of(campaign: Campaign, part: str) -> str:
    """A mark of what ``part`` holds now; it differs as soon as somebody changes it."""
    values: list[Any] = [str(getattr(campaign, name)) for name in FIELDS.get(part, ())]
    for rows in _rows(campaign, part):
        values.append([[str(value) for value in row] for row in rows])
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:20]


def _rows(campaign: Campaign, part: str) -> list[models.QuerySet]:
    if part == Part.ASKED:
        columns = ("indicator_id", "required", "in_pledge", "common_target", "target_due_on", "weight")
        return [campaign.asked.order_by("indicator_id").values_list(*columns)]
    if part == Part.CLUSTERS:
        return [
            campaign.clusters.order_by("id").values_list("id", "name", "order", "officer_id"),
            campaign.participations.order_by("unit_id").values_list("unit_id", "cluster_id"),
        ]
    return []


def open_for_editing(campaign: Campaign, *, actor: Any, part: str, version: str | None = None) -> Campaign:
    """Lock the campaign and return it as it stands. Call inside a transaction, first thing.

    Raises PermissionDenied; DomainError when it is finished; StaleEditError when ``version`` (of :func:`version_of`) is old.
    """
    locked = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if not actor.has_perm("campaign.manage", locked):
        raise PermissionDenied
    if locked.status in Campaign.FINISHED:
        raise DomainError(
            f"Phong trào đang ở trạng thái “{locked.get_status_display()}” nên không sửa được nữa. "
            "Cần làm tiếp cho năm sau, hãy dùng “Nhân bản sang năm sau”."
        )
    if version is not None and version != version_of(locked, part):
        raise StaleEditError(
            f"Mục “{Part(part).label}” vừa được người khác sửa trong lúc bạn đang làm. Nội dung bạn nhập vẫn còn dưới đây: "
            "hãy đối chiếu rồi lưu lại nếu vẫn muốn thay.",
            _latest_change(locked, actor),
        )
    return locked


def _latest_change(campaign: Campaign, actor: Any) -> list[str]:
    last = audit.trail(campaign).exclude(actor=actor).first()
    if last is None:
        return []
    return [f"Người sửa gần nhất: {last.actor or 'Hệ thống'}, lúc {timezone.localtime(last.at):%H:%M %d/%m/%Y}."]


def require_draft(campaign: Campaign, what: str) -> None:
    """Refuse to change ``what`` (in words) after launch."""
    if not campaign.is_draft:
        raise DomainError(
            f"Phong trào đã phát động nên không {what} được nữa: các đơn vị đang thực hiện theo nội dung đã báo."
        )


def write_fields(campaign: Campaign, values: dict[str, Any], *, actor: Any, action: str) -> Campaign:
    """Write columns of a locked campaign and leave old and new in the audit trail. Nothing changed, nothing written."""
    changes: dict[str, list[Any]] = {}
    for name, value in values.items():
        column = campaign._meta.get_field(name).attname
        old = getattr(campaign, column)
        setattr(campaign, name, value)
        if getattr(campaign, column) != old:
            changes[column] = [old, getattr(campaign, column)]
    if not changes:
        return campaign
    if not campaign.is_draft and (frozen := FROZEN_AT_LAUNCH & changes.keys()):
        words = ", ".join(sorted(str(campaign._meta.get_field(name).verbose_name) for name in frozen))
        raise DomainError(f"Phong trào đã phát động nên không sửa được: {words}.")
    campaign.set_keys()
    campaign.save(update_fields=[*values, "search_key"])
    audit.record(campaign, action, actor=actor, changes=changes)
    return campaign
