"""What the pages of contests share: the record that may be seen, its place, its breadcrumbs."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from dvk_portal.core.views import ActionView, PageTitleMixin, Where
from pledges.models import Contest, ContestEntry, ContestRound
from pledges.services.contests.advancing import waiting_round
from pledges.services.contests.judging import open_round_of
from pledges.services.contests.results import result_of

PATH = [(value, label) for value, label in Contest.Status.choices if value != Contest.Status.CANCELLED]


def contest_of(request: HttpRequest, pk: int) -> Contest:
    """The contest, if the person may see it."""
    rows = Contest.objects.visible_to(request.user).select_related("owner", "campaign")
    return get_object_or_404(rows, pk=pk)


def entry_of(request: HttpRequest, pk: int) -> ContestEntry:
    return get_object_or_404(ContestEntry.objects.visible_to(request.user).with_names(), pk=pk)


def place_of(contest: Contest, today: datetime.date) -> Where:
    """Who holds the contest, and what comes next."""
    status, owner = Contest.Status(contest.status), contest.owner.name
    if status == Contest.Status.DRAFT:
        return Where(owner, "Soạn thể lệ, tiêu chí, ban giám khảo rồi mở nhận bài", None, None, contest)
    if status == Contest.Status.CANCELLED:
        return Where("Không ai", "Hội thi đã hủy", contest.ended_at, None, contest)
    if status == Contest.Status.CLOSED:
        return Where("Mọi đơn vị", "Xem kết quả", contest.closed_at, None, contest)
    if status == Contest.Status.OPEN:
        if today <= contest.entries_until:
            return Where("Các đơn vị", "Nộp bài dự thi", contest.opened_at, contest.entries_until, contest)
        return Where(owner, "Bắt đầu chấm", contest.entries_until, None, contest)
    return _place_in_judging(contest, owner)


def _place_in_judging(contest: Contest, owner: str) -> Where:
    if (row := open_round_of(contest)) is not None:
        return Where("Ban giám khảo", f"Chấm vòng {row.name}; chấm xong thì đóng vòng", row.opened_at, None, contest)
    done = waiting_round(contest)
    if done is None:
        return Where(owner, "Ghi giải rồi công bố kết quả", None, None, contest)
    if result_of(done).left:
        words = "Quyết định các bài đồng điểm ở ranh giới"
        return Where("Trưởng ban giám khảo", words, done.closed_at, None, contest)
    return Where(owner, "Mở chấm vòng sau", done.closed_at, None, contest)


class ContestPageMixin(PageTitleMixin):
    """A page about one contest; ``permission`` is asked on it, whoever lacks it is refused."""

    permission = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.contest = contest_of(request, kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.permission and not request.user.has_perm(self.permission, self.contest):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.contest.title

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Hội thi", reverse("contest-list")), (self.contest.title, self.contest.get_absolute_url())]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        own = {"contest": self.contest, "cancel_url": self.contest.get_absolute_url()}
        return super().get_context_data(**{**own, **context})

    @property
    def today(self) -> datetime.date:
        return timezone.localdate()


class RoundPageMixin(ContestPageMixin):
    """A page about one round of a contest."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.round = get_object_or_404(self.contest.rounds, number=kwargs["number"])
        self.round.contest = self.contest

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**{"round": self.round, **context})


class ContestMove(ActionView):
    def get_record(self) -> Contest:
        return contest_of(self.request, self.kwargs["pk"])


class RoundMove(ActionView):
    def get_record(self) -> ContestRound:
        contest = contest_of(self.request, self.kwargs["pk"])
        found = get_object_or_404(contest.rounds, number=self.kwargs["number"])
        found.contest = contest
        return found

    def get_success_url(self, record: Any) -> str:
        return reverse("contest-detail", args=[self.kwargs["pk"]])

    def back_url(self, record: Any) -> str:
        return self.get_success_url(record)


class EntryMove(ActionView):
    def get_record(self) -> ContestEntry:
        return entry_of(self.request, self.kwargs["pk"])
