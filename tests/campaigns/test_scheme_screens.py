"""The pages of scoring tables: who may, what they show, what they refuse."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import Scheme
from campaigns.scoring import editing
from campaigns.scoring.rules import RULE_KINDS
from campaigns.services import schemes as services
from tests import factories as f
from tests.campaigns.scheme_files import BAD_SCHEMES, GOOD, TABLES

READ = {"scheme-list": [], "scheme-detail": ["pk"], "scheme-export": ["pk"], "scheme-trial": ["pk", "0-0"]}
WRITE_GET = {
    "scheme-create": [],
    "scheme-upload": [],
    "scheme-new-version": ["pk"],
    "scheme-edit": ["pk"],
    "scheme-edit-general": ["pk"],
    "scheme-section-create": ["pk"],
    "scheme-node-create": ["pk", "0"],
    "scheme-node-edit": ["pk", "0-1"],
    "scheme-rule-create": ["pk", "0-1"],
    "scheme-rule-edit": ["pk", "0-1", 0],
    "scheme-item-create": ["pk", "dieu-kien"],
    "scheme-item-edit": ["pk", "xep-loai", 0],
}
WRITE_POST = {
    "scheme-discard": ["pk"],
    "scheme-undo": ["pk"],
    "scheme-node-move": ["pk", "0-1"],
    "scheme-node-delete": ["pk", "0-1"],
    "scheme-rule-move": ["pk", "0-1", 0],
    "scheme-rule-delete": ["pk", "0-1", 0],
    "scheme-item-move": ["pk", "xep-loai", 0],
    "scheme-item-delete": ["pk", "xep-loai", 0],
}
DIRECTOR = {"scheme-publish": ["pk"], "scheme-retire": ["pk"]}
EVERY = {**READ, **WRITE_GET, **WRITE_POST, **DIRECTOR}


def address(name, scheme):
    return reverse(name, args=[scheme.pk if arg == "pk" else arg for arg in EVERY[name]])


@pytest.fixture
def draft(province):
    return services.import_scheme(services.read_scheme_file(GOOD), actor=province.verifier)[0]


@pytest.fixture
def published(province, draft):
    return services.publish_scheme(draft, actor=province.director)


@pytest.fixture
def verifier(province, sign_in):
    return sign_in(province.verifier)


def sent(response):
    """What the page's form would send back unchanged."""
    form = response.context["form"]
    data = {}
    for bound in form:
        value = bound.value()
        if value is not None and value is not False:
            data[bound.html_name] = value
    return data


# --- who may ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", EVERY)
def test_the_anonymous_is_sent_to_sign_in(name, draft):
    client = Client()
    for response in (client.get(address(name, draft)), client.post(address(name, draft))):
        assert response.status_code == 302
        assert "/tai-khoan/" in response["Location"]


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("who", ["editor", "leader", "viewer", "admin", "stranger"])
def test_those_who_do_not_keep_tables_read_published_ones_and_nothing_else(name, who, published, province, sign_in):
    client = sign_in(getattr(province, who))
    may_read = name in READ and who != "stranger"
    before = Scheme.objects.values().get()

    assert client.get(address(name, published)).status_code in ((200,) if may_read else (403, 404, 405))
    if name not in READ:
        assert client.post(address(name, published), {"revision": 1}).status_code in (403, 404)
    assert Scheme.objects.values().get() == before


@pytest.mark.parametrize("name", [name for name in READ if name != "scheme-list"])
@pytest.mark.parametrize("who", ["editor", "leader", "viewer", "admin"])
def test_a_draft_is_hidden_from_them(name, who, draft, province, sign_in):
    assert sign_in(getattr(province, who)).get(address(name, draft)).status_code == 404
    assert draft.title not in sign_in(getattr(province, who)).get(reverse("scheme-list")).content.decode()


@pytest.mark.parametrize("name", [*READ, *WRITE_GET])
def test_the_department_opens_every_page_of_a_draft(name, draft, verifier):
    assert verifier.get(address(name, draft)).status_code == 200


@pytest.mark.parametrize("name", DIRECTOR)
def test_the_department_does_not_publish_or_retire(name, draft, verifier):
    assert verifier.post(address(name, draft), {"typed": draft.code, "revision": 1}).status_code == 403


# The first three of WRITE_GET make another table.
@pytest.mark.parametrize("name", [*list(WRITE_GET)[3:], *WRITE_POST])
def test_every_editing_address_refuses_a_published_table(name, published, province, sign_in):
    client = sign_in(province.director)
    before = Scheme.objects.values().get()
    client.get(address(name, published))
    response = client.post(address(name, published), {"revision": published.revision, "step": "1"}, follow=True)

    assert "công bố" in response.content.decode()
    assert Scheme.objects.values().get() == before


# --- what they show ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_real_table_is_shown_and_edited(path, province, verifier):
    scheme = services.import_scheme(services.read_scheme_file(path.read_bytes()), actor=province.verifier)[0]

    assert verifier.get(reverse("scheme-detail", args=[scheme.pk])).status_code == 200
    assert verifier.get(reverse("scheme-edit", args=[scheme.pk])).status_code == 200


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_saving_every_form_of_a_real_table_unchanged_changes_nothing(path, province, verifier):
    scheme = services.import_scheme(services.read_scheme_file(path.read_bytes()), actor=province.verifier)[0]
    document = scheme.document
    pages = [reverse("scheme-edit-general", args=[scheme.pk])]
    for place, _, node in editing.walk_nodes(document):
        where = editing.place_text(place)
        pages.append(reverse("scheme-node-edit", args=[scheme.pk, where]))
        rules = range(len(node.get("rules") or []))
        pages += [reverse("scheme-rule-edit", args=[scheme.pk, where, index]) for index in rules]
    for name, key in (("dieu-kien", "gates"), ("xep-loai", "classes"), ("bang-diem", "ties")):
        items = range(len(document.get(key) or []))
        pages += [reverse("scheme-item-edit", args=[scheme.pk, name, index]) for index in items]

    for page in pages:
        response = verifier.post(page, sent(verifier.get(page)))
        assert response.status_code == 302, (page, response.context["form"].errors)

    assert services.check_document(Scheme.objects.get().document).document == document


def test_the_table_reads_as_on_paper(published, province, sign_in):
    page = sign_in(province.editor).get(reverse("scheme-detail", args=[published.pk])).content.decode()

    for words in (
        "1.2. Tiêu chí hai",
        "Từ 90 trở lên",
        "6 điểm",
        "Không tính khi: tự khắc phục",
        "Ghi chú: giữ nguyên",
    ):
        assert words in page
    assert "Soạn bảng" not in page
    assert "Cảnh báo" not in page


def test_the_checker_speaks_to_those_who_keep_the_table_alone(province, sign_in):
    path = next(path for path in TABLES if path.stem == "t01_tiengiang_2022")
    scheme = services.import_scheme(services.read_scheme_file(path.read_bytes()), actor=None, publish=True)[0]
    url = reverse("scheme-detail", args=[scheme.pk])

    assert "Cảnh báo:" in sign_in(province.verifier).get(url).content.decode()
    assert "Cảnh báo" not in sign_in(province.editor).get(url).content.decode()


def test_a_finding_stands_beside_its_node(draft, verifier):
    page = reverse("scheme-node-edit", args=[draft.pk, "0-0"])

    response = verifier.post(page, {**sent(verifier.get(page)), "max": "5"}, follow=True)

    assert "Bảng còn 1 lỗi" in response.content.decode()
    line = response.context["table"].lines()[0]
    assert [remark.finding.code for remark in line.remarks] == ["children_sum"]
    assert line.sum_differs


def test_the_export_is_a_file_to_download(published, province, sign_in):
    response = sign_in(province.editor).get(reverse("scheme-export", args=[published.pk]))

    assert response["Content-Disposition"] == 'attachment; filename="bang-nho-1.yaml"'
    assert services.read_scheme_file(response.content).document == published.document


def test_the_list_costs_the_same_queries_for_one_row_and_for_a_hundred(verifier, django_assert_num_queries):
    f.SchemeFactory()
    verifier.get(reverse("scheme-list"))
    with CaptureQueriesContext(connection) as one:
        verifier.get(reverse("scheme-list"))
    f.SchemeFactory.create_batch(99)

    with django_assert_num_queries(len(one)):
        verifier.get(reverse("scheme-list"), {"size": 100})


def test_the_list_is_searched_without_diacritics(draft, verifier):
    url = reverse("scheme-list")

    assert draft.title in verifier.get(url, {"q": "BANG nho"}).content.decode()
    assert draft.get_absolute_url() not in verifier.get(url, {"q": "khac"}).content.decode()


# --- files ------------------------------------------------------------------------------------------------------------
def upload(client, data):
    return client.post(reverse("scheme-upload"), {"file": SimpleUploadedFile("bang.yaml", data)})


@pytest.mark.parametrize("name", [name for name in BAD_SCHEMES if name != "empty"])
def test_a_bad_upload_is_explained_and_not_stored(name, verifier):
    data, words = BAD_SCHEMES[name]

    response = upload(verifier, data)

    assert response.status_code == 200
    assert any(words in sentence for sentence in response.context["checked"].sentences)
    assert "Lưu thành bản nháp" not in response.content.decode()
    assert not Scheme.objects.exists()


def test_a_good_upload_is_shown_first_and_stored_only_when_told(verifier):
    response = upload(verifier, GOOD.encode())
    assert "Lưu thành bản nháp" in response.content.decode()
    assert not Scheme.objects.exists()

    verifier.post(reverse("scheme-upload"), {"content": response.context["content"]})
    assert Scheme.objects.get().status == "draft"


def test_what_is_sent_back_from_the_preview_is_checked_again(verifier):
    response = verifier.post(reverse("scheme-upload"), {"content": GOOD.replace("base: 10", "base: 99")})

    assert response.status_code == 200
    assert not Scheme.objects.exists()


def test_an_upload_over_a_published_table_is_refused_with_advice(published, verifier):
    response = verifier.post(reverse("scheme-upload"), {"content": GOOD.replace("Bảng nhỏ", "Bảng khác")})

    assert "lập phiên bản mới" in response.content.decode()
    assert Scheme.objects.get().title == "Bảng nhỏ"


# --- editing ----------------------------------------------------------------------------------------------------------
def test_two_editors_the_second_keeps_what_he_typed_and_may_save_again(draft, verifier, province, sign_in):
    page = reverse("scheme-node-edit", args=[draft.pk, "0-1"])
    mine = {**sent(verifier.get(page)), "title": "Tên tôi gõ"}
    general = reverse("scheme-edit-general", args=[draft.pk])
    other = sign_in(province.director)
    other.post(general, {**sent(other.get(general)), "note": "người khác"})

    refused = verifier.post(page, mine)
    body = refused.content.decode()
    assert "Người khác vừa sửa bảng này" in body
    assert "Tên tôi gõ" in body
    assert Scheme.objects.get().document["sections"][0]["children"][1]["title"] == "Tiêu chí hai"

    verifier.post(page, sent(refused))
    document = Scheme.objects.get().document
    assert (document["sections"][0]["children"][1]["title"], document["note"]) == ("Tên tôi gõ", "người khác")


def test_a_place_that_became_another_node_is_not_overwritten(draft, verifier, province, sign_in):
    page = reverse("scheme-node-edit", args=[draft.pk, "0-1"])
    mine = {**sent(verifier.get(page)), "title": "Tên tôi gõ"}
    move = reverse("scheme-node-move", args=[draft.pk, "0-1"])
    sign_in(province.director).post(move, {"revision": draft.revision, "step": "-1"})

    refused = verifier.post(page, mine)
    again = verifier.post(page, sent(refused))

    assert "nay là một mục khác" in again.content.decode()
    assert "Tên tôi gõ" not in str(Scheme.objects.get().document)


def test_a_table_is_typed_from_nothing_to_publication(province, verifier, sign_in):
    verifier.post(reverse("scheme-create"), {"code": "moi", "version": "1", "title": "Bảng mới", "base": "10"})
    scheme = Scheme.objects.get()

    def fill(name, args, **typed):
        page = reverse(name, args=[scheme.pk, *args])
        kind = f"?kind={typed.pop('kind')}" if "kind" in typed else ""
        response = verifier.post(page + kind, {**sent(verifier.get(page + kind)), **typed})
        assert response.status_code == 302, response.context["form"].errors

    fill("scheme-section-create", [], code="1", title="Phần một", max="10")
    fill("scheme-node-create", ["0"], code="1.1", title="Tiêu chí", max="10", evidence="báo cáo")
    bands = {"bands-0-ge": "90", "bands-0-points": "10", "bands-1-lt": "90", "bands-1-points": "2,5"}
    fill("scheme-rule-create", ["0-0"], kind="band", **bands)
    fill("scheme-item-create", ["xep-loai"], label="Đạt", ge="5")
    fill("scheme-item-create", ["xep-loai"], label="Không đạt", below="on")

    scheme.refresh_from_db()
    checked = services.check_document(scheme.document)
    assert (checked.errors, checked.warnings) == ((), ())
    assert checked.document["sections"][0]["children"][0]["rules"] == [
        {"kind": "band", "bands": [{"ge": 90, "points": 10}, {"lt": 90, "points": "2.5"}]}
    ]

    director, page = sign_in(province.director), reverse("scheme-publish", args=[scheme.pk])
    assert director.post(page, {**sent(director.get(page)), "typed": "sai"}).status_code == 200
    director.post(page, {**sent(director.get(page)), "typed": "moi"})
    scheme.refresh_from_db()
    assert (scheme.status, scheme.published_by) == ("published", province.director)


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_every_kind_of_rule_has_a_form(kind, draft, verifier):
    page = f"{reverse('scheme-rule-create', args=[draft.pk, '0-1'])}?kind={kind}"

    assert RULE_KINDS[kind].title_vi in verifier.get(page).content.decode()
    assert (
        verifier.post(page, {"revision": 1, "was": "1.2/", "role": "earn"}).status_code == 200
    )  # something is missing


def test_a_filled_line_without_points_is_pointed_at(draft, verifier):
    page = f"{reverse('scheme-rule-create', args=[draft.pk, '0-1'])}?kind=band"

    response = verifier.post(page, {**sent(verifier.get(page)), "code": "x", "bands-0-ge": "5"})

    assert response.context["form"].errors["bands-0-points"] == ["Hãy điền điểm của dòng này."]


def test_a_deleted_node_comes_back_by_undo(draft, verifier):
    verifier.post(reverse("scheme-node-delete", args=[draft.pk, "0-1"]), {"revision": 1})
    verifier.post(reverse("scheme-undo", args=[draft.pk]), {"revision": 2})

    assert Scheme.objects.get().document == draft.document


@pytest.mark.parametrize("place", ["0-9", "7", "0-0-0-0"])
def test_a_place_that_is_not_there_is_a_404(place, draft, verifier):
    for name in ("scheme-node-edit", "scheme-trial"):
        assert verifier.get(reverse(name, args=[draft.pk, place])).status_code == 404


# --- try-out ----------------------------------------------------------------------------------------------------------
def test_a_criterion_is_tried_out_with_points_and_reason(published, province, sign_in):
    page = reverse("scheme-trial", args=[published.pk, "0-1"])

    response = sign_in(province.editor).get(page, {"thu": 1, "i0value": "95,5", "i1": "true", "i2": "false"})

    result = response.context["result"]
    assert (str(result.points), str(result.deduction)) == ("5", "1")
    assert "trừ 1 điểm" in response.content.decode()


def test_a_share_and_an_absent_figure_are_tried_out(published, verifier):
    page = reverse("scheme-trial", args=[published.pk, "0-1"])

    share = verifier.get(page, {"thu": 1, "i0numerator": "9", "i0denominator": "10"}).context["result"]
    absent = verifier.get(page, {"thu": 1}).context["result"]

    assert (share.points, absent.points, absent.state) == (6, None, "missing")


def test_an_input_that_the_rule_cannot_take_is_said(published, verifier):
    page = reverse("scheme-trial", args=[published.pk, "0-1"])

    assert "không phải là số" in verifier.get(page, {"thu": 1, "i0value": "nhiều"}).content.decode()
