"""The desk of documents made of a decision (pledges/views/documents.py): preview before signing, issue, what has been made."""

from awards.documents.decisions import AwardListDocument, AwardMoneyDocument, DecisionDocument
from pledges.views.documents import DESKS, Desk, DocumentIssue, DocumentPreview, RecordDocuments

DESK = Desk(
    "decision",
    {"quyet-dinh": DecisionDocument(), "danh-sach": AwardListDocument(), "tien-thuong": AwardMoneyDocument()},
    ("unit", "cycle"),
)
DESKS[DESK.name] = DESK

__all__ = ["DESK", "DocumentIssue", "DocumentPreview", "RecordDocuments"]
