"""State machines of award cycles, nominations, meetings, decisions and complaints. To add a move, add a row.

Services call ``apply`` (awards/services/…); what is missing before a move is said by the services' checks.
"""

from awards.models import Award, AwardCycle, CommitteeMeeting, Complaint, Decision, Nomination
from dvk_portal.core.workflow import Transition, Workflow

_Y = AwardCycle.Status
_N = Nomination.Status
_M = CommitteeMeeting.Status
_D = Decision.Status
_A = Award.Status
_C = Complaint.Status

AWARD_CYCLE = Workflow(
    "Đợt xét khen thưởng",
    _Y,
    [
        Transition("open", "Mở nhận hồ sơ", (_Y.DRAFT,), _Y.NOMINATING, "award.open", stamp="opened"),
        Transition("start_reviewing", "Chuyển sang thẩm định", (_Y.NOMINATING,), _Y.REVIEWING, "award.manage"),
        Transition(
            "reopen",
            "Nhận hồ sơ tiếp",
            (_Y.REVIEWING,),
            _Y.NOMINATING,
            "award.open",
            note_required=True,
            tone="neutral",
        ),
        Transition("start_voting", "Chuyển sang họp hội đồng", (_Y.REVIEWING,), _Y.VOTING, "award.manage"),
        Transition("start_deciding", "Trình quyết định", (_Y.VOTING,), _Y.DECIDING, "award.manage"),
        Transition(
            "back_to_voting",
            "Họp hội đồng thêm",
            (_Y.DECIDING,),
            _Y.VOTING,
            "award.open",
            note_required=True,
            tone="neutral",
        ),
        Transition("close", "Kết thúc đợt", (_Y.DECIDING,), _Y.CLOSED, "award.open", stamp="closed"),
        Transition(
            "cancel",
            "Hủy đợt",
            (_Y.DRAFT, _Y.NOMINATING, _Y.REVIEWING, _Y.VOTING),
            _Y.CANCELLED,
            "award.open",
            stamp="ended",
            note_required=True,
            tone="danger",
        ),
    ],
)

NOMINATION = Workflow(
    "Đề nghị khen thưởng",
    _N,
    [
        Transition("submit", "Gửi hồ sơ", (_N.DRAFT, _N.RETURNED), _N.SUBMITTED, "award.send", stamp="submitted"),
        Transition(
            "return",
            "Trả lại để bổ sung",
            (_N.SUBMITTED, _N.COMPLETE, _N.TO_CHECK),
            _N.RETURNED,
            "award.appraise",
            stamp="returned",
            note_required=True,
            tone="neutral",
        ),
        Transition("complete", "Xác nhận đủ hồ sơ", (_N.SUBMITTED,), _N.COMPLETE, "award.appraise", stamp="completed"),
        Transition(
            "set_to_check",
            "Cần kiểm tra thêm",
            # Recommended, too: an earlier award on which it rested may be cancelled afterwards.
            (_N.COMPLETE, _N.ELIGIBLE, _N.RECOMMENDED),
            _N.TO_CHECK,
            "award.appraise",
            note_required=True,
            tone="neutral",
        ),
        Transition(
            "find_eligible",
            "Đủ điều kiện",
            (_N.COMPLETE, _N.TO_CHECK),
            _N.ELIGIBLE,
            "award.appraise",
            stamp="appraised",
        ),
        Transition(
            "reject",
            "Không đủ điều kiện",
            (_N.COMPLETE, _N.TO_CHECK),
            _N.REFUSED,
            "award.appraise",
            stamp="ended",
            note_required=True,
            tone="danger",
        ),
        Transition(
            "hold",
            "Tạm dừng xét",
            (_N.SUBMITTED, _N.COMPLETE, _N.TO_CHECK, _N.ELIGIBLE, _N.RECOMMENDED),
            _N.HELD,
            "award.integrity",
            note_required=True,
            tone="neutral",
        ),
        # Back to appraisal: what was found before the hold is judged again.
        Transition(
            "release", "Xét tiếp", (_N.HELD,), _N.TO_CHECK, "award.integrity", note_required=True, tone="neutral"
        ),
        # Made by the count of a ballot, never by a button (services/sessions).
        Transition("recommend", "Hội đồng đề nghị", (_N.ELIGIBLE, _N.NOT_RECOMMENDED), _N.RECOMMENDED, "award.view"),
        Transition("not_recommend", "Hội đồng không đề nghị", (_N.ELIGIBLE,), _N.NOT_RECOMMENDED, "award.view"),
        # Made by a decision (services/decisions); the authority may differ from the council, with a reason.
        Transition(
            "grant", "Khen thưởng", (_N.ELIGIBLE, _N.RECOMMENDED, _N.NOT_RECOMMENDED), _N.GRANTED, "award.decide"
        ),
        Transition(
            "refuse",
            "Không khen thưởng",
            (_N.ELIGIBLE, _N.RECOMMENDED, _N.NOT_RECOMMENDED),
            _N.REFUSED,
            "award.decide",
            stamp="ended",
            note_required=True,
            tone="danger",
        ),
        Transition(
            "revoke",
            "Hủy khen thưởng",
            (_N.GRANTED,),
            _N.REVOKED,
            "award.decide",
            stamp="ended",
            note_required=True,
            tone="danger",
        ),
        Transition(
            "withdraw",
            "Rút đề nghị",
            (_N.DRAFT, _N.SUBMITTED, _N.RETURNED, _N.COMPLETE, _N.TO_CHECK, _N.ELIGIBLE, _N.HELD),
            _N.WITHDRAWN,
            "award.send",
            stamp="ended",
            note_required=True,
            tone="neutral",
        ),
    ],
)

MEETING = Workflow(
    "Phiên họp",
    _M,
    [
        Transition("open", "Khai mạc", (_M.CALLED,), _M.OPEN, "council.prepare", stamp="opened"),
        Transition("start_counting", "Kiểm phiếu", (_M.OPEN,), _M.COUNTING, "council.prepare"),
        Transition("resume", "Tiếp tục họp", (_M.COUNTING,), _M.OPEN, "council.prepare"),
        Transition("close", "Bế mạc", (_M.OPEN,), _M.CLOSED, "council.prepare", stamp="closed"),
        Transition(
            "call_off",
            "Không đủ điều kiện họp",
            (_M.CALLED, _M.OPEN),
            _M.INVALID,
            "council.prepare",
            note_required=True,
            tone="danger",
        ),
    ],
)

DECISION = Workflow(
    "Quyết định khen thưởng",
    _D,
    [
        Transition("sign", "Ghi đã ký", (_D.DRAFT,), _D.SIGNED, "award.decide", stamp="signed"),
        Transition(
            "unsign", "Đưa về dự thảo", (_D.SIGNED,), _D.DRAFT, "award.decide", note_required=True, tone="neutral"
        ),
        # Takes number and date; from here the awards exist.
        Transition("number", "Vào sổ", (_D.SIGNED,), _D.NUMBERED, "award.decide", stamp="numbered"),
        Transition("publish", "Công bố", (_D.NUMBERED,), _D.PUBLISHED, "award.decide", stamp="published"),
        Transition(
            "revoke",
            "Hủy quyết định",
            (_D.DRAFT, _D.SIGNED, _D.NUMBERED, _D.PUBLISHED),
            _D.REVOKED,
            "award.decide",
            stamp="ended",
            note_required=True,
            tone="danger",
        ),
    ],
)

# Cancelled by a decision of its own: number, date and reason are written with the move.
AWARD = Workflow(
    "Khen thưởng",
    _A,
    [
        Transition(
            "revoke",
            "Hủy khen thưởng",
            (_A.GRANTED,),
            _A.REVOKED,
            "award.decide",
            stamp="ended",
            note_required=True,
            tone="danger",
        ),
    ],
)

COMPLAINT = Workflow(
    "Khiếu nại",
    _C,
    [
        Transition("accept", "Thụ lý", (_C.RECEIVED,), _C.ACCEPTED, "award.complaint", stamp="accepted"),
        Transition(
            "refuse", "Không thụ lý", (_C.RECEIVED,), _C.REFUSED, "award.complaint", stamp="ended", note_required=True
        ),
        Transition("settle", "Giải quyết xong", (_C.ACCEPTED,), _C.SETTLED, "award.complaint", stamp="ended"),
        Transition(
            "withdraw",
            "Người khiếu nại rút đơn",
            (_C.RECEIVED, _C.ACCEPTED),
            _C.WITHDRAWN,
            "award.complaint",
            stamp="ended",
            note_required=True,
            tone="neutral",
        ),
    ],
)
