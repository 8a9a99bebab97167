"""Phụ lục giao ước as a document: grounds naming the pledge, what changes from what to what, signatures of all sides."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from dvk_portal.core.documents.content import Column, Content, Heading, Section, Slot, Table
from dvk_portal.core.documents.kinds import DocumentKind, Mandate, register
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document, Signature
from pledges.documents.pledge import party_facts, slot_of
from pledges.models import Amendment
from pledges.services.amendments import amendment_signed, mandate_for
from pledges.services.annexes import ChangeLine, canonical_changes, change_lines
from pledges.services.parties import parties_on
from units.roles import Role
from units.services.issuing import heading_of

_COLUMNS = [
    Column("TT", 0.5, "center"),
    Column("Nội dung", 2.6),
    Column("Nội dung đang có hiệu lực", 3),
    Column("Nay thay đổi thành", 3),
]


@register
class AmendmentDocument(DocumentKind):
    code = "amendment"
    title = "Phụ lục giao ước"
    template = "pledge.typ"
    record = Amendment

    def content(self, record: Amendment) -> Content:
        pledge = record.pledge
        campaign = pledge.participation.campaign
        day = timezone.localdate(record.agreed_at) if record.agreed_at else timezone.localdate()
        parties = parties_on(pledge, day=day)
        return Content(
            kind=self.code,
            title=f"PHỤ LỤC GIAO ƯỚC SỐ {record.number:02d}",
            subject=f"{campaign.title} – {pledge.participation.name}",
            heading=heading_of(campaign.owner, day),
            grounds=_grounds(record),
            parties=[party_facts(party) for party in parties],
            sections=_sections(record, change_lines(record)),
            closing=_closing(f"{record.effective_on:%d/%m/%Y}", pledge.copies),
            slots=[slot_of(party) for party in parties],
            facts={"effective_on": record.effective_on.isoformat(), "changes": canonical_changes(record)},
        )

    def sample(self) -> Content:
        return _sample()

    def mandate(self, user: Any, document: Document, slot: str) -> Mandate | None:
        return mandate_for(_amendment_of(document), slot, user)

    def may_confirm(self, user: Any, document: Document) -> bool:
        return user.has_perm("document.confirm", _amendment_of(document).pledge)

    def confirmers(self, document: Document) -> list[Any]:
        pledge = _amendment_of(document).pledge
        row, campaign = pledge.participation, pledge.participation.campaign
        people = [row.cluster and row.cluster.officer, campaign.contact, *campaign.owner.members(Role.DIRECTOR)]
        return [person for person in people if person and person.has_perm("document.confirm", pledge)]

    def allowed_methods(self, document: Document) -> list[str]:
        return _amendment_of(document).pledge.participation.campaign.signing_methods

    def signed(self, document: Document, signature: Signature, *, actor: Any, batch: bool) -> None:
        amendment_signed(_amendment_of(document), signature, actor=actor)

    def consent_url(self, document: Document) -> str:
        return reverse("amendment-sign", args=[document.record_id])

    def keeps_document(self, document: Document) -> str:
        return "Phụ lục được rút ở trang phụ lục; văn bản theo đó mà hết hiệu lực."


def _amendment_of(document: Document) -> Amendment:
    found = Amendment.objects.with_content().filter(pk=document.record_id, document=document).first()
    if found is None:
        raise DomainError("Văn bản này không còn là bản hiện hành của phụ lục. Hãy mở lại trang giao ước.")
    return found


def _grounds(record: Amendment) -> list[str]:
    """The pledge and every annex before this one, each with its date and the code by which it is looked up."""
    pledge = record.pledge
    owner, unit = pledge.participation.campaign.owner.name, pledge.participation.name
    found = [f"Căn cứ Giao ước thi đua giữa {owner} và {unit}{_named(pledge.document, pledge.signed_at)}"]
    earlier = pledge.amendments.filter(status=Amendment.Status.SIGNED, number__lt=record.number)
    found += [
        f"Căn cứ {row.title} của giao ước{_named(row.document, row.signed_at)}"
        for row in earlier.select_related("document__number")
    ]
    return [*found, "Theo thống nhất của các bên"]


def _named(document: Document | None, signed_at: Any) -> str:
    """ " số 05-GƯ/BTGDVTU, ký ngày 03/03/2026 (mã tra cứu K7M2QX9TRB4D)"."""
    number = f" số {document.number.text}," if document is not None and document.number else ""
    day = f" ký ngày {timezone.localdate(signed_at):%d/%m/%Y}" if signed_at else ""
    return f"{number}{day}{f' (mã tra cứu {document.code})' if document is not None else ''}"


def _sections(record: Amendment, lines: list[ChangeLine]) -> list[Section]:
    return [
        Section("I. LÝ DO", paragraphs=[record.reason]),
        Section("II. NỘI DUNG THAY ĐỔI", tables=[_table(lines)]),
    ]


def _table(lines: list[ChangeLine]) -> Table:
    rows = [
        [
            str(place),
            f"{line.kind}: {line.what}" + (f" ({line.note})" if line.note else ""),
            line.old or "(chưa có)",
            line.new or "(bỏ)",
        ]
        for place, line in enumerate(lines, 1)
    ]
    return Table("", _COLUMNS, rows)


def _closing(effective_on: str, copies: int) -> list[str]:
    return [
        f"Phụ lục có hiệu lực từ ngày {effective_on} khi các bên đã ký đủ, và là bộ phận không tách rời của giao ước. "
        "Những nội dung khác của giao ước giữ nguyên.",
        f"Phụ lục được lập thành {copies:02d} bản, có giá trị như nhau, mỗi bên giữ ít nhất 01 bản.",
    ]


def _sample() -> Content:
    province, unit = "Ban Tuyên giáo và Dân vận Tỉnh ủy Mẫu", "Đảng ủy xã An Mẫu"
    people = (
        ("province", "BÊN PHÁT ĐỘNG", province, "Nguyễn Văn Mẫu", "Trưởng Ban"),
        ("unit", "BÊN GIAO ƯỚC", unit, "Trần Thị Ví Dụ", "Bí thư Đảng ủy"),
    )
    lines = [
        ChangeLine(
            "Sửa chỉ tiêu",
            "Số mô hình “Dân vận khéo” đăng ký mới",
            "ít nhất 6 mô hình, thời hạn 30/11/2026, trọng số 30",
            "ít nhất 9 mô hình, thời hạn 30/11/2026, trọng số 30",
            "nhận thêm 03 thôn sau sắp xếp",
        ),
        ChangeLine("Thêm cam kết", "Cam kết của đơn vị", "", "Mỗi quý có một buổi tiếp xúc với hộ di dời."),
    ]
    return Content(
        kind="amendment",
        title="PHỤ LỤC GIAO ƯỚC SỐ 01",
        subject=f"Thi đua “Dân vận khéo” năm 2026 – {unit}",
        heading=Heading("party", "TỈNH ỦY MẪU", "BAN TUYÊN GIÁO VÀ DÂN VẬN", "BTGDVTU", "Mẫu"),
        dated_on="2026-07-01",
        grounds=[
            f"Căn cứ Giao ước thi đua giữa {province} và {unit} ký ngày 30/05/2026 (mã tra cứu MAUXEMTRUOC2)",
            "Theo thống nhất của các bên",
        ],
        parties=[
            {"label": label, "name": body, "representative": name, "position": post, "mandate": ""}
            for _, label, body, name, post in people
        ],
        sections=[
            Section("I. LÝ DO", paragraphs=["Địa bàn được mở rộng sau sắp xếp đơn vị hành chính."]),
            Section("II. NỘI DUNG THAY ĐỔI", tables=[_table(lines)]),
        ],
        closing=_closing("15/07/2026", 2),
        slots=[Slot(slot, label, post.upper(), name, organisation=body) for slot, label, body, name, post in people],
        code="MAUXEMTRUOC2",
        lookup="https://cong.example/tra-cuu/MAUXEMTRUOC2/",
    )
