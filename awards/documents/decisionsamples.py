"""Filled examples with invented facts of the documents of decisions."""

from awards.documents.decisiontext import LIST, MONEY
from dvk_portal.core.documents.content import Annex, Content, Heading, Section, Slot, Table

BAN = "Ban Tuyên giáo và Dân vận Tỉnh ủy Mẫu"
_OF_BAN = Heading("party", "TỈNH ỦY MẪU", "BAN TUYÊN GIÁO VÀ DÂN VẬN", "BTGDVTU", "Mẫu")
_PUBLIC = {"code": "MAUXEMTRUOC2", "lookup": "https://cong.example/tra-cuu/MAUXEMTRUOC2/"}
_SUBJECT = "Khen thưởng thành tích trong phong trào thi đua “Dân vận khéo” năm 2026"
_GROUND = "(Kèm theo Quyết định số 25-QĐ/BTGDVTU ngày 20/12/2026 của Trưởng Ban Tuyên giáo và Dân vận Tỉnh ủy)"


def _lists() -> list[Section]:
    collectives = [
        ["1", "Ban Dân vận thôn Đông", "", "Xã An Mẫu", "năm 2026", "1.520.000"],
        ["2", "Hội Nông dân xã", "", "Xã Bình Mẫu", "năm 2026", "1.520.000"],
    ]
    people = [
        ["1", "Trần Thị Ví Dụ", "Trưởng ban công tác Mặt trận", "Xã An Mẫu", "năm 2026", "760.000"],
        ["2", "Lê Văn Thí Điểm", "Bí thư chi bộ", "Phường Cường Mẫu", "năm 2026", "760.000"],
    ]
    return [
        Section("Tập thể (2)", tables=[_table(collectives)]),
        Section("Cá nhân (2)", tables=[_table(people)]),
    ]


def _table(rows: list[list[str]]) -> Table:
    values = [[row[0], None, None, None, None, row[5].replace(".", "")] for row in rows]
    return Table("", LIST, rows, values=values)


def award_decision() -> Content:
    return Content(
        kind="award_decision",
        title="QUYẾT ĐỊNH",
        subject=_SUBJECT,
        heading=_OF_BAN,
        number="25-QĐ/BTGDVTU",
        dated_on="2026-12-20",
        grounds=[
            "Căn cứ Luật Thi đua, khen thưởng số 06/2022/QH15",
            "Căn cứ Nghị định số 152/2025/NĐ-CP ngày 14/6/2025 của Chính phủ",
            "Căn cứ Biên bản họp Hội đồng Thi đua – Khen thưởng ngày 08/12/2026",
        ],
        sections=[
            Section(
                "TRƯỞNG BAN TUYÊN GIÁO VÀ DÂN VẬN TỈNH ỦY QUYẾT ĐỊNH:",
                paragraphs=[
                    "Điều 1. Khen thưởng 2 tập thể, 2 cá nhân: tặng Giấy khen cho 2 tập thể, 2 cá nhân (có danh sách kèm "
                    "theo); thời gian lập thành tích: năm 2026.",
                    "Điều 2. Tiền thưởng kèm theo là 4.560.000 đồng, tính theo mức lương cơ sở 2.530.000 đồng, chi từ Quỹ "
                    f"thi đua, khen thưởng của {BAN}.",
                    "Điều 3. Các đơn vị liên quan và tập thể, cá nhân có tên trong danh sách kèm theo chịu trách nhiệm thi "
                    "hành Quyết định này. Quyết định có hiệu lực kể từ ngày ký.",
                ],
            )
        ],
        slots=[Slot("director", BAN, "TRƯỞNG BAN", "Huỳnh Văn Ví Dụ", organisation=BAN)],
        recipients=["Như Điều 3", "Lưu Văn phòng"],
        annexes=[Annex("Phụ lục", "Danh sách tặng Giấy khen", _lists(), landscape=True)],
        **_PUBLIC,
    )


def award_list() -> Content:
    tables = [table for section in _lists() for table in section.tables]
    return Content(
        kind="award_decision_list",
        title="DANH SÁCH",
        subject=f"Tập thể, hộ gia đình, cá nhân được khen thưởng: {_SUBJECT}",
        heading=_OF_BAN,
        dated_on="2026-12-20",
        annex="Phụ lục",
        landscape=True,
        sections=[Section(paragraphs=[_GROUND]), Section("Giấy khen", tables=tables)],
        **_PUBLIC,
    )


def award_money() -> Content:
    basis = "NĐ 152/2025/NĐ-CP, Điều 54; Nghị định 161/2026/NĐ-CP"
    rows = [
        ["1", "Hội Nông dân xã", "Xã Bình Mẫu", "Giấy khen", "2.530.000", "0,6", "1.518.000", "1.520.000", basis],
        ["2", "Trần Thị Ví Dụ", "Xã An Mẫu", "Giấy khen", "2.530.000", "0,3", "759.000", "760.000", basis],
        ["", "Cộng", "", "", "", "", "", "2.280.000", ""],
    ]
    values = [
        [row[0] or None, None, None, None, *[_plain(cell) for cell in row[4:8]], None] for row in rows
    ]  # fmt: skip
    return Content(
        kind="award_decision_money",
        title="BẢNG TIỀN THƯỞNG",
        subject=f"Kèm theo khen thưởng: {_SUBJECT}",
        heading=_OF_BAN,
        dated_on="2026-12-20",
        annex="Phụ lục",
        landscape=True,
        sections=[Section(paragraphs=[_GROUND], tables=[Table("", MONEY, rows, strong=[2], values=values)])],
        **_PUBLIC,
    )


def _plain(cell: str) -> str | None:
    return cell.replace(".", "").replace(",", ".") or None
