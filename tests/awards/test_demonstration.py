"""The demonstration province: what a stranger and the checks outside rely on."""

import json

import pytest
from django.core.management import call_command
from django.db.models import Count

from campaigns.models import Campaign, Participation
from pledges.models import QuarterlyReport, ReportedValue, ScoreSheet
from pledges.services import rollup
from pledges.services.signing import is_intact
from units.models import Unit, User
from units.services.checks import check_units

ROLES = {"admin", "director", "verifier", "leader", "editor", "other_editor", "viewer"}


@pytest.fixture
def loaded(db, settings, tmp_path, capsys):
    settings.STATE_DIR = tmp_path
    call_command("load_demo")
    return json.loads((tmp_path / "accounts.json").read_text("utf-8"))


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

    # Loading again changes nothing.
    call_command("load_demo")
    assert "đã có" in capsys.readouterr().out
    assert Campaign.objects.count() == 2
