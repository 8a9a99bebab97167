"""The second step: an authenticator app asked at sign-in and at every signature made in the portal (R-74)."""

import time

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry
from dvk_portal.core.signatures.identity import confirm_identity, has_second_step
from tests import factories as f
from tests.pledges.pledge_steps import agreed
from units.services import accounts

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(steps=0):
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + steps))


@pytest.fixture(autouse=True)
def codes_of_earlier_tests_are_forgotten():
    cache.clear()


@pytest.fixture
def enrolled(province):
    TOTP.activate(province.leader, SECRET)
    RecoveryCodes.activate(province.leader)
    return province.leader


def test_sign_in_asks_for_the_code_of_who_enrolled(enrolled):
    client = Client()
    sent = {"login": enrolled.username, "password": f.PASSWORD}

    response = client.post(reverse("account_login"), sent)
    assert response.url == reverse("mfa_authenticate")
    assert client.get("/").status_code == 302  # not in yet
    assert "Nhập mã xác thực" in client.get(response.url).content.decode()

    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "Mã chưa đúng" in wrong.content.decode()
    assert client.post(reverse("mfa_authenticate"), {"code": code()}).status_code == 302
    assert client.get("/ca-nhan/").status_code == 200


def test_who_did_not_enrol_signs_in_as_before(province):
    client = Client()
    client.post(reverse("account_login"), {"login": province.editor.username, "password": f.PASSWORD})
    assert client.get("/ca-nhan/").status_code == 200


def test_enrolling_shows_a_code_to_scan_and_gives_recovery_codes(province):
    client = Client()
    client.post(reverse("account_login"), {"login": province.editor.username, "password": f.PASSWORD})
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    client.post(asked.url, {"password": f.PASSWORD})
    response = client.get(reverse("mfa_activate_totp"))
    page = response.content.decode()
    secret = client.session["mfa.totp.secret"]
    assert secret in page

    typed = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    response = client.post(reverse("mfa_activate_totp"), {"code": typed})
    assert response.url == reverse("mfa_view_recovery_codes")
    assert has_second_step(province.editor)
    shown = client.get(response.url).content.decode()
    codes = Authenticator.objects.get(user=province.editor, type="recovery_codes").wrap().get_unused_codes()
    assert len(codes) == 10
    assert all(each in shown for each in codes)


def test_a_signature_needs_the_code_as_well_as_the_password(enrolled):
    now = timezone.now()
    for given in ("", "000000"):
        with pytest.raises(DomainError, match="Mật khẩu hoặc mã xác thực chưa đúng"):
            confirm_identity(enrolled, f.PASSWORD, code=given, now=now)
    with pytest.raises(DomainError):
        confirm_identity(enrolled, "sai", code=code(), now=now)
    assert AuditEntry.objects.filter(action="signing_password_refused").count() == 3


def test_a_code_of_the_app_signs_once(enrolled):
    typed = code()
    confirm_identity(enrolled, f.PASSWORD, code=f" {typed[:3]} {typed[3:]}", now=timezone.now())
    with pytest.raises(DomainError):
        confirm_identity(enrolled, f.PASSWORD, code=typed, now=timezone.now())


def test_a_recovery_code_signs_once(enrolled):
    spare = Authenticator.objects.get(user=enrolled, type="recovery_codes").wrap().get_unused_codes()[0]
    confirm_identity(enrolled, f.PASSWORD, code=spare, now=timezone.now())
    with pytest.raises(DomainError):
        confirm_identity(enrolled, f.PASSWORD, code=spare, now=timezone.now())


def test_secrets_lie_encrypted_in_the_database(enrolled, settings):
    row = Authenticator.objects.get(user=enrolled, type="totp")
    assert SECRET not in str(row.data)
    assert get_adapter().decrypt(row.data["secret"]) == SECRET

    settings.SECRET_KEY = "x" * 50
    assert not row.wrap().validate_code(code())


def test_a_new_initial_password_takes_the_second_step_away(enrolled, province):
    accounts.reset_password(enrolled, actor=province.admin)
    assert not has_second_step(enrolled)
    assert AuditEntry.objects.get(action="reset_password").changes == {"second_step": [True, False]}


def test_nobody_sees_or_ends_the_second_step_of_another(enrolled, province, sign_in):
    client = sign_in(province.other_leader)
    assert "Đang bật" not in client.get(reverse("mfa_index")).content.decode()
    assert client.get(reverse("mfa_view_recovery_codes")).status_code in (302, 404)
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 404
    assert has_second_step(enrolled)


def test_the_page_of_signing_asks_for_the_code_only_of_who_enrolled(world, sign_in):
    pledge = agreed(world)
    url = reverse("pledge-sign", args=[pledge.pk])
    assert "Mã xác thực hai bước" not in sign_in(world.leader).get(url).content.decode()
    TOTP.activate(world.leader, SECRET)
    assert "Mã xác thực hai bước" in sign_in(world.leader).get(url).content.decode()
    sent = {"password": f.PASSWORD, "seen": pledge.document_hash}
    refused = sign_in(world.leader).post(url, sent)
    assert "Hãy nhập mã xác thực để ký." in refused.content.decode()
    assert sign_in(world.leader).post(url, {**sent, "code": code()}).status_code == 302
    pledge.refresh_from_db()
    assert pledge.status == "part_signed"


# --- roles of whom it is demanded -------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/", "/ca-nhan/", "/bao-cao/", "/tai-khoan/hai-buoc/"])
def test_a_role_that_must_enrol_meets_nothing_else_before(province, sign_in, settings, path):
    settings.SECOND_STEP_ROLES = ["leader"]
    client = sign_in(province.leader)

    response = client.get(path)

    assert (response.status_code, response.url) == (302, reverse("mfa_activate_totp"))
    assert sign_in(province.editor).get("/ca-nhan/").status_code == 200


def test_once_enrolled_he_works_and_cannot_do_without_again(enrolled, sign_in, settings):
    settings.SECOND_STEP_ROLES = ["leader"]
    client = sign_in(enrolled)
    assert client.get("/ca-nhan/").status_code == 200

    Authenticator.objects.filter(user=enrolled).delete()

    assert client.get("/ca-nhan/").url == reverse("mfa_activate_totp")


def test_he_may_always_enrol_and_leave(province, sign_in, settings):
    settings.SECOND_STEP_ROLES = ["leader"]
    client = sign_in(province.leader)

    page = client.get(reverse("mfa_activate_totp"), follow=True)
    assert page.status_code == 200
    assert client.post(reverse("account_logout")).status_code == 302
    assert client.get("/").url.startswith(reverse("account_login"))


def test_htmx_is_led_to_the_whole_page(province, sign_in, settings):
    settings.SECOND_STEP_ROLES = ["leader"]

    response = sign_in(province.leader).get("/bao-cao/", headers={"HX-Request": "true"})

    assert response["HX-Redirect"] == reverse("mfa_activate_totp")
