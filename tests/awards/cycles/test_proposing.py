"""Drafts from results: ranked units and recognised models, within quota and threshold (practice.md W-42)."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from awards.models import Nomination, Recipient
from awards.quotas import Place
from awards.services.cycles.candidates import sections_of
from awards.services.cycles.proposing import propose_from_results
from awards.services.cycles.quotas import save_quota
from awards.services.cycles.subjects import recipient_of_model, recipient_of_unit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Notification
from pledges.models import ScoreSheet
from tests import factories as f
from tests.awards.cycles.cycle_steps import again, opened
from tests.factories import awards as af

DAY = timezone.localdate()


@pytest.fixture
def ranked(world):
    """An has 95 points, Bình 90, Cường 60; published in one cluster."""
    for rank, (unit, points, name) in enumerate(
        ((world.commune, 95, "Xuất sắc"), (world.other_commune, 90, "Tốt"), (world.third_commune, 60, "Hoàn thành")), 1
    ):
        ScoreSheet.objects.filter(participation__unit=unit).update(
            status="published", published_at=timezone.now(), final_total=Decimal(points), score_class=name, rank=rank
        )
    return world


def limited(cycle, people, **fields):
    values = {"award_type": af.AwardTypeFactory()}
    return save_quota(cycle, None, actor=people.verifier, **{**values, **fields})


def rows_of(cycle, person):
    return [row for section in sections_of(cycle, af.AwardTypeFactory(), person, DAY) for row in section.rows]


# --- who ----------------------------------------------------------------------------------------------------------------
def test_units_come_in_the_order_of_their_points_with_the_line_drawn(ranked):
    cycle = opened(ranked, campaigns=[ranked.campaign])
    limited(cycle, ranked, maximum=2, cluster=ranked.cluster, least_points=Decimal(80))

    rows = rows_of(cycle, ranked.verifier)

    assert [(row.unit, row.rank, row.line.place) for row in rows] == [
        (ranked.commune, 1, Place.WITHIN),
        (ranked.other_commune, 2, Place.WITHIN),
        (ranked.third_commune, 3, Place.BELOW),
    ]
    assert rows[2].line.reasons == ("Chưa đạt điểm thấp nhất 80.",)


def test_a_result_that_is_not_published_proposes_nobody(world):
    cycle = opened(world, campaigns=[world.campaign])

    assert rows_of(cycle, world.verifier) == []


@pytest.mark.parametrize(
    ("need", "outcomes"),
    [("leads_cluster", ["eligible", "to_check", "to_check"]), ("no_member_disciplined", ["to_check"] * 3)],
)
def test_each_candidate_has_its_conditions_and_what_is_unknown_is_to_be_checked(need, outcomes, ranked):
    cycle = opened(ranked, campaigns=[ranked.campaign])
    af.AwardTypeFactory().rules.update(conditions=[{"need": need}])

    rows = rows_of(cycle, ranked.verifier)

    assert [row.verdict.outcome for row in rows] == outcomes
    assert all(finding.text for row in rows for finding in row.verdict.findings)


def test_whom_a_recognised_model_names_is_a_candidate_of_the_years_of_the_cycle(world):
    cycle = opened(world)
    person = f.ExemplaryModelFactory(
        unit=world.commune, subject_kind="individual", subject="Nguyễn Thị Hoa", recognised=True
    )
    f.ExemplaryModelFactory(
        unit=world.commune, subject="Chi bộ ấp Hai", recognised=True, registered_on=datetime.date(2020, 3, 3)
    )
    f.ExemplaryModelFactory(unit=world.commune, subject="Chi bộ chưa công nhận")

    rows = rows_of(cycle, world.verifier)

    assert [(row.model, row.recipient.kind, row.recipient.name) for row in rows] == [
        (person, "person", "Nguyễn Thị Hoa")
    ]


def test_a_share_of_models_does_not_limit_ranked_units(ranked):
    cycle = opened(ranked, campaigns=[ranked.campaign])
    f.ExemplaryModelFactory(unit=ranked.commune, recognised=True)
    limited(cycle, ranked, percent=Decimal(1), percent_of="recognised")

    sections = {section.title: section for section in sections_of(cycle, af.AwardTypeFactory(), ranked.verifier, DAY)}

    assert [row.model is not None for row in sections["Chung cả đợt"].rows] == [True]
    assert {row.line.place for row in sections["Không có hạn mức"].rows} == {Place.WITHIN}


# --- drawing up ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def today_open(ranked):
    cycle = opened(ranked, campaigns=[ranked.campaign])
    cycle.phases.filter(stage="nominating").update(opens_on=DAY, closes_on=DAY)
    return cycle


def test_ticked_units_get_drafts_with_their_result_and_are_told(ranked, today_open):
    keys = [row.key for row in rows_of(today_open, ranked.verifier)][:2]

    drafts, left = propose_from_results(today_open, af.AwardTypeFactory(), keys, actor=ranked.verifier, day=DAY)

    first = drafts[0]
    assert left == []
    assert [row.unit for row in drafts] == [ranked.commune, ranked.other_commune]
    assert (first.status, first.source, first.score, first.cluster_rank) == ("draft", "ranking", Decimal(95), 1)
    assert first.recipient.of_unit == ranked.commune
    told = Notification.objects.filter(kind="award_nominations_proposed").values_list("recipient__username", flat=True)
    assert sorted(told) == ["lanhdao.an", "lanhdao.binh", "nhap.an", "nhap.binh"]


def test_one_who_is_proposed_already_is_said_and_not_proposed_twice(ranked, today_open):
    keys = [row.key for row in rows_of(today_open, ranked.verifier)][:1]
    propose_from_results(today_open, af.AwardTypeFactory(), keys, actor=ranked.verifier, day=DAY)

    with pytest.raises(DomainError) as refused:
        propose_from_results(today_open, af.AwardTypeFactory(), keys, actor=ranked.verifier, day=DAY)

    assert refused.value.findings[0].startswith("Xã An Hòa: Xã An Hòa đã được đề nghị")
    assert Nomination.objects.count() == 1


@pytest.mark.parametrize("person", ["editor", "leader", "viewer", "admin", "member"])
def test_nobody_else_draws_up_from_results(person, ranked, today_open):
    with pytest.raises(PermissionDenied):
        propose_from_results(
            today_open, af.AwardTypeFactory(), ["sheet-1"], actor=again(getattr(ranked, person)), day=DAY
        )


def test_a_key_that_is_no_candidate_does_nothing(ranked, today_open):
    with pytest.raises(DomainError, match="ít nhất một"):
        propose_from_results(today_open, af.AwardTypeFactory(), ["sheet-0", "x"], actor=ranked.verifier, day=DAY)


@pytest.mark.parametrize("count", [1, 30])
def test_the_candidates_cost_the_same_queries(count, world, django_assert_max_num_queries):
    cycle = opened(world)
    for number in range(count):
        f.ExemplaryModelFactory(unit=world.commune, subject=f"Chi bộ ấp {number}", recognised=True)

    with django_assert_max_num_queries(35):
        assert len(rows_of(cycle, again(world.verifier))) == count


# --- recipients ---------------------------------------------------------------------------------------------------------
def test_a_unit_is_one_recipient_however_often_it_is_asked_for(province):
    first = recipient_of_unit(province.commune, actor=province.verifier)

    assert recipient_of_unit(province.commune, actor=province.verifier) == first
    assert (first.kind, first.name, first.search_key) == ("collective", "Xã An Hòa", "xa an hoa")
    assert Recipient.objects.count() == 1


def test_a_model_finds_the_recipient_it_names_however_it_is_written(province):
    known = af.RecipientFactory(unit=province.commune, name="NGUYỄN THỊ HOA", kind="person")
    model = f.ExemplaryModelFactory(unit=province.commune, subject_kind="individual", subject="Nguyễn Thị Hoa")

    assert recipient_of_model(model, actor=province.verifier) == known


# --- many -----------------------------------------------------------------------------------------------------------------
def test_the_page_shows_the_best_first_and_the_rest_on_demand(ranked, sign_in, monkeypatch):
    monkeypatch.setattr("awards.views.cycles.quotas.SHOWN_FIRST", 1)
    cycle = opened(ranked, campaigns=[ranked.campaign])
    client, path = sign_in(ranked.verifier), reverse("cycle-proposals", args=[cycle.pk])

    first = client.get(path).content.decode()
    every = client.get(f"{path}?tat-ca=1").content.decode()

    assert "Còn 2 dòng xếp sau" in first
    assert f"Chọn {ranked.commune.name}" in first
    assert f"Chọn {ranked.third_commune.name}" not in first
    assert f"Chọn {ranked.third_commune.name}" in every
