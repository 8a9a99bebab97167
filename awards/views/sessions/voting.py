"""The paper on the screen: choose, read over, cast, keep the receipt.

Nothing of it is stored by these pages: no session, no message, no redirect that would carry a receipt in an address or a
history. The answer to the cast is the receipt itself, which no cache may keep.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.generic import TemplateView

from awards.forms.sessions import VoteForm
from awards.models import Ballot
from awards.services.sessions.voting import cast_ballot, new_ticket, sheet_for
from awards.views.council.pages import CouncilPage
from awards.views.sessions.ballots import BallotMixin
from dvk_portal.core.exceptions import DomainError

REVIEW, CHANGE, CAST = "review", "change", "cast"


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class Vote(BallotMixin, CouncilPage, TemplateView):
    """For who has a vote in this ballot; whoever has none does not find it."""

    for_preparers = False
    permission = "council.vote"
    http_method_names = ["get", "post"]
    template_name = "awards/sessions/vote.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("council.vote"):
            raise PermissionDenied
        self.sheet = sheet_for(self.ballot, request.user) if self.ballot is not None else None
        if self.sheet is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return f"Bỏ phiếu: {self.ballot}"

    def get_page_subtitle(self) -> str:
        member = self.sheet.turnout.member
        return f"Dự thay {member}" if member.user_id != self.request.user.pk else ""

    @property
    def is_open(self) -> bool:
        return self.ballot.state == Ballot.State.OPEN and self.meeting.status == self.meeting.Status.OPEN

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.sheet.turnout.voted:
            return self.page("awards/sessions/voted.html")
        if not self.is_open:
            return self.page("awards/sessions/vote_closed.html")
        form = VoteForm(sheet=self.sheet, initial={"ticket": new_ticket(self.sheet)})
        return self.page("awards/sessions/vote.html", form=form)

    @sensitive_variables()
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        step = request.POST.get("step", REVIEW)
        form = VoteForm(request.POST, sheet=self.sheet)
        if not form.is_valid() or step == CHANGE:
            return self.page("awards/sessions/vote.html", form=form)
        if step != CAST:
            return self.page("awards/sessions/vote_review.html", form=form)
        try:
            receipts = cast_ballot(
                self.ballot, actor=request.user, ticket=form.cleaned_data["ticket"], marks=form.marks()
            )
        except DomainError as error:
            return self.page("awards/sessions/vote_refused.html", refusal=error)
        return self.page("awards/sessions/receipt.html", receipts=receipts)

    @sensitive_variables()
    def page(self, template: str, **context: Any) -> HttpResponse:
        self.template_name = template
        return self.render_to_response(self.get_context_data(sheet=self.sheet, **context))
