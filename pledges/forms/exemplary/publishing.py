"""Forms of publicity: the story, and who agreed to what."""

from django import forms

from dvk_portal.core.forms import DateField, PortalForm
from pledges.models import PublicationConsent
from pledges.services.exemplary.publishing import MAX_RESULTS, MAX_STORY, Consent


class StoryForm(PortalForm):
    submit_label = "Lưu câu chuyện"

    story = forms.CharField(
        label="Câu chuyện",
        max_length=MAX_STORY,
        widget=forms.Textarea({"rows": 14}),
        help_text="Kể cho người dân đọc: trước đó ra sao, ai đã làm gì, làm thế nào, nay khác thế nào. "
        f"Tối đa {MAX_STORY} ký tự để in vừa một trang. Không nêu tên người chưa đồng ý.",
    )
    public_results = forms.CharField(
        label="Kết quả",
        required=False,
        max_length=MAX_RESULTS,
        widget=forms.Textarea({"rows": 5}),
        help_text="Hai, ba câu có số liệu. Chỉ số “đạt được” của mô hình tự hiện bên cạnh.",
    )
    public_contact = forms.CharField(
        label="Liên hệ của đơn vị",
        required=False,
        max_length=200,
        help_text="Cơ quan, điện thoại cơ quan; chỉ hiện khi đồng ý công khai gồm liên hệ. Không ghi số riêng của cá nhân.",
    )


class ConsentForm(PortalForm):
    submit_label = "Ghi nhận đồng ý"

    given_by = forms.CharField(label="Người đồng ý", max_length=150)
    capacity = forms.CharField(
        label="Tư cách", max_length=150, help_text=PublicationConsent._meta.get_field("capacity").help_text
    )
    given_on = DateField(label="Ngày đồng ý")
    covers_subject = forms.BooleanField(label="Đồng ý nêu tên tập thể, cá nhân thực hiện", required=False)
    covers_pictures = forms.BooleanField(
        label="Đồng ý đăng ảnh",
        required=False,
        help_text="Chỉ ảnh được đánh dấu “người trong ảnh đồng ý” mới hiện.",
    )
    covers_contact = forms.BooleanField(label="Đồng ý nêu liên hệ của đơn vị", required=False)
    file = forms.FileField(
        label="Bản đồng ý (ảnh chụp hoặc PDF)",
        required=False,
        help_text="Giữ trong cổng, không hiện ở trang công khai.",
    )

    @property
    def consent(self) -> Consent:
        data = self.cleaned_data
        return Consent(
            data["given_by"], data["capacity"], data["given_on"], data["covers_subject"], data["covers_pictures"],
            data["covers_contact"], data["file"],
        )  # fmt: skip
