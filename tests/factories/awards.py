"""Factories of awards: ``from tests.factories import awards as af``. Traits set what a state demands, stamps too."""

import datetime
from decimal import Decimal
from importlib import import_module

import factory
from django.apps import apps
from django.utils import timezone

from awards.certificates import standard_layouts
from awards.models import (
    Award,
    AwardCycle,
    AwardKind,
    AwardRule,
    AwardType,
    CertificateLayout,
    Committee,
    CommitteeMeeting,
    CommitteeMember,
    Complaint,
    Decision,
    Nomination,
    Recipient,
    RecipientKind,
    RuleSet,
)
from dvk_portal.core.text import search_key, sort_key
from tests.factories import UnitFactory, UserFactory


def standard_rules():
    """Rule sets, awards, rules, checklists, base salaries: a test that flushes the database takes them away."""
    if not RuleSet.objects.filter(code="LTDKT2022-ND152").exists():
        import_module("awards.migrations.0002_standard_award_rules").fill(apps, None)


def standard_layout(code):
    """A layout of certificates that the portal brings along."""
    if not CertificateLayout.objects.filter(code=code).exists():
        import_module("awards.migrations.0016_standard_certificate_layouts").fill(apps, None)
    return CertificateLayout.objects.get(code=code)


def standard_award(code):
    standard_rules()
    return AwardType.objects.get(code=code)


_CODE = factory.Sequence(lambda n: f"THU{n:09d}")


class RuleSetFactory(factory.django.DjangoModelFactory):
    """In force today, ahead of the standard rule sets, which are there too (migration 0002)."""

    class Meta:
        model = RuleSet
        django_get_or_create = ("code",)

    code = "THU-2024"
    name = "Bộ quy định thử"
    legal_basis = "Luật thử"
    valid_from = datetime.date(2026, 10, 2)


class AwardTypeFactory(factory.django.DjangoModelFactory):
    """By default a Bằng khen that anybody may be given."""

    class Meta:
        model = AwardType
        django_get_or_create = ("code",)

    code = "THU-BK"
    name = "Bằng khen thử"
    kind = AwardType.Kind.FORM
    for_person = True
    for_collective = True
    for_household = True
    authority = "Chủ tịch Ủy ban nhân dân tỉnh"
    level = 50
    object_name = "Bằng khen"


class AwardRuleFactory(factory.django.DjangoModelFactory):
    """No conditions, majority of all, secret."""

    class Meta:
        model = AwardRule
        django_get_or_create = ("rule_set", "award_type")

    rule_set = factory.SubFactory(RuleSetFactory)
    award_type = factory.SubFactory(AwardTypeFactory)
    coefficient_person = Decimal("1.5")
    coefficient_collective = Decimal("3.0")
    coefficient_household = Decimal("2.25")
    secret = True


class RecipientFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Recipient

    class Params:
        collective = factory.Trait(
            kind=RecipientKind.COLLECTIVE, name=factory.Sequence(lambda n: f"Tập thể Thử {n}"), post="", sex=""
        )

    kind = RecipientKind.PERSON
    name = factory.Sequence(lambda n: f"Trần Thị Khen {n}")
    unit = factory.SubFactory(UnitFactory)
    post = "Công chức"
    sex = "f"
    search_key = factory.LazyAttribute(lambda row: search_key(f"{row.name} {row.post}"))
    sort_key = factory.LazyAttribute(lambda row: sort_key(row.name))


class AwardCycleFactory(factory.django.DjangoModelFactory):
    """Open for dossiers; ``award_types`` (default: the Bằng khen) and ``campaigns`` may be given."""

    class Meta:
        model = AwardCycle
        skip_postgeneration_save = True

    owner = factory.SubFactory(UnitFactory, kind_code="ban")
    title = factory.Sequence(lambda n: f"Đợt khen thưởng thử {n}")
    kind = AwardCycle.Kind.YEARLY
    award_kind = AwardKind.MOVEMENT
    year_from = 2026
    year_to = 2026
    status = AwardCycle.Status.NOMINATING
    opened_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def award_types(self, create, extracted, **kwargs):
        self.award_types.set(extracted if extracted is not None else [AwardTypeFactory()])

    @factory.post_generation
    def campaigns(self, create, extracted, **kwargs):
        self.campaigns.set(extracted or [])


class NominationFactory(factory.django.DjangoModelFactory):
    """A draft; ``submitted``, ``complete``, ``eligible`` … as traits. The unit is the recipient's."""

    class Meta:
        model = Nomination

    class Params:
        submitted = factory.Trait(status="submitted", submitted_at=factory.LazyFunction(timezone.now), revision=1)
        complete = factory.Trait(
            status="complete", submitted_at=factory.LazyFunction(timezone.now), completed_at=factory.LazyFunction(timezone.now),
            received_on=datetime.date(2026, 11, 9), rule_set=factory.SubFactory(RuleSetFactory), revision=1,
        )  # fmt: skip
        eligible = factory.Trait(
            status="eligible", submitted_at=factory.LazyFunction(timezone.now), completed_at=factory.LazyFunction(timezone.now),
            appraised_at=factory.LazyFunction(timezone.now), received_on=datetime.date(2026, 11, 9),
            rule_set=factory.SubFactory(RuleSetFactory), revision=1,
        )  # fmt: skip
        recommended = factory.Trait(
            status="recommended", submitted_at=factory.LazyFunction(timezone.now),
            completed_at=factory.LazyFunction(timezone.now), appraised_at=factory.LazyFunction(timezone.now),
            received_on=datetime.date(2026, 11, 9), rule_set=factory.SubFactory(RuleSetFactory), revision=1,
        )  # fmt: skip

    cycle = factory.SubFactory(AwardCycleFactory)
    award_type = factory.SubFactory(AwardTypeFactory)
    recipient = factory.SubFactory(RecipientFactory)
    unit = factory.SelfAttribute("recipient.unit")
    award_kind = factory.SelfAttribute("cycle.award_kind")
    subject_kind = factory.SelfAttribute("recipient.kind")
    name = factory.SelfAttribute("recipient.name")
    post = factory.SelfAttribute("recipient.post")
    unit_name = factory.SelfAttribute("unit.name")
    period_from = datetime.date(2026, 1, 1)
    period_to = datetime.date(2026, 12, 31)
    summary = "Vận động nhân dân hiến đất làm đường."


class CommitteeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Committee

    unit = factory.SubFactory(UnitFactory, kind_code="ban")
    name = "Hội đồng Thi đua – Khen thưởng tỉnh"
    decision_no = "15-QĐ/TU"
    decision_date = datetime.date(2026, 1, 5)
    valid_from = datetime.date(2026, 1, 5)


class CommitteeMemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CommitteeMember

    committee = factory.SubFactory(CommitteeFactory)
    user = factory.SubFactory(UserFactory)
    role = CommitteeMember.Role.MEMBER
    post = "Ủy viên"
    votes = factory.LazyAttribute(lambda row: row.role != "secretary")
    valid_from = datetime.date(2026, 1, 5)
    order = factory.Sequence(lambda n: n)


def council_of(province):
    """A committee of the Ban with the personas chair, secretary (no vote), member and other_member."""
    committee = CommitteeFactory(unit=province.ban)
    for order, (name, role) in enumerate(
        (("chair", "chair"), ("member", "member"), ("other_member", "member"), ("secretary", "secretary"))
    ):
        CommitteeMemberFactory(committee=committee, user=getattr(province, name), role=role, order=order)
    return committee


class MeetingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CommitteeMeeting

    committee = factory.SubFactory(CommitteeFactory)
    cycle = factory.SubFactory(AwardCycleFactory, status="voting")
    title = "Phiên họp xét khen thưởng"
    starts_at = datetime.datetime(2026, 12, 8, 8, 0, tzinfo=datetime.UTC)
    place = "Phòng họp số 1"


class DecisionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Decision

    class Params:
        numbered = factory.Trait(
            status="numbered", number="25-QĐ/BTGDVTU", dated_on=datetime.date(2026, 12, 20), signer="Huỳnh Văn Trưởng",
            signed_at=factory.LazyFunction(timezone.now), numbered_at=factory.LazyFunction(timezone.now),
        )  # fmt: skip

    unit = factory.SubFactory(UnitFactory, kind_code="ban")
    authority = "Trưởng Ban Tuyên giáo và Dân vận Tỉnh ủy"
    title = "Khen thưởng thành tích Dân vận khéo năm 2026"


class AwardFactory(factory.django.DjangoModelFactory):
    """A line taken over from before the portal."""

    class Meta:
        model = Award

    class Params:
        revoked = factory.Trait(
            status="revoked", ended_at=factory.LazyFunction(timezone.now), end_note="Khai man", end_decision_no="30-QĐ",
            end_decided_on=datetime.date(2026, 11, 1),
        )  # fmt: skip

    recipient = factory.SubFactory(RecipientFactory)
    award_type = factory.SubFactory(AwardTypeFactory)
    unit = factory.SelfAttribute("recipient.unit")
    award_kind = AwardKind.MERIT
    subject_kind = factory.SelfAttribute("recipient.kind")
    name = factory.SelfAttribute("recipient.name")
    post = factory.SelfAttribute("recipient.post")
    unit_name = factory.SelfAttribute("unit.name")
    year = 2025
    authority = factory.SelfAttribute("award_type.authority")
    decision_no = factory.Sequence(lambda n: f"{n + 1}/QĐ-UBND")
    decided_on = factory.LazyAttribute(lambda row: datetime.date(row.year, 12, 20))
    code = _CODE
    search_key = factory.LazyAttribute(lambda row: search_key(f"{row.name} {row.unit_name}"))


class ComplaintFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Complaint

    unit = factory.SubFactory(UnitFactory, kind_code="ban")
    recipient = factory.SubFactory(RecipientFactory)
    complainant = "Nguyễn Văn Đơn"
    text = "Thành tích kê khai chưa đúng."
    received_on = datetime.date(2026, 11, 10)
    learned_on = datetime.date(2026, 11, 1)
    accept_due = datetime.date(2026, 11, 20)
    settle_due = datetime.date(2026, 12, 20)


class CertificateLayoutFactory(factory.django.DjangoModelFactory):
    """The standard layout of 400 × 300 mm; ``preset`` names another."""

    class Meta:
        model = CertificateLayout

    class Params:
        preset = factory.LazyFunction(lambda: preset_of("nha-nuoc-400x300"))

    code = factory.Sequence(lambda n: f"thu-{n}")
    name = factory.Sequence(lambda n: f"Mẫu thử {n}")
    family = factory.LazyAttribute(lambda row: row.preset.family)
    width_mm = factory.LazyAttribute(lambda row: row.preset.width)
    height_mm = factory.LazyAttribute(lambda row: row.preset.height)
    on_stock = factory.LazyAttribute(lambda row: row.preset.on_stock)
    boxes = factory.LazyAttribute(lambda row: [box.as_row() for box in row.preset.boxes])


def preset_of(code):
    return next(row for row in standard_layouts() if row.code == code)
