"""Five failures lock the sign-in of an account; a replaced password opens it again."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD
from units.services.accounts import reset_password
from units.signinlock import lift_lock

pytestmark = pytest.mark.django_db
LOCKED = "tạm khóa"


@pytest.fixture(autouse=True)
def clean_cache(settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": "5/12h/key"}
    cache.clear()
    yield
    cache.clear()


def enter(username, password):
    return Client().post(reverse("account_login"), {"login": username, "password": password})


def lock(username):
    for number in range(6):
        page = enter(username, f"sai-{number}")
    assert LOCKED in page.content.decode()


def test_the_right_password_does_not_open_a_locked_account(province):
    lock(province.editor.username)

    assert LOCKED in enter(province.editor.username, PASSWORD).content.decode()


def test_a_new_initial_password_opens_the_account_at_once(province):
    lock(province.editor.username)

    password = reset_password(province.editor, actor=province.admin)

    assert enter(province.editor.username, password).status_code == 302


def test_lifting_one_lock_leaves_the_others(province):
    lock(province.editor.username)
    lock(province.leader.username)

    lift_lock(province.editor.username.upper())

    assert enter(province.editor.username, PASSWORD).status_code == 302
    assert LOCKED in enter(province.leader.username, PASSWORD).content.decode()
