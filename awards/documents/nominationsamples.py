"""Filled examples with invented facts of the documents of nominations."""

from awards.documents import nominationtext as text
from dvk_portal.core.documents.content import Annex, Content, Heading, Section, Slot, Table

BAN, UNIT = "Ban Tuyên giáo và Dân vận Tỉnh ủy Mẫu", "Đảng ủy xã An Mẫu"
CYCLE = "đợt khen thưởng “Dân vận khéo” năm 2026"
_OF_BAN = Heading("party", "TỈNH ỦY MẪU", "BAN TUYÊN GIÁO VÀ DÂN VẬN", "BTGDVTU", "Mẫu")
_OF_UNIT = Heading("party", "TỈNH ỦY MẪU", "ĐẢNG ỦY XÃ AN MẪU", "ĐU", "An Mẫu")
_PUBLIC = {"code": "MAUXEMTRUOC7", "lookup": "https://cong.example/tra-cuu/MAUXEMTRUOC7/"}
_GROUNDS = [
    "Căn cứ Luật Thi đua, khen thưởng số 06/2022/QH15",
    "Căn cứ Nghị định số 152/2025/NĐ-CP ngày 14/6/2025 của Chính phủ",
]
_BK = "Bằng khen của Chủ tịch Ủy ban nhân dân tỉnh"
_HEAD = Slot("unit", UNIT, "BÍ THƯ", "Trần Thị Ví Dụ", authority="T/M ĐẢNG ỦY", organisation=UNIT)
_WHO = [
    ["1", "Tập thể Chi bộ ấp Mẫu Một", "Đảng ủy xã An Mẫu", _BK],
    ["2", "Nguyễn Văn Thí Dụ", "Trưởng ban công tác Mặt trận ấp Mẫu Hai, xã An Mẫu", _BK],
]


def memo() -> Content:
    return Content(
        kind="award_memo",
        title="TỜ TRÌNH",
        subject=f"Về việc đề nghị khen thưởng trong {CYCLE}",
        heading=_OF_UNIT,
        number="05-TTr/ĐU",
        dated_on="2026-11-20",
        grounds=[*_GROUNDS, f"Căn cứ hướng dẫn của {BAN} về {CYCLE}"],
        addressees=[BAN],
        sections=[
            Section(
                paragraphs=[
                    f"Qua kết quả thực hiện nhiệm vụ và phong trào thi đua, {UNIT} đề nghị khen thưởng những tập thể, cá nhân, "
                    f"hộ gia đình có thành tích trong {CYCLE} như sau:"
                ]
            ),
            Section("1. Hình thức và danh sách đề nghị", tables=[Table("", text.SHORT, _WHO)]),
            Section("2. Ý kiến bình xét", paragraphs=["Cuộc họp bình xét ngày 18/11/2026 thống nhất đề nghị."]),
            Section(
                "3. Kết quả thẩm định của đơn vị", paragraphs=[f"{UNIT} đã xem xét đúng đối tượng, điều kiện, thủ tục."]
            ),
        ],
        closing=[f"{UNIT} kính đề nghị {BAN} xem xét, trình cấp có thẩm quyền quyết định."],
        slots=[_HEAD],
        recipients=["Như trên", "Lưu Văn phòng"],
        **_PUBLIC,
    )


def nominees() -> Content:
    rows = [
        [*_WHO[0], "Vận động 45 hộ hiến 3.200 m² đất mở 2,4 km đường ấp; 100% hộ có hố rác hợp vệ sinh."],
        [*_WHO[1], "Hòa giải thành 18 vụ việc trong năm 2026; vận động Quỹ Vì người nghèo đạt 132% chỉ tiêu."],
    ]
    return Content(
        kind="award_list",
        title="DANH SÁCH",
        subject=f"Đề nghị khen thưởng trong {CYCLE}",
        heading=_OF_UNIT,
        dated_on="2026-11-20",
        annex="Phụ lục",
        landscape=True,
        sections=[
            Section(
                paragraphs=[f"(Kèm theo Tờ trình của {UNIT})"],
                tables=[Table("", text.LIST, rows, note="Danh sách có 2 đề nghị: 1 tập thể, 1 cá nhân.")],
            )
        ],
        **_PUBLIC,
    )


def minutes() -> Content:
    votes = [[*_WHO[0], "12", "100,00"], [*_WHO[1], "11", "91,66"]]
    secretary = Slot(
        "secretary", "Người ghi biên bản", "Công chức Văn phòng", "Lê Văn Mẫu", authority="NGƯỜI GHI BIÊN BẢN"
    )
    chair = Slot("chair", "Chủ trì", "Bí thư Đảng ủy", "Trần Thị Ví Dụ", authority="CHỦ TRÌ")
    return Content(
        kind="unit_minutes",
        title="BIÊN BẢN",
        subject=f"Họp bình xét khen thưởng trong {CYCLE}",
        heading=_OF_UNIT,
        dated_on="2026-11-18",
        sections=[
            Section(
                "I. THỜI GIAN, ĐỊA ĐIỂM, THÀNH PHẦN",
                paragraphs=[
                    "Thời gian: 08 giờ 00, ngày 18/11/2026.",
                    "Địa điểm: Hội trường Đảng ủy xã.",
                    "Triệu tập 13 người, dự họp 12 người.",
                    "Vắng mặt: ông Phạm Văn Mẫu, đi công tác.",
                ],
            ),
            Section("II. NỘI DUNG", paragraphs=["Cuộc họp nghe báo cáo thành tích và thảo luận."]),
            Section(
                "III. KẾT QUẢ BÌNH XÉT",
                paragraphs=["Cuộc họp bỏ phiếu kín; tỷ lệ tính trên số người dự họp."],
                tables=[Table("", text.VOTES, votes)],
            ),
            Section("IV. KẾT LUẬN", paragraphs=["Thống nhất đề nghị khen thưởng 1 tập thể, 1 cá nhân."]),
        ],
        closing=["Cuộc họp bế mạc lúc 10 giờ 15 cùng ngày."],
        slots=[secretary, chair],
        **_PUBLIC,
    )


def achievements() -> Content:
    rows = [
        [
            "1",
            "Hòa giải thành 18 vụ việc, không để phát sinh điểm nóng",
            "01/01/2026 – 31/10/2026",
            "Dân vận khéo năm 2026",
        ],
        [
            "2",
            "Mô hình “Tiếng loa an ninh” được công nhận cấp tỉnh",
            "01/03/2026 – 30/09/2026",
            "Mô hình “Tiếng loa an ninh”",
        ],
    ]
    earlier = [["2024", "Giấy khen", "15-QĐ/ĐU ngày 20/12/2024", "Đảng ủy xã An Mẫu"]]
    author = Slot("author", "Người báo cáo", "", "Nguyễn Văn Thí Dụ", authority="NGƯỜI BÁO CÁO", required=False)
    return Content(
        kind="achievement_report",
        title="BÁO CÁO THÀNH TÍCH",
        subject=f"Đề nghị tặng {_BK}",
        heading=_OF_UNIT,
        dated_on="2026-11-19",
        sections=[
            Section("I. SƠ LƯỢC", paragraphs=["Họ và tên: Nguyễn Văn Thí Dụ.", "Đơn vị: Xã An Mẫu."]),
            Section(
                "II. THÀNH TÍCH ĐẠT ĐƯỢC",
                paragraphs=[
                    "Thời gian tính thành tích: 01/01/2026 – 31/12/2026.",
                    "Nắm chắc địa bàn, nói đi đôi với làm.",
                ],
                tables=[Table("", text.ACHIEVEMENTS, rows)],
            ),
            Section("III. CÁC HÌNH THỨC ĐÃ ĐƯỢC KHEN THƯỞNG", tables=[Table("", text.EARLIER, earlier)]),
        ],
        slots=[author, _HEAD],
        **_PUBLIC,
    )


def summary() -> Content:
    counts = [[_BK, "27", "25", "21", "2", "1", "1"], ["Giấy khen", "14", "14", "14", "0", "0", "0"]]
    counts.append(["Cộng", "41", "39", "35", "2", "1", "1"])
    values = [[None, *line[1:]] for line in counts]
    ones = [[*_WHO[0], "Xã An Mẫu", "Đủ điều kiện"], [*_WHO[1], "Xã An Mẫu", "Cần kiểm tra"]]
    director = Slot("province", BAN, "", "Lê Thị Minh Họa", authority="TRƯỞNG BAN", organisation=BAN)
    return Content(
        kind="appraisal_summary",
        title="BÁO CÁO",
        subject=f"Kết quả thẩm định hồ sơ {CYCLE}",
        heading=_OF_BAN,
        number="31-BC/BTGDVTU",
        dated_on="2026-12-01",
        grounds=_GROUNDS,
        addressees=["Hội đồng Thi đua – Khen thưởng tỉnh Mẫu"],
        sections=[
            Section(paragraphs=[f"{BAN} báo cáo kết quả thẩm định hồ sơ đề nghị khen thưởng như sau:"]),
            Section("I. SỐ LƯỢNG HỒ SƠ", tables=[Table("", text.BY_AWARD, counts, [2], values)]),
            Section("II. NHẬN XÉT", paragraphs=["Có 41 hồ sơ (12 tập thể, 29 cá nhân) của 18 đơn vị."]),
        ],
        closing=["Trình hội đồng xem xét."],
        slots=[director],
        recipients=["Như trên", "Lưu Văn phòng"],
        annexes=[
            Annex(
                "Phụ lục I", "KẾT QUẢ THẨM ĐỊNH TỪNG HỒ SƠ", [Section(tables=[Table("", text.ONE_BY_ONE, ones)])], True
            )
        ],
        **_PUBLIC,
    )
