"""A unit learns from another's model: a draft of its own, credit to the origin, judgement after a year; who may see what."""

import datetime
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Notification
from pledges.models import ExemplaryModel, ModelIndicator, Replication, Tag
from pledges.services.exemplary import learning, replication
from pledges.services.exemplary.counts import Counted
from pledges.services.exemplary.register import withdraw_model
from pledges.services.exemplary.resemblance import undecided
from tests import factories as f
from tests.pledges.models.gallery_steps import add_picture

TODAY = datetime.date(2026, 11, 22)
DAY = datetime.date(2026, 11, 1)


@pytest.fixture
def origin(province):
    """A public model of An, with indicators, a tag, a picture and internal texts."""
    model = f.ExemplaryModelFactory(
        public=True, unit=province.commune, name="Tuyến đường hoa", objective="Đường sạch đẹp.", method="Mỗi nhà mười mét.",
        story="Hoa nở.", situation="Chuyện riêng của An.", field=f.standard_field("culture_society"), kind="model",
    )  # fmt: skip
    model.tags.add(Tag.objects.get(name="Nông thôn mới"))
    ModelIndicator.objects.create(model=model, name="Đường hoa", measure="km", baseline=0, target=2, achieved=2)
    add_picture(model, "ANHGOC001")
    return model


def learn(origin, person, unit, **changes):
    wanted = {"adaptations": "Trồng mười giờ thay cho hoa hồng.", "taken_on": DAY, "today": TODAY, **changes}
    return learning.replicate_model(origin, unit=unit, actor=person, **wanted)


def registered(row, day=DAY):
    ExemplaryModel.objects.filter(pk=row.model_id).update(
        status="registered", registered_on=day, registered_at=f"{day}T08:00:00+07:00", register_no=f"R{row.pk}", place="Ấp Hai"
    )  # fmt: skip
    return Replication.objects.get(pk=row.pk)


def link(origin, unit, *, taken_on=DAY, **traits):
    """A registered model of ``unit`` that learned from ``origin``."""
    child = f.ExemplaryModelFactory(unit=unit, **traits)
    return Replication.objects.create(origin=origin, model=child, adaptations="Sửa cho hợp.", taken_on=taken_on)


# --- taking over ----------------------------------------------------------------------------------------------------
def test_the_draft_carries_the_way_of_working_and_nothing_that_belongs_to_the_origin(origin, province):
    row = learn(origin, province.other_editor, province.other_commune)
    child = row.model

    assert (child.status, child.unit, child.name) == ("draft", province.other_commune, "Tuyến đường hoa")
    assert child.method == "Hoa nở."
    assert (child.field, child.kind, list(child.tags.all())) == (origin.field, origin.kind, list(origin.tags.all()))
    assert [(one.name, one.measure, one.baseline, one.achieved) for one in child.indicators.all()] == [
        ("Đường hoa", "km", None, None)
    ]
    assert (child.place, child.subject, child.story, child.situation, child.is_public) == ("", "", "", "", False)
    assert child.pictures.count() == child.consents.count() == 0
    assert child.target_level.code == "co_so"


def test_who_knows_the_origin_from_the_gallery_alone_gets_no_text_of_the_register(origin, province):
    secret = "Chỉ chi bộ biết."
    ExemplaryModel.objects.filter(pk=origin.pk).update(
        objective=secret, method=secret, resources=secret, beneficiaries=secret, output=secret, leading_force=secret
    )
    ModelIndicator.objects.create(model=origin, name=secret, measure="km")

    child = learn(origin, province.other_editor, province.other_commune).model

    assert secret not in str(ExemplaryModel.objects.filter(pk=child.pk).values().get())
    assert secret not in str(list(child.indicators.values()))


def test_who_reads_the_origin_in_the_register_takes_its_texts_over(origin, province):
    both = f.MembershipFactory(user=province.editor, unit=province.other_commune, role="editor").user

    child = learn(origin, both, province.other_commune).model

    assert (child.objective, child.method) == (origin.objective, origin.method)


def test_the_likeness_to_its_origin_is_decided_already(origin, province):
    child = learn(origin, province.other_editor, province.other_commune).model

    decided = child.resemblances.get()
    assert (decided.other, decided.decision) == (origin, "learned")
    assert "Trồng mười giờ" in decided.note
    assert origin not in undecided(child)


def test_whom_the_public_may_not_know_the_learner_is_not_told(origin, province):
    ExemplaryModel.objects.filter(pk=origin.pk).update(
        subject_kind="individual", subject="Bà Lê Thị Mận", story="Bà Lê Thị Mận đi từng nhà. Bà Mận kiên trì."
    )
    origin.consents.update(covers_subject=False)

    child = learn(origin, province.other_editor, province.other_commune).model

    assert child.method == "Một cá nhân đi từng nhà. Một cá nhân kiên trì."


@pytest.mark.parametrize("why", ["private", "draft", "registered", "ended", "consent withdrawn"])
def test_nobody_learns_from_what_he_cannot_see_or_what_is_not_recognised(why, province):
    traits = {
        "private": {"recognised": True},
        "draft": {"draft": True},
        "registered": {},
        "ended": {
            "public": True, "status": "ended", "ended_on": TODAY, "ended_at": f"{TODAY}T00:00Z", "end_note": "x",
            "recognition": False,
        },
        "consent withdrawn": {"public": True, "consent__withdrawn_on": TODAY},
    }[why]  # fmt: skip
    origin = f.ExemplaryModelFactory(unit=province.commune, **traits)

    with pytest.raises(PermissionDenied):
        learn(origin, province.other_editor, province.other_commune)

    assert Replication.objects.count() == 0


def test_only_for_a_unit_for_which_one_may_write(origin, province):
    for person in (province.editor, province.verifier, province.director, province.viewer, province.stranger):
        with pytest.raises(PermissionDenied):
            learn(origin, person, province.other_commune)


def test_no_unit_learns_from_itself_in_a_circle_or_twice(origin, province):
    f.MembershipFactory(user=province.other_editor, unit=province.commune, role="editor")
    row = learn(origin, province.other_editor, province.other_commune)
    grown = link(registered(row).model, province.third_commune, public=True).model
    said = []
    for model, unit in ((origin, province.commune), (grown, province.commune), (origin, province.other_commune)):
        with pytest.raises(DomainError) as refused:
            learn(model, province.other_editor, unit)
        said.append(refused.value.message)

    assert said[0].startswith("Đây là mô hình của chính đơn vị")
    assert "không học ngược lại" in said[1]
    assert said[2].startswith("Đơn vị đã học theo mô hình này")


def test_what_is_adapted_is_written_down_and_no_day_lies_ahead(origin, province):
    for changes in (
        {"adaptations": " "},
        {"adaptations": "x" * 2001},
        {"taken_on": TODAY + datetime.timedelta(days=1)},
    ):
        with pytest.raises(DomainError):
            learn(origin, province.other_editor, province.other_commune, **changes)

    assert ExemplaryModel.objects.count() == 1


# --- what came of it ------------------------------------------------------------------------------------------------
def test_the_unit_tells_its_results_and_the_appraiser_judges_after_a_year(origin, province):
    row = registered(learn(origin, province.other_editor, province.other_commune, taken_on=datetime.date(2025, 11, 23)))
    learning.record_results(row, actor=province.other_editor, results="Ba km.")
    judge = {"actor": province.other_leader, "outcome": "works", "note": "Đã xem tại chỗ."}

    with pytest.raises(DomainError, match="23/11/2026"):
        learning.judge_outcome(row, **judge, today=TODAY)
    learning.judge_outcome(row, **judge, today=datetime.date(2026, 11, 23))

    row.refresh_from_db()
    assert (row.results, row.outcome, row.outcome_by) == ("Ba km.", "works", province.other_leader)


def test_who_may_not_does_not(origin, province):
    row = registered(learn(origin, province.other_editor, province.other_commune, taken_on=datetime.date(2025, 1, 1)))
    for person in (province.editor, province.leader, province.verifier, province.viewer):
        with pytest.raises(PermissionDenied):
            learning.record_results(row, actor=person, results="x")
    for person in (province.editor, province.leader, province.other_editor, province.verifier):
        with pytest.raises(PermissionDenied):
            learning.judge_outcome(row, actor=person, outcome="works", note="x", today=TODAY)


def test_a_judgement_has_a_conclusion_and_a_reason(origin, province):
    row = registered(learn(origin, province.other_editor, province.other_commune, taken_on=datetime.date(2025, 1, 1)))
    for outcome, note in (("", "x"), ("great", "x"), ("works", " ")):
        with pytest.raises(DomainError):
            learning.judge_outcome(row, actor=province.other_leader, outcome=outcome, note=note, today=TODAY)


def test_a_year_is_a_year_in_leap_years_too():
    assert replication.year_after(datetime.date(2024, 2, 29)) == datetime.date(2025, 2, 28)
    assert replication.year_after(datetime.date(2025, 11, 23)) == datetime.date(2026, 11, 23)


def test_after_a_year_those_concerned_are_asked_once(origin, province):
    link(origin, province.other_commune, taken_on=datetime.date(2025, 11, 22))
    link(origin, province.third_commune, taken_on=datetime.date(2025, 11, 23))
    link(origin, province.other_commune, taken_on=datetime.date(2025, 1, 1), draft=True)

    sent = [learning.remind_of_outcomes(TODAY), learning.remind_of_outcomes(TODAY)]

    told = set(Notification.objects.values_list("kind", "recipient__username"))
    assert sent == [3, 0]
    assert told == {
        ("replication_year_passed", "nhap.binh"), ("replication_year_passed", "lanhdao.binh"),
        ("replication_to_judge", "lanhdao.binh"),
    }  # fmt: skip


# --- when the origin ends -------------------------------------------------------------------------------------------
def test_an_origin_that_is_withdrawn_warns_those_who_learned(province):
    origin = f.ExemplaryModelFactory(unit=province.commune)
    learned = link(origin, province.other_commune).model
    over = link(
        origin, province.third_commune, status="withdrawn", ended_on=DAY, ended_at=f"{DAY}T00:00Z", end_note="x"
    ).model

    withdraw_model(origin, actor=province.leader, note="Lý do riêng của An", day=TODAY)

    rows = Notification.objects.filter(kind="origin_ended")
    assert set(rows.values_list("recipient__username", flat=True)) == {"nhap.binh", "lanhdao.binh"}
    assert {row.url for row in rows} == {learned.get_absolute_url()}
    assert not any("Lý do riêng" in row.body + row.title for row in rows)
    assert over.status == "withdrawn"


def test_the_learner_s_page_says_so(province, sign_in):
    over = {"ended_on": TODAY, "ended_at": f"{TODAY}T00:00Z", "end_note": "Lý do riêng của An"}
    origin = f.ExemplaryModelFactory(unit=province.commune, status="ended", name="Tên riêng của An", **over)
    child = link(origin, province.other_commune).model

    page = sign_in(province.other_editor).get(child.get_absolute_url()).content.decode()

    assert "Mô hình gốc không còn được công nhận" in page
    assert "Một mô hình của Xã An Hòa" in page
    assert "riêng của An" not in page


# --- credit ---------------------------------------------------------------------------------------------------------
def test_both_pages_give_credit(origin, province, sign_in):
    row = link(origin, province.other_commune, name="Đường mười giờ")

    child_page = sign_in(province.other_editor).get(row.model.get_absolute_url()).content.decode()
    origin_page = sign_in(province.editor).get(origin.get_absolute_url()).content.decode()

    assert origin.get_public_url() in child_page
    assert "Tuyến đường hoa" in child_page
    assert "Một mô hình của Xã Bình Đức" in origin_page
    assert "Đường mười giờ" not in origin_page


def test_a_draft_of_another_unit_is_not_told(origin, province, sign_in):
    link(origin, province.other_commune, draft=True, name="Bản nháp của Bình")
    pages = [
        sign_in(province.editor).get(path).content.decode()
        for path in (origin.get_absolute_url(), reverse("replication-graph"))
    ]

    assert "Xã Bình Đức" not in pages[0]
    assert "Chưa có mô hình nào được nhân rộng" in pages[1]


# --- counting -------------------------------------------------------------------------------------------------------
def test_a_replication_counts_for_the_origin_once_the_learner_is_registered(origin, province):
    count = Counted("replicated", datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
    units = [province.commune.pk, province.other_commune.pk]
    row = learn(origin, province.other_editor, province.other_commune)
    before = count.by_unit(units)

    registered(row)
    link(origin, province.third_commune, taken_on=datetime.date(2025, 12, 31))

    assert before == {province.commune.pk: 0, province.other_commune.pk: 0}
    assert count.by_unit(units) == {province.commune.pk: 1, province.other_commune.pk: 0}


# --- the graph ------------------------------------------------------------------------------------------------------
def graph_of(client, **wish):
    return json.loads(client.get(reverse("replication-data", args=["json"]), wish).content)


def test_the_graph_names_only_what_the_person_may_see(origin, province, sign_in):
    link(origin, province.other_commune, name="Riêng của Bình")
    link(origin, province.third_commune, name="Công khai của Cường", public=True)
    seen = {
        name: sorted(str(node["name"]) for node in graph_of(sign_in(person))["nodes"])
        for name, person in (
            ("An", province.editor), ("Bình", province.other_editor), ("tỉnh", province.verifier), ("xem", province.viewer),
        )
    }  # fmt: skip

    everything = ["Công khai của Cường", "Riêng của Bình", "Tuyến đường hoa"]
    assert seen["tỉnh"] == seen["xem"] == everything
    assert seen["An"] == ["Công khai của Cường", "None", "Tuyến đường hoa"]
    assert seen["Bình"] == everything
    third = f.UserFactory(username="nguoi.cuong")
    f.MembershipFactory(user=third, unit=province.third_commune, role="editor")
    assert sorted(str(node["name"]) for node in graph_of(sign_in(third))["nodes"]) == [
        "Công khai của Cường", "Tuyến đường hoa",
    ]  # fmt: skip


def test_who_has_no_right_gets_no_graph(province, sign_in):
    for path in (reverse("replication-graph"), reverse("replication-data", args=["json"])):
        assert sign_in(province.admin).get(path).status_code == 403
        assert sign_in(province.stranger).get(path).status_code == 403


def test_filters_by_field_year_and_unit_hold_for_page_and_files(origin, province, sign_in):
    link(origin, province.other_commune)
    other = f.ExemplaryModelFactory(unit=province.third_commune, recognised=True, name="Camera")
    link(other, province.commune, taken_on=datetime.date(2024, 5, 5))
    client = sign_in(province.verifier)

    def edges(**wish):
        return len(graph_of(client, **wish)["edges"])

    assert edges() == 2
    assert edges(field=origin.field_id) == 1
    assert edges(year=2024) == 1
    assert edges(unit=province.other_commune.pk) == 1
    assert edges(unit=province.commune.pk) == 2
    assert "Camera" not in client.get(reverse("replication-graph"), {"year": 2026}).content.decode()
    assert client.get(reverse("replication-graph"), {"year": "x", "unit": "y"}).status_code == 200


def test_the_files_hold_one_line_per_replication_and_no_formula(province, sign_in):
    origin = f.ExemplaryModelFactory(unit=province.commune, recognised=True, name="=CMD()")
    link(origin, province.other_commune, name="Đường hoa")

    text = sign_in(province.verifier).get(reverse("replication-data", args=["csv"])).content.decode("utf-8-sig")
    book = sign_in(province.verifier).get(reverse("replication-data", args=["xlsx"]))

    assert text.splitlines()[1].startswith("'=CMD(),Xã An Hòa,")
    assert len(text.splitlines()) == 2
    assert book.content.startswith(b"PK")


def test_a_filter_without_a_new_page_swaps_only_the_forest(origin, province, sign_in):
    link(origin, province.other_commune)

    part = sign_in(province.verifier).get(reverse("replication-graph"), headers={"HX-Request": "true"})

    assert "Tuyến đường hoa" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part.headers["Vary"]


@pytest.mark.parametrize("count", [1, 40])
def test_the_graph_costs_the_same_queries(count, origin, province, sign_in, django_assert_max_num_queries):
    for number in range(count):
        link(origin, [province.other_commune, province.third_commune][number % 2], public=number % 3 == 0)
    client = sign_in(province.editor)
    client.get(reverse("replication-graph"))

    with django_assert_max_num_queries(21):
        page = client.get(reverse("replication-graph"))

    assert page.context["graph"].edges


def test_a_chain_and_a_crowd_are_drawn(province, sign_in):
    units = [f.UnitFactory(parent=province.province, name=f"Xã Số {n}") for n in range(6)]
    chain = f.ExemplaryModelFactory(unit=units[0], recognised=True, name="Gốc của chuỗi")
    last = chain
    for unit in units[1:]:
        last = link(last, unit).model
    crowd = f.ExemplaryModelFactory(unit=units[0], recognised=True, name="Gốc của đám đông")
    for number in range(60):
        link(crowd, units[1 + number % 5])

    page = sign_in(province.director).get(reverse("replication-graph"))

    text = page.content.decode()
    assert [tree.size for tree in page.context["page_obj"]] == [60, 5]
    assert "và 48 nơi khác" in text
    assert text.count("forest-depth-") >= 65
    assert "style=" not in text


# --- pages ----------------------------------------------------------------------------------------------------------
def test_the_second_unit_goes_from_the_public_page_to_its_draft(origin, province, sign_in):
    client = sign_in(province.other_editor)
    path = reverse("model-replicate", args=[origin.pk])

    offered = client.get(origin.get_public_url()).content.decode()
    form = client.get(path).content.decode()
    answer = client.post(
        path, {"unit": province.other_commune.pk, "adaptations": "Trồng mười giờ.", "taken_on": "01/11/2026"}
    )

    child = Replication.objects.get().model
    assert path in offered
    assert "Tuyến đường hoa" in form
    assert answer["Location"] == reverse("model-edit", args=[child.pk])
    assert child.created_by == province.other_editor


def test_a_model_that_may_not_be_seen_has_no_form(province, sign_in):
    origin = f.ExemplaryModelFactory(recognised=True, unit=province.commune)
    path = reverse("model-replicate", args=[origin.pk])

    assert sign_in(province.other_editor).get(path).status_code == 404
    assert sign_in(province.other_editor).post(path, {"unit": province.other_commune.pk}).status_code == 404


def test_results_and_judgement_are_written_on_pages(origin, province, sign_in):
    row = link(origin, province.other_commune, taken_on=datetime.date(2024, 5, 5))
    results, judge = reverse("replication-results", args=[row.pk]), reverse("replication-judge", args=[row.pk])

    sign_in(province.other_editor).post(results, {"results": "Ba km."})
    page = sign_in(province.other_leader).get(judge).content.decode()
    sign_in(province.other_leader).post(judge, {"outcome": "partly", "note": "Mới một nửa."})

    row.refresh_from_db()
    assert "Ba km." in page
    assert (row.results, row.outcome) == ("Ba km.", "partly")
    assert sign_in(province.editor).get(results).status_code == 404
    assert sign_in(province.other_editor).get(judge).status_code == 403
