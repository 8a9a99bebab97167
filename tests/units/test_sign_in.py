"""Guessing, taking over and changing passwords, through the pages as a visitor meets them."""

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from dvk_portal.core.models import AuditEntry
from tests import factories as f
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/tai-khoan/login/"


@pytest.fixture(autouse=True)
def nobody_is_locked_out():
    cache.clear()
    yield
    cache.clear()


def attempt(username, password, **extra):
    return Client().post(LOGIN, {"login": username, "password": password}, **extra).status_code


def test_after_five_failures_even_the_right_password_is_refused(province):
    for _ in range(5):
        attempt("nhap.an", "sai")

    assert attempt("nhap.an", PASSWORD) == 200
    assert attempt("nhap.binh", PASSWORD) == 302


def test_naming_another_host_or_writing_the_name_otherwise_gives_no_more_guesses(province):
    for port in range(5):
        attempt("nhap.an", "sai", headers={"host": f"testserver:{8000 + port}"})

    assert attempt("nhap.an", PASSWORD) == 200
    assert attempt(" NHAP.AN ", PASSWORD) == 200
    assert attempt("ｎhap.an", PASSWORD) == 200


def test_a_changed_password_leaves_a_line_without_either_password(province, sign_in):
    new = "Mat-khau-moi-2027"

    response = sign_in(province.editor).post(
        "/tai-khoan/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )

    assert response.status_code == 302
    line = AuditEntry.objects.get(action="change_password")
    assert (line.actor, line.record_id, line.changes, line.note) == (province.editor, str(province.editor.pk), {}, "")


def test_nobody_changes_the_address_to_which_a_new_password_would_go(province, sign_in):
    sign_in(province.editor).post("/tai-khoan/email/", {"action_add": "", "email": "ke.gian@thu.example"})

    Client().post("/tai-khoan/password/reset/", {"email": "ke.gian@thu.example"})

    assert not [letter for letter in mail.outbox if "/reset/key/" in letter.body]


def test_a_closed_account_is_signed_out_and_stays_out(province, sign_in):
    client = sign_in(province.editor)
    assert client.get("/").status_code == 200

    province.editor.is_active = False
    province.editor.save()

    assert client.get("/").status_code == 302
    assert attempt("nhap.an", PASSWORD) == 302  # to the page that says so
    assert client.get("/bao-cao/").url.startswith(LOGIN)


def test_signing_in_gives_a_new_session(province):
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key

    client.post(LOGIN, {"login": "nhap.an", "password": PASSWORD})

    assert client.session.session_key != before


def test_a_get_signs_nobody_out(province, sign_in):
    client = sign_in(province.editor)

    client.get("/tai-khoan/logout/")

    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(province, target):
    response = Client().post(f"{LOGIN}?next={target}", {"login": "nhap.an", "password": PASSWORD, "next": target})

    assert response.status_code == 302
    assert "evil" not in response.url
    assert "javascript" not in response.url


def test_an_initial_password_opens_nothing_but_its_change(province):
    user = f.UserFactory(username="moi", must_change_password=True)
    f.MembershipFactory(user=user, unit=province.commune, role="leader")
    client = Client()
    client.post(LOGIN, {"login": "moi", "password": PASSWORD})

    for path in ("/", "/bao-cao/", "/quan-tri/", "/ca-nhan/", "/tai-khoan/email/", "/hop-thu/"):
        assert client.get(path).url == "/tai-khoan/password/change/"
