"""Models alike: found in the whole province, decided with a reason before registration, told to who appraises."""

import time

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from dvk_portal.core.exceptions import DomainError
from pledges.models import ExemplaryModel, Replication, Resemblance
from pledges.services.exemplary.resemblance import (
    decide_resemblance,
    find_similar,
    refresh_keys,
    similar_models,
    undecided,
)
from tests import factories as f
from tests.personas import build_world
from tests.pledges.models import likenesses

pytestmark = pytest.mark.django_db

WAY = (
    "Mỗi hộ góp 200.000 đồng trồng hoa hai bên đường; chị em chăm sóc hằng tuần, chi bộ phân công đảng viên phụ trách."
)


def named(name, place, method=WAY, **values):
    """A model with its keys, as the register saves it."""
    model = f.ExemplaryModelFactory(name=name, place=place, method=method, **values)
    refresh_keys(model)
    model.save()
    return model


@pytest.fixture
def world():
    return build_world()


@pytest.fixture
def draft(world):
    return named("Mô hình TUYEN DUONG HOA", "khóm Bình Hòa", unit=world.commune, draft=True)


@pytest.fixture
def older(world):
    return named("Tuyến đường hoa", "ấp Bình Hòa", unit=world.commune)


def test_a_model_that_looks_alike_must_be_decided_on(world, draft, older):
    assert undecided(draft) == [older]

    row = decide_resemblance(draft, older, decision="different", note="Đoạn đường khác", actor=world.editor)

    assert undecided(draft) == []
    assert row.why == "tên gần giống (91%), cách làm giống 100%, cùng nơi thực hiện, cùng lĩnh vực"
    assert row.decided_by == world.editor


@pytest.mark.parametrize("status", ["draft", "withdrawn", "ended"])
def test_drafts_and_models_that_are_over_never_appear(world, draft, older, status):
    over = {"ended_on": timezone.localdate(), "ended_at": timezone.now(), "end_note": "Không làm nữa"}
    ExemplaryModel.objects.filter(pk=older.pk).update(status=status, **({} if status == "draft" else over))

    assert undecided(draft) == []


def test_another_unit_learns_the_name_and_no_more(world, draft):
    far = named("Tuyến đường hoa", f"ấp Bình Hòa, {world.commune.name}", unit=world.other_commune)

    [found] = similar_models(draft, world.editor)

    assert found.model == far
    assert not found.readable


@pytest.mark.parametrize(
    ("decision", "note"), [("", "Khác"), ("different", " "), ("different", "x" * 501), ("sideways", "Khác")]
)
def test_a_decision_needs_its_kind_and_its_reason(world, draft, older, decision, note):
    with pytest.raises(DomainError):
        decide_resemblance(draft, older, decision=decision, note=note, actor=world.editor)

    assert not Resemblance.objects.exists()


@pytest.mark.parametrize("person", ["stranger", "verifier", "viewer"])
def test_only_who_writes_the_unit_s_models_decides(world, draft, older, person):
    with pytest.raises(PermissionDenied):
        decide_resemblance(draft, older, decision="different", note="Khác", actor=getattr(world, person))


def test_after_the_registration_a_decision_stays(world, draft, older):
    registered = named("Tuyến đường hoa", "khóm Bình Hòa", unit=world.commune)

    with pytest.raises(DomainError, match="Đã đăng ký"):
        decide_resemblance(registered, older, decision="different", note="Khác", actor=world.editor)


def test_the_page_asks_for_a_decision_and_keeps_it(world, draft, older, sign_in):
    client = sign_in(world.editor)
    url = reverse("model-similar", args=[draft.pk])

    assert "Còn 1 mô hình giống chưa có kết luận" in client.get(url).content.decode()
    refused = client.post(url, {"other": older.pk, f"m{older.pk}-decision": "learned", f"m{older.pk}-note": ""})
    client.post(url, {"other": older.pk, f"m{older.pk}-decision": "learned", f"m{older.pk}-note": "Học cách làm"})

    assert refused.status_code == 422
    assert Resemblance.objects.get().decision == "learned"
    assert "Học cách làm" in client.get(url).content.decode()


def test_what_was_learned_is_credited_to_its_origin_until_the_decision_is_another(world, draft):
    origin = named("Tuyến đường hoa", f"ấp Bình Hòa, {world.commune.name}", unit=world.other_commune, recognised=True)

    decide_resemblance(draft, origin, decision="learned", note="Xem ở hội nghị", actor=world.editor)
    credit = Replication.objects.get(model=draft)
    assert (credit.origin, credit.adaptations, credit.created_by) == (origin, "Xem ở hội nghị", world.editor)

    decide_resemblance(draft, origin, decision="different", note="Nhầm", actor=world.editor)
    assert not Replication.objects.exists()


@pytest.mark.parametrize("how", ["own unit", "not recognised", "learned from it before"])
def test_nothing_is_credited_that_is_no_replication(world, draft, how):
    traits = {"own unit": {"unit": world.commune, "recognised": True}, "not recognised": {"unit": world.other_commune}}
    place = f"ấp Bình Hòa, {world.commune.name}"
    origin = named("Tuyến đường hoa", place, **traits.get(how, {"unit": world.other_commune, "recognised": True}))
    if how == "learned from it before":
        middle = named("Việc khác hẳn", "ấp Xa", method="Cách khác.", unit=world.third_commune, recognised=True)
        Replication.objects.create(origin=draft, model=middle, adaptations="x", taken_on=timezone.localdate())
        Replication.objects.create(origin=middle, model=origin, adaptations="x", taken_on=timezone.localdate())

    decide_resemblance(draft, origin, decision="learned", note="Học", actor=world.editor)

    assert not Replication.objects.filter(model=draft).exists()


def test_what_another_unit_decided_about_its_own_is_not_told(world, draft, sign_in):
    far = named("Tuyến đường hoa", f"ấp Bình Hòa, {world.commune.name}", unit=world.other_commune)
    Resemblance.objects.create(
        model=far, other=draft, score=90, why="x", decision="different", note="Ghi chú của Bình", decided_by=world.other_editor
    )

    page = sign_in(world.editor).get(reverse("model-similar", args=[draft.pk])).content.decode()

    assert far.name in page
    assert "Ghi chú của Bình" not in page
    assert world.other_editor.full_name not in page


def test_while_it_is_typed_what_looks_alike_is_shown(world, older, sign_in):
    client = sign_in(world.editor)

    page = client.post(
        reverse("model-similar-typed"), {"name": "duong hoa tuyen", "place": "binh hoa"}
    ).content.decode()

    assert "Tuyến đường hoa" in page
    assert "cùng nơi thực hiện" in page


def test_who_writes_no_models_may_not_ask(world, older, sign_in):
    assert sign_in(world.viewer).post(reverse("model-similar-typed"), {"name": "Tuyến đường hoa"}).status_code == 403


def test_who_appraises_reads_the_decision_on_the_page_of_the_model(world, older, sign_in):
    model = named("Tuyến đường hoa", "khóm Bình Hòa", unit=world.commune)
    Resemblance.objects.create(
        model=model, other=older, score=98, why="tên giống nhau", decision="different", note="Đoạn đường khác",
        decided_by=world.editor,
    )  # fmt: skip

    page = sign_in(world.verifier).get(model.get_absolute_url()).content.decode()

    assert "Mô hình giống và kết luận khi đăng ký" in page
    assert "Đoạn đường khác" in page


@pytest.mark.parametrize("count", [1, 12])
def test_the_page_costs_the_same_queries(world, draft, count, sign_in, django_assert_num_queries):
    for at in range(count):
        named("Tuyến đường hoa", "khóm Bình Hòa", WAY + f" Đợt {at}", unit=world.commune)
    client = sign_in(world.editor)
    url = reverse("model-similar", args=[draft.pk])
    client.get(url)

    with django_assert_num_queries(16, exact=False):
        client.get(url)


def test_a_register_of_2500_models_is_searched_in_two_queries_and_quickly(world, draft, django_assert_num_queries):
    base = f.ExemplaryModelFactory(unit=world.commune)
    rows = []
    for at, written in enumerate(likenesses.register()):
        key, place = written.keys
        rows.append(
            ExemplaryModel(
                unit=world.other_commune, code=f"x{at}", register_no=f"{at}/x", status="registered", kind="model",
                subject_kind="collective", name=written.name, field=base.field, target_level=base.target_level,
                place=written.place, method=written.method, registered_on=base.registered_on,
                registered_at=base.registered_at, similarity_key=key, place_key=place,
            )
        )  # fmt: skip
    ExemplaryModel.objects.bulk_create(rows, batch_size=200)
    find_similar(draft)

    with django_assert_num_queries(1):
        started = time.process_time()
        find_similar(draft)
        spent = time.process_time() - started

    # Well under 0.1 s on a machine of its own (docs/benchmarks.md); here seven suites may share it.
    assert spent < 0.5
