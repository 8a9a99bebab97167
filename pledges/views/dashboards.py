"""The first page after sign-in: what waits for me."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from dvk_portal.core.views import PageTitleMixin
from pledges.hometasks import home_parts
from pledges.services import dashboards
from units import access
from units.roles import Role

FOLLOWED_SHOWN = 4


class Home(PageTitleMixin, TemplateView):
    """One address; the parts depend on what the person may see. Somebody with two roles sees both parts."""

    template_name = "pledges/dashboards/home.html"

    def get_page_title(self) -> str:
        return "Việc hôm nay"

    def get_page_subtitle(self) -> str:
        units = {str(row.unit) for row in access.rights(self.request.user).memberships}
        return " · ".join(sorted(units))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user, now = self.request.user, timezone.now()
        followed = dashboards.followed_campaigns(user) if access.can(user, "ranking.view_draft") else []
        chosen = self._chosen(followed)
        return super().get_context_data(
            followed=[(_short(row.title), f"?campaign={row.pk}", row == chosen) for row in followed[:FOLLOWED_SHOWN]],
            province=dashboards.province_board(user, chosen, now) if chosen else None,
            follows=access.can(user, "ranking.view_draft"),
            may_create=access.can(user, "campaign.manage"),
            unit=dashboards.unit_board(user, now) if access.can(user, "report.edit") else None,
            appraisals=dashboards.appraisal_tasks(user) if access.can(user, "model.appraise") else [],
            parts=home_parts(user, timezone.localdate(now)),
            is_admin=access.has_role(user, Role.ADMIN),
            clerk=dashboards.clerk_board(user) if access.has_role(user, Role.CLERK) else None,
            news=list(user.notifications.unread()[:5]),
            overdue_url=f"{reverse('report-list')}?campaign={chosen.pk}&state=overdue" if chosen else "",
            today=timezone.localdate(now),
            **context,
        )

    def _chosen(self, followed: list[Any]) -> Any:
        asked = self.request.GET.get("campaign", "")
        return next((row for row in followed if str(row.pk) == asked), followed[0] if followed else None)


def _short(title: str) -> str:
    """Two titles that begin alike must both fit beside each other: the words they share go."""
    short = title.removeprefix("Phong trào thi đua ")
    return short[:1].upper() + short[1:]
