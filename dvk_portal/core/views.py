"""Bases of the portal's views: title and place of a page, lists that keep their filter, moves by POST."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import ListView, TemplateView, View
from django_htmx.http import HttpResponseClientRedirect

from dvk_portal.core import samples
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.templatetags.ui import PAGE_SIZES


@dataclass(frozen=True)
class Where:
    """Where a record is, who holds it since when, what comes next and until when (practice.md §13)."""

    holder: str = ""
    next_step: str = ""
    since: datetime.date | datetime.datetime | None = None
    due: datetime.date | datetime.datetime | None = None
    status: models.Model | None = None


class PageTitleMixin:
    """Title, subtitle, breadcrumbs and the line "đang ở – bước sau" of a page."""

    page_title = ""
    page_subtitle = ""
    breadcrumbs: tuple[tuple[str, str], ...] = ()
    where: Where | None = None

    def get_page_title(self) -> str:
        return self.page_title

    def get_page_subtitle(self) -> str:
        return self.page_subtitle

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return list(self.breadcrumbs)

    def get_where(self) -> Where | None:
        return self.where

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        own = {
            "page_title": self.get_page_title(),
            "page_subtitle": self.get_page_subtitle(),
            "breadcrumbs": [("Trang chủ", "/"), *self.get_breadcrumbs()],
            "where": self.get_where(),
        }
        return super().get_context_data(**{**own, **context})


class FormErrorsMixin:
    """A rule that the service refuses becomes the form's error summary."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except DomainError as error:
            form = self.get_form()
            form.is_valid()
            form.add_domain_error(error)
            return self.form_invalid(form)


class FilteredListView(PageTitleMixin, ListView):
    """A list with filter, search, order and paging, all in the address, so that Back and a sent link show the same.

    ``sort_fields`` maps the name in the address to a field; ``default_sort`` is such a name. htmx gets the partial alone.
    """

    filterset_class: Any = None
    partial_template_name = ""
    sort_fields: dict[str, str] = {}
    default_sort = ""
    empty_title = "Không có dòng nào"
    empty_text = ""
    empty_action: tuple[str, str] = ("", "")  # label and address of the button that begins
    context_object_name = "object_list"
    filter: Any = None

    def get_filterset(self, queryset: models.QuerySet) -> Any:
        return self.filterset_class(self.request.GET, queryset=queryset, request=self.request)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        queryset = self.get_queryset()
        if self.filterset_class:
            self.filter = self.get_filterset(queryset)
            queryset = self.filter.qs
        self.object_list = self.order(queryset)
        response = self.render_to_response(self.get_context_data())
        # The same address answers with a page or with its part: caches must not mix them.
        patch_vary_headers(response, ["HX-Request"])
        if self.is_partial:
            response["Cache-Control"] = "no-store"
        return response

    def order(self, queryset: models.QuerySet) -> models.QuerySet:
        name = self.request.GET.get("sort") or self.default_sort
        field = self.sort_fields.get(name.removeprefix("-"))
        if not field:
            return queryset if queryset.ordered else queryset.order_by("pk")
        expression = (
            models.F(field).desc(nulls_last=True) if name.startswith("-") else models.F(field).asc(nulls_last=True)
        )
        return queryset.order_by(expression, "pk")

    @property
    def is_partial(self) -> bool:
        htmx = self.request.htmx
        return bool(self.partial_template_name and htmx and not htmx.boosted and not htmx.history_restore_request)

    def get_template_names(self) -> list[str]:
        return ["layouts/_list.html"] if self.is_partial else [self.template_name or "layouts/list.html"]

    def get_paginate_by(self, queryset: models.QuerySet) -> int:
        asked = self.request.GET.get("size", "")
        return int(asked) if asked in map(str, PAGE_SIZES) else PAGE_SIZES[0]

    def paginate_queryset(self, queryset: models.QuerySet, page_size: int) -> tuple[Any, Any, Any, bool]:
        paginator = self.get_paginator(queryset, page_size)
        # A page that no longer exists (rows left meanwhile) shows the last one instead of an error.
        page = paginator.get_page(self.request.GET.get("page"))
        return paginator, page, page.object_list, page.has_other_pages()

    def get_empty_action(self) -> tuple[str, str]:
        return self.empty_action

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        context.update(
            filter=self.filter,
            total=context["paginator"].count,
            partial_template_name=self.partial_template_name,
            is_partial=self.is_partial,
            is_filtered=bool(self.filter and any(self.request.GET.get(name) for name in self.filter.form.fields)),
            empty_title=self.empty_title,
            empty_text=self.empty_text,
            empty_action=self.get_empty_action(),
        )
        return context


class ActionView(View):
    """One move by POST: the service decides, the person reads what happened, and is back where he was."""

    http_method_names = ["post"]
    success_message = ""
    success_url = ""

    def get_record(self) -> Any:
        raise ImproperlyConfigured(f"{type(self).__name__} must define get_record().")

    def act(self, record: Any) -> Any:
        raise ImproperlyConfigured(f"{type(self).__name__} must define act().")

    @property
    def note(self) -> str:
        # A NUL, which no keyboard types, PostgreSQL refuses with an error of its own.
        return self.request.POST.get("note", "").replace("\0", "")

    def get_success_message(self, record: Any) -> str:
        return self.success_message

    def get_success_url(self, record: Any) -> str:
        return str(self.success_url)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self.get_record()
        try:
            result = self.act(record)
        except DomainError as error:
            messages.error(request, describe(error))
            return self.leave(self.back_url(record))
        result = record if result is None else result
        if sentence := self.get_success_message(result):
            messages.success(request, sentence)
        return self.leave(self.get_success_url(result) or self.back_url(record))

    def back_url(self, record: Any) -> str:
        """POST "next" when it is an address of this portal, else the record's page, else the home page."""
        asked = self.request.POST.get("next", "")
        if asked and url_has_allowed_host_and_scheme(asked, {self.request.get_host()}, self.request.is_secure()):
            return asked
        return record.get_absolute_url() if hasattr(record, "get_absolute_url") else "/"

    def leave(self, url: str) -> HttpResponse:
        return HttpResponseClientRedirect(url) if self.request.htmx else HttpResponseRedirect(url)


def describe(error: DomainError) -> str:
    """A refused rule with its findings, as the text of a flash message."""
    if not error.findings:
        return error.message
    listed = format_html_join("", "<li>{}</li>", ((finding,) for finding in error.findings))
    return format_html("<p>{}</p><ul>{}</ul>", error.message, listed)


class ComponentsPage(PermissionRequiredMixin, PageTitleMixin, TemplateView):
    """All components in all states, with plausible data (docs/design.md)."""

    permission_required = "portal.components"
    raise_exception = True
    template_name = "core/components.html"
    page_title = "Giao diện: các thành phần"
    page_subtitle = "Mọi thành phần của cổng ở mọi trạng thái, để dựng và để soát."

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**samples.context(self.request), **context)

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Quản trị", reverse("admin:index"))]
