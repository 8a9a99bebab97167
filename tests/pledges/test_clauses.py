"""The clause library: kept by the province, loaded from a file, inserted by units."""

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.urls import reverse

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry
from pledges.models import Clause, Commitment
from pledges.services.clauses import clauses_to_insert, import_clauses, library, plan_import, save_clause, switch_clause
from tests import factories as f
from tests.pledges.pledge_steps import fill, pledge_of, proposed

SHIPPED = Path("pledges/data/clauses.yaml")
SMALL = """
format: dvk-clauses/1
topics:
- title: An sinh xã hội
  unit:
  - Không để ai thiếu đói
  - {text: Vận động hiến đất, indicator: van_dong}
  province:
  - Kết nối nguồn lực
"""


def clause(text="Đối thoại hằng quý", **values):
    return Clause.objects.create(**{"topic": "Dân chủ", "side": "unit", "text": text, "order": 1, **values})


# --- keeping --------------------------------------------------------------------------------------------------------
def test_the_province_adds_a_clause_behind_those_of_its_topic(world):
    clause(order=7)

    made = save_clause(
        None, actor=world.verifier, topic=" Dân  chủ ", side="unit", text="Công khai\r\n", indicator=None
    )

    assert (made.topic, made.text, made.order) == ("Dân chủ", "Công khai", 7)
    assert AuditEntry.objects.get(action="clause_add").record_id == str(made.pk)


@pytest.mark.parametrize("name", ["editor", "leader", "viewer", "admin", "stranger"])
def test_nobody_else_keeps_the_library(world, name):
    person, row = getattr(world, name), clause()

    with pytest.raises(PermissionDenied):
        save_clause(None, actor=person, topic="a", side="unit", text="b")
    with pytest.raises(PermissionDenied):
        switch_clause(row, actor=person, on=False)


def test_the_same_clause_is_not_kept_twice(world):
    clause()

    with pytest.raises(DomainError, match="Thư viện đã có điều khoản này"):
        save_clause(None, actor=world.verifier, topic="Khác", side="unit", text="Đối thoại hằng quý")


def test_a_clause_switched_off_is_offered_to_nobody_and_still_there(world):
    row = clause()

    switch_clause(row, actor=world.verifier, on=False)

    assert library("unit") == []
    assert Clause.objects.get() == row
    assert clauses_to_insert(pledge_of(world), [row.pk]) == []


def test_editing_a_clause_leaves_pledges_that_copied_it_alone(world):
    row = clause()
    pledge = fill(world, text=row.text)

    save_clause(row, actor=world.verifier, topic=row.topic, side="unit", text="Đối thoại hằng tháng")

    assert [line.text for line in pledge.commitments.filter(common=False)] == ["Đối thoại hằng quý"]


# --- the file -------------------------------------------------------------------------------------------------------
def test_an_import_adds_in_the_order_of_the_file(world):
    plan = import_clauses(SMALL.encode(), actor=None)

    assert [(row.side, row.text, row.indicator and row.indicator.code) for row in Clause.objects.all()] == [
        ("unit", "Không để ai thiếu đói", None),
        ("unit", "Vận động hiến đất", "van_dong"),
        ("province", "Kết nối nguồn lực", None),
    ]
    assert (len(plan.new), len(plan.changed), plan.unchanged, plan.kept) == (3, 0, 0, 0)


def test_importing_again_changes_nothing_and_keeps_what_the_file_lacks(world):
    import_clauses(SMALL.encode(), actor=None)
    clause(text="Của riêng tỉnh", is_active=False)

    plan = import_clauses(SMALL.encode(), actor=None)

    assert (len(plan.new), len(plan.changed), plan.unchanged, plan.kept) == (0, 0, 3, 1)


def test_an_import_moves_a_clause_to_another_topic(world):
    import_clauses(SMALL.encode(), actor=None)

    import_clauses(SMALL.replace("An sinh xã hội", "Chăm lo đời sống").encode(), actor=None)

    assert set(Clause.objects.values_list("topic", flat=True)) == {"Chăm lo đời sống"}


def test_a_dry_run_writes_nothing(world, tmp_path, capsys):
    file = tmp_path / "a.yaml"
    file.write_text(SMALL)

    call_command("import_clauses", str(file), "--dry-run")

    assert "3 mới, 0 xếp lại, 0 giữ nguyên" in capsys.readouterr().out
    assert not Clause.objects.exists()


def test_the_shipped_library_loads_with_the_shipped_indicators(db):
    call_command("import_indicators", "campaigns/data/indicators.yaml")

    plan = import_clauses(SHIPPED.read_bytes(), actor=None)

    assert (len(plan.new), {entry.side for entry in plan.new}) == (41, {"unit", "province"})


BAD_FILES = {
    "not yaml": ("a: [", "Tệp sai cú pháp YAML"),
    "another format": ("format: dvk-scheme/1", "Tệp phải bắt đầu bằng “format: dvk-clauses/1”."),
    "no topics": ("format: dvk-clauses/1", "Tệp không có nhóm nội dung nào ở mục “topics”."),
    "no title": ("format: dvk-clauses/1\ntopics:\n- unit: [a]", "Nhóm thứ 1: thiếu tên nhóm ở mục “title”."),
    "no clause": ("format: dvk-clauses/1\ntopics:\n- title: A", "Nhóm “A”: chưa có điều khoản nào."),
    "a number": ("format: dvk-clauses/1\ntopics:\n- {title: A, unit: [5]}", "Nhóm “A”, unit 1: thiếu nội dung."),
    "no list": ("format: dvk-clauses/1\ntopics:\n- {title: A, unit: b}", "mục “unit” phải là danh sách điều khoản."),
    "strange key": ("format: dvk-clauses/1\ntopics:\n- {title: A, units: [b]}", "Nhóm “A”: mục “units” không có nghĩa"),
    "strange part": (
        "format: dvk-clauses/1\ntopics:\n- {title: A, unit: [{text: b, code: c}]}",
        "Nhóm “A”, unit 1: mục “code” không có nghĩa, chỉ nhận text, indicator.",
    ),
    "twice": ("format: dvk-clauses/1\ntopics:\n- {title: A, unit: [b, b]}", "Điều khoản “b” ghi hai lần."),
    "too long": (f"format: dvk-clauses/1\ntopics:\n- {{title: A, unit: [{'b' * 1001}]}}", "dài quá 1000 ký tự"),
    "unknown indicator": (
        "format: dvk-clauses/1\ntopics:\n- {title: A, unit: [{text: b, indicator: khong_co}]}",
        "Không có chỉ số mã “khong_co” trong danh mục.",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_with_a_sentence_and_nothing_is_written(world, name):
    text, sentence = BAD_FILES[name]

    with pytest.raises(DomainError) as refusal:
        import_clauses(text.encode(), actor=None)

    assert any(sentence in found for found in refusal.value.findings)
    assert not Clause.objects.exists()


def test_the_command_names_the_faults_of_the_file(world, tmp_path, capsys):
    file = tmp_path / "a.yaml"
    file.write_text("format: dvk-clauses/1\ntopics:\n- {title: A, unit: [b, b]}")

    with pytest.raises(CommandError, match="có 1 lỗi nên chưa nhập gì"):
        call_command("import_clauses", str(file))

    assert "Điều khoản “b” ghi hai lần." in capsys.readouterr().err


# --- inserting ------------------------------------------------------------------------------------------------------
def posted(page, **values):
    """The whole form of the page as a browser would send it, with ``values`` over it."""
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in {**data, **values}.items()}


def test_chosen_clauses_come_into_the_boxes_and_nothing_typed_is_lost(world, sign_in):
    first, second = clause(), clause("Công khai thủ tục", indicator=world.flow, order=2)
    client, url = sign_in(world.editor), reverse("pledge-edit", args=[pledge_of(world).pk])
    page = client.get(url)

    amount = f"amount_{world.flow.pk}"
    answer = client.post(
        url, posted(page, text_0="Tự viết", op="insert", clause=[first.pk, second.pk], **{amount: "15"})
    )

    assert answer.status_code == 302
    rows = Commitment.objects.filter(pledge__participation__unit=world.commune, common=False).order_by("order")
    assert [(row.text, row.indicator) for row in rows] == [
        ("Tự viết", None), ("Đối thoại hằng quý", None), ("Công khai thủ tục", world.flow),
    ]  # fmt: skip
    assert [target.amount for target in pledge_of(world).targets.all()] == [15]


def test_an_inserted_clause_fills_the_empty_box_first_and_never_comes_twice(world, sign_in):
    row = clause()
    client, url = sign_in(world.editor), reverse("pledge-edit", args=[pledge_of(world).pk])

    for _ in range(2):
        client.post(url, posted(client.get(url), op="insert", clause=[row.pk]))

    assert list(Commitment.objects.filter(common=False).values_list("text", flat=True)) == ["Đối thoại hằng quý"]


def test_a_form_that_cannot_be_saved_still_shows_what_was_inserted(world, sign_in):
    row = clause()
    client, url = sign_in(world.editor), reverse("pledge-edit", args=[pledge_of(world).pk])
    page = client.get(url)

    answer = client.post(
        url, posted(page, text_0="Tự viết", op="insert", clause=[row.pk], **{f"amount_{world.flow.pk}": "nhiều"})
    )

    assert answer.status_code == 200
    assert [bound.value() for bound in answer.context["form"].text_fields()] == ["Tự viết", "Đối thoại hằng quý"]
    assert not Commitment.objects.filter(common=False).exists()


def test_a_figure_that_the_campaign_does_not_ask_is_not_taken_along(world):
    row = clause(indicator=f.IndicatorFactory(code="la"))

    [found] = clauses_to_insert(pledge_of(world), [row.pk])

    assert found.indicator_id is None


@pytest.mark.parametrize("wrong", ["province", "unknown"])
def test_only_clauses_of_the_unit_are_inserted(world, wrong):
    row = clause(side="province")

    assert clauses_to_insert(pledge_of(world), [row.pk if wrong == "province" else 987654]) == []


# --- pages ----------------------------------------------------------------------------------------------------------
def test_the_library_is_searched_without_diacritics(world, sign_in):
    clause()
    clause("Công khai thủ tục", order=2)

    page = sign_in(world.verifier).get(reverse("clause-list"), {"q": "doi thoai"})

    assert [row.text for row in page.context["object_list"]] == ["Đối thoại hằng quý"]


def test_a_clause_is_added_and_switched_off_on_its_pages(world, sign_in):
    client = sign_in(world.verifier)

    client.post(reverse("clause-create"), {"topic": "Dân chủ", "side": "unit", "text": "Công khai", "indicator": ""})
    made = Clause.objects.get()
    client.post(reverse("clause-off", args=[made.pk]))

    assert (made.text, Clause.objects.get().is_active) == ("Công khai", False)


@pytest.mark.parametrize("count", [1, 20])
def test_the_library_costs_the_same_queries(world, count, sign_in, django_assert_max_num_queries):
    for place in range(count):
        clause(f"Câu {place}", order=place, indicator=world.flow)
    client = sign_in(world.verifier)
    client.get(reverse("clause-list"))

    with django_assert_max_num_queries(14):
        client.get(reverse("clause-list"))


def test_the_plan_of_a_file_changes_nothing(world):
    plan = plan_import(SMALL.encode())

    assert (len(plan.new), Clause.objects.count()) == (3, 0)


def test_nothing_is_inserted_once_the_province_has_it(world, sign_in):
    row, pledge = clause(), proposed(world)
    client, url = sign_in(world.editor), reverse("pledge-edit", args=[pledge.pk])

    answer = client.post(url, {"boxes": "0", "seen": "x", "op": "insert", "clause": [row.pk]})

    assert answer.status_code == 200
    assert Commitment.objects.filter(text=row.text).count() == 0
