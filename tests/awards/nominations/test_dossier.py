"""The checklist, its files and what is sent: nothing is complete with a required item missing (R-30)."""

import hashlib

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from awards.models import AwardRule, DossierFile, DossierItem, NominationRevision
from awards.services.nominations.dossier import add_file, checklist_of, remove_file
from awards.services.nominations.sending import PLEDGE, obstacles, submit_nomination
from dvk_portal.core.documents.content import digest
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.files import store_bytes
from dvk_portal.core.models import Notification
from tests.architecture.everything import PDF
from tests.awards.nominations.conftest import DAY, fill, ground, pdf
from tests.factories import awards as af


def needed(nomination):
    slots = checklist_of(nomination, day=timezone.localdate()).slots
    return [slot.item.code for slot in slots if slot.is_required]


def test_conditional_items_are_required_when_their_case_is_there(draft, province, recipient):
    assert needed(draft) == ["bao-cao"]

    recipient.managed_by_btv = True
    recipient.save()
    initiative = recipient.initiatives.create(
        title="Cổng góp ý", year=2026, decision_no="12/QĐ", decided_on=DAY(2026, 3, 1)
    )
    changed = fill(draft, province.editor, grounds=[ground(initiative=initiative)], transferred=True)

    assert needed(changed) == ["bao-cao", "y-kien-btv", "sang-kien", "don-vi-cu"]


def test_a_head_managed_by_btv_cannot_be_sent_without_the_written_opinion(ready, province, recipient):  # T-E12
    recipient.managed_by_btv = True
    recipient.save()

    with pytest.raises(DomainError) as caught:
        submit_nomination(ready, actor=province.leader, vouched=True)
    assert caught.value.findings == ["Còn thiếu: Văn bản của Ban Thường vụ (vì cán bộ diện Ban Thường vụ quản lý)."]

    add_file(ready, pdf("y-kien.pdf"), actor=province.editor, item_code="y-kien-btv")
    assert submit_nomination(ready, actor=province.leader, vouched=True).status == "submitted"


def test_an_empty_draft_hears_of_everything_that_lacks_at_once(draft):
    assert obstacles(draft, day=timezone.localdate()) == [
        "Hãy ghi tóm tắt thành tích.",
        "Hãy ghi ít nhất một thành tích làm căn cứ.",
        "Còn thiếu: Báo cáo thành tích.",
    ]


def test_an_award_without_a_rule_is_never_called_complete(ready, award):
    AwardRule.objects.all().delete()
    today = timezone.localdate()

    assert obstacles(ready, day=today) == [
        f"Chưa khai thành phần hồ sơ của Bằng khen thử cho ngày {today:%d/%m/%Y}. "
        "Hãy báo cơ quan thẩm định bổ sung bộ quy định."
    ]


def test_only_those_who_write_for_the_unit_add_and_remove(ready, province):
    row = ready.files.get()
    for person in (province.other_editor, province.viewer, province.stranger):
        with pytest.raises(PermissionDenied):
            add_file(ready, pdf(), actor=person, item_code="bao-cao")
        with pytest.raises(PermissionDenied):
            remove_file(row, actor=person)

    assert DossierFile.objects.count() == 1


def test_a_removed_file_is_kept_and_fills_nothing(ready, province):
    row = remove_file(ready.files.get(), actor=province.editor)

    assert (row.removed_by, DossierFile.objects.count()) == (province.editor, 1)
    assert [slot.item.code for slot in checklist_of(ready, day=timezone.localdate()).slots if slot.is_missing] == [
        "bao-cao"
    ]


def test_a_line_that_is_made_in_the_portal_takes_no_upload(ready, province):
    DossierItem.objects.filter(code="bien-ban").update(source="document")

    with pytest.raises(DomainError) as caught:
        add_file(ready, pdf(), actor=province.editor, item_code="bien-ban")

    assert caught.value.message == (
        "Biên bản bình xét được lập trên cổng, không tải tệp lên. Hãy mở mục Văn bản của hồ sơ."
    )


def test_a_dossier_has_a_limit_of_files(ready, province, settings):
    settings.UPLOAD_MAX_PER_RECORD = 1

    with pytest.raises(DomainError) as caught:
        add_file(ready, pdf(), actor=province.editor)

    assert caught.value.message == "Mỗi hồ sơ có tối đa 1 tệp. Hãy gỡ tệp thừa hoặc gộp thành một tệp PDF."


def test_sending_fixes_content_and_hashes_and_tells_those_who_appraise(ready, province):
    sent = submit_nomination(ready, actor=province.leader, vouched=True)

    revision = NominationRevision.objects.get()
    assert (sent.status, sent.revision, sent.submitted_by) == ("submitted", 1, province.leader)
    assert (revision.number, revision.sent_by, revision.digest) == (1, province.leader, digest(revision.content))
    assert [(row["item"], row["sha256"]) for row in revision.content["files"]] == [
        ("bao-cao", hashlib.sha256(PDF).hexdigest())
    ]
    assert revision.content["vouched"]["text"] == PLEDGE
    assert set(Notification.objects.values_list("recipient__username", "kind")) == {
        ("thamdinh", "nomination_submitted"),
        ("thamdinh2", "nomination_submitted"),
    }
    assert (sent.files.get().confirmed_by, sent.files.get().confirmed_at) == (province.leader, sent.submitted_at)


def test_the_head_must_say_that_it_is_true(ready, province):
    with pytest.raises(DomainError) as caught:
        submit_nomination(ready, actor=province.leader, vouched=False)

    ready.refresh_from_db()
    assert caught.value.message == "Hãy đánh dấu xác nhận hồ sơ đúng sự thật trước khi gửi."
    assert (ready.status, ready.revision, NominationRevision.objects.count()) == ("draft", 0, 0)


def test_only_the_leader_sends(ready, province):
    for person in (province.editor, province.other_leader, province.verifier, province.director, province.stranger):
        with pytest.raises(PermissionDenied):
            submit_nomination(ready, actor=person, vouched=True)


def test_a_stored_file_of_another_dossier_is_not_this_ones(ready, province):
    other = af.NominationFactory(recipient__unit=province.other_commune, cycle=ready.cycle)
    stored = store_bytes(PDF, "khac.pdf", kind="application/pdf", actor=province.other_editor)
    DossierFile.objects.create(nomination=other, item_code="bao-cao", title="Khác", stored=stored)

    assert [row.title for row in checklist_of(ready, day=timezone.localdate()).slots[0].files] == ["Báo cáo thành tích"]
