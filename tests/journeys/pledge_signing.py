"""A pledge from the unit's first word to what anybody may check of it: negotiated, signed, sealed, changed by an annex.

The unit's leader and the visitor have a phone in their hand, everybody else sits at a desk.
"""

import datetime
import io
import re
from pathlib import Path

import pypdfium2
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from dvk_portal.core.models import Document, Signature
from pledges.models import Amendment, Clause, Pledge
from pledges.services.pledges import agree_pledge, propose_pledge
from tests.factories import PASSWORD
from tests.journeys.stage import Stage, act, open_all, pay_what_is_owed
from tests.pledges.pledge_steps import agreed, pledge_of

PHONE = (390, 844)
PROMISE = "Vận động nhân dân hiến đất, góp công mở rộng đường liên ấp."
REASON = "Địa bàn mở rộng sau sắp xếp đơn vị hành chính"
GOOD = "Hợp lệ, chưa đủ thông tin thu hồi"


class PledgeSigning:
    def __init__(self, stage: Stage) -> None:
        self.stage, self.people = stage, stage.people
        stage.sizes = {"leader": PHONE, "visitor": PHONE}
        self.pledge = Pledge.objects.get(participation__unit=self.people.commune)
        self.due = self.people.campaign.ends_on - datetime.timedelta(days=7)
        Clause.objects.create(topic="Hạ tầng nông thôn", side="unit", text=PROMISE)

    def open(self, name: str, path: str | None = None) -> Page:
        page = self.stage.person(name)
        self.stage.visit(page, path or self.pledge.get_absolute_url())
        return page

    def reload(self) -> None:
        self.pledge = Pledge.objects.get(pk=self.pledge.pk)

    # --- what is promised -------------------------------------------------------------------------------------------
    def propose(self) -> None:
        page = self.open("editor")
        page.get_by_role("link", name="Sửa chỉ tiêu, cam kết").click()
        page.get_by_role("textbox", name="Chỉ tiêu – Cuộc vận động").fill("12")
        page.get_by_role("textbox", name="Thời hạn – Cuộc vận động").fill(f"{self.due:%d/%m/%Y}")
        page.get_by_text("Chọn từ thư viện điều khoản").click()
        page.get_by_label(PROMISE).check()
        self.stage.look(page)
        page.get_by_role("button", name="Thêm các điều khoản đã chọn").click()
        expect(page.get_by_role("textbox", name="Cam kết 1", exact=True)).to_have_value(PROMISE)
        expect(page.get_by_role("textbox", name="Chỉ tiêu – Cuộc vận động")).to_have_value("12")
        page.get_by_role("button", name="Lưu", exact=True).last.click()
        self.stage.says(page, "Đã lưu giao ước")
        leader = self.open("leader")
        act(leader, "Gửi đề xuất")
        self.stage.says(leader, "Đã gửi đề xuất giao ước")
        [target] = self.pledge.targets.all()
        assert (target.amount, target.due_on) == (12, self.due)

    def agree(self) -> None:
        page = self.open("verifier")
        self.stage.says(page, PROMISE)
        act(page, "Thống nhất nội dung")
        self.stage.says(page, "Đã thống nhất nội dung")
        self.reload()
        assert self.pledge.status == "agreed"
        # Two more communes come as far by other hands.
        people = self.people
        agreed(people, people.other_commune, people.other_editor, people.other_leader)
        agreed(people, people.third_commune, people.third_editor, people.third_leader)

    def take_one_back(self) -> None:
        """One of them is opened again, its document with it; what was frozen anew has a code of its own."""
        people = self.people
        pledge = pledge_of(people, people.third_commune)
        self.void = pledge.document
        page = self.open("director", pledge.get_absolute_url())
        act(page, "Mở lại để thương lượng", note="Đơn vị xin xem lại chỉ tiêu")
        self.stage.says(page, "Đơn vị xin xem lại chỉ tiêu")
        propose_pledge(pledge_of(people, people.third_commune), actor=people.third_leader)
        again = agree_pledge(pledge_of(people, people.third_commune), actor=people.director)
        assert again.document.code != self.void.code

    # --- signing ----------------------------------------------------------------------------------------------------
    def sign_on_a_phone(self) -> None:
        page = self.open("leader")
        page.get_by_role("link", name="Ký giao ước").click()
        self.stage.says(page, PROMISE)
        self.stage.look(page)
        self.enter_password(page, "Ký giao ước", "khong-phai-mat-khau")
        self.stage.says(page, "Chưa ký được")
        self.stage.says(page, "Mật khẩu chưa đúng nên chưa ký")
        assert Signature.objects.count() == 0
        self.enter_password(page, "Ký giao ước", PASSWORD)
        self.stage.says(page, "Đã ký giao ước")
        self.reload()
        assert self.pledge.status == "part_signed"

    def enter_password(self, page: Page, button: str, password: str) -> None:
        page.get_by_label("Mật khẩu đăng nhập của bạn").fill(password)
        page.get_by_role("button", name=button, exact=True).click()

    def sign_the_wave(self) -> None:
        """The launching conference: every agreed pledge in one act, with one password."""
        page = self.open("director", reverse("pledge-list"))
        page.get_by_role("link", name="Ký loạt").click()
        page.get_by_role("link", name="Chọn tất cả").click()
        expect(page.locator("main input[type=checkbox]:checked")).to_have_count(3)
        self.stage.look(page)
        self.enter_password(page, "Ký các giao ước đã chọn", PASSWORD)
        self.stage.says(page, "Đã ký 3 giao ước")
        self.reload()
        assert self.pledge.status == "signed"
        assert Signature.objects.filter(slot="province").count() == 3

    def see_the_seals(self) -> None:
        """Consent counts at once; the portal's seal under it follows, and the page says so meanwhile."""
        path = self.pledge.document.get_absolute_url()
        self.stage.says(self.open("leader", path), "Đang đóng dấu điện tử")
        pay_what_is_owed()
        assert [row.owes_seal for row in Signature.objects.all()] == [False] * 4
        page = self.open("leader", path)
        expect(page.get_by_text("Đang đóng dấu điện tử")).to_have_count(0)
        places = page.locator("#chu-ky")
        for person in (self.people.leader, self.people.director):
            expect(places).to_contain_text(person.full_name)
        expect(places.get_by_text("Đã ký", exact=True)).to_have_count(2)
        expect(places.get_by_text(GOOD)).to_have_count(2)
        expect(page.locator("#kiem-tra")).to_contain_text(GOOD)
        page.locator("img").first.scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("[...document.images].every((one) => one.complete && one.naturalWidth > 0)")

    # --- what anybody may check --------------------------------------------------------------------------------------
    def download(self) -> bytes:
        page = self.open("leader", self.pledge.document.get_absolute_url())
        with page.expect_download() as waiting:
            page.get_by_role("link", name="PDF có chữ ký (bản mới nhất)").click()
        return Path(waiting.value.path()).read_bytes()

    def check_as_a_visitor(self) -> None:
        """With nothing but the file that somebody sent: the code printed in it leads to the page, the page judges the file."""
        pdf = self.download()
        page = self.stage.visitor()
        self.stage.visit(page, reverse("lookup-form"))
        page.get_by_label("Mã tra cứu").fill(printed_code(pdf))
        page.get_by_role("button", name="Tra cứu").click()
        expect(page).to_have_url(self.lookup(self.pledge.document))
        self.stage.says(page, "Đã ban hành")
        for words in (self.people.leader.full_name, self.people.director.full_name, "Trưởng Ban", "Bí thư Đảng ủy"):
            self.stage.says(page, words)
        self.stage.look(page)
        self.drop(page, pdf)
        self.stage.says(page, "Đúng bản mới nhất")
        middle = len(pdf) // 2
        self.drop(page, pdf[:middle] + bytes([pdf[middle] ^ 1]) + pdf[middle + 1 :])
        self.stage.says(page, "Không phải văn bản này")
        self.stage.look(page)

    def lookup(self, document: Document) -> str:
        return f"{self.stage.address}{reverse('lookup', args=[document.code])}"

    def drop(self, page: Page, data: bytes) -> None:
        file = {"name": "giao-uoc.pdf", "mimeType": "application/pdf", "buffer": data}
        page.get_by_label("Tệp PDF cần đối chiếu").set_input_files(file)
        page.get_by_role("button", name="Đối chiếu", exact=True).click()
        page.wait_for_load_state()

    # --- a change after signing --------------------------------------------------------------------------------------
    def draft_annex(self) -> None:
        page = self.open("editor")
        page.get_by_role("link", name="Lập phụ lục").click()
        page.get_by_label("Lý do").fill(REASON)
        page.get_by_label("Có hiệu lực từ ngày").fill(f"{timezone.localdate():%d/%m/%Y}")
        page.get_by_role("button", name="Lập phụ lục").click()
        page.get_by_role("textbox", name="Mức mới – Cuộc vận động").fill("20")
        self.stage.look(page)
        page.get_by_role("button", name="Lưu", exact=True).last.click()
        self.stage.says(page, "Đã lưu phụ lục")
        self.annex = Amendment.objects.get(pledge=self.pledge)
        leader = self.open("leader", self.annex.get_absolute_url())
        act(leader, "Gửi bên kia xem")
        self.stage.says(leader, "Đã gửi phụ lục cho bên kia xem")
        province = self.open("verifier", self.annex.get_absolute_url())
        self.stage.says(province, REASON)
        act(province, "Thống nhất phụ lục")
        self.stage.says(province, "Đã thống nhất phụ lục")

    def sign_annex(self) -> None:
        for name in ("leader", "director"):
            page = self.open(name, self.annex.get_absolute_url())
            page.get_by_role("link", name="Ký phụ lục").click()
            self.stage.says(page, REASON)
            self.stage.look(page)
            self.enter_password(page, "Ký phụ lục", PASSWORD)
            self.stage.says(page, "Đã ký phụ lục")
        pay_what_is_owed()
        self.annex.refresh_from_db()
        assert self.annex.status == "signed"
        page = self.open("leader", self.annex.document.get_absolute_url())
        expect(page.locator("#chu-ky").get_by_text(GOOD)).to_have_count(2)

    def see_what_is_in_force(self) -> None:
        """The page of the pledge has the signed text and, beside it, what is in force now and by which annex."""
        for name in ("leader", "verifier"):
            page = self.open(name)
            open_all(page)
            row = page.locator("#phu-luc tr").filter(has=page.get_by_text("Số cuộc vận động")).last
            expect(row).to_contain_text("12 cuộc")
            expect(row).to_contain_text("20 cuộc")
            expect(row).to_contain_text(self.annex.title)
            performance = page.locator("#thuc-hien")
            expect(performance).to_contain_text("20 cuộc")
            expect(performance).to_contain_text(f"theo {self.annex.title.lower()}")

    def see_what_is_void(self) -> None:
        page = self.stage.visitor()
        self.stage.visit(page, reverse("lookup", args=[self.void.code]))
        self.stage.says(page, "Đã hủy")
        self.stage.says(page, "Văn bản không còn hiệu lực")
        expect(page.get_by_text("xin xem lại chỉ tiêu")).to_have_count(0)


def printed_code(pdf: bytes) -> str:
    """The code as a person reads it off the paper, in groups of four."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    words = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    return re.search(r"Mã tra cứu:?\s*((?:[A-Z0-9]{4}\s?){3})", words).group(1).strip()
