"""Biên bản họp hội đồng and biên bản kiểm phiếu: signed by the secretary and whoever was in the chair (law.md §9)."""

import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from awards.documents import minutessamples
from awards.documents.minutestext import Minutes
from awards.models import Attendance, CommitteeMeeting
from awards.services.council.conflicts import preparing, seats_of
from awards.services.sessions.access import may_prepare, meetings_on
from dvk_portal.core.documents.content import Content, Heading, Section, Slot, digest, need
from dvk_portal.core.documents.kinds import Mandate, register
from dvk_portal.core.models import Document, Signature
from pledges.services.recorddocuments import RecordDocument
from units.models import Unit
from units.services.issuing import heading_of

_S = CommitteeMeeting.Status
_SECRETARY, _CHAIR = "secretary", "chair"


class MeetingDocument(RecordDocument):
    """Of one meeting; read, made and signed by chair and secretary alone: it holds what conflicted members must not see."""

    record = CommitteeMeeting
    maker = "Thư ký hoặc chủ tịch hội đồng lập văn bản này."
    confirm_right = "council.chair"

    def records_for(self, user: Any) -> QuerySet[CommitteeMeeting]:
        if not user.has_perm("council.prepare"):  # without a query for nearly everybody
            return CommitteeMeeting.objects.none()
        return meetings_on(preparing(user, seats_of(user, timezone.localdate())))

    def issuer(self, record: CommitteeMeeting) -> Unit:
        return record.committee.unit

    def may_issue(self, user: Any, record: CommitteeMeeting) -> bool:
        return may_prepare(user, record)

    def state_of(self, record: CommitteeMeeting) -> str:
        """Whatever is printed: a changed word asks for new minutes."""
        content = self._content(record)
        return digest({"sections": [repr(part) for part in content.sections], "annexes": repr(content.annexes)})[:32]

    def content(self, record: CommitteeMeeting) -> Content:
        content = self._content(record)
        content.facts["state"] = self.state_of(record)
        return content

    def _content(self, record: CommitteeMeeting) -> Content:
        raise NotImplementedError

    def mandate(self, user: Any, document: Document, slot: str) -> Mandate | None:
        """Each signs as he sat: the secretary, and who was in the chair."""
        record = self.record_of(document)
        if record is None:
            return None
        minutes = Minutes(record)
        line = minutes.secretary() if slot == _SECRETARY else minutes.presiding()
        if line is None or line.member.user_id != user.pk or not may_prepare(user, record):
            return None
        return Mandate(line.member.post or line.member.get_role_display(), str(record.committee))

    def allowed_methods(self, document: Document) -> list[str]:
        return [*Signature.IN_PERSON, Signature.Method.UPLOAD, Signature.Method.SCAN]

    def confirmers(self, document: Document) -> list[Any]:
        record = self.record_of(document)
        rows = record.committee.members.filter(role=_CHAIR).select_related("user") if record is not None else []
        return [row.user for row in rows if row.user.has_perm(self.confirm_right, record)]


@register
class MeetingMinutes(MeetingDocument):
    """Biên bản họp: time, place, who was there, agenda, publicity, discussion, votes, conclusion; the papers as annex."""

    code = "meeting_minutes"
    title = "Biên bản họp hội đồng"
    purpose = (
        "Thời gian, thành phần, chương trình, báo cáo công khai, thảo luận, bảng phiếu từng đề nghị, kết luận; kèm danh sách "
        "phiếu theo mã biên nhận. Thư ký và người chủ trì ký."
    )
    act_label = "Lập biên bản họp"

    def _content(self, record: CommitteeMeeting) -> Content:
        minutes = Minutes(record)
        sections = [
            Section(paragraphs=minutes.opening(to_the_end=True)),
            Section("I. THÀNH PHẦN", paragraphs=minutes.attendance(), tables=minutes.recusals()),
            Section("II. CHƯƠNG TRÌNH", paragraphs=_paragraphs(record.agenda, "chương trình")),
            Section("III. BÁO CÁO CÔNG KHAI LẤY Ý KIẾN", paragraphs=minutes.publicity()),
            Section("IV. THẢO LUẬN", paragraphs=_paragraphs(record.discussion, "ý kiến thảo luận")),
            Section("V. KẾT QUẢ BỎ PHIẾU, BIỂU QUYẾT"),
            *minutes.votes(),
            Section("VI. KẾT LUẬN", paragraphs=[*minutes.outcome(), *_paragraphs(record.conclusion, "kết luận")]),
        ]
        return _framed(self.code, "Họp xét khen thưởng", record, minutes, sections)

    def obstacles(self, record: CommitteeMeeting) -> list[str]:
        return [] if record.status == _S.CLOSED else ["Phiên họp chưa bế mạc. Hãy bế mạc phiên họp rồi lập biên bản."]

    def sample(self) -> Content:
        return minutessamples.meeting_minutes()


@register
class CountMinutes(MeetingDocument):
    """Biên bản kiểm phiếu: the counters, the numbers of every ballot, the papers as annex."""

    code = "count_minutes"
    title = "Biên bản kiểm phiếu"
    purpose = "Ban kiểm phiếu, số phiếu và tỷ lệ từng đề nghị, kèm danh sách phiếu theo mã biên nhận. Thư ký và người chủ trì ký."
    act_label = "Lập biên bản kiểm phiếu"

    def _content(self, record: CommitteeMeeting) -> Content:
        minutes = Minutes(record)
        sections = [
            Section(paragraphs=minutes.opening(to_the_end=False)),
            Section("I. BAN KIỂM PHIẾU", paragraphs=_paragraphs(record.counters, "ban kiểm phiếu")),
            Section("II. THÀNH PHẦN", paragraphs=minutes.attendance(), tables=minutes.recusals()),
            Section("III. KẾT QUẢ"),
            *minutes.votes(),
        ]
        return _framed(self.code, "Kiểm phiếu xét khen thưởng", record, minutes, sections)

    def obstacles(self, record: CommitteeMeeting) -> list[str]:
        if record.status in (_S.OPEN, _S.CLOSED) and Minutes(record).ballots:
            return []
        return ["Chưa có lượt bỏ phiếu nào được kiểm."]

    def sample(self) -> Content:
        return minutessamples.count_minutes()


def _framed(code: str, about: str, record: CommitteeMeeting, minutes: Minutes, sections: list[Section]) -> Content:
    return Content(
        kind=code,
        title="BIÊN BẢN",
        subject=f"{about} – {record.title}",
        heading=_heading(record, minutes.day),
        grounds=[
            f"Căn cứ {record.committee.decision_no} ngày {record.committee.decision_date:%d/%m/%Y} về thành lập "
            f"{record.committee.name}"
        ],
        sections=sections,
        slots=_slots(record, minutes),
        recipients=["Thành viên hội đồng", "Lưu hồ sơ"],
        annexes=minutes.papers(),
        facts={},
    )


def _heading(record: CommitteeMeeting, day: datetime.date) -> Heading:
    return heading_of(record.committee.unit, day)


def _slots(record: CommitteeMeeting, minutes: Minutes) -> list[Slot]:
    secretary, chair = minutes.secretary(), minutes.presiding()
    return [
        Slot(
            slot, label, _post(line), need(line and str(line.member), what), organisation=str(record.committee),
            expected=str(line.member) if line else "",
        )
        for slot, label, line, what in (
            (_SECRETARY, "THƯ KÝ", secretary, "thư ký có mặt"),
            (_CHAIR, "CHỦ TRÌ", chair, "người chủ trì có mặt"),
        )
    ]  # fmt: skip


def _post(line: Attendance | None) -> str:
    return (line.member.post or line.member.get_role_display()) if line else ""


def _paragraphs(text: str, what: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()] or [need("", what)]
