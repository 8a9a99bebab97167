"""Preparing a contest: who may, what is missing, what is frozen once it is announced."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Notification
from pledges.models import Contest
from pledges.services.contests.setup import (
    add_juror,
    add_round,
    announce_contest,
    appoint_head,
    cancel_contest,
    create_contest,
    edit_contest,
    extend_entries,
    remove_juror,
    remove_round,
    save_round,
    start_judging,
)
from tests.pledges.contests.contest_steps import AFTER, TODAY, UNTIL, announced, drafted, entered, give, judging

pytestmark = pytest.mark.django_db


def fields(**changes):
    return {
        "title": "Hội thi", "rules": "Thể lệ", "campaign": None, "entries_until": UNTIL, "max_entries": 3,
        "public_vote": False, "vote_opens_at": None, "vote_closes_at": None, **changes,
    }  # fmt: skip


def test_a_new_contest_belongs_to_the_unit_for_which_the_office_acts_and_has_two_rounds(province):
    contest = create_contest(actor=province.verifier, **fields())

    assert contest.owner == province.province
    assert list(contest.rounds.values_list("number", "name")) == [(1, "Sơ khảo"), (2, "Chung khảo")]


@pytest.mark.parametrize("person", ["editor", "leader", "viewer", "clerk", "admin", "stranger"])
def test_who_does_not_manage_contests_creates_none(person, province):
    with pytest.raises(PermissionDenied):
        create_contest(actor=getattr(province, person), **fields())

    assert not Contest.objects.exists()


def test_a_vote_needs_an_opening_and_a_later_closing(province):
    now = timezone.now()

    with pytest.raises(DomainError):
        create_contest(actor=province.verifier, **fields(public_vote=True, vote_opens_at=now, vote_closes_at=now))


def test_what_is_missing_is_said_in_sentences(province):
    contest = create_contest(actor=province.verifier, **fields(rules="", entries_until=TODAY - datetime.timedelta(1)))

    with pytest.raises(DomainError) as refused:
        announce_contest(contest, actor=province.verifier, today=TODAY)

    assert refused.value.findings == [
        "Vòng “Sơ khảo” chưa có tiêu chí chấm.",
        "Vòng “Chung khảo” chưa có tiêu chí chấm.",
        "Ban giám khảo mới có 0 người; cần ít nhất 3 người.",
        "Hạn nhận bài 20/11/2026 đã qua. Hãy sửa hạn nhận bài.",
        "Chưa có thể lệ.",
    ]


def test_a_contest_without_a_round_is_not_announced(province):
    contest = drafted(province)
    for row in contest.rounds.order_by("-number"):
        remove_round(row, actor=province.verifier)

    with pytest.raises(DomainError) as refused:
        announce_contest(contest, actor=province.verifier, today=TODAY)

    assert refused.value.findings == ["Chưa có vòng thi nào."]


def test_announcing_tells_the_units_and_the_jury(province):
    contest = announced(province)

    told = set(Notification.objects.filter(kind="contest_announced").values_list("recipient__username", flat=True))
    assert contest.status == Contest.Status.OPEN
    assert told == {"nhap.an", "lanhdao.an", "nhap.binh", "lanhdao.binh"}
    assert Notification.objects.filter(kind="judging_begins").count() == 3


def test_nothing_but_the_jury_changes_once_it_is_announced(province):
    contest = announced(province)
    row = contest.rounds.first()
    acts = [
        lambda: edit_contest(contest, actor=province.verifier, **fields()),
        lambda: add_round(contest, actor=province.verifier),
        lambda: remove_round(contest.rounds.last(), actor=province.verifier),
        lambda: save_round(row, actor=province.verifier, name="X", advance=1, criteria=[("Y", Decimal(1))]),
    ]

    for act in acts:
        with pytest.raises(DomainError):
            act()

    add_juror(contest, actor=province.verifier, user=province.clerk, post="Thư ký", is_head=False)
    assert contest.jurors.count() == 4


def test_there_is_one_head(province):
    contest = drafted(province)

    appoint_head(contest.jurors.get(user=province.verifier), actor=province.director)

    assert [row.user for row in contest.jurors.filter(is_head=True)] == [province.verifier]


def test_strangers_and_administrators_are_no_jurors(province):
    contest = drafted(province)

    for person in (province.stranger, province.admin, province.verifier):
        with pytest.raises(DomainError):
            add_juror(contest, actor=province.verifier, user=person, post="", is_head=False)


def test_a_juror_who_gave_points_stays(province):
    contest, entries = judging(province)
    give(entries[0], province.verifier, 5, 3)

    with pytest.raises(DomainError):
        remove_juror(contest.jurors.get(user=province.verifier), actor=province.director)
    remove_juror(contest.jurors.get(user=province.other_verifier), actor=province.director)

    assert contest.jurors.count() == 2


def test_judging_waits_for_the_closing_day_and_for_entries(province):
    contest = announced(province)

    with pytest.raises(DomainError) as refused:
        start_judging(contest, actor=province.verifier, today=UNTIL)
    assert refused.value.findings == [
        "Còn trong thời gian nhận bài, đến hết ngày 01/12/2026.",
        "Chưa có bài dự thi nào.",
    ]

    entered(contest, province.editor, province.commune)
    start_judging(contest, actor=province.verifier, today=AFTER)
    assert contest.rounds.get(number=1).opened_at is not None
    assert contest.rounds.get(number=2).opened_at is None


def test_entries_are_taken_longer_until_somebody_has_given_points(province):
    contest, entries = judging(province)
    later = AFTER + datetime.timedelta(days=5)

    contest = extend_entries(contest, actor=province.verifier, until=later, note="Xã đề nghị", today=AFTER)
    assert (contest.status, contest.entries_until) == (Contest.Status.OPEN, later)
    assert contest.rounds.get(number=1).opened_at is None

    start_judging(contest, actor=province.verifier, today=later + datetime.timedelta(days=1))
    give(entries[0], province.verifier, 5, 3)
    with pytest.raises(DomainError):
        extend_entries(
            contest, actor=province.verifier, until=later + datetime.timedelta(days=9), note="Nữa", today=later
        )


def test_extending_needs_a_reason_and_a_later_day(province):
    contest = announced(province)

    for until, note in ((UNTIL, "Lý do"), (UNTIL + datetime.timedelta(1), " ")):
        with pytest.raises(DomainError):
            extend_entries(contest, actor=province.verifier, until=until, note=note, today=TODAY)


def test_only_the_director_cancels_and_says_why(province):
    contest = announced(province)

    with pytest.raises(PermissionDenied):
        cancel_contest(contest, actor=province.verifier, note="Dịch bệnh")
    cancel_contest(contest, actor=province.director, note="Dịch bệnh")

    assert contest.end_note == "Dịch bệnh"
    assert AuditEntry.objects.filter(action="cancel", note="Dịch bệnh").exists()


@pytest.mark.parametrize("person", ["editor", "leader", "viewer", "clerk", "admin", "stranger"])
def test_nobody_else_prepares(person, province):
    contest, user = drafted(province), getattr(province, person)
    juror = contest.jurors.first()
    acts = [
        lambda: edit_contest(contest, actor=user, **fields()),
        lambda: add_round(contest, actor=user),
        lambda: add_juror(contest, actor=user, user=province.clerk, post="", is_head=False),
        lambda: remove_juror(juror, actor=user),
        lambda: appoint_head(juror, actor=user),
        lambda: announce_contest(contest, actor=user, today=TODAY),
        lambda: start_judging(contest, actor=user, today=TODAY),
        lambda: extend_entries(contest, actor=user, until=AFTER, note="X", today=TODAY),
    ]

    for act in acts:
        with pytest.raises(PermissionDenied):
            act()


def test_a_draft_is_seen_by_those_who_prepare_it_alone(province):
    contest = drafted(province)

    seen = {name for name, user in province.everybody().items() if contest in Contest.objects.visible_to(user)}

    assert seen == {"verifier", "other_verifier", "director"}
