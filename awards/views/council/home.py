"""The first page of the council's site: what waits for me."""

from typing import Any

from django.urls import reverse
from django.views.generic import TemplateView

from awards.models import CommitteeMeeting, Review, Turnout
from awards.services.council.dossier import tasks_of
from awards.services.council.relations import has_declared
from awards.services.council.rounds import is_stale
from awards.views.council.pages import CouncilPage


class Index(CouncilPage, TemplateView):
    """Reviews with their due days, ballots open for me, sessions called, and whether I have declared relations."""

    seat_required = False
    template_name = "awards/council/index.html"
    page_title = "Việc của tôi"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return []

    def get_page_subtitle(self) -> str:
        return "; ".join(f"{seat.get_role_display()}, {seat.committee}" for seat in self.seats)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        tasks = tasks_of(self.request.user, self.seats, self.readable)
        return super().get_context_data(
            reviews=[_review(row) for row in tasks.reviews],
            ballots=[_ballot(row) for row in tasks.ballots],
            meetings=[_meeting(row) for row in tasks.meetings],
            count=tasks.count,
            has_seat=bool(self.seats),
            has_declared=has_declared(self.request.user),
            **context,
        )


def _review(row: Review) -> dict[str, Any]:
    stale = is_stale(row)
    note = "Đơn vị đã gửi bản mới sau khi bạn chấm: hãy đọc lại." if stale else row.nomination.unit_name
    return {
        "title": f"Chấm hồ sơ: {row.nomination.name} – {row.nomination.award_type}",
        "url": reverse("council:dossier", args=[row.nomination_id]),
        "note": note,
        "due": row.round.closes_on,
        "tone": "waiting" if stale else "",
    }


def _ballot(row: Turnout) -> dict[str, Any]:
    ballot = row.ballot
    # Hands are raised in the room and counted by the secretary; only a secret paper is filled in here.
    url = (
        reverse("council:vote", args=[ballot.pk])
        if ballot.secret
        else reverse("council:meeting", args=[ballot.meeting_id])
    )
    return {
        "title": f"{'Bỏ phiếu' if ballot.secret else 'Biểu quyết'}: {ballot.award_type}, vòng {ballot.round}",
        "url": url,
        "note": " · ".join(filter(None, (ballot.meeting.title, ballot.rule.get("rule_set", "")))),
        "tone": "waiting",
    }


def _meeting(row: CommitteeMeeting) -> dict[str, Any]:
    return {
        "title": row.title,
        "url": reverse("council:meeting", args=[row.pk]),
        "note": f"{row.get_status_display()} · {row.place} · {row.cycle}",
        "at": row.starts_at,
    }
