"""Addresses of recipients. An's people carry An's mark; discipline and holds of An's person the province's: the unit itself
never reads them."""

import datetime
from typing import Any

from awards.models import Discipline, Initiative, IntegrityHold, YearRecord
from dvk_portal.core.files import KINDS, store_bytes
from tests.architecture.rows import Row
from tests.factories import awards as af

HIDDEN, REFUSED, SHARED = "404", "403", "shared"

PUBLIC: set[str] = set()
ROWS: dict[str, Row] = {
    "recipient-list": Row("editor", SHARED, shows=True),
    "recipient-export": Row("editor", SHARED, page=False),
    "recipient-create": Row("editor", SHARED),
    "recipient-years": Row("editor", SHARED, shows=True),
    "recipient-import": Row("editor", SHARED),
    "recipient-import-template": Row("editor", SHARED, page=False),
    "recipient-award-import": Row("verifier", REFUSED),
    "recipient-award-import-template": Row("verifier", REFUSED, page=False),
    "recipient-detail": Row("editor", HIDDEN, ("an_person",), shows=True),
    "recipient-edit": Row("editor", HIDDEN, ("an_person",), shows=True),
    "initiative-create": Row("editor", HIDDEN, ("an_person",), shows=True),
    "initiative-edit": Row("editor", HIDDEN, ("an_person", "an_idea"), shows=True),
    "initiative-file": Row("editor", HIDDEN, ("an_idea",), page=False),
    "discipline-create": Row("verifier", HIDDEN, ("an_person",), shows=True),
    "discipline-end": Row("verifier", HIDDEN, ("an_person", "an_discipline"), shows=True),
    "hold-create": Row("verifier", HIDDEN, ("an_person",), shows=True),
    "hold-close": Row("verifier", HIDDEN, ("an_person", "an_hold"), shows=True),
    "award-rules": Row("editor", SHARED),
    "nomination-rebase": Row("verifier", HIDDEN, ("an_rebased",), shows=True),
}


def build(made: Any) -> None:
    """What the addresses need, in a world of everything (tests/architecture/everything.py)."""
    # Imported here: that module builds its world of these rows.
    from tests.architecture.everything import INTERNAL, PDF, SECRET

    af.standard_rules()
    day = datetime.date(2025, 6, 1)
    person = af.RecipientFactory(unit=made.commune, name=f"Nguyễn Thị Lan {SECRET}")
    af.RecipientFactory(unit=made.other_commune, name="Trần Văn Bình")
    file = store_bytes(PDF, f"{SECRET}.pdf", kind=KINDS["pdf"], actor=made.editor)
    YearRecord.objects.create(recipient=person, year=2025, grade="htxs", source=SECRET)
    made.things |= {
        "an_person": person,
        "an_idea": Initiative.objects.create(
            recipient=person, title=f"Sáng kiến {SECRET}", year=2025, decision_no="1", decided_on=day, file=file
        ),
        "an_discipline": Discipline.objects.create(
            recipient=person, level="khien_trach", from_day=datetime.date(2020, 1, 1), to_day=datetime.date(2021, 1, 1),
            document_no=INTERNAL,
        ),
        "an_hold": IntegrityHold.objects.create(
            recipient=person, reason="complaint", note=INTERNAL, from_day=datetime.date(2020, 1, 1)
        ),
        "an_rebased": af.NominationFactory(recipient=af.RecipientFactory(unit=made.commune, name=f"Tổ {SECRET}"), complete=True),
    }  # fmt: skip
