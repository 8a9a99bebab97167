"""Documents: layouts as dated rows, numbers of the register, templates, what was issued and every file of it."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from dvk_portal.core.models.kernel import StoredFile


class System(models.TextChoices):
    """Which body of rules on layout and numbering an issuing body follows (law.md §9)."""

    PARTY = "party", "Thể thức văn bản của Đảng"
    STATE = "state", "Thể thức văn bản hành chính"
    NEUTRAL = "neutral", "Không theo thể thức riêng"


class DocumentFormatQuerySet(models.QuerySet):
    def of(self, system: str, day: datetime.date):
        """The layout of ``system`` on that day; None when there is none."""
        return (
            self.filter(Q(valid_to=None) | Q(valid_to__gte=day), system=system, valid_from__lte=day)
            .order_by("-valid_from")
            .first()
        )


class DocumentFormat(models.Model):
    """One version of the rules on layout (R-60). ``layout`` holds its numbers (mm, pt), read by templates/documents/layout.typ."""

    code = models.CharField("mã", max_length=20, unique=True)
    name = models.CharField("tên", max_length=150)
    system = models.CharField("hệ văn bản", max_length=10, choices=System)
    legal_basis = models.CharField("căn cứ", max_length=250)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    layout = models.JSONField("số đo thể thức", default=dict)

    objects = DocumentFormatQuerySet.as_manager()
    unit_path = None

    class Meta:
        verbose_name = "thể thức văn bản"
        verbose_name_plural = "thể thức văn bản"
        ordering = ["system", "-valid_from"]

    def __str__(self) -> str:
        return self.name


class NumberSeries(models.Model):
    """One run of numbers: per body and type, per year (State) or per term of office (Party) (R-63).

    The body is the unit under the symbol it had: "ĐU" is the symbol of every commune's committee.
    """

    unit = models.ForeignKey(
        settings.DOCUMENT_UNIT_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="cơ quan ban hành"
    )
    body = models.CharField("ký hiệu cơ quan", max_length=30)
    type_code = models.CharField("loại văn bản", max_length=20)
    scope = models.CharField("năm hoặc nhiệm kỳ", max_length=40)
    last = models.PositiveIntegerField("số cuối đã cấp", default=0)

    unit_path = "unit"

    class Meta:
        verbose_name = "dãy số văn bản"
        verbose_name_plural = "dãy số văn bản"
        ordering = ["body", "type_code", "scope"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "body", "type_code", "scope"], name="number_series_once")
        ]

    def __str__(self) -> str:
        return f"{self.type_code} – {self.body} – {self.scope}"


class DocumentNumber(models.Model):
    """One line of the register of outgoing documents. A number that was given is never given again; one that is not used
    is declared void with its reason, never deleted."""

    class Status(models.TextChoices):
        ISSUED = "issued", "Đã cấp"
        VOID = "void", "Bỏ số"
        EXTERNAL = "external", "Ghi nhận từ sổ ngoài"

    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="numbers")
    unit = models.ForeignKey(
        settings.DOCUMENT_UNIT_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="cơ quan ban hành"
    )
    number = models.PositiveIntegerField("số")
    text = models.CharField("số, ký hiệu", max_length=60)
    subject = models.CharField("trích yếu", max_length=500)
    search_key = models.CharField(max_length=600, editable=False)
    dated_on = models.DateField("ngày văn bản")
    status = models.CharField("trạng thái", max_length=10, choices=Status, default=Status.ISSUED)
    reason = models.CharField("lý do bỏ số", max_length=250, blank=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField("lấy số lúc", default=timezone.now)

    unit_path = "unit"

    class Meta:
        verbose_name = "số văn bản"
        verbose_name_plural = "sổ văn bản đi"
        ordering = ["-taken_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "number"],
                name="document_number_once",
                violation_error_message="Số này đã được cấp trong cùng dãy số.",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="document_number_from_one"),
            models.CheckConstraint(condition=~Q(status="void") | ~Q(reason=""), name="document_number_void_has_reason"),
        ]

    def __str__(self) -> str:
        return self.text


class DocumentTemplate(models.Model):
    """An office-edited Word template of one kind, accepted after a trial with the sample; old versions stay."""

    kind = models.CharField("loại văn bản", max_length=40)
    version = models.PositiveSmallIntegerField("phiên bản")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    note = models.CharField("ghi chú", max_length=250, blank=True)
    is_active = models.BooleanField("đang dùng", default=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField("tải lên lúc", default=timezone.now)

    unit_path = None

    class Meta:
        verbose_name = "mẫu văn bản"
        verbose_name_plural = "mẫu văn bản"
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="document_template_version_once"),
            models.UniqueConstraint(fields=["kind"], condition=Q(is_active=True), name="document_template_one_active"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, phiên bản {self.version}"


class DocumentQuerySet(models.QuerySet):
    def of(self, record: models.Model):
        """Every document made from ``record``, newest first."""
        return self.filter(record_type=record._meta.label_lower, record_id=str(record.pk)).order_by("-id")

    def living(self):
        """Not cancelled and not replaced."""
        return self.filter(status__in=Document.LIVING)


class Document(models.Model):
    """A document with frozen content. ``content`` is what was agreed, ``content_hash`` its SHA-256, ``frozen`` the PDF set
    from it, ``current`` the newest revision with the signatures so far. The bytes of no revision are ever written again (R-71).
    """

    class Status(models.TextChoices):
        FROZEN = "frozen", "Chờ ký"
        ISSUED = "issued", "Đã ban hành"
        SUPERSEDED = "superseded", "Đã thay thế"
        CANCELLED = "cancelled", "Đã hủy"

    LIVING = (Status.FROZEN, Status.ISSUED)

    code = models.CharField("mã tra cứu", max_length=20, unique=True)
    kind = models.CharField("loại", max_length=40)
    unit = models.ForeignKey(
        settings.DOCUMENT_UNIT_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="cơ quan ban hành"
    )
    record_type = models.CharField(max_length=60)
    record_id = models.CharField(max_length=40)
    title = models.CharField("tên", max_length=150)
    subject = models.CharField("trích yếu", max_length=500)
    search_key = models.TextField(default="", editable=False)
    format = models.ForeignKey(DocumentFormat, on_delete=models.PROTECT, related_name="+", verbose_name="thể thức")
    number = models.OneToOneField(
        DocumentNumber, on_delete=models.PROTECT, null=True, related_name="document", verbose_name="số, ký hiệu"
    )
    dated_on = models.DateField("ngày văn bản")
    status = models.CharField("trạng thái", max_length=10, choices=Status, default=Status.FROZEN)
    content = models.JSONField("nội dung")
    content_hash = models.CharField("mã nội dung", max_length=64)
    frozen = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name="bản chốt")
    current = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name="bản mới nhất")
    created_at = models.DateTimeField("chốt lúc", default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField("ban hành lúc", null=True, blank=True)
    ended_at = models.DateTimeField("hủy, thay thế lúc", null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField("lý do hủy, thay thế", max_length=250, blank=True)

    objects = DocumentQuerySet.as_manager()
    unit_path = "unit"

    class Meta:
        verbose_name = "văn bản"
        verbose_name_plural = "văn bản"
        ordering = ["-id"]
        indexes = [models.Index(fields=["record_type", "record_id"], name="document_by_record")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="issued") | Q(issued_at__isnull=False), name="document_issued_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["cancelled", "superseded"]) | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="document_ended_has_time_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number or ''}".strip()

    def get_absolute_url(self) -> str:
        return reverse("document-detail", args=[self.pk])

    @property
    def is_living(self) -> bool:
        return self.status in self.LIVING


class DocumentFile(models.Model):
    """One file of a document: its revisions, uploads that were refused, scans of paper. ``report`` keeps the check made."""

    class Role(models.TextChoices):
        FROZEN = "frozen", "Bản chốt"
        SIGNED = "signed", "Bản có chữ ký"
        UPLOAD = "upload", "Tệp tải lên, chưa được nhận"
        SCAN = "scan", "Bản quét của bản giấy"

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="files")
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    role = models.CharField("loại tệp", max_length=10, choices=Role)
    report = models.JSONField("kết quả kiểm tra", default=dict)
    note = models.TextField("ghi chú", blank=True)
    created_at = models.DateTimeField("lúc", default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "document__unit"

    class Meta:
        verbose_name = "tệp của văn bản"
        verbose_name_plural = "tệp của văn bản"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.stored}"
