"""A cycle of the Ban that takes dossiers today, with a Bằng khen whose checklist asks for a report and, of some, an opinion."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from awards.models import CyclePhase, DossierItem, RuleSet
from awards.services.nominations.dossier import add_file
from awards.services.nominations.drafting import draft_nomination
from awards.services.nominations.editing import save_nomination, version_of
from awards.services.nominations.grounds import AchievementEntry
from awards.services.nominations.sending import submit_nomination
from tests.architecture.everything import PDF
from tests.factories import awards as af

DAY = datetime.date


@pytest.fixture
def award(province):
    RuleSet.objects.all().delete()  # the standard ones: here one rule set says everything
    award = af.AwardTypeFactory()
    rule = af.AwardRuleFactory(award_type=award)
    for order, (code, name, need, when) in enumerate(
        (
            ("bao-cao", "Báo cáo thành tích", "required", ""),
            ("bien-ban", "Biên bản bình xét", "optional", ""),
            ("y-kien-btv", "Văn bản của Ban Thường vụ", "conditional", "managed_by_btv"),
            ("sang-kien", "Chứng nhận sáng kiến", "conditional", "initiative"),
            ("don-vi-cu", "Nhận xét của đơn vị cũ", "conditional", "transferred"),
        )
    ):
        DossierItem.objects.create(rule=rule, code=code, name=name, need=need, when=when, order=order)
    return award


@pytest.fixture
def cycle(province, award):
    cycle = af.AwardCycleFactory(owner=province.ban, title="Đợt khen thưởng năm 2026", award_types=[award])
    CyclePhase.objects.create(
        cycle=cycle, stage="nominating", opens_on=DAY(2026, 1, 1), closes_on=DAY(2027, 12, 31),
        units_may_send=True, units_may_change=True,
    )  # fmt: skip
    return cycle


@pytest.fixture
def recipient(province):
    return af.RecipientFactory(name="Trần Thị Khen", unit=province.commune, post="Công chức")


@pytest.fixture
def draft(province, cycle, award, recipient):
    return draft_nomination(cycle, award, recipient, unit=province.commune, actor=province.editor)


def pdf(name="bao-cao.pdf"):
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def ground(text="Vận động hiến 500 m² đất", **changes):
    values = {"period_from": DAY(2026, 2, 1), "period_to": DAY(2026, 10, 31)}
    return AchievementEntry(text, **{**values, **changes})


def fill(nomination, actor, *, grounds=None, transferred=False):
    """Summary and grounds as a unit would type them."""
    return save_nomination(
        nomination, actor=actor, period_from=DAY(2026, 1, 1), period_to=DAY(2026, 12, 31),
        summary="Vận động 12 hộ hiến đất mở đường.", transferred=transferred,
        achievements=[ground()] if grounds is None else grounds, seen=version_of(nomination),
    )  # fmt: skip


@pytest.fixture
def ready(draft, province):
    """Filled in, with the report uploaded: may be sent."""
    filled = fill(draft, province.editor)
    add_file(filled, pdf(), actor=province.editor, item_code="bao-cao")
    return filled


@pytest.fixture
def sent(ready, province):
    return submit_nomination(ready, actor=province.leader, vouched=True)
