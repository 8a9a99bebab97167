"""Services behind indicators: files in and out, what a launched campaign keeps from changing."""

import datetime
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from campaigns.indicatorfile import read_indicators
from campaigns.models import Indicator, IndicatorGroup
from campaigns.services import indicators as services
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from tests import factories as f
from tests.campaigns.scheme_files import BAD_INDICATORS, CATALOGUE, INDICATORS


@pytest.fixture
def small(db):
    services.import_indicators(INDICATORS.encode(), actor=None)


def stored():
    return {spec.code: spec for spec in services.catalogue().indicators}


def test_the_default_catalogue_survives_the_database_and_its_own_export(db):
    services.import_default_catalogue()
    read = read_indicators(CATALOGUE.read_bytes()).file

    again = read_indicators(services.export_indicators()).file

    assert len(again.indicators) == 87
    assert {spec.code: spec for spec in again.indicators} == {spec.code: spec for spec in read.indicators}
    assert again.groups == read.groups
    assert services.plan_file(services.export_indicators()).is_empty
    assert services.import_default_catalogue().is_empty


def test_the_form_keeps_the_order_of_the_file(db):
    services.import_default_catalogue()
    read = read_indicators(CATALOGUE.read_bytes()).file
    groups = [group.code for group in read.groups]

    codes = list(Indicator.objects.values_list("code", flat=True))

    assert codes == [spec.code for group in groups for spec in read.indicators if spec.group == group]


@pytest.mark.parametrize("name", BAD_INDICATORS)
def test_a_bad_file_gets_a_sentence_with_its_place_and_changes_nothing(name, db):
    data, words = BAD_INDICATORS[name]

    plan = services.plan_file(data)

    assert any(words in sentence for sentence in plan.sentences), plan.sentences
    with pytest.raises(DomainError):
        services.import_indicators(data, actor=None)
    assert not Indicator.objects.exists()
    assert not IndicatorGroup.objects.exists()


def test_known_codes_are_brought_up_to_date_new_ones_added_the_rest_kept(small):
    f.IndicatorFactory(code="rieng", group=IndicatorGroup.objects.get())
    data = INDICATORS.replace("Số đạt", "Số cuộc đạt").replace(
        "- {code: a_tyle", "- {code: a_moi, group: nhom, label: M, name: M, kind: text}\n- {code: a_tyle"
    )

    plan = services.import_indicators(data.encode(), actor=None)

    assert [change.spec.code for change in plan.of("new")] == ["a_moi"]
    assert [change.differences for change in plan.of("changed")] == [(("tên đầy đủ", "Số đạt", "Số cuộc đạt"),)]
    assert (len(plan.of("unchanged")), plan.kept) == (2, 1)
    assert set(stored()) == {"a_dat", "a_tong", "a_tyle", "a_moi", "rieng"}
    assert "so cuoc dat" in Indicator.objects.get(code="a_dat").search_key


def test_every_change_leaves_a_line(small):
    services.import_indicators(INDICATORS.replace("Số đạt", "Số cuộc đạt").encode(), actor=None)

    newest = audit.trail(Indicator.objects.get(code="a_dat"))[0]
    assert (newest.action, newest.changes) == ("edit_indicator", {"tên đầy đủ": ["Số đạt", "Số cuộc đạt"]})


GUARDED = {
    "kind": {"kind": "stock", "over_time": "last"},
    "over_time": {"over_time": "max"},
    "over_units": {"over_units": "max"},
    "measure": {"measure": "buổi"},
    "of": {"of": "a_tong"},
    "derived": {"derived": services.Derived(formula="a_tong"), "ask": False},
    "scope": {"scope": "province", "over_units": "none"},
}


@pytest.mark.parametrize("key", GUARDED)
def test_what_figures_hang_on_stays_while_a_launched_campaign_asks(key, small):
    f.CampaignIndicatorFactory(campaign=f.CampaignFactory(launched=True), indicator=Indicator.objects.get(code="a_dat"))
    before = stored()

    with pytest.raises(DomainError) as caught:
        services.save_indicator(replace(before["a_dat"], **GUARDED[key]), actor=None, is_new=False)

    assert "Phong trào đã phát động đang hỏi" in caught.value.findings[0]
    assert stored() == before


@pytest.mark.parametrize("key", GUARDED)
def test_before_a_launch_all_may_change(key, small):
    f.CampaignIndicatorFactory(campaign=f.CampaignFactory(), indicator=Indicator.objects.get(code="a_dat"))
    changed = replace(stored()["a_dat"], **GUARDED[key])

    services.save_indicator(changed, actor=None, is_new=False)

    assert stored()["a_dat"] == changed


def test_words_may_change_although_a_launched_campaign_asks(small):
    f.CampaignIndicatorFactory(campaign=f.CampaignFactory(launched=True), indicator=Indicator.objects.get(code="a_dat"))
    changed = replace(stored()["a_dat"], name="Số cuộc đạt", hint="x", valid_to=datetime.date(2027, 1, 1), decimals=2)

    services.save_indicator(changed, actor=None, is_new=False)

    assert stored()["a_dat"] == changed


def test_one_that_others_are_made_of_may_not_become_text(small):
    words = replace(stored()["a_dat"], kind="text", over_time="join", over_units="join")

    with pytest.raises(DomainError) as caught:
        services.save_indicator(words, actor=None, is_new=False)
    assert any(sentence.startswith("indicators.a_tyle.numerator") for sentence in caught.value.findings)


def test_a_new_indicator_does_not_overwrite_another(small):
    with pytest.raises(DomainError, match="đã có"):
        services.save_indicator(replace(stored()["a_dat"], name="Khác"), actor=None, is_new=True)


@pytest.mark.parametrize("who", ["editor", "leader", "viewer", "stranger"])
def test_only_those_who_keep_the_catalogue_change_it(who, province):
    with pytest.raises(PermissionDenied):
        services.import_indicators(INDICATORS.encode(), actor=getattr(province, who))
    assert not Indicator.objects.exists()


def test_an_import_costs_the_same_queries_for_ten_and_for_a_hundred(db, django_assert_max_num_queries):
    rows = "".join(f"\n- {{code: x{n}, group: nhom, label: x, name: x, kind: flow}}" for n in range(100))

    with django_assert_max_num_queries(30):
        services.import_indicators((INDICATORS + rows).encode(), actor=None)
