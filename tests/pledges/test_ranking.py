"""The ranking: drafts for the province, own scores for units, everything after publication; ties; recalculation."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from campaigns.models import Campaign
from dvk_portal.core import jobs
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Job
from pledges.models import Publication, ScoreSheet, TieDecision
from pledges.services import publishing, rollup, scoresheets
from pledges.services.rankpage import tied_groups
from tests import factories as f
from tests.pledges.score_steps import begin_scoring, settle_all, sheet_of

NUMBER = "125-QĐ/BTGDVTU"


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC))


@pytest.fixture
def ranked(world):
    settle_all(world)
    return world


def page(client, world, name="ranking"):
    return client.get(reverse(name, args=[world.campaign.pk]))


def publish(world):
    return publishing.publish_results(
        world.campaign, actor=world.director, decision_no=NUMBER, decision_date=datetime.date(2026, 3, 1),
        confirmation=NUMBER,
    )  # fmt: skip


def test_before_publication_a_unit_sees_its_own_scores_without_rank_and_nobody_else(ranked, sign_in):
    body = page(sign_in(ranked.leader), ranked).content.decode()

    assert "Xã An Hòa" in body
    assert "Chưa công bố kết quả" in body
    for hidden in ("Xã Bình Đức", "Phường Cường Thịnh", "Hoàn thành tốt", "Căn cứ xếp hạng"):
        assert hidden not in body
    assert page(sign_in(ranked.leader), ranked, "ranking-export").status_code == 404


def test_before_publication_the_province_sees_a_draft_that_says_so(ranked, sign_in):
    for person in (ranked.verifier, ranked.director, ranked.viewer):
        body = page(sign_in(person), ranked).content.decode()
        assert "Bản nháp, chưa công bố" in body
        assert all(name in body for name in ("Xã An Hòa", "Xã Bình Đức", "Phường Cường Thịnh"))


def test_strangers_and_the_administrator_find_no_ranking(ranked, sign_in):
    publish(ranked)
    for person in (ranked.stranger, ranked.admin):
        assert page(sign_in(person), ranked).status_code == 404
    assert sign_in(ranked.stranger).get(reverse("ranking-list")).status_code == 404


def test_after_publication_a_unit_sees_everything_but_opens_only_its_own_sheet(ranked, sign_in):
    publish(ranked)
    body = page(sign_in(ranked.leader), ranked).content.decode()

    assert all(name in body for name in ("Xã An Hòa", "Xã Bình Đức", "Phường Cường Thịnh", NUMBER, "khớp"))
    assert sheet_of(ranked).get_absolute_url() in body
    assert sheet_of(ranked, ranked.other_commune).get_absolute_url() not in body
    assert page(sign_in(ranked.leader), ranked, "ranking-export").status_code == 200


def test_a_unit_that_took_no_part_finds_nothing_even_after_publication(ranked, sign_in):
    publish(ranked)
    outsider = f.UserFactory()
    f.MembershipFactory(user=outsider, unit=f.UnitFactory(parent=ranked.province), role="leader")

    assert page(sign_in(outsider), ranked).status_code == 404


def test_a_tampered_publication_is_shown_as_such(ranked, sign_in):
    publish(ranked)
    Publication.objects.update(digest="0" * 64)

    assert "không khớp" in page(sign_in(ranked.viewer), ranked).content.decode()


# --- ties -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def tied(world):
    settle_all(world, points=("4", "4", "2"))
    return world


def ranks(world):
    return dict(ScoreSheet.objects.values_list("participation__name", "rank"))


def test_a_person_decides_a_tie_in_the_browser_with_a_reason(tied, sign_in):
    client = sign_in(tied.director)
    group = page(client, tied).context["ties"][0][0]
    assert [name for _, name in group.members] == ["Xã An Hòa", "Xã Bình Đức"]
    first, second = (pk for pk, _ in group.members)
    address = reverse("ranking-tie", args=[tied.campaign.pk, tied.cluster.pk])
    client.post(address, {f"place_{first}": "2", f"place_{second}": "1", "note": "cụm biểu quyết"})
    rollup.recalculate(tied.campaign)

    assert ranks(tied) == {"Xã Bình Đức": 1, "Xã An Hòa": 2, "Phường Cường Thịnh": 3}
    assert "cụm biểu quyết" in page(client, tied).content.decode()
    assert not page(client, tied).context["ties"]


def test_only_all_units_of_a_tie_can_be_put_in_order(tied):
    members = dict(tied.cluster.participations.values_list("name", "pk"))
    wrong = [
        [members["Xã An Hòa"]], [members["Xã An Hòa"], members["Phường Cường Thịnh"]],
        [members["Xã An Hòa"]] * 2, list(members.values()), [],
    ]  # fmt: skip
    for order in wrong:
        with pytest.raises(DomainError):
            publishing.decide_tie(tied.cluster, actor=tied.director, order=order, reason="x")
    with pytest.raises(PermissionDenied):
        publishing.decide_tie(tied.cluster, actor=tied.verifier, order=wrong[3][:2], reason="x")


def test_a_decision_on_one_tie_leaves_an_earlier_one_in_force(world):
    settle_all(world, points=("4", "4", "2"))
    fourth = f.ParticipationFactory(campaign=world.campaign, cluster=world.cluster, unit__parent=world.province)
    twin = f.ScoreSheetFactory(participation=fourth)
    rollup.recalculate(world.campaign)
    low = sheet_of(world, world.third_commune)
    ScoreSheet.objects.filter(pk=twin.pk).update(final_total=low.final_total, unranked=False, deduction=low.deduction)
    first = list(tied_groups(world.campaign)[0].members)
    publishing.decide_tie(world.cluster, actor=world.director, order=[pk for pk, _ in first], reason="lần một")
    for group in tied_groups(world.campaign):
        publishing.decide_tie(
            world.cluster, actor=world.director, order=[pk for pk, _ in group.members], reason="lần hai"
        )

    assert tied_groups(world.campaign) == []
    reasons = {ranked.reason for ranked in rollup.rank_clusters(world.campaign).values()}
    assert any("lần một" in reason for reason in reasons)


def test_a_decision_never_orders_units_it_did_not_weigh(tied):
    members = dict(tied.cluster.participations.values_list("name", "pk"))
    TieDecision.objects.create(
        cluster=tied.cluster, order=[members["Xã An Hòa"], members["Phường Cường Thịnh"]], reason="khác",
        decided_by=tied.director,
    )  # fmt: skip

    assert [group.place for group in tied_groups(tied.campaign)] == [1]


# --- recalculation --------------------------------------------------------------------------------------------------
def test_recalculation_is_queued_and_its_progress_is_shown(ranked, sign_in):
    Job.objects.all().delete()
    client = sign_in(ranked.verifier)
    client.post(reverse("ranking-recalculate", args=[ranked.campaign.pk]))

    assert "Đang chờ" in page(client, ranked, "ranking-progress").content.decode()
    jobs.run(Job.objects.get(kind="rollup").pk)
    assert "Đã xong" in page(client, ranked, "ranking-progress").content.decode()
    for person in (ranked.viewer, ranked.leader):
        assert sign_in(person).post(reverse("ranking-recalculate", args=[ranked.campaign.pk])).status_code == 404
    assert page(sign_in(ranked.leader), ranked, "ranking-progress").status_code == 404


def test_opening_the_scoring_asks_for_a_roll_up(world):
    Job.objects.all().delete()
    begin_scoring(world)

    assert Job.objects.filter(kind="rollup", key=str(world.campaign.pk)).exists()


# --- publishing in the browser --------------------------------------------------------------------------------------
def test_publishing_takes_two_steps(ranked, sign_in):
    client = sign_in(ranked.director)
    address = reverse("ranking-publish", args=[ranked.campaign.pk])
    review = client.get(address).context["review"]
    assert client.post(address, {"seen": review.mark}).status_code == 422
    ticks = {f"warning_{place}": "on" for place in range(len(review.warnings))}
    second = client.post(address, {"seen": review.mark, **ticks})
    assert (second.status_code, second.context["step"]) == (200, 2)
    typed = {
        "step": "2", "seen": review.mark, "confirmed": review.warnings, "decision_no": NUMBER,
        "decision_date": "01/03/2026", "confirmation": NUMBER,
    }  # fmt: skip
    wrong = client.post(address, typed | {"confirmation": "125"})
    assert (wrong.status_code, Campaign.objects.get(pk=ranked.campaign.pk).status) == (422, "scoring")
    assert client.post(address, typed).url == reverse("ranking", args=[ranked.campaign.pk])
    assert Campaign.objects.get(pk=ranked.campaign.pk).status == "closed"
    assert client.get(address).status_code == 302


def test_only_the_director_finds_the_page_of_publishing(ranked, sign_in):
    for person in (ranked.verifier, ranked.viewer, ranked.leader, ranked.stranger):
        assert page(sign_in(person), ranked, "ranking-publish").status_code == 404


def test_a_class_below_what_the_points_promise_says_why(ranked, sign_in):
    sheet = sheet_of(ranked)
    scoresheets.reopen_sheet(sheet, actor=ranked.director, note="có quyết định kỷ luật")
    scoresheets.declare_gate(sheet, "KL", actor=ranked.director, reason="Quyết định 12")
    scoresheets.finish_verification(sheet_of(ranked), actor=ranked.director)
    scoresheets.agree_scores(sheet_of(ranked), actor=ranked.director)
    publish(ranked)

    assert "người đứng đầu bị kỷ luật" in page(sign_in(ranked.leader), ranked).content.decode()
