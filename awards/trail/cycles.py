"""Words of the audit trail; see awards/trail/__init__.py."""

ACTIONS: dict[str, str] = {
    "cycle_create": "Lập đợt khen thưởng",
    "cycle_edit": "Sửa đợt khen thưởng",
    "cycle_copy": "Lập từ đợt trước",
    "phase_save": "Sửa một bước của đợt",
    "phase_remove": "Bỏ một bước của đợt",
    "schedule_apply": "Lập lịch của đợt",
    "schedule_renew": "Tính lại lịch theo ngày nghỉ",
    "quota_save": "Ghi hạn mức",
    "quota_remove": "Bỏ hạn mức",
    "propose_from_results": "Đề nghị từ kết quả thi đua",
    "publication_open": "Công khai lấy ý kiến",
    "publication_extend": "Gia hạn nhận ý kiến",
    "publication_close": "Kết thúc công khai",
    "comment_receive": "Nhận ý kiến qua trang công khai",
    "comment_enter": "Ghi ý kiến gửi đến cơ quan",
    "comment_handle": "Xử lý ý kiến",
}
FIELDS: dict[str, str] = {
    "lines": "số đề nghị công khai",
    "channel": "qua",
    "comment": "ý kiến",
    "award_types": "danh hiệu, hình thức",
    "campaigns": "phong trào",
    "phase": "bước",
    "quota": "hạn mức",
    "proposed": "đã đề nghị",
}
