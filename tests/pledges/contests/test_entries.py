"""Entering a contest: for one's own unit, in time, not too often; leaving it with a reason; who sees which entry."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Notification
from pledges.models import Contest, ContestEntry
from pledges.services.contests.entries import (
    disqualify_entry,
    edit_entry,
    enter_contest,
    models_to_enter,
    set_consent,
    withdraw_entry,
)
from pledges.services.contests.region import region
from tests import factories as f
from tests.pledges.contests.contest_steps import AFTER, TODAY, UNTIL, again, announced, entered, judging, values
from units.models import Lineage, Membership, Unit

pytestmark = pytest.mark.django_db


def test_whoever_writes_for_a_unit_enters_for_it_and_the_entry_counts_at_once(province):
    contest = announced(province)

    entry = entered(contest, province.editor, province.commune)

    assert (entry.status, entry.unit, entry.entered_by) == ("entered", province.commune, province.editor)
    assert AuditEntry.objects.filter(action="contest_enter", record_type="pledges.contestentry").count() == 1


@pytest.mark.parametrize(
    "person", ["other_editor", "other_leader", "verifier", "director", "viewer", "clerk", "admin", "stranger"]
)
def test_nobody_enters_for_a_unit_that_is_not_his(person, province):
    contest = announced(province)

    with pytest.raises(PermissionDenied):
        entered(contest, getattr(province, person), province.commune)


@pytest.mark.parametrize(("day", "accepted"), [(UNTIL, True), (AFTER, False)])
def test_entries_are_taken_up_to_the_closing_day(day, accepted, province):
    contest = announced(province)

    if accepted:
        enter_contest(contest, actor=province.editor, unit=province.commune, today=day, **values())
    else:
        with pytest.raises(DomainError):
            enter_contest(contest, actor=province.editor, unit=province.commune, today=day, **values())

    assert contest.entries.exists() == accepted


def test_a_unit_enters_no_more_than_it_may_and_a_withdrawn_one_makes_room(province):
    contest = announced(province, max_entries=1)
    first = entered(contest, province.editor, province.commune)
    entered(contest, province.other_editor, province.other_commune)

    with pytest.raises(DomainError):
        entered(contest, province.leader, province.commune, "Bài thứ hai")
    withdraw_entry(first, actor=province.leader, note="Thay bài khác")
    entered(contest, province.leader, province.commune, "Bài thứ hai")

    assert contest.entries.filter(unit=province.commune, status="entered").count() == 1


def test_the_register_offers_what_stands_in_it_and_is_the_units_own(province):
    contest = announced(province)
    own = f.ExemplaryModelFactory(unit=province.commune)
    recognised = f.ExemplaryModelFactory(unit=province.commune, recognised=True)
    f.ExemplaryModelFactory(unit=province.commune, draft=True)
    f.ExemplaryModelFactory(unit=province.other_commune)
    f.ExemplaryModelFactory(
        unit=province.commune, status="ended", ended_on=TODAY, ended_at="2026-11-01T00:00Z", end_note="Thôi"
    )

    units = Unit.objects.filter(pk=province.commune.pk)
    assert set(models_to_enter(contest, units)) == {own, recognised}

    entered(contest, province.editor, province.commune, model=own)
    assert set(models_to_enter(contest, units)) == {recognised}


def test_another_units_model_a_draft_or_one_already_entered_is_refused(province):
    contest = announced(province)
    foreign = f.ExemplaryModelFactory(unit=province.other_commune)
    draft = f.ExemplaryModelFactory(unit=province.commune, draft=True)
    own = f.ExemplaryModelFactory(unit=province.commune)
    entered(contest, province.editor, province.commune, model=own)

    for model in (foreign, draft, own):
        with pytest.raises(DomainError):
            entered(contest, province.editor, province.commune, model=model)


def test_an_entry_changes_until_the_closing_day(province):
    contest = announced(province)
    entry = entered(contest, province.editor, province.commune)

    edit_entry(entry, actor=province.leader, today=UNTIL, **values("Tên mới"))
    with pytest.raises(DomainError):
        edit_entry(entry, actor=province.leader, today=AFTER, **values("Muộn"))

    entry.refresh_from_db()
    assert entry.title == "Tên mới"


def test_leaving_needs_a_reason_and_the_disqualified_unit_is_told(province):
    contest = announced(province)
    one, two = (entered(contest, province.editor, province.commune, title) for title in ("Một", "Hai"))

    for act in (withdraw_entry, disqualify_entry):
        with pytest.raises(DomainError):
            act(one, actor=province.leader if act is withdraw_entry else province.verifier, note=" ")
    withdraw_entry(one, actor=province.leader, note="Chưa xong")
    disqualify_entry(two, actor=province.verifier, note="Không đúng thể lệ")

    assert list(contest.entries.order_by("pk").values_list("status", "end_note")) == [
        ("withdrawn", "Chưa xong"),
        ("disqualified", "Không đúng thể lệ"),
    ]
    told = Notification.objects.filter(kind="entry_disqualified")
    assert set(told.values_list("recipient", flat=True)) == {province.editor.pk, province.leader.pk}
    assert "Không đúng thể lệ" in told.first().body


def test_the_office_does_not_withdraw_and_a_unit_does_not_disqualify(province):
    contest = announced(province)
    entry = entered(contest, province.editor, province.commune)

    for person in (province.verifier, province.other_editor, province.stranger):
        with pytest.raises(PermissionDenied):
            withdraw_entry(entry, actor=person, note="X")
    for person in (province.leader, province.other_leader, province.viewer, province.stranger):
        with pytest.raises(PermissionDenied):
            disqualify_entry(entry, actor=person, note="X")


def test_consent_is_the_units_and_is_taken_back_at_any_time(province):
    contest, (entry, _) = judging(province)

    with pytest.raises(PermissionDenied):
        set_consent(entry, actor=province.verifier, agreed=True)
    set_consent(entry, actor=province.editor, agreed=True)
    assert list(contest.entries.listed()) == [entry]
    set_consent(entry, actor=province.leader, agreed=False)

    assert not contest.entries.listed().exists()
    assert AuditEntry.objects.filter(action="entry_consent").count() == 2


# --- who sees which entry ---------------------------------------------------------------------------------------------
def seen_by(user):
    return set(ContestEntry.objects.visible_to(again(user)).values_list("title", flat=True))


def test_a_unit_sees_its_own_and_the_office_sees_all(province):
    judging(province)

    seen = {name: seen_by(user) for name, user in province.everybody().items()}

    an, binh = {"Bài của An"}, {"Bài của Bình"}
    assert seen == {
        "editor": an, "leader": an, "other_editor": binh, "other_leader": binh, "verifier": an | binh,
        "other_verifier": an | binh, "director": an | binh, "viewer": an | binh, "clerk": an | binh, "admin": set(),
        "stranger": set(), "chair": set(), "secretary": set(), "member": set(), "other_member": set(),
    }  # fmt: skip


def moved(user, unit, *, days_ago):
    """``user`` worked at ``unit`` until so many days ago."""
    end = datetime.date.today() - datetime.timedelta(days=days_ago)
    return f.MembershipFactory(user=user, unit=unit, valid_from=datetime.date(2020, 1, 1), valid_to=end)


@pytest.mark.parametrize(("days_ago", "hidden"), [(10, True), (364, True), (366, False)])
def test_a_juror_does_not_see_entries_of_a_unit_that_he_left_within_a_year(days_ago, hidden, province):
    judging(province)
    moved(province.verifier, province.commune, days_ago=days_ago)

    assert ("Bài của An" not in seen_by(province.verifier)) == hidden
    assert "Bài của Bình" in seen_by(province.verifier)
    assert "Bài của An" in seen_by(province.other_verifier)


def test_units_that_became_one_are_one(province):
    """Whoever left a unit that was merged judges neither the heir nor what else was merged into it."""
    judging(province)
    moved(province.verifier, province.third_commune, days_ago=30)
    Lineage.objects.create(
        predecessor=province.third_commune, successor=province.commune, effective_on=TODAY, decision="NQ"
    )
    assert seen_by(province.verifier) == {"Bài của Bình"}

    Lineage.objects.create(
        predecessor=province.other_commune, successor=province.commune, effective_on=TODAY, decision="NQ"
    )
    assert seen_by(province.verifier) == set()


def test_a_units_leader_on_the_jury_judges_others_and_reads_his_own_as_its_leader(province):
    contest = announced(province, max_entries=9)
    contest.jurors.create(user=province.leader)
    entered(contest, province.editor, province.commune, "Bài của An")
    entered(contest, province.other_editor, province.other_commune, "Bài của Bình")
    assert seen_by(province.leader) == {"Bài của An"}

    Contest.objects.filter(pk=contest.pk).update(status="judging")
    assert seen_by(province.leader) == {"Bài của An", "Bài của Bình"}


def test_once_published_a_juror_sees_what_his_office_lets_him(province):
    contest, _ = judging(province)
    moved(province.verifier, province.commune, days_ago=10)
    Contest.objects.filter(pk=contest.pk).update(status="closed", closed_at="2026-12-20T00:00Z")

    assert seen_by(province.verifier) == {"Bài của An", "Bài của Bình"}


def test_who_lost_his_post_sees_nothing_though_he_is_a_juror(province):
    judging(province)
    Membership.objects.filter(user=province.verifier).update(valid_to=datetime.date(2026, 1, 1))

    assert seen_by(province.verifier) == set()


# --- a model's page ---------------------------------------------------------------------------------------------------
def test_a_models_page_shows_its_contests_and_the_prize_only_when_published(province):
    contest = announced(province)
    model = f.ExemplaryModelFactory(unit=province.commune)
    entry = entered(contest, province.editor, province.commune, model=model)
    ContestEntry.objects.filter(pk=entry.pk).update(prize="Giải Nhất")

    assert [row["prize"] for row in region(model, province.editor)["rows"]] == [""]
    Contest.objects.filter(pk=contest.pk).update(status="closed", closed_at="2026-12-20T00:00Z")
    assert [row["prize"] for row in region(model, province.editor)["rows"]] == ["Giải Nhất"]
    assert region(model, province.other_editor)["rows"] == []
