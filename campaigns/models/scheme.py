"""A scoring table as data (``dvk-scheme/1``): one row per version, holding the whole normalised file."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class SchemeQuerySet(models.QuerySet):
    def published(self):
        return self.filter(status=Scheme.Status.PUBLISHED)


class Scheme(models.Model):
    """``document`` is the exchange mapping with decimals as text; campaigns.scoring reads it. Frozen once published."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Nháp"
        PUBLISHED = "published", "Đang áp dụng"
        RETIRED = "retired", "Ngừng áp dụng"

    code = models.CharField("mã bảng", max_length=60)
    version = models.CharField("phiên bản", max_length=30)
    title = models.CharField("tên bảng", max_length=250)
    document = models.JSONField("nội dung")
    status = models.CharField("trạng thái", max_length=10, choices=Status, default=Status.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField("công bố lúc", null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    # Raised by every edit of a draft; a form made from an older number is refused.
    revision = models.PositiveIntegerField(default=1)

    objects = SchemeQuerySet.as_manager()

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
