from django.apps import AppConfig

from dvk_portal.core.auditnames import register


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = "Phong trào thi đua"

    def ready(self) -> None:
        register(
            actions={
                "copy": "Nhân bản",
                "add_units": "Thêm đơn vị tham gia",
                "remove_units": "Bỏ đơn vị tham gia",
                "assign_clusters": "Xếp cụm, khối",
                "add_cluster": "Thêm cụm, khối",
                "change_cluster": "Sửa cụm, khối",
                "remove_cluster": "Bỏ cụm, khối",
                "appoint_head": "Giao trưởng, phó cụm",
                "end_headship": "Kết thúc trưởng, phó cụm",
                "add_period": "Thêm kỳ báo cáo",
                "change_period": "Sửa kỳ báo cáo",
                "remove_period": "Bỏ kỳ báo cáo",
                "renew_due": "Tính lại hạn nộp",
                "set_reminders": "Đặt mốc nhắc việc",
                "set_asked": "Chọn chỉ số báo cáo",
                "set_assignments": "Phân công thẩm định",
                "map_assessors": "Phân công theo bảng tiêu chí",
                "attach_file": "Thêm tài liệu",
                "remove_file": "Bỏ tài liệu",
                "create_scheme": "Lập bảng tiêu chí",
                "import_scheme": "Nhập bảng tiêu chí từ tệp",
                "discard_scheme": "Xóa bản nháp",
                "start_new_version": "Lập phiên bản mới",
                "create_group": "Thêm nhóm chỉ số",
                "import_group": "Nhập nhóm chỉ số từ tệp",
            }
        )
