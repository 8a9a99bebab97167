"""Pages of recipients: the list, one recipient with its years, awards, initiatives and what comes next."""

from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, View

from awards.forms.recipients import RecipientFilter
from awards.models import Initiative, Recipient, RecipientKind
from awards.services.recipients.integrity import sees_integrity
from awards.services.recipients.page import ahead_of, awards_of, initiatives_of
from awards.services.recipients.register import may_write
from awards.services.recipients.sheet import recipient_book
from dvk_portal.core.files import serve
from dvk_portal.core.templatetags.ui import query_with
from dvk_portal.core.views import FilteredListView, PageTitleMixin
from pledges.exports import attachment

YEARS, AWARDS, IDEAS, AHEAD, INTEGRITY = "nam", "khen-thuong", "sang-kien", "sap-toi", "xu-ly"
TABS = [
    (YEARS, "Kết quả từng năm"),
    (AWARDS, "Khen thưởng"),
    (IDEAS, "Sáng kiến, đề tài"),
    (AHEAD, "Gợi ý sắp tới"),
    (INTEGRITY, "Kỷ luật, tạm dừng xét"),
]


class RecipientList(FilteredListView):
    page_title = "Tập thể, cá nhân"
    page_subtitle = "Ai được đề nghị khen thưởng, kết quả từng năm và khen thưởng đã có."
    template_name = "awards/recipients/list.html"
    partial_template_name = "awards/recipients/_list.html"
    filterset_class = RecipientFilter
    sort_fields = {"name": "sort_key", "unit": "unit__sort_key", "kind": "kind"}
    default_sort = "name"
    empty_title = "Chưa có tập thể, cá nhân nào"
    empty_text = "Thêm người, tập thể của đơn vị để theo dõi kết quả từng năm và lập hồ sơ khen thưởng."

    def get_empty_action(self) -> tuple[str, str]:
        return ("Thêm tập thể, cá nhân", reverse("recipient-create")) if may_write(self.request.user) else ("", "")

    def get_queryset(self) -> QuerySet:
        return Recipient.objects.visible_to(self.request.user).select_related("unit")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(
            may_write=may_write(user),
            may_import_awards=user.has_perm("award.manage"),
            export_url=reverse("recipient-export") + query_with(self.request.GET, page=None, size=None),
            **context,
        )


class RecipientExport(PermissionRequiredMixin, View):
    """The lines of the list, with its filter and order, as an Excel file."""

    permission_required = "award.view"
    raise_exception = True
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        page = RecipientList(request=request)
        rows = RecipientFilter(request.GET, queryset=page.get_queryset(), request=request).qs
        return attachment(recipient_book(page.order(rows)), f"tap-the-ca-nhan-{timezone.localdate():%Y%m%d}")


class RecipientPageMixin(PageTitleMixin):
    """A page about one recipient that the person may see; anybody else's is not found."""

    recipient: Recipient

    def get_recipient(self) -> Recipient:
        rows = Recipient.objects.visible_to(self.request.user).select_related("unit", "of_unit", "user")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Tập thể, cá nhân", reverse("recipient-list"))]


class RecipientDetail(RecipientPageMixin, DetailView):
    """One tab at a time, named in the address (?muc=)."""

    template_name = "awards/recipients/detail.html"
    context_object_name = "record"

    def get_object(self, queryset: Any = None) -> Recipient:
        return self.get_recipient()

    def get_page_title(self) -> str:
        return self.object.name

    def get_page_subtitle(self) -> str:
        parts = [self.object.get_kind_display(), self.object.post, self.object.unit.name]
        return " · ".join(part for part in parts if part)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        record, user = self.object, self.request.user
        knows = sees_integrity(user, record)
        tabs = [(key, label) for key, label in TABS if knows or key != INTEGRITY]
        shown = self.request.GET.get("muc") or YEARS
        if shown not in dict(tabs):
            raise Http404
        part = {
            YEARS: self._years, AWARDS: self._awards, IDEAS: self._ideas, AHEAD: self._ahead, INTEGRITY: self._integrity,
        }[shown]  # fmt: skip
        return super().get_context_data(
            tabs=[(label, f"{self.request.path}?muc={key}", key == shown) for key, label in tabs],
            shown=shown, may_write=may_write(user, record), **part(knows), **context,
        )  # fmt: skip

    def _years(self, knows: bool) -> dict[str, Any]:
        return {
            "years": list(self.object.years.all()),
            "is_collective": self.object.kind == RecipientKind.COLLECTIVE,
            "grid_url": reverse("recipient-years") + f"?don_vi={self.object.unit_id}&loai={self.object.kind}",
        }

    def _awards(self, knows: bool) -> dict[str, Any]:
        return {"awards": awards_of(self.object, self.request.user)}

    def _ideas(self, knows: bool) -> dict[str, Any]:
        return {"ideas": initiatives_of(self.object)}

    def _ahead(self, knows: bool) -> dict[str, Any]:
        today = timezone.localdate()
        asked = self.request.GET.get("nam", "")
        years = [today.year - 1, today.year, today.year + 1]
        year = int(asked) if asked in map(str, years) else today.year
        return {
            "ahead": ahead_of(self.object, year=year, day=today, sees_integrity=knows),
            "year": year,
            "year_tabs": [(one, f"{self.request.path}?muc={AHEAD}&nam={one}", one == year) for one in years],
        }

    def _integrity(self, knows: bool) -> dict[str, Any]:
        return {
            "disciplines": list(self.object.disciplines.select_related("entered_by")),
            "holds": list(self.object.holds.select_related("opened_by", "ended_by")),
        }


class InitiativeFile(View):
    """The recognition decision of an initiative, for whoever sees its recipient."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        rows = Initiative.objects.filter(recipient__in=Recipient.objects.visible_to(request.user), file__isnull=False)
        return serve(get_object_or_404(rows.select_related("file"), pk=pk).file)
