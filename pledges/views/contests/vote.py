"""The people's vote, without signing in. No page tells who voted, how many, or whether a mailbox has."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.lookup import PublicPage
from dvk_portal.core.visitors import source_address
from pledges.forms.contests import VoteForm
from pledges.models import Contest, ContestEntry
from pledges.services.contests.voting import ask_for_vote, confirm_vote, read_link, tally

FOLDER = "pledges/models/contests"


class VotePage(PublicPage):
    """A page of one contest with a public vote; of no other is there anything to find."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        rows = Contest.objects.open_to_public().select_related("owner")
        self.contest = get_object_or_404(rows, code=kwargs["code"])

    def entries(self) -> QuerySet[ContestEntry]:
        """In an order that favours nobody and stays the same: by code."""
        return self.contest.entries.listed().select_related("unit", "field").order_by("code")

    def show(self, request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
        now = timezone.now()
        own = {
            "contest": self.contest,
            "page_title": self.contest.title,
            "votes_on": self.contest.votes_on(now),
            "over": self.contest.vote_is_over(now),
        }
        return render(request, f"{FOLDER}/{template}.html", {**own, **context}, status=status)


class Vote(VotePage):
    """The entries; after the vote, how many votes each had, and the prize once the jury's result is published."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        votes = tally(self.contest, now=timezone.now())
        entries = list(self.entries())
        if votes is not None:
            entries.sort(key=lambda entry: -votes.get(entry.pk, 0))
        return self.show(
            request, "vote", entries=[(entry, votes.get(entry.pk, 0) if votes is not None else None) for entry in entries],
            published=self.contest.status == Contest.Status.CLOSED,
            page_subtitle=f"{self.contest.owner} tổ chức",
        )  # fmt: skip


class VoteEntry(VotePage):
    """One entry and the form: a mailbox, and nothing else, is asked for."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.entry = get_object_or_404(self.entries(), code=kwargs["entry"])

    def get(self, request: HttpRequest, code: str, entry: str) -> HttpResponse:
        return self.page(request, VoteForm())

    def post(self, request: HttpRequest, code: str, entry: str) -> HttpResponse:
        form = VoteForm(request.POST)
        if not form.is_valid():
            return self.page(request, form)
        try:
            ask_for_vote(
                self.entry, address=form.cleaned_data["email"], source=source_address(request), now=timezone.now()
            )
        except DomainError as error:
            form.add_error("email", ValidationError(error.message))
            return self.page(request, form)
        return redirect("vote-sent", self.contest.code)

    def page(self, request: HttpRequest, form: VoteForm) -> HttpResponse:
        back = reverse("vote", args=[self.contest.code])
        return self.show(request, "vote_entry", entry=self.entry, form=form, back=back, page_title=self.entry.title)


class VoteSent(VotePage):
    """The same words for everybody."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.show(request, "vote_sent", page_title="Hãy mở hộp thư của bạn")


class VoteConfirm(VotePage):
    """The link of the letter. Opening it changes nothing, because mail scanners open links; the button counts the vote."""

    def get(self, request: HttpRequest, code: str, token: str) -> HttpResponse:
        try:
            link = read_link(self.contest, token)
        except DomainError as error:
            return self.refuse(request, error)
        return self.show(request, "vote_confirm", entry=link.entry, page_title="Xác nhận phiếu bình chọn")

    def post(self, request: HttpRequest, code: str, token: str) -> HttpResponse:
        try:
            link = read_link(self.contest, token)
            counted = confirm_vote(link, now=timezone.now())
        except DomainError as error:
            return self.refuse(request, error)
        title = "Cảm ơn bạn đã bình chọn" if counted else "Hộp thư này đã bình chọn"
        return self.show(request, "vote_done", entry=link.entry, counted=counted, page_title=title)

    def refuse(self, request: HttpRequest, error: DomainError) -> HttpResponse:
        title = "Chưa xác nhận được"
        return self.show(request, "vote_refused", status=410, refusal=error.message, page_title=title)
