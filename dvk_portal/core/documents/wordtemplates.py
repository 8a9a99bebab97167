"""Word templates of offices: taken in after a trial, one of each kind in use, old versions kept."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import Max

from dvk_portal.core import audit, files
from dvk_portal.core.documents import word
from dvk_portal.core.documents.content import Content
from dvk_portal.core.documents.kinds import DocumentKind, all_kinds
from dvk_portal.core.documents.previews import enlarged, filled, known_layouts, sample_in
from dvk_portal.core.documents.word.code import Budget
from dvk_portal.core.documents.word.fields import shown_texts, values_of
from dvk_portal.core.documents.word.package import MAX_BYTES, printed_fields
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import DocumentFormat, DocumentTemplate

PERMISSION = "document.templates"
# The trial with many sections; a template without loops inside loops over the same list stays far below.
_TIMES, _ROUNDS, _CHARS = 40, 20_000, 12_000_000
_SOMEBODY_ELSE = "Có người vừa thay mẫu của loại văn bản này. Hãy tải lại trang rồi thử lại."


# --- which template is used -----------------------------------------------------------------------------------------
def templates_by_kind() -> list[tuple[DocumentKind, DocumentTemplate | None, int]]:
    """Every kind with the template it uses (None: the portal's own) and how many versions there are."""
    active = {row.kind: row for row in DocumentTemplate.objects.filter(is_active=True).select_related("uploaded_by")}
    counts = dict(DocumentTemplate.objects.values_list("kind").annotate(Max("version")).order_by())
    return [(kind, active.get(kind.code), counts.get(kind.code, 0)) for kind in all_kinds()]


def template_bytes(kind: str) -> bytes | None:
    """The office's template in use for ``kind``; None when the portal's own is."""
    row = DocumentTemplate.objects.filter(kind=kind, is_active=True).select_related("file").first()
    return None if row is None else files.read(row.file)


# --- trial ----------------------------------------------------------------------------------------------------------
def try_template(kind: DocumentKind, data: bytes) -> list[str]:
    """Render the kind's sample in every layout with the template in ``data``.

    DomainError when it cannot be used or leaves out what the sample shows and a document needs. Returns sentences about
    what else it leaves out.
    """
    printed = printed_fields(data)
    lost: dict[str, str] = {}
    dropped: dict[str, str] = {}
    for layout in known_layouts():
        content = sample_in(kind, layout)
        for name, words, required in _left_out(data, printed, content, layout):
            (lost if required else dropped)[name] = words
        for name, words, _ in _left_out(data, printed, filled(content), layout):
            dropped[name] = words
    if lost:
        raise DomainError(
            "Mẫu bỏ sót phần bắt buộc nên chưa được nhận. Hãy thêm các trường sau vào mẫu.",
            [f"{words}: {{{{ {name} }}}}." for name, words in lost.items()],
        )
    large = enlarged(filled(content), _TIMES)
    word.render(large, layout, data, budget=Budget(_ROUNDS, _CHARS))
    return [f"Mẫu không in: {words} ({name})." for name, words in dropped.items() if name not in lost]


def _left_out(
    data: bytes, printed: set[str], content: Content, layout: DocumentFormat
) -> Iterator[tuple[str, str, bool]]:
    """Fields that are not ``printed`` or whose text is not in the result: path, words, whether a document needs it.

    Both are asked: a name may stand elsewhere too, and a field may be written where it is never reached.
    """
    page = _folded(word.texts_of(word.render(content, layout, data)))
    for field, path, text in shown_texts(values_of(content, layout)):
        if path not in printed or _folded(text) not in page:
            yield path, field.words, field.required


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


# --- taking in, choosing --------------------------------------------------------------------------------------------
def upload_template(
    kind: DocumentKind, upload: File, *, actor: Any, note: str = ""
) -> tuple[DocumentTemplate, list[str]]:
    """Take in a new version and use it from now on. Returns it with what it leaves out; DomainError says why it is refused."""
    _authorise(actor)
    if upload.size and upload.size > MAX_BYTES:
        raise DomainError(f"Tệp lớn hơn {MAX_BYTES // 1_000_000} MB. Hãy giảm kích thước ảnh trong mẫu rồi tải lại.")
    if not (upload.name or "").lower().endswith(".docx"):
        raise DomainError("Mẫu phải là tệp Word dạng .docx, không có macro. Hãy lưu lại dạng .docx rồi tải lên.")
    warnings = try_template(kind, upload.read())
    stored = files.store_upload(upload, actor=actor)
    try:
        with transaction.atomic():
            last = _versions(kind).aggregate(last=Max("version"))["last"] or 0
            _versions(kind).filter(is_active=True).update(is_active=False)
            row = DocumentTemplate.objects.create(
                kind=kind.code, version=last + 1, file=stored, note=note.strip()[:250], uploaded_by=actor
            )
            audit.record(row, "upload_template", actor=actor, note=row.note, changes={"hash": ["", stored.sha256]})
    except IntegrityError as error:
        raise DomainError(_SOMEBODY_ELSE) from error
    return row, warnings


def use_template(template: DocumentTemplate, *, actor: Any) -> DocumentTemplate:
    """Use an older version again. It is tried anew: kinds and fields may have changed since."""
    _authorise(actor)
    kind = next((kind for kind in all_kinds() if kind.code == template.kind), None)
    if kind is None:
        raise DomainError("Phiên bản này của cổng không còn loại văn bản ấy.")
    try_template(kind, files.read(template.file))
    try:
        with transaction.atomic():
            _versions(kind).filter(is_active=True).update(is_active=False)
            template.is_active = True
            template.save(update_fields=["is_active"])
            audit.record(template, "use_template", actor=actor)
    except IntegrityError as error:
        raise DomainError(_SOMEBODY_ELSE) from error
    return template


@transaction.atomic
def use_standard_template(kind: DocumentKind, *, actor: Any) -> None:
    """Go back to the portal's own template; the office's versions stay."""
    _authorise(actor)
    row = _versions(kind).select_for_update(of=("self",)).filter(is_active=True).first()
    if row is None:
        raise DomainError("Loại văn bản này đang dùng mẫu chung của cổng.")
    row.is_active = False
    row.save(update_fields=["is_active"])
    audit.record(row, "use_standard_template", actor=actor)


def _versions(kind: DocumentKind) -> Any:
    return DocumentTemplate.objects.filter(kind=kind.code)


def _authorise(actor: Any) -> None:
    if not actor.has_perm(PERMISSION):
        raise PermissionDenied
