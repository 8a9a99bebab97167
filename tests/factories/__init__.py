"""Factories: the smallest valid record of each kind; traits set what a state demands (stamps too)."""

import datetime
from decimal import Decimal
from importlib import import_module

import factory
from django.apps import apps
from django.utils import timezone

from campaigns.models import (
    Campaign,
    CampaignIndicator,
    Cluster,
    Indicator,
    IndicatorGroup,
    Participation,
    ReportingPeriod,
    Scheme,
)
from dvk_portal.core.text import search_key, sort_key
from pledges.models import (
    Appraisal,
    ExemplaryModel,
    Field,
    FieldVisit,
    Pledge,
    PublicationConsent,
    QuarterlyReport,
    Recognition,
    RecognitionBatch,
    RecognitionLevel,
    ReportedValue,
    ScoreSheet,
)
from units.models import Delegation, IssuingBody, Membership, TermOfOffice, Unit, UnitKind, UnitVersion, User

PASSWORD = "Mat-khau-thu-2026"


def standard_catalogues():
    """Fields, tags, levels and checklist of the register: a test that flushes the database takes them away."""
    if not Field.objects.exists():
        import_module("pledges.migrations.0008_standard_model_catalogues").fill(apps, None)


def standard_field(code):
    standard_catalogues()
    return Field.objects.get(code=code)


def standard_level(code):
    standard_catalogues()
    return RecognitionLevel.objects.get(code=code)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"nguoi{n}")
    full_name = factory.Sequence(lambda n: f"Nguyễn Văn Thử {n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@thu.example")
    must_change_password = False
    password = factory.django.Password(PASSWORD)


class UnitKindFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UnitKind
        django_get_or_create = ("code",)

    code = "xa"
    name = factory.LazyAttribute(lambda kind: {"xa": "Xã", "tinh": "Tỉnh", "ban": "Ban", "phong": "Phòng"}[kind.code])
    is_organ = factory.LazyAttribute(lambda kind: kind.code in ("ban", "phong"))


class UnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Unit
        skip_postgeneration_save = True

    class Params:
        kind_code = "xa"

    code = factory.Sequence(lambda n: f"{30000 + n}")
    name = factory.Sequence(lambda n: f"Xã Thử Nghiệm {n}")
    kind = factory.SubFactory(UnitKindFactory, code=factory.SelfAttribute("..kind_code"))
    parent = None
    valid_from = datetime.date(2020, 1, 1)
    search_key = factory.LazyAttribute(lambda unit: search_key(unit.name))
    sort_key = factory.LazyAttribute(lambda unit: sort_key(unit.name))
    path = ""

    @factory.post_generation
    def place(self, create, extracted, **kwargs):
        self.path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        self.save(update_fields=["path"])
        UnitVersion.objects.create(
            unit=self, name=self.name, kind=self.kind, parent=self.parent, valid_from=self.valid_from
        )


class IssuingBodyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = IssuingBody

    unit = factory.SubFactory(UnitFactory)
    name = factory.LazyAttribute(lambda row: row.unit.name)
    symbol = "ĐU"
    place = "Thử Nghiệm"
    valid_from = datetime.date(2015, 1, 1)


class TermOfOfficeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TermOfOffice

    unit = factory.SubFactory(UnitFactory)
    name = "2025-2030"
    valid_from = datetime.date(2025, 7, 1)
    valid_to = datetime.date(2030, 6, 30)


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    unit = factory.SubFactory(UnitFactory)
    role = "editor"
    post = "Chuyên viên"
    valid_from = datetime.date(2024, 1, 1)


class DelegationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Delegation

    unit = factory.SubFactory(UnitFactory)
    role = "leader"
    delegate = factory.SubFactory(UserFactory)
    post = "Phó Bí thư"
    authority = "K/T BÍ THƯ"
    document_no = "Giấy ủy quyền số 01-GUQ/ĐU"
    valid_from = datetime.date(2024, 1, 1)


class IndicatorGroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = IndicatorGroup
        django_get_or_create = ("code",)

    code = "dv"
    title = "Dân vận khéo"


class IndicatorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Indicator

    class Params:
        stock = factory.Trait(kind="stock", over_time="last")
        yes_no = factory.Trait(kind="yes_no", over_time="last", over_units="count_yes", measure="có/không")
        words = factory.Trait(kind="text", over_time="join", over_units="join", measure="văn bản tự do")

    code = factory.Sequence(lambda n: f"chi_so_{n}")
    group = factory.SubFactory(IndicatorGroupFactory)
    label = factory.Sequence(lambda n: f"Chỉ số {n}")
    name = factory.LazyAttribute(lambda indicator: f"Số {indicator.label.lower()}")
    measure = "cuộc"
    kind = "flow"
    over_time = "sum"
    over_units = "sum"
    order = factory.Sequence(lambda n: n)
    search_key = factory.LazyAttribute(lambda i: search_key(f"{i.code} {i.label} {i.name}"))


# The smallest scheme that still has sections, a sourced rule, a typed one, a superior-only one, a gate and classes.
SMALL_SCHEME = {
    "format": "dvk-scheme/1",
    "code": "thu",
    "version": "1",
    "title": "Bảng thử",
    "base": "20",
    "bonus_cap": "2",
    "sections": [
        {
            "code": "1",
            "title": "Vận động Nhân dân",
            "max": "12",
            "assessor": "Phòng Đoàn thể",
            "children": [
                {
                    "code": "1.1",
                    "title": "Cuộc vận động",
                    "max": "8",
                    "evidence": ["báo cáo"],
                    "rules": [{"kind": "ratio", "worth": "8", "source": {"indicator": "van_dong", "of": "target"}}],
                },
                {
                    "code": "1.2",
                    "title": "Có kế hoạch",
                    "max": "4",
                    "evidence": ["kế hoạch"],
                    "rules": [{"kind": "yes_no", "points": "4"}],
                },
            ],
        },
        {
            "code": "2",
            "title": "Báo cáo",
            "max": "8",
            "assessor": "Văn phòng",
            "children": [
                {
                    "code": "2.1",
                    "title": "Đúng hạn",
                    "max": "4",
                    "evidence": ["hệ thống"],
                    "deduction_cap": "4",
                    "rules": [
                        {
                            "code": "2.1.1",
                            "kind": "per_case",
                            "role": "deduct",
                            "points": "1",
                            "source": {"reports": "late", "days": 1},
                        },
                        {
                            "code": "2.1.2",
                            "kind": "per_case",
                            "role": "deduct",
                            "points": "2",
                            "source": {"reports": "missing"},
                        },
                    ],
                },
                {
                    "code": "2.2",
                    "title": "Chất lượng",
                    "max": "4",
                    "self_scored": False,
                    "rules": [{"kind": "manual", "worth": "4", "step": "0.25"}],
                },
            ],
        },
    ],
    "gates": [
        {
            "code": "KL",
            "label": "người đứng đầu bị kỷ luật",
            "when": {"declared": True},
            "effect": {"best_class": "Hoàn thành"},
        }
    ],
    "classes": [
        {"label": "Hoàn thành tốt", "ge": "16"},
        {"label": "Hoàn thành", "ge": "10", "lt": "16"},
        {"label": "Không hoàn thành", "below": True},
    ],
    "ties": [{"section": "1"}, "decision"],
}


class SchemeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Scheme

    code = factory.Sequence(lambda n: f"bang-{n}")
    version = "1"
    title = "Bảng thử"
    document = factory.LazyAttribute(lambda scheme: {**SMALL_SCHEME, "code": scheme.code})
    status = "published"
    published_at = factory.LazyFunction(timezone.now)


class CampaignFactory(factory.django.DjangoModelFactory):
    """A complete draft; the trait ``launched`` sets state and stamps but creates no pledges, reports or sheets."""

    class Meta:
        model = Campaign

    class Params:
        launched = factory.Trait(status="open", launched_at=factory.LazyFunction(timezone.now))
        scoring = factory.Trait(status="scoring", launched_at=factory.LazyFunction(timezone.now))

    owner = factory.SubFactory(UnitFactory)
    title = factory.Sequence(lambda n: f"Phong trào thi đua {n}")
    starts_on = datetime.date(2026, 1, 1)
    ends_on = datetime.date(2026, 12, 31)
    goal = "Mục tiêu"
    slogan = "Dân vận khéo thì việc gì cũng thành công"
    audience = "Các xã, phường"
    content = "Nội dung"
    criteria = "Tiêu chí"
    measures = "Biện pháp"
    document_no = "15-KH/BTGDVTU"
    document_date = datetime.date(2026, 1, 15)
    document_signer = "Trưởng Ban"
    scheme = factory.SubFactory(SchemeFactory)
    search_key = factory.LazyAttribute(lambda campaign: search_key(campaign.title))


class ReportingPeriodFactory(factory.django.DjangoModelFactory):
    """Quarters of 2026 by default: ``number`` 1 to 4; due on the 10th of the month after."""

    class Meta:
        model = ReportingPeriod

    campaign = factory.SubFactory(CampaignFactory)
    year = 2026
    number = 1
    data_from = factory.LazyAttribute(lambda p: datetime.date(p.year, 3 * p.number - 2, 1))
    data_to = factory.LazyAttribute(
        lambda p: datetime.date(p.year + p.number // 4, 3 * p.number % 12 + 1, 1) - datetime.timedelta(days=1)
    )
    due_on = factory.LazyAttribute(lambda p: p.data_to + datetime.timedelta(days=10))
    due_at = factory.LazyAttribute(
        lambda p: timezone.make_aware(datetime.datetime.combine(p.due_on, datetime.time(23, 59, 59)))
    )


class ClusterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Cluster

    campaign = factory.SubFactory(CampaignFactory)
    name = factory.Sequence(lambda n: f"Cụm {n}")


class ParticipationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Participation

    campaign = factory.SubFactory(CampaignFactory)
    unit = factory.SubFactory(UnitFactory)
    cluster = factory.SubFactory(ClusterFactory, campaign=factory.SelfAttribute("..campaign"))
    name = factory.LazyAttribute(lambda p: p.unit.name)
    kind_name = factory.LazyAttribute(lambda p: p.unit.kind.name)
    parent_name = ""
    sort_key = factory.LazyAttribute(lambda p: sort_key(p.name))
    search_key = factory.LazyAttribute(lambda p: search_key(p.name))


class CampaignIndicatorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CampaignIndicator

    campaign = factory.SubFactory(CampaignFactory)
    indicator = factory.SubFactory(IndicatorFactory)


class PledgeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Pledge

    participation = factory.SubFactory(ParticipationFactory)


class QuarterlyReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = QuarterlyReport

    class Params:
        submitted = factory.Trait(
            status="submitted",
            submitted_at=factory.LazyFunction(timezone.now),
            first_submitted_at=factory.LazyFunction(timezone.now),
            days_from_due=0,
            working_days_from_due=0,
        )
        verified = factory.Trait(submitted=True, status="verified", verified_at=factory.LazyFunction(timezone.now))

    participation = factory.SubFactory(ParticipationFactory)
    period = factory.SubFactory(ReportingPeriodFactory, campaign=factory.SelfAttribute("..participation.campaign"))
    due_at = factory.SelfAttribute("period.due_at")


class ReportedValueFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReportedValue

    report = factory.SubFactory(QuarterlyReportFactory)
    indicator = factory.SubFactory(IndicatorFactory)
    answer = "given"
    amount = Decimal(5)


class ScoreSheetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ScoreSheet

    participation = factory.SubFactory(ParticipationFactory)
    scheme = factory.SelfAttribute("participation.campaign.scheme")


class ExemplaryModelFactory(factory.django.DjangoModelFactory):
    """A registered model of a commune. ``draft=True``: not yet registered; ``recognised=True``: with visit, appraisal and
    recognition at the level it was registered for (year of ``registered_on``); ``public=True``: recognised, with consent and
    switched on. ``recognition=False`` and ``consent=False`` leave those rows out."""

    class Meta:
        model = ExemplaryModel
        skip_postgeneration_save = True

    class Params:
        draft = factory.Trait(status="draft", registered_on=None, registered_at=None, register_no="")
        recognised = factory.Trait(status="recognised")
        public = factory.Trait(
            recognised=True,
            is_public=True,
            published_at=factory.LazyFunction(timezone.now),
            story="Cả ấp cùng góp sức.",
        )

    unit = factory.SubFactory(UnitFactory)
    code = factory.Sequence(lambda n: f"MH{n:06d}")
    register_no = factory.Sequence(lambda n: f"{n:04d}/2026")
    status = "registered"
    kind = "model"
    subject_kind = "collective"
    name = factory.Sequence(lambda n: f"Tổ dân vận số {n}")
    subject = "Chi bộ ấp Một"
    place = "Ấp Một"
    field = factory.LazyFunction(lambda: standard_field("economy"))
    target_level = factory.LazyFunction(lambda: standard_level("co_so"))
    leading_force = "Chi bộ ấp"
    situation = "Đường ấp lầy lội."
    objective = "Bê tông hóa 500 m đường."
    method = "Vận động từng hộ góp công, hiến đất."
    output = "500 m đường bê tông."
    registered_on = datetime.date(2026, 2, 10)
    registered_at = factory.LazyFunction(timezone.now)

    @factory.lazy_attribute
    def search_key(self):
        return search_key(f"{self.register_no} {self.name} {self.subject} {self.place} {self.unit.name}")

    @factory.post_generation
    def recognition(self, create, wanted, **fields):
        if wanted is not False and self.is_standing:
            level = fields.pop("level", self.target_level)
            FieldVisitFactory(model=self)
            Appraisal.objects.create(
                model=self, level=level, year=self.registered_on.year, passed=True, conclusion="Đạt."
            )
            RecognitionFactory(model=self, level=level, year=self.registered_on.year, **fields)

    @factory.post_generation
    def consent(self, create, wanted, **fields):
        if wanted is not False and self.is_public:
            PublicationConsentFactory(model=self, **fields)


class FieldVisitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FieldVisit

    model = factory.SubFactory(ExemplaryModelFactory)
    visited_on = datetime.date(2026, 5, 5)
    team = "Trưởng đoàn và hai thành viên"
    met = "Chi ủy, mười hộ dân"
    findings = "Đường đã hoàn thành."


class RecognitionBatchFactory(factory.django.DjangoModelFactory):
    """A decided batch; ``draft=True`` for one that is being drawn up."""

    class Meta:
        model = RecognitionBatch

    class Params:
        draft = factory.Trait(status="draft", decision_no="", decision_date=None, decided_at=None)

    unit = factory.SubFactory(UnitFactory)
    level = factory.LazyFunction(lambda: standard_level("co_so"))
    year = 2026
    title = "Đợt công nhận năm 2026"
    status = "decided"
    decision_no = factory.Sequence(lambda n: f"{n}-QĐ/ĐU")
    decision_date = datetime.date(2026, 6, 1)
    decided_at = factory.LazyFunction(timezone.now)


class RecognitionFactory(factory.django.DjangoModelFactory):
    """Granted; ``proposed=True`` for one that waits."""

    class Meta:
        model = Recognition

    class Params:
        proposed = factory.Trait(status="proposed", batch=None, decided_on=None, certificate_no="", name="")

    model = factory.SubFactory(ExemplaryModelFactory)
    level = factory.LazyFunction(lambda: standard_level("co_so"))
    year = 2026
    status = "granted"
    batch = factory.SubFactory(
        RecognitionBatchFactory,
        unit=factory.SelfAttribute("..model.unit"),
        level=factory.SelfAttribute("..level"),
        year=factory.SelfAttribute("..year"),
    )
    certificate_no = factory.Sequence(lambda n: f"{n:03d}/GCN")
    decided_on = datetime.date(2026, 6, 1)
    name = factory.SelfAttribute("model.name")
    subject = factory.SelfAttribute("model.subject")
    unit_name = factory.LazyAttribute(lambda row: row.model.unit.name)


class PublicationConsentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PublicationConsent

    model = factory.SubFactory(ExemplaryModelFactory)
    given_by = "Bí thư chi bộ ấp"
    capacity = "Đại diện tập thể"
    given_on = datetime.date(2026, 6, 10)
    covers_subject = True
