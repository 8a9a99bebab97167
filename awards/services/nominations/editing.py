"""Writing a nomination: period, summary, achievements; nothing typed is lost when two people write at once."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from awards.models import Nomination
from awards.services.nominations.dossier import lock_for_change
from awards.services.nominations.drafting import take_snapshot
from awards.services.nominations.grounds import AchievementEntry, write_achievements
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from pledges.services.proposals import clean_text

Day = datetime.date


class StaleNominationError(DomainError):
    """Somebody saved the nomination since the form was opened; ``findings`` say who and when."""


def version_of(nomination: Nomination) -> str:
    """A mark of the newest change of what the nomination says."""
    entry = audit.trail(nomination).filter(action="edit").order_by("-pk").first()
    return str(entry.pk) if entry else "0"


@transaction.atomic
def save_nomination(
    nomination: Nomination,
    *,
    actor: Any,
    period_from: Day,
    period_to: Day,
    summary: str,
    transferred: bool,
    achievements: Sequence[AchievementEntry],
    seen: str,
) -> Nomination:
    """Keep what was typed; ``achievements`` replace the earlier ones. Name, post and unit follow the recipient while it was
    never sent. StaleNominationError when somebody else saved since ``seen``."""
    locked = lock_for_change(nomination, actor)
    if seen != version_of(locked):
        _refuse_stale(locked)
    if period_to < period_from:
        raise DomainError("Chưa lưu được đề nghị.", ["Ngày kết thúc thành tích phải bằng hoặc sau ngày bắt đầu."])
    before = told(locked)
    locked.period_from, locked.period_to = period_from, period_to
    locked.summary, locked.transferred = clean_text(summary), transferred
    if locked.revision == 0:
        take_snapshot(locked, locked.recipient)
    locked.save()
    write_achievements(locked, achievements)
    after = told(locked)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changes:
        audit.record(locked, "edit", actor=actor, changes=changes)
    return locked


def _refuse_stale(nomination: Nomination) -> None:
    entry = audit.trail(nomination).filter(action="edit").order_by("-pk").first()
    who = f"{entry.actor or 'Hệ thống'} sửa lúc {timezone.localtime(entry.at):%H:%M ngày %d/%m/%Y}." if entry else ""
    raise StaleNominationError(
        "Đề nghị vừa được người khác sửa trong lúc bạn đang nhập. Nội dung bạn nhập vẫn còn dưới đây: "
        "hãy đối chiếu, rồi bấm lưu lần nữa nếu vẫn muốn thay.",
        [who] if who else [],
    )


def told(nomination: Nomination) -> dict[str, str]:
    """What a person may type, as words."""
    achievements = "; ".join(
        f"{row.text} ({row.period_from:%d/%m/%Y} – {row.period_to:%d/%m/%Y})" for row in nomination.achievements.all()
    )
    return {
        "period_from": f"{nomination.period_from:%d/%m/%Y}",
        "period_to": f"{nomination.period_to:%d/%m/%Y}",
        "summary": nomination.summary,
        "transferred": "Có" if nomination.transferred else "Không",
        "achievements": achievements,
    }
