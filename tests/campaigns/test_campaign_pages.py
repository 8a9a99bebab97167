"""The pages of a campaign: who sees which, what they cost, what they refuse."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign
from campaigns.services.campaigns import create_campaign
from tests import factories as f

PARTS = ["basics", "content", "document", "scheme", "asked", "periods", "roster", "candidates", "roster-import", "clusters"]


@pytest.fixture
def draft(province):
    """A draft with two units in a cluster, four quarters and two indicators."""
    campaign = create_campaign(
        province.ban,
        actor=province.verifier,
        title="Thi đua Dân vận khéo năm 2027",
        form="regular",
        starts_on=datetime.date(2027, 1, 1),
        ends_on=datetime.date(2027, 12, 31),
        scheme=f.SchemeFactory(),
    )
    cluster = f.ClusterFactory(campaign=campaign, name="Cụm số 1")
    for unit in (province.commune, province.other_commune):
        f.ParticipationFactory(campaign=campaign, unit=unit, cluster=cluster)
    f.ReportingPeriodFactory(campaign=campaign, year=2027)
    f.CampaignIndicatorFactory(campaign=campaign)
    return campaign


@pytest.mark.parametrize("part", PARTS)
def test_staff_open_every_part_of_a_draft(part, draft, province, sign_in):
    response = sign_in(province.verifier).get(reverse(f"campaign-{part}", args=[draft.pk]))

    assert response.status_code == 200
    assert draft.title in response.content.decode()


@pytest.mark.parametrize("part", PARTS)
def test_staff_open_every_part_of_a_running_campaign(part, world, sign_in):
    response = sign_in(world.verifier).get(reverse(f"campaign-{part}", args=[world.campaign.pk]))

    assert response.status_code == 200


@pytest.mark.parametrize("part", [*PARTS, "copy", "launch", "roster-export"])
@pytest.mark.parametrize("who", ["editor", "leader", "viewer"])
def test_people_who_do_not_prepare_campaigns_edit_nothing(part, who, world, sign_in):
    client = sign_in(getattr(world, who))
    url = reverse(f"campaign-{part}", args=[world.campaign.pk])

    assert client.get(url).status_code == 403
    assert client.post(url).status_code in (403, 405)


@pytest.mark.parametrize("part", [*PARTS, "detail", "copy", "launch", "roster-export"])
@pytest.mark.parametrize("who", ["editor", "leader", "stranger", "admin"])
def test_a_draft_does_not_exist_for_units_and_strangers(part, who, draft, province, sign_in):
    client = sign_in(getattr(province, who))
    url = reverse(f"campaign-{part}", args=[draft.pk])

    assert client.get(url).status_code == 404
    assert client.post(url).status_code in (404, 405)
