"""The pages: who meets what, what a refused form says, how many queries a list costs."""

import datetime
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from awards.documents.decisions import AwardMoneyDocument, DecisionDocument
from awards.models import Award, Decision, FundEntry
from awards.services.decisions import fund
from awards.services.decisions.drawing import lines_of
from awards.services.decisions.register import visible_awards
from dvk_portal.core.documents.content import Content
from dvk_portal.core.models import Document
from dvk_portal.core.signatures.signing import sign_by_consent
from pledges.services.recorddocuments import issue_document
from tests import factories as f
from tests.awards.decisions import decision_steps as steps
from tests.factories import awards as af
from units.models import Lineage

TODAY = steps.TODAY


@pytest.fixture
def made(province):
    steps.salaries()
    province.cycle = steps.cycle_of(province)
    province.kind = steps.award_type("GK", "0.3", title=False)
    return province


def draft(made, count=1):
    for _ in range(count):
        steps.recommended(made.cycle, made.kind, af.RecipientFactory(unit=made.commune))
    return steps.drawn(made.cycle, made.kind, made.verifier)


# --- the way through the pages ---------------------------------------------------------------------------------------
def test_a_decision_is_drawn_up_signed_numbered_published_and_paid_in_the_pages(made, sign_in):
    steps.recommended(made.cycle, made.kind, af.RecipientFactory(unit=made.commune, name="Bà Nguyễn Thị An"))
    client, officer = sign_in(made.director), sign_in(made.verifier)
    key = f"{made.cycle.pk}:state:{steps.AUTHORITY}"
    officer.post(reverse("decision-create"), {"what": key, "title": "Khen thưởng năm 2026"})
    decision = Decision.objects.get()

    client.post(
        reverse("decision-sign", args=[decision.pk]), {"signer": "Huỳnh Văn Trưởng", "signer_post": "Trưởng Ban"}
    )
    client.post(reverse("decision-number", args=[decision.pk]), {"number": "", "dated_on": "30/06/2026", "sure": "on"})
    client.post(reverse("decision-publish", args=[decision.pk]))
    payment = fund.payments_of(decision).get()
    officer.post(
        reverse("decision-money", args=[decision.pk]),
        {"ids": [payment.pk], "day": "01/07/2026", "document_no": "PC 1", "reason": "Ứng trước"},
    )

    decision.refresh_from_db()
    payment.refresh_from_db()
    assert (decision.status, payment.state) == ("published", "paid")
    page = sign_in(made.leader).get(reverse("award-list"))
    assert "Bà Nguyễn Thị An" in page.content.decode()


def test_a_refused_form_keeps_what_was_typed_and_says_why(made, sign_in):
    decision = draft(made)
    line = decision.lines.get()

    page = sign_in(made.verifier).post(
        reverse("decision-line", args=[decision.pk, line.pk]), {"granted": "no", "reason": ""}
    )

    text = page.content.decode()
    assert page.status_code == 200
    assert "Hãy ghi lý do khác ý kiến hội đồng." in text
    line.refresh_from_db()
    assert line.granted is True


def test_paying_without_a_reason_when_the_fund_is_empty_is_refused_on_the_page(made, sign_in):
    decision = steps.numbered(draft(made), made.director)
    payment = fund.payments_of(decision).get()

    page = sign_in(made.verifier).post(
        reverse("decision-money", args=[decision.pk]), {"ids": [payment.pk], "day": "22/11/2026", "document_no": "PC 7"}
    )

    text = page.content.decode()
    assert page.status_code == 200
    assert "không đủ chi" in text
    assert 'value="PC 7"' in text
    assert FundEntry.objects.count() == 0


def test_the_page_before_a_cancellation_names_money_and_what_rests_on_it(made, sign_in):
    decision = steps.published(draft(made), made.director)
    fund.pay_lines(
        decision, [fund.payments_of(decision).get().pk], actor=made.director, day=TODAY, document_no="", today=TODAY,
        reason="x",
    )  # fmt: skip

    text = sign_in(made.director).get(reverse("award-revoke", args=[decision.awards.get().pk])).content.decode()

    assert "Nộp lại 710.000 đồng" in text
    assert Award.objects.get().status == "granted"


def test_a_decision_of_others_is_not_found_and_a_unit_meets_no_decisions(made, sign_in):
    decision = draft(made)

    for person in (made.leader, made.other_leader, made.clerk, made.stranger, made.member):
        assert sign_in(person).get(reverse("decision-detail", args=[decision.pk])).status_code == 404
        assert sign_in(person).get(reverse("fund")).status_code == 404


def test_an_officer_is_refused_what_the_director_does(made, sign_in):
    decision = draft(made)

    assert sign_in(made.verifier).get(reverse("decision-sign", args=[decision.pk])).status_code == 403
    assert sign_in(made.verifier).get(reverse("decision-revoke", args=[decision.pk])).status_code == 403


# --- the register ----------------------------------------------------------------------------------------------------
def test_units_see_a_decision_in_the_register_only_when_it_is_published(made):
    decision = steps.numbered(draft(made), made.director)

    assert list(visible_awards(made.leader)) == []
    Decision.objects.filter(pk=decision.pk).update(status="published")
    assert list(visible_awards(made.leader)) == list(decision.awards.all())
    assert list(visible_awards(made.other_leader)) == []


def test_the_register_is_searched_without_accents_and_by_predecessors(made, sign_in):
    old = f.UnitFactory(code="39999", name="Xã Cũ", parent=made.province)
    Lineage.objects.create(
        predecessor=old, successor=made.commune, effective_on=datetime.date(2025, 7, 1), decision="Nghị quyết 1"
    )
    before = af.AwardFactory(recipient=af.RecipientFactory(unit=old, name="Đỗ Thị Tường"))
    af.AwardFactory(recipient=af.RecipientFactory(unit=made.commune, name="Võ Văn Khác"))
    af.AwardFactory(recipient=af.RecipientFactory(unit=made.other_commune, name="Lý Văn Xa"))
    client = sign_in(made.verifier)

    found = client.get(reverse("award-list"), {"q": "do thi tuong"}).context["object_list"]
    of_unit = client.get(reverse("award-list"), {"unit": made.commune.pk}).context["object_list"]

    assert list(found) == [before]
    assert {award.name for award in of_unit} == {"Đỗ Thị Tường", "Võ Văn Khác"}


def test_the_history_of_a_unit_goes_through_a_merger(made, sign_in):
    old = f.UnitFactory(code="39999", name="Xã Cũ", parent=made.province)
    Lineage.objects.create(
        predecessor=old, successor=made.commune, effective_on=datetime.date(2025, 7, 1), decision="Nghị quyết 1"
    )
    af.AwardFactory(recipient=af.RecipientFactory(collective=True, unit=old, of_unit=old, name="Xã Cũ"), year=2024)
    now = af.AwardFactory(
        recipient=af.RecipientFactory(collective=True, unit=made.commune, of_unit=made.commune, name="Xã An Hòa")
    )

    text = sign_in(made.verifier).get(now.get_absolute_url()).content.decode()

    assert "của Xã Cũ, nay đã nhập vào" in text


def test_an_earlier_award_is_entered_and_a_likely_duplicate_is_asked_about(made, sign_in):
    recipient = af.RecipientFactory(unit=made.commune)
    data = {
        "award_type": made.kind.pk, "award_kind": "merit", "year": "2024", "decision_no": "5/QĐ", "decided_on": "20/12/2024",
        "authority": "Chủ tịch UBND xã", "name": recipient.name, "unit_name": "Xã An Hòa cũ",
    }  # fmt: skip
    client, url = sign_in(made.verifier), reverse("award-enter-for", args=[recipient.pk])
    client.post(url, data)

    again = client.post(url, {**data, "decision_no": "6/QĐ"})

    assert again.status_code == 200
    assert "Có thể khen thưởng này đã có trong sổ" in again.content.decode()
    assert Award.objects.values_list("unit_name", "year", "decision").get() == ("Xã An Hòa cũ", 2024, None)
    client.post(url, {**data, "decision_no": "6/QĐ", "knows_duplicates": "on"})
    assert Award.objects.count() == 2


# --- documents -------------------------------------------------------------------------------------------------------
def test_a_signature_in_the_portal_signs_the_decision_and_its_number_is_taken_over(made):
    decision = draft(made, 2)
    document = issue_document(DecisionDocument(), decision, actor=made.director)

    sign_by_consent(document, actor=made.director, slot="director", now=timezone.now())
    decision.refresh_from_db()
    assert (decision.status, decision.signer) == ("signed", "Huỳnh Văn Trưởng")
    decision = steps.number_decision(
        decision, actor=made.director, paper=steps.paper(TODAY), today=timezone.localdate()
    )

    document.refresh_from_db()
    assert (document.status, decision.number, decision.dated_on) == ("issued", document.number.text, document.dated_on)
    assert DecisionDocument().is_current(document, decision)


def test_the_decision_says_its_articles_its_period_its_money_and_lists_in_legal_order(made):
    person = af.RecipientFactory(unit=made.commune, name="Bà An")
    group = af.RecipientFactory(unit=made.other_commune, collective=True, name="Chi hội Bình")
    for recipient in (person, group):
        steps.recommended(made.cycle, made.kind, recipient)
    decision = steps.drawn(made.cycle, made.kind, made.verifier)

    content = DecisionDocument().content(decision)

    first, second, third = content.sections[0].paragraphs
    assert first == (
        "Điều 1. Khen thưởng 1 tập thể, 1 cá nhân: tặng Danh hiệu GK cho 1 tập thể, 1 cá nhân (có danh sách kèm theo); "
        "thời gian lập thành tích: năm 2026."
    )
    assert "2.280.000 đồng, tính theo mức lương cơ sở 2.530.000 đồng" in second
    assert third.startswith("Điều 3. Các đơn vị liên quan và tập thể, cá nhân có tên trong danh sách kèm theo")
    assert [table.rows[0][1] for table in content.tables] == ["Chi hội Bình", "Bà An"]
    assert Content.from_json(content.as_json()) == content


def test_a_line_changed_after_the_document_was_made_leaves_nothing_to_sign(made):
    decision = draft(made, 2)
    document = issue_document(DecisionDocument(), decision, actor=made.director)

    decision.lines.first().delete()

    assert DecisionDocument().mandate(made.director, document, "director") is None


def test_the_table_of_money_is_made_once_the_decision_has_a_number(made):
    decision = draft(made)
    assert AwardMoneyDocument().obstacles(decision) == [
        "Quyết định chưa vào sổ nên đây là dự thảo, chỉ xem trước được."
    ]

    decision = steps.numbered(decision, made.director)
    issue_document(AwardMoneyDocument(), decision, actor=made.director)

    document = Document.objects.get(kind="award_decision_money")
    assert document.status == "issued"
    assert document.content["sections"][0]["tables"][0]["rows"][-1][7] == "710.000"


# --- Excel and queries -----------------------------------------------------------------------------------------------
def test_the_excel_of_money_holds_every_line_and_the_sum(made, sign_in):
    decision = steps.numbered(draft(made, 3), made.director)

    page = sign_in(made.verifier).get(reverse("decision-money-export", args=[decision.pk]))

    rows = list(openpyxl.load_workbook(io.BytesIO(page.content)).active.iter_rows(values_only=True))
    assert [row[7] for row in rows[4:]] == [710_000, 710_000, 710_000, 2_130_000]


@pytest.mark.parametrize("name", ["decision-list", "award-list", "fund", "receivable-list"])
def test_a_list_costs_the_same_queries_for_one_row_and_many(name, made, sign_in, django_assert_max_num_queries):
    for number in range(12):
        af.DecisionFactory(unit=made.ban, numbered=True, number=f"{number}-QĐ")
        af.AwardFactory(recipient__unit=made.commune)
        fund.add_entry(
            made.ban, actor=made.director, kind="income", day=TODAY, amount=1000, text=f"Thu {number}", today=TODAY
        )
    client = sign_in(made.verifier)

    with django_assert_max_num_queries(18):
        client.get(reverse(name))


@pytest.mark.parametrize("count", [1, 40])
def test_a_decision_page_costs_the_same_queries_for_many_lines(count, made, sign_in, django_assert_max_num_queries):
    decision = draft(made, count)
    client = sign_in(made.verifier)

    with django_assert_max_num_queries(20):
        client.get(decision.get_absolute_url())

    assert len(lines_of(decision)) == count


@pytest.mark.parametrize("count", [1, 40])
def test_a_page_of_money_costs_the_same_queries_for_many_lines(count, made, sign_in, django_assert_max_num_queries):
    decision = steps.numbered(draft(made, count), made.director)
    client = sign_in(made.verifier)

    with django_assert_max_num_queries(15):
        client.get(reverse("decision-money", args=[decision.pk]))
