"""Two people sign in the same moment, each in a transaction of his own."""

import pytest
from django.utils import timezone

from dvk_portal.core.models import Signature
from dvk_portal.core.signatures import checking, keys, sealing
from dvk_portal.core.signatures.outside import accept_upload, confirm_signature
from dvk_portal.core.signatures.verdicts import Verdict
from dvk_portal.core.signatures.withkey import sign_with_key
from pledges.models.pledge import Side
from tests.core.signatures.signing_steps import (
    P12_PASSWORD,
    certificate_of,
    current_bytes,
    fresh,
    signed_fields,
    signed_outside,
    trust_the_root,
    upload,
)
from tests.pledges.pledge_steps import agreed, pledge_of, sign
from tests.races import at_once, refusals
from units.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def again(person):
    return User.objects.get(pk=person.pk)


@pytest.fixture
def document(world):
    trust_the_root()
    return fresh(agreed(world).document)


def with_key(document, person, unit, slot):
    key = keys.Pkcs12Key(certificate_of(person, unit).p12(P12_PASSWORD), P12_PASSWORD)
    return lambda: sign_with_key(fresh(document), actor=again(person), slot=slot, key=key)


def test_two_keys_at_once_both_sign(world, document):
    found = at_once(
        with_key(document, world.leader, world.commune, "unit"),
        with_key(document, world.director, world.ban, "province"),
    )

    assert refusals(found) == []
    assert sorted(signed_fields(document)) == ["province", "unit"]
    assert checking.report_of(document.files.last()).verdict == Verdict.VALID_NO_REVOCATION
    assert pledge_of(world).status == "signed"


def test_one_side_signs_once_however_often_it_is_asked(world, document):
    data = signed_outside(current_bytes(document), certificate_of(world.leader, world.commune), "unit", timezone.now())

    found = at_once(
        with_key(document, world.leader, world.commune, "unit"),
        lambda: accept_upload(fresh(document), actor=again(world.leader), slot="unit", upload=upload(data)),
        lambda: sign(world, pledge_of(world), Side.UNIT),
    )

    assert len(refusals(found)) == 2
    assert Signature.objects.count() == 1


def test_two_workers_seal_each_consent_once(world, document):
    sign(world, pledge_of(world), Side.UNIT)
    sign(world, pledge_of(world), Side.PROVINCE)

    found = at_once(*[lambda: sealing.seal_document(document.pk)] * 3)

    assert refusals(found) == []
    assert sum(found) == 2
    assert sorted(signed_fields(document)) == ["province", "unit"]
    assert document.files.filter(role="signed").count() == 2


def test_two_people_confirm_the_same_file_once(world, document):
    other = certificate_of(world.leader, world.other_commune)
    data = signed_outside(current_bytes(document), other, "unit", timezone.now())
    row = accept_upload(document, actor=world.leader, slot="unit", upload=upload(data))

    found = at_once(
        lambda: confirm_signature(row, actor=again(world.verifier)),
        lambda: confirm_signature(row, actor=again(world.director)),
    )

    assert len(refusals(found)) == 1
    assert Signature.objects.get().counts
