"""Filled examples with invented facts: for previews and for trying templates."""

from dvk_portal.core.documents.content import Annex, Content, Heading, Section, Slot, Table
from pledges.documents import columns

BAN, UNIT = "Ban Tuyên giáo và Dân vận Tỉnh ủy Mẫu", "Đảng ủy xã An Mẫu"
CAMPAIGN = "phong trào thi đua “Dân vận khéo” năm 2026"
_OF_BAN = Heading("party", "TỈNH ỦY MẪU", "BAN TUYÊN GIÁO VÀ DÂN VẬN", "BTGDVTU", "Mẫu")
_OF_UNIT = Heading("party", "TỈNH ỦY MẪU", "ĐẢNG ỦY XÃ AN MẪU", "ĐU", "An Mẫu")
_PUBLIC = {"code": "MAUXEMTRUOC2", "lookup": "https://cong.example/tra-cuu/MAUXEMTRUOC2/"}


def _values(rows: list[list[str]], first: int, last: int) -> list[list[str | None]]:
    """Figures of the columns ``first`` to ``last`` (last not included) as a spreadsheet takes them."""
    return [
        [
            cell.replace(".", "").replace(",", ".").rstrip("%")
            if first <= place < last and cell[:1].isdigit()
            else None
            for place, cell in enumerate(row)
        ]
        for row in rows
    ]


def report() -> Content:
    rows = [
        ["1", "Số mô hình “Dân vận khéo” đăng ký mới", "mô hình", "1", "3", "7"],
        ["2", "Số buổi đối thoại với Nhân dân", "buổi", "2", "không phát sinh", "4"],
        ["3", "Tỷ lệ hồ sơ giải quyết đúng hạn", "%", "97,5%", "98,25%", "97,9%"],
    ]
    table = Table("", columns.unit_figures(with_year_ago=False), rows, values=_values(rows, 3, 6))
    return Content(
        kind="report",
        title="BÁO CÁO",
        subject=f"Kết quả quý III/2026 thực hiện {CAMPAIGN}",
        heading=_OF_UNIT,
        number="05-BC/ĐU",
        dated_on="2026-10-08",
        addressees=[BAN],
        sections=[
            Section(
                paragraphs=[
                    f"Thực hiện Kế hoạch số 12-KH/BTGDVTU ngày 05/02/2026 của {BAN}, {UNIT} báo cáo kết quả quý III/2026 "
                    "như sau:"
                ]
            ),
            Section("I. KẾT QUẢ THỰC HIỆN"),
            Section("1. Dân vận khéo", tables=[table]),
            Section(
                "II. KHÓ KHĂN, HẠN CHẾ",
                paragraphs=["Khó khăn, vướng mắc: địa bàn rộng, cán bộ kiêm nhiệm nhiều việc."],
            ),
            Section("III. PHƯƠNG HƯỚNG, KIẾN NGHỊ", paragraphs=["Kiến nghị: mở lớp tập huấn nghiệp vụ trong quý IV."]),
        ],
        closing=[f"Trên đây là báo cáo kết quả quý III/2026 của {UNIT}."],
        slots=[Slot("unit", UNIT, "BÍ THƯ", "Trần Thị Ví Dụ", authority="T/M ĐẢNG ỦY", organisation=UNIT)],
        recipients=["Như trên", "Lưu Văn phòng"],
        **_PUBLIC,
    )


def consolidated() -> Content:
    turnout = [["Cụm 1", "14", "11", "2", "1", "0", "9"], ["Cụm 2", "13", "12", "1", "0", "1", "10"]]
    turnout.append(["Toàn tỉnh", "27", "23", "3", "1", "1", "19"])
    rows = [["1", "Số buổi đối thoại với Nhân dân", "buổi", "1.204", "1.310", "+106", "3.688", "26/27"]]
    clusters = [["", "DÂN VẬN KHÉO", "", "", "", ""]]
    clusters.append(["1", "Số buổi đối thoại với Nhân dân", "buổi", "640", "670", "1.310"])
    by_cluster = Table("", columns.by_cluster(["Cụm 1", "Cụm 2"]), clusters, [0], _values(clusters, 3, 6))
    return Content(
        kind="consolidated",
        title="BÁO CÁO",
        subject=f"Tổng hợp kết quả quý III/2026 thực hiện {CAMPAIGN}",
        heading=_OF_BAN,
        number="21-BC/BTGDVTU",
        dated_on="2026-10-18",
        addressees=["Tỉnh ủy Mẫu"],
        sections=[
            Section(paragraphs=["Báo cáo chỉ gồm số liệu đã thẩm định, lấy lúc 08:00 ngày 18/10/2026."]),
            Section("I. KẾT QUẢ THỰC HIỆN"),
            Section(
                "1. Tình hình thực hiện chế độ báo cáo",
                paragraphs=["26/27 đơn vị đã gửi báo cáo (96,3%)."],
                tables=[Table("", columns.TURNOUT, turnout, [2], _values(turnout, 1, 7))],
            ),
            Section(
                "2. Dân vận khéo",
                tables=[
                    Table(
                        "",
                        columns.province_figures(with_year_ago=False, with_last=True),
                        rows,
                        values=_values(rows, 3, 7),
                    )
                ],
            ),
            Section("II. KHÓ KHĂN, HẠN CHẾ", items=[f"{UNIT}: địa bàn rộng, cán bộ kiêm nhiệm nhiều việc."]),
        ],
        closing=[f"Trên đây là báo cáo tổng hợp quý III/2026 của {BAN}."],
        slots=[Slot("province", BAN, "TRƯỞNG BAN", "Nguyễn Văn Mẫu", organisation=BAN)],
        recipients=["Như trên", "Lưu Văn phòng"],
        annexes=[
            Annex("Phụ lục I", "SỐ LIỆU THEO CỤM, KHỐI", [Section(tables=[by_cluster])], landscape=True),
            Annex("Phụ lục II", "ĐƠN VỊ CHƯA GỬI BÁO CÁO", [Section(tables=[_owing()])], landscape=True),
        ],
        **_PUBLIC,
    )


def _owing() -> Table:
    rows = [
        ["1", "Xã Bình Mẫu", "Cụm 1", "Chưa gửi", "10/10/2026", "8", "3", "Công chức Văn phòng Đảng ủy"],
        [
            "2",
            "Xã Cường Mẫu",
            "Cụm 2",
            "Chưa gửi lại",
            "20/10/2026",
            "chưa đến hạn",
            "0",
            "Công chức Văn phòng Đảng ủy",
        ],
    ]
    return Table("", columns.OWING, rows, values=_values(rows, 5, 7))


def not_reported() -> Content:
    return Content(
        kind="not_reported",
        title="DANH SÁCH",
        subject=f"Đơn vị chưa gửi báo cáo quý III/2026 thực hiện {CAMPAIGN}",
        heading=_OF_BAN,
        dated_on="2026-10-18",
        annex="Phụ lục",
        landscape=True,
        sections=[
            Section(paragraphs=["Tính đến 08:00 ngày 18/10/2026, 1 đơn vị chưa gửi báo cáo."]),
            Section(tables=[_owing()]),
        ],
        **_PUBLIC,
    )


def score_sheet() -> Content:
    rows = [
        ["I", "Công tác chỉ đạo", "20", "20", "18", "18", "", ""],
        ["1", "Có kế hoạch năm", "10", "10", "8", "8", "2", "Kế hoạch ban hành sau ngày 31/01"],
        ["2", "Kiểm tra, giám sát", "10", "10", "10", "10", "", "Đạt 100% kế hoạch"],
        ["", "Tổng điểm", "20", "20", "18", "18", "2", "Xếp loại: Hoàn thành tốt"],
    ]
    return Content(
        kind="score_sheet",
        title="PHIẾU CHẤM ĐIỂM",
        subject=f"{UNIT}, {CAMPAIGN}",
        heading=_OF_BAN,
        dated_on="2026-12-15",
        annex="Phụ lục",
        landscape=True,
        sections=[
            Section(
                paragraphs=[f"Đơn vị: {UNIT}, Cụm 1. Bảng tiêu chí: Bảng mẫu, phiên bản 2026."],
                tables=[Table("", columns.SHEET, rows, [0, 3], _values(rows, 2, 7))],
            )
        ],
        slots=[
            Slot("unit", "ĐẠI DIỆN ĐƠN VỊ", "Bí thư", "Trần Thị Ví Dụ", organisation=UNIT),
            Slot("secretary", "THƯ KÝ", "", "", organisation=BAN),
            Slot("chair", "CHỦ TRÌ THẨM ĐỊNH", "Trưởng Ban", "Nguyễn Văn Mẫu", organisation=BAN),
        ],
        **_PUBLIC,
    )


def recognised_models() -> Content:
    rows = [
        ["1", "Tổ dân vận vận động hiến đất mở đường", "Chi bộ ấp Mẫu Một (tập thể)", UNIT, "Kinh tế", "01/GCN-DVK"],
        ["2", "Nhà sạch, ngõ xanh", "Nguyễn Văn Mẫu (cá nhân)", UNIT, "Văn hóa – xã hội", "02/GCN-DVK"],
        ["3", "Camera an ninh ở khóm", "Hội Cựu chiến binh xã (tập thể)", "Xã Bình Mẫu", "Quốc phòng – an ninh", "03/GCN-DVK"],
    ]
    values = [[row[0], *[None] * 5] for row in rows]
    note = "Danh sách có 3 mô hình, điển hình: 2 tập thể, 1 cá nhân."
    return Content(
        kind="recognised_models",
        title="DANH SÁCH",
        subject="Mô hình, điển hình “Dân vận khéo” được công nhận cấp tỉnh năm 2026",
        heading=_OF_BAN,
        dated_on="2026-12-28",
        annex="Phụ lục",
        landscape=True,
        sections=[
            Section(
                paragraphs=["(Kèm theo Quyết định 46-QĐ/BTGDVTU ngày 28/12/2026)"],
                tables=[Table("", columns.RECOGNISED, rows, values=values, note=note)],
            )
        ],
        **_PUBLIC,
    )


def ranking() -> Content:
    rows = [
        ["1", UNIT, "98", "96,5", "96,5", "Xuất sắc", "Tổng điểm cao nhất cụm"],
        ["2 (đồng hạng)", "Xã Bình Mẫu", "97", "95", "95", "Xuất sắc", "Bằng điểm, bằng mọi tiêu chí phụ"],
        ["2 (đồng hạng)", "Xã Cường Mẫu", "99", "95", "95", "Xuất sắc", "Bằng điểm, bằng mọi tiêu chí phụ"],
    ]
    return Content(
        kind="ranking",
        title="BẢNG XẾP HẠNG",
        subject=f"Kết quả {CAMPAIGN}",
        heading=_OF_BAN,
        dated_on="2026-12-28",
        annex="Phụ lục",
        landscape=True,
        sections=[
            Section(paragraphs=["(Kèm theo Quyết định 45-QĐ/BTGDVTU ngày 28/12/2026)"]),
            Section("Cụm 1 (3 đơn vị)", tables=[Table("", columns.RANKING, rows, values=_values(rows, 2, 5))]),
        ],
        **_PUBLIC,
    )
