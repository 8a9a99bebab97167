"""People, units and their dated history, and who held which role where and when."""

import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_backends
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from dvk_portal.core.models.documents import System
from dvk_portal.core.text import search_key, sort_key
from units.roles import Role


def _rights_backends() -> list[Any]:
    return [backend for backend in get_backends() if getattr(backend, "answers_rights", False)]


class User(AbstractUser):
    """A person. Rights hang on memberships, never on the account itself."""

    first_name = None
    last_name = None
    full_name = models.CharField("họ và tên", max_length=50)
    phone = models.CharField("điện thoại", max_length=20, blank=True)
    must_change_password = models.BooleanField("phải đổi mật khẩu lần đầu", default=True)

    REQUIRED_FIELDS = ["full_name", "email"]

    class Meta:
        verbose_name = "người dùng"
        verbose_name_plural = "người dùng"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.full_name or self.username

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """The matrix alone decides: Django's superuser, groups and model permissions open nothing, nor cost a query."""
        return any(backend.has_perm(self, perm, obj) for backend in _rights_backends())

    def has_module_perms(self, app_label: str) -> bool:
        return any(backend.has_module_perms(self, app_label) for backend in _rights_backends())

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.rpartition(" ")[2]


class DatedQuerySet(models.QuerySet):
    """Rows with ``valid_from`` and ``valid_to`` (both inclusive; ``valid_to`` empty = still valid)."""

    def on(self, day: datetime.date):
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)

    def current(self):
        return self.on(timezone.localdate())


class UnitKind(models.Model):
    """A kind of unit as data: provinces rename them, and the district ended on 30/6/2025 (law.md R-00)."""

    code = models.CharField("mã", max_length=30, unique=True)
    name = models.CharField("tên", max_length=60)
    order = models.PositiveSmallIntegerField("thứ tự", default=0)
    is_organ = models.BooleanField(
        "cơ quan tham mưu, giúp việc",
        default=False,
        help_text="Người của cơ quan này làm việc thay cho đơn vị cấp trên trực tiếp: phạm vi tính từ đơn vị đó.",
    )
    document_system = models.CharField(
        "hệ văn bản",
        max_length=10,
        choices=System,
        default=System.PARTY,
        help_text="Thể thức và cách đánh số văn bản của loại đơn vị này, khi đơn vị không khai riêng.",
    )
    valid_from = models.DateField("có từ ngày", default=datetime.date(1945, 9, 2))
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "loại đơn vị"
        verbose_name_plural = "loại đơn vị"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class UnitQuerySet(DatedQuerySet):
    def search(self, text: str):
        """Units whose name or code holds ``text``, with or without diacritics."""
        return self.filter(Q(search_key__contains=search_key(text)) | Q(code__iexact=text.strip()))


class Unit(models.Model):
    """Any body that takes part. ``name``, ``kind``, ``parent``, ``path`` are those of the newest version, kept in step by
    units.services.structure; the past is in :class:`UnitVersion`. Codes are text with leading zeros (law.md R-100)."""

    code = models.CharField("mã đơn vị", max_length=35, unique=True)
    name = models.CharField("tên đơn vị", max_length=150)
    kind = models.ForeignKey(UnitKind, on_delete=models.PROTECT, related_name="units", verbose_name="loại")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name="đơn vị cấp trên"
    )
    # "/1/7/23/": ids from the root to this unit. Text, so that one prefix test finds all that lies below.
    path = models.CharField(max_length=200, editable=False, db_index=True)
    valid_from = models.DateField("thành lập từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    search_key = models.CharField(max_length=250, editable=False)
    sort_key = models.CharField(max_length=500, editable=False)

    objects = UnitQuerySet.as_manager()
    unit_path = "pk"

    class Meta:
        verbose_name = "đơn vị"
        verbose_name_plural = "đơn vị"
        ordering = ["sort_key", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="unit_ends_after_it_begins",
                violation_error_message="Ngày kết thúc phải sau ngày thành lập.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("unit-detail", args=[self.pk])

    def set_keys(self) -> None:
        """Renew the search and sort columns after a change of name."""
        self.search_key, self.sort_key = search_key(self.name)[:250], sort_key(self.name)[:500]

    def is_active_on(self, day: datetime.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def as_of(self, day: datetime.date) -> "UnitVersion | None":
        """What the unit was called, its kind and its parent on that day; None when it did not exist."""
        return self.versions.on(day).select_related("kind", "parent").first()

    def members(self, *roles: str):
        """Active people who hold one of ``roles`` here today."""
        return User.objects.filter(
            is_active=True,
            memberships__in=Membership.objects.current().filter(unit=self, role__in=roles),
        ).distinct()


class UnitVersion(models.Model):
    """What a unit was called, what kind it was and under whom, from one day to another (architecture.md §3)."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="versions")
    name = models.CharField("tên đơn vị", max_length=150)
    kind = models.ForeignKey(UnitKind, on_delete=models.PROTECT, related_name="+", verbose_name="loại")
    parent = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="đơn vị cấp trên"
    )
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    reason = models.CharField("căn cứ", max_length=200, blank=True)

    objects = DatedQuerySet.as_manager()
    unit_path = "unit"

    class Meta:
        verbose_name = "giai đoạn của đơn vị"
        verbose_name_plural = "lịch sử đơn vị"
        ordering = ["unit", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "valid_from"], name="unit_version_once_per_day"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="unit_version_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.valid_from:%d/%m/%Y} –)"


class UnitShape(models.Model):
    """The outline of a unit for maps: a GeoJSON Polygon or MultiPolygon in WGS 84, simplified when it was loaded."""

    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="shape", verbose_name="đơn vị")
    geometry = models.JSONField("hình dạng (GeoJSON)")
    source = models.CharField("nguồn", max_length=200, blank=True)
    loaded_at = models.DateTimeField(default=timezone.now)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="người nạp"
    )

    unit_path = "unit"

    class Meta:
        verbose_name = "ranh giới đơn vị"
        verbose_name_plural = "ranh giới đơn vị"

    def __str__(self) -> str:
        return str(self.unit)


class Lineage(models.Model):
    """Predecessor and successor in a merger, split or replacement, with the decision (practice.md W-45)."""

    predecessor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="successor_links")
    successor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="predecessor_links")
    effective_on = models.DateField("có hiệu lực từ ngày")
    decision = models.CharField("nghị quyết, quyết định", max_length=200)

    class Meta:
        verbose_name = "quan hệ kế thừa"
        verbose_name_plural = "quan hệ kế thừa"
        constraints = [models.UniqueConstraint(fields=["predecessor", "successor"], name="lineage_once")]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class Membership(models.Model):
    """A role of a person at a unit from one day to another. Nothing else gives rights."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name="người dùng")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships", verbose_name="đơn vị")
    role = models.CharField("vai trò", max_length=20, choices=Role)
    post = models.CharField("chức danh", max_length=100, blank=True)
    valid_from = models.DateField("từ ngày", default=timezone.localdate)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()
    unit_path = "unit"

    class Meta:
        verbose_name = "vai trò tại đơn vị"
        verbose_name_plural = "vai trò tại đơn vị"
        ordering = ["unit", "role", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "role", "valid_from"],
                name="membership_once_per_day",
                violation_error_message="Người này đã có vai trò đó tại đơn vị từ cùng ngày.",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="membership_ends_after_it_begins",
                violation_error_message="Ngày thôi giữ vai trò phải sau ngày bắt đầu.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.unit}"


class IssuingBody(models.Model):
    """How a unit appears on its documents from one day to another: header, symbol in numbers, place (R-00, R-60)."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="issuing", verbose_name="đơn vị")
    system = models.CharField("hệ văn bản", max_length=10, choices=System, default=System.PARTY)
    superior = models.CharField("cơ quan cấp trên ở đầu văn bản", max_length=150, blank=True)
    name = models.CharField("tên cơ quan ở đầu văn bản", max_length=150)
    symbol = models.CharField("ký hiệu trong số văn bản", max_length=20, help_text="Ví dụ: BTGDVTU")
    place = models.CharField("địa danh", max_length=60)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()
    unit_path = "unit"

    class Meta:
        verbose_name = "thông tin ban hành văn bản"
        verbose_name_plural = "thông tin ban hành văn bản"
        ordering = ["unit", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "valid_from"], name="issuing_body_once_per_day"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="issuing_body_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.symbol})"


class TermOfOffice(models.Model):
    """A committee's term: Party documents are numbered through it, not per year (law.md §9)."""

    unit = models.ForeignKey(
        Unit,
        on_delete=models.CASCADE,
        related_name="terms",
        verbose_name="cấp ủy",
        help_text="Nhiệm kỳ của cấp ủy dùng chung cho cơ quan tham mưu trực thuộc.",
    )
    name = models.CharField("nhiệm kỳ", max_length=40, help_text="Ví dụ: 2025-2030")
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = DatedQuerySet.as_manager()
    unit_path = "unit"

    class Meta:
        verbose_name = "nhiệm kỳ"
        verbose_name_plural = "nhiệm kỳ"
        ordering = ["unit", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="term_of_office_once")]

    def __str__(self) -> str:
        return f"{self.unit}: {self.name}"


class Delegation(models.Model):
    """Somebody empowered in writing to sign in place of the holder of a role, from one day to another.

    Gives exactly the permissions that dvk_portal.permissions.DELEGABLE lists, at that unit, as that role would.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="delegations", verbose_name="đơn vị")
    role = models.CharField("thay cho vai trò", max_length=20, choices=Role)
    delegate = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="delegations", verbose_name="người được ủy quyền"
    )
    post = models.CharField("chức danh của người được ủy quyền", max_length=100)
    authority = models.CharField(
        "quyền hạn ghi trên chữ ký", max_length=100, help_text="Ví dụ: K/T TRƯỞNG BAN (Đảng), KT. GIÁM ĐỐC (Nhà nước)"
    )
    document_no = models.CharField("văn bản ủy quyền", max_length=100)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = DatedQuerySet.as_manager()
    unit_path = "unit"

    class Meta:
        verbose_name = "ủy quyền ký"
        verbose_name_plural = "ủy quyền ký"
        ordering = ["unit", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="delegation_ends_after_it_begins",
                violation_error_message="Ngày hết hiệu lực phải sau ngày bắt đầu.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.delegate}: {self.authority}, {self.unit}"
