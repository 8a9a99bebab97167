"""Printing: only awards that stand, of a decision in force, by who hands over; every print noted, previews marked and not."""

import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from awards.models import Decision
from awards.services.aftermath.printing import (
    BY_CEREMONY,
    BY_UNIT,
    PRINTED,
    in_print_order,
    layouts_for,
    print_awards,
    print_decision,
    printable_awards,
    prints_of,
)
from dvk_portal.core import files, jobs
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Job
from tests.awards.aftermath.print_steps import awarded, decided
from tests.factories import awards as af

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision(province):
    return decided(province)


@pytest.fixture
def layout():
    return af.standard_layout("nha-nuoc-400x300")


@pytest.fixture
def award(province, decision):
    return awarded(decision, province.commune, "Trần Thị Ngoan")


def texts(pdf):
    return [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]


def content(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


# --- which awards -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", [status for status in Decision.Status if status not in Decision.IN_FORCE])
def test_an_award_of_a_decision_not_in_force_is_never_printed(status, province, decision, award):
    decision.status, decision.ended_at, decision.end_note = status, timezone.now(), "Thử"
    decision.save()

    assert list(printable_awards(province.clerk)) == []


def test_a_cancelled_award_is_never_printed(province, decision):
    awarded(decision, province.commune, "Lê Văn Hủy", revoked=True)

    assert list(printable_awards(province.clerk)) == []


def test_an_award_from_before_the_portal_is_not_printed(province):
    af.AwardFactory(unit=province.commune, recipient__unit=province.commune)

    assert list(printable_awards(province.clerk)) == []


def test_an_award_cancelled_while_its_page_was_set_is_not_handed_over(province, award, layout):
    stale = list(printable_awards(province.clerk))
    type(award).objects.filter(pk=award.pk).update(
        status="revoked", ended_at=timezone.now(), end_note="Khai man", end_decision_no="3", end_decided_on="2026-11-10"
    )

    with pytest.raises(DomainError, match="vừa bị hủy"):
        print_awards(stale, layout, actor=province.clerk)
    assert AuditEntry.objects.filter(action=PRINTED).count() == 0


# --- what is printed ------------------------------------------------------------------------------------------------------
def test_a_print_holds_each_award_once_and_leaves_a_line_on_each(province, decision, award, layout):
    other = awarded(decision, province.other_commune, "Lê Văn Bền")

    pdf = print_decision(decision, layout, actor=province.clerk, order=BY_CEREMONY)

    pages = texts(pdf)
    assert [("Trần Thị Ngoan" in page, "Lê Văn Bền" in page) for page in pages] == [(True, False), (False, True)]
    assert all("25-QĐ/BTGDVTU" in page and "BẢN XEM THỬ" not in page for page in pages)
    lines = AuditEntry.objects.filter(action=PRINTED)
    assert {(line.record_id, line.actor_id) for line in lines} == {
        (str(row.pk), province.clerk.pk) for row in (award, other)
    }
    assert lines[0].note == "Mẫu “Bằng khen, giấy khen 400 × 300 mm”, in đầy đủ"


def test_how_often_a_certificate_was_printed_is_counted(province, award, layout):
    for _ in range(2):
        print_awards([award], layout, actor=province.clerk)

    assert prints_of([award])[award.pk][0] == 2


def test_pages_go_by_ceremony_or_by_unit(province, decision):
    rows = [
        awarded(decision, unit, name, subject_kind=kind)
        for unit, name, kind in (
            (province.commune, "A", "person"), (province.other_commune, "B", "collective"), (province.commune, "C", "collective"),
        )
    ]  # fmt: skip

    assert [row.name for row in in_print_order(rows, BY_CEREMONY)] == ["C", "B", "A"]
    assert [row.name for row in in_print_order(rows, BY_UNIT)] == ["C", "A", "B"]


def test_a_layout_of_the_party_is_refused_for_an_award_of_the_state(province, award):
    party = af.standard_layout("dang-a4")

    with pytest.raises(DomainError, match="dùng mẫu riêng"):
        print_awards([award], party, actor=province.clerk)


def test_layouts_offered_are_of_the_family_in_use_and_for_the_award(province, award):
    own = af.CertificateLayoutFactory(name="Riêng")
    own.award_types.set([award.award_type])
    foreign = af.CertificateLayoutFactory(name="Của hình thức khác")
    foreign.award_types.set([af.AwardTypeFactory(code="KHAC", name="Khác")])
    af.CertificateLayoutFactory(name="Ngừng dùng", is_active=False)

    found = list(layouts_for([award]))

    assert found[0] == own
    assert {row.family for row in found} == {"state"}
    assert not {foreign.name, "Ngừng dùng"} & {row.name for row in found}


def test_who_does_not_hand_over_prints_nothing(province, award, layout):
    for person in ("leader", "editor", "viewer", "admin", "chair", "stranger"):
        assert list(printable_awards(getattr(province, person))) == []
        with pytest.raises(PermissionDenied):
            print_awards([award], layout, actor=getattr(province, person))


def test_a_place_that_nobody_declared_keeps_the_certificate_from_being_printed(province, award, layout):
    province.ban.issuing.all().delete()

    with pytest.raises(DomainError) as refused:
        print_awards([award], layout, actor=province.clerk)
    assert refused.value.findings == ["Cần bổ sung: địa danh của Ban Tuyên giáo và Dân vận Tỉnh ủy."]


# --- many, in the background ------------------------------------------------------------------------------------------------
def test_many_are_made_by_a_job_whose_file_is_the_askers_alone(province, decision, layout, settings):
    settings.CERTIFICATES_AT_ONCE = 2
    for name in ("Một", "Hai", "Ba"):
        awarded(decision, province.commune, name)

    job = print_decision(decision, layout, actor=province.clerk, order=BY_UNIT)
    jobs.run(job.pk)

    job = Job.objects.get(pk=job.pk)
    assert (job.state, job.done, job.total, job.owner) == ("done", 3, 3, province.clerk)
    assert len(texts(files.read(job.file))) == 3
    assert AuditEntry.objects.filter(action=PRINTED).count() == 3


def test_what_is_cancelled_before_the_job_runs_is_not_in_its_file(province, decision, layout, settings):
    settings.CERTIFICATES_AT_ONCE = 1
    keep, gone = (awarded(decision, province.commune, name) for name in ("Giữ", "Hủy"))
    job = print_decision(decision, layout, actor=province.clerk, order=BY_UNIT)
    type(gone).objects.filter(pk=gone.pk).update(
        status="revoked", ended_at=timezone.now(), end_note="Khai man", end_decision_no="3", end_decided_on="2026-11-10"
    )

    jobs.run(job.pk)

    (page,) = texts(files.read(Job.objects.get(pk=job.pk).file))
    assert "Giữ" in page
    assert list(AuditEntry.objects.filter(action=PRINTED).values_list("record_id", flat=True)) == [str(keep.pk)]


# --- pages ----------------------------------------------------------------------------------------------------------------
def test_the_page_of_a_decision_prints_a_file(province, decision, award, layout, sign_in):
    client = sign_in(province.clerk)

    shown = client.get(reverse("decision-certificates", args=[decision.pk])).content.decode()
    response = client.post(
        reverse("decision-certificates-print", args=[decision.pk]), {"layout": layout.pk, "order": BY_UNIT}
    )

    assert "Trần Thị Ngoan" in shown
    assert "Chưa in" in shown
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")
    assert "Trần Thị Ngoan" in texts(content(response))[0]
    assert "1 lần, gần nhất" in client.get(reverse("decision-certificates", args=[decision.pk])).content.decode()


def test_a_preview_is_marked_and_noted_nowhere(province, decision, award, layout, sign_in):
    response = sign_in(province.clerk).post(
        reverse("decision-certificates-print", args=[decision.pk]),
        {"layout": layout.pk, "order": BY_UNIT, "preview": "1"},
    )

    assert "BẢN XEM THỬ" in texts(content(response))[0]
    assert AuditEntry.objects.filter(action=PRINTED).count() == 0


def test_one_award_is_shown_and_printed_by_itself(province, award, layout, sign_in):
    client = sign_in(province.clerk)

    page = client.get(reverse("award-certificate", args=[award.pk]))
    picture = client.get(reverse("award-certificate-picture", args=[award.pk]), {"mau": layout.pk})
    printed = client.post(reverse("award-certificate-print", args=[award.pk]), {"layout": layout.pk})

    assert page.status_code == 200
    assert content(picture).startswith(b"\x89PNG")
    assert "Trần Thị Ngoan" in texts(content(printed))[0]


def test_somebody_elses_decision_is_not_found(province, decision, award, layout, sign_in):
    for person in ("leader", "viewer", "other_leader", "admin", "stranger"):
        client = sign_in(getattr(province, person))
        for name, key in (("decision-certificates", decision), ("award-certificate", award)):
            assert client.get(reverse(name, args=[key.pk])).status_code in (403, 404), (person, name)


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_of_certificates_costs_the_same_queries(
    count, province, decision, sign_in, django_assert_max_num_queries
):
    for number in range(count):
        awarded(decision, province.commune, f"Người {number}")
    client = sign_in(province.clerk)

    with django_assert_max_num_queries(13):
        client.get(reverse("decision-certificates", args=[decision.pk]))
