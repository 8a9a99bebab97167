"""Where a nomination is: who holds it since when, what comes next and until when (practice.md §13)."""

from awards.models import AwardCycle, Nomination
from dvk_portal.core.views import Where

_S = Nomination.Status
_HOLDERS = {
    _S.DRAFT: ("{unit} đang lập", "Lãnh đạo đơn vị gửi hồ sơ"),
    _S.RETURNED: ("{unit}", "Bổ sung các mục được nêu rồi gửi lại"),
    _S.SUBMITTED: ("{owner}", "Soát thành phần hồ sơ"),
    _S.COMPLETE: ("{owner}", "Thẩm định điều kiện"),
    _S.TO_CHECK: ("{owner}", "Kiểm tra các điều kiện còn chưa rõ"),
    _S.ELIGIBLE: ("{owner}", "Hội đồng xét"),
    _S.HELD: ("{owner}", "Chờ kết luận rồi mới xét tiếp"),
    _S.RECOMMENDED: ("{owner}", "Trình cấp có thẩm quyền quyết định"),
    _S.NOT_RECOMMENDED: ("{owner}", "Trình cấp có thẩm quyền quyết định"),
    _S.GRANTED: ("{owner}", "Trao khen thưởng"),
}


def where_is(nomination: Nomination, shown: str) -> Where:
    """The line "đang ở – bước sau – hạn" of its page."""
    holder, following = _HOLDERS.get(_S(shown), ("", ""))
    names = {"unit": nomination.unit.name, "owner": nomination.cycle.owner.name}
    if shown == _S.ELIGIBLE and nomination.cycle.status in (AwardCycle.Status.DECIDING, AwardCycle.Status.CLOSED):
        following = "Chờ quyết định"
    since = {
        _S.DRAFT: nomination.created_at,
        _S.SUBMITTED: nomination.submitted_at,
        _S.RETURNED: nomination.returned_at,
        _S.COMPLETE: nomination.completed_at,
        _S.ELIGIBLE: nomination.appraised_at,
        _S.REFUSED: nomination.ended_at,
        _S.REVOKED: nomination.ended_at,
        _S.WITHDRAWN: nomination.ended_at,
    }.get(_S(shown))
    due = nomination.due_on if shown in Nomination.UNDER_APPRAISAL else None
    return Where(holder=holder.format(**names), next_step=following, since=since, due=due)
