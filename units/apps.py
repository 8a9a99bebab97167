from django.apps import AppConfig

from dvk_portal.core.auditnames import register


class UnitsConfig(AppConfig):
    name = "units"
    verbose_name = "Đơn vị, người dùng"

    def ready(self) -> None:
        register(
            actions={
                "create": "Thành lập",
                "import": "Nạp từ tệp",
                "rename": "Đổi tên, đổi loại",
                "move": "Chuyển cấp trên",
                "close": "Kết thúc hoạt động",
                "merge": "Nhập vào đơn vị khác",
                "take_in": "Nhận đơn vị nhập vào",
                "grant": "Giao vai trò",
                "end": "Kết thúc vai trò",
                "create_account": "Tạo tài khoản",
                "update_account": "Sửa tài khoản",
                "reset_password": "Đặt lại mật khẩu",
                "change_password": "Tự đổi mật khẩu",
                "add_row": "Thêm",
                "change_row": "Sửa",
                "delete_row": "Xóa",
                "take_number": "Lấy số văn bản",
                "record_number": "Ghi số cấp ngoài cổng",
                "void_number": "Bỏ số văn bản",
                "load_shape": "Nạp ranh giới",
                "grant_delegation": "Ủy quyền ký",
                "end_delegation": "Kết thúc ủy quyền ký",
                "withdraw_delegation": "Rút ủy quyền ký chưa có hiệu lực",
            },
            fields={
                "valid_from": "Từ ngày",
                "valid_to": "Đến hết ngày",
                "effective_on": "Có hiệu lực từ ngày",
                "successor": "Đơn vị kế thừa",
                "predecessors": "Đơn vị nhập vào",
                "second_step": "Xác thực hai bước",
            },
        )
