"""Signatures of documents, the ones under way, and whom the portal trusts to certify."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dvk_portal.core.models.documents import Document, DocumentFile
from dvk_portal.core.models.kernel import StoredFile


class Signature(models.Model):
    """One side's signature of exactly one content: who, in what capacity, how, when.

    ``sealed`` is the revision of the file that bears it; empty while the seal of a consent is still owed. A paper copy or a
    flagged upload counts only once the other side's province has confirmed it.
    """

    class Method(models.TextChoices):
        CONSENT = "consent", "Xác nhận trong cổng, có con dấu điện tử của cổng"
        UPLOAD = "upload", "Ký số bằng công cụ bên ngoài rồi tải lên"
        KEY = "key", "Ký số trong cổng bằng khóa của người ký"
        TOKEN = "token", "Ký số hai bước bằng thiết bị hoặc dịch vụ ký từ xa"
        SCAN = "scan", "Bản giấy đã ký và đóng dấu, tải bản quét"

    # The signed-in person signs himself.
    IN_PERSON = (Method.CONSENT, Method.KEY, Method.TOKEN)

    class Status(models.TextChoices):
        PENDING = "pending", "Chờ xác nhận"
        ACCEPTED = "accepted", "Đã nhận"
        REFUSED = "refused", "Không nhận"

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="signatures")
    slot = models.CharField("bên", max_length=20)
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="người ký"
    )
    name = models.CharField("họ tên khi ký", max_length=50)
    capacity = models.CharField("chức danh khi ký", max_length=200)
    delegation = models.CharField("theo ủy quyền", max_length=200, blank=True)
    method = models.CharField("cách ký", max_length=10, choices=Method)
    status = models.CharField("trạng thái", max_length=10, choices=Status, default=Status.ACCEPTED)
    signed_at = models.DateTimeField("thời điểm")
    content_hash = models.CharField("mã nội dung", max_length=64)
    sealed = models.ForeignKey(DocumentFile, on_delete=models.PROTECT, null=True, related_name="signatures")
    flags = models.JSONField("điểm cần xem", default=list)
    decided_at = models.DateTimeField("xác nhận lúc", null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.TextField("lý do", blank=True)

    unit_path = "document__unit"

    class Meta:
        verbose_name = "chữ ký"
        verbose_name_plural = "chữ ký"
        ordering = ["signed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "slot"],
                condition=Q(status__in=["pending", "accepted"]),
                name="signature_once_per_slot",
            ),
            models.CheckConstraint(condition=~Q(content_hash=""), name="signature_names_its_content"),
            models.CheckConstraint(
                condition=~Q(status="refused") | (Q(decided_at__isnull=False) & ~Q(note="")),
                name="signature_refused_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.capacity}"

    @property
    def counts(self) -> bool:
        return self.status == self.Status.ACCEPTED

    @property
    def owes_seal(self) -> bool:
        """Whether the portal still has to put its seal under this consent."""
        return self.counts and self.method == self.Method.CONSENT and self.sealed_id is None


class PreparedSignature(models.Model):
    """The first half of signing with a token or a remote signer: the digest went out, the signature has not come back."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="prepared")
    slot = models.CharField(max_length=20)
    base = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name="bản được ký")
    state = models.JSONField(default=dict)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name="bản chờ chữ ký")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)

    unit_path = "document__unit"

    class Meta:
        verbose_name = "lượt ký hai bước"
        verbose_name_plural = "lượt ký hai bước"
        constraints = [
            models.UniqueConstraint(fields=["document", "slot", "started_by"], name="prepared_signature_once")
        ]

    def __str__(self) -> str:
        return f"{self.document}: {self.slot}"


class TrustAnchor(models.Model):
    """A certificate to which a chain must lead (Ban Cơ yếu's root, NEAC …), for signatures or for timestamps (R-70.4)."""

    class Use(models.TextChoices):
        SIGNATURE = "signature", "Chữ ký"
        TIMESTAMP = "timestamp", "Dấu thời gian"

    name = models.CharField("tên", max_length=150)
    pem = models.TextField("chứng thư (PEM)")
    use = models.CharField("dùng cho", max_length=10, choices=Use, default=Use.SIGNATURE)
    valid_from = models.DateField("tin cậy từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    note = models.CharField("nguồn, căn cứ", max_length=250, blank=True)

    unit_path = None

    class Meta:
        verbose_name = "chứng thư gốc được tin cậy"
        verbose_name_plural = "chứng thư gốc được tin cậy"
        ordering = ["use", "name"]

    def __str__(self) -> str:
        return self.name
