"""Pages of the register of models: the list, one model, its moves."""

from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, View

from dvk_portal.core import audit
from dvk_portal.core.templatetags.ui import query_with
from dvk_portal.core.views import ActionView, FilteredListView, PageTitleMixin, Where
from pledges.exports import attachment
from pledges.forms.exemplary.register import ModelFilter
from pledges.models import ExemplaryModel, Field, Pledge
from pledges.registersheet import register_book
from pledges.services.contests import region as contest
from pledges.services.exemplary import publishing, recognition, register, replication, resemblance, takeover
from pledges.services.exemplary.counts import Counted
from pledges.services.exemplary.pictures import may_illustrate
from pledges.views.exemplary.whereabouts import place_of, words_of
from pledges.workflows import MODEL
from units import access

Status = ExemplaryModel.Status
# The way of every model; what lies to the side of a step or follows the last one is told in words.
PATH = [(value, value.label) for value in (Status.DRAFT, Status.REGISTERED, Status.APPRAISED, Status.RECOGNISED)]
STEP = {
    Status.MORE_INFORMATION: Status.REGISTERED,
    Status.NOT_RECOGNISED: Status.APPRAISED,
    **dict.fromkeys(ExemplaryModel.STANDING, Status.RECOGNISED),
}
WORDS = {name: move.label for name, move in MODEL.transitions.items()} | {"create": "Lập bản nháp"}


class ModelList(FilteredListView):
    page_title = "Sổ mô hình “Dân vận khéo”"
    page_subtitle = "Mô hình, điển hình đã đăng ký: của ai, ở đâu, đang đến bước nào."
    template_name = "pledges/models/register/list.html"
    partial_template_name = "pledges/models/register/_list.html"
    filterset_class = ModelFilter
    sort_fields = {
        "number": "register_no",
        "name": "name",
        "unit": "unit__sort_key",
        "field": "field__order",
        "status": "status",
        "since": "registered_on",
    }
    default_sort = "-since"
    empty_title = "Sổ chưa có mô hình nào"
    empty_text = "Mô hình hiện ở đây khi đơn vị đăng ký."

    def get_empty_action(self) -> tuple[str, str]:
        may_write = access.can(self.request.user, "model.edit")
        return ("Đăng ký mô hình đầu tiên", reverse("model-create")) if may_write else ("", "")

    def get_queryset(self) -> QuerySet:
        return ExemplaryModel.objects.visible_to(self.request.user).with_names()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user = self.request.user
        context = super().get_context_data(
            may_write=access.can(user, "model.edit"),
            waiting=takeover.successors_waiting(user),
            export_url=reverse("model-export") + query_with(self.request.GET, page=None, size=None),
            **context,
        )
        return context | {"balance": self._balance(), "counting": self._counting(context["total"])}

    def _balance(self) -> list[tuple[Field, int, str]]:
        """How many per field under the other conditions of the filter, each opening its list."""
        data = self.filter.data.copy()
        data.pop("field", None)
        rows = ModelFilter(data, queryset=ExemplaryModel.objects.visible_to(self.request.user), request=self.request).qs
        counts = dict(rows.order_by().values_list("field").annotate(n=Count("pk", distinct=True)))
        return [
            (row, counts.get(row.pk, 0), query_with(self.request.GET, field=row.pk, page=None))
            for row in Field.objects.all()
            if row.pk in counts
        ]

    def _counting(self, total: int) -> str:
        counted = self.filter.counted
        return words_of(counted, total, self._times(counted)) if counted else ""

    def _times(self, counted: Counted) -> int | None:
        """A model that three units took over was replicated three times: the count that reports use."""
        if counted.measure != "replicated":
            return None
        units = self.filter.qs.order_by().values_list("unit", flat=True).distinct()
        return sum(counted.by_unit(units).values())


class ModelExport(PermissionRequiredMixin, View):
    """The lines of the list, with its filter and order, as an Excel file."""

    permission_required = "model.view"
    raise_exception = True
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        page = ModelList(request=request)
        rows = ModelFilter(request.GET, queryset=page.get_queryset(), request=request).qs
        data = register_book(page.order(rows))
        return attachment(data, f"so-mo-hinh-{timezone.localdate():%Y%m%d}")


class ModelPageMixin(PageTitleMixin):
    """A page about one model that the person may see; anybody else's is not found."""

    model = ExemplaryModel

    def get_queryset(self) -> QuerySet:
        return ExemplaryModel.objects.visible_to(self.request.user).with_names()

    def get_page_title(self) -> str:
        return self.object.name

    def get_page_subtitle(self) -> str:
        row = self.object
        number = f"Số {row.register_no}" if row.register_no else "Chưa có số đăng ký"
        return f"{row.get_kind_display()} · {row.unit.name} · {number}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Sổ mô hình", reverse("model-list"))]

    def get_where(self) -> Where:
        return place_of(self.object)


class ModelDetail(ModelPageMixin, DetailView):
    template_name = "pledges/models/register/detail.html"
    context_object_name = "record"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        model, user = self.object, self.request.user
        may_edit = register.may_edit(model, user)
        return super().get_context_data(
            resemblance=resemblance.region(model, user),
            recognition=recognition.region(model, user),
            replication=replication.region(model, user),
            publicity=publishing.region(model, user),
            contest=contest.region(model, user),
            moves=register.available_moves(model, user),
            may_edit=may_edit,
            may_illustrate=may_illustrate(model, user),
            missing=register.missing_parts(model) if may_edit else [],
            pledge=self._pledge(),
            path=[] if model.status in ExemplaryModel.OVER else PATH,
            step=STEP.get(Status(model.status), model.status),
            entries=audit.trail(model),
            words=WORDS,
            **_told(model),
            **context,
        )

    def _pledge(self) -> Pledge | None:
        """What the unit pledged in the campaign that the model belongs to."""
        if self.object.campaign is None:
            return None
        pledges = Pledge.objects.visible_to(self.request.user)
        return pledges.filter(
            participation__campaign=self.object.campaign, participation__unit=self.object.unit
        ).first()


class ModelSheet(ModelPageMixin, DetailView):
    """The model on one sheet of paper, for a meeting."""

    template_name = "pledges/models/register/sheet.html"
    context_object_name = "record"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), (self.object.name, self.object.get_absolute_url())]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        granted = self.object.recognitions.granted().select_related("level", "batch").order_by("year", "level__order")
        return super().get_context_data(granted=list(granted), **_told(self.object), **context)


_TEXTS = ("situation", "objective", "method", "resources", "output")


def _told(model: ExemplaryModel) -> dict[str, Any]:
    """What the model says of itself, beside its facts."""
    return {
        "texts": [(_label(name), getattr(model, name)) for name in _TEXTS if getattr(model, name)],
        "indicators": list(model.indicators.all()),
        "pictures": list(model.pictures.filter(visit=None)),
    }


def _label(name: str) -> str:
    text = str(ExemplaryModel._meta.get_field(name).verbose_name)
    return text[:1].upper() + text[1:]


class ModelMove(ActionView):
    def get_record(self) -> ExemplaryModel:
        return get_object_or_404(ExemplaryModel.objects.visible_to(self.request.user), pk=self.kwargs["pk"])


class ModelRegister(ModelMove):
    def act(self, record: ExemplaryModel) -> ExemplaryModel:
        return register.register_model(record, actor=self.request.user, day=timezone.localdate())

    def get_success_message(self, record: ExemplaryModel) -> str:
        return f"Đã đăng ký mô hình vào sổ, số {record.register_no}."


class ModelSupplement(ModelMove):
    success_message = "Đã gửi lại mô hình để thẩm định."

    def act(self, record: ExemplaryModel) -> ExemplaryModel:
        return register.supplement_model(record, actor=self.request.user)


class ModelRegisterAgain(ModelMove):
    success_message = "Đã đăng ký lại mô hình; số trong sổ giữ nguyên."

    def act(self, record: ExemplaryModel) -> ExemplaryModel:
        return register.register_again(record, actor=self.request.user)


class ModelAskMore(ModelMove):
    success_message = "Đã yêu cầu đơn vị bổ sung."

    def act(self, record: ExemplaryModel) -> ExemplaryModel:
        return register.ask_more(record, actor=self.request.user, note=self.note)


class ModelWithdraw(ModelMove):
    success_message = "Đã rút mô hình."

    def act(self, record: ExemplaryModel) -> ExemplaryModel:
        return register.withdraw_model(record, actor=self.request.user, note=self.note, day=timezone.localdate())
