"""Signing: what is hashed, who confirms, and what happens when it goes wrong."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from campaigns.models import Campaign
from dvk_portal.core.documents.content import digest
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Document, Job, Notification, Signature
from dvk_portal.core.signatures.identity import confirm_identity
from pledges.models import Commitment, Pledge
from pledges.models.pledge import Side
from pledges.services.pledges import (
    agree_pledge,
    propose_pledge,
    reopen_pledge,
    resume_pledge,
    supersede_pledge,
    withdraw_pledge,
)
from pledges.services.signing import (
    canonical_content,
    differences,
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
    "deadline": lambda pledge: pledge.targets.update(due_on="2026-06-30"),
    "weight": lambda pledge: pledge.targets.update(weight=30),
    "copies": lambda pledge: Pledge.objects.update(copies=5),
    "representative": lambda pledge: pledge.parties.update(name="Người Khác"),
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
# In "part_signed" the unit has signed (tests/pledges/pledge_steps.py).
OPEN = {Side.UNIT: ("agreed",), Side.PROVINCE: ("agreed", "part_signed"), Side.WITNESS: ()}


PEOPLE = ("editor", "leader", "other_leader", "verifier", "director", "viewer", "admin", "stranger")


@pytest.mark.parametrize("state", STATES)
def test_each_side_is_signed_by_its_own_people_once_agreed(state, world):
    pledge = STATES[state](world)
    wrong = []

    for side in Side:
        for person in PEOPLE:
            mine = SIGNERS.get(person) == side
            expected = "denied" if not mine else "signed" if state in OPEN[side] else "refused"
            if (found := attempt(world, pledge, side, person)) != expected:
                wrong.append(f"{person} for {side}: {found}, expected {expected}")

    assert wrong == []


def attempt(world, pledge, side, person):
    """What happens when ``person`` signs; undone afterwards."""
    before = Signature.objects.count()
    with transaction.atomic():
        try:
            sign(world, pledge, side, getattr(world, person))
            found = "signed"
        except PermissionDenied:
            found = "denied"
        except DomainError:
            found = "refused"
        if Signature.objects.count() != before + (found == "signed"):
            found = f"{found}, but {Signature.objects.count() - before} rows more"
        transaction.set_rollback(True)
    return found


def test_a_signature_says_who_in_what_capacity_how_when_and_what(world):
    pledge = agreed(world)
    row = sign_pledge(
        pledge, actor=world.leader, side=Side.UNIT, password=f.PASSWORD, seen_hash=pledge.document_hash, now=NOW
    )
    world.leader.full_name = "Tên Mới"
    world.leader.save()
    row.refresh_from_db()

    assert (row.name, row.capacity) == ("Lê Văn Lãnh", "Bí thư Đảng ủy, Xã An Hòa")
    assert (row.method, row.signed_at, row.content_hash) == ("consent", NOW, row.document.content_hash)


@pytest.mark.parametrize("order", [(Side.UNIT, Side.PROVINCE), (Side.PROVINCE, Side.UNIT)])
def test_the_second_signature_closes_the_pledge(order, world):
    pledge = agreed(world)
    sign(world, pledge, order[0])
    assert pledge_of(world).status == "part_signed"
    assert pledge_of(world).document.status == "frozen"
    sign(world, pledge, order[1])

    assert pledge_of(world).status == "signed"
    assert pledge_of(world).signed_at is not None
    assert pledge_of(world).document.status == "issued"


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
            confirm_identity(world.leader, "sai", now=NOW)

    with pytest.raises(DomainError, match=r"thử lại sau 1[56] phút"):
        confirm_identity(world.leader, f.PASSWORD, now=NOW)
    confirm_identity(world.director, f.PASSWORD, now=NOW)
    confirm_identity(world.leader, f.PASSWORD, now=NOW + datetime.timedelta(minutes=15, seconds=1))


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
    assert list(Signature.objects.values_list("document", "slot")) == [(first.document_id, "province")]
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


def test_a_witness_named_by_the_campaign_signs_too_and_only_then_all_have_signed(world):
    world.campaign.witness = world.third_commune
    world.campaign.save()
    witness = f.UserFactory(username="chung.kien", full_name="Hồ Thị Chứng")
    f.MembershipFactory(user=witness, unit=world.third_commune, role="leader", post="Chủ tịch Mặt trận")
    pledge = agreed(world)
    sign(world, pledge, Side.UNIT)
    sign(world, pledge, Side.PROVINCE)
    assert pledge_of(world).status == "part_signed"

    assert not Pledge.objects.visible_to(world.other_leader).filter(pk=pledge.pk).exists()
    assert Pledge.objects.visible_to(witness).filter(pk=pledge.pk).exists()
    sign(world, pledge, Side.WITNESS, witness)
    assert pledge_of(world).status == "signed"
    assert [row.capacity for row in pledge_of(world).signatures][-1] == "Chủ tịch Mặt trận, Phường Cường Thịnh"


def test_a_written_delegation_signs_in_place_of_the_post_and_is_named(world):
    deputy = f.UserFactory(username="pho.an", full_name="Phó An")
    f.DelegationFactory(unit=world.commune, delegate=deputy, document_no="Giấy ủy quyền số 03-GUQ/ĐU")
    pledge = agreed(world)

    row = sign(world, pledge, Side.UNIT, deputy)

    assert (row.capacity, row.delegation) == (
        "K/T BÍ THƯ, Phó Bí thư, Xã An Hòa",
        "Giấy ủy quyền số 03-GUQ/ĐU",
    )
    party = pledge_of(world).parties.get(side="unit")
    assert (party.name, party.authority, party.delegation) == (
        "Phó An",
        "K/T BÍ THƯ",
        "Giấy ủy quyền số 03-GUQ/ĐU",
    )


@pytest.mark.parametrize("days", [(-30, -1), (1, 30)])
def test_a_delegation_out_of_its_days_signs_nothing(days, world):
    deputy, today = f.UserFactory(username="pho.an"), timezone.localdate()
    first, last = (today + datetime.timedelta(days=shift) for shift in days)
    f.DelegationFactory(unit=world.commune, delegate=deputy, valid_from=first, valid_to=last)
    pledge = agreed(world)

    with pytest.raises(PermissionDenied):
        sign(world, pledge, Side.UNIT, deputy)


def test_agreement_fixes_a_pdf_that_holds_what_was_agreed(world):
    document = agreed(world).document

    with document.frozen.file.open("rb") as pdf:
        assert pdf.read(8) == b"%PDF-1.7"
    assert document.content["parties"][1]["representative"] == "Lê Văn Lãnh"
    assert document.code in document.content["lookup"]
    assert Document.objects.of(pledge_of(world)).get() == document


def test_reopening_cancels_the_document_and_the_next_agreement_makes_another(world):
    first = agreed(world)
    reopen_pledge(first, actor=world.director, note="Sửa chỉ tiêu đối thoại")
    again = agree_pledge(propose_pledge(pledge_of(world), actor=world.leader), actor=world.director)

    old = Document.objects.get(pk=first.document_id)
    assert (old.status, old.end_reason) == ("cancelled", "Sửa chỉ tiêu đối thoại")
    assert again.document_id != old.pk


def test_one_act_of_signing_many_owes_one_job_of_seals(world):
    first = agreed(world)
    second = agreed(world, world.other_commune, world.other_editor, world.other_leader)
    rows = [first, second]
    sign_many(rows, actor=world.director, password=f.PASSWORD, seen_hashes={row.pk: row.document_hash for row in rows})

    job = Job.objects.get(kind__startswith="documents.seal")
    assert job.params["documents"] == [first.document_id, second.document_id]


def test_a_superseded_pledge_names_its_reason_and_its_document_is_replaced(world):
    pledge = STATES["signed"](world)
    supersede_pledge(pledge, actor=world.director, note="Xã nhập vào đơn vị khác")

    pledge = pledge_of(world)
    assert (pledge.status, pledge.end_note) == ("superseded", "Xã nhập vào đơn vị khác")
    assert pledge.document.status == "superseded"


def test_a_withdrawn_pledge_is_drawn_up_anew_from_what_was_typed(world):
    pledge = proposed(world)
    withdraw_pledge(pledge, actor=world.leader, note="Ghi nhầm chỉ tiêu")
    resume_pledge(pledge_of(world), actor=world.leader)

    pledge = pledge_of(world)
    assert (pledge.status, pledge.ended_at, pledge.end_note) == ("draft", None, "")
    assert pledge.targets.get().amount == 12


def test_a_paper_that_names_one_leader_is_not_signed_by_another(world):
    second = f.UserFactory(username="pho.an", full_name="Phó An")
    f.MembershipFactory(user=second, unit=world.commune, role="leader", post="Phó Bí thư")
    pledge = agreed(world)

    with pytest.raises(DomainError, match="Văn bản ghi người ký là Lê Văn Lãnh"):
        sign(world, pledge, Side.UNIT, second)
    assert not Signature.objects.exists()
