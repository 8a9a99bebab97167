import datetime
import json

import pytest
from django.core.management import call_command

from tests import factories as f
from units.models import Lineage, Unit, UnitVersion
from units.services.checks import check_units

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 1, 1)


def version(unit, **fields):
    UnitVersion.objects.create(unit=unit, **{"name": unit.name, "kind": unit.kind, "parent": unit.parent, **fields})


def set_(unit, **fields):
    Unit.objects.filter(pk=unit.pk).update(**fields)


FAULTS = {
    "cycle": lambda p: set_(p.province, parent=p.commune),
    "path": lambda p: set_(p.commune, path="/9/"),
    "outlives_parent": lambda p: set_(p.ban, valid_to=DAY),
    "no_version": lambda p: p.commune.versions.all().delete(),
    "two_current": lambda p: version(p.commune, valid_from=DAY),
    "overlap": lambda p: version(p.commune, valid_from=DAY),
    "hole": lambda p: (p.commune.versions.update(valid_to=DAY), version(p.commune, valid_from=DAY.replace(day=5))),
    "begins": lambda p: set_(p.commune, valid_from=DAY),
    "ends": lambda p: set_(p.commune, valid_to=DAY),
    "newest": lambda p: p.commune.versions.update(name="Khác"),
    "kind_closed": lambda p: type(p.commune.kind).objects.filter(pk=p.commune.kind_id).update(valid_to=DAY),
    "older_than_parent": lambda p: set_(p.province, valid_from=DAY),
    "keys": lambda p: set_(p.commune, search_key="x"),
    "lineage_open": lambda p: Lineage.objects.create(
        predecessor=p.commune, successor=p.other_commune, effective_on=DAY, decision="NQ"
    ),
    "lineage_self": lambda p: Lineage.objects.create(
        predecessor=p.commune, successor=p.commune, effective_on=DAY, decision="NQ"
    ),
    "lineage_successor": lambda p: Lineage.objects.create(
        predecessor=p.commune, successor=p.other_commune, effective_on=datetime.date(2000, 1, 1), decision="NQ"
    ),
    "membership": lambda p: p.editor.memberships.update(valid_from=datetime.date(2000, 1, 1)),
}


def test_a_sound_tree_has_no_problem(province):
    assert check_units() == []


@pytest.mark.parametrize("check", FAULTS)
def test_every_fault_is_named(province, check):
    FAULTS[check](province)

    assert check in {problem.check for problem in check_units()}


@pytest.mark.parametrize("more", [0, 30])
def test_the_check_costs_the_same_queries(province, more, django_assert_num_queries):
    f.UnitFactory.create_batch(more, parent=province.province)

    with django_assert_num_queries(4):
        check_units()


def test_the_command_exits_with_one_and_sentences(province, capsys):
    call_command("check_units", "--json")
    assert json.loads(capsys.readouterr().out) == {"ok": True, "units": 7, "problems": []}

    set_(province.commune, search_key="x")

    with pytest.raises(SystemExit) as left:
        call_command("check_units")
    assert left.value.code == 1
    assert "30001 Xã An Hòa: khóa tìm kiếm" in capsys.readouterr().out
