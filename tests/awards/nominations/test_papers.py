"""Documents of nominations: what they say, whom they name, which line of the checklist they fill."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from awards.documents.nominations import (
    AchievementReport,
    AppraisalSummary,
    NominationListDocument,
    NominationMemo,
    UnitMinutes,
)
from awards.models import DossierItem, NominationSet
from awards.services.nominations.appraisal import confirm_complete
from awards.services.nominations.dossier import checklist_of
from awards.services.nominations.papers import make_paper
from awards.services.nominations.sending import obstacles
from awards.services.nominations.sets import save_meeting
from dvk_portal.core.documents.content import missing
from dvk_portal.core.documents.formats import address_word, format_for
from dvk_portal.core.exceptions import DomainError
from tests.awards.nominations.conftest import fill
from tests.factories import awards as af

MEETING = {
    "opened_at": datetime.datetime(2026, 11, 18, 1, 0, tzinfo=datetime.UTC), "closed_at": None, "place": "Hội trường xã",
    "chair": "Lê Văn Lãnh, Bí thư Đảng ủy", "secretary": "Trần Thị Nhập", "members": 13, "present": 12, "absent": "",
    "secret": True, "discussion": "",
}  # fmt: skip


@pytest.fixture
def group(ready):
    return NominationSet.objects.get()


def test_the_memo_of_a_party_body_is_submitted_of_a_state_body_sent(group):  # T-F5
    content = NominationMemo().content(group)
    day = timezone.localdate()

    words = [address_word(content, format_for(system, day)) for system in ("party", "state")]
    assert words == ["Kính trình", "Kính gửi"]
    assert content.addressees == ["Ban Tuyên giáo và Dân vận Tỉnh ủy"]
    assert content.sections[1].tables[0].rows == [["1", "Trần Thị Khen", "Công chức, Xã An Hòa", "Bằng khen thử"]]


def test_the_minutes_ask_for_what_nobody_typed_and_cut_the_share(group, ready, province):
    assert "số phiếu đồng ý của từng người" in missing(UnitMinutes().content(group))

    save_meeting(group, actor=province.editor, values=MEETING, votes={ready.pk: 11})
    group.refresh_from_db()

    content = UnitMinutes().content(group)
    assert missing(content) == []
    assert content.sections[2].tables[0].rows[0][-2:] == ["11", "91,66"]
    assert [(slot.authority, slot.name) for slot in content.slots] == [
        ("NGƯỜI GHI BIÊN BẢN", "Trần Thị Nhập"),
        ("CHỦ TRÌ", "Lê Văn Lãnh"),
    ]


def test_more_votes_than_people_are_refused(group, ready, province):
    with pytest.raises(DomainError) as caught:
        save_meeting(group, actor=province.editor, values={**MEETING, "members": 10}, votes={ready.pk: 13})

    assert caught.value.findings == [
        "Số người dự họp không được lớn hơn số người được triệu tập.",
        "Trần Thị Khen: số phiếu đồng ý (13) lớn hơn số người dự họp (12).",
    ]


def test_nobody_of_another_unit_writes_the_minutes(group, province):
    for person in (province.other_editor, province.verifier, province.director, province.stranger):
        with pytest.raises(PermissionDenied):
            save_meeting(group, actor=person, values=MEETING, votes={})


def test_a_list_fills_its_line_and_a_new_one_takes_its_place(group, ready, province):
    DossierItem.objects.filter(code="bien-ban").update(document_kind="award_list", need="required", source="document")
    today = timezone.localdate()
    assert obstacles(ready, day=today) == ["Còn thiếu: Biên bản bình xét."]

    first = make_paper(NominationListDocument(), group, actor=province.editor)
    assert obstacles(ready, day=today) == []
    assert [row.document for row in ready.files.filter(item_code="bien-ban")] == [first]

    fill(ready, province.editor)
    ready.refresh_from_db()
    type(ready).objects.filter(pk=ready.pk).update(summary="Khác hẳn")
    second = make_paper(NominationListDocument(), group, actor=province.editor)
    slot = checklist_of(ready, day=today).slots[1]
    assert [row.document for row in slot.files] == [second]


def test_a_memo_waits_for_its_signature_before_it_fills_its_line(group, ready, province):
    DossierItem.objects.filter(code="bien-ban").update(document_kind="award_memo", need="required", source="either")
    with pytest.raises(PermissionDenied):
        make_paper(NominationMemo(), group, actor=province.editor)

    document = make_paper(NominationMemo(), group, actor=province.leader)

    assert (document.status, document.number.text) == ("frozen", "Số 01-TTr/ĐU".removeprefix("Số "))
    assert obstacles(ready, day=timezone.localdate()) == ["Biên bản bình xét: văn bản trên cổng còn chờ ký."]


def test_the_report_tells_achievements_and_earlier_awards(ready, province, recipient):
    af.AwardFactory(recipient=recipient, year=2024, decision_no="15-QĐ/ĐU", decided_on=datetime.date(2024, 12, 20))
    af.AwardFactory(recipient=recipient, year=2023, revoked=True)

    content = AchievementReport().content(ready)

    assert content.subject == "Đề nghị tặng Bằng khen thử"
    assert content.sections[1].tables[0].rows == [["1", "Vận động hiến 500 m² đất", "01/02/2026 – 31/10/2026", "–"]]
    assert [row[0] for row in content.sections[2].tables[0].rows] == ["2024"]
    assert [(slot.slot, slot.required) for slot in content.slots] == [("author", False), ("unit", True)]


def test_the_summary_counts_by_award_and_names_each(sent, province, cycle, award):
    confirm_complete(sent, actor=province.verifier)
    af.NominationFactory(cycle=cycle, award_type=award, recipient__unit=province.other_commune, submitted=True)
    af.NominationFactory(cycle=cycle, award_type=award, recipient__unit=province.other_commune)

    content = AppraisalSummary().content(cycle)

    assert content.sections[1].tables[0].rows == [
        ["Bằng khen thử", "2", "1", "0", "0", "0", "0"],
        ["Cộng", "2", "1", "0", "0", "0", "0"],
    ]
    assert [row[-1] for row in content.annexes[0].sections[0].tables[0].rows] == [
        "Đủ hồ sơ, đang thẩm định",
        "Chờ soát hồ sơ",
    ]


def test_the_summary_is_the_provinces_alone(sent, province, cycle):
    readers = [name for name, person in province.everybody().items() if AppraisalSummary().records_for(person).exists()]

    assert sorted(readers) == ["director", "other_verifier", "verifier"]


def test_a_unit_reads_only_its_own_set(group, province):
    readers = [
        name for name, person in province.everybody().items() if NominationSet.objects.visible_to(person).exists()
    ]

    assert sorted(readers) == ["clerk", "director", "editor", "leader", "other_verifier", "verifier", "viewer"]
