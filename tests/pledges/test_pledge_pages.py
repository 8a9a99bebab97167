"""The pages of the pledge: what they show, to whom, at what cost."""

from decimal import Decimal

import pytest
from django.urls import reverse

from campaigns.models import Campaign
from pledges.models import Pledge, Target
from pledges.models.pledge import Side
from pledges.services.proposals import own_commitments, version_of
from tests import factories as f
from tests.core.documents.pages import squeezed, words
from tests.pledges.pledge_steps import STATES, agreed, fill, pledge_of, proposed, sign

PAGES = ("pledge-detail", "pledge-print", "pledge-edit", "pledge-sign")
MOVES = ("pledge-edit", "pledge-propose", "pledge-return", "pledge-agree", "pledge-reopen", "pledge-sign")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("person", ["editor", "leader", "verifier", "director", "viewer"])
def test_whoever_may_see_a_pledge_reads_it_in_every_state(state, person, world, sign_in):
    pledge = STATES[state](world)
    client = sign_in(getattr(world, person))

    page = client.get(reverse("pledge-detail", args=[pledge.pk]))
    assert page.status_code == 200
    assert "Vận động nhân dân hiến đất làm đường" in page.content.decode()
    answer = client.get(reverse("pledge-print", args=[pledge.pk]))
    paper = b"".join(answer.streaming_content)
    for close in answer._resource_closers:  # answer.close() would close the shared connection as well
        close()
    assert squeezed("Vận động nhân dân hiến đất làm đường") in words(paper)
    assert "Xã An Hòa" in client.get(reverse("pledge-list")).content.decode()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("person", ["other_editor", "other_leader", "stranger", "admin"])
def test_nobody_opens_the_pledge_of_another_unit(name, person, world, sign_in):
    pledge = agreed(world)

    assert sign_in(getattr(world, person)).get(reverse(name, args=[pledge.pk])).status_code == 404


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("person", ["other_leader", "stranger", "admin"])
def test_nobody_moves_the_pledge_of_another_unit(name, person, world, sign_in):
    pledge = agreed(world)

    answer = sign_in(getattr(world, person)).post(
        reverse(name, args=[pledge.pk]), {"note": "x", "password": f.PASSWORD}
    )

    assert answer.status_code == 404
    assert pledge_of(world).status == "agreed"
    assert pledge_of(world).signatures == []


def test_the_wall_of_a_unit_names_no_other_unit(world, sign_in):
    fill(world, world.other_commune, world.other_editor)
    page = sign_in(world.editor).get(reverse("pledge-list")).content.decode()

    assert "Xã An Hòa" in page
    assert "Xã Bình Đức" not in page


@pytest.mark.parametrize("name", [*PAGES, *MOVES])
def test_the_anonymous_are_sent_to_sign_in(name, world, client):
    pledge = pledge_of(world)
    for answer in (client.get(reverse(name, args=[pledge.pk])), client.post(reverse(name, args=[pledge.pk]))):
        assert answer.status_code == 302
        assert reverse("account_login") in answer["Location"]


@pytest.mark.parametrize("name", ["pledge-list", "pledge-sign-many"])
def test_the_lists_are_closed_to_the_anonymous(name, world, client):
    assert reverse("account_login") in client.get(reverse(name))["Location"]


@pytest.mark.parametrize("person", ["editor", "leader", "verifier", "viewer", "admin", "stranger"])
def test_only_directors_sign_in_bulk(person, world, sign_in):
    client = sign_in(getattr(world, person))

    assert client.get(reverse("pledge-sign-many")).status_code == 403
    assert client.post(reverse("pledge-sign-many"), {"password": f.PASSWORD}).status_code == 403


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("signed", {"Xã An Hòa"}),
        ("unsigned", {"Xã Bình Đức", "Phường Cường Thịnh"}),
        ("owing", {"Phường Cường Thịnh"}),
        ("agreed", {"Xã Bình Đức"}),
        ("wait_unit", {"Xã Bình Đức"}),
        ("wait_province", {"Xã Bình Đức"}),
        ("proposed", set()),
    ],
)
def test_the_wall_filters_by_state(state, expected, world, sign_in):
    STATES["signed"](world)
    agreed(world, world.other_commune, world.other_editor, world.other_leader)

    page = sign_in(world.viewer).get(reverse("pledge-list"), {"state": state})

    assert {row.participation.name for row in page.context["object_list"]} == expected
    assert page.context["counts"] == {"all": 3, "signed": 1, "owing": 1, "proposed": 0, "agreed": 1}


def test_the_wall_is_searched_without_marks(world, sign_in):
    page = sign_in(world.viewer).get(reverse("pledge-list"), {"q": "BINH duc"})

    assert [row.participation.name for row in page.context["object_list"]] == ["Xã Bình Đức"]


def test_the_wall_begins_with_the_newest_campaign_under_way(world, sign_in):
    other = f.PledgeFactory(
        participation__campaign__launched=True,
        participation__campaign__owner=world.ban,
        participation__unit=world.commune,
        participation__campaign__starts_on="2025-01-01",
    )
    client = sign_in(world.viewer)

    assert other not in client.get(reverse("pledge-list")).context["object_list"]
    assert other in client.get(reverse("pledge-list"), {"campaign": ""}).context["object_list"]


def more_units(world, count):
    for _ in range(count):
        unit = f.UnitFactory(parent=world.province)
        row = f.ParticipationFactory(campaign=world.campaign, unit=unit, cluster=world.cluster)
        pledge = f.PledgeFactory(
            participation=row, status="agreed", agreed_at="2026-02-01T08:00:00+07:00", document_hash="0" * 64
        )
        Target.objects.create(pledge=pledge, indicator=world.flow, amount=Decimal(5), baseline=Decimal(9))


@pytest.mark.parametrize("count", [1, 100])
@pytest.mark.parametrize(("name", "limit"), [("pledge-list", 18), ("pledge-sign-many", 12)])
def test_lists_cost_the_same_queries_for_one_and_a_hundred(
    name, limit, count, world, sign_in, django_assert_max_num_queries
):
    more_units(world, count)
    client = sign_in(world.director)

    with django_assert_max_num_queries(limit):
        page = client.get(reverse(name), {"size": "100"})
    assert page.status_code == 200


@pytest.mark.parametrize("count", [1, 100])
@pytest.mark.parametrize("name", ["pledge-detail", "pledge-edit"])
def test_a_pledge_costs_the_same_queries_whatever_its_cluster(
    name, count, world, sign_in, django_assert_max_num_queries
):
    pledge = fill(world)
    more_units(world, count)
    client = sign_in(world.editor)

    with django_assert_max_num_queries(24):
        assert client.get(reverse(name, args=[pledge.pk])).status_code == 200


def typed(world, pledge, **changes):
    key = world.flow.pk
    data = {
        f"amount_{key}": "1.500",
        f"form_{key}": "at_least",
        f"note_{key}": "",
        "boxes": "2",
        "text_0": "Cam kết một",
        "text_1": "Cam kết hai",
        "seen": version_of(pledge),
    }
    return {**data, **changes}


def test_the_editor_saves_amounts_with_vietnamese_separators(world, sign_in):
    pledge = pledge_of(world)
    sign_in(world.editor).post(reverse("pledge-edit", args=[pledge.pk]), typed(world, pledge))

    assert pledge.targets.get().amount == 1500
    assert own_commitments(pledge_of(world)) == ["Cam kết một", "Cam kết hai"]


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        ("up:1", ["Cam kết hai", "Cam kết một"]),
        ("down:0", ["Cam kết hai", "Cam kết một"]),
        ("remove:0", ["Cam kết hai"]),
        ("up:0", ["Cam kết một", "Cam kết hai"]),
        ("down:99", ["Cam kết một", "Cam kết hai"]),
        ("add", ["Cam kết một", "Cam kết hai"]),
    ],
)
def test_commitments_are_moved_and_removed_without_script(op, expected, world, sign_in):
    pledge = pledge_of(world)
    client = sign_in(world.editor)
    answer = client.post(reverse("pledge-edit", args=[pledge.pk]), typed(world, pledge, op=op), follow=True)

    assert own_commitments(pledge_of(world)) == expected
    assert len(answer.context["form"].text_fields()) == len(expected) + (op == "add")


def test_a_wrong_number_loses_nothing_that_was_typed(world, sign_in):
    pledge = pledge_of(world)
    data = typed(world, pledge, **{f"amount_{world.flow.pk}": "mười hai", "text_1": "x" * 1001})
    page = sign_in(world.editor).post(reverse("pledge-edit", args=[pledge.pk]), data).content.decode()

    assert "mười hai" in page
    assert "x" * 1001 in page
    assert "Cam kết một" in page
    assert "không phải là số" in page
    assert not pledge.targets.exists()


def test_a_stale_form_is_refused_with_what_changed_and_keeps_the_text(world, sign_in):
    pledge = pledge_of(world)
    data = typed(world, pledge)
    fill(world, amount="77", text="Của người khác")
    client = sign_in(world.leader)
    page = client.post(reverse("pledge-edit", args=[pledge.pk]), data)

    shown = page.content.decode()
    assert "Trần Thị Nhập" in shown
    assert "ít nhất 77 cuộc" in shown
    assert "Cam kết hai" in shown
    assert pledge.targets.get().amount == 77

    client.post(reverse("pledge-edit", args=[pledge.pk]), {**data, "seen": page.context["form"]["seen"].value()})
    assert pledge.targets.get().amount == 1500


def test_text_typed_while_the_leader_proposed_is_shown_again(world, sign_in):
    pledge = pledge_of(world)
    data = typed(world, pledge, text_1="Vừa nghĩ thêm")
    proposed(world)
    page = sign_in(world.editor).post(reverse("pledge-edit", args=[pledge.pk]), data).content.decode()

    assert "Vừa nghĩ thêm" in page
    assert "Đơn vị đề xuất" in page
    assert pledge_of(world).targets.get().amount == 12


def test_the_leader_saves_and_proposes_in_one_step(world, sign_in):
    pledge = pledge_of(world)
    sign_in(world.leader).post(reverse("pledge-edit", args=[pledge.pk]), typed(world, pledge, op="propose"))

    assert pledge_of(world).status == "proposed"


def test_what_is_missing_is_told_after_saving(world, sign_in):
    pledge = pledge_of(world)
    data = typed(world, pledge, op="propose", **{f"amount_{world.flow.pk}": ""})
    page = sign_in(world.leader).post(reverse("pledge-edit", args=[pledge.pk]), data, follow=True).content.decode()

    assert "Chưa ghi chỉ tiêu “Cuộc vận động”" in page
    assert own_commitments(pledge_of(world)) == ["Cam kết một", "Cam kết hai"]


@pytest.mark.parametrize("person", ["verifier", "director", "viewer"])
def test_the_province_does_not_write_the_pledge_of_a_unit(person, world, sign_in):
    pledge = pledge_of(world)
    client = sign_in(getattr(world, person))

    assert client.get(reverse("pledge-edit", args=[pledge.pk])).status_code == 403
    assert client.post(reverse("pledge-edit", args=[pledge.pk]), typed(world, pledge)).status_code == 403
    assert not pledge.targets.exists()


def test_bulk_signing_reports_what_it_left_out(world, sign_in):
    first = agreed(world)
    second = agreed(world, world.other_commune, world.other_editor, world.other_leader)
    mark = {pledge.pk: pledge.document_hash for pledge in (first, second)}
    Pledge.objects.filter(pk=second.pk).update(status="returned", document_hash="")
    data = {"password": f.PASSWORD}
    for pk, text in mark.items():
        data |= {f"pick_{pk}": "on", f"seen_{pk}": text}

    page = sign_in(world.director).post(reverse("pledge-sign-many"), data, follow=True).content.decode()

    assert "Đã ký 1 giao ước." in page
    assert "Xã Bình Đức: Giao ước đang ở trạng thái “Trả lại”" in page
    assert [row.slot for row in pledge_of(world).signatures] == ["province"]
    assert pledge_of(world, world.other_commune).signatures == []


def test_a_wrong_password_keeps_the_ticks(world, sign_in):
    pledge = agreed(world)
    data = {"password": "sai", f"pick_{pledge.pk}": "on", f"seen_{pledge.pk}": pledge.document_hash}
    page = sign_in(world.director).post(reverse("pledge-sign-many"), data)

    assert "Mật khẩu chưa đúng" in page.content.decode()
    assert page.context["form"][f"pick_{pledge.pk}"].value() is True
    assert pledge_of(world).signatures == []


def test_the_second_leader_is_told_who_signed(world, sign_in):
    pledge = agreed(world)
    sign(world, pledge, Side.UNIT)
    data = {"password": f.PASSWORD, "seen": pledge.document_hash}
    page = sign_in(world.leader).post(reverse("pledge-sign", args=[pledge.pk]), data).content.decode()

    assert "Lê Văn Lãnh đã ký cho bên này" in page
    assert len(pledge_of(world).signatures) == 1


def test_a_tampered_pledge_says_what_is_different(world, sign_in):
    pledge = STATES["signed"](world)
    client = sign_in(world.viewer)
    assert "Nguyên vẹn" in client.get(pledge.get_absolute_url()).content.decode()
    pledge.targets.update(amount=1)

    page = client.get(pledge.get_absolute_url()).content.decode()

    assert "Nội dung đã bị thay đổi" in page
    assert "Số cuộc vận động" in page.split("Không dùng")[0]


def test_the_campaign_page_links_my_pledge_and_how_many_have_signed(world, sign_in):
    pledge = STATES["signed"](world)
    url = reverse("campaign-detail", args=[world.campaign.pk])

    assert pledge.get_absolute_url() in sign_in(world.editor).get(url).content.decode()
    assert pledge.get_absolute_url() not in sign_in(world.other_editor).get(url).content.decode()
    assert "1/3" in sign_in(world.director).get(url).content.decode()


def test_a_finished_campaign_offers_no_moves(world, sign_in):
    pledge = agreed(world)
    Campaign.objects.filter(pk=world.campaign.pk).update(status="closed", closed_at="2026-12-31T08:00:00+07:00")
    page = sign_in(world.director).get(pledge.get_absolute_url())

    assert page.context["moves"] == []
    assert page.context["side"] is None


def test_achievement_stands_beside_each_target(world, sign_in):
    pledge = STATES["signed"](world)
    report = pledge.participation.reports.first()
    report.first_submitted_at = "2026-04-05T08:00:00+07:00"
    report.save()
    f.ReportedValueFactory(report=report, indicator=world.flow, amount=Decimal(9))

    line = sign_in(world.editor).get(pledge.get_absolute_url()).context["achieved"][0]

    assert (line.achieved, line.share, line.words) == (9, 75, "Đang thực hiện")
