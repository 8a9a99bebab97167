"""The register: draw up a model, register it, ask for more, hand it in again, withdraw it (practice.md §8.1, W-31)."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign
from dvk_portal.core import audit
from dvk_portal.core.documents.freezing import new_code
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry
from dvk_portal.core.notifications import notify
from dvk_portal.core.numbers import format_number
from dvk_portal.core.workflow import Transition
from pledges.model_notifications import ModelNeedsMore, ModelRegistered
from pledges.models import ExemplaryModel, ModelIndicator, Recognition, Replication, ReportedValue, Tag
from pledges.services.exemplary import publishing, replication, resemblance
from pledges.services.exemplary.reportcounts import register_changed
from pledges.services.exemplary.rights import appraisal_permission, may_appraise
from pledges.services.proposals import clean_text
from pledges.workflows import MODEL
from units.access import base_unit
from units.models import Membership, Unit, User
from units.roles import Role

Day = datetime.date
Status = ExemplaryModel.Status

# What a person types; everything else of a model is written by moves.
FIELDS = (
    "kind", "subject_kind", "name", "subject", "field", "target_level", "place", "leading_force", "coordinating_forces",
    "situation", "objective", "method", "resources", "output", "beneficiaries", "beneficiary_count", "starts_on", "ends_on",
    "evaluation_on", "campaign",
)  # fmt: skip
# The moves of this module; visits, appraisals, recognitions and reviews have theirs elsewhere.
MOVES = ("register", "supplement", "register_again", "ask_more", "withdraw")
MAX_INDICATORS = 20
MAX_TEXT = 6000


class StaleModelError(DomainError):
    """Somebody changed the model since the form was opened; ``findings`` say what."""


@dataclass(frozen=True)
class IndicatorEntry:
    """A verifiable output as typed: what is measured, in what, from where to where, what was reached."""

    name: str
    measure: str
    baseline: Decimal | None = None
    target: Decimal | None = None
    achieved: Decimal | None = None

    @property
    def words(self) -> str:
        parts = [
            f"{label} {format_number(value)}"
            for label, value in (("từ", self.baseline), ("đến", self.target), ("đạt", self.achieved))
            if value is not None
        ]
        return f"{self.name} ({self.measure})" + (f": {' '.join(parts)}" if parts else "")


# --- who may what ---------------------------------------------------------------------------------------------------
def may_edit(model: ExemplaryModel, user: Any) -> bool:
    """Whether ``user`` may change what the model says now."""
    return model.is_editable and user.has_perm("model.edit", model)


def available_moves(model: ExemplaryModel, user: Any) -> list[Transition]:
    """The buttons of the model's page that belong to the register."""
    moves = [move for move in MODEL.available(model, user) if move.name in MOVES]
    return [move for move in moves if move.name != "ask_more" or may_appraise(user, model, model.target_level)]


def appraisers(model: ExemplaryModel) -> list[User]:
    """Who visits and appraises at the target level: the unit's leaders, or the officers of those who stand above it."""
    permission = appraisal_permission(model.target_level)
    if permission == "model.appraise_own":
        return list(model.unit.members(Role.LEADER))
    above = [int(pk) for pk in model.unit.path.strip("/").split("/")][:-1]
    rows = Membership.objects.current().filter(role=Role.VERIFIER, user__is_active=True)
    rows = rows.select_related("user", "unit__kind", "unit__parent__kind", "unit__parent__parent__kind")
    found = [row.user for row in rows if base_unit(row.unit).pk in above]
    return [person for person in dict.fromkeys(found) if person.has_perm(permission, model)]


# --- drawing up -----------------------------------------------------------------------------------------------------
@transaction.atomic
def start_model(
    unit: Unit,
    *,
    actor: Any,
    values: Mapping[str, Any],
    tags: Sequence[Tag] = (),
    indicators: Sequence[IndicatorEntry] = (),
    reported_in: ReportedValue | None = None,
) -> ExemplaryModel:
    """A draft of ``unit``; ``values`` are named as in FIELDS and need only what the database cannot be without."""
    model = ExemplaryModel(unit=unit, code=new_code(), created_by=actor, reported_in=reported_in)
    if not actor.has_perm("model.edit", model):
        raise PermissionDenied
    if not unit.is_active_on(timezone.localdate()):
        raise DomainError(f"{unit} đã kết thúc hoạt động nên không lập mô hình mới. Hãy lập ở đơn vị kế thừa.")
    _take(model, values, indicators)
    _refresh(model)
    model.save()
    _keep_rows(model, tags, indicators)
    audit.record(model, "create", actor=actor)
    return model


def version_of(model: ExemplaryModel) -> str:
    """A mark of the newest change of what the model says."""
    return str(max((entry.pk for entry in _edits(model)), default=0))


def _edits(model: ExemplaryModel) -> Any:
    return audit.trail(model).filter(action="edit")


@transaction.atomic
def save_model(
    model: ExemplaryModel,
    *,
    actor: Any,
    values: Mapping[str, Any],
    tags: Sequence[Tag],
    indicators: Sequence[IndicatorEntry],
    seen: str,
) -> ExemplaryModel:
    """Keep what was typed; ``indicators`` replace the earlier ones. StaleModelError when somebody else saved since ``seen``."""
    locked = _lock(model)
    if not actor.has_perm("model.edit", locked):
        raise PermissionDenied
    if not locked.is_editable:
        raise StaleModelError(
            f"Mô hình đang ở trạng thái “{locked.get_status_display()}” nên không sửa được. Nội dung vừa nhập chưa được lưu."
        )
    if seen != version_of(locked):
        _refuse_stale(locked, seen)
    before = _content(locked)
    _take(locked, values, indicators)
    _refresh(locked)
    locked.save()
    _keep_rows(locked, tags, indicators)
    fresh = _fresh(locked.pk)
    after = _content(fresh)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changes:
        audit.record(fresh, "edit", actor=actor, changes=changes)
    return fresh


def _refuse_stale(model: ExemplaryModel, seen: str) -> None:
    newer = list(_edits(model).filter(pk__gt=int(seen) if seen.isdigit() else 0).order_by("pk"))
    names = list(dict.fromkeys(_label(name) for entry in newer for name in entry.changes))
    raise StaleModelError(
        "Mô hình vừa được người khác sửa trong lúc bạn đang nhập. Nội dung bạn nhập vẫn còn dưới đây: "
        "hãy đối chiếu, rồi bấm lưu lần nữa nếu vẫn muốn thay.",
        [_told(entry) for entry in newer] if names else [],
    )


def _told(entry: AuditEntry) -> str:
    told = []
    for name, (old, new) in entry.changes.items():
        told.append(f"{_label(name)}: “{_short(old)}” đổi thành “{_short(new)}”")
    who = entry.actor or "Hệ thống"
    return f"{who} sửa lúc {timezone.localtime(entry.at):%H:%M ngày %d/%m/%Y}. {'; '.join(told)}."


def _short(value: Any) -> str:
    text = str(value or "(trống)")
    return text if len(text) <= 80 else f"{text[:79]}…"


def _label(name: str) -> str:
    text = ExemplaryModel._meta.get_field(name).verbose_name if name in FIELDS else name
    return str(text)[:1].upper() + str(text)[1:]


def _content(model: ExemplaryModel) -> dict[str, str]:
    """What a person may type, as words, for telling two states apart."""
    found = {name: _word(model, name) for name in FIELDS}
    found["Nhãn"] = ", ".join(tag.name for tag in model.tags.all())
    rows = [
        IndicatorEntry(row.name, row.measure, row.baseline, row.target, row.achieved) for row in model.indicators.all()
    ]
    found["Chỉ số"] = "; ".join(row.words for row in rows)
    return found


def _word(model: ExemplaryModel, name: str) -> str:
    value = getattr(model, name)
    return "" if value is None else str(value)


def _take(model: ExemplaryModel, values: Mapping[str, Any], indicators: Sequence[IndicatorEntry]) -> None:
    """Write ``values`` into the model, cleaned. DomainError with everything that cannot be kept even in a draft."""
    for name in FIELDS:
        if name in values:
            value = values[name]
            setattr(model, name, clean_text(value) if isinstance(value, str) else value)
    model.name = " ".join(model.name.split())
    findings = [*_faults_of_days(model), *_faults_of_texts(model), *_faults_of_indicators(indicators)]
    if not model.name:
        findings.insert(0, "Hãy ghi tên mô hình, điển hình.")
    if model.campaign is not None and not _takes_part(model):
        findings.append(
            f"{model.unit} không tham gia phong trào “{model.campaign}”. Hãy chọn phong trào khác hoặc bỏ trống."
        )
    if findings:
        raise DomainError("Chưa lưu được mô hình.", findings)


def _takes_part(model: ExemplaryModel) -> bool:
    return model.campaign.participations.filter(unit=model.unit).exists()


def _faults_of_days(model: ExemplaryModel) -> list[str]:
    start, end, evaluation = model.starts_on, model.ends_on, model.evaluation_on
    found = []
    if start and end and end < start:
        found.append("Ngày kết thúc phải sau ngày bắt đầu.")
    if evaluation and start and evaluation < start:
        found.append(f"Ngày đánh giá không được trước ngày bắt đầu ({start:%d/%m/%Y}).")
    if evaluation and end and evaluation > end:
        found.append(f"Ngày đánh giá không được sau ngày kết thúc ({end:%d/%m/%Y}).")
    return found


def _faults_of_texts(model: ExemplaryModel) -> list[str]:
    found = []
    for name in FIELDS:
        value = getattr(model, name) if name not in ("field", "target_level", "campaign") else None
        if isinstance(value, str):
            limit = ExemplaryModel._meta.get_field(name).max_length or MAX_TEXT
            if len(value) > limit:
                found.append(f"{_label(name)} dài quá {limit} ký tự. Hãy viết gọn lại.")
    return found


def _faults_of_indicators(indicators: Sequence[IndicatorEntry]) -> list[str]:
    found = [] if len(indicators) <= MAX_INDICATORS else [f"Mỗi mô hình có tối đa {MAX_INDICATORS} chỉ số."]
    for place, row in enumerate(indicators, 1):
        if not row.name or not row.measure:
            found.append(f"Chỉ số thứ {place}: hãy ghi cả tên chỉ số và đơn vị tính.")
        if len(row.name) > 150 or len(row.measure) > 40:
            found.append(f"Chỉ số thứ {place}: tên dài tối đa 150 ký tự, đơn vị tính tối đa 40 ký tự.")
        if any(
            value is not None and abs(value) >= Decimal(10) ** 12 for value in (row.baseline, row.target, row.achieved)
        ):
            found.append(f"Chỉ số thứ {place}: số quá lớn. Hãy chọn đơn vị tính lớn hơn.")
    return found


def _refresh(model: ExemplaryModel) -> None:
    """All columns that are made from what the model says; the caller saves."""
    model.set_keys()
    resemblance.refresh_keys(model)
    publishing.refresh_public_key(model)


def _keep_rows(model: ExemplaryModel, tags: Sequence[Tag], indicators: Sequence[IndicatorEntry]) -> None:
    model.tags.set(tags)
    model.indicators.all().delete()
    ModelIndicator.objects.bulk_create(
        ModelIndicator(
            model=model, name=row.name, measure=row.measure, baseline=row.baseline, target=row.target,
            achieved=row.achieved, order=order,
        )
        for order, row in enumerate(indicators)
    )  # fmt: skip


def _fresh(pk: int) -> ExemplaryModel:
    return ExemplaryModel.objects.with_names().get(pk=pk)


def _lock(model: ExemplaryModel) -> ExemplaryModel:
    """The model as it stands now, held until the transaction ends."""
    ExemplaryModel.objects.select_for_update(of=("self",)).get(pk=model.pk)
    return _fresh(model.pk)


# --- registering ----------------------------------------------------------------------------------------------------
_PARTS = (
    ("name", "Tên mô hình, điển hình."),
    ("subject", "Tập thể, cá nhân thực hiện."),
    ("place", "Nơi thực hiện."),
    ("leading_force", "Lực lượng chủ trì."),
    ("objective", "Mục tiêu."),
    ("method", "Nội dung, cách làm."),
    ("evaluation_on", "Ngày đánh giá."),
)


def missing_parts(model: ExemplaryModel) -> list[str]:
    """What has to be filled in before the model may be registered (practice.md §8.1), as sentences."""
    found = [f"Chưa ghi: {words}" for name, words in _PARTS if not getattr(model, name)]
    if not model.output and not model.indicators.exists():
        found.append("Chưa ghi kết quả kiểm chứng được: mô tả kết quả hoặc ghi ít nhất một chỉ số.")
    return found


def blockers(model: ExemplaryModel) -> list[str]:
    """Everything that stands between the draft and the register, as sentences."""
    alike = resemblance.undecided(model)
    return [
        *missing_parts(model),
        *(f"Giống mô hình “{row.name}” của {row.unit.name}: hãy xem và ghi quyết định." for row in alike),
    ]


@transaction.atomic
def register_model(model: ExemplaryModel, *, actor: Any, day: Day) -> ExemplaryModel:
    """Enter the draft into the register on ``day``: it gets its number, and those who appraise are told."""
    if not actor.has_perm("model.register", model):
        raise PermissionDenied
    # The unit's row before the model's, as everywhere: two registrations of a unit wait for each other.
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=model.unit_id)
    locked = _lock(model)
    changes: dict[str, Any] = {}
    if locked.status == Status.DRAFT:
        if not unit.is_active_on(day):
            raise DomainError(f"{unit} không hoạt động vào ngày {day:%d/%m/%Y} nên không đăng ký được mô hình.")
        _require_complete(locked, "Chưa đăng ký được mô hình.")
        changes = {"register_no": _next_number(unit, day.year), "registered_on": day}
    entered = _enter(locked, "register", actor, **changes)
    # A model learned from another counts as a replication of that one from now on.
    origins = Replication.objects.filter(model=entered).values_list("origin__unit", "taken_on")
    for origin_unit, taken_on in origins:
        register_changed([origin_unit], taken_on)
    register_changed([entered.unit_id], day)
    return entered


@transaction.atomic
def supplement_model(model: ExemplaryModel, *, actor: Any) -> ExemplaryModel:
    """Hand it in again after what was asked for has been added; number and date of registration stay."""
    return _hand_in(model, "supplement", actor)


@transaction.atomic
def register_again(model: ExemplaryModel, *, actor: Any) -> ExemplaryModel:
    """Try again with a model that was not recognised; it keeps its place in the register."""
    return _hand_in(model, "register_again", actor)


def _hand_in(model: ExemplaryModel, move: str, actor: Any) -> ExemplaryModel:
    locked = _lock(model)
    if locked.status in MODEL.transitions[move].sources and actor.has_perm("model.register", locked):
        _require_complete(locked, "Chưa gửi lại được mô hình.")
    return _enter(locked, move, actor)


def _enter(locked: ExemplaryModel, move: str, actor: Any, **changes: Any) -> ExemplaryModel:
    MODEL.apply(locked, move, actor=actor, **changes)
    locked.set_keys()
    locked.save(update_fields=["search_key"])
    notify(ModelRegistered.about(locked, timezone.now()), [person for person in appraisers(locked) if person != actor])
    return locked


def _require_complete(model: ExemplaryModel, message: str) -> None:
    if findings := blockers(model):
        raise DomainError(message, findings)


def _next_number(unit: Unit, year: int) -> str:
    """ "007/2026-30001": the next of the unit's year. The caller holds the unit's row; numbers are never given twice."""
    suffix = f"/{year}-{unit.code}"
    given = ExemplaryModel.objects.filter(register_no__endswith=suffix, registered_on__year=year)
    numbers = [text.removesuffix(suffix) for text in given.values_list("register_no", flat=True)]
    return f"{max((int(text) for text in numbers if text.isdigit()), default=0) + 1:03d}{suffix}"


@transaction.atomic
def ask_more(model: ExemplaryModel, *, actor: Any, note: str) -> ExemplaryModel:
    """Whoever appraises sends the model back to be completed; it stays in the register."""
    locked = _lock(model)
    if not may_appraise(actor, locked, locked.target_level):
        raise PermissionDenied
    MODEL.apply(locked, "ask_more", actor=actor, note=note, return_note=note.strip())
    people = locked.unit.members(Role.EDITOR, Role.LEADER)
    notify(ModelNeedsMore.about(locked), [person for person in people if person != actor])
    return locked


@transaction.atomic
def withdraw_model(model: ExemplaryModel, *, actor: Any, note: str, day: Day) -> ExemplaryModel:
    """Take the model out of the register from ``day`` on; it is shown to the public no longer and its children are warned."""
    locked = _lock(model)
    waiting = locked.recognitions.filter(status=Recognition.Status.PROPOSED).select_related("batch").first()
    if waiting is not None and actor.has_perm("model.register", locked):
        raise DomainError("Mô hình đang nằm trong một đợt công nhận. Hãy đề nghị đưa mô hình ra khỏi đợt, rồi rút.")
    was_registered = locked.registered_on is not None
    MODEL.apply(locked, "withdraw", actor=actor, note=note, ended_on=day, end_note=note.strip(), is_public=False)
    if was_registered:
        replication.warn_children(locked)
        register_changed([locked.unit_id], day)
    return locked


# --- choices of the form --------------------------------------------------------------------------------------------
def open_campaigns(units: Sequence[int]) -> Any:
    """Campaigns under way in which one of ``units`` takes part."""
    return Campaign.objects.running().filter(participations__unit__in=units).distinct().order_by("-starts_on", "title")
