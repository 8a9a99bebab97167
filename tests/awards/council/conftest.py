"""A council of the Ban with its people, a cycle under review and two dossiers, one of which a member must not see."""

import datetime
from types import SimpleNamespace

import pytest

from awards.models import ReviewCriterion, ReviewRound
from tests import factories as f
from tests.factories import awards as af
from tests.personas import person

# A day on which every seat of the factories holds.
DAY = datetime.date(2026, 11, 21)


def seat(council, user, role="member", **fields):
    return af.CommitteeMemberFactory(committee=council.committee, user=user, role=role, **fields)


@pytest.fixture
def council(province):
    """``conflicted`` served at An until June; ``an`` is An's dossier, ``binh`` is Bình's; both eligible."""
    conflicted = person("uyvien3.hd", "Kiều Thị Tránh", province.ban, "member", "Phó Ban Dân vận")
    f.MembershipFactory(
        user=conflicted, unit=province.commune, role="leader",
        valid_from=datetime.date(2020, 1, 1), valid_to=datetime.date(2026, 6, 30),
    )  # fmt: skip
    made = SimpleNamespace(committee=af.council_of(province), province=province, conflicted=conflicted)
    made.seats = {row.user.username: row for row in made.committee.members.select_related("user")}
    made.chair, made.secretary, made.member, made.other = (
        made.seats[name] for name in ("chutich.hd", "thuky.hd", "uyvien.hd", "uyvien2.hd")
    )
    made.away = seat(made, conflicted)
    made.cycle = af.AwardCycleFactory(owner=province.ban, status="reviewing")
    made.award_type = made.cycle.award_types.get()
    made.an, made.binh = (
        af.NominationFactory(
            cycle=made.cycle,
            award_type=made.award_type,
            recipient=af.RecipientFactory(unit=unit, name=name),
            eligible=True,
        )
        for unit, name in ((province.commune, "Nguyễn Thị An Bí Mật"), (province.other_commune, "Trần Văn Bình"))
    )
    return made


@pytest.fixture
def round_of_council(council):
    """A round that is prepared and not opened yet, with two criteria; the second one needs a note."""
    ReviewCriterion.objects.create(cycle=council.cycle, name="Kết quả", max_points=60, weight=1, order=1)
    ReviewCriterion.objects.create(
        cycle=council.cycle, name="Sức lan tỏa", max_points=20, weight=2, note_required=True, order=2
    )
    return ReviewRound.objects.create(
        cycle=council.cycle, committee=council.committee, number=1, reviewers=2, spread_alert=10,
        closes_on=datetime.date(2026, 12, 1),
    )  # fmt: skip
