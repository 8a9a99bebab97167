"""State machines of campaigns and schemes. To add a move, add a row."""

from campaigns.models import Campaign, Scheme
from campaigns.scoring.schemefile import load_scheme
from dvk_portal.core.workflow import Transition, Workflow

_C = Campaign.Status
_S = Scheme.Status

# Luật Thi đua, khen thưởng 2022, Điều 17.1: what a campaign must say before it may be launched (law.md R-13).
LAUNCH_FIELDS = {
    "goal": "mục tiêu",
    "audience": "đối tượng, phạm vi",
    "content": "nội dung",
    "criteria": "tiêu chí",
    "measures": "biện pháp tổ chức",
    "document_no": "số, ký hiệu văn bản phát động",
    "document_date": "ngày ban hành văn bản phát động",
    "document_signer": "người ký văn bản phát động",
}


def missing_for_launch(campaign: Campaign) -> list[str]:
    """Sentences on everything that still stands between a draft and its launch."""
    missing = [f"Chưa ghi {label}." for field, label in LAUNCH_FIELDS.items() if not getattr(campaign, field)]
    if campaign.scheme is None:
        missing.append("Chưa chọn bảng tiêu chí.")
    elif campaign.scheme.status != _S.PUBLISHED:
        missing.append("Bảng tiêu chí đã chọn chưa được công bố áp dụng.")
    if not campaign.periods.exists():
        missing.append("Chưa có kỳ báo cáo nào.")
    if not campaign.asked.exists():
        missing.append("Chưa chọn chỉ số báo cáo.")
    if not campaign.participations.exists():
        missing.append("Chưa có đơn vị tham gia.")
    without = campaign.participations.filter(cluster=None).count()
    if without:
        missing.append(f"Còn {without} đơn vị chưa xếp vào cụm, khối.")
    return missing


def errors_of_scheme(scheme: Scheme) -> list[str]:
    """The checker's errors, each with its place: a table with one cannot be published."""
    _, errors, _ = load_scheme(scheme.document)
    return [f"{error.path}: {error.message}" if error.path else error.message for error in errors]


CAMPAIGN = Workflow(
    "Phong trào",
    _C,
    [
        Transition(
            "launch",
            "Phát động",
            (_C.DRAFT,),
            _C.OPEN,
            "campaign.launch",
            stamp="launched",
            blockers=missing_for_launch,
            confirm="Phát động phong trào và báo tin đến mọi đơn vị trong danh sách? Danh sách và kỳ báo cáo sẽ được chốt.",
        ),
        Transition(
            "start_scoring",
            "Chuyển sang chấm điểm",
            (_C.OPEN,),
            _C.SCORING,
            "campaign.close",
            confirm="Chuyển phong trào sang bước chấm điểm?",
        ),
        Transition(
            "reopen", "Trở lại thực hiện", (_C.SCORING,), _C.OPEN, "campaign.close", note_required=True, tone="neutral"
        ),
        Transition("close", "Công bố kết quả", (_C.SCORING,), _C.CLOSED, "ranking.publish", stamp="closed"),
        Transition("archive", "Đưa vào lưu trữ", (_C.CLOSED,), _C.ARCHIVED, "campaign.close", tone="neutral"),
        Transition(
            "cancel",
            "Hủy phong trào",
            (_C.DRAFT, _C.OPEN),
            _C.CANCELLED,
            "campaign.close",
            note_required=True,
            tone="danger",
            confirm="Hủy phong trào này? Số liệu đã có vẫn được giữ để tra cứu.",
        ),
    ],
)

SCHEME = Workflow(
    "Bảng tiêu chí",
    _S,
    [
        Transition(
            "publish",
            "Công bố áp dụng",
            (_S.DRAFT,),
            _S.PUBLISHED,
            "scheme.publish",
            stamp="published",
            blockers=errors_of_scheme,
            confirm="Sau khi công bố, bảng không sửa được nữa; muốn đổi phải lập phiên bản mới.",
        ),
        Transition(
            "retire", "Ngừng áp dụng", (_S.PUBLISHED,), _S.RETIRED, "scheme.publish", note_required=True, tone="danger"
        ),
    ],
)
