import datetime

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import timezone

from tests import factories as f
from units import access
from units.models import Unit, User
from units.services.rights_table import rights_table
from units.services.structure import merge_units

pytestmark = pytest.mark.django_db

PERSONAS = [
    "editor", "leader", "other_editor", "other_leader", "verifier", "other_verifier", "director", "clerk", "viewer", "admin",
    "stranger",
]  # fmt: skip


def fresh(user):
    """As the next request sees the person: rights are kept on the object for the length of one."""
    return User.objects.get(pk=user.pk)


def test_the_printed_table_is_current():
    stored = (settings.BASE_DIR / "docs/permissions.md").read_text(encoding="utf-8")

    assert stored == rights_table(), "Run: manage.py print_permissions --write"


def expected_reach(province, role, reach):
    """The same answer as units.access, worked out the slow way from the words of the matrix."""
    home = {"editor": province.commune, "leader": province.commune, "verifier": province.department,
            "director": province.ban, "clerk": province.ban, "viewer": province.province, "admin": province.ban}[role]  # fmt: skip
    base = province.province if role in ("verifier", "director", "clerk", "admin") else home

    def below(unit):
        return {unit.pk} | {pk for child in unit.children.all() for pk in below(child)}

    return {
        None: set(),
        "own": {home.pk},
        "subtree": below(base),
        "below": below(base) - {base.pk, home.pk},
        "all": set(Unit.objects.values_list("pk", flat=True)),
    }[reach]


@pytest.mark.parametrize("permission", sorted(access.matrix()))
@pytest.mark.parametrize("role", ["editor", "leader", "verifier", "director", "clerk", "viewer", "admin"])
def test_every_right_reaches_exactly_as_far_as_the_table_says(province, permission, role):
    foreign = f.UnitFactory(code="92", kind_code="tinh")
    user = getattr(province, role)

    reached = {unit.pk for unit in Unit.objects.all() if user.has_perm(permission, unit)}

    assert reached == expected_reach(province, role, access.matrix()[permission].get(role))
    assert (foreign.pk in reached) == (access.matrix()[permission].get(role) == "all")


@pytest.mark.parametrize("permission", sorted(access.matrix()))
def test_a_stranger_and_the_inactive_have_no_right(province, permission):
    province.director.is_active = False

    for user in (province.stranger, province.director):
        assert not user.has_perm(permission)
        assert not user.has_perm(permission, province.commune)


def test_a_right_that_is_not_in_the_table_does_not_exist(province):
    assert not any(user.has_perm("report.delete") for user in province.everybody().values())


def test_djangos_superuser_opens_nothing(province):
    province.stranger.is_superuser = province.stranger.is_staff = True

    assert not province.stranger.has_perm("score.verify", province.commune)
    assert not province.stranger.has_module_perms("units")


@pytest.mark.parametrize("persona", PERSONAS)
def test_lists_equal_details(world, persona):
    """Whatever a list shows, the page allows; whatever a page allows, the list shows."""
    user = getattr(world, persona)
    owned = [model for model in apps.get_models() if hasattr(model, "unit_path")]

    for model in owned:
        for permission in access.matrix():
            rows = model._base_manager.all()
            listed = set(access.scope(rows, user, permission).values_list("pk", flat=True))
            assert listed == {row.pk for row in rows if access.can(user, permission, row)}, (model, permission)
    assert len(owned) >= 5


def test_whoever_left_a_unit_does_not_verify_it_for_a_year(province):
    past = timezone.localdate() - datetime.timedelta(days=100)
    f.MembershipFactory(user=province.verifier, unit=province.commune, valid_to=past)
    old = past - datetime.timedelta(days=settings.CONFLICT_DAYS)
    f.MembershipFactory(user=province.verifier, unit=province.other_commune, valid_to=old)

    user = fresh(province.verifier)

    assert not user.has_perm("report.verify", province.commune)
    assert user.has_perm("report.view", province.commune)
    assert user.has_perm("report.verify", province.other_commune)


def test_whoever_comes_from_a_unit_does_not_verify_the_one_it_was_merged_into(province):
    """The figures of the merged unit are those of his own colleagues."""
    past = timezone.localdate() - datetime.timedelta(days=100)
    f.MembershipFactory(user=province.verifier, unit=province.commune, valid_to=past)
    day = timezone.localdate() - datetime.timedelta(days=50)
    merge_units([province.commune], actor=province.admin, into=province.other_commune, on=day, decision="NQ 1")

    user = fresh(province.verifier)

    assert not user.has_perm("report.verify", province.other_commune)
    assert user.has_perm("report.view", province.other_commune)
    assert user.has_perm("report.verify", province.third_commune)
    assert fresh(province.other_verifier).has_perm("report.verify", province.other_commune)


def test_a_role_of_tomorrow_gives_nothing_today(province):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    f.MembershipFactory(user=province.stranger, unit=province.commune, role="leader", valid_from=tomorrow)

    assert not fresh(province.stranger).has_perm("report.view", province.commune)


@pytest.mark.parametrize("units", [0, 50])
def test_rights_cost_three_queries_a_request(province, units, django_assert_num_queries):
    f.UnitFactory.create_batch(units, parent=province.province)
    user = fresh(province.verifier)

    # Memberships, units, delegations; the last only where a permission may be passed on.
    with django_assert_num_queries(3):
        for permission in access.matrix():
            user.has_perm(permission)
            user.has_perm(permission, province.commune)
