"""Keeping layouts of certificates: change, copy, calibrate on the printer. They are shared by the whole province."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction

from awards import certificates
from awards.certificates import Box
from awards.models import AwardType, CertificateLayout
from awards.services.aftermath import certificates as setting
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import store_upload

# A sheet that is this far off was measured wrongly or printed at another scale.
MOST_OFFSET = Decimal(30)
# As the constraint of the model says.
LEAST_SIDE, MOST_SIDE = 50, 1200
_WHOLE = ("name", "family", "width_mm", "height_mm", "on_stock", "note", "is_active")
# What Typst sets behind the text; other pictures it cannot read from an SVG.
PICTURES = ("image/png", "image/jpeg")


def may_keep_layouts(user: Any) -> bool:
    return user.has_perm("award.certificate")


def _lock(layout: CertificateLayout, actor: Any) -> CertificateLayout:
    if not may_keep_layouts(actor):
        raise PermissionDenied
    return CertificateLayout.objects.select_for_update(of=("self",)).get(pk=layout.pk)


def findings_of(layout: CertificateLayout, boxes: list[Box]) -> list[str]:
    """Sentences on what forbids these boxes on the page of ``layout``."""
    if not all(LEAST_SIDE <= side <= MOST_SIDE for side in (layout.width_mm, layout.height_mm)):
        return [f"Kích thước trang từ {LEAST_SIDE} đến {MOST_SIDE} mm."]
    found = [problem for box in boxes for problem in certificates.problems_of(box, layout.width_mm, layout.height_mm)]
    if len(boxes) > certificates.MOST_BOXES:
        found.append(f"Một mẫu có nhiều nhất {certificates.MOST_BOXES} khối.")
    if not any("{name}" in box.text for box in boxes):
        found.append("Mẫu chưa có tên người được khen: thêm khối chữ {name}.")
    return found


def tried(layout: CertificateLayout, values: dict[str, Any], boxes: list[Box]) -> CertificateLayout:
    """The layout as it would be, unsaved: for looking at it. Raises DomainError as saving does."""
    trial = CertificateLayout.objects.select_related("background").get(pk=layout.pk)
    for name in _WHOLE:
        if name in values:
            setattr(trial, name, values[name])
    if found := findings_of(trial, boxes):
        raise DomainError("Chưa dùng được các khối này.", found)
    trial.boxes = [box.as_row() for box in boxes]
    return trial


@transaction.atomic
def save_layout(
    layout: CertificateLayout,
    *,
    actor: Any,
    values: dict[str, Any],
    boxes: list[Box],
    award_types: list[AwardType],
    background: File | None = None,
    drop_background: bool = False,
) -> CertificateLayout:
    """Change a layout. DomainError names every box that cannot stand where it is, and a certificate that cannot be set."""
    locked = _lock(layout, actor)
    before, old_boxes = {name: getattr(locked, name) for name in (*_WHOLE, "background")}, locked.boxes
    changed = tried(locked, values, boxes)
    for name in (*_WHOLE, "boxes"):
        setattr(locked, name, getattr(changed, name))
    if background is not None:
        stored = store_upload(background, actor=actor)
        if stored.kind not in PICTURES:
            raise DomainError("Ảnh nền phải là tệp PNG hoặc JPG.")
        locked.background = stored
    elif drop_background:
        locked.background = None
    setting.compile_png(setting.data_of(locked, [setting.sample_sheet(locked)], title=locked.name), ppi=20)
    locked.save()
    locked.award_types.set(award_types)
    changes = {name: [old, getattr(locked, name)] for name, old in before.items() if old != getattr(locked, name)}
    note = _changed_boxes(old_boxes, locked.boxes)
    audit.record(locked, "change_layout", actor=actor, changes=changes, note=note)
    return locked


def _changed_boxes(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> str:
    """Which boxes are other than before, for the trail: their numbers would say nothing to a reader."""
    labels = dict.fromkeys(row["label"] for row in [*new, *old] if row not in old or row not in new)
    return f"Đổi khối: {', '.join(labels)}" if labels else ""


@transaction.atomic
def copy_layout(layout: CertificateLayout, *, actor: Any, name: str) -> CertificateLayout:
    """A layout of its own with the same boxes, to be changed or calibrated for another printer or paper."""
    source = _lock(layout, actor)
    name = " ".join(name.split())
    if not name:
        raise DomainError("Hãy ghi tên của mẫu mới.")
    if len(name) > 100:
        raise DomainError("Tên mẫu dài nhất 100 ký tự.")
    if CertificateLayout.objects.filter(name__iexact=name).exists():
        raise DomainError(f"Đã có mẫu tên “{name}”. Hãy ghi tên khác.")
    fields = ("family", "width_mm", "height_mm", "on_stock", "offset_x_mm", "offset_y_mm", "boxes", "note")
    values = {field: getattr(source, field) for field in fields}
    # A provisional code until the row has its number.
    made = CertificateLayout.objects.create(
        code=f"moi-{source.pk}-{actor.pk}", name=name, background_id=source.background_id, **values
    )
    made.code = f"mau-{made.pk}"
    made.save(update_fields=["code"])
    made.award_types.set(source.award_types.all())
    audit.record(made, "copy_layout", actor=actor, note=f"Từ mẫu “{source.name}”")
    return made


@transaction.atomic
def calibrate_layout(
    layout: CertificateLayout, *, actor: Any, printed: tuple[Decimal, Decimal], measured: tuple[Decimal, Decimal]
) -> CertificateLayout:
    """Move the text by what the test sheet showed. ``printed``: the offsets (across, down) with which that sheet was printed;
    ``measured``: how far its upper left cross stands from the edges of the paper, all in mm."""
    locked = _lock(layout, actor)
    across, down = (certificates.corrected(offset, found) for offset, found in zip(printed, measured, strict=True))
    if max(abs(across), abs(down)) > MOST_OFFSET:
        raise DomainError(
            f"Lệch quá {MOST_OFFSET} mm: hãy kiểm tra đã in đúng 100 % và đo từ mép giấy đến dấu + ở góc trên bên trái."
        )
    changes = {
        "offset_x_mm": [locked.offset_x_mm, across],
        "offset_y_mm": [locked.offset_y_mm, down],
    }
    locked.offset_x_mm, locked.offset_y_mm = across, down
    locked.save(update_fields=["offset_x_mm", "offset_y_mm"])
    audit.record(locked, "calibrate_layout", actor=actor, changes=changes)
    return locked


def picture_of(layout: CertificateLayout, *, ppi: float = 60) -> bytes:
    """A picture of the layout with invented facts."""
    return setting.compile_png(setting.data_of(layout, [setting.sample_sheet(layout)], title=layout.name), ppi=ppi)


def trial_sheet(layout: CertificateLayout) -> bytes:
    """The sheet with crosses, rulers and outlines of the boxes, printed with the offsets in force."""
    return setting.compile_pdf(setting.data_of(layout, [], title=f"Trang in thử: {layout.name}", test=True))
