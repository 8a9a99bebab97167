"""Models that look alike: while one is typed, and the page where an officer decides."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, View

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.numbers import parse_id
from pledges.forms.exemplary.resemblance import DecisionForm, TypedForm
from pledges.models import ExemplaryModel
from pledges.services.exemplary.resemblance import (
    Similar,
    decide_resemblance,
    may_decide,
    next_steps,
    similar_models,
)
from pledges.views.exemplary.register import ModelPageMixin
from units import access
from units.models import Unit


class ModelSimilar(ModelPageMixin, DetailView):
    """What looks like the draft, why, and what is decided about each."""

    template_name = "pledges/models/resemblance/similar.html"
    context_object_name = "record"

    def get_object(self, queryset: Any = None) -> ExemplaryModel:
        model: ExemplaryModel = super().get_object(queryset)
        if not self.request.user.has_perm("model.edit", model):
            raise PermissionDenied
        return model

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), (self.object.name, self.object.get_absolute_url())]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = similar_models(self.object, self.request.user)
        forms = context.pop("forms", {})
        rows = [(row, forms.get(row.model.pk) or DecisionForm(similar=row)) for row in found]
        decided = self.object.resemblances.select_related("other")
        return super().get_context_data(
            rows=rows,
            may_decide=may_decide(self.object, self.request.user),
            waiting=sum(row.decided is None for row in found),
            next_steps=next_steps(decided),
            **context,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        wanted = parse_id(request.POST.get("other", ""))
        similar = next((row for row in similar_models(self.object, request.user) if row.model.pk == wanted), None)
        if similar is None:
            raise Http404
        form = DecisionForm(request.POST, similar=similar)
        if form.is_valid() and self.decide(similar, form):
            return HttpResponseRedirect(reverse("model-similar", args=[self.object.pk]))
        return self.render_to_response(self.get_context_data(forms={similar.model.pk: form}), status=422)

    def decide(self, similar: Similar, form: DecisionForm) -> bool:
        try:
            decide_resemblance(self.object, similar.model, actor=self.request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_domain_error(error)
            return False
        messages.success(self.request, f"Đã ghi kết luận về “{similar.model.name}”.")
        return True


class SimilarTyped(View):
    """The part of the form that shows what looks like what is typed so far."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        record, unit = self.subject()
        typed = TypedForm(request.POST).typed(unit, record.pk if record else None)
        context = {"similar": similar_models(typed, request.user) if typed else [], "record": record, "typed": typed}
        response = render(request, "pledges/models/resemblance/_similar.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def subject(self) -> tuple[ExemplaryModel | None, Unit]:
        """The draft that is being edited, if any, and the unit that it is of."""
        user, data = self.request.user, self.request.POST
        pk = parse_id(data.get("pk", ""))
        if pk is not None:
            record = get_object_or_404(ExemplaryModel.objects.visible_to(user).with_names(), pk=pk)
            if not user.has_perm("model.edit", record):
                raise PermissionDenied
            return record, record.unit
        units = access.scope(Unit.objects.on(timezone.localdate()), user, "model.edit")
        chosen = parse_id(data.get("unit", ""))
        unit = units.filter(pk=chosen).first() if chosen else units.first()
        if unit is None:
            raise PermissionDenied
        return None, unit
