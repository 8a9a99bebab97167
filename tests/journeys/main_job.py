"""The main job from the first line of a campaign to the rank, act by act. One act per stretch of work of one person.

Every act begins at the page where that person finds the work and ends with what the portal says or stores about it.
"""

import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from campaigns.models import Campaign
from dvk_portal.core.models import Signature
from pledges.models import Pledge, QuarterlyReport, ReportedValue, ScoreSheet
from pledges.models.scoresheet import Stage as Step
from pledges.services import acceptance, scoresheets
from tests.factories import PASSWORD
from tests.journeys.stage import Stage, act, form_of, open_all, pay_what_is_owed

TITLE = "Thi đua Dân vận khéo chào mừng đại hội"
DECISION = "77-QĐ/BTGDVTU"


def first_day() -> datetime.date:
    """The campaign begins with the calendar quarter before the current one: its first period is over on any day of a run."""
    today = timezone.localdate()
    first = datetime.date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    before = first - datetime.timedelta(days=1)
    return datetime.date(before.year, before.month - 2, 1)


def last_day() -> datetime.date:
    start = first_day()
    end = start.replace(year=start.year + 1) - datetime.timedelta(days=1)
    return end


def day(value: datetime.date) -> str:
    return f"{value:%d/%m/%Y}"


class MainJob:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.people = stage.people

    # --- the province prepares and launches -----------------------------------------------------------------------
    def prepare(self) -> None:
        page = self.stage.person("verifier")
        self.stage.visit(page, reverse("campaign-list"))
        page.locator(f"a[href='{reverse('campaign-create')}']").first.click()
        page.get_by_label("Tên phong trào").fill(TITLE)
        page.locator("[name$=starts_on]").fill(day(first_day()))
        page.locator("[name$=ends_on]").fill(day(last_day()))
        page.get_by_role("button", name="Lập phong trào").click()
        self.stage.says(page, "Đã lập bản nháp")
        self.campaign = Campaign.objects.get(title=TITLE)
        self._write_content(page)
        self._write_document(page)
        self._add_periods(page)
        self._choose_indicators(page)
        self._choose_units(page)
        self._choose_scheme(page)
        self.campaign.refresh_from_db()
        assert self.campaign.status == "draft"

    def part(self, page: Page, name: str) -> None:
        self.stage.visit(page, reverse(name, args=[self.campaign.pk]))
        open_all(page)

    def _write_content(self, page: Page) -> None:
        self.part(page, "campaign-content")
        for name in ("goal", "audience", "content", "criteria", "measures"):
            page.locator(f"[name$={name}]").fill(f"Nội dung của mục {name} trong phong trào.")
        page.locator("[name$=common_commitments]").fill("Báo cáo đúng hạn, số liệu trung thực.")
        form_of(page, "?form=main").locator("[type=submit]").first.click()
        self.stage.says(page, "Đã lưu")

    def _write_document(self, page: Page) -> None:
        self.part(page, "campaign-document")
        page.locator("[name$=document_no]").fill("15-KH/BTGDVTU")
        page.locator("[name$=document_date]").fill(day(first_day()))
        page.locator("[name$=document_signer]").fill("Trưởng Ban")
        form_of(page, "?form=main").locator("[type=submit]").first.click()
        self.stage.says(page, "Đã lưu")

    def _add_periods(self, page: Page) -> None:
        self.part(page, "campaign-periods")
        form_of(page, "?form=quarters").get_by_role("button", name="Thêm các quý").click()
        expect(page.locator("table").first.locator("tbody tr")).to_have_count(4)

    def _choose_indicators(self, page: Page) -> None:
        self.part(page, "campaign-asked")
        for label in ("Cuộc vận động", "Diện tích đất hiến", "Chi bộ", "Có kế hoạch"):
            page.get_by_label(f"Hỏi: {label}").check()
        page.get_by_label("Trong giao ước: Cuộc vận động").check()
        page.get_by_role("button", name="Lưu chỉ số báo cáo").click()
        expect(page.get_by_label("Hỏi: Chi bộ")).to_be_checked()
        assert self.campaign.asked.count() == 4

    def _choose_units(self, page: Page) -> None:
        self.part(page, "campaign-candidates")
        for unit in (self.people.commune, self.people.other_commune):
            page.get_by_label(unit.name).check()
        page.get_by_role("button", name="Thêm các đơn vị đã chọn").click()
        expect(page.get_by_text(self.people.other_commune.name).first).to_be_visible()
        self.part(page, "campaign-clusters")
        split = form_of(page, "?form=split")
        split.get_by_label("Số cụm").fill("1")
        split.get_by_role("button", name="Chia tự động").click()
        expect(page.get_by_role("link", name="Cụm số 1").first).to_be_visible()
        assert self.campaign.participations.filter(cluster__name="Cụm số 1").count() == 2

    def _choose_scheme(self, page: Page) -> None:
        self.part(page, "campaign-scheme")
        page.get_by_label("Bảng tiêu chí").select_option(index=1)
        form_of(page, "?form=main").locator("[type=submit]").first.click()
        self.stage.says(page, "Đã chọn bảng tiêu chí")
        open_all(page)
        assign = form_of(page, "?form=assign")
        for fieldset in assign.locator("fieldset").all():
            fieldset.get_by_role("checkbox", name="Phòng Đoàn thể", exact=True).check()
        assign.get_by_role("button", name="Lưu phân công").click()
        self.stage.says(page, "Đã lưu")

    def launch(self) -> None:
        page = self.stage.person("director")
        self.stage.visit(page, self.campaign.get_absolute_url())
        page.get_by_role("link", name="Xem lại và phát động").click()
        act(page, "Phát động phong trào")
        self.stage.says(page, "Đã phát động phong trào")
        self.campaign.refresh_from_db()
        assert self.campaign.status == "open"
        pay_what_is_owed()
        own = {"participation__campaign": self.campaign, "participation__unit": self.people.commune}
        self.pledge = Pledge.objects.get(**own)
        self.report = QuarterlyReport.objects.filter(**own).order_by("period__data_from").first()
        self.sheet = ScoreSheet.objects.get(**own)

    # --- the pledge -----------------------------------------------------------------------------------------------
    def pledge_and_sign(self) -> None:
        self._propose()
        province = self.stage.person("verifier")
        self.stage.visit(province, self.pledge.get_absolute_url())
        act(province, "Thống nhất nội dung")
        self.stage.says(province, "Đã thống nhất nội dung")
        for name in ("leader", "director"):
            page = self.stage.person(name)
            self.stage.visit(page, self.pledge.get_absolute_url())
            page.get_by_role("link", name="Ký giao ước").click()
            page.locator("input[type=password]").fill(PASSWORD)
            for box in page.locator("main form input[type=checkbox]").all():
                box.check()
            page.locator("main form[method=post]").last.locator("[type=submit]").first.click()
            self.stage.says(page, "Đã ký giao ước")
            self.pledge.refresh_from_db()
            assert self.pledge.status == ("part_signed" if name == "leader" else "signed")
        pay_what_is_owed()
        signatures = Signature.objects.filter(document=self.pledge.document).order_by("id")
        assert [(row.slot, row.owes_seal) for row in signatures] == [("unit", False), ("province", False)]

    def _propose(self) -> None:
        editor = self.stage.person("editor")
        self.stage.visit(editor, self.pledge.get_absolute_url())
        editor.get_by_role("link", name="Sửa chỉ tiêu, cam kết").click()
        editor.get_by_role("textbox", name="Chỉ tiêu – Cuộc vận động").fill("12")
        editor.get_by_role("textbox", name="Cam kết 1").fill("Vận động nhân dân hiến đất mở rộng đường liên ấp.")
        editor.get_by_role("button", name="Lưu", exact=True).last.click()
        self.stage.says(editor, "Vận động nhân dân hiến đất")
        leader = self.stage.person("leader")
        self.stage.visit(leader, self.pledge.get_absolute_url())
        act(leader, "Gửi đề xuất")
        self.stage.says(leader, "Đã gửi đề xuất giao ước")
        self.pledge.refresh_from_db()
        assert self.pledge.status == "proposed"

    # --- the report -----------------------------------------------------------------------------------------------
    def report_and_verify(self) -> None:
        self._enter()
        self._send("leader")
        self._judge_first()
        self._correct_and_resend()
        self._judge_last()

    def cell(self, code: str) -> str:
        pk = ReportedValue.indicator.field.related_model.objects.get(code=code).pk
        return f"#o-{pk}"

    def saved(self, page: Page, code: str) -> None:
        expect(page.locator(self.cell(code)).locator("[data-words]").first).to_contain_text("Đã lưu")

    def _enter(self) -> None:
        """Cell by cell, each saved by itself: a decimal comma, "không phát sinh", a yes, a note."""
        page = self.stage.person("editor")
        self.stage.visit(page, reverse("report-edit", args=[self.report.pk]))
        area = page.locator(self.cell("hien_dat"))
        area.locator("[data-value]").fill("1.234,5")
        area.locator("[data-value]").press("Tab")
        self.saved(page, "hien_dat")
        area.locator("details[data-note] summary").click()
        area.locator("input[name$='-note']").fill("Gồm đất mở đường và đất xây nhà văn hóa")
        area.locator("input[name$='-note']").press("Tab")
        page.locator(self.cell("van_dong")).locator("input[value=nothing]").check()
        self.saved(page, "van_dong")
        page.locator(self.cell("chi_bo")).locator("[data-value]").fill("24")
        page.locator(self.cell("chi_bo")).locator("[data-value]").press("Tab")
        self.saved(page, "chi_bo")
        page.locator(self.cell("ke_hoach")).locator("input[value=co]").check()
        self.saved(page, "ke_hoach")
        page.wait_for_load_state("networkidle")
        self.stage.fits(page)
        stored = {row.indicator.code: row for row in self.report.values.select_related("indicator")}
        assert stored["hien_dat"].amount == Decimal("1234.5")
        assert stored["hien_dat"].note == "Gồm đất mở đường và đất xây nhà văn hóa"
        assert stored["van_dong"].answer == "nothing"
        assert stored["ke_hoach"].flag is True

    def _send(self, name: str) -> None:
        page = self.stage.person(name)
        self.stage.visit(page, reverse("report-submit", args=[self.report.pk]))
        for box in page.locator("main form input[type=checkbox]").all():
            box.check()
        page.locator("main form[method=post]").last.locator("[type=submit]").first.click()
        self.stage.says(page, "Đã gửi báo cáo")
        self.report.refresh_from_db()
        assert self.report.status == "submitted"

    def _judge_first(self) -> None:
        """Accept one figure, adjust one with the reason, send one back, accept the rest; a new due date."""
        page = self.stage.person("verifier")
        self.stage.visit(page, reverse("verification-queue"))
        self.stage.visit(page, reverse("report-verify", args=[self.report.pk]))
        page.locator(self.cell("chi_bo")).get_by_role("button", name="Chấp nhận").click()
        expect(page.locator(self.cell("chi_bo"))).to_contain_text("Chấp nhận")
        expect(page.locator(self.cell("chi_bo")).get_by_role("button", name="Xem xét lại")).to_be_visible()
        area = page.locator(self.cell("hien_dat"))
        area.locator("summary").first.click()
        area.get_by_label("Số thẩm định").fill("1.200,25")
        area.get_by_label("Lý do").fill("Theo biên bản đo đạc thực tế")
        area.get_by_role("button", name="Điều chỉnh", exact=True).click()
        expect(area).to_contain_text("1.200,25")
        area = page.locator(self.cell("van_dong"))
        area.locator("summary").first.click()
        area.get_by_label("Lý do").fill("Theo báo cáo của Mặt trận, xã có tổ chức")
        area.get_by_role("button", name="Đánh dấu trả lại").click()
        expect(area).to_contain_text("Trả lại")
        self.stage.visit(page, reverse("report-verify", args=[self.report.pk]))
        act(page, "Chấp nhận tất cả mục còn lại")
        self.stage.says(page, "Đã chấp nhận")
        page.get_by_role("link", name="Trả lại các mục đã đánh dấu").click()
        page.get_by_label("Lý do trả lại").fill("Đề nghị xem lại số cuộc vận động.")
        page.get_by_label("Hạn nộp lại").fill(day(timezone.localdate() + datetime.timedelta(days=5)))
        page.get_by_role("button", name="Trả lại đơn vị").click()
        self.stage.says(page, "Đã trả lại báo cáo")
        self.report.refresh_from_db()
        assert self.report.status == "returned"

    def _correct_and_resend(self) -> None:
        page = self.stage.person("editor")
        self.stage.visit(page, reverse("report-edit", args=[self.report.pk]))
        self.stage.says(page, "Chỉ 1 mục được trả lại sửa được")
        assert page.locator("[data-value]").count() == 1, "only what was returned is open"
        area = page.locator(self.cell("van_dong"))
        area.locator("input[value=nothing]").uncheck()
        area.locator("[data-value]").fill("15")
        area.locator("[data-value]").press("Tab")
        self.saved(page, "van_dong")
        expect(area.locator("[data-words]").first).not_to_contain_text("để trống")
        page.wait_for_load_state("networkidle")
        self._send("leader")

    def _judge_last(self) -> None:
        page = self.stage.person("verifier")
        self.stage.visit(page, reverse("report-verify", args=[self.report.pk]))
        act(page, "Chấp nhận tất cả mục còn lại")
        self.stage.says(page, "Đã chấp nhận")
        self.stage.visit(page, reverse("report-verify", args=[self.report.pk]))
        act(page, "Hoàn tất thẩm định")
        self.stage.says(page, "Đã hoàn tất thẩm định báo cáo")
        self.report.refresh_from_db()
        assert self.report.status == "verified"
        assert self.report.values.get(indicator__code="hien_dat").verified_amount == Decimal("1200.25")
        pay_what_is_owed()

    # --- the scores -----------------------------------------------------------------------------------------------
    def score(self) -> None:
        director = self.stage.person("director")
        self.stage.visit(director, self.campaign.get_absolute_url())
        act(director, "Chuyển sang chấm điểm")
        self.stage.says(director, "đã chuyển sang bước chấm điểm")
        editor = self.stage.person("editor")
        self.stage.visit(editor, self.sheet_path)
        self.choose(editor, "1.2", "true")
        leader = self.stage.person("leader")
        self.stage.visit(leader, self.sheet_path)
        act(leader, "Gửi bản tự chấm")
        self.stage.says(leader, "Đã gửi bản tự chấm")
        self.sheet.refresh_from_db()
        assert self.sheet.status == "sent"
        verifier = self.stage.person("verifier")
        self.stage.visit(verifier, self.sheet_path)
        self.type_points(verifier, "2.2", "3,25")
        self.stage.visit(verifier, self.sheet_path)
        act(verifier, "Chấp nhận toàn bộ mục còn lại")
        self.stage.says(verifier, "số liệu tự chấm thuộc phần của bạn")
        self.stage.visit(verifier, self.sheet_path)
        act(verifier, "Hoàn tất thẩm định")
        self.stage.says(verifier, "Đã hoàn tất thẩm định")
        self.stage.visit(director, self.sheet_path)
        act(director, "Thống nhất điểm")
        self.stage.says(director, "Đã thống nhất điểm")
        self.sheet.refresh_from_db()
        assert self.sheet.status == "agreed"

    @property
    def sheet_path(self) -> str:
        return reverse("scoresheet-detail", args=[self.sheet.pk])

    def criterion(self, page: Page, code: str) -> Any:
        return page.locator("form.score-form").filter(has=page.locator(f"input[name=criterion][value='{code}']")).first

    def choose(self, page: Page, code: str, value: str) -> None:
        with page.expect_response(lambda answer: "/nhap/" in answer.url):
            self.criterion(page, code).locator("select").first.select_option(value)

    def type_points(self, page: Page, code: str, value: str) -> None:
        field = self.criterion(page, code).locator("input[type=text]").first
        field.fill(value)
        with page.expect_response(lambda answer: "/nhap/" in answer.url):
            field.press("Tab")

    def bring_the_other_unit(self) -> None:
        """The second commune comes as far by other hands: its acts are the same ones."""
        other = ScoreSheet.objects.get(
            participation__campaign=self.campaign, participation__unit=self.people.other_commune
        )
        scoresheets.enter_input(other, "1.2", False, stage=Step.SELF, actor=self.people.other_editor)
        scoresheets.send_self_assessment(other, actor=self.people.other_leader)
        scoresheets.enter_input(other, "2.2", "1", stage=Step.VERIFIED, actor=self.people.director)
        acceptance.accept_self_scores(other, actor=self.people.director)
        scoresheets.finish_verification(other, actor=self.people.director)
        scoresheets.agree_scores(ScoreSheet.objects.get(pk=other.pk), actor=self.people.director)
        pay_what_is_owed()

    # --- the result -----------------------------------------------------------------------------------------------
    def publish(self) -> None:
        page = self.stage.person("director")
        self.stage.visit(page, reverse("ranking", args=[self.campaign.pk]))
        self.stage.says(page, "Bản nháp, chưa công bố")
        page.get_by_role("link", name="Rà soát, công bố").click()
        for box in page.locator("main form input[type=checkbox]").all():
            box.check()
        page.locator("main form[method=post]").last.locator("[type=submit]").first.click()
        page.locator("[name$=decision_no]").fill(DECISION)
        page.locator("[name$=decision_date]").fill(day(timezone.localdate()))
        page.locator("[name$=confirmation]").fill(DECISION)
        page.locator("main form[method=post]").last.locator("[type=submit]").first.click()
        self.stage.says(page, "Đã công bố kết quả")
        self.campaign.refresh_from_db()
        assert self.campaign.status == "closed"
        pay_what_is_owed()

    def see_the_rank(self) -> None:
        self.sheet.refresh_from_db()
        assert self.sheet.rank == 1
        page = self.stage.person("editor")
        self.stage.visit(page, reverse("inbox"))
        self.stage.says(page, "ết quả")
        self.stage.visit(page, reverse("ranking", args=[self.campaign.pk]))
        self.stage.says(page, DECISION)
        row = page.locator("table tbody tr").filter(has_text=self.people.commune.name).first
        expect(row).to_contain_text("1")

    def nothing_changes_any_more(self) -> None:
        """No button is left, and an address typed by hand is refused."""
        for name in ("editor", "leader", "verifier", "director"):
            page = self.stage.person(name)
            for path in (self.sheet_path, self.report.get_absolute_url(), self.pledge.get_absolute_url()):
                self.stage.visit(page, path)
                left = page.locator("main form[method=post] [type=submit]").all_text_contents()
                assert left == [], f"{name} still finds {left} on {path}"
            self.stage.visit(page, self.sheet_path)
            assert page.locator("form.score-form").count() == 0
        page = self.stage.person("editor")
        page.goto(f"{self.stage.address}{reverse('report-edit', args=[self.report.pk])}")
        assert page.locator("[data-value]").count() == 0
