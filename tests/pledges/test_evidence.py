"""Proof of figures: kept, limited, served only to those who see the report, and fixed once sent."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dvk_portal.core.exceptions import DomainError
from pledges.models import Evidence
from pledges.services.evidence import add_evidence, remove_evidence
from tests.pledges.report_steps import report_of, send

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def pdf(name="kế hoạch.pdf"):
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def add(world, report, **given):
    return add_evidence(report, world.flow, **{"actor": world.editor, "uploads": [pdf()], "citation": "", **given})


def test_a_file_and_a_citation_prove_a_figure(world):
    report = report_of(world)
    add(world, report)
    add(world, report, uploads=[], citation="12-KH/ĐU ngày 05/3/2026")

    assert [str(row) for row in Evidence.objects.filter(report=report, indicator=world.flow)] == [
        "kế hoạch.pdf",
        "12-KH/ĐU ngày 05/3/2026",
    ]


def test_nothing_at_all_is_refused(world):
    with pytest.raises(DomainError, match="chọn tệp hoặc ghi trích dẫn"):
        add(world, report_of(world), uploads=[])


def test_a_file_that_is_not_what_it_says_is_refused_and_nothing_is_kept(world):
    fake = SimpleUploadedFile("anh.pdf", b"<html>")

    with pytest.raises(DomainError, match="đuôi tệp"):
        add(world, report_of(world), uploads=[pdf(), fake])

    assert not Evidence.objects.exists()


def test_a_report_takes_only_so_many(world, settings):
    settings.UPLOAD_MAX_PER_RECORD = 1

    with pytest.raises(DomainError, match="tối đa 1"):
        add(world, report_of(world), uploads=[pdf(), pdf("b.pdf")])


def test_what_was_sent_stays(world):
    report = report_of(world)
    (row,) = add(world, report)
    send(world, report)

    with pytest.raises(DomainError, match="đã gửi"):
        remove_evidence(row, actor=world.editor)
    with pytest.raises(DomainError, match="đã gửi"):
        add(world, report)


@pytest.mark.parametrize("who", ["other_editor", "verifier", "stranger"])
def test_nobody_else_adds_or_removes(world, who):
    (row,) = add(world, report_of(world))
    actor = getattr(world, who)

    with pytest.raises(PermissionDenied):
        add(world, report_of(world), actor=actor)
    with pytest.raises(PermissionDenied):
        remove_evidence(row, actor=actor)


@pytest.mark.parametrize(
    ("who", "status"), [("editor", 200), ("verifier", 200), ("viewer", 200), ("other_editor", 404), ("stranger", 404)]
)
def test_the_file_is_served_as_attachment_to_those_who_see_the_report(world, sign_in, who, status):
    (row,) = add(world, report_of(world))

    response = sign_in(getattr(world, who)).get(reverse("evidence-download", args=[row.pk]))

    assert response.status_code == status
    if status == 200:
        assert response["Content-Disposition"].startswith("attachment")
        assert b"".join(response.streaming_content) == PDF


def test_a_file_is_added_through_the_page_and_by_htmx(world, sign_in):
    report = report_of(world)
    client, url = sign_in(world.editor), reverse("evidence-list", args=[report.pk, world.flow.pk])

    assert client.post(url, {"files": pdf(), "citation": ""}).status_code == 302
    part = client.post(url, {"files": pdf("b.pdf"), "citation": ""}, headers={"HX-Request": "true"})

    assert part.status_code == 200
    assert "Minh chứng (2)" in part.content.decode()
    assert "<html" not in part.content.decode()


def test_evidence_is_removed_by_its_unit_before_sending(world, sign_in):
    (row,) = add(world, report_of(world))

    response = sign_in(world.editor).post(reverse("evidence-remove", args=[row.pk]))

    assert response.status_code == 302
    assert not Evidence.objects.exists()
