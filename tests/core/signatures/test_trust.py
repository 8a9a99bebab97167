"""Which certificates become trusted roots, and what is said of files that are none."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.signatures import trust
from tests.core.signatures import pki

NOW = datetime(2026, 5, 30, tzinfo=UTC)


@dataclass
class Row:
    name: str
    pem: str
    use: str
    valid_from: date | None = None
    valid_to: date | None = None


@pytest.mark.parametrize("data", [pki.root().der, pki.root().pem], ids=["DER", "PEM"])
def test_a_root_is_read_from_either_form_into_the_same_facts(data):
    facts = trust.read_certificate(data, now=NOW)

    assert facts["common_name"] == "Gốc chứng thực thử"
    assert (facts["key_algorithm"], facts["key_size"], facts["self_signed"]) == ("rsa", 2048, True)
    assert (facts["valid_from"], facts["valid_to"]) == (pki.VALID_FROM, pki.VALID_TO)
    assert facts["sha256"] == pki.root().asn1.sha256.hex()
    assert facts["pem"].encode().replace(b"\r", b"").strip() == pki.root().pem.strip()


def test_an_intermediate_authority_may_be_trusted_too():
    facts = trust.read_certificate(pki.intermediate().pem, now=NOW)

    assert (facts["common_name"], facts["issuer"]) == ("Chứng thực cấp dưới thử", "Gốc chứng thực thử")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "không phải chứng thư số"),
        (b"\x30\x82\xff\xff junk", "không phải chứng thư số"),
        (b"x" * 200_000, "không phải chứng thư số"),
        (pki.root().der[:-20], "không phải chứng thư số"),
        (pki.root().der + b"more", "không phải chứng thư số"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "không phải chứng thư số"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "khóa riêng"),
        (pki.root().pem + pki.intermediate().pem, "2 chứng thư"),
        (pki.person("Nguyễn Văn A").pem, "không phải của tổ chức chứng thực"),
        (pki.authority("Gốc khóa ngắn", algorithm="rsa-1024").pem, "không đủ mạnh (RSA 1024 bit)"),
    ],
)
def test_what_is_no_usable_root_is_refused_with_a_sentence(data, says):
    with pytest.raises(DomainError) as refusal:
        trust.read_certificate(data, now=NOW)

    assert says in refusal.value.message


@pytest.mark.parametrize(
    ("now", "says"),
    [
        (pki.VALID_TO + timedelta(days=1), "đã hết hạn ngày 01/01/2045"),
        (pki.VALID_FROM - timedelta(days=1), "chưa có hiệu lực"),
    ],
)
def test_a_root_outside_its_dates_is_refused(now, says):
    with pytest.raises(DomainError) as refusal:
        trust.read_certificate(pki.root().pem, now=now)

    assert says in refusal.value.message


@given(st.binary(max_size=200))
def test_junk_is_always_a_sentence(data):
    with pytest.raises(DomainError):
        trust.read_certificate(data, now=NOW)


def test_rows_become_anchors_by_use_and_count_on_their_days():
    text = pki.root().pem.decode()
    rows = [
        Row("Gốc công vụ", text, "signature", date(2026, 1, 1), date(2026, 5, 29)),
        Row("Gốc công cộng", text, "signature"),
        Row("Gốc dấu thời gian", text, "timestamp"),
    ]

    anchors = trust.anchors_from(rows, pki.unknown_root().asn1)

    moments = [datetime(2025, 12, 31, 12, tzinfo=UTC), datetime(2026, 5, 29, 12, tzinfo=UTC), NOW]
    assert [[anchor.name for anchor in anchors.for_signatures(moment)] for moment in moments] == [
        ["Gốc công cộng", "Gốc không ai biết"],
        ["Gốc công vụ", "Gốc công cộng", "Gốc không ai biết"],
        ["Gốc công cộng", "Gốc không ai biết"],
    ]
    assert [anchor.name for anchor in anchors.for_timestamps(NOW)] == ["Gốc dấu thời gian"]


def test_the_portals_root_is_not_trusted_for_timestamps_and_may_be_missing():
    assert trust.anchors_from([], pki.root().der).for_timestamps(NOW) == []
    assert trust.anchors_from([], None) == trust.Anchors()
