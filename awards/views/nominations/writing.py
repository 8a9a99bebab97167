"""A unit's pages: whom to propose for what, the text with its grounds, the files, sending, withdrawing."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView

from awards.forms.nominations import FileForm, NewRecipientForm, NominationForm, SearchForm, SendForm
from awards.models import AwardCycle, AwardType, DossierFile, Nomination, Recipient
from awards.services.nominations import dossier, sending
from awards.services.nominations.appraisal import PARTS
from awards.services.nominations.drafting import draft_nomination, open_cycles, proposable
from awards.services.nominations.editing import StaleNominationError, save_nomination, version_of
from awards.services.recipients.register import save_recipient
from awards.views.nominations.pages import InnerPageMixin
from awards.views.nominations.papers import offer_papers
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.views import ActionView, FormErrorsMixin, PageTitleMixin, Where, describe
from units import access
from units.models import Unit

_MOST_FOUND = 20


def returned_of(record: Nomination) -> dict[str, Any]:
    """What came back, for the page that mends it: general remarks, and remarks by the code of the item."""
    items = record.return_items if record.status == Nomination.Status.RETURNED else []
    return {
        "returned_general": [row["text"] for row in items if not row["code"]],
        "returned_items": [row for row in items if row["code"]],
        "returned": dict.fromkeys(PARTS, "") | {row["code"]: row["text"] or "Cần bổ sung." for row in items},
    }


class NominationCreate(PageTitleMixin, TemplateView):
    """Cycle → award → whom; each step is an address of its own, so Back goes one step back."""

    template_name = "awards/nominations/create.html"
    page_title = "Lập đề nghị khen thưởng"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [("Hồ sơ đề nghị", reverse("nomination-list"))]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.units():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def units(self) -> list[Unit]:
        """Active units for which the person writes."""
        if not hasattr(self, "_units"):
            rows = access.scope(Unit.objects.on(timezone.localdate()), self.request.user, "award.nominate")
            below = access.scope(Unit.objects.on(timezone.localdate()), self.request.user, "award.propose")
            self._units = list((rows | below).select_related("kind").order_by("sort_key"))
        return self._units

    @property
    def cycle(self) -> AwardCycle | None:
        return self._chosen(open_cycles(self.request.user, timezone.localdate()), "dot")

    def award_type(self, cycle: AwardCycle | None) -> AwardType | None:
        return self._chosen(cycle.award_types.all(), "hinh-thuc") if cycle else None

    def unit(self) -> Unit | None:
        """The only one, or the one asked for."""
        asked = self.request.GET.get("don-vi", "")
        if len(self.units()) == 1:
            return self.units()[0]
        return next((row for row in self.units() if str(row.pk) == asked), None)

    def _chosen(self, rows: QuerySet, name: str) -> Any:
        asked = self.request.GET.get(name, "")
        return rows.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 10 else None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        cycle = self.cycle
        award, unit = self.award_type(cycle), self.unit()
        if cycle is None or award is None or unit is None:
            return redirect("nomination-create")
        if picked := request.POST.get("recipient", ""):
            found = proposable(unit, award).filter(pk=int(picked) if picked.isdecimal() and len(picked) < 10 else 0)
            return self._draft(cycle, award, get_object_or_404(found), unit)
        form = NewRecipientForm(request.POST, award_type=award)
        if form.is_valid():
            try:
                recipient = save_recipient(None, actor=request.user, unit=unit, **form.content)
                return self._draft(cycle, award, recipient, unit)
            except DomainError as error:
                form.add_domain_error(error)
        return self.render_to_response(self.get_context_data(form=form))

    def _draft(self, cycle: AwardCycle, award: AwardType, recipient: Recipient, unit: Unit) -> HttpResponse:
        try:
            made = draft_nomination(cycle, award, recipient, unit=unit, actor=self.request.user)
        except DomainError as error:
            messages.error(self.request, describe(error))
            return redirect(self.request.get_full_path())
        messages.success(self.request, "Đã lập đề nghị. Hãy ghi thành tích và tải tài liệu.")
        return redirect("nomination-edit", pk=made.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        cycle, unit = self.cycle, self.unit()
        award = self.award_type(cycle)
        asked = self.request.GET.get("q", "")
        found = proposable(unit, award).search(asked) if unit and award else Recipient.objects.none()
        if award is not None:
            context.setdefault("form", NewRecipientForm(award_type=award))
        return super().get_context_data(
            cycle=cycle,
            award=award,
            unit=unit,
            cycles=open_cycles(self.request.user, timezone.localdate()),
            awards=cycle.award_types.order_by("-level", "code") if cycle else [],
            units=self.units(),
            asked=asked,
            search=SearchForm(initial={"q": asked}),
            found=list(found.select_related("unit")[:_MOST_FOUND]),
            most=_MOST_FOUND,
            **context,
        )


class WritingMixin(InnerPageMixin):
    """A page on which the dossier is changed: of those who write for it, while it may be changed."""

    object: Nomination

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = get_object_or_404(self.get_queryset(), pk=kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not dossier.may_write(self.object, request.user):
            raise PermissionDenied
        why = dossier.why_closed(self.object, request.user, timezone.localdate())
        if why and request.method == "GET":
            messages.info(request, why)
            return redirect(self.object)
        return super().dispatch(request, *args, **kwargs)

    def get_where(self) -> Where | None:
        return None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(record=self.object, **returned_of(self.object), **context)


class NominationEdit(WritingMixin, TemplateView):
    """Every button saves, or adds a row and loses nothing."""

    template_name = "awards/nominations/edit.html"

    def get_page_title(self) -> str:
        return "Thành tích"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(NominationForm(None, nomination=self.object))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        data = request.POST.copy()
        form = NominationForm(data, nomination=self.object)
        if data.get("op") == "add_row":
            return self.show(form, adding=True)
        if form.is_valid():
            try:
                save_nomination(self.object, actor=request.user, **form.content)
            except StaleNominationError as error:
                form.add_domain_error(error)
                data["seen"] = version_of(self.object)
            except DomainError as error:
                form.add_domain_error(error)
            else:
                messages.success(request, "Đã lưu thành tích.")
                return redirect("nomination-files" if data.get("op") == "next" else "nomination-detail", self.object.pk)
        return self.show(form)

    def show(self, form: NominationForm, *, adding: bool = False) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, adding=adding))


class NominationFiles(WritingMixin, FormErrorsMixin, FormView):
    """The checklist beside what fills it; one upload at a time, so a phone can do it."""

    template_name = "awards/nominations/files.html"
    form_class = FileForm

    def get_page_title(self) -> str:
        return "Thành phần hồ sơ"

    @property
    def checklist(self) -> dossier.Checklist:
        if not hasattr(self, "_checklist"):
            self._checklist = dossier.checklist_of(self.object, day=timezone.localdate())
            offer_papers(self._checklist)
        return self._checklist

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"slots": self.checklist.slots}

    def get_initial(self) -> dict[str, Any]:
        first = next((slot.item.code for slot in self.checklist.slots if slot.is_missing and slot.may_upload), "")
        return {"item": self.request.GET.get("muc") or first}

    def form_valid(self, form: FileForm) -> HttpResponse:
        data = form.cleaned_data
        upload: UploadedFile = data["file"]
        row = dossier.add_file(
            self.object, upload, actor=self.request.user, item_code=data["item"], title=data["title"]
        )
        messages.success(self.request, f"Đã tải lên: {row.title}.")
        return redirect("nomination-files", self.object.pk)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(checklist=self.checklist, **context)


class NominationFileRemove(ActionView):
    success_message = "Đã gỡ tệp khỏi hồ sơ."

    def get_record(self) -> DossierFile:
        seen = Nomination.objects.visible_to(self.request.user)
        return get_object_or_404(
            DossierFile.objects.select_related("nomination"), pk=self.kwargs["file_pk"],
            nomination=self.kwargs["pk"], nomination__in=seen,
        )  # fmt: skip

    def act(self, record: DossierFile) -> DossierFile:
        return dossier.remove_file(record, actor=self.request.user)

    def back_url(self, record: DossierFile) -> str:
        return reverse("nomination-files", args=[record.nomination_id])


class NominationSend(WritingMixin, FormErrorsMixin, FormView):
    """What lacks, then the head's word that it is true (P10)."""

    template_name = "awards/nominations/send.html"
    form_class = SendForm

    def get_page_title(self) -> str:
        return "Gửi hồ sơ"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"pledge": sending.PLEDGE}

    def form_valid(self, form: SendForm) -> HttpResponse:
        sent = sending.submit_nomination(self.object, actor=self.request.user, vouched=form.cleaned_data["vouched"])
        messages.success(self.request, f"Đã gửi hồ sơ (lần {sent.revision}) đến {sent.cycle.owner.name}.")
        return redirect(sent)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            lacking=sending.obstacles(self.object, day=timezone.localdate()),
            may_send=self.request.user.has_perm("award.send", self.object),
            checklist=dossier.checklist_of(self.object, day=timezone.localdate()),
            **context,
        )


class NominationWithdraw(ActionView):
    success_message = "Đã rút đề nghị."

    def get_record(self) -> Nomination:
        return get_object_or_404(Nomination.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def act(self, record: Nomination) -> Nomination:
        return sending.withdraw_nomination(record, actor=self.request.user, note=self.note)
