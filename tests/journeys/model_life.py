"""A model from a report's "cách làm hay" to a public page and a second unit's replication.

Officers of the communes sit at a desk, the visitor has a phone in his hand.
"""

import datetime
import re

from django.urls import reverse
from playwright.sync_api import Page, expect

from pledges.models import ExemplaryModel, QuarterlyReport, Recognition, RecognitionBatch, Replication
from pledges.services.exemplary.counts import Counted
from tests.journeys.stage import Stage, act, open_all

PHONE = (390, 844)
NAME = "Đèn năng lượng mặt trời trên đường liên ấp"
WAY = f"{NAME}.\nChi bộ vận động từng hộ góp công dựng trụ, thanh niên bảo quản; tối sáng đường, trẻ đi học an toàn."
STORY = "Trước đây đường liên ấp tối, người già ngại ra khỏi nhà. Nay bà con cùng dựng sáu mươi trụ đèn."
SECRET = "Biên bản nội bộ chi bộ"


class ModelLife:
    def __init__(self, stage: Stage) -> None:
        self.stage, self.people = stage, stage.people
        stage.sizes = {"visitor": PHONE}
        self.report = QuarterlyReport.objects.filter(participation__unit=self.people.commune).earliest(
            "period__data_from"
        )

    def open(self, name: str, path: str | None = None) -> Page:
        page = self.stage.person(name)
        self.stage.visit(page, path or self.model.get_absolute_url())
        return page

    @property
    def model(self) -> ExemplaryModel:
        return ExemplaryModel.objects.get(unit=self.people.commune)

    @property
    def child(self) -> ExemplaryModel:
        return ExemplaryModel.objects.get(unit=self.people.other_commune)

    def fill(self, page: Page, **texts: str) -> None:
        for name, text in texts.items():
            page.locator(f"[name={name}]").fill(text)

    # --- from the report into the register ------------------------------------------------------------------------
    def report_a_good_way(self) -> None:
        page = self.open("editor", reverse("report-edit", args=[self.report.pk]))
        open_all(page)
        box = page.get_by_role("textbox", name=re.compile("Cách làm hay")).first
        box.fill(WAY)
        box.blur()
        expect(page.get_by_text("Đã lưu").first).to_be_visible()
        page = self.open("editor", self.report.get_absolute_url())
        act(page, "Đăng ký thành mô hình")
        expect(page.get_by_label("Tên mô hình, điển hình")).to_have_value(re.compile("^Đèn năng lượng mặt trời"))
        assert self.model.status == "draft"
        assert self.model.reported_in.report == self.report

    def complete_the_draft(self) -> None:
        page = self.stage.person("editor")
        today = datetime.date.today()
        self.fill(
            page, name=NAME, subject="Chi bộ ấp Hòa Bình", place="Ấp Hòa Bình", leading_force="Chi bộ ấp",
            objective="Sáng đường liên ấp", output="Sáu mươi trụ đèn", resources=SECRET,
            evaluation_on=f"{today + datetime.timedelta(days=60):%d/%m/%Y}",
        )  # fmt: skip
        page.locator("[name=field]").select_option(label="Văn hóa – xã hội")
        self.stage.look(page)
        page.get_by_role("button", name="Lưu nháp", exact=True).last.click()
        expect(page.get_by_role("heading", name=NAME)).to_be_visible()
        leader = self.open("leader")
        act(leader, "Đăng ký")
        self.stage.says(leader, "Đã đăng ký")
        assert self.model.status == "registered"
        assert self.model.register_no

    # --- recognised -----------------------------------------------------------------------------------------------
    def visit_and_appraise(self) -> None:
        page = self.open("leader")
        page.get_by_role("link", name="Ghi khảo sát").click()
        day = f"{datetime.date.today():%d/%m/%Y}"
        self.fill(
            page,
            visited_on=day,
            team="Đoàn thẩm định xã",
            met="Chi ủy, mười hộ",
            findings="Đèn sáng.",
            minutes_no="01/BB",
        )
        page.get_by_role("button", name="Lưu khảo sát").click()
        self.open("leader").get_by_role("link", name="Thẩm định").first.click()
        for choice in page.locator("input[type=radio][value=yes]").all():
            choice.check()
        self.fill(page, conclusion="Đạt, đề nghị công nhận.")
        self.stage.look(page)
        page.get_by_role("button", name="Lưu kết quả thẩm định").click()
        expect(page.get_by_text("Đạt, đề nghị công nhận.").first).to_be_visible()
        assert self.model.status == "appraised"

    def decide(self) -> None:
        page = self.open("leader", reverse("recognition-batch-create"))
        self.fill(page, title="Công nhận mô hình năm nay", certificate_suffix="/GCN-DVK")
        page.get_by_role("button", name="Lập đợt", exact=True).click()
        page.get_by_label(re.compile(NAME)).check()
        page.get_by_role("button", name="Đưa vào đợt").click()
        page.get_by_role("link", name="Ghi quyết định").click()
        self.fill(page, decision_no="15-QĐ/ĐU", decision_date=f"{datetime.date.today():%d/%m/%Y}")
        page.get_by_label("Tôi đã đối chiếu danh sách với quyết định").check()
        page.get_by_role("button", name="Công nhận 1 mô hình").click()
        expect(page.get_by_text("15-QĐ/ĐU").first).to_be_visible()
        [granted] = Recognition.objects.all()
        assert (granted.status, granted.certificate_no) == ("granted", "01/GCN-DVK")
        assert RecognitionBatch.objects.get().status == "decided"
        assert self.model.status == "recognised"

    # --- before everybody's eyes -------------------------------------------------------------------------------------
    def make_public(self) -> None:
        page = self.open("editor")
        page.get_by_role("link", name="Viết câu chuyện").click()
        self.fill(page, story=STORY)
        page.get_by_role("button", name="Lưu câu chuyện").click()
        self.open("editor").get_by_role("link", name="Ghi nhận đồng ý công khai").click()
        self.fill(
            page, given_by="Bí thư chi bộ ấp", capacity="Đại diện tập thể", given_on=f"{datetime.date.today():%d/%m/%Y}"
        )
        page.get_by_label("Đồng ý nêu tên tập thể, cá nhân thực hiện").check()
        page.get_by_role("button", name="Ghi nhận đồng ý", exact=True).click()
        visitor = self.stage.visitor()
        assert visitor.goto(f"{self.stage.address}{self.model.get_public_url()}").status == 404
        verifier = self.open("verifier")
        act(verifier, "Công khai")
        self.stage.says(verifier, "Mô hình đã lên trang công khai.")
        assert self.model.is_public

    def read_as_a_visitor(self) -> None:
        page = self.stage.visitor()
        self.stage.visit(page, reverse("gallery"))
        page.get_by_role("searchbox").fill("den nang luong mat troi")
        page.keyboard.press("Enter")
        page.get_by_role("link", name=re.compile(NAME)).first.click()
        self.stage.says(page, "Nay bà con cùng dựng sáu mươi trụ đèn")
        self.stage.says(page, "15-QĐ/ĐU")
        self.stage.look(page)
        assert SECRET not in page.content()
        self.stage.visit(page, f"{reverse('gallery')}?q=bien+ban+noi+bo")
        expect(page.get_by_role("link", name=re.compile(NAME))).to_have_count(0)

    # --- learned by another ------------------------------------------------------------------------------------------
    def learn(self) -> None:
        page = self.open("other_editor", self.model.get_public_url())
        page.get_by_role("link", name="Học theo mô hình này").click()
        self.fill(page, adaptations="Dùng trụ tre, mỗi tổ một cụm đèn.", taken_on=f"{datetime.date.today():%d/%m/%Y}")
        page.get_by_role("button", name="Tạo bản nháp").click()
        page = self.open("other_editor", reverse("model-edit", args=[self.child.pk]))
        assert SECRET not in page.content()
        self.fill(page, subject="Tổ tự quản ấp Bình Minh", place="Ấp Bình Minh", leading_force="Tổ tự quản",
                  objective="Sáng đường ấp", output="Hai mươi trụ đèn",
                  evaluation_on=f"{datetime.date.today() + datetime.timedelta(days=90):%d/%m/%Y}")  # fmt: skip
        page.get_by_role("button", name="Lưu nháp", exact=True).last.click()
        leader = self.open("other_leader", self.child.get_absolute_url())
        act(leader, "Đăng ký")
        self.stage.says(leader, "Đã đăng ký")
        assert self.child.status == "registered"
        assert Replication.objects.get().origin == self.model

    def see_the_credit(self) -> None:
        learner = self.open("other_editor", self.child.get_absolute_url())
        expect(learner.get_by_role("link", name=NAME).first).to_be_visible()
        page = self.open("director", reverse("replication-graph"))
        expect(page.get_by_role("link", name=re.compile(NAME)).first).to_be_visible()
        self.stage.look(page)
        today = datetime.date.today()
        assert Counted("replicated", today, today).by_unit([self.people.commune.pk]) == {self.people.commune.pk: 1}
        # What the second commune registered is its own: the public reads nothing of it.
        visitor = self.stage.visitor()
        self.stage.visit(visitor, self.model.get_public_url())
        assert "Ấp Bình Minh" not in visitor.content()
        assert self.people.other_commune.name not in visitor.content()
