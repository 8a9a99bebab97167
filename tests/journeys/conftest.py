import os

import pytest

from tests import factories as f
from tests.journeys.stage import Stage
from tests.personas import build_province


@pytest.fixture
def ground(transactional_db):
    """What the province has before its first campaign: units, people, a catalogue and a published scheme."""
    province = build_province()
    work, targets = f.IndicatorGroupFactory(code="dv"), f.IndicatorGroupFactory(code="ct", title="Chỉ tiêu")
    f.IndicatorFactory(code="van_dong", label="Cuộc vận động", group=work)
    f.IndicatorFactory(code="hien_dat", label="Diện tích đất hiến", group=work, measure="ha", decimals=2)
    f.IndicatorFactory(code="chi_bo", label="Chi bộ", group=targets, stock=True, measure="chi bộ")
    f.IndicatorFactory(code="ke_hoach", label="Có kế hoạch", group=targets, yes_no=True)
    f.SchemeFactory(title="Bảng chấm điểm thử nghiệm")
    return province


@pytest.fixture
def stage(page_at, live_server, ground, tmp_path, request):
    """``stage(width, height)``; on failure the open pages are kept as pictures in $JOURNEY_SHOTS or the test's folder."""
    made = []

    def build(width: int, height: int) -> Stage:
        made.append(Stage(page_at, live_server.url, ground, width, height, tmp_path))
        return made[0]

    yield build
    folder = os.environ.get("JOURNEY_SHOTS")
    for one in made if folder else ():
        for name, page in one.pages.items():
            page.screenshot(path=f"{folder}/{name}-{one.size[0]}.png", full_page=True)
