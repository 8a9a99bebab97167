"""What the pages of cycles share: the record that may be seen, its place, its breadcrumbs."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from awards.models import AwardCycle, CyclePhase, Publication
from dvk_portal.core.views import ActionView, PageTitleMixin, Where
from units import access

PATH = [(value, label) for value, label in AwardCycle.Status.choices if value != AwardCycle.Status.CANCELLED]
_S = AwardCycle.Status
# What the calendar says while the cycle is in a state: stage whose last day counts, who holds it, what comes next.
_HELD = {
    _S.NOMINATING: (CyclePhase.Stage.NOMINATING, "Các đơn vị", "Hoàn thiện và gửi hồ sơ"),
    _S.REVIEWING: (CyclePhase.Stage.REVIEWING, "", "Thẩm định hồ sơ, công khai lấy ý kiến"),
    _S.VOTING: (CyclePhase.Stage.VOTING, "Hội đồng", "Họp, bỏ phiếu"),
    _S.DECIDING: (CyclePhase.Stage.DECIDING, "", "Trình và ban hành quyết định"),
}


def cycle_of(request: HttpRequest, pk: int) -> AwardCycle:
    """The cycle, if the person may see it."""
    rows = AwardCycle.objects.visible_to(request.user).select_related("owner").prefetch_related("phases")
    return get_object_or_404(rows, pk=pk)


def publication_of(request: HttpRequest, pk: int) -> Publication:
    """The publication, for those who manage its cycle; to everybody else there is none (R-39)."""
    rows = access.scope(Publication.objects.select_related("cycle__owner"), request.user, "award.manage")
    return get_object_or_404(rows, pk=pk)


def place_of(cycle: AwardCycle) -> Where:
    """Who holds the cycle, what comes next and until when."""
    status, owner = AwardCycle.Status(cycle.status), cycle.owner.name
    if status == _S.DRAFT:
        return Where(owner, "Lập lịch, ghi hạn mức rồi mở nhận hồ sơ", None, None, cycle)
    if status == _S.CANCELLED:
        return Where("Không ai", "Đợt đã hủy", cycle.ended_at, None, cycle)
    if status == _S.CLOSED:
        return Where(owner, "Đợt đã kết thúc", cycle.closed_at, None, cycle)
    stage, holder, words = _HELD[status]
    phase = next((row for row in cycle.phases.all() if row.stage == stage), None)
    return Where(
        holder or owner, words, phase.opens_on if phase else None, phase.closes_on if phase else None, cycle
    )  # fmt: skip


class CyclePageMixin(PageTitleMixin):
    """A page about one cycle; ``permission`` is asked on it, whoever lacks it is refused."""

    permission = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.cycle = cycle_of(request, kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.permission and not request.user.has_perm(self.permission, self.cycle):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.cycle.title

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Đợt khen thưởng", reverse("cycle-list")), (self.cycle.title, self.cycle.get_absolute_url())]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        own = {"cycle": self.cycle, "cancel_url": self.cycle.get_absolute_url(), "today": self.today}
        return super().get_context_data(**{**own, **context})

    @property
    def today(self) -> datetime.date:
        return timezone.localdate()


class PublicationPageMixin(PageTitleMixin):
    """A page about one publication and its comments: for those who handle them."""

    permission = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.publication = publication_of(request, kwargs["pk"])
        self.cycle = self.publication.cycle

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.permission and not request.user.has_perm(self.permission, self.publication):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.cycle.title

    @property
    def page_url(self) -> str:
        return reverse("publication-detail", args=[self.publication.pk])

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [
            ("Đợt khen thưởng", reverse("cycle-list")),
            (self.cycle.title, self.cycle.get_absolute_url()),
            (str(self.publication), self.page_url),
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        own = {"publication": self.publication, "cycle": self.cycle, "cancel_url": self.page_url, "today": self.today}
        return super().get_context_data(**{**own, **context})

    @property
    def today(self) -> datetime.date:
        return timezone.localdate()


class CycleMoveView(ActionView):
    """A POST about one cycle."""

    def get_record(self) -> AwardCycle:
        return cycle_of(self.request, self.kwargs["pk"])
