"""Addresses of what follows a decision: the public page, certificates, the ceremony, complaints, statistics."""

import datetime
from typing import Any

from django.utils import timezone

from tests.architecture.everything import SECRET
from tests.architecture.rows import HIDDEN, REFUSED, Row, post
from tests.factories import awards as af

PUBLIC: set[str] = {"award-public"}
ROWS: dict[str, Row] = {
    "certificate-layout-list": Row("clerk", REFUSED),
    "certificate-layout-detail": Row("clerk", REFUSED, ("certificate_layout",)),
    "certificate-layout-picture": Row("clerk", REFUSED, ("certificate_layout",), page=False),
    "certificate-layout-edit": Row("clerk", REFUSED, ("certificate_layout",)),
    "certificate-layout-test": Row("clerk", REFUSED, ("certificate_layout",), page=False),
    "certificate-layout-calibrate": Row("clerk", REFUSED, ("certificate_layout",)),
    "certificate-layout-copy": post("clerk", REFUSED, "certificate_layout"),
    "handing-list": Row("clerk", REFUSED, shows=True),
    "decision-certificates": Row("clerk", HIDDEN, ("award_decision",), shows=True),
    "decision-certificates-print": post("clerk", HIDDEN, "award_decision"),
    "award-certificate": Row("clerk", HIDDEN, ("award_of_an",), shows=True),
    "award-certificate-picture": Row("clerk", HIDDEN, ("award_of_an",), page=False),
    "award-certificate-print": post("clerk", HIDDEN, "award_of_an"),
    "decision-ceremony": Row("clerk", HIDDEN, ("award_decision",), shows=True),
    "decision-ceremony-xlsx": Row("clerk", HIDDEN, ("award_decision",), page=False),
    "ceremony-documents": Row("clerk", HIDDEN, ("award_decision",)),
    "ceremony-document-preview": Row("clerk", HIDDEN, ("award_decision", "=danh-sach"), page=False),
    "ceremony-document-issue": post("clerk", HIDDEN, "award_decision", "=loi-dan"),
    "award-hand-out-undo": post("clerk", HIDDEN, "award_of_an"),
    "complaint-list": Row("verifier", REFUSED, shows=True),
    "complaint-find": Row("verifier", REFUSED),
    "complaint-create": Row("verifier", REFUSED, page=False),
    "complaint-renew": post("verifier", REFUSED),
    "complaint-detail": Row("verifier", HIDDEN, ("complaint",), shows=True),
    "complaint-settle": Row("verifier", HIDDEN, ("running_complaint",), shows=True),
    "complaint-obstacle": Row("verifier", HIDDEN, ("complaint",), shows=True),
    "complaint-accept": post("verifier", HIDDEN, "complaint"),
    "complaint-complex": post("verifier", HIDDEN, "running_complaint"),
    "complaint-refuse": post("verifier", HIDDEN, "complaint"),
    "complaint-withdraw": post("verifier", HIDDEN, "complaint"),
    "award-statistics": Row("verifier", REFUSED),
    "award-statistics-xlsx": Row("verifier", REFUSED, page=False),
}


def build(made: Any) -> None:
    """Two complaints about a person of An: one received, one taken up. They hold nobody, so that the world stays as it was."""
    recipient = af.RecipientFactory(unit=made.commune, name=f"Bà {SECRET} bị khiếu nại")
    own = {
        "unit": made.ban, "recipient": recipient, "complainant": f"Ông {SECRET}", "contact": SECRET, "text": SECRET,
        "obstacle_days": 2, "obstacle": SECRET,
    }  # fmt: skip
    made.things |= {
        "certificate_layout": af.standard_layout("nha-nuoc-a4"),
        "complaint": af.ComplaintFactory(**own),
        "running_complaint": af.ComplaintFactory(
            **own, status="accepted", accepted_at=timezone.now(), settle_due=datetime.date(2026, 12, 20)
        ),
    }
