"""Publications for comment: making a list public, its comments, extending, closing. For those who handle them only."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import FormView

from awards.forms.cycles import (
    CloseForm,
    CommentFilter,
    CommentForm,
    ExtendForm,
    HandleForm,
    PublicationForm,
)
from awards.services.cycles.comments import enter_comment, handle_comment
from awards.services.cycles.publications import (
    blockers_to_close,
    close_publication,
    extend_publication,
    open_publication,
    planned_opening,
    to_publish,
)
from awards.services.cycles.publicity import least_days, publicity_report, window_sentence
from awards.views.cycles.pages import CyclePageMixin, PublicationPageMixin
from dvk_portal.core.numbers import parse_id
from dvk_portal.core.views import FilteredListView, FormErrorsMixin, Where
from dvk_portal.core.working_days import province_calendar


class PublicationCreate(CyclePageMixin, FormErrorsMixin, FormView):
    permission = "award.open"
    form_class = PublicationForm
    template_name = "awards/cycles/publication_create.html"
    page_title = "Công khai lấy ý kiến"

    def get_initial(self) -> dict[str, Any]:
        opens = planned_opening(self.cycle, self.today)
        return {"opened_on": opens, "working_days": least_days(self.cycle, opens) or 10}

    def form_valid(self, form: PublicationForm) -> HttpResponse:
        publication = open_publication(
            self.cycle, self.ticked, actor=self.request.user, today=self.today, **form.cleaned_data
        )  # fmt: skip
        sentence = window_sentence(publication.opened_on, publication.working_days, province_calendar())
        messages.success(self.request, f"Đã công khai danh sách. {sentence}")
        return redirect("publication-detail", publication.pk)

    @property
    def ticked(self) -> list[int]:
        return [pk for text in self.request.POST.getlist("nomination") if (pk := parse_id(text)) is not None]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = list(to_publish(self.cycle))
        if self.request.method == "POST":
            chosen = set(self.ticked)
        else:
            chosen = {row.pk for row in rows if row.status == row.Status.ELIGIBLE}
        return super().get_context_data(
            rows=rows, chosen=chosen, least=least_days(self.cycle, self.today), **context
        )  # fmt: skip


class PublicationDetail(PublicationPageMixin, FilteredListView):
    """The list as it was published, and its comments."""

    template_name = "awards/cycles/publication.html"
    partial_template_name = "awards/cycles/_comments.html"
    filterset_class = CommentFilter
    sort_fields = {"received": "received_at", "state": "state"}
    default_sort = "-received"
    empty_title = "Chưa có ý kiến nào"
    empty_text = "Ý kiến gửi từ trang công khai hiện ở đây; ý kiến qua thư, điện thoại do cán bộ ghi."

    def get_page_title(self) -> str:
        return str(self.publication)

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return super().get_breadcrumbs()[:2]

    def get_where(self) -> Where:
        row = self.publication
        if row.closed_at:
            return Where(self.cycle.owner.name, "Đã kết thúc công khai; kết quả báo cáo hội đồng", row.closed_at)
        if self.today <= row.closes_on:
            return Where("Nhân dân, các đơn vị", "Góp ý; cơ quan xử lý từng ý kiến", row.opened_on, row.closes_on)
        return Where(self.cycle.owner.name, "Xử lý hết ý kiến, ghi tổng hợp rồi kết thúc công khai", row.closes_on)

    def get_queryset(self) -> QuerySet:
        return self.publication.comments.select_related("nomination", "handled_by")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.publication
        return super().get_context_data(
            window=window_sentence(row.opened_on, row.working_days, province_calendar()),
            missing=blockers_to_close(row, self.today) if row.closed_at is None else [],
            report=publicity_report(self.cycle),
            **context,
        )


class PublicationExtend(PublicationPageMixin, FormErrorsMixin, FormView):
    form_class = ExtendForm
    template_name = "layouts/form.html"
    page_title = "Gia hạn nhận ý kiến"

    def form_valid(self, form: ExtendForm) -> HttpResponse:
        extend_publication(self.publication, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Đã gia hạn nhận ý kiến.")
        return redirect(self.page_url)


class PublicationClose(PublicationPageMixin, FormErrorsMixin, FormView):
    form_class = CloseForm
    template_name = "awards/cycles/publication_close.html"
    page_title = "Kết thúc công khai"

    def form_valid(self, form: CloseForm) -> HttpResponse:
        close_publication(
            self.publication, actor=self.request.user, summary=form.cleaned_data["summary"], today=self.today
        )  # fmt: skip
        messages.success(self.request, "Đã kết thúc công khai. Trang công khai không còn mở được.")
        return redirect(self.page_url)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(missing=blockers_to_close(self.publication, self.today), **context)


class CommentCreate(PublicationPageMixin, FormErrorsMixin, FormView):
    form_class = CommentForm
    template_name = "layouts/form.html"
    page_title = "Ghi ý kiến gửi đến cơ quan"

    def get_initial(self) -> dict[str, Any]:
        return {"received_on": self.today}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "publication": self.publication}

    def form_valid(self, form: CommentForm) -> HttpResponse:
        enter_comment(self.publication, actor=self.request.user, today=self.today, **form.cleaned_data)
        messages.success(self.request, "Đã ghi ý kiến.")
        return redirect(self.page_url)


class CommentHandle(PublicationPageMixin, FormErrorsMixin, FormView):
    """One comment in full, and what came of it."""

    form_class = HandleForm
    template_name = "awards/cycles/comment.html"
    page_title = "Xử lý ý kiến"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        rows = self.publication.comments.select_related("nomination__recipient", "handled_by", "publication")
        self.comment = get_object_or_404(rows, pk=kwargs["comment"])

    def get_initial(self) -> dict[str, Any]:
        state = "" if self.comment.state == "open" else self.comment.state
        return {"state": state, "result": self.comment.result}

    def form_valid(self, form: HandleForm) -> HttpResponse:
        handle_comment(self.comment, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Đã lưu kết quả xử lý.")
        return redirect(self.page_url)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        about = self.comment.nomination
        may_hold = about is not None and self.request.user.has_perm("award.integrity", about.recipient)
        return super().get_context_data(comment=self.comment, about=about, may_hold=may_hold, **context)
