"""The try-out calculator: type figures for one criterion, see points and reasons. Nothing is stored."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.views.generic import TemplateView

from campaigns.forms.scheme_trial import TrialForm
from campaigns.forms.schemes import shown_number
from campaigns.scoring import editing
from campaigns.scoring.engine import evaluate
from campaigns.scoring.inputs import BadInput
from campaigns.scoring.schemefile import FORMAT, load_scheme
from campaigns.scoring.types import Scheme as ScoringScheme
from campaigns.views.schemes import SchemeAccess


def scheme_of_leaf(document: editing.Document, leaf: editing.Document) -> ScoringScheme | None:
    """A table that holds this criterion alone, so that it can be tried while the rest is not finished."""
    alone = {
        "format": FORMAT,
        "code": "thu",
        "version": "1",
        "title": "thử",
        "base": leaf.get("max"),
        "sections": [leaf],
    }
    return load_scheme(alone | ({"rounding": document["rounding"]} if "rounding" in document else {}))[0]


class SchemeTrial(SchemeAccess, TemplateView):
    template_name = "campaigns/schemes/trial.html"
    page_title = "Tính thử điểm"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        self.record = self.get_scheme()
        try:
            self.leaf = editing.node_at(self.record.document, editing.read_place(self.kwargs["place"]))
        except editing.NoSuchPlaceError as error:
            raise Http404("Mục này không còn trong bảng.") from error
        scheme = None if self.leaf.get("children") else scheme_of_leaf(self.record.document, self.leaf)
        form, result = None, None
        if scheme is not None:
            form = TrialForm(self.request.GET or None, scheme=scheme, leaf=scheme.sections[0])
            result = self.result(scheme, form)
        return super().get_context_data(
            **{**context, "scheme": self.record, "leaf": self.leaf, "form": form, "result": result},
            maximum=f"trên {shown_number(self.leaf.get('max'))} điểm chuẩn",
        )

    @staticmethod
    def result(scheme: ScoringScheme, form: TrialForm) -> Any:
        """The line of the criterion; None when nothing was asked or the input cannot be taken."""
        if not form.is_bound or not form.is_valid():
            return None
        try:
            return evaluate(scheme, form.inputs()).by_code[scheme.sections[0].code]
        except BadInput as error:
            form.add_error(None, error.message)
            return None

    def get_page_subtitle(self) -> str:
        return f"{self.leaf.get('code') or ''}. {self.leaf.get('title') or ''}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), (self.record.title, reverse("scheme-detail", args=[self.record.pk]))]
