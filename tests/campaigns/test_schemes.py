"""Services behind scoring tables: files in and out, edits, versions, publication."""

import copy
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from campaigns.models import Scheme
from campaigns.scoring import editing
from campaigns.scoring.outline import screen_words
from campaigns.scoring.schemefile import load_scheme
from campaigns.services import schemes as services
from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from tests import factories as f
from tests.campaigns.scheme_files import BAD_SCHEMES, GOOD, TABLES


@pytest.fixture
def draft(province):
    return services.import_scheme(services.read_scheme_file(GOOD), actor=province.verifier)[0]


@pytest.fixture
def published(draft, province):
    return services.publish_scheme(draft, actor=province.director)


def change_title(document):
    return editing.set_general(document, {"title": "Tên khác"})


# --- files ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_real_table_survives_the_database_and_its_own_export(path, db):
    checked = services.read_scheme_file(path.read_bytes())
    stored, outcome = services.import_scheme(checked, actor=None)
    scheme = Scheme.objects.get(pk=stored.pk)

    again = services.read_scheme_file(services.export_scheme(scheme).encode())

    assert (outcome, again.scheme, again.errors) == ("created", checked.scheme, ())
    assert services.import_scheme(again, actor=None)[1] == "unchanged"
    assert Scheme.objects.get().revision == 1


@pytest.mark.parametrize("name", BAD_SCHEMES)
def test_a_bad_file_gets_a_sentence_with_its_place_and_changes_nothing(name, db):
    data, words = BAD_SCHEMES[name]

    checked = services.read_scheme_file(data)

    assert any(words in sentence for sentence in checked.sentences), checked.sentences
    with pytest.raises(DomainError):
        services.import_scheme(checked, actor=None)
    assert not Scheme.objects.exists()


def test_the_order_of_options_survives(draft):
    rule = editing.node_at(Scheme.objects.get(pk=draft.pk).document, (0, 2))["rules"][0]

    assert list(rule["options"]) == ["tot", "kha"]


def test_another_order_of_options_is_a_change(draft):
    swapped = GOOD.replace(
        "{tot: {points: 2, label: Tốt}, kha: {points: 1}}", "{kha: {points: 1}, tot: {points: 2, label: Tốt}}"
    )

    assert services.import_scheme(services.read_scheme_file(swapped), actor=None)[1] == "replaced"


def test_a_draft_is_replaced_by_a_file_of_the_same_code_and_version(draft, province):
    other = services.read_scheme_file(GOOD.replace("Bảng nhỏ", "Bảng nhỏ sửa"))

    scheme, outcome = services.import_scheme(other, actor=province.verifier)

    assert (scheme.pk, outcome, scheme.title, scheme.revision) == (draft.pk, "replaced", "Bảng nhỏ sửa", 2)


def test_a_published_table_is_not_replaced(published, province):
    other = services.read_scheme_file(GOOD.replace("Bảng nhỏ", "Bảng nhỏ sửa"))

    with pytest.raises(DomainError, match="phiên bản mới"):
        services.import_scheme(other, actor=province.verifier)
    published.refresh_from_db()
    assert published.title == "Bảng nhỏ"


# --- edits ------------------------------------------------------------------------------------------------------------
def test_an_edit_keeps_everything_else(draft, province):
    before = copy.deepcopy(draft.document)

    changed = services.change_scheme(draft, change_title, actor=province.verifier, revision=1, what="Tên")

    assert {**changed.document, "title": "Bảng nhỏ"} == before
    assert (changed.title, changed.revision, changed.previous) == ("Tên khác", 2, before)
    assert [entry.action for entry in audit.trail(draft)] == ["edit_scheme", "import_scheme"]


def test_a_form_made_from_an_older_table_is_refused(draft, province):
    services.change_scheme(draft, change_title, actor=province.verifier, revision=1, what="Tên")

    with pytest.raises(DomainError, match="Người khác vừa sửa"):
        services.change_scheme(draft, change_title, actor=province.director, revision=1, what="Tên")


def test_undo_goes_back_and_forth(draft, province):
    services.change_scheme(draft, change_title, actor=province.verifier, revision=1, what="Tên")

    back = services.undo_change(draft, actor=province.verifier, revision=2)
    assert (back.title, back.revision) == ("Bảng nhỏ", 3)

    assert services.undo_change(draft, actor=province.verifier, revision=3).title == "Tên khác"


def test_nothing_to_undo_is_said(draft, province):
    with pytest.raises(DomainError, match="chưa có thay đổi"):
        services.undo_change(draft, actor=province.verifier, revision=1)


EDITS = {
    "change": lambda scheme, actor: services.change_scheme(scheme, change_title, actor=actor, revision=1, what=""),
    "undo": lambda scheme, actor: services.undo_change(scheme, actor=actor, revision=1),
    "discard": lambda scheme, actor: services.discard_draft(scheme, actor=actor),
    "publish": lambda scheme, actor: services.publish_scheme(scheme, actor=actor),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_published_table_is_frozen(name, published, province):
    before = Scheme.objects.values().get(pk=published.pk)

    with pytest.raises(DomainError):
        EDITS[name](published, province.director)

    assert Scheme.objects.values().get(pk=published.pk) == before


@pytest.mark.parametrize("who", ["editor", "leader", "viewer", "admin", "stranger"])
@pytest.mark.parametrize("name", EDITS)
def test_only_the_departments_and_the_director_change_tables(name, who, draft, province):
    with pytest.raises(PermissionDenied):
        EDITS[name](draft, getattr(province, who))


def test_only_the_director_publishes(draft, province):
    with pytest.raises(PermissionDenied):
        services.publish_scheme(draft, actor=province.verifier)


def test_a_table_with_errors_is_not_published(draft, province):
    broken = services.change_scheme(
        draft, lambda document: editing.delete_node(document, (0, 0)), actor=province.verifier, revision=1, what=""
    )

    with pytest.raises(DomainError) as caught:
        services.publish_scheme(broken, actor=province.director)
    assert any(sentence.startswith("1: Điểm các mục con") for sentence in caught.value.findings)


def test_publishing_what_changed_meanwhile_is_refused(draft, province):
    services.change_scheme(draft, change_title, actor=province.verifier, revision=1, what="")

    with pytest.raises(DomainError, match="Người khác"):
        services.publish_scheme(draft, actor=province.director, revision=1)


def test_the_next_version_begins_as_a_copy(published, province):
    draft = services.start_new_version(published, actor=province.verifier, version="2")

    assert (draft.status, draft.code, draft.version) == ("draft", "bang-nho", "2")
    assert draft.document == {**published.document, "version": "2"}
    with pytest.raises(DomainError, match="đã có phiên bản 2"):
        services.start_new_version(published, actor=province.verifier, version="2")


def test_a_draft_that_a_campaign_chose_is_not_discarded(draft, province):
    f.CampaignFactory(owner=province.ban, scheme=draft)

    with pytest.raises(DomainError, match="phong trào"):
        services.discard_draft(draft, actor=province.verifier)


def test_retiring_needs_a_reason(published, province):
    with pytest.raises(DomainError):
        services.retire_scheme(published, actor=province.director, note=" ")
    assert services.retire_scheme(published, actor=province.director, note="Đã có bảng mới").status == "retired"


def test_drafts_are_seen_only_by_those_who_keep_tables(draft, published, province):
    services.start_new_version(published, actor=province.verifier, version="2")

    seen = {name: Scheme.objects.visible_to(user).count() for name, user in province.everybody().items()}

    council = dict.fromkeys(("chair", "secretary", "member", "other_member"), 0)
    expected = dict.fromkeys(seen, 1) | {"verifier": 2, "other_verifier": 2, "director": 2, "stranger": 0} | council
    assert seen == expected


@pytest.mark.django_db(transaction=True)
def test_two_directors_publish_at_once_and_one_is_told(province):
    scheme = services.import_scheme(services.read_scheme_file(GOOD), actor=None)[0]
    barrier, outcomes = threading.Barrier(2), []

    def publish():
        try:
            barrier.wait(5)
            services.publish_scheme(Scheme.objects.get(pk=scheme.pk), actor=None)
            outcomes.append("published")
        except DomainError:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=publish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(outcomes) == ["published", "told"]
    assert [entry.action for entry in audit.trail(scheme)].count("publish") == 1


# --- the pure editing functions ---------------------------------------------------------------------------------------
def document():
    return services.read_scheme_file(GOOD).document


def test_a_new_code_is_followed_wherever_the_old_one_is_named():
    changed = editing.set_node(document(), (0, 0), {"code": "A1"})

    assert changed["gates"][0]["when"] == {"zero_leaf": ["A1"]}
    assert changed["examples"][0]["given"]["A1"] is True
    assert load_scheme(changed)[1] == []


def test_a_new_class_label_is_followed():
    changed = editing.set_item(document(), "classes", 1, {"label": "Trung bình", "below": True})

    assert changed["gates"][0]["effect"] == {"best_class": "Trung bình"}


@pytest.mark.parametrize(
    "change",
    [
        lambda doc: editing.set_node(doc, (0, 1), {"title": "Khác"}),
        lambda doc: editing.move_node(doc, (0, 0), 1),
        lambda doc: editing.delete_node(doc, (0, 2)),
        lambda doc: editing.add_node(doc, (0,), {"code": "1.4", "title": "Mới", "max": 0})[0],
        lambda doc: editing.set_rule(doc, (0, 0), 0, {"kind": "yes_no", "points": 3}),
        lambda doc: editing.move_rule(doc, (0, 1), 0, 1),
        lambda doc: editing.delete_rule(doc, (0, 1), 1),
        lambda doc: editing.set_item(doc, "ties", None, "shared"),
        lambda doc: editing.move_item(doc, "classes", 0, 1),
        lambda doc: editing.delete_item(doc, "gates", 0),
        lambda doc: editing.set_general(doc, {"ceiling": 12}),
    ],
)
def test_a_change_leaves_the_old_document_and_the_rest_of_the_new_one(change):
    before = document()
    kept = copy.deepcopy(before)

    after = change(before)

    assert before == kept
    assert after != kept
    assert editing.node_at(after, (0,))["title"] == "Phần một"


@pytest.mark.parametrize("place", [(), (9,), (0, 9), (0, 0, 0), (-1,)])
def test_a_place_that_is_not_there_is_said(place):
    with pytest.raises(editing.NoSuchPlaceError):
        editing.node_at(document(), place)


def test_the_table_in_the_guide_is_right():
    guide = (TABLES[0].parents[3] / "docs" / "huong-dan" / "bang-tieu-chi.md").read_text()

    checked = services.read_scheme_file(guide.partition("```yaml\n")[2].partition("```")[0])

    assert (checked.sentences, checked.warnings, checked.failed_examples) == ([], (), [])


def test_what_the_screen_says_names_fields_as_the_forms_do():
    assert (
        screen_words("Hãy ghi ở “evidence”, không phải “1.2”.") == "Hãy ghi ở “Tài liệu kiểm chứng”, không phải “1.2”."
    )
