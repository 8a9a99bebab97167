import datetime

import pytest
from django.core.exceptions import PermissionDenied

from dvk_portal.core.exceptions import DomainError
from tests import factories as f
from units.models import Membership, User
from units.services.memberships import end_membership, grant_membership, hand_over

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 1, 10)
ONE_DAY = datetime.timedelta(days=1)


def grant(province, user=None, role="editor", **more):
    more = {"actor": province.admin, "valid_from": DAY, **more}
    return grant_membership(user or province.stranger, province.commune, role, **more)


def test_a_role_gives_rights_at_once_and_its_end_takes_them(province):
    membership = grant(province)
    assert User.objects.get(pk=province.stranger.pk).has_perm("report.edit", province.commune) is True

    end_membership(membership, actor=province.admin, last_day=DAY)

    assert User.objects.get(pk=province.stranger.pk).has_perm("report.edit", province.commune) is False


def test_a_hand_over_leaves_no_day_without_and_none_with_both(province):
    old = province.editor.memberships.get()

    new = hand_over(old, actor=province.admin, to=province.stranger, on=DAY)

    old.refresh_from_db()
    assert (old.valid_to, new.valid_from, new.role, new.unit) == (DAY - ONE_DAY, DAY, "editor", province.commune)


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda p: grant(p, user=p.editor), "đã giữ vai trò này"),
        (lambda p: grant(p, role="vua"), "không có trong danh mục"),
        (lambda p: grant(p, user=p.admin, role="leader"), "chính mình"),
        (lambda p: grant(p, user=f.UserFactory(is_active=False)), "ngừng hoạt động"),
        (lambda p: grant(p, valid_to=DAY - ONE_DAY), "phải sau"),
        (lambda p: grant(p, valid_from=datetime.date(2019, 1, 1)), "không hoạt động"),
        (lambda p: end_membership(p.admin.memberships.get(), actor=p.admin, last_day=DAY), "cuối cùng"),
        (
            lambda p: end_membership(p.editor.memberships.get(), actor=p.admin, last_day=datetime.date(2000, 1, 1)),
            "từ ngày",
        ),
    ],
)
def test_what_cannot_be_is_refused(province, attempt, words):
    before = list(Membership.objects.order_by("pk").values())

    with pytest.raises(DomainError) as refused:
        attempt(province)

    assert words in " ".join([refused.value.message, *refused.value.findings])
    assert list(Membership.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("who", ["editor", "leader", "verifier", "director", "viewer", "stranger"])
def test_only_the_administrator_gives_and_ends_roles(province, who):
    actor = getattr(province, who)

    with pytest.raises(PermissionDenied):
        grant(province, actor=actor)
    with pytest.raises(PermissionDenied):
        end_membership(province.other_editor.memberships.get(), actor=actor, last_day=DAY)
