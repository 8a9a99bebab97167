"""What people do with scoring tables: bring one in from a file, edit a draft, publish it, start the next version."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from campaigns.models import Scheme
from campaigns.scoring import editing
from campaigns.scoring.examplefile import ExampleResult, run_examples
from campaigns.scoring.reading import Finding
from campaigns.scoring.schemefile import dump_scheme, load_scheme
from campaigns.scoring.types import Scheme as ScoringScheme
from campaigns.workflows import SCHEME
from dvk_portal.core import audit
from dvk_portal.core.datafile import DataFileError, dump_yaml, load_yaml
from dvk_portal.core.exceptions import DomainError

Change = Callable[[editing.Document], editing.Document]
# Longest text a column takes.
LIMITS = {"code": 60, "version": 30, "title": 250}
_NAMES = {"code": "mã bảng", "version": "phiên bản", "title": "tên bảng"}


@dataclass(frozen=True)
class CheckedScheme:
    """A document with what the checker says. ``scheme`` is None when it cannot be read (other errors than sums)."""

    document: editing.Document
    scheme: ScoringScheme | None
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    examples: tuple[ExampleResult, ...] = ()

    @property
    def sentences(self) -> list[str]:
        """The errors, each with its place."""
        return [f"{error.path}: {error.message}" if error.path else error.message for error in self.errors]

    @property
    def failed_examples(self) -> list[ExampleResult]:
        return [example for example in self.examples if not example.passed]


def check_document(document: Any) -> CheckedScheme:
    """Check the content of a file or of a row; never raises."""
    scheme, errors, warnings = load_scheme(document)
    found = tuple(errors) + tuple(_too_long(scheme))
    examples = tuple(run_examples(scheme)) if scheme else ()
    kept = editing.plain(dump_scheme(scheme) if scheme else document)
    return CheckedScheme(kept if isinstance(kept, dict) else {}, scheme, found, tuple(warnings), examples)


def _too_long(scheme: ScoringScheme | None) -> list[Finding]:
    if scheme is None:
        return []
    return [
        Finding("", "rule_shape", f"“{key}” ({_NAMES[key]}) dài quá {limit} ký tự. Hãy viết ngắn lại.")
        for key, limit in LIMITS.items()
        if len(getattr(scheme, key)) > limit
    ]


def read_scheme_file(data: bytes | str) -> CheckedScheme:
    """Check the bytes of a file; what cannot be read at all is a finding too."""
    try:
        # The format tells people to quote "no" and "yes" (FORMAT.md), so unquoted they are what YAML 1.1 makes of them.
        return check_document(load_yaml(data, yaml_1_1_booleans=True))
    except DataFileError as error:
        return CheckedScheme({}, None, (Finding("", "bad_file", str(error)),), ())


def export_scheme(scheme: Scheme) -> str:
    """The table as the text of a file that imports to the same table."""
    return dump_yaml(scheme.document)


def _authorise(actor: Any, permission: str) -> None:
    """``actor`` None is the system (a management command)."""
    if actor is not None and not actor.has_perm(permission):
        raise PermissionDenied


def _write(scheme: Scheme, document: editing.Document) -> None:
    """Put the document and what the columns repeat of it into the row."""
    scheme.document = document
    for key, limit in LIMITS.items():
        setattr(scheme, key, str(document.get(key) or "")[:limit])


@transaction.atomic
def import_scheme(checked: CheckedScheme, *, actor: Any, publish: bool = False) -> tuple[Scheme, str]:
    """Store a checked file. Returns the row and what happened: created, replaced, unchanged.

    The same table again changes nothing; a draft of the same code and version is replaced; a published one never is.
    """
    _authorise(actor, "scheme.manage")
    if publish:
        _authorise(actor, "scheme.publish")
    if checked.errors:
        raise DomainError("Tệp có lỗi nên chưa nhập gì.", checked.sentences)
    code, version = checked.document["code"], checked.document["version"]
    scheme = Scheme.objects.select_for_update(of=("self",)).filter(code=code, version=version).first()
    if scheme is None:
        scheme = Scheme(created_by=actor)
        _write(scheme, checked.document)
        _insert(scheme)
        audit.record(scheme, "import_scheme", actor=actor)
        outcome = "created"
    elif json.dumps(scheme.document) == json.dumps(checked.document):  # the order of options counts
        outcome = "unchanged"
    elif scheme.is_draft:
        _replace(scheme, checked.document, actor, "import_scheme")
        outcome = "replaced"
    else:
        raise DomainError(
            f"Bảng {code} phiên bản {version} đã công bố nên không thay nội dung được. "
            "Hãy đổi “version” trong tệp để lập phiên bản mới."
        )
    if publish and scheme.is_draft:
        publish_scheme(scheme, actor=actor)
    return scheme, outcome


@transaction.atomic
def create_scheme(*, actor: Any, code: str, version: str, title: str, base: Decimal) -> Scheme:
    """A new, empty draft."""
    _authorise(actor, "scheme.manage")
    _refuse_taken(code, version)
    scheme = Scheme(created_by=actor)
    _write(scheme, editing.empty_scheme(code, version, title, base))
    _insert(scheme)
    audit.record(scheme, "create_scheme", actor=actor)
    return scheme


@transaction.atomic
def start_new_version(scheme: Scheme, *, actor: Any, version: str) -> Scheme:
    """A draft that begins as a copy of ``scheme``."""
    _authorise(actor, "scheme.manage")
    _refuse_taken(scheme.code, version)
    draft = Scheme(created_by=actor)
    _write(draft, {**scheme.document, "version": version})
    _insert(draft)
    audit.record(draft, "start_new_version", actor=actor, changes={"version": [scheme.version, version]})
    return draft


def _refuse_taken(code: str, version: str) -> None:
    if Scheme.objects.filter(code=code, version=version).exists():
        raise DomainError(f"Bảng {code} đã có phiên bản {version}. Hãy đặt mã hoặc phiên bản khác.")


def _insert(scheme: Scheme) -> None:
    """Somebody may have taken code and version since they were looked up."""
    try:
        with transaction.atomic():
            scheme.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError(
            f"Bảng {scheme.code} đã có phiên bản {scheme.version}. Hãy đặt mã hoặc phiên bản khác."
        ) from error


@transaction.atomic
def change_scheme(scheme: Scheme, change: Change, *, actor: Any, revision: int, what: str) -> Scheme:
    """Apply ``change`` (see campaigns.scoring.editing) to a draft. ``revision``: the one the person was looking at.

    ``what`` is the sentence of the audit trail. Raises DomainError: published meanwhile, changed by someone else, gone.
    """
    _authorise(actor, "scheme.manage")
    locked = _draft_at(scheme, revision)
    try:
        document = change(locked.document)
    except editing.NoSuchPlaceError as error:
        raise DomainError("Mục này không còn trong bảng. Hãy tải lại trang để xem bảng hiện tại.") from error
    if document == locked.document:
        return locked
    if (document.get("code"), document.get("version")) != (locked.code, locked.version):
        _refuse_taken(str(document.get("code")), str(document.get("version")))
    _replace(locked, document, actor, "edit_scheme", what)
    return locked


@transaction.atomic
def undo_change(scheme: Scheme, *, actor: Any, revision: int) -> Scheme:
    """Back to what the draft was before the last change; done twice, forward again."""
    _authorise(actor, "scheme.manage")
    locked = _draft_at(scheme, revision)
    if locked.previous is None:
        raise DomainError("Bảng chưa có thay đổi nào để hoàn tác.")
    _replace(locked, locked.previous, actor, "undo_scheme")
    return locked


@transaction.atomic
def discard_draft(scheme: Scheme, *, actor: Any) -> None:
    """Remove a draft that had no effect: never published, chosen by no campaign."""
    _authorise(actor, "scheme.manage")
    locked = Scheme.objects.select_for_update(of=("self",)).get(pk=scheme.pk)
    if not locked.is_draft:
        raise DomainError("Bảng đã công bố thì không xóa được. Nếu không dùng nữa, hãy cho ngừng áp dụng.")
    if locked.campaigns.exists():
        raise DomainError("Có phong trào đang chọn bảng này. Hãy chọn bảng khác cho phong trào trước khi xóa.")
    audit.record(locked, "discard_scheme", actor=actor)
    locked.delete()


def _draft_at(scheme: Scheme, revision: int) -> Scheme:
    """The locked row, if it is still the draft the person saw."""
    locked = Scheme.objects.select_for_update(of=("self",)).get(pk=scheme.pk)
    if not locked.is_draft:
        raise DomainError("Bảng đã công bố nên không sửa được nữa. Muốn đổi, hãy lập phiên bản mới.")
    if locked.revision != revision:
        raise DomainError(
            "Người khác vừa sửa bảng này trong lúc bạn đang làm. Nội dung bạn nhập vẫn còn ở đây; "
            "hãy mở bảng ở thẻ khác để xem thay đổi, rồi bấm lưu lần nữa nếu vẫn muốn ghi."
        )
    return locked


def _replace(scheme: Scheme, document: editing.Document, actor: Any, action: str, what: str = "") -> None:
    before = scheme.revision
    scheme.previous = scheme.document
    _write(scheme, document)
    scheme.revision = before + 1
    scheme.save(update_fields=["document", "previous", "revision", *LIMITS])
    audit.record(scheme, action, actor=actor, changes={"revision": [before, scheme.revision]}, note=what)


@transaction.atomic
def publish_scheme(scheme: Scheme, *, actor: Any, revision: int | None = None) -> Scheme:
    """Put the table in force; from now on it never changes. ``revision``: what the director was looking at, if he was."""
    _authorise(actor, "scheme.publish")
    if revision is not None and Scheme.objects.filter(pk=scheme.pk, status=Scheme.Status.DRAFT).exists():
        _draft_at(scheme, revision)
    return SCHEME.apply(scheme, "publish", actor=actor)


@transaction.atomic
def retire_scheme(scheme: Scheme, *, actor: Any, note: str) -> Scheme:
    """No new campaign may choose the table; those that did go on with it."""
    return SCHEME.apply(scheme, "retire", actor=actor, note=note)
