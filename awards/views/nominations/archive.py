"""Dossiers as ZIP files: one at once, all of a cycle by a worker."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import View

from awards.models import AwardCycle, Nomination
from awards.services.nominations.archive import archive_of, ask_for_archive
from dvk_portal.core.files import serve_bytes
from units import access


class NominationArchive(View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        rows = Nomination.objects.visible_to(request.user).with_names()
        name, data = archive_of(get_object_or_404(rows, pk=pk), actor=request.user)
        return serve_bytes(data, name, kind="application/zip")


class CycleArchive(View):
    """``hinh-thuc`` in the form: one award only."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        cycles = access.scope(AwardCycle.objects.all(), request.user, "award.manage")
        cycle = get_object_or_404(cycles, pk=pk)
        asked = request.POST.get("hinh-thuc", "")
        award = cycle.award_types.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 10 else None
        return redirect("job-detail", ask_for_archive(cycle, award, actor=request.user).pk)
