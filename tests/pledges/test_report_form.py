"""Pages of reports as officers use them: who finds them, what they save, how much they cost."""

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse

from dvk_portal.core.models import AuditEntry, Job, Notification
from pledges.models import Evidence, QuarterlyReport, ReportedValue
from pledges.services.evidence import add_evidence
from pledges.services.reports import save_cells
from pledges.services.verification import accept_rest, judge_value, verify_report
from tests import factories as f
from tests.pledges.report_steps import cell, fill, report_of, send, value

HTMX = {"HX-Request": "true"}


def typed(indicator, text="", *, mark=None, note="", rev=0):
    name = f"c{indicator.pk}"
    data = {f"{name}-value": text, f"{name}-note": note, f"{name}-rev": rev}
    return {**data, f"{name}-mark": mark} if mark else data


def post_cell(client, report, indicator, text="", **given):
    return client.post(
        reverse("report-cell", args=[report.pk, indicator.pk]), typed(indicator, text, **given), headers=HTMX
    )


@pytest.fixture
def editor(world, sign_in):
    return sign_in(world.editor)


def pages(report, indicator, evidence):
    """Every address about one report: name, arguments."""
    pk = report.pk
    return [
        ("report-detail", [pk]),
        ("report-edit", [pk]),
        ("report-cell", [pk, indicator.pk]),
        ("report-submit", [pk]),
        ("report-ready", [pk]),
        ("evidence-list", [pk, indicator.pk]),
        ("evidence-download", [evidence.pk]),
        ("evidence-remove", [evidence.pk]),
        ("report-verify", [pk]),
        ("report-accept", [pk]),
        ("value-verdict", [pk, indicator.pk]),
        ("report-return", [pk]),
        ("report-unverify", [pk]),
        ("report-lock", [pk]),
        ("report-extend", [pk]),
        ("value-correct", [pk, indicator.pk]),
    ]


@pytest.mark.parametrize("who", ["stranger", "other_editor", "other_leader"])
@pytest.mark.parametrize("status", ["draft", "submitted"])
def test_every_page_and_move_of_a_report_is_404_for_another_unit(world, sign_in, who, status):
    report = report_of(world)
    (evidence,) = add_evidence(report, world.flow, actor=world.editor, uploads=[], citation="12-KH/ĐU")
    send(world, report) if status == "submitted" else fill(world, report)
    rows = list(ReportedValue.objects.order_by("pk").values())
    client = sign_in(getattr(world, who))

    for name, arguments in pages(report, world.flow, evidence):
        for method in (client.get, client.post):
            assert method(reverse(name, args=arguments)).status_code in (404, 405), name

    assert list(ReportedValue.objects.order_by("pk").values()) == rows
    assert Evidence.objects.count() == 1


def test_every_page_sends_the_anonymous_to_sign_in(world):
    report = report_of(world)
    (evidence,) = add_evidence(report, world.flow, actor=world.editor, uploads=[], citation="12-KH/ĐU")
    addresses = [
        *pages(report, world.flow, evidence),
        ("report-list", []),
        ("verification-queue", []),
        ("verification-accept", []),
    ]

    for name, arguments in addresses:
        for method in (Client().get, Client().post):
            response = method(reverse(name, args=arguments))
            assert response.status_code == 302, name
            assert response.url.startswith(reverse("account_login"))


def test_reading_changes_nothing(world, sign_in):
    report = send(world, report_of(world))
    (evidence,) = add_evidence(
        report_of(world, number=2), world.flow, actor=world.editor, uploads=[], citation="12-KH/ĐU"
    )
    addresses = [*pages(report, world.flow, evidence), *pages(report_of(world, number=2), world.flow, evidence)]
    counts = [(model, model.objects.count()) for model in (ReportedValue, AuditEntry, Notification, Job, Evidence)]
    states = list(QuarterlyReport.objects.order_by("pk").values())

    for user in (world.editor, world.leader, world.verifier, world.director):
        client = sign_in(user)
        for name, arguments in addresses:
            assert client.get(reverse(name, args=arguments)).status_code in (200, 302, 404, 405)
        for name in ("report-list", "verification-queue"):
            client.get(reverse(name))

    assert [(model, model.objects.count()) for model, _ in counts] == counts
    assert list(QuarterlyReport.objects.order_by("pk").values()) == states


def test_the_form_has_a_labelled_line_for_each_question_and_names_groups(world, editor):
    page = editor.get(reverse("report-edit", args=[report_of(world).pk])).content.decode()

    for indicator in (world.flow, world.stock, world.words):
        assert f'<label class="entry-label" for="c{indicator.pk}-value">{indicator.label}</label>' in page
    assert "Dân vận khéo" in page
    assert 'inputmode="numeric"' in page
    assert "style=" not in page
    assert "onclick" not in page


@pytest.mark.parametrize(
    ("decimals", "text", "stored"),
    [(0, "1.234", "1234"), (0, " 7 ", "7"), (2, "12,5", "12.5"), (2, "1.234,5", "1234.5"), (1, "0,5", "0.5")],
)
def test_numbers_are_understood_as_vietnamese_officers_write_them(world, editor, decimals, text, stored):
    world.flow.decimals = decimals
    world.flow.save()

    response = post_cell(editor, report_of(world), world.flow, text)

    assert response.status_code == 200
    assert f"{value(report_of(world), world.flow).amount.normalize():f}" == stored


@pytest.mark.parametrize("text", ["abc", "-3", "1,5", "12..3"])
def test_what_is_not_a_number_stays_in_the_field_with_a_sentence(world, editor, text):
    response = post_cell(editor, report_of(world), world.flow, text)

    assert response.status_code == 422
    assert "Chưa lưu:" in response.content.decode()
    assert not ReportedValue.objects.exists()


def test_nothing_occurred_and_a_number_together_are_refused(world, editor):
    response = post_cell(editor, report_of(world), world.flow, "5", mark="nothing")

    assert response.status_code == 422
    assert "bỏ một trong hai" in response.content.decode()


def test_yes_no_has_no_nothing_occurred(world, editor):
    assert post_cell(editor, report_of(world), world.plan, mark="nothing").status_code == 422
    assert post_cell(editor, report_of(world), world.plan, "khong").status_code == 200
    assert value(report_of(world), world.plan).flag is False


def test_clearing_a_cell_makes_it_unreported_again(world, editor):
    post_cell(editor, report_of(world), world.flow, "5")

    post_cell(editor, report_of(world), world.flow, "", rev=1)

    assert not value(report_of(world), world.flow).is_reported


def test_a_saved_cell_answers_with_state_counters_and_dependents_only(world, editor):
    response = post_cell(editor, report_of(world), world.flow, "5")
    text = response.content.decode()

    assert "Đã lưu" in text
    assert f'name="c{world.flow.pk}-rev" value="1"' in text
    assert re.search(rf'id="dem-{world.flow.group_id}" hx-swap-oob="true">1/2<', text)
    assert "<html" not in text
    assert len(response.content) < 5000


def test_a_conflict_shows_both_figures_and_lets_the_person_choose(world, editor, sign_in):
    report = report_of(world)
    post_cell(sign_in(world.leader), report, world.flow, "12")

    refused = post_cell(editor, report, world.flow, "15")
    text = refused.content.decode()

    assert refused.status_code == 409
    assert "Lê Văn Lãnh" in text
    assert "“12”" in text
    assert "“15”" in text
    assert value(report, world.flow).amount == 12

    kept = post_cell(editor, report, world.flow, "15", rev=1)

    assert kept.status_code == 200
    assert value(report, world.flow).amount == 15


def test_without_scripts_a_group_is_saved_with_one_button(world, editor):
    report = report_of(world)
    data = {"group": world.stock.group_id, **typed(world.stock, "20"), **typed(world.plan, "co")}

    response = editor.post(reverse("report-edit", args=[report.pk]), data)

    assert response.status_code == 302
    assert response.url.endswith(f"#nhom-{world.stock.group_id}")
    assert value(report, world.stock).amount == 20
    assert value(report, world.plan).flag is True


def test_without_scripts_right_cells_are_saved_and_wrong_ones_keep_their_text(world, editor):
    report = report_of(world)
    data = {"group": world.stock.group_id, **typed(world.stock, "hai mươi"), **typed(world.plan, "co")}

    response = editor.post(reverse("report-edit", args=[report.pk]), data)

    assert response.status_code == 422
    assert 'value="hai mươi"' in response.content.decode()
    assert value(report, world.plan).flag is True


def test_without_scripts_a_conflict_shows_both_figures(world, editor):
    report = report_of(world)
    save_cells(report, [cell(world.stock, 12)], actor=world.leader)

    response = editor.post(
        reverse("report-edit", args=[report.pk]), {"group": world.stock.group_id, **typed(world.stock, "15")}
    )
    page = response.content.decode()

    assert response.status_code == 422
    assert "“12”" in page
    assert 'value="15"' in page


def test_a_stock_is_taken_over_from_the_last_period_by_an_explicit_click(world, editor):
    send(world, report_of(world), stock=20)
    second = report_of(world, number=2)
    page = editor.get(reverse("report-edit", args=[second.pk])).content.decode()
    assert 'data-take="20"' in page
    assert not ReportedValue.objects.filter(report=second).exists()

    data = {"group": world.stock.group_id, "take": world.stock.pk, **typed(world.stock), **typed(world.plan)}
    editor.post(reverse("report-edit", args=[second.pk]), data)

    assert value(second, world.stock).amount == 20


def test_of_a_returned_report_only_the_returned_lines_have_inputs(world, editor, sign_in):
    report = send(world, report_of(world))
    judge_value(report, world.flow, actor=world.verifier, verdict="return", revision=1, note="Thiếu danh sách")
    sign_in(world.verifier).post(
        reverse("report-return", args=[report.pk]), {"note": "Bổ sung", "due_on": "31/12/2030"}
    )

    page = editor.get(reverse("report-edit", args=[report.pk])).content.decode()

    assert f'name="c{world.flow.pk}-value"' in page
    assert f'name="c{world.stock.pk}-value"' not in page
    assert "Thiếu danh sách" in page
    assert post_cell(editor, report, world.stock, "9", rev=1).status_code == 409


def test_the_sending_page_lists_what_is_missing_with_links_to_the_cells(world, sign_in):
    report = report_of(world)
    page = sign_in(world.leader).get(reverse("report-submit", args=[report.pk])).content.decode()

    for indicator in (world.flow, world.stock, world.plan):
        assert f"{reverse('report-edit', args=[report.pk])}#o-{indicator.pk}" in page
    assert "Tôi đã xem lại số liệu" not in page


def test_the_editor_tells_the_leader_and_the_leader_sends(world, editor, sign_in):
    report = report_of(world)
    fill(world, report)
    url = reverse("report-submit", args=[report.pk])
    page = editor.get(url).content.decode()
    assert "Báo lãnh đạo gửi" in page
    assert "Lê Văn Lãnh" in page
    assert editor.post(url, {"confirmed": "on"}).status_code == 403

    editor.post(reverse("report-ready", args=[report.pk]))
    assert Notification.objects.filter(kind="report_ready", recipient=world.leader).exists()

    leader = sign_in(world.leader)
    assert leader.post(url, {}).status_code == 422
    assert leader.post(url, {"confirmed": "on"}).status_code == 302
    assert QuarterlyReport.objects.get(pk=report.pk).status == "submitted"


def test_the_second_of_two_who_send_reads_why_not(world, sign_in):
    report = send(world, report_of(world))

    response = sign_in(world.leader).post(reverse("report-submit", args=[report.pk]), {"confirmed": "on"})

    assert "tải lại trang" in response.content.decode()


def test_a_verdict_by_htmx_gives_the_line_back_and_a_stale_one_says_so(world, sign_in):
    report = send(world, report_of(world))
    client, url = sign_in(world.verifier), reverse("value-verdict", args=[report.pk, world.flow.pk])

    first = client.post(url, {"verdict": "accept", "rev": "1"}, headers=HTMX)
    second = client.post(url, {"verdict": "correct", "typed": "3", "note": "Sai", "rev": "1"}, headers=HTMX)

    assert (first.status_code, second.status_code) == (200, 409)
    assert "vừa được người khác xử lý" in second.content.decode()
    assert value(report, world.flow).status == "accepted"


def test_a_verdict_without_scripts_comes_back_at_the_line(world, sign_in):
    report = send(world, report_of(world))
    url = reverse("value-verdict", args=[report.pk, world.flow.pk])

    response = sign_in(world.verifier).post(url, {"verdict": "accept", "rev": "1"})

    assert response.url == f"{reverse('report-verify', args=[report.pk])}#o-{world.flow.pk}"


def test_the_verification_page_offers_verdicts_for_my_groups_only(world, sign_in):
    report = send(world, report_of(world))

    page = sign_in(world.verifier).get(reverse("report-verify", args=[report.pk])).content.decode()

    assert reverse("value-verdict", args=[report.pk, world.flow.pk]) in page
    assert reverse("value-verdict", args=[report.pk, world.stock.pk]) not in page
    assert "Phần của phòng khác" in page
    assert (
        sign_in(world.verifier)
        .post(reverse("value-verdict", args=[report.pk, world.stock.pk]), {"verdict": "accept", "rev": 1})
        .status_code
        == 403
    )


def test_a_verifier_goes_from_the_queue_to_a_finished_report(world, sign_in):
    report = send(world, report_of(world))
    client = sign_in(world.verifier)
    assert "Xã An Hòa" in client.get(reverse("verification-queue")).content.decode()

    client.post(reverse("report-accept", args=[report.pk]))
    assert "Xã An Hòa" not in client.get(reverse("verification-queue")).content.decode()
    accept_rest(report, actor=world.other_verifier)
    client.post(reverse("report-verify", args=[report.pk]))

    assert QuarterlyReport.objects.get(pk=report.pk).status == "verified"


def test_the_queue_accepts_in_bulk_only_what_waits_for_me(world, sign_in):
    report, draft = send(world, report_of(world)), report_of(world, number=2)
    fill(world, draft)

    sign_in(world.verifier).post(reverse("verification-accept"), {"ids": f"{report.pk},{draft.pk},999"})

    assert value(report, world.flow).status == "accepted"
    assert value(report, world.stock).status == "entered"
    assert value(draft, world.flow).status == "entered"


@pytest.mark.parametrize(
    ("who", "status"), [("editor", 404), ("viewer", 404), ("admin", 404), ("verifier", 200), ("director", 200)]
)
def test_the_queue_is_for_those_who_verify(world, sign_in, who, status):
    assert sign_in(getattr(world, who)).get(reverse("verification-queue")).status_code == status


def test_lock_reopen_extend_and_correct_through_their_pages(world, sign_in):
    director = sign_in(world.director)
    report = send(world, report_of(world))
    accept_rest(report, actor=world.director)
    verify_report(report, actor=world.director)
    director.post(reverse("report-lock", args=[report.pk]))
    director.post(reverse("value-correct", args=[report.pk, world.flow.pk]), {"typed": "4", "note": "Kết luận 12"})
    assert value(report, world.flow).verified_amount == 4

    other = report_of(world, number=2)
    director.post(reverse("report-extend", args=[other.pk]), {"due_on": "31/12/2030", "reason": "Mưa lũ"})
    assert other.extensions.count() == 1
    assert "Mưa lũ" in director.get(reverse("report-detail", args=[other.pk])).content.decode()


def test_the_record_shows_both_figures_the_reason_and_the_trail_in_words(world, editor):
    report = send(world, report_of(world))
    judge_value(
        report, world.flow, actor=world.verifier, verdict="correct", revision=1, typed="3", note="Thiếu biên bản"
    )

    page = editor.get(reverse("report-detail", args=[report.pk])).content.decode()

    for words in ("Thiếu biên bản", "Điều chỉnh một mục", "Gửi báo cáo", "Bước sau", "Ban Tuyên giáo"):
        assert words in page


def test_each_sees_the_reports_within_reach(world, sign_in):
    counts = {
        who: sign_in(getattr(world, who)).get(reverse("report-list")).context["total"]
        for who in ("editor", "other_leader", "verifier", "director", "viewer", "admin", "stranger")
    }

    assert counts == {
        "editor": 4,
        "other_leader": 4,
        "verifier": 12,
        "director": 12,
        "viewer": 12,
        "admin": 0,
        "stranger": 0,
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=an hoa", {"Xã An Hòa"}),
        ("q=BÌNH", {"Xã Bình Đức"}),
        ("state=submitted", {"Xã An Hòa"}),
        ("state=early", {"Xã An Hòa"}),
        ("state=overdue", {"Xã Bình Đức", "Phường Cường Thịnh"}),
        ("state=late", set()),
    ],
)
def test_the_list_is_searched_and_filtered_by_state_and_derived_state(world, sign_in, time_machine, query, names):
    time_machine.move_to(datetime.datetime.fromisoformat("2026-04-02 09:00+07:00"))
    send(world, report_of(world))
    time_machine.move_to(datetime.datetime.fromisoformat("2026-04-12 09:00+07:00"))

    client = sign_in(world.verifier)
    found = client.get(f"{reverse('report-list')}?{query}&period={world.periods[0].pk}").context["object_list"]

    assert {report.participation.name for report in found} == names


def many_indicators(world, count):
    for _ in range(count):
        f.CampaignIndicatorFactory(campaign=world.campaign, indicator=f.IndicatorFactory(group=world.flow.group))


@pytest.mark.parametrize("count", [1, 60])
@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("report-edit", "editor"),
        ("report-detail", "editor"),
        ("report-submit", "leader"),
        ("report-verify", "verifier"),
    ],
)
def test_pages_of_a_report_cost_the_same_queries_for_1_and_60_indicators(
    world, sign_in, django_assert_max_num_queries, count, name, who
):
    many_indicators(world, count)
    report = report_of(world)
    asked = [row.indicator for row in world.campaign.asked.select_related("indicator")]
    flows = [cell(row, 3) for row in asked if row.kind == "flow" and row != world.flow]
    save_cells(report, flows, actor=world.editor)
    send(world, report) if name == "report-verify" else fill(world, report)
    client = sign_in(getattr(world, who))

    with django_assert_max_num_queries(15):
        assert client.get(reverse(name, args=[report.pk])).status_code == 200


@pytest.mark.parametrize("count", [1, 100])
@pytest.mark.parametrize("name", ["report-list", "verification-queue"])
def test_lists_cost_the_same_queries_for_1_and_100_reports(world, sign_in, django_assert_max_num_queries, count, name):
    for _ in range(count):
        row = f.ParticipationFactory(
            campaign=world.campaign, cluster=world.cluster, unit=f.UnitFactory(parent=world.province)
        )
        report = f.QuarterlyReportFactory(participation=row, period=world.periods[0], submitted=True)
        f.ReportedValueFactory(report=report, indicator=world.flow)
    client = sign_in(world.verifier)

    with django_assert_max_num_queries(15):
        response = client.get(reverse(name), {"size": 100})

    assert len(response.context["object_list"]) >= count


def test_saving_a_cell_costs_few_queries_whatever_the_size_of_the_form(world, editor, django_assert_max_num_queries):
    many_indicators(world, 60)

    with django_assert_max_num_queries(30):
        post_cell(editor, report_of(world), world.flow, "5")
