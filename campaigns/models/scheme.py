"""A scoring table as data (``dvk-scheme/1``): one row per version, holding the whole normalised file."""

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse


class DocumentField(models.TextField):
    """A mapping kept as JSON text. Not ``jsonb``: that forgets the order of keys, and with it the order of the options
    of a rule as the printed table has them."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return None if value is None else json.loads(value)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def value_to_string(self, obj: models.Model) -> Any:
        return self.get_prep_value(self.value_from_object(obj))

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value


class SchemeQuerySet(models.QuerySet):
    def published(self):
        return self.filter(status=Scheme.Status.PUBLISHED)

    def visible_to(self, user):
        """Tables in force or formerly in force for whoever may read tables; drafts for those who keep them."""
        if not user.has_perm("scheme.view"):
            return self.none()
        return self if user.has_perm("scheme.manage") else self.exclude(status=Scheme.Status.DRAFT)


class Scheme(models.Model):
    """``document`` is the exchange mapping with decimals as text; campaigns.scoring reads it. Frozen once published."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Nháp"
        PUBLISHED = "published", "Đang áp dụng"
        RETIRED = "retired", "Ngừng áp dụng"

    code = models.CharField("mã bảng", max_length=60)
    version = models.CharField("phiên bản", max_length=30)
    title = models.CharField("tên bảng", max_length=250)
    document = DocumentField("nội dung")
    # What the draft was before the last change; "Hoàn tác" swaps the two.
    previous = DocumentField("nội dung trước đó", null=True, blank=True, editable=False)
    status = models.CharField("trạng thái", max_length=10, choices=Status, default=Status.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField("công bố lúc", null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    # Raised by every edit of a draft; a form made from an older number is refused.
    revision = models.PositiveIntegerField(default=1)

    objects = SchemeQuerySet.as_manager()
    # Belongs to no unit: only rights that reach everything apply to a single table.
    unit_path = None

    class Meta:
        verbose_name = "bảng tiêu chí"
        verbose_name_plural = "bảng tiêu chí"
        ordering = ["code", "-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"],
                name="scheme_version_once",
                violation_error_message="Phiên bản này của bảng đã có.",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(published_at__isnull=False), name="scheme_published_has_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} (phiên bản {self.version})"

    def get_absolute_url(self) -> str:
        return reverse("scheme-detail", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT
