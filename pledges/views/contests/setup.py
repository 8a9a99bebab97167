"""Preparing a contest: the list, its page, text, rounds, jury, and its moves."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import CreateView, FormView, TemplateView, UpdateView

from dvk_portal.core import audit
from dvk_portal.core.views import FilteredListView, FormErrorsMixin, PageTitleMixin, Where
from pledges.forms.contests import ContestFilter, ContestForm, ExtendForm, JurorForm, RoundForm
from pledges.models import Contest, ContestEntry, Juror
from pledges.services.contests.advancing import waiting_round
from pledges.services.contests.entries import entering_units, takes_entries
from pledges.services.contests.judging import entries_to_judge, juror_of, open_round_of, progress_of
from pledges.services.contests.publishing import final_result, publish_contest
from pledges.services.contests.results import may_see_results
from pledges.services.contests.setup import (
    add_juror,
    add_round,
    announce_contest,
    appoint_head,
    available_moves,
    blockers_to_announce,
    cancel_contest,
    candidates,
    create_contest,
    edit_contest,
    extend_entries,
    organiser_of,
    remove_juror,
    remove_round,
    save_round,
    start_judging,
)
from pledges.services.contests.voting import tally
from pledges.views.contests.pages import PATH, ContestMove, ContestPageMixin, RoundMove, RoundPageMixin, place_of
from pledges.workflows import CONTEST


class ContestList(PermissionRequiredMixin, FilteredListView):
    permission_required = "contest.view"
    raise_exception = True
    page_title = "Hội thi Dân vận khéo"
    page_subtitle = "Mỗi hội thi: nhận bài, chấm qua các vòng, công bố kết quả; có thể mở bình chọn cho Nhân dân."
    template_name = "pledges/models/contests/list.html"
    partial_template_name = "pledges/models/contests/_list.html"
    filterset_class = ContestFilter
    sort_fields = {"title": "title", "until": "entries_until", "status": "status"}
    default_sort = "-until"
    empty_title = "Chưa có hội thi nào"
    empty_text = "Khi Ban mở nhận bài, hội thi hiện ở đây và các đơn vị được báo tin."

    def get_queryset(self) -> QuerySet:
        return Contest.objects.visible_to(self.request.user).select_related("owner")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(may_create=self.request.user.has_perm("contest.manage"), **context)


class ContestWrite(PermissionRequiredMixin, PageTitleMixin, FormErrorsMixin):
    permission_required = "contest.manage"
    raise_exception = True
    form_class = ContestForm
    template_name = "layouts/form.html"
    model = Contest

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Hội thi", reverse("contest-list"))]


class ContestCreate(ContestWrite, CreateView):
    page_title = "Lập hội thi"
    page_subtitle = "Ghi tên, thể lệ và hạn nhận bài trước; vòng thi, tiêu chí và ban giám khảo ghi ở trang sau."

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "organiser": organiser_of(self.request.user)}

    def form_valid(self, form: ContestForm) -> HttpResponse:
        contest = create_contest(actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Đã lập hội thi. Hãy ghi tiêu chí của từng vòng và cử ban giám khảo.")
        return redirect(contest)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("contest-list"), **context)


class ContestEdit(ContestPageMixin, FormErrorsMixin, UpdateView):
    permission = "contest.manage"
    form_class = ContestForm
    template_name = "layouts/form.html"
    page_title = "Sửa hội thi"

    def get_object(self, queryset: Any = None) -> Contest:
        return Contest.objects.get(pk=self.contest.pk)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "organiser": self.contest.owner}

    def form_valid(self, form: ContestForm) -> HttpResponse:
        edit_contest(self.contest, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Đã lưu hội thi.")
        return redirect(self.contest)


class ContestDetail(ContestPageMixin, TemplateView):
    template_name = "pledges/models/contests/detail.html"

    def get_page_title(self) -> str:
        return self.contest.title

    def get_page_subtitle(self) -> str:
        return f"{self.contest.owner} tổ chức"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return super().get_breadcrumbs()[:1]

    def get_where(self) -> Where:
        return place_of(self.contest, self.today)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        contest, user = self.contest, self.request.user
        manages = user.has_perm("contest.manage", contest)
        draft = contest.status == Contest.Status.DRAFT
        rounds = list(contest.rounds.prefetch_related("criteria"))
        for row in rounds:
            row.contest = contest
        return super().get_context_data(
            path=PATH,
            moves=available_moves(contest, user, self.today),
            rounds=[(row, may_see_results(row, user)) for row in rounds],
            jurors=contest.jurors.select_related("user"),
            manages=manages,
            may_edit=manages and draft,
            missing=blockers_to_announce(contest, self.today) if manages and draft else [],
            entry_count=contest.entries.filter(status=ContestEntry.Status.ENTERED).count() if manages else None,
            entries=own_entries(contest, user),
            may_enter=takes_entries(contest, self.today) and entering_units(contest, user).exists(),
            trail=audit.trail(contest)[:12] if manages else None,
            words={name: move.label for name, move in CONTEST.transitions.items()},
            **self._judging(manages),
            **self._vote(),
            **context,
        )

    def _judging(self, manages: bool) -> dict[str, Any]:
        contest, user = self.contest, self.request.user
        open_round = open_round_of(contest)
        juror = juror_of(contest, user)
        judges = open_round is not None and juror is not None
        return {
            "open_round": open_round,
            "progress": progress_of(open_round) if open_round and manages else [],
            "juror": juror,
            "to_judge": entries_to_judge(open_round, user).count() if judges else None,
            "waiting": waiting_round(contest) if manages and contest.status == Contest.Status.JUDGING else None,
            "may_award": manages
            and contest.status == Contest.Status.JUDGING
            and not contest.rounds.filter(closed_at=None).exists(),
            "final": final_result(contest) if contest.status == Contest.Status.CLOSED else None,
        }

    def _vote(self) -> dict[str, Any]:
        now = timezone.now()
        votes = tally(self.contest, now=now) if self.contest.public_vote else None
        return {
            "votes_on": self.contest.votes_on(now),
            "vote_total": sum(votes.values()) if votes is not None else None,
        }


def own_entries(contest: Contest, user: Any) -> QuerySet:
    """The entries of the units for which the person may write."""
    units = entering_units(contest, user)
    return contest.entries.filter(unit__in=units).select_related("unit", "field").order_by("unit", "pk")


# --- rounds -----------------------------------------------------------------------------------------------------------
class RoundAdd(ContestMove):
    success_message = "Đã thêm một vòng. Hãy ghi tiêu chí của vòng ấy."

    def act(self, record: Contest) -> Contest:
        add_round(record, actor=self.request.user)
        return record


class RoundRemove(RoundMove):
    success_message = "Đã bỏ vòng thi."

    def act(self, record: Any) -> Any:
        return remove_round(record, actor=self.request.user)


class RoundEdit(RoundPageMixin, FormErrorsMixin, FormView):
    permission = "contest.manage"
    template_name = "pledges/models/contests/round_edit.html"

    def get_page_title(self) -> str:
        return f"Vòng {self.round.number}: {self.round.name}"

    def get_form(self, form_class: Any = None) -> RoundForm:
        return RoundForm(self.request.POST if self.request.method == "POST" else None, contest_round=self.round)

    def form_valid(self, form: RoundForm) -> HttpResponse:
        data = form.cleaned_data
        save_round(
            self.round, actor=self.request.user, name=data["name"], advance=data["advance"], criteria=form.criteria
        )
        messages.success(self.request, "Đã lưu vòng thi.")
        if "more" in self.request.POST:
            return redirect("contest-round-edit", self.contest.pk, self.round.number)
        return redirect(self.contest)


# --- jury -------------------------------------------------------------------------------------------------------------
class Jury(ContestPageMixin, FormErrorsMixin, FormView):
    permission = "contest.manage"
    form_class = JurorForm
    template_name = "pledges/models/contests/jury.html"
    page_title = "Ban giám khảo"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "people": candidates(self.contest)}

    def form_valid(self, form: JurorForm) -> HttpResponse:
        juror = add_juror(self.contest, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, f"Đã cử {juror.user} vào ban giám khảo.")
        return redirect("contest-jury", self.contest.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(jurors=self.contest.jurors.select_related("user"), **context)


class JurorMove(ContestMove):
    def juror(self, contest: Contest) -> Juror:
        return get_object_or_404(contest.jurors.select_related("user", "contest"), pk=self.kwargs["juror"])

    def back_url(self, record: Any) -> str:
        return reverse("contest-jury", args=[self.kwargs["pk"]])


class JurorRemove(JurorMove):
    success_message = "Đã đưa ra khỏi ban giám khảo."

    def act(self, record: Contest) -> Contest:
        return remove_juror(self.juror(record), actor=self.request.user)


class JurorHead(JurorMove):
    success_message = "Đã cử trưởng ban giám khảo."

    def act(self, record: Contest) -> Contest:
        return appoint_head(self.juror(record), actor=self.request.user)


# --- moves ------------------------------------------------------------------------------------------------------------
class ContestAnnounce(ContestMove):
    success_message = "Đã mở nhận bài. Các đơn vị đã được báo tin."

    def act(self, record: Contest) -> Contest:
        return announce_contest(record, actor=self.request.user, today=timezone.localdate())


class ContestStartJudging(ContestMove):
    success_message = "Đã bắt đầu chấm. Ban giám khảo đã được báo tin."

    def act(self, record: Contest) -> Contest:
        return start_judging(record, actor=self.request.user, today=timezone.localdate())


class ContestPublish(ContestMove):
    success_message = "Đã công bố kết quả. Các đơn vị dự thi đã được báo tin."

    def act(self, record: Contest) -> Contest:
        return publish_contest(record, actor=self.request.user, now=timezone.now())


class ContestCancel(ContestMove):
    success_message = "Đã hủy hội thi."

    def act(self, record: Contest) -> Contest:
        return cancel_contest(record, actor=self.request.user, note=self.note)


class ContestExtend(ContestPageMixin, FormErrorsMixin, FormView):
    permission = "contest.manage"
    form_class = ExtendForm
    template_name = "layouts/form.html"
    page_title = "Gia hạn nhận bài"

    def form_valid(self, form: ExtendForm) -> HttpResponse:
        extend_entries(self.contest, actor=self.request.user, today=self.today, **form.cleaned_data)
        messages.success(self.request, "Đã gia hạn nhận bài. Các đơn vị đã được báo tin.")
        return redirect(self.contest)
