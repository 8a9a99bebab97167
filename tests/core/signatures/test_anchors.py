"""Whom the portal trusts is said by the system administrator, and left in the trail."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dvk_portal.core.models import AuditEntry, TrustAnchor
from dvk_portal.core.signatures import checking
from tests.core.signatures import pki

pytestmark = pytest.mark.django_db
ADD = "admin:core_trustanchor_add"


def send(client, **values):
    sent = {
        "name": "Gốc",
        "use": "signature",
        "pem": "",
        "valid_from": "01/01/2026",
        "valid_to": "",
        "note": "",
        **values,
    }
    return client.post(reverse(ADD), sent)


@pytest.mark.parametrize(
    "given",
    [
        {"pem": pki.root().pem.decode()},
        {"file": SimpleUploadedFile("goc.cer", pki.root().der)},
    ],
    ids=["text", "file"],
)
def test_a_root_is_added_as_text_or_file(given, world, sign_in):
    if "file" in given:
        given["file"].seek(0)
    response = send(sign_in(world.admin), **given)

    assert response.status_code == 302
    row = TrustAnchor.objects.get()
    assert row.pem == pki.root().pem.decode()
    assert [anchor.name for anchor in checking.anchors().signature] == ["Gốc"]
    assert AuditEntry.objects.get(action="add_row", record_type="core.trustanchor").actor == world.admin


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Hãy dán chứng thư hoặc chọn tệp chứng thư."),
        ({"pem": "không phải"}, "không phải chứng thư số"),
        ({"pem": pki.person("Lê Văn Lãnh").pem.decode()}, "không phải của tổ chức chứng thực"),
        ({"pem": pki.root().pem.decode(), "valid_to": "01/01/2025"}, "phải sau ngày bắt đầu"),
    ],
    ids=["nothing", "nonsense", "a person", "dates"],
)
def test_what_is_no_root_is_refused_with_a_sentence(given, words, world, sign_in):
    response = send(sign_in(world.admin), **given)

    assert words in response.content.decode()
    assert not TrustAnchor.objects.exists()


def test_nobody_else_says_whom_to_trust(world, sign_in):
    for person in (world.director, world.verifier, world.leader):
        assert sign_in(person).get(reverse(ADD)).status_code in (302, 403)


def test_trust_ends_on_a_day_and_not_before(world):
    TrustAnchor.objects.create(
        name="Cũ", pem=pki.root().pem.decode(), valid_from=datetime.date(2020, 1, 1), valid_to=datetime.date(2026, 5, 1)
    )

    [anchor] = checking.anchors().signature
    assert (anchor.trusted_on(datetime.date(2026, 5, 1)), anchor.trusted_on(datetime.date(2026, 5, 2))) == (True, False)
