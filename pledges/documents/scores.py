"""Annexes on scores: the sheet of one unit, the ranking of a campaign by cluster."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.models import Campaign
from dvk_portal.core.documents.content import Content, Section, Slot, Table, need
from dvk_portal.core.documents.kinds import Mandate, register
from dvk_portal.core.models import Document
from dvk_portal.core.numbers import format_number
from pledges.documents import columns, samples
from pledges.documents.wording import campaign_words, name_on, plain
from pledges.exports import class_words
from pledges.models import Publication, ScoreSheet
from pledges.models.pledge import Side
from pledges.services.parties import representative
from pledges.services.rankpage import Standing, standings
from pledges.services.recorddocuments import RecordDocument, mandate_at
from pledges.services.scorepage import Page, Row, build_page
from units import access
from units.models import Unit
from units.roles import Role
from units.services.issuing import heading_of

DRAFT = "DỰ THẢO"
UNIT, SECRETARY, CHAIR = "unit", "secretary", "chair"
# Who signs a score sheet: the right and whose it is.
_SIGNERS = {UNIT: "score.send_self", SECRETARY: "score.verify", CHAIR: "score.agree"}


def points(value: Decimal | None) -> str:
    return "" if value is None else format_number(value.normalize() + 0)


@register
class ScoreSheetDocument(RecordDocument):
    """Phiếu điểm of a unit: criteria with three numbers, why they differ, the class; unit, secretary and chair sign."""

    code = "score_sheet"
    title = "Phiếu điểm của đơn vị"
    purpose = "Từng tiêu chí với điểm tự chấm, thẩm định, thống nhất và lý do; đơn vị, thư ký, chủ trì thẩm định ký."
    act_label = "Lập phiếu để ký"
    maker = "Chuyên viên thẩm định hoặc lãnh đạo Ban lập phiếu này."
    record = ScoreSheet

    def content(self, record: ScoreSheet) -> Content:
        row, campaign, day = record.participation, record.participation.campaign, timezone.localdate()
        page = build_page(record, AnonymousUser())
        return Content(
            kind=self.code,
            title="PHIẾU CHẤM ĐIỂM",
            subject=f"{row.name}, {campaign_words(campaign)}",
            heading=heading_of(campaign.owner, day),
            annex="Phụ lục" if self._is_settled(record) else DRAFT,
            landscape=True,
            sections=[Section(paragraphs=_sheet_facts(record), tables=[_sheet_table(page)])],
            slots=_sheet_slots(record),
            facts={"state": self.state_of(record)},
        )

    def sample(self) -> Content:
        return samples.score_sheet()

    def issuer(self, record: ScoreSheet) -> Unit:
        return record.participation.campaign.owner

    def may_issue(self, user: Any, record: ScoreSheet) -> bool:
        return user.has_perm("score.verify", record)

    def obstacles(self, record: ScoreSheet) -> list[str]:
        if self._is_settled(record):
            return []
        state = record.get_status_display().lower()
        return [f"Phiếu điểm đang ở trạng thái “{state}”. Chỉ lập phiếu để ký khi điểm đã thống nhất."]

    def state_of(self, record: ScoreSheet) -> str:
        """The scores as they were agreed; published or not, they are the same."""
        return f"agreed {record.agreed_at}" if self._is_settled(record) else "open"

    def _is_settled(self, record: ScoreSheet) -> bool:
        return record.status in (ScoreSheet.Status.AGREED, ScoreSheet.Status.PUBLISHED)

    def mandate(self, user: Any, document: Document, slot: str) -> Mandate | None:
        sheet = self.record_of(document)
        permission = _SIGNERS.get(slot)
        if sheet is None or permission is None or not user.has_perm(permission, sheet):
            return None
        if slot == UNIT:
            return mandate_at(user, permission, sheet.participation.unit_id)
        return _post(user, Role.VERIFIER if slot == SECRETARY else Role.DIRECTOR)

    def allowed_methods(self, document: Document) -> list[str]:
        sheet = ScoreSheet.objects.select_related("participation__campaign").get(pk=document.record_id)
        return sheet.participation.campaign.signing_methods


def _post(user: Any, role: Role) -> Mandate | None:
    """His post in that role; an assessing department may be any below the organiser."""
    rows = (row for row in access.rights(user).memberships if row.role == role)
    return next((Mandate(row.post or row.get_role_display(), row.unit.name) for row in rows), None)


def _sheet_facts(sheet: ScoreSheet) -> list[str]:
    row = sheet.participation
    cluster = f", {row.cluster}" if row.cluster else ""
    facts = [f"Đơn vị: {row.name}{cluster}. Bảng tiêu chí: {sheet.scheme.title}, phiên bản {sheet.scheme.version}."]
    if sheet.status not in (ScoreSheet.Status.AGREED, ScoreSheet.Status.PUBLISHED):
        facts.append(f"Bản chưa thống nhất ({sheet.get_status_display().lower()}); điểm còn có thể thay đổi.")
    return [*facts, f"Xếp loại: {class_of(sheet)}."]


def class_of(sheet: ScoreSheet) -> str:
    if sheet.unranked:
        found = "không xếp loại"
    elif sheet.is_tentative:
        found = "tạm tính, chưa xếp loại"
    else:
        found = sheet.score_class or "chưa xếp loại"
    return "; ".join([found, *(gate["label"] for gate in sheet.gates)])


def _sheet_table(page: Page) -> Table:
    rows: list[list[str]] = []
    values: list[list[str | None]] = []
    strong: list[int] = []
    for section in page.sections:
        own = [] if section.rows and section.rows[0].node is section.head.node else [section.head]
        for row in [*own, *section.rows]:
            if row.leaf is None:
                strong.append(len(rows))
            rows.append(_sheet_row(row))
            values.append([None, None, *_plain_points(row), None])
    sheet = page.sheet
    totals = (page.scheme.base, sheet.self_total, sheet.verified_total, sheet.final_total)
    strong.append(len(rows))
    rows.append(["", "Tổng điểm", *map(points, totals), points(sheet.gap), f"Xếp loại: {class_of(sheet)}"])
    values.append([None, None, *map(plain, totals), plain(sheet.gap), None])
    return Table("", columns.SHEET, rows, strong=strong, values=values, note=_GAP_NOTE)


_GAP_NOTE = "Chênh lệch = tự chấm − thẩm định, chỉ ở tiêu chí đơn vị tự chấm."


def _sheet_row(row: Row) -> list[str]:
    line = row.line
    shown = [
        points(line.self_points) or row.self_words,
        points(line.verified_points) or row.verified_words,
        points(line.final_points) or row.final_words,
    ]
    return [
        row.node.code,
        row.node.title,
        points(row.node.max),
        *shown,
        points(row.gap) if row.gap else "",
        reasons(row),
    ]


def reasons(row: Row) -> str:
    """What people wrote, else how the rule reckoned; the meeting's change is said in words."""
    if row.leaf is None:
        return ""
    written = [given.reason for _, given in row.stated_reasons]
    told = written or (row.line.final_reason or row.line.verified_reason).splitlines()
    return "; ".join(part.strip().rstrip(".") for part in [*told, row.settled_words] if part.strip())


def _plain_points(row: Row) -> list[str | None]:
    line = row.line
    return [
        plain(value) for value in (row.node.max, line.self_points, line.verified_points, line.final_points, row.gap)
    ]


def _sheet_slots(sheet: ScoreSheet) -> list[Slot]:
    row, day = sheet.participation, timezone.localdate()
    owner = row.campaign.owner
    unit, chair = representative(row.unit, Side.UNIT, day), representative(owner, Side.PROVINCE, day)
    body = name_on(owner, day)
    return [
        Slot(
            UNIT, "ĐẠI DIỆN ĐƠN VỊ", need(unit.get("position"), f"chức danh người ký của {row.name}"),
            need(unit.get("name"), f"người ký của {row.name}"), organisation=row.name, expected=unit.get("name", ""),
        ),
        # Whoever of the assessing departments keeps the minutes signs; his name is not known beforehand.
        Slot(SECRETARY, "THƯ KÝ", "", "", organisation=body),
        Slot(
            CHAIR, "CHỦ TRÌ THẨM ĐỊNH", need(chair.get("position"), f"chức danh người ký của {body}"),
            need(chair.get("name"), f"người ký của {body}"), organisation=body, expected=chair.get("name", ""),
        ),
    ]  # fmt: skip


@register
class RankingDocument(RecordDocument):
    """Bảng xếp hạng by cluster: published with the decision, before that a draft that is never issued."""

    code = "ranking"
    title = "Bảng xếp hạng"
    purpose = "Thứ hạng theo cụm, điểm, xếp loại và căn cứ xếp hạng; kèm theo quyết định công nhận kết quả."
    act_label = "Lập bảng xếp hạng"
    maker = "Lãnh đạo Ban lập bảng này khi đã công bố kết quả."
    record = Campaign

    def content(self, record: Campaign) -> Content:
        publication = Publication.objects.filter(campaign=record).first()
        clusters = standings(record, {} if publication else _all_sheets(record))
        return Content(
            kind=self.code,
            title="BẢNG XẾP HẠNG",
            subject=f"Kết quả {campaign_words(record)}",
            heading=heading_of(record.owner, timezone.localdate()),
            annex="Phụ lục" if publication else DRAFT,
            landscape=True,
            sections=[Section(paragraphs=_ranking_facts(publication)), *_ranking_sections(clusters)],
            facts={"state": self.state_of(record)},
        )

    def sample(self) -> Content:
        return samples.ranking()

    def records_for(self, user: Any) -> QuerySet[Campaign]:
        """A published ranking is everybody's of the campaign; the draft is the province's."""
        draft = access.scope(Campaign.objects.exclude(launched_at=None), user, "ranking.view_draft")
        published = Campaign.objects.visible_to(user).filter(publication__isnull=False)
        return Campaign.objects.filter(pk__in=published.values("pk")) | Campaign.objects.filter(
            pk__in=draft.values("pk")
        )

    def issuer(self, record: Campaign) -> Unit:
        return record.owner

    def may_issue(self, user: Any, record: Campaign) -> bool:
        return user.has_perm("ranking.publish", record)

    def obstacles(self, record: Campaign) -> list[str]:
        if Publication.objects.filter(campaign=record).exists():
            return []
        return ["Kết quả chưa công bố nên bảng này là dự thảo, chỉ xem trước được. Hãy công bố kết quả trước."]

    def state_of(self, record: Campaign) -> str:
        publication = Publication.objects.filter(campaign=record).first()
        return publication.digest if publication else "draft"


def _all_sheets(campaign: Campaign) -> dict[int, ScoreSheet]:
    rows = ScoreSheet.objects.filter(participation__campaign=campaign).select_related("participation__cluster")
    found = {row.participation_id: row for row in rows}
    for row in found.values():
        row.participation.campaign = campaign
    return found


def _ranking_facts(publication: Publication | None) -> list[str]:
    if publication is None:
        now = timezone.localtime()
        return [f"Dự thảo, lấy lúc {now:%H:%M} ngày {now:%d/%m/%Y}; thứ hạng còn có thể thay đổi đến khi công bố."]
    return [f"(Kèm theo Quyết định {publication.decision_no} ngày {publication.decision_date:%d/%m/%Y})"]


def _ranking_sections(clusters: list[tuple[str, list[Standing]]]) -> list[Section]:
    sections = []
    for name, members in clusters:
        table = Table(
            "", columns.RANKING, [_ranking_row(one) for one in members], values=[_typed(one) for one in members]
        )
        sections.append(Section(f"{name} ({len(members)} đơn vị)", tables=[table]))
    return sections


def _ranking_row(one: Standing) -> list[str]:
    rank = "–" if one.rank is None else f"{one.rank}{' (đồng hạng)' if one.shared else ''}"
    scores = map(points, (one.self_total, one.verified_total, one.final_total))
    return [rank, one.unit, *scores, class_words(one), one.reason]


def _typed(one: Standing) -> list[str | None]:
    rank = None if one.rank is None or one.shared else str(one.rank)
    return [rank, None, *map(plain, (one.self_total, one.verified_total, one.final_total)), None, None]
