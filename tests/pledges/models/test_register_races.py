"""Two people at once where the register is counted, imported into, or a draft is made of a report. Runs on both engines."""

import datetime

import pytest

from dvk_portal.core.models import AuditEntry
from pledges.models import ExemplaryModel, ReportedValue
from pledges.services.exemplary.fromreport import draft_from_report
from pledges.services.exemplary.imports import import_models
from pledges.services.exemplary.modelfile import ModelRow
from pledges.services.reports import save_cells, submit_report
from tests import factories as f
from tests.personas import build_world
from tests.pledges.report_steps import cell, fill, report_of, value
from tests.races import at_once, refusals
from units.models import User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    return build_world()


def again(person):
    return User.objects.get(pk=person.pk)


def test_a_report_sent_twice_at_once_is_counted_once(world):
    indicator = f.IndicatorFactory(
        code="dv_mh", group=world.flow.group, ask=False, kind="stock", over_time="last",
        derived={"models": "registered", "at": "period_end"},
    )  # fmt: skip
    f.CampaignIndicatorFactory(campaign=world.campaign, indicator=indicator)
    report = report_of(world)
    fill(world, report)
    f.ExemplaryModelFactory(unit=world.commune, registered_on=report.period.data_from)

    found = at_once(*[lambda: submit_report(report, actor=again(world.leader), confirmed=True)] * 2)

    assert len(refusals(found)) == 1
    assert (value(report, indicator).amount, value(report, indicator).revision) == (1, 1)
    assert AuditEntry.objects.filter(action="count_models").count() == 1


def test_two_who_press_at_once_get_one_draft(world):
    world.words.chapter = "models"
    world.words.save()
    report = report_of(world)
    save_cells(report, [cell(world.words, text="Tổ xe ôm tự quản")], actor=world.editor)

    found = at_once(*[lambda: draft_from_report(report, world.words, actor=again(world.editor))] * 3)

    assert refusals(found) == []
    assert ExemplaryModel.objects.count() == 1
    assert ReportedValue.objects.get(indicator=world.words).models.count() == 1


def test_one_file_imported_twice_at_once_writes_its_rows_once(world):
    values = {
        "name": "Tiếng trống học bài", "place": "ấp Bình Hòa", "kind": "model", "subject_kind": "collective",
        "field": f.standard_field("economy"), "target_level": f.standard_level("co_so"),
    }  # fmt: skip

    found = at_once(
        *[lambda: import_models([ModelRow(2, values)], actor=again(world.editor), day=datetime.date(2026, 11, 21))] * 2
    )

    assert refusals(found) == []
    assert ExemplaryModel.objects.count() == 1
