"""The public page of a list: names, posts, units, awards, and a form for comments. No sign-in, nothing else of a person."""

from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from awards.forms.cycles import PublicCommentForm
from awards.models import Publication
from awards.services.cycles.comments import receive_comment
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.lookup import PublicPage
from dvk_portal.core.visitors import source_address

FOLDER = "awards/cycles"


class PublicationPage(PublicPage):
    """A page about one list that is public now; of no other is there anything to find."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        rows = Publication.objects.open_to_public(timezone.localdate()).select_related("cycle__owner")
        self.publication = get_object_or_404(rows, code=kwargs["code"])

    def show(self, template: str, **context: Any) -> HttpResponse:
        own = {
            "publication": self.publication,
            "cycle": self.publication.cycle,
            "today": timezone.localdate(),
            "page_title": "Danh sách đề nghị khen thưởng",
            "page_subtitle": f"{self.publication.cycle.title} – {self.publication.cycle.owner}",
        }
        return render(self.request, f"{FOLDER}/{template}.html", {**own, **context})


class PublicList(PublicationPage):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.page(PublicCommentForm(publication=self.publication))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        form = PublicCommentForm(request.POST, publication=self.publication)
        if not form.is_valid():
            return self.page(form)
        if not form.is_from_a_machine:
            try:
                receive_comment(
                    self.publication, source=source_address(request), today=timezone.localdate(), **form.values
                )
            except DomainError as error:
                form.add_error(None, ValidationError(error.message))
                return self.page(form)
        return redirect("publication-thanks", self.publication.code)

    def page(self, form: PublicCommentForm) -> HttpResponse:
        awards = [
            (award, list(lines)) for award, lines in groupby(self.publication.snapshot, lambda line: line["award"])
        ]
        is_late = timezone.localdate() > self.publication.closes_on
        return self.show("public_list", form=form, awards=awards, is_late=is_late)


class PublicThanks(PublicationPage):
    """The same words for everybody."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.show("public_thanks", page_title="Đã nhận ý kiến")
