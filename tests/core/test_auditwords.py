"""The whole trail speaks Vietnamese: moves, plain actions, fields, moments."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from dvk_portal.core.auditwords import action_words, change_words
from dvk_portal.core.models import AuditEntry


@pytest.mark.parametrize(
    "action", ["enter", "tell_leader", "accept_rest", "extend", "sign", "add_units", "set_asked", "grant", "copy"]
)
def test_an_action_that_no_workflow_names_has_a_vietnamese_word(action):
    words = action_words(AuditEntry(record_type="pledges.quarterlyreport", action=action))

    assert words != action


def test_every_action_recorded_in_the_services_has_a_word():
    recorded = set()
    for path in Path(settings.BASE_DIR).glob("*/services/*.py"):
        recorded |= set(re.findall(r"audit\.record\(\s*[\w.]+, \"([a-z_]+)\"", path.read_text()))

    unnamed = {name for name in recorded if action_words(AuditEntry(record_type="", action=name)) == name}

    assert recorded
    assert not unnamed


def test_a_moment_is_shown_on_the_clock_of_the_province():
    entry = AuditEntry(
        record_type="pledges.quarterlyreport",
        action="submit",
        changes={"first_submitted_at": [None, "2026-11-22 01:30:27.841199+00:00"]},
    )

    assert change_words(entry)[0][1:] == ("–", "08:30 22/11/2026")
