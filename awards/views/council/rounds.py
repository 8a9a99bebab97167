"""What chair and secretary do before the meeting: criteria, rounds, who reads what, reminders, closing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView

from awards.forms.council import CloseRoundForm, CriteriaForm, ReaderForm, RoundForm
from awards.models import AwardCycle, Committee, CommitteeMember, Review, ReviewRound
from awards.services.council.assigning import (
    add_reviewer,
    assign_reviews,
    plan_assignment,
    readers_of,
    remove_reviewer,
    show_plan,
)
from awards.services.council.conflicts import base_of, cycles_before, preparing
from awards.services.council.criteria import is_frozen, most_points, save_criteria
from awards.services.council.rounds import (
    SCORED_IN,
    change_round,
    close_round,
    is_stale,
    open_round,
    opening_faults,
    owed_words,
    prepare_round,
    progress_of,
    remind_readers,
    reviews_seen_by,
    rounds_for,
    to_score,
)
from awards.views.council.pages import CouncilAccess, CouncilPage
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.views import ActionView, FormErrorsMixin, Where


class Preparation(CouncilPage):
    """Pages of chair and secretary."""

    permission = "council.prepare"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), ("Vòng chấm", reverse("council:rounds"))]


class RoundList(CouncilPage, TemplateView):
    """Cycles before the council, each with its criteria and rounds."""

    permission = "council.prepare"
    template_name = "awards/council/rounds.html"
    page_title = "Vòng chấm"
    page_subtitle = "Tiêu chí chấm, các vòng chấm độc lập và phân công người chấm của từng đợt."

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        cycles = cycles_before(self.request.user, seats=preparing(self.request.user, self.seats))
        rounds: dict[int, list[ReviewRound]] = {}
        for row in rounds_for(self.request.user, self.seats).order_by("number"):
            rounds.setdefault(row.cycle_id, []).append(row)
        criteria = _criteria_of(cycles)
        lines = [
            {
                "cycle": cycle,
                "rounds": rounds.get(cycle.pk, []),
                "criteria": criteria.get(cycle.pk, []),
                "may_add": cycle.status in SCORED_IN and all(row.closed_at for row in rounds.get(cycle.pk, [])),
            }
            for cycle in cycles
        ]
        return super().get_context_data(lines=lines, **context)


def _criteria_of(cycles: list[AwardCycle]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for cycle in AwardCycle.objects.filter(pk__in=[row.pk for row in cycles]).prefetch_related("criteria__award_type"):
        found[cycle.pk] = list(cycle.criteria.all())
    return found


class CyclePage(Preparation):
    """A page about one cycle before the council."""

    @cached_property
    def preparing(self) -> list[CommitteeMember]:
        return preparing(self.request.user, self.seats)

    @cached_property
    def cycle(self) -> AwardCycle:
        mine = cycles_before(self.request.user, seats=self.preparing)
        row = next((row for row in mine if row.pk == self.kwargs["pk"]), None)
        if row is None:
            raise Http404
        return row

    def get_page_subtitle(self) -> str:
        return self.cycle.title


class CriteriaPage(CyclePage, FormErrorsMixin, FormView):
    template_name = "awards/council/criteria.html"
    page_title = "Tiêu chí chấm hồ sơ"

    def get_form(self, form_class: Any = None) -> CriteriaForm:
        return CriteriaForm(self.request.POST if self.request.method == "POST" else None, cycle=self.cycle)

    def form_valid(self, form: CriteriaForm) -> HttpResponse:
        save_criteria(self.cycle, form.entries, actor=self.request.user)
        messages.success(self.request, "Đã lưu tiêu chí chấm.")
        return redirect("council:criteria", self.cycle.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        criteria = list(self.cycle.criteria.select_related("award_type"))
        return super().get_context_data(
            criteria=criteria, most=most_points(criteria), frozen=is_frozen(self.cycle), cancel_url=reverse("council:rounds"),
            **context,
        )  # fmt: skip


class RoundCreate(CyclePage, FormErrorsMixin, FormView):
    form_class = RoundForm
    template_name = "layouts/form.html"
    page_title = "Lập vòng chấm"

    @property
    def committee(self) -> Committee:
        """His own council of this cycle."""
        base = base_of(self.cycle.owner)
        return next(seat.committee for seat in self.preparing if base_of(seat.committee.unit) == base)

    def form_valid(self, form: RoundForm) -> HttpResponse:
        row = prepare_round(self.cycle, self.committee, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, f"Đã lập {str(row).lower()}. Bước sau: phân công người chấm.")
        return redirect("council:round", row.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("council:rounds"), **context)


class RoundPage(Preparation):
    """A page about one round of a cycle that he prepares."""

    @cached_property
    def round(self) -> ReviewRound:
        return get_object_or_404(rounds_for(self.request.user, self.seats), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.page_title or str(self.round)

    def get_page_subtitle(self) -> str:
        return self.round.cycle.title

    @property
    def url(self) -> str:
        return reverse("council:round", args=[self.round.pk])


class RoundDetail(RoundPage, TemplateView):
    """How far the readers are, without points; who reads what, to change by hand."""

    template_name = "awards/council/round.html"

    def get_where(self) -> Where:
        row = self.round
        if row.closed_at is not None:
            return Where("Hội đồng", "Xem kết quả ở trang So sánh", row.closed_at)
        if row.is_open:
            return Where("Các thành viên chấm", "Chấm xong thì đóng vòng", row.opened_at, row.closes_on)
        return Where("Thư ký hội đồng", "Phân công rồi mở vòng chấm", None, row.closes_on)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.round
        reviews = reviews_seen_by(row, self.request.user, self.readable) if row.closed_at is None else []
        lines: dict[Any, list[tuple[Review, str]]] = {}
        for review in reviews:
            word = ("Đọc bản cũ" if is_stale(review) else "Đã chấm") if review.done_at else "Chưa xong"
            lines.setdefault(review.nomination, []).append((review, word))
        missing = to_score(row).filter(pk__in=self.readable).exclude(reviews__round=row).order_by("name")
        return super().get_context_data(
            **{
                "round": row,
                "progress": progress_of(reviews),
                "lines": sorted(lines.items(), key=lambda pair: pair[0].name),
                "unassigned": list(missing) if row.closed_at is None else [],
                "faults": opening_faults(row, self.today) if row.opened_at is None else [],
                "reader_form": self.reader_form() if row.closed_at is None else None,
                **context,
            }
        )

    def reader_form(self) -> ReaderForm:
        return ReaderForm(
            self.request.POST if self.request.method == "POST" else None,
            nominations=to_score(self.round).filter(pk__in=self.readable),
            members=self.round.committee.members.on(self.today).filter(votes=True).select_related("user"),
        )


class ReaderAdd(RoundDetail):
    """POST: one more reader of one dossier."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.reader_form()
        if form.is_valid():
            try:
                review = add_reviewer(self.round, actor=request.user, **form.cleaned_data)
            except DomainError as error:
                form.add_domain_error(error)
            else:
                messages.success(request, f"Đã giao hồ sơ của {review.nomination.name} cho {review.member}.")
                return redirect(self.url)
        return self.render_to_response(self.get_context_data(reader_form=form))


class RoundEdit(RoundPage, FormErrorsMixin, FormView):
    form_class = RoundForm
    template_name = "layouts/form.html"
    page_title = "Sửa vòng chấm"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": ReviewRound.objects.get(pk=self.round.pk)}

    def form_valid(self, form: RoundForm) -> HttpResponse:
        change_round(self.round, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Đã lưu vòng chấm.")
        return redirect(self.url)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.url, **context)


class RoundPlan(RoundPage, TemplateView):
    """The division as it would be; POST carries out exactly what was shown."""

    template_name = "awards/council/plan.html"
    page_title = "Phân công chấm"

    @property
    def seed(self) -> int:
        asked = (self.request.POST if self.request.method == "POST" else self.request.GET).get("seed", "")
        return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        draft = plan_assignment(self.round, seed=self.seed)
        shown = show_plan(self.round, draft, self.readable)
        return super().get_context_data(
            round=self.round, shown=shown, seed=self.seed, digest=draft.digest, again_url=f"?seed={self.seed + 1}",
            new=len(draft.plan.pairs - draft.held), readers=len(readers_of(self.round)), url=self.url, **context,
        )  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            count = assign_reviews(
                self.round, actor=request.user, seed=self.seed, digest=request.POST.get("digest", "")
            )  # fmt: skip
        except DomainError as error:
            messages.error(request, error.message)
            return self.render_to_response(self.get_context_data())
        messages.success(request, f"Đã giao {count} phiếu chấm." if count else "Mọi hồ sơ đã đủ người chấm.")
        return redirect(self.url)


class RoundClose(RoundPage, FormErrorsMixin, FormView):
    form_class = CloseRoundForm
    template_name = "awards/council/round_close.html"
    page_title = "Đóng vòng chấm"

    def form_valid(self, form: CloseRoundForm) -> HttpResponse:
        close_round(self.round, actor=self.request.user, note=form.cleaned_data["note"])
        messages.success(self.request, "Đã đóng vòng chấm. Điểm và nhận xét mở cho thành viên hội đồng.")
        return redirect("council:comparison")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        owed = owed_words(self.round, self.request.user) if self.round.is_open else []
        return super().get_context_data(round=self.round, owed=owed, cancel_url=self.url, **context)


# --- moves --------------------------------------------------------------------------------------------------------------
class RoundMove(CouncilAccess, ActionView):
    permission = "council.prepare"

    def get_record(self) -> ReviewRound:
        return get_object_or_404(rounds_for(self.request.user, self.seats), pk=self.kwargs["pk"])

    def get_success_url(self, record: ReviewRound) -> str:
        return reverse("council:round", args=[self.kwargs["pk"]])

    back_url = get_success_url


class RoundOpen(RoundMove):
    success_message = "Đã mở vòng chấm. Từng người chấm đã được báo tin; tiêu chí đã chốt."

    def act(self, record: ReviewRound) -> ReviewRound:
        return open_round(record, actor=self.request.user)


class RoundRemind(RoundMove):
    def act(self, record: ReviewRound) -> int:
        return remind_readers(record, actor=self.request.user)

    def get_success_message(self, record: Any) -> str:
        return (
            f"Đã nhắc {record} người."
            if record
            else "Hôm nay mọi người còn nợ phiếu đã được nhắc, hoặc không ai còn nợ."
        )


class ReaderRemove(CouncilAccess, ActionView):
    """Of a dossier that he may read only: who reads the others is not his to know."""

    permission = "council.prepare"
    success_message = "Đã rút phiếu chấm."

    def get_record(self) -> Review:
        rounds = rounds_for(self.request.user, self.seats)
        rows = Review.objects.filter(round__in=rounds, nomination__in=self.readable)
        return get_object_or_404(rows.select_related("round", "nomination"), pk=self.kwargs["pk"])

    def act(self, record: Review) -> ReviewRound:
        return remove_reviewer(record, actor=self.request.user)

    def back_url(self, record: Review) -> str:
        return reverse("council:round", args=[record.round_id])

    def get_success_url(self, record: ReviewRound) -> str:
        return reverse("council:round", args=[record.pk])
