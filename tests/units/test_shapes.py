"""Outlines of units: what is refused with its place, what is made small, what replaces what."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from dvk_portal.core.exceptions import DomainError
from tests.factories import UnitFactory
from tests.units.shapes import cell, collection, feature, province
from units.models import UnitShape
from units.services.shapefile import read_shapes, simplified, simplify
from units.services.shapes import load_shapes, plan_shapes

pytestmark = pytest.mark.django_db


@pytest.fixture
def communes():
    return [UnitFactory(code=f"4000{number}") for number in range(3)]


def test_a_file_is_matched_by_code_and_loading_it_again_replaces_it(communes):
    first = load_shapes(read_shapes(province(["40000", "40001", "99999"])), actor=None, source="Sở")
    again = load_shapes(read_shapes(province(["40001", "40002"])), actor=None)

    assert (len(first.new), len(first.replaced), first.unknown) == (2, 0, ["99999"])
    assert (len(again.new), len(again.replaced)) == (1, 1)
    assert set(UnitShape.objects.values_list("unit__code", flat=True)) == {"40000", "40001", "40002"}
    assert UnitShape.objects.get(unit__code="40000").source == "Sở"


def test_a_dry_run_writes_nothing(communes, tmp_path, capsys):
    file = tmp_path / "a.geojson"
    file.write_bytes(province(["40000"]))

    call_command("import_shapes", str(file), dry_run=True)

    assert "1 đơn vị được nạp mới" in capsys.readouterr().out
    assert not UnitShape.objects.exists()


@pytest.mark.parametrize("name", ["ma", "code", "ma_xa"])
def test_the_usual_names_of_the_code_are_found_and_any_other_may_be_given(communes, name):
    assert read_shapes(collection(feature("40000", cell(0, 0), name=name))).code_name == name

    own = read_shapes(collection(feature("40000", cell(0, 0), name="MAXA2025")), "MAXA2025")
    assert [outline.code for outline in own.outlines] == ["40000"]


def test_a_code_may_be_a_number_in_the_file(communes):
    assert plan_shapes(read_shapes(collection(feature(40001, cell(0, 0))))).new[0][0].code == "40001"


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (feature("40000", cell(0, 0)[:3]), "ít nhất bốn điểm"),
        (feature("40000", cell(0, 0)[:-1]), "khép kín"),
        (feature("40000", [[10.0, 104.5]] * 4), "ngoài Việt Nam"),
        (feature("40000", [[540000.0, 1100000.0]] * 4), "hệ tọa độ"),
        (feature("40000", [[10**400, 10]] * 4), "cặp số"),
        (feature("40000", [["104", "10"]] * 4), "cặp số"),
        (feature("40000", type="Point", coordinates=[104, 10]), "Polygon hoặc MultiPolygon"),
        (feature("40000", type="Polygon", coordinates=[]), "không có tọa độ"),
        (feature("40000", type="MultiPolygon", coordinates=[5]), "không có tọa độ"),
        (feature("", cell(0, 0)), "thiếu mã"),
        (feature("40001", cell(0, 0)), "đã có ở vùng thứ 1"),
        ({"type": "Feature", "properties": {"ma": "40000"}, "geometry": None}, "Polygon hoặc MultiPolygon"),
    ],
)
def test_a_fault_is_told_with_its_place_and_nothing_is_loaded(communes, broken, says):
    file = read_shapes(collection(feature("40001", cell(1, 1)), broken), "ma")

    assert len(file.findings) == 1
    assert file.findings[0].startswith("Vùng thứ 2:")
    assert says in file.findings[0]
    with pytest.raises(DomainError, match="có chỗ cần sửa"):
        load_shapes(file, actor=None)
    assert not UnitShape.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"type": "FeatureCollection", "features": []}',
        b'{"type": "Feature"}',
        b"[" * 100_000,
        collection({"type": "Feature", "properties": {"ma": "1"}, "geometry": None}).replace(b"null", b"NaN"),
        json.dumps(
            {"type": "FeatureCollection", "crs": {"properties": {"name": "EPSG:3405"}}, "features": [{}]}
        ).encode(),
        collection(feature("40000", cell(0, 0), name="ten")),
    ],
)
def test_what_is_no_map_at_all_is_refused_with_a_sentence(data):
    with pytest.raises(DomainError):
        read_shapes(data)


def test_a_file_without_a_known_code_says_which_codes_it_has(communes):
    with pytest.raises(DomainError, match="là mã đơn vị trên cổng") as refused:
        plan_shapes(read_shapes(province(["A1"])))

    assert refused.value.findings == ["Mã trong tệp: A1."]


def test_outlines_are_made_small_enough_for_a_page_and_stay_closed():
    file = read_shapes(province([f"{number}" for number in range(40)], points=1000))
    before = sum(outline.points for outline in file.outlines)

    tolerance = simplify(file.outlines, wanted=4_000)

    assert before > 40_000
    assert sum(outline.points for outline in file.outlines) <= 4_000
    assert 0 < tolerance < 0.01
    for outline in file.outlines:
        for polygon in outline.polygons:
            for ring in polygon:
                assert ring[0] == ring[-1]
                assert len(ring) >= 4


def test_a_straight_line_keeps_its_corners_alone():
    ring = [(x / 10, 0.0) for x in range(11)] + [(1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]

    assert simplified(ring, 0.01) == [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]


def test_small_islands_may_vanish_but_never_the_whole_unit():
    islands = [[cell(3 * at, 0, size=0.0001)] for at in range(3)]
    file = read_shapes(collection(feature("40000", type="MultiPolygon", coordinates=islands)))

    simplify(file.outlines, wanted=10)

    assert len(file.outlines[0].polygons) == 1


def test_only_the_administrator_opens_the_page_and_a_file_is_checked_before_it_is_taken_in(sign_in, province, communes):
    address = reverse("unit-shapes")
    assert sign_in(province.verifier).get(address).status_code == 403

    client, data = sign_in(province.admin), collection(feature("40000", cell(0, 0)))
    upload = SimpleUploadedFile("a.geojson", data)
    checked = client.post(address, {"file": upload})
    assert "1 đơn vị được nạp mới" in checked.content.decode()
    assert not UnitShape.objects.exists()

    upload = SimpleUploadedFile("a.geojson", data)
    client.post(address, {"file": upload, "apply": "on", "source": "Sở"})
    assert UnitShape.objects.get().loaded_by == province.admin


def test_a_person_without_the_right_loads_nothing(province, communes):
    with pytest.raises(PermissionDenied):
        load_shapes(read_shapes(collection(feature("40000", cell(0, 0)))), actor=province.verifier)
