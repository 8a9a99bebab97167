"""A unit's list of models from Excel: dry run, all or nothing, twice changes nothing."""

import base64
import datetime
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dvk_portal.core.exceptions import DomainError
from pledges.models import ExemplaryModel, Resemblance
from pledges.services.exemplary.imports import import_models, plan_import
from pledges.services.exemplary.modelfile import MAX_ROWS, read_models, write_template
from pledges.services.exemplary.resemblance import refresh_keys
from tests import factories as f
from tests.personas import build_world

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 21)

FULL = {
    "Tên mô hình, điển hình": "Tiếng trống học bài", "Tập thể, cá nhân thực hiện": "Chi bộ ấp Bình Hòa",
    "Nơi thực hiện": "ấp Bình Hòa", "Lực lượng chủ trì": "Chi bộ ấp", "Mục tiêu": "Con em tự học", "Nội dung, cách làm":
    "Mỗi tối 19 giờ trống đánh, các nhà tắt ti vi cho con học", "Kết quả kiểm chứng được": "40 em có góc học tập",
    "Ngày đánh giá": "30/10/2026",
}  # fmt: skip


@pytest.fixture
def world():
    return build_world()


@pytest.fixture
def base(world):
    return {"Lĩnh vực": f.standard_field("economy").name, "Đăng ký cấp": f.standard_level("co_so").name}


def book(*rows, columns=None):
    """An .xlsx of the rows, whose columns are those of the first."""
    out = openpyxl.Workbook()
    names = columns or list(rows[0])
    out.active.append(names)
    for row in rows:
        out.active.append([row.get(name) for name in names])
    data = io.BytesIO()
    out.save(data)
    return data.getvalue()


def run(world, *rows, actor=None, register=False):
    return import_models(read_models(book(*rows)), actor=actor or world.editor, day=DAY, register=register)


def test_the_template_is_read_back_and_says_what_may_be_chosen(world, base):
    sheet = openpyxl.load_workbook(io.BytesIO(write_template()))

    heads = [cell.value for cell in sheet["Mô hình"][1]]
    assert set(FULL) | set(base) <= set(heads)
    assert base["Lĩnh vực"] in [cell.value for row in sheet["Danh mục"] for cell in row]
    with pytest.raises(DomainError, match="chỉ có dòng tiêu đề"):
        read_models(write_template())


def test_a_dry_run_writes_nothing_and_says_what_would_be(world, base):
    plan = plan_import(read_models(book({**FULL, **base})), actor=world.editor, day=DAY)

    assert (plan.new, plan.changed, plan.unchanged, plan.findings) == (1, 0, 0, [])
    assert not ExemplaryModel.objects.exists()


def test_the_rows_become_drafts_of_the_unit(world, base):
    run(world, {**FULL, **base})

    model = ExemplaryModel.objects.get()
    assert (model.unit, model.status, model.name) == (world.commune, "draft", "Tiếng trống học bài")
    assert model.evaluation_on == datetime.date(2026, 10, 30)
    assert model.similarity_key


def test_the_same_file_twice_changes_nothing(world, base):
    run(world, {**FULL, **base})
    stored = ExemplaryModel.objects.values().get()
    plan = run(world, {**FULL, **base})

    assert (plan.new, plan.unchanged) == (0, 1)
    assert ExemplaryModel.objects.values().get() == stored


def test_a_changed_row_changes_the_draft_and_says_what(world, base):
    run(world, {**FULL, **base})
    plan = run(world, {**FULL, **base, "Mục tiêu": "Mọi em đều đến lớp"})

    assert plan.rows[0].changes == ["Mục tiêu"]
    assert ExemplaryModel.objects.get().objective == "Mọi em đều đến lớp"


def test_one_wrong_row_and_nothing_is_written(world, base):
    bad = {**FULL, **base, "Tên mô hình, điển hình": "Khác", "Lĩnh vực": "Vũ trụ", "Ngày đánh giá": "31/02/2026"}

    with pytest.raises(DomainError) as refused:
        run(world, {**FULL, **base}, bad)

    assert not ExemplaryModel.objects.exists()
    assert [sentence.split(":")[0] for sentence in refused.value.findings] == ["Dòng 3", "Dòng 3"]


def test_the_leader_registers_at_once_and_models_alike_need_a_reason(world, base):
    older = f.ExemplaryModelFactory(
        unit=world.commune, name="Tiếng trống học bài", place="ấp Bình Hoà (cũ)", method=FULL["Nội dung, cách làm"]
    )
    refresh_keys(older)
    older.save()
    row = {**FULL, **base, "Lý do vẫn đăng ký": ""}

    with pytest.raises(DomainError) as refused:
        run(world, row, actor=world.leader, register=True)
    assert "Lý do vẫn đăng ký" in refused.value.findings[0]

    run(world, {**row, "Lý do vẫn đăng ký": "Ấp khác sau khi nhập ấp"}, actor=world.leader, register=True)
    model = ExemplaryModel.objects.get(status="registered", place="ấp Bình Hòa")
    assert model.register_no
    assert Resemblance.objects.get(model=model).note == "Ấp khác sau khi nhập ấp"


def test_a_row_that_is_not_complete_is_not_registered(world, base):
    with pytest.raises(DomainError) as refused:
        run(world, {**base, "Tên mô hình, điển hình": "Tiếng trống học bài"}, actor=world.leader, register=True)

    assert len(refused.value.findings) == 7
    assert not ExemplaryModel.objects.exists()


def test_an_editor_does_not_register_and_nobody_writes_for_another_unit(world, base):
    with pytest.raises(DomainError, match="Chưa nhập"):
        run(world, {**FULL, **base}, register=True)
    with pytest.raises(DomainError, match="Chưa nhập"):
        run(world, {**FULL, **base, "Mã đơn vị": world.other_commune.code})

    assert not ExemplaryModel.objects.exists()


def test_two_rows_of_one_name_and_place_are_pointed_out(world, base):
    plan = plan_import(read_models(book({**FULL, **base}, {**FULL, **base})), actor=world.editor, day=DAY)

    assert plan.findings == ["Dòng 3: trùng tên và nơi thực hiện với dòng 2."]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"a,b,c", b"\x00" * 100])
def test_what_is_no_excel_file_is_refused_with_a_sentence(world, data):
    with pytest.raises(DomainError):
        read_models(data)


def test_too_many_rows_are_refused(world, base):
    rows = [{**FULL, **base, "Tên mô hình, điển hình": f"Số {at}"} for at in range(MAX_ROWS + 1)]

    with pytest.raises(DomainError, match="nhiều hơn"):
        read_models(book(*rows))


def test_the_page_checks_then_writes(world, base, sign_in):
    client, url = sign_in(world.editor), reverse("model-import")
    data = book({**FULL, **base})

    checked = client.post(url, {"file": SimpleUploadedFile("a.xlsx", data)}).content.decode()
    assert "1 mô hình mới" in checked
    assert not ExemplaryModel.objects.exists()
    client.post(url, {"content": base64.b64encode(data).decode(), "apply": "1"})
    assert ExemplaryModel.objects.count() == 1
    assert "error-summary" in client.post(url, {"content": "%%%", "apply": "1"}).content.decode()
    assert ExemplaryModel.objects.count() == 1
    assert sign_in(world.viewer).get(url).status_code == 403
