"""Poppler's ``pdfsig`` and qpdf, which know nothing of our code, see the same integrity and coverage as the report does."""

import re

import pytest

from dvk_portal.core.signatures import pades, trust, verification
from dvk_portal.core.signatures.verdicts import Verdict
from tests.core.signatures import files, papers, pki


def _one():
    return files.signed(files.agreed(), pki.person("Nguyễn Văn A"))


def _two():
    return files.signed(_one(), pki.person("Trần Thị B", algorithm="p-256"), field="ben_b")


def _changed_in_the_first_revision(pdf):
    """Another width of the page, in what both signatures cover."""
    return pdf.replace(b"595.2756", b"595.2757", 1)


def _changed_in_the_second_revision(pdf):
    """Another digit in the file identifier of the last trailer, which only the second signature covers."""
    at = pdf.rindex(b"> ]") - 1
    return pdf[:at] + (b"0" if pdf[at : at + 1] != b"0" else b"1") + pdf[at + 1 :]


FILES = {
    "one signature": _one,
    "two signatures": _two,
    "without timestamp": lambda: files.signed(files.agreed(), pki.person("Nguyễn Văn A"), at=None),
    "validation data behind": lambda: files.with_validation_data(_one(), pki.crl()),
    "saved again and signed": lambda: files.signed(files.saved_again(files.agreed()), pki.person("Nguyễn Văn A")),
    "a byte changed in the first revision": lambda: _changed_in_the_first_revision(_two()),
    "a byte changed in the second revision": lambda: _changed_in_the_second_revision(_two()),
    "bytes after the end": lambda: _one() + b"% more",
    "a page changed afterwards": lambda: files.appended(_one(), files.drawn_over),
}


def _ours(pdf):
    root = trust.Anchor("Gốc thử", pki.root().asn1)
    report = verification.verify(pdf, anchors=trust.Anchors((root,), (root,)), now=files.NOW)
    return report, {check.field: (check.integrity, check.covers_whole_file) for check in report.checks}


def _popplers(path):
    """Field → (signature valid, total document signed), of the fields that are signed."""
    found = {}
    for part in papers.debian("pdfsig", "-nocert", str(path)).split("Signature #")[1:]:
        field = re.search(r"Signature Field Name: (\S+)", part)
        if "Signature Validation:" in part:
            found[field[1]] = ("Signature is Valid" in part, "- Total document signed" in part)
    return found


@pytest.mark.parametrize("name", FILES)
def test_pdfsig_sees_the_same_integrity_and_coverage(name, tmp_path):
    path = tmp_path / "file.pdf"
    path.write_bytes(FILES[name]())

    report, ours = _ours(path.read_bytes())

    assert ours == _popplers(path)
    assert report.checks


@pytest.mark.parametrize("name", FILES)
def test_whatever_pdfsig_calls_broken_we_call_invalid(name, tmp_path):
    path = tmp_path / "file.pdf"
    path.write_bytes(FILES[name]())

    report, _ = _ours(path.read_bytes())

    if not all(valid for valid, _ in _popplers(path).values()):
        assert report.verdict == Verdict.INVALID


def test_what_the_portal_seals_is_sound_for_all_three(tmp_path, settings):
    settings.STATE_DIR = tmp_path
    pdf = pades.seal_consent(
        papers.prepared(), slot="host", stamp=None, name="Nguyễn Văn A", capacity="Chủ tịch", at=files.NOW
    )
    path = tmp_path / "file.pdf"
    path.write_bytes(pdf)

    report = verification.verify(pdf, anchors=trust.anchors_from([], pades.keys.portal_anchor()), now=files.NOW)

    assert (report.verdict, report.checks[0].label) == (
        Verdict.VALID_NO_REVOCATION,
        "Con dấu điện tử của cổng, xác nhận sự đồng ý của Nguyễn Văn A",
    )
    assert _popplers(path) == {"host": (True, True)}
    assert "No syntax or stream encoding errors found" in papers.debian("qpdf", "--check", str(path))


@pytest.mark.parametrize(
    "name", ["one signature", "two signatures", "validation data behind", "saved again and signed"]
)
def test_qpdf_finds_no_fault_in_what_we_call_valid(name, tmp_path):
    path = tmp_path / "file.pdf"
    path.write_bytes(FILES[name]())

    report, _ = _ours(path.read_bytes())

    assert report.verdict.is_good
    assert "No syntax or stream encoding errors found" in papers.debian("qpdf", "--check", str(path))


def test_a_file_cut_in_the_middle_satisfies_neither(tmp_path):
    pdf = _one()
    path = tmp_path / "file.pdf"
    path.write_bytes(pdf[: len(pdf) // 2])

    report, _ = _ours(path.read_bytes())

    assert report.verdict == Verdict.INVALID
    assert "No syntax or stream encoding errors found" not in papers.debian("qpdf", "--check", str(path))
