"""Steps shared by the tests of what follows a decision."""

import datetime

from tests.factories import awards as af

DECIDED = datetime.date(2026, 11, 2)


def decided(province, **changes):
    """A numbered decision of the Ban, of 2/11/2026."""
    return af.DecisionFactory(unit=province.ban, numbered=True, dated_on=DECIDED, **changes)


def awarded(decision, unit, name, **changes):
    """One award of the decision for a person of ``unit``."""
    recipient = changes.pop("recipient", None) or af.RecipientFactory(unit=unit, name=name)
    own = {
        "recipient": recipient, "decision": decision, "name": name, "decision_no": decision.number, "decided_on": DECIDED,
        "year": 2026, "achievement": "Đã có thành tích xuất sắc trong phong trào thi đua “Dân vận khéo” năm 2026",
    }  # fmt: skip
    return af.AwardFactory(**{**own, **changes})
