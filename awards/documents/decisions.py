"""Documents of decisions: the decision with its lists, the list alone, the table of money."""

import datetime
from typing import Any

from django.utils import timezone

from awards.documents import decisionsamples as samples
from awards.documents import decisiontext as text
from awards.models import Award, Decision, Payment
from awards.services.decisions.drawing import lines_of, why_not_decided
from awards.services.decisions.fund import payments_of
from awards.services.decisions.granting import DOCUMENT_KIND, TYPE_CODE, document_signed, draft_awards
from awards.services.decisions.money import payments_for, settle_titles
from awards.services.decisions.ordering import place_in_order
from campaigns.models.campaign import all_signing_methods
from dvk_portal.core.documents.content import Content, Heading, Section, Slot, digest, need
from dvk_portal.core.documents.kinds import Mandate, register
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document, Signature
from dvk_portal.core.models.documents import System
from pledges.documents.wording import body_on
from pledges.services.recorddocuments import RecordDocument, mandate_at
from units.models import Membership, Unit
from units.roles import Role
from units.services.issuing import heading_of

DRAFT = "DỰ THẢO"
DIRECTOR = "director"


class DecisionKind(RecordDocument):
    """A document of a decision: read and made by who manages awards; confirmed by a second person who does."""

    record = Decision
    confirm_right = "award.manage"

    def issuer(self, record: Decision) -> Unit:
        return record.unit

    def confirmers(self, document: Document) -> list[Any]:
        decision = self.record_of(document)
        return [] if decision is None else list(decision.unit.members(Role.DIRECTOR))

    def allowed_methods(self, document: Document) -> list[str]:
        return all_signing_methods()


@register
class DecisionDocument(DecisionKind):
    """Quyết định khen thưởng: grounds, articles, lists by award and kind of recipient; the head of the body signs."""

    code = DOCUMENT_KIND
    title = "Quyết định khen thưởng"
    purpose = "Căn cứ, Điều 1 đến Điều 3, danh sách kèm theo; lấy số, chốt nội dung rồi chờ lãnh đạo Ban ký tại cổng."
    act_label = "Lấy số và lập quyết định"
    maker = "Lãnh đạo Ban lập và ký văn bản này."
    type_code = TYPE_CODE

    def content(self, record: Decision) -> Content:
        day = record.dated_on or timezone.localdate()
        awards, payments = awards_and_payments(record, day)
        heading = heading_of(record.unit, day, numbered=True)
        return Content(
            kind=self.code,
            title="QUYẾT ĐỊNH",
            subject=record.title,
            heading=heading,
            grounds=text.grounds(record),
            sections=[
                Section(f"{record.authority.upper()} QUYẾT ĐỊNH:", paragraphs=text.articles(record, awards, payments))
            ]
            if awards
            else [],
            slots=[_signer(record, day)],
            recipients=_recipients(record, heading),
            annexes=text.annexes(awards, payments),
            facts={"state": self.state_of(record)},
        )

    def sample(self) -> Content:
        return samples.award_decision()

    def subject_of(self, record: Decision) -> str:
        return record.title

    def may_issue(self, user: Any, record: Decision) -> bool:
        return user.has_perm("award.decide", record) and user.has_perm("document.number", record)

    def obstacles(self, record: Decision) -> list[str]:
        if not record.decided_here:
            return ["Quyết định này do cơ quan khác ban hành; cổng chỉ ghi nhận số, ngày và bản quyết định."]
        if record.status != Decision.Status.DRAFT:
            state = record.get_status_display().lower()
            return [f"Quyết định đang ở trạng thái “{state}”. Chỉ lập văn bản để ký khi còn là dự thảo."]
        return why_not_decided(record, lines_of(record), timezone.localdate())

    def state_of(self, record: Decision) -> str:
        """What it says, whatever step it has reached: a line changed afterwards asks for a new document."""
        lines = record.lines.order_by("nomination").values_list("nomination", "granted", "posthumous")
        said = [record.title, record.grounds, record.authority, record.paid_from, record.pays_here, *map(list, lines)]
        return digest({"said": said})

    def check(self, document: Document) -> None:
        decision = self.record_of(document)
        found = why_not_decided(decision, lines_of(decision), timezone.localdate()) if decision else []
        if found:
            raise DomainError("Chưa ký được quyết định.", found)

    def mandate(self, user: Any, document: Document, slot: str) -> Mandate | None:
        decision = self.record_of(document)
        if decision is None or not user.has_perm("award.decide", decision):
            return None
        return mandate_at(user, "award.decide", decision.unit_id)

    def signed(self, document: Document, signature: Signature, *, actor: Any, batch: bool) -> None:
        decision = self.record_of(document)
        if decision is not None and document.status == Document.Status.ISSUED:
            document_signed(decision, actor=actor, signer=signature.name, signer_post=signature.capacity)

    def keeps_document(self, document: Document) -> str:
        decision = self.record_of(document)
        if decision is None or decision.status == Decision.Status.DRAFT:
            return ""
        return "Quyết định được đưa về dự thảo hoặc hủy ở trang quyết định; văn bản theo đó mà hết hiệu lực."


@register
class AwardListDocument(DecisionKind):
    """Danh sách khen thưởng alone: annex of a decision on paper, or of another authority's."""

    code = "award_decision_list"
    title = "Danh sách khen thưởng"
    purpose = "Danh sách theo từng danh hiệu, hình thức: tập thể, hộ gia đình, cá nhân; kèm theo quyết định."
    act_label = "Lập danh sách"
    maker = "Người quản lý khen thưởng lập danh sách này, sau khi quyết định có số."

    def content(self, record: Decision) -> Content:
        day = record.dated_on or timezone.localdate()
        awards, payments = awards_and_payments(record, day)
        awards = [row for row in awards if row.status == Award.Status.GRANTED]
        money = {id(row.award): row for row in payments}
        sections = [
            Section(
                one.award_type.name, tables=[table for part in text.list_sections(rows, money) for table in part.tables]
            )
            for one, rows in text.by_award(awards)
        ]
        return Content(
            kind=self.code,
            title="DANH SÁCH",
            subject=f"Tập thể, hộ gia đình, cá nhân được khen thưởng: {record.title}"[:500],
            heading=heading_of(record.unit, day),
            annex="Phụ lục" if record.status in Decision.IN_FORCE else DRAFT,
            landscape=True,
            sections=[Section(paragraphs=[_ground(record)]), *sections],
            facts={"state": self.state_of(record)},
        )

    def sample(self) -> Content:
        return samples.award_list()

    def may_issue(self, user: Any, record: Decision) -> bool:
        return user.has_perm("award.manage", record)

    def obstacles(self, record: Decision) -> list[str]:
        return _needs_number(record)

    def state_of(self, record: Decision) -> str:
        return f"{record.number} {record.numbered_at} {record.awards.standing().count()}" if record.number else "draft"


@register
class AwardMoneyDocument(DecisionKind):
    """Bảng chi tiền thưởng: base, coefficient, product, amount and legal basis of every line (R-40)."""

    code = "award_decision_money"
    title = "Bảng tiền thưởng"
    purpose = "Từng dòng: mức lương cơ sở, hệ số, thành tiền, số được chi và căn cứ; dùng khi chi tiền."
    act_label = "Lập bảng tiền thưởng"
    maker = "Người quản lý khen thưởng lập bảng này, sau khi quyết định có số."

    def content(self, record: Decision) -> Content:
        day = record.dated_on or timezone.localdate()
        _, payments = awards_and_payments(record, day)
        return Content(
            kind=self.code,
            title="BẢNG TIỀN THƯỞNG",
            subject=f"Kèm theo khen thưởng: {record.title}"[:500],
            heading=heading_of(record.unit, day),
            annex="Phụ lục" if record.status in Decision.IN_FORCE else DRAFT,
            landscape=True,
            sections=[Section(paragraphs=[_ground(record)], tables=[text.money_table(payments)])],
            facts={"state": self.state_of(record)},
        )

    def sample(self) -> Content:
        return samples.award_money()

    def may_issue(self, user: Any, record: Decision) -> bool:
        return user.has_perm("award.fund", record)

    def obstacles(self, record: Decision) -> list[str]:
        return _needs_number(record)

    def state_of(self, record: Decision) -> str:
        if not record.number:
            return "draft"
        return digest({"lines": [[row.pk, row.amount, row.state] for row in payments_of(record)]})


def awards_and_payments(decision: Decision, day: datetime.date) -> tuple[list[Award], list[Payment]]:
    """What stands in the register; of a draft what it would make on ``day``. Both in the legal order."""
    if decision.status in (*Decision.IN_FORCE, Decision.Status.REVOKED):
        payments = sorted(payments_of(decision), key=lambda row: place_in_order(row.award))
        return [row.award for row in payments], payments
    granted = [line for line in lines_of(decision) if line.granted]
    awards = sorted(draft_awards(decision, granted), key=place_in_order)
    payments = payments_for(awards, day, pays_here=decision.pays_here)
    settle_titles(payments)
    return awards, payments


def _needs_number(decision: Decision) -> list[str]:
    if decision.status in Decision.IN_FORCE:
        return []
    return ["Quyết định chưa vào sổ nên đây là dự thảo, chỉ xem trước được."]


def _ground(decision: Decision) -> str:
    if decision.number and decision.dated_on:
        return f"(Kèm theo Quyết định số {decision.number} ngày {decision.dated_on:%d/%m/%Y} của {decision.authority})"
    return "Dự thảo; danh sách còn có thể thay đổi đến khi có quyết định."


def _signer(decision: Decision, day: datetime.date) -> Slot:
    """The head of the body on that day, or whom the draft names."""
    rows = Membership.objects.on(day).filter(unit=decision.unit, role=Role.DIRECTOR, user__is_active=True)
    head = rows.select_related("user").order_by("valid_from", "id").first()
    name, body = decision.signer or (head.user.full_name if head else ""), body_on(decision.unit, day)
    post = decision.signer_post or ((head.post or head.get_role_display()) if head else "")
    return Slot(
        DIRECTOR, body, need(post, f"chức danh người ký của {body}"), need(name, f"người ký của {body}"),
        organisation=body, expected=name,
    )  # fmt: skip


def _recipients(decision: Decision, heading: Heading) -> list[str]:
    copy = "Lưu: VT" if heading.system == System.STATE else "Lưu Văn phòng"
    return [f"Như Điều {3 if decision.pays_here else 2}", copy]
