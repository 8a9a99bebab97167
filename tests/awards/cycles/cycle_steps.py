"""A cycle of the province, step by step, through the real services."""

import datetime
from typing import Any

from awards.models import AwardCycle, Nomination, Publication, RuleSet
from awards.schedule import Wish
from awards.services.cycles.comments import receive_comment
from awards.services.cycles.editing import create_cycle
from awards.services.cycles.moves import move_cycle
from awards.services.cycles.publications import open_publication
from awards.services.cycles.scheduling import apply_schedule
from tests.factories import awards as af
from units.models import User

TODAY = datetime.date(2026, 9, 21)
DECIDE_ON = datetime.date(2026, 12, 15)
FRIDAY, MEETING = datetime.date(2026, 11, 20), datetime.date(2026, 12, 8)


def again(person: User) -> User:
    """The person as another request sees him."""
    return User.objects.get(pk=person.pk)


def rule(days: int = 10, **fields: Any) -> None:
    """The Bằng khen demands so many working days of publicity, under every rule set there is (or the one given)."""
    af.RuleSetFactory()
    for rule_set in [fields.pop("rule_set")] if "rule_set" in fields else RuleSet.objects.filter(family="state"):
        af.AwardRuleFactory(publicity_days=days, rule_set=rule_set, **fields)


def drafted(people: Any, **fields: Any) -> AwardCycle:
    values = {
        "title": "Xét khen thưởng Dân vận khéo năm 2026", "kind": "yearly", "family": "state", "award_kind": "movement",
        "year_from": 2026, "year_to": 2026, "guidance": "Mỗi đơn vị gửi hồ sơ trên cổng.", "decide_on": DECIDE_ON,
        "award_types": [af.AwardTypeFactory()], "campaigns": [], "today": TODAY,
    }  # fmt: skip
    return create_cycle(actor=people.verifier, **{**values, **fields})


def scheduled(people: Any, **fields: Any) -> AwardCycle:
    return apply_schedule(drafted(people, **fields), Wish(DECIDE_ON), actor=people.verifier)


def opened(people: Any, **fields: Any) -> AwardCycle:
    """With the calendar of the standard lengths; the rule demands ten working days of publicity."""
    if not af.AwardTypeFactory().rules.exists():
        rule()
    return move_cycle(scheduled(people, **fields), "open", actor=people.director, today=TODAY)


def eligible(cycle: AwardCycle, unit: Any, name: str = "Trần Thị Khen", **fields: Any) -> Nomination:
    """A dossier that the council may judge, received under the standard rule set."""
    recipient = af.RecipientFactory(unit=unit, name=name, post="Phó Bí thư chi bộ")
    return af.NominationFactory(cycle=cycle, recipient=recipient, eligible=True, **fields)


def published(
    cycle: AwardCycle, people: Any, *nominations: Nomination, opened_on=FRIDAY, days: int = 10
) -> Publication:
    return open_publication(
        cycle, [row.pk for row in nominations], actor=people.director, opened_on=opened_on, working_days=days,
        contact_mail="gopy@example.vn", contact_phone="0276 3000 000", today=opened_on,
    )  # fmt: skip


def commented(
    publication: Publication, about: Nomination | None = None, *, today=FRIDAY, text="Thành tích chưa đúng.", **fields
):
    values = {"sender": "Nguyễn Văn Dân", "contact": "0912 345 678", "source": "203.0.113.9"}
    return receive_comment(
        publication, about=about.pk if about else None, text=text, today=today, **{**values, **fields}
    )
