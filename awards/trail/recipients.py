"""Words of the audit trail; see awards/trail/__init__.py."""

ACTIONS: dict[str, str] = {
    "year_record": "Ghi kết quả năm",
    "open_hold": "Tạm dừng xét",
    "close_hold": "Kết thúc tạm dừng xét",
    "rebase": "Đổi bộ quy định áp dụng",
    "import_recipients": "Nhập đối tượng từ Excel",
    "import_awards": "Nhập khen thưởng từ Excel",
}
FIELDS: dict[str, str] = {"of_unit": "Chính là đơn vị", "rule_set": "Bộ quy định"}
