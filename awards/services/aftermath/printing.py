"""Who prints which certificates: only of awards that stand, of a decision in force; each print leaves a line in the trail."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from awards.models import Award, CertificateLayout, Decision
from awards.services.aftermath import certificates
from awards.services.aftermath.order import ceremony_order
from dvk_portal.core import audit, jobs
from dvk_portal.core.documents.content import missing_in
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import store_bytes
from dvk_portal.core.models import AuditEntry
from dvk_portal.core.text import search_key
from units import access

PRINT_JOB = "awards.print_certificates"
PRINTED = "print_certificate"
BY_CEREMONY, BY_UNIT = "le-trao", "don-vi"
ORDERS = {BY_CEREMONY: "Theo thứ tự lễ trao", BY_UNIT: "Theo đơn vị"}


def printable_awards(user: Any) -> QuerySet[Award]:
    """Awards whose certificates ``user`` may print: standing, of a decision that has its number."""
    rows = Award.objects.standing().filter(decision__status__in=Decision.IN_FORCE)
    return access.scope(rows, user, "award.certificate").select_related("award_type", "unit", "decision__unit")


def decisions_to_print(user: Any) -> QuerySet[Decision]:
    """Decisions whose awards ``user`` hands over: numbered, published or cancelled since."""
    rows = Decision.objects.exclude(status__in=(Decision.Status.DRAFT, Decision.Status.SIGNED))
    return access.scope(rows, user, "award.certificate").select_related("unit", "cycle")


def awards_of(decision: Decision, user: Any) -> QuerySet[Award]:
    """The certificates of one decision that ``user`` may print."""
    return printable_awards(user).filter(decision=decision)


def layouts_for(awards: Iterable[Award]) -> QuerySet[CertificateLayout]:
    """Layouts in use that suit every one of ``awards``: of their family, for their award or for any."""
    types = {award.award_type_id: award.award_type for award in awards}
    rows = CertificateLayout.objects.filter(is_active=True, family__in={row.family for row in types.values()})
    wrong = Count("award_types", filter=~Q(award_types__in=types))
    mine = Count("award_types", filter=Q(award_types__in=types), distinct=True)
    rows = rows.annotate(others=wrong, own=mine).filter(Q(others=0, own=0) | Q(own=len(types)))
    return rows.select_related("background").order_by("-own", "on_stock", "code")


def prints_of(awards: Iterable[Award]) -> dict[int, tuple[int, Any]]:
    """By award: how often its certificate was printed, and when last. One query."""
    keys = [str(award.pk) for award in awards]
    lines = AuditEntry.objects.filter(record_type=Award._meta.label_lower, action=PRINTED, record_id__in=keys)
    counted = lines.order_by().values("record_id").annotate(times=Count("pk"), last=Max("at"))
    return {int(row["record_id"]): (row["times"], row["last"]) for row in counted}


# --- previews ---------------------------------------------------------------------------------------------------------
def preview_award(award: Award, layout: CertificateLayout, *, ppi: float = 60) -> bytes:
    """A picture of the certificate with a mark across it; nothing is noted."""
    return certificates.compile_png(_data([award], layout, watermark=True), ppi=ppi)


def preview_awards(awards: list[Award], layout: CertificateLayout) -> bytes:
    """The pages as they would be printed, each with a mark across it; nothing is noted."""
    return certificates.compile_pdf(_data(awards, layout, watermark=True))


def _data(
    awards: list[Award], layout: CertificateLayout, *, watermark: bool, done: Callable[[int], None] | None = None
) -> dict[str, Any]:
    boxes, places, sheets = certificates.printed_boxes(layout), {}, []
    for number, award in enumerate(awards):
        if done is not None:
            done(number)
        day = (award.decision.unit_id, award.decided_on)
        if day not in places:
            places[day] = certificates.place_of(award)
        facts = certificates.facts_of(award, places[day])
        sheets.append(certificates.sheet_of(boxes, facts, certificates.public_address(award)))
    title = f"{layout.name} – {awards[0].decision_no}" if awards else layout.name
    return certificates.data_of(layout, sheets, title=title, watermark=watermark)


# --- printing ---------------------------------------------------------------------------------------------------------
def _authorise(awards: list[Award], layout: CertificateLayout, actor: Any) -> None:
    """The awards come from ``printable_awards``; asked again, because a job runs later than it was asked for."""
    if not awards:
        raise DomainError(
            "Không có bằng nào để in: khen thưởng phải thuộc quyết định đã vào sổ và chưa bị hủy. Hãy tải lại trang."
        )
    if not all(actor.has_perm("award.certificate", award) for award in awards):
        raise PermissionDenied
    if any(award.award_type.family != layout.family for award in awards):
        raise DomainError(
            "Khen thưởng của Đảng và của Nhà nước dùng mẫu riêng. Hãy chọn mẫu cùng hệ với các khen thưởng này."
        )


def print_awards(
    awards: Iterable[Award],
    layout: CertificateLayout,
    *,
    actor: Any,
    report: Callable[[int, int], None] | None = None,
) -> bytes:
    """One PDF of the certificates in the order given, and a line in the trail of each award.

    Raises PermissionDenied; DomainError when there is nothing to print, the families differ, something is missing.
    """
    chosen = list(awards)
    _authorise(chosen, layout, actor)
    data = _data(
        chosen, layout, watermark=False, done=None if report is None else lambda number: report(number, len(chosen))
    )
    if gaps := missing_in([sheet["texts"] for sheet in data["sheets"]]):
        raise DomainError("Bằng còn thiếu thông tin nên chưa in được.", [f"Cần bổ sung: {gap}." for gap in gaps])
    pdf = certificates.compile_pdf(data)
    note_print(chosen, layout, actor)
    return pdf


@transaction.atomic
def note_print(awards: list[Award], layout: CertificateLayout, actor: Any) -> None:
    """A line in the trail of each award. DomainError when one was cancelled while its page was being set."""
    keys = [award.pk for award in awards]
    standing = Award.objects.select_for_update(of=("self",)).standing().filter(pk__in=keys).order_by("pk")
    if len(standing.values_list("pk", flat=True)) != len(keys):
        raise DomainError("Có khen thưởng vừa bị hủy trong lúc dàn trang nên chưa in. Hãy tải lại trang rồi in lại.")
    way = "chỉ in chữ lên phôi" if layout.on_stock else "in đầy đủ"
    note = f"Mẫu “{layout.name}”, {way}"
    audit.record_many([{"subject": award, "action": PRINTED, "actor": actor, "note": note} for award in awards])


def in_print_order(awards: Iterable[Award], order: str) -> list[Award]:
    """By the order of the ceremony, or kept together by unit and then in that order."""
    rows = ceremony_order(awards)
    return sorted(rows, key=lambda row: row.unit.sort_key) if order == BY_UNIT else rows


def file_name(decision: Decision) -> str:
    return f"bang-khen-{'-'.join(search_key(decision.number).split())}.pdf"


def print_decision(decision: Decision, layout: CertificateLayout, *, actor: Any, order: str) -> bytes | jobs.Job:
    """Every certificate of the decision in one file; many are made in the background, and the file waits on the job's page."""
    awards = in_print_order(awards_of(decision, actor), order)
    if len(awards) <= settings.CERTIFICATES_AT_ONCE:
        return print_awards(awards, layout, actor=actor)
    _authorise(awards, layout, actor)
    params = {"decision": decision.pk, "layout": layout.pk, "order": order, "owner": actor.pk}
    title = f"In {len(awards)} bằng theo {decision}"[:200]
    key = f"{decision.pk}:{layout.pk}:{order}:{actor.pk}"
    return jobs.queue(PRINT_JOB, key, params=params, title=title, owner=actor)


@jobs.handler(PRINT_JOB)
def run_print(progress: jobs.Progress) -> str:
    """The awards as they stand now: one cancelled in the meantime is not printed."""
    owner = progress.job.owner
    if owner is None:
        raise DomainError("Không còn người yêu cầu tệp này.")
    decision = Decision.objects.get(pk=progress.params["decision"])
    layout = CertificateLayout.objects.select_related("background").get(pk=progress.params["layout"])
    awards = in_print_order(awards_of(decision, owner), progress.params["order"])
    pdf = print_awards(awards, layout, actor=owner, report=lambda done, total: _report(progress, done, total))
    stored = store_bytes(pdf, file_name(decision), kind="application/pdf", actor=owner)
    progress.report(len(awards), len(awards))
    progress.keep(file=stored)
    return f"Đã dàn {len(awards)} bằng, lúc {timezone.localtime():%H:%M ngày %d/%m/%Y}."


def _report(progress: jobs.Progress, done: int, total: int) -> None:
    if done % 20 == 0:
        progress.report(done, total, f"Đang dàn bằng thứ {done + 1}")
