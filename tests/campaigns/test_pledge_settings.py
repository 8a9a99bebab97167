"""What a campaign settles about its pledges: ways of signing, witness, copies, dates and weights of targets."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from campaigns.models import Campaign
from campaigns.services.asked import Asked, set_asked
from campaigns.services.campaigns import describe_campaign, launch_campaign
from campaigns.services.copying import copy_campaign
from campaigns.services.editing import Part
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Signature
from pledges.models import Pledge
from tests import factories as f

ALL = list(Signature.Method.values)
JUNE = datetime.date(2026, 6, 30)


@pytest.fixture
def draft(province):
    campaign = f.CampaignFactory(owner=province.ban)
    f.ParticipationFactory(campaign=campaign, unit=province.commune)
    f.ReportingPeriodFactory(campaign=campaign)
    return campaign


def describe(campaign, province, **values):
    return describe_campaign(campaign, Part.BASICS, values, actor=province.verifier)


def test_a_new_campaign_takes_every_way_of_signing_and_demands_no_pledge(draft):
    stored = Campaign.objects.get(pk=draft.pk)

    assert (stored.signing_methods, stored.witness, stored.pledge_copies, stored.pledge_required) == (
        ALL, None, 2, False,
    )  # fmt: skip


def test_the_organiser_settles_them_before_launch(draft, province):
    describe(draft, province, signing_methods=["scan", "consent"], witness=province.other_commune, pledge_copies=3)

    stored = Campaign.objects.get(pk=draft.pk)
    assert (stored.signing_methods, stored.witness, stored.pledge_copies) == (
        ["scan", "consent"], province.other_commune, 3,
    )  # fmt: skip


@pytest.mark.parametrize("methods", [[], ["fax"]])
def test_at_least_one_known_way_of_signing_remains(draft, province, methods):
    with pytest.raises(DomainError, match="Hãy chọn ít nhất một cách ký giao ước"):
        describe(draft, province, signing_methods=methods)


def test_the_host_is_not_its_own_witness(draft, province):
    with pytest.raises(DomainError, match="Bên chứng kiến phải khác cơ quan chủ trì"):
        describe(draft, province, witness=province.ban)


@pytest.mark.parametrize(
    "values", [{"signing_methods": ["scan"]}, {"pledge_copies": 5}, {"pledge_required": True}, {"witness": "commune"}]
)
def test_they_are_fixed_at_launch(world, values):
    values = {name: world.commune if value == "commune" else value for name, value in values.items()}

    with pytest.raises(DomainError, match="Phong trào đã phát động nên không sửa được"):
        describe(world.campaign, world, **values)


def test_pledges_begin_with_the_number_of_copies_of_their_campaign(draft, province):
    describe(draft, province, pledge_copies=4)
    indicator = f.IndicatorFactory()
    set_asked(draft, [Asked(indicator.pk)], actor=province.verifier)
    draft.participations.update(cluster=f.ClusterFactory(campaign=draft))

    launch_campaign(Campaign.objects.get(pk=draft.pk), actor=province.director)

    assert Pledge.objects.get().copies == 4


def test_the_page_says_what_required_means(draft, province, sign_in):
    page = sign_in(province.verifier).get(draft.get_absolute_url()).content.decode()
    assert "Không bắt buộc: chưa ký chỉ bị nhắc" in page

    describe(draft, province, pledge_required=True)

    page = sign_in(province.verifier).get(draft.get_absolute_url()).content.decode()
    assert "Bắt buộc: chưa ký thì không được đề nghị khen thưởng" in page


def test_the_form_offers_the_ways_and_keeps_those_ticked(draft, province, sign_in):
    client, url = sign_in(province.verifier), reverse("campaign-basics", args=[draft.pk])
    form = client.get(url).context["form"]
    data = {form.add_prefix(name): form[name].value() or "" for name in form.fields}
    data |= {
        form.add_prefix("starts_on"): "01/01/2026",
        form.add_prefix("ends_on"): "31/12/2026",
        form.add_prefix("signing_methods"): ["scan"],
        form.add_prefix("pledge_required"): "",
    }

    answer = client.post(f"{url}?form=main", data)

    assert answer.status_code == 302
    assert Campaign.objects.get(pk=draft.pk).signing_methods == ["scan"]


# --- targets --------------------------------------------------------------------------------------------------------
def test_a_target_of_the_campaign_takes_a_date_and_a_weight(draft, province):
    indicator = f.IndicatorFactory()

    set_asked(draft, [Asked(indicator.pk, True, True, None, JUNE, Decimal(40))], actor=province.verifier)

    row = draft.asked.get()
    assert (row.target_due_on, row.weight) == (JUNE, Decimal(40))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"in_pledge": False, "weight": Decimal(1)}, "“{}” có thời hạn hoặc trọng số thì phải nằm trong giao ước."),
        ({"in_pledge": True, "weight": Decimal(-1)}, "“{}”: trọng số không được âm."),
        (
            {"in_pledge": True, "target_due_on": datetime.date(2027, 1, 1)},
            "“{}”: thời hạn phải nằm trong thời gian của phong trào, từ 01/01/2026 đến 31/12/2026.",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(draft, province, asked, sentence):
    indicator = f.IndicatorFactory()

    with pytest.raises(DomainError) as refusal:
        set_asked(draft, [Asked(indicator.pk, **asked)], actor=province.verifier)

    assert refusal.value.findings == [sentence.format(indicator.label)]


def test_the_campaign_does_not_end_before_a_target_is_due(draft, province):
    draft.periods.all().delete()
    indicator = f.IndicatorFactory(label="Mô hình")
    set_asked(draft, [Asked(indicator.pk, True, True, None, JUNE)], actor=province.verifier)

    with pytest.raises(DomainError) as refusal:
        describe(draft, province, ends_on=datetime.date(2026, 5, 31))

    assert refusal.value.findings == ["Mô hình: 30/06/2026"]


def test_a_copy_carries_all_of_it_to_next_year(draft, province):
    describe(draft, province, signing_methods=["scan"], witness=province.other_commune, pledge_copies=3)
    indicator = f.IndicatorFactory()
    set_asked(draft, [Asked(indicator.pk, True, True, None, JUNE, Decimal(40))], actor=province.verifier)

    source = Campaign.objects.get(pk=draft.pk)
    copy, _ = copy_campaign(source, actor=province.verifier, starts_on=datetime.date(2027, 1, 1))

    assert (copy.signing_methods, copy.witness, copy.pledge_copies) == (["scan"], province.other_commune, 3)
    assert copy.asked.values_list("target_due_on", "weight").get() == (datetime.date(2027, 6, 30), Decimal(40))
