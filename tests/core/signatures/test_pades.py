"""Signing PDF files: several parties, one file, judged by pyHanko, poppler and qpdf."""

import io
import os
import re
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pypdfium2
import pytest
from asn1crypto import tsp
from django.core import checks as system_checks
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.signatures import checks, keys, pades, stamps, timestamps
from tests.core.signatures import papers, pki

NOW = datetime(2026, 5, 30, 1, 5, 12, tzinfo=UTC)
PASSWORD = "mật khẩu của tôi"


def _key(identity: pki.Identity) -> keys.Pkcs12Key:
    return keys.Pkcs12Key(identity.p12(PASSWORD), PASSWORD)


def _sign(pdf: bytes, slot: str = "host", identity: pki.Identity | None = None, **options) -> bytes:
    identity = identity or pki.person("Nguyễn Văn A")
    settings = {"key": _key(identity), "stamp": None, "reason": "Ký giao ước", "now": NOW, **options}
    return pades.sign(pdf, slot=slot, **settings)


def _judged(pdf: bytes, *, at: datetime = NOW) -> list:
    """What pyHanko says of every signature, trusting the test root and the portal's own."""
    roots = [pki.root().asn1, keys.portal_anchor()]
    return [
        validate_pdf_signature(each, ValidationContext(trust_roots=roots, moment=at, best_signature_time=at))
        for each in PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    ]


def _signature_dictionaries(pdf: bytes) -> dict:
    return {each.field_name: each.sig_object for each in PdfFileReader(io.BytesIO(pdf)).embedded_signatures}


@pytest.fixture(scope="module")
def signed_by_two() -> tuple[bytes, bytes]:
    """The pledge with the host's signature, and then with the unit's as well."""
    host, unit = (
        pki.person("Nguyễn Văn A", organisation="Ban Tuyên giáo và Dân vận"),
        pki.person("Trần Thị B", algorithm="p-256"),
    )
    first = _sign(
        papers.prepared(),
        "host",
        host,
        stamp=stamps.certificate("Nguyễn Văn A", "Trưởng ban", NOW, "CA thử", size=papers.HOST.size),
    )
    later = NOW + timedelta(minutes=5)
    second = _sign(
        first,
        "unit",
        unit,
        now=later,
        stamp=stamps.certificate("Trần Thị B", "Chủ tịch", later, "CA thử", size=papers.UNIT.size),
    )
    return first, second


# --- several parties -------------------------------------------------------------------------------------------------
def test_two_parties_sign_one_after_another_and_both_signatures_hold(signed_by_two):
    host, unit = _judged(signed_by_two[1])

    assert (host.bottom_line, unit.bottom_line) == (True, True)
    assert (host.coverage, unit.coverage) == (
        SignatureCoverageLevel.ENTIRE_REVISION,
        SignatureCoverageLevel.ENTIRE_FILE,
    )
    assert (host.modification_level, unit.modification_level) == (
        ModificationLevel.FORM_FILLING,
        ModificationLevel.NONE,
    )


def test_poppler_agrees_about_both_signatures(signed_by_two, tmp_path):
    path = tmp_path / "giao-uoc.pdf"
    path.write_bytes(signed_by_two[1])

    said = papers.debian("pdfsig", "-nocert", str(path))

    assert re.findall(r"Signature Field Name: (\w+)", said) == ["host", "unit"]
    assert re.findall(r"Common Name: (.+)", said) == ["Nguyễn Văn A", "Trần Thị B"]
    assert re.findall(r"Signature Type: (\S+)", said) == ["ETSI.CAdES.detached"] * 2
    assert re.findall(r"Signing Hash Algorithm: (\S+)", said) == ["SHA-256"] * 2
    assert re.findall(r"Signature Validation: (.+)", said) == ["Signature is Valid."] * 2
    assert re.findall(r"(Total|Not total) document signed", said) == ["Not total", "Total"]


def test_qpdf_finds_no_fault_in_the_signed_file(signed_by_two, tmp_path):
    path = tmp_path / "giao-uoc.pdf"
    path.write_bytes(signed_by_two[1])

    assert "No syntax or stream encoding errors found" in papers.debian("qpdf", "--check", str(path))


def test_a_signature_only_appends(signed_by_two):
    first, second = signed_by_two

    assert first.startswith(papers.prepared())
    assert second.startswith(first)


def test_the_pages_read_the_same_after_signing(signed_by_two):
    def words(pdf):
        return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]

    assert words(papers.plain())[0] == words(signed_by_two[1])[0]
    assert "Hai bên cùng thực hiện" in words(signed_by_two[1])[0]


def test_no_signature_locks_or_certifies_the_document(signed_by_two):
    root = PdfFileReader(io.BytesIO(signed_by_two[1])).root
    dictionaries = _signature_dictionaries(signed_by_two[1])

    assert "/Perms" not in root
    assert ["/Reference" in each for each in dictionaries.values()] == [False, False]
    assert ["/Lock" in field.get_object() for field in root["/AcroForm"]["/Fields"]] == [False, False]


def test_a_change_of_the_pages_after_signing_is_seen(signed_by_two):
    from pyhanko.pdf_utils.content import RawContent
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(signed_by_two[1]))
    RawContent(b"0 0 100 100 re f").add_to_page(writer, 0)
    changed = io.BytesIO()
    writer.write(changed)

    host, unit = _judged(changed.getvalue())

    assert (host.bottom_line, unit.bottom_line) == (False, False)
    assert unit.modification_level is ModificationLevel.OTHER


# --- fields ----------------------------------------------------------------------------------------------------------
def test_every_field_is_made_before_anybody_signs():
    assert pades.slots(papers.plain()) == []
    assert pades.slots(papers.prepared()) == [
        pades.Slot("host", False, 200.0, 80.0),
        pades.Slot("unit", False, 200.0, 80.0),
    ]
    assert [slot.signed for slot in pades.slots(_sign(papers.prepared()))] == [True, False]


def test_empty_fields_keep_the_marks_of_pdf_a():
    before, after = (PdfFileReader(io.BytesIO(pdf)).root for pdf in (papers.plain(), papers.prepared()))
    widgets = [each.get_object() for each in after["/AcroForm"]["/Fields"]]

    assert b"<pdfaid:part>2</pdfaid:part>" in after["/Metadata"].data
    assert after["/Metadata"].data == before["/Metadata"].data
    assert [each.get_object()["/S"] for each in after["/OutputIntents"]] == ["/GTS_PDFA1"]
    assert "/NeedAppearances" not in after["/AcroForm"]
    assert "/XFA" not in after["/AcroForm"]
    assert after["/AcroForm"]["/SigFlags"] == 3
    # ISO 19005-2, 6.3.2 and 6.3.3: printed, not hidden, with exactly one appearance, and no action.
    assert [widget["/F"] & 0b111 for widget in widgets] == [0b100, 0b100]
    assert [list(widget["/AP"]) for widget in widgets] == [["/N"], ["/N"]]
    assert ["/A" in widget or "/AA" in widget for widget in widgets] == [False, False]


def test_the_marks_of_pdf_a_survive_both_signatures(signed_by_two):
    root = PdfFileReader(io.BytesIO(signed_by_two[1])).root

    assert root["/Metadata"].data == PdfFileReader(io.BytesIO(papers.plain())).root["/Metadata"].data
    assert [each.get_object()["/S"] for each in root["/OutputIntents"]] == ["/GTS_PDFA1"]
    assert "/NeedAppearances" not in root["/AcroForm"]


def test_no_field_is_added_to_a_signed_file():
    with pytest.raises(DomainError, match="đã có chữ ký nên không thể thêm ô ký"):
        pades.prepare(_sign(papers.prepared()), [pades.Box("third", 0, 10, 10, 100, 50)])


def test_only_an_existing_field_is_signed():
    with pytest.raises(DomainError, match="không có ô ký “witness”"):
        _sign(papers.prepared(), "witness")
    with pytest.raises(DomainError, match="không có ô ký “host”"):
        _sign(papers.plain(), "host")


def test_a_signed_field_is_not_signed_again():
    with pytest.raises(DomainError, match="Ô ký “host” đã có chữ ký"):
        _sign(_sign(papers.prepared()), "host")


@pytest.mark.parametrize("damaged", [b"", b"%PDF-1.7 nothing else", b"\x00" * 5000], ids=["empty", "header", "zeros"])
def test_a_damaged_file_is_refused_with_a_sentence(damaged):
    with pytest.raises(DomainError, match="Tệp PDF bị hỏng"):
        _sign(damaged)


def test_signing_works_where_an_event_loop_already_runs():
    import asyncio

    async def inside():
        return _sign(papers.prepared())

    assert [each.bottom_line for each in _judged(asyncio.run(inside()))] == [True]


# --- the portal's seal -----------------------------------------------------------------------------------------------
def test_a_seal_names_the_person_the_capacity_and_the_time_but_carries_the_portals_certificate():
    sealed = pades.seal_consent(
        papers.prepared(), slot="unit", stamp=None, name="Trần Thị B", capacity="Chủ tịch UBND xã Mẫu", at=NOW
    )

    [verdict] = _judged(sealed)
    dictionary = _signature_dictionaries(sealed)["unit"]
    assert verdict.bottom_line
    assert keys.subject_name(verdict.signing_cert) == "Con dấu của cổng (tự tạo)"
    assert verdict.signing_cert.public_key.algorithm == "ec"
    assert dictionary["/Name"] == "Trần Thị B"
    assert (
        dictionary["/Reason"] == "Trần Thị B, Chủ tịch UBND xã Mẫu, đồng ý ký trên cổng lúc 08:05:12 30/05/2026 +07:00"
    )
    assert dictionary["/M"] == "D:20260530080512+07'00'"


def test_the_portal_makes_its_seal_once_and_for_itself_alone(settings, tmp_path):
    settings.STATE_DIR = tmp_path

    first, second = keys.portal_anchor(), keys.portal_anchor()

    assert first.dump() == second.dump()
    assert stat.S_IMODE((tmp_path / "portal_seal.p12").stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["portal_seal.p12"]
    with keys.portal_seal().open() as signer:
        assert signer.signing_cert.issuer == first.subject
        assert signer.signing_cert.public_key.bit_size == 256
        assert signer.signing_cert.not_valid_after > datetime.now(UTC) + timedelta(days=5 * 365 - 1)


def test_two_processes_that_start_at_once_get_the_same_seal(tmp_path):
    code = (
        "from dvk_portal.core.signatures import keys; import hashlib;"
        "print(hashlib.sha256(keys.portal_anchor().dump()).hexdigest())"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "dvk_portal.settings.dev",
        "DVK_STATE_DIR": str(tmp_path),
        "PORTAL_SEAL_FILE": "",
    }

    running = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env=environment,
            cwd=Path(__file__).parents[3],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=60)[0].strip() for process in running]

    assert len(answers[0]) == 64
    assert answers == [answers[0]] * 2


def test_the_seal_that_the_installation_names_is_used(settings, tmp_path):
    seal = pki.organisation("Ban Tuyên giáo và Dân vận Tỉnh ủy")
    settings.PORTAL_SEAL_FILE = str(tmp_path / "seal.p12")
    settings.PORTAL_SEAL_PASSWORD = PASSWORD
    Path(settings.PORTAL_SEAL_FILE).write_bytes(seal.p12(PASSWORD))

    sealed = pades.seal_consent(papers.prepared(), slot="unit", stamp=None, name="B", capacity="C", at=NOW)

    assert [keys.subject_name(each.signing_cert) for each in _judged(sealed)] == ["Ban Tuyên giáo và Dân vận Tỉnh ủy"]
    assert keys.portal_anchor().dump() == seal.asn1_chain[-1].dump()
    assert checks.check_seal() == []


def test_a_real_installation_without_a_seal_refuses_and_says_so(settings, tmp_path):
    settings.STATE_DIR = tmp_path
    settings.PORTAL_SEAL_SELF_MADE = False

    with pytest.raises(DomainError, match="Cổng chưa có con dấu"):
        keys.portal_seal()

    assert os.listdir(tmp_path) == []
    assert checks.seal_trouble(NOW) == ""  # a choice, not a fault
    assert [(message.id, message.level) for message in checks.check_seal()] == [("signatures.I001", system_checks.INFO)]


def test_a_seal_that_cannot_be_used_is_an_error_of_the_installation(settings, tmp_path):
    settings.PORTAL_SEAL_FILE = str(tmp_path / "seal.p12")
    settings.PORTAL_SEAL_PASSWORD = "another"

    assert "Không dùng được con dấu của cổng (seal.p12: No such file" in checks.seal_trouble(NOW)

    Path(settings.PORTAL_SEAL_FILE).write_bytes(pki.organisation("Ban").p12(PASSWORD))
    assert "Mật khẩu của tệp khóa không đúng" in checks.seal_trouble(NOW)
    assert [message.id for message in checks.check_seal()] == ["signatures.E001"]

    settings.PORTAL_SEAL_PASSWORD = PASSWORD
    assert "hết hạn ngày 01/01/2045. Hãy xin cấp chứng thư mới" in checks.seal_trouble(
        datetime(2044, 12, 20, tzinfo=UTC)
    )
    assert "đã hết hạn ngày 01/01/2045" in checks.seal_trouble(datetime(2045, 2, 1, tzinfo=UTC))


# --- keys ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("identity", "sentence"),
    [
        (pki.expired, "Chứng thư số của Người Hết Hạn đã hết hạn ngày 01/01/2024"),
        (pki.not_yet_valid, "Chứng thư số của Người Chưa Tới Hạn chưa có hiệu lực .từ 01/01/2044"),
        (pki.weak, "Khóa của Người Khóa Yếu quá yếu .RSA 1024 bit"),
        (lambda: pki.person("Đường Cong Ngắn", algorithm="p-192"), "Khóa của Đường Cong Ngắn quá yếu .EC 192 bit"),
        (pki.wrong_usage, "Chứng thư số của Người Sai Mục Đích không dùng để ký số"),
    ],
    ids=["expired", "not yet valid", "RSA 1024", "EC 192", "encryption only"],
)
def test_a_certificate_that_nobody_would_accept_does_not_sign(identity, sentence):
    with pytest.raises(DomainError, match=sentence):
        _sign(papers.prepared(), identity=identity())


def test_a_wrong_password_is_told_apart_from_a_wrong_file():
    data = pki.person("Nguyễn Văn A").p12(PASSWORD)

    for key, sentence in [
        (keys.Pkcs12Key(data, "sai"), "Mật khẩu của tệp khóa không đúng"),
        (keys.Pkcs12Key(data, ""), "Mật khẩu của tệp khóa không đúng"),
        (keys.Pkcs12Key(b"not a key", PASSWORD), "không phải tệp PKCS#12"),
        (keys.Pkcs12Key(data[:400], PASSWORD), "không phải tệp PKCS#12"),
        (keys.Pkcs12Key(b"", PASSWORD), "không phải tệp PKCS#12"),
        (keys.Pkcs12Key(papers.plain(), PASSWORD), "không phải tệp PKCS#12"),
    ]:
        with pytest.raises(DomainError, match=sentence):
            _sign(papers.prepared(), key=key)


def test_a_key_file_without_its_private_key_is_refused():
    from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12

    person = pki.person("Nguyễn Văn A")
    data = pkcs12.serialize_key_and_certificates(b"x", None, person.certificate, None, NoEncryption())

    with pytest.raises(DomainError, match="không chứa khóa riêng cùng chứng thư"):
        _sign(papers.prepared(), key=keys.Pkcs12Key(data, ""))


def test_neither_password_nor_pin_shows_in_what_is_logged():
    assert PASSWORD not in repr(_key(pki.person("Nguyễn Văn A")))
    assert "123456" not in repr(keys.Pkcs11Key("/m.so", "token", "123456", "key"))


# --- trusted time ----------------------------------------------------------------------------------------------------
class Counting(pki.DummyTimeStamper):
    """The timestamp service of the tests, counting how often it is asked."""

    asked = 0

    def request_tsa_response(self, req):
        self.asked += 1
        return super().request_tsa_response(req)


@pytest.fixture
def service():
    """A timestamp service over HTTP. ``service.spoil`` turns its answer into something else."""
    stamper = pki.timestamper(at=NOW)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.server.seen.append(dict(self.headers))
            query = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            status, kind, body = self.server.spoil(query, stamper)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *args: None  # a client that gave up waiting is part of a test
    server.seen = []
    server.spoil = lambda query, stamper: (
        200,
        "application/timestamp-reply",
        stamper.request_tsa_response(query).dump(),
    )
    server.url = f"http://127.0.0.1:{server.server_port}/tsa"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_timestamp_makes_the_time_trusted_and_is_asked_for_once():
    tsa = pki.tsa()
    stamper = Counting(tsa.asn1, tsa.asn1_key, fixed_dt=NOW, certs_to_embed=tsa.asn1_chain)

    [verdict] = _judged(_sign(papers.prepared(), timestamper=stamper))

    assert stamper.asked == 1
    assert verdict.bottom_line
    assert verdict.timestamp_validity.valid
    assert verdict.timestamp_validity.trusted
    assert verdict.timestamp_validity.timestamp == NOW


def test_without_a_service_a_signature_has_no_trusted_time(settings):
    assert timestamps.timestamper() is None
    assert [each.timestamp_validity for each in _judged(_sign(papers.prepared()))] == [None]


def test_the_configured_service_is_asked_over_http(service, settings):
    settings.TIMESTAMP_URL = service.url
    settings.TIMESTAMP_USERNAME, settings.TIMESTAMP_PASSWORD = "cổng", "mật khẩu"

    [verdict] = _judged(_sign(papers.prepared(), timestamper=timestamps.timestamper()))

    assert verdict.timestamp_validity.timestamp == NOW
    [headers] = service.seen
    assert headers["Content-Type"] == "application/timestamp-query"
    assert headers["Authorization"] == "Basic Y+G7lW5nOm3huq10IGto4bqpdQ=="


def _over_something_else(query, stamper):
    query["message_imprint"]["hashed_message"] = b"x" * 32
    return 200, "application/timestamp-reply", stamper.request_tsa_response(query).dump()


def _to_another_question(query, stamper):
    query["nonce"] = 4711
    return 200, "application/timestamp-reply", stamper.request_tsa_response(query).dump()


def _refused(query, stamper):
    answer = tsp.TimeStampResp({"status": {"status": "rejection", "status_string": ["quota"]}})
    return 200, "application/timestamp-reply", answer.dump()


def _granted_without_token(query, stamper):
    return 200, "application/timestamp-reply", tsp.TimeStampResp({"status": {"status": "granted"}}).dump()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda query, stamper: (503, "text/plain", b"down"),
        lambda query, stamper: (200, "text/html", b"<html>"),
        lambda query, stamper: (200, "application/timestamp-reply", b"nonsense"),
        _over_something_else,
        _to_another_question,
        _refused,
        _granted_without_token,
    ],
    ids=["503", "a web page", "nonsense", "over something else", "to another question", "refused", "no token"],
)
def test_a_timestamp_service_that_answers_wrongly_stops_the_signing(service, spoil):
    service.spoil = spoil

    with pytest.raises(DomainError, match="Dịch vụ cấp dấu thời gian không trả lời"):
        _sign(papers.prepared(), timestamper=timestamps.HttpTimestamper(service.url))


def test_a_timestamp_service_that_is_down_or_silent_stops_the_signing(service):
    release = threading.Event()
    service.spoil = lambda query, stamper: (release.wait(5), (503, "text/plain", b""))[1]

    for stamper in (
        timestamps.HttpTimestamper("http://127.0.0.1:9/"),
        timestamps.HttpTimestamper(service.url, timeout=0.3),
    ):
        with pytest.raises(DomainError, match="Dịch vụ cấp dấu thời gian không trả lời"):
            _sign(papers.prepared(), timestamper=stamper)
    release.set()
