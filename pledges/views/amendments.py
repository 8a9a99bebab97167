"""Pages of an annex: drawing up, the text old beside new, signing, the moves."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, FormView, TemplateView

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.signatures.identity import has_second_step
from dvk_portal.core.views import ActionView, FormErrorsMixin, PageTitleMixin, Where, describe
from pledges.forms.amendments import AmendmentForm, StartForm
from pledges.forms.pledges import SignForm
from pledges.models import Amendment, Pledge
from pledges.models.pledge import Side
from pledges.services.amendments import (
    StaleAmendmentError,
    agree_amendment,
    available_moves,
    may_edit,
    propose_amendment,
    return_amendment,
    save_amendment,
    side_to_sign,
    sign_amendment,
    start_amendment,
    version_of,
    withdraw_amendment,
)
from pledges.services.annexes import change_lines, is_intact, side_of
from pledges.services.proposals import watchable
from pledges.workflows import AMENDMENT


class AmendmentCreate(PageTitleMixin, FormErrorsMixin, FormView):
    """Reason and date; what changes is filled in on the next page."""

    form_class = StartForm
    template_name = "pledges/amendments/create.html"
    page_title = "Lập phụ lục giao ước"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        pledges = Pledge.objects.visible_to(request.user).with_campaign()
        self.pledge = get_object_or_404(pledges, pk=kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if side_of(self.pledge, request.user) is None:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return str(self.pledge)

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return _crumbs(self.pledge)

    def form_valid(self, form: StartForm) -> HttpResponse:
        amendment = start_amendment(
            self.pledge, actor=self.request.user, today=timezone.localdate(), **form.cleaned_data
        )
        return redirect("amendment-edit", pk=amendment.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.pledge.get_absolute_url(), **context)


def _crumbs(pledge: Pledge) -> list[tuple[str, str]]:
    return [("Giao ước", reverse("pledge-list")), (pledge.participation.name, pledge.get_absolute_url())]


class AmendmentPageMixin(PageTitleMixin):
    """A page about one annex that the person may see; anybody else's is not found."""

    model = Amendment

    def get_queryset(self) -> Any:
        return Amendment.objects.visible_to(self.request.user).with_content()

    def get_page_title(self) -> str:
        return f"{self.object.title} của giao ước"

    def get_page_subtitle(self) -> str:
        row = self.object.pledge.participation
        return f"{row.name} – {row.campaign.title}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return _crumbs(self.object.pledge)

    def get_where(self) -> Where:
        return place_of(self.object)


def place_of(amendment: Amendment) -> Where:
    """Who holds the annex, since when, and what comes next."""
    row = amendment.pledge.participation
    names = {Side.UNIT: row.name, Side.PROVINCE: row.campaign.owner.name}
    if amendment.is_editable:
        since = amendment.returned_at or amendment.created_at
        return Where(amendment.proposer, "Ghi các thay đổi rồi gửi bên kia xem", since, None, amendment)
    if amendment.status == Amendment.Status.PROPOSED:
        other = names[Side(amendment.other_side)]
        return Where(other, "Thống nhất, hoặc trả lại kèm lý do", amendment.proposed_at, None, amendment)
    if amendment.status == Amendment.Status.WITHDRAWN:
        return Where("Không ai", "Giao ước giữ nguyên", amendment.ended_at, None, amendment)
    if amendment.status == Amendment.Status.SIGNED:
        when = f"Có hiệu lực từ {amendment.effective_on:%d/%m/%Y}"
        return Where("Các bên", when, amendment.signed_at, None, amendment)
    done = {signature.slot for signature in amendment.signatures}
    if row.campaign.witness is not None:
        names[Side.WITNESS] = row.campaign.witness.name
    left = [name for side, name in names.items() if side not in done]
    return Where(" và ".join(left), "Ký phụ lục", amendment.agreed_at, None, amendment)


WORDS = {
    **{name: move.label for name, move in AMENDMENT.transitions.items()},
    "create": "Lập phụ lục",
    "edit": "Sửa nội dung",
    "sign": "Ký",
}
_ASIDE = (Amendment.Status.RETURNED, Amendment.Status.WITHDRAWN)


class AmendmentDetail(AmendmentPageMixin, DetailView):
    template_name = "pledges/amendments/detail.html"
    context_object_name = "amendment"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        amendment, user = self.object, self.request.user
        return super().get_context_data(
            lines=change_lines(amendment),
            intact=is_intact(amendment),
            moves=available_moves(amendment, user),
            may_edit=may_edit(amendment, user),
            side=side_to_sign(amendment, user),
            entries=audit.trail(amendment),
            words=WORDS,
            path=[(value, label) for value, label in Amendment.Status.choices if value not in _ASIDE],
            **context,
        )


class AmendmentEdit(AmendmentPageMixin, TemplateView):
    """Everything in force, with room for what is to change. Every button saves; nothing typed is lost."""

    template_name = "pledges/amendments/edit.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(self.get_queryset(), pk=kwargs["pk"])

    def get_page_title(self) -> str:
        return f"Soạn {self.object.title.lower()}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), (self.object.title, self.object.get_absolute_url())]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if side_of(self.object.pledge, request.user) != self.object.by_side:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_edit(self.object, request.user):
            messages.info(request, "Phụ lục lúc này không sửa được.")
            return redirect(self.object)
        return self._show(self._form(None))

    def _form(self, data: Any) -> AmendmentForm:
        amendment = self.object
        initial = {
            "reason": amendment.reason,
            "effective_on": amendment.effective_on,
            "seen": version_of(amendment),
        }
        return AmendmentForm(amendment, watchable(amendment.pledge), data, initial=initial)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        data = request.POST.copy()
        form = self._form(data)
        op = data.get("op", "")
        # A button that only adds a box keeps what was typed on the page and saves nothing yet.
        if op.startswith("add_"):
            return self._show(form)
        if form.is_valid():
            try:
                return self._save(form, op)
            except StaleAmendmentError as error:
                form.add_domain_error(error)
                data["seen"] = version_of(get_object_or_404(self.get_queryset(), pk=self.object.pk))
            except DomainError as error:
                form.add_domain_error(error)
        return self._show(form)

    def _save(self, form: AmendmentForm, op: str) -> HttpResponse:
        today = timezone.localdate()
        saved = save_amendment(
            self.object,
            actor=self.request.user,
            reason=form.cleaned_data["reason"],
            effective_on=form.cleaned_data["effective_on"],
            changes=form.changes,
            seen=form.cleaned_data["seen"],
            today=today,
        )
        if op == "propose":
            try:
                propose_amendment(saved, actor=self.request.user, today=today)
            except DomainError as error:
                messages.error(self.request, describe(error))
                return redirect("amendment-edit", pk=saved.pk)
            messages.success(self.request, "Đã gửi phụ lục cho bên kia xem.")
        else:
            messages.success(self.request, "Đã lưu phụ lục.")
        return redirect(saved)

    def _show(self, form: AmendmentForm) -> HttpResponse:
        moves = {move.name for move in available_moves(self.object, self.request.user)}
        context = self.get_context_data(amendment=self.object, form=form, may_propose="propose" in moves)
        return self.render_to_response(context)


class AmendmentSign(AmendmentPageMixin, FormErrorsMixin, FormView):
    """The whole annex once more, and the password."""

    template_name = "pledges/amendments/sign.html"
    form_class = SignForm

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(self.get_queryset(), pk=kwargs["pk"])
        self.side = side_to_sign(self.object, request.user)

    def get_page_title(self) -> str:
        return f"Ký {self.object.title.lower()}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), (self.object.title, self.object.get_absolute_url())]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.side is None and request.method != "POST":
            messages.info(request, "Lúc này bạn không có gì phải ký ở phụ lục này.")
            return redirect(self.object)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.object.document.content_hash if self.object.document else ""}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "needs_code": has_second_step(self.request.user)}

    def get_form(self, form_class: Any = None) -> SignForm:
        form = super().get_form(form_class)
        form.submit_label = "Ký phụ lục"
        return form

    def form_valid(self, form: SignForm) -> HttpResponse:
        data = form.cleaned_data
        proof = {"password": data["password"], "code": data.get("code", "")}
        sign_amendment(self.object, actor=self.request.user, seen_hash=data["seen"], **proof)
        messages.success(self.request, "Đã ký phụ lục.")
        return redirect(self.object)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            amendment=self.object,
            lines=change_lines(self.object),
            intact=is_intact(self.object),
            cancel_url=self.object.get_absolute_url(),
            **context,
        )


class AmendmentMove(ActionView):
    def get_record(self) -> Amendment:
        return get_object_or_404(Amendment.objects.visible_to(self.request.user), pk=self.kwargs["pk"])


class AmendmentPropose(AmendmentMove):
    success_message = "Đã gửi phụ lục cho bên kia xem."

    def act(self, record: Amendment) -> Amendment:
        return propose_amendment(record, actor=self.request.user, today=timezone.localdate())


class AmendmentReturn(AmendmentMove):
    success_message = "Đã trả lại phụ lục."

    def act(self, record: Amendment) -> Amendment:
        return return_amendment(record, actor=self.request.user, note=self.note)


class AmendmentAgree(AmendmentMove):
    success_message = "Đã thống nhất phụ lục. Các bên có thể ký."

    def act(self, record: Amendment) -> Amendment:
        return agree_amendment(record, actor=self.request.user, today=timezone.localdate())


class AmendmentWithdraw(AmendmentMove):
    success_message = "Đã rút phụ lục. Giao ước giữ nguyên."

    def act(self, record: Amendment) -> Amendment:
        return withdraw_amendment(record, actor=self.request.user, note=self.note)
