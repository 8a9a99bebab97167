"""Is the process alive, and can it do its work? For load balancers and the runbook; names nothing private."""

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from kombu.exceptions import OperationalError


@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations, cache and broker are in order; 503 and which one is not otherwise."""
    checks = {"database": _database(), "cache": _cache(), "broker": _broker()}
    ready = all(checks.values())
    return JsonResponse({"status": "ok" if ready else "unavailable", "checks": checks}, status=200 if ready else 503)


@login_not_required
def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """Browsers ask for this address wherever no page names an icon."""
    return HttpResponseRedirect(static("img/mark.svg"))


def _database() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


def _cache() -> bool:
    try:
        cache.set("readyz", 1, 10)
        return cache.get("readyz") == 1
    except OSError:
        return False


def _broker() -> bool:
    try:
        with current_app.connection_for_write() as link:
            link.ensure_connection(max_retries=1, timeout=2)
        return True
    except (OSError, OperationalError):
        return False
