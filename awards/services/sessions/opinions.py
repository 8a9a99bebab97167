"""Written opinions of absent members: named, so chair and secretary alone read them (R-22); late ones are kept, not counted."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from awards.models import Ballot, CommitteeMeeting, CommitteeMember, Nomination, WrittenOpinion
from awards.services.council.conflicts import conflicts_of
from awards.services.sessions.access import locked
from awards.services.sessions.attending import THERE
from awards.services.sessions.frozen import Setting, setting_of
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import store_upload

_S = CommitteeMeeting.Status
CHOICES = ("aye", "nay", "")
# So few written opinions can be worked out from the published papers and the sums.
FEW = 3


def absent_members(meeting: CommitteeMeeting, setting: Setting) -> list[CommitteeMember]:
    """Members with a vote who are not there themselves and for whom nobody has come."""
    rows = meeting.attendances.exclude(state__in=THERE).filter(member__in=[seat.seat for seat in setting.members])
    return [row.member for row in rows.select_related("member__user")]


def asked_of(meeting: CommitteeMeeting, member: CommitteeMember, setting: Setting) -> list[Nomination]:
    """The nominations on which ``member`` may give an opinion, in the order of the meeting."""
    rows = Nomination.objects.filter(pk__in=setting.nominations).select_related("award_type")
    if meeting.frozen:
        barred = set(meeting.recusals.filter(member=member).values_list("nomination", flat=True))
    else:
        barred = set(conflicts_of([member], rows)[member.pk])
    place = {pk: number for number, pk in enumerate(setting.nominations)}
    return sorted((row for row in rows if row.pk not in barred), key=lambda row: place[row.pk])


@transaction.atomic
def record_opinion(
    meeting: CommitteeMeeting, member: CommitteeMember, *, actor: Any, received_on: datetime.date,
    choices: Mapping[int, str], text: str = "", upload: UploadedFile | None = None,
) -> WrittenOpinion:  # fmt: skip
    """Keep the opinion of an absent ``member``. Until a count it may be corrected; what comes after a count is kept and named
    in the trail, and changes nothing that was counted (T-V11)."""
    row = locked(meeting, actor=actor, states=(_S.CALLED, _S.OPEN, _S.COUNTING, _S.CLOSED))
    setting = setting_of(row, timezone.localdate())
    if member.pk not in {one.pk for one in absent_members(row, setting)}:
        raise DomainError(f"{member} có mặt (hoặc có người dự thay), nên không ghi ý kiến bằng văn bản.")
    if received_on > timezone.localdate():
        raise DomainError("Ngày nhận ý kiến chưa tới. Hãy ghi đúng ngày nhận.")
    asked = {one.pk for one in asked_of(row, member, setting)}
    kept = {str(pk): choice for pk, choice in choices.items() if pk in asked}
    if not set(kept.values()) <= set(CHOICES):
        raise DomainError("Hãy chọn đồng ý, không đồng ý hoặc không có ý kiến.")
    _ask_within_quota(row, kept)
    counted = list(row.ballots.filter(state=Ballot.State.CLOSED).order_by("pk").values_list("pk", flat=True))
    known = WrittenOpinion.objects.filter(meeting=row, member=member).first()
    if known is not None and (counted or row.status == _S.CLOSED):
        raise DomainError(f"Đã ghi ý kiến của {member} và đã kiểm phiếu; ý kiến không sửa được nữa.")
    opinion = known or WrittenOpinion(meeting=row, member=member)
    # Whoever writes it down may himself not see every nomination: what the other noted stays.
    opinion.received_on, opinion.text, opinion.choices = received_on, text.strip(), {**opinion.choices, **kept}
    opinion.late_for, opinion.recorded_by = counted, actor
    if upload is not None:
        opinion.file = store_upload(upload, actor=actor)
    opinion.save()
    # What he chose is read by chair and secretary alone; the trail says only that it came, and whether in time.
    action = "late_opinion" if counted or row.status == _S.CLOSED else "record_opinion"
    audit.record(row, action, actor=actor, note=str(member))
    return opinion


def _ask_within_quota(meeting: CommitteeMeeting, kept: Mapping[str, str]) -> None:
    live = meeting.ballots.filter(~Q(max_choices=None), state__in=[Ballot.State.DRAFT, Ballot.State.OPEN])
    for ballot in live.prefetch_related("candidates"):
        chosen = sum(kept.get(str(row.nomination_id)) == "aye" for row in ballot.candidates.all())
        if chosen > ballot.max_choices:
            raise DomainError(f"{ballot}: ý kiến chọn {chosen} đề nghị, chỉ được chọn tối đa {ballot.max_choices}.")


def counted_in(ballot: Ballot, opinions: list[WrittenOpinion], seats: frozenset[int]) -> list[WrittenOpinion]:
    """Of ``opinions`` those that count in ``ballot``: in time, of members in ``seats`` (those for whom nobody votes)."""
    return [one for one in opinions if one.member_id in seats and ballot.pk not in one.late_for]
