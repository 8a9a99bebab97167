"""A contest of 2026 in its first round: nine entries, three jurors, some points given, the people's vote open."""

import datetime
from decimal import Decimal

from awards.demonstration.chance import dice
from awards.demonstration.clock import moment, told_on
from awards.demonstration.structure import Structure
from campaigns.models import Campaign
from dvk_portal.core.models import Notification
from pledges.models import Contest, ExemplaryModel, PublicVote
from pledges.services.contests import entries, judging, setup, voting
from units.models import User

Day = datetime.date
CRITERIA = (
    ("Nội dung thiết thực, gắn với việc của dân", Decimal(40)),
    ("Cách trình bày, thuyết phục", Decimal(30)),
    ("Khả năng nhân rộng", Decimal(30)),
)
ENTRIES, VOTES = 9, 64
RULES = """Mỗi đơn vị được gửi tối đa hai bài, từ mô hình trong sổ hoặc bài mới.
Vòng sơ khảo chấm theo hồ sơ; vòng chung khảo trình bày trực tiếp.
Nhân dân bình chọn qua thư điện tử, mỗi hộp thư một phiếu; kết quả công bố sau khi đóng bình chọn."""


def hold_contest(made: Structure, campaign: Campaign) -> Contest:
    """Announced in September, entered in October, judged since the middle of November; all through the services."""
    # Fresh people: what they may do was worked out on another day.
    director = User.objects.get(pk=made.person(made.ban, "director").pk)
    jurors = [User.objects.get(pk=made.person(unit, "verifier").pk) for unit in made.departments[1:4]]
    with told_on(Day(2026, 9, 21)):
        contest = setup.create_contest(
            actor=director, title="Hội thi Dân vận khéo tỉnh An Giang năm 2026", rules=RULES, campaign=campaign,
            entries_until=Day(2026, 10, 30), max_entries=2, public_vote=True, vote_opens_at=moment(Day(2026, 11, 10), 8),
            vote_closes_at=moment(Day(2026, 12, 10), 17),
        )  # fmt: skip
        for part in contest.rounds.all():
            setup.save_round(part, actor=director, name=part.name, advance=part.advance, criteria=CRITERIA)
        for number, person in enumerate(jurors):
            post = "Trưởng ban giám khảo" if number == 0 else "Giám khảo"
            setup.add_juror(contest, actor=director, user=person, post=post, is_head=number == 0)
        contest = setup.announce_contest(contest, actor=director, today=Day(2026, 9, 21))
    _enter(made, contest)
    with told_on(Day(2026, 11, 12)):
        contest = setup.start_judging(contest, actor=director, today=Day(2026, 11, 12))
    _judge(contest, jurors[:2])
    _vote(contest)
    # Letters of the past were sent and read.
    told = Notification.objects.filter(kind__in=("contest_announced", "judging_begins"))
    told.update(read_at=moment(Day(2026, 11, 13)), mail_state=Notification.MailState.NONE)
    return contest


def _enter(made: Structure, contest: Contest) -> None:
    models = ExemplaryModel.objects.public().filter(unit__in=made.communes).select_related("unit", "field")
    by_unit = {model.unit_id: model for model in models.order_by("-code")}
    for number, model in enumerate(list(by_unit.values())[:ENTRIES]):
        day = Day(2026, 10, 5 + 2 * number)
        with told_on(day):
            entries.enter_contest(
                contest, actor=made.person(model.unit, "leader"), unit=model.unit, today=day, model=model, title=model.name,
                field=model.field, presenter=f"Đội tuyên truyền {model.unit.name}", summary=model.story[:900], public_consent=True,
            )  # fmt: skip


def _judge(contest: Contest, jurors: list[User]) -> None:
    """The first juror is through, the second half way."""
    part = judging.open_round_of(contest)
    for place, juror in enumerate(jurors):
        own = list(judging.entries_to_judge(part, juror))
        with told_on(Day(2026, 11, 17 + place)):
            for entry in own if place == 0 else own[: len(own) // 2]:
                chance = dice("points", entry.title, place)
                given = {one.pk: (one.max_points * chance.randint(70, 97) / 100, "") for one in part.criteria.all()}
                judging.save_scores(entry, actor=juror, given=given)


def _vote(contest: Contest) -> None:
    """Confirmed votes of mailboxes that do not exist; only their digests are kept, as always."""
    listed = list(contest.entries.listed())
    rows = []
    for number in range(VOTES):
        chance = dice("vote", number)
        at = moment(Day(2026, 11, chance.randint(10, 20)), chance.randint(7, 21))
        rows.append(
            PublicVote(
                contest=contest, entry=chance.choice(listed), asked_at=at, confirmed_at=at + datetime.timedelta(minutes=3),
                mailbox=voting.digest(contest, "mailbox", f"nguoi{number}@example"),
                origin=voting.digest(contest, "source", f"198.51.100.{number}"),
            )
        )  # fmt: skip
    PublicVote.objects.bulk_create(rows)
