"""Pages of documents: the list, the page of one, and the ways of signing through the browser's doors."""

import base64
from pathlib import Path

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from dvk_portal.core import files
from dvk_portal.core.documents.cancelling import cancel_document
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, PreparedSignature, Signature
from dvk_portal.core.signatures import checking, keys, outside, sealing
from dvk_portal.core.signatures.verdicts import Verdict
from dvk_portal.core.signatures.withkey import prepared_of
from pledges.documents.pledge import PledgeDocument
from pledges.models.pledge import Side
from tests import factories as f
from tests.core.signatures.signing_steps import (
    P12_PASSWORD,
    certificate_of,
    current_bytes,
    fresh,
    run_jobs,
    signed_fields,
    signed_outside,
    trust_the_root,
    upload,
)
from tests.pledges.pledge_steps import agreed, pledge_of, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(world):
    trust_the_root()
    return fresh(agreed(world).document)


@pytest.fixture
def leaders(world):
    return certificate_of(world.leader, world.commune)


@pytest.fixture
def sealed(world, document):
    sign(world, pledge_of(world), Side.UNIT)
    sign(world, pledge_of(world), Side.PROVINCE)
    sealing.seal_document(document.pk)
    return fresh(document)


def url(name, *args):
    return reverse(name, args=[getattr(each, "pk", each) for each in args])


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def text(response):
    return response.content.decode()


# --- the list -------------------------------------------------------------------------------------------------------------
def test_everybody_sees_the_documents_of_the_records_he_may_read(world, document, sign_in):
    other = agreed(world, world.other_commune, world.other_editor, world.other_leader).document

    for person, found in (
        (world.leader, {document}),
        (world.other_editor, {other}),
        (world.verifier, {document, other}),
        (world.stranger, set()),
    ):
        response = sign_in(person).get(url("document-list"))
        assert set(response.context["object_list"]) == found, person


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "xa an hoa"}, True),
        ({"q": "giao ước"}, True),
        ({"q": "Bình Đức"}, False),
        ({"kind": "pledge"}, True),
        ({"state": "frozen"}, True),
        ({"state": "issued"}, False),
    ],
)
def test_the_list_is_searched_and_filtered(query, found, world, document, sign_in):
    response = sign_in(world.director).get(url("document-list"), query)

    assert list(response.context["object_list"]) == ([document] if found else [])


def test_the_list_costs_the_same_queries_for_one_and_for_many(world, document, sign_in, django_assert_num_queries):
    client = sign_in(world.director)
    with django_assert_num_queries(12, exact=False) as one:
        client.get(url("document-list"))
    agreed(world, world.other_commune, world.other_editor, world.other_leader)
    with django_assert_num_queries(len(one)):
        client.get(url("document-list"))


# --- the page ---------------------------------------------------------------------------------------------------------------
def test_the_page_says_who_must_sign_and_shows_the_file(world, document, sign_in):
    response = sign_in(world.leader).get(url("document-detail", document))

    shown = text(response)
    for words in ("Chưa ký", "Xã An Hòa", "Ban Tuyên giáo và Dân vận Tỉnh ủy", "Ký văn bản", document.code):
        assert words in shown, words
    assert "Kiểm tra lại chữ ký" not in shown
    assert response.context["page_count"] == 1


def test_the_report_on_each_signature_stands_there_in_vietnamese(world, sealed, sign_in):
    shown = text(sign_in(world.viewer).get(url("document-detail", sealed)))

    for words in (
        "Hợp lệ, chưa đủ thông tin thu hồi",
        "Con dấu điện tử của cổng, xác nhận sự đồng ý của Lê Văn Lãnh",
        "Lê Văn Lãnh, Bí thư Đảng ủy, Xã An Hòa",
        "giờ do máy ký tự khai",
        "còn nguyên vẹn",
        "chưa kiểm tra thu hồi",
        "toàn bộ tệp",
        "+07:00",
    ):
        assert words in shown, words


@pytest.mark.parametrize("person", ["other_leader", "other_editor", "stranger", "admin"])
def test_to_anybody_else_the_document_does_not_exist(person, world, document, sign_in):
    client, first = sign_in(getattr(world, person)), document.files.first()

    for name, args in (
        ("document-detail", []),
        ("document-picture", [1]),
        ("document-file", [first]),
        ("document-sign", []),
        ("document-sign-upload", []),
        ("document-sign-token", []),
        ("document-sign-digest", []),
    ):
        assert client.get(url(name, document, *args)).status_code == 404, name
    for name in ("document-check", "document-cancel", "document-sign-key"):
        assert client.post(url(name, document)).status_code == 404, name


def test_a_page_of_the_document_is_drawn(world, sealed, sign_in):
    response = sign_in(world.leader).get(url("document-picture", sealed, 1))

    assert response["Content-Type"] == "image/png"
    assert response.content.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(response.content[16:20]) == 910
    assert sign_in(world.leader).get(url("document-picture", sealed, 99)).status_code == 409


def test_files_are_handed_out_as_they_are_kept(world, sealed, sign_in):
    row = sealed.files.last()

    response = sign_in(world.editor).get(url("document-file", sealed, row))

    assert b"".join(response.streaming_content) == current_bytes(sealed)
    assert response["Content-Disposition"].startswith("attachment;")
    response.close()


def test_a_file_of_another_document_is_not_reached_through_this_one(world, document, sign_in):
    other = agreed(world, world.other_commune, world.other_editor, world.other_leader).document

    assert sign_in(world.leader).get(url("document-file", document, other.files.first())).status_code == 404


def test_a_file_that_was_changed_in_the_storage_is_refused_with_a_sentence(world, document, sign_in):
    path = Path(document.frozen.file.path)
    path.write_bytes(path.read_bytes() + b" ")
    client = sign_in(world.leader)

    response = client.get(url("document-file", document, document.files.first()))

    assert (response.status_code, response["Location"]) == (302, document.get_absolute_url())
    assert "không còn đúng như lúc lưu" in said(response)[0]
    assert AuditEntry.objects.filter(action="file_damaged", record_id=document.frozen_id).exists()


def test_checking_again_keeps_the_new_report_and_leaves_a_trace(world, sealed, sign_in):
    sealed.files.filter(role="signed").update(report={})

    response = sign_in(world.editor).post(url("document-check", sealed))

    assert said(response) == ["Đã kiểm tra lại chữ ký của bản mới nhất."]
    assert checking.report_of(sealed.files.last()).verdict == Verdict.VALID_NO_REVOCATION
    entry = AuditEntry.objects.get(action="check_signatures")
    assert (entry.actor, entry.changes["Kết quả"]) == (world.editor, ["", "Hợp lệ, chưa đủ thông tin thu hồi"])


# --- cancelling -------------------------------------------------------------------------------------------------------------
def test_a_document_that_its_record_keeps_is_not_cancelled_by_itself(world, document):
    with pytest.raises(DomainError, match="ở trang giao ước"):
        cancel_document(document, actor=world.director, reason="Sai", now=timezone.now())


def test_cancelling_takes_the_right_and_a_reason_and_the_page_says_so(world, document, sign_in, monkeypatch):
    monkeypatch.setattr(PledgeDocument, "keeps_document", lambda kind, document: "")

    refused = sign_in(world.leader).post(url("document-cancel", document), {"note": "Sai"})
    silent = sign_in(world.director).post(url("document-cancel", document), {"note": " "})
    assert (refused.status_code, fresh(document).status, said(silent)) == (
        403,
        "frozen",
        ["Hãy ghi lý do hủy hoặc thay thế văn bản."],
    )
    sign_in(world.director).post(url("document-cancel", document), {"note": "Nhầm đơn vị"})

    assert fresh(document).status == "cancelled"
    shown = text(sign_in(world.leader).get(url("document-detail", document)))
    assert "Đã hủy" in shown
    assert "Nhầm đơn vị" in shown


# --- the ways -----------------------------------------------------------------------------------------------------------------
def test_the_ways_that_the_campaign_allows_are_offered(world, document, sign_in):
    world.campaign.signing_methods = ["upload", "consent"]
    world.campaign.save()
    client = sign_in(world.leader)

    response = client.get(url("document-sign", document))

    assert [way[1] for way in response.context["ways"]] == [
        reverse("pledge-sign", args=[document.record_id]),
        url("document-sign-upload", document),
    ]
    assert said(client.get(url("document-sign-key", document))) == ["Văn bản này không dùng cách ký đó."]


def test_without_a_seal_consent_is_not_offered(world, document, sign_in, settings):
    settings.PORTAL_SEAL_FILE, settings.PORTAL_SEAL_SELF_MADE = "", False

    response = sign_in(world.leader).get(url("document-sign", document))

    assert [way[0] for way in response.context["ways"]] == ["upload", "key", "token", "scan"]


@pytest.mark.parametrize("person", ["editor", "verifier", "viewer"])
@pytest.mark.parametrize("way", ["", "-consent", "-upload", "-key", "-token", "-scan"])
def test_who_may_not_sign_is_turned_away(person, way, world, document, sign_in):
    client, address = sign_in(getattr(world, person)), url(f"document-sign{way}", document)

    assert client.get(address).status_code == 302
    assert client.post(address).status_code == 403
    assert not Signature.objects.exists()


def test_a_file_signed_outside_is_handed_in(world, document, leaders, sign_in):
    data = signed_outside(current_bytes(document), leaders, "unit", timezone.now())

    response = sign_in(world.leader).post(url("document-sign-upload", document), {"slot": "unit", "file": upload(data)})

    assert (response.status_code, said(response)) == (302, ["Đã ký văn bản."])
    assert signed_fields(document) == ["unit"]


def test_a_refused_file_is_shown_with_its_reasons_and_listed(world, document, sign_in):
    client = sign_in(world.leader)

    response = client.post(
        url("document-sign-upload", document), {"slot": "unit", "file": upload(current_bytes(document))}
    )

    assert response.status_code == 200
    assert outside.NOT_TAKEN in text(response)
    assert "Tệp không có chữ ký số." in text(response)
    assert "Tệp tải lên, chưa được nhận" in text(client.get(document.get_absolute_url()))


def test_a_request_that_is_far_too_large_is_refused_before_it_is_kept(world, document, sign_in, settings, monkeypatch):
    settings.UPLOAD_MAX_BYTES = 1_000_000
    monkeypatch.setattr(
        "django.http.multipartparser.MultiPartParser.parse", lambda parser: pytest.fail("it was parsed")
    )

    response = sign_in(world.leader).post(
        url("document-sign-upload", document), {"slot": "unit", "file": upload(bytes(3_000_000))}
    )

    assert "Tệp nặng 3 MB, quá 1 MB" in said(response)[0]
    assert document.files.count() == 1


def test_a_key_file_signs(world, document, leaders, sign_in):
    key = SimpleUploadedFile("khoa.p12", leaders.p12(P12_PASSWORD))

    response = sign_in(world.leader).post(
        url("document-sign-key", document), {"slot": "unit", "file": key, "secret": P12_PASSWORD}
    )

    assert said(response) == ["Đã ký văn bản."]
    assert Signature.objects.get().method == "key"


def test_a_wrong_password_of_the_key_is_said_and_never_shown_again(world, document, leaders, sign_in):
    key = SimpleUploadedFile("khoa.p12", leaders.p12(P12_PASSWORD))

    response = sign_in(world.leader).post(
        url("document-sign-key", document), {"slot": "unit", "file": key, "secret": "mat-khau-sai-99"}
    )

    assert "Mật khẩu của tệp khóa không đúng" in text(response)
    assert "mat-khau-sai-99" not in text(response)


def test_the_token_of_the_server_asks_for_the_persons_own_password(world, document, leaders, sign_in, monkeypatch):
    monkeypatch.setattr(keys, "configured_token", lambda: keys.Pkcs12Key(leaders.p12(P12_PASSWORD), P12_PASSWORD))
    client, address = sign_in(world.leader), f"{url('document-sign-key', document)}?khoa=may-chu"

    assert "Mật khẩu chưa đúng nên chưa ký. Còn 4 lần thử." in text(
        client.post(address, {"slot": "unit", "password": "sai"})
    )
    client.post(address, {"slot": "unit", "password": f.PASSWORD})

    assert signed_fields(document) == ["unit"]


def test_a_scan_is_sent_and_waits(world, document, sign_in):
    sent = {
        "slot": "unit",
        "name": "Lê Văn Lãnh",
        "capacity": "Bí thư Đảng ủy",
        "signed_on": f"{timezone.localdate():%d/%m/%Y}",
        "file": SimpleUploadedFile("quet.jpg", b"\xff\xd8\xff\xe0" + bytes(40)),
    }

    response = sign_in(world.leader).post(url("document-sign-scan", document), sent)

    assert "sau khi được xác nhận" in said(response)[0]
    shown = text(sign_in(world.verifier).get(document.get_absolute_url()))
    assert "Bản quét của bản giấy, không phải chữ ký số" in shown
    assert "Chữ ký chờ xác nhận" in shown


def test_the_province_confirms_or_refuses_on_the_page(world, document, sign_in):
    test_a_scan_is_sent_and_waits(world, document, sign_in)
    signature, officer = Signature.objects.get(), sign_in(world.verifier)

    assert said(officer.post(url("signature-refuse", signature))) == [
        "Hãy ghi lý do không nhận chữ ký, để bên ký biết phải làm gì."
    ]
    assert sign_in(world.other_leader).post(url("signature-confirm", signature)).status_code == 404
    assert sign_in(world.leader).post(url("signature-confirm", signature)).status_code == 403
    assert said(officer.post(url("signature-confirm", signature)))[-1] == "Đã xác nhận chữ ký."
    assert Signature.objects.get().counts


def test_a_token_signs_in_two_pages(world, document, leaders, sign_in):
    client, address = sign_in(world.leader), url("document-sign-token", document)
    client.post(address, {"slot": "unit", "file": SimpleUploadedFile("cert.pem", leaders.pem_chain)})

    second = client.get(address)
    waiting = prepared_of(PreparedSignature.objects.get())
    assert waiting.digest_hex in text(second)
    assert client.get(url("document-sign-digest", document)).content == waiting.digest
    signature = base64.b64encode(leaders.sign_digest(waiting.digest)).decode()
    response = client.post(address, {"prepared": PreparedSignature.objects.get().pk, "text": signature})

    assert said(response) == ["Đã ký văn bản."]
    assert signed_fields(document) == ["unit"]


def test_a_digest_that_is_overtaken_says_so_on_the_page(world, document, leaders, sign_in):
    client, address = sign_in(world.leader), url("document-sign-token", document)
    client.post(address, {"slot": "unit", "file": SimpleUploadedFile("cert.pem", leaders.pem_chain)})
    sign(world, pledge_of(world), Side.PROVINCE)
    run_jobs()

    assert "Văn bản vừa có thêm chữ ký" in text(client.get(address))


def test_a_local_tool_signs_over_json(world, document, leaders, sign_in):
    client, address = sign_in(world.leader), url("document-sign-token", document)
    asked = {"HTTP_ACCEPT": "application/json"}

    begun = client.post(address, {"slot": "unit", "file": SimpleUploadedFile("c.pem", leaders.pem_chain)}, **asked)
    told = begun.json()
    signature = base64.b64encode(leaders.sign_digest(bytes.fromhex(told["digest_hex"]))).decode()
    wrong = client.post(address, {"prepared": told["prepared"], "text": "AAAA"}, **asked)
    done = client.post(address, {"prepared": told["prepared"], "text": signature}, **asked)

    assert (begun.status_code, told["algorithm"], told["slot"]) == (201, "SHA256withRSA", "unit")
    assert (wrong.status_code, "không khớp" in wrong.json()["error"]) == (409, True)
    assert (done.status_code, done.json()["status"], done.json()["flags"]) == (200, "accepted", [])
    assert client.post(address, {}, **asked).status_code in (302, 403)


def test_the_generic_page_of_consent_sends_to_the_records_own(world, document, sign_in):
    response = sign_in(world.leader).get(url("document-sign-consent", document))

    assert response["Location"] == reverse("pledge-sign", args=[document.record_id])


def test_where_the_record_has_no_page_of_its_own_one_consents_here(world, document, sign_in, monkeypatch):
    monkeypatch.setattr(PledgeDocument, "consent_url", lambda kind, document: "")
    client, address = sign_in(world.leader), url("document-sign-consent", document)
    seen = client.get(address).context["form"].initial["seen"]

    stale = client.post(address, {"slot": "unit", "seen": "0" * 64, "password": f.PASSWORD})
    assert "đã khác bản bạn vừa xem" in text(stale)
    client.post(address, {"slot": "unit", "seen": seen, "password": f.PASSWORD})
    run_jobs()

    assert signed_fields(document) == ["unit"]
    assert files.read(fresh(document).current) == current_bytes(document)


def test_a_file_that_was_not_taken_opens_only_for_who_handed_it_in_and_who_confirms(world, sign_in):
    document = agreed(world).document
    stored = files.store_bytes(b"%PDF-1.7 tep nham", "nham.pdf", kind="application/pdf", actor=world.leader)
    row = document.files.create(
        stored=stored, role="upload", note="Không phải văn bản đã thống nhất", created_by=world.leader
    )
    url = reverse("document-file", args=[document.pk, row.pk])

    def status(name):
        answer = sign_in(getattr(world, name)).get(url)
        for close in answer._resource_closers:  # answer.close() would close the shared connection as well
            close()
        return answer.status_code

    opened = {name: status(name) for name in ("leader", "director", "editor", "viewer")}

    assert opened == {"leader": 200, "director": 200, "editor": 404, "viewer": 404}
    assert "nham.pdf" not in sign_in(world.viewer).get(document.get_absolute_url()).content.decode()
