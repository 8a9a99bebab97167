"""The jury's pages, and what follows: closing a round, its result, ties, prizes, the sheet of results."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView, View

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.views import FilteredListView, FormErrorsMixin
from pledges.exports import attachment
from pledges.forms.contests import CloseRoundForm, PrizeForm, ScoreForm, TieForm
from pledges.models import Contest, ContestRound, EntryScore
from pledges.services.contests.advancing import decide_tie, may_decide_tie, open_next_round
from pledges.services.contests.judging import (
    close_round,
    entries_to_judge,
    juror_of,
    open_round_of,
    progress_of,
    save_scores,
)
from pledges.services.contests.publishing import final_result, save_prizes
from pledges.services.contests.results import RoundResult, may_see_results, result_of
from pledges.services.contests.sheet import results_sheet
from pledges.services.contests.voting import tally
from pledges.views.contests.entries import EntryPageMixin
from pledges.views.contests.pages import ContestMove, ContestPageMixin, RoundPageMixin, contest_of


class Judging(ContestPageMixin, FilteredListView):
    """A juror's own list: every entry of the open round that he judges, and whether he has."""

    template_name = "pledges/models/contests/judging.html"
    partial_template_name = "pledges/models/contests/_to_judge.html"
    empty_title = "Không có bài nào để chấm"
    empty_text = "Khi một vòng mở chấm, các bài của vòng ấy hiện ở đây, trừ bài của đơn vị bạn đang hoặc vừa công tác."

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.juror = juror_of(self.contest, request.user)
        if self.juror is None:
            raise Http404
        self.round = open_round_of(self.contest)

    def get_page_title(self) -> str:
        return f"Chấm vòng {self.round.name}" if self.round else "Chấm thi"

    def get_queryset(self) -> QuerySet:
        if self.round is None:
            return self.contest.entries.none()
        return entries_to_judge(self.round, self.request.user).order_by("code")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine = EntryScore.objects.filter(juror=self.juror, criterion__round=self.round)
        scored = set(mine.values_list("entry", flat=True))
        due = self.get_queryset()
        return super().get_context_data(
            round=self.round,
            scored=scored,
            done=due.filter(pk__in=scored).count(),
            due=due.count(),
            criteria=list(self.round.criteria.all()) if self.round else [],
            **context,
        )


class Score(EntryPageMixin, FormErrorsMixin, FormView):
    """A juror's sheet for one entry. Nobody else opens it, and he opens none of his own units."""

    template_name = "pledges/models/contests/score.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.juror = juror_of(self.contest, request.user)
        self.round = open_round_of(self.contest)
        if self.juror is None or self.round is None:
            raise Http404
        get_object_or_404(entries_to_judge(self.round, request.user), pk=self.entry.pk)

    def get_page_title(self) -> str:
        return self.entry.title

    def get_form(self, form_class: Any = None) -> ScoreForm:
        stored = EntryScore.objects.filter(juror=self.juror, entry=self.entry, criterion__round=self.round)
        return ScoreForm(
            self.request.POST if self.request.method == "POST" else None,
            criteria=list(self.round.criteria.all()),
            stored={row.criterion_id: (row.points, row.note) for row in stored},
        )

    def form_valid(self, form: ScoreForm) -> HttpResponse:
        save_scores(self.entry, actor=self.request.user, given=form.given)
        messages.success(self.request, f"Đã lưu điểm của bài “{self.entry.title}”.")
        mine = EntryScore.objects.filter(juror=self.juror, criterion__round=self.round).values("entry")
        left = entries_to_judge(self.round, self.request.user).exclude(pk__in=mine).order_by("code").first()
        if "next" in self.request.POST and left is not None:
            return redirect("contest-score", left.pk)
        return redirect("contest-judging", self.contest.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        back = reverse("contest-judging", args=[self.contest.pk])
        return super().get_context_data(round=self.round, cancel_url=back, **context)


# --- closing and results ----------------------------------------------------------------------------------------------
class RoundClose(RoundPageMixin, FormErrorsMixin, FormView):
    permission = "contest.manage"
    form_class = CloseRoundForm
    template_name = "pledges/models/contests/round_close.html"

    def get_page_title(self) -> str:
        return f"Đóng chấm vòng {self.round.name}"

    def form_valid(self, form: CloseRoundForm) -> HttpResponse:
        close_round(self.round, actor=self.request.user, note=form.cleaned_data["note"])
        messages.success(self.request, "Đã đóng chấm. Kết quả của vòng ở dưới đây.")
        return redirect("contest-round-result", self.contest.pk, self.round.number)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        progress = progress_of(self.round) if self.round.is_open else []
        return super().get_context_data(progress=progress, **context)


class RoundResultPage(RoundPageMixin, TemplateView):
    """The ranking of a closed round; below it, for who decides, the entries tied at the edge."""

    template_name = "pledges/models/contests/round_result.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not may_see_results(self.round, request.user):
            raise Http404

    def get_page_title(self) -> str:
        return f"Kết quả vòng {self.round.name}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user = self.request.user
        whole, shown = result_of(self.round), result_of(self.round, for_user=user)
        decides = bool(whole.left) and may_decide_tie(whole, user)
        votes = _votes(self.contest) if whole.is_last else None
        return super().get_context_data(
            **{
                "result": shown,
                "rows": [(line, votes.get(line.entry.pk) if votes is not None else None) for line in shown.lines],
                "has_votes": votes is not None,
                "tie": whole if whole.left else None,
                "tie_form": TieForm(tied=whole.tied) if decides else None,
                "published": self.contest.status == Contest.Status.CLOSED,
                **context,
            }
        )


def _votes(contest: Contest) -> dict[int, int] | None:
    return tally(contest, now=timezone.now()) if contest.public_vote else None


class RoundTie(RoundResultPage):
    """POST: which of the tied entries go on, and why."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        whole: RoundResult = result_of(self.round)
        if not (whole.left and may_decide_tie(whole, request.user)):
            raise PermissionDenied
        form = TieForm(request.POST, tied=whole.tied)
        if form.is_valid():
            return self._decide(form)
        return self.render_to_response(self.get_context_data(tie_form=form))

    def _decide(self, form: TieForm) -> HttpResponse:
        try:
            decide_tie(self.round, actor=self.request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_domain_error(error)
            return self.render_to_response(self.get_context_data(tie_form=form))
        messages.success(self.request, "Đã quyết định bài vào vòng sau.")
        return redirect("contest-round-result", self.contest.pk, self.round.number)


class RoundOpen(ContestMove):
    success_message = "Đã mở chấm vòng sau. Ban giám khảo đã được báo tin."

    def act(self, record: Contest) -> Contest:
        return open_next_round(record, actor=self.request.user)


class Prizes(ContestPageMixin, FormErrorsMixin, FormView):
    permission = "contest.manage"
    template_name = "pledges/models/contests/prizes.html"
    page_title = "Ghi giải"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.result = final_result(self.contest)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.result is None or self.contest.status != Contest.Status.JUDGING:
            messages.info(request, "Giải được ghi sau khi đóng chấm vòng cuối và trước khi công bố.")
            return redirect(self.contest)
        return super().get(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> PrizeForm:
        lines = self.result.lines if self.result else []
        return PrizeForm(self.request.POST if self.request.method == "POST" else None, lines=lines)

    def form_valid(self, form: PrizeForm) -> HttpResponse:
        save_prizes(self.contest, actor=self.request.user, prizes=form.prizes)
        messages.success(self.request, "Đã lưu giải.")
        return redirect(self.contest)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        votes = _votes(self.contest)
        context = super().get_context_data(**context)
        rows = [(line, field, (votes or {}).get(line.entry.pk)) for line, field in context["form"].lines]
        return context | {"rows": rows, "has_votes": votes is not None}


class ContestExport(View):
    """Every closed round that the person may see, as an Excel file."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        contest = contest_of(request, pk)
        rounds: list[ContestRound] = list(contest.rounds.order_by("number"))
        for row in rounds:
            row.contest = contest
        shown = [row for row in rounds if may_see_results(row, request.user)]
        if not shown:
            raise Http404
        return attachment(
            results_sheet(contest, shown, user=request.user, now=timezone.now()), f"Ket qua {contest.title}"
        )
