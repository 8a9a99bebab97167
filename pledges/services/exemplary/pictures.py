"""Pictures of models: the original is kept inside; what people see is drawn anew, smaller and without any metadata."""

import io
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from PIL import Image, ImageOps

from dvk_portal.core import audit
from dvk_portal.core.documents.freezing import new_code
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import KINDS, clean_name, store_bytes, store_upload
from pledges.models import ExemplaryModel, FieldVisit, ModelPicture
from pledges.services.proposals import clean_text

# Longest side in pixels.
WEB, THUMBNAIL = 1280, 480
# More is no photograph of a village road but a file made to fill the memory; 50 megapixels take 150 MB while drawn.
MAX_PIXELS = 50_000_000
_QUALITY = 82
_FORMATS = ("JPEG", "PNG", "WEBP")
_EXTENSIONS = ("jpg", "jpeg", "png", "webp")
# What Pillow raises over bytes that only pretend to be a picture.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, ArithmeticError, struct.error)
_MAX_ORDER = 9999


@dataclass(frozen=True)
class Drawn:
    """A picture as it is shown: two JPEG files without metadata, and the size of the larger one in pixels."""

    web: bytes
    thumbnail: bytes
    width: int
    height: int


@dataclass(frozen=True)
class PictureEntry:
    """What a person says about one picture."""

    caption: str
    consented: bool
    order: int


def may_illustrate(model: ExemplaryModel, user: Any) -> bool:
    """Whether ``user`` may add, describe and remove the model's own pictures; results are pictured after recognition too."""
    return model.status not in ExemplaryModel.OVER and user.has_perm("model.edit", model)


# --- drawing --------------------------------------------------------------------------------------------------------
def draw(data: bytes | io.IOBase, name: str) -> Drawn:
    """Draw the picture anew, upright, in two sizes. DomainError with a sentence when it is broken, too large or moves."""
    try:
        with Image.open(data if not isinstance(data, bytes) else io.BytesIO(data), formats=_FORMATS) as image:
            _refuse_odd(image, name)
            image.draft("RGB", (WEB, WEB))  # a large JPEG is read at the size that is needed
            upright = _plain(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DomainError(_too_large(name)) from error
    except _BROKEN as error:
        raise DomainError(f"Ảnh “{name}” bị hỏng hoặc không phải là ảnh. Hãy mở thử trên máy rồi chọn lại.") from error
    web = _fitted(upright, WEB)
    return Drawn(_jpeg(web), _jpeg(_fitted(upright, THUMBNAIL)), *web.size)


def _refuse_odd(image: Image.Image, name: str) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise DomainError(_too_large(name))
    # A telephone's JPEG may carry a second view of the same moment (MPO): the first one is shown.
    if image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False):
        raise DomainError(f"Ảnh “{name}” là ảnh động. Hãy chọn ảnh chụp bình thường.")


def _too_large(name: str) -> str:
    return f"Ảnh “{name}” có quá nhiều điểm ảnh (tối đa {MAX_PIXELS // 1_000_000} triệu). Hãy giảm kích thước ảnh rồi tải lại."


def _plain(image: Image.Image) -> Image.Image:
    """The pixels alone on white, in RGB: a new picture, to which nothing of the old one's information clings."""
    plain = Image.new("RGB", image.size, "white")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        plain.paste(layer, mask=layer.getchannel("A"))
    else:
        plain.paste(image.convert("RGB"))
    return plain


def _fitted(image: Image.Image, side: int) -> Image.Image:
    found = image.copy()
    found.thumbnail((side, side), Image.Resampling.LANCZOS)
    return found


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return buffer.getvalue()


# --- keeping --------------------------------------------------------------------------------------------------------
@transaction.atomic
def add_pictures(
    model: ExemplaryModel, uploads: Iterable[UploadedFile], *, actor: Any, visit: FieldVisit | None = None
) -> list[ModelPicture]:
    """Add the pictures to the model, or to one of its visits (then the caller has asked for the right).

    All or none: DomainError with one finding per picture that cannot be taken.
    """
    if visit is None and not may_illustrate(model, actor):
        raise PermissionDenied
    ExemplaryModel.objects.select_for_update(of=("self",)).get(pk=model.pk)
    uploads = list(uploads)
    if not uploads:
        raise DomainError("Hãy chọn ít nhất một ảnh.")
    last = model.pictures.order_by("-order").values_list("order", flat=True).first() or 0
    if model.pictures.count() + len(uploads) > settings.UPLOAD_MAX_PER_RECORD:
        raise DomainError(f"Mỗi mô hình có tối đa {settings.UPLOAD_MAX_PER_RECORD} ảnh. Hãy chọn những ảnh rõ nhất.")
    rows, findings = [], []
    for place, upload in enumerate(uploads, last + 1):
        try:
            rows.append(_row(model, upload, visit, actor, place))
        except DomainError as error:
            findings.append(error.message)
    if findings:
        raise DomainError("Chưa thêm được ảnh nào.", findings)
    for row in rows:
        row.save()
    audit.record(
        model, "add_pictures", actor=actor, changes={"Ảnh": ["", ", ".join(row.original.name for row in rows)]}
    )
    return rows


def _row(model: ExemplaryModel, upload: UploadedFile, visit: FieldVisit | None, actor: Any, order: int) -> ModelPicture:
    name = clean_name(upload.name or "anh")
    extension = name.rpartition(".")[2]
    if extension in ("heic", "heif"):
        raise DomainError(
            f"Ảnh “{name}” ở dạng HEIC của iPhone. Hãy chọn định dạng “Tương thích nhất” khi gửi ảnh, hoặc lưu thành JPG."
        )
    if extension not in _EXTENSIONS:
        raise DomainError(f"Tệp “{name}” không phải ảnh được nhận. Hãy dùng ảnh JPG, PNG hoặc WEBP.")
    original = store_upload(upload, actor=actor)
    upload.seek(0)
    drawn = draw(upload, name)
    stem = name.rpartition(".")[0]
    web, thumbnail = (
        store_bytes(data, f"{stem}-{side}.jpg", kind=KINDS["jpg"], actor=actor)
        for data, side in ((drawn.web, WEB), (drawn.thumbnail, THUMBNAIL))
    )
    return ModelPicture(
        model=model, visit=visit, code=new_code(), original=original, web=web, thumbnail=thumbnail,
        width=drawn.width, height=drawn.height, order=min(order, _MAX_ORDER), added_by=actor,
    )  # fmt: skip


@transaction.atomic
def describe_pictures(model: ExemplaryModel, entries: Mapping[int, PictureEntry], *, actor: Any) -> None:
    """Caption, consent and place of each of the model's pictures; ``entries`` by picture id, others stay as they are."""
    if not may_illustrate(model, actor):
        raise PermissionDenied
    changes = {}
    for picture in model.pictures.select_for_update(of=("self",)).filter(pk__in=entries):
        entry = entries[picture.pk]
        before = _words(picture)
        picture.caption, picture.consented = clean_text(entry.caption)[:200], entry.consented
        picture.order = max(0, min(entry.order, _MAX_ORDER))
        if _words(picture) != before:
            changes[f"Ảnh {picture.pk}"] = [before, _words(picture)]
            picture.save(update_fields=["caption", "consented", "order"])
    if changes:
        audit.record(model, "edit_pictures", actor=actor, changes=changes)


def _words(picture: ModelPicture) -> str:
    consent = "được đồng ý công khai" if picture.consented else "chưa được đồng ý công khai"
    return f"{picture.order}. {picture.caption or '(không chú thích)'}, {consent}"


@transaction.atomic
def remove_picture(picture: ModelPicture, *, actor: Any) -> None:
    """Take a picture away, from the public at once; a picture of a visit belongs to its minutes and stays."""
    if not may_illustrate(picture.model, actor):
        raise PermissionDenied
    if picture.visit_id is not None:
        raise DomainError("Ảnh này thuộc biên bản khảo sát nên không gỡ được ở đây.")
    audit.record(picture.model, "remove_picture", actor=actor, changes={"Ảnh": [str(picture), ""]})
    picture.delete()
