"""The written report of a unit: its own figures, one number, one signature, replaced when it is sent again."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from campaigns.models import Campaign, Indicator
from dvk_portal.core.documents.freezing import preview
from dvk_portal.core.documents.kinds import Mandate
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import read
from dvk_portal.core.models import Document, DocumentNumber, Notification, StoredFile
from dvk_portal.core.signatures.outside import accept_scan, confirm_signature
from dvk_portal.core.signatures.signing import sign_by_consent
from pledges.documents.reports import ReportDocument
from pledges.models import QuarterlyReport, ReportedValue
from pledges.services.recorddocuments import issue_document, what_is_missing
from pledges.services.reports import save_cells, submit_report
from pledges.services.verification import judge_value, return_report
from tests import factories as f
from tests.core.documents import pages
from tests.core.signatures.signing_steps import upload
from tests.core.signatures.test_outside import PAPER
from tests.pledges.report_steps import cell, report_of, send, value
from units.models import IssuingBody, Membership

KIND = ReportDocument()
BANDAGE = "\N{ADHESIVE BANDAGE}"


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(datetime.datetime(2026, 8, 1, 9, tzinfo=datetime.UTC), tick=False)


@pytest.fixture
def sent(world):
    """An's report of the second quarter, after the first."""
    send(world, report_of(world), flow=5, stock=20)
    return send(world, report_of(world, number=2), flow=8, stock=21)


def make(world, report, actor=None):
    return issue_document(KIND, report, actor=actor or world.leader)


def give_back(world, report):
    """The province sends the flow back; the unit changes it and sends again."""
    judge_value(
        report,
        world.flow,
        actor=world.verifier,
        verdict="return",
        revision=value(report, world.flow).revision,
        note="Xem lại",
    )
    today = timezone.localdate()
    return return_report(report, actor=world.verifier, note="Xem lại", due_on=today, today=today)


def send_again(world, report, time_machine):
    time_machine.shift(3600)
    revision = value(report, world.flow).revision
    save_cells(report, [cell(world.flow, 9, rev=revision)], actor=world.editor)
    submit_report(report, actor=world.leader, confirmed=True)
    return QuarterlyReport.objects.get(pk=report.pk)


def rows_of(content):
    return [row for table in content.tables for row in table.rows]


# --- what it says ---------------------------------------------------------------------------------------------------
def test_it_shows_this_period_the_last_one_and_the_sum_so_far(world, sent):
    rows = {row[1]: row[3:] for row in rows_of(KIND.content(sent))}

    # A flow adds up, a stock stands as it is.
    assert rows[world.flow.name] == ["5", "8", "13"]
    assert rows[world.stock.name] == ["20", "21", "21"]
    assert rows[world.plan.name] == ["Có", "Có", ""]


def test_it_carries_typed_figures_for_the_spreadsheet(world, sent):
    tables = KIND.content(sent).tables
    values = {row[1]: cells[3:] for table in tables for row, cells in zip(table.rows, table.values, strict=True)}

    assert {name: [figure and Decimal(figure) for figure in row] for name, row in values.items()} == {
        world.flow.name: [5, 8, 13],
        world.stock.name: [20, 21, 21],
        world.plan.name: [None, None, None],
    }


def test_what_was_not_answered_is_said_and_never_zero(world):
    report = send(world, report_of(world))
    ReportedValue.objects.filter(report=report, indicator=world.stock).delete()

    assert next(row for row in rows_of(KIND.content(report)) if row[1] == world.stock.name)[3:] == [
        "",
        "chưa báo cáo",
        "",
    ]


def test_narratives_go_to_the_part_that_the_catalogue_names(world):
    Indicator.objects.filter(pk=world.words.pk).update(chapter="difficulties")
    report = report_of(world)
    save_cells(report, [cell(world.words, text="Cán bộ kiêm nhiệm")], actor=world.editor)
    send(world, report)

    sections = {section.heading: section.paragraphs for section in KIND.content(report).sections}
    assert sections["II. KHÓ KHĂN, HẠN CHẾ"] == [f"{world.words.label}: Cán bộ kiêm nhiệm"]
    assert not any(heading.startswith("III.") for heading in sections)


def test_a_figure_changed_by_the_verifier_stays_as_the_unit_sent_it(world, sent):
    judge_value(
        sent, world.flow, actor=world.verifier, verdict="correct",
        revision=value(sent, world.flow).revision, typed="6", note="Theo minh chứng",
    )  # fmt: skip
    content = KIND.content(sent)

    assert next(row for row in rows_of(content) if row[1] == world.flow.name)[4:] == ["8", "13"]
    assert any("đã điều chỉnh 1 mục" in text for section in content.sections for text in section.paragraphs)


def test_it_holds_nothing_of_another_unit(world, sent):
    other = report_of(world, world.other_commune, 2)
    save_cells(other, [cell(world.words, text="Bí mật của Bình")], actor=world.other_editor)
    send(world, other, flow=777, stock=888)

    words = str(KIND.content(sent).as_json())
    assert [word for word in ("Bí mật", "777", "888", world.other_commune.name) if word in words] == []


def test_it_costs_the_same_queries_whatever_is_asked(world, sent, django_assert_max_num_queries):
    for number in range(20):
        indicator = f.IndicatorFactory(group=world.flow.group)
        f.CampaignIndicatorFactory(campaign=world.campaign, indicator=indicator)
        ReportedValue.objects.create(report=sent, indicator=indicator, answer="given", amount=Decimal(number))
    report = QuarterlyReport.objects.select_related(
        "period", "participation__campaign__owner", "participation__unit"
    ).get(pk=sent.pk)

    with django_assert_max_num_queries(14):
        assert len(rows_of(KIND.content(report))) == 23


# --- making it ------------------------------------------------------------------------------------------------------
def test_the_leader_makes_it_with_the_next_number_of_the_unit(world, sent):
    document = make(world, sent)

    assert (document.number.text, document.status) == ("01-BC/ĐU", Document.Status.FROZEN)
    assert (document.unit, document.subject) == (world.commune, KIND.content(sent).subject)
    assert pages.squeezed("Số 01-BC/ĐU") in pages.words(read(document.frozen))


@pytest.mark.parametrize("person", ["editor", "other_leader", "verifier", "director", "clerk", "viewer", "stranger"])
def test_nobody_else_makes_it(world, sent, person):
    with pytest.raises(PermissionDenied):
        make(world, sent, actor=getattr(world, person))

    assert not DocumentNumber.objects.exists()


def test_a_report_not_sent_makes_no_document(world):
    report = report_of(world)

    with pytest.raises(DomainError) as refused:
        make(world, report)

    assert refused.value.findings == ["Báo cáo đang ở trạng thái “đang nhập”. Hãy gửi báo cáo trước rồi lập văn bản."]
    assert not DocumentNumber.objects.exists()


def test_it_is_not_made_twice(world, sent):
    make(world, sent)

    with pytest.raises(DomainError, match="Đã có báo cáo định kỳ của đơn vị số 01-BC/ĐU"):
        make(world, sent)

    assert Document.objects.count() == DocumentNumber.objects.count() == 1


def test_missing_facts_are_listed_and_use_up_no_number(world, sent):
    Campaign.objects.filter(pk=world.campaign.pk).update(document_no="")
    Membership.objects.filter(user=world.leader).update(post="")
    IssuingBody.objects.filter(unit=world.commune).update(place="")
    report = QuarterlyReport.objects.get(pk=sent.pk)
    files = StoredFile.objects.count()

    assert what_is_missing(KIND, report) == ["Cần bổ sung: số văn bản phát động phong trào."]
    with pytest.raises(DomainError) as refused:
        make(world, report)

    assert refused.value.findings == ["Cần bổ sung: số văn bản phát động phong trào."]
    assert (DocumentNumber.objects.count(), Document.objects.count(), StoredFile.objects.count()) == (0, 0, files)


def test_a_sign_that_cannot_be_printed_is_named_and_uses_up_no_number(world):
    report = report_of(world)
    save_cells(report, [cell(world.words, text=f"Ngày hội {BANDAGE} <b>#panic()</b>")], actor=world.editor)
    send(world, report)

    with pytest.raises(DomainError, match=f"Ký tự “{BANDAGE}” trong .* không in được"):
        make(world, report)

    assert not DocumentNumber.objects.exists()


def test_markup_in_a_text_is_printed_as_it_is(world):
    report = report_of(world)
    save_cells(report, [cell(world.words, text="#panic() *đậm* <b> $x$ @ghi")], actor=world.editor)
    send(world, report)

    text = pages.words(preview(KIND.content(report), day=timezone.localdate()).pdf)
    assert pages.squeezed("#panic() *đậm* <b> $x$ @ghi") in text


def test_a_preview_stores_nothing(world, sent, sign_in):
    before = (Document.objects.count(), StoredFile.objects.count(), DocumentNumber.objects.count())

    response = sign_in(world.editor).get(f"/bao-cao/{sent.pk}/van-ban/xem-truoc/bao-cao/")

    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert (Document.objects.count(), StoredFile.objects.count(), DocumentNumber.objects.count()) == before


# --- signing and replacing ------------------------------------------------------------------------------------------
def test_the_leader_signs_and_it_is_issued(world, sent):
    document = make(world, sent)

    sign_by_consent(document, actor=world.leader, slot="unit", now=timezone.now())

    document.refresh_from_db()
    assert (document.status, document.signatures.get().capacity) == ("issued", "Bí thư Đảng ủy, Xã An Hòa")


@pytest.mark.parametrize("person", ["editor", "other_leader", "director", "verifier", "admin"])
def test_nobody_else_signs_it(world, sent, person):
    assert KIND.mandate(getattr(world, person), make(world, sent), "unit") is None


def test_whoever_is_empowered_in_writing_signs_with_that_capacity(world, sent):
    deputy = f.UserFactory(full_name="Trần Văn Phó")
    f.DelegationFactory(unit=world.commune, delegate=deputy)

    mandate = KIND.mandate(deputy, make(world, sent), "unit")

    assert mandate == Mandate("K/T BÍ THƯ, Phó Bí thư", "Xã An Hòa", "Giấy ủy quyền số 01-GUQ/ĐU")


def test_the_ways_of_signing_are_those_of_the_campaign(world, sent):
    Campaign.objects.filter(pk=world.campaign.pk).update(signing_methods=["upload"])

    assert KIND.allowed_methods(make(world, sent)) == ["upload"]


def hand_in_paper(world, document):
    return accept_scan(
        document, actor=world.leader, slot="unit", upload=upload(PAPER, "quet.pdf"), name=world.leader.full_name,
        capacity="Bí thư Đảng ủy", signed_on=timezone.localdate(),
    )  # fmt: skip


def test_its_paper_copy_is_confirmed_by_the_province_which_is_told(world, sent):
    document = make(world, sent)
    row = hand_in_paper(world, document)
    told = Notification.objects.filter(kind="signature_to_confirm").values_list("recipient__username", flat=True)

    confirm_signature(row, actor=world.verifier)

    document.refresh_from_db()
    assert (set(told), document.status) == ({"thamdinh", "truongban"}, "issued")


@pytest.mark.parametrize("person", ["leader", "editor", "other_leader", "viewer", "admin"])
def test_nobody_else_confirms_its_paper_copy(world, sent, person):
    row = hand_in_paper(world, make(world, sent))

    with pytest.raises(PermissionDenied):
        confirm_signature(row, actor=getattr(world, person))


def test_the_paper_copy_of_a_returned_report_is_not_confirmed(world, sent):
    row = hand_in_paper(world, make(world, sent))
    give_back(world, sent)

    with pytest.raises(PermissionDenied):
        confirm_signature(row, actor=world.verifier)


def test_a_returned_report_can_no_longer_be_signed(world, sent):
    document = make(world, sent)
    give_back(world, sent)

    assert KIND.mandate(world.leader, document, "unit") is None


def test_a_returned_report_takes_its_document_out_of_force_at_once(world, sent):
    document = make(world, sent)
    sign_by_consent(document, actor=world.leader, slot="unit", now=timezone.now())
    give_back(world, sent)

    document.refresh_from_db()
    assert document.status == Document.Status.CANCELLED
    assert document.end_reason.startswith("Báo cáo được trả lại để sửa: ")


def test_a_report_sent_again_gets_a_document_with_a_number_of_its_own(world, sent, time_machine):
    first = make(world, sent)
    sign_by_consent(first, actor=world.leader, slot="unit", now=timezone.now())
    give_back(world, sent)
    second = make(world, send_again(world, sent, time_machine))

    first.refresh_from_db()
    assert (first.status, second.status) == (Document.Status.CANCELLED, Document.Status.FROZEN)
    assert [row.text for row in DocumentNumber.objects.order_by("number")] == ["01-BC/ĐU", "02-BC/ĐU"]


# --- the page -------------------------------------------------------------------------------------------------------
def test_the_page_offers_the_act_to_the_leader_alone(world, sent, sign_in):
    pages_of = {
        name: sign_in(getattr(world, name)).get(f"/bao-cao/{sent.pk}/van-ban/") for name in ("leader", "editor")
    }

    assert {name: "Lập văn bản báo cáo" in page.content.decode() for name, page in pages_of.items()} == {
        "leader": True,
        "editor": False,
    }


@pytest.mark.parametrize("address", ["", "xem-truoc/bao-cao/"])
def test_another_unit_finds_neither_page_nor_preview(world, sent, sign_in, address):
    assert sign_in(world.other_leader).get(f"/bao-cao/{sent.pk}/van-ban/{address}").status_code == 404


def test_another_unit_cannot_make_it_through_the_address(world, sent, sign_in):
    response = sign_in(world.other_leader).post(f"/bao-cao/{sent.pk}/van-ban/lap/bao-cao/")

    assert (response.status_code, Document.objects.count()) == (404, 0)


def test_the_leader_makes_it_on_the_page_and_is_led_to_where_it_is_signed(world, sent, sign_in):
    client = sign_in(world.leader)
    response = client.post(f"/bao-cao/{sent.pk}/van-ban/lap/bao-cao/", follow=True)

    document = Document.objects.get()
    assert response.redirect_chain == [(document.get_absolute_url(), 302)]
    assert "Đã lập báo cáo định kỳ của đơn vị số 01-BC/ĐU. Văn bản chờ ký." in response.content.decode()
    listed = client.get(f"/bao-cao/{sent.pk}/van-ban/").content.decode()
    assert (document.get_absolute_url() in listed, "Lập văn bản báo cáo" in listed) == (True, False)
