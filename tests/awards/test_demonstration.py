"""The demonstration province: what a stranger and the checks outside rely on."""

import datetime
import json

import pytest
from django.core.management import call_command
from django.db.models import Count

from awards.models import Award, AwardCycle, BallotPaper, CommitteeMeeting, Nomination, Recipient
from campaigns.models import Campaign, Participation
from pledges.models import Contest, ExemplaryModel, QuarterlyReport, Replication, ReportedValue, ScoreSheet
from pledges.services import rollup
from pledges.services.exemplary.counts import Counted
from pledges.services.signing import is_intact
from units.models import Unit, User
from units.services.checks import check_units

ROLES = {
    "admin", "director", "verifier", "leader", "editor", "other_editor", "viewer", "clerk", "chair", "secretary", "member",
}  # fmt: skip


@pytest.fixture
def loaded(db, settings, tmp_path, capsys):
    settings.STATE_DIR = tmp_path
    call_command("load_demo")
    return json.loads((tmp_path / "accounts.json").read_text("utf-8"))


def check_models(past, present):
    """The register has the proportions of domain/figures.yaml, and what was reported is what it holds."""
    year = {"start": datetime.date(2024, 1, 1), "end": datetime.date(2024, 12, 31)}
    assert Counted("registered", **year).models().count() == 1152
    assert Counted("newly_registered", **year).models().count() == 718
    assert Counted("recognised", **year).models().count() == 796
    assert Counted("recognised", **year, level="tinh").models().count() == 24
    proposed = Counted("proposed", **year, level="tinh").models()
    assert dict(proposed.order_by().values_list("subject_kind").annotate(n=Count("pk"))) == {
        "collective": 36,
        "individual": 7,
    }
    this_year = {"start": datetime.date(2026, 1, 1), "end": datetime.date(2026, 12, 31)}
    assert 1130 <= Counted("registered", **this_year).models().count() <= 1170
    collective = ExemplaryModel.objects.filter(subject_kind="collective").count() / ExemplaryModel.objects.count()
    assert 0.66 < collective < 0.74
    assert Replication.objects.count() >= 60
    assert 30 <= ExemplaryModel.objects.public().count() <= 40
    assert Contest.objects.get().status == "judging"

    # Nothing stands with a unit that ended; what was reported this year is what the register held.
    ended = {"unit__valid_to__isnull": False, "status__in": ExemplaryModel.STANDING}
    assert not ExemplaryModel.objects.filter(**ended).exists()
    sent = QuarterlyReport.objects.filter(participation__campaign=present, status__in=QuarterlyReport.SENT)
    for period in present.periods.all():
        rows = ReportedValue.objects.filter(report__in=sent, report__period=period, indicator__code="dv_mh_dangky")
        told = dict(rows.values_list("report__participation__unit", "amount"))
        assert told == Counted("registered", period.data_from, period.data_to).by_unit(told)


def check_awards():
    """One cycle from the ranking to money paid, one on the eve of its meeting, one that takes dossiers."""
    assert dict(AwardCycle.objects.values_list("year_to", "status").filter(kind="yearly")) == {2024: "closed"}
    assert sorted(AwardCycle.objects.values_list("status", flat=True)) == ["closed", "nominating", "voting"]
    held, called = CommitteeMeeting.objects.order_by("starts_at")
    assert (held.status, called.status) == ("closed", "called")
    # Ten proposed, each put to the vote of fifteen; one member wrote. The papers tell nobody's name.
    assert held.attendances.filter(member__votes=True).count() == 15
    assert {ballot.state for ballot in held.ballots.all()} == {"closed"}
    assert BallotPaper.objects.filter(ballot__meeting=held).exists()
    granted = Award.objects.filter(decision__isnull=False)
    assert granted.count() == held.cycle.nominations.filter(status="granted").count() > 0
    assert {award.payment.state for award in granted.select_related("payment")} == {"paid", "not_paid"}
    assert Nomination.objects.filter(cycle=called.cycle, status="eligible").count() >= 20
    assert Recipient.objects.filter(kind="person").count() == 3 * 106


def test_the_province_loads_once_and_everything_in_it_agrees_with_itself(loaded, capsys):
    """One long test on purpose: loading takes most of its time."""
    # Accounts: at least one per role; leader and editor of one unit, the other editor of another.
    by_role = {row["role"]: row for row in loaded}
    assert by_role.keys() >= ROLES
    assert by_role["leader"]["unit"] == by_role["editor"]["unit"] != by_role["other_editor"]["unit"]
    for row in loaded:
        assert User.objects.get(username=row["username"]).check_password(row["password"])

    # Geography and shape.
    assert Unit.objects.filter(kind__code__in=("xa", "phuong", "dac_khu")).count() == 102
    past, present = Campaign.objects.order_by("starts_on")
    assert (past.status, present.status) == ("closed", "open")
    assert Participation.objects.filter(campaign=past).count() == 15
    assert Participation.objects.filter(campaign=present).count() == 106
    assert check_units() == []

    # The past is ranked and published with self-scores above the verified ones; the present has lateness and gaps.
    sheets = ScoreSheet.objects.filter(participation__campaign=past)
    assert {sheet.status for sheet in sheets} == {"published"}
    assert all(sheet.rank for sheet in sheets)
    states = dict(
        QuarterlyReport.objects.filter(participation__campaign=present)
        .values_list("status")
        .annotate(n=Count("pk"))
        .order_by()
    )
    assert min(states[state] for state in ("draft", "submitted", "returned", "verified")) > 0
    assert ReportedValue.objects.filter(status="corrected").exists()

    # Signed pledges are intact; stored scores, ranks and totals equal a full recomputation.
    signed = Participation.objects.filter(campaign=present, pledge__status="signed").select_related("pledge").first()
    assert is_intact(type(signed.pledge).objects.with_content().get(pk=signed.pledge.pk))
    assert rollup.compare(past) == []
    assert rollup.compare(present) == []

    check_models(past, present)
    check_awards()

    # Loading again changes nothing.
    call_command("load_demo")
    assert "đã có" in capsys.readouterr().out
    assert Campaign.objects.count() == 2
