"""What units report, as data (``dvk-indicators/1``; campaigns/indicatorfile.py reads and writes the file)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from dvk_portal.core.text import search_key


class IndicatorKind(models.TextChoices):
    FLOW = "flow", "Phát sinh trong kỳ"
    STOCK = "stock", "Lũy kế, hiện có cuối kỳ"
    RATIO = "ratio", "Tỷ lệ"
    TEXT = "text", "Lời văn"
    YES_NO = "yes_no", "Có / không"


class OverTime(models.TextChoices):
    SUM = "sum", "cộng các kỳ"
    LAST = "last", "lấy kỳ cuối"
    FIRST = "first", "lấy kỳ đầu"
    MAX = "max", "lấy kỳ lớn nhất"
    AVERAGE = "average", "trung bình các kỳ"
    RECOMPUTE = "recompute", "tính lại từ hai số thành phần"
    JOIN = "join", "nối theo kỳ"


class OverUnits(models.TextChoices):
    SUM = "sum", "cộng các đơn vị"
    MAX = "max", "lấy đơn vị lớn nhất"
    AVERAGE = "average", "trung bình các đơn vị"
    RECOMPUTE = "recompute", "tính lại từ hai số thành phần"
    JOIN = "join", "nối theo đơn vị"
    COUNT_YES = "count_yes", "đếm đơn vị có"
    NONE = "none", "không tổng hợp"


class Scope(models.TextChoices):
    UNIT = "unit", "từng đơn vị"
    PROVINCE = "province", "một số liệu cho toàn tỉnh"


class Frequency(models.TextChoices):
    MONTH = "month", "mỗi kỳ báo cáo"
    QUARTER = "quarter", "mỗi quý"
    YEAR = "year", "mỗi năm"


class Better(models.TextChoices):
    HIGHER = "higher", "càng cao càng tốt"
    LOWER = "lower", "càng thấp càng tốt"


class Chapter(models.TextChoices):
    """Where a narrative stands in a written report (law.md §9: results; difficulties; direction, recommendations)."""

    RESULTS = "results", "Kết quả nổi bật"
    MODELS = "models", "Mô hình, cách làm hay"
    DIFFICULTIES = "difficulties", "Khó khăn, hạn chế"
    DIRECTION = "direction", "Phương hướng, nhiệm vụ"
    PROPOSALS = "proposals", "Kiến nghị, đề xuất"


class IndicatorGroup(models.Model):
    code = models.CharField("mã", max_length=30, unique=True)
    title = models.CharField("tên nhóm", max_length=150)
    title_en = models.CharField("tên tiếng Anh", max_length=150, blank=True)
    order = models.PositiveSmallIntegerField("thứ tự", default=0)

    class Meta:
        verbose_name = "nhóm chỉ số"
        verbose_name_plural = "nhóm chỉ số"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.title


class IndicatorQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.has_perm("indicator.view") else self.none()

    def search(self, text: str):
        """Indicators whose code, label or name holds every word of ``text``, with or without diacritics."""
        found = self
        for word in search_key(text).split():
            found = found.filter(search_key__contains=word)
        return found


class Indicator(models.Model):
    """One reported figure or text. Its kind decides how it adds up over time and over units (practice.md §6.3).

    ``numerator`` and ``denominator`` hold codes of other indicators (a ratio is never typed). ``derived`` says where the
    portal gets the figure by itself: ``{"formula": "a + b - c"}`` or ``{"models": "registered", "at": "period_end"}``.
    """

    code = models.CharField("mã chỉ số", max_length=60, unique=True)
    group = models.ForeignKey(IndicatorGroup, on_delete=models.PROTECT, related_name="indicators", verbose_name="nhóm")
    label = models.CharField("nhãn ngắn", max_length=120)
    name = models.CharField("tên đầy đủ", max_length=250)
    name_en = models.CharField("tên tiếng Anh", max_length=250, blank=True)
    measure = models.CharField("đơn vị tính", max_length=40)
    kind = models.CharField("loại", max_length=10, choices=IndicatorKind)
    over_time = models.CharField("theo thời gian", max_length=10, choices=OverTime)
    over_units = models.CharField("theo đơn vị", max_length=10, choices=OverUnits)
    part_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts", verbose_name="là một phần của"
    )
    numerator = models.JSONField("tử số (mã)", default=list, blank=True)
    denominator = models.JSONField("mẫu số (mã)", default=list, blank=True)
    derived = models.JSONField("tự tính từ", default=dict, blank=True)
    ask = models.BooleanField("đơn vị tự nhập", default=True)
    scope = models.CharField("phạm vi", max_length=10, choices=Scope, default=Scope.UNIT)
    frequency = models.CharField("tần suất", max_length=10, choices=Frequency, default=Frequency.MONTH)
    better = models.CharField("chiều tốt", max_length=10, choices=Better, blank=True)
    decimals = models.PositiveSmallIntegerField("số chữ số thập phân", default=0)
    chapter = models.CharField(
        "mục trong văn bản báo cáo",
        max_length=15,
        choices=Chapter,
        blank=True,
        help_text="Chỉ cho lời văn. Để trống: in cùng nhóm chỉ số.",
    )
    valid_to = models.DateField("hỏi đến hết ngày", null=True, blank=True)
    hint = models.CharField("chỉ dẫn khi nhập", max_length=250, blank=True)
    origin = models.CharField("nguồn gốc", max_length=20, blank=True)
    order = models.PositiveSmallIntegerField("thứ tự", default=0)
    search_key = models.CharField(max_length=400, editable=False)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = "chỉ số"
        verbose_name_plural = "chỉ số"
        ordering = ["group__order", "order", "code"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="ratio") | Q(ask=False),
                name="indicator_ratio_is_not_typed",
                violation_error_message="Tỷ lệ không nhập trực tiếp: hãy khai hai số thành phần.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("indicator-edit", args=[self.pk])

    def set_keys(self) -> None:
        self.search_key = search_key(f"{self.code} {self.label} {self.name}")[:400]

    @property
    def is_counted(self) -> bool:
        """Whether the portal counts it in the register of models; nobody types it."""
        return bool(self.derived.get("models"))

    @property
    def is_numeric(self) -> bool:
        return self.kind in (IndicatorKind.FLOW, IndicatorKind.STOCK, IndicatorKind.RATIO)
