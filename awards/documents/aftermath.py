"""Documents of a ceremony: the list in the legal order and the script of the master of ceremonies (R-52)."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from awards.models import Award, Decision, RecipientKind
from awards.services.aftermath.handing import Turn, turns_of
from awards.services.aftermath.order import ceremony_order
from awards.services.aftermath.printing import decisions_to_print
from dvk_portal.core.documents.content import Column, Content, Heading, Section, Table, digest
from dvk_portal.core.documents.kinds import register
from pledges.services.recorddocuments import RecordDocument
from units.models import Unit
from units.services.issuing import heading_of

_LIST = [
    Column("TT", 0.6, "center"),
    Column("Lượt", 0.6, "center"),
    Column("Tên", 3),
    Column("Chức vụ, đơn vị", 3.2),
    Column("Danh hiệu, hình thức", 3),
    Column("Số sổ vàng", 1, "center"),
    Column("Ký nhận", 1.6),
]
_WHOM = {
    RecipientKind.COLLECTIVE: ("tập thể", "đại diện các tập thể"),
    RecipientKind.HOUSEHOLD: ("hộ gia đình", "đại diện các hộ gia đình"),
    RecipientKind.PERSON: ("cá nhân", "các đồng chí, các ông, bà"),
}
_BAN = Heading("party", "TỈNH ỦY MẪU", "BAN TUYÊN GIÁO VÀ DÂN VẬN", "BTGDVTU", "Mẫu")


class CeremonyDocument(RecordDocument):
    """What both have in common: made of a decision in force, by whoever hands over; signed by nobody."""

    record = Decision
    maker = "Văn thư hoặc người phụ trách khen thưởng của cơ quan lập quyết định lập văn bản này."
    confirm_right = "award.certificate"

    def records_for(self, user: Any) -> QuerySet[Decision]:
        return decisions_to_print(user)

    def issuer(self, record: Decision) -> Unit:
        return record.unit

    def may_issue(self, user: Any, record: Decision) -> bool:
        return user.has_perm("award.certificate", record)

    def confirmers(self, document: Any) -> list[Any]:
        """Nobody signs it, so nobody confirms a paper copy of it."""
        return []

    def obstacles(self, record: Decision) -> list[str]:
        if record.status not in Decision.IN_FORCE:
            return ["Quyết định chưa vào sổ hoặc đã bị hủy nên không trao theo quyết định này."]
        return [] if _standing(record) else ["Quyết định không còn khen thưởng nào để trao."]

    def state_of(self, record: Decision) -> str:
        """Cancelling an award asks for a new list."""
        return digest({"status": record.status, "awards": [award.pk for award in _standing(record)]})[:16]


def _standing(decision: Decision) -> list[Award]:
    rows = decision.awards.standing().select_related("award_type", "unit")
    return ceremony_order(rows)


@register
class CeremonyList(CeremonyDocument):
    """Danh sách trao thưởng: who is called up, in which turn, with room to sign for what was received."""

    code = "ceremony_list"
    title = "Danh sách trao thưởng"
    purpose = "Thứ tự trao theo Nghị định 152/2025/NĐ-CP, Điều 29; có cột ký nhận."
    act_label = "Lập danh sách"

    def content(self, record: Decision) -> Content:
        turns = turns_of(_standing(record))
        return Content(
            kind=self.code,
            title="DANH SÁCH TRAO THƯỞNG",
            subject=record.title,
            heading=heading_of(record.unit, timezone.localdate()),
            landscape=True,
            sections=[Section(paragraphs=[_source(record)], tables=[_table(turns)])],
            facts={"state": self.state_of(record)},
        )

    def sample(self) -> Content:
        rows = [
            ["1", "1", "Xã An Mẫu", "", "Bằng khen", "01", ""],
            ["2", "2", "Nguyễn Văn Mẫu", "Bí thư chi bộ, Xã Bình Mẫu", "Bằng khen", "02", ""],
        ]
        return Content(
            kind=self.code,
            title="DANH SÁCH TRAO THƯỞNG",
            subject="Khen thưởng phong trào thi đua “Dân vận khéo” năm 2026",
            heading=_BAN,
            dated_on="2026-12-28",
            landscape=True,
            sections=[
                Section(paragraphs=["(Kèm theo Quyết định 46-QĐ/BTGDVTU ngày 28/12/2026)"], tables=[_filled(rows, 2)])
            ],
        )


def _source(decision: Decision) -> str:
    day = f" ngày {decision.dated_on:%d/%m/%Y}" if decision.dated_on else ""
    return f"(Kèm theo {decision}{day} của {decision.authority})"


def _table(turns: list[Turn]) -> Table:
    lines: list[list[str]] = []
    for turn in turns:
        for award in turn.awards:
            lines.append([
                str(len(lines) + 1), str(turn.number), _named(award), _place(award), award.award_type.name,
                award.gold_book_no, "",
            ])  # fmt: skip
    return _filled(lines, len(turns))


def _filled(lines: list[list[str]], turns: int) -> Table:
    values = [[row[0], row[1], *[None] * 5] for row in lines]
    return Table(
        "", _LIST, lines, values=values, note=f"Danh sách có {len(lines)} khen thưởng, trao trong {turns} lượt."
    )


def _named(award: Award) -> str:
    return f"{award.name} (truy tặng)" if award.posthumous else award.name


def _place(award: Award) -> str:
    unit = "" if award.unit_name == award.name else award.unit_name
    return ", ".join(part for part in (award.post, unit) if part)


@register
class CeremonyScript(CeremonyDocument):
    """Lời dẫn lễ trao: what the master of ceremonies reads; taken to Word and worded for the day."""

    code = "ceremony_script"
    title = "Lời dẫn lễ trao thưởng"
    purpose = "Lời dẫn theo từng lượt: ai được mời lên, ai trao. Tải bản Word để sửa cho hợp buổi lễ."
    act_label = "Lập lời dẫn"

    def content(self, record: Decision) -> Content:
        return Content(
            kind=self.code,
            title="LỜI DẪN",
            subject=f"Lễ trao thưởng: {record.title}",
            heading=heading_of(record.unit, timezone.localdate()),
            sections=list(_script(record, turns_of(_standing(record)))),
            facts={"state": self.state_of(record)},
        )

    def sample(self) -> Content:
        return Content(
            kind=self.code,
            title="LỜI DẪN",
            subject="Lễ trao thưởng phong trào thi đua “Dân vận khéo” năm 2026",
            heading=_BAN,
            dated_on="2026-12-28",
            sections=[
                Section("I. CÔNG BỐ QUYẾT ĐỊNH", ["Kính mời đại diện Ban tổ chức công bố Quyết định 46-QĐ/BTGDVTU."]),
                Section("II. TRAO THƯỞNG", ["Lượt 1: Bằng khen, tập thể."], items=["Xã An Mẫu", "Xã Bình Mẫu"]),
            ],
        )


def _script(decision: Decision, turns: list[Turn]) -> Iterator[Section]:
    signed = f" {decision.dated_on:%d/%m/%Y}" if decision.dated_on else " …"
    yield Section(
        "I. CÔNG BỐ QUYẾT ĐỊNH",
        [
            "Thưa quý vị đại biểu, thưa toàn thể hội nghị!",
            f"Xin trân trọng kính mời đại diện {decision.unit.name} công bố {decision} ngày{signed} của {decision.authority} "
            f"về việc: {decision.title}.",
        ],
    )
    for turn in turns:
        yield _turn(decision, turn, first=turn.number == 1)
    yield Section(
        "III. KẾT THÚC",
        [
            "Xin nhiệt liệt chúc mừng các tập thể, cá nhân, hộ gia đình vừa được khen thưởng.",
            "Ai vắng mặt được nhận bằng và tiền thưởng sau buổi lễ tại cơ quan lập quyết định.",
        ],
    )


def _turn(decision: Decision, turn: Turn, *, first: bool) -> Section:
    award = turn.first
    whom, called = _WHOM[RecipientKind(award.subject_kind)]
    giver = ", ".join(part for part in (decision.signer, decision.signer_post) if part) or "đại diện lãnh đạo"
    verb = "truy tặng" if award.posthumous else "trao tặng"
    receives = f"thân nhân của {called}" if award.posthumous else called
    return Section(
        "II. TRAO THƯỞNG" if first else "",
        [
            f"Lượt {turn.number}: {award.award_type.name}, {whom}{' (truy tặng)' if award.posthumous else ''}, "
            f"{len(turn.awards)} bằng.",
            f"Xin trân trọng kính mời {giver} lên {verb}. Kính mời {receives} có tên sau lên sân khấu nhận thưởng:",
        ],
        items=[", ".join(part for part in (row.name, _place(row)) if part) for row in turn.awards],
    )
