"""A unit proposes models for recognition at a higher level, and takes a proposal back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import TemplateView

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.numbers import parse_id, parse_ids
from dvk_portal.core.views import ActionView, PageTitleMixin, describe
from pledges.forms.exemplary.recognition import (
    ProposalForm,
)
from pledges.models import ExemplaryModel, Recognition
from pledges.services.exemplary import nominations

_S = Recognition.Status


class Propose(PageTitleMixin, TemplateView):
    """Several models of the own unit in one act; level and year stand in the address."""

    template_name = "pledges/models/recognition/propose.html"
    page_title = "Đề nghị công nhận"
    page_subtitle = "Chọn các mô hình của đơn vị để đề nghị cấp trên công nhận."
    breadcrumbs = (("Công nhận mô hình", "/cong-nhan-mo-hinh/"),)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.today = timezone.localdate()
        self.levels = list(nominations.levels_to_propose(self.today))
        self.years = nominations.years_to_propose(self.today)
        asked = request.GET.get("cap", "")
        self.level = next((one for one in self.levels if one.code == asked), self.levels[0] if self.levels else None)
        year = parse_id(request.GET.get("nam", ""))
        self.year = year if year in self.years else self.years[0]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("model.register"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        keys = parse_ids(request.POST.getlist("ids"))
        try:
            if self.level is None:
                raise DomainError("Không có cấp nào nhận đề nghị.")
            rows = nominations.propose_models(
                ExemplaryModel.objects.visible_to(request.user).filter(pk__in=keys), actor=request.user,
                level=self.level, year=self.year, reason=request.POST.get("reason", "").replace("\0", "")[:1000],
                today=self.today,
            )  # fmt: skip
        except DomainError as error:
            messages.error(request, describe(error))
            return self.render_to_response(self.get_context_data(picked=keys))
        messages.success(request, f"Đã đề nghị {len(rows)} mô hình công nhận {self.level.name.lower()}.")
        return redirect(request.get_full_path())

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user, level, year = self.request.user, self.level, self.year
        models = list(nominations.proposable(user, level, year)) if level else []
        rows = Recognition.objects.visible_to(user).filter(level=level, year=year).exclude(status=_S.REVOKED)
        rows = rows.select_related("model__unit", "level").order_by("model__name")
        return super().get_context_data(
            **{"picked": [], **context},
            level=level,
            year=year,
            level_tabs=[(str(one), f"?cap={one.code}&nam={year}", one == level) for one in self.levels],
            year_tabs=[(str(one), f"?cap={level.code}&nam={one}", one == year) for one in self.years] if level else [],
            models=models,
            sent=[(row, nominations.may_withdraw(row, user)) for row in rows],
            form=ProposalForm(initial={"reason": self.request.POST.get("reason", "")}),
            propose_hint=self._hint(),
        )

    def _hint(self) -> str:
        if self.level is not None and self.level.lower_required:
            return "Cấp này chỉ nhận mô hình đang được công nhận ở cấp dưới."
        return "Mô hình đã đăng ký, chưa được đề nghị hoặc công nhận ở cấp này trong năm."


class ProposalWithdraw(ActionView):
    success_message = "Đã rút đề nghị."

    def get_record(self) -> Recognition:
        rows = Recognition.objects.visible_to(self.request.user).select_related("model", "level")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def act(self, record: Recognition) -> ExemplaryModel:
        return nominations.withdraw_proposal(record, actor=self.request.user)

    def back_url(self, record: Any) -> str:
        return super().back_url(record.model if isinstance(record, Recognition) else record)
