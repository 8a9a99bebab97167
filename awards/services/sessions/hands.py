"""Biểu quyết by show of hands: the secretary notes the sums, or who raised his hand."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from awards.models import Ballot, BallotCandidate, CommitteeMeeting, OpenVote, Turnout
from awards.services.sessions.access import locked
from awards.services.sessions.electorate import recusals_of
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError

_S = CommitteeMeeting.Status


def electorate_of(candidate: BallotCandidate) -> list[Turnout]:
    """Who may raise his hand on ``candidate``, in the order of the seats."""
    barred = recusals_of(candidate.ballot.meeting).get(candidate.nomination_id, frozenset())
    rows = Turnout.objects.filter(ballot=candidate.ballot_id).exclude(member__in=barred)
    return list(
        rows.exclude(voter__seats__in=barred).select_related("member__user").order_by("member__order", "member")
    )


@transaction.atomic
def record_sums(candidate: BallotCandidate, *, actor: Any, ayes: int, nays: int) -> BallotCandidate:
    """So many for and against; the rest of those who may vote had no opinion."""
    row = _open(candidate, actor)
    most = len(electorate_of(row))
    if min(ayes, nays) < 0 or ayes + nays > most:
        raise DomainError(
            f"{row.nomination.name}: {ayes} đồng ý và {nays} không đồng ý vượt quá {most} người được biểu quyết. "
            "Hãy đếm lại."
        )
    row.open_votes.all().delete()
    return _keep(row, actor, ayes, nays)


@transaction.atomic
def record_names(candidate: BallotCandidate, choices: Mapping[int, str], *, actor: Any) -> BallotCandidate:
    """Who said what, by seat pk; who is not named had no opinion."""
    row = _open(candidate, actor)
    may = {one.member_id for one in electorate_of(row)}
    if not choices.keys() <= may or not set(choices.values()) <= set(OpenVote.Choice.values):
        raise DomainError(f"{row.nomination.name}: có người không được biểu quyết về đề nghị này. Hãy tải lại trang.")
    row.open_votes.all().delete()
    OpenVote.objects.bulk_create(
        OpenVote(candidate=row, member_id=pk, choice=choices.get(pk, "")) for pk in sorted(may)
    )
    said = list(choices.values())
    return _keep(row, actor, said.count("aye"), said.count("nay"))


def _open(candidate: BallotCandidate, actor: Any) -> BallotCandidate:
    locked(candidate.ballot.meeting, actor=actor, states=(_S.OPEN, _S.COUNTING))
    found = BallotCandidate.objects.select_for_update(of=("self",))
    row = found.select_related("ballot__meeting", "ballot__award_type", "nomination").get(pk=candidate.pk)
    if row.ballot.secret or row.ballot.state != Ballot.State.OPEN:
        raise DomainError("Chỉ ghi kết quả biểu quyết khi lượt biểu quyết đang mở.")
    return row


def _keep(row: BallotCandidate, actor: Any, ayes: int, nays: int) -> BallotCandidate:
    before, row.result = row.result, {"hands": {"ayes": ayes, "nays": nays}}
    row.save(update_fields=["result"])
    audit.record(
        row.ballot, "record_hands", actor=actor, changes={f"nomination {row.nomination_id}": [before, row.result]}
    )
    return row
