"""Entries: the list, one entry, entering and changing it, withdrawing, disqualifying, consent."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView

from dvk_portal.core import audit
from dvk_portal.core.numbers import parse_id
from dvk_portal.core.views import FilteredListView, FormErrorsMixin, PageTitleMixin
from pledges.forms.contests import EntryFilter, EntryForm
from pledges.models import Contest, ContestEntry, ExemplaryModel
from pledges.services.contests.entries import (
    disqualify_entry,
    edit_entry,
    enter_contest,
    entering_units,
    may_disqualify,
    may_edit_entry,
    may_withdraw,
    models_to_enter,
    set_consent,
    takes_entries,
    withdraw_entry,
)
from pledges.services.contests.judging import entries_to_judge, juror_of, open_round_of
from pledges.services.contests.results import lines_of_entry
from pledges.views.contests.pages import ContestPageMixin, EntryMove, entry_of


class EntryList(ContestPageMixin, FilteredListView):
    page_title = "Bài dự thi"
    template_name = "layouts/list.html"
    partial_template_name = "pledges/models/contests/_entries.html"
    filterset_class = EntryFilter
    sort_fields = {"title": "title", "unit": "unit__sort_key", "status": "status"}
    default_sort = "unit"
    empty_title = "Chưa có bài dự thi nào"
    empty_text = "Bài của đơn vị bạn hiện ở đây sau khi nộp; trước khi công bố, mỗi đơn vị chỉ thấy bài của mình."

    def get_queryset(self) -> QuerySet:
        return ContestEntry.objects.visible_to(self.request.user).filter(contest=self.contest).with_names()


class EntryPageMixin(PageTitleMixin):
    """A page about one entry that the person may see; anybody else's is not found."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.entry = entry_of(request, kwargs["pk"])
        self.contest: Contest = self.entry.contest

    def get_page_subtitle(self) -> str:
        return f"{self.entry.unit} – {self.contest.title}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Hội thi", reverse("contest-list")), (self.contest.title, self.contest.get_absolute_url())]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(entry=self.entry, contest=self.contest, **context)


class EntryDetail(EntryPageMixin, TemplateView):
    template_name = "pledges/models/contests/entry.html"

    def get_page_title(self) -> str:
        return self.entry.title

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        entry, user, today = self.entry, self.request.user, timezone.localdate()
        open_round = open_round_of(self.contest) if juror_of(self.contest, user) else None
        model = entry.model
        shows_model = model is not None and ExemplaryModel.objects.visible_to(user).filter(pk=model.pk).exists()
        return super().get_context_data(
            may_edit=may_edit_entry(entry, user, today),
            may_withdraw=may_withdraw(entry, user),
            may_disqualify=may_disqualify(entry, user),
            may_consent=self.contest.public_vote and user.has_perm("model.edit", entry),
            may_judge=open_round is not None and entries_to_judge(open_round, user).filter(pk=entry.pk).exists(),
            model_url=model.get_absolute_url() if shows_model else "",
            results=lines_of_entry(entry, user),
            trail=audit.trail(entry)[:50] if user.has_perm("model.edit", entry) else None,
            **context,
        )


class EntryCreate(ContestPageMixin, FormErrorsMixin, FormView):
    """Chosen from the register (``?mo-hinh=``, prefilled) or new."""

    form_class = EntryForm
    template_name = "pledges/models/contests/entry_create.html"
    page_title = "Nộp bài dự thi"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.units = entering_units(self.contest, request.user).order_by("sort_key")
        if not self.units.exists():
            raise PermissionDenied
        if not takes_entries(self.contest, self.today):
            messages.info(request, "Hội thi lúc này không nhận bài.")
            return redirect(self.contest)
        self.models = models_to_enter(self.contest, self.units)
        asked = parse_id(request.GET.get("mo-hinh", ""))
        self.chosen = self.models.filter(pk=asked).first() if asked else None
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        if self.chosen is None:
            return {}
        model = self.chosen
        parts = (model.situation, model.method, model.output)
        return {
            "unit": model.unit_id,
            "model": model.pk,
            "title": model.name[:200],
            "field": model.field_id,
            "presenter": model.subject[:150],
            "summary": "\n\n".join(part for part in parts if part)[:3000],
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"units": self.units, "models": self.models, "day": self.today, "contest": self.contest}
        return {**super().get_form_kwargs(), **own}

    def form_valid(self, form: EntryForm) -> HttpResponse:
        unit = form.cleaned_data["unit"]
        entry = enter_contest(self.contest, actor=self.request.user, unit=unit, today=self.today, **form.values)
        messages.success(self.request, "Đã nộp bài dự thi. Bài sửa và rút được cho đến hết hạn nhận bài.")
        return redirect(entry)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        offered = self.models.order_by("-registered_on", "-pk")[:20] if self.chosen is None else []
        return super().get_context_data(offered=offered, chosen=self.chosen, **context)


class EntryEdit(EntryPageMixin, FormErrorsMixin, FormView):
    form_class = EntryForm
    template_name = "layouts/form.html"
    page_title = "Sửa bài dự thi"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("model.edit", self.entry):
            raise PermissionDenied
        if not may_edit_entry(self.entry, request.user, timezone.localdate()):
            messages.info(request, "Bài dự thi lúc này không sửa được.")
            return redirect(self.entry)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        units = entering_units(self.contest, self.request.user).filter(pk=self.entry.unit_id)
        own = ExemplaryModel.objects.filter(pk=self.entry.model_id)
        return {
            **super().get_form_kwargs(),
            "instance": ContestEntry.objects.get(pk=self.entry.pk),
            "units": units,
            "models": models_to_enter(self.contest, units) | own.with_names(),
            "day": timezone.localdate(),
            "contest": self.contest,
        }

    def get_form(self, form_class: Any = None) -> EntryForm:
        form = super().get_form(form_class)
        form.submit_label = "Lưu bài dự thi"
        return form

    def form_valid(self, form: EntryForm) -> HttpResponse:
        edit_entry(self.entry, actor=self.request.user, today=timezone.localdate(), **form.values)
        messages.success(self.request, "Đã lưu bài dự thi.")
        return redirect(self.entry)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.entry.get_absolute_url(), **context)


class EntryWithdraw(EntryMove):
    success_message = "Đã rút bài dự thi."

    def act(self, record: ContestEntry) -> ContestEntry:
        return withdraw_entry(record, actor=self.request.user, note=self.note)


class EntryDisqualify(EntryMove):
    success_message = "Đã loại bài dự thi. Đơn vị đã được báo tin."

    def act(self, record: ContestEntry) -> ContestEntry:
        return disqualify_entry(record, actor=self.request.user, note=self.note)


class EntryConsent(EntryMove):
    """POST ``agreed`` = "1" to allow the public page, anything else to take that back."""

    def act(self, record: ContestEntry) -> ContestEntry:
        return set_consent(record, actor=self.request.user, agreed=self.request.POST.get("agreed") == "1")

    def get_success_message(self, record: ContestEntry) -> str:
        return "Bài hiện ở trang bình chọn." if record.public_consent else "Bài không còn ở trang bình chọn."
