"""Words that several documents share: names on a day, the period, who signs, who receives."""

import datetime
from decimal import Decimal

from campaigns.models import Campaign, Indicator, IndicatorKind, ReportingPeriod
from dvk_portal.core.documents.content import Heading, Slot, need
from dvk_portal.core.models.documents import System
from pledges.models.pledge import Side
from pledges.services.parties import representative
from units.models import Unit


def name_on(unit: Unit, day: datetime.date) -> str:
    """What the unit was called on that day."""
    return (unit.as_of(day) or unit).name


def body_on(unit: Unit, day: datetime.date) -> str:
    """The name under which the unit issues documents: of a commune, its Party committee's."""
    body = unit.issuing.on(day).first()
    return body.name if body else name_on(unit, day)


def superior_on(unit: Unit, day: datetime.date) -> list[str]:
    """The body above, to which a report goes; none for the highest."""
    version = unit.as_of(day)
    return [name_on(version.parent, day)] if version and version.parent else []


def period_words(period: ReportingPeriod) -> str:
    """The period inside a sentence: "quý III/2026"."""
    return period.name[0].lower() + period.name[1:]


def campaign_words(campaign: Campaign) -> str:
    """The campaign inside a sentence: "phong trào thi đua …", once, whether or not its title begins so."""
    title = campaign.title
    if title.casefold().startswith("phong trào"):
        return title[0].lower() + title[1:]
    return f"phong trào “{title}”"


def launching(campaign: Campaign) -> str:
    """The document that launched the campaign, named as in a sentence."""
    number = need(campaign.document_no, "số văn bản phát động phong trào")
    kind = "Văn bản số " if number[0].isdigit() else ""
    when = f" ngày {campaign.document_date:%d/%m/%Y}" if campaign.document_date else ""
    return f"{kind}{number}{when}"


def measure_words(indicator: Indicator) -> str:
    """The unit of measure of a total: of a yes-no question, the units that say yes are counted."""
    return "đơn vị có" if indicator.kind == IndicatorKind.YES_NO else indicator.measure


def signer(unit: Unit, side: Side, day: datetime.date) -> Slot:
    """The one place to sign: the unit's leader of that day, or whoever he has empowered in writing."""
    person = representative(unit, side, day)
    name = body_on(unit, day)
    return Slot(
        slot=side.value,
        party=name,
        position=need(person.get("position"), f"chức danh người ký của {name}"),
        name=need(person.get("name"), f"người ký của {name}"),
        authority=person.get("authority", ""),
        organisation=name,
        expected=person.get("name", ""),
    )


def recipients(heading: Heading, *, answers: bool = True) -> list[str]:
    """Nơi nhận: those addressed above, and the file copy as the body's system writes it (law.md §9)."""
    copy = "Lưu: VT" if heading.system == System.STATE else "Lưu Văn phòng"
    return ["Như trên", copy] if answers else [copy]


def plain(value: Decimal | None) -> str | None:
    """A figure for the spreadsheet."""
    return None if value is None else f"{value:f}"
