"""Pages of the score sheet: who sees what, entry of one criterion, evidence, the grid; and what they cost."""

import datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pledges.models import Evidence, ScoreInput, ScoreSheet
from pledges.services import rollup
from tests import factories as f
from tests.pledges.score_steps import accept, begin_scoring, enter, line_of, send, sheet_of


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC))


def url(name, *arguments):
    return reverse(name, args=arguments)


def post(client, sheet, criterion="1.2", stage="self", htmx=False, prefix="tc-3", **values):
    headers = {"HX-Request": "true"} if htmx else {}
    data = {"criterion": criterion, "stage": stage, "prefix": prefix}
    data |= {f"{prefix}-{name}": value for name, value in values.items()}
    return client.post(url("score-entry", sheet.pk), data, headers=headers)


# --- who sees what --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["scoresheet-detail", "scoresheet-documents", "score-proof"])
def test_another_units_sheet_is_not_found(world, sign_in, name):
    enter(world, "1.2", True)
    rest = ["1.2"] if name == "score-proof" else []
    address = url(name, sheet_of(world).pk, *rest)

    for person in (world.other_editor, world.other_leader, world.stranger, world.admin):
        assert sign_in(person).get(address).status_code == 404
    for person in (world.editor, world.leader, world.verifier, world.director, world.viewer):
        assert sign_in(person).get(address).status_code == 200


def test_the_anonymous_are_sent_to_sign_in_from_every_address_of_scoring(world, client):
    sheet = sheet_of(world)
    for name, arguments in {
        "scoresheet-list": [], "scoresheet-detail": [sheet.pk], "scoresheet-documents": [sheet.pk], "score-proof": [sheet.pk, "1.2"],
        "score-grid-index": [world.campaign.pk], "score-grid": [world.campaign.pk, "1.2"], "score-proof-file": [1],
        "ranking-list": [], "ranking": [world.campaign.pk], "ranking-publish": [world.campaign.pk],
        "ranking-export": [world.campaign.pk], "ranking-progress": [world.campaign.pk],
        "totals": [world.campaign.pk], "totals-export": [world.campaign.pk], "totals-indicator": [world.campaign.pk, world.flow.pk],
    }.items():  # fmt: skip
        response = client.get(reverse(name, args=arguments))
        assert (response.status_code, response.url.split("?")[0]) == (302, reverse("account_login")), name
    assert client.post(url("score-entry", sheet.pk)).status_code == 302


def test_a_unit_lists_only_itself(world, sign_in):
    enter(world, "1.2", True)

    mine = sign_in(world.editor).get(url("scoresheet-list")).content.decode()
    assert ("Xã An Hòa" in mine, "Xã Bình Đức" in mine) == (True, False)
    assert list(sign_in(world.stranger).get(url("scoresheet-list")).context["object_list"]) == []
    assert len(sign_in(world.viewer).get(url("scoresheet-list")).context["object_list"]) == 3


def test_a_provisional_sheet_of_an_open_campaign_shows_no_class(world, sign_in):
    rollup.recalculate(world.campaign)
    ScoreSheet.objects.update(score_class="Không hoàn thành")

    page = sign_in(world.director).get(url("scoresheet-list")).content.decode()
    assert "tạm tính" in page
    assert "Không hoàn thành" not in page
    detail = sign_in(world.editor).get(sheet_of(world).get_absolute_url()).content.decode()
    assert "chưa xếp loại" in detail
    assert "chưa có số liệu" in detail


def test_a_rank_is_not_shown_on_the_sheet_before_publication(world, sign_in):
    ScoreSheet.objects.update(rank=2)

    assert "Thứ hạng" not in sign_in(world.leader).get(sheet_of(world).get_absolute_url()).content.decode()


def test_the_list_filters_by_what_waits_for_my_department(world, sign_in):
    enter(world, "1.2", True)
    send(world)
    client = sign_in(world.verifier)

    waiting = client.get(url("scoresheet-list"), {"waiting": "1"})
    assert [sheet.participation.name for sheet in waiting.context["object_list"]] == ["Xã An Hòa"]
    accept(world)
    assert list(client.get(url("scoresheet-list"), {"waiting": "1"}).context["object_list"]) == []
    # Nobody but the other department may give 2.2.
    other = sign_in(world.other_verifier).get(url("scoresheet-list"), {"waiting": "1"})
    assert len(other.context["object_list"]) == 1


def test_search_needs_no_diacritics_and_the_gap_sorts(world, sign_in):
    ScoreSheet.objects.filter(participation__unit=world.other_commune).update(gap=Decimal(3))
    client = sign_in(world.director)

    assert len(client.get(url("scoresheet-list"), {"q": "an hoa"}).context["object_list"]) == 1
    first = client.get(url("scoresheet-list"), {"sort": "-gap"}).context["object_list"][0]
    assert first.participation.name == "Xã Bình Đức"
    assert len(client.get(url("scoresheet-list"), {"state": "gap"}).context["object_list"]) == 1


def test_the_province_sees_how_far_self_scores_lie_above_what_was_found(world, sign_in):
    enter(world, "1.2", True)
    send(world)
    enter(world, "1.2", False, "verified", reason="không có kế hoạch")

    spread = sign_in(world.director).get(url("scoresheet-list")).context["spread"]
    assert (spread.sent, spread.higher, spread.gap_mean) == (1, 1, Decimal(4))
    assert sign_in(world.editor).get(url("scoresheet-list")).context["spread"] is None


# --- entry ----------------------------------------------------------------------------------------------------------
def test_a_criterion_is_saved_without_scripts_and_the_page_comes_back_at_the_line(world, sign_in):
    response = post(sign_in(world.editor), sheet_of(world), e0="true")

    assert (response.status_code, "#tc-" in response.url) == (302, True)
    assert line_of(world, "1.2").self_points == Decimal(4)


def test_htmx_gets_the_numbers_of_the_line_and_the_totals(world, sign_in):
    response = post(sign_in(world.editor), sheet_of(world), htmx=True, e0="true")

    body = response.content.decode()
    assert response.status_code == 200
    assert "Đã lưu" in body
    assert 'id="tong-diem" hx-swap-oob="true"' in body
    assert 'id="id_tc-3-seen"' in body


def test_a_refused_entry_keeps_what_was_typed(world, sign_in):
    enter(world, "1.2", True)
    send(world)
    client, sheet = sign_in(world.verifier), sheet_of(world)

    page = post(client, sheet, stage="verified", e0="false", reason="")
    body = page.content.decode()
    assert page.status_code == 422
    assert "Hãy ghi lý do" in body
    assert '<option value="false" selected>' in body
    assert "Hãy ghi lý do" in post(client, sheet, stage="verified", htmx=True, e0="false").content.decode()
    assert not ScoreInput.objects.filter(stage="verified").exists()


def test_a_stale_form_is_told(world, sign_in):
    client, sheet = sign_in(world.editor), sheet_of(world)
    seen = "0" * 16

    assert "Người khác vừa sửa" in post(client, sheet, htmx=True, e0="true", seen=seen).content.decode()


def test_a_closed_step_says_why(world, sign_in):
    send(world)

    body = post(sign_in(world.editor), sheet_of(world), htmx=True, e0="true").content.decode()
    assert "đã gửi nên không sửa được" in body


@pytest.mark.parametrize(("who", "stage", "status"), [
    ("editor", "verified", 403), ("editor", "final", 403), ("verifier", "self", 403), ("viewer", "verified", 403),
    ("other_editor", "self", 404), ("stranger", "self", 404), ("editor", "nonsense", 404),
])  # fmt: skip
def test_who_may_not_enter_is_refused(world, sign_in, who, stage, status):
    assert post(sign_in(getattr(world, who)), sheet_of(world), stage=stage, e0="true").status_code == status
    assert not ScoreInput.objects.exists()


def test_a_verifier_finds_controls_only_on_the_criteria_of_his_department(world, sign_in):
    send(world)

    page = sign_in(world.verifier).get(sheet_of(world).get_absolute_url()).context["page"]
    assert [row.node.code for row in page.leaves if row.form] == ["1.1", "1.2"]


def test_every_kind_of_input_has_its_controls_and_reads_back(world, sign_in):
    document = {**world.campaign.scheme.document, "code": "kinds"}
    document["sections"] = [{"code": "1", "title": "Mọi loại", "max": "20", "assessor": "Phòng Đoàn thể", "children": [
        {"code": "a", "title": "A", "max": "4", "rules": [{"kind": "per_case", "role": "earn", "points": "1", "cap": "4"}]},
        {"code": "b", "title": "B", "max": "4", "rules": [{"kind": "ratio", "worth": "4"}]},
        {"code": "c", "title": "C", "max": "4", "not_applicable": "full", "rules": [{"kind": "band", "bands": [{"ge": "90", "points": "4"}, {"lt": "90", "points": "1"}]}]},
        {"code": "d", "title": "D", "max": "4", "rules": [{"kind": "choice", "options": {"tot": {"points": "4"}, "kem": {"points": "0"}}}]},
        {"code": "e", "title": "E", "max": "4", "rules": [{"kind": "matrix", "role": "earn", "rows": [{"ge": "0", "bands": [{"ge": "0", "points": "4"}]}]}]},
    ]}]  # fmt: skip
    document["gates"], document["ties"] = [], []
    scheme = f.SchemeFactory(document=document)
    type(world.campaign).objects.update(scheme=scheme)
    ScoreSheet.objects.update(scheme=scheme)
    client, sheet = sign_in(world.editor), sheet_of(world)
    for criterion, values in {
        "a": {"e0": "3"}, "b": {"e0_achieved": "1,5", "e0_target": "3"}, "c": {"e0_numerator": "1.890", "e0_denominator": "2000"},
        "d": {"e0": "tot"}, "e": {"e0_row": "5", "e0_column": "7,5"},
    }.items():  # fmt: skip
        response = post(client, sheet, criterion, **values)
        if criterion == "c":  # 1.890 may be read as two numbers: the person is asked
            assert response.status_code == 422
            response = post(client, sheet, criterion, e0_numerator="1890", e0_denominator="2000")
        assert response.status_code == 302, criterion

    assert dict(ScoreInput.objects.values_list("code", "value")) == {
        "a": 3, "b": {"achieved": "1.5", "target": "3"}, "c": {"numerator": "1890", "denominator": "2000"}, "d": "tot",
        "e": {"row": "5", "column": "7.5"},
    }  # fmt: skip
    assert sheet_of(world).self_total == Decimal(3 + 2 + 4 + 4 + 4)
    assert "1.890/2.000" in client.get(sheet.get_absolute_url()).content.decode()
    assert post(client, sheet, "b", e0_achieved="4", e0_target="").status_code == 422
    assert post(client, sheet, "c", na="on").status_code == 302
    assert ScoreInput.objects.get(code="c").value == "n/a"


def test_what_was_typed_into_a_reason_is_escaped(world, sign_in):
    send(world)
    enter(world, "1.2", True, "verified", reason="<script>alert(1)</script>")

    body = sign_in(world.editor).get(sheet_of(world).get_absolute_url()).content.decode()
    assert "<script>alert" not in body
    assert "&lt;script&gt;alert" in body


# --- moves ----------------------------------------------------------------------------------------------------------
def test_the_whole_way_in_the_browser(world, sign_in):
    sheet = sheet_of(world)
    leader, verifier, director = (sign_in(one) for one in (world.leader, world.verifier, world.director))
    assert "chưa có điểm tự chấm" in leader.get(sheet.get_absolute_url()).content.decode()
    post(leader, sheet, e0="true")
    begin_scoring(world)
    leader.post(url("scoresheet-send-self", sheet.pk))
    verifier.post(url("score-accept", sheet.pk))
    refused = verifier.post(url("scoresheet-verify", sheet.pk), follow=True).content.decode()
    assert "Chưa thể hoàn tất thẩm định" in refused
    assert "2.2 Chất lượng" in refused
    post(sign_in(world.other_verifier), sheet, "2.2", "verified", e0="3,5")
    verifier.post(url("scoresheet-verify", sheet.pk))
    post(director, sheet, "2.2", "final", e0="4", reason="biên bản họp 02/3")
    director.post(url("scoresheet-agree", sheet.pk))

    sheet.refresh_from_db()
    assert (sheet.status, sheet.verified_total, sheet.final_total) == ("agreed", Decimal("11.5"), Decimal(12))
    director.post(url("scoresheet-reopen", sheet.pk), {"note": "sai số"})
    sheet.refresh_from_db()
    assert sheet.status == "sent"


def test_moves_of_another_unit_are_not_found(world, sign_in):
    for name in ("send-self", "return-self", "verify", "agree", "reopen"):
        assert sign_in(world.other_leader).post(url(f"scoresheet-{name}", sheet_of(world).pk)).status_code == 404
    assert sign_in(world.editor).post(url("scoresheet-send-self", sheet_of(world).pk)).status_code == 403


# --- evidence -------------------------------------------------------------------------------------------------------
def pdf():
    return SimpleUploadedFile("kế hoạch.pdf", b"%PDF-1.4\n%%EOF", "application/pdf")


def test_evidence_is_added_downloaded_and_guarded(world, sign_in):
    sheet = sheet_of(world)
    address = url("score-proof", sheet.pk, "1.2")
    assert sign_in(world.editor).post(address, {"files": pdf(), "citation": "KH 12, trang 2"}).status_code == 302

    row = Evidence.objects.get()
    assert (row.criterion, row.citation) == ("1.2", "KH 12, trang 2")
    download = url("score-proof-file", row.pk)
    response = sign_in(world.verifier).get(download)
    assert (response.status_code, response["X-Content-Type-Options"]) == (200, "nosniff")
    assert b"".join(response.streaming_content).startswith(b"%PDF")
    for person in (world.other_editor, world.stranger, world.admin):
        assert sign_in(person).get(download).status_code == 404
        assert sign_in(person).post(url("score-proof-remove", row.pk)).status_code == 404
    assert sign_in(world.verifier).post(url("score-proof-remove", row.pk)).status_code == 403


def test_what_the_province_has_seen_is_not_taken_away(world, sign_in):
    begin_scoring(world)
    client, sheet = sign_in(world.leader), sheet_of(world)
    client.post(url("score-proof", sheet.pk, "1.2"), {"citation": "KH 12"})
    client.post(url("scoresheet-send-self", sheet.pk))
    client.post(url("score-proof", sheet.pk, "1.2"), {"citation": "bổ sung CV 3"})

    for row in Evidence.objects.all():
        client.post(url("score-proof-remove", row.pk))
    assert Evidence.objects.count() == 2


@pytest.mark.parametrize("data", [{}, {"citation": " "}, {"citation": "x" * 300}])
def test_empty_or_endless_evidence_is_refused(world, sign_in, data):
    assert sign_in(world.editor).post(url("score-proof", sheet_of(world).pk, "1.2"), data).status_code == 422


def test_an_unknown_criterion_has_no_evidence_page(world, sign_in):
    assert sign_in(world.editor).get(url("score-proof", sheet_of(world).pk, "9.9")).status_code == 404


# --- the grid -------------------------------------------------------------------------------------------------------
def test_the_grid_shows_one_criterion_of_every_unit_to_its_department_only(world, sign_in):
    enter(world, "1.2", True)
    send(world)
    address = url("score-grid", world.campaign.pk, "1.2")

    assert len(sign_in(world.verifier).get(address).context["object_list"]) == 3
    for person in (world.other_verifier, world.editor, world.viewer, world.stranger, world.admin):
        assert sign_in(person).get(address).status_code == 404
    left = sign_in(world.verifier).get(address, {"left": "1"})
    assert len(left.context["object_list"]) == 3


def test_the_grid_takes_over_what_was_sent_and_nothing_else(world, sign_in):
    enter(world, "1.2", True)
    send(world)
    enter(world, "1.2", True, unit=world.other_commune, actor=world.other_editor)
    ids = ",".join(str(pk) for pk in ScoreSheet.objects.values_list("pk", flat=True))

    sign_in(world.verifier).post(url("score-grid-accept", world.campaign.pk, "1.2"), {"ids": ids})
    accepted = ScoreInput.objects.filter(stage="verified").values_list("sheet__participation__name", flat=True)
    assert list(accepted) == ["Xã An Hòa"]
    assert line_of(world, "1.2").verified_points == Decimal(4)
    assert (
        sign_in(world.other_verifier).post(url("score-grid-accept", world.campaign.pk, "1.2"), {"ids": ids}).status_code
        == 403
    )


# --- costs ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("extra", [0, 40])
def test_pages_cost_the_same_queries_for_any_number_of_units(world, sign_in, extra, django_assert_max_num_queries):
    for _ in range(extra):
        row = f.ParticipationFactory(campaign=world.campaign, cluster=world.cluster, unit__parent=world.province)
        f.ScoreSheetFactory(participation=row)
    send(world)
    rollup.recalculate(world.campaign)
    client = sign_in(world.director)
    for address in (
        url("scoresheet-list") + "?size=100", sheet_of(world).get_absolute_url(), url("score-grid", world.campaign.pk, "1.2") + "?size=100",
        url("score-grid-index", world.campaign.pk), url("ranking", world.campaign.pk), url("totals", world.campaign.pk),
        url("totals-indicator", world.campaign.pk, world.flow.pk),
    ):  # fmt: skip
        with django_assert_max_num_queries(15):
            assert client.get(address).status_code == 200
