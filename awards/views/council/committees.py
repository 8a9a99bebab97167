"""The council by its decision: composition, seats, relations that members have declared."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import FormView, ListView, TemplateView, View

from awards.forms.council import CommitteeForm, RecipientSearchForm, RelationForm, SeatEndForm, SeatForm
from awards.models import Committee, CommitteeMember, DeclaredRelation, Recipient
from awards.services.council.committees import (
    appoint_member,
    change_committee,
    committees_for,
    end_seat,
    establish_committee,
    may_keep,
)
from awards.services.council.conflicts import preparing
from awards.services.council.relations import declare_relation, end_relation, relations_for
from awards.views.council.pages import CouncilAccess, CouncilPage
from dvk_portal.core import files
from dvk_portal.core.views import ActionView, FormErrorsMixin
from units.access import rights
from units.models import Unit, User

_KEEPERS = ("council.enter", "award.open")
_MOST_FOUND = 20


class CommitteeList(CouncilPage, ListView):
    permission, seat_required = _KEEPERS, False
    template_name = "awards/council/committees.html"
    page_title = "Thành phần hội đồng"
    page_subtitle = "Các hội đồng theo quyết định thành lập."

    def get_queryset(self) -> QuerySet[Committee]:
        return committees_for(self.request.user)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(may_establish=self.request.user.has_perm("award.open"), **context)


class CommitteePage(CouncilPage):
    """A page about one council that the person may see; ``keeps``: only for who keeps its seats (403)."""

    permission, seat_required = _KEEPERS, False
    keeps = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.keeps and self.may_enter() and not may_keep(request.user, self.committee):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def committee(self) -> Committee:
        return get_object_or_404(committees_for(self.request.user), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.committee.name

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), ("Thành phần hội đồng", reverse("council:committees"))]

    @property
    def url(self) -> str:
        return reverse("council:committee", args=[self.committee.pk])


class CommitteeDetail(CommitteePage, TemplateView):
    """Seats of today, and below them those that have ended."""

    keeps = False
    template_name = "awards/council/committee.html"

    def get_page_title(self) -> str:
        return self.committee.name

    def get_page_subtitle(self) -> str:
        row = self.committee
        return f"Quyết định {row.decision_no} ngày {row.decision_date:%d/%m/%Y} · {row.unit}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        seats = list(self.committee.members.select_related("user", "substitute_for__user"))
        over = [row for row in seats if row.valid_to is not None and row.valid_to < self.today]
        return super().get_context_data(
            committee=self.committee, keeps=may_keep(self.request.user, self.committee),
            seats=[row for row in seats if row not in over], over=over, **context,
        )  # fmt: skip


class CommitteeForms(FormErrorsMixin, FormView):
    form_class = CommitteeForm
    template_name = "layouts/form.html"

    def given(self, form: CommitteeForm) -> dict[str, Any]:
        """What the form says, the uploaded decision stored."""
        data = dict(form.cleaned_data)
        upload = data.pop("upload", None)
        return data | ({"decision_file": files.store_upload(upload, actor=self.request.user)} if upload else {})


class CommitteeCreate(CouncilPage, CommitteeForms):
    permission, seat_required = "award.open", False
    page_title = "Ghi quyết định thành lập hội đồng"

    @cached_property
    def unit(self) -> Unit:
        """The unit of the post by which he establishes councils."""
        user = self.request.user
        return next(row.unit for row in rights(user).memberships if user.has_perm("award.open", row.unit))

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), ("Thành phần hội đồng", reverse("council:committees"))]

    def get_page_subtitle(self) -> str:
        return str(self.unit)

    def form_valid(self, form: CommitteeForm) -> HttpResponse:
        committee = establish_committee(self.unit, actor=self.request.user, **self.given(form))
        messages.success(self.request, "Đã ghi hội đồng. Bước sau: ghi từng thành viên, trước hết là chủ tịch.")
        return redirect("council:committee", committee.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("council:committees"), **context)


class CommitteeEdit(CommitteePage, CommitteeForms):
    page_title = "Sửa thông tin hội đồng"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": Committee.objects.get(pk=self.committee.pk)}

    def form_valid(self, form: CommitteeForm) -> HttpResponse:
        change_committee(self.committee, actor=self.request.user, **self.given(form))
        messages.success(self.request, "Đã lưu thông tin hội đồng.")
        return redirect(self.url)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.url, **context)


class CommitteeFile(CouncilAccess, View):
    permission, seat_required = _KEEPERS, False

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        committee = get_object_or_404(committees_for(request.user), pk=pk)
        if committee.decision_file is None:
            raise Http404
        return files.serve(committee.decision_file)


class SeatCreate(CommitteePage, FormErrorsMixin, FormView):
    form_class = SeatForm
    template_name = "layouts/form.html"
    page_title = "Ghi thành viên hội đồng"

    def get_form_kwargs(self) -> dict[str, Any]:
        people = User.objects.filter(is_active=True, memberships__isnull=False).distinct().order_by("full_name")
        return super().get_form_kwargs() | {"committee": self.committee, "people": people}

    def form_valid(self, form: SeatForm) -> HttpResponse:
        seat = appoint_member(self.committee, form.entry, actor=self.request.user)
        messages.success(self.request, f"Đã ghi {seat.user}, {seat.get_role_display().lower()}.")
        return redirect(self.url)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.url, **context)


class SeatEnd(CommitteePage, FormErrorsMixin, FormView):
    form_class = SeatEndForm
    template_name = "layouts/form.html"

    @cached_property
    def seat(self) -> CommitteeMember:
        rows = CommitteeMember.objects.filter(committee__in=committees_for(self.request.user))
        return get_object_or_404(rows.select_related("user", "committee__unit"), pk=self.kwargs["pk"])

    @property
    def committee(self) -> Committee:
        return self.seat.committee

    def get_page_title(self) -> str:
        return f"Kết thúc nhiệm kỳ của {self.seat.user}"

    def form_valid(self, form: SeatEndForm) -> HttpResponse:
        end_seat(self.seat, actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, f"Nhiệm kỳ của {self.seat.user} kết thúc cùng vai trò trên cổng.")
        return redirect(self.url)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.url, **context)


# --- relations ------------------------------------------------------------------------------------------------------------
class RelationList(CouncilPage, ListView):
    """One's own; for chair and secretary those of their council."""

    template_name = "awards/council/relations.html"
    page_title = "Quan hệ đã khai"
    page_subtitle = (
        "Thành viên không xét hồ sơ của người thân hay đơn vị có liên quan; hồ sơ ấy không hiện với người khai."
    )

    def get_queryset(self) -> QuerySet[DeclaredRelation]:
        return relations_for(self.request.user)


class RelationDeclare(CouncilPage, FormErrorsMixin, FormView):
    form_class = RelationForm
    template_name = "awards/council/relation_declare.html"
    page_title = "Khai quan hệ"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), ("Quan hệ đã khai", reverse("council:relations"))]

    @property
    def words(self) -> str:
        return self.request.GET.get("q", "").replace("\0", "").strip()

    @cached_property
    def found(self) -> list[Recipient]:
        if len(self.words) < 2:
            return []
        return list(Recipient.objects.search(self.words).select_related("unit")[:_MOST_FOUND])

    def get_form_kwargs(self) -> dict[str, Any]:
        seats = [row.pk for row in self.seats]
        kept = [row.committee_id for row in preparing(self.request.user, self.seats)]
        members = CommitteeMember.objects.on(self.today).filter(pk__in=seats)
        members |= CommitteeMember.objects.on(self.today).filter(committee__in=kept)
        recipients = Recipient.objects.filter(pk__in=[row.pk for row in self.found]).select_related("unit")
        return super().get_form_kwargs() | {
            "members": members.select_related("user").order_by("order"),
            "recipients": recipients,
            "initial": {"member": seats[0]},
        }

    def form_valid(self, form: RelationForm) -> HttpResponse:
        declare_relation(actor=self.request.user, **form.cleaned_data)
        messages.success(self.request, "Đã khai quan hệ. Hồ sơ liên quan không còn hiện với thành viên này.")
        return redirect("council:relations")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            words=self.words, found=self.found, most=_MOST_FOUND, cancel_url=reverse("council:relations"),
            search_form=RecipientSearchForm(initial={"q": self.words}), **context,
        )  # fmt: skip


class RelationEnd(CouncilAccess, ActionView):
    permission = "council.prepare"
    success_message = "Đã ghi quan hệ không còn."

    def get_record(self) -> DeclaredRelation:
        return get_object_or_404(relations_for(self.request.user), pk=self.kwargs["pk"])

    def act(self, record: DeclaredRelation) -> DeclaredRelation:
        return end_relation(record, actor=self.request.user, note=self.note)

    def back_url(self, record: DeclaredRelation) -> str:
        return reverse("council:relations")

    def get_success_url(self, record: DeclaredRelation) -> str:
        return reverse("council:relations")
