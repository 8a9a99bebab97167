"""Rows of awards and of the council; each area has a module with ROWS, PUBLIC and ``build(made)``, which fills the world."""

from tests.architecture.award_rows import aftermath, council, cycles, decisions, nominations, recipients, sessions

# In the order in which their records need each other.
AREAS = (recipients, cycles, nominations, council, sessions, decisions, aftermath)
ROWS = {name: row for area in AREAS for name, row in area.ROWS.items()}
PUBLIC = {name for area in AREAS for name in area.PUBLIC}
