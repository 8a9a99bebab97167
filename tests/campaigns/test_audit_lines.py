"""What was changed can be read later: old and new, not merely that something was."""

from decimal import Decimal

import pytest

from campaigns.services.asked import Asked, set_asked
from campaigns.services.periods import set_reminder_steps
from dvk_portal.core.audit import trail
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(province):
    return f.CampaignFactory(owner=province.ban)


def test_a_changed_question_leaves_how_it_was_asked_and_how_it_is(province, draft):
    indicator = f.IndicatorFactory(code="van_dong")
    set_asked(draft, [Asked(indicator.pk)], actor=province.verifier)

    set_asked(draft, [Asked(indicator.pk, False, True, Decimal(1200))], actor=province.verifier)

    assert trail(draft)[0].changes == {
        "van_dong": ["bắt buộc", "không bắt buộc, có trong giao ước, chỉ tiêu chung 1.200"]
    }


def test_a_changed_reminder_leaves_who_was_told_and_who_is(province, draft):
    set_reminder_steps(draft, [(-7, False, False), (1, True, False)], actor=province.verifier)

    set_reminder_steps(draft, [(-7, False, False), (1, True, True)], actor=province.verifier)

    assert trail(draft)[0].changes == {"Mốc nhắc": [["-7", "1 (lãnh đạo)"], ["-7", "1 (lãnh đạo, chuyên viên)"]]}
