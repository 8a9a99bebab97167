"""The roster and its clusters: choosing, pasting, importing, spreading, heading."""

import datetime
import io

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from campaigns.models import ClusterHead
from campaigns.services.clusters import appoint_head, change_cluster, end_headship, remove_cluster
from campaigns.services.editing import Part, StaleEditError, version_of
from campaigns.services.roster import (
    add_units,
    apply_roster_lines,
    assign_clusters,
    plan_roster,
    remove_units,
    split_into_clusters,
)
from campaigns.services.rosterfile import read_roster, write_roster
from dvk_portal.core.exceptions import DomainError
from pledges.models import Pledge
from tests import factories as f

DAY = datetime.date


@pytest.fixture
def draft(province):
    return f.CampaignFactory(owner=province.ban)


def test_units_are_added_once(draft, province):
    add_units(draft, [province.commune], actor=province.verifier)

    rows = add_units(draft, [province.commune, province.other_commune], actor=province.verifier)

    assert [row.unit for row in rows] == [province.other_commune]


def test_a_unit_that_has_ended_cannot_join(draft, province):
    gone = f.UnitFactory(name="Xã Cũ", valid_to=DAY(2025, 6, 30))

    with pytest.raises(DomainError) as refused:
        add_units(draft, [gone], actor=province.verifier)
    assert refused.value.findings == ["Xã Cũ"]


@pytest.mark.parametrize("who", ["editor", "leader", "viewer", "admin", "stranger"])
def test_only_staff_touch_the_roster(who, draft, province):
    with pytest.raises(PermissionDenied):
        add_units(draft, [province.commune], actor=getattr(province, who))


def test_pasted_lines_are_checked_line_by_line_before_anything_is_written(draft, province):
    f.UnitFactory(code="39999", name="Xã Giải Thể", valid_to=DAY(2025, 6, 30))

    plan = plan_roster(draft, "30001; Cụm 1\nxa binh duc\t\tCụm 1\n\n12345; Cụm 2\n30001\n39999")

    assert [(unit.code, cluster) for unit, cluster in plan.add] == [("30001", "Cụm 1"), ("30002", "Cụm 1")]
    assert plan.errors == [
        "Dòng 4: “12345”: không có đơn vị nào mang mã hoặc tên này.",
        "Dòng 5: Xã An Hòa đã có ở dòng 1.",
        "Dòng 6: Xã Giải Thể đã kết thúc hoạt động ngày 30/06/2025.",
    ]
    assert draft.participations.count() == 0


def test_one_faulty_line_and_nothing_is_written(draft, province):
    with pytest.raises(DomainError):
        apply_roster_lines(draft, "30001\n12345", actor=province.verifier)

    assert draft.participations.count() == 0


def test_pasted_lines_add_units_move_others_and_make_clusters(draft, province):
    first = f.ClusterFactory(campaign=draft, name="Cụm số 1")
    f.ParticipationFactory(campaign=draft, unit=province.commune, cluster=first)

    apply_roster_lines(draft, "30001; Cụm số 2\n30002; CUM SO 1", actor=province.verifier)

    placed = dict(draft.participations.values_list("unit__code", "cluster__name"))
    assert placed == {"30001": "Cụm số 2", "30002": "Cụm số 1"}


def test_the_exported_file_comes_back_unchanged(draft, province):
    cluster = f.ClusterFactory(campaign=draft, name="Cụm số 1")
    for unit in (province.commune, f.UnitFactory(code="00007", name="=Xã Bảy")):
        f.ParticipationFactory(campaign=draft, unit=unit, cluster=cluster)

    lines = read_roster(write_roster(draft))

    assert sorted(lines.splitlines()) == ["00007\tCụm số 1", "30001\tCụm số 1"]
    assert plan_roster(draft, lines).is_empty


def test_a_code_that_excel_took_for_a_number_keeps_its_zeros():
    book = openpyxl.Workbook()
    book.active.append(["Mã đơn vị", "Cụm"])
    book.active.append([7, "Cụm 1"])
    target = io.BytesIO()
    book.save(target)

    assert read_roster(target.getvalue()) == "00007\tCụm 1"


def test_the_import_page_shows_first_and_writes_after_confirmation(draft, province, sign_in):
    client = sign_in(province.verifier)
    url = reverse("campaign-roster-import", args=[draft.pk]) + "?form=lines"

    shown = client.post(url, {"lines-lines": "30001; Cụm 1"}).content.decode()
    assert "Thêm 1 đơn vị" in shown
    assert draft.participations.count() == 0

    assert client.post(url, {"lines-lines": "30001; Cụm 1", "apply": "1"}).status_code == 302
    assert draft.participations.get().cluster.name == "Cụm 1"


def test_a_file_that_is_not_excel_is_refused_in_words(draft, province, sign_in):
    upload = SimpleUploadedFile("ds.xlsx", b"not a workbook")

    page = sign_in(province.verifier).post(
        reverse("campaign-roster-import", args=[draft.pk]) + "?form=lines", {"lines-file": upload}
    )

    assert "Tệp Excel hỏng" in page.content.decode()


def test_everything_the_filter_finds_is_added_at_once(draft, province, sign_in):
    url = reverse("campaign-roster-add", args=[draft.pk])

    sign_in(province.verifier).post(f"{url}?q=xa", {"everything": "1"})

    assert set(draft.participations.values_list("name", flat=True)) == {"Xã An Hòa", "Xã Bình Đức"}


def test_nothing_ticked_is_said_so(draft, province, sign_in):
    url = reverse("campaign-roster-add", args=[draft.pk])

    page = sign_in(province.verifier).post(f"{url}?q=xa", {}, follow=True)

    assert "Chưa chọn đơn vị nào" in page.content.decode()
    assert page.redirect_chain[-1][0].endswith("?q=xa")


def test_units_leave_a_draft_but_not_a_running_campaign(world):
    with pytest.raises(DomainError, match="bỏ đơn vị"):
        remove_units(world.campaign, world.campaign.participations.values_list("pk", flat=True), actor=world.director)
    assert Pledge.objects.count() == 3


def test_clusters_differ_by_one_unit_at_most(draft, province):
    add_units(draft, [f.UnitFactory() for _ in range(11)], actor=province.verifier)

    split_into_clusters(draft, 3, actor=province.verifier)

    assert sorted(cluster.participations.count() for cluster in draft.clusters.all()) == [3, 4, 4]


def test_a_split_may_leave_placed_units_where_they_are(draft, province):
    cluster = f.ClusterFactory(campaign=draft, name="Khối đặc biệt")
    f.ParticipationFactory(campaign=draft, unit=province.commune, cluster=cluster)
    add_units(draft, [province.other_commune, province.third_commune], actor=province.verifier)

    split_into_clusters(draft, 2, actor=province.verifier, only_free=True)

    assert cluster.participations.get().unit == province.commune


def test_a_table_of_clusters_made_from_an_old_page_is_refused(draft, province):
    cluster = f.ClusterFactory(campaign=draft)
    row = f.ParticipationFactory(campaign=draft, unit=province.commune, cluster=cluster)
    version = version_of(draft, Part.CLUSTERS)
    split_into_clusters(draft, 1, actor=province.director, prefix="Khối")

    with pytest.raises(StaleEditError) as refused:
        assign_clusters(draft, {row.pk: cluster.pk}, actor=province.verifier, version=version)
    assert "Huỳnh Văn Trưởng" in refused.value.findings[0]


def test_a_new_head_follows_the_old_one_without_a_gap(world):
    first, second = world.cluster.participations.order_by("id")[:2]
    appoint_head(world.cluster, first, actor=world.verifier, valid_from=DAY(2026, 1, 1))

    appoint_head(world.cluster, second, actor=world.verifier, valid_from=DAY(2026, 7, 1))

    rows = ClusterHead.objects.order_by("valid_from").values_list("participation", "valid_from", "valid_to")
    assert list(rows) == [
        (first.pk, DAY(2026, 1, 1), DAY(2026, 6, 30)),
        (second.pk, DAY(2026, 7, 1), None),
    ]


def test_a_deputy_stands_beside_the_head(world):
    first, second = world.cluster.participations.order_by("id")[:2]
    appoint_head(world.cluster, first, actor=world.verifier, valid_from=DAY(2026, 1, 1))
    appoint_head(world.cluster, second, actor=world.verifier, valid_from=DAY(2026, 1, 1), is_deputy=True)

    assert ClusterHead.objects.on(DAY(2026, 5, 1)).count() == 2


def test_a_head_belongs_to_its_cluster(world):
    elsewhere = f.ClusterFactory(campaign=world.campaign)

    with pytest.raises(DomainError, match="không thuộc"):
        appoint_head(elsewhere, world.cluster.participations.first(), actor=world.verifier, valid_from=DAY(2026, 1, 1))


def test_a_headship_ends_on_a_day(world):
    head = appoint_head(
        world.cluster, world.cluster.participations.first(), actor=world.verifier, valid_from=DAY(2026, 1, 1)
    )

    assert end_headship(head, actor=world.verifier, valid_to=DAY(2026, 5, 31)).valid_to == DAY(2026, 5, 31)


def test_the_officer_changes_after_launch_but_the_name_does_not(world):
    changed = change_cluster(
        world.cluster, actor=world.verifier, name=world.cluster.name, order=0, officer=world.other_verifier
    )
    assert changed.officer == world.other_verifier

    with pytest.raises(DomainError, match="đổi tên"):
        change_cluster(world.cluster, actor=world.verifier, name="Khối A", order=0, officer=None)


def test_a_cluster_with_units_stays(draft, province):
    cluster = f.ClusterFactory(campaign=draft)
    f.ParticipationFactory(campaign=draft, cluster=cluster)

    with pytest.raises(DomainError, match="còn 1 đơn vị"):
        remove_cluster(cluster, actor=province.verifier)
