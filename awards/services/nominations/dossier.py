"""The dossier: the checklist of its award under the rules of the day, and the files that fill it (law.md R-30, R-33)."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from awards.models import AwardCycle, AwardRule, DossierFile, DossierItem, Nomination, RuleSet
from awards.services.cycles.phases import phase_allows
from awards.services.rules.catalogue import rule_for, rule_set_on
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import store_upload
from dvk_portal.core.models import Document

Day = datetime.date
NO_RULE = (
    "Chưa khai thành phần hồ sơ của {award} cho ngày {day:%d/%m/%Y}. Hãy báo cơ quan thẩm định bổ sung bộ quy định."
)


@dataclass
class Slot:
    """One line of the checklist for this nomination: whether it must be there, why, and what fills it."""

    item: DossierItem
    is_required: bool
    files: list[DossierFile] = field(default_factory=list)
    # Where the portal makes what fills it; set by the page that offers it.
    paper_url: str = ""

    @property
    def is_filled(self) -> bool:
        return any(is_ready(row) for row in self.files)

    @property
    def is_missing(self) -> bool:
        return self.is_required and not self.is_filled

    @property
    def need_words(self) -> str:
        if self.item.need == DossierItem.Need.CONDITIONAL:
            return f"Bắt buộc khi {self.item.get_when_display()}"
        return self.item.get_need_display()

    @property
    def may_upload(self) -> bool:
        return self.item.source != DossierItem.Source.DOCUMENT


@dataclass
class Checklist:
    """``rule`` None: nobody has entered what this award demands, so nothing can be called complete."""

    nomination: Nomination
    rule: AwardRule | None
    slots: list[Slot]
    besides: list[DossierFile]

    @property
    def missing(self) -> list[str]:
        """Sentences on what is not there yet."""
        if self.rule is None:
            return [NO_RULE.format(award=self.nomination.award_type.name, day=timezone.localdate())]
        return [_missing_words(slot) for slot in self.slots if slot.is_missing]

    @property
    def filled(self) -> int:
        return sum(slot.is_filled for slot in self.slots if slot.is_required)

    @property
    def required(self) -> int:
        return sum(slot.is_required for slot in self.slots)


def _missing_words(slot: Slot) -> str:
    why = f" (vì {slot.item.get_when_display()})" if slot.item.need == DossierItem.Need.CONDITIONAL else ""
    waiting = [row for row in slot.files if row.document is not None and row.document.status == Document.Status.FROZEN]
    if waiting:
        return f"{slot.item.name}: văn bản trên cổng còn chờ ký."
    return f"Còn thiếu: {slot.item.name}{why}."


def is_ready(row: DossierFile) -> bool:
    """An upload, or a document of the portal that is signed and in force."""
    return row.document is None or row.document.status == Document.Status.ISSUED


# --- the checklist --------------------------------------------------------------------------------------------------
def rules_of(nomination: Nomination, day: Day) -> RuleSet | None:
    """The rule set frozen at receipt; before it, that of ``day``."""
    return nomination.rule_set or rule_set_on(nomination.cycle.family, day)


def checklist_of(nomination: Nomination, *, day: Day, rule_set: RuleSet | None = None) -> Checklist:
    """What the dossier needs and has; ``rule_set`` to ask under other rules than those that hold for it."""
    rule = rule_for(nomination.award_type, rule_set or rules_of(nomination, day))
    items = list(rule.checklist.all()) if rule is not None else []
    by_code: dict[str, list[DossierFile]] = {}
    for row in living_files(nomination):
        by_code.setdefault(row.item_code, []).append(row)
    conditions = _conditions(nomination) if items else {}
    slots = [Slot(item, _is_required(item, conditions), by_code.pop(item.code, [])) for item in items]
    return Checklist(nomination, rule, slots, [row for rows in by_code.values() for row in rows])


def living_files(nomination: Nomination) -> list[DossierFile]:
    rows = nomination.files.filter(removed_at=None).order_by("id")
    return list(rows.select_related("stored", "document__current", "document__number", "added_by"))


def _conditions(nomination: Nomination) -> dict[str, bool]:
    return {
        DossierItem.When.MANAGED: nomination.recipient.managed_by_btv,
        DossierItem.When.INITIATIVE: nomination.achievements.filter(initiative__isnull=False).exists(),
        DossierItem.When.TRANSFERRED: nomination.transferred,
    }


def _is_required(item: DossierItem, conditions: dict[str, bool]) -> bool:
    if item.need == DossierItem.Need.CONDITIONAL:
        return conditions.get(item.when, False)
    return item.need == DossierItem.Need.REQUIRED


# --- who may change it ----------------------------------------------------------------------------------------------
def why_closed(nomination: Nomination, user: Any, day: Day) -> str:
    """Why ``user``, who writes for the unit or the province, may not change the dossier now; "" = he may."""
    if nomination.status not in Nomination.EDITABLE:
        state = nomination.get_status_display()
        return f"Hồ sơ đang ở trạng thái “{state}” nên không sửa được."
    if nomination.cycle.status not in (AwardCycle.Status.NOMINATING, AwardCycle.Status.REVIEWING):
        return (
            f"{nomination.cycle.title} đang ở bước “{nomination.cycle.get_status_display()}” nên không sửa hồ sơ nữa."
        )
    if user.has_perm("award.propose", nomination):
        return ""
    if any(phase_allows(nomination.cycle, flag, day) for flag in ("units_may_change", "units_may_send")):
        return ""
    return f"Hôm nay ({day:%d/%m/%Y}) không trong thời gian đơn vị lập, bổ sung hồ sơ. Hãy xem lịch của đợt."


def may_write(nomination: Nomination, user: Any) -> bool:
    """Whether the person writes for this nomination at all, whatever its state."""
    return user.has_perm("award.nominate", nomination) or user.has_perm("award.propose", nomination)


def may_edit(nomination: Nomination, user: Any, day: Day) -> bool:
    return may_write(nomination, user) and not why_closed(nomination, user, day)


def lock_for_change(nomination: Nomination, actor: Any) -> Nomination:
    """The nomination under its lock, for one who may change it now. PermissionDenied, or DomainError saying why not."""
    locked = (
        Nomination.objects.select_for_update(of=("self",))
        .select_related("cycle", "award_type", "recipient__unit", "unit", "rule_set")
        .get(pk=nomination.pk)
    )
    if not may_write(locked, actor):
        raise PermissionDenied
    if why := why_closed(locked, actor, timezone.localdate()):
        raise DomainError(why)
    return locked


# --- files ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def add_file(
    nomination: Nomination, upload: UploadedFile, *, actor: Any, item_code: str = "", title: str = ""
) -> DossierFile:
    """Put an upload at a line of the checklist ("" = besides). DomainError when the file or the line is not taken."""
    locked = lock_for_change(nomination, actor)
    slot = _slot(locked, item_code)
    if slot is not None and not slot.may_upload:
        raise DomainError(f"{slot.item.name} được lập trên cổng, không tải tệp lên. Hãy mở mục Văn bản của hồ sơ.")
    limit = settings.UPLOAD_MAX_PER_RECORD
    if locked.files.filter(removed_at=None).count() >= limit:
        raise DomainError(f"Mỗi hồ sơ có tối đa {limit} tệp. Hãy gỡ tệp thừa hoặc gộp thành một tệp PDF.")
    stored = store_upload(upload, actor=actor)
    title = " ".join(title.split()) or (slot.item.name if slot else stored.name)
    row = DossierFile.objects.create(
        nomination=locked, item_code=item_code, title=title[:200], stored=stored, added_by=actor
    )
    audit.record(locked, "add_file", actor=actor, changes={"file": [None, row.title]})
    return row


def _slot(nomination: Nomination, item_code: str) -> Slot | None:
    if not item_code:
        return None
    slots = checklist_of(nomination, day=timezone.localdate()).slots
    found = next((slot for slot in slots if slot.item.code == item_code), None)
    if found is None:
        raise DomainError("Thành phần hồ sơ này không còn trong danh mục. Hãy tải lại trang rồi chọn lại.")
    return found


@transaction.atomic
def remove_file(row: DossierFile, *, actor: Any) -> DossierFile:
    """Take a file out of the next sending; what was sent keeps it (the bytes are never deleted)."""
    locked = lock_for_change(row.nomination, actor)
    current = DossierFile.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if current.removed_at is not None:
        raise DomainError("Tệp này đã được gỡ.")
    current.removed_at, current.removed_by = timezone.now(), actor
    current.save(update_fields=["removed_at", "removed_by"])
    audit.record(locked, "remove_file", actor=actor, changes={"file": [current.title, None]})
    return current


def attach_document(nomination: Nomination, document: Document, *, actor: Any) -> list[DossierFile]:
    """Let a document made in the portal fill the lines that ask for its kind, in the place of an earlier one.

    The caller has authorised. A dossier that is with the province already keeps what was sent.
    """
    if nomination.status not in Nomination.EDITABLE:
        return []
    slots = checklist_of(nomination, day=timezone.localdate()).slots
    made = []
    for slot in slots:
        if slot.item.document_kind != document.kind:
            continue
        now = timezone.now()
        earlier = nomination.files.filter(item_code=slot.item.code, document__kind=document.kind, removed_at=None)
        earlier.update(removed_at=now, removed_by=actor)
        made.append(
            DossierFile.objects.create(
                nomination=nomination,
                item_code=slot.item.code,
                title=slot.item.name,
                document=document,
                added_by=actor,
            )
        )
    return made
