"""``import_scheme`` and ``import_indicators`` on the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from campaigns.models import Indicator, Scheme
from tests import factories as f
from tests.campaigns.scheme_files import BAD_INDICATORS, BAD_SCHEMES, CATALOGUE, GOOD, INDICATORS, TABLES


@pytest.fixture
def run(tmp_path, db):
    """``run(command, bytes, *options)`` → (what was said, what was complained about, the refusal or None)."""

    def call(command, data, *options):
        path, out, err = tmp_path / "tep.yaml", StringIO(), StringIO()
        path.write_bytes(data)
        try:
            call_command(command, str(path), *options, stdout=out, stderr=err)
        except CommandError as error:
            return out.getvalue(), err.getvalue(), error
        return out.getvalue(), err.getvalue(), None

    return call


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_real_table_is_published_at_once(path, run):
    out, err, error = run("import_scheme", path.read_bytes(), "--publish")

    assert (err, error, Scheme.objects.get().status) == ("", None, "published")
    assert "đã nhập" in out


def test_the_same_table_again_changes_nothing(run):
    run("import_scheme", GOOD.encode(), "--publish")
    before = Scheme.objects.values().get()

    out, _, error = run("import_scheme", GOOD.encode(), "--publish")

    assert error is None
    assert "không có gì thay đổi" in out
    assert Scheme.objects.values().get() == before


def test_another_content_under_a_published_version_is_refused_with_advice(run):
    run("import_scheme", GOOD.encode(), "--publish")

    _, _, error = run("import_scheme", GOOD.replace("Bảng nhỏ", "Khác").encode())

    assert "phiên bản mới" in str(error)
    assert error.returncode == 1


def test_a_draft_is_replaced(run):
    run("import_scheme", GOOD.encode())

    out, _, _ = run("import_scheme", GOOD.replace("Bảng nhỏ", "Khác").encode())

    assert "đã thay nội dung bản nháp" in out
    assert Scheme.objects.get().title == "Khác"


def test_warnings_are_shown_and_do_not_hinder(run):
    out, _, error = run("import_scheme", GOOD.replace("evidence: [số liệu]", "assessor: x").encode())

    assert error is None
    assert "cảnh báo: 1/1.2: Tiêu chí do đơn vị tự chấm" in out


@pytest.mark.parametrize("name", BAD_SCHEMES)
def test_a_bad_scheme_is_listed_by_place_and_changes_nothing(name, run):
    data, words = BAD_SCHEMES[name]

    _, err, error = run("import_scheme", data)

    assert words in err
    assert error.returncode == 1
    assert not Scheme.objects.exists()


@pytest.mark.parametrize("command", ["import_scheme", "import_indicators"])
def test_a_file_that_is_not_there_is_said(command, db):
    with pytest.raises(CommandError, match="không đọc được tệp"):
        call_command(command, "/khong/co/tep.yaml")


def test_the_catalogue_is_imported_twice_without_change(run):
    run("import_indicators", CATALOGUE.read_bytes())
    out, _, _ = run("import_indicators", CATALOGUE.read_bytes())

    assert Indicator.objects.count() == 87
    assert "0 mới, 0 thay đổi, 87 giữ nguyên" in out


def test_a_dry_run_tells_and_writes_nothing(run):
    out, _, _ = run("import_indicators", INDICATORS.encode(), "--dry-run")

    assert "+ a_dat: Số đạt" in out
    assert "chưa ghi gì" in out
    assert not Indicator.objects.exists()


@pytest.mark.parametrize("option", [[], ["--dry-run"]])
@pytest.mark.parametrize("name", BAD_INDICATORS)
def test_a_bad_catalogue_is_listed_by_place_and_changes_nothing(name, option, run):
    data, words = BAD_INDICATORS[name]

    _, err, error = run("import_indicators", data, *option)

    assert words in err
    assert error.returncode == 1
    assert not Indicator.objects.exists()


def test_an_indicator_in_use_keeps_its_kind(run):
    run("import_indicators", INDICATORS.encode())
    f.CampaignIndicatorFactory(campaign=f.CampaignFactory(launched=True), indicator=Indicator.objects.get(code="a_dat"))

    _, err, error = run("import_indicators", INDICATORS.replace("measure: cuộc", "measure: buổi").encode())

    assert error is not None
    assert "indicators.a_dat: Phong trào đã phát động đang hỏi chỉ số này" in err
    assert set(Indicator.objects.values_list("measure", flat=True)) == {"cuộc", "%"}
