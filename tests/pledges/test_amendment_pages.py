"""The pages of an annex: drawing up without losing what was typed, old beside new, signing."""

import pytest
from django.urls import reverse
from django.utils import timezone

from pledges.models import Amendment, AmendmentChange, Commitment
from tests import factories as f
from tests.pledges.annex_steps import agreed, drafted, fresh, in_force, proposed, raise_target, start
from tests.pledges.pledge_steps import pledge_of, signed

TODAY = timezone.localdate()


def posted(page, **values):
    """The whole form as a browser would send it, with ``values`` over it; unticked boxes are not sent."""
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in {**data, **values}.items() if value is not False}
    return {name: _text(value) for name, value in data.items()}


def _text(value):
    if hasattr(value, "strftime"):
        return f"{value:%d/%m/%Y}"
    return "" if value is None else value


def test_a_unit_draws_up_an_annex_from_the_page_of_its_pledge(world, sign_in):
    client, pledge = sign_in(world.editor), signed(world)
    assert reverse("amendment-create", args=[pledge.pk]) in client.get(pledge.get_absolute_url()).content.decode()

    answer = client.post(
        reverse("amendment-create", args=[pledge.pk]),
        {"reason": "Địa bàn mở rộng", "effective_on": f"{TODAY:%d/%m/%Y}"},
    )

    annex = Amendment.objects.get()
    assert (answer.url, annex.reason) == (reverse("amendment-edit", args=[annex.pk]), "Địa bàn mở rộng")


def test_a_form_left_as_it_is_changes_nothing(world, sign_in):
    annex = start(world)
    client, url = sign_in(world.editor), reverse("amendment-edit", args=[annex.pk])

    client.post(url, posted(client.get(url)))

    assert list(annex.changes.all()) == []


def test_every_kind_of_change_is_typed_on_one_page(world, sign_in):
    annex = start(world)
    client, url = sign_in(world.editor), reverse("amendment-edit", args=[annex.pk])
    promise = Commitment.objects.get(pledge=annex.pledge, common=False)
    page = client.post(url, posted(client.get(url), op="add_target"))
    page = client.post(url, posted(page, op="add_province"))

    client.post(url, posted(page, **{
        f"amount_{world.flow.pk}": "20", f"drop_c{promise.pk}": "on", "pick_new0": world.stock.pk, "amount_new0": "30", "form_new0": "at_least",
        "text_province0": "Hỗ trợ tài liệu",
    }))  # fmt: skip

    rows = [(row.action, row.amount, row.text) for row in annex.changes.all()]
    assert rows == [
        ("set_target", 20, ""), ("set_target", 30, ""), ("drop_commitment", None, ""),
        ("add_commitment", None, "Hỗ trợ tài liệu"),
    ]  # fmt: skip


def test_what_was_saved_stands_in_the_form_again(world, sign_in):
    annex = drafted(world)
    client, url = sign_in(world.editor), reverse("amendment-edit", args=[annex.pk])

    client.post(url, posted(client.get(url)))

    assert [row.amount for row in annex.changes.all()] == [20]


def test_a_button_that_adds_a_box_loses_nothing(world, sign_in):
    annex = start(world)
    client, url = sign_in(world.editor), reverse("amendment-edit", args=[annex.pk])

    page = client.post(url, posted(client.get(url), op="add_unit", **{f"amount_{world.flow.pk}": "21"}))

    form = page.context["form"]
    assert (form[f"amount_{world.flow.pk}"].value(), form["text_unit0"].value()) == ("21", None)


def test_a_refused_form_keeps_what_was_typed_and_says_why(world, sign_in):
    annex = start(world)
    client, url = sign_in(world.editor), reverse("amendment-edit", args=[annex.pk])

    page = client.post(url, posted(client.get(url), **{f"amount_{world.flow.pk}": ""}))

    assert page.status_code == 200
    assert "Chưa ghi mức mới của chỉ tiêu “Cuộc vận động” (cuộc)." in page.content.decode()


def test_the_other_side_sees_old_and_new_and_its_buttons(world, sign_in):
    annex = proposed(world)

    page = sign_in(world.director).get(annex.get_absolute_url()).content.decode()

    assert "ít nhất 12 cuộc, thời hạn 31/12/2026" in page
    assert "ít nhất 20 cuộc, thời hạn 31/12/2026" in page
    assert "Thống nhất phụ lục" in page


@pytest.mark.parametrize("name", ["director", "other_editor", "stranger"])
def test_a_draft_of_the_unit_is_not_found_by_others(world, sign_in, name):
    annex = drafted(world)

    client = sign_in(getattr(world, name))

    assert client.get(annex.get_absolute_url()).status_code == 404
    assert client.get(reverse("amendment-edit", args=[annex.pk])).status_code == 404


def test_signing_on_the_page_takes_the_password(world, sign_in):
    annex = agreed(world)
    client, url = sign_in(world.leader), reverse("amendment-sign", args=[annex.pk])
    seen = client.get(url).context["form"]["seen"].value()

    wrong = client.post(url, {"seen": seen, "password": "sai"})
    right = client.post(url, {"seen": seen, "password": f.PASSWORD})

    assert (wrong.status_code, right.status_code) == (200, 302)
    assert fresh(annex).status == "part_signed"


def test_the_pledge_page_tells_what_counts_now(world, sign_in):
    annex = in_force(world)

    page = sign_in(world.editor).get(pledge_of(world).get_absolute_url()).content.decode()

    assert "Có 1 phụ lục" in page
    assert "theo phụ lục số 01" in page
    assert annex.document.get_absolute_url() in page


def test_the_wall_counts_annexes(world, sign_in):
    in_force(world)

    page = sign_in(world.verifier).get(reverse("pledge-list"))

    found = {row.participation.unit: row.annexes for row in page.context["object_list"]}
    assert found == {world.commune: 1, world.other_commune: None, world.third_commune: None}


@pytest.mark.parametrize("count", [1, 4])
def test_the_page_of_an_annex_costs_the_same_queries(world, sign_in, count, django_assert_max_num_queries):
    words = [AmendmentChange(action="add_commitment", side="unit", text=f"Lời {n}") for n in range(count)]
    annex = proposed(world, raise_target(world), *words)
    client = sign_in(world.director)
    client.get(annex.get_absolute_url())

    with django_assert_max_num_queries(45):
        client.get(annex.get_absolute_url())
