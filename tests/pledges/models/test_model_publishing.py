"""Publicity of a model: the unit writes and records who agreed, the office switches on; a withdrawn consent ends it at once."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.urls import reverse

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry
from pledges.models import ExemplaryModel
from pledges.services.exemplary import publishing
from pledges.services.exemplary.publishing import Consent
from tests import factories as f
from tests.pledges.models.gallery_steps import add_picture

TODAY = datetime.date(2026, 11, 22)
AGREED = Consent("Bí thư chi bộ", "Đại diện tập thể", datetime.date(2026, 11, 1), covers_subject=True)


@pytest.fixture
def model(province):
    """Recognised, with a story, without consent."""
    return f.ExemplaryModelFactory(recognised=True, unit=province.commune, name="Đường hoa", story="Cả ấp trồng hoa.")


def record(model, actor, **changes):
    return publishing.record_consent(model, Consent(**{**vars(AGREED), **changes}), actor=actor, today=TODAY)


def shown(model):
    return ExemplaryModel.objects.public().filter(pk=model.pk).exists()


# --- the way to the public ------------------------------------------------------------------------------------------
def test_consent_story_and_switch_make_a_model_public(model, province):
    publishing.write_story(model, actor=province.editor, story="Ngày trước lầy lội.", public_results="2 km.")
    record(model, province.leader)
    before = shown(model)
    publishing.publish_model(model, actor=province.verifier)

    model.refresh_from_db()
    assert not before
    assert shown(model)
    assert model.published_by == province.verifier
    assert "lay loi" in model.public_search_key
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "write_story", "record_consent", "publish_model",
    ]  # fmt: skip


def test_everything_missing_is_said_in_sentences(province):
    model = f.ExemplaryModelFactory(unit=province.commune)

    with pytest.raises(DomainError) as refused:
        publishing.publish_model(model, actor=province.director)

    assert refused.value.findings == [
        "Chỉ công khai mô hình đang được công nhận, duy trì hoặc tiêu biểu; mô hình này đang ở trạng thái “Đã đăng ký”.",
        "Chưa có đồng ý công khai đang hiệu lực. Đơn vị ghi nhận đồng ý trước.",
        "Chưa có câu chuyện để công khai. Đơn vị viết câu chuyện trước.",
    ]


@pytest.mark.parametrize("place", ["name", "story", "public_results", "public_contact", "caption"])
def test_a_name_that_nobody_agreed_to_holds_the_model_back(model, province, place):
    model.subject = "Bà Lê Thị Mận"
    if place == "caption":
        add_picture(model, "ANH000001", caption="Bà Lê Thị Mận")
    else:
        setattr(model, place, "Nhà bà Lê Thị Mận")
    model.save()
    record(model, province.editor, covers_subject=False)

    with pytest.raises(DomainError) as refused:
        publishing.publish_model(model, actor=province.verifier)
    record(model, province.editor, covers_subject=True)
    publishing.publish_model(model, actor=province.verifier)

    assert len(refused.value.findings) == 1
    assert "có nêu “Bà Lê Thị Mận”" in refused.value.findings[0]
    assert shown(model)


def test_while_it_is_shown_no_name_slips_into_the_story(model, province):
    ExemplaryModel.objects.filter(pk=model.pk).update(subject="Bà Lê Thị Mận")
    record(model, province.editor, covers_subject=False)
    publishing.publish_model(model, actor=province.verifier)

    with pytest.raises(DomainError):
        publishing.write_story(model, actor=province.editor, story="Bà Mận kể lại.")

    model.refresh_from_db()
    assert model.story == "Cả ấp trồng hoa."


def test_a_consent_is_no_promise_of_tomorrow_and_names_who_gave_it(model, province):
    for changes in ({"given_on": datetime.date(2026, 11, 23)}, {"given_by": "  "}, {"capacity": ""}):
        with pytest.raises(DomainError):
            record(model, province.editor, **changes)

    assert model.consents.count() == 0


# --- the way back ---------------------------------------------------------------------------------------------------
def test_a_withdrawn_consent_takes_the_model_off_and_a_new_one_alone_does_not_bring_it_back(model, province):
    consent = record(model, province.editor)
    publishing.publish_model(model, actor=province.verifier)

    publishing.withdraw_consent(consent, actor=province.editor, today=TODAY)
    record(model, province.editor)

    model.refresh_from_db()
    assert not shown(model)
    assert not model.is_public
    publishing.publish_model(model, actor=province.verifier)
    assert shown(model)
    with pytest.raises(DomainError):
        publishing.withdraw_consent(consent, actor=province.editor, today=TODAY)


def test_a_narrower_consent_replaces_the_wider_one_at_once(model, province):
    ExemplaryModel.objects.filter(pk=model.pk).update(subject="Bà Lê Thị Mận")
    record(model, province.editor)
    publishing.publish_model(model, actor=province.verifier)
    model.refresh_from_db()
    found_before = "le thi man" in model.public_search_key

    record(model, province.editor, covers_subject=False)

    model.refresh_from_db()
    assert found_before
    assert "le thi man" not in model.public_search_key
    assert model.consents.filter(withdrawn_on=None).count() == 1
    assert model.consents.count() == 2


def test_the_office_and_the_leader_take_a_model_off_with_a_reason(model, province):
    record(model, province.editor)
    for person in (province.leader, province.director):
        publishing.publish_model(model, actor=province.verifier)
        with pytest.raises(DomainError):
            publishing.unpublish_model(model, actor=person, note=" ")
        publishing.unpublish_model(model, actor=person, note="Đang sửa ảnh")
        model.refresh_from_db()
        assert not shown(model)
        assert model.public_search_key == ""


def test_a_model_being_strengthened_hides_and_comes_back_by_itself(model, province):
    record(model, province.editor)
    publishing.publish_model(model, actor=province.verifier)
    seen = []
    for status in ("to_strengthen", "maintained", "exemplary"):
        ExemplaryModel.objects.filter(pk=model.pk).update(status=status)
        seen.append(shown(model))

    assert seen == [False, True, True]


# --- who may --------------------------------------------------------------------------------------------------------
ACTS = {
    "write_story": lambda model, who: publishing.write_story(model, actor=who, story="Chuyện"),
    "record_consent": record,
    "withdraw_consent": lambda model, who: publishing.withdraw_consent(model.consents.get(), actor=who, today=TODAY),
    "publish": lambda model, who: publishing.publish_model(model, actor=who),
    "unpublish": lambda model, who: publishing.unpublish_model(model, actor=who, note="Lý do"),
}
MAY = {
    "write_story": {"editor", "leader"},
    "record_consent": {"editor", "leader"},
    "withdraw_consent": {"editor", "leader", "verifier", "other_verifier", "director"},
    "publish": {"verifier", "other_verifier", "director"},
    "unpublish": {"leader", "verifier", "other_verifier", "director"},
}


@pytest.mark.parametrize("act", ACTS)
def test_nobody_else_may(act, province):
    allowed = set()
    for name, person in province.everybody().items():
        model = f.ExemplaryModelFactory(public=True, unit=province.commune)
        if act == "publish":
            ExemplaryModel.objects.filter(pk=model.pk).update(is_public=False)
        try:
            ACTS[act](model, person)
        except PermissionDenied:
            continue
        allowed.add(name)

    assert allowed == MAY[act]


# --- pages ----------------------------------------------------------------------------------------------------------
def test_the_unit_writes_previews_and_the_office_switches_on(model, province, sign_in):
    editor, verifier = sign_in(province.editor), sign_in(province.verifier)
    paper = SimpleUploadedFile("dong-y.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")

    editor.post(
        reverse("model-story", args=[model.pk]), {"story": "Hoa nở.", "public_results": "", "public_contact": ""}
    )
    editor.post(
        reverse("model-consent", args=[model.pk]),
        {
            "given_by": "Bà Hai",
            "capacity": "Chủ nhiệm",
            "given_on": "01/11/2026",
            "covers_pictures": "on",
            "file": paper,
        },
    )
    preview = editor.get(reverse("model-preview", args=[model.pk])).content.decode()
    page = editor.get(model.get_absolute_url()).content.decode()
    answer = verifier.post(reverse("model-publish", args=[model.pk]), follow=True)

    consent = model.consents.get(~Q(file=None))
    assert "Hoa nở." in preview
    assert "noindex" in preview
    assert "Bà Hai, Chủ nhiệm, đồng ý ngày 01/11/2026: ảnh." in page
    assert "Mô hình đã lên trang công khai." in answer.content.decode()
    assert shown(model)
    file = verifier.get(reverse("consent-file", args=[consent.pk]))
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    assert sign_in(province.other_editor).get(reverse("consent-file", args=[consent.pk])).status_code == 404


def test_what_is_missing_stands_on_the_model_s_page(model, province, sign_in):
    page = sign_in(province.editor).get(model.get_absolute_url()).content.decode()

    assert "Chưa có đồng ý công khai đang hiệu lực." in page
    assert reverse("model-publish", args=[model.pk]) not in page


def test_the_consent_is_withdrawn_from_the_page(model, province, sign_in):
    consent = record(model, province.editor)
    publishing.publish_model(model, actor=province.verifier)

    answer = sign_in(province.editor).post(reverse("consent-withdraw", args=[consent.pk]), follow=True)

    assert "Đã rút đồng ý." in answer.content.decode()
    assert answer.redirect_chain[-1][0] == model.get_absolute_url()
    assert not shown(model)
