"""A campaign, its periods, its frozen roster in clusters, what it asks and who verifies what."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from campaigns.models.indicator import Indicator, IndicatorGroup
from campaigns.models.scheme import Scheme
from dvk_portal.core.models import Signature, StoredFile
from dvk_portal.core.text import search_key
from units import access
from units.models import DatedQuerySet, Unit


class CampaignForm(models.TextChoices):
    REGULAR = "regular", "Thường xuyên"
    THEMATIC = "thematic", "Theo chuyên đề"


def all_signing_methods() -> list[str]:
    """Every way of signing, until the organiser narrows them for his campaign."""
    return list(Signature.Method.values)


class CampaignQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Campaigns of the bodies the person reaches, and launched ones in which his unit takes part."""
        ids = access.reach_ids(user, "campaign.view")
        if ids is None:
            return self
        taking_part = Participation.objects.filter(unit__in=ids).values("campaign")
        # A draft given up was never shown to its units.
        launched = Q(pk__in=taking_part, launched_at__isnull=False)
        return self.filter(Q(owner__in=ids) | launched)

    def running(self):
        return self.filter(status__in=Campaign.RUNNING)


class Campaign(models.Model):
    """A phong trào thi đua. The fields of Luật Thi đua, khen thưởng 2022, Điều 17.1 must be there before launch (R-13).

    Dates are the campaign's own: it may run October to October and overlap another (practice.md W-7).
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Nháp"
        OPEN = "open", "Đang thực hiện"
        SCORING = "scoring", "Đang chấm điểm"
        CLOSED = "closed", "Đã kết thúc"
        ARCHIVED = "archived", "Lưu trữ"
        CANCELLED = "cancelled", "Đã hủy"

    RUNNING = (Status.OPEN, Status.SCORING)
    FINISHED = (Status.CLOSED, Status.ARCHIVED, Status.CANCELLED)

    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="campaigns", verbose_name="cơ quan chủ trì")
    title = models.CharField("tên phong trào", max_length=250)
    form = models.CharField("hình thức", max_length=10, choices=CampaignForm, default=CampaignForm.REGULAR)
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày")
    goal = models.TextField("mục tiêu", blank=True)
    slogan = models.CharField("khẩu hiệu", max_length=250, blank=True)
    audience = models.TextField("đối tượng, phạm vi", blank=True)
    content = models.TextField("nội dung", blank=True)
    criteria = models.TextField("tiêu chí", blank=True)
    measures = models.TextField("biện pháp tổ chức", blank=True)
    document_no = models.CharField("số, ký hiệu văn bản phát động", max_length=60, blank=True)
    document_date = models.DateField("ngày ban hành", null=True, blank=True)
    document_signer = models.CharField("người ký", max_length=100, blank=True)
    common_commitments = models.TextField(
        "cam kết chung", blank=True, help_text="Phần chung của mọi giao ước, mỗi dòng một cam kết."
    )
    province_commitments = models.TextField(
        "trách nhiệm của cơ quan phát động", blank=True, help_text="Mỗi dòng một trách nhiệm."
    )
    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, null=True, blank=True, related_name="campaigns", verbose_name="bảng tiêu chí"
    )
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="chuyên viên theo dõi",
    )
    pledge_required = models.BooleanField(
        "bắt buộc có giao ước", default=False, help_text="Chỉ bật khi kế hoạch quy định rõ (Luật 2022 không bắt buộc)."
    )
    signing_methods = models.JSONField("cách ký được dùng", default=all_signing_methods)
    witness = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="bên chứng kiến",
        help_text="Để trống nếu giao ước không có bên chứng kiến.",
    )
    pledge_copies = models.PositiveSmallIntegerField(
        "số bản của mỗi giao ước", default=2, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    previous = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="next", verbose_name="tiếp nối phong trào"
    )
    status = models.CharField("trạng thái", max_length=10, choices=Status, default=Status.DRAFT)
    launched_at = models.DateTimeField("phát động lúc", null=True, blank=True)
    launched_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField("kết thúc lúc", null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    search_key = models.CharField(max_length=400, editable=False)

    objects = CampaignQuerySet.as_manager()
    unit_path = "owner"

    class Meta:
        verbose_name = "phong trào thi đua"
        verbose_name_plural = "phong trào thi đua"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="campaign_ends_after_it_begins",
                violation_error_message="Ngày kết thúc phải sau ngày bắt đầu.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "cancelled"]) | Q(launched_at__isnull=False, scheme__isnull=False),
                name="campaign_launched_has_date_and_scheme",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("campaign-detail", args=[self.pk])

    def set_keys(self) -> None:
        self.search_key = search_key(f"{self.title} {self.document_no}")[:400]

    @property
    def is_running(self) -> bool:
        return self.status in self.RUNNING

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def signing_method_words(self) -> list[str]:
        return [label for value, label in Signature.Method.choices if value in self.signing_methods]


class CampaignAttachment(models.Model):
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="attachments")
    title = models.CharField("tên tài liệu", max_length=200)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    unit_path = "campaign__owner"

    class Meta:
        verbose_name = "tài liệu kèm theo"
        verbose_name_plural = "tài liệu kèm theo"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class ReportingPeriod(models.Model):
    """One entry period with its own data cut-off and due date; never a bare "Quý I" (practice.md W-16).

    ``due_on`` is the day as written in the plan; ``due_at`` the end of the working day it rolls on to (law.md §13).
    """

    class Kind(models.TextChoices):
        MONTH = "month", "Tháng"
        QUARTER = "quarter", "Quý"
        HALF = "half", "6 tháng"
        YEAR = "year", "Năm"

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="periods")
    year = models.PositiveSmallIntegerField("năm")
    kind = models.CharField("loại kỳ", max_length=10, choices=Kind, default=Kind.QUARTER)
    number = models.PositiveSmallIntegerField("thứ tự trong năm", default=1)
    data_from = models.DateField("số liệu từ ngày")
    data_to = models.DateField("chốt số liệu ngày")
    due_on = models.DateField("hạn nộp theo kế hoạch")
    due_at = models.DateTimeField("hạn nộp", editable=False)

    unit_path = "campaign__owner"

    class Meta:
        verbose_name = "kỳ báo cáo"
        verbose_name_plural = "kỳ báo cáo"
        ordering = ["campaign", "data_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "year", "kind", "number"],
                name="period_once",
                violation_error_message="Kỳ báo cáo này đã có trong phong trào.",
            ),
            models.CheckConstraint(
                condition=Q(data_to__gte=F("data_from")),
                name="period_ends_after_it_begins",
                violation_error_message="Ngày chốt số liệu phải sau ngày bắt đầu kỳ.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("data_to")),
                name="period_due_after_cut_off",
                violation_error_message="Hạn nộp phải từ ngày chốt số liệu trở đi.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """ "Quý III/2026", "Tháng 5/2026", "6 tháng đầu năm 2026", "Năm 2026"."""
        if self.kind == self.Kind.QUARTER:
            return f"Quý {('I', 'II', 'III', 'IV')[self.number - 1]}/{self.year}"
        if self.kind == self.Kind.MONTH:
            return f"Tháng {self.number}/{self.year}"
        if self.kind == self.Kind.HALF:
            return f"6 tháng {'đầu' if self.number == 1 else 'cuối'} năm {self.year}"
        return f"Năm {self.year}"

    @property
    def key(self) -> str:
        """ "2026-Q3", "2026-05", "2026-H1", "2026": sorts in order of time inside one kind."""
        letter = {
            self.Kind.QUARTER: f"-Q{self.number}",
            self.Kind.MONTH: f"-{self.number:02d}",
            self.Kind.HALF: f"-H{self.number}",
        }
        return f"{self.year}{letter.get(self.kind, '')}"

    def clean(self) -> None:
        highest = {self.Kind.MONTH: 12, self.Kind.QUARTER: 4, self.Kind.HALF: 2, self.Kind.YEAR: 1}[self.kind]
        if not 1 <= (self.number or 0) <= highest:
            raise ValidationError({"number": f"Thứ tự kỳ phải từ 1 đến {highest}."})


class Cluster(models.Model):
    """Units ranked against each other (cụm, khối thi đua)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="clusters")
    name = models.CharField("tên cụm, khối", max_length=120)
    order = models.PositiveSmallIntegerField("thứ tự", default=0)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="chuyên viên theo dõi cụm",
    )

    unit_path = "campaign__owner"

    class Meta:
        verbose_name = "cụm, khối thi đua"
        verbose_name_plural = "cụm, khối thi đua"
        ordering = ["campaign", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "name"],
                name="cluster_name_once",
                violation_error_message="Phong trào đã có cụm, khối tên này.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Participation(models.Model):
    """A unit on the roster, with its name and superior as they were at launch; later events never rewrite it (W-46)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="participations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="participations", verbose_name="đơn vị")
    cluster = models.ForeignKey(
        Cluster,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="participations",
        verbose_name="cụm, khối",
    )
    name = models.CharField("tên đơn vị khi chốt", max_length=150)
    kind_name = models.CharField("loại khi chốt", max_length=60)
    parent_name = models.CharField("cấp trên khi chốt", max_length=150, blank=True)
    sort_key = models.CharField(max_length=500, editable=False)
    search_key = models.CharField(max_length=250, editable=False)
    women_share = models.DecimalField(
        "tỷ lệ nữ", max_digits=5, decimal_places=4, null=True, blank=True, help_text="Từ 0 đến 1, dùng khi bằng điểm."
    )

    unit_path = "unit"

    class Meta:
        verbose_name = "đơn vị tham gia"
        verbose_name_plural = "đơn vị tham gia"
        ordering = ["campaign", "cluster__order", "sort_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "unit"],
                name="participation_once",
                violation_error_message="Đơn vị đã có trong danh sách tham gia.",
            ),
            models.CheckConstraint(
                condition=Q(women_share=None) | Q(women_share__gte=0, women_share__lte=1),
                name="participation_women_share_is_a_share",
                violation_error_message="Tỷ lệ nữ phải từ 0 đến 1.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ClusterHead(models.Model):
    """Trưởng cụm, phó cụm: a unit of the cluster, for a time (practice.md W-14)."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="heads")
    participation = models.ForeignKey(
        Participation, on_delete=models.PROTECT, related_name="headships", verbose_name="đơn vị"
    )
    is_deputy = models.BooleanField("phó cụm", default=False)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()
    unit_path = "cluster__campaign__owner"

    class Meta:
        verbose_name = "trưởng, phó cụm"
        verbose_name_plural = "trưởng, phó cụm"
        ordering = ["cluster", "is_deputy", "valid_from"]

    def __str__(self) -> str:
        return f"{'Phó cụm' if self.is_deputy else 'Trưởng cụm'}: {self.participation}"


class CampaignIndicator(models.Model):
    """What the campaign asks of its units, in which order, and whether an answer is demanded."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="asked")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="asked_in", verbose_name="chỉ số")
    required = models.BooleanField("bắt buộc", default=True)
    in_pledge = models.BooleanField("đăng ký chỉ tiêu trong giao ước", default=False)
    common_target = models.DecimalField(
        "chỉ tiêu chung", max_digits=18, decimal_places=4, null=True, blank=True, help_text="Phần chung của giao ước."
    )
    target_due_on = models.DateField(
        "thời hạn của chỉ tiêu", null=True, blank=True, help_text="Để trống: hết thời gian của phong trào."
    )
    weight = models.DecimalField(
        "trọng số",
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Phần của chỉ tiêu trong toàn giao ước, ghi trên văn bản; không đổi điểm của bảng tiêu chí.",
    )

    unit_path = "campaign__owner"

    class Meta:
        verbose_name = "chỉ số của phong trào"
        verbose_name_plural = "chỉ số của phong trào"
        ordering = ["indicator__group__order", "indicator__order"]
        constraints = [models.UniqueConstraint(fields=["campaign", "indicator"], name="campaign_indicator_once")]

    def __str__(self) -> str:
        return str(self.indicator)

    @property
    def is_typed(self) -> bool:
        """Whether units type it."""
        return self.indicator.ask

    @property
    def is_counted(self) -> bool:
        """Whether the portal counts it in the register of models."""
        return self.indicator.is_counted


class Assignment(models.Model):
    """Which department verifies what: a group of indicators, or the criteria whose ``assessor`` is so called."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="assignments")
    department = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="phòng")
    group = models.ForeignKey(
        IndicatorGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="nhóm chỉ số"
    )
    assessor = models.CharField("bộ phận thẩm định ghi trong bảng tiêu chí", max_length=150, blank=True)

    unit_path = "campaign__owner"

    class Meta:
        verbose_name = "phân công thẩm định"
        verbose_name_plural = "phân công thẩm định"
        ordering = ["campaign", "department", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(group__isnull=False, assessor="") | (Q(group__isnull=True) & ~Q(assessor="")),
                name="assignment_names_one_thing",
                violation_error_message="Chọn nhóm chỉ số hoặc bộ phận thẩm định, không chọn cả hai.",
            ),
            models.UniqueConstraint(
                fields=["campaign", "department", "group", "assessor"],
                name="assignment_once",
                violation_error_message="Đã phân công nội dung này cho phòng.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department}: {self.group or self.assessor}"


class ReminderStep(models.Model):
    """A rung of the reminder ladder: ``days`` from the due date (negative = before) and whom it tells."""

    DEFAULT = [
        (-14, False, False),
        (-7, False, False),
        (-3, False, False),
        (-1, True, False),
        (1, True, True),
        (3, True, True),
        (7, True, True),
    ]

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="reminder_steps")
    days = models.SmallIntegerField("số ngày so với hạn", help_text="Số âm: trước hạn; số dương: sau hạn.")
    to_leader = models.BooleanField("báo cả lãnh đạo đơn vị", default=False)
    to_officer = models.BooleanField("báo cả chuyên viên của tỉnh", default=False)

    unit_path = "campaign__owner"

    class Meta:
        verbose_name = "mốc nhắc việc"
        verbose_name_plural = "mốc nhắc việc"
        ordering = ["campaign", "days"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "days"],
                name="reminder_step_once",
                violation_error_message="Đã có mốc nhắc vào ngày này.",
            )
        ]

    def __str__(self) -> str:
        return f"{abs(self.days)} ngày {'trước' if self.days < 0 else 'sau'} hạn"
