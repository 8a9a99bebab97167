"""Two-phase signing: the key stays with the person, the server sees a digest and a signature."""

import hashlib
import io
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.signatures import pades, stamps, timestamps, twophase
from tests.core.signatures import papers, pki

NOW = datetime(2026, 5, 30, 1, 5, 12, tzinfo=UTC)


def _begin(identity: pki.Identity, pdf: bytes | None = None, slot: str = "host", **options) -> twophase.Prepared:
    options = {"certificate": identity.pem_chain, "stamp": None, "reason": "Ký giao ước", "now": NOW, **options}
    return twophase.begin(pdf or papers.prepared(), slot=slot, **options)


def _judged(pdf: bytes) -> list:
    context = {"trust_roots": [pki.root().asn1], "moment": NOW, "best_signature_time": NOW}
    embedded = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return [validate_pdf_signature(each, ValidationContext(**context)) for each in embedded]


@pytest.mark.parametrize("algorithm", ["rsa-2048", "p-256"])
def test_a_key_that_only_the_person_holds_signs(algorithm):
    person = pki.person("Lê Văn C", algorithm=algorithm)
    stamp = stamps.certificate("Lê Văn C", "Bí thư", NOW, "CA thử", size=papers.HOST.size)

    prepared = _begin(person, stamp=stamp)
    signed = twophase.finish(prepared, person.sign_digest(prepared.digest))

    assert [each.bottom_line for each in _judged(signed)] == [True]
    assert signed.startswith(papers.prepared())
    assert prepared.algorithm == {"rsa-2048": "SHA256withRSA", "p-256": "SHA256withECDSA"}[algorithm]


def test_what_is_shown_to_the_token_is_the_digest_of_the_signed_attributes():
    person = pki.person("Lê Văn C")

    prepared = _begin(person)

    assert prepared.digest == hashlib.sha256(prepared.signed_attributes).digest()
    assert bytes.fromhex(prepared.digest_hex) == prepared.digest
    assert len(prepared.digest_base64) == 44
    assert prepared.document_digest in prepared.signed_attributes
    assert prepared.base_sha256 == hashlib.sha256(papers.prepared()).hexdigest()


def test_a_tool_that_hashes_the_attributes_itself_gives_the_same_signature():
    person = pki.person("Lê Văn C")
    prepared = _begin(person)

    signature = person.key.sign(prepared.signed_attributes, padding.PKCS1v15(), hashes.SHA256())

    assert signature == person.sign_digest(prepared.digest)


def test_the_plain_pair_of_a_token_is_understood():
    person = pki.person("Lê Văn C", algorithm="p-256")
    prepared = _begin(person)
    pair = decode_dss_signature(person.sign_digest(prepared.digest))

    signed = twophase.finish(prepared, b"".join(number.to_bytes(32, "big") for number in pair))

    assert [each.bottom_line for each in _judged(signed)] == [True]


def test_it_waits_as_json_and_a_file():
    person = pki.person("Lê Văn C")
    prepared = _begin(person)

    kept = json.loads(json.dumps(prepared.dump()))
    again = twophase.Prepared.load(kept, prepared.pdf)

    assert again == prepared
    assert [each.bottom_line for each in _judged(twophase.finish(again, person.sign_digest(again.digest)))] == [True]


@pytest.mark.parametrize("algorithm", ["rsa-2048", "p-256"])
def test_a_signature_of_another_key_or_over_something_else_is_refused_and_nothing_is_lost(algorithm):
    person, other = pki.person("Lê Văn C", algorithm=algorithm), pki.person("Kẻ Khác", algorithm=algorithm)
    prepared = _begin(person)

    for wrong in (
        other.sign_digest(prepared.digest),
        person.sign_digest(hashlib.sha256(b"something else").digest()),
        b"",
        b"\x00" * 64,
        b"nonsense",
    ):
        with pytest.raises(DomainError, match="Chữ ký không khớp với chứng thư số hoặc với văn bản này"):
            twophase.finish(prepared, wrong)

    signed = twophase.finish(prepared, person.sign_digest(prepared.digest))
    assert [each.bottom_line for each in _judged(signed)] == [True]


def test_a_prepared_file_that_was_changed_meanwhile_is_refused():
    person = pki.person("Lê Văn C")
    prepared = _begin(person)
    changed = prepared.pdf.replace(b"/Type /Page", b"/Type /Pagf", 1)
    assert changed != prepared.pdf

    with pytest.raises(DomainError, match="Tệp chờ ký đã bị thay đổi"):
        twophase.finish(twophase.Prepared.load(prepared.dump(), changed), person.sign_digest(prepared.digest))


def test_both_phases_follow_another_signature_and_precede_one():
    first, second = pki.person("Lê Văn C"), pki.person("Trần Thị B", algorithm="p-256")

    prepared = _begin(first)
    one = twophase.finish(prepared, first.sign_digest(prepared.digest))
    prepared = _begin(second, one, "unit")
    two = twophase.finish(prepared, second.sign_digest(prepared.digest))

    assert [each.bottom_line for each in _judged(two)] == [True, True]
    assert two.startswith(one)
    assert [slot.signed for slot in pades.slots(two)] == [True, True]


def test_a_timestamp_is_added_at_the_end():
    person = pki.person("Lê Văn C")
    prepared = _begin(person)

    [verdict] = _judged(twophase.finish(prepared, person.sign_digest(prepared.digest), pki.timestamper(at=NOW)))

    assert verdict.timestamp_validity.trusted
    assert verdict.timestamp_validity.timestamp == NOW


def test_a_timestamp_service_that_is_down_leaves_the_prepared_file_usable():
    person = pki.person("Lê Văn C")
    prepared = _begin(person)
    signature = person.sign_digest(prepared.digest)

    with pytest.raises(DomainError, match="Dịch vụ cấp dấu thời gian không trả lời"):
        twophase.finish(prepared, signature, timestamps.HttpTimestamper("http://127.0.0.1:9/"))

    assert [each.bottom_line for each in _judged(twophase.finish(prepared, signature))] == [True]


@pytest.mark.parametrize("order", [0, 1], ids=["own certificate first", "issuer first"])
def test_the_chain_may_come_in_any_order(order):
    person = pki.person("Lê Văn C")
    blocks = [person.pem, person.pem_chain.removeprefix(person.pem)]

    chain = twophase.read_certificates(b"".join(blocks if order == 0 else reversed(blocks)))

    assert [each.dump() for each in chain] == [person.der, person.asn1_chain[0].dump()]


def test_a_certificate_may_come_as_der():
    person = pki.person("Lê Văn C")
    prepared = _begin(person, certificate=person.der)

    twophase.finish(prepared, person.sign_digest(prepared.digest))

    assert prepared.certificates == (person.der,)


@pytest.mark.parametrize("nonsense", [b"", b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_not_a_certificate_is_refused(nonsense):
    with pytest.raises(DomainError, match="Không đọc được chứng thư số"):
        _begin(pki.person("Lê Văn C"), certificate=nonsense)


def test_a_certificate_that_may_not_sign_is_refused_before_the_token_is_asked():
    for identity, sentence in [
        (pki.expired(), "đã hết hạn"),
        (pki.weak(), "quá yếu"),
        (pki.wrong_usage(), "không dùng để ký số"),
    ]:
        with pytest.raises(DomainError, match=sentence):
            _begin(identity)


def test_poppler_and_qpdf_accept_what_two_phases_made(tmp_path):
    person = pki.person("Lê Văn C")
    prepared = _begin(person)
    path = tmp_path / "signed.pdf"
    path.write_bytes(twophase.finish(prepared, person.sign_digest(prepared.digest), pki.timestamper(at=NOW)))

    said = papers.debian("pdfsig", "-nocert", str(path))

    assert "Signature Validation: Signature is Valid." in said
    assert "Total document signed" in said
    assert "No syntax or stream encoding errors found" in papers.debian("qpdf", "--check", str(path))
