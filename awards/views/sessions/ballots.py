"""Pages of one ballot: preparing, before the opening, show of hands, results, the published papers."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import DetailView, FormView

from awards.ballotbox import readable
from awards.forms.sessions import BallotForm, HandsForm, NamesForm
from awards.models import Ballot, BallotCandidate, CommitteeMeeting
from awards.services.sessions.access import kept_from, meetings_on
from awards.services.sessions.ballots import (
    before_opening,
    cancel_ballot,
    next_round,
    open_ballot,
    prepare_ballot,
    rule_of,
    unvoted,
)
from awards.services.sessions.hands import electorate_of, record_names, record_sums
from awards.views.council.pages import CouncilAccess, CouncilPage
from awards.views.sessions.meetings import MeetingMixin
from dvk_portal.core.views import ActionView, FormErrorsMixin

_B = Ballot.State
_WORDS = {"aye": ("Đồng ý", "good"), "nay": ("Không đồng ý", "bad"), "": ("Để trống", "neutral")}


class BallotMixin(MeetingMixin):
    """Of one ballot of such a meeting."""

    def find_meeting(self) -> CommitteeMeeting | None:
        self.ballot = None
        if not self.request.user.is_authenticated:
            return None
        found = Ballot.objects.filter(pk=self.kwargs["pk"]).select_related("award_type", "previous").first()
        meeting = found and meetings_on(self.seats).filter(pk=found.meeting_id).first()
        if meeting is not None:
            self.ballot = found
            self.ballot.meeting = meeting
        return meeting

    def get_object(self, queryset: Any = None) -> Ballot:
        return self.ballot

    def get_page_title(self) -> str:
        return str(self.ballot)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(ballot=self.ballot, rule=rule_of(self.ballot), **context)

    def candidates(self) -> tuple[list[BallotCandidate], int]:
        """Those whom the reader may know of, and how many he may not."""
        hidden = kept_from(self.request.user, self.meeting)
        rows = list(self.ballot.candidates.select_related("nomination__award_type"))
        return [row for row in rows if row.nomination_id not in hidden], sum(
            row.nomination_id in hidden for row in rows
        )


class Prepare(MeetingMixin, CouncilPage, FormErrorsMixin, FormView):
    """A ballot on one award: secret or by hands, on whom."""

    template_name = "awards/sessions/prepare.html"
    form_class = BallotForm

    @property
    def rule(self) -> Any:
        return self.setting.rule(self.kwargs["key"])

    def get_page_title(self) -> str:
        return f"Lập lượt bỏ phiếu: {self.rule.award}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "rule": self.rule, "nominations": self._left()}

    def _left(self) -> list[Any]:
        hidden = kept_from(self.request.user, self.meeting)
        return [row for row in unvoted(self.meeting, self.rule) if row.pk not in hidden]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        every = len(unvoted(self.meeting, self.rule))
        return super().get_context_data(rule=self.rule, unseen=every - len(self._left()), **context)

    def form_valid(self, form: BallotForm) -> HttpResponse:
        options = form.options()
        # What the preparer himself must not see is put on the ballot with the others: he cannot leave it out.
        unseen = {row.pk for row in unvoted(self.meeting, self.rule)} - {row.pk for row in self._left()}
        options["only"] |= unseen
        ballot = prepare_ballot(self.meeting, self.kwargs["key"], actor=self.request.user, **options)
        return HttpResponseRedirect(ballot.get_absolute_url())


class BallotDetail(BallotMixin, CouncilPage, DetailView):
    """A ballot that is not counted yet: on whom, how; for preparers what is in the way and who makes so small a group."""

    for_preparers = False
    template_name = "awards/sessions/ballot.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.ballot.state == _B.CLOSED:
            return HttpResponseRedirect(reverse("council:results", args=[self.ballot.pk]))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows, hidden = self.candidates()
        draft = self.is_preparer and self.ballot.state == _B.DRAFT
        return super().get_context_data(
            rows=rows, hidden=hidden, before=before_opening(self.ballot) if draft else None, **context
        )


class Results(BallotMixin, CouncilPage, DetailView):
    """Numbers of R-24 per candidate, and the papers by receipt: after the count alone, nothing of whom he must not judge."""

    for_preparers = False
    template_name = "awards/sessions/results.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.ballot.state != _B.CLOSED:
            return HttpResponseRedirect(self.ballot.get_absolute_url())
        return super().get(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return f"Kết quả: {self.ballot}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows, hidden = self.candidates()
        rule = rule_of(self.ballot)
        left = (
            any(row.passed is False for row in rows)
            and not self.ballot.next_rounds.exclude(state=_B.CANCELLED).exists()
        )
        return super().get_context_data(
            rows=rows,
            hidden=hidden,
            results=[_shown(row) for row in rows],
            basis=f"Mẫu số: {rule.base}; ngưỡng: {rule.passes}. Tỷ lệ cắt đến hai số lẻ, so với ngưỡng bằng số nguyên.",
            sheets=self._sheets(rows) if self.ballot.secret else [],
            late=sum(self.ballot.pk in row.late_for for row in self.meeting.opinions.all()),
            may_go_on=self.is_preparer and left and self.meeting.status == CommitteeMeeting.Status.OPEN,
            rounds_left=self.ballot.round < rule.parameters["max_rounds"],
            **context,
        )

    def _sheets(self, rows: list[BallotCandidate]) -> list[dict[str, Any]]:
        """The papers of each group; a group is seen whole or not at all, for the same people are kept from all of it."""
        papers: dict[int, list[Any]] = {}
        for paper in self.ballot.papers.order_by("group", "receipt"):
            papers.setdefault(paper.group, []).append(paper)
        groups: dict[int, list[BallotCandidate]] = {}
        for row in rows:
            groups.setdefault(row.group, []).append(row)
        return [
            {
                "candidates": found,
                "papers": [
                    (readable(paper.receipt), [_WORDS[paper.choices[str(row.pk)]] for row in found])
                    for paper in papers.get(group, [])
                ],
            }
            for group, found in groups.items()
        ]


def _shown(row: BallotCandidate) -> tuple[BallotCandidate, dict[str, Any], str]:
    found = row.result
    return row, {**found, "there": found["present"] + found["proxies"]}, found["share"].replace(".", ",")


class HandsMixin(BallotMixin):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.ballot is not None and self.is_preparer and (self.ballot.secret or self.ballot.state != _B.OPEN):
            return HttpResponseRedirect(self.ballot.get_absolute_url())
        return super().dispatch(request, *args, **kwargs)


class Hands(HandsMixin, CouncilPage, FormErrorsMixin, FormView):
    """Sums of a show of hands."""

    template_name = "awards/sessions/hands.html"
    form_class = HandsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "candidates": self.candidates()[0]}

    def form_valid(self, form: HandsForm) -> HttpResponse:
        for row, ayes, nays in form.sums():
            record_sums(row, actor=self.request.user, ayes=ayes, nays=nays)
        return HttpResponseRedirect(self.meeting.get_absolute_url())


class Names(HandsMixin, CouncilPage, FormErrorsMixin, FormView):
    """A show of hands by name, for one candidate."""

    template_name = "layouts/form.html"
    form_class = NamesForm

    @property
    def candidate(self) -> BallotCandidate:
        hidden = kept_from(self.request.user, self.meeting)
        rows = self.ballot.candidates.exclude(nomination__in=hidden).select_related("ballot__meeting", "nomination")
        return get_object_or_404(rows, pk=self.kwargs["candidate"])

    def get_page_title(self) -> str:
        return f"Biểu quyết theo tên: {self.candidate.nomination.name}"

    def get_form_kwargs(self) -> dict[str, Any]:
        row = self.candidate
        noted = dict(row.open_votes.values_list("member", "choice"))
        seats = [one.member for one in electorate_of(row)]
        return {**super().get_form_kwargs(), "seats": seats, "noted": noted}

    def form_valid(self, form: NamesForm) -> HttpResponse:
        record_names(self.candidate, form.choices(), actor=self.request.user)
        return HttpResponseRedirect(reverse("council:hands", args=[self.ballot.pk]))


# --- moves --------------------------------------------------------------------------------------------------------------
class BallotMove(BallotMixin, CouncilAccess, ActionView):
    def get_record(self) -> Ballot:
        if self.ballot is None:
            raise PermissionDenied
        return self.ballot

    def get_success_url(self, record: Ballot) -> str:
        return self.meeting.get_absolute_url()


class OpenBallot(BallotMove):
    success_message = "Đã mở lượt bỏ phiếu."

    def act(self, record: Ballot) -> Ballot:
        return open_ballot(record, actor=self.request.user, accept_few=bool(self.request.POST.get("accept_few")))


class CancelBallot(BallotMove):
    success_message = "Đã hủy lượt bỏ phiếu. Phiếu đã bỏ (nếu có) không được mở ra."

    def act(self, record: Ballot) -> Ballot:
        return cancel_ballot(record, actor=self.request.user, note=self.note)


class NextRound(BallotMove):
    success_message = "Đã lập vòng bỏ phiếu tiếp theo. Xem lại rồi mở."

    def act(self, record: Ballot) -> Ballot:
        return next_round(record, actor=self.request.user)

    def get_success_url(self, record: Ballot) -> str:
        return record.get_absolute_url()
