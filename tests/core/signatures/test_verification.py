"""What verification says of files that are right, and of each way in which they can be wrong (law.md R-70, T-P1 to T-P5)."""

import http.server
import io
import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from dvk_portal.core.signatures import structure, trust, verification
from dvk_portal.core.signatures.verdicts import Report, Verdict
from tests.core.signatures import files, pki

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def anchors():
    root = trust.Anchor("Gốc thử", pki.root().asn1)
    return trust.Anchors((root,), (root,))


@pytest.fixture(scope="module")
def leader():
    return pki.person("Nguyễn Văn A")


@pytest.fixture(scope="module")
def signed(leader):
    return files.signed(files.agreed(), leader)


@pytest.fixture
def verify(anchors):
    def run(pdf, **options):
        return verification.verify(pdf, **{"anchors": anchors, "now": files.NOW} | options)

    return run


def fresh_lists(revoked=None, *, on=LONG_AGO):
    """Revocation lists of both authorities."""
    until = files.NOW + timedelta(days=365)
    return [
        pki.crl(revoked, this_update=on, next_update=until),
        pki.crl(issuer=pki.root(), this_update=on, next_update=until),
    ]


# --- the good cases ---------------------------------------------------------------------------------------------------


def test_a_signature_with_timestamp_and_revocation_lists_is_valid_and_says_who_signed_when(verify, signed):
    report = verify(signed, crls=fresh_lists())

    (check,) = report.checks
    assert report.verdict == Verdict.VALID
    assert (check.signer, check.organisation, check.issuer) == (
        "Nguyễn Văn A",
        "UBND xã Mẫu",
        "Chứng thực cấp dưới thử",
    )
    assert (check.trusted_time, check.time_source) == (files.SIGNED_AT, "dấu thời gian của Dịch vụ dấu thời gian thử")
    assert check.chain == ("Nguyễn Văn A", "Chứng thực cấp dưới thử", "Gốc chứng thực thử")
    assert (check.anchor, check.algorithm, check.key_size) == ("Gốc thử", "RSA 2048 bit, SHA256", 2048)
    assert check.revocation == "chưa bị thu hồi tính đến 07:00:00 01/01/2026 +07:00"
    assert (check.integrity, check.covers_whole_file, check.covers_whole_revision) == (True, True, True)
    assert check.changes_since == "không có thay đổi nào sau chữ ký này"


def test_T_P2_two_parties_sign_one_after_another_and_both_are_valid(verify, signed):
    both = files.signed(signed, pki.person("Trần Thị B", organisation="Tỉnh ủy"), field="ben_b")

    report = verify(both, crls=fresh_lists())

    assert report.verdict == Verdict.VALID
    assert [check.signer for check in report.checks] == ["Nguyễn Văn A", "Trần Thị B"]
    assert [check.changes_since for check in report.checks] == [
        "sau chữ ký này chỉ có thêm 1 chữ ký khác",
        "không có thay đổi nào sau chữ ký này",
    ]


def test_without_revocation_data_it_is_never_called_not_revoked(verify, signed):
    report = verify(signed)

    assert report.verdict == Verdict.VALID_NO_REVOCATION
    assert report.checks[0].revocation == "chưa kiểm tra thu hồi"
    assert "chưa bị thu hồi" not in " ".join(report.sentences())


def test_the_older_container_and_elliptic_keys_are_accepted(verify):
    person = pki.person("Người Dùng Elliptic", algorithm="p-256")

    report = verify(files.signed(files.agreed(), person, subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED))

    assert report.verdict == Verdict.VALID_NO_REVOCATION
    assert (report.checks[0].subfilter, report.checks[0].algorithm) == ("adbe.pkcs7.detached", "ECDSA 256 bit, SHA256")


def test_validation_data_may_follow_the_last_signature_and_is_used(verify, signed):
    report = verify(files.with_validation_data(signed, *fresh_lists()))

    assert report.verdict == Verdict.VALID
    assert report.checks[0].changes_since == "sau chữ ký này chỉ bổ sung dữ liệu để kiểm tra chữ ký"


def test_a_later_document_timestamp_dates_a_signature_without_one(verify, leader):
    plain = files.signed(files.agreed(), leader, at=None)

    report = verify(files.with_document_timestamp(plain, files.SIGNED_AT), crls=fresh_lists())

    assert [check.kind for check in report.checks] == ["signature", "timestamp"]
    assert report.verdict == Verdict.VALID
    assert report.signatures[0].trusted_time == files.SIGNED_AT


def test_the_seal_of_the_portal_says_whose_consent_it_stands_for(leader):
    own = pki.authority("Gốc của cổng")
    anchors = trust.Anchors(portal=trust.Anchor("Cổng", own.asn1))
    pdf = files.signed(files.agreed(), own, at=None, name="Lê Thị C")

    (check,) = verification.verify(pdf, anchors=anchors, now=files.NOW).checks

    assert check.label == "Con dấu điện tử của cổng, xác nhận sự đồng ý của Lê Thị C"


def test_the_report_survives_json_unchanged(verify, signed):
    report = verify(signed, crls=fresh_lists())

    again = Report.from_json(json.loads(json.dumps(report.as_json())))

    assert again == report


# --- changed files ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(files.drawn_over, id="drawn over a page"),
        pytest.param(files.annotated, id="annotation over the text"),
        pytest.param(files.catalogue(OpenAction=files.action("URI")), id="an action in the catalogue"),
    ],
)
def test_T_P1_a_page_changed_by_incremental_update_is_invalid_because_changed_after_signing(verify, signed, change):
    report = verify(files.appended(signed, change))

    assert report.verdict == Verdict.INVALID
    assert report.checks[0].reasons[0].startswith("nội dung bị sửa sau khi ký")
    assert report.checks[0].changes_since == "nội dung bị sửa sau khi ký"


def test_T_P1_a_change_hidden_under_a_second_signature_invalidates_the_first(verify, signed):
    changed = files.appended(signed, files.drawn_over)

    report = verify(files.signed(changed, pki.person("Trần Thị B"), field="ben_b"))

    assert [check.verdict for check in report.checks] == [Verdict.INVALID, Verdict.VALID_NO_REVOCATION]
    assert report.checks[0].reasons[0].startswith("nội dung bị sửa sau khi ký")


def test_T_P1_bytes_changed_inside_what_was_signed_are_invalid(verify, signed):
    at = signed.index(b"/MediaBox")

    report = verify(signed[: at + 1] + b"m" + signed[at + 2 :])

    assert report.verdict == Verdict.INVALID


@pytest.mark.parametrize("tail", [b"\n", b"PK\x03\x04 another file", b"\n% note\n%%EOF\n"])
def test_bytes_after_the_last_signature_are_invalid_however_harmless(verify, signed, tail):
    assert verify(signed + tail).verdict == Verdict.INVALID


def test_bytes_after_the_validation_data_are_invalid_too(verify, signed):
    complete = files.with_validation_data(signed, *fresh_lists())

    assert verify(complete + b"%more").verdict == Verdict.INVALID


def test_an_update_without_signature_after_the_last_signature_is_invalid(verify, signed):
    def retitle(writer):
        writer.set_info(generic.DictionaryObject({pdf_name("/Title"): generic.TextStringObject("Khác")}))

    report = verify(files.appended(signed, retitle))

    assert report.verdict == Verdict.INVALID
    assert "mà không chữ ký nào bao phủ" in report.checks[0].reasons[0]


def test_a_signature_that_locked_the_document_is_broken_by_the_next_one(verify, leader):
    locked = files.signed(files.agreed(), leader, certify=True, docmdp_permissions=MDPPerm.NO_CHANGES)

    report = verify(files.signed(locked, pki.person("Trần Thị B"), field="ben_b"))

    assert report.checks[0].verdict == Verdict.INVALID


def test_a_byte_range_with_any_other_hole_than_the_signature_covers_nothing(signed):
    embedded = PdfFileReader(io.BytesIO(signed)).embedded_signatures[0]
    _, first, second, length = embedded.byte_range

    found = []
    for numbers in ([0, first - 1, second, length], [0, first, second + 1, length - 1], [1, first - 1, second, length]):
        embedded.byte_range = numbers
        found.append(structure.coverage(signed, embedded).sound)

    assert found == [False, False, False]


# --- files that are none ----------------------------------------------------------------------------------------------


def test_a_file_without_signature_is_unknown_and_says_so(verify):
    report = verify(files.agreed())

    assert (report.verdict, report.findings) == (Verdict.UNKNOWN, ("Tệp không có chữ ký số.",))


def test_a_document_timestamp_alone_is_no_signature(verify):
    report = verify(files.with_document_timestamp(files.agreed(), files.SIGNED_AT))

    assert (report.verdict, report.findings) == (Verdict.UNKNOWN, ("Tệp không có chữ ký số.",))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda pdf: pdf[: len(pdf) // 2], "bị cắt cụt"),
        (lambda pdf: b"", "không phải PDF"),
        (lambda pdf: b"MZ" + pdf, "không phải PDF"),
        (lambda pdf: b"%PDF-1.7\n", "bị hỏng"),
        (files.encrypted, "mật khẩu"),
    ],
)
def test_a_file_that_cannot_be_read_gives_a_sentence_and_no_crash(verify, signed, spoil, says):
    report = verify(spoil(signed))

    assert report.verdict == Verdict.INVALID
    assert says in report.findings[0]


def test_a_signature_of_an_unsupported_kind_is_unknown(verify, signed):
    report = verify(signed.replace(b"/ETSI.CAdES.detached", b"/adbe.x509.rsa_sha1 ", 1))

    assert (report.verdict, report.checks[0].integrity) == (Verdict.UNKNOWN, False)
    assert "adbe.x509.rsa_sha1" in report.checks[0].reasons[0]


def test_what_a_file_would_do_when_opened_is_named(verify, leader):
    script = files.catalogue(OpenAction=files.action("JavaScript", JS=generic.TextStringObject("app.alert(1)")))

    report = verify(files.signed(files.appended(files.agreed(), script), leader))

    assert report.findings == ("Tệp chứa lệnh tự chạy khi mở.", "Tệp chứa mã lệnh JavaScript.")


# --- certificates -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{"unknown": True}, {"self_signed": True}])
def test_a_certificate_of_an_unknown_authority_is_unknown(verify, options):
    report = verify(files.signed(files.agreed(), pki.person("Nguyễn Văn A", **options)))

    assert report.verdict == Verdict.UNKNOWN
    assert report.checks[0].reasons[0].startswith("Chứng thư không thuộc tổ chức chứng thực được tin cậy")
    assert report.checks[0].anchor == ""


@pytest.mark.parametrize(
    ("person", "digest", "says"),
    [
        (pki.weak, "sha256", "Khóa ký quá yếu"),
        (lambda: pki.person("Người Đường Cong Ngắn", algorithm="p-192"), "sha256", "Khóa ký quá yếu"),
        (pki.wrong_usage, "sha256", "không được cấp để ký văn bản"),
        (lambda: pki.person("Nguyễn Văn A"), "sha1", "không còn an toàn"),
        (lambda: pki.person("Chứng Thư Cũ", sha1=True), "sha256", "không còn an toàn"),
        (pki.tsa, "sha256", "không được cấp để ký văn bản"),
    ],
)
def test_weak_keys_old_algorithms_and_other_purposes_are_invalid(verify, person, digest, says):
    report = verify(files.signed(files.agreed(), person(), digest=digest))

    assert report.verdict == Verdict.INVALID
    assert says in report.checks[0].reasons[0]


def test_an_anchor_counts_only_on_the_days_for_which_it_is_configured(signed):
    root = trust.Anchor("Gốc thử", pki.root().asn1, valid_from=files.SIGNED_AT.date() + timedelta(days=1))
    timestamps = trust.Anchor("Gốc thử", pki.root().asn1)

    report = verification.verify(signed, anchors=trust.Anchors((root,), (timestamps,)), now=files.NOW)

    assert report.verdict == Verdict.UNKNOWN


# --- time -------------------------------------------------------------------------------------------------------------


def expired_yesterday(name):
    return pki.person(name, **pki.lifetime(365, until=files.NOW - timedelta(hours=1)))


def test_T_P3_a_certificate_expired_today_but_valid_at_a_trusted_time_of_signing_is_valid(verify):
    pdf = files.signed(files.agreed(), expired_yesterday("Người Ký Kịp"), at=files.SIGNED_AT)

    report = verify(files.with_validation_data(pdf, *fresh_lists()))

    assert report.verdict == Verdict.VALID


def test_with_only_a_claimed_time_an_expired_certificate_cannot_be_judged(verify):
    report = verify(files.signed(files.agreed(), expired_yesterday("Người Ký Kịp"), at=None))

    (check,) = report.checks
    assert (report.verdict, check.trusted_time, check.time_source) == (Verdict.UNKNOWN, None, "giờ do máy ký tự khai")
    assert check.anchor == "Gốc thử"
    assert "không xác định được lúc ký chứng thư còn hạn hay không" in check.reasons[0]


def test_a_certificate_expired_at_the_trusted_time_is_invalid(verify):
    report = verify(files.signed(files.agreed(), pki.expired()))

    assert report.verdict == Verdict.INVALID
    assert "đã hết hạn ngày 01/01/2024, trước lúc ký" in report.checks[0].reasons[0]


@pytest.mark.parametrize("at", [files.SIGNED_AT, None])
def test_a_certificate_not_yet_in_force_is_invalid(verify, at):
    assert verify(files.signed(files.agreed(), pki.not_yet_valid(), at=at)).verdict == Verdict.INVALID


@pytest.mark.parametrize("claimed", [datetime(2019, 1, 1, tzinfo=UTC), files.NOW + timedelta(days=2)])
def test_a_claimed_time_that_cannot_be_true_is_not_believed(verify, leader, claimed):
    report = verify(files.signed(files.agreed(), leader, at=None, claimed=claimed))

    assert report.verdict == Verdict.UNKNOWN
    assert "không thể đúng" in report.checks[0].reasons[0]


def test_a_timestamp_of_an_unknown_service_counts_as_no_timestamp(verify, leader):
    report = verify(files.signed(files.agreed(), leader, tsa=pki.unknown_tsa()))

    (check,) = report.checks
    assert (check.trusted_time, check.time_source) == (None, "giờ do máy ký tự khai")
    assert any("Dấu thời gian lạ không thuộc tổ chức được tin cậy" in reason for reason in check.reasons)


@pytest.mark.parametrize(("ahead", "trusted"), [(timedelta(seconds=5), True), (timedelta(hours=2), False)])
def test_the_clock_of_the_timestamp_service_may_run_a_little_ahead_of_ours(verify, leader, ahead, trusted):
    report = verify(files.signed(files.agreed(), leader, at=files.NOW + ahead))

    assert (report.checks[0].trusted_time is not None) == trusted


def test_a_timestamp_of_a_revoked_service_counts_as_no_timestamp(verify, signed):
    report = verify(signed, crls=fresh_lists({pki.tsa(): LONG_AGO}))

    assert report.checks[0].trusted_time is None


# --- revocation -------------------------------------------------------------------------------------------------------


def test_T_P5_a_certificate_revoked_before_signing_is_invalid(verify, signed, leader):
    report = verify(signed, crls=fresh_lists({leader: files.SIGNED_AT - timedelta(days=3)}))

    assert report.verdict == Verdict.INVALID
    assert report.checks[0].revocation == "đã bị thu hồi ngày 26/05/2026"
    assert "đã bị thu hồi ngày 26/05/2026, trước khi ký" in report.checks[0].reasons[0]


def test_T_P5_a_list_issued_later_still_tells_of_a_revocation_before_signing(verify, signed, leader):
    report = verify(signed, crls=fresh_lists({leader: files.SIGNED_AT - timedelta(days=3)}, on=files.NOW))

    assert report.verdict == Verdict.INVALID


def test_a_revocation_after_a_trusted_time_of_signing_leaves_the_signature_valid(verify, signed, leader):
    report = verify(signed, crls=fresh_lists({leader: files.SIGNED_AT + timedelta(hours=3)}, on=files.NOW))

    assert report.verdict == Verdict.VALID
    assert report.checks[0].revocation == "chưa bị thu hồi tính đến 09:00:00 29/05/2026 +07:00"


@pytest.mark.parametrize(
    ("revoked", "verdict"),
    [
        (files.SIGNED_AT - timedelta(hours=3), Verdict.INVALID),
        (files.SIGNED_AT + timedelta(hours=3), Verdict.UNKNOWN),
    ],
)
def test_with_only_a_claimed_time_a_revocation_after_it_cannot_be_judged(verify, leader, revoked, verdict):
    report = verify(files.signed(files.agreed(), leader, at=None), crls=fresh_lists({leader: revoked}))

    assert report.verdict == verdict


def test_a_revoked_authority_invalidates_what_it_issued(verify, signed):
    lists = [pki.crl(), pki.crl({pki.intermediate(): LONG_AGO}, issuer=pki.root())]

    assert verify(signed, crls=lists).verdict == Verdict.INVALID


@pytest.mark.parametrize(
    "leaf_list",
    [
        pytest.param(lambda: pki.crl(next_update=LONG_AGO), id="stale"),
        pytest.param(lambda: pki.crl(issuer=pki.unknown_root()), id="of another authority"),
        pytest.param(lambda: pki.crl()[:-3] + b"abc", id="signature broken"),
        pytest.param(lambda: b"junk", id="junk"),
    ],
)
def test_a_list_that_proves_nothing_is_not_taken_for_a_proof(verify, signed, leaf_list):
    report = verify(signed, crls=[leaf_list(), fresh_lists()[1]])

    assert report.verdict == Verdict.VALID_NO_REVOCATION
    assert report.checks[0].revocation == "chưa kiểm tra thu hồi"


def test_a_list_issued_after_expiry_proves_nothing_by_silence(verify):
    pdf = files.signed(files.agreed(), expired_yesterday("Người Ký Kịp"))

    report = verify(pdf, crls=fresh_lists(on=files.NOW))

    assert (report.verdict, report.checks[0].revocation) == (Verdict.VALID_NO_REVOCATION, "chưa kiểm tra thu hồi")


def test_revocation_data_inside_the_signature_are_used_too(verify, leader, anchors):
    options = {"subfilter": SigSeedSubFilter.ADOBE_PKCS7_DETACHED, "lists": fresh_lists()}

    report = verify(files.signed(files.agreed(), leader, **options))

    assert report.verdict == Verdict.VALID


def answer(person, *, revoked_at=None, signed_by=None):
    """An OCSP response of the issuing authority about ``person``."""
    issuer = signed_by or pki.intermediate()
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=person.certificate,
        issuer=pki.intermediate().certificate,
        algorithm=hashes.SHA1(),
        cert_status=ocsp.OCSPCertStatus.REVOKED if revoked_at else ocsp.OCSPCertStatus.GOOD,
        this_update=files.SIGNED_AT,
        next_update=files.NOW + timedelta(days=1),
        revocation_time=revoked_at,
        revocation_reason=x509.ReasonFlags.superseded if revoked_at else None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, issuer.certificate)
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def test_an_answer_of_the_authority_is_as_good_as_its_list(verify, signed, leader):
    report = verify(signed, ocsps=[answer(leader)], crls=fresh_lists()[1:])

    assert report.verdict == Verdict.VALID
    assert report.checks[0].revocation == "chưa bị thu hồi tính đến 09:00:00 29/05/2026 +07:00"


def test_T_P5_one_source_that_says_revoked_outweighs_another_that_says_good(verify, signed, leader):
    report = verify(signed, ocsps=[answer(leader, revoked_at=LONG_AGO)], crls=fresh_lists())

    assert report.verdict == Verdict.INVALID


def test_an_answer_signed_by_somebody_else_is_no_answer(verify, signed, leader):
    report = verify(signed, ocsps=[answer(leader, signed_by=pki.unknown_root())])

    assert report.checks[0].revocation == "chưa kiểm tra thu hồi"


def test_lists_are_fetched_only_when_asked_for(verify):
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(fresh_lists()[0])

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        person = pki.person("Người Có Địa Chỉ", crl_url=f"http://127.0.0.1:{server.server_port}/list.crl")
        pdf = files.signed(files.agreed(), person)

        silent = verify(pdf)
        nothing_asked = list(asked)
        fetched = verify(pdf, allow_fetching=True)
        server.shutdown()

    assert (nothing_asked, set(asked)) == ([], {"/list.crl"})
    assert silent.checks[0].revocation == "chưa kiểm tra thu hồi"
    assert fetched.checks[0].revocation.startswith("chưa bị thu hồi tính đến")


# --- any bytes --------------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_flipped_bit_in_what_was_signed_leaves_a_signature_good(verify, signed, place, bit):
    first, second = files.signature_hole(signed)
    covered = [*range(first + 1), *range(second - 1, len(signed))]
    at = covered[int(place * len(covered))]
    changed = bytearray(signed)
    changed[at] ^= 1 << bit

    report = verify(bytes(changed))

    assert not report.verdict.is_good
    assert not any(check.integrity for check in report.checks)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_inside_the_signature_never_makes_it_say_something_else(verify, signed, place, bit):
    first, second = files.signature_hole(signed)
    end = first + len(signed[first : second - 1].rstrip(b"0"))
    changed = bytearray(signed)
    changed[first + int(place * (end - first))] ^= 1 << bit

    report = verify(bytes(changed))

    if report.verdict.is_good:
        before, after = verify(signed).checks[0], report.checks[0]
        said = ("signer", "organisation", "serial", "issuer", "claimed_time", "integrity", "covers_whole_file")
        assert [getattr(after, name) for name in said] == [getattr(before, name) for name in said]
        assert after.trusted_time in (before.trusted_time, None)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    junk=st.binary(max_size=300), start=st.sampled_from([b"", b"%PDF-1.7\n"]), cut=st.floats(0, 1), keep=st.booleans()
)
def test_random_bytes_and_files_cut_anywhere_never_crash(verify, signed, junk, start, cut, keep):
    data = signed[: int(cut * len(signed))] + junk if keep else start + junk

    assert verify(data).verdict in (Verdict.INVALID, Verdict.UNKNOWN) or data == signed


def test_a_certificate_with_a_broken_body_is_a_sentence_and_no_crash(verify, signed, leader):
    first, second = files.signature_hole(signed)
    container = signed[first:second].lower()
    country = asn1_x509.PrintableString("VN").dump().hex().encode()
    spoiled = container.replace(country, b"02ff" + country[4:])

    report = verify(signed[:first] + spoiled + signed[second:])

    assert spoiled != container
    assert report.verdict == Verdict.INVALID
