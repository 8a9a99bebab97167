"""The province's documents of one period: figures of the one roll-up, who has reported, whose text says what."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import Campaign, Indicator, ReportingPeriod
from dvk_portal.core.documents.freezing import preview
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document, DocumentNumber, Notification
from dvk_portal.core.signatures.signing import sign_by_consent
from pledges.documents.reports import ConsolidatedReport, NotReportedList
from pledges.models import QuarterlyReport, ReportedValue
from pledges.services import rollup
from pledges.services.provincedocuments import CONTINUED, TEXT_LIMIT, shortened
from pledges.services.recorddocuments import issue_document
from pledges.services.totalspage import totals_table
from tests import factories as f
from tests.core.documents import pages
from units.models import IssuingBody, Membership

VERIFIED, RECEIVED, LIST = ConsolidatedReport(), ConsolidatedReport(stage=None), NotReportedList()


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(datetime.datetime(2026, 8, 1, 9, tzinfo=datetime.UTC), tick=False)


def report(world, unit, number, *, verified=True, days=0, **values):
    """A report as it was sent, and by default verified: name of the indicator → amount or text."""
    row = QuarterlyReport.objects.get(participation__unit=unit, period=world.periods[number - 1])
    stamps = {"submitted_at": row.due_at, "first_submitted_at": row.due_at, "days_from_due": days}
    if verified:
        stamps |= {"verified_at": row.due_at}
    QuarterlyReport.objects.filter(pk=row.pk).update(status="verified" if verified else "submitted", **stamps)
    verdict = {"status": "accepted", "verdict_at": row.due_at} if verified else {}
    for name, given in values.items():
        field = "text" if isinstance(given, str) else "amount"
        indicator = getattr(world, name)
        ReportedValue.objects.create(report=row, indicator=indicator, answer="given", **{field: given}, **verdict)
    return row


def period_of(world, number=2):
    return ReportingPeriod.objects.select_related("campaign__owner", "campaign__previous").get(
        pk=world.periods[number - 1].pk
    )


@pytest.fixture
def reported(world):
    """Two quarters: An and Bình verified, Cường sent in the first only and is not verified."""
    report(world, world.commune, 1, flow=Decimal(6), stock=Decimal(10))
    report(world, world.other_commune, 1, flow=Decimal(5), stock=Decimal(20))
    report(world, world.commune, 2, flow=Decimal(8), stock=Decimal(11), words="Tổ dân vận lưu động")
    report(world, world.other_commune, 2, days=3, flow=Decimal(4), stock=Decimal(21), words="Tổ dân vận lưu động")
    report(world, world.third_commune, 1, verified=False, flow=Decimal(100), stock=Decimal(200))
    rollup.recalculate(world.campaign)
    return world


def row_of(content, name):
    """The first row of the document about an indicator, by title of the column."""
    for table in content.tables:
        for row in table.rows:
            if row[1] == name:
                return {column.title: text for column, text in zip(table.columns, row, strict=True)}
    raise LookupError(name)


def paragraphs(content):
    return [text for section in content.sections for text in section.paragraphs]


# --- figures --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("number", [1, 2])
def test_its_figures_are_those_of_the_page_of_totals(reported, number):
    content = RECEIVED.content(period_of(reported, number))

    _, groups = totals_table(reported.campaign, None)
    lines = [line for group in groups for line in group.rows if line.indicator.kind != "text"]
    expected = {
        line.indicator.name: (cell.words, f"{cell.reported}/{cell.expected}")
        for line in lines
        for cell in [line.cells[number - 1]]
    }
    found = {name: row_of(content, name) for name in expected}
    assert {name: (row["Kỳ này"], row["Đơn vị báo cáo"]) for name, row in found.items()} == expected


def test_the_typed_figures_are_the_printed_ones(reported):
    table = next(
        table for table in RECEIVED.content(period_of(reported)).tables if table.columns[1].title == "Chỉ tiêu"
    )
    place = [column.title for column in table.columns].index("Kỳ này")

    assert [(row[place], Decimal(values[place])) for row, values in zip(table.rows, table.values, strict=True)] == [
        ("12", 12)
    ]


def test_only_verified_figures_count_unless_asked_otherwise(reported):
    verified, received = (kind.content(period_of(reported, 1)) for kind in (VERIFIED, RECEIVED))

    assert row_of(verified, reported.flow.name)["Kỳ này"] == "11"
    assert row_of(received, reported.flow.name)["Kỳ này"] == "111"
    assert "Báo cáo chỉ gồm số liệu đã thẩm định (2/3 đơn vị đã thẩm định xong), lấy lúc 16:00 ngày 01/08/2026." in (
        paragraphs(verified)
    )
    assert any("kể cả số chưa thẩm định" in text for text in paragraphs(received))


def test_flows_add_up_and_stocks_stand_as_they_are(reported):
    content = VERIFIED.content(period_of(reported))

    flow, stock = (row_of(content, indicator.name) for indicator in (reported.flow, reported.stock))
    assert [flow[title] for title in ("Kỳ trước", "Kỳ này", "Tăng, giảm", "Lũy kế")] == ["11", "12", "+1", "23"]
    assert [stock[title] for title in ("Kỳ trước", "Kỳ này", "Tăng, giảm", "Lũy kế")] == ["30", "32", "+2", "32"]


def test_periods_of_which_one_covers_far_fewer_units_are_not_compared(reported):
    content = RECEIVED.content(period_of(reported))

    assert row_of(content, reported.flow.name)["Tăng, giảm"] == "–"
    assert any("chưa so sánh được hai kỳ" in text for text in paragraphs(content))


def test_the_same_period_of_the_year_before_comes_from_the_campaign_that_is_continued(reported):
    before = f.CampaignFactory(owner=reported.ban, launched=True)
    f.CampaignIndicatorFactory(campaign=before, indicator=reported.flow)
    period = f.ReportingPeriodFactory(campaign=before, year=2025, number=2)
    row = f.ParticipationFactory(campaign=before, unit=reported.commune)
    sent = f.QuarterlyReportFactory(participation=row, period=period, verified=True)
    ReportedValue.objects.create(
        report=sent, indicator=reported.flow, answer="given", amount=7, status="accepted", verdict_at=timezone.now()
    )
    Campaign.objects.filter(pk=reported.campaign.pk).update(previous=before)

    assert row_of(VERIFIED.content(period_of(reported)), reported.flow.name)["Cùng kỳ năm trước"] == "7"


def test_by_cluster_the_total_is_the_province(reported):
    other = f.ClusterFactory(campaign=reported.campaign, name="Cụm số 2", order=2)
    reported.campaign.participations.filter(unit=reported.other_commune).update(cluster=other)
    annex = VERIFIED.content(period_of(reported)).annexes[0]
    table = annex.sections[0].tables[0]
    row = next(row for row in table.rows if row[1] == reported.flow.name)

    assert (annex.title, annex.landscape) == ("SỐ LIỆU QUÝ II/2026 THEO CỤM, KHỐI", True)
    assert dict(zip([column.title for column in table.columns][3:], row[3:], strict=True)) == {
        "Cụm số 1": "8", "Cụm số 2": "4", "Toàn tỉnh": "12",
    }  # fmt: skip


def test_it_counts_who_sent_late_and_who_sent_nothing(reported):
    content = VERIFIED.content(period_of(reported))

    sentence = next(text for text in paragraphs(content) if "đã gửi báo cáo" in text)
    assert sentence == (
        "2/3 đơn vị đã gửi báo cáo (66,7%): 1 đúng hạn, 1 trễ hạn; 1 đơn vị chưa gửi, 0 đơn vị được trả lại và chưa gửi lại. "
        "Đã thẩm định xong 2 báo cáo."
    )
    assert [annex.title for annex in content.annexes] == ["ĐƠN VỊ CHƯA GỬI BÁO CÁO"]
    assert [row[1] for row in content.annexes[0].sections[0].tables[0].rows] == ["Phường Cường Thịnh"]


# --- texts ----------------------------------------------------------------------------------------------------------
def test_texts_stand_under_their_heading_with_the_names_of_the_units(reported):
    Indicator.objects.filter(pk=reported.words.pk).update(chapter="difficulties")
    sections = VERIFIED.content(period_of(reported)).sections
    place = next(number for number, section in enumerate(sections) if section.heading == "II. KHÓ KHĂN, HẠN CHẾ")

    assert sections[place + 1].heading == reported.words.name
    assert sections[place + 1].items == ["Tổ dân vận lưu động (2 đơn vị: Xã An Hòa, Xã Bình Đức)."]


def test_a_text_without_verdict_stays_out_of_the_verified_report(world):
    report(world, world.commune, 1, verified=False, words="Chưa ai đọc")

    verified, received = (str(kind.content(period_of(world, 1)).as_json()) for kind in (VERIFIED, RECEIVED))
    assert ("Chưa ai đọc" in verified, "Chưa ai đọc" in received) == (False, True)


@pytest.mark.parametrize("text", ["chữ " * 400, "x" * 3000])
def test_a_long_text_is_cut_and_says_so(text):
    short = shortened(text)

    assert short.endswith(CONTINUED)
    assert len(short) <= TEXT_LIMIT + len(CONTINUED)


def test_a_text_within_the_limit_is_whole():
    assert shortened("Một   hai\nba") == "Một hai ba"


def test_a_sign_of_one_unit_that_cannot_be_printed_is_named(world):
    report(world, world.commune, 1, words="Ngày hội \N{PARTY POPPER}")

    with pytest.raises(DomainError, match="không in được"):
        preview(VERIFIED.content(period_of(world, 1)), day=timezone.localdate())


# --- size -----------------------------------------------------------------------------------------------------------
def _grow(world, count):
    """So many further units, each with a verified report of the first quarter."""
    for number in range(count):
        unit = f.UnitFactory(code=f"4{number:04d}", name=f"Xã Số {number}", parent=world.province)
        row = f.ParticipationFactory(campaign=world.campaign, unit=unit, cluster=world.cluster)
        sent = f.QuarterlyReportFactory(participation=row, period=world.periods[0], verified=True)
        ReportedValue.objects.create(
            report=sent, indicator=world.flow, answer="given", amount=2, status="accepted", verdict_at=timezone.now()
        )


@pytest.mark.parametrize("kind", [VERIFIED, LIST], ids=lambda kind: kind.code)
def test_a_hundred_units_cost_the_queries_of_a_few(world, kind):
    with CaptureQueriesContext(connection) as few:
        kind.content(period_of(world, 1))
    _grow(world, 97)
    with CaptureQueriesContext(connection) as many:
        content = kind.content(period_of(world, 1))

    assert len(many) == len(few)
    if kind is VERIFIED:
        assert row_of(content, world.flow.name)["Kỳ này"] == "194"


# --- who may --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("verifier", 200),
        ("director", 200),
        ("viewer", 200),
        ("editor", 404),
        ("leader", 404),
        ("admin", 404),
        ("stranger", 404),
    ],
)
def test_only_those_who_see_the_totals_open_the_page(reported, sign_in, person, status):
    client = sign_in(getattr(reported, person))
    path = f"/tong-hop/ky/{reported.periods[1].pk}/van-ban/"

    assert [client.get(path).status_code, client.get(f"{path}xem-truoc/chua-bao-cao/").status_code] == [status, status]


@pytest.mark.parametrize("person", ["verifier", "viewer", "leader", "clerk", "admin"])
def test_only_the_director_makes_the_consolidated_report(reported, person):
    with pytest.raises(PermissionDenied):
        issue_document(VERIFIED, period_of(reported), actor=getattr(reported, person))

    assert not DocumentNumber.objects.exists()


def test_it_takes_a_number_of_the_ban_and_waits_for_its_leader(reported):
    document = issue_document(VERIFIED, period_of(reported), actor=reported.director)

    assert (document.number.text, document.status, document.unit) == ("01-BC/BTGDVTU", "frozen", reported.ban)
    assert VERIFIED.mandate(reported.director, document, "province").capacity == "Trưởng Ban"
    assert [VERIFIED.mandate(person, document, "province") for person in (reported.verifier, reported.leader)] == [
        None,
        None,
    ]


def test_a_second_one_waits_until_the_first_is_signed_and_then_replaces_it(reported):
    first = issue_document(VERIFIED, period_of(reported), actor=reported.director)
    with pytest.raises(DomainError, match="số 01-BC/BTGDVTU"):
        issue_document(RECEIVED, period_of(reported), actor=reported.director)
    sign_by_consent(first, actor=reported.director, slot="province", now=timezone.now())

    second = issue_document(RECEIVED, period_of(reported), actor=reported.director)

    first.refresh_from_db()
    assert (first.status, second.number.text) == ("superseded", "02-BC/BTGDVTU")


def test_a_body_without_its_symbol_uses_up_no_number(reported):
    IssuingBody.objects.filter(unit=reported.ban).delete()

    with pytest.raises(DomainError, match="Chưa khai ký hiệu văn bản"):
        issue_document(VERIFIED, period_of(reported), actor=reported.director)

    assert (DocumentNumber.objects.count(), Document.objects.count()) == (0, 0)


def test_a_period_not_begun_makes_nothing(reported):
    with pytest.raises(DomainError) as refused:
        issue_document(LIST, period_of(reported, 4), actor=reported.verifier)

    assert refused.value.findings == ["Quý IV/2026 chưa bắt đầu nên chưa có gì để lập văn bản."]


# --- who has not reported -------------------------------------------------------------------------------------------
def test_the_list_names_who_owes_how_late_and_how_often_reminded(reported):
    owing = QuarterlyReport.objects.get(participation__unit=reported.third_commune, period=reported.periods[1])
    Membership.objects.filter(user=reported.editor).update(unit=reported.third_commune)
    for recipient in (reported.editor, reported.leader):
        for rung in ("-3", "+1"):
            Notification.objects.create(
                recipient=recipient, kind="report_reminder", key=f"c{reported.campaign.pk}:r{owing.pk}:20260710:{rung}"
            )

    content = LIST.content(period_of(reported))

    assert content.tables[0].rows == [
        ["1", "Phường Cường Thịnh", "Cụm số 1", "Chưa gửi", "10/07/2026", "22", "2", "Công chức"]
    ]
    assert paragraphs(content)[0] == (
        "Tính đến 16:00 ngày 01/08/2026, 1 đơn vị chưa gửi báo cáo, 0 đơn vị được trả lại và chưa gửi lại."
    )


def test_the_list_is_issued_at_once_and_a_new_one_replaces_it(reported):
    first = issue_document(LIST, period_of(reported), actor=reported.verifier)
    second = issue_document(LIST, period_of(reported), actor=reported.verifier)

    first.refresh_from_db()
    assert (first.status, second.status, second.number) == ("superseded", "issued", None)


def test_nothing_owed_is_said(world):
    for unit in (world.commune, world.other_commune, world.third_commune):
        report(world, unit, 1)

    content = LIST.content(period_of(world, 1))
    assert (content.tables, paragraphs(content)) == (
        [], ["Tính đến 16:00 ngày 01/08/2026, tất cả các đơn vị đã gửi báo cáo."],
    )  # fmt: skip


def test_the_page_tells_the_two_ways_of_consolidating_apart(reported, sign_in):
    text = sign_in(reported.director).get(f"/tong-hop/ky/{reported.periods[1].pk}/van-ban/").content.decode()

    assert "chỉ số liệu đã thẩm định" in text
    assert "mọi số liệu đã gửi" in text
    assert pages.squeezed("Lập báo cáo tổng hợp") in pages.squeezed(text)
