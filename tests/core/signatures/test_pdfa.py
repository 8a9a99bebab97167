"""Preparing, signing and sealing keep a file PDF/A-2b, as far as ``pdfa.faults`` can tell; and it can tell something."""

import io

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from dvk_portal.core.signatures import keys, pades, stamps
from tests.core.signatures import files, papers, pdfa, pki


def sealed():
    stamp = stamps.consent("Nguyễn Văn A", "Chủ tịch", files.NOW, "ABC-123", size=papers.HOST.size)
    return pades.seal_consent(
        papers.prepared(), slot="host", stamp=stamp, name="Nguyễn Văn A", capacity="Chủ tịch", at=files.NOW
    )


def signed_after_the_seal():
    key = keys.Pkcs12Key(pki.person("Trần Thị B").p12("mật khẩu"), "mật khẩu")
    stamp = stamps.certificate("Trần Thị B", "Bí thư", files.NOW, "Chứng thực thử", size=papers.UNIT.size)
    options = {"key": key, "stamp": stamp, "reason": "Ký giao ước", "now": files.NOW, "timestamper": pki.timestamper()}
    return pades.sign(sealed(), slot="unit", **options)


@pytest.fixture(autouse=True)
def own_seal(settings, tmp_path):
    settings.STATE_DIR = tmp_path


@pytest.mark.parametrize("make", [papers.plain, papers.prepared, sealed, signed_after_the_seal])
def test_what_the_portal_makes_stays_pdf_a(make):
    assert pdfa.faults(make()) == []


def without_metadata(writer):
    del writer.root["/Metadata"]
    writer.update_root()


def without_intent(writer):
    del writer.root["/OutputIntents"]
    writer.update_root()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (without_metadata, "6.6.2 no metadata"),
        (without_intent, "6.2.3 no output intent with a colour profile"),
        (lambda writer: files.annotated(writer, flags=2), "6.3.2 annotation /Stamp may stay unseen (flags 2)"),
        (files.catalogue(OpenAction=files.action("Launch")), "6.5 chứa lệnh mở chương trình khác"),
        (
            files.catalogue(Extra=generic.DictionaryObject({pdf_name("/BM"): pdf_name("/Odd")})),
            "6.2.10 blend mode /Odd",
        ),
    ],
)
def test_each_fault_is_found(change, fault):
    writer = IncrementalPdfFileWriter(io.BytesIO(papers.plain()))
    change(writer)

    assert fault in pdfa.faults(files.written(writer))


def test_a_stamp_in_a_font_that_is_not_embedded_is_found():
    pdf = files.signed(files.agreed(), pki.person("Nguyễn Văn A"), text="abc")

    assert pdfa.faults(pdf) == ["6.2.11 font /Courier is not embedded"]
