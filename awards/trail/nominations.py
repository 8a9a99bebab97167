"""Words of the audit trail; see awards/trail/__init__.py."""

ACTIONS: dict[str, str] = {
    "add_file": "Thêm tệp vào hồ sơ",
    "remove_file": "Gỡ tệp khỏi hồ sơ",
    "allow_overlap": "Chấp nhận trùng thành tích",
    "unit_meeting": "Ghi cuộc họp bình xét",
    "archive": "Tải trọn hồ sơ (ZIP)",
}
FIELDS: dict[str, str] = {"file": "Tệp", "achievements": "Thành tích làm căn cứ"}
