"""The pledge as a document: parties, targets, commitments of both sides."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from dvk_portal.core.documents.content import Column, Content, Heading, Section, Slot, Table, need
from dvk_portal.core.documents.kinds import DocumentKind, Mandate, register
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document, Signature
from dvk_portal.core.numbers import format_number
from pledges.models import Party, Pledge, Target
from pledges.models.pledge import Side
from pledges.services.parties import parties_on
from pledges.services.proposals import common_lines, own_commitments, stored_common_lines, target_rows
from pledges.services.signing import check_intact, mandate_of, pledge_signed
from units.roles import Role
from units.services.issuing import heading_of

_PARTY_WORDS = {Side.PROVINCE: "BÊN PHÁT ĐỘNG", Side.UNIT: "BÊN GIAO ƯỚC", Side.WITNESS: "BÊN CHỨNG KIẾN"}
_TARGET_COLUMNS = [
    Column("TT", 0.5, "center"),
    Column("Chỉ tiêu", 4),
    Column("Đơn vị tính", 1.2, "center"),
    Column("Kết quả năm trước", 1.3, "right"),
    Column("Cam kết", 1.6, "right"),
    Column("Thời hạn", 1.4, "center"),
    Column("Trọng số", 1, "right"),
]


def target_line(place: int, target: Target, last_day: str) -> list[str]:
    """One row of the table of targets, as printed."""
    weight = "" if target.weight is None else format_number(target.weight)
    return [
        str(place),
        target.indicator.name + (f" ({target.note})" if target.note else ""),
        target.indicator.measure,
        "" if target.baseline is None else format_number(target.baseline),
        need(
            "" if target.amount is None else f"{target.get_form_display()} {format_number(target.amount)}",
            "mức cam kết",
        ),
        f"{target.due_on:%d/%m/%Y}" if target.due_on else last_day,
        weight,
    ]


def target_values(target: Target) -> list[str | None]:
    """The typed figures of the same row, for the spreadsheet."""
    figures = (target.baseline, target.amount)
    return [None, None, None, *(None if value is None else str(value) for value in figures), None, None]


def slot_of(party: Party) -> Slot:
    """The place where ``party`` signs."""
    return Slot(
        slot=party.side,
        party=_PARTY_WORDS[Side(party.side)],
        position=need(party.position, f"chức danh người đại diện của {party.unit_name}"),
        name=need(party.name, f"người đại diện của {party.unit_name}"),
        authority=party.authority,
        organisation=party.unit_name,
        expected=party.name,
    )


def party_facts(party: Party) -> dict[str, str]:
    """What the opening of a pledge says of ``party``."""
    return {
        "label": _PARTY_WORDS[Side(party.side)],
        "name": party.unit_name,
        "representative": need(party.name, f"người đại diện của {party.unit_name}"),
        "position": need(party.position, f"chức danh người đại diện của {party.unit_name}"),
        "mandate": party.delegation,
    }


@register
class PledgeDocument(DocumentKind):
    """Giao ước thi đua: no statutory form; header of the host, parties, targets, commitments of both (law.md §9)."""

    code = "pledge"
    title = "Giao ước thi đua"
    template = "pledge.typ"
    record = Pledge

    def content(self, record: Pledge) -> Content:
        campaign = record.participation.campaign
        # While it is negotiated: who would stand for the sides today, and the common part as the campaign has it.
        parties = list(record.parties.all()) or parties_on(record, day=_day(record))
        last_day = f"{campaign.ends_on:%d/%m/%Y}"
        targets = [row.target for row in target_rows(record)]
        common = common_lines(record) if record.is_editable else stored_common_lines(record)
        table = Table(
            "",
            _TARGET_COLUMNS,
            [target_line(place, row, last_day) for place, row in enumerate(targets, 1)],
            values=[target_values(row) for row in targets],
        )
        promises = [text for side, text in common if side == Side.UNIT] + own_commitments(record)
        duties = [text for side, text in common if side == Side.PROVINCE]
        sections = [
            Section("I. CHỈ TIÊU THI ĐUA", tables=[table]) if targets else None,
            Section(f"II. CAM KẾT CỦA {record.participation.name.upper()}", items=promises),
            Section("III. TRÁCH NHIỆM CỦA CƠ QUAN PHÁT ĐỘNG", items=duties) if duties else None,
        ]
        return Content(
            kind=self.code,
            title="GIAO ƯỚC THI ĐUA",
            subject=campaign.title,
            heading=heading_of(campaign.owner, _day(record)),
            grounds=_grounds(campaign),
            parties=[party_facts(party) for party in parties],
            sections=[section for section in sections if section is not None],
            closing=[
                f"Giao ước có hiệu lực từ ngày ký đến hết ngày {last_day}.",
                f"Giao ước được lập thành {record.copies:02d} bản, có giá trị như nhau, mỗi bên giữ ít nhất 01 bản.",
            ],
            slots=[slot_of(party) for party in parties],
        )

    def sample(self) -> Content:
        return _sample_pledge()

    def mandate(self, user: Any, document: Document, slot: str) -> Mandate | None:
        pledge = _pledge_of(document)
        if not pledge.participation.campaign.is_running or pledge.status not in Pledge.SIGNABLE:
            return None
        return mandate_of(pledge, slot, user)

    def check(self, document: Document) -> None:
        check_intact(Pledge.objects.with_content().get(pk=_pledge_of(document).pk))

    def may_confirm(self, user: Any, document: Document) -> bool:
        return user.has_perm("document.confirm", _pledge_of(document))

    def confirmers(self, document: Document) -> list[Any]:
        pledge = _pledge_of(document)
        row, campaign = pledge.participation, pledge.participation.campaign
        people = [row.cluster and row.cluster.officer, campaign.contact, *campaign.owner.members(Role.DIRECTOR)]
        return [person for person in people if person and person.has_perm("document.confirm", pledge)]

    def allowed_methods(self, document: Document) -> list[str]:
        return _pledge_of(document).participation.campaign.signing_methods

    def signed(self, document: Document, signature: Signature, *, actor: Any, batch: bool) -> None:
        pledge_signed(_pledge_of(document), signature, actor=actor, tell_officers=not batch)

    def consent_url(self, document: Document) -> str:
        return reverse("pledge-sign", args=[document.record_id])

    def keeps_document(self, document: Document) -> str:
        return "Giao ước được mở lại, rút hoặc thay thế ở trang giao ước; văn bản theo đó mà hết hiệu lực."


def _pledge_of(document: Document) -> Pledge:
    found = Pledge.objects.with_campaign().filter(pk=document.record_id, document=document).first()
    if found is None:
        raise DomainError("Văn bản này không còn là bản hiện hành của giao ước. Hãy mở lại trang giao ước.")
    return found


def _day(pledge: Pledge) -> Any:
    return timezone.localdate(pledge.agreed_at) if pledge.agreed_at else timezone.localdate()


def _grounds(campaign: Any) -> list[str]:
    if not campaign.document_no:
        return []
    when = f" ngày {campaign.document_date:%d/%m/%Y}" if campaign.document_date else ""
    return [f"Căn cứ {campaign.document_no}{when} của {campaign.owner.name} về phát động phong trào “{campaign.title}”"]


def _sample_pledge() -> Content:
    heading = Heading("party", "TỈNH ỦY MẪU", "BAN TUYÊN GIÁO VÀ DÂN VẬN", "BTGDVTU", "Mẫu")
    province, unit = "Ban Tuyên giáo và Dân vận Tỉnh ủy Mẫu", "Đảng ủy xã An Mẫu"
    rows = [
        ["1", "Số mô hình “Dân vận khéo” đăng ký mới", "mô hình", "4", "ít nhất 6", "30/11/2026", "30"],
        ["2", "Tỷ lệ đơn thư của Nhân dân giải quyết đúng hạn", "%", "92,5", "ít nhất 95", "30/11/2026", "40"],
        ["3", "Số vụ khiếu kiện đông người", "vụ", "1", "không quá 0", "30/11/2026", "30"],
    ]
    return Content(
        kind="pledge",
        title="GIAO ƯỚC THI ĐUA",
        subject="“Dân vận khéo” năm 2026",
        heading=heading,
        dated_on="2026-05-30",
        grounds=[
            f"Căn cứ Kế hoạch số 12-KH/BTGDVTU ngày 05/02/2026 của {province} về phát động phong trào thi đua năm 2026"
        ],
        parties=[
            {
                "label": "BÊN PHÁT ĐỘNG",
                "name": province,
                "representative": "Nguyễn Văn Mẫu",
                "position": "Trưởng Ban",
                "mandate": "",
            },
            {
                "label": "BÊN GIAO ƯỚC",
                "name": unit,
                "representative": "Trần Thị Ví Dụ",
                "position": "Bí thư Đảng ủy",
                "mandate": "",
            },
        ],
        sections=[
            Section("I. CHỈ TIÊU THI ĐUA", tables=[Table("", _TARGET_COLUMNS, rows)]),
            Section(
                "II. CAM KẾT CỦA ĐẢNG ỦY XÃ AN MẪU",
                items=[
                    "Mỗi chi bộ có ít nhất một việc làm “Dân vận khéo”.",
                    "Đối thoại với Nhân dân ít nhất hai lần trong năm.",
                ],
            ),
            Section(
                "III. TRÁCH NHIỆM CỦA CƠ QUAN PHÁT ĐỘNG",
                items=["Hướng dẫn, kiểm tra và kịp thời nêu gương cách làm hay."],
            ),
        ],
        closing=[
            "Giao ước có hiệu lực từ ngày ký đến hết ngày 30/11/2026.",
            "Giao ước được lập thành 02 bản, có giá trị như nhau, mỗi bên giữ ít nhất 01 bản.",
        ],
        slots=[
            Slot("province", "BÊN PHÁT ĐỘNG", "TRƯỞNG BAN", "Nguyễn Văn Mẫu", organisation=province),
            Slot("unit", "BÊN GIAO ƯỚC", "BÍ THƯ", "Trần Thị Ví Dụ", organisation=unit),
        ],
        code="MAUXEMTRUOC2",
        lookup="https://cong.example/tra-cuu/MAUXEMTRUOC2/",
    )
