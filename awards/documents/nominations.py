"""Documents of nominations: the unit's memo, list and minutes; one report of achievements; the province's appraisal."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from awards.documents import nominationsamples as samples
from awards.documents import nominationtext as text
from awards.models import AwardCycle, Nomination, NominationSet, RecipientKind
from awards.services.nominations.editing import told
from awards.services.nominations.sets import nominations_of
from campaigns.models.campaign import all_signing_methods
from dvk_portal.core.documents.content import Annex, Content, Section, Slot, digest, need
from dvk_portal.core.documents.kinds import Mandate, register
from dvk_portal.core.models import Document
from pledges.documents.wording import body_on, recipients, signer, superior_on
from pledges.models.pledge import Side
from pledges.services.recorddocuments import RecordDocument, mandate_at
from units import access
from units.models import Unit
from units.roles import Role
from units.services.issuing import heading_of

_NOBODY = "Đơn vị chưa có đề nghị nào trong đợt này. Hãy lập đề nghị trước."


class _Kind(RecordDocument):
    """What these documents share: no campaign stands behind them; a second person of the province confirms paper copies."""

    confirm_right = "award.appraise"

    def confirmers(self, document: Document) -> list[Any]:
        record = self.record_of(document)
        if record is None:
            return []
        owner = record.owner if isinstance(record, AwardCycle) else record.cycle.owner
        return [person for person in owner.members(Role.DIRECTOR) if person.has_perm(self.confirm_right, record)]

    def allowed_methods(self, document: Document) -> list[str]:
        return all_signing_methods()


# --- of a unit in a cycle -----------------------------------------------------------------------------------------------
class _UnitKind(_Kind):
    record = NominationSet

    def issuer(self, record: NominationSet) -> Unit:
        return record.unit

    def may_issue(self, user: Any, record: NominationSet) -> bool:
        return user.has_perm("award.nominate", record)

    def obstacles(self, record: NominationSet) -> list[str]:
        return [] if nominations_of(record) else [_NOBODY]

    def state_of(self, record: NominationSet) -> str:
        """Whom it names for what: another candidate, another award, another period asks for a new document."""
        rows = nominations_of(record)
        return digest({"rows": [[row.pk, row.name, row.post, row.award_type_id, text.period(row)] for row in rows]})


@register
class NominationMemo(_UnitKind):
    """Tờ trình: grounds, form and list, opinions, the unit's own appraisal, the request (NĐ 152/2025, Điều 33.11)."""

    code = "award_memo"
    title = "Tờ trình đề nghị khen thưởng"
    purpose = "Căn cứ, hình thức, danh sách, ý kiến bình xét và đề nghị; lấy số, chốt nội dung rồi chờ lãnh đạo ký."
    act_label = "Lấy số và lập tờ trình"
    maker = "Lãnh đạo đơn vị lập và ký văn bản này."
    type_code = "TTr"

    def content(self, record: NominationSet) -> Content:
        day, rows, cycle = timezone.localdate(), nominations_of(record), record.cycle
        heading, body = heading_of(record.unit, day, numbered=True), body_on(record.unit, day)
        return Content(
            kind=self.code,
            title="TỜ TRÌNH",
            subject=self.subject_of(record),
            heading=heading,
            grounds=text.grounds_of(cycle, day),
            addressees=[cycle.owner.name],
            sections=[
                text.opening(
                    f"Qua kết quả thực hiện nhiệm vụ và phong trào thi đua, {body} đề nghị khen thưởng những tập thể, "
                    f"cá nhân, hộ gia đình có thành tích trong {text.cycle_words(cycle)} như sau:"
                ),
                Section("1. Hình thức và danh sách đề nghị", tables=[text.short_table(rows)]),
                Section(
                    "2. Ý kiến bình xét",
                    paragraphs=[_opinion(record)],
                ),
                Section(
                    "3. Kết quả thẩm định của đơn vị",
                    paragraphs=[
                        f"{body} đã xem xét đúng đối tượng, điều kiện, tiêu chuẩn, hồ sơ và thủ tục; chịu trách nhiệm "
                        "về tính chính xác của thành tích và tài liệu kèm theo."
                    ],
                ),
            ],
            closing=[f"{body} kính đề nghị {cycle.owner.name} xem xét, trình cấp có thẩm quyền quyết định."],
            slots=[signer(record.unit, Side.UNIT, day)],
            recipients=recipients(heading),
            facts={"state": self.state_of(record)},
        )

    def subject_of(self, record: NominationSet) -> str:
        return f"Về việc đề nghị khen thưởng trong {text.cycle_words(record.cycle)}"

    def sample(self) -> Content:
        return samples.memo()

    def may_issue(self, user: Any, record: NominationSet) -> bool:
        return user.has_perm("award.send", record) and user.has_perm("document.number", record)

    def mandate(self, user: Any, document: Document, slot: str) -> Mandate | None:
        record = self.record_of(document)
        return None if record is None else mandate_at(user, "award.send", record.unit_id)


def _opinion(record: NominationSet) -> str:
    if record.opened_at is None:
        return "Đơn vị đã họp bình xét; kết quả có trong biên bản kèm theo."
    when = f"{timezone.localtime(record.opened_at):%d/%m/%Y}"
    return f"Cuộc họp bình xét ngày {when} thống nhất đề nghị; kết quả có trong biên bản kèm theo."


@register
class NominationListDocument(_UnitKind):
    """Danh sách đề nghị, going with the memo; nobody signs it apart."""

    code = "award_list"
    title = "Danh sách đề nghị khen thưởng"
    purpose = "Tên, chức vụ, đơn vị, hình thức và tóm tắt thành tích của mọi đề nghị; kèm theo tờ trình."
    act_label = "Lập danh sách"
    maker = "Người nhập hoặc lãnh đạo đơn vị lập danh sách này."

    def content(self, record: NominationSet) -> Content:
        day = timezone.localdate()
        return Content(
            kind=self.code,
            title="DANH SÁCH",
            subject=f"Đề nghị khen thưởng trong {text.cycle_words(record.cycle)}",
            heading=heading_of(record.unit, day),
            annex="Phụ lục",
            landscape=True,
            sections=[
                Section(
                    paragraphs=[f"(Kèm theo Tờ trình của {body_on(record.unit, day)})"],
                    tables=[text.list_table(nominations_of(record))],
                )
            ],
            facts={"state": self.state_of(record)},
        )

    def sample(self) -> Content:
        return samples.nominees()

    def state_of(self, record: NominationSet) -> str:
        return digest(
            {"rows": [[row.pk, row.summary] for row in nominations_of(record)], "of": super().state_of(record)}
        )


@register
class UnitMinutes(_UnitKind):
    """Biên bản bình xét of the unit's own meeting, with the votes; whoever took them and whoever presided sign."""

    code = "unit_minutes"
    title = "Biên bản bình xét khen thưởng"
    purpose = "Thời gian, thành phần, ý kiến và số phiếu của từng người; lấy từ trang Ghi cuộc họp bình xét."
    act_label = "Lập biên bản"
    maker = "Người nhập hoặc lãnh đạo đơn vị lập biên bản này."

    def content(self, record: NominationSet) -> Content:
        day, rows = timezone.localdate(), text.voted_on(nominations_of(record))
        way = "bỏ phiếu kín" if record.secret else "biểu quyết công khai"
        ended = (
            f"{timezone.localtime(record.closed_at):%H giờ %M cùng ngày}" if record.closed_at else "kết thúc nội dung"
        )
        discussion = record.discussion.splitlines() or ["Không có ý kiến khác."]
        return Content(
            kind=self.code,
            title="BIÊN BẢN",
            subject=f"Họp bình xét khen thưởng trong {text.cycle_words(record.cycle)}",
            heading=heading_of(record.unit, day),
            sections=[
                Section("I. THỜI GIAN, ĐỊA ĐIỂM, THÀNH PHẦN", paragraphs=text.meeting_facts(record)),
                Section("II. NỘI DUNG", paragraphs=["Cuộc họp nghe báo cáo thành tích và thảo luận:", *discussion]),
                Section(
                    "III. KẾT QUẢ BÌNH XÉT",
                    paragraphs=[
                        f"Cuộc họp {way}; tỷ lệ tính trên số người dự họp, lấy hai chữ số, không làm tròn lên."
                    ],
                    tables=[text.votes_table(record, rows)],
                ),
                Section(
                    "IV. KẾT LUẬN",
                    paragraphs=[
                        f"Thống nhất đề nghị khen thưởng {need(text.counted(rows), 'số phiếu đồng ý của từng người')} "
                        "có tên trong bảng trên."
                    ],
                ),
            ],
            closing=[f"Cuộc họp bế mạc lúc {ended}."],
            slots=text.meeting_slots(record, day),
            facts={"state": self.state_of(record)},
        )

    def sample(self) -> Content:
        return samples.minutes()

    def state_of(self, record: NominationSet) -> str:
        votes = sorted(record.votes.values_list("nomination", "ayes"))
        typed = [record.present, record.members, record.place, record.chair, record.secretary, record.discussion]
        when = [str(record.opened_at), str(record.closed_at), record.secret, record.absent]
        return digest({"votes": votes, "meeting": [*typed, *when], "of": super().state_of(record)})

    def mandate(self, user: Any, document: Document, slot: str) -> Mandate | None:
        record = self.record_of(document)
        right = "award.send" if slot == "chair" else "award.nominate"
        return None if record is None else mandate_at(user, right, record.unit_id)


# --- of one nomination --------------------------------------------------------------------------------------------------
@register
class AchievementReport(_Kind):
    """Báo cáo thành tích, confirmed by the head of the proposing body."""

    code = "achievement_report"
    title = "Báo cáo thành tích"
    purpose = "Sơ lược, thành tích làm căn cứ, khen thưởng đã có; người báo cáo ký giấy, lãnh đạo đơn vị ký xác nhận."
    act_label = "Lập báo cáo thành tích"
    maker = "Người nhập hoặc lãnh đạo đơn vị lập báo cáo này."
    record = Nomination

    def content(self, record: Nomination) -> Content:
        day, earlier = timezone.localdate(), text.earlier_table(record)
        person = record.subject_kind == RecipientKind.PERSON
        who = [f"{'Họ và tên' if person else 'Tên'}: {record.name}."]
        who += [f"Chức vụ, nghề nghiệp: {record.post}."] if record.post else []
        who += [f"Đơn vị: {record.unit_name}."]
        return Content(
            kind=self.code,
            title="BÁO CÁO THÀNH TÍCH",
            subject=f"Đề nghị tặng {record.award_type.name}",
            heading=heading_of(record.unit, day),
            sections=[
                Section("I. SƠ LƯỢC", paragraphs=who),
                Section(
                    "II. THÀNH TÍCH ĐẠT ĐƯỢC",
                    paragraphs=[
                        f"Thời gian tính thành tích: {text.period(record)}.",
                        *(record.summary.splitlines() or ["[CẦN BỔ SUNG: tóm tắt thành tích]"]),
                    ],
                    tables=[text.achievements_table(record)],
                ),
                Section(
                    "III. CÁC HÌNH THỨC ĐÃ ĐƯỢC KHEN THƯỞNG",
                    paragraphs=[] if earlier.rows else ["Sổ khen thưởng chưa ghi khen thưởng nào trước đó."],
                    tables=[earlier] if earlier.rows else [],
                ),
            ],
            slots=[*_author(record), signer(record.unit, Side.UNIT, day)],
            facts={"state": self.state_of(record)},
        )

    def sample(self) -> Content:
        return samples.achievements()

    def issuer(self, record: Nomination) -> Unit:
        return record.unit

    def may_issue(self, user: Any, record: Nomination) -> bool:
        return user.has_perm("award.nominate", record)

    def obstacles(self, record: Nomination) -> list[str]:
        if record.status not in Nomination.EDITABLE:
            state = record.get_status_display()
            return [f"Hồ sơ đang ở trạng thái “{state}” nên không lập báo cáo mới."]
        return [] if record.achievements.exists() else ["Hãy ghi thành tích làm căn cứ trước khi lập báo cáo."]

    def state_of(self, record: Nomination) -> str:
        return digest({"told": told(record), "who": [record.name, record.post, record.unit_name, record.award_type_id]})

    def mandate(self, user: Any, document: Document, slot: str) -> Mandate | None:
        record = self.record_of(document)
        if record is None or slot != Side.UNIT:
            return None
        return mandate_at(user, "award.send", record.unit_id)


def _author(record: Nomination) -> list[Slot]:
    """Whoever reports signs on paper; a collective's report is its unit's own."""
    if record.subject_kind == RecipientKind.COLLECTIVE:
        return []
    word = "NGƯỜI BÁO CÁO" if record.subject_kind == RecipientKind.PERSON else "CHỦ HỘ"
    return [Slot("author", word.capitalize(), record.post, record.name, authority=word, required=False)]


# --- of the province ----------------------------------------------------------------------------------------------------
@register
class AppraisalSummary(_Kind):
    """Báo cáo tổng hợp thẩm định of a cycle, for the council: how many by award, then one by one."""

    code = "appraisal_summary"
    title = "Báo cáo tổng hợp thẩm định"
    purpose = "Số hồ sơ theo từng hình thức và kết quả thẩm định của từng hồ sơ, trình hội đồng; lãnh đạo Ban ký."
    act_label = "Lấy số và lập báo cáo"
    maker = "Lãnh đạo Ban lập và ký văn bản này."
    type_code = "BC"
    record = AwardCycle
    confirm_right = "award.manage"

    def records_for(self, user: Any) -> QuerySet[AwardCycle]:
        return access.scope(AwardCycle.objects.exclude(status=AwardCycle.Status.DRAFT), user, "award.manage")

    def content(self, record: AwardCycle) -> Content:
        now = timezone.localtime()
        day, rows = now.date(), _sent(record)
        heading = heading_of(record.owner, day, numbered=True)
        councils = [committee.name for committee in record.owner.committees.on(day)]
        return Content(
            kind=self.code,
            title="BÁO CÁO",
            subject=self.subject_of(record),
            heading=heading,
            grounds=text.grounds_of(record, day)[:-1],
            addressees=councils or superior_on(record.owner, day),
            sections=[
                text.opening(
                    f"{body_on(record.owner, day)} báo cáo kết quả thẩm định hồ sơ đề nghị khen thưởng, lấy lúc "
                    f"{now:%H:%M} ngày {now:%d/%m/%Y}, như sau:"
                ),
                Section("I. SỐ LƯỢNG HỒ SƠ", tables=[text.by_award_table(rows)]),
                Section(
                    "II. NHẬN XÉT",
                    paragraphs=[
                        f"Có {len(rows)} hồ sơ ({text.counted(rows) or 'chưa có hồ sơ'}) của "
                        f"{len({row.unit_id for row in rows})} đơn vị. Kết quả của từng hồ sơ ở phụ lục kèm theo."
                    ],
                ),
            ],
            closing=["Trình hội đồng xem xét."],
            slots=[signer(record.owner, Side.PROVINCE, day)],
            recipients=recipients(heading),
            annexes=[
                Annex(
                    "Phụ lục I",
                    "KẾT QUẢ THẨM ĐỊNH TỪNG HỒ SƠ",
                    [Section(tables=[text.one_by_one_table(rows)])],
                    landscape=True,
                )
            ],
            facts={"state": "", "as_of": now.isoformat()},
        )

    def subject_of(self, record: AwardCycle) -> str:
        return f"Kết quả thẩm định hồ sơ {text.cycle_words(record)}"

    def sample(self) -> Content:
        return samples.summary()

    def issuer(self, record: AwardCycle) -> Unit:
        return record.owner

    def may_issue(self, user: Any, record: AwardCycle) -> bool:
        return user.has_perm("award.open", record) and user.has_perm("document.number", record)

    def obstacles(self, record: AwardCycle) -> list[str]:
        return [] if _sent(record) else ["Chưa có hồ sơ nào được gửi trong đợt này."]

    def state_of(self, record: AwardCycle) -> str:
        """Dossiers move on: each report stands for its own moment, and a new one replaces it."""
        return ""

    def is_current(self, document: Document, record: AwardCycle) -> bool:
        return document.status == Document.Status.FROZEN

    def mandate(self, user: Any, document: Document, slot: str) -> Mandate | None:
        record = self.record_of(document)
        return None if record is None else mandate_at(user, "award.open", record.owner_id)


def _sent(cycle: AwardCycle) -> list[Nomination]:
    over = (Nomination.Status.DRAFT, Nomination.Status.WITHDRAWN)
    rows = Nomination.objects.filter(cycle=cycle, revision__gte=1).exclude(status__in=over)
    rows = rows.select_related("award_type", "unit", "recipient")
    return list(rows.order_by("-award_type__level", "award_type__code", "unit__sort_key", "recipient__sort_key", "id"))
