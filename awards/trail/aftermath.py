"""Words of the audit trail; see awards/trail/__init__.py."""

ACTIONS: dict[str, str] = {
    "print_certificate": "In bằng, giấy khen",
    "change_layout": "Sửa mẫu bằng, giấy",
    "copy_layout": "Sao chép mẫu bằng, giấy",
    "calibrate_layout": "Cân chỉnh máy in",
    "hand_out": "Ghi ngày trao",
    "take_back_hand_out": "Bỏ ngày trao",
    "receive_complaint": "Nhận đơn khiếu nại",
    "note_obstacle": "Ghi trở ngại của người khiếu nại",
    "make_complex": "Chuyển thành vụ việc phức tạp",
}
FIELDS: dict[str, str] = {}
