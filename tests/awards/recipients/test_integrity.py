"""Discipline and holds: who knows of them, what they stop, what they let go again."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from awards.models import Discipline, IntegrityHold, Nomination, RuleSet, YearRecord
from awards.services.recipients.integrity import (
    HELD_NOTE,
    close_hold,
    end_discipline,
    enter_discipline,
    open_hold,
    sees_integrity,
)
from awards.services.rules.rebasing import may_rebase, rebase_nomination
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Notification
from tests.factories import awards as af

DAY = datetime.date
TODAY = DAY(2026, 11, 21)
SECRET = "Bị tố cáo nhận tiền của dân"


@pytest.fixture
def lan(province):
    return af.RecipientFactory(unit=province.commune, name="Nguyễn Thị Lan")


def hold(province, recipient, person="verifier", **values):
    usual = {"reason": "complaint", "note": SECRET, "from_day": TODAY, "today": TODAY}
    return open_hold(recipient, actor=getattr(province, person), **usual | values)


def close(province, row, person="verifier", **values):
    usual = {"outcome": "cleared", "note": "Không có căn cứ", "to_day": TODAY, "today": TODAY}
    return close_hold(row, actor=getattr(province, person), **usual | values)


def test_a_hold_stops_what_runs_and_lets_it_go_to_be_appraised_again(province, lan):
    """T-E6."""
    running = [af.NominationFactory(recipient=lan, complete=True), af.NominationFactory(recipient=lan, eligible=True)]
    draft = af.NominationFactory(recipient=lan)
    row = hold(province, lan)

    states = lambda: [Nomination.objects.get(pk=one.pk).status for one in (*running, draft)]  # noqa: E731
    assert states() == ["held", "held", "draft"]
    close(province, row)
    assert states() == ["to_check", "to_check", "draft"]


def test_nothing_is_let_go_while_another_hold_lasts(province, lan):
    running = af.NominationFactory(recipient=lan, complete=True)
    first, second = hold(province, lan), hold(province, lan, reason="inspection")

    close(province, first)
    assert Nomination.objects.get().status == "held"
    close(province, second)
    assert Nomination.objects.get(pk=running.pk).status == "to_check"


def test_what_it_is_about_is_told_to_nobody(province, lan):
    """No letter; the nomination's trail, which the unit reads, has one general sentence; the portal's has no reason."""
    nomination = af.NominationFactory(recipient=lan, complete=True)
    row = hold(province, lan)
    close(province, row, note=f"{SECRET}: không đúng")

    assert not Notification.objects.exists()
    assert [entry.note for entry in audit.trail(nomination)][-1] == HELD_NOTE
    told = " ".join(f"{entry.record_text} {entry.note} {entry.changes}" for entry in AuditEntry.objects.all())
    assert SECRET not in told
    assert "đơn thư" not in told


@pytest.mark.parametrize(
    "person",
    ["editor", "leader", "other_leader", "clerk", "viewer", "admin", "chair", "secretary", "member", "stranger"],
)
def test_only_those_who_handle_it_know_or_act(person, province, lan):
    assert not sees_integrity(getattr(province, person), lan)
    with pytest.raises(PermissionDenied):
        hold(province, lan, person)
    with pytest.raises(PermissionDenied):
        enter_discipline(
            lan, actor=getattr(province, person), level="canh_cao", from_day=TODAY, to_day=None, today=TODAY
        )
    row = hold(province, lan)
    with pytest.raises(PermissionDenied):
        close(province, row, person)


def test_a_hold_ends_once_with_an_outcome_and_a_day(province, lan):
    row = hold(province, lan, from_day=DAY(2026, 11, 1))

    for wrong in ({"outcome": ""}, {"note": " "}, {"to_day": DAY(2026, 10, 31)}, {"to_day": DAY(2026, 11, 22)}):
        with pytest.raises(DomainError) as refused:
            close(province, row, **wrong)
        assert len(refused.value.findings) == 1
    close(province, row)
    with pytest.raises(DomainError, match="đã kết thúc"):
        close(province, row)
    assert IntegrityHold.objects.get().outcome == "cleared"


@pytest.mark.parametrize("wrong", [{"note": ""}, {"from_day": DAY(2026, 11, 22)}])
def test_a_hold_needs_its_ground_and_begins_no_later_than_today(wrong, province, lan):
    with pytest.raises(DomainError):
        hold(province, lan, **wrong)
    assert not IntegrityHold.objects.exists()


def test_discipline_has_days_in_order(province, lan):
    def enter(**days):
        return enter_discipline(lan, actor=province.verifier, level="canh_cao", document_no="1", today=TODAY, **days)

    for days in (
        {"from_day": DAY(2027, 1, 1), "to_day": None},
        {"from_day": DAY(2026, 2, 1), "to_day": DAY(2026, 1, 1)},
    ):
        with pytest.raises(DomainError):
            enter(**days)
    row = enter(from_day=DAY(2026, 1, 1), to_day=None)
    with pytest.raises(DomainError):
        end_discipline(row, actor=province.verifier, to_day=DAY(2025, 1, 1))
    end_discipline(row, actor=province.verifier, to_day=DAY(2026, 12, 31))
    assert Discipline.objects.get().to_day == DAY(2026, 12, 31)


# --- another rule set -------------------------------------------------------------------------------------------------
@pytest.fixture
def dossier(lan):
    """CSTĐCS of 2025 received under the confirmed law of 2022; eligible."""
    award = af.standard_award("CSTDCS")
    af.AwardFactory(recipient=lan, award_type=af.standard_award("LDTT"), year=2025)
    YearRecord.objects.create(recipient=lan, year=2025, grade="htxs")
    return af.NominationFactory(
        recipient=lan, award_type=award, eligible=True, period_from=DAY(2025, 1, 1), period_to=DAY(2025, 12, 31),
        rule_set=RuleSet.objects.get(code="LTDKT2022-ND152"), award_kind="merit",
    )  # fmt: skip


def test_another_rule_set_is_chosen_with_a_reason_and_judged_again(province, dossier):
    later = RuleSet.objects.get(code="LTDKT2026-ND152")
    rebase_nomination(dossier, rule_set=later, reason="Có lợi hơn", actor=province.verifier)

    row = Nomination.objects.get()
    assert (row.rule_set, row.rebase_note, row.status) == (later, "Có lợi hơn", "to_check")
    assert any("chờ xác nhận văn bản" in finding["text"] for finding in row.findings)


def test_a_rule_set_never_changes_without_reason_right_or_rule(province, dossier):
    later = RuleSet.objects.get(code="LTDKT2026-ND152")
    with pytest.raises(DomainError, match="lý do"):
        rebase_nomination(dossier, rule_set=later, reason=" ", actor=province.verifier)
    with pytest.raises(DomainError, match="không có quy định"):
        rebase_nomination(dossier, rule_set=RuleSet.objects.get(family="party"), reason="x", actor=province.verifier)
    for person in ("leader", "admin", "secretary", "clerk"):
        with pytest.raises(PermissionDenied):
            rebase_nomination(dossier, rule_set=later, reason="x", actor=getattr(province, person))
        assert not may_rebase(dossier, getattr(province, person))
    assert Nomination.objects.get().rule_set.code == "LTDKT2022-ND152"


def test_after_the_council_has_voted_the_rules_stay(province, dossier):
    Nomination.objects.update(status="recommended")

    with pytest.raises(DomainError, match="Hội đồng đề nghị"):
        rebase_nomination(
            dossier, rule_set=RuleSet.objects.get(code="LTDKT2026-ND152"), reason="x", actor=province.verifier
        )
