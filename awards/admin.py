"""Catalogues of awards in the system administration: what the law and the province decide is rows, checked when they are saved."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest

from awards.certificates import BoxError, boxes_of, problems_of
from awards.eligibility import validate
from awards.models import AwardRule, AwardType, BaseSalary, CertificateLayout, DossierItem, RuleSet
from awards.tally import BASES, TallyError, Threshold
from dvk_portal.core.admin import AuditedAdmin

_BASE_WORDS = {
    "total": "Tổng số thành viên",
    "participating": "Số người tham gia bỏ phiếu",
    "valid": "Số phiếu hợp lệ",
}
_CONDITIONS_HINT = (
    'Danh sách các điều kiện, ví dụ [{"need": "award_years", "award": "CSTDCS", "years": 3}, '
    '{"any": [{"need": "grade_years", "grade": "htxs"}, {"need": "initiatives", "count": 1}]}]. '
    "Trang /khen-thuong/quy-dinh/ đọc lại thành lời."
)


class AwardTypeForm(forms.ModelForm):
    """Somebody may be given it; district titles ended with the district (R-16)."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not any(data.get(f"for_{kind}") for kind in ("person", "collective", "household")):
            raise ValidationError("Hãy chọn ít nhất một đối tượng được tặng.")
        if data.get("valid_from") and data.get("valid_to") and data["valid_to"] < data["valid_from"]:
            raise ValidationError("Ngày kết thúc phải bằng hoặc sau ngày bắt đầu.")
        return data


class RuleSetForm(forms.ModelForm):
    """Two rule sets of one family never hold on the same day: the day of receipt chooses one (R-10)."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("valid_from") or not data.get("family"):
            return data
        others = RuleSet.objects.filter(family=data["family"]).exclude(pk=self.instance.pk)
        last = data.get("valid_to")
        if last is not None:
            others = others.filter(valid_from__lte=last)
        others = others.filter(models.Q(valid_to=None) | models.Q(valid_to__gte=data["valid_from"]))
        if other := others.first():
            raise ValidationError(
                f"Thời gian áp dụng trùng với “{other}”. Hãy sửa ngày để mỗi ngày chỉ có một bộ quy định."
            )
        return data


class AwardRuleForm(forms.ModelForm):
    """Conditions and shares are read when they are saved: a sentence says what is wrong."""

    base = forms.ChoiceField(label="Mẫu số", choices=[(base, _BASE_WORDS[base]) for base in BASES])

    class Meta:
        help_texts = {
            "conditions": _CONDITIONS_HINT,
            "passes": "Ghi như 80%, 2/3 hoặc majority (quá nửa).",
            "quorum": "Ghi như 2/3 hoặc 50%.",
            "attendance": "Để trống nếu không đòi hỏi.",
        }

    def clean_conditions(self) -> Any:
        conditions = self.cleaned_data["conditions"]
        # Django reads an empty box as None.
        conditions = [] if conditions is None else conditions
        faults = validate(conditions, list(AwardType.objects.values_list("code", flat=True)))
        if faults:
            raise ValidationError(faults)
        return conditions

    def _share(self, name: str) -> str:
        text = self.cleaned_data[name].strip()
        try:
            if text:
                Threshold.parse(text)
        except TallyError as error:
            raise ValidationError(str(error)) from error
        return text

    def clean_passes(self) -> str:
        return self._share("passes")

    def clean_quorum(self) -> str:
        return self._share("quorum")

    def clean_attendance(self) -> str:
        return self._share("attendance")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        award, rule_set = data.get("award_type"), data.get("rule_set")
        if award and rule_set and award.family != rule_set.family:
            raise ValidationError("Danh hiệu, hình thức và bộ quy định thuộc hai hệ khen thưởng khác nhau.")
        for kind in ("person", "collective", "household"):
            value = data.get(f"coefficient_{kind}")
            if value is not None and value < 0:
                self.add_error(f"coefficient_{kind}", "Hệ số không được âm.")
            if value is not None and award and not award.is_for(kind):
                self.add_error(f"coefficient_{kind}", f"{award} không dành cho đối tượng này.")
        return data


class CertificateLayoutForm(forms.ModelForm):
    """The boxes of a certificate are read and measured when they are saved."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        width, height, rows = data.get("width_mm"), data.get("height_mm"), data.get("boxes")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.add_error("boxes", "Các khối chữ phải là một danh sách.")
        elif width and height:
            try:
                boxes = boxes_of(rows)
            except BoxError as error:
                self.add_error("boxes", str(error))
            else:
                for box in boxes:
                    for fault in problems_of(box, width, height):
                        self.add_error("boxes", fault)
        return data


@admin.register(RuleSet)
class RuleSetAdmin(AuditedAdmin):
    form = RuleSetForm
    list_display = ("name", "code", "family", "valid_from", "valid_to", "is_confirmed")
    list_filter = ("family", "is_confirmed")
    ordering = ("family", "-valid_from")


@admin.register(AwardType)
class AwardTypeAdmin(AuditedAdmin):
    form = AwardTypeForm
    list_display = ("name", "code", "kind", "family", "authority", "level", "valid_to")
    list_filter = ("family", "kind", "decided_here")
    search_fields = ("name", "code")
    ordering = ("family", "-level", "code")


class DossierItemInline(admin.TabularInline):
    """The checklist of the dossier (R-30)."""

    model = DossierItem
    extra = 0


@admin.register(AwardRule)
class AwardRuleAdmin(AuditedAdmin):
    """What one award demands under one rule set. A change holds for dossiers not yet judged and meetings not yet opened."""

    form = AwardRuleForm
    inlines = [DossierItemInline]
    list_display = ("award_type", "rule_set", "passes", "secret", "publicity_days", "is_confirmed")
    list_filter = ("rule_set", "is_confirmed", "secret")
    list_select_related = ("award_type", "rule_set")
    search_fields = ("award_type__name", "award_type__code")
    fieldsets = (
        (None, {"fields": ("rule_set", "award_type", "legal_basis", "is_confirmed", "conditions")}),
        ("Tiền thưởng", {"fields": ("coefficient_person", "coefficient_collective", "coefficient_household")}),
        (
            "Biểu quyết của hội đồng",
            {
                "fields": (
                    "passes", "base", "quorum", "attendance", "secret", "max_rounds", "proxies",
                    "written_counts_for_attendance", "written_counts_for_vote", "conflicted_in_base", "self_vote",
                )
            },
        ),
        ("Thời hạn", {"fields": ("publicity_days", "appraisal_days")}),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).select_related("award_type", "rule_set")


@admin.register(BaseSalary)
class BaseSalaryAdmin(AuditedAdmin):
    list_display = ("amount", "valid_from", "legal_basis", "is_confirmed")
    ordering = ("-valid_from",)


@admin.register(CertificateLayout)
class CertificateLayoutAdmin(AuditedAdmin):
    form = CertificateLayoutForm
    list_display = ("name", "code", "family", "width_mm", "height_mm", "on_stock", "is_active")
    list_filter = ("family", "is_active")
    filter_horizontal = ("award_types",)
    exclude = ("background",)
    ordering = ("family", "name")
