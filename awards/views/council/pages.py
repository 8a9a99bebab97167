"""What every page of the council's site shares: who comes in, which seats are his, where the page stands."""

import datetime
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from awards.models import CommitteeMember, Nomination
from awards.services.council.conflicts import readable_nominations, seats_of
from dvk_portal.core.views import PageTitleMixin


class CouncilAccess:
    """Of every view of the site, pages and moves alike. ``permission``: what it asks besides entering (403 without it);
    ``seat_required``: whoever has the role and no seat on a council today meets nothing (404)."""

    permission: str | tuple[str, ...] = "council.enter"
    seat_required = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_enter():
            raise PermissionDenied
        if self.seat_required and not self.seats:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def may_enter(self) -> bool:
        asked = (self.permission,) if isinstance(self.permission, str) else self.permission
        return any(self.request.user.has_perm(permission) for permission in asked)

    @cached_property
    def today(self) -> datetime.date:
        return timezone.localdate()

    @cached_property
    def seats(self) -> list[CommitteeMember]:
        """The seats that the reader holds today, the committee with each."""
        return seats_of(self.request.user, self.today)

    @cached_property
    def readable(self) -> QuerySet[Nomination]:
        """The dossiers that the reader may read; conflicts are judged once for the page."""
        return readable_nominations(self.request.user, day=self.today, seats=self.seats)

    @property
    def prepares(self) -> bool:
        """Whether he prepares the work of a council: chair and secretary have more on some pages."""
        return self.request.user.has_perm("council.prepare")


class CouncilPage(CouncilAccess, PageTitleMixin):
    """A page: under "Hội đồng" in the trail; the navigation of the site is dvk_portal/navigation.py, COUNCIL_ENTRIES."""

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Hội đồng", reverse("council:index")), *self.breadcrumbs]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**{"prepares": self.prepares, **context})
