"""Seats by decision: they give the portal's role, end it, and leave their history."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from awards.models import Committee, CommitteeMember, DeclaredRelation
from awards.services.council.committees import (
    SeatEntry,
    appoint_member,
    chair_of,
    change_committee,
    end_seat,
    establish_committee,
)
from awards.services.council.conflicts import seats_of
from awards.services.council.relations import declare_relation, end_relation, relations_for
from dvk_portal.core.exceptions import DomainError
from tests import factories as f
from units.models import Membership

FIRST = datetime.date(2026, 2, 1)


def fields(**more):
    return {
        "name": "Hội đồng sáng kiến", "decision_no": "20-QĐ/TU", "decision_date": FIRST, "valid_from": FIRST, **more,
    }  # fmt: skip


def roles(user):
    return list(Membership.objects.filter(user=user).values_list("role", "valid_from", "valid_to"))


def test_the_head_of_the_standing_body_establishes_a_council_and_appoints_its_chair(province):
    committee = establish_committee(province.ban, actor=province.director, **fields())
    newcomer = f.UserFactory()

    seat = appoint_member(committee, SeatEntry(newcomer, "chair", FIRST, post="Phó Bí thư"), actor=province.director)

    assert chair_of(committee, FIRST) == seat
    assert roles(newcomer) == [("chair", FIRST, None)]
    assert newcomer.has_perm("council.prepare", committee)


@pytest.mark.parametrize("who", ["verifier", "chair", "secretary", "admin", "leader", "stranger"])
def test_nobody_else_establishes_a_council(province, who):
    with pytest.raises(PermissionDenied):
        establish_committee(province.ban, actor=getattr(province, who), **fields())


@pytest.mark.parametrize("who", ["member", "other", "away"])
def test_members_do_not_keep_seats(council, who):
    with pytest.raises(PermissionDenied):
        appoint_member(council.committee, SeatEntry(f.UserFactory(), "member", FIRST), actor=getattr(council, who).user)


def test_the_verifier_and_the_administrator_do_not_keep_seats(council):
    for actor in (council.province.verifier, council.province.admin):
        with pytest.raises(PermissionDenied):
            appoint_member(council.committee, SeatEntry(f.UserFactory(), "member", FIRST), actor=actor)


def test_a_seat_that_ends_takes_the_role_away_and_stays_in_the_history(council):
    user = f.UserFactory()
    seat = appoint_member(council.committee, SeatEntry(user, "member", FIRST), actor=council.secretary.user)

    end_seat(seat, actor=council.chair.user, last_day=datetime.date(2026, 9, 30), note="QĐ 44")

    assert roles(user) == [("member", FIRST, datetime.date(2026, 9, 30))]
    assert CommitteeMember.objects.get(pk=seat.pk).valid_to == datetime.date(2026, 9, 30)
    assert seats_of(user, datetime.date(2026, 9, 30)) == [seat]
    assert seats_of(user, datetime.date(2026, 10, 1)) == []


def test_the_role_stays_while_another_seat_at_the_unit_needs_it(council):
    user = f.UserFactory()
    other = establish_committee(council.province.ban, actor=council.province.director, **fields())
    seat = appoint_member(council.committee, SeatEntry(user, "member", FIRST), actor=council.chair.user)
    appoint_member(other, SeatEntry(user, "deputy", FIRST), actor=council.chair.user)

    end_seat(seat, actor=council.chair.user, last_day=datetime.date(2026, 9, 30), note="QĐ 44")

    assert roles(user) == [("member", FIRST, None)]


def test_a_new_chair_ends_the_seat_and_the_role_of_the_former_one_the_day_before(council):
    newcomer, former = f.UserFactory(), council.chair
    Membership.objects.filter(user=former.user, role="chair").update(valid_from=datetime.date(2026, 1, 1))

    appoint_member(
        council.committee, SeatEntry(newcomer, "chair", datetime.date(2026, 12, 1)), actor=council.secretary.user
    )

    former.refresh_from_db()
    assert former.valid_to == datetime.date(2026, 11, 30)
    assert chair_of(council.committee, datetime.date(2026, 12, 1)).user == newcomer
    assert Membership.objects.get(user=former.user, role="chair").valid_to == datetime.date(2026, 11, 30)


def test_the_council_is_never_without_a_chair(council):
    with pytest.raises(DomainError) as refused:
        end_seat(council.chair, actor=council.secretary.user, last_day=datetime.date(2026, 12, 1), note="QĐ")

    assert refused.value.findings == [
        "Hội đồng phải có chủ tịch. Hãy ghi chủ tịch mới; nhiệm kỳ này tự kết thúc ngày trước đó."
    ]


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (
            lambda c: SeatEntry(c.member.user, "deputy", FIRST),
            "Tạ Văn Ủy đã là thành viên hội đồng trong khoảng thời gian đó.",
        ),
        (
            lambda c: SeatEntry(c.secretary.user, "member", FIRST),
            "Không ai tự ghi mình vào hội đồng. Hãy nhờ người khác.",
        ),
        (
            lambda c: SeatEntry(f.UserFactory(), "member", datetime.date(2025, 1, 1)),
            "Hội đồng có từ ngày 05/01/2026; nhiệm kỳ không bắt đầu trước ngày ấy.",
        ),
        (
            lambda c: SeatEntry(f.UserFactory(), "secretary", FIRST, substitute_for=c.member),
            "Người dự thay giữ vai trò ủy viên, không phải chủ tịch hay thư ký.",
        ),
        (
            lambda c: SeatEntry(f.UserFactory(), "member", FIRST, valid_to=datetime.date(2026, 1, 1)),
            "Ngày thôi tham gia phải từ ngày bắt đầu trở đi.",
        ),
    ],
)
def test_a_seat_is_refused_with_the_reason(council, entry, sentence):
    with pytest.raises(DomainError) as refused:
        appoint_member(council.committee, entry(council), actor=council.secretary.user)

    assert sentence in refused.value.findings


def test_nobody_ends_his_own_seat(council):
    with pytest.raises(DomainError) as refused:
        end_seat(council.secretary, actor=council.secretary.user, last_day=datetime.date(2026, 12, 1), note="QĐ")

    assert refused.value.findings == ["Không ai tự kết thúc nhiệm kỳ của mình. Hãy nhờ người khác."]


def test_the_end_of_a_council_ends_its_seats(council):
    last = datetime.date(2026, 12, 31)

    change_committee(council.committee, actor=council.province.director, valid_to=last)

    assert set(council.committee.members.values_list("valid_to", flat=True)) == {last}
    assert Committee.objects.get().valid_to == last


# --- declared relations -------------------------------------------------------------------------------------------------
def test_a_member_declares_for_himself_and_the_secretary_for_him(council):
    own = declare_relation(council.member, actor=council.member.user, relation="vợ", recipient=council.an.recipient)
    for_him = declare_relation(
        council.member, actor=council.secretary.user, relation="góp vốn", unit=council.province.third_commune
    )

    assert (own.declared_by, for_him.declared_by) == (council.member.user, council.secretary.user)


def test_nobody_declares_for_somebody_else(council):
    with pytest.raises(PermissionDenied):
        declare_relation(council.member, actor=council.other.user, relation="vợ", recipient=council.an.recipient)


def test_a_relation_is_read_by_its_member_and_by_chair_and_secretary_only(council):
    row = declare_relation(council.member, actor=council.member.user, relation="vợ", recipient=council.an.recipient)

    readers = [seat for seat in (council.chair, council.secretary, council.member) if row in relations_for(seat.user)]
    others = [*relations_for(council.other.user), *relations_for(council.province.director)]
    assert (readers, others) == ([council.chair, council.secretary, council.member], [])


def test_a_relation_is_ended_by_chair_or_secretary_and_never_in_ones_own_case(council):
    row = declare_relation(
        council.secretary, actor=council.secretary.user, relation="vợ", recipient=council.an.recipient
    )

    for actor in (council.secretary.user, council.member.user, council.province.director):
        with pytest.raises(PermissionDenied):
            end_relation(row, actor=actor, note="Đã ly hôn")
    end_relation(row, actor=council.chair.user, note="Đã ly hôn")

    assert DeclaredRelation.objects.get().ended_at is not None


def test_a_relation_names_one_thing(council):
    with pytest.raises(DomainError, match="một người"):
        declare_relation(council.member, actor=council.member.user, relation="vợ")
