"""Taking in a list of models: the file to be checked, then the same file to be written."""

import base64
import binascii
from typing import Any

from django import forms

from dvk_portal.core.forms import PortalForm
from pledges.services.exemplary.modelfile import MAX_BYTES


class ImportForm(PortalForm):
    """``content`` carries the checked file to the confirmation, where everything is checked once more."""

    submit_label = "Kiểm tra tệp"

    file = forms.FileField(
        label="Tệp Excel", required=False, help_text="Tệp .xlsx theo mẫu tải về từ trang này, tối đa 1 MB, 300 dòng."
    )
    register = forms.BooleanField(
        label="Đăng ký vào sổ ngay",
        required=False,
        help_text="Không chọn: nhập thành bản nháp để soạn tiếp. Chọn: mọi dòng phải đủ nội dung để đăng ký.",
    )
    content = forms.CharField(required=False, widget=forms.HiddenInput, max_length=MAX_BYTES * 2)

    def __init__(self, *args: Any, may_register: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_register:
            del self.fields["register"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("file")
        if upload and upload.size > MAX_BYTES:
            self.add_error("file", "Tệp lớn hơn 1 MB. Hãy kiểm tra xem có chọn nhầm tệp không.")
        elif upload:
            data["bytes"] = upload.read()
        else:
            try:
                data["bytes"] = base64.b64decode(data.get("content", ""), validate=True)
            except (binascii.Error, ValueError):
                data["bytes"] = b""
            if not data["bytes"]:
                self.add_error("file", "Hãy chọn tệp Excel.")
        return data

    @property
    def carried(self) -> str:
        return base64.b64encode(self.cleaned_data.get("bytes", b"")).decode()
