"""Units merge: their models go to the successor by somebody's act, and keep their numbers, days and honours."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from pledges.models import ExemplaryModel
from pledges.services.exemplary import takeover
from tests import factories as f
from units.models import Lineage, Unit
from units.services.structure import merge_units

LONG_AGO = datetime.date(2026, 7, 1)


@pytest.fixture
def merged(world):
    """Bình Đức went into An Hòa; it left a recognised model and a draft."""
    world.honoured = f.ExemplaryModelFactory(unit=world.other_commune, name="Cầu dân sinh", recognised=True)
    world.draft = f.ExemplaryModelFactory(unit=world.other_commune, name="Nháp của Bình", draft=True)
    world.foreign = f.ExemplaryModelFactory(unit=world.third_commune, name="Của Cường")
    merge_units([world.other_commune], actor=world.admin, into=world.commune, on=LONG_AGO, decision="1685/NQ")
    return world


def test_nothing_moves_by_itself(merged):
    assert not ExemplaryModel.objects.visible_to(merged.leader).exists()


def test_the_successors_leader_takes_everything_and_the_past_stays_as_it_was(merged):
    number = takeover.take_over_models(merged.commune, actor=merged.leader)

    before, merged.honoured = merged.honoured, ExemplaryModel.objects.get(pk=merged.honoured.pk)
    assert number == 2
    assert merged.honoured.unit == merged.commune
    assert (merged.honoured.register_no, merged.honoured.registered_on) == (before.register_no, before.registered_on)
    assert merged.honoured.recognitions.get().unit_name == "Xã Bình Đức"
    assert list(ExemplaryModel.objects.search("an hoa cau")) == [merged.honoured]
    entry = audit.trail(merged.honoured).get()
    assert (entry.action, entry.actor, entry.changes) == (
        "take_over", merged.leader, {"unit": ["Xã Bình Đức", "Xã An Hòa"]},
    )  # fmt: skip


def test_the_director_moves_what_is_registered_and_sees_no_draft(merged):
    assert takeover.take_over_models(merged.commune, actor=merged.director) == 1

    merged.draft.refresh_from_db()
    assert merged.draft.unit == merged.other_commune


@pytest.mark.parametrize("who", ["editor", "verifier", "viewer", "admin", "stranger", "other_leader"])
def test_nobody_else_moves_models(who, merged):
    with pytest.raises(PermissionDenied):
        takeover.take_over_models(merged.commune, actor=getattr(merged, who))


def test_a_model_of_an_unrelated_unit_cannot_be_taken(merged):
    with pytest.raises(DomainError):
        takeover.take_over_models(merged.commune, actor=merged.leader, chosen=[merged.foreign.pk])


def test_models_come_through_two_mergers(merged):
    merge_units(
        [merged.commune],
        actor=merged.admin,
        into=merged.third_commune,
        on=LONG_AGO + datetime.timedelta(30),
        decision="x",
    )

    assert takeover.take_over_models(merged.third_commune, actor=merged.director) == 1


def test_a_unit_that_still_works_keeps_its_models(world):
    """A part of it became another unit: that takes nothing away by itself."""
    f.ExemplaryModelFactory(unit=world.other_commune)
    Lineage.objects.create(
        predecessor=world.other_commune, successor=world.commune, effective_on=LONG_AGO, decision="Chia tách"
    )

    with pytest.raises(DomainError):
        takeover.take_over_models(world.commune, actor=world.leader)


def test_of_a_divided_unit_nothing_is_ticked_beforehand(merged, sign_in):
    heir = f.UnitFactory(code="30009", name="Xã Mới", parent=merged.province)
    Lineage.objects.create(predecessor=merged.other_commune, successor=heir, effective_on=LONG_AGO, decision="1685/NQ")

    page = sign_in(merged.leader).get(reverse("model-take-over", args=[merged.commune.pk])).content.decode()

    assert "được chia cho nhiều đơn vị" in page
    assert " checked" not in page


def test_the_list_offers_what_waits_and_the_page_takes_what_is_ticked(merged, sign_in):
    client = sign_in(merged.leader)
    assert "đơn vị tiền thân còn 2 mô hình" in client.get(reverse("model-list")).content.decode()

    response = client.post(reverse("model-take-over", args=[merged.commune.pk]), {"model": [merged.honoured.pk, "x"]})

    assert response["Location"] == reverse("model-list")
    assert "đơn vị tiền thân còn 1 mô hình" in client.get(reverse("model-list")).content.decode()
    merged.draft.refresh_from_db()
    assert merged.draft.unit == merged.other_commune


@pytest.mark.parametrize("who", ["editor", "viewer", "stranger"])
def test_the_offer_is_made_to_those_who_may(who, merged, sign_in):
    assert "tiền thân còn" not in sign_in(getattr(merged, who)).get(reverse("model-list")).content.decode()


def test_the_offer_costs_the_same_for_one_merger_and_for_many(merged, django_assert_num_queries):
    for number in range(3):
        old = f.UnitFactory(name=f"Xã cũ {number}", parent=merged.province)
        f.ExemplaryModelFactory.create_batch(2, unit=old)
        Unit.objects.filter(pk=old.pk).update(valid_to=datetime.date(2026, 6, 30))
        Lineage.objects.create(
            predecessor=old, successor=merged.third_commune, effective_on=LONG_AGO, decision="1685/NQ"
        )
    merged.director.has_perm("model.recognise")
    merged.director = type(merged.director).objects.get(pk=merged.director.pk)
    takeover.access.reach_ids(merged.director, "model.recognise")

    with django_assert_num_queries(4):
        found = takeover.successors_waiting(merged.director)

    assert sorted((unit.name, number) for unit, number in found) == [("Phường Cường Thịnh", 6), ("Xã An Hòa", 1)]
