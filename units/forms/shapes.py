"""Loading outlines of units: the file, and what names the unit in it."""

from typing import Any

from django import forms

from dvk_portal.core.forms import PortalForm
from units.services.shapefile import MAX_BYTES, ShapeFile, read_shapes


class ShapesForm(PortalForm):
    """``apply`` ticked writes; otherwise it is a dry run."""

    submit_label = "Thực hiện"

    file = forms.FileField(
        label="Tệp GeoJSON",
        help_text=f"FeatureCollection, hệ tọa độ WGS 84, tối đa {MAX_BYTES // 1_000_000} MB.",
    )
    code_name = forms.CharField(
        label="Thuộc tính giữ mã đơn vị",
        required=False,
        max_length=60,
        help_text="Để trống thì cổng tự tìm: ma, code, ma_xa…",
    )
    source = forms.CharField(
        label="Nguồn", required=False, max_length=200, help_text="Ví dụ: Sở Nông nghiệp và Môi trường, 10/2026."
    )
    apply = forms.BooleanField(
        label="Nạp thật",
        required=False,
        help_text="Không chọn: chỉ kiểm tra, chưa ghi gì. Nạp thật thì thay ranh giới cũ.",
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(f"Tệp lớn quá {MAX_BYTES // 1_000_000} MB.")
        return upload

    def content(self) -> ShapeFile:
        return read_shapes(self.cleaned_data["file"].read(), self.cleaned_data["code_name"].strip())
