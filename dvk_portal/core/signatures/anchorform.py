"""The form by which the administration says whom the portal trusts: a certificate that is none is refused with a sentence."""

from typing import Any

from django import forms

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import TrustAnchor
from dvk_portal.core.signatures import trust


class TrustAnchorForm(forms.ModelForm):
    """The certificate as text or as a file; what is stored is one PEM block."""

    file = forms.FileField(label="hoặc tệp chứng thư (.cer, .crt, .pem)", required=False)

    class Meta:
        model = TrustAnchor
        fields = ["name", "use", "pem", "file", "valid_from", "valid_to", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pem"].required = False
        self.fields["pem"].help_text = "Dán chứng thư dạng PEM, hoặc chọn tệp ở dưới. Không dán khóa riêng."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("file")
        given = upload.read(trust.MAX_BYTES + 1) if upload else (data.get("pem") or "").encode()
        if not given:
            self.add_error("pem", "Hãy dán chứng thư hoặc chọn tệp chứng thư.")
            return data
        if "pem" in self.changed_data or upload:
            try:
                data["pem"] = trust.read_certificate(given)["pem"]
            except DomainError as error:
                self.add_error("pem", error.message)
        since, until = data.get("valid_from"), data.get("valid_to")
        if since and until and until < since:
            self.add_error("valid_to", "Ngày hết tin cậy phải sau ngày bắt đầu.")
        return data
