"""Pages of recipients: who sees what, in how many queries, and what a refused form keeps."""

import datetime
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from awards.models import AwardRule, Discipline, Initiative, IntegrityHold, Nomination, Recipient, RuleSet, YearRecord
from awards.services.recipients.years import rows_of, version_of
from dvk_portal.core.files import KINDS
from tests import factories as f
from tests.awards.recipients.test_imports import LAN, PAST, book
from tests.factories import awards as af
from units.models import Lineage

DAY = datetime.date
SECRET = "Bị tố cáo nhận tiền của dân"


@pytest.fixture(autouse=True)
def rules(province):
    af.standard_rules()


@pytest.fixture
def lan(province):
    return af.RecipientFactory(unit=province.commune, name="Nguyễn Thị Lan")


def page(sign_in, user, name, *args, **query):
    return sign_in(user).get(reverse(name, args=args), query)


# --- the list ---------------------------------------------------------------------------------------------------------
def test_a_unit_sees_its_own_and_the_province_all(province, sign_in, lan):
    af.RecipientFactory(unit=province.other_commune, name="Trần Văn Bình")

    def names(user):
        return [row.name for row in page(sign_in, user, "recipient-list").context["object_list"]]

    assert names(province.editor) == ["Nguyễn Thị Lan"]
    assert names(province.other_leader) == ["Trần Văn Bình"]
    assert names(province.viewer) == ["Nguyễn Thị Lan", "Trần Văn Bình"]
    assert names(province.stranger) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "nguyen lan"}, ["Nguyễn Thị Lan"]),
        ({"kind": "collective"}, ["Tổ dân vận"]),
        ({"sex": "f"}, ["Nguyễn Thị Lan"]),
        ({"active": "False"}, []),
        ({"kind": "gì"}, ["Nguyễn Thị Lan", "Tổ dân vận"]),
    ],
)
def test_the_list_is_searched_and_filtered(query, found, province, sign_in, lan):
    af.RecipientFactory(collective=True, unit=province.commune, name="Tổ dân vận")

    rows = page(sign_in, province.editor, "recipient-list", **query).context["object_list"]

    assert [row.name for row in rows] == found


@pytest.mark.parametrize("count", [1, 25])
def test_the_list_costs_the_same_queries_for_one_and_for_a_page(count, province, sign_in, django_assert_num_queries):
    af.RecipientFactory.create_batch(count, unit=province.commune)
    client = sign_in(province.verifier)
    client.get(reverse("recipient-list"))

    with django_assert_num_queries(8):
        client.get(reverse("recipient-list"))


def test_the_list_leaves_as_excel_with_its_filter(province, sign_in, lan):
    af.RecipientFactory(collective=True, unit=province.commune, name="=Tổ dân vận")

    response = page(sign_in, province.editor, "recipient-export", kind="collective")

    assert response["Content-Type"] == KINDS["xlsx"]
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert [row[1].value for row in sheet.iter_rows(min_row=5)] == ["'=Tổ dân vận"]


# --- one recipient ----------------------------------------------------------------------------------------------------
TABS = ["nam", "khen-thuong", "sang-kien", "sap-toi"]


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_empty_and_filled(tab, province, sign_in, lan):
    assert page(sign_in, province.leader, "recipient-detail", lan.pk, muc=tab).status_code == 200
    af.AwardFactory(recipient=lan, award_type=af.standard_award("CSTDCS"))
    YearRecord.objects.create(recipient=lan, year=2025, grade="htxs")
    Initiative.objects.create(recipient=lan, title="Tổ số", year=2025, decision_no="1", decided_on=DAY(2025, 1, 1))

    text = page(sign_in, province.leader, "recipient-detail", lan.pk, muc=tab).content.decode()

    assert {"nam": "Hoàn thành xuất sắc", "khen-thuong": "Chiến sĩ thi đua cơ sở", "sang-kien": "Tổ số",
            "sap-toi": "Cần kiểm tra"}[tab] in text  # fmt: skip


def test_a_collective_shows_its_numbers_and_a_tab_that_is_none_is_not_found(province, sign_in):
    group = af.RecipientFactory(collective=True, unit=province.commune)
    YearRecord.objects.create(recipient=group, year=2025, grade="htt", members=17, leads_cluster=True)

    assert "17" in page(sign_in, province.leader, "recipient-detail", group.pk).content.decode()
    assert page(sign_in, province.leader, "recipient-detail", group.pk, muc="la").status_code == 404


def test_the_awards_of_the_units_before_a_merger_are_shown_as_theirs(province, sign_in):
    old = f.UnitFactory(name="Xã Cũ")
    Lineage.objects.create(
        predecessor=old, successor=province.commune, effective_on=DAY(2025, 7, 1), decision="Nghị quyết 1"
    )
    before = af.RecipientFactory(collective=True, unit=old, of_unit=old, name="Xã Cũ")
    award = af.AwardFactory(recipient=before, award_type=af.standard_award("TTLDXS"), year=2024)
    commune = af.RecipientFactory(collective=True, unit=province.commune, of_unit=province.commune)

    rows = page(sign_in, province.leader, "recipient-detail", commune.pk, muc="khen-thuong").context["awards"]

    assert [(row.pk, row.before, row.is_open) for row in rows] == [(award.pk, "Xã Cũ", False)]
    assert page(sign_in, province.leader, "recipient-detail", before.pk).status_code == 404


def test_an_award_not_yet_published_is_not_shown_to_the_unit(province, sign_in, lan):
    decision = af.DecisionFactory(unit=province.ban, numbered=True)
    af.AwardFactory(recipient=lan, decision=decision)

    def shown(user):
        return page(sign_in, user, "recipient-detail", lan.pk, muc="khen-thuong").context["awards"]

    assert shown(province.leader) == []
    assert len(shown(province.verifier)) == 1


@pytest.mark.parametrize("person", ["editor", "leader", "clerk", "viewer"])
def test_discipline_and_holds_are_nowhere_for_those_who_do_not_handle_them(person, province, sign_in, lan):
    Discipline.objects.create(recipient=lan, level="canh_cao", from_day=DAY(2026, 1, 1), to_day=DAY(2099, 1, 1))
    IntegrityHold.objects.create(recipient=lan, reason="complaint", note=SECRET, from_day=DAY(2026, 1, 1))
    user = getattr(province, person)

    for tab in TABS:
        text = page(sign_in, user, "recipient-detail", lan.pk, muc=tab).content.decode()
        assert SECRET not in text
        assert "kỷ luật cảnh cáo" not in text
        assert "tạm dừng" not in text.lower()
    assert page(sign_in, user, "recipient-detail", lan.pk, muc="xu-ly").status_code == 404


@pytest.mark.parametrize("person", ["verifier", "director"])
def test_those_who_handle_them_read_and_act(person, province, sign_in, lan):
    client = sign_in(getattr(province, person))
    dossier = af.NominationFactory(recipient=lan, complete=True)
    response = client.post(
        reverse("hold-create", args=[lan.pk]), {"reason": "complaint", "note": SECRET, "from_day": "01/11/2026"}
    )
    assert response.status_code == 302
    assert Nomination.objects.get(pk=dossier.pk).status == "held"
    assert SECRET in client.get(response["Location"]).content.decode()
    ahead = client.get(reverse("recipient-detail", args=[lan.pk]), {"muc": "sap-toi"}).content.decode()
    assert "Chưa được xét: có đơn thư đang xác minh" in ahead
    hold = IntegrityHold.objects.get()
    closed = client.post(
        reverse("hold-close", args=[lan.pk, hold.pk]), {"outcome": "cleared", "note": "Đơn sai", "to_day": "02/11/2026"}
    )
    assert closed.status_code == 302
    assert Nomination.objects.get(pk=dossier.pk).status == "to_check"


def test_a_hold_of_another_recipient_is_not_closed_through_this_one(province, sign_in, lan):
    other = af.RecipientFactory(unit=province.commune)
    hold = IntegrityHold.objects.create(recipient=other, reason="complaint", note="x", from_day=DAY(2026, 1, 1))

    assert page(sign_in, province.verifier, "hold-close", lan.pk, hold.pk).status_code == 404


def test_a_refused_hold_keeps_what_was_typed(province, sign_in, lan):
    response = sign_in(province.verifier).post(
        reverse("hold-create", args=[lan.pk]), {"reason": "complaint", "note": SECRET, "from_day": "01/01/2099"}
    )

    assert response.status_code == 200
    assert SECRET in response.content.decode()
    assert "Ngày tạm dừng ở tương lai" in response.content.decode()


def test_discipline_is_entered_and_given_an_end(province, sign_in, lan):
    client = sign_in(province.verifier)
    client.post(reverse("discipline-create", args=[lan.pk]), {"level": "canh_cao", "from_day": "01/01/2026"})
    row = Discipline.objects.get()
    client.post(reverse("discipline-end", args=[lan.pk, row.pk]), {"to_day": "31/12/2026"})

    assert Discipline.objects.get().to_day == DAY(2026, 12, 31)


# --- entering ---------------------------------------------------------------------------------------------------------
def typed(province, **values):
    return {
        "unit": province.commune.pk,
        "kind": "person",
        "name": "Nguyễn Thị Lan",
        "post": "Bí thư",
        "sex": "f",
    } | values


def test_the_same_name_is_asked_about_once(province, sign_in, lan):
    client = sign_in(province.editor)
    response = client.post(reverse("recipient-create"), typed(province))

    assert response.status_code == 200
    text = response.content.decode()
    assert "đã có người, tập thể cùng tên" in text
    assert "Không trùng" in text
    assert 'value="Bí thư"' in text
    assert client.post(reverse("recipient-create"), typed(province, knows_namesakes="on")).status_code == 302
    assert Recipient.objects.count() == 2


def test_an_editor_offers_only_his_own_unit(province, sign_in):
    form = page(sign_in, province.editor, "recipient-create").context["form"]

    assert list(form.fields["unit"].queryset) == [province.commune]
    response = sign_in(province.editor).post(
        reverse("recipient-create"), typed(province, unit=province.other_commune.pk)
    )
    assert (response.status_code, Recipient.objects.count()) == (200, 0)


def test_a_recipient_is_changed(province, sign_in, lan):
    response = sign_in(province.leader).post(
        reverse("recipient-edit", args=[lan.pk]), typed(province, post="Trưởng ấp", is_active="on")
    )

    assert response.status_code == 302
    assert Recipient.objects.get().post == "Trưởng ấp"


@pytest.mark.parametrize("person", ["viewer", "clerk"])
def test_who_only_reads_gets_no_form(person, province, sign_in, lan):
    for name in ("recipient-edit", "initiative-create"):
        assert page(sign_in, getattr(province, person), name, lan.pk).status_code == 403
    for name in ("recipient-create", "recipient-years", "recipient-import", "recipient-award-import"):
        assert page(sign_in, getattr(province, person), name).status_code == 403


def test_an_initiative_is_entered_with_its_file_and_downloaded(province, sign_in, lan):
    client = sign_in(province.editor)
    upload = SimpleUploadedFile("qd.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")
    values = {
        "kind": "initiative", "title": "Tổ số", "year": "2025", "scope": "basis", "decision_no": "12",
        "decided_on": "01/11/2025", "upload": upload,
    }  # fmt: skip
    assert client.post(reverse("initiative-create", args=[lan.pk]), values).status_code == 302
    idea = Initiative.objects.get()
    response = client.get(reverse("initiative-file", args=[idea.pk]))

    assert b"".join(response.streaming_content).startswith(b"%PDF")
    for close in response._resource_closers:  # response.close() would close the connection as well
        close()
    assert page(sign_in, province.other_editor, "initiative-file", idea.pk).status_code == 404


# --- the grid ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["person", "collective", "household"])
def test_the_grid_opens_for_every_kind(kind, province, sign_in):
    af.RecipientFactory(unit=province.commune, kind=kind, name="Ai đó")

    text = page(sign_in, province.editor, "recipient-years", loai=kind).content.decode()

    assert "Ai đó" in text


def test_the_grid_is_saved_in_one_go(province, sign_in, lan):
    hoa = af.RecipientFactory(unit=province.commune, name="Trần Văn Hòa")
    url = reverse("recipient-years") + f"?don_vi={province.commune.pk}&nam=2025&loai=person"
    seen = version_of(rows_of(province.commune, "person", 2025))
    response = sign_in(province.editor).post(
        url, {"seen": seen, f"r{lan.pk}-grade": "htxs", f"r{hoa.pk}-grade": "htt", f"r{hoa.pk}-source": "KL 5"}
    )

    assert response.status_code == 302
    assert set(YearRecord.objects.values_list("recipient", "year", "grade", "source")) == {
        (lan.pk, 2025, "htxs", ""), (hoa.pk, 2025, "htt", "KL 5")
    }  # fmt: skip


def test_a_refused_grid_keeps_what_was_typed_and_says_whose_cell_is_wrong(province, sign_in):
    group = af.RecipientFactory(collective=True, unit=province.commune, name="Tổ dân vận")
    url = reverse("recipient-years") + f"?don_vi={province.commune.pk}&nam=2025&loai=collective"
    row = f"r{group.pk}"
    response = sign_in(province.editor).post(url, {"seen": "cũ", f"{row}-members": "mười", f"{row}-grade": "htt"})

    assert response.status_code == 200
    assert "Số thành viên, Tổ dân vận" in response.content.decode()
    assert 'value="mười"' in response.content.decode()
    stale = sign_in(province.editor).post(url, {"seen": "cũ", f"{row}-members": "10"})
    assert "Tổ dân vận" in stale.content.decode()
    assert not YearRecord.objects.exists() or stale.status_code == 200


def test_the_grid_of_another_unit_is_not_to_be_had(province, sign_in, lan):
    context = page(sign_in, province.other_editor, "recipient-years", don_vi=province.commune.pk).context

    assert context["unit"] == province.other_commune


@pytest.mark.parametrize("count", [1, 30])
def test_the_grid_costs_the_same_queries_for_one_and_for_many(count, province, sign_in, django_assert_num_queries):
    af.RecipientFactory.create_batch(count, unit=province.commune)
    client = sign_in(province.editor)

    with django_assert_num_queries(10):
        client.get(reverse("recipient-years"))


@pytest.mark.parametrize("count", [1, 8])
def test_the_look_ahead_costs_the_same_for_every_history(count, province, sign_in, lan, django_assert_num_queries):
    for year in range(2018, 2018 + count):
        af.AwardFactory(recipient=lan, award_type=af.standard_award("CSTDCS"), year=year)
    client = sign_in(province.verifier)

    with django_assert_num_queries(15):
        client.get(reverse("recipient-detail", args=[lan.pk]), {"muc": "sap-toi"})


# --- lists from Excel -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("person", "name", "row", "model"),
    [("editor", "recipient-import", LAN, Recipient), ("verifier", "recipient-award-import", PAST, af.Award)],
)
def test_a_list_is_checked_first_and_written_when_confirmed(person, name, row, model, province, sign_in):
    client = sign_in(getattr(province, person))
    upload = SimpleUploadedFile("ds.xlsx", book(row), content_type=KINDS["xlsx"])
    shown = client.post(reverse(name), {"file": upload})

    assert shown.status_code == 200
    assert not model.objects.exists()
    done = client.post(reverse(name), {"content": shown.context["carried"], "apply": "1"})
    assert done.status_code == 302
    assert model.objects.count() == 1


def test_a_wrong_list_is_answered_with_words(province, sign_in):
    client = sign_in(province.editor)

    for data in ({}, {"content": "!!"}, {"file": SimpleUploadedFile("a.xlsx", b"junk")}):
        response = client.post(reverse("recipient-import"), data)
        assert response.status_code == 200
        assert "Tệp" in response.content.decode()


@pytest.mark.parametrize("name", ["recipient-import-template", "recipient-award-import-template"])
def test_the_templates_are_handed_out(name, province, sign_in):
    assert page(sign_in, province.verifier, name)["Content-Type"] == KINDS["xlsx"]
    assert page(sign_in, province.viewer, name).status_code == 403


# --- the rules --------------------------------------------------------------------------------------------------------
def test_the_rules_are_read_in_words_with_their_days_and_marks(province, sign_in):
    text = page(sign_in, province.editor, "award-rules", bo="LTDKT2022-ND152").content.decode()

    assert "3 năm liên tục Chiến sĩ thi đua cơ sở, tính đến năm xét" in text
    assert "Bỏ phiếu kín, thông qua khi từ 90% tổng số thành viên đồng ý" in text
    assert "bắt buộc khi cán bộ diện Ban Thường vụ quản lý" in text
    draft = page(sign_in, province.editor, "award-rules", bo="LTDKT2026-ND152").content.decode()
    assert "Chờ xác nhận văn bản" in draft
    assert page(sign_in, province.editor, "award-rules", bo="KHONG").status_code == 404
    assert page(sign_in, province.stranger, "award-rules").status_code == 403


def test_a_rule_that_cannot_be_read_says_so_instead_of_failing(province, sign_in):
    AwardRule.objects.filter(award_type__code="LDTT").update(conditions=[{"need": "?"}])

    text = page(sign_in, province.editor, "award-rules", bo="LTDKT2022-ND152").content.decode()

    assert "Không có loại điều kiện" in text


def test_the_banner_is_for_those_who_manage_awards(province, sign_in):
    RuleSet.objects.filter(code="LTDKT2026-ND152").update(valid_to=datetime.date.today() + datetime.timedelta(days=30))

    assert "sắp hết hiệu lực" in page(sign_in, province.verifier, "award-rules").content.decode()
    assert "sắp hết hiệu lực" not in page(sign_in, province.editor, "award-rules").content.decode()


def test_a_dossier_is_judged_by_another_rule_set_on_its_page(province, sign_in, lan):
    dossier = af.NominationFactory(
        recipient=lan, complete=True, award_type=af.standard_award("LDTT"),
        rule_set=RuleSet.objects.get(code="LTDKT2022-ND152"),
    )  # fmt: skip
    later = RuleSet.objects.get(code="LTDKT2026-ND152")
    client = sign_in(province.verifier)
    url = reverse("nomination-rebase", args=[dossier.pk])

    assert client.post(url, {"rule_set": later.pk, "reason": ""}).status_code == 200
    assert client.post(url, {"rule_set": later.pk, "reason": "Có lợi hơn"}).status_code == 302
    assert Nomination.objects.get().rule_set == later
    assert page(sign_in, province.leader, "nomination-rebase", dossier.pk).status_code == 403
    assert page(sign_in, province.other_leader, "nomination-rebase", dossier.pk).status_code == 404
