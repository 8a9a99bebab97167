"""The pages of the council's site: what each shows whom, and what it keeps to itself."""

import datetime
import io

import openpyxl
import pytest
from django.urls import reverse

from awards.models import Ballot, BallotCandidate, DeclaredRelation, Nomination, Review, ReviewRound, Turnout
from awards.services.council.relations import declare_relation
from awards.services.council.rounds import close_round, open_round
from tests import factories as f
from tests.awards.council.steps import give, score
from tests.factories import awards as af

HIDDEN = "Nguyễn Thị An Bí Mật"


@pytest.fixture
def going(council, round_of_council):
    """An open round: ``member`` reads both dossiers, ``other`` An's, ``away`` Bình's."""
    for member, nomination in (
        (council.member, council.an), (council.member, council.binh), (council.other, council.an), (council.away, council.binh),
    ):  # fmt: skip
        give(round_of_council, member, nomination)
    council.round = open_round(round_of_council, actor=council.secretary.user)
    return council


def page(client, name, *args, **query):
    response = client.get(reverse(f"council:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def review(council, member, nomination):
    return Review.objects.select_related("round__cycle", "nomination", "member__user").get(
        member=member, nomination=nomination
    )


def sheet(council, *values, note="Có minh chứng", revision=1, **buttons):
    data = {"revision": revision, "comment": "Tốt", **buttons}
    for row, value in zip(council.cycle.criteria.all(), values, strict=True):
        data |= {f"points_{row.pk}": value, f"note_{row.pk}": note}
    return data


# --- my tasks -------------------------------------------------------------------------------------------------------------
def test_the_first_page_names_what_waits_for_me_and_nothing_of_others(going, sign_in):
    text = page(sign_in(going.conflicted), "index")

    assert "Chấm hồ sơ: Trần Văn Bình – Bằng khen thử" in text
    assert HIDDEN not in text
    assert "Bạn chưa khai quan hệ nào" in text


def test_a_dossier_that_changed_comes_back_as_a_task(going, sign_in):
    score(review(going, going.away, going.binh), 50, 15)
    client = sign_in(going.conflicted)
    assert "Không có việc nào chờ bạn" in page(client, "index")

    Nomination.objects.filter(pk=going.binh.pk).update(revision=2)

    assert "Đơn vị đã gửi bản mới sau khi bạn chấm: hãy đọc lại." in page(client, "index")
    assert "Bạn chấm lần gửi 1; hồ sơ bên cạnh là lần gửi 2." in page(client, "dossier", going.binh.pk)
    assert "Đọc bản cũ" in page(client, "dossiers")


def test_an_open_ballot_and_a_called_meeting_wait_for_who_may_vote(council, sign_in):
    meeting = af.MeetingFactory(committee=council.committee, cycle=council.cycle, title="Phiên họp tháng 12")
    ballot = Ballot.objects.create(
        meeting=meeting, award_type=council.award_type, number=1, state="open", held_on=datetime.date(2026, 11, 22)
    )
    BallotCandidate.objects.create(ballot=ballot, nomination=council.binh, order=1)
    for seat, voted in ((council.member, False), (council.other, True)):
        Turnout.objects.create(ballot=ballot, member=seat, voter=seat.user, voted=voted)

    mine, others = page(sign_in(council.member.user), "index"), page(sign_in(council.other.user), "index")

    assert "Bỏ phiếu: Bằng khen thử, vòng 1" in mine
    assert "Bỏ phiếu:" not in others
    assert "Phiên họp tháng 12" in others


def test_a_role_without_a_seat_is_told_so(province, sign_in):
    assert "Bạn chưa có tên trong hội đồng nào" in page(sign_in(province.member), "index")
    assert sign_in(province.member).get(reverse("council:dossiers")).status_code == 404


# --- dossiers ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("query", [{}, {"q": "an bi mat"}, {"q": "An Hòa"}, {"sort": "-name"}])
def test_no_search_and_no_order_finds_a_hidden_dossier(council, sign_in, query):
    assert HIDDEN in page(sign_in(council.member.user), "dossiers", **query)
    assert HIDDEN not in page(sign_in(council.conflicted), "dossiers", **query)


def test_the_filter_offers_no_award_of_which_everything_is_hidden(council, sign_in):
    rare = af.AwardTypeFactory(code="HIEM", name="Cờ hiếm")
    council.cycle.award_types.add(rare)
    af.NominationFactory(
        cycle=council.cycle,
        award_type=rare,
        recipient=af.RecipientFactory(unit=council.province.commune),
        eligible=True,
    )

    assert "Cờ hiếm" in page(sign_in(council.member.user), "dossiers")
    for name in ("dossiers", "comparison"):
        assert "Cờ hiếm" not in page(sign_in(council.conflicted), name)


def test_a_hidden_dossier_is_not_there_whatever_is_asked_of_it(going, sign_in):
    client = sign_in(going.conflicted)

    for name, method in (("dossier", client.get), ("review-save", client.post)):
        assert method(reverse(f"council:{name}", args=[going.an.pk])).status_code == 404


def test_a_sheet_is_saved_as_a_draft_and_then_as_done(going, sign_in):
    client, url = sign_in(going.member.user), reverse("council:review-save", args=[going.an.pk])

    first = client.post(url, sheet(going, "50,5", "", note="", draft="1"))
    draft = review(going, going.member, going.an)
    second = client.post(url, sheet(going, "50,5", "15", done="1"))

    assert (first.url, draft.done_at) == (reverse("council:dossier", args=[going.an.pk]), None)
    assert second.url == reverse("council:dossier", args=[going.binh.pk])
    assert str(review(going, going.member, going.an).total) == "80.50"


def test_a_refused_sheet_keeps_what_was_typed_and_says_what_is_missing(going, sign_in):
    url = reverse("council:review-save", args=[going.an.pk])
    response = sign_in(going.member.user).post(url, sheet(going, "61", "15", note="", done="1"))

    text = response.content.decode()
    assert response.status_code == 200
    assert "Kết quả: tối đa 60 điểm." in text
    assert "Sức lan tỏa: tiêu chí này cần nhận xét." in text
    assert 'value="61"' in text
    assert review(going, going.member, going.an).points.count() == 0


def test_a_sheet_for_an_older_sending_is_refused_with_the_new_one_beside_it(going, sign_in):
    Nomination.objects.filter(pk=going.an.pk).update(revision=2, summary="Bản mới hơn")
    url = reverse("council:review-save", args=[going.an.pk])
    response = sign_in(going.member.user).post(url, sheet(going, "50", "15", revision=1, done="1"))

    assert "Đơn vị vừa gửi bản hồ sơ mới" in response.content.decode()
    assert "Bản mới hơn" in response.content.decode()


# --- sealed until it closes -----------------------------------------------------------------------------------------------
MARK = "Lời-kín-của-người-chấm"


@pytest.mark.parametrize("who", ["chair", "secretary", "other"])
def test_while_the_round_is_open_nobody_reads_anothers_points_notes_or_sums(going, sign_in, who):
    score(review(going, going.member, going.an), "57.25", "13.5", comment=MARK)
    client, text = sign_in(getattr(going, who).user), ""
    for name, args in (("index", ()), ("dossiers", ()), ("dossier", (going.an.pk,)), ("comparison", ()), ("rounds", ()),
                       ("round", (going.round.pk,)), ("round-plan", (going.round.pk,)), ("round-close", (going.round.pk,))):  # fmt: skip
        text += client.get(reverse(f"council:{name}", args=args)).content.decode()
    book = client.get(reverse("council:comparison-export")).content
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(book)).active.values for cell in row]

    for leak in (MARK, "57,25", "84,25", "13,5"):
        assert leak not in text
    assert 84.25 not in cells


def test_the_reader_himself_sees_his_own_sheet_meanwhile(going, sign_in):
    score(review(going, going.member, going.an), "57.25", "13.5", comment=MARK)

    text = page(sign_in(going.member.user), "dossier", going.an.pk)
    assert MARK in text
    assert "84,25" in text


def test_after_the_closing_everybody_but_the_conflicted_reads_mean_spread_and_comments(going, sign_in):
    score(review(going, going.member, going.an), "57.25", "13.5", comment=MARK)
    score(review(going, going.other, going.an), "40", "10")
    close_round(going.round, actor=going.chair.user, note="Hết hạn")

    text = page(sign_in(going.secretary.user), "dossier", going.an.pk)
    assert MARK in text
    assert "72,13" in text  # (84.25 + 60) / 2 = 72.125
    assert "24,25" in text
    assert "cần bàn" in text
    away = sign_in(going.conflicted)
    assert not any(leak in page(away, name) for name in ("dossiers", "comparison", "index") for leak in ("72,13", MARK))


# --- comparison -------------------------------------------------------------------------------------------------------------
def test_the_comparison_and_its_file_hold_the_same_lines_and_none_that_is_hidden(council, sign_in):
    third = af.NominationFactory(
        cycle=council.cycle, award_type=council.award_type, eligible=True,
        recipient=af.RecipientFactory(unit=council.province.third_commune, name="Lê Văn Cường"),
    )  # fmt: skip
    af.AwardFactory(recipient=third.recipient, year=2025)
    af.AwardFactory(recipient=third.recipient, year=2024, revoked=True)

    text = page(sign_in(council.conflicted), "comparison")
    book = sign_in(council.conflicted).get(reverse("council:comparison-export")).content
    names = [row[1] for row in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows(min_row=5, values_only=True)]

    assert [name.splitlines()[0] for name in names] == ["Lê Văn Cường", "Trần Văn Bình"]
    assert "Bằng khen thử (2025)" in text
    assert "2024" not in text
    assert HIDDEN not in text


@pytest.mark.parametrize(
    ("sort", "order"),
    [("score", ["Lê", "Trần", "Nguyễn"]), ("-score", ["Trần", "Lê", "Nguyễn"]), ("name", ["Lê", "Nguyễn", "Trần"])],
)
def test_lines_are_sorted_and_those_without_a_value_come_last(council, sign_in, sort, order):
    Nomination.objects.filter(pk=council.binh.pk).update(score=90)
    recipient = af.RecipientFactory(unit=council.province.third_commune, name="Lê Văn Cường")
    af.NominationFactory(
        cycle=council.cycle, award_type=council.award_type, recipient=recipient, eligible=True, score=80
    )

    response = sign_in(council.member.user).get(reverse("council:comparison"), {"sort": sort})

    assert [row.nomination.name.split()[0] for row in response.context["comparison"].lines] == order


# --- chair and secretary -----------------------------------------------------------------------------------------------------
def test_a_round_goes_from_criteria_to_its_closing_over_the_pages(council, sign_in):
    client = sign_in(council.secretary.user)
    url = reverse("council:criteria", args=[council.cycle.pk])
    client.post(url, {"name_0": "Kết quả", "most_0": "60", "weight_0": "1,5", "note_0": "on"})
    assert "Kết quả (60 × 1,5)" in page(client, "rounds")
    made = client.post(
        reverse("council:round-create", args=[council.cycle.pk]),
        {"reviewers": "2", "spread_alert": "10", "closes_on": "01/12/2026"},
    )
    row = ReviewRound.objects.get()
    assert made.url == reverse("council:round", args=[row.pk])
    plan = client.get(reverse("council:round-plan", args=[row.pk]))
    client.post(plan.request["PATH_INFO"], {"seed": "1", "digest": plan.context["digest"]})
    assert row.reviews.count() == 4
    client.post(reverse("council:round-open", args=[row.pk]))
    refused = client.post(reverse("council:round-close", args=[row.pk]), {"note": ""})
    assert "Còn phiếu chưa chấm xong" in refused.content.decode()
    client.post(reverse("council:round-close", args=[row.pk]), {"note": "Hết hạn"})

    row.refresh_from_db()
    assert row.closed_at is not None


def test_a_plan_that_changed_meanwhile_is_shown_again_and_not_carried_out(council, round_of_council, sign_in):
    response = sign_in(council.chair.user).post(
        reverse("council:round-plan", args=[round_of_council.pk]), {"seed": "1", "digest": "cũ"}
    )

    assert "Hãy xem lại bản phân công dưới đây rồi xác nhận." in response.content.decode()
    assert not Review.objects.exists()


def test_a_reader_in_conflict_is_refused_on_the_page_without_the_reason(going, sign_in):
    response = sign_in(going.secretary.user).post(
        reverse("council:reader-add", args=[going.round.pk]), {"nomination": going.an.pk, "member": going.away.pk}
    )

    assert response.status_code == 200
    assert "Kiều Thị Tránh không được xét hồ sơ này." in response.content.decode()


def test_chair_in_conflict_finds_nothing_of_the_dossier_on_any_of_his_pages(going, sign_in):
    DeclaredRelation.objects.create(member=going.chair, recipient=going.an.recipient, relation="anh ruột")
    client = sign_in(going.chair.user)

    for name, args in (
        ("rounds", ()),
        ("round", (going.round.pk,)),
        ("round-plan", (going.round.pk,)),
        ("dossiers", ()),
    ):
        assert HIDDEN not in page(client, name, *args)
    taken = review(going, going.other, going.an)
    assert client.post(reverse("council:reader-remove", args=[taken.pk])).status_code == 404


# --- seats and relations ------------------------------------------------------------------------------------------------------
def test_the_director_establishes_a_council_and_opens_no_other_page(council, sign_in):
    client = sign_in(council.province.director)
    made = client.post(
        reverse("council:committee-create"),
        {"name": "Hội đồng sáng kiến", "decision_no": "20-QĐ/TU", "decision_date": "01/02/2026", "valid_from": "01/02/2026",
         "conflict_years": "2"},
    )  # fmt: skip
    newcomer = f.UserFactory(full_name="Người Mới")
    f.MembershipFactory(user=newcomer, unit=council.province.province, role="viewer")

    done = client.post(
        made.url + "them/", {"user": newcomer.pk, "role": "chair", "votes": "on", "valid_from": "01/02/2026"}
    )

    assert done.url == made.url
    assert "Người Mới" in client.get(made.url).content.decode()
    assert [client.get(reverse(f"council:{name}")).status_code for name in ("index", "dossiers", "relations")] == [
        403
    ] * 3


def test_a_member_declares_a_relation_over_the_search_and_the_dossier_is_gone(council, sign_in):
    client = sign_in(council.member.user)
    url = reverse("council:relation-declare") + "?q=tran+van+binh"
    assert "Trần Văn Bình – Xã Bình Đức" in client.get(url).content.decode()

    client.post(url, {"member": council.member.pk, "recipient": council.binh.recipient.pk, "relation": "em ruột"})

    assert client.get(reverse("council:dossier", args=[council.binh.pk])).status_code == 404


def test_a_member_cannot_declare_for_somebody_else_over_the_page(council, sign_in):
    response = sign_in(council.member.user).post(
        reverse("council:relation-declare"),
        {"member": council.other.pk, "unit": council.province.commune.pk, "relation": "em ruột"},
    )

    assert "Hãy chọn một mục trong danh sách." in response.content.decode()
    assert not DeclaredRelation.objects.exists()


def test_what_a_member_declared_is_not_shown_to_other_members(council, sign_in):
    declare_relation(council.member, actor=council.member.user, relation="vợ cũ", recipient=council.an.recipient)

    assert "vợ cũ" in page(sign_in(council.secretary.user), "relations")
    assert "vợ cũ" not in page(sign_in(council.other.user), "relations")


# --- how much the pages ask of the database --------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(
    ("name", "who", "expected"),
    [
        ("index", "member", 14), ("dossiers", "member", 15), ("comparison", "member", 15), ("relations", "member", 7),
        ("rounds", "secretary", 11), ("round", "secretary", 23), ("round-plan", "secretary", 23), ("committees", "member", 6),
        ("committee", "secretary", 8),
    ],
)  # fmt: skip
def test_a_page_costs_the_same_queries_for_one_row_and_for_many(
    council, round_of_council, sign_in, django_assert_num_queries, name, who, expected, count
):
    for number in range(count):
        unit = f.UnitFactory(name=f"Xã Thứ {number}")
        row = af.NominationFactory(
            cycle=council.cycle, award_type=council.award_type, recipient=af.RecipientFactory(unit=unit), eligible=True
        )
        give(round_of_council, council.member, row)
        give(round_of_council, council.other, row)
        af.AwardFactory(recipient=row.recipient)
        DeclaredRelation.objects.create(
            member=council.member, unit=council.province.department, relation=f"bạn {number}"
        )
        af.CommitteeMemberFactory(committee=council.committee)
    open_round(round_of_council, actor=council.chair.user)
    args = {"round": [round_of_council.pk], "round-plan": [round_of_council.pk], "committee": [council.committee.pk]}
    client, url = sign_in(getattr(council, who).user), reverse(f"council:{name}", args=args.get(name, []))
    client.get(url)

    with django_assert_num_queries(expected):
        client.get(url)


# --- discipline and holds -----------------------------------------------------------------------------------------------
def test_no_member_reads_of_discipline_in_a_dossier_the_comparison_or_its_file(council, sign_in):
    secret = "kỷ luật cảnh cáo từ 01/06/2026"
    council.binh.findings = [
        {"outcome": "unknown", "text": f"Cần kiểm tra: {secret}", "private": True},
        {"outcome": "unknown", "text": "Cần kiểm tra: năm 2024"},
    ]
    council.binh.save()
    client = sign_in(council.member.user)

    texts = [page(client, "dossier", council.binh.pk), page(client, "comparison")]
    book = client.get(reverse("council:comparison-export")).content
    texts.append(
        " ".join(str(cell) for row in openpyxl.load_workbook(io.BytesIO(book)).active.values for cell in row if cell)
    )

    assert [secret in text for text in texts] == [False] * 3
    assert ["năm 2024" in text for text in texts] == [True] * 3
