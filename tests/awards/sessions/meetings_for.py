"""Records of every kind for the pages of meetings, on a committee that exists: one meeting called, one that runs."""

import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from awards.models import AwardCycle, AwardRule
from awards.services.sessions.attending import Mark, mark_attendance
from awards.services.sessions.ballots import open_ballot, prepare_ballot
from awards.services.sessions.counting import close_voting, count_ballots
from awards.services.sessions.meetings import open_meeting, write_texts
from awards.services.sessions.opinions import record_opinion
from tests.awards.sessions.meeting_steps import vote
from tests.factories import awards as af

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def meetings_for(committee: Any, units: list[Any], names: list[str], *, secret: str, away: Any) -> dict[str, Any]:
    """``names`` at ``units`` are proposed for each of four awards: one counted, one being voted on, one by hands, one to come.

    ``away`` (a seat) is absent and has sent an opinion. The texts say ``secret``.
    """
    secretary = committee.members.get(role="secretary").user
    awards = [af.AwardTypeFactory(code=f"THU-P{n}", name=f"Danh hiệu phiên {n}", level=90 - n) for n in range(4)]
    rules = [
        af.AwardRuleFactory(award_type=award, passes="80%", quorum="1/2", secret=n != 2)
        for n, award in enumerate(awards)
    ]
    cycle = af.AwardCycleFactory(
        owner=committee.unit,
        status="voting",
        kind=AwardCycle.Kind.SUDDEN,
        title="Đợt của phiên họp",
        award_types=awards,
    )
    people = [af.RecipientFactory(unit=unit, name=name) for unit, name in zip(units, names, strict=True)]
    for award in awards:
        for person in people:
            af.NominationFactory(cycle=cycle, award_type=award, recipient=person, eligible=True, summary=secret)
    now = timezone.now()
    called = _meeting(committee, cycle, "Phiên họp sắp tới", now + datetime.timedelta(days=7))
    meeting = _meeting(committee, cycle, "Phiên họp đang diễn ra", now - datetime.timedelta(hours=1))
    marks = {
        line.pk: Mark("excused", reason="Đi công tác") if line.member_id == away.pk else Mark("present")
        for line in meeting.attendances.all()
    }
    mark_attendance(meeting, marks, actor=secretary)
    open_meeting(meeting, actor=secretary)
    meeting.refresh_from_db()
    upload = SimpleUploadedFile("y-kien.pdf", PDF, content_type="application/pdf")
    record_opinion(
        meeting, away, actor=secretary, received_on=timezone.localdate(), choices={}, text=secret, upload=upload
    )
    keys = {row["award_type"]: row["key"] for row in meeting.frozen["rules"]}
    counted, running, hands = (prepare_ballot(meeting, keys[award.pk], actor=secretary) for award in awards[:3])
    open_ballot(counted, actor=secretary, accept_few=True)
    for seat in committee.members.filter(votes=True, substitute_for=None).exclude(pk=away.pk):
        vote(counted, seat.user, {})
    close_voting(meeting, actor=secretary)
    count_ballots(meeting, actor=secretary)
    for ballot in (running, hands):
        open_ballot(ballot, actor=secretary, accept_few=True)
    write_texts(meeting, actor=secretary, discussion=f"Bàn về {secret}", conclusion=secret, counters="Ban kiểm phiếu")
    meeting.refresh_from_db()
    last = AwardRule.objects.get(award_type=awards[3], rule_set=rules[3].rule_set)
    return {
        "called": called, "meeting": meeting, "absent": away, "rule": last, "closed_ballot": counted, "open_ballot": running,
        "hands_ballot": hands, "hands_candidate": hands.candidates.last(),
    }  # fmt: skip


def _meeting(committee: Any, cycle: Any, title: str, starts_at: datetime.datetime) -> Any:
    meeting = af.MeetingFactory(committee=committee, cycle=cycle, title=title, starts_at=starts_at)
    for seat in committee.members.filter(substitute_for=None):
        meeting.attendances.create(member=seat)
    return meeting
