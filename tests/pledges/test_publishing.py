"""Publication: review, typed confirmation, two at once, and that nothing changes afterwards."""

import datetime
import threading
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import get_resolver, reverse

from campaigns.models import Campaign
from campaigns.services import assignments, campaigns, clusters, periods, roster
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Notification
from pledges.models import (
    IndicatorTotal,
    Pledge,
    Publication,
    QuarterlyReport,
    ReportedValue,
    ScoreInput,
    ScoreLine,
    ScoreSheet,
    TieDecision,
)
from pledges.services import (
    acceptance,
    evidence,
    extensions,
    proposals,
    publishing,
    reports,
    rollup,
    scoreevidence,
    scoresheets,
    signing,
    verification,
)
from pledges.services import pledges as pledge_services
from tests import factories as f
from tests.personas import build_world
from tests.pledges.score_steps import begin_scoring, settle, settle_all, sheet_of
from units.models import User

NUMBER = "125-QĐ/BTGDVTU"


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC))


def publish(world, actor=None, **changes):
    given = {
        "decision_no": NUMBER, "decision_date": datetime.date(2026, 3, 1), "confirmation": NUMBER, **changes,
    }  # fmt: skip
    return publishing.publish_results(world.campaign, actor=actor or world.director, **given)


def test_the_result_is_published_with_the_decision_and_told_to_every_unit(world):
    settle_all(world)
    publication = publish(world)

    world.campaign.refresh_from_db()
    assert world.campaign.status == "closed"
    assert set(ScoreSheet.objects.values_list("status", flat=True)) == {"published"}
    assert [(row["unit"], row["rank"]) for row in publication.content["units"]] == [
        ("Xã An Hòa", 1), ("Xã Bình Đức", 2), ("Phường Cường Thịnh", 3),
    ]  # fmt: skip
    assert publishing.check_publication(publication) == []
    told = set(Notification.objects.filter(kind="results_published").values_list("recipient__username", flat=True))
    assert told == {"nhap.an", "lanhdao.an", "nhap.binh", "lanhdao.binh"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"confirmation": "125-QĐ"}, "không khớp"),
        ({"decision_no": " ", "confirmation": ""}, "số và ngày"),
        ({"decision_date": None}, "số và ngày"),
        ({"decision_date": datetime.date(2027, 1, 1)}, "tương lai"),
        ({"decision_date": datetime.date(2025, 3, 1)}, "kiểm tra lại năm"),
        ({"confirmed": []}, "chưa được xác nhận"),
        ({"seen": "something else"}, "đã thay đổi sau khi bạn xem"),
    ],
)
def test_what_is_not_confirmed_exactly_is_not_published(world, changes, sentence):
    settle_all(world)

    with pytest.raises(DomainError, match=sentence):
        publish(world, **changes)
    assert not Publication.objects.exists()


def test_only_the_director_publishes(world):
    settle_all(world)
    for actor in (world.verifier, world.viewer, world.leader, world.admin, world.stranger):
        with pytest.raises(PermissionDenied):
            publish(world, actor)


def test_the_review_names_what_stands_in_the_way_and_what_stands_out(world):
    begin_scoring(world)
    settle(world, world.commune)
    review = publishing.review_publication(world.campaign)

    assert "Còn 2 phiếu điểm chưa thống nhất: Phường Cường Thịnh, Xã Bình Đức." in review.blockers
    assert any("chưa có số liệu" in sentence for sentence in review.warnings)
    assert any("12 báo cáo chưa thẩm định xong" in sentence for sentence in review.warnings)


def test_a_tie_that_waits_for_a_person_blocks(world):
    settle_all(world, points=("4", "4", "2"))

    assert any("2 đơn vị bằng điểm" in sentence for sentence in publishing.review_publication(world.campaign).blockers)


def test_scores_that_moved_after_they_were_agreed_must_be_agreed_anew(world, time_machine):
    settle_all(world)
    time_machine.move_to(datetime.datetime(2026, 6, 20, 9, tzinfo=datetime.UTC))
    rollup.recalculate(world.campaign)  # quarter I was never sent: points are lost

    assert any("chưa thống nhất" in text for text in publishing.review_publication(world.campaign).blockers)


def test_the_second_of_two_publishers_is_told(world):
    settle_all(world)
    publish(world)

    with pytest.raises(DomainError, match="vừa được người khác công bố"):
        publish(world)
    assert Publication.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_publishing_in_the_same_moment_one_succeeds_and_the_other_is_told():
    world = build_world()
    settle_all(world)
    start, results = threading.Barrier(2), []

    def run():
        try:
            start.wait()
            publishing.publish_results(
                Campaign.objects.get(pk=world.campaign.pk), actor=User.objects.get(pk=world.director.pk),
                decision_no=NUMBER, decision_date=datetime.date(2026, 3, 1), confirmation=NUMBER,
            )  # fmt: skip
            results.append("published")
        except DomainError as error:
            results.append(error.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [
        "Kết quả phong trào này vừa được người khác công bố. Hãy tải lại trang để xem.",
        "published",
    ]
    assert Publication.objects.count() == 1


def test_a_changed_publication_or_sheet_no_longer_matches(world):
    settle_all(world)
    publication = publish(world)
    ScoreSheet.objects.filter(participation__unit=world.commune).update(final_total=Decimal(1))
    assert publishing.check_publication(publication) == ["Phiếu điểm hiện nay khác với lúc công bố: Xã An Hòa."]

    publication.content["units"][0]["rank"] = 2
    assert len(publishing.check_publication(publication)) == 2


# --- after it nothing changes ---------------------------------------------------------------------------------------
def everything():
    """All rows that make a result."""
    models = (
        Campaign, Pledge, QuarterlyReport, ReportedValue, ScoreSheet, ScoreInput, ScoreLine, IndicatorTotal,
        TieDecision, Publication,
    )  # fmt: skip
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.fixture
def closed(world):
    """A published campaign whose reports and pledges stand in every state, so that only its end can refuse."""
    settle_all(world)
    publish(world)
    rows = list(QuarterlyReport.objects.filter(participation__unit=world.commune).order_by("period__number"))
    stamp = rows[0].due_at
    for report, status in zip(rows, ("draft", "submitted", "verified", "submitted"), strict=True):
        QuarterlyReport.objects.filter(pk=report.pk).update(
            status=status, submitted_at=stamp, first_submitted_at=stamp, verified_at=stamp, days_from_due=0
        )
    for report, status in ((rows[1], "accepted"), (rows[3], "returned")):
        for indicator in (world.flow, world.stock):
            f.ReportedValueFactory(
                report=report, indicator=indicator, status=status, verdict_at=stamp, verdict_note="x"
            )
    world.draft, world.sent, world.verified, world.returned = (
        QuarterlyReport.objects.get(pk=report.pk) for report in rows
    )
    units = (world.commune, world.other_commune, world.third_commune)
    for unit, status in zip(units, ("draft", "proposed", "agreed"), strict=True):
        Pledge.objects.filter(participation__unit=unit).update(
            status=status, proposed_at=stamp, agreed_at=stamp, document_hash="x" * 64
        )
    world.editable, world.proposed, world.agreed = (Pledge.objects.get(participation__unit=unit) for unit in units)
    world.campaign.refresh_from_db()
    return world


TODAY = datetime.date(2026, 3, 2)
LATER = datetime.date(2026, 9, 1)


def file():
    return SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF")


MOVES = {
    "save_cells": lambda w: reports.save_cells(w.draft, [reports.CellInput(w.flow, "given", reports.figure_for(w.flow, "given", "9"), "", 0)], actor=w.editor),
    "tell_leader": lambda w: reports.tell_leader(w.draft, actor=w.editor, today=TODAY),
    "submit": lambda w: reports.submit_report(w.draft, actor=w.leader, confirmed=True),
    "extend": lambda w: extensions.grant_extension(w.draft, actor=w.director, due_on=LATER, reason="x", today=TODAY),
    "evidence": lambda w: evidence.add_evidence(w.draft, w.flow, actor=w.editor, uploads=[], citation="CV 1"),
    "judge": lambda w: verification.judge_value(w.sent, w.flow, actor=w.director, verdict="clear", revision=1),
    "accept_rest": lambda w: verification.accept_rest(w.sent, actor=w.director),
    "return_report": lambda w: verification.return_report(w.returned, actor=w.director, note="x", due_on=LATER, today=TODAY),
    "verify_report": lambda w: verification.verify_report(w.sent, actor=w.director),
    "unverify": lambda w: verification.unverify_report(w.verified, actor=w.director, note="x"),
    "lock": lambda w: verification.lock_report(w.verified, actor=w.director),
    "correct": lambda w: verification.correct_value(w.verified, w.flow, actor=w.director, typed="3", note="x"),
    "save_proposal": lambda w: proposals.save_proposal(w.editable, actor=w.editor, targets={}, commitments=["a"], seen=proposals.version_of(w.editable)),
    "propose": lambda w: pledge_services.propose_pledge(w.editable, actor=w.leader),
    "return_pledge": lambda w: pledge_services.return_pledge(w.proposed, actor=w.verifier, note="x"),
    "agree_pledge": lambda w: pledge_services.agree_pledge(w.proposed, actor=w.verifier),
    "reopen_pledge": lambda w: pledge_services.reopen_pledge(w.agreed, actor=w.verifier, note="x"),
    "remind": lambda w: pledge_services.remind_units(w.campaign, actor=w.director, today=TODAY),
    "sign": lambda w: signing.sign_pledge(w.agreed, actor=w.director, side="province", password=f.PASSWORD, seen_hash="x" * 64),
    "self": lambda w: scoresheets.enter_input(sheet_of(w), "1.2", True, stage="self", actor=w.editor),
    "verified": lambda w: scoresheets.enter_input(sheet_of(w), "1.2", False, stage="verified", actor=w.director, reason="x"),
    "final": lambda w: scoresheets.enter_input(sheet_of(w), "1.2", False, stage="final", actor=w.director, reason="x"),
    "accept": lambda w: acceptance.accept_self_scores(sheet_of(w), actor=w.director),
    "accept_criterion": lambda w: acceptance.accept_criterion(w.campaign, "1.2", [sheet_of(w).pk], actor=w.director),
    "send_self": lambda w: scoresheets.send_self_assessment(sheet_of(w), actor=w.leader),
    "return_self": lambda w: scoresheets.return_self_assessment(sheet_of(w), actor=w.director, note="x"),
    "finish": lambda w: scoresheets.finish_verification(sheet_of(w), actor=w.director),
    "agree": lambda w: scoresheets.agree_scores(sheet_of(w), actor=w.director),
    "reopen_sheet": lambda w: scoresheets.reopen_sheet(sheet_of(w), actor=w.director, note="x"),
    "declare": lambda w: scoresheets.declare_gate(sheet_of(w), "KL", actor=w.director, reason="x"),
    "withdraw": lambda w: scoresheets.withdraw_gate(sheet_of(w), "KL", actor=w.director, reason="x"),
    "proof": lambda w: scoreevidence.add_proof(sheet_of(w), "1.2", actor=w.editor, uploads=[], citation="KH 1"),
    "tie": lambda w: publishing.decide_tie(w.cluster, actor=w.director, order=list(w.cluster.participations.values_list("pk", flat=True)), reason="x"),
    "recalculate": lambda w: rollup.recalculate(w.campaign),
    "publish": publish,
    "describe": lambda w: campaigns.describe_campaign(w.campaign, "content", {"slogan": "khác"}, actor=w.director),
    "attach": lambda w: campaigns.attach_file(w.campaign, file(), actor=w.director),
    "reopen_campaign": lambda w: campaigns.reopen_campaign(w.campaign, actor=w.director, note="x"),
    "start_scoring": lambda w: campaigns.start_scoring(w.campaign, actor=w.director),
    "cancel": lambda w: campaigns.cancel_campaign(w.campaign, actor=w.director, note="x"),
    "add_cluster": lambda w: clusters.add_cluster(w.campaign, actor=w.director, name="Cụm mới"),
    "change_cluster": lambda w: clusters.change_cluster(w.cluster, actor=w.director, name="Khác", order=9, officer=None),
    "head": lambda w: clusters.appoint_head(w.cluster, w.cluster.participations.first(), actor=w.director, valid_from=TODAY),
    "split": lambda w: roster.split_into_clusters(w.campaign, 2, actor=w.director),
    "remove_units": lambda w: roster.remove_units(w.campaign, [w.cluster.participations.first().pk], actor=w.director),
    "join": lambda w: roster.add_participation(w.campaign, f.UnitFactory(parent=w.province), actor=w.director, cluster=w.cluster),
    "add_period": lambda w: periods.add_period(w.campaign, actor=w.director, year=2026, kind="year", number=1, data_from=datetime.date(2026, 1, 1), data_to=datetime.date(2026, 12, 31), due_on=datetime.date(2026, 12, 31)),
    "change_period": lambda w: periods.change_period(w.periods[0], actor=w.director, due_on=LATER),
    "reminders": lambda w: periods.set_reminder_steps(w.campaign, [(1, True, True)], actor=w.director),
    "assign": lambda w: assignments.set_assignments(w.campaign, actor=w.director, assessors={}, groups={}),
}  # fmt: skip


@pytest.mark.parametrize("name", MOVES)
def test_after_publication_every_service_refuses_and_nothing_changes(closed, name):
    before = everything()

    with pytest.raises(DomainError):
        MOVES[name](closed)
    assert everything() == before


def score_addresses(world):
    """Every address of scoring that takes a POST, by name."""
    sheet, cluster = sheet_of(world), world.cluster
    by_name = {"score-grid-accept": [world.campaign.pk, "1.2"], "ranking-tie": [world.campaign.pk, cluster.pk],
               "ranking-document-preview": [world.campaign.pk, "xep-hang"],
               "ranking-document-issue": [world.campaign.pk, "xep-hang"]}  # fmt: skip
    for entry in get_resolver().reverse_dict:
        if not isinstance(entry, str) or not entry.startswith(("score", "ranking")):
            continue
        if entry in ("score-proof-file", "score-proof-remove", "scoresheet-list", "ranking-list", "score-grid"):
            continue
        if entry.startswith("scoresheet-document-"):
            by_name[entry] = [sheet.pk, "phieu-diem"]
        elif entry in ("score-proof",):
            by_name[entry] = [sheet.pk, "1.2"]
        elif entry not in by_name:
            by_name[entry] = [world.campaign.pk if entry.startswith("ranking") or "grid" in entry else sheet.pk]
    by_name["score-export-gaps"] = [world.campaign.pk]
    return by_name


def test_after_publication_every_address_of_scoring_changes_nothing(closed, sign_in):
    before = everything()
    data = {"criterion": "1.2", "stage": "final", "tc-3-e0": "true", "tc-3-reason": "x", "code": "KL", "note": "x",
            "step": "2", "decision_no": NUMBER, "decision_date": "01/03/2026", "confirmation": NUMBER, "seen": "x",
            "citation": "CV 1", "ids": str(sheet_of(closed).pk)}  # fmt: skip
    for person in (closed.director, closed.leader, closed.verifier):
        client = sign_in(person)
        for name, arguments in score_addresses(closed).items():
            response = client.post(reverse(name, args=arguments), data)
            assert response.status_code in (200, 302, 403, 404, 405, 422), (name, response.status_code)
    assert everything() == before
