"""Making a document of a nomination or of a unit's set: it fills the lines of the checklists that ask for its kind."""

from typing import Any

from django.db import transaction

from awards.models import Nomination, NominationSet
from awards.services.nominations.dossier import attach_document
from awards.services.nominations.sets import nominations_of
from dvk_portal.core.models import Document
from pledges.services.recorddocuments import RecordDocument, issue_document


@transaction.atomic
def make_paper(kind: RecordDocument, record: Any, *, actor: Any) -> Document:
    """Make the document; every dossier it speaks of that is still with the unit takes it in, in the place of an earlier one."""
    document = issue_document(kind, record, actor=actor)
    for nomination in _dossiers(record):
        attach_document(nomination, document, actor=actor)
    return document


def _dossiers(record: Any) -> list[Nomination]:
    if isinstance(record, Nomination):
        return [record]
    return nominations_of(record) if isinstance(record, NominationSet) else []
