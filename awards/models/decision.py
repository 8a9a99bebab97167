"""After the council: decision, awards, certificates, money and fund, complaints. Nothing that had an effect is deleted (R-50)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from awards.models.cycle import AwardCycle
from awards.models.nomination import Nomination
from awards.models.recipient import IntegrityHold, Recipient
from awards.models.rules import AwardKind, AwardType, Family, RecipientKind
from dvk_portal.core.models import StoredFile
from pledges.models.pledge import OwnedQuerySet
from units.models import Unit

_USER = settings.AUTH_USER_MODEL


class DecisionQuerySet(OwnedQuerySet):
    view_permission = "award.manage"


class Decision(models.Model):
    """The act of the authority, apart from what the council recommends (R-26). ``unit`` keeps it; ``authority`` decides.

    ``decided_here``: the body's own act, drawn up, numbered and signed in the portal; otherwise another's, recorded from its paper.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Dự thảo"
        SIGNED = "signed", "Đã ký"
        NUMBERED = "numbered", "Đã vào sổ"
        PUBLISHED = "published", "Đã công bố"
        REVOKED = "revoked", "Đã hủy"

    IN_FORCE = (Status.NUMBERED, Status.PUBLISHED)

    cycle = models.ForeignKey(
        AwardCycle, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name="đợt"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="award_decisions", verbose_name="cơ quan lập")
    family = models.CharField("hệ khen thưởng", max_length=10, choices=Family, default=Family.STATE)
    decided_here = models.BooleanField("cơ quan mình quyết định", default=True)
    authority = models.CharField("thẩm quyền quyết định", max_length=150)
    title = models.CharField("trích yếu", max_length=300)
    grounds = models.TextField("căn cứ", max_length=3000, blank=True)
    number = models.CharField("số quyết định", max_length=60, blank=True)
    dated_on = models.DateField("ngày quyết định", null=True, blank=True)
    signer = models.CharField("người ký", max_length=100, blank=True)
    signer_post = models.CharField("chức vụ người ký", max_length=150, blank=True)
    paid_from = models.CharField("nguồn tiền thưởng", max_length=200, blank=True)
    # The decider pays (NĐ 152/2025, Điều 47.2): of another's decision only where its paper says so.
    pays_here = models.BooleanField("cơ quan lập chi tiền thưởng", default=True)
    status = models.CharField("trạng thái", max_length=10, choices=Status, default=Status.DRAFT)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="bản quyết định"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField("ghi ký lúc", null=True, blank=True)
    signed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    numbered_at = models.DateTimeField("vào sổ lúc", null=True, blank=True)
    numbered_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField("công bố lúc", null=True, blank=True)
    published_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField("hủy lúc", null=True, blank=True)
    ended_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    end_note = models.TextField("lý do hủy", blank=True)

    objects = DecisionQuerySet.as_manager()
    unit_path = "unit"

    class Meta:
        verbose_name = "quyết định khen thưởng"
        verbose_name_plural = "quyết định khen thưởng"
        ordering = ["-dated_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["numbered", "published"]) | (~Q(number="") & Q(dated_on__isnull=False)),
                name="decision_numbered_has_number",
            ),
            models.CheckConstraint(
                condition=~Q(status="revoked") | (Q(ended_at__isnull=False) & ~Q(end_note="")),
                name="decision_revoked_has_reason",
            ),
            models.UniqueConstraint(
                fields=["authority", "number", "dated_on"],
                condition=~Q(number="") & ~Q(status="revoked"),
                name="decision_number_once",
                violation_error_message="Quyết định số này của cùng thẩm quyền, cùng ngày đã có.",
            ),
        ]

    def __str__(self) -> str:
        return f"Quyết định {self.number}".strip() if self.number else self.title

    def get_absolute_url(self) -> str:
        return reverse("decision-detail", args=[self.pk])


class DecisionLine(models.Model):
    """A nomination in a decision: granted or not. Where this differs from the council's recommendation it has a reason (R-26)."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="lines")
    nomination = models.OneToOneField(Nomination, on_delete=models.PROTECT, related_name="decision_line")
    granted = models.BooleanField("khen thưởng", default=True)
    reason = models.CharField("lý do khác ý kiến hội đồng", max_length=500, blank=True)
    posthumous = models.BooleanField("truy tặng", default=False)

    unit_path = "decision__unit"

    class Meta:
        verbose_name = "dòng quyết định"
        verbose_name_plural = "các dòng quyết định"
        ordering = ["decision", "id"]

    def __str__(self) -> str:
        return str(self.nomination)


class AwardQuerySet(OwnedQuerySet):
    view_permission = "award.view"

    def standing(self):
        return self.filter(status=Award.Status.GRANTED)


class Award(models.Model):
    """One line of the register of awards: of the portal's own decisions, and of earlier ones taken over (``decision`` None).

    Name, post, unit as in the decision. ``period_from``/``period_to``: the achievement period written there (P8). ``code`` is the
    address of the public page that the certificate's QR code shows. ``flag``: why it must be looked at again.
    """

    class Status(models.TextChoices):
        GRANTED = "granted", "Đã khen thưởng"
        REVOKED = "revoked", "Đã hủy"

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="awards", verbose_name="đối tượng")
    award_type = models.ForeignKey(
        AwardType, on_delete=models.PROTECT, related_name="awards", verbose_name="danh hiệu, hình thức"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="awards", verbose_name="đơn vị")
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="awards", verbose_name="quyết định"
    )
    nomination = models.OneToOneField(
        Nomination, on_delete=models.PROTECT, null=True, blank=True, related_name="award", verbose_name="đề nghị"
    )
    award_kind = models.CharField("loại khen thưởng", max_length=10, choices=AwardKind)
    subject_kind = models.CharField("đối tượng", max_length=10, choices=RecipientKind)
    name = models.CharField("tên khi khen thưởng", max_length=150)
    post = models.CharField("chức vụ khi khen thưởng", max_length=150, blank=True)
    unit_name = models.CharField("đơn vị khi khen thưởng", max_length=150)
    year = models.PositiveSmallIntegerField("năm")
    period_from = models.DateField("thành tích từ ngày", null=True, blank=True)
    period_to = models.DateField("đến ngày", null=True, blank=True)
    achievement = models.CharField("thành tích", max_length=500, blank=True)
    authority = models.CharField("thẩm quyền quyết định", max_length=150)
    decision_no = models.CharField("quyết định số", max_length=60)
    decided_on = models.DateField("ngày quyết định")
    posthumous = models.BooleanField("truy tặng", default=False)
    gold_book_no = models.CharField("số sổ vàng", max_length=30, blank=True)
    code = models.CharField(max_length=12, unique=True, editable=False)
    status = models.CharField("trạng thái", max_length=10, choices=Status, default=Status.GRANTED)
    flag = models.CharField("cần xem lại", max_length=300, blank=True)
    search_key = models.CharField(max_length=600, editable=False)
    registered_at = models.DateTimeField(auto_now_add=True)
    registered_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    handed_on = models.DateField("trao ngày", null=True, blank=True)
    ended_at = models.DateTimeField("hủy lúc", null=True, blank=True)
    ended_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    end_note = models.TextField("lý do hủy", blank=True)
    end_decision_no = models.CharField("quyết định hủy số", max_length=60, blank=True)
    end_decided_on = models.DateField("ngày quyết định hủy", null=True, blank=True)

    objects = AwardQuerySet.as_manager()
    unit_path = "unit"

    class Meta:
        verbose_name = "khen thưởng"
        verbose_name_plural = "sổ khen thưởng"
        ordering = ["-decided_on", "-award_type__level", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "award_type", "decision_no", "decided_on"],
                name="award_once_per_decision",
                violation_error_message="Khen thưởng này đã có trong sổ.",
            ),
            models.CheckConstraint(
                condition=~Q(status="revoked")
                | (Q(ended_at__isnull=False, end_decided_on__isnull=False) & ~Q(end_note="") & ~Q(end_decision_no="")),
                name="award_revoked_has_decision",
            ),
            models.CheckConstraint(
                condition=Q(period_from=None) | Q(period_to=None) | Q(period_to__gte=F("period_from")),
                name="award_period_in_order",
            ),
            models.UniqueConstraint(
                fields=["decision", "gold_book_no"], condition=~Q(gold_book_no=""), name="award_gold_book_once"
            ),
        ]
        indexes = [models.Index(fields=["recipient", "award_type", "year"], name="award_by_recipient")]

    def __str__(self) -> str:
        return f"{self.award_type} – {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("award-detail", args=[self.pk])

    def get_public_url(self) -> str:
        return reverse("award-public", args=[self.code])


class CertificateLayout(models.Model):
    """Mẫu bằng, giấy, cờ: page in millimetres, boxes of text; ``on_stock``: only the text, on pre-printed paper, moved by the
    offsets that the test sheet showed (R-66). ``boxes``: awards/certificates.py says what they hold."""

    code = models.CharField("mã", max_length=30, unique=True)
    name = models.CharField("tên mẫu", max_length=100)
    family = models.CharField("hệ khen thưởng", max_length=10, choices=Family, default=Family.STATE)
    award_types = models.ManyToManyField(AwardType, related_name="layouts", blank=True, verbose_name="dùng cho")
    width_mm = models.DecimalField("rộng (mm)", max_digits=6, decimal_places=2)
    height_mm = models.DecimalField("cao (mm)", max_digits=6, decimal_places=2)
    on_stock = models.BooleanField("chỉ in chữ lên phôi có sẵn", default=False)
    offset_x_mm = models.DecimalField("dịch ngang (mm)", max_digits=5, decimal_places=2, default=0)
    offset_y_mm = models.DecimalField("dịch dọc (mm)", max_digits=5, decimal_places=2, default=0)
    background = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ảnh nền"
    )
    boxes = models.JSONField("các khối chữ", default=list)
    note = models.CharField("ghi chú", max_length=250, blank=True)
    is_active = models.BooleanField("đang dùng", default=True)

    unit_path = None

    class Meta:
        verbose_name = "mẫu bằng, giấy chứng nhận"
        verbose_name_plural = "mẫu bằng, giấy chứng nhận"
        ordering = ["family", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(width_mm__gte=50, height_mm__gte=50, width_mm__lte=1200, height_mm__lte=1200),
                name="certificate_layout_size",
                violation_error_message="Kích thước từ 50 đến 1.200 mm.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Payment(models.Model):
    """Tiền thưởng of one award in đồng: base salary of the day of the decision, coefficient, raw, rounded (R-40). After a
    cancellation it becomes a receivable with a due date (R-50)."""

    class State(models.TextChoices):
        OWED = "owed", "Phải chi"
        PAID = "paid", "Đã chi"
        NOT_PAID = "not_paid", "Không chi"
        RECEIVABLE = "receivable", "Phải thu hồi"
        RETURNED = "returned", "Đã thu hồi"

    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="payment")
    base_salary = models.PositiveIntegerField("mức lương cơ sở")
    coefficient = models.DecimalField("hệ số", max_digits=6, decimal_places=3)
    raw = models.DecimalField("thành tiền trước làm tròn", max_digits=14, decimal_places=3)
    amount = models.PositiveIntegerField("tiền thưởng (đồng)")
    legal_basis = models.CharField("căn cứ", max_length=250)
    note = models.CharField("ghi chú", max_length=250, blank=True)
    state = models.CharField("trạng thái", max_length=12, choices=State, default=State.OWED)
    due_on = models.DateField("hạn nộp lại", null=True, blank=True)
    settled_on = models.DateField("ngày chi, ngày thu hồi", null=True, blank=True)

    unit_path = "award__unit"

    class Meta:
        verbose_name = "tiền thưởng"
        verbose_name_plural = "tiền thưởng"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="receivable") | Q(due_on__isnull=False), name="receivable_has_due_date"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["paid", "returned"]) | Q(settled_on__isnull=False),
                name="payment_settled_has_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award}: {self.amount}"


class FundEntry(models.Model):
    """Quỹ thi đua, khen thưởng: one line of income or outgo in đồng; a mistake is cancelled by a counter-entry, never deleted."""

    class Kind(models.TextChoices):
        INCOME = "income", "Thu"
        OUTGO = "outgo", "Chi"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="fund_entries", verbose_name="đơn vị")
    year = models.PositiveSmallIntegerField("năm quỹ")
    day = models.DateField("ngày")
    kind = models.CharField("thu, chi", max_length=10, choices=Kind)
    amount = models.PositiveBigIntegerField("số tiền (đồng)")
    text = models.CharField("nội dung", max_length=250)
    document_no = models.CharField("chứng từ số", max_length=60, blank=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="entries")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")

    unit_path = "unit"

    class Meta:
        verbose_name = "thu, chi quỹ"
        verbose_name_plural = "quỹ thi đua, khen thưởng"
        ordering = ["day", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="fund_entry_positive", violation_error_message="Số tiền phải lớn hơn 0."
            )
        ]

    def __str__(self) -> str:
        return self.text


class ComplaintQuerySet(OwnedQuerySet):
    view_permission = "award.complaint"


class Complaint(models.Model):
    """Khiếu nại on an award, a nomination or a vote, with its clocks; it holds the subject until concluded (R-51)."""

    class Status(models.TextChoices):
        RECEIVED = "received", "Đã nhận"
        ACCEPTED = "accepted", "Đã thụ lý"
        REFUSED = "refused", "Không thụ lý"
        SETTLED = "settled", "Đã giải quyết"
        WITHDRAWN = "withdrawn", "Đã rút"

    class Verdict(models.TextChoices):
        NONE = "", "–"
        UNFOUNDED = "unfounded", "Không có cơ sở"
        PARTLY = "partly", "Đúng một phần"
        FOUNDED = "founded", "Đúng"

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="award_complaints", verbose_name="cơ quan giải quyết"
    )
    recipient = models.ForeignKey(
        Recipient, on_delete=models.PROTECT, related_name="complaints", verbose_name="về đối tượng"
    )
    nomination = models.ForeignKey(
        Nomination,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="complaints",
        verbose_name="về đề nghị",
    )
    award = models.ForeignKey(
        Award, on_delete=models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name="về khen thưởng"
    )
    hold = models.OneToOneField(
        IntegrityHold, on_delete=models.PROTECT, null=True, blank=True, related_name="complaint"
    )
    complainant = models.CharField("người khiếu nại", max_length=150)
    contact = models.CharField("liên hệ", max_length=200, blank=True)
    text = models.TextField("nội dung", max_length=4000)
    received_on = models.DateField("nhận ngày")
    # The day on which the complainant received or learned of the decision: 90 days count from it.
    learned_on = models.DateField("người khiếu nại biết quyết định ngày")
    # Illness, disaster, mission: days that the 90 do not count, and what they were (Luật Khiếu nại 2011, Điều 9).
    obstacle_days = models.PositiveSmallIntegerField("số ngày trở ngại không tính", default=0)
    obstacle = models.CharField("trở ngại", max_length=300, blank=True)
    is_complex = models.BooleanField("vụ việc phức tạp", default=False)
    accept_due = models.DateField("hạn thụ lý")
    settle_due = models.DateField("hạn giải quyết", null=True, blank=True)
    # How each day was found, printed beside it.
    accept_rule = models.CharField("cách tính hạn thụ lý", max_length=250, blank=True)
    settle_rule = models.CharField("cách tính hạn giải quyết", max_length=250, blank=True)
    status = models.CharField("trạng thái", max_length=10, choices=Status, default=Status.RECEIVED)
    verdict = models.CharField("kết luận", max_length=10, choices=Verdict, blank=True, default=Verdict.NONE)
    result = models.TextField("kết quả giải quyết", max_length=4000, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ComplaintQuerySet.as_manager()
    unit_path = "unit"

    class Meta:
        verbose_name = "khiếu nại"
        verbose_name_plural = "khiếu nại"
        ordering = ["-received_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["settled", "refused", "withdrawn"])
                | (Q(ended_at__isnull=False) & ~Q(result="")),
                name="complaint_over_has_result",
            ),
            models.CheckConstraint(
                condition=~Q(status="accepted") | Q(settle_due__isnull=False), name="complaint_accepted_has_due"
            ),
            models.CheckConstraint(
                condition=Q(obstacle_days=0) | ~Q(obstacle=""),
                name="complaint_obstacle_is_named",
                violation_error_message="Hãy ghi trở ngại làm chậm việc khiếu nại.",
            ),
        ]

    def __str__(self) -> str:
        return f"Khiếu nại về {self.recipient}"

    def get_absolute_url(self) -> str:
        return reverse("complaint-detail", args=[self.pk])
