"""Words of the audit trail; see awards/trail/__init__.py."""

ACTIONS: dict[str, str] = {
    "add_lines": "Đưa vào quyết định",
    "drop_lines": "Đưa ra khỏi quyết định",
    "set_line": "Sửa một dòng quyết định",
    "flag_award": "Đánh dấu cần xem lại",
    "enter_award": "Ghi khen thưởng trước khi có cổng",
    "book_entry": "Ghi thu, chi quỹ",
    "settle_money": "Ghi kết quả chi, thu hồi",
    "set_coefficient": "Đổi hệ số tiền thưởng",
}
FIELDS: dict[str, str] = {
    "lines": "Các dòng",
    "granted": "Khen thưởng",
    "posthumous": "Truy tặng",
    "reason": "Lý do",
}
