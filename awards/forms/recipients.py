"""Forms of recipients: one recipient, a year of a whole unit, initiatives, discipline and holds, lists from Excel."""

import base64
import binascii
import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from awards.models import Discipline, Grade, Initiative, IntegrityHold, Recipient, RecipientKind, RuleSet, YearRecord
from awards.services.recipients.listfile import MAX_BYTES, MAX_ROWS
from awards.services.recipients.years import FIRST_YEAR, MEMBERS, fields_of
from awards.services.rules.rebasing import other_rule_sets
from dvk_portal.core.forms import DateField, NumberInput, PortalForm
from units.models import Unit, User

_YES_NO = [("", "Chưa rõ"), ("1", "Có"), ("0", "Không")]
_MOST = 1_000_000


# --- the list ---------------------------------------------------------------------------------------------------------
def _units(request: Any) -> QuerySet[Unit]:
    rows = Recipient.objects.visible_to(request.user)
    return Unit.objects.filter(pk__in=rows.order_by().values("unit"))


class RecipientFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tìm tên, chức vụ", method="search")
    unit = django_filters.ModelChoiceFilter(label="Đơn vị", queryset=_units, empty_label="Mọi đơn vị")
    kind = django_filters.ChoiceFilter(label="Đối tượng", choices=RecipientKind.choices, empty_label="Mọi đối tượng")
    sex = django_filters.ChoiceFilter(
        label="Giới tính", choices=[row for row in Recipient.Sex.choices if row[0]], empty_label="Tất cả"
    )
    active = django_filters.ChoiceFilter(
        label="Theo dõi",
        field_name="is_active",
        choices=[("True", "Đang theo dõi"), ("False", "Thôi theo dõi")],
        empty_label="Tất cả",
    )

    class Meta:
        model = Recipient
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.search(value)


# --- one recipient ----------------------------------------------------------------------------------------------------
class RecipientForm(PortalForm):
    """``units``: those whose recipients the person keeps. ``recipient`` None = a new one."""

    unit = forms.ModelChoiceField(label="Đơn vị", queryset=Unit.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label="Đối tượng", choices=RecipientKind.choices, widget=forms.RadioSelect)
    name = forms.CharField(
        label="Họ tên hoặc tên tập thể, chủ hộ", max_length=150, help_text="Ghi như sẽ in trên quyết định."
    )
    is_unit = forms.BooleanField(
        label="Tập thể này chính là đơn vị",
        required=False,
        help_text="Lịch sử khen thưởng và kết quả thi đua của đơn vị, kể cả trước sắp xếp, thuộc về dòng này.",
    )
    post = forms.CharField(label="Chức vụ, nghề nghiệp", max_length=150, required=False)
    sex = forms.ChoiceField(label="Giới tính", choices=Recipient.Sex.choices, required=False)
    is_leader = forms.BooleanField(label="Là lãnh đạo, quản lý", required=False)
    managed_by_btv = forms.BooleanField(
        label="Diện Ban Thường vụ quản lý",
        required=False,
        help_text="Hồ sơ một số hình thức phải kèm văn bản cho ý kiến của Ban Thường vụ.",
    )
    user = forms.ModelChoiceField(
        label="Tài khoản trên cổng",
        queryset=User.objects.none(),
        required=False,
        empty_label="Không có",
        help_text="Để người này không chấm, không bỏ phiếu cho chính mình.",
    )
    is_active = forms.BooleanField(
        label="Đang theo dõi", required=False, help_text="Bỏ chọn khi đã nghỉ, đã chuyển đi; lịch sử vẫn giữ."
    )
    knows_namesakes = forms.BooleanField(label="Không trùng: là người, tập thể khác cùng tên", required=False)

    def __init__(self, *args: Any, units: list[Unit], recipient: Recipient | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = {unit.pk for unit in units} | ({recipient.unit_id} if recipient else set())
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=keys)
        if recipient is None:
            del self.fields["user"], self.fields["is_active"]
        else:
            self.fields["user"].queryset = User.objects.filter(memberships__unit=recipient.unit).distinct()
            del self.fields["knows_namesakes"]


# --- a year of a unit -------------------------------------------------------------------------------------------------
class GridChoiceForm(forms.Form):
    """Which unit, year and kind of recipient the grid shows; in the address."""

    don_vi = forms.ModelChoiceField(label="Đơn vị", queryset=Unit.objects.none(), required=False, empty_label=None)
    nam = forms.TypedChoiceField(label="Năm", coerce=int, required=False)
    loai = forms.ChoiceField(label="Đối tượng", choices=RecipientKind.choices, required=False)

    def __init__(self, *args: Any, units: list[Unit], today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.units, self.today = units, today
        self.fields["don_vi"].queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])
        years = range(today.year, max(FIRST_YEAR, today.year - 15) - 1, -1)
        self.fields["nam"].choices = [(year, str(year)) for year in years]

    @property
    def chosen(self) -> tuple[Unit, int, str]:
        """Unit, year and kind; what was not chosen, or wrongly, is the first unit, the last year, persons."""
        data = self.cleaned_data if self.is_valid() else {}
        return (
            data.get("don_vi") or self.units[0],
            data.get("nam") or self.today.year,
            data.get("loai") or RecipientKind.PERSON,
        )


class YearRowForm(PortalForm):
    """One line of the grid; the prefix names the recipient. Empty = not known."""

    grade = forms.ChoiceField(
        label="Mức hoàn thành nhiệm vụ", choices=[("", "Chưa có"), *Grade.choices], required=False
    )
    leads_cluster = forms.TypedChoiceField(
        label="Dẫn đầu cụm, khối", choices=_YES_NO, required=False, coerce=lambda value: value == "1", empty_value=None
    )
    source = forms.CharField(label="Nguồn", max_length=250, required=False)

    def __init__(self, *args: Any, kind: str, name: str, record: YearRecord, **kwargs: Any) -> None:
        kwargs["initial"] = {field: getattr(record, field) for field in fields_of(kind)}
        kwargs["initial"]["leads_cluster"] = {True: "1", False: "0", None: ""}[record.leads_cluster]
        super().__init__(*args, prefix=f"r{record.recipient_id}", **kwargs)
        for field in MEMBERS:
            label = str(YearRecord._meta.get_field(field).verbose_name)
            self.fields[field] = forms.IntegerField(
                label=label[:1].upper() + label[1:], min_value=0, max_value=_MOST, required=False, widget=NumberInput
            )
            self._speak_vietnamese(self.fields[field])
        self.fields = {field: self.fields[field] for field in fields_of(kind)}
        for field in self.fields.values():
            # A screen reader hears whose cell it is.
            field.label = f"{field.label}, {name}"


# --- initiatives, discipline, holds -----------------------------------------------------------------------------------
class InitiativeForm(PortalForm):
    kind = forms.ChoiceField(label="Loại", choices=Initiative.Kind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label="Tên sáng kiến, đề tài", max_length=250)
    year = forms.IntegerField(label="Năm công nhận", min_value=1900, max_value=2100)
    scope = forms.ChoiceField(label="Phạm vi công nhận", choices=Initiative.Scope.choices)
    decision_no = forms.CharField(label="Quyết định công nhận số", max_length=60)
    decided_on = DateField(label="Ngày quyết định")
    upload = forms.FileField(label="Bản quyết định", required=False, help_text="PDF, ảnh, Word; có thể bổ sung sau.")


class DisciplineForm(PortalForm):
    level = forms.ChoiceField(label="Hình thức", choices=Discipline.Level.choices)
    from_day = DateField(label="Có hiệu lực từ ngày")
    to_day = DateField(label="Hết thời hạn ngày", required=False)
    document_no = forms.CharField(label="Quyết định số", max_length=60, required=False)


class DisciplineEndForm(PortalForm):
    to_day = DateField(label="Hết thời hạn ngày")


class HoldForm(PortalForm):
    submit_label = "Tạm dừng xét"
    error_title = "Chưa tạm dừng được. Hãy sửa các mục sau:"

    reason = forms.ChoiceField(label="Lý do", choices=IntegrityHold.Reason.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label="Nội dung",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Văn bản nào, về việc gì. Chỉ người có thẩm quyền xử lý đọc được.",
    )
    from_day = DateField(label="Từ ngày")


class HoldCloseForm(PortalForm):
    submit_label = "Kết thúc tạm dừng"

    outcome = forms.ChoiceField(
        label="Kết luận",
        choices=[row for row in IntegrityHold.Outcome.choices if row[0]],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="Nội dung kết luận", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    to_day = DateField(label="Đến hết ngày")


class RebaseForm(PortalForm):
    """Another rule set for one dossier, with the reason."""

    submit_label = "Đổi bộ quy định"

    rule_set = forms.ModelChoiceField(label="Bộ quy định", queryset=RuleSet.objects.none(), empty_label=None)
    reason = forms.CharField(
        label="Lý do",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Ví dụ: quy định mới có lợi hơn cho người được đề nghị (quy định chuyển tiếp, khoản …).",
    )

    def __init__(self, *args: Any, nomination: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule_set"].queryset = other_rule_sets(nomination)


# --- lists from Excel -------------------------------------------------------------------------------------------------
class ListForm(PortalForm):
    """``content`` carries the checked file to the confirmation, where everything is checked once more."""

    submit_label = "Kiểm tra tệp"

    file = forms.FileField(
        label="Tệp Excel",
        required=False,
        help_text=f"Tệp .xlsx theo mẫu tải về từ trang này, tối đa 1 MB, {MAX_ROWS} dòng.",
    )
    content = forms.CharField(required=False, widget=forms.HiddenInput, max_length=MAX_BYTES * 2)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("file")
        if upload and upload.size > MAX_BYTES:
            self.add_error("file", "Tệp lớn hơn 1 MB. Hãy kiểm tra xem có chọn nhầm tệp không.")
            return data
        try:
            data["bytes"] = upload.read() if upload else base64.b64decode(data.get("content", ""), validate=True)
        except (binascii.Error, ValueError):
            data["bytes"] = b""
        if not data["bytes"]:
            self.add_error("file", "Hãy chọn tệp Excel.")
        return data

    @property
    def carried(self) -> str:
        return base64.b64encode(self.cleaned_data.get("bytes", b"")).decode()
