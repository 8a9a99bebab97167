"""All pledges of a campaign in one file, with an index that says what is missing."""

import io
import zipfile

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied

from dvk_portal.core import jobs
from dvk_portal.core.models import Job
from pledges.services.bundles import INDEX_NAME, ask_for_bundle
from tests.pledges.pledge_steps import agreed, signed


def bundle(world, actor):
    job = ask_for_bundle(world.campaign, actor=actor)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.message
    with job.file.file.open("rb") as content:
        return job, zipfile.ZipFile(io.BytesIO(content.read()))


def index_of(archive):
    sheet = openpyxl.load_workbook(io.BytesIO(archive.read(INDEX_NAME)), read_only=True).active
    return list(sheet.iter_rows(min_row=4, values_only=True))


def test_the_bundle_holds_every_document_and_an_index_of_all_units(world):
    document = signed(world).document
    other = agreed(world, world.other_commune, world.other_editor, world.other_leader).document

    job, archive = bundle(world, world.verifier)

    assert archive.namelist() == ["002-xa-an-hoa.pdf", "003-xa-binh-duc.pdf", INDEX_NAME]
    with document.current.file.open("rb") as content:
        assert archive.read("002-xa-an-hoa.pdf") == content.read()
    rows = index_of(archive)
    assert [row[1] for row in rows] == ["Phường Cường Thịnh", "Xã An Hòa", "Xã Bình Đức"]
    assert [row[5] for row in rows] == [0, 2, 0]
    assert [row[4] for row in rows] == [None, document.code, other.code]
    assert rows[0][8] == "Chưa thống nhất nên chưa có văn bản."
    assert job.message == "Đã gom 2 văn bản của 3 đơn vị, kèm mục lục."


def test_a_file_that_is_damaged_in_the_storage_is_named_and_not_passed_on(world):
    document = agreed(world).document
    with document.current.file.storage.open(document.current.file.name, "wb") as content:
        content.write(b"%PDF-1.7 khac")

    _, archive = bundle(world, world.verifier)

    assert archive.namelist() == [INDEX_NAME]
    assert index_of(archive)[1][6] is None
    assert "không còn đúng như lúc lưu" in index_of(archive)[1][8]


@pytest.mark.parametrize("person", ["editor", "leader", "viewer", "admin", "stranger"])
def test_only_who_reviews_pledges_asks_for_the_bundle(person, world):
    with pytest.raises(PermissionDenied):
        ask_for_bundle(world.campaign, actor=getattr(world, person))
    assert not Job.objects.filter(kind="pledges.bundle").exists()


def test_nobody_else_gets_the_file(client, world):
    agreed(world)
    job, _ = bundle(world, world.verifier)
    client.force_login(world.director)

    assert client.get(f"/tac-vu/{job.pk}/tep/").status_code == 404
