"""Editing a campaign part by part. One page per part, each with one or several small forms."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from campaigns.forms.asked import AskedForm
from campaigns.forms.assignments import AssignmentForm
from campaigns.forms.campaigns import AttachForm, BasicsForm, ContentForm, DocumentForm, SchemeForm
from campaigns.models import Campaign, CampaignAttachment
from campaigns.services.asked import set_asked
from campaigns.services.assignments import choose_scheme, map_assessors, set_assignments
from campaigns.services.campaigns import attach_file, describe_campaign, remove_attachment
from campaigns.services.editing import Part, StaleEditError
from campaigns.views.campaigns_words import CRUMBS, PART_URLS, TAB_LABELS, files_of
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.views import ActionView, PageTitleMixin


def managed_campaign(request: HttpRequest, pk: int) -> Campaign:
    """The campaign, for someone who prepares it: 404 when he may not even see it, 403 when he may only look."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user).select_related("owner", "scheme"), pk=pk)
    if not request.user.has_perm("campaign.manage", campaign):
        raise PermissionDenied
    return campaign


class PartPage(PageTitleMixin):
    """The frame of every page of one part: the campaign, the tabs of its parts, where one is."""

    part = ""

    @cached_property
    def campaign(self) -> Campaign:
        return managed_campaign(self.request, self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.campaign.status in Campaign.FINISHED and request.method == "GET":
            messages.info(request, "Phong trào đã kết thúc: chỉ xem, không sửa được nữa.")
            return HttpResponseRedirect(self.campaign.get_absolute_url())
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return Part(self.part).label

    def get_page_subtitle(self) -> str:
        return self.campaign.title

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return [(CRUMBS[0], reverse(CRUMBS[1])), (self.campaign.title, self.campaign.get_absolute_url())]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            campaign=self.campaign,
            part=self.part,
            tabs=[
                (TAB_LABELS.get(part, part.label), reverse(PART_URLS[part], args=[self.campaign.pk]), part == self.part)
                for part in Part
            ],
            cancel_url=self.campaign.get_absolute_url(),
            **context,
        )


class PartView(PartPage, TemplateView):
    """A page with the forms of one part. A form named ``x`` posts to ``?form=x`` and is kept by ``save_x(form)``."""

    form_classes: dict[str, type[BaseForm]] = {}

    @cached_property
    def bound(self) -> dict[str, BaseForm]:
        return {}

    def build(self, key: str, **data: Any) -> BaseForm:
        return self.form_classes[key](campaign=self.campaign, user=self.request.user, prefix=key, **data)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.GET.get("form", "")
        if key not in self.form_classes:
            key = next(iter(self.form_classes))
        form = self.bound[key] = self.build(key, data=request.POST, files=request.FILES)
        if form.is_valid() and self.keep(key, form):
            return HttpResponseRedirect(self.get_success_url())
        return self.render_to_response(self.get_context_data(**kwargs))

    def keep(self, key: str, form: BaseForm) -> bool:
        """Let the service write; what it refuses becomes the form's error summary, with everything typed still there."""
        try:
            sentence = getattr(self, f"save_{key}")(form)
        except DomainError as error:
            form.add_domain_error(error)
            if isinstance(error, StaleEditError):
                form.renew()
            return False
        messages.success(self.request, sentence or "Đã lưu.")
        return True

    def get_success_url(self) -> str:
        return self.request.get_full_path().partition("?")[0]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        forms = {key: self.bound.get(key) or self.build(key) for key in self.form_classes}
        return super().get_context_data(forms=forms, form=next(iter(forms.values()), None), **context)


class FieldsView(PartView):
    """A part that is nothing but columns of the campaign."""

    template_name = "campaigns/part.html"

    def save_main(self, form: Any) -> str:
        describe_campaign(self.campaign, self.part, form.values, actor=self.request.user, version=form.version)
        return f"Đã lưu “{Part(self.part).label}”."


class BasicsView(FieldsView):
    part = Part.BASICS
    form_classes = {"main": BasicsForm}


class ContentView(FieldsView):
    part = Part.CONTENT
    form_classes = {"main": ContentForm}


class DocumentView(FieldsView):
    part = Part.DOCUMENT
    template_name = "campaigns/document.html"
    form_classes = {"main": DocumentForm, "attach": AttachForm}

    def save_attach(self, form: AttachForm) -> str:
        files = form.cleaned_data["files"]
        for upload in files:
            attach_file(self.campaign, upload, actor=self.request.user, title=form.cleaned_data["title"])
        return f"Đã tải lên {len(files)} tệp."

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(files=files_of(self.campaign, removable=self.campaign.is_draft), **context)


class AttachmentRemove(ActionView):
    success_message = "Đã bỏ tài liệu."

    def get_record(self) -> CampaignAttachment:
        campaign = managed_campaign(self.request, self.kwargs["pk"])
        return get_object_or_404(campaign.attachments, pk=self.kwargs["attachment"])

    def act(self, record: CampaignAttachment) -> Campaign:
        return remove_attachment(record, actor=self.request.user)

    def back_url(self, record: Any) -> str:
        return reverse("campaign-document", args=[self.kwargs["pk"]])

    def get_success_url(self, record: Any) -> str:
        return self.back_url(record)


class SchemeView(PartView):
    part = Part.SCHEME
    template_name = "campaigns/scheme.html"
    form_classes = {"main": SchemeForm, "assign": AssignmentForm}

    def save_main(self, form: SchemeForm) -> str:
        choose_scheme(self.campaign, form.cleaned_data["scheme"], actor=self.request.user, version=form.version)
        return "Đã chọn bảng tiêu chí và phân công các phòng cùng tên."

    def save_assign(self, form: AssignmentForm) -> str:
        set_assignments(self.campaign, actor=self.request.user, **form.values)
        return "Đã lưu phân công thẩm định."

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(map_url=reverse("campaign-map", args=[self.campaign.pk]), **context)


class AssignmentsMap(ActionView):
    def get_record(self) -> Campaign:
        return managed_campaign(self.request, self.kwargs["pk"])

    def act(self, campaign: Campaign) -> Campaign:
        self.count = map_assessors(campaign, actor=self.request.user)
        return campaign

    def get_success_message(self, campaign: Campaign) -> str:
        if self.count:
            return f"Đã phân công {self.count} bộ phận cho phòng cùng tên."
        return "Không có thêm phòng nào trùng tên với bộ phận trong bảng tiêu chí."

    def get_success_url(self, campaign: Campaign) -> str:
        return reverse("campaign-scheme", args=[campaign.pk])


class AskedView(PartView):
    part = Part.ASKED
    template_name = "campaigns/asked.html"
    form_classes = {"main": AskedForm}

    def save_main(self, form: AskedForm) -> str:
        chosen = form.chosen
        brought = set_asked(self.campaign, chosen, actor=self.request.user, version=form.version)
        extra = f" Đã thêm các số liệu cần để tính: {', '.join(row.label for row in brought)}." if brought else ""
        return f"Đã lưu: hỏi {len(chosen) + len(brought)} chỉ số.{extra}"
