"""Pages of contests: the way from the draft to the prizes, what each person meets, and a steady number of queries."""

import datetime
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pledges.models import Contest, ContestEntry, EntryScore
from pledges.services.contests.judging import close_round
from tests import factories as f
from tests.pledges.contests.contest_steps import UNTIL, all_give, announced, drafted, entered, give, judging

pytestmark = pytest.mark.django_db
MARK = "Bài-của-An-8531"


def leave(user, unit):
    end = datetime.date.today() - datetime.timedelta(days=30)
    f.MembershipFactory(user=user, unit=unit, valid_from=datetime.date(2020, 1, 1), valid_to=end)


def text_of(client, name, *args):
    response = client.get(reverse(name, args=args), follow=True)
    return response.content.decode()


# --- preparing --------------------------------------------------------------------------------------------------------
def test_a_contest_is_drawn_up_on_the_pages(province, sign_in):
    client = sign_in(province.verifier)
    page = client.post(
        reverse("contest-create"),
        {"title": "Hội thi mới", "rules": "Thể lệ", "entries_until": "31/12/2030", "max_entries": "2"},
        follow=True,
    )
    contest = Contest.objects.get()
    assert "Trước khi mở nhận bài" in page.content.decode()

    client.post(
        reverse("contest-round-edit", args=[contest.pk, 1]),
        {
            "name": "Sơ khảo",
            "advance": "5",
            "text_0": "Nội dung",
            "points_0": "7,5",
            "text_1": "Trình bày",
            "points_1": "2,5",
        },
    )
    client.post(reverse("contest-jury", args=[contest.pk]), {"user": province.director.pk, "is_head": "on"})

    assert [(row.name, str(row.max_points)) for row in contest.rounds.get(number=1).criteria.all()] == [
        ("Nội dung", "7.50"),
        ("Trình bày", "2.50"),
    ]
    assert contest.jurors.get().is_head


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"public_vote": "on"}, "Có bình chọn thì phải ghi thời điểm này."),
        (
            {"public_vote": "on", "vote_opens_at": "05/11/2026 08:00", "vote_closes_at": "05/11/2026 08:00"},
            "Thời điểm đóng phải sau thời điểm mở.",
        ),
        ({"max_entries": "0"}, "Mỗi đơn vị phải được dự thi ít nhất 1 bài."),
    ],
)
def test_a_form_says_what_is_wrong(changes, sentence, province, sign_in):
    data = {"title": "Hội thi", "rules": "", "entries_until": "31/12/2030", "max_entries": "2", **changes}

    page = sign_in(province.verifier).post(reverse("contest-create"), data)

    assert sentence in page.content.decode()
    assert not Contest.objects.exists()


def test_a_criterion_without_points_is_not_lost(province, sign_in):
    contest = drafted(province)
    data = {"name": "Sơ khảo", "advance": "5", "text_0": "Nội dung mới"}

    page = sign_in(province.verifier).post(reverse("contest-round-edit", args=[contest.pk, 1]), data).content.decode()

    assert "Hãy ghi điểm tối đa." in page
    assert "Nội dung mới" in page


# --- entering ---------------------------------------------------------------------------------------------------------
def test_a_model_of_the_register_fills_the_form_and_is_entered(province, sign_in):
    contest = announced(province)
    Contest.objects.filter(pk=contest.pk).update(entries_until=timezone.localdate() + datetime.timedelta(1))
    model = f.ExemplaryModelFactory(unit=province.commune, name="Tuyến đường hoa", recognised=True)
    foreign = f.ExemplaryModelFactory(unit=province.other_commune, name="Mô hình của Bình")
    client, path = sign_in(province.editor), reverse("contest-entry-create", args=[contest.pk])

    plain = client.get(path).content.decode()
    filled = client.get(f"{path}?mo-hinh={model.pk}").context["form"].initial
    assert client.get(f"{path}?mo-hinh={foreign.pk}").context["chosen"] is None
    data = {key: filled[key] for key in ("unit", "model", "title", "field", "presenter", "summary")}
    page = client.post(path, data, follow=True)

    assert "Tuyến đường hoa" in plain
    assert "Mô hình của Bình" not in plain
    entry = ContestEntry.objects.get()
    assert (entry.model, entry.title, entry.unit) == (model, "Tuyến đường hoa", province.commune)
    assert "Đã nộp bài dự thi" in page.content.decode()


# --- judging ----------------------------------------------------------------------------------------------------------
def test_a_juror_scores_with_a_comma_and_goes_to_the_next_entry(province, sign_in):
    contest, (one, two) = judging(province)
    criteria = list(contest.rounds.get(number=1).criteria.all())
    client = sign_in(province.verifier)
    points = ("5,25", "3,5")
    data = {f"points_{row.pk}": value for row, value in zip(criteria, points, strict=True)}

    response = client.post(reverse("contest-score", args=[one.pk]), {**data, "next": "1"})

    assert response["Location"] == reverse("contest-score", args=[two.pk])
    assert sorted(map(str, EntryScore.objects.values_list("points", flat=True))) == ["3.50", "5.25"]
    assert "5,25" in text_of(client, "contest-score", one.pk)


def test_points_above_the_most_come_back_with_the_form(province, sign_in):
    contest, (one, _) = judging(province)
    criteria = list(contest.rounds.get(number=1).criteria.all())

    page = sign_in(province.verifier).post(
        reverse("contest-score", args=[one.pk]), {f"points_{criteria[0].pk}": "6,5", f"points_{criteria[1].pk}": ""}
    )

    text = page.content.decode()
    assert "Tối đa 6 điểm." in text
    assert 'value="6,5"' in text
    assert not EntryScore.objects.exists()


def test_a_juror_meets_nothing_of_his_own_unit(province, sign_in):
    leave(province.verifier, province.commune)
    contest, entries = judging(province, (MARK, "Bài của Bình"))
    client = sign_in(province.verifier)

    for name, args in (("contest-judging", [contest.pk]), ("contest-entry-list", [contest.pk])):
        text = text_of(client, name, *args)
        assert MARK not in text
        assert "Bài của Bình" in text
    for name in ("contest-entry", "contest-score"):
        assert client.get(reverse(name, args=[entries[0].pk])).status_code == 404
    assert client.post(reverse("contest-score", args=[entries[0].pk]), {}).status_code == 404


POINTS = ("5.37", "3.71")  # their sum is 9.08
SEALED = ("5,37", "3,71", "9,08", "5.37", "3.71", "9.08")


def test_no_page_shows_points_sums_or_remarks_of_another_before_the_round_is_closed(province, sign_in):
    contest, entries = judging(province)
    give(entries[0], province.director, *POINTS, note="Lời-phê-kín")
    pages = [
        ("contest-list", []), ("contest-detail", [contest.pk]), ("contest-judging", [contest.pk]),
        ("contest-entry-list", [contest.pk]), ("contest-entry", [entries[0].pk]), ("contest-score", [entries[0].pk]),
        ("contest-round-close", [contest.pk, 1]), ("contest-round-result", [contest.pk, 1]),
        ("contest-prizes", [contest.pk]), ("contest-export", [contest.pk]), ("audit-list", []), ("home", []),
    ]  # fmt: skip

    for user in province.everybody().values():
        client = sign_in(user)
        for name, args in pages:
            if user == province.director and name == "contest-score":
                continue  # his own
            text = text_of(client, name, *args)
            assert "Lời-phê-kín" not in text, (user, name)
            assert not [form for form in SEALED if form in text], (user, name)


def test_the_sheet_of_results_holds_the_ranking(province, sign_in):
    contest, entries = judging(province)
    all_give(province, entries, [(5, "3.25"), (6, 4)])
    close_round(contest.rounds.get(number=1), actor=province.verifier)

    response = sign_in(province.verifier).get(reverse("contest-export", args=[contest.pk]))

    book = openpyxl.load_workbook(io.BytesIO(response.content))
    rows = [[cell.value for cell in row[:6]] for row in book["Vòng 1"].iter_rows(min_row=4, max_row=6)]
    assert rows == [
        ["Hạng", "Bài dự thi", "Đơn vị", "Lĩnh vực", "Điểm", "Số giám khảo"],
        ["1", "Bài của Bình", "Xã Bình Đức", "Kinh tế", 10, 3],
        ["2", "Bài của An", "Xã An Hòa", "Kinh tế", 8.25, 3],
    ]


def test_the_way_to_the_prizes_on_the_pages(province, sign_in):
    contest, entries = judging(province)
    client, head = sign_in(province.verifier), sign_in(province.director)
    for number in (1, 2):
        all_give(province, entries, [(5, 3), (6, 4)])
        client.post(reverse("contest-round-close", args=[contest.pk, number]), {"note": ""})
        if number == 1:
            client.post(reverse("contest-round-open", args=[contest.pk]))
    client.post(reverse("contest-prizes", args=[contest.pk]), {f"prize_{entries[1].pk}": "Giải Nhất"})
    before = text_of(sign_in(province.other_editor), "contest-detail", contest.pk)
    head.post(reverse("contest-publish", args=[contest.pk]))

    after = text_of(sign_in(province.editor), "contest-detail", contest.pk)

    assert "Giải Nhất" not in before
    assert "Giải Nhất" in after
    assert "Bài của Bình" in after


# --- queries ----------------------------------------------------------------------------------------------------------
def queries(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def test_pages_cost_the_same_for_two_entries_or_a_hundred(province, sign_in):
    small, few = judging(province, title="Nhỏ")
    large, many = judging(province, [f"Bài {n}" for n in range(100)], title="Lớn")
    for contest, entries in ((small, few), (large, many)):
        contest.rounds.update(advance=1)  # a tie at the edge in both
        criteria = list(contest.rounds.get(number=1).criteria.all())
        EntryScore.objects.bulk_create(
            EntryScore(entry=entry, criterion=row, juror=juror, points=2)
            for entry in entries
            for row in criteria
            for juror in contest.jurors.all()
        )
    office, unit = sign_in(province.verifier), sign_in(province.editor)
    pairs = [
        (client, name, args)
        for client, name, args in (
            (office, "contest-detail", []), (unit, "contest-detail", []), (office, "contest-entry-list", []),
            (office, "contest-judging", []), (office, "contest-round-close", [1]),
        )
    ]  # fmt: skip
    for client, name, args in pairs:
        costs = [queries(client, reverse(name, args=[contest.pk, *args])) for contest in (small, large)]
        assert costs[0] == costs[1], (name, costs)
    costs = [queries(office, reverse("contest-score", args=[entries[0].pk])) for entries in (few, many)]
    assert costs[0] == costs[1]

    for contest in (small, large):
        close_round(contest.rounds.get(number=1), actor=province.verifier)
    costs = [queries(office, reverse("contest-round-result", args=[contest.pk, 1])) for contest in (small, large)]
    assert costs[0] == costs[1]


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same(count, province, sign_in):
    contest = announced(province)
    Contest.objects.bulk_create(
        Contest(owner=contest.owner, code=f"C{n}", title=f"Hội thi {n}", entries_until=UNTIL, status="open")
        for n in range(count - 1)
    )

    assert queries(sign_in(province.verifier), reverse("contest-list")) <= 15


def test_an_entry_page_tells_a_unit_its_own_state_and_another_nothing(province, sign_in):
    contest = announced(province)
    entry = entered(contest, province.editor, province.commune, MARK)

    assert MARK in text_of(sign_in(province.editor), "contest-entry", entry.pk)
    for person in (province.other_editor, province.other_leader, province.stranger, province.admin):
        client = sign_in(person)
        assert client.get(reverse("contest-entry", args=[entry.pk])).status_code == 404
        assert MARK not in text_of(client, "contest-detail", contest.pk)
        assert MARK not in text_of(client, "contest-entry-list", contest.pk)
