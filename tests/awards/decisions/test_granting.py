"""From the council's recommendation to awards in the register."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from awards.models import Award, Decision, IntegrityHold, Nomination, Payment
from awards.services.decisions.drawing import drop_lines, groups_of, lines_of, set_line, take_in, why_not_decided
from awards.services.decisions.granting import (
    number_decision,
    publish_decision,
    record_decision,
    sign_decision,
    unsign_decision,
)
from awards.services.decisions.revoking import revoke_decision
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import DocumentNumber, Notification
from tests.awards.decisions import decision_steps as steps
from tests.factories import awards as af
from units.models import Unit

DAY, TODAY = steps.DAY, steps.TODAY


@pytest.fixture
def made(province):
    """Two recommended for the Ban's own award, one that the council did not recommend, one for another authority."""
    steps.salaries()
    cycle = steps.cycle_of(province)
    here = steps.award_type("GK", "0.3", title=False)
    there = steps.award_type("BK", "1.5", title=False, here=False, authority="Chủ tịch Ủy ban nhân dân tỉnh", level=60)
    an, binh = (af.RecipientFactory(unit=unit) for unit in (province.commune, province.other_commune))
    province.cycle, province.here, province.there = cycle, here, there
    province.of_an = steps.recommended(cycle, here, an)
    province.of_binh = steps.recommended(cycle, here, binh)
    province.not_wanted = steps.recommended(
        cycle, here, af.RecipientFactory(unit=province.commune), status="not_recommended"
    )
    province.outside = steps.recommended(cycle, there, an)
    return province


def test_one_decision_is_drawn_up_per_family_and_authority(made):
    found = [(group.authority, group.decided_here, len(group.nominations)) for group in groups_of(made.cycle)]

    assert found == [("Chủ tịch Ủy ban nhân dân tỉnh", False, 1), (steps.AUTHORITY, True, 2)]


def test_a_draft_holds_what_the_council_recommends_and_the_laws_it_rests_on(made):
    decision = steps.drawn(made.cycle, made.here, made.verifier)

    assert [(line.nomination, line.granted) for line in decision.lines.order_by("pk")] == [
        (made.of_an, True), (made.of_binh, True)
    ]  # fmt: skip
    assert decision.unit == made.ban
    assert decision.grounds == "Căn cứ Luật thử"


def test_a_nomination_is_in_one_decision_only(made):
    steps.drawn(made.cycle, made.here, made.verifier)

    with pytest.raises(DomainError, match="Không còn đề nghị nào"):
        steps.drawn(made.cycle, made.here, made.verifier)


def test_only_who_manages_awards_draws_up_a_decision(made):
    for person in (made.leader, made.clerk, made.member, made.stranger):
        with pytest.raises(PermissionDenied):
            steps.drawn(made.cycle, made.here, person)

    assert Decision.objects.count() == 0


def test_a_cycle_whose_council_has_not_met_has_no_decision(made):
    made.cycle.status = "reviewing"
    made.cycle.save()

    with pytest.raises(DomainError, match="hội đồng đã xét"):
        steps.drawn(made.cycle, made.here, made.verifier)


def test_differing_from_the_council_needs_a_reason_either_way(made):
    decision = steps.drawn(made.cycle, made.here, made.verifier)
    take_in(decision, [made.not_wanted.pk], actor=made.verifier)
    refused, added = decision.lines.get(nomination=made.of_an), decision.lines.get(nomination=made.not_wanted)

    with pytest.raises(DomainError, match="Hội đồng đề nghị khen thưởng nhưng dòng này không khen"):
        set_line(refused, granted=False, reason="  ", posthumous=False, actor=made.verifier)
    with pytest.raises(DomainError, match="Hội đồng không đề nghị nhưng dòng này được khen"):
        set_line(added, granted=True, reason="", posthumous=False, actor=made.verifier)
    set_line(refused, granted=False, reason="Trùng thành tích", posthumous=False, actor=made.verifier)

    assert [(row.nomination, row.granted, row.reason) for row in decision.lines.order_by("pk")] == [
        (made.of_an, False, "Trùng thành tích"), (made.of_binh, True, ""), (made.not_wanted, False, "")
    ]  # fmt: skip


def test_a_reason_goes_when_the_line_follows_the_council_again(made):
    decision = steps.drawn(made.cycle, made.here, made.verifier)
    line = decision.lines.get(nomination=made.of_an)
    set_line(line, granted=False, reason="Trùng", posthumous=False, actor=made.verifier)

    line = set_line(line, granted=True, reason="Trùng", posthumous=True, actor=made.verifier)

    assert (line.granted, line.reason, line.posthumous) == (True, "", True)


def test_numbering_makes_awards_payments_and_moves_nominations(made):
    decision = steps.drawn(made.cycle, made.here, made.verifier)
    set_line(
        decision.lines.get(nomination=made.of_binh),
        granted=False,
        reason="Trùng",
        posthumous=False,
        actor=made.verifier,
    )

    decision = steps.numbered(decision, made.director)

    award = Award.objects.get()
    number = DocumentNumber.objects.get()
    assert (decision.status, decision.number, decision.dated_on) == ("numbered", number.text, DAY)
    assert (award.recipient, award.name, award.year, award.decision_no) == (
        made.of_an.recipient, made.of_an.name, 2026, number.text
    )  # fmt: skip
    assert (award.period_from, award.period_to) == (datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
    assert (award.gold_book_no, len(award.code), award.status) == ("01/2026", 12, "granted")
    assert Payment.objects.values_list("amount", "state").get() == (710_000, "owed")
    assert Nomination.objects.values_list("status", flat=True).get(pk=made.of_an.pk) == "granted"
    refused = Nomination.objects.get(pk=made.of_binh.pk)
    assert (refused.status, refused.end_note, refused.ended_by) == ("refused", "Trùng", made.director)


def test_a_second_number_is_refused_and_makes_nothing(made):
    decision = steps.numbered(steps.drawn(made.cycle, made.here, made.verifier), made.director)

    with pytest.raises(DomainError, match="đang ở trạng thái “Đã vào sổ”"):
        number_decision(decision, actor=made.director, paper=steps.paper(), today=TODAY)

    assert (Award.objects.count(), Payment.objects.count(), DocumentNumber.objects.count()) == (2, 2, 1)


def test_only_the_director_signs_numbers_and_publishes(made):
    decision = steps.drawn(made.cycle, made.here, made.verifier)

    for person in (made.verifier, made.leader, made.clerk, made.chair):
        with pytest.raises(PermissionDenied):
            sign_decision(decision, actor=person, signer="A", signer_post="", today=TODAY)
    steps.numbered(decision, made.director)
    for person in (made.verifier, made.leader):
        with pytest.raises(PermissionDenied):
            publish_decision(decision, actor=person)


def test_who_is_held_back_is_neither_granted_nor_refused(made):
    decision = steps.drawn(made.cycle, made.here, made.verifier)
    IntegrityHold.objects.create(
        recipient=made.of_an.recipient, reason="complaint", note="Đơn bí mật", from_day=datetime.date(2026, 6, 1)
    )

    with pytest.raises(DomainError) as refusal:
        sign_decision(decision, actor=made.director, signer="A", signer_post="", today=TODAY)

    assert "Đang tạm dừng xét" in refusal.value.findings[0]
    assert "bí mật" not in str(refusal.value.findings)
    drop_lines(decision, [decision.lines.get(nomination=made.of_an).pk], actor=made.verifier)
    assert steps.numbered(decision, made.director).status == "numbered"


def test_a_hold_that_was_cleared_leaves_the_line_free(made):
    decision = steps.drawn(made.cycle, made.here, made.verifier)
    IntegrityHold.objects.create(
        recipient=made.of_an.recipient, reason="complaint", note="Đơn", from_day=datetime.date(2026, 5, 1),
        to_day=datetime.date(2026, 6, 20), outcome="cleared", outcome_note="Không có căn cứ",
    )  # fmt: skip

    assert why_not_decided(decision, lines_of(decision), DAY) == []


def test_a_closed_body_signs_nothing_and_a_closed_collective_is_given_nothing(made):
    collective = af.RecipientFactory(collective=True, unit=made.third_commune, of_unit=made.third_commune)
    steps.recommended(made.cycle, made.here, collective)
    decision = steps.drawn(made.cycle, made.here, made.verifier)
    Unit.objects.filter(pk__in=(made.third_commune.pk, made.ban.pk)).update(valid_to=datetime.date(2026, 6, 29))
    decision.refresh_from_db()

    found = why_not_decided(decision, lines_of(decision), DAY)

    assert len(found) == 2
    assert "Ban Tuyên giáo và Dân vận Tỉnh ủy không hoạt động vào ngày 30/06/2026" in found[0]
    assert "Phường Cường Thịnh không hoạt động vào ngày 30/06/2026" in found[1]


def test_a_decision_of_another_authority_is_entered_from_its_paper(made):
    decision = steps.drawn(made.cycle, made.there, made.verifier)

    decision = record_decision(
        decision, actor=made.director, paper=steps.paper(number="120/QĐ-UBND", signer="Phan Văn Tỉnh"), today=TODAY
    )

    award = Award.objects.get()
    assert (decision.status, decision.number, decision.signer) == ("numbered", "120/QĐ-UBND", "Phan Văn Tỉnh")
    assert (award.decision_no, award.authority, award.gold_book_no) == (
        "120/QĐ-UBND", "Chủ tịch Ủy ban nhân dân tỉnh", ""
    )  # fmt: skip
    assert Payment.objects.values_list("amount", "state", "note").get() == (
        3_510_000, "not_paid", "Cơ quan quyết định khen thưởng chi."
    )  # fmt: skip
    assert DocumentNumber.objects.count() == 0


def test_the_same_number_of_the_same_authority_is_not_entered_twice(made):
    first = steps.drawn(made.cycle, made.there, made.verifier)
    record_decision(first, actor=made.director, paper=steps.paper(number="120/QĐ-UBND"), today=TODAY)
    steps.recommended(made.cycle, made.there, made.of_binh.recipient)
    second = steps.drawn(made.cycle, made.there, made.verifier)

    with pytest.raises(DomainError, match="đã có trên cổng"):
        record_decision(second, actor=made.director, paper=steps.paper(number="120/QĐ-UBND"), today=TODAY)

    assert Decision.objects.get(pk=second.pk).status == "draft"


def test_numbers_of_the_gold_book_go_on_and_are_never_given_again(made):
    first = steps.numbered(steps.drawn(made.cycle, made.here, made.verifier), made.director)
    revoke_decision(
        first, actor=made.director, reason="Sai hồ sơ", decision_no="9-QĐ", decided_on=TODAY, received_on=TODAY
    )
    steps.recommended(made.cycle, made.here, af.RecipientFactory(unit=made.commune))

    second = steps.numbered(steps.drawn(made.cycle, made.here, made.verifier), made.director)

    assert sorted(first.awards.values_list("gold_book_no", flat=True)) == ["01/2026", "02/2026"]
    assert list(second.awards.values_list("gold_book_no", flat=True)) == ["03/2026"]


def test_units_and_appraisers_hear_of_a_published_decision_and_nobody_else(made):
    Nomination.objects.filter(pk=made.of_an.pk).update(appraised_by=made.verifier)
    decision = steps.drawn(made.cycle, made.here, made.verifier)

    steps.published(decision, made.director)

    heard = set(Notification.objects.values_list("recipient", "kind"))
    assert heard == {
        *(
            (person.pk, "decision_published")
            for person in (made.editor, made.leader, made.other_editor, made.other_leader)
        ),
        (made.verifier.pk, "decision_done"),
    }
    letter = Notification.objects.get(recipient=made.leader)
    assert made.of_an.name in letter.body
    assert made.of_binh.name not in letter.body


def test_a_draft_that_is_given_up_frees_its_nominations(made):
    decision = steps.drawn(made.cycle, made.here, made.verifier)

    decision = revoke_decision(decision, actor=made.director, reason="Lập nhầm")

    assert (decision.status, decision.end_note) == ("revoked", "Lập nhầm")
    assert [len(group.nominations) for group in groups_of(made.cycle)] == [1, 2]


def test_a_signed_decision_goes_back_to_the_draft_with_a_reason(made):
    decision = steps.drawn(made.cycle, made.here, made.verifier)
    sign_decision(decision, actor=made.director, signer="A", signer_post="", today=TODAY)

    unsign_decision(decision, actor=made.director, note="Sửa căn cứ")

    assert Decision.objects.get().status == "draft"


@pytest.mark.parametrize("count", [3, 60])
def test_deciding_costs_as_many_queries_for_many_lines(count, province, django_assert_max_num_queries):
    steps.salaries()
    cycle, kind = steps.cycle_of(province), steps.award_type("GK", "0.3", title=False)
    for _ in range(count):
        steps.recommended(cycle, kind, af.RecipientFactory(unit=province.commune))
    decision = steps.drawn(cycle, kind, province.verifier)

    with django_assert_max_num_queries(80):
        steps.published(decision, province.director)

    assert Award.objects.count() == count
