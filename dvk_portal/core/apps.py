from django.apps import AppConfig

from dvk_portal.core.auditnames import register


class CoreConfig(AppConfig):
    name = "dvk_portal.core"
    label = "core"
    verbose_name = "Lõi hệ thống"

    def ready(self) -> None:
        from dvk_portal.core.signatures import checks, sealing  # noqa: F401  register themselves

        register(
            actions={
                "sign": "Ký",
                "freeze": "Chốt nội dung",
                "issue": "Ban hành",
                "end_document": "Hủy, thay thế văn bản",
                "export_word": "Xuất bản Word",
                "export_workbook": "Xuất bảng Excel",
                "upload_template": "Tải mẫu Word mới lên",
                "use_template": "Dùng lại phiên bản mẫu",
                "use_standard_template": "Dùng lại mẫu chung",
                "seal": "Đóng dấu điện tử",
                "file_damaged": "Phát hiện tệp bị thay đổi trong kho",
                "refuse_upload": "Không nhận tệp tải lên",
                "await_confirmation": "Chờ xác nhận chữ ký",
                "refuse_signature": "Không nhận chữ ký",
                "check_signatures": "Kiểm tra lại chữ ký",
                "signing_password_refused": "Nhập sai mật khẩu khi ký",
            },
            fields={"hash": "Mã kiểm tra nội dung", "content": "Nội dung"},
        )
