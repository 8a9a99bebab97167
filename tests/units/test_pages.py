import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories as f
from units.models import Unit, User
from units.services import structure
from units.services.memberships import hand_over
from units.urls import urlpatterns

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 7, 1)
MANAGED = ["unit-rename", "unit-move", "unit-close", "unit-merge", "membership-grant"]


def address(pattern, pk):
    return reverse(pattern.name, args=[pk] if "<int:pk>" in str(pattern.pattern) else [])


def text(response):
    return response.content.decode()


@pytest.fixture
def renamed(province):
    structure.rename_unit(
        province.commune,
        actor=province.admin,
        name="Phường An Hòa",
        on=DAY,
        decision="NQ 1",
        today=datetime.date(2026, 11, 21),
    )
    return province


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
def test_the_anonymous_is_asked_to_sign_in(province, pattern):
    for method in ("get", "post"):
        response = getattr(Client(), method)(address(pattern, province.commune.pk))
        assert response.status_code == 302
        assert response.url.startswith("/tai-khoan/login/")


@pytest.mark.parametrize("who", ["editor", "leader", "verifier", "director", "viewer", "stranger"])
@pytest.mark.parametrize("name", [*MANAGED, "membership-end", "membership-hand-over"])
def test_only_the_administrator_reaches_the_forms(province, sign_in, who, name):
    pk = province.editor.memberships.get().pk if name.startswith("membership-") and name != "membership-grant" else None
    url = reverse(name, args=[pk or province.commune.pk])

    assert sign_in(getattr(province, who)).get(url).status_code == 403
    assert sign_in(getattr(province, who)).post(url).status_code == 403


def test_another_units_page_does_not_exist(province, sign_in):
    client = sign_in(province.editor)

    assert client.get(province.commune.get_absolute_url()).status_code == 200
    for other in (province.other_commune, province.province, province.ban):
        assert client.get(other.get_absolute_url()).status_code == 404
    page = text(client.get("/don-vi/"))
    assert "Xã An Hòa" in page
    assert "Xã Bình Đức" not in page


@pytest.mark.parametrize("query", ["an hoa", "AN HÒA", "phuong an hoa", "30001"])
def test_units_are_found_without_marks(renamed, sign_in, query):
    page = text(sign_in(renamed.director).get("/don-vi/", {"q": query}))

    assert "Phường An Hòa" in page
    assert "Bình Đức" not in page


def test_the_list_shows_the_names_of_the_chosen_day(renamed, sign_in):
    page = text(sign_in(renamed.director).get("/don-vi/", {"q": "xa an hoa", "day": "30/06/2025"}))

    assert "Xã An Hòa" in page
    assert "nay là Phường An Hòa" in page


def test_closed_units_are_apart(province, sign_in):
    structure.close_unit(province.commune, actor=province.admin, on=DAY, decision="NQ 1")
    client = sign_in(province.director)

    assert "Xã An Hòa" not in text(client.get("/don-vi/"))
    assert "Xã An Hòa" in text(client.get("/don-vi/", {"state": "closed"}))
    assert "Xã An Hòa" in text(client.get("/don-vi/", {"day": "30/06/2025"}))
    assert "Còn người giữ vai trò" in text(client.get(province.commune.get_absolute_url()))


@pytest.mark.parametrize("count", [1, 100])
def test_the_list_costs_the_same_queries(province, sign_in, count, django_assert_max_num_queries):
    f.UnitFactory.create_batch(count, parent=province.province)
    client = sign_in(province.director)

    with django_assert_max_num_queries(9):
        assert client.get("/don-vi/?size=100").status_code == 200


@pytest.mark.parametrize("count", [1, 40])
def test_the_page_of_a_unit_costs_the_same_queries(province, sign_in, count, django_assert_max_num_queries):
    for _ in range(count):
        f.UnitFactory(parent=province.commune)
        f.MembershipFactory(unit=province.commune)
    client = sign_in(province.director)

    with django_assert_max_num_queries(14):
        assert client.get(province.commune.get_absolute_url()).status_code == 200


def test_every_change_works_from_its_form(province, sign_in):
    client, unit = sign_in(province.admin), province.commune
    day = {"on": "01/07/2025", "decision": "NQ 1"}

    def post(page, pk, **data):
        response = client.post(reverse(page, args=[pk] if pk else []), data)
        assert response.status_code == 302, text(response)

    post("unit-create", None, code="30009", name="Xã Mới", kind=unit.kind.pk, parent=province.province.pk, **day)
    post("unit-rename", unit.pk, name="Xã Khác", kind=unit.kind.pk, **day)
    post("unit-move", province.third_commune.pk, parent=unit.pk, **day)
    post("unit-merge", unit.pk, predecessors=[province.other_commune.pk], **day)
    post("unit-close", province.department.pk, **day)
    post("membership-grant", unit.pk, user=province.stranger.pk, role="viewer", valid_from="01/01/2026")
    post("membership-end", province.stranger.memberships.get().pk, last_day="02/01/2026")
    post("membership-hand-over", province.editor.memberships.get().pk, to=province.stranger.pk, on="01/02/2026")

    assert set(Unit.objects.current().values_list("name", flat=True)) >= {"Xã Mới", "Xã Khác"}
    assert province.editor.memberships.get().valid_to == datetime.date(2026, 1, 31)


def test_what_the_service_refuses_is_said_above_the_form(province, sign_in):
    response = sign_in(province.admin).post(
        reverse("unit-close", args=[province.ban.pk]), {"on": "01/07/2025", "decision": "NQ 1"}
    )

    assert response.status_code == 200
    assert "còn 2 đơn vị trực thuộc" in text(response)
    assert "91.P1 Phòng Đoàn thể" in text(response)


def test_the_own_page_shows_the_own_roles(province, sign_in):
    page = text(sign_in(province.leader).get("/ca-nhan/"))

    assert "Lê Văn Lãnh" in page
    assert "Bí thư Đảng ủy" in page
    assert "chưa được giao vai trò" in text(sign_in(province.stranger).get("/ca-nhan/"))


# --- the initial password ---------------------------------------------------------------------------------------------
@pytest.fixture
def newcomer(province):
    province.editor.must_change_password = True
    province.editor.save()
    return province.editor


def test_nobody_works_with_an_initial_password(newcomer, sign_in):
    client = sign_in(newcomer)

    for url in ("/ca-nhan/", "/don-vi/", "/hop-thu/"):
        assert client.get(url).url == "/tai-khoan/password/change/"
    assert client.get("/tai-khoan/password/change/").status_code == 200


def test_a_fragment_asked_by_htmx_leads_the_whole_page_there(newcomer, sign_in):
    response = sign_in(newcomer).get("/don-vi/", headers={"HX-Request": "true"})

    assert (response.status_code, response["HX-Redirect"]) == (200, "/tai-khoan/password/change/")


def test_a_session_that_has_ended_leads_the_whole_page_to_sign_in():
    response = Client().get("/don-vi/", headers={"HX-Request": "true"})

    assert (response.status_code, response["HX-Redirect"]) == (200, "/tai-khoan/login/")


def test_a_password_of_ones_own_opens_the_portal(newcomer, sign_in):
    client = sign_in(newcomer)
    own = "Cua-rieng-toi-2026!"

    response = client.post(
        "/tai-khoan/password/change/", {"oldpassword": f.PASSWORD, "password1": own, "password2": own}
    )

    assert response.url == "/"

    newcomer = User.objects.get(pk=newcomer.pk)
    assert not newcomer.must_change_password
    assert newcomer.check_password(own)
    assert client.get("/ca-nhan/").status_code == 200


def test_the_page_of_a_unit_names_who_begins_later(province, sign_in):
    """A hand-over of tomorrow must be visible today, else the administrator does it again."""
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    hand_over(province.editor.memberships.get(), actor=province.admin, to=province.stranger, on=tomorrow)

    page = text(sign_in(province.admin).get(reverse("unit-detail", args=[province.commune.pk])))

    assert "Sẽ giữ vai trò" in page
    assert f"{province.stranger}: " in page
