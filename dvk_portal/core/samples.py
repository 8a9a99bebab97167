"""Plausible data for the component page, so that every component is seen with real Vietnamese lengths."""

import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils import timezone

from dvk_portal.core.forms import DateField, DecimalField, MultipleFileField, PortalForm
from dvk_portal.core.icons import ICONS
from dvk_portal.core.models import Job

STATES = [
    (
        "Đợt thi đua",
        [
            ("draft", "Nháp"),
            ("open", "Đang thực hiện"),
            ("scoring", "Đang chấm điểm"),
            ("closed", "Đã kết thúc"),
            ("archived", "Lưu trữ"),
            ("cancelled", "Đã hủy"),
        ],
    ),
    (
        "Giao ước",
        [
            ("draft", "Nháp"),
            ("proposed", "Đơn vị đề xuất"),
            ("agreed", "Đã thống nhất"),
            ("signed", "Đã ký"),
            ("closed", "Đã thanh lý"),
            ("returned", "Trả lại"),
            ("amended", "Có phụ lục"),
        ],
    ),
    (
        "Báo cáo",
        [
            ("draft", "Đang nhập"),
            ("submitted", "Đã gửi"),
            ("verified", "Đã thẩm định"),
            ("locked", "Đã khóa"),
            ("returned", "Trả lại"),
        ],
    ),
    (
        "Phiếu điểm",
        [
            ("self", "Tự chấm"),
            ("verified", "Đã thẩm định"),
            ("agreed", "Đã thống nhất"),
            ("published", "Đã công bố"),
            ("explaining", "Đang giải trình"),
            ("appealed", "Đang phúc tra"),
            ("unranked", "Không xếp loại"),
        ],
    ),
    (
        "Mô hình",
        [
            ("registered", "Đã đăng ký"),
            ("appraised", "Đã thẩm định"),
            ("recognised", "Được công nhận"),
            ("maintained", "Duy trì"),
            ("exemplary", "Tiêu biểu"),
            ("more_information", "Yêu cầu bổ sung"),
            ("to_strengthen", "Cần củng cố"),
            ("not_recognised", "Không công nhận"),
            ("ended", "Thôi công nhận"),
        ],
    ),
    (
        "Thời hạn",
        [
            ("early", "Trước hạn"),
            ("on_time", "Đúng hạn"),
            ("late", "Quá hạn"),
            ("missing", "Chưa nộp"),
            ("nothing", "Không phát sinh"),
        ],
    ),
]

UNITS = [
    ("Xã Vĩnh Thạnh Trung", "Trần Thị Ngọc Ánh", -2, "returned", "Trả lại", "91.5", (78, 82, 85, 91)),
    ("Phường Châu Đốc", "Nguyễn Văn Phúc", 0, "draft", "Đang nhập", None, (88, None, 84, 86)),
    ("Đặc khu Thổ Châu", "Lê Hoàng Minh", 3, "submitted", "Đã gửi", "96.25", (90, 92, 95, 96)),
    ("Đảng ủy Công an tỉnh", "Phạm Thị Thu Hương", 12, "verified", "Đã thẩm định", "98", (97, 96, 98, 98)),
    ("Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh", "Đặng Quốc Bảo", 12, "locked", "Đã khóa", "100", (95, 99, 100, 100)),
]


class SampleForm(PortalForm):
    title = forms.CharField(label="Tên mô hình", help_text="Ngắn gọn, nêu được cách làm. Tối đa 150 ký tự.")
    field = forms.ChoiceField(
        label="Lĩnh vực", choices=[("", "Chọn lĩnh vực"), ("economy", "Kinh tế"), ("culture", "Văn hóa – xã hội")]
    )
    started = DateField(label="Ngày bắt đầu")
    budget = DecimalField(label="Kinh phí (triệu đồng)", max_digits=12, decimal_places=2, required=False)
    kind = forms.ChoiceField(
        label="Loại", widget=forms.RadioSelect, choices=[("model", "Mô hình"), ("exemplar", "Điển hình")]
    )
    summary = forms.CharField(label="Tóm tắt cách làm", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    files = MultipleFileField(
        label="Minh chứng", required=False, help_text="PDF, ảnh, Word, Excel; mỗi tệp không quá 20 MB."
    )
    confirmed = forms.BooleanField(label="Tôi xác nhận thông tin là đúng")
    submit_label = "Lưu mô hình"


class SampleFilter:
    def __init__(self, request: HttpRequest) -> None:
        class Form(forms.Form):
            q = forms.CharField(label="Tìm đơn vị", required=False)
            status = forms.ChoiceField(
                label="Trạng thái",
                required=False,
                choices=[("", "Tất cả"), ("submitted", "Đã gửi"), ("returned", "Trả lại")],
            )
            period = forms.ChoiceField(
                label="Kỳ báo cáo",
                required=False,
                choices=[("", "Tất cả"), ("3", "Quý III/2026"), ("2", "Quý II/2026")],
            )

        self.form = Form(request.GET or None)


def context(request: HttpRequest) -> dict[str, Any]:
    now, today, day = timezone.now(), timezone.localdate(), datetime.timedelta(days=1)
    report = SimpleNamespace(status="returned", get_status_display=lambda: "Trả lại", pk=1)
    return {
        "now": now,
        "today": today,
        "states": STATES,
        "tones": ["neutral", "active", "waiting", "good", "final", "honour", "bad"],
        "icons": list(ICONS),
        "report": report,
        "where": SimpleNamespace(
            status=report,
            holder="Đảng ủy xã Vĩnh Thạnh Trung",
            since=today - 2 * day,
            next_step="Đơn vị bổ sung minh chứng và gửi lại",
            due=today + 3 * day,
        ),
        "units": [
            {
                "name": name,
                "person": person,
                "due": today + days * day,
                "status": status,
                "word": word,
                "points": points and Decimal(points),
                "history": history,
                "tone": "waiting" if status == "returned" else "",
            }
            for name, person, days, status, word, points, history in UNITS
        ],
        "sample_page": Paginator(range(1240), 25).get_page(request.GET.get("page", 3)),
        "sample_filter": SampleFilter(request),
        "form": SampleForm(initial={"field": "economy"}),
        "bad_form": SampleForm(
            {"title": "", "started": "31/02/2026", "budget": "12.500", "field": "economy"}, auto_id="bad_%s"
        ),
        "path": [("draft", "Đang nhập"), ("submitted", "Đã gửi"), ("verified", "Đã thẩm định"), ("locked", "Đã khóa")],
        "files": [
            {
                "name": "Bien ban hop khoi dan van quy III.pdf",
                "size": 1_240_000,
                "url": "#tep-1",
                "by": "Trần Thị Ngọc Ánh",
                "at": now - 2 * day,
                "remove_url": "#go-1",
            },
            {
                "name": "Ảnh lễ ra quân làm đường nông thôn ấp Vĩnh Bình.jpg",
                "size": 386_000,
                "url": "#tep-2",
                "note": "Chụp ngày 12/9/2026",
            },
        ],
        "findings": ["Tổng điểm các tiêu chí con là 38, khác điểm nhóm 40.", "Tiêu chí chưa nêu nguồn số liệu."],
        "running": Job(
            title="Xuất bảng điểm toàn tỉnh", state=Job.State.RUNNING, done=84, total=124, message="Đang ghi sổ Excel."
        ),
        "finished": Job(
            title="Nhập danh sách đơn vị", state=Job.State.DONE, message="Đã nhập 124 đơn vị, bỏ qua 2 dòng trống."
        ),
        "broken": Job(
            title="Tính lại điểm quý III",
            state=Job.State.FAILED,
            message="Bảng tiêu chí chưa được công bố. Hãy công bố rồi chạy lại.",
        ),
        "before": now - 3 * day,
        "tomorrow": today + day,
        "late_day": today - 2 * day,
        "sparkline_values": [78, 82, None, 85, 91],
        "amount": Decimal("1234567.5"),
        "two": Decimal("98.5"),
        "minus": Decimal("-6"),
        "plus": Decimal("2.25"),
    }
