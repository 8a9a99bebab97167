"""Messages about award cycles: opened, changed, proposed from results, comments, dates that come near."""

import datetime
from dataclasses import dataclass
from typing import Self

from django.urls import reverse

from awards.models import AwardCycle, Publication
from dvk_portal.core.notifications import Message


@dataclass(frozen=True)
class CycleOpened(Message):
    """To the units: from when to when they may send dossiers."""

    kind = "award_cycle_opened"

    cycle: AwardCycle
    closes_on: datetime.date | None = None

    @classmethod
    def about(cls, cycle: AwardCycle, closes_on: datetime.date | None) -> Self:
        until = f"{closes_on:%Y%m%d}" if closes_on else ""
        return cls(
            key=f"{cls.kind}:{cycle.pk}:{until}",
            title=f"Mở nhận hồ sơ: {cycle.title}",
            url=cycle.get_absolute_url(),
            cycle=cycle,
            closes_on=closes_on,
        )


@dataclass(frozen=True)
class CycleCancelled(Message):
    """To the units that had been told of it."""

    kind = "award_cycle_cancelled"

    cycle: AwardCycle

    @classmethod
    def about(cls, cycle: AwardCycle) -> Self:
        return cls(
            key=f"{cls.kind}:{cycle.pk}", title=f"Hủy đợt: {cycle.title}", url=cycle.get_absolute_url(), cycle=cycle
        )


@dataclass(frozen=True)
class NominationsProposed(Message):
    """To a unit: the province has drawn up drafts for it, which it completes and sends."""

    kind = "award_nominations_proposed"

    cycle: AwardCycle
    names: tuple[str, ...] = ()
    closes_on: datetime.date | None = None

    @classmethod
    def about(cls, cycle: AwardCycle, keys: list[int], names: list[str], closes_on: datetime.date | None) -> Self:
        return cls(
            key=f"{cls.kind}:{cycle.pk}:{min(keys)}-{len(keys)}",
            title=f"Được đề nghị khen thưởng: {cycle.title}",
            url=cycle.get_absolute_url(),
            cycle=cycle,
            names=tuple(names),
            closes_on=closes_on,
        )


@dataclass(frozen=True)
class CommentReceived(Message):
    """To those who handle comments, once a day and list; the comment itself never leaves its page (R-39)."""

    kind = "award_comment_received"

    publication: Publication

    @classmethod
    def about(cls, publication: Publication, day: datetime.date) -> Self:
        return cls(
            key=f"{cls.kind}:{publication.pk}:{day:%Y%m%d}",
            title=f"Có ý kiến góp ý về danh sách công khai: {publication.cycle.title}",
            url=reverse("publication-detail", args=[publication.pk]),
            publication=publication,
        )


@dataclass(frozen=True)
class DossiersDue(Message):
    """To a unit that still has drafts or returned dossiers: the day comes near (``days`` left, the rung of the ladder)."""

    kind = "award_dossiers_due"

    cycle: AwardCycle
    closes_on: datetime.date
    count: int = 0

    @classmethod
    def about(cls, cycle: AwardCycle, closes_on: datetime.date, rung: int, unit: int, count: int) -> Self:
        return cls(
            key=f"{cls.kind}:{cycle.pk}:{unit}:{closes_on:%Y%m%d}:{rung}",
            title=f"Còn {count} hồ sơ khen thưởng chưa gửi, hạn {closes_on:%d/%m/%Y}",
            url=cycle.get_absolute_url(),
            cycle=cycle,
            closes_on=closes_on,
            count=count,
        )


@dataclass(frozen=True)
class AppraisalsDue(Message):
    """To the staff, once a day of the ladder and cycle: appraisals that end soon or are overdue."""

    kind = "award_appraisals_due"

    cycle: AwardCycle
    due_on: datetime.date
    count: int = 0

    @classmethod
    def about(cls, cycle: AwardCycle, due_on: datetime.date, rung: int, count: int) -> Self:
        return cls(
            key=f"{cls.kind}:{cycle.pk}:{due_on:%Y%m%d}:{rung}",
            title=f"{count} hồ sơ khen thưởng đến hạn thẩm định {due_on:%d/%m/%Y}",
            url=cycle.get_absolute_url(),
            cycle=cycle,
            due_on=due_on,
            count=count,
        )


@dataclass(frozen=True)
class CommentsWaiting(Message):
    """To the staff: comments that nobody has looked at."""

    kind = "award_comments_waiting"

    publication: Publication
    count: int = 0

    @classmethod
    def about(cls, publication: Publication, rung: int, count: int) -> Self:
        return cls(
            key=f"{cls.kind}:{publication.pk}:{publication.closes_on:%Y%m%d}:{rung}",
            title=f"{count} ý kiến góp ý chưa xử lý: {publication.cycle.title}",
            url=reverse("publication-detail", args=[publication.pk]),
            publication=publication,
            count=count,
        )
