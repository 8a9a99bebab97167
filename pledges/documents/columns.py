"""The columns of the tables, in one place for the documents and for their samples."""

from dvk_portal.core.documents.content import Column

PLACE = Column("TT", 0.6, "center")
_MEASURE = Column("Đơn vị tính", 1.3, "center")

TURNOUT = [
    Column("Cụm, khối", 4),
    *(
        Column(title, 1.2, "right")
        for title in ("Số đơn vị", "Đúng hạn", "Trễ hạn", "Chưa gửi", "Chưa gửi lại", "Đã thẩm định")
    ),
]
OWING = [
    Column("TT", 0.5, "center"),
    Column("Đơn vị", 3),
    Column("Cụm, khối", 2.2),
    Column("Tình trạng", 1.4),
    Column("Hạn nộp", 1.2, "center"),
    Column("Số ngày trễ", 1.4, "right"),
    Column("Số lần nhắc", 0.8, "right"),
    Column("Đầu mối liên hệ", 3.2),
]
SHEET = [
    Column("Mã", 0.7),
    Column("Tiêu chí", 4.2),
    Column("Điểm chuẩn", 0.9, "right"),
    Column("Tự chấm", 0.9, "right"),
    Column("Thẩm định", 0.9, "right"),
    Column("Thống nhất", 0.9, "right"),
    Column("Chênh lệch", 1, "right"),
    Column("Lý do, căn cứ", 4),
]
RANKING = [
    Column("Hạng", 0.8, "center"),
    Column("Đơn vị", 3),
    Column("Tự chấm", 1, "right"),
    Column("Thẩm định", 1, "right"),
    Column("Thống nhất", 1, "right"),
    Column("Xếp loại", 2),
    Column("Căn cứ xếp hạng", 3.4),
]
RECOGNISED = [
    PLACE,
    Column("Tên mô hình, điển hình", 3.6),
    Column("Tập thể, cá nhân", 2.6),
    Column("Đơn vị", 2),
    Column("Lĩnh vực", 1.6),
    Column("Số giấy chứng nhận", 1.6, "center"),
]


def unit_figures(*, with_year_ago: bool) -> list[Column]:
    return [
        PLACE,
        Column("Chỉ tiêu", 4.4),
        _MEASURE,
        *([Column("Cùng kỳ năm trước", 1.3, "right")] if with_year_ago else []),
        Column("Kỳ trước", 1.3, "right"),
        Column("Kỳ này", 1.4, "right"),
        Column("Lũy kế", 1.4, "right"),
    ]


def province_figures(*, with_year_ago: bool, with_last: bool) -> list[Column]:
    return [
        PLACE,
        Column("Chỉ tiêu", 4),
        _MEASURE,
        *([Column("Cùng kỳ năm trước", 1.3, "right")] if with_year_ago else []),
        *([Column("Kỳ trước", 1.4, "right")] if with_last else []),
        Column("Kỳ này", 1.4, "right"),
        *([Column("Tăng, giảm", 1.3, "right")] if with_last else []),
        Column("Lũy kế", 1.4, "right"),
        Column("Đơn vị báo cáo", 1.2, "center"),
    ]


def by_cluster(names: list[str]) -> list[Column]:
    return [
        Column("TT", 0.5, "center"),
        Column("Chỉ tiêu", 3.6),
        Column("Đơn vị tính", 1.1, "center"),
        *(Column(name, 1.2, "right") for name in names),
        Column("Toàn tỉnh", 1.3, "right"),
    ]
