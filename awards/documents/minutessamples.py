"""Filled examples of the minutes, with invented facts."""

from awards.documents.minutestext import PAPER_COLUMNS, RECUSAL_COLUMNS, RESULT_COLUMNS
from dvk_portal.core.documents.content import Annex, Content, Heading, Section, Slot, Table

_HEADING = Heading("party", "TỈNH ỦY MẪU", "BAN TUYÊN GIÁO VÀ DÂN VẬN", "BTGDVTU", "Mẫu")
_COUNCIL = "Hội đồng Thi đua – Khen thưởng tỉnh Mẫu"
_ABOUT = "Phiên họp xét khen thưởng năm 2026"


def _opening() -> Section:
    return Section(
        paragraphs=[
            "Thời gian: từ 08 giờ 00 ngày 08/12/2026 đến 10 giờ 30 ngày 08/12/2026.",
            "Địa điểm: Phòng họp số 1.",
            "Chủ trì: Nguyễn Văn Mẫu, Phó Bí thư Tỉnh ủy.",
            "Thư ký: Trần Thị Ví Dụ, Trưởng phòng.",
        ]
    )


def _attendance(heading: str) -> Section:
    rows = [["Lê Văn Thử", "Tập thể xã An Mẫu – Bằng khen", "Đang công tác tại Xã An Mẫu."]]
    return Section(
        heading,
        paragraphs=[
            "Tổng số thành viên hội đồng: 15. Có mặt: 14. Vắng: 1.",
            "Vắng: Phạm Thị Ví (Đi công tác).",
            "Gửi ý kiến bằng văn bản trước khi kiểm phiếu: Phạm Thị Ví.",
        ],
        tables=[Table("Thành viên không tham gia xét", RECUSAL_COLUMNS, rows)],
    )


def _votes() -> Section:
    rows = [
        ["1", "Tập thể xã An Mẫu", "1", "13", "13", "13", "0", "0", "1", "13", "15", "86,66", "Đạt"],
        ["2", "Trần Thị Ví", "1", "14", "14", "12", "0", "2", "2", "10", "15", "66,66", "Không đạt"],
    ]
    values = [[None if place == 1 or not cell.isdigit() else cell for place, cell in enumerate(row)] for row in rows]
    note = "Tỷ lệ cắt đến hai số lẻ, không làm tròn. Mẫu số: tổng số thành viên hội đồng; ngưỡng: 80%."
    return Section(
        "1. Bằng khen, vòng 1",
        paragraphs=[
            "Bỏ phiếu kín, ngày 08/12/2026. Thông qua khi đạt 80% tổng số thành viên hội đồng.",
            "Tổng số thành viên: 15; có mặt 14; vắng 1.",
        ],
        tables=[Table("", RESULT_COLUMNS, rows, values=values, note=note)],
    )


def _papers() -> Annex:
    rows = [["1", "2AB-4CD-6EF-8GH", "Trần Thị Ví: đồng ý"], ["2", "9JK-3MN-7PQ-4RT", "Trần Thị Ví: để trống"]]
    return Annex(
        "Phụ lục",
        "Danh sách phiếu theo mã biên nhận",
        [Section(tables=[Table("Bằng khen, vòng 1: 1 đề nghị, 2 phiếu", PAPER_COLUMNS, rows)])],
    )


def _framed(kind: str, subject: str, sections: list[Section]) -> Content:
    people = (
        ("secretary", "THƯ KÝ", "Trưởng phòng", "Trần Thị Ví Dụ"),
        ("chair", "CHỦ TRÌ", "Phó Bí thư Tỉnh ủy", "Nguyễn Văn Mẫu"),
    )
    return Content(
        kind=kind,
        title="BIÊN BẢN",
        subject=f"{subject} – {_ABOUT}",
        heading=_HEADING,
        dated_on="2026-12-08",
        grounds=[f"Căn cứ 15-QĐ/TU ngày 05/01/2026 về thành lập {_COUNCIL}"],
        sections=sections,
        slots=[Slot(slot, label, post, name, organisation=_COUNCIL) for slot, label, post, name in people],
        recipients=["Thành viên hội đồng", "Lưu hồ sơ"],
        annexes=[_papers()],
        code="MAUXEMTRUOC2",
        lookup="https://cong.example/tra-cuu/MAUXEMTRUOC2/",
    )


def meeting_minutes() -> Content:
    return _framed(
        "meeting_minutes",
        "Họp xét khen thưởng",
        [
            _opening(),
            _attendance("I. THÀNH PHẦN"),
            Section("II. CHƯƠNG TRÌNH", paragraphs=["Nghe báo cáo thẩm định; thảo luận; bỏ phiếu."]),
            Section(
                "III. BÁO CÁO CÔNG KHAI LẤY Ý KIẾN",
                paragraphs=["Công khai 10 ngày làm việc. Không nhận được ý kiến nào."],
            ),
            Section("IV. THẢO LUẬN", paragraphs=["Các thành viên nhất trí với báo cáo thẩm định."]),
            Section("V. KẾT QUẢ BỎ PHIẾU, BIỂU QUYẾT"),
            _votes(),
            Section("VI. KẾT LUẬN", paragraphs=["Hội đồng đề nghị tặng Bằng khen cho Tập thể xã An Mẫu."]),
        ],
    )


def count_minutes() -> Content:
    return _framed(
        "count_minutes",
        "Kiểm phiếu xét khen thưởng",
        [
            _opening(),
            Section("I. BAN KIỂM PHIẾU", paragraphs=["Lê Thị Đếm (trưởng ban), Võ Văn Kiểm."]),
            _attendance("II. THÀNH PHẦN"),
            Section("III. KẾT QUẢ"),
            _votes(),
        ],
    )
