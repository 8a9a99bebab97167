"""Signing: what is hashed, who confirms, and what happens when it goes wrong."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from campaigns.models import Campaign
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Notification
from pledges.models import Commitment, Pledge, Signature
from pledges.models.pledge import Side
from pledges.services.signing import (
    canonical_content,
    confirm_password,
    differences,
    digest,
    is_intact,
    side_to_sign,
    sign_many,
    sign_pledge,
)
from tests import factories as f
from tests.pledges.pledge_steps import STATES, agreed, pledge_of, proposed, sign

NOW = timezone.make_aware(datetime.datetime(2026, 3, 2, 9, 0))


def content_hash(world):
    return digest(canonical_content(pledge_of(world)))


CHANGES = {
    "amount": lambda pledge: pledge.targets.update(amount=13),
    "form": lambda pledge: pledge.targets.update(form="at_most"),
    "baseline": lambda pledge: pledge.targets.update(baseline=1),
    "note": lambda pledge: pledge.targets.update(note="khác"),
    "common": lambda pledge: pledge.targets.update(common=True),
    "no target": lambda pledge: pledge.targets.all().delete(),
    "words": lambda pledge: pledge.commitments.update(text="khác"),
    "side": lambda pledge: pledge.commitments.update(side="province"),
    "more words": lambda pledge: Commitment.objects.create(pledge=pledge, text="thêm", order=9),
    "title": lambda pledge: Campaign.objects.update(title="khác"),
    "document": lambda pledge: Campaign.objects.update(document_no="khác"),
    "end": lambda pledge: Campaign.objects.update(ends_on="2026-12-30"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_hash_changes_when_anything_changes(change, world):
    pledge = agreed(world)
    before = content_hash(world)
    assert before == pledge.document_hash
    CHANGES[change](pledge)

    assert content_hash(world) != before
    assert not is_intact(pledge_of(world))
    assert differences(pledge_of(world))


def test_the_hash_holds_still_when_nothing_that_was_agreed_changes(world):
    agreed(world)
    before = content_hash(world)
    world.ban.name = "Ban Dân vận Tỉnh ủy"
    world.ban.save()
    pledge_of(world).targets.update(amount=Decimal("12.0000"))
    sign(world, pledge_of(world), Side.UNIT)

    assert content_hash(world) == before
    assert is_intact(pledge_of(world))


def test_what_is_different_is_named(world):
    pledge = agreed(world)
    pledge.targets.update(amount=Decimal(1))

    assert differences(pledge_of(world)) == [
        "Chỉ tiêu “Số cuộc vận động” (van_dong): đã thống nhất “ít nhất 12 cuộc, năm trước chưa có, phần riêng”, "
        "nay là “ít nhất 1 cuộc, năm trước chưa có, phần riêng”."
    ]


SIGNERS = {"leader": Side.UNIT, "director": Side.PROVINCE}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize(
    "person", ["editor", "leader", "other_leader", "verifier", "director", "viewer", "admin", "stranger"]
)
def test_each_side_is_signed_by_its_own_people_once_agreed(state, side, person, world):
    pledge, actor = STATES[state](world), getattr(world, person)
    before = pledge.signatures.count()

    if SIGNERS.get(person) != side:
        with pytest.raises(PermissionDenied):
            sign(world, pledge, side, actor)
    elif state != "agreed":
        with pytest.raises(DomainError):
            sign(world, pledge, side, actor)
    else:
        sign(world, pledge, side, actor)
    done = SIGNERS.get(person) == side and state == "agreed"
    assert Signature.objects.filter(pledge=pledge).count() == before + done


def test_a_signature_says_who_in_what_capacity_how_when_and_what(world):
    pledge = agreed(world)
    row = sign_pledge(
        pledge, actor=world.leader, side=Side.UNIT, password=f.PASSWORD, seen_hash=pledge.document_hash, now=NOW
    )
    world.leader.full_name = "Tên Mới"
    world.leader.save()
    row.refresh_from_db()

    assert (row.name, row.capacity) == ("Lê Văn Lãnh", "Bí thư Đảng ủy, Xã An Hòa")
    assert (row.method, row.signed_at, row.document_hash) == ("password", NOW, pledge.document_hash)


@pytest.mark.parametrize("order", [(Side.UNIT, Side.PROVINCE), (Side.PROVINCE, Side.UNIT)])
def test_the_second_signature_closes_the_pledge(order, world):
    pledge = agreed(world)
    sign(world, pledge, order[0])
    assert pledge_of(world).status == "agreed"
    sign(world, pledge, order[1])

    assert pledge_of(world).status == "signed"
    assert pledge_of(world).signed_at is not None


def test_a_side_is_signed_once_and_the_second_person_is_told(world):
    pledge = agreed(world)
    sign(world, pledge, Side.UNIT)
    second = f.UserFactory(username="pho.an", full_name="Phó An")
    f.MembershipFactory(user=second, unit=world.commune, role="leader", post="Phó Bí thư")

    with pytest.raises(DomainError, match="Lê Văn Lãnh đã ký cho bên này"):
        sign(world, pledge, Side.UNIT, second)
    assert Signature.objects.get().signer == world.leader
    assert side_to_sign(pledge_of(world), second) is None


def test_a_page_from_before_a_renegotiation_does_not_sign(world):
    pledge = agreed(world)

    with pytest.raises(DomainError, match="khác bản bạn vừa xem"):
        sign_pledge(pledge, actor=world.leader, side=Side.UNIT, password=f.PASSWORD, seen_hash="0" * 64)
    assert not Signature.objects.exists()


def test_a_tampered_content_is_not_signed(world):
    pledge = agreed(world)
    pledge.targets.update(amount=Decimal(1))

    with pytest.raises(DomainError, match="không còn đúng bản đã thống nhất"):
        sign(world, pledge, Side.UNIT)
    assert not Signature.objects.exists()


def test_a_wrong_password_signs_nothing_and_leaves_a_trace(world):
    pledge = agreed(world)

    with pytest.raises(DomainError, match="Còn 4 lần thử"):
        sign_pledge(pledge, actor=world.leader, side=Side.UNIT, password="sai", seen_hash=pledge.document_hash)
    assert not Signature.objects.exists()
    assert AuditEntry.objects.get(action="signing_password_refused").actor == world.leader


def test_five_wrong_passwords_stop_the_account_for_a_quarter_of_an_hour(world, time_machine):
    time_machine.move_to(NOW, tick=False)
    for _ in range(5):
        with pytest.raises(DomainError, match="Mật khẩu chưa đúng"):
            confirm_password(world.leader, "sai", now=NOW)

    with pytest.raises(DomainError, match=r"thử lại sau 1[56] phút"):
        confirm_password(world.leader, f.PASSWORD, now=NOW)
    confirm_password(world.director, f.PASSWORD, now=NOW)
    confirm_password(world.leader, f.PASSWORD, now=NOW + datetime.timedelta(minutes=15, seconds=1))


def test_a_stranger_cannot_try_passwords(world):
    pledge = agreed(world)

    with pytest.raises(PermissionDenied):
        sign_pledge(pledge, actor=world.stranger, side=Side.UNIT, password="sai", seen_hash=pledge.document_hash)
    assert not AuditEntry.objects.filter(action="signing_password_refused").exists()


def test_many_are_signed_with_one_password_and_the_rest_is_named(world):
    first = agreed(world)
    second = proposed(world, world.other_commune, world.other_editor, world.other_leader)
    third = pledge_of(world, world.third_commune)

    outcome = sign_many(
        Pledge.objects.with_campaign().order_by("pk"),
        actor=world.director,
        password=f.PASSWORD,
        seen_hashes={first.pk: first.document_hash},
    )

    assert outcome.signed == ["Xã An Hòa"]
    assert {text.split(":")[0] for text in outcome.skipped} == {"Xã Bình Đức", "Phường Cường Thịnh"}
    assert list(Signature.objects.values_list("pledge", "side")) == [(first.pk, "province")]
    assert [Pledge.objects.get(pk=row.pk).status for row in (second, third)] == ["proposed", "draft"]


def test_signing_many_does_not_flood_the_officers(world):
    pledge = agreed(world)
    sign(world, pledge, Side.UNIT)
    sign_many([pledge], actor=world.director, password=f.PASSWORD, seen_hashes={pledge.pk: pledge.document_hash})

    told = Notification.objects.filter(kind="pledge_signed").values_list("recipient__username", flat=True)
    assert set(told) == {"nhap.an", "lanhdao.an"}


def test_who_came_from_a_unit_does_not_sign_for_the_province_with_it(world):
    pledge = agreed(world)
    f.MembershipFactory(
        user=world.director,
        unit=world.commune,
        role="leader",
        valid_from=datetime.date(2020, 1, 1),
        valid_to=timezone.localdate() - datetime.timedelta(days=30),
    )
    world.director.__dict__.pop("_rights", None)

    outcome = sign_many(
        [pledge], actor=world.director, password=f.PASSWORD, seen_hashes={pledge.pk: pledge.document_hash}
    )

    assert outcome.signed == []
    assert "đơn vị mình" in outcome.skipped[0]


@pytest.mark.parametrize("person", ["verifier", "leader", "admin", "viewer"])
def test_only_directors_sign_many(person, world):
    with pytest.raises(PermissionDenied):
        sign_many([agreed(world)], actor=getattr(world, person), password=f.PASSWORD, seen_hashes={})
