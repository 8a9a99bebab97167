"""The components: what they say, how they escape, what survives in the address, who sees which line of the navigation."""

import datetime
import re
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.apps import apps
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import QueryDict
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.forms import DateField, DecimalField, PortalForm
from dvk_portal.core.looks import LOOKS
from dvk_portal.core.templatetags import ui
from dvk_portal.core.views import ActionView, FilteredListView, describe
from dvk_portal.navigation import Portal
from units.models import Unit


def draw(source: str, **context) -> str:
    return Template(source).render(Context(context))


# --- words, numbers, dates ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ x|num }}", "1.234,5"),
        ("{{ x|num:2 }}", "1.234,50"),
        ("{{ x|points }}", "1.234,5"),
        ("{{ x|pct }}", "1.234,5%"),
        ("{{ none|num }}", "–"),
        ("{{ none|points }}", "–"),
        ("{{ zero|num }}", "0"),
        ("{{ d|day }}", "05/11/2026"),
        ("{{ none|day }}", "–"),
        ("{{ size|filesize }}", "1,2 MB"),
    ],
)
def test_numbers_and_dates_are_written_the_vietnamese_way(source, expected):
    values = {"x": Decimal("1234.50"), "none": None, "zero": 0, "d": datetime.date(2026, 11, 5), "size": 1_240_000}

    assert draw(source, **values) == expected


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [
        (-2, "quá hạn 2 ngày", "tone-bad"),
        (0, "hạn hôm nay", "tone-waiting"),
        (3, "còn 3 ngày", "tone-waiting"),
        (4, "còn 4 ngày", "tone-plain"),
    ],
)
def test_a_deadline_says_how_long_is_left(days, words, tone):
    today = datetime.date(2026, 10, 1)

    shown = draw("{{ due|deadline:today }}", due=today + datetime.timedelta(days=days), today=today)

    assert words in shown
    assert tone in shown


def test_a_status_has_its_word_beside_colour_and_shape():
    record = SimpleNamespace(status="returned", get_status_display=lambda: "Trả lại")

    shown = draw("{% status record %}", record=record)

    assert "Trả lại" in shown
    assert "tone-waiting" in shown
    assert "<svg" in shown


def test_text_of_people_is_escaped():
    shown = draw(
        "{% panel title %}{{ title }}{% endpanel %}{% person title %}{% fact title title %}{% stat title title %}"
        "{% data_table title %}{% columns %}{% column title %}{% endcolumns %}{% row %}{% cell %}{{ title }}{% endcell %}"
        "{% endrow %}{% enddata_table %}{% event title by=title note=title %}",
        title="<script>x</script>",
    )

    assert "<script>" not in shown


# --- tables ---------------------------------------------------------------------------------------------------------
def test_every_cell_carries_the_label_of_its_column_for_the_phone():
    shown = draw(
        '{% data_table "Bảng" %}{% columns %}{% column "Đơn vị" rows=2 %}{% column "Tháng 7" span=2 %}{% endcolumns %}'
        '{% columns %}{% column "Kế hoạch" numeric=True %}{% column "Thực hiện" numeric=True %}{% endcolumns %}'
        "{% row %}{% cell head=True %}An{% endcell %}{% num_cell 1 %}{% num_cell 2 %}{% endrow %}"
        "{% row %}{% cell head=True %}Bình{% endcell %}{% num_cell 3 %}{% num_cell None %}{% endrow %}{% enddata_table %}"
    )

    assert re.findall(r'data-label="([^"]+)"', shown) == ["Tháng 7: Kế hoạch", "Tháng 7: Thực hiện"] * 2
    assert shown.count("<thead") == 1


def test_the_address_keeps_the_filter_and_drops_what_is_empty():
    query = QueryDict("q=an+hòa&status=&sort=due&page=3")

    assert ui.query_with(query, sort="-due", page=None) == "?q=an+h%C3%B2a&sort=-due"


@pytest.mark.parametrize(
    ("current", "aria", "following"),
    [("", "none", "sort=due"), ("due", "ascending", "sort=-due"), ("-due", "descending", "sort=due")],
)
def test_a_heading_sorts_one_way_then_the_other(current, aria, following):
    request = RequestFactory().get("/", {"sort": current} if current else {})

    shown = draw(
        '{% data_table "Bảng" %}{% columns %}{% column "Hạn" sort="due" %}{% endcolumns %}{% enddata_table %}',
        request=request,
    )

    assert f'aria-sort="{aria}"' in shown
    assert f"?{following}" in shown


class UnitList(FilteredListView):
    model = Unit
    sort_fields = {"name": "sort_key", "code": "code"}
    default_sort = "name"
    partial_template_name = "core/_nothing.html"


def list_of_units(province, rf, query="", **headers):
    request = rf.get(f"/don-vi/?{query}", headers=headers)
    request.user, request.htmx = province.director, HtmxDetails(request)
    partial = Template(
        '{% data_table "Đơn vị" %}{% columns %}{% column "Tên" sort="name" %}{% endcolumns %}{% for unit in object_list %}'
        "{% row %}{% cell head=True %}{{ unit }}{% endcell %}{% endrow %}{% endfor %}{% enddata_table %}"
    )
    view = UnitList.as_view(template_name="layouts/list.html", partial_template_name=partial, page_title="Đơn vị")
    return view(request).render()


def test_a_list_is_a_page_for_the_browser_and_a_part_for_htmx(province, rf):
    page = list_of_units(province, rf, "sort=-code")
    part = list_of_units(province, rf, "sort=-code", hx_request="true")
    restored = list_of_units(province, rf, "sort=-code", hx_request="true", hx_history_restore_request="true")

    assert "<!doctype html>" in page.content.decode()
    assert "<!doctype html>" in restored.content.decode()
    assert "<!doctype html>" not in part.content.decode()
    assert part["Cache-Control"] == "no-store"
    assert "HX-Request" in page["Vary"]
    names = re.findall(r'role="rowheader">([^<]+)<', page.content.decode())
    assert names == [unit.name for unit in Unit.objects.order_by("-code")]


@pytest.mark.parametrize(("page", "expected"), [("1", 1), ("99", 3), ("abc", 1)])
def test_a_page_that_is_gone_shows_the_nearest_one(db, rf, page, expected):
    view = UnitList()
    view.setup(rf.get("/", {"page": page, "size": "25"}))

    found = view.paginate_queryset([*range(60)], 25)[1]

    assert found.number == expected


@pytest.mark.parametrize(("size", "expected"), [("50", 50), ("7", 25), ("", 25), ("100000", 25)])
def test_only_offered_page_sizes_are_taken(rf, size, expected):
    view = UnitList()
    view.setup(rf.get("/", {"size": size}))

    assert view.get_paginate_by(None) == expected


def test_an_unknown_order_falls_back_to_the_key(rf):
    view = UnitList()
    view.setup(rf.get("/", {"sort": "password"}))

    assert view.order(Unit.objects.order_by()).query.order_by == ("pk",)


# --- forms ----------------------------------------------------------------------------------------------------------
class ModelForm(PortalForm):
    title = forms.CharField(label="Tên", help_text="Ngắn gọn.")
    started = DateField(label="Ngày bắt đầu")
    budget = DecimalField(label="Kinh phí", max_digits=12, decimal_places=2, required=False)
    kind = forms.ChoiceField(label="Loại", widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")])


def test_errors_stand_in_a_summary_that_links_to_the_controls():
    form = ModelForm({"started": "31/02/2026"})

    shown = draw("{% form_fields form %}", form=form)

    assert re.findall(r'<a href="#(\w+)">', shown) == ["id_title", "id_started", "id_kind_0"]
    assert "Hãy điền mục này." in shown
    assert 'aria-describedby="id_title_helptext id_title_error"' in shown
    for target in ("id_title", "id_started", "id_kind_0", "id_title_helptext", "id_title_error"):
        assert shown.count(f'id="{target}"') == 1


def test_dates_are_day_first_and_decimals_take_a_comma():
    form = ModelForm({"title": "Mô hình", "started": "05/11/2026", "budget": "1.234,5", "kind": "a"})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["started"] == datetime.date(2026, 11, 5)
    assert form.cleaned_data["budget"] == Decimal("1234.5")


def test_an_ambiguous_number_asks_instead_of_guessing():
    form = ModelForm({"title": "Mô hình", "started": "05/11/2026", "budget": "12.500", "kind": "a"})

    assert list(form.errors) == ["budget"]


def test_a_refused_rule_shows_its_findings_in_the_summary():
    form = ModelForm({"title": "Mô hình", "started": "05/11/2026", "kind": "a"})

    form.add_domain_error(DomainError("Chưa thể gửi.", ["Thiếu <b>minh chứng</b>."]))
    shown = draw("{% error_summary form %}", form=form)

    assert "Chưa thể gửi." in shown
    assert "Thiếu &lt;b&gt;minh chứng&lt;/b&gt;." in shown
    assert "Chưa lưu được. Hãy sửa các mục sau:" in shown


def test_a_form_that_saves_nothing_does_not_say_that_it_could_not_save():
    form = ModelForm({"title": "", "started": "05/11/2026", "kind": "a"})
    form.error_title = "Chưa ký được. Hãy xem lại các mục sau:"

    shown = draw("{% error_summary form %}", form=form)

    assert "Chưa ký được. Hãy xem lại các mục sau:" in shown
    assert "Chưa lưu được" not in shown


# --- moves ----------------------------------------------------------------------------------------------------------
class Move(ActionView):
    success_message = "Đã xong."

    def get_record(self):
        return SimpleNamespace(get_absolute_url=lambda: "/ban-ghi/1/")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("/bao-cao/?page=2", "/bao-cao/?page=2"),
        ("https://ngoai.example/", "/ban-ghi/1/"),
        ("//ngoai.example/", "/ban-ghi/1/"),
        ("", "/ban-ghi/1/"),
    ],
)
def test_a_move_returns_only_to_addresses_of_the_portal(rf, asked, expected):
    view = Move()
    view.setup(rf.post("/", {"next": asked}))

    assert view.back_url(view.get_record()) == expected


def test_a_move_is_never_made_by_following_a_link(rf):
    assert Move.as_view()(rf.get("/")).status_code == 405


def test_a_refusal_lists_its_findings_escaped():
    shown = describe(DomainError("Chưa thể gửi.", ["Thiếu <b>", "Thiếu số liệu"]))

    assert shown == "<p>Chưa thể gửi.</p><ul><li>Thiếu &lt;b&gt;</li><li>Thiếu số liệu</li></ul>"


def test_the_findings_of_a_refusal_reach_the_page_as_a_list():
    said = describe(DomainError("Chưa thể gửi.", ["Thiếu <b>"]))

    shown = draw("{% flash message %}", message=Message(constants.ERROR, said))

    assert "<li>Thiếu &lt;b&gt;</li>" in shown


def test_a_button_that_asks_opens_a_sheet_with_a_labelled_note():
    shown = draw('{% action_button "Trả lại" "/x/" note_required=True %}')

    target = re.search(r'<label class="form-label" for="([^"]+)"', shown)[1]
    assert f'<textarea class="form-control" id="{target}" name="note" rows="3" required>' in shown
    assert 'method="post"' in shown


# --- pages ----------------------------------------------------------------------------------------------------------
def test_the_component_page_is_clean_under_the_content_policy(province, sign_in):
    page = sign_in(province.director).get("/giao-dien/").content.decode()

    assert " style=" not in page
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"\son\w+=", page)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))


def test_only_staff_sees_the_component_page(province, sign_in):
    assert sign_in(province.verifier).get("/giao-dien/").status_code == 200
    assert sign_in(province.editor).get("/giao-dien/").status_code == 403
    assert sign_in(province.stranger).get("/giao-dien/").status_code == 403


def test_the_navigation_shows_only_what_the_matrix_allows(province, rf):
    def labels(user):
        request = rf.get("/giao-dien/")
        request.user = user
        return {line["label"]: line["current"] for line in Portal(request).lines}

    assert labels(province.director)["Giao diện"] is True
    assert "Giao diện" not in labels(province.editor)
    assert "Nhật ký" not in labels(province.verifier)


@pytest.mark.parametrize("path", ["login", "password/reset", "password/reset/done", "inactive", "signup"])
def test_account_pages_speak_vietnamese(db, client, path):
    page = client.get(f"/tai-khoan/{path}/").content.decode()

    assert '<html lang="vi">' in page
    assert not re.search(r"\b(Password|Username|Sign In|Email|Sign Up|Forgot)\b", page)


def test_the_sign_in_page_offers_accounts_only_in_the_demonstration(db, client, settings, tmp_path):
    settings.STATE_DIR = tmp_path
    (tmp_path / "accounts.json").write_text(
        '[{"role": "director", "username": "lanhdao.x", "password": "p", "unit": "Ban", "name": "N"}]'
    )

    ordinary = client.get("/tai-khoan/login/").content.decode()
    settings.DEMO = True
    demonstration = client.get("/tai-khoan/login/").content.decode()

    assert "lanhdao.x" not in ordinary
    assert "lanhdao.x" in demonstration


def test_a_missing_page_says_what_to_do(province, sign_in):
    response = sign_in(province.editor).get("/khong-co-trang-nay/")

    assert response.status_code == 404
    assert "Không tìm thấy trang" in response.content.decode()


def test_every_state_of_the_portal_has_a_look():
    known = {key.rpartition(".")[2] for key in LOOKS}
    missing = {
        f"{model.__name__}.{value}"
        for model in apps.get_models()
        for model_field in model._meta.fields
        if model_field.name == "status" and model_field.choices
        for value, _ in model_field.choices
        if value not in known
    }

    assert missing == set()


def test_an_event_tells_its_time_to_the_minute_and_no_finer():
    """Finer times are of use to nobody who reads, and to whoever looks for an order that is meant to stay unknown."""
    at = datetime.datetime(2026, 11, 22, 13, 8, 13, 714_302, tzinfo=datetime.UTC)

    shown = render_to_string("components/event.html", {"title": "Chấm", "by": "Ngô Thị Thẩm", "at": at})

    assert 'datetime="2026-11-22T20:08+0700"' in shown
    assert "13.71" not in shown
