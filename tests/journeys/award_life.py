"""From a published result to a certificate, and to its cancellation: fifteen votes, one of them in conflict, one in writing.

The council sits at tablets, the head of the Ban at a desk, the people have a phone.
"""

import datetime
import re

from django.urls import reverse
from playwright.sync_api import Page, expect

from awards.models import Award, Ballot, BallotPaper, CommitteeMeeting, Decision, Nomination, Publication
from awards.services.nominations import appraisal, editing, grounds, sending
from awards.services.sessions.meetings import call_meeting
from awards.services.sessions.voting import cast_ballot, new_ticket, sheet_for
from dvk_portal.core.models import Document
from tests.journeys.stage import Stage, act
from units.models import User

TABLET, PHONE = (1024, 768), (390, 844)
REMARK = "Đường mới có đèn sáng, bà con rất mừng."


class AwardLife:
    def __init__(self, stage: Stage, cycle, committee, away: User) -> None:
        self.stage, self.people, self.cycle, self.committee, self.away = stage, stage.people, cycle, committee, away
        people = ("chair", "secretary", "member", "other_member")
        stage.sizes = {**dict.fromkeys(people, TABLET), "visitor": PHONE}

    def open(self, name: str, path: str) -> Page:
        page = self.stage.person(name)
        self.stage.visit(page, path)
        return page

    def fill(self, page: Page, **texts: str) -> None:
        for name, text in texts.items():
            page.locator(f"[name={name}]").fill(text)

    def nomination(self, unit) -> Nomination:
        return Nomination.objects.get(cycle=self.cycle, unit=unit)

    @property
    def meeting(self) -> CommitteeMeeting:
        return CommitteeMeeting.objects.get()

    # --- from the result to dossiers --------------------------------------------------------------------------------
    def propose_from_results(self) -> None:
        page = self.open("director", reverse("cycle-proposals", args=[self.cycle.pk]))
        for unit in (self.people.commune, self.people.other_commune):
            page.get_by_label(f"Chọn {unit.name}").check()
        page.get_by_label(f"Chọn {self.people.third_commune.name}").uncheck()
        page.get_by_role("button", name="Lập đề nghị cho các dòng đã chọn").click()
        expect(page.get_by_text("mở hồ sơ").first).to_be_visible()
        assert set(Nomination.objects.values_list("unit__name", "source")) == {
            (self.people.commune.name, "ranking"), (self.people.other_commune.name, "ranking")
        }  # fmt: skip

    def complete_dossiers(self) -> None:
        """What the pages of nominations do, by their services: those pages have tests of their own."""
        for unit, name in ((self.people.commune, "leader"), (self.people.other_commune, "other_leader")):
            row, leader = self.nomination(unit), getattr(self.people, name)
            entry = grounds.AchievementEntry("Dẫn đầu phong trào trong cụm", row.period_from, row.period_to)
            editing.save_nomination(
                row, actor=leader, period_from=row.period_from, period_to=row.period_to, summary="Vận động hiến đất.",
                transferred=False, achievements=[entry], seen=editing.version_of(row),
            )  # fmt: skip
            row = sending.submit_nomination(self.nomination(unit), actor=leader, vouched=True)
            row = appraisal.confirm_complete(row, actor=self.people.verifier)
            assert row.rule_set is not None
        page = self.open("verifier", self.nomination(self.people.commune).get_absolute_url())
        self.stage.says(page, "Đủ hồ sơ")
        for unit in (self.people.commune, self.people.other_commune):
            appraisal.find_eligible(self.nomination(unit), actor=self.people.verifier, note="Đã đối chiếu.")

    # --- before the people's eyes -----------------------------------------------------------------------------------
    def publish(self) -> None:
        page = self.open("director", reverse("publication-create", args=[self.cycle.pk]))
        self.fill(page, contact_phone="0276 3000 000")
        page.get_by_role("button", name="Công khai danh sách").click()
        shown = Publication.objects.get()
        visitor = self.stage.visitor()
        self.stage.visit(visitor, shown.get_public_url())
        self.stage.says(visitor, self.people.commune.name)
        self.fill(visitor, text=REMARK)
        visitor.get_by_role("button", name="Gửi ý kiến").click()
        expect(visitor.get_by_role("heading", level=1)).to_be_visible()
        [remark] = shown.comments.all()
        assert remark.text == REMARK
        # The days go by.
        today = datetime.date.today()
        Publication.objects.update(
            opened_on=today - datetime.timedelta(days=21), closes_on=today - datetime.timedelta(days=1)
        )
        page = self.open("verifier", reverse("publication-comment", args=[shown.pk, remark.pk]))
        page.locator("[name=state][value=done], select[name=state]").first.evaluate(
            "(box) => { if (box.tagName === 'SELECT') { box.value = 'done'; } else { box.click(); } }"
        )
        self.fill(page, result="Đã ghi nhận, chuyển hội đồng.")
        page.locator("main form").get_by_role("button").first.click()
        page = self.open("director", reverse("publication-close", args=[shown.pk]))
        self.fill(page, summary="Một ý kiến đồng tình, không có ý kiến trái chiều.")
        page.get_by_role("button", name="Kết thúc công khai").click()
        assert Publication.objects.get().closed_at is not None
        self.stage.visit(visitor, "/tra-cuu/")
        assert visitor.goto(f"{self.stage.address}{shown.get_public_url()}").status in (404, 410)

    # --- the council --------------------------------------------------------------------------------------------------
    def gather(self) -> None:
        now = datetime.datetime.now(tz=datetime.UTC)
        self.cycle.refresh_from_db()
        call_meeting(
            self.committee, self.cycle, actor=self.people.secretary, title="Phiên họp xét khen thưởng", place="Phòng họp số 1",
            starts_at=now + datetime.timedelta(minutes=1),
        )  # fmt: skip
        page = self.open("secretary", reverse("council:meeting-presence", args=[self.meeting.pk]))
        for line in self.meeting.attendances.select_related("member__user"):
            there = line.member.user_id != self.away.pk
            page.locator(f"[name=state_{line.pk}]").select_option("present" if there else "excused")
            if not there:
                page.locator(f"[name=reason_{line.pk}]").fill("Đi công tác")
        page.get_by_role("button", name="Lưu điểm danh").click()
        page = self.open("secretary", self.meeting.get_absolute_url())
        self.stage.says(page, "14/15")
        act(page, "Khai mạc")
        self.stage.says(page, "Đang họp")
        seat = self.committee.members.get(user=self.away)
        page = self.open("secretary", reverse("council:meeting-opinion", args=[self.meeting.pk, seat.pk]))
        for choice in page.locator("input[type=radio][value=aye]").all():
            choice.check()
        page.get_by_role("button", name="Ghi ý kiến").click()
        assert self.meeting.opinions.count() == 1

    def vote(self) -> dict[str, str]:
        """Three vote in their browsers, the rest by the same service; the receipt of each of the three."""
        page = self.open("secretary", self.meeting.get_absolute_url())
        page.get_by_role("link", name=re.compile("Lập lượt bỏ phiếu")).click()
        page.get_by_role("button", name="Lập lượt bỏ phiếu").click()
        ballot = Ballot.objects.get()
        page = self.open("secretary", ballot.get_absolute_url())
        act(page, "Mở lượt bỏ phiếu")
        ballot.refresh_from_db()
        assert (ballot.state, ballot.secret) == ("open", True)
        receipts = {name: self._cast(name, ballot) for name in ("chair", "other_member", "member")}
        for row in ballot.turnout.filter(voted=False).select_related("voter"):
            sheet = sheet_for(ballot, row.voter)
            marks = {one.pk: "+" for one in sheet.candidates}
            cast_ballot(ballot, actor=row.voter, ticket=new_ticket(sheet), marks=marks)
        return receipts

    def _cast(self, name: str, ballot: Ballot) -> str:
        page = self.open(name, reverse("council:vote", args=[ballot.pk]))
        an = self.people.commune.name
        # He who led An is not asked about An, and reads nothing of it.
        assert (an in page.content()) == (name != "member")
        for group in page.get_by_role("radio", name="Đồng ý", exact=True).all():
            group.check()
        self.stage.look(page)
        page.get_by_role("button", name="Xem lại phiếu").click()
        page.get_by_role("button", name=re.compile("^Bỏ phiếu")).click()
        self.stage.says(page, "Phiếu của bạn đã ở trong hòm phiếu")
        return re.findall(r"\b(?:[2-9A-Z]{3}-){3}[2-9A-Z]{3}\b", page.locator("main").inner_text())[0]

    def count(self, receipts: dict[str, str]) -> None:
        page = self.open("secretary", self.meeting.get_absolute_url())
        act(page, "Đóng hòm phiếu")
        self.stage.says(page, "Hòm phiếu đã đóng")
        act(page, "Kiểm phiếu")
        ballot = Ballot.objects.get()
        assert ballot.state == "closed"
        by_unit = {row.nomination.unit.name: row.result for row in ballot.candidates.select_related("nomination__unit")}
        an, binh = by_unit[self.people.commune.name], by_unit[self.people.other_commune.name]
        # Fourteen there, one of them kept from An; one in writing; all of fifteen in the base.
        assert (an["out"], an["in"], an["total_ayes"], an["base"], an["conflicted"]) == (13, 13, 14, 15, 1)
        assert (binh["out"], binh["in"], binh["total_ayes"], binh["base"], binh["conflicted"]) == (14, 14, 15, 15, 0)
        assert BallotPaper.objects.count() == 13 + 14
        results = reverse("council:results", args=[ballot.pk])
        page = self.open("chair", results)
        self.stage.says(page, receipts["chair"])
        self.stage.look(page)
        page = self.open("member", results)
        self.stage.says(page, receipts["member"])
        assert self.people.commune.name not in page.content()
        assert self.nomination(self.people.commune).status == "recommended"

    def close_with_minutes(self) -> None:
        page = self.open("secretary", reverse("council:meeting-texts", args=[self.meeting.pk]))
        self.fill(
            page, agenda="Xét, bỏ phiếu, kết luận.", counters="Thư ký và hai ủy viên", discussion="Các thành viên thống nhất.",
            conclusion="Trình khen thưởng hai tập thể.",
        )  # fmt: skip
        page.locator("main form").get_by_role("button").first.click()
        page = self.open("secretary", self.meeting.get_absolute_url())
        act(page, "Bế mạc")
        page = self.open("secretary", reverse("council:meeting-documents", args=[self.meeting.pk]))
        act(page, "Lập biên bản họp")
        [minutes] = Document.objects.filter(kind="meeting_minutes")
        words = str(minutes.content)
        member = self.committee.members.get(user=self.people.member)
        # Who was kept away, who wrote, and what came of it stand in the minutes.
        for expected in (member.user.full_name, self.away.full_name, "93,33", "Trình khen thưởng hai tập thể."):
            assert expected in words, expected

    # --- decided, handed over, taken back -----------------------------------------------------------------------------
    def decide(self) -> None:
        page = self.open("director", reverse("decision-create"))
        page.locator("[name=what]").first.check()
        self.fill(page, title="Tặng Bằng khen thành tích Dân vận khéo")
        page.get_by_role("button", name="Lập dự thảo").click()
        decision = Decision.objects.get()
        page = self.open("director", reverse("decision-sign", args=[decision.pk]))
        page.get_by_role("button", name="Ghi đã ký").click()
        page = self.open("director", reverse("decision-number", args=[decision.pk]))
        page.get_by_label("Tôi đã đối chiếu danh sách với quyết định").check()
        self.fill(page, dated_on=f"{datetime.date.today():%d/%m/%Y}")
        page.get_by_role("button", name="Vào sổ", exact=True).click()
        self.stage.says(page, "2 khen thưởng đã vào sổ")
        page = self.open("director", decision.get_absolute_url())
        act(page, "Công bố")
        decision.refresh_from_db()
        assert decision.status == "published"
        assert Award.objects.standing().count() == 2
        assert self.nomination(self.people.commune).status == "granted"

    @property
    def award(self) -> Award:
        return Award.objects.get(unit=self.people.commune)

    def confirm_certificate(self) -> None:
        page = self.open("clerk", reverse("award-certificate", args=[self.award.pk]))
        self.stage.says(page, "Trang công khai của khen thưởng này")
        assert self.award.gold_book_no
        visitor = self.stage.visitor()
        self.stage.visit(visitor, self.award.get_public_url())
        self.stage.says(visitor, "Đang có giá trị")
        self.stage.says(visitor, self.people.commune.name)
        page = self.open("leader", reverse("award-list"))
        self.stage.says(page, self.award.decision_no)

    def cancel(self) -> None:
        today = f"{datetime.date.today():%d/%m/%Y}"
        page = self.open("director", reverse("award-revoke", args=[self.award.pk]))
        self.fill(page, decision_no="99-QĐ/BTGDVTU", decided_on=today, received_on=today)
        page.locator("textarea").last.fill("Kê khai không đúng.")
        page.get_by_label("Tôi đã đọc những hệ quả ở trên").check()
        page.get_by_role("button", name="Hủy khen thưởng").last.click()
        assert self.award.status == "revoked"
        visitor = self.stage.visitor()
        self.stage.visit(visitor, self.award.get_public_url())
        self.stage.says(visitor, "ĐÃ HỦY")
        self.stage.says(visitor, "99-QĐ/BTGDVTU")
        assert Award.objects.get(unit=self.people.other_commune).status == "granted"
