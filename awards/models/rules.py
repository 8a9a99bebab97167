"""Rule sets, the catalogue of awards, what each demands under each rule set, base salaries: rows with dates (R-01, R-16)."""

import datetime

from django.db import models
from django.db.models import Q

from units.models import DatedQuerySet


class Family(models.TextChoices):
    """State and Party awards are never mixed: own authority, numbering, layout, money, statistics (R-49)."""

    STATE = "state", "Khen thưởng của Nhà nước"
    PARTY = "party", "Khen thưởng của Đảng"


class AwardKind(models.TextChoices):
    """Loại khen thưởng (Luật TĐKT, Điều 8)."""

    MERIT = "merit", "Công trạng"
    MOVEMENT = "movement", "Phong trào thi đua, chuyên đề"
    SUDDEN = "sudden", "Đột xuất"
    DEDICATION = "dedication", "Quá trình cống hiến"
    SENIORITY = "seniority", "Niên hạn"
    EXTERNAL = "external", "Đối ngoại"


# Their results never ground a higher award of merit (P3; NĐ 152/2025, Điều 4.3).
NO_GROUND_FOR_MERIT = (AwardKind.MOVEMENT, AwardKind.SUDDEN)


class RecipientKind(models.TextChoices):
    """Who is honoured; the values are those of awards.money.Recipient."""

    PERSON = "person", "Cá nhân"
    COLLECTIVE = "collective", "Tập thể"
    HOUSEHOLD = "household", "Hộ gia đình"


class RuleSet(models.Model):
    """One version of the law (R-10). A dossier keeps the one chosen at *receipt for appraisal*; money has another clock (R-12)."""

    code = models.CharField("mã", max_length=30, unique=True)
    name = models.CharField("tên", max_length=150)
    family = models.CharField("hệ khen thưởng", max_length=10, choices=Family, default=Family.STATE)
    legal_basis = models.TextField("căn cứ pháp lý", max_length=2000)
    valid_from = models.DateField("hồ sơ nhận từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    transition = models.TextField("quy định chuyển tiếp", max_length=1000, blank=True)
    is_confirmed = models.BooleanField(
        "đã có văn bản chính thức",
        default=True,
        help_text="Bỏ chọn thì mọi kết luận theo bộ này là “chờ xác nhận văn bản”.",
    )
    round_up_to = models.PositiveIntegerField("tiền thưởng làm tròn lên đến (đồng)", default=10_000)

    objects = DatedQuerySet.as_manager()
    unit_path = None

    class Meta:
        verbose_name = "bộ quy định"
        verbose_name_plural = "bộ quy định"
        ordering = ["family", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="rule_set_ends_after_it_begins",
                violation_error_message="Ngày hết hiệu lực phải sau ngày bắt đầu.",
            ),
            models.CheckConstraint(condition=Q(round_up_to__gte=1), name="rule_set_rounds_to_something"),
        ]

    def __str__(self) -> str:
        return self.name


class AwardType(models.Model):
    """A title or a form of the catalogue (R-16). ``level`` orders authorities and awards: the higher first at a ceremony."""

    class Kind(models.TextChoices):
        TITLE = "title", "Danh hiệu thi đua"
        FORM = "form", "Hình thức khen thưởng"

    code = models.CharField("mã", max_length=20, unique=True)
    name = models.CharField("tên", max_length=150)
    kind = models.CharField("loại", max_length=10, choices=Kind)
    family = models.CharField("hệ khen thưởng", max_length=10, choices=Family, default=Family.STATE)
    for_person = models.BooleanField("cho cá nhân", default=False)
    for_collective = models.BooleanField("cho tập thể", default=False)
    for_household = models.BooleanField("cho hộ gia đình", default=False)
    authority = models.CharField("thẩm quyền quyết định", max_length=150)
    decided_here = models.BooleanField(
        "thủ trưởng cơ quan chủ trì quyết định",
        default=False,
        help_text="Bỏ chọn: cơ quan khác quyết định, cổng ghi nhận.",
    )
    level = models.PositiveSmallIntegerField("bậc", default=0, help_text="Số lớn hơn là cao hơn.")
    object_name = models.CharField(
        "hiện vật kèm theo", max_length=60, blank=True, help_text="Bằng, Giấy, Cờ, Kỷ niệm chương…"
    )
    valid_from = models.DateField("có từ ngày", default=datetime.date(1945, 9, 2))
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()
    unit_path = None

    class Meta:
        verbose_name = "danh hiệu, hình thức khen thưởng"
        verbose_name_plural = "danh hiệu, hình thức khen thưởng"
        ordering = ["family", "-level", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_title(self) -> bool:
        return self.kind == self.Kind.TITLE

    def is_for(self, kind: str) -> bool:
        """Whether it is given to this kind of recipient."""
        return getattr(self, f"for_{kind}")


class SelfVote(models.TextChoices):
    """What a candidate who is himself a member does: no national rule (R-23)."""

    ALLOW = "allow", "Được bỏ phiếu"
    ABSTAIN = "abstain", "Không bỏ phiếu, vẫn tính trong mẫu số"
    REMOVED = "removed", "Không bỏ phiếu, không tính trong mẫu số"


class AwardRule(models.Model):
    """What one award demands under one rule set: conditions, vote, money, publicity, time. Thresholds are rows (R-02).

    ``conditions`` is the expression that awards/eligibility.py reads; ``passes``, ``quorum`` and ``attendance`` are shares as
    awards.tally.Threshold writes them ("80%", "2/3", "majority"; attendance "" = none).
    """

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="rules", verbose_name="bộ quy định")
    award_type = models.ForeignKey(
        AwardType, on_delete=models.PROTECT, related_name="rules", verbose_name="danh hiệu, hình thức"
    )
    legal_basis = models.CharField("căn cứ", max_length=250, blank=True)
    is_confirmed = models.BooleanField("đã đối chiếu văn bản gốc", default=True)
    conditions = models.JSONField("điều kiện", default=list, blank=True)
    coefficient_person = models.DecimalField("hệ số cá nhân", max_digits=6, decimal_places=3, null=True, blank=True)
    coefficient_collective = models.DecimalField("hệ số tập thể", max_digits=6, decimal_places=3, null=True, blank=True)
    coefficient_household = models.DecimalField(
        "hệ số hộ gia đình", max_digits=6, decimal_places=3, null=True, blank=True
    )
    passes = models.CharField("tỷ lệ thông qua", max_length=20, default="majority")
    quorum = models.CharField("tỷ lệ dự họp tối thiểu", max_length=20, default="2/3")
    attendance = models.CharField("tỷ lệ tham gia tối thiểu", max_length=20, blank=True)
    base = models.CharField("mẫu số", max_length=15, default="total")
    secret = models.BooleanField("bỏ phiếu kín", default=False)
    proxies = models.BooleanField("người được ủy quyền được bỏ phiếu", default=False)
    written_counts_for_attendance = models.BooleanField("ý kiến bằng văn bản tính vào số tham gia", default=False)
    written_counts_for_vote = models.BooleanField("ý kiến bằng văn bản tính vào kết quả", default=True)
    max_rounds = models.PositiveSmallIntegerField("số vòng bỏ phiếu tối đa", default=2)
    conflicted_in_base = models.BooleanField("người không được bỏ phiếu vẫn tính trong mẫu số", default=True)
    self_vote = models.CharField(
        "người được xét là thành viên", max_length=10, choices=SelfVote, default=SelfVote.ABSTAIN
    )
    publicity_days = models.PositiveSmallIntegerField("số ngày làm việc lấy ý kiến", default=0)
    appraisal_days = models.PositiveSmallIntegerField("số ngày làm việc thẩm định", default=20)

    unit_path = None

    class Meta:
        verbose_name = "quy định về một danh hiệu, hình thức"
        verbose_name_plural = "quy định về từng danh hiệu, hình thức"
        ordering = ["rule_set", "-award_type__level", "award_type__code"]
        constraints = [models.UniqueConstraint(fields=["rule_set", "award_type"], name="award_rule_once")]

    def __str__(self) -> str:
        return f"{self.award_type} ({self.rule_set.code})"


class DossierItem(models.Model):
    """One line of the checklist of a dossier (R-30): what, when it is required, in what form, who confirms it."""

    class Need(models.TextChoices):
        REQUIRED = "required", "Bắt buộc"
        CONDITIONAL = "conditional", "Bắt buộc khi"
        OPTIONAL = "optional", "Nếu có"

    class When(models.TextChoices):
        NONE = "", "–"
        MANAGED = "managed_by_btv", "cán bộ diện Ban Thường vụ quản lý"
        INITIATIVE = "initiative", "có sáng kiến, đề tài làm căn cứ"
        TRANSFERRED = "transferred", "chuyển công tác trong kỳ"

    class Source(models.TextChoices):
        UPLOAD = "upload", "Tải tệp lên"
        DOCUMENT = "document", "Lập trên cổng"
        EITHER = "either", "Lập trên cổng hoặc tải lên"

    rule = models.ForeignKey(AwardRule, on_delete=models.CASCADE, related_name="checklist", verbose_name="quy định")
    code = models.CharField("mã", max_length=30)
    name = models.CharField("thành phần hồ sơ", max_length=200)
    need = models.CharField("mức", max_length=12, choices=Need, default=Need.REQUIRED)
    when = models.CharField("khi", max_length=20, choices=When, blank=True, default=When.NONE)
    source = models.CharField("nguồn", max_length=10, choices=Source, default=Source.UPLOAD)
    document_kind = models.CharField("loại văn bản trên cổng", max_length=40, blank=True)
    original = models.BooleanField("bản chính", default=True)
    confirmed_by = models.CharField("người xác nhận", max_length=100, blank=True)
    order = models.PositiveSmallIntegerField("thứ tự", default=0)

    unit_path = None

    class Meta:
        verbose_name = "thành phần hồ sơ"
        verbose_name_plural = "thành phần hồ sơ"
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "code"], name="dossier_item_once"),
            models.CheckConstraint(
                condition=~Q(need="conditional") | ~Q(when=""),
                name="dossier_item_says_when",
                violation_error_message="Hãy chọn trường hợp bắt buộc.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BaseSalary(models.Model):
    """Mức lương cơ sở in đồng, in force from a day until the next row's (law.md §7)."""

    amount = models.PositiveIntegerField("mức lương cơ sở (đồng)")
    valid_from = models.DateField("từ ngày", unique=True)
    legal_basis = models.CharField("căn cứ", max_length=200)
    is_confirmed = models.BooleanField("đã đối chiếu văn bản gốc", default=True)

    unit_path = None

    class Meta:
        verbose_name = "mức lương cơ sở"
        verbose_name_plural = "mức lương cơ sở"
        ordering = ["-valid_from"]

    def __str__(self) -> str:
        return f"{self.amount:,} đồng từ {self.valid_from:%d/%m/%Y}".replace(",", ".")
