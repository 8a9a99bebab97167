"""The pages of indicators: who may, what they show, what they refuse."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import Indicator, IndicatorGroup
from campaigns.services import indicators as services
from tests import factories as f
from tests.campaigns.scheme_files import BAD_INDICATORS, INDICATORS

READ = ["indicator-list", "indicator-export"]
WRITE = ["indicator-create", "indicator-import", "indicator-group-list", "indicator-group-create"]
WRITE_ONE = ["indicator-edit", "indicator-group-edit"]


@pytest.fixture
def small(province):
    services.import_indicators(INDICATORS.encode(), actor=None)
    return Indicator.objects.get(code="a_dat")


@pytest.fixture
def verifier(province, sign_in):
    return sign_in(province.verifier)


def address(name, indicator):
    pk = {"indicator-edit": indicator.pk, "indicator-group-edit": indicator.group_id}.get(name)
    return reverse(name, args=[pk] if pk else [])


def sent(response):
    data = {}
    for bound in response.context["form"]:
        value = bound.value()
        if value is not None and value is not False:
            data[bound.html_name] = value
    return data


@pytest.mark.parametrize("name", [*READ, *WRITE, *WRITE_ONE])
def test_the_anonymous_is_sent_to_sign_in(name, small):
    assert "/tai-khoan/" in Client().get(address(name, small))["Location"]
    assert "/tai-khoan/" in Client().post(address(name, small))["Location"]


@pytest.mark.parametrize("name", [*READ, *WRITE, *WRITE_ONE])
@pytest.mark.parametrize("who", ["editor", "leader", "viewer", "verifier", "director", "admin", "stranger"])
def test_each_page_opens_to_those_the_matrix_names(name, who, small, province, sign_in):
    client = sign_in(getattr(province, who))
    keeps = who in ("verifier", "director", "admin")
    may = who != "stranger" if name in READ else keeps

    assert client.get(address(name, small)).status_code == (200 if may else 403)
    if name not in READ and not keeps:
        assert client.post(address(name, small), {"content": INDICATORS}).status_code == 403


def test_the_list_costs_the_same_queries_for_ten_rows_and_for_a_hundred(verifier, django_assert_num_queries):
    f.IndicatorFactory.create_batch(10)
    url = reverse("indicator-list")
    verifier.get(url)
    with CaptureQueriesContext(connection) as ten:
        verifier.get(url, {"size": 100})
    f.IndicatorFactory.create_batch(90)

    with django_assert_num_queries(len(ten)):
        verifier.get(url, {"size": 100})


def test_the_list_is_searched_without_diacritics_and_filtered(small, verifier):
    url, campaign = reverse("indicator-list"), f.CampaignFactory(launched=True)
    f.CampaignIndicatorFactory(campaign=campaign, indicator=small)

    def found(**query):
        return [row.code for row in verifier.get(url, query).context["object_list"]]

    assert found(q="TY LE dat") == ["a_tyle"]
    assert found(kind="ratio") == ["a_tyle"]
    assert found(asked="yes") == ["a_dat"]
    assert found(asked="no") == ["a_tong", "a_tyle"]
    assert found(group=small.group_id, kind="flow") == ["a_dat", "a_tong"]


def test_saving_every_form_unchanged_changes_nothing(province, verifier):
    services.import_default_catalogue()
    before = services.export_indicators()

    for indicator in Indicator.objects.all():
        page = indicator.get_absolute_url()
        response = verifier.post(page, sent(verifier.get(page)))
        assert response.status_code == 302, (indicator.code, response.context["form"].errors)

    assert services.export_indicators() == before


def test_a_ratio_is_typed_in(small, verifier):
    page = reverse("indicator-create")
    typed = {
        "code": "b_tyle", "group": small.group_id, "label": "Tỷ lệ", "name": "Tỷ lệ khác", "measure": "%", "kind": "ratio",
        "over_time": "recompute", "over_units": "recompute", "numerator": ["a_dat"], "denominator": ["a_dat", "a_tong"],
        "scope": "unit", "frequency": "month", "decimals": "1",
    }  # fmt: skip

    assert verifier.post(page, typed).status_code == 302
    row = Indicator.objects.get(code="b_tyle")
    assert (row.numerator, row.denominator, row.ask) == (["a_dat"], ["a_dat", "a_tong"], False)


def test_what_the_file_check_says_stands_at_the_field(small, verifier):
    page = reverse("indicator-create")
    typed = {
        "code": "b_tyle", "group": small.group_id, "label": "Tỷ lệ", "name": "Tỷ lệ", "measure": "%", "kind": "ratio",
        "over_time": "recompute", "over_units": "recompute", "scope": "unit", "frequency": "month", "decimals": "1",
        "ask": "on",
    }  # fmt: skip

    errors = verifier.post(page, typed).context["form"].errors

    assert "ask" in errors
    assert any("tử số" in sentence for sentence in errors["__all__"])
    assert not Indicator.objects.filter(code="b_tyle").exists()


def test_a_wrong_roll_up_is_said_in_words(small, verifier):
    page = small.get_absolute_url()

    errors = (
        verifier.post(page, {**sent(verifier.get(page)), "kind": "stock", "over_time": "sum"}).context["form"].errors
    )

    assert "lấy kỳ cuối" in errors["over_time"][0]


def test_guarded_fields_are_closed_and_a_forged_request_changes_nothing(small, verifier):
    f.CampaignIndicatorFactory(campaign=f.CampaignFactory(launched=True), indicator=small)
    page = small.get_absolute_url()

    response = verifier.get(page)
    assert "không đổi được" in response.content.decode()
    verifier.post(page, {**sent(response), "measure": "buổi", "name": "Tên mới"})

    small.refresh_from_db()
    assert (small.measure, small.name) == ("cuộc", "Tên mới")


def upload(client, data):
    return client.post(reverse("indicator-import"), {"file": SimpleUploadedFile("chi-so.yaml", data)})


@pytest.mark.parametrize("name", [name for name in BAD_INDICATORS if name != "empty"])
def test_a_bad_upload_is_explained_and_not_stored(name, verifier):
    data, words = BAD_INDICATORS[name]

    response = upload(verifier, data)

    assert any(words in sentence for sentence in response.context["plan"].sentences)
    assert "Ghi vào danh mục" not in response.content.decode()
    assert not Indicator.objects.exists()


def test_a_good_upload_is_previewed_and_stored_only_when_told(small, verifier):
    response = upload(verifier, INDICATORS.replace("Số đạt", "Số cuộc đạt").encode())
    page = response.content.decode()
    assert "Số cuộc đạt" in page
    assert "Ghi vào danh mục" in page
    assert Indicator.objects.get(code="a_dat").name == "Số đạt"

    verifier.post(reverse("indicator-import"), {"content": response.context["content"]})
    assert Indicator.objects.get(code="a_dat").name == "Số cuộc đạt"


def test_a_refused_row_is_shown_with_its_reason(small, verifier):
    f.CampaignIndicatorFactory(campaign=f.CampaignFactory(launched=True), indicator=small)

    response = upload(verifier, INDICATORS.replace("measure: cuộc", "measure: buổi").encode())

    page = response.content.decode()
    assert "Phong trào đã phát động đang hỏi" in page
    assert "Ghi vào danh mục" not in page


def test_a_group_is_added_and_renamed(small, verifier):
    verifier.post(reverse("indicator-group-create"), {"code": "moi", "title": "Nhóm mới", "order": "2"})
    group = IndicatorGroup.objects.get(code="moi")

    verifier.post(reverse("indicator-group-edit", args=[group.pk]), {"code": "x", "title": "Tên khác", "order": "3"})

    group.refresh_from_db()
    assert (group.code, group.title) == ("moi", "Tên khác")
