"""Shared fixtures: the province, its people, a launched campaign, signed-in clients."""

import pytest
from django.test import Client

from tests import personas

pytest_plugins = ["tests.browser.plugin"]


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
