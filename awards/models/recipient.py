"""Who is honoured, and what is known of him year by year: grades, initiatives, discipline, holds. Missing stays missing."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from awards.models.rules import RecipientKind
from dvk_portal.core.models import StoredFile
from dvk_portal.core.text import search_key, sort_key
from pledges.models.pledge import OwnedQuerySet
from units.models import Unit


class RecipientQuerySet(OwnedQuerySet):
    view_permission = "award.view"

    def search(self, text: str):
        """Rows that hold every word of ``text``, with or without accents."""
        found = self
        for word in search_key(text).split():
            found = found.filter(search_key__contains=word)
        return found


class Recipient(models.Model):
    """A person, a collective or a household, as it is today; awards and nominations keep it as it was (W-41)."""

    class Sex(models.TextChoices):
        UNKNOWN = "", "Chưa ghi"
        FEMALE = "f", "Nữ"
        MALE = "m", "Nam"

    kind = models.CharField("đối tượng", max_length=10, choices=RecipientKind)
    name = models.CharField("họ tên hoặc tên tập thể, chủ hộ", max_length=150)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="recipients", verbose_name="đơn vị")
    # The unit itself as a collective: its history goes through mergers (units.Lineage).
    of_unit = models.OneToOneField(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="as_recipient",
        verbose_name="chính là đơn vị",
    )
    post = models.CharField("chức vụ, nghề nghiệp", max_length=150, blank=True)
    sex = models.CharField("giới tính", max_length=1, choices=Sex, blank=True, default=Sex.UNKNOWN)
    is_leader = models.BooleanField("lãnh đạo, quản lý", default=False)
    managed_by_btv = models.BooleanField("diện Ban Thường vụ quản lý", default=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="tài khoản",
    )
    is_active = models.BooleanField("đang theo dõi", default=True)
    search_key = models.CharField(max_length=500, editable=False)
    sort_key = models.CharField(max_length=500, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = RecipientQuerySet.as_manager()
    unit_path = "unit"

    class Meta:
        verbose_name = "đối tượng khen thưởng"
        verbose_name_plural = "đối tượng khen thưởng"
        ordering = ["sort_key", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(of_unit=None) | Q(kind="collective"), name="recipient_unit_is_collective"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("recipient-detail", args=[self.pk])

    def set_keys(self) -> None:
        """Keys of search and order from the name; the caller saves."""
        self.search_key, self.sort_key = search_key(f"{self.name} {self.post}"), sort_key(self.name)


class Grade(models.TextChoices):
    """Mức hoàn thành nhiệm vụ of the yearly evaluation (Bắc Ninh 86/2025, Điều 7)."""

    EXCELLENT = "htxs", "Hoàn thành xuất sắc nhiệm vụ"
    GOOD = "htt", "Hoàn thành tốt nhiệm vụ"
    DONE = "ht", "Hoàn thành nhiệm vụ"
    FAILED = "kht", "Không hoàn thành nhiệm vụ"


class YearRecord(models.Model):
    """What one year brought. ``grade`` "" and numbers None = not known, which is never taken for no (R-17).

    Of a collective: members of the year; how many completed their tasks, were LĐTT, CSTĐCS, women, disciplined at cảnh cáo or
    above; whether it led its cluster.
    """

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField("năm")
    grade = models.CharField("mức hoàn thành nhiệm vụ", max_length=5, choices=Grade, blank=True)
    members = models.PositiveIntegerField("số thành viên", null=True, blank=True)
    members_completed = models.PositiveIntegerField("hoàn thành nhiệm vụ trở lên", null=True, blank=True)
    members_ldtt = models.PositiveIntegerField("đạt Lao động tiên tiến", null=True, blank=True)
    members_cstdcs = models.PositiveIntegerField("đạt Chiến sĩ thi đua cơ sở", null=True, blank=True)
    members_women = models.PositiveIntegerField("nữ", null=True, blank=True)
    members_disciplined = models.PositiveIntegerField("bị kỷ luật từ cảnh cáo", null=True, blank=True)
    leads_cluster = models.BooleanField("dẫn đầu cụm, khối", null=True, blank=True)
    source = models.CharField("nguồn", max_length=250, blank=True)
    entered_at = models.DateTimeField(auto_now=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "recipient__unit"

    class Meta:
        verbose_name = "kết quả một năm"
        verbose_name_plural = "kết quả từng năm"
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "year"], name="year_record_once"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True})
                    | Q(members__isnull=True)
                    | Q(**{f"{name}__lte": models.F("members")}),
                    name=f"year_record_{name}_within",
                    violation_error_message="Số này không được lớn hơn số thành viên.",
                )
                for name in (
                    "members_completed",
                    "members_ldtt",
                    "members_cstdcs",
                    "members_women",
                    "members_disciplined",
                )
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} năm {self.year}"


class Discipline(models.Model):
    """Kỷ luật: during it nothing is proposed, after it achievements count from its end (P4, P5)."""

    class Level(models.TextChoices):
        REPRIMAND = "khien_trach", "Khiển trách"
        WARNING = "canh_cao", "Cảnh cáo"
        REMOVAL = "cach_chuc", "Cách chức"
        EXPULSION = "khai_tru", "Khai trừ, buộc thôi việc"

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="disciplines")
    level = models.CharField("hình thức", max_length=12, choices=Level)
    from_day = models.DateField("có hiệu lực từ")
    to_day = models.DateField("hết thời hạn ngày", null=True, blank=True)
    document_no = models.CharField("quyết định số", max_length=60, blank=True)
    entered_at = models.DateTimeField(auto_now_add=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "recipient__unit"

    class Meta:
        verbose_name = "kỷ luật"
        verbose_name_plural = "kỷ luật"
        ordering = ["-from_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_day=None) | Q(to_day__gte=models.F("from_day")),
                name="discipline_ends_after_it_begins",
                violation_error_message="Ngày hết thời hạn phải sau ngày có hiệu lực.",
            )
        ]

    def __str__(self) -> str:
        # Without the level: this text stands in the audit trail, which is read without award.integrity too.
        return f"Kỷ luật từ {self.from_day:%d/%m/%Y}"


class Initiative(models.Model):
    """Sáng kiến or đề tài, recognised at a scope; a ground only once over all granted dossiers (P11)."""

    class Kind(models.TextChoices):
        INITIATIVE = "initiative", "Sáng kiến"
        RESEARCH = "research", "Đề tài khoa học"

    class Scope(models.TextChoices):
        BASIS = "basis", "Cấp cơ sở"
        PROVINCE = "province", "Cấp tỉnh"
        NATION = "nation", "Toàn quốc"

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="initiatives")
    kind = models.CharField("loại", max_length=12, choices=Kind, default=Kind.INITIATIVE)
    title = models.CharField("tên sáng kiến, đề tài", max_length=250)
    year = models.PositiveSmallIntegerField("năm công nhận")
    scope = models.CharField("phạm vi công nhận", max_length=10, choices=Scope, default=Scope.BASIS)
    decision_no = models.CharField("quyết định công nhận số", max_length=60)
    decided_on = models.DateField("ngày quyết định")
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="bản quyết định"
    )
    entered_at = models.DateTimeField(auto_now_add=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "recipient__unit"

    class Meta:
        verbose_name = "sáng kiến, đề tài"
        verbose_name_plural = "sáng kiến, đề tài"
        ordering = ["-year", "title"]

    def __str__(self) -> str:
        return self.title


class IntegrityHoldQuerySet(models.QuerySet):
    def on(self, day):
        """Holds in force on that day."""
        return self.filter(Q(to_day=None) | Q(to_day__gte=day), from_day__lte=day)


class IntegrityHold(models.Model):
    """Tạm dừng xét: from … to …, with what came of it. Blocks submission and decision while it lasts (P4, R-51)."""

    class Reason(models.TextChoices):
        DISCIPLINE = "discipline", "Đang bị xem xét hoặc thi hành kỷ luật"
        INVESTIGATION = "investigation", "Đang bị điều tra"
        INSPECTION = "inspection", "Đang bị thanh tra, kiểm tra khi có dấu hiệu vi phạm"
        COMPLAINT = "complaint", "Có đơn thư đang xác minh"

    class Outcome(models.TextChoices):
        OPEN = "", "Chưa kết luận"
        CLEARED = "cleared", "Không vi phạm"
        CONFIRMED = "confirmed", "Có vi phạm"

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField("lý do", max_length=15, choices=Reason)
    note = models.TextField("nội dung", max_length=1000)
    from_day = models.DateField("từ ngày")
    to_day = models.DateField("đến hết ngày", null=True, blank=True)
    outcome = models.CharField("kết luận", max_length=10, choices=Outcome, blank=True, default=Outcome.OPEN)
    outcome_note = models.TextField("nội dung kết luận", max_length=1000, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = IntegrityHoldQuerySet.as_manager()
    unit_path = "recipient__unit"

    class Meta:
        verbose_name = "tạm dừng xét"
        verbose_name_plural = "tạm dừng xét"
        ordering = ["-from_day", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", to_day=None) | (Q(to_day__isnull=False) & ~Q(outcome="") & ~Q(outcome_note="")),
                name="integrity_hold_ends_with_outcome",
                violation_error_message="Kết thúc tạm dừng phải có ngày và kết luận.",
            )
        ]

    def __str__(self) -> str:
        # Without the reason, as with Discipline.
        return f"Tạm dừng xét từ {self.from_day:%d/%m/%Y}"
