"""The public gallery in a browser: usable, quiet, light, without scripts; empty, with one model, with a hundred; on paper."""

import io

import pypdfium2
import pytest
from django.urls import reverse

from dvk_portal.core.models import StoredFile
from pledges.models import ExemplaryModel, ModelIndicator
from pledges.services.exemplary.pictures import PictureEntry, add_pictures, describe_pictures
from pledges.services.exemplary.publishing import MAX_RESULTS, MAX_STORY
from tests import factories as f
from tests.architecture.everything import _photo
from tests.browser.test_every_page import SIZES, faults_of
from tests.personas import build_province
from tests.pledges.models.gallery_steps import make_findable

MOST_BYTES = 100_000  # without pictures, fonts included
MOST_THUMBNAIL = 30_000


def models(count, province):
    made = [
        f.ExemplaryModelFactory(
            public=True, unit=province.commune, name=f"Tuyến đường hoa số {number}", story="Ngày trước lầy lội. " * 12,
            consent__covers_pictures=True,
        )
        for number in range(count)
    ]  # fmt: skip
    for model in made[:2]:
        (picture,) = add_pictures(model, [_photo("hoa.png")], actor=province.editor)
        describe_pictures(model, {picture.pk: PictureEntry("Trồng hoa", True, 1)}, actor=province.editor)
    make_findable(*made)
    return made


@pytest.mark.browser
@pytest.mark.parametrize("count", [0, 1, 100])
def test_the_gallery_is_usable_without_scripts(count, transactional_db, live_server, page_at, axe):
    made = models(count, build_province())
    faults, heard = [], []
    paths = [reverse("gallery"), f"{reverse('gallery')}?q=duong&nam=2026", f"{reverse('gallery')}?q=khongco"]
    for size, (width, height) in SIZES.items():
        page = page_at(width, height)
        page.on("console", lambda message: message.type == "error" and heard.append(message.text))
        for path in [*paths, *(model.get_public_url() for model in made[:1])]:
            assert page.goto(f"{live_server.url}{path}").status == 200
            faults += [f"{path}: {line}" for line in faults_of(page, axe, size)]
            assert page.locator("script").count() == 0

    assert faults == []
    assert heard == []


@pytest.mark.browser
def test_a_phone_loads_little(transactional_db, live_server, page_at):
    models(30, build_province())
    page = page_at(390, 844)
    sent = []
    page.on("requestfinished", lambda request: sent.append((request.url, request.sizes()["responseBodySize"])))

    page.goto(f"{live_server.url}{reverse('gallery')}", wait_until="networkidle")

    assert sum(size for url, size in sent if "/anh/" not in url and "/static/" not in url) < MOST_BYTES // 4
    assert (
        max(StoredFile.objects.filter(name__contains="nho").values_list("size", flat=True), default=0) < MOST_THUMBNAIL
    )


@pytest.mark.browser
def test_the_longest_sheet_is_one_page_of_paper(transactional_db, live_server, page_at):
    (model,) = models(1, build_province())
    words = "Mỗi đảng viên nhận vận động ba đến bốn nhà, đi buổi tối khi bà con ở nhà. "
    ExemplaryModel.objects.update(
        name=("Hiến đất làm đường liên ấp " * 9)[:240],
        story=(words * 50)[:MAX_STORY],
        public_results=(words * 50)[:MAX_RESULTS],
    )
    for number in range(8):
        ModelIndicator.objects.create(
            model=model, name=f"Chỉ số kiểm chứng {number}", measure="hộ", baseline=1, achieved=9
        )
    page = page_at()

    page.goto(f"{live_server.url}{model.get_public_url()}")
    paper = page.pdf(prefer_css_page_size=True)

    assert len(pypdfium2.PdfDocument(io.BytesIO(paper))) == 1
