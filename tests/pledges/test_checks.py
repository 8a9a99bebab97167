"""Checks warn and ask for a sentence; they never forbid."""

import pytest

from pledges.services.reports import save_cells
from pledges.services.reportsheet import build_sheet
from tests import factories as f
from tests.pledges.report_steps import NOT_APPLICABLE, cell, report_of, send


def findings(report, indicator):
    return [finding.text for finding in build_sheet(report).line(indicator.pk).findings]


def test_a_part_larger_than_its_whole_is_warned_about_and_saved(world):
    part = f.IndicatorFactory(part_of=world.stock)
    f.CampaignIndicatorFactory(campaign=world.campaign, indicator=part)
    report = report_of(world)

    save_cells(report, [cell(world.stock, 10), cell(part, 12)], actor=world.editor)

    assert findings(report, part) == ["Số này lớn hơn “Chi bộ” (10), trong khi chỉ là một phần của số đó."]


@pytest.mark.parametrize(("now", "warned"), [(15, False), (40, False), (41, True), (11, False), (9, True)])
def test_a_jump_against_the_last_period_asks_for_a_sentence(world, settings, now, warned):
    settings.REPORT_JUMP_PERCENT, settings.REPORT_JUMP_LEAST = 100, 10
    send(world, report_of(world), flow=20)
    second = report_of(world, number=2)
    save_cells(second, [cell(world.flow, now)], actor=world.editor)

    line = build_sheet(second).line(world.flow.pk)

    assert line.asks_note is warned
    assert bool(line.findings) is warned


def test_a_sentence_answers_the_warning(world):
    send(world, report_of(world), flow=1)
    second = report_of(world, number=2)
    save_cells(second, [cell(world.flow, 100, note="Đợt cao điểm tháng 5")], actor=world.editor)

    line = build_sheet(second).line(world.flow.pk)

    assert line.findings
    assert not line.asks_note


def test_a_narrative_copied_from_the_last_period_is_noticed_whatever_its_marks(world):
    report = report_of(world)
    save_cells(report, [cell(world.words, text="Tổ dân vận đến từng nhà, nghe dân nói")], actor=world.editor)
    send(world, report)
    second = report_of(world, number=2)
    save_cells(second, [cell(world.words, text="TỔ DÂN VẬN ĐẾN TỪNG NHÀ,  NGHE DÂN NÓI")], actor=world.editor)

    assert findings(second, world.words) == ["Nội dung giống hệt kỳ trước."]


def balance(world):
    carried = f.IndicatorFactory(code="chuyen_truoc", kind="stock", over_time="first")
    received, resolved = f.IndicatorFactory(code="tiep_nhan"), f.IndicatorFactory(code="giai_quyet")
    pending = f.IndicatorFactory(
        code="ton", label="Đang giải quyết", kind="stock", over_time="last", ask=False,
        derived={"formula": "chuyen_truoc + tiep_nhan - giai_quyet"},
    )  # fmt: skip
    for indicator in (carried, received, resolved, pending):
        f.CampaignIndicatorFactory(campaign=world.campaign, indicator=indicator, required=False)
    return carried, received, resolved, pending


def test_a_balance_below_zero_is_noticed_at_the_last_term(world):
    carried, received, resolved, pending = balance(world)
    report = report_of(world)
    save_cells(report, [cell(carried, 68), cell(received, 10), cell(resolved, 100)], actor=world.editor)

    assert build_sheet(report).line(pending.pk).shown == "-22"
    assert findings(report, resolved) == ["Cân đối không khớp: “Đang giải quyết” tính ra -22, nhỏ hơn 0."]


def test_an_opening_balance_must_be_the_last_closing_one(world):
    carried, received, resolved, _ = balance(world)
    first = report_of(world)
    save_cells(first, [cell(carried, 68), cell(received, 1084), cell(resolved, 1100)], actor=world.editor)
    send(world, first)
    second = report_of(world, number=2)
    save_cells(second, [cell(carried, 50)], actor=world.editor)

    assert findings(second, carried) == ["Khác “Đang giải quyết” cuối kỳ trước (52); hai số này phải bằng nhau."]


def test_not_applicable_asks_why(world):
    report = report_of(world)
    save_cells(report, [cell(world.flow, answer=NOT_APPLICABLE)], actor=world.editor)

    assert build_sheet(report).line(world.flow.pk).asks_note
