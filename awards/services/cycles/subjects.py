"""Who a result belongs to: the unit itself as a collective, or whom a recognised model names."""

from typing import Any

from django.db import IntegrityError, transaction

from awards.models import Recipient, RecipientKind
from dvk_portal.core import audit
from dvk_portal.core.text import search_key
from pledges.models import ExemplaryModel
from pledges.models.exemplary_model import SubjectKind
from units.models import Unit

_KINDS = {SubjectKind.COLLECTIVE: RecipientKind.COLLECTIVE, SubjectKind.INDIVIDUAL: RecipientKind.PERSON}
NAME_LENGTH = 150


def new_recipient_of_unit(unit: Unit) -> Recipient:
    """The unit as a collective, not stored."""
    return Recipient(kind=RecipientKind.COLLECTIVE, name=unit.name[:NAME_LENGTH], unit=unit, of_unit=unit)


def new_recipient_of_model(model: ExemplaryModel) -> Recipient:
    """Whom the model names, not stored."""
    return Recipient(kind=_KINDS[SubjectKind(model.subject_kind)], name=model.subject[:NAME_LENGTH], unit=model.unit)


def subject_key(recipient: Recipient) -> tuple[int, str, str]:
    """What makes two recipients one here: unit, kind and name, however it is written."""
    return recipient.unit_id, recipient.kind, search_key(recipient.name)


@transaction.atomic
def recipient_of_unit(unit: Unit, *, actor: Any) -> Recipient:
    """The recipient that ``unit`` is, made when there is none yet."""
    found = Recipient.objects.filter(of_unit=unit).select_related("unit").first()
    return found or _store(new_recipient_of_unit(unit), actor)


@transaction.atomic
def recipient_of_model(model: ExemplaryModel, *, actor: Any) -> Recipient:
    """Whom the model names: one of the same unit, kind and name, or a new one."""
    wanted = new_recipient_of_model(model)
    same = (
        Recipient.objects.filter(unit=model.unit, kind=wanted.kind, is_active=True)
        .select_related("unit")
        .order_by("pk")
    )
    return next((row for row in same if subject_key(row) == subject_key(wanted)), None) or _store(wanted, actor)


def _store(recipient: Recipient, actor: Any) -> Recipient:
    recipient.created_by = actor
    recipient.set_keys()
    try:
        with transaction.atomic():
            recipient.save()
    except IntegrityError:  # made by somebody else in this instant
        return Recipient.objects.select_related("unit").get(of_unit=recipient.of_unit)
    audit.record(recipient, "create", actor=actor)
    return recipient
