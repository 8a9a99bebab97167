"""The pages of a campaign: who sees which, what they cost, what they refuse."""

import datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns import panels
from campaigns.models import Campaign
from campaigns.services.asked import Asked, set_asked
from campaigns.services.assignments import choose_scheme, set_assignments
from campaigns.services.campaigns import create_campaign, describe_campaign
from campaigns.services.editing import Part, version_of
from dvk_portal.core.exceptions import DomainError
from tests import factories as f
from tests import personas

DAY = datetime.date
PDF = b"%PDF-1.7\nnoi dung\n%%EOF\n"
PARTS = [
    "basics",
    "content",
    "document",
    "scheme",
    "asked",
    "periods",
    "roster",
    "candidates",
    "roster-import",
    "clusters",
]


@pytest.fixture
def province(request, db):
    """The people of the world when the test wants both, so that there is one province only."""
    return request.getfixturevalue("world") if "world" in request.fixturenames else personas.build_province()


@pytest.fixture
def draft(province):
    """A draft with two units in a cluster, four quarters and two indicators."""
    campaign = create_campaign(
        province.ban,
        actor=province.verifier,
        title="Thi đua Dân vận khéo năm 2027",
        form="regular",
        starts_on=datetime.date(2027, 1, 1),
        ends_on=datetime.date(2027, 12, 31),
        scheme=f.SchemeFactory(),
    )
    cluster = f.ClusterFactory(campaign=campaign, name="Cụm số 1")
    for unit in (province.commune, province.other_commune):
        f.ParticipationFactory(campaign=campaign, unit=unit, cluster=cluster)
    f.ReportingPeriodFactory(campaign=campaign, year=2027)
    f.CampaignIndicatorFactory(campaign=campaign)
    return campaign


@pytest.mark.parametrize("part", PARTS)
def test_staff_open_every_part_of_a_draft(part, draft, province, sign_in):
    response = sign_in(province.verifier).get(reverse(f"campaign-{part}", args=[draft.pk]))

    assert response.status_code == 200
    assert draft.title in response.content.decode()


@pytest.mark.parametrize("part", PARTS)
def test_staff_open_every_part_of_a_running_campaign(part, world, sign_in):
    response = sign_in(world.verifier).get(reverse(f"campaign-{part}", args=[world.campaign.pk]))

    assert response.status_code == 200


@pytest.mark.parametrize("part", [*PARTS, "copy", "launch", "roster-export"])
@pytest.mark.parametrize("who", ["editor", "leader", "viewer"])
def test_people_who_do_not_prepare_campaigns_edit_nothing(part, who, world, sign_in):
    client = sign_in(getattr(world, who))
    url = reverse(f"campaign-{part}", args=[world.campaign.pk])

    assert client.get(url).status_code == 403
    assert client.post(url).status_code in (403, 405)


@pytest.mark.parametrize("part", [*PARTS, "detail", "copy", "launch", "roster-export"])
@pytest.mark.parametrize("who", ["editor", "leader", "stranger", "admin"])
def test_a_draft_does_not_exist_for_units_and_strangers(part, who, draft, province, sign_in):
    client = sign_in(getattr(province, who))
    url = reverse(f"campaign-{part}", args=[draft.pk])

    assert client.get(url).status_code == 404
    assert client.post(url).status_code in (404, 405)


POSTS = [
    "roster-add", "roster-remove", "map", "periods-renew", "start-scoring", "reopen", "archive", "cancel", "launch",
]  # fmt: skip


@pytest.mark.parametrize("name", POSTS)
@pytest.mark.parametrize("who", ["editor", "leader", "viewer"])
def test_no_button_of_the_staff_works_for_others(name, who, world, sign_in):
    assert sign_in(getattr(world, who)).post(reverse(f"campaign-{name}", args=[world.campaign.pk])).status_code == 403


def test_every_address_sends_the_anonymous_to_the_sign_in(world):
    names = ["list", "create", "detail", *PARTS, *POSTS, "copy", "roster-export"]
    client = Client()
    for name in names:
        args = [] if name in ("list", "create") else [world.campaign.pk]
        for response in (
            client.get(reverse(f"campaign-{name}", args=args)),
            client.post(reverse(f"campaign-{name}", args=args)),
        ):
            assert response.status_code == 302, name
            assert response.url.startswith("/tai-khoan/login/"), name


def test_pages_of_one_period_and_one_cluster_open(world, sign_in):
    client = sign_in(world.verifier)
    for name, pk in (("period-edit", world.periods[0].pk), ("cluster-edit", world.cluster.pk)):
        assert client.get(reverse(name, args=[world.campaign.pk, pk])).status_code == 200
        assert sign_in(world.leader).get(reverse(name, args=[world.campaign.pk, pk])).status_code == 403


def test_parts_of_another_campaign_are_not_found(draft, world, sign_in):
    client = sign_in(world.verifier)

    assert client.get(reverse("period-edit", args=[draft.pk, world.periods[0].pk])).status_code == 404
    assert client.get(reverse("cluster-edit", args=[draft.pk, world.cluster.pk])).status_code == 404


# Making and describing


def test_staff_make_a_draft_with_the_usual_reminders(province, sign_in):
    page = sign_in(province.verifier).post(
        reverse("campaign-create"),
        {"owner": province.ban.pk, "title": "Thi đua mới", "form": "thematic", "starts_on": "15/10/2026",
         "ends_on": "14/10/2027", "contact": province.verifier.pk},
    )  # fmt: skip

    campaign = Campaign.objects.get()
    assert page.url == campaign.get_absolute_url()
    assert list(campaign.reminder_steps.values_list("days", flat=True)) == [-14, -7, -3, -1, 1, 3, 7]


@pytest.mark.parametrize("who", ["editor", "leader", "viewer", "admin", "stranger"])
def test_others_make_no_campaign(who, province, sign_in):
    client = sign_in(getattr(province, who))

    assert client.get(reverse("campaign-create")).status_code == 403
    assert client.post(reverse("campaign-create"), {"owner": province.ban.pk}).status_code == 403


def test_the_wrong_order_of_dates_is_said_at_the_field(province, sign_in):
    page = sign_in(province.verifier).post(
        reverse("campaign-create"),
        {"owner": province.ban.pk, "title": "X", "form": "regular", "starts_on": "01/10/2026", "ends_on": "01/01/2026"},
    )

    assert "Ngày kết thúc phải sau ngày bắt đầu." in page.content.decode()


def content_data(campaign, **changes):
    names = [
        "slogan",
        "goal",
        "audience",
        "content",
        "criteria",
        "measures",
        "common_commitments",
        "province_commitments",
    ]
    values = {name: getattr(campaign, name) for name in names} | changes
    return {f"main-{name}": value for name, value in values.items()}


def test_an_edit_over_somebody_elses_is_refused_once_and_nothing_typed_is_lost(draft, province, sign_in):
    url = reverse("campaign-content", args=[draft.pk])
    mine, theirs = sign_in(province.verifier), sign_in(province.director)
    version = version_of(draft, Part.CONTENT)
    theirs.post(url, {**content_data(draft, goal="Của lãnh đạo"), "main-version": version})

    page = mine.post(url, {**content_data(draft, goal="Của chuyên viên"), "main-version": version})

    text = page.content.decode()
    draft.refresh_from_db()
    assert draft.goal == "Của lãnh đạo"
    assert "vừa được người khác sửa" in text
    assert "Huỳnh Văn Trưởng" in text
    assert "Đang lưu: Của lãnh đạo" in text
    assert "Của chuyên viên</textarea>" in text

    again = page.context["form"].data["main-version"]
    mine.post(url, {**content_data(draft, goal="Của chuyên viên"), "main-version": again})
    draft.refresh_from_db()
    assert draft.goal == "Của chuyên viên"


def test_two_people_may_edit_different_parts_at_the_same_time(draft, province, sign_in):
    version = version_of(draft, Part.CONTENT)
    describe_campaign(draft, Part.BASICS, {"title": "Tên khác"}, actor=province.director)

    url = reverse("campaign-content", args=[draft.pk])
    page = sign_in(province.verifier).post(url, {**content_data(draft, goal="Mới"), "main-version": version})

    assert page.status_code == 302


@pytest.mark.parametrize("status", ["closed", "archived", "cancelled"])
def test_a_finished_campaign_is_frozen(status, world, sign_in):
    Campaign.objects.filter(pk=world.campaign.pk).update(status=status)
    client = sign_in(world.director)
    url = reverse("campaign-content", args=[world.campaign.pk])

    assert client.get(url).url == world.campaign.get_absolute_url()
    text = client.post(url, content_data(world.campaign, goal="Khác")).content.decode()
    assert "không sửa được nữa" in text
    world.campaign.refresh_from_db()
    assert world.campaign.goal == "Mục tiêu"


def test_documents_are_for_those_who_see_the_campaign(draft, province, sign_in):
    staff = sign_in(province.verifier)
    upload = SimpleUploadedFile("ke-hoach.pdf", PDF)
    staff.post(reverse("campaign-document", args=[draft.pk]) + "?form=attach", {"attach-files": upload})
    url = reverse("campaign-attachment", args=[draft.pk, draft.attachments.get().pk])

    assert staff.get(url).getvalue() == PDF
    assert sign_in(province.editor).get(url).status_code == 404
    Campaign.objects.filter(pk=draft.pk).update(status="open", launched_at=timezone.now())
    assert sign_in(province.editor).get(url).getvalue() == PDF
    assert sign_in(province.stranger).get(url).status_code == 404


def test_a_file_of_a_wrong_kind_is_refused_in_words(draft, province, sign_in):
    url = reverse("campaign-document", args=[draft.pk]) + "?form=attach"
    page = sign_in(province.verifier).post(url, {"attach-files": SimpleUploadedFile("x.exe", b"MZ")})

    assert "không phải loại được nhận" in page.content.decode()


# Asking and assigning


def test_a_ratio_brings_the_figures_it_needs(draft, province):
    top, bottom = f.IndicatorFactory(code="tu"), f.IndicatorFactory(code="mau")
    ratio = f.IndicatorFactory(code="ty_le", kind="ratio", ask=False, numerator=["tu"], denominator=["mau"])

    brought = set_asked(draft, [Asked(ratio.pk)], actor=province.verifier)

    assert {row.code for row in brought} == {"tu", "mau"}
    assert set(draft.asked.values_list("indicator", flat=True)) == {top.pk, bottom.pk, ratio.pk}


def test_a_common_target_belongs_in_the_pledge(draft, province):
    indicator = f.IndicatorFactory()

    with pytest.raises(DomainError) as refused:
        set_asked(draft, [Asked(indicator.pk, common_target=Decimal(3))], actor=province.verifier)
    assert "phải nằm trong giao ước" in refused.value.findings[0]


def test_a_whole_group_is_asked_by_one_button(draft, province, sign_in):
    group = f.IndicatorGroupFactory(code="moi", title="Nhóm mới")
    indicators = [f.IndicatorFactory(group=group) for _ in range(3)]

    sign_in(province.verifier).post(
        reverse("campaign-asked", args=[draft.pk]),
        {"whole_group": str(group.pk), "main-version": version_of(draft, Part.ASKED)},
    )

    assert set(draft.asked.values_list("indicator", flat=True)) == {row.pk for row in indicators}


def test_what_the_scheme_needs_is_asked_by_one_button(draft, province, sign_in):
    needed = f.IndicatorFactory(code="van_dong")
    client, url = sign_in(province.verifier), reverse("campaign-asked", args=[draft.pk])
    assert "mà bảng tiêu chí cần" in client.get(url).content.decode()

    client.post(url, {"from_scheme": "1", "main-version": version_of(draft, Part.ASKED)})

    assert draft.asked.filter(indicator=needed).exists()
    assert "mà bảng tiêu chí cần" not in client.get(url).content.decode()


def test_what_is_asked_is_fixed_at_launch(world):
    with pytest.raises(DomainError, match="chỉ số báo cáo"):
        set_asked(world.campaign, [], actor=world.verifier)


def test_choosing_a_scheme_assigns_departments_of_the_same_name(draft, province):
    choose_scheme(draft, draft.scheme, actor=province.verifier)

    assert set(draft.assignments.values_list("assessor", "department__name")) == {
        ("Phòng Đoàn thể", "Phòng Đoàn thể"),
        ("Văn phòng", "Văn phòng"),
    }


def test_a_scheme_that_is_not_published_cannot_be_chosen(draft, province):
    with pytest.raises(DomainError, match="đang áp dụng"):
        choose_scheme(draft, f.SchemeFactory(status="draft", published_at=None), actor=province.verifier)


def test_assignments_go_to_departments_of_the_owner_only(draft, province):
    with pytest.raises(DomainError, match="phòng trực thuộc"):
        set_assignments(draft, actor=province.verifier, assessors={"Văn phòng": [province.commune.pk]}, groups={})


# Reading


def test_the_list_shows_units_only_launched_campaigns_of_theirs(draft, world, sign_in):
    outsider = f.CampaignFactory(owner=world.ban, launched=True, title="Của nơi khác")

    for who, titles in (
        ("editor", {world.campaign.title}),
        ("verifier", {world.campaign.title, draft.title, outsider.title}),
    ):
        page = sign_in(getattr(world, who)).get(reverse("campaign-list"))
        assert {campaign.title for campaign in page.context["object_list"]} == titles


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=dan van kheo", 1),
        ("year=2027", 1),
        ("year=2026", 1),
        ("status=draft", 1),
        ("form=thematic", 0),
        ("q=không có", 0),
    ],
)
def test_the_list_is_searched_and_filtered(query, found, draft, world, sign_in):
    page = sign_in(world.verifier).get(f"{reverse('campaign-list')}?{query}")

    assert len(page.context["object_list"]) == found


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_costs_the_same_queries(count, province, sign_in, django_assert_max_num_queries):
    for _ in range(count):
        f.ReportingPeriodFactory(campaign=f.CampaignFactory(owner=province.ban))
    client = sign_in(province.verifier)

    with django_assert_max_num_queries(11):
        client.get(reverse("campaign-list"))


@pytest.mark.parametrize("name", ["detail", "roster", "clusters", "periods", "asked", "candidates"])
def test_a_page_costs_the_same_queries_for_few_and_many(name, draft, province, sign_in):
    client, url = sign_in(province.verifier), reverse(f"campaign-{name}", args=[draft.pk])
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(2, 12):
        cluster = f.ClusterFactory(campaign=draft)
        f.ParticipationFactory.create_batch(3, campaign=draft, cluster=cluster)
        f.CampaignIndicatorFactory(campaign=draft)
        f.UnitFactory(parent=province.province)
        f.ReportingPeriodFactory(
            campaign=draft, year=2027, kind="month", number=number, data_from=DAY(2027, number, 1),
            data_to=DAY(2027, number, 28), due_on=DAY(2027, number, 28),
        )  # fmt: skip

    with CaptureQueriesContext(connection) as many:
        client.get(url)

    assert len(many) == len(few)


def test_apps_above_add_panels_to_the_page(world, sign_in, monkeypatch):
    monkeypatch.setattr(panels, "_sources", [])
    panels.register_panel(lambda request, campaign: {"template": "campaigns/_facts.html", "context": {"span": "PANEL"}})
    panels.register_panel(lambda request, campaign: None)

    assert "PANEL" in sign_in(world.editor).get(world.campaign.get_absolute_url()).content.decode()


def test_the_page_of_a_unit_offers_no_button_of_the_staff(world, sign_in):
    text = sign_in(world.editor).get(world.campaign.get_absolute_url()).content.decode()

    assert "Nhân bản" not in text
    assert "Hủy phong trào" not in text
    assert "thong-tin" not in text
