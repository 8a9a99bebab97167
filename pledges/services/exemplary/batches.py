"""Đợt công nhận: draw up a batch, take models in, refuse, decide, cancel (practice.md W-32, W-41)."""

import datetime
import hashlib
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import store_upload
from dvk_portal.core.text import sort_key
from pledges.certificates import next_certificates
from pledges.models import ExemplaryModel, Recognition, RecognitionBatch, RecognitionLevel
from pledges.recognition_notifications import tell_recognised, tell_refused, tell_revoked
from pledges.services.exemplary.candidates import Candidate, candidates, deciding_units, judge, may_decide, waiting
from pledges.services.exemplary.reportcounts import register_changed
from pledges.services.exemplary.rights import may_recognise
from pledges.services.recorddocuments import end_documents_of
from pledges.workflows import MODEL, RECOGNITION_BATCH
from units.models import Unit, UnitVersion

_S = Recognition.Status
FIRST_YEAR = 1990


# --- drawing up -----------------------------------------------------------------------------------------------------
@transaction.atomic
def create_batch(
    *, actor: Any, unit: Unit, level: RecognitionLevel, year: int, title: str, certificate_suffix: str,
    today: datetime.date,
) -> RecognitionBatch:  # fmt: skip
    """An empty draft of the body ``unit``. At a level decided outside, ``unit`` is whoever records that decision."""
    if unit.pk not in {own.pk for own in deciding_units(actor, level)}:
        raise PermissionDenied
    if not FIRST_YEAR <= year <= today.year:
        raise DomainError(f"Năm công nhận phải từ {FIRST_YEAR} đến {today.year}.")
    if (level.valid_from and level.valid_from.year > year) or (level.valid_to and level.valid_to.year < year):
        raise DomainError(f"{level} không dùng trong năm {year}. Hãy chọn cấp hoặc năm khác.")
    batch = RecognitionBatch.objects.create(
        unit=unit, level=level, year=year, title=title.strip(), certificate_suffix=certificate_suffix.strip(),
        created_by=actor,
    )  # fmt: skip
    audit.record(batch, "create", actor=actor)
    return batch


def _lock(batch: RecognitionBatch, actor: Any) -> RecognitionBatch:
    """The batch as it stands, locked after its body: certificates of one body are numbered one batch after the other."""
    Unit.objects.select_for_update(of=("self",)).get(pk=batch.unit_id)
    rows = RecognitionBatch.objects.select_for_update(of=("self",))
    locked = rows.select_related("unit__kind", "unit__parent__kind", "level").get(pk=batch.pk)
    if not may_decide(actor, locked):
        raise PermissionDenied
    return locked


def _draft(batch: RecognitionBatch, actor: Any) -> RecognitionBatch:
    locked = _lock(batch, actor)
    if locked.status != RecognitionBatch.Status.DRAFT:
        raise DomainError(
            f"Đợt công nhận đang ở trạng thái “{locked.get_status_display()}” nên không thay đổi danh sách được."
        )
    return locked


def _chosen(batch: RecognitionBatch, keys: Iterable[int], actor: Any, today: datetime.date) -> list[Candidate]:
    """Those of the models ``keys`` that wait or are in the batch already; locked."""
    keys = list(keys)
    known = {*waiting(batch, actor).filter(pk__in=keys).values_list("pk", flat=True)}
    known |= {*included(batch).filter(model__in=keys).values_list("model_id", flat=True)}
    models = ExemplaryModel.objects.select_for_update(of=("self",)).filter(pk__in=known).order_by("pk")
    found = candidates(batch, models.select_related("unit"), actor, today)
    if not found:
        raise DomainError("Hãy chọn ít nhất một mô hình trong danh sách.")
    return found


@transaction.atomic
def take_in(
    batch: RecognitionBatch, keys: Iterable[int], *, actor: Any, today: datetime.date
) -> tuple[list[Candidate], list[Candidate]]:
    """Take in those of the models ``keys`` that nothing blocks. Returns (taken, left); the decision asks once more."""
    locked = _draft(batch, actor)
    found = _chosen(locked, keys, actor, today)
    taken = [one for one in found if not one.blockers and (one.recognition is None or one.recognition.batch_id is None)]
    new = [one for one in taken if one.recognition is None]
    old = [one.recognition.pk for one in taken if one.recognition is not None]
    try:
        with transaction.atomic():
            Recognition.objects.bulk_create(
                Recognition(model=one.model, level=locked.level, year=locked.year, batch=locked, proposed_by=actor)
                for one in new
            )
    except IntegrityError as error:
        raise DomainError("Một trong các mô hình vừa được đề nghị hoặc công nhận. Hãy tải lại trang.") from error
    Recognition.objects.filter(pk__in=old, status=_S.PROPOSED, batch=None).update(batch=locked)
    _note(locked, "take_in", actor, taken)
    return taken, [one for one in found if one.blockers]


@transaction.atomic
def drop(batch: RecognitionBatch, keys: Iterable[int], *, actor: Any) -> int:
    """Take the models ``keys`` out of the draft; their proposals wait for another batch. Returns how many."""
    locked = _draft(batch, actor)
    rows = locked.recognitions.filter(model__in=list(keys), status=_S.PROPOSED).select_related("model")
    found = [Candidate(row.model, row) for row in rows]
    if not found:
        raise DomainError("Hãy chọn ít nhất một mô hình trong đợt.")
    locked.recognitions.filter(pk__in=[one.recognition.pk for one in found]).update(batch=None)
    _note(locked, "drop", actor, found)
    return len(found)


@transaction.atomic
def refuse(
    batch: RecognitionBatch, keys: Iterable[int], *, actor: Any, reason: str, today: datetime.date
) -> list[Recognition]:
    """Refuse the models ``keys`` at this level for this year, with the reason that their units read."""
    locked, reason = _draft(batch, actor), reason.strip()
    if not reason:
        raise DomainError("Hãy ghi lý do không công nhận; đơn vị sẽ đọc lý do này.")
    found = _chosen(locked, keys, actor, today)
    if not all(may_recognise(actor, one.model, locked.level) for one in found):
        raise PermissionDenied
    rows = []
    for one in found:
        row = one.recognition or Recognition(model=one.model, level=locked.level, year=locked.year, proposed_by=actor)
        row.status, row.batch, row.reason, row.model = _S.REFUSED, locked, reason, one.model
        row.save()
        rows.append(row)
        if one.model.status == ExemplaryModel.Status.APPRAISED:
            MODEL.apply(one.model, "refuse", actor=actor, note=reason)
    _note(locked, "refuse_models", actor, found, reason)
    tell_refused(locked, rows, reason)
    return rows


def _note(batch: RecognitionBatch, action: str, actor: Any, found: list[Candidate], note: str = "") -> None:
    if found:
        names = "; ".join(one.model.name for one in found[:20]) + ("…" if len(found) > 20 else "")
        audit.record(batch, action, actor=actor, changes={"models": [None, f"{len(found)}: {names}"]}, note=note)


# --- deciding -------------------------------------------------------------------------------------------------------
def included(batch: RecognitionBatch) -> QuerySet[Recognition]:
    """What the draft would recognise."""
    return batch.recognitions.filter(status=_S.PROPOSED).select_related("model__unit", "model__field")


def mark_of(rows: Iterable[Recognition]) -> str:
    """Tells one list from another: who decides says which one he has read."""
    return hashlib.sha256(",".join(str(key) for key in sorted(row.pk for row in rows)).encode()).hexdigest()[:20]


@transaction.atomic
def decide_batch(
    batch: RecognitionBatch,
    *,
    actor: Any,
    decision_no: str,
    decision_date: datetime.date,
    certificate_suffix: str,
    decision_file: UploadedFile | None = None,
    seen: str | None = None,
    today: datetime.date,
) -> RecognitionBatch:
    """Recognise everything in the batch by one decision: certificates, snapshots, states, letters.

    Raises PermissionDenied, or DomainError naming each model that something blocks; of two who decide at once the second
    is told that it is done.
    """
    locked = _lock(batch, actor)
    rows = list(included(locked).order_by("model_id"))
    if locked.status == RecognitionBatch.Status.DRAFT:
        _check_decision(locked, rows, decision_no, decision_date, seen, today)
        _check_rows(locked, rows, actor, decision_date)
    stored = store_upload(decision_file, actor=actor) if decision_file else None
    RECOGNITION_BATCH.apply(
        locked, "decide", actor=actor, decision_no=decision_no.strip(), decision_date=decision_date,
        certificate_suffix=certificate_suffix.strip(), decision_file=stored,
    )  # fmt: skip
    rows = _grant(locked, rows)
    _move_recognised(locked, rows, actor)
    register_changed({row.model.unit_id for row in rows}, decision_date)
    tell_recognised(locked, rows)
    return locked


def _check_decision(
    batch: RecognitionBatch, rows: list[Recognition], number: str, day: datetime.date, seen: str | None,
    today: datetime.date,
) -> None:  # fmt: skip
    findings = []
    if not rows:
        findings.append("Đợt chưa có mô hình nào. Hãy đưa mô hình vào đợt trước.")
    if not number.strip():
        findings.append("Hãy ghi số quyết định.")
    if day > today:
        findings.append("Ngày quyết định ở tương lai. Hãy kiểm tra lại ngày ký.")
    if day.year < batch.year:
        findings.append(f"Ngày quyết định trước năm công nhận {batch.year}. Hãy kiểm tra lại năm.")
    if not RecognitionLevel.objects.on(day).filter(pk=batch.level_id).exists():
        findings.append(f"{batch.level} không dùng vào ngày {day:%d/%m/%Y}.")
    if seen is not None and seen != mark_of(rows):
        findings.append("Danh sách vừa thay đổi sau khi bạn xem. Hãy xem lại rồi ghi quyết định.")
    if findings:
        raise DomainError("Chưa ghi được quyết định.", findings)


def _check_rows(batch: RecognitionBatch, rows: list[Recognition], actor: Any, day: datetime.date) -> None:
    """Nothing may have happened to the models since they were taken in: they are locked, then judged again."""
    models = ExemplaryModel.objects.select_for_update(of=("self",)).filter(pk__in=[row.model_id for row in rows])
    fresh = {model.pk: model for model in models.select_related("unit").order_by("pk")}
    for row in rows:
        row.model = fresh[row.model_id]
    found = blocked(batch, rows, actor, day)
    if found:
        raise DomainError(
            "Chưa ghi được quyết định: còn mô hình chưa đủ điều kiện. Hãy bổ sung, hoặc bỏ mô hình đó khỏi đợt.",
            [f"“{one.model}” ({one.model.unit}): {'; '.join(one.blockers)}." for one in found],
        )


def blocked(batch: RecognitionBatch, rows: list[Recognition], user: Any, day: datetime.date) -> list[Candidate]:
    """The models in the batch that could not be recognised by a decision of ``day``."""
    found = [Candidate(row.model, row) for row in rows]
    judge(found, batch.level, batch.year, user, day)
    for one in found:
        if one.model.status == ExemplaryModel.Status.REGISTERED and not one.blockers:
            one.blockers.append("mô hình chưa được thẩm định")
    return [one for one in found if one.blockers]


def in_order(batch: RecognitionBatch, rows: Iterable[Recognition], day: datetime.date) -> list[Recognition]:
    """``rows`` with the names of ``day`` written in, in the Vietnamese order of unit, then model: that of the numbers."""
    rows = list(rows)
    versions = UnitVersion.objects.on(day).filter(unit__in={row.model.unit_id for row in rows})
    names = dict(versions.values_list("unit_id", "name"))
    for row in rows:
        row.name, row.subject = row.model.name, row.model.subject
        row.unit_name = names.get(row.model.unit_id, row.model.unit.name)
    return sorted(rows, key=lambda row: (sort_key(row.unit_name), sort_key(row.name), row.pk))


def certificates_for(batch: RecognitionBatch, suffix: str, count: int) -> list[str]:
    """The next ``count`` certificate numbers of the batch's body and year."""
    used = Recognition.objects.filter(batch__unit=batch.unit_id, batch__year=batch.year).exclude(certificate_no="")
    return next_certificates(used.values_list("certificate_no", flat=True), suffix, count)


def _grant(batch: RecognitionBatch, rows: list[Recognition]) -> list[Recognition]:
    rows = in_order(batch, rows, batch.decision_date)
    numbers = certificates_for(batch, batch.certificate_suffix, len(rows))
    for row, number in zip(rows, numbers, strict=True):
        row.status, row.certificate_no, row.decided_on = _S.GRANTED, number, batch.decision_date
    fields = ["status", "certificate_no", "decided_on", "name", "subject", "unit_name"]
    Recognition.objects.bulk_update(rows, fields, batch_size=500)
    return rows


def _move_recognised(batch: RecognitionBatch, rows: list[Recognition], actor: Any) -> None:
    new, again = [], []
    for row in rows:
        note = f"{batch.level} năm {batch.year}, quyết định {batch.decision_no}, giấy chứng nhận {row.certificate_no}"
        (new if row.model.status == ExemplaryModel.Status.APPRAISED else again).append((row.model, note))
    _move_many(new, "recognise", actor)
    audit.record_many(
        [{"subject": model, "action": "recognise_again", "actor": actor, "note": note} for model, note in again]
    )


def _move_many(noted: list[tuple[ExemplaryModel, str]], move: str, actor: Any, **changes: Any) -> None:
    """The move ``move`` of every model with its note, in a few statements: a batch may hold hundreds.

    The models are locked and in a state from which the move goes; the caller has asked for the right.
    """
    written = {"status": MODEL.transitions[move].target, **changes}
    audit.record_many(
        [
            {
                "subject": model, "action": move, "actor": actor, "note": note,
                "changes": {name: [getattr(model, name), value] for name, value in written.items()},
            }
            for model, note in noted
        ]
    )  # fmt: skip
    ExemplaryModel.objects.filter(pk__in=[model.pk for model, _ in noted]).update(**written)


# --- cancelling -----------------------------------------------------------------------------------------------------
@transaction.atomic
def cancel_batch(batch: RecognitionBatch, *, actor: Any, note: str, today: datetime.date) -> RecognitionBatch:
    """Give up a draft, or revoke a decision with everything it granted. The reason goes to every unit concerned."""
    locked = _lock(batch, actor)
    was_decided = locked.status == RecognitionBatch.Status.DECIDED
    RECOGNITION_BATCH.apply(locked, "cancel", actor=actor, note=note, end_note=note.strip())
    if not was_decided:
        locked.recognitions.filter(status=_S.PROPOSED).update(batch=None)
        return locked
    revoked = list(locked.recognitions.granted().select_related("model__unit").order_by("model_id"))
    for row in revoked:
        row.status, row.ended_on, row.end_note = _S.REVOKED, row.ended_on or today, note.strip()
    Recognition.objects.bulk_update(revoked, ["status", "ended_on", "end_note"], batch_size=500)
    _send_back([row.model_id for row in revoked], actor, note)
    register_changed({row.model.unit_id for row in revoked}, locked.decision_date)
    end_documents_of(locked, actor=actor, reason=note.strip())
    tell_revoked(locked, revoked, note.strip())
    return locked


def _send_back(keys: list[int], actor: Any, note: str) -> None:
    """Models without another standing recognition are appraised again, and no longer public."""
    models = ExemplaryModel.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    still = set(Recognition.objects.filter(model__in=keys, status=_S.GRANTED).values_list("model_id", flat=True))
    gone = [(model, note.strip()) for model in models if model.is_standing and model.pk not in still]
    _move_many(gone, "unrecognise", actor, is_public=False)
