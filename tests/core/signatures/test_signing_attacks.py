"""What must never come to count: a used place, a stranger's post, half a file, a content that is no longer the agreed one."""

import datetime

import pytest
from django.utils import timezone

from dvk_portal.core.documents.content import digest
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document, Signature
from dvk_portal.core.signatures import sealing
from dvk_portal.core.signatures.outside import accept_scan, accept_upload, confirm_signature, refuse_signature
from dvk_portal.core.signatures.withkey import begin_token, finish_token
from pledges.models import Target
from pledges.models.pledge import Side
from tests import factories as f
from tests.core.signatures.signing_steps import (
    certificate_of,
    current_bytes,
    fresh,
    signed_fields,
    signed_outside,
    trust_the_root,
    upload,
)
from tests.core.signatures.test_outside import PAPER
from tests.pledges.pledge_steps import agreed, pledge_of, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(world):
    trust_the_root()
    return fresh(agreed(world).document)


def by_unit(world, pdf, slot="unit", person=None):
    return signed_outside(pdf, certificate_of(person or world.leader, world.commune), slot, timezone.now())


def by_province(world, pdf, slot="province"):
    return signed_outside(pdf, certificate_of(world.director, world.ban), slot, timezone.now())


def hand_in(document, data, actor, slot="unit"):
    return accept_upload(document, actor=actor, slot=slot, upload=upload(data))


def hand_in_both(world, document):
    """The unit's file bears the director's signature too."""
    return hand_in(document, by_unit(world, by_province(world, current_bytes(document))), world.leader)


# --- places -------------------------------------------------------------------------------------------------------------
def test_nobody_uses_the_place_that_waits_for_the_portals_seal(world, document):
    sign(world, pledge_of(world), Side.UNIT)
    data = by_province(world, current_bytes(document), slot="unit")

    with pytest.raises(DomainError) as error:
        hand_in(document, data, world.director, slot="province")

    assert error.value.findings == ["Chữ ký được đặt vào ô ký của BÊN GIAO ƯỚC. Hãy ký lại, chọn ô ký của bên mình."]
    assert sealing.seal_document(document.pk) == 1
    assert signed_fields(document) == ["unit"]


def test_an_earlier_signature_of_a_namesake_is_not_taken_for_a_new_one(world, document):
    world.director.full_name = "Lê Văn Lành"
    world.director.save()
    hand_in(document, by_unit(world, current_bytes(document)), world.leader)
    content = document.content
    place = next(slot for slot in content["slots"] if slot["slot"] == "province")
    place["expected"] = place["name"] = "Lê Văn Lành"
    freeze_again(document, content)

    with pytest.raises(DomainError) as error:
        hand_in(fresh(document), current_bytes(document), world.director, slot="province")

    assert error.value.findings[0].startswith("Thiếu chữ ký của Lê Văn Lành")
    assert Signature.objects.filter(slot="province").count() == 0


def freeze_again(document, content):
    """The same pages, naming another person: what is needed is two people of nearly the same name."""
    Document.objects.filter(pk=document.pk).update(content=content, content_hash=digest(content))
    Signature.objects.filter(document=document).update(content_hash=digest(content))


# --- people -------------------------------------------------------------------------------------------------------------
def test_a_deputy_does_not_sign_outside_what_names_the_head(world, document):
    deputy = f.UserFactory(username="pho.an", full_name="Phó An")
    f.DelegationFactory(unit=world.commune, delegate=deputy)
    data = by_unit(world, current_bytes(document), person=deputy)

    with pytest.raises(DomainError) as error:
        hand_in(document, data, deputy)

    assert error.value.findings[0].startswith("Thiếu chữ ký của Lê Văn Lãnh")


def test_who_only_hands_in_the_heads_file_is_not_written_down_as_the_signer(world, document):
    deputy = f.UserFactory(username="pho.an", full_name="Phó An")
    f.DelegationFactory(unit=world.commune, delegate=deputy)

    row = hand_in(document, by_unit(world, current_bytes(document)), deputy)

    assert (row.name, row.signer, row.delegation) == ("Lê Văn Lãnh", None, "")
    assert row.capacity == "Bí thư Đảng ủy, Xã An Hòa"


# --- a file is taken whole or not at all ----------------------------------------------------------------------------------
def test_a_file_with_the_other_sides_signature_waits_whole(world, document):
    hand_in_both(world, document)

    assert set(Signature.objects.values_list("slot", "status")) == {("unit", "pending"), ("province", "pending")}
    assert fresh(document).current == document.frozen


def test_refusing_one_signature_of_a_file_refuses_the_file_and_both_sides_can_still_sign(world, document):
    hand_in_both(world, document)

    refuse_signature(Signature.objects.get(slot="province"), actor=world.verifier, note="Chưa ai bảo Ban ký")

    assert set(Signature.objects.values_list("slot", "status")) == {("unit", "refused"), ("province", "refused")}
    sign(world, pledge_of(world), Side.PROVINCE)
    sign(world, pledge_of(world), Side.UNIT)
    assert sealing.seal_document(document.pk) == 2


def test_confirming_one_signature_of_a_file_confirms_the_file(world, document):
    hand_in_both(world, document)

    confirm_signature(Signature.objects.get(slot="unit"), actor=world.verifier)

    assert set(Signature.objects.values_list("slot", "status")) == {("unit", "accepted"), ("province", "accepted")}
    assert (fresh(document).status, pledge_of(world).status) == ("issued", "signed")


# --- contents -----------------------------------------------------------------------------------------------------------
def test_no_way_of_signing_completes_a_pledge_whose_rows_were_changed(world, document):
    Target.objects.filter(pledge=pledge_of(world)).update(amount=1)

    with pytest.raises(DomainError, match="không còn đúng bản đã thống nhất"):
        hand_in(document, by_unit(world, current_bytes(document)), world.leader)

    assert Signature.objects.count() == 0
    assert pledge_of(world).status == "agreed"


def scan(world, document):
    return accept_scan(
        document, actor=world.leader, slot="unit", upload=upload(PAPER, "quet.pdf"), name="Lê Văn Lãnh",
        capacity="Bí thư", signed_on=timezone.localdate(),
    )  # fmt: skip


def test_a_scan_is_not_confirmed_when_the_rows_of_the_pledge_were_changed(world, document):
    row = scan(world, document)
    Target.objects.filter(pledge=pledge_of(world)).update(amount=1)

    with pytest.raises(DomainError, match="không còn đúng bản đã thống nhất"):
        confirm_signature(row, actor=world.verifier)

    assert Signature.objects.get().status == "pending"


def test_a_scan_is_not_confirmed_when_the_frozen_content_was_changed(world, document):
    row = scan(world, document)
    Document.objects.filter(pk=document.pk).update(content={**document.content, "subject": "khác"})

    with pytest.raises(DomainError, match="không còn đúng bản đã chốt"):
        confirm_signature(row, actor=world.verifier)

    assert Signature.objects.get().status == "pending"


# --- a digest that lies about ---------------------------------------------------------------------------------------------
def test_a_digest_is_not_signed_days_later(world, document):
    identity = certificate_of(world.leader, world.commune)
    began = timezone.now()
    row = begin_token(document, actor=world.leader, slot="unit", certificate=identity.pem, now=began)

    with pytest.raises(DomainError, match="bắt đầu lại"):
        finish_token(row, actor=world.leader, signature=b"x", now=began + datetime.timedelta(hours=25))
