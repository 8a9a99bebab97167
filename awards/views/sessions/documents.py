"""The minutes of a meeting: how they would look, making them; signed at the document's own page."""

from typing import Any

from awards.documents.minutes import CountMinutes, MeetingMinutes
from awards.models import CommitteeMeeting
from awards.views.council.pages import CouncilAccess, CouncilPage
from awards.views.sessions.meetings import MeetingMixin
from pledges.views.documents import Desk, DocumentIssue, DocumentPreview, RecordDocuments

DESK = Desk(
    "council:meeting",
    {"bien-ban-hop": MeetingMinutes(), "bien-ban-kiem-phieu": CountMinutes()},
    ("committee__unit", "cycle__owner"),
)


class MeetingDeskMixin(MeetingMixin):
    """Chair and secretary of this council."""

    desk = DESK

    def get_record(self) -> CommitteeMeeting:
        return self.meeting


class MeetingDocuments(MeetingDeskMixin, CouncilPage, RecordDocuments):
    page_title = "Biên bản"

    def get_object(self, queryset: Any = None) -> CommitteeMeeting:
        return self.meeting

    def get_page_title(self) -> str:
        return "Biên bản"


class MeetingDocumentPreview(MeetingDeskMixin, CouncilAccess, DocumentPreview):
    pass


class MeetingDocumentIssue(MeetingDeskMixin, CouncilAccess, DocumentIssue):
    def get_success_url(self, record: Any = None) -> str:
        return record.get_absolute_url()
