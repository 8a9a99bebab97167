"""Addresses of decisions, money, the fund and the register of awards."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from awards.models import Decision, FundEntry, Payment
from awards.services.decisions.fund import pay_lines
from awards.services.decisions.granting import number_decision, publish_decision, sign_decision
from awards.services.decisions.revoking import revoke_award
from dvk_portal.core.files import store_bytes
from tests.architecture.everything import INTERNAL, PDF, SECRET
from tests.architecture.rows import HIDDEN, REFUSED, SHARED, Row, post
from tests.awards.decisions import decision_steps as steps
from tests.factories import awards as af

PUBLIC: set[str] = set()
ROWS: dict[str, Row] = {
    "decision-list": Row("verifier", HIDDEN, shows=True),
    "decision-create": Row("verifier", REFUSED),
    "decision-detail": Row("verifier", HIDDEN, ("award_decision",), shows=True),
    "decision-edit": Row("verifier", HIDDEN, ("award_draft",), shows=True),
    "decision-line": Row("verifier", HIDDEN, ("award_draft", "award_line"), shows=True),
    "decision-file": Row("verifier", HIDDEN, ("award_decision",), page=False),
    "decision-take": post("verifier", HIDDEN, "award_draft"),
    "decision-drop": post("verifier", HIDDEN, "award_draft"),
    "decision-sign": Row("director", HIDDEN, ("award_draft",), shows=True),
    "decision-unsign": post("director", HIDDEN, "award_signed"),
    "decision-number": Row("director", HIDDEN, ("award_signed",), shows=True),
    "decision-publish": post("director", HIDDEN, "award_decision"),
    "decision-revoke": Row("director", HIDDEN, ("award_decision",), shows=True),
    "decision-money": Row("verifier", HIDDEN, ("award_decision",), shows=True),
    "decision-money-export": Row("verifier", HIDDEN, ("award_decision",), page=False),
    "decision-documents": Row("verifier", HIDDEN, ("award_decision",)),
    "decision-document-preview": Row("verifier", HIDDEN, ("award_draft", "=quyet-dinh"), page=False),
    "decision-document-issue": post("director", HIDDEN, "award_draft", "=quyet-dinh"),
    "payment-coefficient": Row("verifier", HIDDEN, ("award_payment",), shows=True),
    "payment-return": Row("verifier", HIDDEN, ("award_receivable",), shows=True),
    "receivable-list": Row("verifier", HIDDEN, shows=True),
    "fund": Row("verifier", HIDDEN, shows=True),
    "fund-export": Row("verifier", HIDDEN, page=False),
    "fund-add": Row("verifier", HIDDEN),
    "fund-reverse": post("verifier", HIDDEN, "fund_entry"),
    "award-list": Row("leader", SHARED, shows=True),
    "award-export": Row("leader", SHARED, page=False),
    "award-enter": Row("verifier", REFUSED),
    "award-enter-for": Row("verifier", HIDDEN, ("award_recipient",), shows=True),
    "award-detail": Row("leader", HIDDEN, ("award_of_an",), shows=True),
    "award-revoke": Row("director", HIDDEN, ("award_of_an",), shows=True),
}


def build(made: Any) -> None:
    """Of An: an award of a published decision with its money, one cancelled after it was paid, one taken over. Of the province:
    a draft, a signed decision, something that waits to be decided, a line of the fund."""
    steps.salaries()
    cycle = steps.cycle_of(made, title="Đợt đang trình quyết định")
    done = _decision(made, cycle, "BK-A", 2)
    record_signed(done, made)
    awards = list(done.awards.order_by("pk"))
    publish_decision(done, actor=made.director)
    pay_lines(
        done, Payment.objects.filter(award=awards[1]).values_list("pk", flat=True), actor=made.director, day=steps.TODAY,
        document_no=SECRET, today=steps.TODAY, reason=SECRET,
    )  # fmt: skip
    revoke_award(
        awards[1], actor=made.director, reason=SECRET, decision_no="9-QĐ", decided_on=steps.TODAY,
        received_on=steps.TODAY,
    )  # fmt: skip
    draft, signed = _decision(made, cycle, "BK-B", 1), _decision(made, cycle, "BK-C", 1)
    sign_decision(signed, actor=made.director, signer=INTERNAL, signer_post="Trưởng Ban", today=steps.TODAY)
    # The catalogue is for all to read (/khen-thuong/quy-dinh/): what is internal is the cycle.
    waits = steps.award_type("BK-D", "0.3", title=False, authority=f"{steps.AUTHORITY} BK-D")
    steps.recommended(cycle, waits, af.RecipientFactory(unit=made.commune))
    made.things |= {
        "award_decision": done,
        "award_draft": draft,
        "award_signed": signed,
        "award_line": draft.lines.get(),
        "award_payment": Payment.objects.get(award=awards[0]),
        "award_receivable": Payment.objects.get(award=awards[1]),
        "award_of_an": awards[0],
        "award_recipient": awards[0].recipient,
        "fund_entry": FundEntry.objects.get(),
    }


def _decision(made: Any, cycle: Any, code: str, count: int) -> Decision:
    """A draft for ``count`` people of An."""
    kind = steps.award_type(code, "0.3", title=False, authority=f"{steps.AUTHORITY} {code}")
    for number in range(count):
        recipient = af.RecipientFactory(unit=made.commune, name=f"Bà {SECRET} {code} {number}")
        steps.recommended(cycle, kind, recipient, summary=SECRET)
    decision = steps.drawn(cycle, kind, made.verifier)
    stored = store_bytes(PDF, f"quyet-dinh {INTERNAL}.pdf", kind="application/pdf", actor=made.verifier)
    Decision.objects.filter(pk=decision.pk).update(title=f"Khen thưởng {INTERNAL}", file=stored)
    return Decision.objects.get(pk=decision.pk)


def record_signed(decision: Decision, made: Any) -> None:
    """Signed, numbered in the register of outgoing documents."""
    sign_decision(decision, actor=made.director, signer="A", signer_post="Trưởng Ban", today=steps.TODAY)
    file = SimpleUploadedFile(f"quyet-dinh {INTERNAL}.pdf", PDF, content_type="application/pdf")
    number_decision(decision, actor=made.director, paper=steps.paper(file=file), today=steps.TODAY)
    decision.refresh_from_db()
