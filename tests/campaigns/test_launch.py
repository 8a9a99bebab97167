"""Launching: what it needs, what it makes, who hears, and that it happens once."""

import datetime
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from campaigns.models import Campaign
from campaigns.services.campaigns import cancel_campaign, describe_campaign, launch_campaign
from campaigns.services.editing import Part
from campaigns.services.readiness import checklist, review_launch
from campaigns.services.roster import add_participation
from dvk_portal.core.audit import trail
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Notification
from pledges.models import Pledge, QuarterlyReport, ScoreSheet
from tests import factories as f
from tests import personas


def complete_draft(province, **fields):
    """A draft that lacks nothing."""
    campaign = f.CampaignFactory(owner=province.ban, **fields)
    cluster = f.ClusterFactory(campaign=campaign)
    for unit in (province.commune, province.other_commune):
        f.ParticipationFactory(campaign=campaign, unit=unit, cluster=cluster)
    for number in (1, 2, 3, 4):
        f.ReportingPeriodFactory(campaign=campaign, number=number)
    f.CampaignIndicatorFactory(campaign=campaign)
    return campaign


@pytest.fixture
def draft(province):
    return complete_draft(province)


def test_a_launch_opens_pledge_reports_and_score_sheet_for_every_unit(draft, province):
    launch_campaign(draft, actor=province.director)

    assert Pledge.objects.count() == ScoreSheet.objects.count() == 2
    assert QuarterlyReport.objects.count() == 8


def test_every_unit_on_the_roster_is_told_and_nobody_else(draft, province):
    launch_campaign(draft, actor=province.director)

    told = set(Notification.objects.filter(kind="campaign_launched").values_list("recipient__username", flat=True))
    assert told == {"nhap.an", "lanhdao.an", "nhap.binh", "lanhdao.binh"}


def test_the_roster_keeps_the_names_of_that_day(draft, province):
    province.commune.name = "Xã An Hòa Mới"
    province.commune.save()

    launch_campaign(draft, actor=province.director)

    assert draft.participations.get(unit=province.commune).name == "Xã An Hòa Mới"


def test_an_empty_draft_is_told_everything_it_lacks(province):
    campaign = f.CampaignFactory(owner=province.ban, goal="", document_no="")

    with pytest.raises(DomainError) as refused:
        launch_campaign(campaign, actor=province.director)

    assert "Chưa ghi mục tiêu." in refused.value.findings
    assert "Chưa ghi số, ký hiệu văn bản phát động." in refused.value.findings
    assert "Chưa có kỳ báo cáo nào." in refused.value.findings
    undone = {step.part for step in checklist(campaign) if not step.is_done}
    assert undone == {"content", "document", "periods", "asked", "roster", "clusters"}


@pytest.mark.parametrize("who", ["verifier", "editor", "leader", "viewer", "admin", "stranger"])
def test_only_the_director_launches(who, draft, province):
    with pytest.raises(PermissionDenied):
        launch_campaign(draft, actor=getattr(province, who))


def test_the_second_director_is_told_that_it_was_launched_meanwhile(draft, province):
    other = personas.person("phoban", "Lý Thị Phó", province.ban, "director", "Phó Trưởng Ban")
    same_page = Campaign.objects.get(pk=draft.pk)
    launch_campaign(draft, actor=province.director)

    with pytest.raises(DomainError, match="người khác vừa xử lý"):
        launch_campaign(same_page, actor=other)
    assert QuarterlyReport.objects.count() == 8


@pytest.mark.django_db(transaction=True)
def test_of_two_launches_at_the_same_moment_one_succeeds():
    province = personas.build_province()
    draft = complete_draft(province)
    start, outcomes = threading.Barrier(2), []

    def launch():
        try:
            mine = Campaign.objects.get(pk=draft.pk)
            start.wait()
            launch_campaign(mine, actor=type(province.director).objects.get(pk=province.director.pk))
            outcomes.append("launched")
        except DomainError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=launch) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["launched", "refused"]
    assert Pledge.objects.count() == 2


def test_the_review_says_what_will_happen(draft, province):
    f.UnitFactory(name="Xã Không Người")
    silent = f.ParticipationFactory(campaign=draft, unit=f.UnitFactory(name="Xã Vắng"), cluster=draft.clusters.get())

    review = review_launch(draft)

    assert (review.units, review.people, review.reports) == (3, 4, 12)
    assert review.silent == (silent.name,)


def test_the_review_warns_when_the_scheme_needs_an_indicator_that_is_not_asked(draft):
    sentences = [sentence for sentence, _ in review_launch(draft).warnings]

    assert any("van_dong" in sentence for sentence in sentences)


def test_the_launch_warns_when_the_owner_cannot_issue_documents_and_leads_there(draft, province, sign_in):
    words, url = "chưa khai đầu văn bản, ký hiệu và địa danh", reverse("campaign-launch", args=[draft.pk])
    client = sign_in(province.director)
    assert words not in client.get(url).content.decode()

    draft.owner.issuing.all().delete()

    page = client.get(url).content.decode()
    assert words in page
    assert reverse("unit-issuing", args=[draft.owner_id]) in page
    assert client.post(url).status_code == 302
    draft.refresh_from_db()
    assert draft.status == "open"


def test_the_launch_page_launches(draft, province, sign_in):
    client = sign_in(province.director)
    url = reverse("campaign-launch", args=[draft.pk])

    assert "Phát động phong trào" in client.get(url).content.decode()
    assert client.post(url).status_code == 302
    draft.refresh_from_db()
    assert draft.status == "open"
    assert client.get(url).status_code == 200


def test_who_prepares_but_does_not_launch_cannot_open_the_launch_page(draft, province, sign_in):
    client = sign_in(province.verifier)
    url = reverse("campaign-launch", args=[draft.pk])

    assert (client.get(url).status_code, client.post(url).status_code) == (403, 403)


# After the launch


@pytest.mark.time_machine(datetime.datetime(2026, 8, 1, 9, tzinfo=datetime.UTC), tick=False)
def test_a_unit_that_joins_late_owes_only_what_falls_due_after_it_came(province):
    campaign = complete_draft(province)
    launch_campaign(campaign, actor=province.director)
    Notification.objects.all().delete()
    personas.person("nhap.cuong", "Tạ Văn Cường", province.third_commune, "editor", "Công chức")

    row = add_participation(campaign, province.third_commune, actor=province.verifier, cluster=campaign.clusters.get())

    assert [report.period.number for report in row.reports.order_by("period__number")] == [3, 4]
    assert row.pledge.status == "draft"
    assert list(Notification.objects.values_list("recipient__username", flat=True)) == ["nhap.cuong"]


def test_a_late_unit_needs_a_cluster(world):
    late = f.UnitFactory(name="Xã Đến Sau")

    with pytest.raises(DomainError, match="chọn cụm"):
        add_participation(world.campaign, late, actor=world.verifier, cluster=None)


def test_a_typing_mistake_is_mended_after_launch_and_leaves_a_trace(world):
    before = world.campaign.slogan
    describe_campaign(world.campaign, Part.CONTENT, {"slogan": "Dân vận khéo, việc gì cũng xong"}, actor=world.verifier)

    assert trail(world.campaign).first().changes == {"slogan": [before, "Dân vận khéo, việc gì cũng xong"]}


def test_what_pledges_name_stays_as_it_was_launched(world):
    with pytest.raises(DomainError, match="tên phong trào"):
        describe_campaign(world.campaign, Part.BASICS, {"title": "Tên khác"}, actor=world.verifier)


def test_dates_are_fixed_at_launch(world):
    with pytest.raises(DomainError, match="đến ngày"):
        describe_campaign(world.campaign, Part.BASICS, {"ends_on": datetime.date(2027, 1, 31)}, actor=world.verifier)


def test_units_hear_of_a_cancelled_campaign_and_why(world):
    cancel_campaign(world.campaign, actor=world.director, note="Chuyển sang kế hoạch mới")

    letter = Notification.objects.get(kind="campaign_cancelled", recipient=world.editor)
    assert "Chuyển sang kế hoạch mới" in letter.body


def test_a_draft_given_up_stays_unknown_to_its_units(draft, province, sign_in):
    cancel_campaign(draft, actor=province.director, note="Lập nhầm")

    assert not Notification.objects.exists()
    assert sign_in(province.editor).get(draft.get_absolute_url()).status_code == 404
    assert sign_in(province.director).get(draft.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("move", "before", "after"),
    [("start-scoring", "open", "scoring"), ("reopen", "scoring", "open"), ("archive", "closed", "archived"),
     ("cancel", "open", "cancelled")],
)  # fmt: skip
def test_the_director_makes_the_other_moves_and_nobody_else(move, before, after, world, sign_in):
    Campaign.objects.filter(pk=world.campaign.pk).update(status=before)
    url = reverse(f"campaign-{move}", args=[world.campaign.pk])

    assert sign_in(world.verifier).post(url, {"note": "Lý do"}).status_code == 403
    assert sign_in(world.leader).post(url, {"note": "Lý do"}).status_code == 403
    assert sign_in(world.stranger).post(url, {"note": "Lý do"}).status_code == 404
    assert sign_in(world.director).post(url, {"note": "Lý do"}).status_code == 302
    world.campaign.refresh_from_db()
    assert world.campaign.status == after
