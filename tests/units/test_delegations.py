import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry
from tests import factories as f
from tests.personas import person
from units import access
from units.models import Delegation, Unit, User
from units.services.delegations import (
    delegable_roles,
    end_delegation,
    grant_delegation,
    possible_delegates,
    roles_held,
)

pytestmark = pytest.mark.django_db
ONE_DAY = datetime.timedelta(days=1)


def today():
    return timezone.localdate()


def fresh(user):
    """As the next request sees the person."""
    return User.objects.get(pk=user.pk)


def delegate_leader(province, **changes):
    """The leader of An lets his editor sign in his place."""
    given = {
        "actor": province.leader, "role": "leader", "delegate": province.editor, "post": "Phó Bí thư Thường trực",
        "authority": "K/T BÍ THƯ", "document_no": "12-QĐ/ĐU", "valid_from": today(),
    }  # fmt: skip
    return grant_delegation(changes.pop("unit", province.commune), **{**given, **changes})


@pytest.fixture
def deputy(province):
    """The director's deputy: reads at the Ban, signs nothing by himself."""
    return person("phoban", "Lý Thị Phó", province.ban, "viewer", "Phó Trưởng Ban")


def delegate_director(province, deputy, **changes):
    given = {
        "actor": province.director, "role": "director", "delegate": deputy, "post": "Phó Trưởng Ban",
        "authority": "K/T TRƯỞNG BAN", "document_no": "30-QĐ/BTGDVTU", "valid_from": today(),
    }  # fmt: skip
    return grant_delegation(province.ban, **{**given, **changes})


def rights_of(user):
    """Every (permission, unit) that the person has, read afresh."""
    user = fresh(user)
    units = list(Unit.objects.all())
    return {(name, unit.name) for name in access.matrix() for unit in units if user.has_perm(name, unit)}


# --- what a delegation gives ------------------------------------------------------------------------------------------
def test_the_delegate_of_a_leader_signs_for_that_unit_and_gains_nothing_else(province):
    before = rights_of(province.editor)

    delegate_leader(province)

    assert rights_of(province.editor) - before == {
        ("pledge.sign_unit", "Xã An Hòa"),
        ("pledge.witness", "Xã An Hòa"),
        ("report.send", "Xã An Hòa"),
    }
    assert not fresh(province.editor).has_perm("pledge.propose", province.commune)
    assert not fresh(province.editor).has_perm("pledge.sign_unit", province.other_commune)


def test_the_delegate_of_the_director_signs_for_units_below_and_never_for_his_own(province, deputy):
    before = rights_of(deputy)
    past = today() - datetime.timedelta(days=100)
    f.MembershipFactory(user=deputy, unit=province.commune, role="leader", valid_to=past)

    delegate_director(province, deputy)

    gained = rights_of(deputy) - before
    below = ("Xã Bình Đức", "Phường Cường Thịnh", "Phòng Đoàn thể", "Văn phòng")
    every = Unit.objects.values_list("name", flat=True)
    assert {row for row in gained if row[0] == "pledge.sign_province"} == {("pledge.sign_province", n) for n in below}
    # The province's own document of a period is of no unit below: nobody judges his own there.
    assert gained - {("report.sign_province", name) for name in every} == {("pledge.sign_province", n) for n in below}


@pytest.mark.parametrize(
    ("begins", "ends", "has"),
    [(0, 0, True), (-5, None, True), (-5, -1, False), (1, None, False)],
)
def test_it_counts_from_its_first_day_to_the_end_of_its_last(province, begins, ends, has):
    Delegation.objects.create(
        unit=province.commune, role="leader", delegate=province.editor, post="Phó Bí thư", authority="K/T BÍ THƯ",
        document_no="12-QĐ/ĐU", valid_from=today() + begins * ONE_DAY,
        valid_to=None if ends is None else today() + ends * ONE_DAY,
    )  # fmt: skip

    user = fresh(province.editor)

    assert user.has_perm("pledge.sign_unit", province.commune) is has
    assert user.has_perm("pledge.sign_unit") is has


def test_an_account_that_was_closed_signs_nothing(province):
    delegate_leader(province)
    province.editor.is_active = False
    province.editor.save()

    assert not fresh(province.editor).has_perm("pledge.sign_unit", province.commune)


# --- who writes it down -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["editor", "other_leader", "verifier", "viewer", "admin", "stranger"])
def test_nobody_else_delegates_or_ends(province, who):
    row = delegate_leader(province)

    with pytest.raises(PermissionDenied):
        delegate_leader(province, actor=getattr(province, who), valid_from=today() + ONE_DAY)
    with pytest.raises(PermissionDenied):
        end_delegation(row, actor=getattr(province, who), last_day=today())
    assert Delegation.objects.get().valid_to is None


@pytest.mark.parametrize("who", ["leader", "clerk", "director"])
def test_the_leader_himself_and_the_office_write_it_down(province, who):
    row = delegate_leader(province, actor=getattr(province, who))

    assert (row.created_by, row.unit, row.delegate) == (getattr(province, who), province.commune, province.editor)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.note, entry.actor) == ("grant_delegation", "12-QĐ/ĐU", getattr(province, who))


def findings(call):
    with pytest.raises(DomainError) as refused:
        call()
    assert not Delegation.objects.exists()
    return " ".join(refused.value.findings)


def test_nobody_delegates_to_himself(province, deputy):
    """A clerk would sign in the director's place."""
    assert "chính mình" in findings(lambda: delegate_director(province, province.clerk, actor=province.clerk))


def test_whoever_works_elsewhere_cannot_be_the_delegate(province):
    for outsider in (province.other_editor, province.verifier, province.stranger):
        assert "không nhận ủy quyền" in findings(lambda who=outsider: delegate_leader(province, delegate=who))


def test_a_system_administrator_never_signs_for_anybody(province):
    f.MembershipFactory(user=province.admin, unit=province.commune, role="editor")

    assert "không nhận ủy quyền" in findings(lambda: delegate_director(province, province.admin))
    assert "không nhận ủy quyền" in findings(lambda: delegate_leader(province, delegate=province.admin))
    assert province.admin not in possible_delegates(province.ban)


def test_an_inactive_account_is_no_delegate(province):
    province.editor.is_active = False
    province.editor.save()

    assert "ngừng hoạt động" in findings(lambda: delegate_leader(province))
    assert province.editor not in possible_delegates(province.commune)


def test_whoever_holds_the_role_needs_no_delegation(province):
    assert "không cần ủy quyền" in findings(
        lambda: delegate_leader(province, actor=province.clerk, delegate=province.leader)
    )


@pytest.mark.parametrize("role", ["editor", "verifier", "clerk", "viewer", "admin"])
def test_only_roles_that_sign_are_delegated(province, role):
    assert "không có quyền ký nào" in findings(lambda: delegate_leader(province, role=role))


def test_a_role_that_nobody_holds_there_is_not_delegated(province):
    """Else a clerk would make a director of a commune."""
    words = findings(lambda: delegate_leader(province, actor=province.clerk, role="director"))

    assert "không có ai giữ vai trò “Lãnh đạo Ban” tại Xã An Hòa" in words
    assert (delegable_roles(), roles_held(province.commune)) == (["leader", "director"], ["leader"])


def test_the_same_delegation_is_not_written_twice(province):
    delegate_leader(province, valid_to=today() + 10 * ONE_DAY)

    with pytest.raises(DomainError) as refused:
        delegate_leader(province, valid_from=today() + 10 * ONE_DAY)

    assert "đã được ủy quyền như vậy" in refused.value.findings[0]
    assert delegate_leader(province, valid_from=today() + 11 * ONE_DAY).pk


# --- how it ends ----------------------------------------------------------------------------------------------------------
def test_an_ended_delegation_gives_nothing_from_the_next_day(province):
    row = delegate_leader(province, valid_from=today() - 3 * ONE_DAY)

    end_delegation(row, actor=province.leader, last_day=today() - ONE_DAY, note="Đồng chí Bí thư đã về")

    assert not fresh(province.editor).has_perm("pledge.sign_unit", province.commune)
    entry = AuditEntry.objects.order_by("-id")[0]
    assert (entry.action, entry.note) == ("end_delegation", "Đồng chí Bí thư đã về")


def test_what_was_signed_on_past_days_stays_covered(province):
    row = delegate_leader(province, valid_from=today() - 9 * ONE_DAY)

    with pytest.raises(DomainError, match="Ngày cuối sớm nhất"):
        end_delegation(row, actor=province.leader, last_day=today() - 2 * ONE_DAY)

    assert fresh(province.editor).has_perm("pledge.sign_unit", province.commune)


def test_one_that_has_not_begun_is_withdrawn(province):
    row = delegate_leader(province, valid_from=today() + 5 * ONE_DAY)

    assert end_delegation(row, actor=province.leader, last_day=today()) is None

    assert not Delegation.objects.exists()
    assert AuditEntry.objects.order_by("-id")[0].action == "withdraw_delegation"


def test_one_that_is_over_is_not_ended_again(province):
    row = delegate_leader(province, valid_from=today() - 9 * ONE_DAY, valid_to=today() - 5 * ONE_DAY)

    with pytest.raises(DomainError, match="đã kết thúc ngày"):
        end_delegation(row, actor=province.leader, last_day=today())
