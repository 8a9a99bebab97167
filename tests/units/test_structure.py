import datetime

import pytest
from django.core.exceptions import PermissionDenied

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry
from tests import factories as f
from units.models import Lineage, Unit
from units.services import structure
from units.services.checks import check_units

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 21)
DAY = datetime.date(2025, 7, 1)
BEFORE = DAY - datetime.timedelta(days=1)


def change(verb, unit, province, **more):
    more = {"on": DAY, "decision": "Nghị quyết 1", **more}
    if verb in (structure.rename_unit, structure.move_unit):
        more.setdefault("today", TODAY)
    return verb(unit, actor=province.admin, **more)


def merge(units, province, into, **more):
    return structure.merge_units(
        units, **{"actor": province.admin, "into": into, "on": DAY, "decision": "Nghị quyết 1", **more}
    )


def test_a_new_name_counts_from_its_day_and_the_old_one_stays_known(province):
    unit = change(
        structure.rename_unit, province.commune, province, name="Phường An Hòa", kind=f.UnitKindFactory(code="ban")
    )

    unit.refresh_from_db()
    assert [str(unit.as_of(day).name) for day in (BEFORE, DAY)] == ["Xã An Hòa", "Phường An Hòa"]
    assert (unit.name, unit.kind.code, unit.search_key) == ("Phường An Hòa", "ban", "phuong an hoa")
    assert unit.as_of(datetime.date(2019, 1, 1)) is None
    assert check_units() == []
    entry = AuditEntry.objects.get(action="rename")
    assert (entry.actor, entry.changes["name"]) == (province.admin, ["Xã An Hòa", "Phường An Hòa"])


def test_a_move_takes_the_whole_subtree_along(province):
    change(structure.move_unit, province.ban, province, parent=province.commune)

    paths = dict(Unit.objects.values_list("code", "path"))
    assert paths["91.P1"] == f"{paths['30001']}{province.ban.pk}/{province.department.pk}/"
    assert province.ban.as_of(BEFORE).parent == province.province
    assert check_units() == []


def test_renamed_and_moved_on_the_same_day_is_one_version(province):
    unit = change(structure.rename_unit, province.commune, province, name="Xã Mới")
    change(structure.move_unit, unit, province, parent=province.other_commune, decision="Nghị quyết 2")

    version = unit.versions.get(valid_from=DAY)
    assert (version.name, version.parent, version.reason) == (
        "Xã Mới",
        province.other_commune,
        "Nghị quyết 1; Nghị quyết 2",
    )
    with pytest.raises(DomainError, match="cùng loại"):
        change(structure.rename_unit, unit, province, name="Xã Khác")
    assert check_units() == []


def test_a_closed_unit_ends_the_day_before(province):
    unit = change(structure.close_unit, province.commune, province)

    unit.refresh_from_db()
    assert (unit.valid_to, unit.as_of(BEFORE).name, unit.as_of(DAY)) == (BEFORE, "Xã An Hòa", None)
    assert check_units() == []


def test_a_merger_ends_the_predecessors_and_remembers_them(province):
    new = structure.merge_into_new_unit(
        [province.commune, province.other_commune], actor=province.admin, code="30009", name="Xã Hòa Bình",
        kind=province.commune.kind, parent=province.province, on=DAY, decision="Nghị quyết 1",
    )  # fmt: skip

    assert list(Lineage.objects.order_by("pk").values_list("predecessor__code", "successor__code")) == [
        ("30001", "30009"),
        ("30002", "30009"),
    ]
    assert set(Unit.objects.on(DAY).filter(kind=new.kind).values_list("code", flat=True)) == {"30003", "30009"}
    assert check_units() == []


def test_one_that_takes_the_others_in_goes_on(province):
    merge([province.commune, province.other_commune], province, into=province.commune)

    assert set(Unit.objects.on(DAY).values_list("code", flat=True)) >= {"30001", "30003"}
    assert not Unit.objects.on(DAY).filter(code="30002").exists()
    assert check_units() == []


def test_a_unit_and_its_superior_can_go_in_one_decision(province):
    merge([province.ban, province.department, province.other_department], province, into=province.commune)

    assert Lineage.objects.count() == 3
    assert check_units() == []


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda p: change(structure.rename_unit, p.commune, p, name=" "), "tên đơn vị"),
        (lambda p: change(structure.rename_unit, p.commune, p, name="Xã An Hòa"), "trùng"),
        (lambda p: change(structure.rename_unit, p.commune, p, name="A", decision=" "), "quyết định"),
        (lambda p: change(structure.rename_unit, p.commune, p, name="A", on=TODAY + datetime.timedelta(1)), "chưa đến"),
        (
            lambda p: change(structure.rename_unit, p.commune, p, name="A", on=datetime.date(2019, 1, 1)),
            "không hoạt động",
        ),
        (
            lambda p: change(structure.rename_unit, p.commune, p, name="A", on=datetime.date(2020, 1, 1)),
            "mới thành lập",
        ),
        (lambda p: change(structure.move_unit, p.ban, p, parent=p.department), "nằm trong"),
        (lambda p: change(structure.move_unit, p.ban, p, parent=p.ban), "nằm trong"),
        (lambda p: change(structure.move_unit, p.commune, p, parent=p.province), "đã trực thuộc"),
        (lambda p: change(structure.close_unit, p.ban, p), "còn 2 đơn vị trực thuộc"),
        (lambda p: change(structure.close_unit, p.commune, p, on=datetime.date(2020, 1, 1)), "ít nhất một ngày"),
        (lambda p: merge([p.commune], p, into=p.commune), "ít nhất một"),
        (lambda p: merge([p.ban, p.department, p.other_department], p, into=p.department), "đang trực thuộc"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(province, attempt, words):
    before = list(Unit.objects.order_by("pk").values())

    with pytest.raises(DomainError, match=words):
        attempt(province)

    assert list(Unit.objects.order_by("pk").values()) == before
    assert check_units() == []
    assert not AuditEntry.objects.exists()


def test_a_change_before_a_recorded_one_is_refused(province):
    unit = change(structure.rename_unit, province.commune, province, name="Xã Mới")

    with pytest.raises(DomainError, match="phải sau ngày đó"):
        change(structure.rename_unit, unit, province, name="Xã Xen Giữa", on=BEFORE)


def test_a_closed_kind_or_superior_takes_no_new_unit(province):
    arguments = {"actor": province.admin, "code": "x", "name": "X", "on": DAY, "decision": "NQ"}
    kind = f.UnitKindFactory(code="tinh")
    kind.valid_to = BEFORE

    with pytest.raises(DomainError, match="không còn"):
        structure.create_unit(kind=kind, parent=province.province, **arguments)
    change(structure.close_unit, province.commune, province)
    province.commune.refresh_from_db()
    with pytest.raises(DomainError, match="không hoạt động"):
        structure.create_unit(kind=province.commune.kind, parent=province.commune, **arguments)
    with pytest.raises(DomainError, match="đã thuộc về"):
        structure.create_unit(kind=province.commune.kind, parent=None, **{**arguments, "code": "30001"})


@pytest.mark.parametrize("who", ["editor", "leader", "verifier", "director", "viewer", "stranger"])
def test_only_the_administrator_changes_the_tree(province, who):
    actor = getattr(province, who)

    for attempt in (
        lambda: structure.rename_unit(province.commune, actor=actor, name="A", on=DAY, decision="NQ", today=TODAY),
        lambda: structure.move_unit(province.commune, actor=actor, parent=None, on=DAY, decision="NQ", today=TODAY),
        lambda: structure.close_unit(province.commune, actor=actor, on=DAY, decision="NQ"),
        lambda: merge([province.other_commune], province, into=province.commune, actor=actor),
        lambda: structure.create_unit(
            actor=actor, code="x", name="X", kind=province.commune.kind, parent=None, on=DAY, decision="NQ"
        ),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
