"""Pages of recognition: the way of a leader and a director through the browser's requests, rates, cost, the document."""

import datetime
import re

import pytest
from django.urls import reverse

from dvk_portal.core.models import Document
from pledges.models import ExemplaryModel, Recognition, RecognitionBatch
from pledges.services.exemplary import batches
from pledges.services.exemplary.rates import rates
from tests import factories as f
from tests.personas import TODAY
from tests.pledges.models.recognition_steps import batch_of, level, ready, recognised


def text(response) -> str:
    return response.content.decode()


def test_a_leader_goes_from_an_empty_batch_to_certificates(world, sign_in):
    first, second = ready(world, name="Đường hoa"), ready(world, name="An ninh xóm")
    client = sign_in(world.leader)
    made = client.post(
        reverse("recognition-batch-create"),
        {"place": f"{level('co_so').pk}-{world.commune.pk}", "year": 2026, "title": "Đợt 1", "certificate_suffix": "/GCN"},
    )
    batch = RecognitionBatch.objects.get()
    assert made["Location"] == batch.get_absolute_url()
    waiting = text(client.get(batch.get_absolute_url()))
    assert "Đường hoa" in waiting
    assert "Ghi quyết định" not in waiting.split("</header>")[-1].split("Bước sau")[0]

    client.post(reverse("recognition-batch-take", args=[batch.pk]), {"ids": [first.pk, second.pk]})
    url = reverse("recognition-batch-decide", args=[batch.pk])
    asked = text(client.get(url))
    assert "Công nhận 2 mô hình" in asked
    assert "02/GCN" in asked
    assert "không hoàn tác được" in asked
    seen = re.search(r'name="seen" value="(\w+)"', asked).group(1)
    data = {"decision_no": "12-QĐ/ĐU", "decision_date": "20/11/2026", "certificate_suffix": "/GCN", "seen": seen}
    assert "Hãy đánh dấu sau khi đã đối chiếu" in text(client.post(url, data))
    client.post(url, {**data, "sure": "on"})

    rows = Recognition.objects.order_by("certificate_no").values_list("certificate_no", "name")
    assert list(rows) == [("01/GCN", "An ninh xóm"), ("02/GCN", "Đường hoa")]
    page = text(client.get(batch.get_absolute_url()))
    assert "12-QĐ/ĐU" in page
    assert "01/GCN" in page
    assert "Danh sách kèm quyết định" in page


def test_a_list_that_changed_meanwhile_is_not_decided_unseen(world, sign_in):
    first, second, batch = ready(world), ready(world), batch_of(world)
    batches.take_in(batch, [first.pk], actor=world.leader, today=TODAY)
    client, url = sign_in(world.leader), reverse("recognition-batch-decide", args=[batch.pk])
    seen = re.search(r'name="seen" value="(\w+)"', text(client.get(url))).group(1)
    batches.take_in(batch, [second.pk], actor=world.leader, today=TODAY)

    page = text(
        client.post(
            url,
            {"decision_no": "1", "decision_date": "20/11/2026", "certificate_suffix": "", "seen": seen, "sure": "on"},
        )
    )

    assert "Danh sách vừa thay đổi" in page
    assert not Recognition.objects.filter(status="granted").exists()


def test_many_are_refused_with_a_reason_from_the_page(world, sign_in):
    first, second, batch = ready(world), ready(world), batch_of(world)
    client, url = sign_in(world.leader), reverse("recognition-batch-refuse", args=[batch.pk])
    client.post(url, {"ids": [first.pk, second.pk], "note": ""})
    assert not Recognition.objects.filter(status="refused").exists()

    client.post(url, {"ids": [first.pk, second.pk], "note": "Chưa rõ kết quả"})

    assert Recognition.objects.filter(status="refused", reason="Chưa rõ kết quả").count() == 2
    assert "Chưa rõ kết quả" in text(client.get(f"{batch.get_absolute_url()}?muc=khong"))


def test_a_leader_proposes_several_and_takes_one_back(world, sign_in):
    models = [recognised(world, name="Đường hoa")[0]]
    client, url = sign_in(world.leader), f"{reverse('recognition-propose')}?cap=tinh&nam=2026"
    client.post(url, {"ids": [model.pk for model in models], "reason": "Lan tỏa"})
    row = Recognition.objects.get(status="proposed")

    page = text(client.get(models[0].get_absolute_url()))
    assert "Rút đề nghị" in page
    assert "Cấp tỉnh" in page
    client.post(reverse("recognition-withdraw", args=[row.pk]))
    assert not Recognition.objects.filter(status="proposed").exists()


def test_the_units_pages_hold_nothing_of_another_unit(world, sign_in):
    _model, batch = recognised(world, name="Riêng của An")
    client = sign_in(world.other_leader)

    for name in ("recognition-list", "recognition-rates", "recognition-propose", "review-list"):
        page = text(client.get(reverse(name)))
        assert "Riêng của An" not in page
        assert "Xã An Hòa" not in page
    assert client.get(batch.get_absolute_url()).status_code == 404
    assert sign_in(world.stranger).get(reverse("recognition-list")).status_code == 404


# --- rates ----------------------------------------------------------------------------------------------------------
def old(unit, year, **fields):
    return f.ExemplaryModelFactory(
        unit=unit, recognised=True, registered_on=datetime.date(year, 2, 1),
        recognition__decided_on=datetime.date(year, 6, 1), **fields,
    )  # fmt: skip


def test_rates_are_of_units_clusters_and_years_and_point_at_no_selection(world):
    for year in (2025, 2026):
        old(world.commune, year)
    again = ExemplaryModel.objects.get(registered_on__year=2025)
    f.RecognitionFactory(model=again, year=2026)
    old(world.other_commune, 2026)
    f.ExemplaryModelFactory(unit=world.other_commune)

    found = rates(world.director, 2026)

    assert {share.name: share.figures for share in found.units} == {
        "Xã An Hòa": {2026: (2, 2), 2025: (1, 1), 2024: (0, 0)},
        "Xã Bình Đức": {2026: (2, 1), 2025: (0, 0), 2024: (0, 0)},
    }
    assert [(share.name, share.figures[2026]) for share in found.clusters] == [("Cụm số 1", (4, 3))]
    assert found.taking_all == ["Xã An Hòa"]
    assert [share.name for share in rates(world.other_leader, 2026).units] == ["Xã Bình Đức"]


def test_one_year_with_a_choice_is_enough_not_to_be_pointed_out(world):
    for year in (2025, 2026):
        old(world.commune, year)
    f.ExemplaryModelFactory(unit=world.commune, registered_on=datetime.date(2025, 1, 1), status="not_recognised")

    assert rates(world.director, 2026).taking_all == []


def test_the_notice_stands_on_the_list(world, sign_in):
    old(world.commune, 2026)
    assert "không có chọn lọc" in text(sign_in(world.director).get(reverse("recognition-list")))


# --- cost -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def cost(sign_in, django_assert_max_num_queries):
    def measure(person, url) -> int:
        client = sign_in(person)
        client.get(url)  # whatever is only read once
        with django_assert_max_num_queries(60) as found:
            assert client.get(url).status_code == 200
        return len(found.captured_queries)

    return measure


def test_the_pages_cost_the_same_for_one_row_and_for_many(world, cost):
    def another(number):
        model = old(world.commune, 2025, name=f"Cũ {number}")
        f.RecognitionFactory(model=model, level=level("tinh"), proposed=True)
        batches.take_in(batch, [ready(world, name=f"Mới {number}").pk], actor=world.leader, today=TODAY)
        ready(world, name=f"Chờ {number}")
        f.RecognitionBatchFactory(unit=world.commune)

    batch = batch_of(world)
    another(0)
    urls = [
        reverse("recognition-list"), reverse("recognition-rates"), reverse("recognition-propose"), reverse("review-list"),
        f"{batch.get_absolute_url()}?muc=cho", f"{batch.get_absolute_url()}?muc=trong-dot",
        reverse("recognition-batch-decide", args=[batch.pk]),
    ]  # fmt: skip
    one = [cost(world.leader, url) for url in urls]
    for number in range(1, 5):
        another(number)

    assert [cost(world.leader, url) for url in urls] == one


def test_a_models_page_costs_the_same_whatever_its_history(world, cost):
    model = old(world.commune, 2025)
    one = cost(world.leader, model.get_absolute_url())
    for year in (2022, 2023, 2024):
        f.RecognitionFactory(model=model, year=year)
        f.FieldVisitFactory(model=model)
        model.appraisals.create(level=level("co_so"), year=year, passed=True, conclusion="x")
        model.reviews.create(year=year, verdict="keep", findings="x", reviewed_on=TODAY)

    assert cost(world.leader, model.get_absolute_url()) <= one + 1  # the lines of the checklist, once there are any


# --- the document ---------------------------------------------------------------------------------------------------
def test_the_list_of_the_decision_becomes_a_document_and_ends_with_the_decision(world, sign_in):
    _, batch = recognised(world, name="Đường hoa")
    client = sign_in(world.leader)
    preview = client.get(reverse("batch-document-preview", args=[batch.pk, "danh-sach"]))
    assert preview.content[:5] == b"%PDF-"

    client.post(reverse("batch-document-issue", args=[batch.pk, "danh-sach"]))
    document = Document.objects.get(kind="recognised_models")
    table = document.content["sections"][0]["tables"][0]
    assert table["rows"] == [["1", "Đường hoa", "Chi bộ ấp Một (tập thể)", "Xã An Hòa", "Kinh tế", "01/GCN-DVK"]]
    assert sign_in(world.other_leader).get(document.get_absolute_url()).status_code == 404

    batches.cancel_batch(batch, actor=world.leader, note="Nhầm", today=TODAY)
    assert Document.objects.get(pk=document.pk).status == "cancelled"


def test_a_draft_is_only_looked_at(world, sign_in):
    model, batch = ready(world), batch_of(world)
    batches.take_in(batch, [model.pk], actor=world.leader, today=TODAY)
    client = sign_in(world.leader)

    assert client.get(reverse("batch-document-preview", args=[batch.pk, "danh-sach"])).content[:5] == b"%PDF-"
    client.post(reverse("batch-document-issue", args=[batch.pk, "danh-sach"]))
    assert not Document.objects.filter(kind="recognised_models").exists()


# --- catalogues -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["field", "tag", "recognitionlevel", "checklistitem"])
def test_the_administrator_keeps_the_catalogues_and_nobody_else(name, world, sign_in):
    url = reverse(f"admin:pledges_{name}_changelist")

    assert sign_in(world.admin).get(url).status_code == 200
    assert sign_in(world.director).get(url).status_code in (302, 403)
