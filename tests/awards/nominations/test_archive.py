"""The ZIP of dossiers (R-31): index, files, Word, and a manifest whose hashes are those of the bytes."""

import hashlib
import io
import json
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from awards.documents.nominations import NominationListDocument
from awards.models import NominationSet
from awards.services.nominations.archive import archive_of, ask_for_archive, check_manifest, plain_name
from awards.services.nominations.papers import make_paper
from dvk_portal.core import files, jobs
from dvk_portal.core.models import AuditEntry, Job
from tests.awards.nominations.conftest import pdf
from tests.factories import awards as af


def opened(data):
    return zipfile.ZipFile(io.BytesIO(data))


def test_one_dossier_carries_its_files_its_list_in_word_and_a_manifest(sent, province):
    make_paper(NominationListDocument(), NominationSet.objects.get(), actor=province.editor)

    name, data = archive_of(sent, actor=province.leader)

    archive = opened(data)
    assert name == "ho-so-tran-thi-khen-thu-bk.zip"
    assert archive.namelist() == [
        "01-bao-cao-thanh-tich.pdf",
        "word/danh-sach-de-nghi-khen-thuong-xa-an-hoa.docx",
        "muc-luc.csv",
        "muc-luc.html",
        "manifest.json",
    ]
    assert check_manifest(archive) == []
    assert AuditEntry.objects.filter(action="archive", actor=province.leader).count() == 1


def test_every_hash_of_the_manifest_is_that_of_the_bytes(sent, province):
    archive = opened(archive_of(sent, actor=province.verifier)[1])
    listed = json.loads(archive.read("manifest.json"))

    assert listed["format"] == "dvk-dossier/1"
    assert {row["name"]: row["sha256"] for row in listed["files"]} == {
        name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist() if name != "manifest.json"
    }


def test_a_changed_a_missing_and_an_added_file_are_told(sent, province):
    archive = opened(archive_of(sent, actor=province.leader)[1])
    bent = io.BytesIO()
    with zipfile.ZipFile(bent, "w") as target:
        for name in archive.namelist():
            if name != "muc-luc.html":
                target.writestr(name, b"khac" if name.endswith(".pdf") else archive.read(name))
        target.writestr("la.txt", b"la")

    assert check_manifest(zipfile.ZipFile(bent)) == [
        "Thiếu tệp muc-luc.html.",
        "Tệp la.txt không có trong danh mục.",
        "Tệp 01-bao-cao-thanh-tich.pdf đã bị thay đổi.",
    ]


def test_a_stranger_takes_nothing_away(sent, province):
    for person in (province.other_leader, province.stranger, province.member):
        with pytest.raises(PermissionDenied):
            archive_of(sent, actor=person)
    for person in (province.leader, province.viewer, province.clerk):
        with pytest.raises(PermissionDenied):
            ask_for_archive(sent.cycle, None, actor=person)


def test_a_whole_cycle_has_a_folder_per_dossier_and_leaves_drafts_out(sent, province, cycle, award):
    other = af.NominationFactory(cycle=cycle, award_type=award, recipient__unit=province.other_commune, submitted=True)
    af.NominationFactory(cycle=cycle, award_type=award, recipient__unit=province.other_commune)

    job = ask_for_archive(cycle, award, actor=province.verifier)
    jobs.run(job.pk)

    job = Job.objects.get(pk=job.pk)
    archive = opened(files.read(job.file))
    assert (job.state, job.message) == ("done", "Đã gom 2 hồ sơ, kèm mục lục và danh mục mã kiểm tra.")
    assert archive.namelist()[0] == "0001-tran-thi-khen/01-bao-cao-thanh-tich.pdf"
    assert check_manifest(archive) == []
    index = archive.read("muc-luc.csv").decode("utf-8-sig")
    assert other.name in index
    assert len(index.splitlines()) == 3


def test_the_index_takes_no_name_for_a_formula(sent, province):
    type(sent).objects.filter(pk=sent.pk).update(name="=HYPERLINK(1)<b>")
    sent.refresh_from_db()

    archive = opened(archive_of(sent, actor=province.leader)[1])

    assert "'=HYPERLINK(1)<b>" in archive.read("muc-luc.csv").decode("utf-8-sig")
    assert "=HYPERLINK(1)&lt;b&gt;" in archive.read("muc-luc.html").decode()


def test_the_button_hands_out_the_file(sent, province, sign_in):
    answer = sign_in(province.leader).post(reverse("nomination-archive", args=[sent.pk]))

    assert answer["Content-Disposition"] == 'attachment; filename="ho-so-tran-thi-khen-thu-bk.zip"'
    assert check_manifest(opened(b"".join(answer.streaming_content))) == []


@given(st.text(max_size=120), st.sampled_from(["pdf", "docx", ""]))
def test_a_name_is_short_plain_and_never_empty(text, extension):
    name = plain_name(text, extension)

    assert 0 < len(name) <= 50
    assert name == name.encode("ascii").decode().lower()
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")


def test_twins_get_names_of_their_own(ready, province):
    from awards.services.nominations.dossier import add_file

    for _ in range(2):
        add_file(ready, pdf(), actor=province.editor, item_code="bao-cao", title="Báo cáo " * 20)

    names = opened(archive_of(ready, actor=province.editor)[1]).namelist()
    assert len(set(names)) == len(names)
    assert max(len(name) for name in names) <= 50
