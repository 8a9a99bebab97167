"""Publicity of a model: who agreed to what, the story, the switch. What the public then sees is gallery.py's matter."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import store_upload
from pledges.models import ExemplaryModel, PublicationConsent
from pledges.redaction import holds_name
from pledges.services.exemplary.gallery import make_public, with_public_parts

# Longer than that the sheet does not fit on one page of A4.
MAX_STORY, MAX_RESULTS = 2500, 800


@dataclass(frozen=True)
class Consent:
    """What is recorded of a consent; ``upload`` is the signed paper, if there is one."""

    given_by: str
    capacity: str
    given_on: datetime.date
    covers_subject: bool = False
    covers_pictures: bool = False
    covers_contact: bool = False
    upload: UploadedFile | None = None


# --- who may what ---------------------------------------------------------------------------------------------------
def may_write_story(user: Any, model: ExemplaryModel) -> bool:
    """The unit writes its story and records who agreed; not of a model that is over."""
    return model.status not in ExemplaryModel.OVER and user.has_perm("model.edit", model)


def may_withdraw_consent(user: Any, model: ExemplaryModel) -> bool:
    """The unit that hears of it, or the office: whoever hears first stops it."""
    return user.has_perm("model.edit", model) or user.has_perm("model.publish", model)


def may_publish(user: Any, model: ExemplaryModel) -> bool:
    return user.has_perm("model.publish", model)


def may_unpublish(user: Any, model: ExemplaryModel) -> bool:
    return user.has_perm("model.publish", model) or user.has_perm("model.register", model)


# --- consent --------------------------------------------------------------------------------------------------------
@transaction.atomic
def record_consent(model: ExemplaryModel, consent: Consent, *, actor: Any, today: datetime.date) -> PublicationConsent:
    """Who agreed to what is shown; it replaces the one that stood, and what it no longer covers is gone at once."""
    locked = _lock(model, actor, may_write_story)
    if consent.given_on > today:
        raise DomainError("Ngày đồng ý không thể sau hôm nay.")
    if not consent.given_by.strip() or not consent.capacity.strip():
        raise DomainError("Hãy ghi người đồng ý và tư cách của người đó.")
    locked.consents.filter(withdrawn_on=None).update(withdrawn_on=today, withdrawn_by=actor)
    row = PublicationConsent.objects.create(
        model=locked,
        given_by=consent.given_by.strip(),
        capacity=consent.capacity.strip(),
        given_on=consent.given_on,
        covers_subject=consent.covers_subject,
        covers_pictures=consent.covers_pictures,
        covers_contact=consent.covers_contact,
        file=store_upload(consent.upload, actor=actor) if consent.upload else None,
        recorded_by=actor,
    )
    audit.record(locked, "record_consent", actor=actor, changes={"đồng ý": ["", f"{row}: {covered_words(row)}"]})
    _save_key(locked)
    return row


@transaction.atomic
def withdraw_consent(
    consent: PublicationConsent, *, actor: Any, today: datetime.date, note: str = ""
) -> ExemplaryModel:
    """The model leaves the gallery at once; to show it again a new consent and the switch are needed."""
    locked = _lock(consent.model, actor, may_withdraw_consent)
    row = PublicationConsent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
    if row.withdrawn_on is not None:
        raise DomainError("Đồng ý này đã được rút trước đó.")
    row.withdrawn_on, row.withdrawn_by = today, actor
    row.save(update_fields=["withdrawn_on", "withdrawn_by"])
    audit.record(locked, "withdraw_consent", actor=actor, changes={"đồng ý": [str(row), ""]}, note=note.strip())
    _switch_off(locked)
    return locked


def covered_words(consent: PublicationConsent) -> str:
    """What the consent covers, as a list in words."""
    covered = {
        "tên tập thể, cá nhân": consent.covers_subject,
        "ảnh": consent.covers_pictures,
        "liên hệ của đơn vị": consent.covers_contact,
    }
    return ", ".join(word for word, agreed in covered.items() if agreed) or "không gồm tên, ảnh, liên hệ"


# --- the story ------------------------------------------------------------------------------------------------------
@transaction.atomic
def write_story(
    model: ExemplaryModel, *, actor: Any, story: str, public_results: str = "", public_contact: str = ""
) -> ExemplaryModel:
    """What the public reads. While the model is shown, a name that nobody agreed to is refused."""
    locked = _lock(model, actor, may_write_story)
    written = {
        "story": story.strip(),
        "public_results": public_results.strip(),
        "public_contact": public_contact.strip(),
    }
    changes = {
        name: [getattr(locked, name), value] for name, value in written.items() if getattr(locked, name) != value
    }
    for name, value in written.items():
        setattr(locked, name, value)
    if locked.is_public and (missing := blockers(locked)):
        raise DomainError("Mô hình đang công khai nên chưa lưu được.", missing)
    locked.save(update_fields=list(written))
    if changes:
        audit.record(locked, "write_story", actor=actor, changes=changes)
    _save_key(locked)
    return locked


# --- the switch -----------------------------------------------------------------------------------------------------
def blockers(model: ExemplaryModel) -> list[str]:
    """Sentences that say what is missing before the public may see ``model``."""
    found = []
    if model.status not in ExemplaryModel.SHOWN:
        found.append(
            "Chỉ công khai mô hình đang được công nhận, duy trì hoặc tiêu biểu; "
            f"mô hình này đang ở trạng thái “{model.get_status_display()}”."
        )
    consent = model.consents.filter(withdrawn_on=None).first()
    if consent is None:
        found.append("Chưa có đồng ý công khai đang hiệu lực. Đơn vị ghi nhận đồng ý trước.")
    if not model.story.strip():
        found.append("Chưa có câu chuyện để công khai. Đơn vị viết câu chuyện trước.")
    if consent is None or not consent.covers_subject:
        found += [
            f"{label} có nêu “{model.subject}” trong khi đồng ý chưa gồm tên tập thể, cá nhân. "
            "Hãy viết lại, hoặc ghi đồng ý nêu tên."
            for label, text in _public_texts(model).items()
            if holds_name(text, model.subject)
        ]
    return found


def _public_texts(model: ExemplaryModel) -> dict[str, str]:
    texts = {"Tên mô hình": model.name, "Câu chuyện": model.story, "Kết quả": model.public_results}
    captions = model.pictures.filter(consented=True).values_list("caption", flat=True)
    return {**texts, "Liên hệ": model.public_contact, "Chú thích ảnh": " ; ".join(captions)}


@transaction.atomic
def publish_model(model: ExemplaryModel, *, actor: Any) -> ExemplaryModel:
    """Show the model to everybody. Raises DomainError with what is missing."""
    locked = _lock(model, actor, may_publish)
    if locked.is_public:
        raise DomainError("Mô hình này đang được công khai.")
    if missing := blockers(locked):
        raise DomainError("Chưa thể công khai mô hình.", missing)
    locked.is_public, locked.published_at, locked.published_by = True, timezone.now(), actor
    locked.save(update_fields=["is_public", "published_at", "published_by"])
    audit.record(locked, "publish_model", actor=actor, changes={"is_public": [False, True]})
    _save_key(locked)
    return locked


@transaction.atomic
def unpublish_model(model: ExemplaryModel, *, actor: Any, note: str) -> ExemplaryModel:
    """Take the model off the gallery; consent and story stay."""
    locked = _lock(model, actor, may_unpublish)
    if not locked.is_public:
        raise DomainError("Mô hình này đang không công khai.")
    if not note.strip():
        raise DomainError("Hãy ghi lý do thôi công khai.")
    audit.record(locked, "unpublish_model", actor=actor, changes={"is_public": [True, False]}, note=note.strip())
    _switch_off(locked)
    return locked


def _switch_off(locked: ExemplaryModel) -> None:
    locked.is_public = False
    locked.public_search_key = ""
    locked.save(update_fields=["is_public", "public_search_key"])


def _lock(model: ExemplaryModel, actor: Any, allowed: Any) -> ExemplaryModel:
    locked = ExemplaryModel.objects.select_for_update(of=("self",)).select_related("unit").get(pk=model.pk)
    if not allowed(actor, locked):
        raise PermissionDenied
    return locked


# --- searching ------------------------------------------------------------------------------------------------------
def refresh_public_key(model: ExemplaryModel) -> None:
    """Set ``public_search_key`` from the public text of the model; the caller saves.

    "" while nobody agreed: a search must not find a model by a word that the public does not see.
    """
    shown = with_public_parts(ExemplaryModel.objects.filter(pk=model.pk)).first() if model.pk else None
    if shown is None or not shown.standing_consents:
        model.public_search_key = ""
        return
    for name in ("name", "subject", "subject_kind", "place", "story", "public_results", "field", "unit"):
        setattr(shown, name, getattr(model, name))  # what the caller is about to save
    model.public_search_key = make_public(shown).searched()


def _save_key(model: ExemplaryModel) -> None:
    refresh_public_key(model)
    model.save(update_fields=["public_search_key"])


# --- the model's page -----------------------------------------------------------------------------------------------
def region(model: ExemplaryModel, user: Any) -> dict[str, Any]:
    """What the page of a model shows about its publicity."""
    consents = list(model.consents.select_related("file", "recorded_by"))
    standing = next((row for row in consents if row.withdrawn_on is None), None)
    publishing = may_publish(user, model) and not model.is_public
    return {
        "is_shown": model.is_public and standing is not None and model.status in ExemplaryModel.SHOWN,
        "is_hidden_for_now": model.is_public and model.status == ExemplaryModel.Status.TO_STRENGTHEN,
        "consent": standing,
        "covered": covered_words(standing) if standing else "",
        "withdrawn": [row for row in consents if row.withdrawn_on is not None],
        "missing": blockers(model) if publishing or (may_write_story(user, model) and not model.is_public) else [],
        "may_write": may_write_story(user, model),
        "may_withdraw": standing is not None and may_withdraw_consent(user, model),
        "may_publish": publishing,
        "may_unpublish": model.is_public and may_unpublish(user, model),
    }
