"""What the minutes of a meeting and of a count say (R-24; law.md §9 "Biên bản họp"): sections, tables, the list of papers."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from awards.ballotbox import readable
from awards.models import Attendance, Ballot, BallotCandidate, CommitteeMeeting
from awards.services.cycles.publicity import publicity_report
from awards.services.sessions.ballots import rule_of
from awards.services.sessions.frozen import Setting, setting_of
from dvk_portal.core.documents.content import Annex, Column, Section, Table, need

RESULT_COLUMNS = [
    Column("TT", 0.5, "center"),
    Column("Đề nghị", 3.4),
    *(
        Column(title, 0.9, "right")
        for title in (
            "Văn bản",
            "Phát ra",
            "Thu vào",
            "Hợp lệ",
            "Hỏng",
            "Trắng",
            "Không tán thành",
            "Tán thành",
            "Mẫu số",
        )
    ),
    Column("Tỷ lệ (%)", 1, "right"),
    Column("Kết quả", 1.1),
]
PAPER_COLUMNS = [Column("TT", 0.5, "center"), Column("Mã biên nhận", 1.8), Column("Lựa chọn", 6)]
RECUSAL_COLUMNS = [Column("Thành viên", 2), Column("Không xét đề nghị", 3), Column("Lý do", 3.5)]
_A = Attendance.State
_CHOICES = {"aye": "đồng ý", "nay": "không đồng ý", "": "để trống"}


class Minutes:
    """One meeting, read once: a constant number of queries however many ballots."""

    def __init__(self, meeting: CommitteeMeeting) -> None:
        self.meeting = meeting
        self.day = timezone.localdate(meeting.opened_at or meeting.starts_at)
        self.setting: Setting = setting_of(meeting, self.day)
        self.lines = list(meeting.attendances.select_related("member__user", "substitute__user"))
        rows = meeting.ballots.filter(state=Ballot.State.CLOSED).select_related("award_type").order_by("number")
        self.ballots = list(rows.prefetch_related("candidates__nomination", "papers"))
        self.opinions = list(meeting.opinions.select_related("member__user"))

    # --- who ------------------------------------------------------------------------------------------------------------
    def presiding(self) -> Attendance | None:
        """Who is in the chair: the chairman, else a deputy who is there."""
        there = [line for line in self.lines if line.state == _A.PRESENT]
        return next((line for role in ("chair", "deputy") for line in there if line.member.role == role), None)

    def secretary(self) -> Attendance | None:
        return next((line for line in self.lines if line.member.role == "secretary" and line.state == _A.PRESENT), None)

    def attendance(self) -> list[str]:
        members = {seat.seat for seat in self.setting.members}
        own = [line for line in self.lines if line.member_id in members]
        there = [line for line in own if line.state in (_A.PRESENT, _A.PROXY)]
        sent = [str(row.member) for row in self.opinions if not row.late_for]
        late = [str(row.member) for row in self.opinions if row.late_for]
        found = [f"Tổng số thành viên hội đồng: {len(own)}. Có mặt: {len(there)}. Vắng: {len(own) - len(there)}."]
        found += [f"Có mặt: {', '.join(_there(line) for line in there)}."] if there else []
        found += [f"Vắng: {_absent(line)}." for line in own if line not in there]
        guests = [str(line.member) for line in self.lines if line.member_id not in members and line.state == _A.PRESENT]
        found += [f"Dự họp, không có quyền biểu quyết: {', '.join(guests)}."] if guests else []
        found += [f"Khách mời: {self.meeting.guests}."] if self.meeting.guests else []
        found += [f"Gửi ý kiến bằng văn bản trước khi kiểm phiếu: {', '.join(sent)}."] if sent else []
        found += (
            [f"Ý kiến bằng văn bản đến sau khi kiểm phiếu, lưu hồ sơ, không tính: {', '.join(late)}."] if late else []
        )
        return found

    def recusals(self) -> list[Table]:
        rows = self.meeting.recusals.select_related("member__user", "nomination__award_type")
        named = [[str(row.member), str(row.nomination), row.reason] for row in rows]
        return [Table("Thành viên không tham gia xét", RECUSAL_COLUMNS, named)] if named else []

    def opening(self, *, to_the_end: bool) -> list[str]:
        begun, ended = self.meeting.opened_at, self.meeting.closed_at
        until = f" đến {_clock(ended) if ended else need('', 'giờ bế mạc')}" if to_the_end else ""
        return [
            f"Thời gian: từ {_clock(begun)}{until}.",
            f"Địa điểm: {self.meeting.place}.",
            f"Chủ trì: {_named(self.presiding(), 'người chủ trì có mặt')}.",
            f"Thư ký: {_named(self.secretary(), 'thư ký có mặt')}.",
        ]

    def publicity(self) -> list[str]:
        return publicity_report(self.meeting.cycle)

    # --- what was voted -------------------------------------------------------------------------------------------------
    def votes(self) -> list[Section]:
        return [_votes(ballot) for ballot in self.ballots]

    def outcome(self) -> list[str]:
        found: dict[str, list[str]] = {}
        for ballot in self.ballots:
            found.setdefault(str(ballot.award_type), []).extend(
                row.nomination.name for row in ballot.candidates.all() if row.passed
            )
        return [
            f"{award}: hội đồng đề nghị {len(names)}, gồm {', '.join(names)}."
            if names
            else f"{award}: hội đồng không đề nghị trường hợp nào."
            for award, names in found.items()
        ]

    def papers(self) -> list[Annex]:
        """The list by which each finds his own paper."""
        sheets = [table for ballot in self.ballots if ballot.secret for table in _papers(ballot)]
        if not sheets:
            return []
        note = (
            "Mỗi phiếu có một mã biên nhận ngẫu nhiên mà chỉ người bỏ phiếu giữ. Danh sách xếp theo mã, không theo thứ tự "
            "bỏ phiếu; các đề nghị mà cùng những thành viên được xét đứng chung một phiếu."
        )
        return [Annex("Phụ lục", "Danh sách phiếu theo mã biên nhận", [Section(paragraphs=[note], tables=sheets)])]


def _votes(ballot: Ballot) -> Section:
    rule = rule_of(ballot)
    rows = list(ballot.candidates.all())
    how = "Bỏ phiếu kín" if ballot.secret else "Biểu quyết"
    limit = f", mỗi người chọn tối đa {ballot.max_choices}" if ballot.max_choices else ""
    said = [
        f"{how}{limit}, ngày {ballot.held_on:%d/%m/%Y}. Thông qua khi đạt {rule.passes} {rule.base} ({rule.rule_set}"
        + (f"; {rule.basis}" if rule.basis else "")
        + ")."
    ]
    said += [_there_then(rows[0].result)] if rows else []
    said += [f"{row.nomination.name}: {row.result['note']}" for row in rows if row.result["note"]]
    return Section(f"{ballot.number}. {ballot}", paragraphs=said, tables=[result_table(rows)])


def result_table(rows: Iterable[BallotCandidate]) -> Table:
    """All numbers of R-24 per candidate."""
    lines, values = [], []
    for place, row in enumerate(rows, 1):
        found = row.result
        keys = ("written", "out", "in", "valid", "invalid", "blank", "nays", "total_ayes", "base")
        numbers = [str(found[key]) for key in keys]
        verdict = "Đạt" if row.passed else "Không đạt"
        lines.append([str(place), row.nomination.name, *numbers, found["share"].replace(".", ","), verdict])
        values.append([str(place), None, *numbers, found["share"], None])
    note = (
        "Tán thành gồm phiếu và ý kiến bằng văn bản. Tỷ lệ cắt đến hai số lẻ, không làm tròn; so với ngưỡng bằng số nguyên. "
        + _bases(rows)
    )
    return Table("", RESULT_COLUMNS, lines, values=values, note=note)


def _bases(rows: Iterable[BallotCandidate]) -> str:
    named = dict.fromkeys(f"Mẫu số: {row.result['base_name']}; ngưỡng: {row.result['threshold']}." for row in rows)
    return " ".join(named)


def _there_then(found: dict[str, Any]) -> str:
    proxies = f", {found['proxies']} người dự thay" if found["proxies"] else ""
    return f"Tổng số thành viên: {found['members']}; có mặt {found['present']}{proxies}; vắng {found['absent']}."


def _papers(ballot: Ballot) -> list[Table]:
    groups: dict[int, list[BallotCandidate]] = {}
    for row in ballot.candidates.all():
        groups.setdefault(row.group, []).append(row)
    found: list[Table] = []
    for group, rows in groups.items():
        papers = sorted((paper for paper in ballot.papers.all() if paper.group == group), key=lambda one: one.receipt)
        lines = [
            [str(place), readable(paper.receipt), _said(paper.choices, rows, ballot)]
            for place, paper in enumerate(papers, 1)
        ]
        found.append(Table(f"{ballot}: {len(rows)} đề nghị, {len(papers)} phiếu", PAPER_COLUMNS, lines))
    return found


def _said(choices: dict[str, str], rows: list[BallotCandidate], ballot: Ballot) -> str:
    if ballot.max_choices is not None:
        chosen = [row.nomination.name for row in rows if choices[str(row.pk)] == "aye"]
        return f"Chọn: {', '.join(chosen)}" if chosen else "Không chọn ai"
    return "; ".join(f"{row.nomination.name}: {_CHOICES[choices[str(row.pk)]]}" for row in rows)


def _clock(moment: Any) -> str:
    return f"{timezone.localtime(moment):%H giờ %M ngày %d/%m/%Y}" if moment else need("", "giờ khai mạc")


def _named(line: Attendance | None, what: str) -> str:
    if line is None:
        return need("", what)
    return f"{line.member}, {line.member.post or line.member.get_role_display()}"


def _there(line: Attendance) -> str:
    return f"{line.substitute} (dự thay {line.member})" if line.state == _A.PROXY else str(line.member)


def _absent(line: Attendance) -> str:
    return f"{line.member} ({line.reason or 'không có lý do'})"
