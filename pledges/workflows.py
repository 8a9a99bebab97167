"""State machines of pledges, reports and score sheets. To add a move, add a row.

Services call ``apply`` (pledges/services/…); what is missing before a move is said by the services' checks.
"""

from dvk_portal.core.workflow import Transition, Workflow
from pledges.models import Amendment, Pledge, QuarterlyReport, ScoreSheet

_P = Pledge.Status
_A = Amendment.Status
_R = QuarterlyReport.Status
_S = ScoreSheet.Status

PLEDGE = Workflow(
    "Giao ước",
    _P,
    [
        Transition("propose", "Gửi đề xuất", (_P.DRAFT, _P.RETURNED), _P.PROPOSED, "pledge.propose", stamp="proposed"),
        Transition(
            "return",
            "Trả lại đơn vị",
            (_P.PROPOSED,),
            _P.RETURNED,
            "pledge.review",
            stamp="returned",
            note_required=True,
            tone="neutral",
        ),
        Transition("agree", "Thống nhất nội dung", (_P.PROPOSED,), _P.AGREED, "pledge.review", stamp="agreed"),
        Transition(
            "reopen",
            "Mở lại để thương lượng",
            (_P.AGREED, _P.PART_SIGNED),
            _P.RETURNED,
            "pledge.review",
            stamp="returned",
            note_required=True,
            tone="neutral",
        ),
        # Made by signatures, never by a button; see services/signing.py.
        Transition("sign_first", "Một bên ký", (_P.AGREED,), _P.PART_SIGNED, "pledge.view"),
        Transition("complete", "Hoàn tất ký", (_P.AGREED, _P.PART_SIGNED), _P.SIGNED, "pledge.view", stamp="signed"),
        Transition(
            "withdraw",
            "Rút đề xuất",
            (_P.DRAFT, _P.PROPOSED, _P.RETURNED),
            _P.WITHDRAWN,
            "pledge.withdraw",
            stamp="ended",
            note_required=True,
            tone="neutral",
        ),
        Transition(
            "resume",
            "Lập lại giao ước",
            (_P.WITHDRAWN,),
            _P.DRAFT,
            "pledge.withdraw",
            tone="neutral",
        ),
        Transition(
            "supersede",
            "Thay thế giao ước",
            (_P.DRAFT, _P.PROPOSED, _P.RETURNED, _P.AGREED, _P.PART_SIGNED, _P.SIGNED),
            _P.SUPERSEDED,
            "pledge.supersede",
            stamp="ended",
            note_required=True,
            tone="neutral",
        ),
    ],
)

AMENDMENT = Workflow(
    "Phụ lục",
    _A,
    [
        # Whoever drafted it sends it; the services ask for the right of the drafting side.
        Transition("propose", "Gửi bên kia xem", (_A.DRAFT, _A.RETURNED), _A.PROPOSED, "pledge.view", stamp="proposed"),
        Transition(
            "return",
            "Trả lại",
            (_A.PROPOSED,),
            _A.RETURNED,
            "pledge.view",
            stamp="returned",
            note_required=True,
            tone="neutral",
        ),
        Transition("agree", "Thống nhất phụ lục", (_A.PROPOSED,), _A.AGREED, "pledge.view", stamp="agreed"),
        Transition("sign_first", "Một bên ký", (_A.AGREED,), _A.PART_SIGNED, "pledge.view"),
        Transition("complete", "Hoàn tất ký", (_A.AGREED, _A.PART_SIGNED), _A.SIGNED, "pledge.view", stamp="signed"),
        Transition(
            "withdraw",
            "Rút phụ lục",
            # A half-signed one only ends with its pledge (services/annexes.py).
            (_A.DRAFT, _A.PROPOSED, _A.RETURNED, _A.AGREED, _A.PART_SIGNED),
            _A.WITHDRAWN,
            "pledge.view",
            stamp="ended",
            note_required=True,
            tone="neutral",
        ),
    ],
)

REPORT = Workflow(
    "Báo cáo",
    _R,
    [
        Transition("submit", "Gửi báo cáo", (_R.DRAFT, _R.RETURNED), _R.SUBMITTED, "report.send", stamp="submitted"),
        Transition(
            "return",
            "Trả lại các mục đã đánh dấu",
            (_R.SUBMITTED,),
            _R.RETURNED,
            "report.verify",
            stamp="returned",
            note_required=True,
            tone="neutral",
        ),
        Transition("verify", "Hoàn tất thẩm định", (_R.SUBMITTED,), _R.VERIFIED, "report.verify", stamp="verified"),
        Transition(
            "unverify",
            "Mở lại thẩm định",
            (_R.VERIFIED,),
            _R.SUBMITTED,
            "report.verify",
            note_required=True,
            tone="neutral",
        ),
        Transition("lock", "Khóa số liệu", (_R.VERIFIED,), _R.LOCKED, "report.lock", stamp="locked"),
    ],
)

SHEET = Workflow(
    "Phiếu điểm",
    _S,
    [
        Transition("send_self", "Gửi bản tự chấm", (_S.SELF,), _S.SENT, "score.send_self", stamp="sent"),
        Transition(
            "return_self",
            "Trả lại để tự chấm lại",
            (_S.SENT,),
            _S.SELF,
            "score.verify",
            note_required=True,
            tone="neutral",
        ),
        Transition("verify", "Hoàn tất thẩm định", (_S.SELF, _S.SENT), _S.VERIFIED, "score.verify", stamp="verified"),
        Transition("agree", "Thống nhất điểm", (_S.VERIFIED,), _S.AGREED, "score.agree", stamp="agreed"),
        Transition(
            "reopen",
            "Mở lại thẩm định",
            (_S.VERIFIED, _S.AGREED),
            _S.SENT,
            "score.agree",
            note_required=True,
            tone="neutral",
        ),
        # Only by publishing the whole campaign; see services/publishing.py.
        Transition(
            "publish",
            "Công bố",
            (_S.AGREED, _S.VERIFIED, _S.SENT, _S.SELF),
            _S.PUBLISHED,
            "ranking.publish",
            stamp="published",
        ),
    ],
)
