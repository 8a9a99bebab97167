"""A pledge through each way of signing: whatever the way, it ends as the same pledge, signed by both."""

import itertools

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Signature
from dvk_portal.core.signatures import checking, keys, sealing
from dvk_portal.core.signatures.outside import accept_scan, accept_upload, confirm_signature
from dvk_portal.core.signatures.verdicts import Verdict
from dvk_portal.core.signatures.withkey import begin_token, finish_token, prepared_of, sign_with_key
from pledges.models.pledge import Side
from pledges.services.pledges import reopen_pledge
from tests.core.signatures.signing_steps import (
    P12_PASSWORD,
    certificate_of,
    current_bytes,
    fresh,
    signed_outside,
    trust_the_root,
    upload,
)
from tests.pledges.pledge_steps import agreed, pledge_of, sign

pytestmark = pytest.mark.django_db


def person(world, side):
    return (world.leader, world.commune) if side == Side.UNIT else (world.director, world.ban)


def by_consent(world, document, side):
    sign(world, pledge_of(world), side)
    sealing.seal_document(document.pk)


def by_upload(world, document, side):
    actor, unit = person(world, side)
    data = signed_outside(current_bytes(document), certificate_of(actor, unit), side, timezone.now())
    accept_upload(fresh(document), actor=actor, slot=side, upload=upload(data))


def by_key(world, document, side):
    actor, unit = person(world, side)
    key = keys.Pkcs12Key(certificate_of(actor, unit).p12(P12_PASSWORD), P12_PASSWORD)
    sign_with_key(document, actor=actor, slot=side, key=key)


def by_token(world, document, side):
    actor, unit = person(world, side)
    identity = certificate_of(actor, unit, algorithm="p-256")
    row = begin_token(document, actor=actor, slot=side, certificate=identity.pem_chain)
    finish_token(row, actor=actor, signature=identity.sign_digest(prepared_of(row).digest))


def by_scan(world, document, side):
    actor, _ = person(world, side)
    signature = accept_scan(
        document,
        actor=actor,
        slot=side,
        upload=SimpleUploadedFile("quet.jpg", b"\xff\xd8\xff\xe0" + bytes(40)),
        name=actor.full_name,
        capacity="Người ký trên giấy",
        signed_on=timezone.localdate(),
    )
    confirm_signature(signature, actor=world.verifier)


WAYS = {"consent": by_consent, "upload": by_upload, "key": by_key, "token": by_token, "scan": by_scan}


@pytest.mark.parametrize(("first", "second"), list(itertools.product(WAYS, WAYS)))
def test_any_two_ways_together_sign_the_pledge(first, second, world):
    trust_the_root()
    document = agreed(world).document

    WAYS[first](world, document, Side.UNIT)
    assert pledge_of(world).status == "part_signed"
    WAYS[second](world, document, Side.PROVINCE)

    assert pledge_of(world).status == "signed"
    assert fresh(document).status == "issued"
    rows = {row.slot: (row.method, row.status) for row in Signature.objects.all()}
    assert rows == {"unit": (first, "accepted"), "province": (second, "accepted")}
    digital = [way for way in (first, second) if way != "scan"]
    revision = checking.revision_of(fresh(document))
    report = checking.report_of(revision)
    assert (
        [check.verdict for check in report.signatures] == [Verdict.VALID_NO_REVOCATION] * len(digital)
        if report
        else not digital
    )


@pytest.mark.parametrize("way", ["key", "token", "scan"])
def test_a_side_that_has_signed_does_not_sign_again_in_another_way(way, world):
    trust_the_root()
    document = agreed(world).document
    by_consent(world, document, Side.UNIT)

    with pytest.raises(DomainError, match="Không cần ký thêm"):
        WAYS[way](world, document, Side.UNIT)
    assert Signature.objects.count() == 1


def test_a_file_that_was_signed_before_the_side_consented_comes_too_late(world):
    trust_the_root()
    document = agreed(world).document
    data = signed_outside(current_bytes(document), certificate_of(world.leader, world.commune), "unit", timezone.now())
    by_consent(world, document, Side.UNIT)

    with pytest.raises(DomainError, match="Không cần ký thêm"):
        accept_upload(fresh(document), actor=world.leader, slot="unit", upload=upload(data))
    assert Signature.objects.count() == 1


@pytest.mark.parametrize("way", [name for name in WAYS if name != "consent"])
def test_a_pledge_that_was_opened_again_is_signed_in_no_way(way, world):
    trust_the_root()
    pledge = agreed(world)
    document = pledge.document
    reopen_pledge(pledge, actor=world.director, note="Chỉ tiêu cần xem lại")

    with pytest.raises(DomainError):
        WAYS[way](world, document, Side.UNIT)
    assert not Signature.objects.exists()
    assert fresh(document).current == document.frozen
