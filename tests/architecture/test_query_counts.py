"""What the pages ask of the database, on the demonstration: 106 units, four quarters, two campaigns."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from awards.models import AwardCycle
from campaigns.models import Campaign, Scheme
from dvk_portal.core.models import Notification
from pledges.models import Pledge, QuarterlyReport, ScoreSheet
from units.models import Membership, User

MOST = 15


@pytest.fixture(scope="module")
def province(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[dict[str, Any]]:
    """The demonstration, loaded once and never kept; people by role, records by name."""
    folder = tmp_path_factory.mktemp("demo")
    with (
        django_db_blocker.unblock(),
        override_settings(STATE_DIR=folder, MEDIA_ROOT=folder / "files"),
        transaction.atomic(),
    ):
        call_command("load_demo", stdout=io.StringIO())
        past, present = Campaign.objects.order_by("starts_on")
        unit = present.participations.filter(unit__kind__code="xa").order_by("sort_key").first().unit
        people = {
            role: Membership.objects.current()
            .filter(role=role, **({"unit": unit} if role in ("editor", "leader") else {}))
            .first()
            .user
            for role in ("editor", "leader", "verifier", "director", "viewer", "admin", "chair", "secretary", "member")
        }
        own = {"participation__campaign": present, "participation__unit": unit}
        yield {
            **people,
            "present": present,
            "past": past,
            "cluster": present.clusters.first(),
            "unit": unit,
            "open_report": QuarterlyReport.objects.filter(**own).order_by("-period__data_from").first(),
            "sent_report": QuarterlyReport.objects.filter(participation__campaign=present, status="submitted").first(),
            "sheet": ScoreSheet.objects.get(**own),
            "past_sheet": ScoreSheet.objects.filter(participation__campaign=past).first(),
            "pledge": Pledge.objects.get(**own),
            "scheme": Scheme.objects.first(),
            "cycle": AwardCycle.objects.get(status="voting"),
        }
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def db(province, django_db_blocker):
    """Instead of pytest-django's: each test in a savepoint of the shared province."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def files_in_a_temporary_folder():
    """The province has its own."""


def queries(user: User, path: str) -> list[str]:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get(path)  # what is computed once per process
    with CaptureQueriesContext(connection) as caught:
        response = client.get(path)
    assert response.status_code == 200, path
    return [
        query["sql"]
        for query in caught.captured_queries
        if not re.match(r"(SAVEPOINT|RELEASE|BEGIN|COMMIT)", query["sql"])
    ]


def listed(found: list[str]) -> str:
    return "\n".join(f"{number:3} {sql[:160]}" for number, sql in enumerate(found, 1))


PAGES = [
    *(("home", role, []) for role in ("editor", "leader", "verifier", "director", "viewer", "admin")),
    ("report-edit", "editor", ["open_report"]),
    ("report-detail", "editor", ["open_report"]),
    ("report-verify", "verifier", ["sent_report"]),
    ("scoresheet-detail", "editor", ["sheet"]),
    ("scoresheet-detail", "verifier", ["sheet"]),
    ("scoresheet-detail", "director", ["past_sheet"]),
    ("ranking", "director", ["present"]),
    ("ranking", "director", ["past"]),
    ("ranking", "editor", ["present"]),
    ("cycle-detail", "editor", ["cycle"]),
    *((name, "director", []) for name in ("decision-list", "fund", "award-statistics", "complaint-list", "cycle-calendar")),
    *((f"council:{name}", "member", []) for name in ("index", "dossiers", "comparison", "meetings")),
    ("council:index", "secretary", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "role", "args"), PAGES, ids=lambda part: part if isinstance(part, str) else "-".join(part)
)
def test_a_main_page_asks_at_most_fifteen_times(name, role, args, province):
    found = queries(province[role], reverse(name, args=[province[part].pk for part in args]))

    assert len(found) <= MOST, listed(found)


# name → (who, args, what narrows the list to one row).
LISTS = {
    "report-list": ("verifier", [], {"q": "unit"}),
    "pledge-list": ("verifier", [], {"q": "unit"}),
    "scoresheet-list": ("verifier", [], {"q": "unit"}),
    "unit-list": ("verifier", [], {"q": "unit"}),
    "campaign-roster": ("verifier", ["present"], {"q": "unit"}),
    "verification-queue": ("director", [], {"q": "sent_unit"}),
    "indicator-list": ("verifier", [], {"q": "=dan_van"}),
    "audit-list": ("director", [], {"q": "=không có gì như thế"}),
    "recipient-list": ("verifier", [], {"q": "=huyen uy tri ton"}),
    "nomination-list": ("verifier", [], {"q": "=huyen uy tri ton"}),
    "award-list": ("verifier", [], {"q": "=huyen uy tri ton"}),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_a_hundred_rows_asks_as_often_as_one_of_few(name, province):
    role, args, narrow = LISTS[name]
    words = {
        "unit": province["unit"].name,
        "sent_unit": province["sent_report"].participation.name,
    }
    path = reverse(name, args=[province[part].pk for part in args])
    few = {key: words.get(value, value.removeprefix("=")) for key, value in narrow.items()}

    many = queries(province[role], f"{path}?size=100")
    one = queries(province[role], f"{path}?size=100&" + "&".join(f"{key}={value}" for key, value in few.items()))

    assert len(many) <= len(one) + 1, f"{listed(one)}\n---\n{listed(many)}"


@pytest.mark.parametrize("count", [1, 100])
def test_the_inbox_asks_equally_often(count, province):
    user = province["viewer"]
    Notification.objects.filter(recipient=user).delete()
    Notification.objects.bulk_create(
        Notification(recipient=user, kind="report_ready", key=f"k{number}", title=f"Tin {number}")
        for number in range(count)
    )

    assert len(queries(user, f"{reverse('inbox')}?size=100")) <= 8
