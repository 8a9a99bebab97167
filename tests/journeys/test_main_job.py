"""The main job, walked in a real browser by everybody who has a part in it, on a desk and on a phone."""

import pytest

from tests.journeys.main_job import MainJob


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)], ids=["desk", "phone"])
def test_from_the_first_line_of_a_campaign_to_the_rank(stage, width, height):
    job = MainJob(stage(width, height))

    job.prepare()
    job.launch()
    job.pledge_and_sign()
    job.report_and_verify()
    job.score()
    job.bring_the_other_unit()
    job.publish()
    job.see_the_rank()
    job.nothing_changes_any_more()

    assert job.stage.faults == []
