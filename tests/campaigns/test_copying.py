""" "Nhân bản sang năm sau"."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, ClusterHead, Indicator, Scheme
from campaigns.services.copying import copy_campaign, plan_copy, shift_day
from dvk_portal.core.exceptions import DomainError
from tests import factories as f
from units.models import Lineage, Unit

DAY = datetime.date
NEXT = DAY(2027, 1, 1)
MERGED = DAY(2026, 6, 30)


def close(unit, *successors, on=MERGED):
    Unit.objects.filter(pk=unit.pk).update(valid_to=on)
    for successor in successors:
        Lineage.objects.create(predecessor=unit, successor=successor, effective_on=on, decision="NQ 1")


@pytest.mark.parametrize(
    ("day", "months", "shifted"),
    [
        (DAY(2026, 3, 31), 12, DAY(2027, 3, 31)),
        (DAY(2027, 2, 28), 12, DAY(2028, 2, 29)),
        (DAY(2028, 2, 29), 12, DAY(2029, 2, 28)),
        (DAY(2026, 10, 15), 3, DAY(2027, 1, 15)),
    ],
)
def test_days_move_by_months_and_the_last_stays_the_last(day, months, shifted):
    assert shift_day(day, months) == shifted


def test_the_copy_is_a_draft_a_year_on_that_names_its_predecessor(world):
    Campaign.objects.filter(pk=world.campaign.pk).update(title="Thi đua Dân vận khéo năm 2026")
    world.campaign.refresh_from_db()

    copy, _ = copy_campaign(world.campaign, actor=world.verifier, starts_on=NEXT)

    assert (copy.status, copy.previous, copy.title) == ("draft", world.campaign, "Thi đua Dân vận khéo năm 2027")
    assert (copy.starts_on, copy.ends_on) == (NEXT, DAY(2027, 12, 31))
    assert (copy.document_no, copy.document_date, copy.launched_at) == ("", None, None)
    assert copy.goal == world.campaign.goal


def test_periods_move_along_and_their_due_dates_are_reckoned_anew(world):
    copy, _ = copy_campaign(world.campaign, actor=world.verifier, starts_on=NEXT)

    found = [(str(p), p.data_from, p.data_to, p.due_on, timezone.localdate(p.due_at)) for p in copy.periods.all()]
    assert found[:2] == [
        ("Quý I/2027", DAY(2027, 1, 1), DAY(2027, 3, 31), DAY(2027, 4, 10), DAY(2027, 4, 12)),
        ("Quý II/2027", DAY(2027, 4, 1), DAY(2027, 6, 30), DAY(2027, 7, 10), DAY(2027, 7, 12)),
    ]
    assert len(found) == 4


def test_an_october_campaign_keeps_its_quarters(province):
    campaign = f.CampaignFactory(owner=province.ban, starts_on=DAY(2025, 10, 1), ends_on=DAY(2026, 9, 30))
    f.ReportingPeriodFactory(
        campaign=campaign, year=2025, number=4, data_from=DAY(2025, 10, 1), data_to=DAY(2025, 12, 31),
        due_on=DAY(2026, 1, 10),
    )  # fmt: skip

    copy, _ = copy_campaign(campaign, actor=province.verifier, starts_on=DAY(2026, 10, 15))

    period = copy.periods.get()
    assert (period.key, period.data_from, period.data_to) == ("2026-Q4", DAY(2026, 10, 15), DAY(2026, 12, 31))


def test_a_shift_by_two_months_leaves_quarters_out_and_says_so(world):
    plan = plan_copy(world.campaign, DAY(2026, 3, 1))

    assert plan.periods == []
    assert any("Quý I/2026" in sentence for sentence in plan.left_out)


def test_roster_clusters_questions_assignments_and_reminders_come_along_without_heads(world):
    row = world.cluster.participations.first()
    ClusterHead.objects.create(cluster=world.cluster, participation=row, valid_from=DAY(2026, 1, 1))

    copy, plan = copy_campaign(world.campaign, actor=world.verifier, starts_on=NEXT)

    assert set(copy.participations.values_list("unit", "cluster__name")) == {
        (unit.pk, "Cụm số 1") for unit in (world.commune, world.other_commune, world.third_commune)
    }
    assert copy.clusters.get().officer == world.verifier
    assert not ClusterHead.objects.filter(cluster__campaign=copy).exists()
    assert copy.asked.count() == 4
    assert copy.assignments.count() == 4
    assert copy.reminder_steps.count() == 7
    assert any("Trưởng cụm" in sentence for sentence in plan.left_out)


def test_two_merged_units_are_replaced_by_their_successor_once(world):
    successor = f.UnitFactory(name="Xã An Bình", valid_from=DAY(2026, 7, 1))
    close(world.commune, successor)
    close(world.other_commune, successor)

    plan = plan_copy(world.campaign, NEXT)
    copy, _ = copy_campaign(world.campaign, actor=world.verifier, starts_on=NEXT)

    assert [(old.name, new.name) for old, new, _ in plan.replaced] == [
        ("Xã An Hòa", "Xã An Bình"),
        ("Xã Bình Đức", "Xã An Bình"),
    ]
    assert set(copy.participations.values_list("name", flat=True)) == {"Phường Cường Thịnh", "Xã An Bình"}


def test_a_successor_that_ended_too_is_followed_to_the_living_one(world):
    last = f.UnitFactory(name="Xã Sau Cùng")
    middle = f.UnitFactory(name="Xã Giữa")
    close(world.commune, middle)
    close(middle, last, on=DAY(2026, 9, 30))

    assert [new.name for _, new, _ in plan_copy(world.campaign, NEXT).replaced] == ["Xã Sau Cùng"]


def test_a_successor_that_staff_did_not_confirm_stays_out(world):
    successor = f.UnitFactory(name="Xã Mới")
    close(world.commune, successor)

    copy, _ = copy_campaign(world.campaign, actor=world.verifier, starts_on=NEXT, successors=[])

    assert not copy.participations.filter(unit=successor).exists()


def test_what_cannot_come_along_is_named(world):
    close(world.commune)
    Indicator.objects.filter(pk=world.flow.pk).update(valid_to=DAY(2026, 12, 31))
    Scheme.objects.update(status="retired")

    plan = plan_copy(Campaign.objects.get(pk=world.campaign.pk), NEXT)

    text = " ".join(plan.left_out)
    assert "Xã An Hòa: đã kết thúc hoạt động" in text
    assert "Chỉ số “Cuộc vận động”" in text
    assert "không còn áp dụng" in text
    assert plan.scheme is None


def test_the_new_start_is_after_the_old_one(world):
    with pytest.raises(DomainError, match="phải sau ngày bắt đầu"):
        plan_copy(world.campaign, DAY(2026, 1, 1))


@pytest.mark.parametrize("who", ["editor", "leader", "viewer", "admin", "stranger"])
def test_only_staff_copy(who, world):
    with pytest.raises(PermissionDenied):
        copy_campaign(world.campaign, actor=getattr(world, who), starts_on=NEXT)


def test_the_page_shows_what_will_be_and_then_makes_it(world, sign_in):
    client = sign_in(world.verifier)
    url = reverse("campaign-copy", args=[world.campaign.pk])

    assert "01/01/2027 – 31/12/2027" in client.get(url).content.decode()
    client.post(url, {"starts_on": "01/01/2027"})

    assert Campaign.objects.get(previous=world.campaign).participations.count() == 3
