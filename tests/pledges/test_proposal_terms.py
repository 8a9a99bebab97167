"""Due dates, weights and watched promises in a proposal."""

import datetime
from decimal import Decimal

import pytest

from campaigns.models import CampaignIndicator
from dvk_portal.core.exceptions import DomainError
from pledges.models import Target
from pledges.services.pledges import agree_pledge, propose_pledge
from pledges.services.proposals import (
    StaleProposalError,
    TargetEntry,
    history,
    save_proposal,
    target_rows,
    version_of,
    weight_hint,
)
from pledges.services.signing import is_intact
from tests.pledges.pledge_steps import fill, pledge_of

JUNE, LAST = datetime.date(2026, 6, 30), datetime.date(2026, 12, 31)


def save(world, due_on=None, weight=None, **options):
    pledge = pledge_of(world)
    entry = TargetEntry(Decimal(12), "at_least", "", due_on, weight)
    return save_proposal(
        pledge, actor=world.editor, targets={world.flow.pk: entry}, commitments=["Vận động"],
        seen=options.pop("seen", version_of(pledge)), **options,
    )  # fmt: skip


def asked(world, **values):
    CampaignIndicator.objects.filter(campaign=world.campaign, indicator=world.flow).update(**values)


def stored(world):
    return pledge_of(world).targets.values_list("due_on", "weight").get()


def test_without_a_date_a_target_is_due_when_the_campaign_ends(world):
    save(world)

    [row] = target_rows(pledge_of(world))
    assert (stored(world), row.due) == ((None, None), LAST)


def test_the_units_own_date_and_weight_are_kept(world):
    save(world, JUNE, Decimal("33.5"))

    assert stored(world) == (JUNE, Decimal("33.50"))


def test_typing_the_last_day_is_no_change(world):
    save(world)
    save(world, LAST)

    assert stored(world) == (None, None)
    assert len([entry for entry in history(pledge_of(world)) if entry.action == "edit"]) == 1


def test_the_date_of_the_campaign_is_the_default_and_may_be_changed(world):
    asked(world, target_due_on=JUNE)
    save(world)
    assert stored(world) == (JUNE, None)

    save(world, LAST)
    assert stored(world) == (LAST, None)


def test_a_weight_of_the_campaign_is_copied_and_not_for_the_unit_to_change(world):
    asked(world, weight=Decimal(40))

    save(world, weight=Decimal(99))

    assert stored(world) == (None, Decimal("40.00"))


def test_a_common_target_takes_date_and_weight_from_the_campaign(world):
    asked(world, common_target=Decimal(5), target_due_on=JUNE, weight=Decimal(40))

    save(world, LAST, Decimal(1))

    target = Target.objects.get()
    assert (target.amount, target.due_on, target.weight, target.common) == (5, JUNE, 40, True)


@pytest.mark.parametrize("day", [datetime.date(2025, 12, 31), datetime.date(2027, 1, 1)])
def test_a_date_outside_the_campaign_is_refused(world, day):
    with pytest.raises(DomainError) as refusal:
        save(world, day)

    assert refusal.value.findings == [
        "Thời hạn của “Cuộc vận động” phải nằm trong thời gian của phong trào: từ 01/01/2026 đến 31/12/2026."
    ]


def test_a_negative_weight_is_refused(world):
    with pytest.raises(DomainError) as refusal:
        save(world, weight=Decimal(-1))

    assert refusal.value.findings == ["Trọng số của “Cuộc vận động” không được âm."]


@pytest.mark.parametrize("terms", [{"due_on": JUNE}, {"weight": Decimal(10)}])
def test_a_change_of_date_or_weight_makes_an_open_form_stale(world, terms):
    seen = version_of(save(world))
    save(world, **terms)

    with pytest.raises(StaleProposalError) as refusal:
        save(world, seen=seen)

    assert len(refusal.value.findings) == 1


def test_the_history_says_what_became_of_date_and_weight(world):
    save(world)
    save(world, JUNE, Decimal(30))

    assert history(pledge_of(world))[0].changes == {
        "Cuộc vận động – thời hạn": ["", "30/06/2026"],
        "Cuộc vận động – trọng số": ["", "30"],
    }


def test_date_and_weight_are_part_of_what_is_agreed(world):
    save(world, JUNE, Decimal(30))
    pledge = agree_pledge(propose_pledge(pledge_of(world), actor=world.leader), actor=world.director)

    row = pledge.document.content["sections"][0]["tables"][0]["rows"][0]
    assert row[-2:] == ["30/06/2026", "30"]
    Target.objects.update(weight=31)
    assert not is_intact(pledge_of(world))


@pytest.mark.parametrize(
    ("weights", "hint"),
    [
        ([None, None], ""),
        ([60, 40], ""),
        ([60, None, 40], ""),
        ([60, 30], "Tổng trọng số các chỉ tiêu đang là 90, thường là 100. Hãy kiểm tra lại nếu chưa đúng ý."),
        ([0], "Tổng trọng số các chỉ tiêu đang là 0, thường là 100. Hãy kiểm tra lại nếu chưa đúng ý."),
    ],
)
def test_weights_that_do_not_add_up_are_mentioned_not_forbidden(weights, hint):
    assert weight_hint(Target(weight=weight) for weight in weights) == hint


def test_a_promise_may_be_watched_by_a_figure_that_is_asked(world):
    save(world, watched=[world.flow.pk])

    assert pledge_of(world).commitments.get(common=False).indicator == world.flow


def test_a_promise_is_not_watched_by_words(world):
    with pytest.raises(DomainError, match="chỉ theo dõi được bằng chỉ số"):
        save(world, watched=[world.words.pk])


def test_watching_a_promise_is_no_part_of_what_is_agreed(world):
    pledge = agree_pledge(propose_pledge(fill(world), actor=world.leader), actor=world.director)

    pledge.commitments.update(indicator=world.flow)

    assert is_intact(pledge_of(world))
