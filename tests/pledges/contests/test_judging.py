"""Judging under seal: who gives points to what, what nobody reads before the round is closed, who goes on."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Notification
from pledges.models import Contest, ContestEntry, ContestRound, EntryScore
from pledges.services.contests.advancing import decide_tie, open_next_round
from pledges.services.contests.entries import disqualify_entry
from pledges.services.contests.judging import close_round, entries_to_judge, open_round_of, progress_of, save_scores
from pledges.services.contests.publishing import publish_contest, save_prizes
from pledges.services.contests.results import cards_of, lines_of_entry, may_see_results, result_of
from pledges.services.contests.setup import announce_contest, save_round, start_judging
from tests import factories as f
from tests.pledges.contests.contest_steps import (
    AFTER,
    TODAY,
    again,
    all_give,
    announced,
    drafted,
    entered,
    give,
    judging,
)

pytestmark = pytest.mark.django_db


def first(contest) -> ContestRound:
    return contest.rounds.get(number=1)


def leave(user, unit, days_ago=10):
    end = datetime.date.today() - datetime.timedelta(days=days_ago)
    f.MembershipFactory(user=user, unit=unit, valid_from=datetime.date(2020, 1, 1), valid_to=end)


# --- points -----------------------------------------------------------------------------------------------------------
def test_points_are_kept_with_remark_and_changed_until_the_round_is_closed(province):
    _, (entry, _) = judging(province)

    give(entry, province.verifier, "5.5", 4, note="Tốt")
    give(entry, province.verifier, 6, 4)

    assert list(EntryScore.objects.order_by("criterion").values_list("points", "note")) == [(6, ""), (4, "")]


@pytest.mark.parametrize("points", [("6.01", 4), (-1, 4), (5, "4.5")])
def test_points_lie_between_zero_and_the_criterions_most(points, province):
    _, (entry, _) = judging(province)

    with pytest.raises(DomainError):
        give(entry, province.verifier, *points)

    assert not EntryScore.objects.exists()


def test_every_criterion_is_judged_or_none(province):
    contest, (entry, _) = judging(province)
    criterion = first(contest).criteria.first()

    with pytest.raises(DomainError) as refused:
        save_scores(entry, actor=province.verifier, given={criterion.pk: (Decimal(5), "")})

    assert refused.value.findings == ["“Trình bày” chưa có điểm."]


@pytest.mark.parametrize("person", ["clerk", "viewer", "editor", "other_leader", "admin", "stranger"])
def test_who_is_no_juror_gives_no_points(person, province):
    _, (entry, _) = judging(province)

    with pytest.raises(PermissionDenied):
        give(entry, getattr(province, person), 5, 3)


JURORS = ("director", "verifier", "other_verifier", "leader", "other_editor")


@pytest.mark.parametrize("juror", JURORS)
@pytest.mark.parametrize(("title", "of"), [("Bài của An", "commune"), ("Bài của Bình", "other_commune")])
def test_the_matrix_of_jurors_and_entries(juror, title, of, province):
    """The leader of An and the editor of Bình are jurors too; the second verifier left Bình a month ago."""
    leave(province.other_verifier, province.other_commune, 30)
    contest = announced(province, max_entries=9)
    contest.jurors.create(user=province.leader)
    contest.jurors.create(user=province.other_editor)
    entered(contest, province.editor, province.commune, "Bài của An")
    entered(contest, province.other_leader, province.other_commune, "Bài của Bình")
    start_judging(contest, actor=province.verifier, today=AFTER)
    entry = contest.entries.get(title=title)
    forbidden = {("leader", "commune"), ("other_editor", "other_commune"), ("other_verifier", "other_commune")}
    person = again(getattr(province, juror))

    may = entries_to_judge(first(contest), person).filter(pk=entry.pk).exists()
    if may:
        give(entry, person, 5, 3)
    else:
        with pytest.raises(DomainError):
            give(entry, person, 5, 3)

    assert may == ((juror, of) not in forbidden)
    assert EntryScore.objects.exists() == may


def test_who_entered_an_entry_does_not_judge_it_even_for_another_unit(province):
    contest, (entry, _) = judging(province)
    ContestEntry.objects.filter(pk=entry.pk).update(entered_by=province.verifier)

    assert entry not in entries_to_judge(first(contest), again(province.verifier))


def test_who_stays_away_is_written_into_the_contests_log_once(province):
    leave(province.verifier, province.commune)

    contest, entries = judging(province)
    all_entries = [entries[1]]
    all_give(province, all_entries, [(5, 3)])
    for person in (province.director, province.other_verifier):
        give(entries[0], person, 5, 3)
    close_round(first(contest), actor=province.director)

    notes = AuditEntry.objects.filter(action="juror_conflict").values_list("note", flat=True)
    assert list(notes) == [f"Ngô Thị Thẩm không chấm bài “Bài của An” của Xã An Hòa (bài số {entries[0].pk})."]


# --- the seal ---------------------------------------------------------------------------------------------------------
def test_while_the_round_is_open_there_is_no_result_for_anybody(province):
    contest, entries = judging(province)
    all_give(province, entries, [(6, 4), (3, 3)])
    opened = first(contest)

    for user in province.everybody().values():
        assert not may_see_results(opened, user)
        assert lines_of_entry(entries[0], user) == []
    with pytest.raises(DomainError):
        cards_of(opened)
    with pytest.raises(DomainError):
        result_of(opened)


def test_the_log_says_that_a_juror_judged_never_how(province):
    _, (entry, _) = judging(province)

    give(entry, province.verifier, "5.75", "3.25", note="Lời-phê-kín")

    line = AuditEntry.objects.get(action="contest_score")
    assert line.changes == {"round": [None, "Sơ khảo"]}
    assert not AuditEntry.objects.filter(note__contains="Lời-phê-kín").exists()


def test_progress_counts_and_shows_no_points(province):
    leave(province.verifier, province.commune)
    contest, entries = judging(province)
    give(entries[1], province.verifier, 5, 3)

    found = {
        row.juror.user.username: (row.due, row.done, row.owed, row.kept_away) for row in progress_of(first(contest))
    }

    assert found == {"truongban": (2, 0, 2, 0), "thamdinh": (1, 1, 0, 1), "thamdinh2": (2, 0, 2, 0)}


# --- closing ----------------------------------------------------------------------------------------------------------
def test_owed_points_hold_the_round_open_unless_a_reason_is_given(province):
    contest, entries = judging(province)
    for entry in entries:
        give(entry, province.director, 5, 3)
        give(entry, province.verifier, 5, 3)

    with pytest.raises(DomainError) as refused:
        close_round(first(contest), actor=province.verifier)
    assert refused.value.findings == ["Đỗ Văn Định: còn 2 bài"]
    close_round(first(contest), actor=province.verifier, note="Giám khảo ốm")

    line = AuditEntry.objects.get(action="contest_round_close")
    assert line.note == "Giám khảo ốm"
    assert line.changes["owed"] == [None, "Đỗ Văn Định: còn 2 bài"]


def test_an_entry_that_nobody_judged_holds_the_round_open_even_with_a_reason(province):
    contest, entries = judging(province)
    give(entries[0], province.director, 5, 3)

    with pytest.raises(DomainError) as refused:
        close_round(first(contest), actor=province.verifier, note="Vội")

    assert refused.value.findings == ["Bài của Bình"]
    assert first(contest).is_open


def test_points_of_a_juror_who_came_to_the_unit_meanwhile_do_not_count(province):
    contest, entries = judging(province)
    all_give(province, entries, [(6, 4), (3, 3)])
    f.MembershipFactory(user=province.verifier, unit=province.commune, valid_from=datetime.date(2026, 11, 1))

    close_round(first(contest), actor=province.director)

    jurors = {line.entry.title: line.standing.jurors for line in result_of(first(contest)).lines}
    assert jurors == {"Bài của An": 2, "Bài của Bình": 3}
    assert "Bài của An" in AuditEntry.objects.get(action="contest_score_out").note


def test_after_closing_nothing_is_written_any_more(province):
    contest, entries = judging(province)
    all_give(province, entries, [(6, 4), (3, 3)])
    close_round(first(contest), actor=province.verifier)

    given = {row.pk: (Decimal(1), "") for row in first(contest).criteria.all()}
    with pytest.raises(DomainError):
        save_scores(entries[0], actor=province.verifier, given=given)
    with pytest.raises(DomainError):
        close_round(first(contest), actor=province.verifier)


@pytest.mark.parametrize("person", ["editor", "leader", "viewer", "clerk", "admin", "stranger"])
def test_who_does_not_manage_closes_nothing(person, province):
    contest, entries = judging(province)
    all_give(province, entries, [(6, 4), (3, 3)])

    with pytest.raises(PermissionDenied):
        close_round(first(contest), actor=getattr(province, person))


# --- results and going on ---------------------------------------------------------------------------------------------
def test_the_result_is_the_average_of_those_who_judged(province):
    leave(province.verifier, province.commune)
    contest, entries = judging(province)
    for person, points in ((province.director, (6, 4)), (province.other_verifier, ("5.5", 4))):
        give(entries[0], person, *points)
    all_give(province, [entries[1]], [("3.3", "3.3")])
    close_round(first(contest), actor=province.director)

    found = result_of(first(contest))

    assert [(row.entry.title, row.standing.shown, row.standing.jurors) for row in found.lines] == [
        ("Bài của An", Decimal("9.75"), 2),
        ("Bài của Bình", Decimal("6.60"), 3),
    ]


def test_a_juror_does_not_read_his_own_units_result_before_publication(province):
    leave(province.verifier, province.commune)
    contest, entries = judging(province)
    for person in (province.director, province.other_verifier):
        give(entries[0], person, 6, 4)
    all_give(province, [entries[1]], [(3, 3)])
    close_round(first(contest), actor=province.director)

    def titles(user):
        return [row.entry.title for row in result_of(first(contest), for_user=again(user)).lines]

    assert titles(province.verifier) == ["Bài của Bình"]
    assert titles(province.other_verifier) == ["Bài của An", "Bài của Bình"]


def ready(province, points, advance):
    """A first round, closed, of which so many go on."""
    contest = drafted(province, max_entries=100)
    row = first(contest)
    criteria = [(c.name, c.max_points) for c in row.criteria.all()]
    save_round(row, actor=province.verifier, name=row.name, advance=advance, criteria=criteria)
    contest = announce_contest(contest, actor=province.verifier, today=TODAY)
    entries = [entered(contest, province.editor, province.commune, f"Bài {n}") for n in range(1, len(points) + 1)]
    start_judging(contest, actor=province.verifier, today=AFTER)
    all_give(province, entries, points)
    close_round(first(contest), actor=province.verifier)
    return Contest.objects.get(pk=contest.pk), entries


def going_on(contest):
    return set(contest.entries.filter(reached=2).values_list("title", flat=True))


def test_the_best_go_on_and_the_next_round_holds_only_them(province):
    contest, _ = ready(province, [(6, 4), (5, 4), (1, 1)], advance=2)
    assert going_on(contest) == {"Bài 1", "Bài 2"}

    open_next_round(contest, actor=province.verifier)

    second = contest.rounds.get(number=2)
    assert open_round_of(contest) == second
    assert {row.title for row in entries_to_judge(second, again(province.director))} == {"Bài 1", "Bài 2"}


def test_a_tie_at_the_edge_waits_for_the_head_of_the_jury_and_his_reason(province):
    contest, entries = ready(province, [(6, 4), (5, 3), (4, 4), (1, 1)], advance=2)
    row = first(contest)
    assert going_on(contest) == {"Bài 1"}
    assert Notification.objects.get(kind="contest_tie").recipient == province.director

    with pytest.raises(DomainError):
        open_next_round(contest, actor=province.verifier)
    with pytest.raises(PermissionDenied):
        decide_tie(row, actor=province.verifier, chosen=[entries[1].pk], note="Vì")
    for chosen, note in (
        ([], "Vì"),
        ([entries[1].pk, entries[2].pk], "Vì"),
        ([entries[3].pk], "Vì"),
        ([entries[2].pk], ""),
    ):
        with pytest.raises(DomainError):
            decide_tie(row, actor=province.director, chosen=chosen, note=note)
    decide_tie(row, actor=province.director, chosen=[entries[2].pk], note="Điểm trình bày cao hơn")

    assert going_on(contest) == {"Bài 1", "Bài 3"}
    line = AuditEntry.objects.get(action="decide_tie")
    assert (line.note, line.changes["entry"]) == ("Điểm trình bày cao hơn", [None, "Bài 3"])
    open_next_round(contest, actor=province.verifier)
    with pytest.raises(DomainError):
        decide_tie(row, actor=province.director, chosen=[entries[1].pk], note="Vì")


def test_a_head_whose_own_unit_is_tied_does_not_decide(province):
    contest, entries = ready(province, [(6, 4), (5, 3), (4, 4)], advance=2)
    contest.jurors.update(is_head=False)
    contest.jurors.filter(user=province.verifier).update(is_head=True)
    leave(province.verifier, province.commune)

    with pytest.raises(PermissionDenied):
        decide_tie(first(contest), actor=again(province.verifier), chosen=[entries[1].pk], note="Vì")
    decide_tie(first(contest), actor=province.director, chosen=[entries[1].pk], note="Vì")

    assert going_on(contest) == {"Bài 1", "Bài 2"}


def test_when_one_who_goes_on_is_disqualified_the_next_takes_the_place(province):
    contest, entries = ready(province, [(6, 4), (5, 4), (1, 1)], advance=2)

    disqualify_entry(entries[0], actor=province.verifier, note="Chép bài")

    standing = contest.entries.filter(status="entered", reached=2)
    assert {row.title for row in standing} == {"Bài 2", "Bài 3"}


# --- prizes and publication -------------------------------------------------------------------------------------------
def finished(province):
    contest, entries = ready(province, [(6, 4), (5, 4), (1, 1)], advance=2)
    open_next_round(contest, actor=province.verifier)
    all_give(province, entries[:2], [(5, 3), (6, 3)])
    close_round(contest.rounds.get(number=2), actor=province.verifier)
    return contest, entries


def test_prizes_are_typed_and_published_by_the_director(province):
    contest, entries = finished(province)
    with pytest.raises(DomainError):
        publish_contest(contest, actor=province.director, now=timezone.now())
    save_prizes(contest, actor=province.verifier, prizes={entries[1].pk: "Giải Nhất", entries[2].pk: "Giải lạ"})

    with pytest.raises(PermissionDenied):
        publish_contest(contest, actor=province.verifier, now=timezone.now())
    publish_contest(contest, actor=province.director, now=timezone.now())

    assert list(contest.entries.exclude(prize="").values_list("title", "prize")) == [("Bài 2", "Giải Nhất")]
    told = Notification.objects.filter(kind="contest_results").values_list("recipient__username", flat=True)
    assert set(told) == {"nhap.an", "lanhdao.an"}
    with pytest.raises(DomainError):
        save_prizes(contest, actor=province.verifier, prizes={entries[0].pk: "Giải Nhì"})


def test_everybody_inside_reads_the_published_result_and_only_jury_and_office_each_jurors_points(province):
    contest, entries = finished(province)
    save_prizes(contest, actor=province.verifier, prizes={entries[1].pk: "Giải Nhất"})
    last = contest.rounds.get(number=2)
    before = {name for name, user in province.everybody().items() if may_see_results(last, user)}
    contest = publish_contest(contest, actor=province.director, now=timezone.now())
    last = contest.rounds.get(number=2)

    after = {name for name, user in province.everybody().items() if may_see_results(last, user)}

    assert before == {"verifier", "other_verifier", "director"}
    assert after == set(province.everybody()) - {"admin", "stranger", "chair", "secretary", "member", "other_member"}
    entry = ContestEntry.objects.get(pk=entries[1].pk)
    assert [bool(line.cards) for line in lines_of_entry(entry, province.editor)] == [False, False]
    assert [len(line.cards) for line in lines_of_entry(entry, province.verifier)] == [3, 3]
