"""The registry of document kinds. To add one, write a class in ``<app>/documents.py`` and register it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured

from dvk_portal.core.documents.content import Content

_kinds: dict[str, "DocumentKind"] = {}


@dataclass(frozen=True)
class Mandate:
    """In what capacity somebody signs today: post and body, and the delegation's number when he acts for another."""

    capacity: str
    organisation: str
    delegation: str = ""


class DocumentKind(ABC):
    """One kind of document. ``code`` is its identifier, ``title`` its name on screens.

    ``type_code`` is the abbreviation in its number (BC, TB …); "" = it carries none. ``template`` is the Typst file under
    templates/documents/; ``record`` the model it is made from, whose ``visible_to`` decides who may read it.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    type_code: ClassVar[str] = ""
    template: ClassVar[str] = "document.typ"
    record: ClassVar[Any]

    @abstractmethod
    def content(self, record: Any) -> Content:
        """What the document says about ``record`` now (without number and lookup address)."""

    @abstractmethod
    def sample(self) -> Content:
        """A filled example with invented facts: for previews, for testing templates."""

    def records_for(self, user: Any) -> Any:
        """The records whose documents ``user`` may read."""
        return self.record.objects.visible_to(user)

    def check(self, document: Any) -> None:  # noqa: B027
        """Raise DomainError when what the document was made of no longer is as it was frozen; asked before each signature."""

    def mandate(self, user: Any, document: Any, slot: str) -> Mandate | None:
        """In what capacity ``user`` may sign at ``slot`` now; None = he may not."""
        return None

    def may_confirm(self, user: Any, document: Any) -> bool:
        """Whether ``user`` may confirm a paper copy or a flagged upload of the other side."""
        return False

    def confirmers(self, document: Any) -> list[Any]:
        """Whom to tell that a paper copy or a flagged upload waits for confirmation."""
        return []

    def allowed_methods(self, document: Any) -> list[str]:
        """The ways of signing (``Signature.Method``) open for this document."""
        return []

    def signed(self, document: Any, signature: Any, *, actor: Any, batch: bool) -> None:  # noqa: B027
        """Called in the transaction in which a signature was accepted; ``batch``: as one of many in one act."""

    def consent_url(self, document: Any) -> str:
        """The page of the record where one consents, when it has one of its own; "" = the document's own page."""
        return ""

    def keeps_document(self, document: Any) -> str:
        """Why this document is not cancelled by itself (its record ends it), as a sentence; "" = it may be."""
        return ""


def register(kind: type[DocumentKind]) -> type[DocumentKind]:
    """Class decorator: make the kind known."""
    if kind.code in _kinds:
        raise ImproperlyConfigured(f"The document kind {kind.code!r} is registered twice.")
    _kinds[kind.code] = kind()
    return kind


def kind_of(code: str) -> DocumentKind:
    """The kind called ``code``. Raises KeyError."""
    return _kinds[code]


def all_kinds() -> list[DocumentKind]:
    return list(_kinds.values())
