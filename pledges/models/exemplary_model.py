"""Mô hình, điển hình "Dân vận khéo": the register, its catalogues, pictures and consent (practice.md §8)."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from campaigns.models import Campaign
from dvk_portal.core.models import StoredFile
from dvk_portal.core.text import search_key
from pledges.models.pledge import OwnedQuerySet
from pledges.models.report import ReportedValue
from units import access
from units.models import DatedQuerySet, Unit


class SubjectKind(models.TextChoices):
    """Who carries it; counted apart everywhere (practice.md §8.1)."""

    COLLECTIVE = "collective", "Tập thể"
    INDIVIDUAL = "individual", "Cá nhân"


class Catalogue(models.Model):
    """A row that people choose from, in an order, from one day to another."""

    order = models.PositiveSmallIntegerField("thứ tự", default=0)
    valid_from = models.DateField("dùng từ ngày", null=True, blank=True)
    valid_to = models.DateField("dùng đến hết ngày", null=True, blank=True)

    class Meta:
        abstract = True


class CatalogueQuerySet(DatedQuerySet):
    def on(self, day):
        """Rows that may be chosen on ``day``; an empty date is no limit."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day))


class Field(Catalogue):
    """Lĩnh vực. Four by default; some provinces report a fifth, so the list is data."""

    code = models.SlugField("mã", max_length=40, unique=True)
    name = models.CharField("tên lĩnh vực", max_length=100)

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        verbose_name = "lĩnh vực của mô hình"
        verbose_name_plural = "lĩnh vực của mô hình"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class Tag(Catalogue):
    """Nhãn beside the field: nông thôn mới, đô thị văn minh, chuyển đổi số …"""

    name = models.CharField("nhãn", max_length=60, unique=True)

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        verbose_name = "nhãn của mô hình"
        verbose_name_plural = "nhãn của mô hình"
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class RecognitionLevel(Catalogue):
    """Cấp công nhận: their order, who recognises, and what must precede it, as data (R-48; the district ended in 2025)."""

    class DecidedBy(models.TextChoices):
        OWN = "own", "chính đơn vị đăng ký"
        ABOVE = "above", "cấp trên trong cổng"
        OUTSIDE = "outside", "cơ quan ngoài cổng (tỉnh ghi nhận quyết định)"

    code = models.SlugField("mã", max_length=40, unique=True)
    name = models.CharField("tên cấp", max_length=100)
    decided_by = models.CharField("ai công nhận", max_length=10, choices=DecidedBy, default=DecidedBy.ABOVE)
    visits_required = models.PositiveSmallIntegerField("số lần khảo sát thực tế tối thiểu", default=1)
    lower_required = models.BooleanField(
        "phải được cấp dưới công nhận trước",
        default=False,
        help_text="Mô hình phải đang được công nhận ở một cấp thấp hơn mới đề nghị cấp này.",
    )

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        verbose_name = "cấp công nhận mô hình"
        verbose_name_plural = "cấp công nhận mô hình"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class ChecklistItem(Catalogue):
    """One line of the appraisal's checklist; points are optional (no scored form was found, practice.md §8.1)."""

    code = models.SlugField("mã", max_length=40, unique=True)
    text = models.CharField("nội dung thẩm định", max_length=250)
    hint = models.CharField("chỉ dẫn", max_length=250, blank=True)
    required = models.BooleanField("phải đạt", default=True)
    max_points = models.DecimalField("điểm tối đa", max_digits=5, decimal_places=2, null=True, blank=True)
    levels = models.ManyToManyField(
        RecognitionLevel,
        blank=True,
        related_name="checklist",
        verbose_name="chỉ dùng cho cấp",
        help_text="Để trống: mọi cấp.",
    )

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        verbose_name = "mục thẩm định mô hình"
        verbose_name_plural = "mục thẩm định mô hình"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.text


class ExemplaryModelQuerySet(OwnedQuerySet):
    view_permission = "model.view"

    def visible_to(self, user):
        """Of the units that the person reaches; a draft only for those who may write it."""
        mine = access.reach_ids(user, "model.edit")
        shown = super().visible_to(user)
        if mine is None:
            return shown
        return shown.filter(~Q(status=ExemplaryModel.Status.DRAFT) | Q(unit__in=mine))

    def with_names(self):
        return self.select_related("unit", "field", "target_level", "campaign")

    def search(self, text: str):
        """Holding every word of ``text`` in name, subject, place or unit, with or without diacritics."""
        found = self
        for word in search_key(text).split():
            found = found.filter(search_key__contains=word)
        return found

    def registered_on(self, day):
        """In the register on ``day``: registered and not yet withdrawn or ended (a stock)."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day), registered_on__lte=day)

    def public(self):
        """THE rule of publicity: switched on, of a state that is shown, and with a consent that stands.

        Every page, search, feed, count and picture that is open to the public starts from here and from nothing else.
        """
        consents = PublicationConsent.objects.filter(model=OuterRef("pk"), withdrawn_on=None)
        return self.filter(Exists(consents), is_public=True, status__in=ExemplaryModel.SHOWN)


class ExemplaryModel(models.Model):
    """One model (a way of working) or exemplar (an exemplary person or collective), registered by a unit.

    ``registered_on`` and ``ended_on`` are days for counting: in the register from the first up to, not including, the second.
    ``code`` names it in public addresses: it tells nothing of how many there are.
    """

    class Kind(models.TextChoices):
        MODEL = "model", "Mô hình"
        EXEMPLAR = "exemplar", "Điển hình"

    class Status(models.TextChoices):
        DRAFT = "draft", "Nháp"
        REGISTERED = "registered", "Đã đăng ký"
        MORE_INFORMATION = "more_information", "Yêu cầu bổ sung"
        APPRAISED = "appraised", "Đã thẩm định"
        RECOGNISED = "recognised", "Được công nhận"
        NOT_RECOGNISED = "not_recognised", "Không công nhận"
        MAINTAINED = "maintained", "Duy trì"
        TO_STRENGTHEN = "to_strengthen", "Cần củng cố"
        EXEMPLARY = "exemplary", "Tiêu biểu"
        ENDED = "ended", "Thôi công nhận"
        WITHDRAWN = "withdrawn", "Rút"

    # Not recognised: it may be reworked and registered again.
    EDITABLE = (Status.DRAFT, Status.MORE_INFORMATION, Status.NOT_RECOGNISED)
    # Recognised at some level and still so.
    STANDING = (Status.RECOGNISED, Status.MAINTAINED, Status.TO_STRENGTHEN, Status.EXEMPLARY)
    # What the public may see, once switched on.
    SHOWN = (Status.RECOGNISED, Status.MAINTAINED, Status.EXEMPLARY)
    OVER = (Status.ENDED, Status.WITHDRAWN)

    code = models.CharField(max_length=12, unique=True, editable=False)
    register_no = models.CharField("số đăng ký", max_length=60, blank=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="models", verbose_name="đơn vị")
    status = models.CharField("trạng thái", max_length=20, choices=Status, default=Status.DRAFT)
    kind = models.CharField("loại", max_length=10, choices=Kind, default=Kind.MODEL)
    subject_kind = models.CharField("tập thể hay cá nhân", max_length=12, choices=SubjectKind)
    name = models.CharField("tên mô hình, điển hình", max_length=250)
    subject = models.CharField(
        "tập thể, cá nhân thực hiện", max_length=200, help_text="Ví dụ: Chi bộ ấp Bình Hòa; Hội Phụ nữ xã."
    )
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="models", verbose_name="lĩnh vực")
    tags = models.ManyToManyField(Tag, blank=True, related_name="models", verbose_name="nhãn")
    target_level = models.ForeignKey(
        RecognitionLevel, on_delete=models.PROTECT, related_name="+", verbose_name="đăng ký để công nhận cấp"
    )
    place = models.CharField("nơi thực hiện", max_length=150, help_text="Ấp, khóm, khu dân cư, trường, chợ…")
    leading_force = models.CharField("lực lượng chủ trì", max_length=250, blank=True)
    coordinating_forces = models.CharField("lực lượng phối hợp", max_length=500, blank=True)
    situation = models.TextField("tình hình, lý do", blank=True)
    objective = models.TextField("mục tiêu", blank=True)
    method = models.TextField("nội dung, cách làm", blank=True)
    resources = models.TextField("nguồn lực", blank=True)
    output = models.TextField("kết quả kiểm chứng được", blank=True)
    beneficiaries = models.CharField("đối tượng thụ hưởng", max_length=250, blank=True)
    beneficiary_count = models.PositiveIntegerField("số người, hộ thụ hưởng", null=True, blank=True)
    starts_on = models.DateField("thực hiện từ ngày", null=True, blank=True)
    ends_on = models.DateField("đến ngày", null=True, blank=True)
    evaluation_on = models.DateField("ngày đánh giá", null=True, blank=True)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="models", verbose_name="phong trào"
    )
    # The "cách làm hay" it grew out of.
    reported_in = models.ForeignKey(
        ReportedValue, on_delete=models.PROTECT, null=True, blank=True, related_name="models", verbose_name="từ báo cáo"
    )

    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    registered_on = models.DateField("ngày đăng ký", null=True, blank=True)
    registered_at = models.DateTimeField("đăng ký lúc", null=True, blank=True)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField("yêu cầu bổ sung lúc", null=True, blank=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    return_note = models.TextField("nội dung cần bổ sung", blank=True)
    ended_on = models.DateField("thôi từ ngày", null=True, blank=True)
    ended_at = models.DateTimeField("thôi, rút lúc", null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    end_note = models.TextField("lý do thôi, rút", blank=True)

    is_public = models.BooleanField("công khai", default=False)
    published_at = models.DateTimeField("công khai lúc", null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    story = models.TextField("câu chuyện để công khai", blank=True)
    public_results = models.TextField("kết quả để công khai", blank=True)
    public_contact = models.CharField("liên hệ của đơn vị", max_length=200, blank=True)

    # Name, subject, place, unit, for people inside; the public is searched by another key, made of public text alone.
    search_key = models.CharField(max_length=900, editable=False)
    public_search_key = models.TextField(blank=True, editable=False)
    # What resemblance is judged by (pledges/similarity.py), so that a comparison reads no long text.
    similarity_key = models.TextField(blank=True, editable=False)
    place_key = models.CharField(max_length=200, blank=True, editable=False)

    objects = ExemplaryModelQuerySet.as_manager()
    unit_path = "unit"

    class Meta:
        verbose_name = "mô hình Dân vận khéo"
        verbose_name_plural = "mô hình Dân vận khéo"
        ordering = ["-registered_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["register_no"], condition=~Q(register_no=""), name="exemplary_model_register_no_once"
            ),
            models.CheckConstraint(
                condition=Q(status="draft")
                | (Q(status="withdrawn") & Q(registered_on=None))
                | (Q(registered_on__isnull=False, registered_at__isnull=False) & ~Q(register_no="")),
                name="exemplary_model_registered_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["ended", "withdrawn"])
                | (Q(ended_on__isnull=False, ended_at__isnull=False) & ~Q(end_note="")),
                name="exemplary_model_over_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["ended", "withdrawn"]) | Q(ended_on=None),
                name="exemplary_model_standing_has_no_end",
            ),
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(published_at__isnull=False), name="exemplary_model_public_has_date"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "status"], name="exemplary_model_by_unit"),
            models.Index(fields=["registered_on", "ended_on"], name="exemplary_model_by_day"),
            models.Index(fields=["is_public", "status"], name="exemplary_model_public"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("model-detail", args=[self.pk])

    def get_public_url(self) -> str:
        return reverse("gallery-model", args=[self.code])

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE

    @property
    def is_standing(self) -> bool:
        return self.status in self.STANDING

    def set_keys(self) -> None:
        """Renew the column by which people inside search, after a change of name, subject, place or unit."""
        self.search_key = search_key(f"{self.register_no} {self.name} {self.subject} {self.place} {self.unit.name}")[
            :900
        ]


class ModelIndicator(models.Model):
    """A verifiable output of a model: from the baseline to the target, and what was reached."""

    model = models.ForeignKey(ExemplaryModel, on_delete=models.CASCADE, related_name="indicators")
    name = models.CharField("chỉ số", max_length=150)
    measure = models.CharField("đơn vị tính", max_length=40)
    baseline = models.DecimalField("trước khi làm", max_digits=14, decimal_places=2, null=True, blank=True)
    target = models.DecimalField("mục tiêu", max_digits=14, decimal_places=2, null=True, blank=True)
    achieved = models.DecimalField("đạt được", max_digits=14, decimal_places=2, null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    unit_path = "model__unit"

    class Meta:
        verbose_name = "chỉ số của mô hình"
        verbose_name_plural = "chỉ số của mô hình"
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


class ModelPicture(models.Model):
    """A picture of a model or of a visit. The original stays inside; ``web`` and ``thumbnail`` are resized and carry no
    metadata (no EXIF, no place). ``code`` names it in public addresses; it opens only while its model is public."""

    model = models.ForeignKey(ExemplaryModel, on_delete=models.CASCADE, related_name="pictures")
    visit = models.ForeignKey(
        "pledges.FieldVisit", on_delete=models.CASCADE, null=True, blank=True, related_name="pictures"
    )
    code = models.CharField(max_length=12, unique=True, editable=False)
    original = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    web = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    thumbnail = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    caption = models.CharField("chú thích", max_length=200, blank=True)
    consented = models.BooleanField(
        "người trong ảnh đồng ý công khai",
        default=False,
        help_text="Chỉ ảnh được đồng ý mới hiện ở trang công khai.",
    )
    order = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "model__unit"

    class Meta:
        verbose_name = "ảnh của mô hình"
        verbose_name_plural = "ảnh của mô hình"
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.caption or self.original.name


class PublicationConsent(models.Model):
    """Who agreed that what of a model is shown to the public, and since when; withdrawn, not deleted."""

    model = models.ForeignKey(ExemplaryModel, on_delete=models.CASCADE, related_name="consents")
    given_by = models.CharField("người đồng ý", max_length=150)
    capacity = models.CharField(
        "tư cách", max_length=150, help_text="Ví dụ: bản thân; Bí thư chi bộ ấp; Chủ nhiệm câu lạc bộ."
    )
    given_on = models.DateField("ngày đồng ý")
    covers_subject = models.BooleanField("nêu tên tập thể, cá nhân", default=False)
    covers_pictures = models.BooleanField("đăng ảnh", default=False)
    covers_contact = models.BooleanField("nêu liên hệ của đơn vị", default=False)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="bản đồng ý"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_on = models.DateField("rút đồng ý ngày", null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "model__unit"

    class Meta:
        verbose_name = "đồng ý công khai"
        verbose_name_plural = "đồng ý công khai"
        ordering = ["-given_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["model"], condition=Q(withdrawn_on=None), name="publication_consent_one_stands"
            )
        ]

    def __str__(self) -> str:
        return f"{self.given_by} ({self.given_on:%d/%m/%Y})"


class Resemblance(models.Model):
    """Two models that look alike, and what the officer decided about it at registration (W-34)."""

    class Decision(models.TextChoices):
        DIFFERENT = "different", "Khác nhau"
        SAME_PLACE_OTHER_WORK = "other_work", "Cùng nơi, việc khác"
        CONTINUED = "continued", "Tiếp nối mô hình đó"
        LEARNED = "learned", "Học theo mô hình đó"

    model = models.ForeignKey(ExemplaryModel, on_delete=models.CASCADE, related_name="resemblances")
    other = models.ForeignKey(ExemplaryModel, on_delete=models.PROTECT, related_name="+")
    score = models.DecimalField("độ giống (%)", max_digits=5, decimal_places=2)
    why = models.CharField("giống ở", max_length=300)
    decision = models.CharField("kết luận", max_length=12, choices=Decision)
    note = models.CharField("lý do", max_length=500)
    decided_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "model__unit"

    class Meta:
        verbose_name = "mô hình giống nhau"
        verbose_name_plural = "mô hình giống nhau"
        ordering = ["-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["model", "other"], name="resemblance_once"),
            models.CheckConstraint(
                condition=~Q(note=""),
                name="resemblance_has_reason",
                violation_error_message="Hãy ghi vì sao vẫn đăng ký.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} ~ {self.other}"
