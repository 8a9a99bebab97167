"""Pages of those who appraise: the queue, the dossier beside its checklist, the verdicts, many at once."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, FormView, View

from awards.eligibility import OUTCOME_WORDS
from awards.forms.nominations import QueueFilter, ReturnForm
from awards.models import AwardCycle, Nomination
from awards.services.nominations import appraisal, batches, grounds
from awards.services.nominations.dossier import checklist_of
from awards.views.nominations.pages import InnerPageMixin
from awards.workflows import NOMINATION
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Job
from dvk_portal.core.views import ActionView, FilteredListView, FormErrorsMixin, PageTitleMixin, describe
from units import access

Status = Nomination.Status
IN_QUEUE = (Status.SUBMITTED, Status.COMPLETE, Status.TO_CHECK, Status.HELD)

_CYCLES_SHOWN = 5


def _queue(user: Any) -> QuerySet[Nomination]:
    return access.scope(Nomination.objects.filter(status__in=IN_QUEUE), user, "award.appraise")


class AppraisalQueue(PermissionRequiredMixin, FilteredListView):
    permission_required = "award.appraise"
    raise_exception = True
    page_title = "Thẩm định hồ sơ khen thưởng"
    page_subtitle = "Hồ sơ đơn vị đã gửi, việc sắp đến hạn đứng trước."
    template_name = "awards/nominations/queue.html"
    partial_template_name = "awards/nominations/_queue.html"
    filterset_class = QueueFilter
    sort_fields = {
        "name": "recipient__sort_key",
        "award": "award_type__level",
        "unit": "unit__sort_key",
        "status": "status",
        "since": "submitted_at",
        "due": "due_on",
    }
    default_sort = "due"
    empty_title = "Không có hồ sơ nào chờ thẩm định"
    empty_text = "Hồ sơ hiện ở đây khi đơn vị gửi."

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Hồ sơ đề nghị", reverse("nomination-list"))]

    def get_queryset(self) -> QuerySet:
        return _queue(self.request.user).select_related("cycle", "award_type", "unit")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        today = timezone.localdate()
        waiting = _queue(self.request.user).aggregate(
            submitted=Count("pk", filter=Q(status=Status.SUBMITTED)),
            complete=Count("pk", filter=Q(status__in=Nomination.UNDER_APPRAISAL)),
            late=Count("pk", filter=Q(due_on__lt=today, status__in=Nomination.UNDER_APPRAISAL)),
        )
        cycles = access.scope(
            AwardCycle.objects.filter(status__in=AwardCycle.RUNNING), self.request.user, "award.manage"
        )
        return super().get_context_data(
            waiting=waiting, batch_acts=batches.ACTS.items(), cycles=list(cycles[:_CYCLES_SHOWN]), **context
        )


class AppraisalPage(InnerPageMixin, DetailView):
    """The dossier beside its checklist, what the register says of the conditions, and the moves."""

    template_name = "awards/nominations/appraise.html"
    context_object_name = "record"

    def get_queryset(self) -> QuerySet:
        return access.scope(super().get_queryset(), self.request.user, "award.appraise")

    def get_page_title(self) -> str:
        return "Thẩm định"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [*super().get_breadcrumbs(), ("Thẩm định", reverse("appraisal-queue"))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        record, user, today = self.object, self.request.user, timezone.localdate()
        under = record.status in (Status.SUBMITTED, *Nomination.UNDER_APPRAISAL)
        outcome, findings = appraisal.judge(record, today) if under else ("", record.findings)
        moves = {move.name: move for move in NOMINATION.available(record, user)}
        return super().get_context_data(
            moves=moves,
            outcome=outcome,
            outcome_words=OUTCOME_WORDS.get(outcome, ""),
            findings=findings,
            checklist=checklist_of(record, day=today),
            achievements=record.achievements.select_related("campaign", "model", "initiative", "award__award_type"),
            overlapping=grounds.overlaps(record),
            others=grounds.others_of_recipient(record),
            may_return="return" in moves,
            revision=record.revisions.first(),
            **context,
        )


class AppraisalMove(ActionView):
    """One verdict; afterwards the next thing to do stands on the same page."""

    def get_record(self) -> Nomination:
        return get_object_or_404(
            access.scope(Nomination.objects.all(), self.request.user, "award.appraise"), pk=self.kwargs["pk"]
        )

    def back_url(self, record: Nomination) -> str:
        return reverse("nomination-appraise", args=[record.pk])


class NominationComplete(AppraisalMove):
    def act(self, record: Nomination) -> Nomination:
        return appraisal.confirm_complete(record, actor=self.request.user)

    def get_success_message(self, record: Nomination) -> str:
        return f"Đã xác nhận đủ hồ sơ. Hạn thẩm định: {record.due_on:%d/%m/%Y}."


class NominationReturn(FormErrorsMixin, InnerPageMixin, FormView):
    """Which parts go back with which remark; the unit reads each beside the part."""

    template_name = "awards/nominations/return.html"
    form_class = ReturnForm
    page_title = "Trả lại để bổ sung"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        rows = access.scope(self.get_queryset(), request.user, "award.appraise")
        self.object = get_object_or_404(rows, pk=kwargs["pk"])

    def get_page_title(self) -> str:
        return self.page_title

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"names": appraisal.item_names(self.object)}

    def form_valid(self, form: ReturnForm) -> HttpResponse:
        appraisal.return_nomination(
            self.object, actor=self.request.user, reason=form.cleaned_data["note"], items=form.items
        )
        messages.success(self.request, "Đã trả lại hồ sơ; đơn vị nhận được các mục cần bổ sung.")
        return redirect("nomination-appraise", self.object.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        back = reverse("nomination-appraise", args=[self.object.pk])
        return super().get_context_data(record=self.object, cancel_url=back, **context)


class NominationToCheck(AppraisalMove):
    success_message = "Đã ghi “Cần kiểm tra thêm”."

    def act(self, record: Nomination) -> Nomination:
        return appraisal.set_to_check(record, actor=self.request.user, note=self.note)


class NominationEligible(AppraisalMove):
    success_message = "Đã kết luận đủ điều kiện; hồ sơ chuyển hội đồng."

    def act(self, record: Nomination) -> Nomination:
        return appraisal.find_eligible(record, actor=self.request.user, note=self.note)


class NominationReject(AppraisalMove):
    success_message = "Đã kết luận không đủ điều kiện; đơn vị được báo lý do."

    def act(self, record: Nomination) -> Nomination:
        return appraisal.reject_nomination(record, actor=self.request.user, note=self.note)


class NominationOverlap(AppraisalMove):
    def act(self, record: Nomination) -> Nomination:
        return appraisal.allow_overlap(record, actor=self.request.user, reason=self.note)

    def get_success_message(self, record: Nomination) -> str:
        return "Đã ghi lý do chấp nhận." if record.overlap_note else "Đã bỏ chấp nhận trùng thành tích."


# --- many at once -----------------------------------------------------------------------------------------------------
class AppraisalBatch(PermissionRequiredMixin, View):
    permission_required = "award.appraise"
    raise_exception = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        ids = [int(pk) for pk in request.POST.getlist("pick") if pk.isdecimal() and len(pk) < 10]
        try:
            job = batches.ask_for_batch(request.POST.get("act", ""), ids, actor=request.user)
        except DomainError as error:
            messages.error(request, describe(error))
            return redirect("appraisal-queue")
        return redirect("appraisal-batch-result", job.pk)


class AppraisalBatchResult(PageTitleMixin, DetailView):
    """How far it is, and what came of each dossier; of the person who asked for it."""

    template_name = "awards/nominations/batch.html"
    context_object_name = "job"
    page_title = "Xử lý nhiều hồ sơ"

    def get_queryset(self) -> QuerySet[Job]:
        return Job.objects.filter(kind=batches.BATCH_JOB, owner=self.request.user)

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Thẩm định", reverse("appraisal-queue"))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = (self.object.result or {}).get("rows", [])
        return super().get_context_data(rows=rows, refused=sum(not row["done"] for row in rows), **context)
