"""A "cách làm hay" of a report becomes a draft of the register in one step."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from dvk_portal.core.exceptions import DomainError
from pledges.models import ExemplaryModel
from pledges.services.exemplary.fromreport import draft_from_report, name_from
from pledges.services.reports import save_cells
from tests.personas import build_world
from tests.pledges.report_steps import cell, report_of

pytestmark = pytest.mark.django_db

TEXT = "- Tổ xe ôm tự quản: 12 anh em chạy xe ôm ở bến phà trực đêm, báo tin cho công an xã.\nĐã ngăn 3 vụ trộm."


@pytest.fixture
def world():
    world = build_world()
    world.words.chapter = "models"
    world.words.save()
    return world


@pytest.fixture
def report(world):
    report = report_of(world)
    save_cells(report, [cell(world.words, text=TEXT)], actor=world.editor)
    return report


def url(world, report):
    return reverse("model-from-report", args=[report.pk, world.words.pk])


def test_one_press_makes_the_draft_and_opens_it(world, report, sign_in):
    response = sign_in(world.editor).post(url(world, report))

    model = ExemplaryModel.objects.get()
    assert response["Location"] == reverse("model-edit", args=[model.pk])
    assert (model.name, model.method, model.unit) == ("Tổ xe ôm tự quản", TEXT, world.commune)
    assert (model.campaign, model.status) == (world.campaign, "draft")
    assert model.reported_in == report.values.get(indicator=world.words)


def test_a_second_press_opens_the_same_draft(world, report, sign_in):
    client = sign_in(world.editor)
    first, second = client.post(url(world, report)), client.post(url(world, report))

    assert first["Location"] == second["Location"]
    assert ExemplaryModel.objects.count() == 1


def test_the_text_says_what_became_of_it(world, report, sign_in):
    client = sign_in(world.editor)
    edit, detail = reverse("report-edit", args=[report.pk]), report.get_absolute_url()
    before = [client.get(page).content.decode() for page in (edit, detail)]
    client.post(url(world, report))
    after = [client.get(page).content.decode() for page in (edit, detail)]

    assert all("Đăng ký thành mô hình" in page for page in before)
    assert all("Đã đăng ký:" in page and "Tổ xe ôm tự quản" in page for page in after)
    assert not any("Đăng ký thành mô hình" in page for page in after)


def test_who_writes_no_models_of_the_unit_sees_no_button_and_is_refused(world, report, sign_in):
    assert "Đăng ký thành mô hình" not in sign_in(world.verifier).get(report.get_absolute_url()).content.decode()
    with pytest.raises(PermissionDenied):
        draft_from_report(report, world.words, actor=world.verifier)
    assert sign_in(world.other_editor).post(url(world, report)).status_code == 404


def test_the_draft_of_another_is_not_named_to_the_province(world, report, sign_in):
    draft_from_report(report, world.words, actor=world.editor)

    assert "Đã đăng ký:" not in sign_in(world.verifier).get(report.get_absolute_url()).content.decode()


def test_a_text_of_another_chapter_and_an_empty_one_become_nothing(world, report):
    empty = report_of(world, number=2)
    with pytest.raises(DomainError, match="chưa có nội dung"):
        draft_from_report(empty, world.words, actor=world.editor)
    world.words.chapter = "difficulties"
    with pytest.raises(DomainError, match="Chỉ lời văn"):
        draft_from_report(report, world.words, actor=world.editor)

    assert not ExemplaryModel.objects.exists()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1. Mô hình “Bếp ăn tình thương”. Nấu cơm cho bệnh nhân nghèo.", "Mô hình “Bếp ăn tình thương”"),
        ("\n\n• Giờ học bài 19.30; loa nhắc con em học", "Giờ học bài 19.30"),
        ("5 không 3 sạch", "5 không 3 sạch"),
        ("chữ " * 80, ("chữ " * 30).strip()),
        (".", "."),
    ],
)
def test_the_name_is_the_first_sentence(text, name):
    assert name_from(text) == name
