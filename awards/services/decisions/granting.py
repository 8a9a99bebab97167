"""Deciding: sign, number, publish. From the number on the awards exist, with their money (law.md §4, §7, P8).

The council only recommends; who decides may differ, with a reason (R-26). Cancelling is in revoking.py.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from awards.models import Award, Decision, DecisionLine, Nomination, Payment
from awards.notifications.decisions import tell_published
from awards.services.decisions.drawing import lines_of, why_not_decided
from awards.services.decisions.locking import lock_decision, move_many
from awards.services.decisions.money import payments_for, settle_titles, standing_payments
from awards.services.decisions.ordering import place_in_order
from awards.services.decisions.revoking import revoke_award, revoke_decision
from awards.workflows import DECISION
from dvk_portal.core.documents.freezing import new_code
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import store_upload
from dvk_portal.core.models import Document, StoredFile
from dvk_portal.core.text import search_key
from pledges.certificates import next_certificates
from pledges.services.recorddocuments import end_documents_of
from units.services.numbers import take_number

__all__ = [
    "Paper", "number_decision", "publish_decision", "record_decision", "revoke_award",
    "revoke_decision", "sign_decision", "unsign_decision",
]  # fmt: skip

DOCUMENT_KIND = "award_decision"
TYPE_CODE = "QĐ"


@dataclass(frozen=True)
class Paper:
    """What the paper of a decision says: number ("" = taken from the register of outgoing documents), date, signer."""

    dated_on: datetime.date
    signer: str
    signer_post: str
    number: str = ""
    file: UploadedFile | None = None


def _require_clear(decision: Decision, lines: list[DecisionLine], day: datetime.date, words: str) -> None:
    if found := why_not_decided(decision, lines, day):
        raise DomainError(words, found)


# --- sign ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def sign_decision(
    decision: Decision, *, actor: Any, signer: str, signer_post: str, today: datetime.date
) -> Decision:  # fmt: skip
    """Note that the decision was signed on paper. What is signed in the portal comes through ``document_signed``."""
    locked = lock_decision(decision, actor)
    if locked.status == Decision.Status.DRAFT:
        _require_clear(locked, lines_of(locked), today, "Chưa ghi ký được.")
    if not signer.strip():
        raise DomainError("Hãy ghi họ tên người ký.")
    if (document := living_document(locked)) is not None:
        raise DomainError(
            f"Văn bản số {document.number} đang chờ ký tại cổng. Hãy ký hoặc tải bản giấy đã ký ở trang văn bản đó; "
            "muốn ghi ký theo cách khác, hãy hủy văn bản trước."
        )
    changes = {"signer": signer.strip(), "signer_post": signer_post.strip()}
    return DECISION.apply(locked, "sign", actor=actor, **changes)


def document_signed(decision: Decision, *, actor: Any, signer: str, signer_post: str) -> None:
    """The document made of the decision has its signature: the decision is signed. ``actor`` may be who accepted a scan."""
    allowed = actor if actor is not None and actor.has_perm("award.decide", decision) else None
    DECISION.apply(decision, "sign", actor=allowed, signer=signer[:100], signer_post=signer_post[:150])


@transaction.atomic
def unsign_decision(decision: Decision, *, actor: Any, note: str) -> Decision:
    """Back to the draft, before it has a number; the document made of it is void."""
    locked = lock_decision(decision, actor)
    DECISION.apply(locked, "unsign", actor=actor, note=note)
    end_documents_of(locked, actor=actor, reason=note.strip())
    return locked


# --- number ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def number_decision(decision: Decision, *, actor: Any, paper: Paper, today: datetime.date) -> Decision:
    """Enter a signed decision: number and date, from here its awards and payments exist. A second call is refused.

    Made here: the number of its signed document, else the next one of the register. Another authority's: as its paper says.
    """
    locked = lock_decision(decision, actor)
    if locked.status != Decision.Status.SIGNED:
        DECISION.apply(locked, "number", actor=actor)  # refuses, in the words of the state
    return _number(locked, actor, paper, today)


@transaction.atomic
def record_decision(decision: Decision, *, actor: Any, paper: Paper, today: datetime.date) -> Decision:
    """Enter a decision of another authority from its paper, in one act: signed and numbered there."""
    locked = lock_decision(decision, actor)
    if locked.decided_here:
        raise DomainError("Quyết định của cơ quan mình phải ghi ký rồi vào sổ tại cổng.")
    findings = [] if paper.number.strip() else ["Hãy ghi số quyết định."]
    findings += [] if paper.signer.strip() else ["Hãy ghi người ký."]
    if findings:
        raise DomainError("Chưa ghi nhận được quyết định.", findings)
    DECISION.apply(
        locked, "sign", actor=actor, signer=paper.signer.strip(), signer_post=paper.signer_post.strip()
    )  # fmt: skip
    return _number(locked, actor, paper, today)


def _number(decision: Decision, actor: Any, paper: Paper, today: datetime.date) -> Decision:
    lines = lines_of(decision)
    _lock_nominations(lines)
    document = signed_document(decision)
    day = document.dated_on if document else paper.dated_on
    if day > today:
        raise DomainError("Ngày quyết định ở tương lai. Hãy kiểm tra lại ngày ký.")
    _require_clear(decision, lines, day, "Chưa vào sổ được quyết định.")
    number, stored = _number_and_file(decision, document, paper, day, actor)
    try:
        with transaction.atomic():
            DECISION.apply(decision, "number", actor=actor, number=number, dated_on=day, file=stored)
    except IntegrityError as error:
        raise DomainError(
            f"Quyết định số {number} ngày {day:%d/%m/%Y} của {decision.authority} đã có trên cổng."
        ) from error
    awards = _create_awards(decision, [line for line in lines if line.granted], actor)
    _create_payments(decision, awards)
    _move_nominations(decision, lines, actor)
    return decision


def living_document(decision: Decision) -> Document | None:
    """The decision's own document, signed or waiting for its signature."""
    rows = Document.objects.of(decision).filter(kind=DOCUMENT_KIND).living()
    return rows.select_related("number", "current").first()


def signed_document(decision: Decision) -> Document | None:
    """The decision's own document with all signatures, in force."""
    document = living_document(decision)
    return document if document is not None and document.status == Document.Status.ISSUED else None


def _number_and_file(
    decision: Decision, document: Document | None, paper: Paper, day: datetime.date, actor: Any
) -> tuple[str, StoredFile | None]:  # fmt: skip
    if document is not None and document.number is not None:
        return document.number.text, document.current
    stored = store_upload(paper.file, actor=actor) if paper.file else None
    if not decision.decided_here or paper.number.strip():
        return " ".join(paper.number.split()), stored
    taken = take_number(decision.unit, actor=actor, type_code=TYPE_CODE, day=day, subject=decision.title)
    return taken.text, stored


def _lock_nominations(lines: list[DecisionLine]) -> None:
    """The nominations of ``lines`` as they are now, nobody moves them meanwhile."""
    rows = Nomination.objects.select_for_update(of=("self",)).filter(pk__in=[line.nomination_id for line in lines])
    fresh = dict(rows.order_by("pk").values_list("pk", "status"))
    for line in lines:
        line.nomination.status = fresh[line.nomination_id]


def _create_awards(decision: Decision, lines: list[DecisionLine], actor: Any) -> list[Award]:
    awards = sorted(draft_awards(decision, lines), key=place_in_order)
    for award, number in zip(awards, _gold_book_numbers(decision, len(awards)), strict=True):
        award.gold_book_no, award.code, award.registered_by = number, new_code(), actor
    try:
        with transaction.atomic():
            return Award.objects.bulk_create(awards, batch_size=500)
    except IntegrityError as error:
        raise DomainError(
            "Một trong các khen thưởng này đã có trong sổ với cùng số và ngày quyết định. Hãy kiểm tra sổ khen thưởng."
        ) from error


def draft_awards(decision: Decision, lines: list[DecisionLine]) -> list[Award]:
    """Awards as the decision would make them: the nomination's snapshot, the achievement period, nothing saved (P8)."""
    return [_award(decision, line) for line in lines]


def _award(decision: Decision, line: DecisionLine) -> Award:
    row = line.nomination
    words = f"{row.name} {row.unit_name} {row.award_type.name} {decision.number}"
    return Award(
        recipient=row.recipient, award_type=row.award_type, unit=row.unit, decision=decision, nomination=row,
        award_kind=row.award_kind, subject_kind=row.subject_kind, name=row.name, post=row.post, unit_name=row.unit_name,
        year=row.period_to.year, period_from=row.period_from, period_to=row.period_to,
        achievement=" ".join(row.summary.split())[:500], authority=decision.authority, decision_no=decision.number,
        decided_on=decision.dated_on, posthumous=line.posthumous, search_key=search_key(words)[:600],
    )  # fmt: skip


def _gold_book_numbers(decision: Decision, count: int) -> list[str]:
    """The next numbers of the body's gold book of the year, apart by family; another authority keeps its own book."""
    if not decision.decided_here:
        return [""] * count
    used = Award.objects.filter(
        decision__unit=decision.unit_id, decision__family=decision.family, decided_on__year=decision.dated_on.year
    )
    used = used.exclude(gold_book_no="").values_list("gold_book_no", flat=True)
    return next_certificates(used, f"/{decision.dated_on.year}", count)


def _create_payments(decision: Decision, awards: list[Award]) -> None:
    payments = payments_for(awards, decision.dated_on, pays_here=decision.pays_here)
    earlier = [
        row
        for row in standing_payments((award.recipient_id for award in awards), decision.dated_on)
        if row.award.decision_id != decision.pk
    ]
    changed = [row for row in settle_titles([*earlier, *payments]) if row.pk]
    Payment.objects.bulk_create(payments, batch_size=500)
    Payment.objects.bulk_update(changed, ["state", "amount", "note"])


def _move_nominations(decision: Decision, lines: list[DecisionLine], actor: Any) -> None:
    """Granted and refused, in a few statements: a decision may hold hundreds. The right was asked on the decision."""
    words = f"Quyết định số {decision.number} ngày {decision.dated_on:%d/%m/%Y}"
    for move, granted in (("grant", True), ("refuse", False)):
        rows = [(line.nomination, line.reason or words) for line in lines if line.granted is granted]
        move_many(rows, move, actor)


# --- publish ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def publish_decision(decision: Decision, *, actor: Any) -> Decision:
    """Make it known: units read what their people were given and what not, and who appraised it hears of it."""
    locked = lock_decision(decision, actor)
    DECISION.apply(locked, "publish", actor=actor)
    tell_published(locked, lines_of(locked))
    return locked
