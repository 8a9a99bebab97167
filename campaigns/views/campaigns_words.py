"""Words and addresses shared by the pages of a campaign."""

from typing import Any

from django.urls import reverse

from campaigns.models import Campaign
from campaigns.services.editing import Part
from campaigns.services.readiness import Step

CRUMBS = ("Đợt thi đua", "campaign-list")
PART_URLS = {
    Part.BASICS: "campaign-basics",
    Part.CONTENT: "campaign-content",
    Part.DOCUMENT: "campaign-document",
    Part.SCHEME: "campaign-scheme",
    Part.PERIODS: "campaign-periods",
    Part.ASKED: "campaign-asked",
    Part.ROSTER: "campaign-roster",
    Part.CLUSTERS: "campaign-clusters",
}

# Where the full name of the part would make the row of tabs too long.
TAB_LABELS = {
    Part.CONTENT: "Nội dung",
    Part.DOCUMENT: "Văn bản",
    Part.SCHEME: "Tiêu chí, phân công",
    Part.PERIODS: "Kỳ báo cáo",
    Part.ASKED: "Chỉ số",
    Part.ROSTER: "Đơn vị",
}
# Words of the audit trail for what is not a move.
LABELS: dict[str, Any] = {
    "create": "Lập bản nháp",
    "copy": "Nhân bản từ phong trào trước",
    **{f"describe_{part.value}": f"Sửa {part.label.lower()}" for part in Part},
    "attach_file": "Tải lên tài liệu",
    "remove_file": "Bỏ tài liệu",
    "choose_scheme": "Chọn bảng tiêu chí",
    "map_assessors": "Tự phân công theo tên phòng",
    "set_assignments": "Phân công thẩm định",
    "set_asked": "Chọn chỉ số báo cáo",
    "add_period": "Thêm kỳ báo cáo",
    "change_period": "Sửa kỳ báo cáo",
    "remove_period": "Bỏ kỳ báo cáo",
    "renew_due": "Tính lại hạn nộp theo lịch nghỉ",
    "set_reminders": "Sửa mốc nhắc việc",
    "add_units": "Thêm đơn vị tham gia",
    "remove_units": "Bỏ đơn vị khỏi danh sách",
    "assign_clusters": "Xếp cụm, khối",
    "add_cluster": "Lập cụm, khối",
    "change_cluster": "Sửa cụm, khối",
    "remove_cluster": "Bỏ cụm, khối",
    "appoint_head": "Giao trưởng, phó cụm",
    "end_headship": "Kết thúc vai trò trưởng, phó cụm",
}


def files_of(campaign: Campaign, *, removable: bool = False) -> list[dict[str, Any]]:
    """The documents as the component ``file_list`` wants them."""
    return [
        {
            "name": row.title,
            "size": row.file.size,
            "at": row.file.uploaded_at,
            "url": reverse("campaign-attachment", args=[campaign.pk, row.pk]),
            "remove_url": reverse("campaign-attachment-remove", args=[campaign.pk, row.pk]) if removable else "",
        }
        for row in campaign.attachments.select_related("file")
    ]


def with_urls(campaign: Campaign, steps: list[Step]) -> list[tuple[Step, str]]:
    return [(step, reverse(PART_URLS[step.part], args=[campaign.pk])) for step in steps]
