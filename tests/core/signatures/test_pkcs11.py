"""Keys in a token: SoftHSM plays the USB token, through the same PKCS#11 door."""

import io
import os
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pkcs11
import pytest
from pkcs11 import Attribute, KeyType, ObjectClass
from pkcs11.util.ec import decode_ec_private_key
from pkcs11.util.rsa import decode_rsa_private_key
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.signatures import keys, pades
from tests.core.signatures import papers, pki

NOW = datetime(2026, 5, 30, 1, 5, 12, tzinfo=UTC)
PIN = "246810"


@pytest.fixture(scope="module")
def driver(tmp_path_factory) -> str:
    """SoftHSM with an empty store of its own. The driver reads its configuration once per process."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    papers.debian("softhsm2-util", "--version")
    [path] = [each for each in Path("/usr/lib").glob("**/libsofthsm2.so") if not each.is_symlink()][:1]
    yield str(path)
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


@pytest.fixture
def token(driver) -> keys.Pkcs11Key:
    """A fresh token, and the key "ky" that it will hold."""
    label = f"token-{uuid.uuid4().hex[:8]}"
    said = papers.debian(
        "softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "13579246"
    )
    assert "has been initialized" in said
    pkcs11.lib(driver).reinitialize()
    return keys.Pkcs11Key(driver, label, PIN, "ky")


def _put(token: keys.Pkcs11Key, identity: pki.Identity, *, certificate: bool = True) -> None:
    """Load a key and its certificates into the token, as the authority that sells tokens does."""
    device = pkcs11.lib(token.module).get_token(token_label=token.token)
    with device.open(rw=True, user_pin=PIN) as session:
        kind, decode = (KeyType.EC, _ec) if identity.asn1.public_key.algorithm == "ec" else (KeyType.RSA, _rsa)
        session.create_object(
            {
                **decode(identity.key_der),
                Attribute.CLASS: ObjectClass.PRIVATE_KEY,
                Attribute.KEY_TYPE: kind,
                Attribute.LABEL: token.label,
                Attribute.TOKEN: True,
                Attribute.PRIVATE: True,
                Attribute.SENSITIVE: True,
                Attribute.SIGN: True,
                Attribute.ID: b"1",
            }
        )
        shown = [(token.label, identity.asn1)] if certificate else []
        for label, each in [*shown, *(("ca", above) for above in identity.asn1_chain)]:
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    Attribute.LABEL: label,
                    Attribute.TOKEN: True,
                    Attribute.VALUE: each.dump(),
                    Attribute.SUBJECT: each.subject.dump(),
                }
            )


def _rsa(der: bytes) -> dict:
    from asn1crypto.keys import PrivateKeyInfo

    return decode_rsa_private_key(PrivateKeyInfo.load(der)["private_key"].parsed.dump())


def _ec(der: bytes) -> dict:
    from asn1crypto.keys import PrivateKeyInfo

    info = PrivateKeyInfo.load(der)
    inner = info["private_key"].parsed
    inner["parameters"] = info["private_key_algorithm"]["parameters"]
    return decode_ec_private_key(inner.dump())


def _sign(key: keys.Pkcs11Key, pdf: bytes | None = None, slot: str = "host") -> bytes:
    return pades.sign(pdf or papers.prepared(), slot=slot, key=key, stamp=None, reason="Ký giao ước", now=NOW)


def _judged(pdf: bytes) -> list:
    context = {"trust_roots": [pki.root().asn1], "moment": NOW, "best_signature_time": NOW}
    return [
        validate_pdf_signature(each, ValidationContext(**context))
        for each in PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    ]


@pytest.mark.parametrize("algorithm", ["rsa-2048", "p-256"])
def test_a_key_in_a_token_signs(token, algorithm):
    _put(token, pki.person("Phạm Thị D", algorithm=algorithm))

    [verdict] = _judged(_sign(token))

    assert verdict.bottom_line
    assert keys.subject_name(verdict.signing_cert) == "Phạm Thị D"


def test_a_token_signs_after_a_file_key_and_again_after_it_was_closed(token):
    _put(token, pki.person("Phạm Thị D"))
    other = keys.Pkcs12Key(pki.person("Nguyễn Văn A").p12("x"), "x")

    one = pades.sign(papers.prepared(), slot="unit", key=other, stamp=None, reason="", now=NOW)
    two = _sign(token, one)
    assert [each.bottom_line for each in _judged(two)] == [True, True]

    assert [each.bottom_line for each in _judged(_sign(token))] == [True]


def test_the_chain_in_the_token_goes_into_the_file(token):
    person = pki.person("Phạm Thị D")
    _put(token, person)

    [embedded] = PdfFileReader(io.BytesIO(_sign(token))).embedded_signatures

    assert [each.dump() for each in embedded.other_embedded_certs] == [person.asn1_chain[0].dump()]


def test_a_wrong_pin_is_told(token):
    _put(token, pki.person("Phạm Thị D"))

    for pin in ("000000", "1", ""):
        with pytest.raises(DomainError, match="Mã PIN của thiết bị ký không đúng"):
            _sign(keys.Pkcs11Key(token.module, token.token, pin, token.label))


def test_a_token_that_is_not_there_is_told(token):
    with pytest.raises(DomainError, match="Không thấy thiết bị ký “khác”"):
        _sign(keys.Pkcs11Key(token.module, "khác", PIN, "ky"))


def test_a_driver_that_is_not_there_or_is_none_is_told(token, tmp_path):
    fake = tmp_path / "driver.so"
    fake.write_bytes(b"not a driver")

    with pytest.raises(DomainError, match="Không tìm thấy phần mềm điều khiển thiết bị ký"):
        _sign(keys.Pkcs11Key(str(tmp_path / "none.so"), "x", PIN, "ky"))
    with pytest.raises(DomainError, match="Không dùng được phần mềm điều khiển thiết bị ký"):
        _sign(keys.Pkcs11Key(str(fake), "x", PIN, "ky"))


def test_a_token_without_the_named_key_or_certificate_is_told(token):
    with pytest.raises(DomainError, match="không có khóa và chứng thư mang nhãn “ky”"):
        _sign(token)

    _put(token, pki.person("Phạm Thị D"), certificate=False)
    with pytest.raises(DomainError, match="không có khóa và chứng thư mang nhãn “ky”"):
        _sign(token)


def test_an_expired_certificate_in_a_token_does_not_sign(token):
    _put(token, pki.expired())

    with pytest.raises(DomainError, match="đã hết hạn"):
        _sign(token)


def test_the_token_that_the_installation_names(settings):
    assert keys.configured_token() is None

    settings.PKCS11_MODULE, settings.PKCS11_TOKEN = "/m.so", "kho"
    settings.PKCS11_PIN, settings.PKCS11_LABEL = PIN, "ky"

    assert keys.configured_token() == keys.Pkcs11Key("/m.so", "kho", PIN, "ky")
