"""Every address: the anonymous is refused, another unit meets nothing, reading changes nothing.

Pages are walked from the URL configuration itself; the table of tests/architecture/addresses.py says how to build each and
what to expect. The world is built once for the module, inside one transaction that is never kept.
"""

import hashlib
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.architecture.addresses import HIDDEN, PUBLIC, REFUSED, ROWS, every_address, methods_of
from tests.architecture.everything import INTERNAL, SECRET, Everything, build_everything
from units.models import Membership

PATTERNS = dict(every_address())
NAMED = sorted(ROWS.keys() & PATTERNS.keys())
GETTABLE = [name for name in NAMED if "get" in methods_of(PATTERNS[name])]
POSTABLE = [name for name in NAMED if "post" in methods_of(PATTERNS[name])]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# What signing in writes by itself.
NOT_COUNTED = {"sessions.session"}
# The only addresses that write when read: opening a letter marks it as read; a document that leaves as Word or Excel is
# logged (law.md R-83); allauth notes the person's own mail address.
WRITES_WHEN_READ = {
    "inbox-read": {"core.notification"},
    "document-word": {"core.auditentry"},
    "document-xlsx": {"core.auditentry"},
}


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Everything]:
    """Everything, built once: the tests of this module undo what they do."""
    from django.test.utils import override_settings

    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")),
        transaction.atomic(),
    ):
        everything = build_everything()
        everything.things["membership"] = Membership.objects.get(user=everything.editor)
        everything.things["indicator_group"] = everything.flow.group
        yield everything
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def db(made, django_db_blocker):
    """Instead of pytest-django's: each test in a savepoint of the shared world."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def files_in_a_temporary_folder():
    """Instead of the folder per test of tests/conftest.py: the files were stored with the world."""


def client_of(made: Everything, person: str) -> Client:
    client = Client(raise_request_exception=True)
    if person:
        client.force_login(getattr(made, person), backend=BACKEND)
    return client


def ask(made: Everything, name: str, person: str, method: str):
    path = ROWS[name].path(name, made)
    client = client_of(made, person)
    response = client.post(path) if method == "post" else client.get(path)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    for close in response._resource_closers:  # response.close() would close the shared connection as well
        close()
    response.text_of_all = content.decode("utf-8", "replace") + str(response.headers)
    return response


def body_of(response) -> str:
    """What was sent, the headers (names of files) included."""
    return response.text_of_all


def contents() -> dict[str, str]:
    """One digest per table: equal before and after means that nothing was written."""
    return {
        model._meta.label_lower: hashlib.sha256(
            repr(list(model._base_manager.order_by("pk").values_list())).encode()
        ).hexdigest()
        for model in apps.get_models()
        if model._meta.label_lower not in NOT_COUNTED and not model._meta.proxy
    }


@pytest.fixture(scope="module")
def before(made) -> dict[str, str]:
    """The tables as every test finds them: whatever one writes is undone."""
    return contents()


def difference(before: dict[str, str]) -> list[str]:
    after = contents()
    return [label for label in before if before[label] != after[label] and label != "units.user"]


# --- the table is whole ---------------------------------------------------------------------------------------------
def test_every_address_has_a_row():
    """A new URL without a row in tests/architecture/addresses.py fails here."""
    unknown = [name for name in PATTERNS if name not in ROWS and name not in PUBLIC and not name.startswith("admin:")]

    assert unknown == []


def test_every_row_has_an_address():
    assert sorted((ROWS.keys() | PUBLIC) - PATTERNS.keys()) == []


# --- who is not signed in -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", NAMED)
def test_the_anonymous_is_led_to_the_sign_in(name, made):
    for method in ("get", "post"):
        response = ask(made, name, "", method)

        assert response.status_code == 302, method
        assert response["Location"].startswith(reverse("account_login")), method


def test_no_page_of_the_administration_opens_for_anybody_else(made):
    open_to = []
    for name in (name for name in PATTERNS if name.startswith("admin:")):
        path = admin_path(name, made)
        for person in ("", "stranger", "editor", "leader", "verifier", "director", "viewer"):
            status = client_of(made, person).get(path).status_code
            if status not in (302, 403, 404) and name not in ("admin:login", "admin:jsi18n", "admin:logout"):
                open_to.append(f"{name} for {person or 'the anonymous'}: {status}")

    assert open_to == []


def admin_path(name: str, made: Everything) -> str:
    pattern = PATTERNS[name]
    if pattern.name is None:  # the old address of a record, and what catches all others
        return f"{reverse('admin:units_unit_changelist')}{made.commune.pk}/"
    values = {"app_label": "units", "url": "x", "content_type_id": "1", "object_id": made.editor.pk}
    wanted = [*pattern.pattern.converters, *getattr(getattr(pattern.pattern, "regex", None), "groupindex", {})]
    kwargs = {part: values.get(part, made.editor.pk) for part in wanted}
    return reverse(name, kwargs=kwargs)


# --- who has no place here, who belongs to another unit -------------------------------------------------------------
@pytest.mark.parametrize("person", ["stranger", "other_editor", "other_leader"])
@pytest.mark.parametrize("name", GETTABLE)
def test_nobody_else_reads_what_is_of_the_unit(name, person, made):
    response = ask(made, name, person, "get")

    wanted = {HIDDEN: (404,), REFUSED: (403, 404)}.get(ROWS[name].other, (200, 302, 403, 404, 405))
    assert response.status_code in wanted
    text = body_of(response)
    assert SECRET not in text
    assert INTERNAL not in text


@pytest.mark.parametrize("person", ["stranger", "other_editor", "other_leader"])
@pytest.mark.parametrize("name", POSTABLE)
def test_nobody_else_writes_what_is_of_the_unit(name, person, made, before):
    response = ask(made, name, person, "post")

    wanted = {HIDDEN: (404,), REFUSED: (403, 404)}.get(ROWS[name].other, (200, 302, 403, 404))
    assert response.status_code in wanted
    assert SECRET not in body_of(response)
    # Their own letters and their own mail address, on the pages that are about nobody else.
    own = {"inbox-read-all": {"core.notification"}, **WRITES_WHEN_READ}.get(name, set())
    assert set(difference(before)) <= own


# --- who may ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", GETTABLE)
def test_the_right_person_reads_it_and_reading_changes_nothing(name, made, before):
    response = ask(made, name, ROWS[name].person, "get")

    assert response.status_code in ((200,) if ROWS[name].page else (200, 302, 404, 409))
    if ROWS[name].shows:
        text = body_of(response)
        assert SECRET in text or INTERNAL in text
    assert set(difference(before)) <= WRITES_WHEN_READ.get(name, set())


@pytest.mark.parametrize("name", POSTABLE)
def test_an_empty_form_is_answered_with_words_never_with_a_fault(name, made):
    """What a person can cause must not end in an error of the server."""
    response = ask(made, name, ROWS[name].person, "post")

    assert response.status_code in (200, 204, 302, 400, 403, 404, 409, 422)


# --- the system administrator has no say ------------------------------------------------------------------------------
OF_UNITS = [
    name
    for name in GETTABLE
    if name.startswith(("pledge-", "report-", "evidence-", "value-", "verification-", "score", "ranking", "campaign-"))
]


@pytest.mark.parametrize("name", OF_UNITS)
def test_the_administrator_reads_no_report_and_no_score(name, made):
    response = ask(made, name, "admin", "get")

    text = body_of(response)
    assert response.status_code in (200, 302, 403, 404)
    assert SECRET not in text
    assert INTERNAL not in text
    if ROWS[name].args:
        assert response.status_code in (403, 404)
