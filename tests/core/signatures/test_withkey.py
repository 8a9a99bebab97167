"""Signing in the portal with a key that is lent, and in two steps with a token that stays on the desk."""

import base64

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dvk_portal.core import files
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import PreparedSignature, Signature, StoredFile
from dvk_portal.core.signatures import checking, keys, pades, sealing, timestamps
from dvk_portal.core.signatures.signing import sign_by_consent
from dvk_portal.core.signatures.verdicts import Verdict
from dvk_portal.core.signatures.withkey import (
    begin_token,
    finish_token,
    prepared_of,
    read_signature,
    sign_with_key,
)
from tests.core.signatures import pki
from tests.core.signatures.signing_steps import (
    P12_PASSWORD,
    certificate_of,
    current_bytes,
    fresh,
    signed_fields,
    text_of,
    trust_the_root,
)
from tests.pledges.pledge_steps import agreed, pledge_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(world):
    trust_the_root()
    return fresh(agreed(world).document)


@pytest.fixture
def leaders(world):
    return certificate_of(world.leader, world.commune)


def key_of(identity, password=P12_PASSWORD):
    return keys.Pkcs12Key(identity.p12(P12_PASSWORD), password)


# --- (b) a key --------------------------------------------------------------------------------------------------------------
def test_a_key_signs_and_the_document_shows_who(world, document, leaders):
    before = current_bytes(document)

    signature = sign_with_key(document, actor=world.leader, slot="unit", key=key_of(leaders))

    assert (signature.status, signature.name, signature.capacity) == (
        "accepted",
        "Lê Văn Lãnh",
        "Bí thư Đảng ủy, Xã An Hòa",
    )
    assert current_bytes(document).startswith(before)
    check = checking.report_of(signature.sealed).signatures[0]
    assert (check.verdict, check.signer) == (Verdict.VALID_NO_REVOCATION, "Lê Văn Lãnh")
    assert "ĐÃ KÝ SỐ" in text_of(current_bytes(document))
    assert pledge_of(world).status == "part_signed"


def test_neither_key_nor_password_are_kept(world, document, leaders):
    sign_with_key(document, actor=world.leader, slot="unit", key=key_of(leaders))

    p12 = leaders.p12(P12_PASSWORD)
    for stored in StoredFile.objects.all():
        data = files.read(stored)
        assert leaders.key_der not in data
        assert p12[:64] not in data
        assert P12_PASSWORD.encode() not in data
    assert P12_PASSWORD not in repr(key_of(leaders))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda world: key_of(certificate_of(world.other_leader, world.commune)), "Thiếu chữ ký của Lê Văn Lãnh"),
        (lambda world: key_of(certificate_of(world.leader, world.commune, unknown=True)), "được tin cậy"),
        (lambda world: key_of(certificate_of(world.leader, world.commune), "sai"), "Mật khẩu của tệp khóa không đúng"),
        (lambda world: keys.Pkcs12Key(b"not a key", ""), "Tệp khóa không phải"),
        (lambda world: key_of(pki.expired("Lê Văn Lãnh")), "hết hạn"),
        (lambda world: key_of(pki.weak("Lê Văn Lãnh")), "quá yếu"),
    ],
)
def test_a_key_that_may_not_sign_here_changes_nothing(make, words, world, document):
    with pytest.raises(DomainError) as error:
        sign_with_key(document, actor=world.leader, slot="unit", key=make(world))

    assert words in " ".join([error.value.message, *error.value.findings])
    assert fresh(document).current == document.frozen
    assert not Signature.objects.exists()


def test_whoever_signs_in_the_same_moment_comes_first_and_both_are_there(world, document, leaders, monkeypatch):
    """While the leader's key signs, the director's consent is sealed: the leader signs anew upon that revision."""
    real, other = pades.sign, []

    def interrupted(pdf, **options):
        signed = real(pdf, **options)
        if not other:
            other.append(1)
            sign_by_consent(document, actor=world.director, slot="province", now=timezone.now())
            sealing.seal_document(document.pk)
        return signed

    monkeypatch.setattr(pades, "sign", interrupted)
    sign_with_key(document, actor=world.leader, slot="unit", key=key_of(leaders))

    assert sorted(signed_fields(document)) == ["province", "unit"]
    assert fresh(document).status == "issued"
    assert checking.report_of(document.files.last()).verdict == Verdict.VALID_NO_REVOCATION


def test_a_timestamp_service_that_is_away_leaves_the_document_as_it_was(world, document, leaders, settings):
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"

    with pytest.raises(DomainError) as error:
        sign_with_key(document, actor=world.leader, slot="unit", key=key_of(leaders))
    assert error.value.message == timestamps.UNAVAILABLE
    assert fresh(document).current == document.frozen


@pytest.mark.parametrize("person", ["editor", "other_leader", "verifier", "director", "viewer", "admin", "stranger"])
def test_only_who_may_sign_for_a_side_uses_a_key_for_it(person, world, document, leaders):
    actor = getattr(world, person)

    with pytest.raises(PermissionDenied):
        sign_with_key(document, actor=actor, slot="unit", key=key_of(leaders))
    with pytest.raises(PermissionDenied):
        begin_token(document, actor=actor, slot="unit", certificate=leaders.pem)


# --- (c) two steps ------------------------------------------------------------------------------------------------------------
def begun(world, document, identity):
    return begin_token(document, actor=world.leader, slot="unit", certificate=identity.pem_chain)


@pytest.mark.parametrize("algorithm", ["rsa-2048", "p-256"])
def test_a_token_signs_the_digest_and_the_document_bears_it(algorithm, world, document):
    identity = certificate_of(world.leader, world.commune, algorithm=algorithm)
    row = begun(world, document, identity)

    signature = finish_token(row, actor=world.leader, signature=identity.sign_digest(prepared_of(row).digest))

    assert (signature.status, signature.method) == ("accepted", "token")
    assert signed_fields(document) == ["unit"]
    assert not PreparedSignature.objects.exists()


def test_beginning_again_forgets_the_first_attempt(world, document, leaders):
    first = prepared_of(begun(world, document, leaders)).digest
    second = prepared_of(begun(world, document, leaders)).digest

    assert PreparedSignature.objects.count() == 1
    assert first != second


def test_a_signature_over_something_else_is_refused_and_may_be_tried_again(world, document, leaders):
    row = begun(world, document, leaders)

    with pytest.raises(DomainError, match="không khớp"):
        finish_token(row, actor=world.leader, signature=leaders.sign_digest(bytes(32)))
    assert finish_token(row, actor=world.leader, signature=leaders.sign_digest(prepared_of(row).digest)).counts


def test_a_document_that_moved_on_meanwhile_is_said_clearly(world, document, leaders):
    row = begun(world, document, leaders)
    sign_by_consent(document, actor=world.director, slot="province", now=timezone.now())
    sealing.seal_document(document.pk)

    with pytest.raises(DomainError, match="văn bản đã có thêm chữ ký nên mã băm này không còn dùng được"):
        finish_token(row, actor=world.leader, signature=leaders.sign_digest(prepared_of(row).digest))
    assert signed_fields(document) == ["province"]


def test_nobody_finishes_what_another_began(world, document, leaders):
    row = begun(world, document, leaders)

    with pytest.raises(PermissionDenied):
        finish_token(row, actor=world.director, signature=leaders.sign_digest(prepared_of(row).digest))


@pytest.mark.parametrize(
    "write",
    [
        lambda raw: raw,
        base64.b64encode,
        lambda raw: raw.hex().encode(),
        lambda raw: b" \n".join([base64.encodebytes(raw)]),
    ],
)
def test_signatures_are_understood_in_the_forms_that_tools_give(write):
    raw = bytes(range(256))

    assert read_signature(write(raw)) == raw


def test_an_empty_signature_is_asked_for():
    with pytest.raises(DomainError, match="Chưa có chữ ký"):
        read_signature(b"  ")
