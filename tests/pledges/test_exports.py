"""Workbooks: what stands where, that text never becomes a formula, that a file is its owner's alone."""

import datetime
import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from campaigns.models import Campaign, Participation
from dvk_portal.core import jobs
from dvk_portal.core.models import Job
from pledges.exports import safe
from pledges.models import ScoreInput
from pledges.services import rollup
from tests.pledges.score_steps import enter, send, sheet_of


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC))


def rows_of(data):
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def download(client, name, world):
    response = client.get(reverse(name, args=[world.campaign.pk]))
    assert response.headers["Content-Disposition"].startswith("attachment;")
    return rows_of(response.content)


@pytest.mark.parametrize("text", ["=1+1", "+84 9", "-5", "@cmd", "\t=1", "\r=1"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert safe(text) == f"'{text}"
    assert safe("Xã An Hòa") == "Xã An Hòa"


def test_names_and_titles_of_an_attacker_stay_text_in_every_workbook(world, sign_in):
    Participation.objects.filter(unit=world.commune).update(name="=HYPERLINK(1)")
    Campaign.objects.update(title="=cmd|' /C calc'!A0")
    rollup.recalculate(world.campaign)
    for name in ("ranking-export", "totals-export"):
        response = sign_in(world.director).get(reverse(name, args=[world.campaign.pk]))
        book = openpyxl.load_workbook(io.BytesIO(response.content))
        assert not [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.data_type == "f"]


def test_the_ranking_has_clusters_score_columns_and_a_closing_line(world, sign_in):
    rollup.recalculate(world.campaign)
    rows = download(sign_in(world.director), "ranking-export", world)

    assert rows[3] == ["Hạng", "Đơn vị", "Tự chấm", "Thẩm định", "Thống nhất", "Xếp loại", "Căn cứ xếp hạng"]
    assert rows[4][0] == "Cụm số 1 (3 đơn vị)"
    assert {row[1] for row in rows[5:8]} == {"Xã An Hòa", "Xã Bình Đức", "Phường Cường Thịnh"}
    assert rows[5][5] == "tạm tính"
    assert rows[-1][1] == "Cộng: 3 đơn vị"


def test_the_totals_have_groups_and_two_headings_per_period(world, sign_in):
    rollup.recalculate(world.campaign)
    rows = download(sign_in(world.viewer), "totals-export", world)

    assert rows[3][3] == "Quý I/2026"
    assert rows[4][3:5] == ["Số liệu", "Đã báo cáo"]
    flow = next(row for row in rows if row[1] == world.flow.name)
    assert flow[3:5] == ["chưa báo cáo", "0/3"]


def test_the_gap_sheet_is_made_by_a_job_for_its_owner_alone(world, sign_in):
    enter(world, "1.2", True)
    send(world)
    enter(world, "1.2", False, "verified", reason="=thiếu kế hoạch")
    rollup.recalculate(world.campaign)
    client = sign_in(world.verifier)
    response = client.post(reverse("score-export-gaps", args=[world.campaign.pk]))
    job = Job.objects.get(kind="export_gaps")
    assert response.url == reverse("job-detail", args=[job.pk])
    jobs.run(job.pk)

    found = client.get(reverse("job-file", args=[job.pk]))
    rows = rows_of(b"".join(found.streaming_content))
    line = next(row for row in rows if row[1] == "Xã An Hòa" and row[2] == "1.2")
    assert line[5:] == [4, 0, 0, 4, "'=thiếu kế hoạch"]
    only_theirs = next(row for row in rows if row[1] == "Xã An Hòa" and row[2] == "2.2")
    assert (only_theirs[5], only_theirs[8]) == (None, None)
    for person in (world.director, world.editor, world.stranger):
        assert sign_in(person).get(reverse("job-file", args=[job.pk])).status_code == 404


def test_units_cannot_ask_for_the_gap_sheet(world, sign_in):
    for person in (world.editor, world.leader, world.stranger, world.admin):
        assert sign_in(person).post(reverse("score-export-gaps", args=[world.campaign.pk])).status_code == 404
    assert not Job.objects.filter(kind="export_gaps").exists()


def test_a_person_who_lost_his_right_gets_no_file(world):
    job = jobs.queue(
        "export_gaps", "x", params={"campaign": world.campaign.pk, "owner": world.editor.pk}, owner=world.editor
    )
    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.file) == ("failed", None)


def test_not_reported_is_an_empty_cell_and_never_zero(world, sign_in):
    assert not ScoreInput.objects.exists()
    rollup.recalculate(world.campaign)
    sheet = sheet_of(world)
    sheet.final_total = None
    sheet.save(update_fields=["final_total"])
    rows = download(sign_in(world.director), "ranking-export", world)

    row = next(row for row in rows if row[1] == "Xã An Hòa")
    assert row[4] is None
    assert Decimal(row[2]) == Decimal(4)
