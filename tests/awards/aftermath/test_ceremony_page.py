"""The ceremony: turns in the legal order, the day of each handing over, who was absent stays, documents and Excel."""

import datetime
import io

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from awards.documents.aftermath import CeremonyList, CeremonyScript
from awards.models import AwardType
from awards.services.aftermath.handing import (
    PER_TURN,
    awards_to_hand,
    hand_out,
    hand_out_due,
    take_back_hand_out,
    turns_of,
)
from awards.services.aftermath.order import ceremony_order
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Document
from pledges.services.recorddocuments import issue_document
from tests.awards.aftermath.print_steps import DECIDED, awarded, decided
from tests.factories import awards as af

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 20)
DAY = datetime.date(2026, 11, 18)


@pytest.fixture
def decision(province):
    return decided(province)


def names(awards):
    return [award.name for award in awards]


# --- order and turns ------------------------------------------------------------------------------------------------------
def test_awards_of_the_catalogue_are_called_up_in_the_legal_order(province, decision):
    kinds = {code: AwardType.objects.get(code=code) for code in ("CSTDTQ", "BK-TTg", "BK-T", "GK")}
    for code, kind, name, posthumous in (
        ("GK", "person", "Giấy khen", False),
        ("BK-T", "person", "Truy tặng", True),
        ("BK-T", "person", "Cá nhân", False),
        ("BK-T", "household", "Hộ", False),
        ("BK-T", "collective", "Tập thể", False),
        ("BK-TTg", "person", "Thủ tướng", False),
        ("CSTDTQ", "person", "Chiến sĩ", False),
    ):
        awarded(decision, province.commune, name, award_type=kinds[code], subject_kind=kind, posthumous=posthumous)

    found = names(ceremony_order(awards_to_hand(decision, province.clerk)))

    assert found == ["Chiến sĩ", "Thủ tướng", "Tập thể", "Hộ", "Cá nhân", "Truy tặng", "Giấy khen"]


def test_names_go_in_the_vietnamese_order(province, decision):
    for name in ("Đỗ Văn Ấn", "Dương Văn An", "Trần Văn Ân", "Ngô Thị Bé"):
        awarded(decision, province.commune, name)

    found = names(ceremony_order(awards_to_hand(decision, province.clerk)))

    assert found == sorted(found, key=af.sort_key)


def test_at_most_ten_come_up_together_and_nobody_of_another_kind(province, decision):
    for number in range(PER_TURN + 2):
        awarded(decision, province.commune, f"Người {number:02d}")
    awarded(decision, province.commune, "Tập thể", subject_kind="collective")

    turns = turns_of(ceremony_order(awards_to_hand(decision, province.clerk)))

    assert [len(turn.awards) for turn in turns] == [1, 10, 2]


# --- until when -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("count", "due"),
    [(1, datetime.date(2026, 11, 16)), (99, datetime.date(2026, 11, 16)), (100, datetime.date(2026, 12, 1))],
)
def test_a_hundred_awards_have_twice_the_time(count, due):
    """Ten working days from Monday 2/11/2026; twenty, over the day off of 24/11."""
    assert hand_out_due(DECIDED, count) == due


# --- marking ------------------------------------------------------------------------------------------------------------
def test_who_was_absent_stays_on_the_list(province, decision):
    here, absent = (awarded(decision, province.commune, name) for name in ("Có mặt", "Vắng"))

    count = hand_out(decision, actor=province.clerk, day=DAY, today=TODAY, only=[here.pk])

    left = awards_to_hand(decision, province.clerk).filter(handed_on=None)
    here.refresh_from_db()
    assert (count, here.handed_on, list(left)) == (1, DAY, [absent])
    assert AuditEntry.objects.get(action="hand_out").record_id == str(here.pk)


def test_everybody_left_is_marked_at_once_and_nobody_twice(province, decision):
    first, second = (awarded(decision, province.commune, name) for name in ("Một", "Hai"))
    hand_out(decision, actor=province.clerk, day=DAY, today=TODAY, only=[first.pk])

    count = hand_out(decision, actor=province.clerk, day=TODAY, today=TODAY)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (count, first.handed_on, second.handed_on) == (1, DAY, TODAY)


def test_a_cancelled_award_is_not_handed_out(province, decision):
    gone = awarded(decision, province.commune, "Hủy", revoked=True)

    with pytest.raises(DomainError, match="Không còn khen thưởng nào chưa trao"):
        hand_out(decision, actor=province.clerk, day=DAY, today=TODAY, only=[gone.pk])


def test_an_award_of_another_decision_is_not_marked_by_this_one(province, decision):
    other = awarded(decided(province, number="26-QĐ/BTGDVTU"), province.commune, "Khác")
    awarded(decision, province.commune, "Của quyết định này")

    with pytest.raises(DomainError):
        hand_out(decision, actor=province.clerk, day=DAY, today=TODAY, only=[other.pk])


@pytest.mark.parametrize(
    ("day", "finding"),
    [
        (datetime.date(2026, 11, 21), "Ngày trao không được ở tương lai."),
        (datetime.date(2026, 11, 1), "Ngày trao phải bằng hoặc sau ngày quyết định (02/11/2026)."),
    ],
)
def test_a_day_that_cannot_be_is_refused(day, finding, province, decision):
    awarded(decision, province.commune, "Một")

    with pytest.raises(DomainError) as refused:
        hand_out(decision, actor=province.clerk, day=day, today=TODAY)
    assert refused.value.findings == [finding]


def test_a_wrong_mark_is_taken_back_with_a_reason(province, decision):
    award = awarded(decision, province.commune, "Một", handed_on=DAY)

    with pytest.raises(DomainError, match="Hãy ghi lý do"):
        take_back_hand_out(award, actor=province.clerk, note=" ")
    take_back_hand_out(award, actor=province.clerk, note="Ghi nhầm người")

    award.refresh_from_db()
    assert award.handed_on is None


def test_only_who_hands_over_marks(province, decision):
    award = awarded(decision, province.commune, "Một")
    for person in ("leader", "editor", "viewer", "admin", "chair", "stranger"):
        actor = getattr(province, person)
        with pytest.raises(PermissionDenied):
            hand_out(decision, actor=actor, day=DAY, today=TODAY)
        with pytest.raises(PermissionDenied):
            take_back_hand_out(award, actor=actor, note="x")


# --- documents ----------------------------------------------------------------------------------------------------------
def test_the_script_says_who_is_called_up_and_who_hands_over(province, decision):
    decision.signer_post = "Trưởng Ban"
    decision.save()
    awarded(decision, province.commune, "Trần Thị Ngoan", post="Bí thư chi bộ")
    awarded(decision, province.commune, "Lê Văn Nhớ", posthumous=True)

    words = [
        text
        for section in CeremonyScript().content(decision).sections
        for text in (*section.paragraphs, *section.items)
    ]

    assert "Trần Thị Ngoan, Bí thư chi bộ, Xã An Hòa" in words
    assert "Lượt 2: Bằng khen thử, cá nhân (truy tặng), 1 bằng." in words
    assert any("kính mời Huỳnh Văn Trưởng, Trưởng Ban lên trao tặng" in text for text in words)
    assert any("Kính mời thân nhân của" in text for text in words)


@pytest.mark.parametrize("kind", [CeremonyList(), CeremonyScript()], ids=lambda kind: kind.code)
def test_a_document_is_made_and_replaced_when_an_award_is_cancelled(kind, province, decision):
    keep, gone = (awarded(decision, province.commune, name) for name in ("Giữ", "Hủy"))
    first = issue_document(kind, decision, actor=province.clerk)
    with pytest.raises(DomainError, match="còn hiệu lực"):
        issue_document(kind, decision, actor=province.clerk)
    type(gone).objects.filter(pk=gone.pk).update(
        status="revoked", ended_at=timezone.now(), end_note="Khai man", end_decision_no="3", end_decided_on="2026-11-10"
    )

    second = issue_document(kind, decision, actor=province.clerk)

    assert Document.objects.get(pk=first.pk).status == "superseded"
    assert keep.name in str(second.content)
    assert gone.name not in str(second.content)


def test_no_list_is_made_of_a_decision_that_is_not_in_force(province, decision):
    awarded(decision, province.commune, "Một")
    type(decision).objects.filter(pk=decision.pk).update(status="revoked", ended_at=timezone.now(), end_note="Thử")
    decision.refresh_from_db()

    with pytest.raises(DomainError) as refused:
        issue_document(CeremonyList(), decision, actor=province.clerk)
    assert refused.value.findings == ["Quyết định chưa vào sổ hoặc đã bị hủy nên không trao theo quyết định này."]


def test_the_spreadsheet_goes_by_the_order_of_the_ceremony(province, decision, sign_in):
    awarded(decision, province.commune, "Cá nhân")
    awarded(decision, province.commune, "=Tập thể", subject_kind="collective")

    response = sign_in(province.clerk).get(reverse("decision-ceremony-xlsx", args=[decision.pk]))

    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.iter_rows(min_row=5, values_only=True))
    assert [row[:3] for row in rows] == [(1, 1, "'=Tập thể"), (2, 2, "Cá nhân")]


# --- the page -----------------------------------------------------------------------------------------------------------
def test_the_page_marks_the_ticked_ones(province, decision, sign_in):
    here, absent = (awarded(decision, province.commune, name) for name in ("Có mặt", "Vắng"))
    client, url = sign_in(province.clerk), reverse("decision-ceremony", args=[decision.pk])

    client.post(url, {"day": f"{timezone.localdate():%d/%m/%Y}", "award": [here.pk]})

    here.refresh_from_db()
    absent.refresh_from_db()
    assert (here.handed_on, absent.handed_on) == (timezone.localdate(), None)


def test_a_refused_day_keeps_the_ticks(province, decision, sign_in):
    award = awarded(decision, province.commune, "Có mặt")

    response = sign_in(province.clerk).post(
        reverse("decision-ceremony", args=[decision.pk]), {"day": "01/11/2026", "award": [award.pk]}
    )

    text = response.content.decode()
    assert response.status_code == 200
    assert "Ngày trao phải bằng hoặc sau ngày quyết định (02/11/2026)." in text
    assert f'value="{award.pk}" checked' in text


def test_somebody_elses_ceremony_is_not_found(province, decision, sign_in):
    awarded(decision, province.commune, "Một")
    for person in ("leader", "viewer", "stranger", "admin"):
        client = sign_in(getattr(province, person))
        for name in ("decision-ceremony", "decision-ceremony-xlsx", "ceremony-documents"):
            assert client.get(reverse(name, args=[decision.pk])).status_code in (403, 404), (person, name)


@pytest.mark.parametrize("count", [1, 25])
def test_the_page_costs_the_same_queries(count, province, decision, sign_in, django_assert_max_num_queries):
    for number in range(count):
        awarded(decision, province.commune, f"Người {number}", handed_on=DAY if number % 2 else None)
    client = sign_in(province.clerk)

    with django_assert_max_num_queries(9):
        client.get(reverse("decision-ceremony", args=[decision.pk]))


@pytest.mark.parametrize("count", [0, 1, 12])
def test_a_clerk_finds_what_is_left_to_hand_over(count, province, sign_in, django_assert_max_num_queries):
    for number in range(count):
        decision = decided(province, number=f"{number}-QĐ")
        awarded(decision, province.commune, "Đã nhận", handed_on=DAY)
        awarded(decision, province.commune, "Chưa nhận")
    client = sign_in(province.clerk)

    with django_assert_max_num_queries(8):
        response = client.get(reverse("handing-list"))

    assert [(row.count, row.left) for row in response.context["object_list"]] == [(2, 1)] * count
    assert sign_in(province.leader).get(reverse("handing-list")).status_code == 403
