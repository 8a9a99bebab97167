"""Documents that people make of a record the portal already keeps: what is in the way, one living at a time, one number.

A kind says whose document it is, who may make it, and from what state of the record; the act of making is the same for all.
"""

import datetime
from abc import abstractmethod
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from campaigns.models import Campaign
from dvk_portal.core.documents.content import missing
from dvk_portal.core.documents.freezing import end_document, freeze
from dvk_portal.core.documents.kinds import DocumentKind, Mandate
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document
from units.access import matrix, rights
from units.models import Delegation, Unit, User
from units.roles import Role
from units.services.numbers import take_number


class RecordDocument(DocumentKind):
    """A document made of a record by an act of its own.

    For the page that offers it: ``purpose`` says in a sentence what it is good for, ``variant`` tells two ways of making the
    same kind apart, ``act_label`` is the button, ``maker`` a sentence on who may press it.
    """

    purpose: str = ""
    variant: str = ""
    act_label: str = "Lập văn bản"
    maker: str = ""
    # Whose holders confirm a paper copy or a flagged file; never who handed it in (signatures/outside.py).
    confirm_right: str = "document.confirm"

    @abstractmethod
    def issuer(self, record: Any) -> Unit:
        """The body whose document it is."""

    @abstractmethod
    def may_issue(self, user: Any, record: Any) -> bool:
        """Whether ``user`` may make it."""

    def campaign_of(self, record: Any) -> Campaign:
        return record.participation.campaign

    def obstacles(self, record: Any) -> list[str]:
        """Sentences on what forbids making the document now, whatever it says."""
        return []

    def subject_of(self, record: Any) -> str:
        """What the register of numbers says the document is about."""
        return self.content(record).subject

    @abstractmethod
    def state_of(self, record: Any) -> str:
        """Names the state of the record that the document speaks of: another state asks for a new document."""

    def is_current(self, document: Document, record: Any) -> bool:
        """Whether the document still speaks of the record as it is."""
        return document.content["facts"].get("state") == self.state_of(record)

    def may_confirm(self, user: Any, document: Document) -> bool:
        record = self.record_of(document)
        return record is not None and user.has_perm(self.confirm_right, record)

    def confirmers(self, document: Document) -> list[Any]:
        record = self.record_of(document)
        if record is None:
            return []
        campaign = self.campaign_of(record)
        people = [campaign.contact, *campaign.owner.members(Role.DIRECTOR)]
        return [person for person in dict.fromkeys(people) if person and person.has_perm(self.confirm_right, record)]

    def record_of(self, document: Document) -> Any:
        """The record of ``document``; None when the document no longer speaks of it as it is, so nobody may sign."""
        record = self.record.objects.filter(pk=document.record_id).first()
        return record if record is not None and self.is_current(document, record) else None


def mandate_at(user: User, permission: str, unit_id: int) -> Mandate | None:
    """In what capacity ``user`` acts for the unit today, by a post there or a written delegation; None = he may not."""
    for row in rights(user).holders(permission):
        if row.role not in matrix()[permission] or row.unit_id != unit_id:
            continue
        if isinstance(row, Delegation):
            return Mandate(f"{row.authority}, {row.post}", row.unit.name, row.document_no)
        return Mandate(row.post or row.get_role_display(), row.unit.name)
    return None


def documents_of(record: Model, *kinds: RecordDocument) -> QuerySet[Document]:
    """Every document made of ``record`` by these kinds, newest first, ended ones included."""
    rows = Document.objects.of(record).filter(kind__in=[kind.code for kind in kinds])
    return rows.select_related("number", "created_by")


def what_is_missing(kind: RecordDocument, record: Any) -> list[str]:
    """Sentences on everything that keeps the document from being made now."""
    found = kind.obstacles(record)
    return [*found, *(f"Cần bổ sung: {gap}." for gap in missing(kind.content(record)))]


@transaction.atomic
def issue_document(kind: RecordDocument, record: Any, *, actor: Any, now: datetime.datetime | None = None) -> Document:
    """Take the number, freeze the content and store the document; it waits for its signatures, if it has any.

    A living document of the same state of the record is refused; one of an earlier state is replaced by the new one. When
    anything fails, nothing is kept: the number is not used up either.
    """
    if not kind.may_issue(actor, record):
        raise PermissionDenied
    now = now or timezone.now()
    day = timezone.localdate(now)
    # Two people at once: the second waits here and then finds the first one's document.
    type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)
    record.refresh_from_db()
    if found := kind.obstacles(record):
        raise DomainError(f"Chưa lập được {kind.title.lower()}.", found)
    earlier = list(documents_of(record, kind).living())
    if same := next((row for row in earlier if kind.is_current(row, record)), None):
        raise DomainError(f"Đã có {_named(same)}, còn hiệu lực. Không lập thêm; hãy mở văn bản đó.")
    unit, number = kind.issuer(record), None
    if kind.type_code:
        subject = kind.subject_of(record)
        number = take_number(unit, actor=actor, type_code=kind.type_code, day=day, subject=subject)
    document = freeze(kind, record, actor=actor, unit=unit, day=day, number=number, now=now)
    for row in earlier:
        reason = f"Thay bằng {_named(document)}, lập từ số liệu mới hơn."
        end_document(row, actor=actor, status=Document.Status.SUPERSEDED, reason=reason, now=now)
    return document


def end_documents_of(record: Model, *, actor: Any, reason: str) -> None:
    """What was made of ``record`` no longer says what it says: the public page must not call it valid. The caller holds the
    record's lock."""
    for row in Document.objects.select_for_update(of=("self",)).of(record).living():
        end_document(row, actor=actor, status=Document.Status.CANCELLED, reason=reason, now=timezone.now())


def _named(document: Document) -> str:
    number = f" số {document.number}" if document.number else ""
    return f"{document.title.lower()}{number} lập lúc {timezone.localtime(document.created_at):%H:%M ngày %d/%m/%Y}"
