"""The analysis: every figure equals the list it opens, nobody sees more than he reaches, the queries stay the same."""

import datetime
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pledges.models import ExemplaryModel, Field, Replication
from pledges.services.exemplary.analysis import (
    Funnel,
    Scope,
    ages,
    field_balance,
    funnel_steps,
    median,
    unit_lines,
    years_of,
)
from tests.factories import (
    ExemplaryModelFactory,
    RecognitionFactory,
    UnitFactory,
    standard_field,
    standard_level,
)
from units.models import UnitShape

TODAY = timezone.localdate()
PAGES = ["model-analysis", "model-analysis-units", "model-analysis-fields", "model-analysis-ages", "model-analysis-map"]
Day = datetime.date


def scope(user, year=TODAY.year, **more):
    return Scope(user, year, TODAY, **more)


def total(user, year=TODAY.year, **more):
    found = scope(user, year, **more)
    return Funnel(found, funnel_steps(TODAY)).total()


@pytest.fixture
def register(province):
    """An: three registered, two recognised, one of them proposed to the province and taken over by Bình."""
    this_year = Day(TODAY.year, 1, 15)
    made = {"unit": province.commune, "registered_on": this_year}
    ExemplaryModelFactory(**made, name="Mới đăng ký")
    recognised = {"recognition__decided_on": this_year}
    ExemplaryModelFactory(**made, recognised=True, subject_kind="individual", **recognised)
    best = ExemplaryModelFactory(**made, recognised=True, field=standard_field("defence_security"), **recognised)
    RecognitionFactory(model=best, level=standard_level("tinh"), proposed=True, year=TODAY.year)
    child = ExemplaryModelFactory(unit=province.other_commune, registered_on=this_year, name="Của Bình")
    Replication.objects.create(origin=best, model=child, adaptations="Theo mùa vụ", taken_on=this_year)
    ExemplaryModelFactory(unit=province.commune, draft=True, name="Bản nháp")
    return best


def test_the_funnel_counts_each_step(register, province):
    found = total(province.verifier)

    assert found["registered"] == 4
    assert found["appraised"] == 2
    assert found["recognised"] == 2
    assert found["proposed_above"] == 1
    assert found["recognised_above"] == 0
    assert found["replicated"] == 1


def test_the_funnel_is_narrowed_by_unit_field_and_subject(register, province):
    user = province.verifier

    assert total(user, units=frozenset([province.other_commune.pk]))["registered"] == 1
    assert total(user, field="defence_security")["recognised"] == 1
    assert total(user, subject_kind="individual") == {**total(user, subject_kind="individual"), "registered": 1}
    assert total(user, TODAY.year - 1)["registered"] == 0


def test_a_unit_sees_itself_alone(register, province, sign_in):
    assert total(province.editor)["registered"] == 3
    assert total(province.other_editor)["registered"] == 1

    for name in PAGES:
        page = sign_in(province.other_editor).get(reverse(name)).content.decode()
        assert province.commune.name not in page


def test_whoever_may_not_see_models_finds_no_page(register, province, sign_in):
    assert {sign_in(province.admin).get(reverse(name)).status_code for name in PAGES} == {404}


@pytest.mark.parametrize(
    "name", ["model-analysis", "model-analysis-units", "model-analysis-fields", "model-analysis-map"]
)
def test_each_figure_opens_its_list(name, register, province, sign_in):
    client = sign_in(province.verifier)
    page = client.get(reverse(name)).content.decode()

    links = re.findall(r'<a href="(/so-mo-hinh/\?[^"]+)">\s*([\d.]+)</a>', page)

    assert links or name == "model-analysis-map"
    for address, figure in links:
        listed = client.get(unescape(address)).content.decode()
        assert f'<strong class="figure">{figure}</strong> dòng' in listed, address


def test_the_years_together_equal_each_year_by_itself(register, province):
    ExemplaryModelFactory(unit=province.commune, registered_on=Day(2022, 3, 1), recognised=True)
    steps = funnel_steps(TODAY)
    years = years_of(province.verifier, TODAY)

    together = Funnel(scope(province.verifier), steps).by_year(years)

    assert years[-1] == 2022
    assert together == {year: Funnel(scope(province.verifier, year), steps).total() for year in years}


def test_a_unit_that_recognises_everything_is_pointed_out(province, sign_in):
    this_year = Day(TODAY.year, 1, 15)
    recognised = {"recognised": True, "recognition__decided_on": this_year}
    for _ in range(4):
        ExemplaryModelFactory(unit=province.commune, registered_on=this_year, **recognised)
    for _ in range(3):
        ExemplaryModelFactory(unit=province.other_commune, registered_on=this_year, **recognised)

    page = sign_in(province.verifier).get(reverse("model-analysis-units")).content.decode()

    warning = re.search(r"Đăng ký bao nhiêu, công nhận bấy nhiêu.*?</div>", page, re.S).group()
    assert province.commune.name in warning
    # Three are too few to say anything.
    assert province.other_commune.name not in warning


def test_a_field_with_nothing_and_a_field_with_too_much_are_said_in_words(province):
    for code, counts in {"economy": (6, 0), "culture_society": (0, 6), "defence_security": (2, 2)}.items():
        for unit, count in zip((province.commune, province.other_commune), counts, strict=True):
            ExemplaryModelFactory.create_batch(
                count, unit=unit, field=standard_field(code), registered_on=Day(TODAY.year, 1, 5)
            )
    lines = unit_lines(Funnel(scope(province.verifier), funnel_steps(TODAY)))

    together, balances = field_balance(lines, list(Field.objects.all()))

    assert {share.field.code: share.percent for share in together if share.count} == {
        "economy": 38,
        "culture_society": 38,
        "defence_security": 25,
    }
    remarks = {balance.line.unit: balance.remarks for balance in balances}
    assert remarks[province.commune] == [
        "Kinh tế chiếm 75%, tính chung 38%.",
        "Chưa có mô hình nào về Văn hóa – xã hội.",
    ]


def test_age_and_survival_follow_their_definitions(province):
    def model(registered, ended=None):
        over = {"status": "ended", "ended_on": ended, "ended_at": timezone.now(), "end_note": "Hết"} if ended else {}
        ExemplaryModelFactory(unit=province.commune, registered_on=registered, **over)

    today = Day(2026, 6, 15)
    model(Day(2024, 2, 29))  # two years passed on 28/2/2026
    model(Day(2024, 3, 10), ended=Day(2025, 3, 10))  # no longer there on the very day
    model(Day(2024, 7, 1))  # only one year has passed
    model(Day(2026, 6, 15))

    found = ages(Scope(province.verifier, 2026, today), list(Field.objects.all()))

    cohorts = {cohort.year: cohort for cohort in found.cohorts}
    assert cohorts[2024].standing == [(2, 3), (1, 2), None]
    assert (cohorts[2024].registered, cohorts[2024].now) == (3, 2)
    assert cohorts[2026].standing == [None, None, None]
    # 0, 23 and 27 months.
    assert (found.whole.count, found.whole.median, found.whole.words) == (3, 23, "1 năm 11 tháng")


@pytest.mark.parametrize(("counts", "middle"), [({}, None), ({5: 1}, 5), ({1: 1, 9: 1}, 1), ({1: 1, 2: 5, 90: 2}, 2)])
def test_the_median_is_the_lower_middle(counts, middle):
    assert median(counts) == middle


@pytest.mark.parametrize(
    "query", ["?nam=abc", "?nam=1900", "?don_vi=999999", "?cum=x", "?linh_vuc=khong", "?do=la", "?sort=-la"]
)
@pytest.mark.parametrize("name", PAGES)
def test_an_old_or_odd_address_still_opens(name, query, register, province, sign_in):
    assert sign_in(province.verifier).get(reverse(name) + query).status_code == 200


def test_the_map_is_tiles_without_outlines_and_a_drawing_with_them(register, province, sign_in):
    client = sign_in(province.verifier)
    before = client.get(reverse("model-analysis-map")).content.decode()
    ring = [[104.4, 10], [104.5, 10], [104.5, 10.1], [104.4, 10.1], [104.4, 10]]
    UnitShape.objects.create(unit=province.commune, geometry={"type": "Polygon", "coordinates": [ring]})

    after = client.get(reverse("model-analysis-map"), {"do": "ty-le"}).content.decode()

    assert 'class="tile-map"' in before
    assert "<path" not in before.partition('class="map-page"')[2].partition("map-list")[0]
    assert f'aria-label="{province.commune.name}: 66,7%"' in after
    # A unit without an outline is still there, as a tile.
    assert province.other_commune.name in after.partition('class="tile-map"')[2].partition("</ul>")[0]


def test_the_year_of_an_ended_unit_still_shows_it(province):
    ended = UnitFactory(parent=province.province, valid_to=Day(2025, 6, 30), name="Huyện ủy Cũ")
    ExemplaryModelFactory(unit=ended, registered_on=Day(2024, 3, 1))

    lines = unit_lines(Funnel(scope(province.verifier, 2024), funnel_steps(TODAY)))

    assert [line.unit.name for line in lines] == ["Huyện ủy Cũ"]


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_cost_the_same_queries_with_few_and_with_many(name, register, province, sign_in):
    client = sign_in(province.verifier)
    client.get(reverse(name))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(name))
    for number in range(30):
        unit = UnitFactory(parent=province.province, name=f"Xã thứ {number}")
        ExemplaryModelFactory.create_batch(2, unit=unit, recognised=True, registered_on=Day(TODAY.year, 1, 20))
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(name))

    assert ExemplaryModel.objects.count() > 60
    assert len(many) == len(few) <= 15
