"""What people do with a campaign as a whole: make it, describe it, launch it, cancel it, put it away."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from campaigns import observers
from campaigns.models import Campaign, CampaignAttachment, ReminderStep
from campaigns.models.campaign import all_signing_methods
from campaigns.services.editing import FIELDS, Part, open_for_editing, require_draft, write_fields
from campaigns.services.roster import freeze
from campaigns.workflows import CAMPAIGN
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import store_upload
from units import access
from units.models import Unit


def owners_for(user: Any, permission: str = "campaign.manage") -> list[Unit]:
    """Bodies in whose name the person may run a campaign (or what else ``permission`` is): his organ and those above it, up
    to the unit it serves."""
    found: dict[int, Unit] = {}
    for membership in access.rights(user).memberships:
        if membership.role not in access.matrix()[permission]:
            continue
        unit = membership.unit
        chain = [unit]
        while unit.kind.is_organ and unit.parent is not None:
            unit = unit.parent
            chain.append(unit)
        # The organ that answers to the unit itself (the Ban) comes first: it is nearly always the owner.
        organs = [each for each in reversed(chain) if each.kind.is_organ]
        found |= {each.pk: each for each in [*organs[:1], *chain[-1:], *organs[1:]]}
    return list(found.values())


@transaction.atomic
def create_campaign(owner: Unit, *, actor: Any, **fields: Any) -> Campaign:
    """A draft with the usual reminder ladder. ``fields``: title, form, starts_on, ends_on and others of the model."""
    campaign = Campaign(owner=owner, created_by=actor, **fields)
    if not actor.has_perm("campaign.manage", campaign):
        raise PermissionDenied
    campaign.set_keys()
    campaign.save()
    set_default_reminders(campaign)
    audit.record(campaign, "create", actor=actor)
    return campaign


def set_default_reminders(campaign: Campaign) -> None:
    ReminderStep.objects.bulk_create(
        ReminderStep(campaign=campaign, days=days, to_leader=leader, to_officer=officer)
        for days, leader, officer in ReminderStep.DEFAULT
    )


@transaction.atomic
def describe_campaign(
    campaign: Campaign, part: str, values: dict[str, Any], *, actor: Any, version: str | None = None
) -> Campaign:
    """Write the columns of one part (:data:`campaigns.services.editing.FIELDS`); others are refused as a programming error."""
    locked = open_for_editing(campaign, actor=actor, part=part, version=version)
    allowed = {name.removesuffix("_id") for name in FIELDS[part]}
    if strange := values.keys() - allowed:
        raise ValueError(f"Not a field of {part}: {strange}")
    if locked.periods.exists():
        _check_periods_inside(locked, values)
    _check_dates_of_targets(locked, values)
    _check_signing(locked, values)
    return write_fields(locked, values, actor=actor, action=f"describe_{part}")


def _check_periods_inside(campaign: Campaign, values: dict[str, Any]) -> None:
    starts_on = values.get("starts_on", campaign.starts_on)
    ends_on = values.get("ends_on", campaign.ends_on)
    outside = [
        f"{period}: {period.data_from:%d/%m/%Y} – {period.data_to:%d/%m/%Y}"
        for period in campaign.periods.all()
        if period.data_from < starts_on or period.data_to > ends_on
    ]
    if outside:
        raise DomainError(
            "Thời gian mới không chứa hết các kỳ báo cáo đã lập. Hãy sửa hoặc bỏ các kỳ này trước.", outside
        )


def _check_dates_of_targets(campaign: Campaign, values: dict[str, Any]) -> None:
    starts_on = values.get("starts_on", campaign.starts_on)
    ends_on = values.get("ends_on", campaign.ends_on)
    dated = campaign.asked.filter(target_due_on__isnull=False).select_related("indicator")
    outside = [
        f"{row.indicator.label}: {row.target_due_on:%d/%m/%Y}"
        for row in dated
        if not starts_on <= row.target_due_on <= ends_on
    ]
    if outside:
        raise DomainError("Thời gian mới không chứa thời hạn của các chỉ tiêu sau. Hãy sửa thời hạn trước.", outside)


def _check_signing(campaign: Campaign, values: dict[str, Any]) -> None:
    methods = values.get("signing_methods", campaign.signing_methods)
    if not methods or set(methods) - set(all_signing_methods()):
        raise DomainError("Hãy chọn ít nhất một cách ký giao ước.")
    witness = values.get("witness", campaign.witness)
    if witness is not None and witness.pk == campaign.owner_id:
        raise DomainError("Bên chứng kiến phải khác cơ quan chủ trì phong trào.")


@transaction.atomic
def attach_file(campaign: Campaign, upload: UploadedFile, *, actor: Any, title: str = "") -> CampaignAttachment:
    """Keep a document of the campaign; units see it once the campaign is launched."""
    locked = open_for_editing(campaign, actor=actor, part=Part.DOCUMENT)
    if locked.attachments.count() >= settings.UPLOAD_MAX_PER_RECORD:
        raise DomainError(f"Mỗi phong trào nhận tối đa {settings.UPLOAD_MAX_PER_RECORD} tệp. Hãy gộp hoặc bỏ bớt tệp.")
    stored = store_upload(upload, actor=actor)
    attachment = CampaignAttachment.objects.create(
        campaign=locked, file=stored, title=(title.strip() or stored.name.rpartition(".")[0])[:200]
    )
    audit.record(locked, "attach_file", actor=actor, changes={attachment.title: [None, stored.sha256]})
    return attachment


@transaction.atomic
def remove_attachment(attachment: CampaignAttachment, *, actor: Any) -> Campaign:
    """Take a document out of a draft; the bytes stay, as evidence of what was there."""
    locked = open_for_editing(attachment.campaign, actor=actor, part=Part.DOCUMENT)
    require_draft(locked, "bỏ tài liệu đã gửi đến các đơn vị")
    audit.record(locked, "remove_file", actor=actor, changes={attachment.title: [attachment.file.sha256, None]})
    attachment.delete()
    return locked


@transaction.atomic
def launch_campaign(campaign: Campaign, *, actor: Any) -> Campaign:
    """Open the campaign and freeze its roster; the apps above prepare pledges, reports and score sheets."""
    CAMPAIGN.apply(campaign, "launch", actor=actor)
    participations = [freeze(row) for row in campaign.participations.select_related("unit__kind", "unit__parent")]
    campaign.participations.bulk_update(
        participations, ["name", "kind_name", "parent_name", "sort_key", "search_key"], batch_size=100
    )
    observers.tell_launched(campaign, participations, actor=actor)
    return campaign


@transaction.atomic
def start_scoring(campaign: Campaign, *, actor: Any) -> Campaign:
    CAMPAIGN.apply(campaign, "start_scoring", actor=actor)
    observers.tell_status_changed(campaign, actor=actor)
    return campaign


@transaction.atomic
def reopen_campaign(campaign: Campaign, *, actor: Any, note: str) -> Campaign:
    """Back from scoring to the campaign itself, with the reason."""
    CAMPAIGN.apply(campaign, "reopen", actor=actor, note=note)
    observers.tell_status_changed(campaign, actor=actor)
    return campaign


@transaction.atomic
def archive_campaign(campaign: Campaign, *, actor: Any) -> Campaign:
    return CAMPAIGN.apply(campaign, "archive", actor=actor)


@transaction.atomic
def cancel_campaign(campaign: Campaign, *, actor: Any, note: str) -> Campaign:
    """Give the campaign up. What was reported stays readable; units that had been told hear of it."""
    CAMPAIGN.apply(campaign, "cancel", actor=actor, note=note)
    if campaign.launched_at:
        observers.tell_cancelled(campaign, actor=actor, note=note.strip())
    return campaign
