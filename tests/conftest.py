"""Shared fixtures: the province, its people, a launched campaign, signed-in clients."""

import pytest
from django.test import Client

from tests import personas

pytest_plugins = ["tests.browser.plugin"]


ENGINE = {"db", "transactional_db", "django_db_setup", "live_server"}


def pytest_addoption(parser):
    parser.addoption(
        "--only-engine",
        action="store_true",
        help="leave out tests that ask no database and start no service: they are the same on every engine",
    )


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--only-engine"):
        return
    kept, left = [], []
    for item in items:
        asks = ENGINE & set(item.fixturenames) or any(map(item.get_closest_marker, ("django_db", "postgres", "redis")))
        (kept if asks or "tests/infra/" in item.nodeid else left).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left)


@pytest.fixture
def province(db):
    return personas.build_province()


@pytest.fixture
def world(db):
    """A province with an open campaign of four quarters and three communes."""
    return personas.build_world()


@pytest.fixture
def sign_in():
    """``sign_in(user)`` gives a client of that person."""

    def make(user):
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


@pytest.fixture(autouse=True)
def files_in_a_temporary_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
