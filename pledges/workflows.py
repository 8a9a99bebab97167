"""State machines of pledges, reports and score sheets. To add a move, add a row.

Services call ``apply`` (pledges/services/…); what is missing before a move is said by the services' checks.
"""

from dvk_portal.core.workflow import Transition, Workflow
from pledges.models import Amendment, Contest, ExemplaryModel, Pledge, QuarterlyReport, RecognitionBatch, ScoreSheet

_P = Pledge.Status
_A = Amendment.Status
_R = QuarterlyReport.Status
_S = ScoreSheet.Status
_M = ExemplaryModel.Status
_M_STANDING = ExemplaryModel.STANDING
_B = RecognitionBatch.Status
_C = Contest.Status

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

# Who appraises and recognises depends on the level (services/exemplary/rights.py): those moves ask the services.
MODEL = Workflow(
    "Mô hình",
    _M,
    [
        Transition("register", "Đăng ký", (_M.DRAFT,), _M.REGISTERED, "model.register", stamp="registered"),
        Transition(
            "ask_more",
            "Yêu cầu bổ sung",
            (_M.REGISTERED,),
            _M.MORE_INFORMATION,
            "model.view",
            stamp="returned",
            note_required=True,
            tone="neutral",
        ),
        Transition("supplement", "Gửi lại sau bổ sung", (_M.MORE_INFORMATION,), _M.REGISTERED, "model.register"),
        Transition("pass", "Thẩm định đạt", (_M.REGISTERED,), _M.APPRAISED, "model.view"),
        Transition("fail", "Thẩm định không đạt", (_M.REGISTERED,), _M.NOT_RECOGNISED, "model.view"),
        Transition("recognise", "Công nhận", (_M.APPRAISED,), _M.RECOGNISED, "model.view"),
        Transition("refuse", "Không công nhận", (_M.APPRAISED,), _M.NOT_RECOGNISED, "model.view"),
        Transition("unrecognise", "Hủy công nhận", _M_STANDING, _M.APPRAISED, "model.view", note_required=True),
        Transition("register_again", "Đăng ký lại", (_M.NOT_RECOGNISED,), _M.REGISTERED, "model.register"),
        Transition("keep", "Duy trì", (_M.RECOGNISED, _M.MAINTAINED, _M.TO_STRENGTHEN), _M.MAINTAINED, "model.view"),
        Transition(
            "strengthen",
            "Cần củng cố",
            (_M.RECOGNISED, _M.MAINTAINED, _M.EXEMPLARY),
            _M.TO_STRENGTHEN,
            "model.view",
            note_required=True,
            tone="neutral",
        ),
        Transition(
            "make_exemplary", "Công nhận tiêu biểu", (_M.RECOGNISED, _M.MAINTAINED), _M.EXEMPLARY, "model.exemplary"
        ),
        Transition(
            "end",
            "Thôi công nhận",
            _M_STANDING,
            _M.ENDED,
            "model.view",
            stamp="ended",
            note_required=True,
            tone="neutral",
        ),
        Transition(
            "withdraw",
            "Rút mô hình",
            (_M.DRAFT, _M.REGISTERED, _M.MORE_INFORMATION, _M.APPRAISED, _M.NOT_RECOGNISED),
            _M.WITHDRAWN,
            "model.register",
            stamp="ended",
            note_required=True,
            tone="neutral",
        ),
    ],
)

RECOGNITION_BATCH = Workflow(
    "Đợt công nhận",
    _B,
    [
        # The right depends on the level; services/exemplary/recognition.py asks for it.
        Transition("decide", "Ghi quyết định công nhận", (_B.DRAFT,), _B.DECIDED, "recognition.view", stamp="decided"),
        Transition(
            "cancel",
            "Hủy đợt công nhận",
            (_B.DRAFT, _B.DECIDED),
            _B.CANCELLED,
            "recognition.view",
            stamp="ended",
            note_required=True,
            tone="danger",
        ),
    ],
)

CONTEST = Workflow(
    "Hội thi",
    _C,
    [
        Transition("announce", "Mở nhận bài", (_C.DRAFT,), _C.OPEN, "contest.manage", stamp="opened"),
        Transition("start_judging", "Bắt đầu chấm", (_C.OPEN,), _C.JUDGING, "contest.manage"),
        Transition("reopen", "Nhận bài tiếp", (_C.JUDGING,), _C.OPEN, "contest.manage", tone="neutral"),
        Transition("publish", "Công bố kết quả", (_C.JUDGING,), _C.CLOSED, "contest.publish", stamp="closed"),
        Transition(
            "cancel",
            "Hủy hội thi",
            (_C.DRAFT, _C.OPEN, _C.JUDGING),
            _C.CANCELLED,
            "contest.publish",
            stamp="ended",
            note_required=True,
            tone="danger",
        ),
    ],
)
