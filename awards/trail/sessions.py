"""Words of the audit trail for meetings and ballots. There is none for a vote: casting leaves no line (ADR 0012)."""

ACTIONS: dict[str, str] = {
    "call_meeting": "Triệu tập phiên họp",
    "mark_attendance": "Điểm danh",
    "write_texts": "Ghi biên bản",
    "record_opinion": "Ghi ý kiến bằng văn bản",
    "late_opinion": "Ghi ý kiến bằng văn bản đến sau khi kiểm phiếu, không tính",
    "prepare_ballot": "Lập lượt bỏ phiếu",
    "record_hands": "Ghi kết quả biểu quyết",
    "change_call": "Sửa giấy triệu tập",
    "open_ballot": "Mở lượt bỏ phiếu",
    "cancel_ballot": "Hủy lượt bỏ phiếu",
    "count_ballot": "Kiểm phiếu",
}
FIELDS: dict[str, str] = {}
