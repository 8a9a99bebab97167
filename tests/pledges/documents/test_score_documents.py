"""Annexes on scores: the sheet with its three signatures, the ranking as a draft and as published."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from campaigns.models import Campaign
from dvk_portal.core.documents.access import documents_for
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document
from dvk_portal.core.signatures.signing import sign_by_consent
from pledges.documents.scores import RankingDocument, ScoreSheetDocument, points
from pledges.models import ScoreLine, ScoreSheet
from pledges.services import rollup, scoresheets
from pledges.services.publishing import publish_results
from pledges.services.recorddocuments import issue_document
from tests.pledges.score_steps import begin_scoring, enter, settle, settle_all, sheet_of

SHEET, RANKING = ScoreSheetDocument(), RankingDocument()


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(datetime.datetime(2026, 12, 15, 9, tzinfo=datetime.UTC), tick=False)


@pytest.fixture
def agreed(world):
    """An's sheet: the unit claimed a plan, the province found none; agreed."""
    begin_scoring_with_claim(world)
    settle(world, world.commune, points="3.5", has_plan=False)
    rollup.recalculate(world.campaign)
    return sheet_of(world)


def begin_scoring_with_claim(world):
    enter(world, "1.2", True)
    begin_scoring(world)


@pytest.fixture
def published(world):
    settle_all(world)
    campaign = Campaign.objects.get(pk=world.campaign.pk)
    publish_results(
        campaign, actor=world.director, decision_no="12-QĐ/BTGDVTU", decision_date=datetime.date(2026, 12, 15),
        confirmation="12-QĐ/BTGDVTU",
    )  # fmt: skip
    return Campaign.objects.get(pk=campaign.pk)


def row_of(content, code):
    return next(row for row in content.tables[0].rows if row[0] == code)


# --- the score sheet ------------------------------------------------------------------------------------------------
def test_each_criterion_shows_three_numbers_the_difference_and_the_reason(agreed):
    row = row_of(SHEET.content(agreed), "1.2")

    assert row == ["1.2", "Có kế hoạch", "4", "4", "0", "0", "4", "theo hồ sơ"]


def test_the_totals_are_those_of_the_sheet(agreed):
    total = SHEET.content(agreed).tables[0].rows[-1]

    assert total[1:7] == [
        "Tổng điểm", "20", points(agreed.self_total), points(agreed.verified_total), points(agreed.final_total), points(agreed.gap),
    ]  # fmt: skip
    assert total[7] == f"Xếp loại: {agreed.score_class}"


def test_every_line_of_the_sheet_is_printed_once(agreed):
    codes = [row[0] for row in SHEET.content(agreed).tables[0].rows if row[0]]

    assert sorted(codes) == sorted(ScoreLine.objects.filter(sheet=agreed).values_list("code", flat=True))


def test_a_sheet_not_agreed_is_a_draft_and_cannot_be_made_to_sign(world):
    sheet = sheet_of(world)

    assert SHEET.content(sheet).annex == "DỰ THẢO"
    with pytest.raises(DomainError) as refused:
        issue_document(SHEET, sheet, actor=world.director)
    assert refused.value.findings == [
        "Phiếu điểm đang ở trạng thái “tự chấm”. Chỉ lập phiếu để ký khi điểm đã thống nhất."
    ]


def test_unit_secretary_and_chair_sign_each_at_their_own_place(world, agreed):
    document = issue_document(SHEET, agreed, actor=world.verifier)
    people = {"unit": world.leader, "secretary": world.verifier, "chair": world.director}

    may = {
        slot: [name for name, user in people.items() if SHEET.mandate(user, document, slot) is not None]
        for slot in people
    }
    assert may == {"unit": ["unit"], "secretary": ["secretary"], "chair": ["chair"]}
    for slot, user in people.items():
        sign_by_consent(document, actor=user, slot=slot, now=timezone.now())
    document.refresh_from_db()
    assert document.status == Document.Status.ISSUED


@pytest.mark.parametrize("person", ["leader", "editor", "other_leader", "viewer", "admin"])
def test_only_the_province_makes_it(world, agreed, person):
    with pytest.raises(PermissionDenied):
        issue_document(SHEET, agreed, actor=getattr(world, person))


def test_a_reopened_sheet_is_no_longer_signed_and_its_document_is_cancelled(world, agreed, time_machine):
    first = issue_document(SHEET, agreed, actor=world.verifier)
    scoresheets.reopen_sheet(agreed, actor=world.director, note="Xem lại mục 2.2")
    assert SHEET.mandate(world.leader, first, "unit") is None
    time_machine.shift(3600)
    scoresheets.finish_verification(sheet_of(world), actor=world.director)
    scoresheets.agree_scores(sheet_of(world), actor=world.director)

    second = issue_document(SHEET, sheet_of(world), actor=world.verifier)

    first.refresh_from_db()
    assert (first.status, second.status) == ("cancelled", "frozen")


@pytest.mark.parametrize("address", ["", "xem-truoc/phieu-diem/"])
def test_another_unit_does_not_find_it(world, agreed, sign_in, address):
    path = f"/phieu-diem/{agreed.pk}/van-ban/{address}"

    assert [sign_in(user).get(path).status_code for user in (world.editor, world.other_leader)] == [200, 404]


# --- the ranking ----------------------------------------------------------------------------------------------------
def test_a_draft_says_so_and_is_never_issued(world):
    settle_all(world)
    campaign = Campaign.objects.get(pk=world.campaign.pk)

    assert RANKING.content(campaign).annex == "DỰ THẢO"
    with pytest.raises(DomainError) as refused:
        issue_document(RANKING, campaign, actor=world.director)
    assert refused.value.findings == [
        "Kết quả chưa công bố nên bảng này là dự thảo, chỉ xem trước được. Hãy công bố kết quả trước."
    ]


def test_the_published_ranking_is_printed_as_published(published):
    content = RANKING.content(published)

    sheets = ScoreSheet.objects.filter(participation__campaign=published).order_by("rank")
    assert [row[:2] + row[4:6] for row in content.tables[0].rows] == [
        [str(sheet.rank), sheet.participation.name, points(sheet.final_total), sheet.score_class] for sheet in sheets
    ]
    assert (content.annex, content.sections[0].paragraphs) == (
        "Phụ lục", ["(Kèm theo Quyết định 12-QĐ/BTGDVTU ngày 15/12/2026)"],
    )  # fmt: skip


def test_shared_ranks_and_the_reason_of_the_order_are_said(world):
    settle_all(world, points=("4", "4", "2"))

    rows = RANKING.content(Campaign.objects.get(pk=world.campaign.pk)).tables[0].rows
    assert [row[0] for row in rows] == ["1 (đồng hạng)", "1 (đồng hạng)", "3"]
    assert all(row[6] for row in rows)


def test_the_director_issues_it_once_and_every_unit_reads_it(world, published):
    document = issue_document(RANKING, published, actor=world.director)

    assert document.status == Document.Status.ISSUED
    with pytest.raises(DomainError, match="Đã có bảng xếp hạng"):
        issue_document(RANKING, published, actor=world.director)
    readers = (world.editor, world.other_leader, world.verifier, world.stranger)
    assert [documents_for(user).filter(pk=document.pk).exists() for user in readers] == [True, True, True, False]


def test_a_unit_does_not_find_the_draft(world, sign_in):
    settle_all(world)

    path = f"/xep-hang/{world.campaign.pk}/van-ban/"
    assert [sign_in(user).get(path).status_code for user in (world.leader, world.verifier)] == [404, 200]


def test_ranking_costs_the_same_queries_for_every_number_of_units(world, django_assert_max_num_queries):
    settle_all(world)
    campaign = Campaign.objects.select_related("owner", "scheme").get(pk=world.campaign.pk)

    with django_assert_max_num_queries(8):
        RANKING.content(campaign)
