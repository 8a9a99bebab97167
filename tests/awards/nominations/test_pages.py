"""Pages of nominations: what a unit and the province see, what is kept on an error, what it costs."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from awards.models import DossierItem, Nomination, Recipient
from awards.services.nominations.appraisal import confirm_complete, return_nomination, set_to_check
from tests.awards.nominations.conftest import DAY, pdf
from tests.factories import awards as af


def url(name, *args):
    return reverse(name, args=args)


def text_of(response):
    return response.content.decode()


def typed(nomination, **changes):
    """The form of the achievements as a browser posts it."""
    return {
        "seen": "0", "rows": "1", "period_from": "01/01/2026", "period_to": "31/12/2026", "summary": "Vận động hiến đất.",
        "text_0": "Vận động hiến 500 m² đất", "from_0": "01/02/2026", "to_0": "31/10/2026", "campaign_0": "", "proof_0": "",
        **changes,
    }  # fmt: skip


def test_a_unit_goes_from_the_cycle_to_a_sent_dossier(province, cycle, award, recipient, sign_in):
    editor, leader = sign_in(province.editor), sign_in(province.leader)
    address = f"{url('nomination-create')}?dot={cycle.pk}&hinh-thuc={award.pk}&q=tran thi"

    assert "Trần Thị Khen" in text_of(editor.get(address))
    made = editor.post(address, {"recipient": recipient.pk})
    record = Nomination.objects.get()
    assert made.url == url("nomination-edit", record.pk)

    saved = editor.post(made.url, typed(record, op="next"))
    assert saved.url == url("nomination-files", record.pk)
    editor.post(saved.url, {"item": "bao-cao", "file": pdf()})
    assert "Lãnh đạo đơn vị gửi hồ sơ này" in text_of(editor.get(url("nomination-send", record.pk)))
    sent = leader.post(url("nomination-send", record.pk), {"vouched": "on"})

    record.refresh_from_db()
    assert (sent.url, record.status, record.revision) == (url("nomination-detail", record.pk), "submitted", 1)


def test_somebody_new_is_added_on_the_way(province, cycle, award, sign_in):
    client = sign_in(province.editor)
    address = f"{url('nomination-create')}?dot={cycle.pk}&hinh-thuc={award.pk}"

    answer = client.post(address, {"kind": "household", "name": "Hộ ông Lê Văn Đất"})

    made = Recipient.objects.get()
    assert (made.kind, made.name, made.unit) == ("household", "Hộ ông Lê Văn Đất", province.commune)
    assert answer.url == url("nomination-edit", Nomination.objects.get().pk)


def test_a_newcomer_of_a_known_name_is_asked_about_and_stays_on_the_page(province, cycle, award, recipient, sign_in):
    address = f"{url('nomination-create')}?dot={cycle.pk}&hinh-thuc={award.pk}"

    answer = sign_in(province.editor).post(address, {"kind": "person", "name": "tran thi khen", "post": "Nông dân"})

    assert (answer.status_code, Recipient.objects.count()) == (200, 1)
    assert "đã có người, tập thể cùng tên" in text_of(answer)
    assert 'value="tran thi khen"' in text_of(answer)


def test_a_unit_outside_of_its_time_is_offered_no_cycle(province, cycle, sign_in):
    cycle.phases.update(units_may_send=False)

    assert "Chưa có đợt nào đang nhận hồ sơ" in text_of(sign_in(province.editor).get(url("nomination-create")))


def test_adding_an_achievement_keeps_what_was_typed(draft, province, sign_in):
    page = sign_in(province.editor).post(
        url("nomination-edit", draft.pk), typed(draft, text_0="Còn đang viết", op="add_row")
    )

    assert (page.status_code, draft.achievements.count()) == (200, 0)
    assert "Còn đang viết" in text_of(page)
    assert 'name="text_1"' in text_of(page)


def test_a_refused_form_keeps_what_was_typed(draft, province, sign_in):
    page = sign_in(province.editor).post(
        url("nomination-edit", draft.pk), typed(draft, period_to="31/12/2025", summary="Bản tóm tắt dài")
    )

    assert page.status_code == 200
    assert "Ngày kết thúc thành tích phải bằng hoặc sau ngày bắt đầu." in text_of(page)
    assert "Bản tóm tắt dài" in text_of(page)


def test_a_row_without_a_day_is_asked_for_it(draft, province, sign_in):
    page = sign_in(province.editor).post(url("nomination-edit", draft.pk), typed(draft, from_0=""))

    assert "Hãy ghi ngày của thành tích này." in text_of(page)


def test_remarks_stand_beside_what_is_to_be_mended(sent, province, sign_in):
    return_nomination(
        sent, actor=province.verifier, reason="Bổ sung trước 05/12",
        items={"summary": "Ghi rõ số hộ", "bao-cao": "Thiếu dấu"},
    )  # fmt: skip
    client = sign_in(province.editor)

    edit, files = (text_of(client.get(url(name, sent.pk))) for name in ("nomination-edit", "nomination-files"))
    assert "Ghi rõ số hộ" in edit
    assert "Vận động 12 hộ hiến đất mở đường." in edit
    assert "Báo cáo thành tích: Thiếu dấu" in files


def test_the_return_form_keeps_the_remarks_when_the_reason_lacks(sent, province, sign_in):
    page = sign_in(province.verifier).post(
        url("nomination-return", sent.pk), {"item_0": "on", "text_4": "Thiếu dấu", "note": ""}
    )

    sent.refresh_from_db()
    assert (page.status_code, sent.status) == (200, "submitted")
    assert 'value="Thiếu dấu"' in text_of(page)


def test_the_verifier_confirms_and_concludes_on_one_page(sent, province, sign_in):
    client = sign_in(province.verifier)
    page = url("nomination-appraise", sent.pk)

    assert client.post(url("nomination-complete", sent.pk)).url == page
    assert "Hạn thẩm định" in text_of(client.get(page))
    assert client.post(url("nomination-eligible", sent.pk)).url == page

    sent.refresh_from_db()
    assert sent.status == "eligible"


def test_the_unit_reads_no_note_of_the_appraisers_and_no_private_finding(sent, province, sign_in):
    checking = set_to_check(
        confirm_complete(sent, actor=province.verifier), actor=province.verifier, note="Hỏi công an xã"
    )
    Nomination.objects.filter(pk=checking.pk).update(
        findings=[
            {"outcome": "met", "text": "Đủ điều kiện: hai năm liền."},
            {"outcome": "unmet", "text": "Chưa được xét: có đơn tố cáo.", "private": True},
        ]
    )
    sent.cycle.phases.update(units_see_findings=True)
    page = url("nomination-detail", sent.pk)

    unit, staff = (text_of(sign_in(person).get(page)) for person in (province.leader, province.verifier))
    assert ("hai năm liền" in unit, "tố cáo" in unit, "công an" in unit) == (True, False, False)
    assert ("hai năm liền" in staff, "tố cáo" in staff, "công an" in staff) == (True, True, True)


def test_the_unit_reads_the_findings_only_while_the_calendar_says_so(sent, province, sign_in):
    Nomination.objects.filter(pk=sent.pk).update(findings=[{"outcome": "met", "text": "Đủ điều kiện: hai năm liền."}])
    sent.cycle.phases.update(units_see_findings=False)

    assert "hai năm liền" not in text_of(sign_in(province.leader).get(url("nomination-detail", sent.pk)))


def test_what_the_council_found_leaks_nowhere_on_the_units_pages(sent, province, sign_in):
    Nomination.objects.filter(pk=sent.pk).update(
        status="not_recommended",
        received_on=DAY(2026, 11, 9),
        rule_set=af.RuleSetFactory(),
        appraised_at=timezone.now(),
    )
    client, listed = sign_in(province.leader), url("nomination-list")

    for page in (listed, url("nomination-detail", sent.pk), f"{listed}?status=eligible"):
        shown = text_of(client.get(page)).replace('<option value="not_recommended">Không đạt</option>', "")
        assert ("Không đạt" in shown, "Đủ điều kiện" in shown) == (False, True)
    assert "Trần Thị Khen" not in text_of(client.get(f"{listed}?status=not_recommended"))


def test_another_units_dossier_is_not_found(sent, province, sign_in):
    client = sign_in(province.other_leader)

    for name in (
        "nomination-detail",
        "nomination-files",
        "nomination-send",
        "nomination-revisions",
        "nomination-appraise",
    ):
        assert client.get(url(name, sent.pk)).status_code == 404
    assert client.get(url("nomination-file", sent.pk, sent.files.get().pk)).status_code == 404


def test_a_file_of_one_dossier_is_not_handed_out_under_another(sent, province, cycle, sign_in):
    other = af.NominationFactory(cycle=cycle, recipient__unit=province.other_commune)

    assert sign_in(province.other_editor).get(url("nomination-file", other.pk, sent.files.get().pk)).status_code == 404


def test_a_person_of_two_units_chooses_for_which_he_proposes(province, cycle, award, sign_in):
    page = text_of(sign_in(province.verifier).get(url("nomination-create")))

    assert "Chọn đơn vị" in page
    assert "Xã An Hòa" in page


@pytest.mark.parametrize(
    ("name", "person"),
    [("nomination-list", "verifier"), ("nomination-list", "editor"), ("appraisal-queue", "verifier")],
)
def test_a_list_costs_the_same_queries_for_one_row_and_for_a_hundred(
    name, person, sent, province, cycle, award, sign_in, django_assert_max_num_queries
):
    client, counts = sign_in(getattr(province, person)), []
    for number in (0, 30):
        for _ in range(number):
            af.NominationFactory(
                cycle=cycle, award_type=award, recipient__unit=province.commune, submitted=True, due_on=DAY(2026, 12, 8)
            )
        client.get(url(name))
        with django_assert_max_num_queries(15) as counted:
            assert client.get(url(name)).status_code == 200
        counts.append(len(counted))

    assert counts[0] == counts[1]


def test_the_queue_counts_what_is_overdue(sent, province, sign_in):
    confirm_complete(sent, actor=province.verifier)
    Nomination.objects.update(due_on=timezone.localdate() - datetime.timedelta(days=1))

    assert "quá hạn 1 ngày" in text_of(sign_in(province.verifier).get(url("appraisal-queue")))


def test_the_checklist_says_when_its_rules_are_missing(draft, province, sign_in):
    DossierItem.objects.all().delete()
    draft.award_type.rules.all().delete()

    assert "Chưa có danh mục thành phần" in text_of(sign_in(province.editor).get(url("nomination-files", draft.pk)))


@pytest.mark.parametrize(("name", "person"), [("nomination-detail", "leader"), ("nomination-appraise", "verifier")])
def test_a_page_costs_the_same_queries_however_much_the_dossier_holds(
    name, person, sent, province, sign_in, django_assert_max_num_queries
):
    client, counts = sign_in(getattr(province, person)), []
    for number in (0, 5):
        for place in range(number):
            row = sent.files.first()
            row.pk, row.title = None, f"Tệp {place}"
            row.save()
            sent.achievements.create(text=f"Việc {place}", period_from=DAY(2026, 1, 1), period_to=DAY(2026, 2, 1))
        client.get(url(name, sent.pk))
        with django_assert_max_num_queries(35) as counted:
            assert client.get(url(name, sent.pk)).status_code == 200
        counts.append(len(counted))

    assert counts[0] == counts[1]
