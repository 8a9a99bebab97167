"""What every page shows around its content: who is signed in, where he may go, what waits for him."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from units.access import rights
from units.roles import Role

PRODUCT = "Thi đua Dân vận khéo"


@dataclass(frozen=True)
class Entry:
    """One line of the navigation. ``permission`` "" = everybody who is signed in. ``phone``: also in the bar at the bottom."""

    label: str
    icon: str
    url_name: str
    permission: str
    group: str
    phone: bool = False


WORK, CAMPAIGN, MODELS, AWARDS, DOCUMENTS, SYSTEM = (
    "",
    "Phong trào",
    "Dân vận khéo",
    "Khen thưởng",
    "Văn bản",
    "Quản trị",
)

ENTRIES = [
    Entry("Trang chủ", "home", "home", "", WORK, phone=True),
    Entry("Giao ước", "pledge", "pledge-list", "pledge.view", WORK),
    Entry("Báo cáo", "report", "report-list", "report.view", WORK, phone=True),
    Entry("Thẩm định", "check", "verification-queue", "report.verify", WORK),
    Entry("Chấm điểm", "score", "scoresheet-list", "score.view", WORK, phone=True),
    Entry("Xếp hạng", "trophy", "ranking-list", "score.view", WORK),
    Entry("Sổ mô hình", "book", "model-list", "model.view", MODELS),
    Entry("Công nhận", "star", "recognition-list", "recognition.view", MODELS),
    Entry("Nhân rộng", "share", "replication-graph", "model.view", MODELS),
    Entry("Hội thi", "trophy", "contest-list", "contest.view", MODELS),
    Entry("Phân tích", "chart", "model-analysis", "model.view", MODELS),
    Entry("Đợt khen thưởng", "trophy", "cycle-list", "award.view", AWARDS),
    Entry("Hồ sơ đề nghị", "task", "nomination-list", "award.view", AWARDS),
    Entry("Tập thể, cá nhân", "unit", "recipient-list", "award.view", AWARDS),
    Entry("Quyết định", "file", "decision-list", "award.manage", AWARDS),
    Entry("In bằng, trao thưởng", "star", "handing-list", "award.certificate", AWARDS),
    Entry("Sổ khen thưởng", "book", "award-list", "award.view", AWARDS),
    Entry("Quỹ khen thưởng", "chart", "fund", "award.fund", AWARDS),
    Entry("Khiếu nại", "mail", "complaint-list", "award.complaint", AWARDS),
    Entry("Thống kê", "chart", "award-statistics", "award.manage", AWARDS),
    Entry("Hội đồng", "star", "council:index", "council.enter", AWARDS, phone=True),
    Entry("Thành phần hội đồng", "unit", "council:committees", "award.open", AWARDS),
    Entry("Đợt thi đua", "flag", "campaign-list", "campaign.view", CAMPAIGN),
    Entry("Bảng tiêu chí", "scheme", "scheme-list", "scheme.view", CAMPAIGN),
    Entry("Chỉ số báo cáo", "task", "indicator-list", "indicator.view", CAMPAIGN),
    Entry("Đơn vị", "unit", "unit-list", "unit.view", CAMPAIGN),
    Entry("Văn bản", "file", "document-list", "pledge.view", DOCUMENTS),
    Entry("Sổ văn bản đi", "archive", "number-list", "document.number", DOCUMENTS),
    Entry("Mẫu văn bản", "edit", "document-template-list", "document.templates", DOCUMENTS),
    Entry("Nhật ký", "history", "audit-list", "portal.audit", SYSTEM),
    Entry("Thư đã gửi", "mail", "mail-sink", "portal.mail_sink", SYSTEM),
    Entry("Danh mục, tài khoản", "settings", "admin:index", "portal.admin", SYSTEM),
    Entry("Giao diện", "info", "components", "portal.components", SYSTEM),
]

# The council's own site has a navigation of its own: nothing of the portal but the way back.
COUNCIL, PREPARATION, OUTSIDE = "Hội đồng", "Chuẩn bị", "Cổng thi đua"
COUNCIL_ENTRIES = [
    Entry("Việc của tôi", "home", "council:index", "council.enter", COUNCIL, phone=True),
    Entry("Hồ sơ", "task", "council:dossiers", "council.enter", COUNCIL, phone=True),
    Entry("So sánh", "chart", "council:comparison", "council.enter", COUNCIL, phone=True),
    Entry("Phiên họp", "flag", "council:meetings", "council.enter", COUNCIL, phone=True),
    Entry("Quan hệ đã khai", "share", "council:relations", "council.enter", COUNCIL),
    Entry("Vòng chấm", "score", "council:rounds", "council.prepare", PREPARATION),
    Entry("Thành phần hội đồng", "unit", "council:committees", "", PREPARATION),
    Entry("Trang chủ của cổng", "arrow-right", "home", "", OUTSIDE),
]


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Lazy: a fragment that htmx swaps costs none of its queries."""
    user = getattr(request, "user", None)
    return {
        "portal": Portal(request) if _signed_in(user) else None,
        "product": PRODUCT,
        "is_demo": settings.DEMO,
        "demo_accounts": _demo_accounts() if settings.DEMO and not _signed_in(user) else [],
    }


def _signed_in(user: Any) -> bool:
    return user is not None and user.is_authenticated


class Portal:
    """The frame of a signed-in person's pages; each part is worked out when the template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = request.user

    @property
    def memberships(self) -> list[Any]:
        return rights(self.user).memberships

    @property
    def post(self) -> str:
        """Role and unit of the first membership, e.g. "Lãnh đạo đơn vị"."""
        return self.memberships[0].get_role_display() if self.memberships else ""

    @property
    def unit(self) -> str:
        return str(self.memberships[0].unit) if self.memberships else ""

    @property
    def unread(self) -> int:
        return self.user.notifications.unread().count()

    @property
    def inbox_url(self) -> str:
        return _url("inbox")

    @property
    def groups(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Groups of the sidebar with their lines, in the order of the table."""
        shown: dict[str, list[dict[str, Any]]] = {}
        for line in self.lines:
            shown.setdefault(line["group"], []).append(line)
        return list(shown.items())

    @property
    def phone(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["phone"]]

    @property
    def entries(self) -> list[Entry]:
        """The portal's table; on a page of the council's site that opens for this person, the council's."""
        match = self.request.resolver_match
        inside = match is not None and match.namespace == "council"
        comes_in = inside and any(map(self.user.has_perm, ("council.enter", "award.open")))
        return COUNCIL_ENTRIES if comes_in else ENTRIES

    @property
    def lines(self) -> list[dict[str, Any]]:
        if not hasattr(self, "_lines"):
            found = [
                {"label": row.label, "icon": row.icon, "url": url, "group": row.group, "phone": row.phone}
                for row in self.entries
                if (not row.permission or self.user.has_perm(row.permission)) and (url := _url(row.url_name))
            ]
            path = self.request.path
            # The longest address that the page lies under is the current one; "/" only for itself.
            under = [
                line["url"]
                for line in found
                if path == line["url"] or (line["url"] != "/" and path.startswith(line["url"]))
            ]
            here = max(under, key=len, default="")
            self._lines = [{**line, "current": line["url"] == here} for line in found]
        return self._lines


def _url(name: str) -> str:
    if name == "mail-sink" and not settings.MAIL_SINK_DIR:
        return ""
    try:
        return reverse(name)
    except NoReverseMatch:  # a page of a later stage
        return ""


def _demo_accounts() -> list[dict[str, str]]:
    """Accounts of the demonstration, offered on the sign-in page."""
    try:
        accounts = json.loads((settings.STATE_DIR / "accounts.json").read_text())
    except OSError:
        return []
    words = {**dict(Role.choices), "other_editor": "Người nhập của đơn vị khác"}
    return [{**account, "role_label": words.get(account["role"], account["role"])} for account in accounts]
