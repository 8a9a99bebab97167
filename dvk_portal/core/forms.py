"""Bases of the portal's forms: order of GOV.UK (summary, label, hint, error, control), Vietnamese dates and numbers."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import ModelFormMetaclass

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.numbers import MAX_DIGITS, NumberError, format_number, parse_number


class NumberInput(forms.TextInput):
    """A number as people write it: text with a decimal keypad, never the browser's spinner."""

    input_type = "text"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", "class": "input-number", **(attrs or {})})


class DecimalField(forms.DecimalField):
    """Understands "1.234,5" and "1234.5"; asks where two readings are possible (core.numbers)."""

    widget = NumberInput
    hint = ""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        if not isinstance(value, str | int | Decimal) or isinstance(value, bool):
            raise ValidationError("Giá trị nhập vào không phải là số.")
        try:
            return parse_number(value, self.decimal_places, max_digits=self.max_digits or MAX_DIGITS)
        except NumberError as error:
            raise ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        return format_number(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def validate_year(day: datetime.date) -> None:
    """A year outside of this is a slip of the finger, and at the ends of the calendar there is no day before or after."""
    if not 1900 <= day.year <= 2100:
        raise ValidationError("Năm chưa đúng. Hãy ghi đủ bốn chữ số, từ 1900 đến 2100.")


class DateField(forms.DateField):
    """dd/mm/yyyy in a plain text box: the same on every computer and phone."""

    hint = "Ngày/tháng/năm, ví dụ 05/11/2026."
    default_validators = [validate_year]

    def __init__(self, **options: Any) -> None:
        options["help_text"] = options.get("help_text") or self.hint
        options["widget"] = forms.DateInput(
            format="%d/%m/%Y", attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-date"}
        )
        super().__init__(**options)


class DateTimeField(forms.DateTimeField):
    """dd/mm/yyyy hh:mm in a plain text box."""

    hint = "Ngày/tháng/năm giờ:phút, ví dụ 05/11/2026 17:00."
    default_validators = [validate_year]

    def __init__(self, **options: Any) -> None:
        options["help_text"] = options.get("help_text") or self.hint
        options["widget"] = forms.DateTimeInput(
            format="%d/%m/%Y %H:%M", attrs={"autocomplete": "off", "class": "input-date"}
        )
        super().__init__(**options)


_MESSAGES = {
    "required": "Hãy điền mục này.",
    "invalid": "Giá trị chưa đúng. Hãy kiểm tra lại.",
    "invalid_choice": "Hãy chọn một mục trong danh sách.",
    "invalid_pk_value": "Hãy chọn một mục trong danh sách.",
}
_DATE_MESSAGES = {"invalid": "Ngày chưa đúng. Hãy ghi theo dạng ngày/tháng/năm, ví dụ 05/11/2026."}
_CHOICES = (forms.ChoiceField, forms.ModelChoiceField)


def portal_field(field: models.Field, **options: Any) -> forms.Field | None:
    """Form fields of model forms: the portal's own for dates and decimals."""
    own = {models.DecimalField: DecimalField, models.DateTimeField: DateTimeField, models.DateField: DateField}
    for kind, form_class in own.items():
        if isinstance(field, kind) and not field.choices:
            options.pop("widget", None)
            if not field.help_text:
                options.setdefault("help_text", form_class.hint)
            return field.formfield(form_class=form_class, **options)
    return field.formfield(**options)


class _PortalFormMixin:
    """``helper`` with a crispy layout is honoured; without one the fields follow in their order."""

    submit_label = "Lưu"
    helper = None
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        if self.helper is not None:
            self.helper.form_tag = False
            self.helper.disable_csrf = True
        for field in self.fields.values():
            self._speak_vietnamese(field)

    @staticmethod
    def _speak_vietnamese(field: forms.Field) -> None:
        messages = dict(_MESSAGES)
        if isinstance(field, forms.DateField | forms.DateTimeField):
            messages |= _DATE_MESSAGES
        if isinstance(field, _CHOICES):
            messages["required"] = "Hãy chọn một mục."
        own: dict[str, Any] = {}
        for klass in reversed(type(field).__mro__):
            own |= getattr(klass, "default_error_messages", {})
        for name, text in messages.items():
            # A sentence that the form's author wrote himself stays.
            if name in own and field.error_messages.get(name) == own[name]:
                field.error_messages[name] = text

    def add_domain_error(self, error: DomainError) -> None:
        """Show what a service refused, with its findings, in the error summary."""
        for sentence in [error.message, *error.findings]:
            self.add_error(None, sentence)  # type: ignore[attr-defined]


class PortalForm(_PortalFormMixin, forms.Form):
    pass


class PortalModelFormMetaclass(ModelFormMetaclass):
    """Every model form of the portal takes the portal's fields for dates and decimals, whatever its Meta says."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> type:
        meta = attrs.get("Meta")
        if meta is not None and getattr(meta, "formfield_callback", None) is None:
            meta.formfield_callback = staticmethod(portal_field)
        return super().__new__(mcs, name, bases, attrs)


class PortalModelForm(_PortalFormMixin, forms.ModelForm, metaclass=PortalModelFormMetaclass):
    pass


class IdentityMixin(forms.Form):
    """Whoever signs shows again that it is he: password, and the code of his second step once he has enrolled."""

    password = forms.CharField(
        label="Mật khẩu đăng nhập của bạn",
        strip=False,
        help_text="Nhập lại mật khẩu để xác nhận chính bạn là người ký.",
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
        max_length=128,
        error_messages={"required": "Hãy nhập mật khẩu để ký."},
    )
    code = forms.CharField(
        label="Mã xác thực hai bước",
        help_text="Sáu chữ số trên ứng dụng xác thực của bạn, hoặc một mã dự phòng.",
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
        max_length=20,
        error_messages={"required": "Hãy nhập mã xác thực để ký."},
    )

    def __init__(self, *args: Any, needs_code: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_code:
            del self.fields["code"]


class MultipleFileInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class MultipleFileField(forms.FileField):
    """Several files at once; ``cleaned_data`` holds a list."""

    widget = MultipleFileInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        if not any(files):
            return [super().clean(None, initial)] if self.required else []
        return [super(MultipleFileField, self).clean(file, initial) for file in files if file]
