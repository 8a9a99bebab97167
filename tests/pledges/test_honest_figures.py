"""What counts when a report goes back and forth: only what was sent, never what is being typed."""

from decimal import Decimal

import pytest

from pledges.services.figures import CampaignFigures
from pledges.services.reports import save_cells, submit_report
from pledges.services.verification import RETURN, accept_rest, judge_value, return_report
from tests.personas import TODAY
from tests.pledges.report_steps import cell, report_of, send

pytestmark = pytest.mark.django_db


def counted(world, stage=None):
    found = CampaignFigures(world.campaign, stage).cells[world.flow.code]
    return [row.value for row in found.values()]


@pytest.fixture
def returned(world):
    report = send(world, report_of(world), flow=5)
    judge_value(report, world.flow, actor=world.verifier, verdict=RETURN, revision=1, note="Thiếu minh chứng")
    return return_report(report, actor=world.verifier, note="Thiếu", due_on=TODAY, today=TODAY)


def test_what_is_typed_into_a_returned_report_counts_only_when_sent_again(world, returned):
    save_cells(returned, [cell(world.flow, 9000, note="Đã rà lại", rev=2)], actor=world.editor)
    before = [counted(world, stage) for stage in (None, "self", "verified")]

    submit_report(returned, actor=world.leader, confirmed=True)

    assert [Decimal(9000) in row for row in before] == [False, False, False]
    assert counted(world, "self") == [9000]


def test_a_returned_figure_has_no_verified_number_until_judged_again(world, returned):
    save_cells(returned, [cell(world.flow, 6, note="Đã rà lại", rev=2)], actor=world.editor)
    submit_report(returned, actor=world.leader, confirmed=True)
    assert counted(world, "verified") == []

    accept_rest(returned, actor=world.verifier)

    assert counted(world, "verified") == [6]
