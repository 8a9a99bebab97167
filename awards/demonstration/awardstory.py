"""Award cycles of the demonstration: that of 2024 from the ranking to money paid; that of 2026 on the eve of its meeting; and
one that takes dossiers now. Everything through the services, on the days on which it would have happened."""

import copy
import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from awards.ballotbox import AYE, BLANK, NAY
from awards.demonstration.chance import dice
from awards.demonstration.clock import moment, told_on
from awards.demonstration.structure import COUNCIL, COUNCIL_SINCE, Structure
from awards.models import AwardCycle, AwardType, Ballot, Committee, CommitteeMeeting, Nomination, Recipient
from awards.services.council import assigning, committees, criteria, reviewing, rounds
from awards.services.cycles import comments, editing, moves, publications, quotas
from awards.services.cycles.phases import FLAGS as ALL_FLAGS
from awards.services.nominations import appraisal, dossier, drafting, grounds, sending
from awards.services.nominations import editing as writing
from awards.services.sessions import attending, ballots, counting, meetings, opinions, voting
from campaigns.models import Campaign
from units.models import Unit, User

Day = datetime.date
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
SUMMARY = (
    "Lãnh đạo vận động nhân dân thực hiện tốt phong trào “Dân vận khéo”; mô hình của đơn vị được nhân dân đồng tình, "
    "nhiều nơi học tập; hoàn thành các chỉ tiêu đã giao ước."
)
JUDGED = "Đã đối chiếu báo cáo thành tích, biên bản bình xét và kết quả phong trào; đạt tiêu chuẩn."
# Phases: stage → first and last day.
Calendar = dict[str, tuple[Day, Day]]
FLAGS: dict[str, dict[str, bool]] = {
    "nominating": {"units_may_send": True, "units_may_change": True},
    "supplement": {"units_may_change": True},
    "scoring": {"members_may_score": True},
    "deciding": {"units_see_outcome": True},
}
CRITERIA = (
    ("Kết quả, hiệu quả công tác vận động nhân dân", Decimal(40), True),
    ("Cách làm mới, khả năng nhân rộng", Decimal(30), False),
    ("Sự đồng tình, ủng hộ của nhân dân", Decimal(30), False),
)


def pdf(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


class Story:
    """One cycle told from its draft; ``at`` moves the clock."""

    def __init__(self, made: Structure, council: Committee) -> None:
        self.made, self.council = made, council
        self.director = made.person(made.ban, "director")
        # The departments of today came with the merger of the two bans: before, the head appraised.
        self.verifier = self.director
        self.chair, self.secretary = made.person(made.ban, "chair"), made.person(made.ban, "secretary")
        self.cycle: AwardCycle | None = None

    def leader(self, unit: Unit) -> User:
        """As he was on the day that is told: the accounts of units that ended are closed today."""
        person = copy.copy(self.made.person(unit, "leader"))
        person.is_active = True
        return person

    # --- the cycle ------------------------------------------------------------------------------------------------
    def prepare(
        self, day: Day, types: list[AwardType], campaigns: list[Campaign], calendar: Calendar, **fields: Any
    ) -> None:
        with told_on(day):
            self.cycle = editing.create_cycle(
                actor=self.director, award_types=types, campaigns=campaigns, today=day, owner=self.made.ban,
                family="state", **fields,
            )  # fmt: skip
            for stage, (first, last) in calendar.items():
                own = {**dict.fromkeys(ALL_FLAGS, False), "units_see_findings": True, **FLAGS.get(stage, {})}
                editing.save_phase(
                    self.cycle, stage, actor=self.director, opens_on=first, closes_on=last, reason="", **own
                )

    def limit(self, day: Day, award_type: AwardType, kind: str, maximum: int, per_unit: int | None = None) -> None:
        with told_on(day):
            quotas.save_quota(
                self.cycle, None, actor=self.director, award_type=award_type, subject_kind=kind, maximum=maximum,
                per_unit=per_unit,
            )  # fmt: skip

    def move(self, day: Day, name: str) -> None:
        with told_on(day):
            self.cycle = moves.move_cycle(self.cycle, name, actor=self.director, today=day)

    # --- dossiers -------------------------------------------------------------------------------------------------
    def draft(self, day: Day, unit: Unit, award_type: AwardType, recipient: Recipient) -> Nomination:
        with told_on(day):
            return drafting.draft_nomination(self.cycle, award_type, recipient, unit=unit, actor=self.leader(unit))

    def complete_dossier(self, row: Nomination, text: str) -> None:
        """Summary, one ground, every paper that the checklist asks."""
        actor = self.leader(row.unit)
        writing.save_nomination(
            row, actor=actor, period_from=row.period_from, period_to=row.period_to, summary=row.summary or SUMMARY,
            transferred=False, seen=writing.version_of(row),
            achievements=[grounds.AchievementEntry(text, row.period_from, row.period_to, campaign=self.cycle.campaigns.first())],
        )  # fmt: skip
        row.refresh_from_db()
        for slot in dossier.checklist_of(row, day=timezone.localdate()).slots:
            if slot.is_required:
                dossier.add_file(row, pdf(f"{slot.item.code}.pdf"), actor=actor, item_code=slot.item.code)

    def send(self, day: Day, rows: Iterable[Nomination]) -> None:
        with told_on(day):
            for row in rows:
                self.complete_dossier(row, f"Thực hiện phong trào “Dân vận khéo” năm {self.cycle.year_to}")
                sending.submit_nomination(row, actor=self.leader(row.unit), vouched=True)

    def receive(self, day: Day, rows: Iterable[Nomination]) -> None:
        with told_on(day):
            for row in rows:
                appraisal.confirm_complete(row, actor=self.verifier)

    def find_eligible(self, day: Day, rows: Iterable[Nomination]) -> None:
        with told_on(day):
            for row in rows:
                row.refresh_from_db()
                appraisal.find_eligible(row, actor=self.verifier, note=JUDGED)

    # --- before the people's eyes ------------------------------------------------------------------------------------
    def publish(self, first: Day, last: Day, closed: Day, remarks: list[tuple[str, str, str]]) -> None:
        """``remarks``: channel, what was said, what came of it."""
        with told_on(first):
            shown = publications.open_publication(
                self.cycle, publications.to_publish(self.cycle).values_list("pk", flat=True), actor=self.director,
                opened_on=first, working_days=10, contact_mail="thidua@angiang.example", today=first,
                contact_phone="0296 3 000 000",
            )  # fmt: skip
        for channel, text, result in remarks:
            with told_on(last):
                said = comments.enter_comment(
                    shown, actor=self.verifier, about=shown.snapshot[0]["nomination"], channel=channel, sender="Một người dân",
                    contact="", text=text, received_on=last, today=last,
                )  # fmt: skip
                comments.handle_comment(said, actor=self.verifier, state="done", result=result)
        with told_on(closed):
            publications.close_publication(
                shown, actor=self.director, today=closed,
                summary=f"Nhận {len(remarks)} ý kiến, đã xác minh và trả lời; không có ý kiến làm thay đổi danh sách.",
            )  # fmt: skip

    # --- the council ------------------------------------------------------------------------------------------------
    def score(self, opened: Day, closed: Day) -> None:
        with told_on(opened):
            entries = [criteria.CriterionEntry(name, most, note_required=note) for name, most, note in CRITERIA]
            kept = criteria.save_criteria(self.cycle, entries, actor=self.secretary)
            held = rounds.prepare_round(
                self.cycle, self.council, actor=self.secretary, reviewers=3, spread_alert=Decimal(20), closes_on=closed
            )
            plan = assigning.plan_assignment(held, seed=2026)
            assigning.assign_reviews(held, actor=self.secretary, seed=2026, digest=plan.digest)
            held = rounds.open_round(held, actor=self.secretary)
        with told_on(closed):
            for review in held.reviews.select_related("member__user", "nomination"):
                chance = dice("review", review.nomination.name, review.member.user.username)
                given = {
                    row.pk: (
                        Decimal(chance.randint(int(row.max_points * 6 // 10), int(row.max_points))),
                        "Có minh chứng rõ.",
                    )
                    for row in kept
                }
                reviewing.save_review(
                    review, actor=review.member.user, revision=review.nomination.revision, given=given,
                    comment="Thành tích cụ thể, có sức lan tỏa.", done=True,
                )  # fmt: skip
            rounds.close_round(held, actor=self.secretary)

    def call(self, day: Day, on: Day) -> CommitteeMeeting:
        with told_on(day):
            return meetings.call_meeting(
                self.council, self.cycle, actor=self.secretary, title=f"Phiên họp xét khen thưởng năm {self.cycle.year_to}",
                starts_at=moment(on, 8), place="Hội trường Tỉnh ủy, 01 Lê Hồng Phong (giả định)",
                agenda="1. Báo cáo kết quả thẩm định, lấy ý kiến.\n2. Thảo luận.\n3. Bỏ phiếu, công bố kết quả.",
            )  # fmt: skip

    def meet(self, meeting: CommitteeMeeting, day: Day) -> None:
        """All there but one, who wrote; each award put to the vote in secret; a few papers against."""
        with told_on(day):
            lines = list(meeting.attendances.select_related("member__user"))
            away = [row for row in lines if row.member.votes][-1]
            marks = {row.pk: attending.Mark("present") for row in lines if row != away}
            marks[away.pk] = attending.Mark("excused", reason="Đi công tác")
            attending.mark_attendance(meeting, marks, actor=self.secretary)
            meeting = meetings.open_meeting(meeting, actor=self.secretary, day=day)
            setting = ballots.setting_for(meeting)
            said = {pk: "aye" for rule in setting.rules for pk in rule.nominations}
            opinions.record_opinion(
                meeting, away.member, actor=self.secretary, received_on=day, text="Đồng ý với danh sách.", choices=said
            )
            held = [
                ballots.prepare_ballot(meeting, rule.key, actor=self.secretary, secret=True) for rule in setting.rules
            ]
            for ballot in held:
                ballots.open_ballot(ballot, actor=self.chair, accept_few=True)
                self._vote(ballot)
            counting.close_voting(meeting, actor=self.secretary)
            counting.count_ballots(meeting, actor=self.secretary)
            meeting.refresh_from_db()
            meetings.write_texts(
                meeting, actor=self.secretary, discussion="Các thành viên thống nhất với báo cáo thẩm định.",
                conclusion="Trình cấp có thẩm quyền khen thưởng các trường hợp đạt tỷ lệ phiếu theo quy định.",
            )  # fmt: skip
            meetings.close_meeting(meeting, actor=self.chair)

    def _vote(self, ballot: Ballot) -> None:
        for row in ballot.turnout.select_related("voter").order_by("?"):
            sheet = voting.sheet_for(ballot, row.voter)
            if sheet is None:
                continue
            chance = dice("vote", ballot.pk, row.voter.username)
            marks = {one.pk: chance.choices((AYE, NAY, BLANK), (93, 5, 2))[0] for one in sheet.candidates}
            voting.cast_ballot(ballot, actor=row.voter, ticket=voting.new_ticket(sheet), marks=marks)


def found_council(made: Structure) -> Committee:
    """The council with its fifteen votes and its secretary; all of one decision."""
    director = made.person(made.ban, "director")
    with told_on(COUNCIL_SINCE):
        council = committees.establish_committee(
            made.ban, actor=director, name="Hội đồng Thi đua – Khen thưởng công tác dân vận tỉnh", decision_no="02-QĐ/TU",
            decision_date=COUNCIL_SINCE, valid_from=COUNCIL_SINCE, valid_to=None, conflict_years=3,
        )  # fmt: skip
        for order, (user, (name, role, post)) in enumerate(zip(made.council, COUNCIL, strict=True), 1):
            seat = "deputy" if name.startswith("phochutich") else role
            entry = committees.SeatEntry(user, seat, COUNCIL_SINCE, post=post, votes=role != "secretary", order=order)
            committees.appoint_member(council, entry, actor=director)
    return council
