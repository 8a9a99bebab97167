"""What the documents of nominations say: plain functions from records to parts of a content (law.md §9, Tờ trình, Biên bản)."""

import datetime

from django.utils import timezone

from awards.models import AwardCycle, Nomination, NominationSet, RuleSet
from awards.services.rules.catalogue import rule_set_on
from awards.tally import share_text
from dvk_portal.core.documents.content import Column, Section, Slot, Table, need
from pledges.documents.wording import body_on

Day = datetime.date
_TT = Column("TT", 0.6, "center")
LIST = [
    _TT,
    Column("Họ tên, tên tập thể, hộ gia đình", 2.4),
    Column("Chức vụ, đơn vị", 2.6),
    Column("Danh hiệu, hình thức", 2.4),
    Column("Tóm tắt thành tích", 4.6),
]
SHORT = [
    _TT,
    Column("Họ tên, tên tập thể, hộ gia đình", 2.4),
    Column("Chức vụ, đơn vị", 2.6),
    Column("Danh hiệu, hình thức", 2.4),
]
VOTES = [*SHORT, Column("Đồng ý", 1, "right"), Column("Tỷ lệ (%)", 1, "right")]
ACHIEVEMENTS = [_TT, Column("Nội dung", 4), Column("Thời gian", 1.8, "center"), Column("Phong trào, căn cứ", 2.4)]
EARLIER = [
    Column("Năm", 0.8, "center"),
    Column("Danh hiệu, hình thức", 2.6),
    Column("Quyết định", 2.4),
    Column("Cơ quan ban hành", 2.4),
]
BY_AWARD = [
    Column("Danh hiệu, hình thức", 3),
    *(
        Column(title, 1.1, "right")
        for title in ("Đã gửi", "Đủ hồ sơ", "Đủ điều kiện", "Cần kiểm tra", "Trả lại", "Không đủ điều kiện")
    ),
]
ONE_BY_ONE = [*SHORT, Column("Đơn vị đề nghị", 1.8), Column("Kết quả thẩm định", 2.4)]


def grounds_of(cycle: AwardCycle, day: Day) -> list[str]:
    """ "Căn cứ …" lines: the legal bases of the rules in force on ``day``, then the cycle."""
    rules: RuleSet | None = rule_set_on(cycle.family, day)
    bases = [line.strip() for line in (rules.legal_basis if rules else "").replace(";", "\n").splitlines()]
    found = [f"Căn cứ {line.strip(' .')}" for line in bases if line.strip(" .")]
    return [*found, f"Căn cứ hướng dẫn của {cycle.owner.name} về {cycle_words(cycle)}"]


def cycle_words(cycle: AwardCycle) -> str:
    """The cycle inside a sentence: "đợt khen thưởng …", once."""
    title = cycle.title
    return title[0].lower() + title[1:] if title.casefold().startswith("đợt") else f"đợt “{title}”"


def whom(row: Nomination) -> str:
    return ", ".join(part for part in (row.post, "" if row.unit_name == row.name else row.unit_name) if part) or "–"


def period(row: Nomination) -> str:
    return f"{row.period_from:%d/%m/%Y} – {row.period_to:%d/%m/%Y}"


def counted(rows: list[Nomination]) -> str:
    """How many, by kind: "2 tập thể, 3 cá nhân"."""
    words = {"collective": "tập thể", "household": "hộ gia đình", "person": "cá nhân"}
    found = [(sum(row.subject_kind == kind for row in rows), word) for kind, word in words.items()]
    return ", ".join(f"{number} {word}" for number, word in found if number)


# --- tables -----------------------------------------------------------------------------------------------------------
def short_table(rows: list[Nomination]) -> Table:
    return Table("", SHORT, [[str(n), row.name, whom(row), row.award_type.name] for n, row in enumerate(rows, 1)])


def list_table(rows: list[Nomination]) -> Table:
    lines = [
        [str(n), row.name, whom(row), row.award_type.name, need(row.summary, f"tóm tắt thành tích của {row.name}")]
        for n, row in enumerate(rows, 1)
    ]
    return Table("", LIST, lines, note=f"Danh sách có {len(rows)} đề nghị: {counted(rows)}." if rows else "")


def votes_table(group: NominationSet, rows: list[Nomination]) -> Table:
    """Votes of those present for whom was voted on; the share is cut to two decimals, never rounded (R-24)."""
    lines = []
    for n, row in enumerate(rows, 1):
        ayes = row.unit_vote.ayes
        share = share_text(ayes, group.present).replace(".", ",") if group.present else "–"
        lines.append([str(n), row.name, whom(row), row.award_type.name, str(ayes), share])
    return Table("", VOTES, lines)


def achievements_table(row: Nomination) -> Table:
    lines = []
    for n, one in enumerate(row.achievements.select_related("campaign", "model", "initiative", "award__award_type"), 1):
        proofs = [
            one.campaign.title if one.campaign else "",
            f"Mô hình “{one.model.name}”" if one.model else "",
            f"Sáng kiến “{one.initiative.title}”, quyết định {one.initiative.decision_no}" if one.initiative else "",
            f"{one.award.award_type.name} năm {one.award.year}" if one.award else "",
        ]
        when = f"{one.period_from:%d/%m/%Y} – {one.period_to:%d/%m/%Y}"
        lines.append([str(n), one.text, when, "; ".join(part for part in proofs if part) or "–"])
    return Table("", ACHIEVEMENTS, lines)


def earlier_table(row: Nomination) -> Table:
    """What the register of awards holds of the recipient, the newest first; revoked ones are left out."""
    awards = row.recipient.awards.standing().select_related("award_type").order_by("-decided_on")
    lines = [
        [str(one.year), one.award_type.name, f"{one.decision_no} ngày {one.decided_on:%d/%m/%Y}", one.authority]
        for one in awards
    ]
    return Table("", EARLIER, lines)


# --- the meeting --------------------------------------------------------------------------------------------------------
def voted_on(rows: list[Nomination]) -> list[Nomination]:
    """Those whom the unit's meeting voted on."""
    return [row for row in rows if hasattr(row, "unit_vote")]


def meeting_facts(group: NominationSet) -> list[str]:
    begun = f"{timezone.localtime(group.opened_at):%H giờ %M, ngày %d/%m/%Y}" if group.opened_at else None
    absent = [f"Vắng mặt: {group.absent}"] if group.absent else []
    return [
        f"Thời gian: {need(begun, 'giờ khai mạc cuộc họp bình xét')}.",
        f"Địa điểm: {need(group.place, 'địa điểm họp')}.",
        f"Chủ trì: {need(group.chair, 'người chủ trì')}.",
        f"Ghi biên bản: {need(group.secretary, 'người ghi biên bản')}.",
        f"Triệu tập {need(group.members, 'số người được triệu tập')} người, "
        f"dự họp {need(group.present, 'số người dự họp')} người.",
        *absent,
    ]


def meeting_slots(group: NominationSet, day: Day) -> list[Slot]:
    """Who took the minutes on the left, who presided on the right (law.md §9)."""
    body = body_on(group.unit, day)
    found = []
    for slot, text, title in (
        ("secretary", group.secretary, "NGƯỜI GHI BIÊN BẢN"),
        ("chair", group.chair, "CHỦ TRÌ"),
    ):
        name, _, post = text.partition(",")
        found.append(
            Slot(
                slot=slot,
                party=title.capitalize(),
                position=post.strip(),
                name=need(name, "người ghi biên bản" if slot == "secretary" else "người chủ trì"),
                authority=title,
                organisation=body,
            )
        )
    return found


# --- the appraisal ------------------------------------------------------------------------------------------------------
_S = Nomination.Status
# In which column of the table a state counts; whoever was complete once was sent too.
_REACHED = {
    _S.SUBMITTED: (0,),
    _S.RETURNED: (0, 4),
    _S.COMPLETE: (0, 1),
    _S.TO_CHECK: (0, 1, 3),
    _S.HELD: (0, 1, 3),
    _S.ELIGIBLE: (0, 1, 2),
    _S.RECOMMENDED: (0, 1, 2),
    _S.NOT_RECOMMENDED: (0, 1, 2),
    _S.GRANTED: (0, 1, 2),
    _S.REVOKED: (0, 1, 2),
}


def _columns(row: Nomination) -> tuple[int, ...]:
    if row.status == _S.REFUSED:
        return (0, 1, 5) if row.appraised_at is None else (0, 1, 2)
    return _REACHED[_S(row.status)]


def by_award_table(rows: list[Nomination]) -> Table:
    counts: dict[str, list[int]] = {}
    for row in rows:
        line = counts.setdefault(row.award_type.name, [0] * 6)
        for place in _columns(row):
            line[place] += 1
    total = [sum(line[place] for line in counts.values()) for place in range(6)]
    lines = [[name, *map(str, line)] for name, line in counts.items()]
    lines.append(["Cộng", *map(str, total)])
    return Table("", BY_AWARD, lines, [len(lines) - 1], [[None, *line[1:]] for line in lines])


def verdict_words(row: Nomination) -> str:
    """What the appraisal found; never what council or authority found later, never discipline or holds."""
    place = _columns(row)[-1]
    return ("Chờ soát hồ sơ", "Đủ hồ sơ, đang thẩm định", "Đủ điều kiện", "Cần kiểm tra", "Trả lại bổ sung",
            "Không đủ điều kiện")[place]  # fmt: skip


def one_by_one_table(rows: list[Nomination]) -> Table:
    lines = [
        [str(n), row.name, whom(row), row.award_type.name, row.unit.name, verdict_words(row)]
        for n, row in enumerate(rows, 1)
    ]
    return Table("", ONE_BY_ONE, lines)


def opening(text: str) -> Section:
    return Section(paragraphs=[text])
