"""The register: what a unit draws up, hands in, completes and withdraws, and who sees which of it when."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from dvk_portal.core import audit
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Notification
from pledges.models import ExemplaryModel, Tag
from pledges.services.exemplary import register
from pledges.services.exemplary.register import (
    IndicatorEntry,
    StaleModelError,
    ask_more,
    available_moves,
    register_again,
    register_model,
    save_model,
    start_model,
    supplement_model,
    version_of,
    withdraw_model,
)
from tests import factories as f
from tests.races import at_once, refusals

TODAY = datetime.date(2026, 11, 22)
Status = ExemplaryModel.Status


def typed(**changes):
    """Everything that the register asks for."""
    return {
        "kind": "model",
        "subject_kind": "collective",
        "name": "Tuyến đường hoa ấp Bình Hòa",
        "subject": "Chi bộ ấp Bình Hòa",
        "field": f.standard_field("economy"),
        "target_level": f.standard_level("co_so"),
        "place": "Ấp Bình Hòa",
        "leading_force": "Chi bộ ấp",
        "coordinating_forces": "",
        "situation": "",
        "objective": "Đường sạch, đẹp.",
        "method": "Mỗi hộ chăm một đoạn.",
        "resources": "",
        "output": "1.800 m đường có hoa.",
        "beneficiaries": "",
        "beneficiary_count": None,
        "starts_on": datetime.date(2026, 2, 1),
        "ends_on": datetime.date(2026, 12, 15),
        "evaluation_on": datetime.date(2026, 11, 30),
        "campaign": None,
        **changes,
    }


def draft(world, **changes):
    return start_model(world.commune, actor=world.editor, values=typed(**changes))


def save(model, person, seen=None, indicators=(), tags=(), **changes):
    return save_model(
        model, actor=person, values=typed(**changes), tags=tags, indicators=indicators,
        seen=version_of(model) if seen is None else seen,
    )  # fmt: skip


# --- drawing up -----------------------------------------------------------------------------------------------------
def test_a_draft_needs_nothing_but_a_name(world):
    model = start_model(
        world.commune, actor=world.editor,
        values={"name": "  Nhà sạch   vườn đẹp ", "field": f.standard_field("economy"), "target_level": f.standard_level("co_so"),
                "subject_kind": "individual"},
    )  # fmt: skip

    assert (model.status, model.name, model.register_no) == ("draft", "Nhà sạch vườn đẹp", "")
    assert len(model.code) == 12


def test_what_is_typed_is_kept_with_tags_and_indicators(world):
    model = draft(world)
    tag = Tag.objects.first()
    rows = [IndicatorEntry("Hộ tham gia", "hộ", Decimal(12), Decimal(214)), IndicatorEntry("Đường hoa", "m")]

    saved = save(model, world.editor, indicators=rows, tags=[tag], method="Mỗi tổ chăm một đoạn.")

    assert saved.method == "Mỗi tổ chăm một đoạn."
    assert [row.name for row in saved.indicators.all()] == ["Hộ tham gia", "Đường hoa"]
    assert list(saved.tags.all()) == [tag]
    entry = audit.trail(saved).get(action="edit")
    assert entry.changes["method"] == ["Mỗi hộ chăm một đoạn.", "Mỗi tổ chăm một đoạn."]
    assert entry.changes["Chỉ số"] == ["", "Hộ tham gia (hộ): từ 12 đến 214; Đường hoa (m)"]


def test_saving_what_is_there_leaves_no_trace(world):
    model = draft(world)

    save(model, world.editor)

    assert not audit.trail(model).filter(action="edit").exists()


def test_a_colleagues_change_is_told_and_not_overwritten(world):
    model = draft(world)
    seen = version_of(model)
    save(model, world.leader, objective="Đường đẹp, hết rác.")

    with pytest.raises(StaleModelError) as refused:
        save(model, world.editor, seen=seen, objective="Của tôi")

    assert "Lê Văn Lãnh" in refused.value.findings[0]
    assert "Mục tiêu: “Đường sạch, đẹp.” đổi thành “Đường đẹp, hết rác.”" in refused.value.findings[0]
    model.refresh_from_db()
    assert model.objective == "Đường đẹp, hết rác."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends_on": datetime.date(2026, 1, 1)}, "Ngày kết thúc phải sau"),
        ({"evaluation_on": datetime.date(2026, 1, 1)}, "không được trước ngày bắt đầu"),
        ({"evaluation_on": datetime.date(2027, 1, 1)}, "không được sau ngày kết thúc"),
        ({"name": "   "}, "Hãy ghi tên"),
        ({"method": "x" * 6001}, "dài quá 6000 ký tự"),
    ],
)
def test_what_cannot_be_true_is_refused_even_in_a_draft(changes, words, world):
    model = draft(world)

    with pytest.raises(DomainError) as refused:
        save(model, world.editor, **changes)

    assert any(words in finding for finding in refused.value.findings)


@pytest.mark.parametrize(
    "row",
    [
        IndicatorEntry("", "hộ", Decimal(1)),
        IndicatorEntry("Hộ", ""),
        IndicatorEntry("x" * 151, "hộ"),
        IndicatorEntry("Hộ", "hộ", Decimal(10) ** 12),
    ],
)
def test_an_indicator_that_says_nothing_or_does_not_fit_is_refused(row, world):
    with pytest.raises(DomainError):
        save(draft(world), world.editor, indicators=[row])


def test_a_campaign_is_one_in_which_the_unit_takes_part(world):
    other = f.CampaignFactory(owner=world.ban)

    assert draft(world, campaign=world.campaign).campaign == world.campaign
    with pytest.raises(DomainError):
        draft(world, campaign=other)


@pytest.mark.parametrize("who", ["other_editor", "other_leader", "verifier", "director", "viewer", "admin", "stranger"])
def test_nobody_else_writes_in_the_units_name(who, world):
    model = draft(world)

    with pytest.raises(PermissionDenied):
        start_model(world.commune, actor=getattr(world, who), values=typed())
    with pytest.raises(PermissionDenied):
        save(model, getattr(world, who))


def test_a_draft_is_seen_by_its_unit_alone(world):
    model = draft(world)

    seeing = {
        name for name, user in world.everybody().items() if ExemplaryModel.objects.visible_to(user).filter(pk=model.pk)
    }

    assert seeing == {"editor", "leader"}


# --- registering ----------------------------------------------------------------------------------------------------
def test_registering_gives_number_date_and_tells_who_appraises(world):
    model = draft(world, target_level=f.standard_level("tinh"))

    register_model(model, actor=world.leader, day=TODAY)

    model.refresh_from_db()
    assert (model.status, model.register_no, model.registered_on) == ("registered", "001/2026-30001", TODAY)
    assert (model.registered_by, "001/2026-30001" in model.search_key) == (world.leader, True)
    told = Notification.objects.filter(kind="model_registered")
    assert set(told.values_list("recipient__username", flat=True)) == {"thamdinh", "thamdinh2"}


def test_at_its_own_level_nobody_outside_is_told(world):
    register_model(draft(world), actor=world.leader, day=TODAY)

    assert not Notification.objects.filter(kind="model_registered").exists()


def test_only_the_leader_registers(world):
    for who in ("editor", "other_leader", "verifier", "director"):
        with pytest.raises(PermissionDenied):
            register_model(draft(world), actor=getattr(world, who), day=TODAY)


def test_what_is_missing_is_said_in_sentences(world):
    empty = dict.fromkeys(("subject", "place", "leading_force", "objective", "method", "output"), "")
    model = draft(world, **empty, evaluation_on=None)

    with pytest.raises(DomainError) as refused:
        register_model(model, actor=world.leader, day=TODAY)

    assert refused.value.findings == [
        "Chưa ghi: Tập thể, cá nhân thực hiện.",
        "Chưa ghi: Nơi thực hiện.",
        "Chưa ghi: Lực lượng chủ trì.",
        "Chưa ghi: Mục tiêu.",
        "Chưa ghi: Nội dung, cách làm.",
        "Chưa ghi: Ngày đánh giá.",
        "Chưa ghi kết quả kiểm chứng được: mô tả kết quả hoặc ghi ít nhất một chỉ số.",
    ]


def test_an_indicator_is_as_good_as_a_described_output(world):
    model = draft(world)
    save(model, world.editor, output="", indicators=[IndicatorEntry("Hộ", "hộ")])

    assert register.missing_parts(model) == []


def test_a_likeness_that_nobody_decided_stands_in_the_way(world, monkeypatch):
    twin = f.ExemplaryModelFactory(unit=world.commune, name="Tuyến đường hoa ấp Bình Hoà")
    monkeypatch.setattr(register.resemblance, "undecided", lambda model: [twin])

    with pytest.raises(DomainError) as refused:
        register_model(draft(world), actor=world.leader, day=TODAY)

    assert refused.value.findings == [
        "Giống mô hình “Tuyến đường hoa ấp Bình Hoà” của Xã An Hòa: hãy xem và ghi quyết định."
    ]


def test_numbers_run_per_unit_and_year_and_are_never_given_again(world):
    first, second, third = (draft(world, name=f"Việc {n}", place=f"Ấp {n}") for n in ("sông", "chợ", "trường"))
    register_model(first, actor=world.leader, day=TODAY)
    register_model(second, actor=world.leader, day=TODAY)
    withdraw_model(second, actor=world.leader, note="Trùng", day=TODAY)
    register_model(third, actor=world.leader, day=TODAY)
    next_year = draft(world, name="Bếp ăn", place="Bệnh viện")
    register_model(next_year, actor=world.leader, day=datetime.date(2027, 1, 5))
    other = start_model(world.other_commune, actor=world.other_editor, values=typed(name="Cầu", place="Ấp Tư"))
    register_model(other, actor=world.other_leader, day=TODAY)

    for row in (first, second, third, next_year, other):
        row.refresh_from_db()
    numbers = [row.register_no for row in (first, second, third, next_year, other)]
    assert numbers == ["001/2026-30001", "002/2026-30001", "003/2026-30001", "001/2027-30001", "001/2026-30002"]


def test_a_closed_unit_registers_nothing(world):
    model = draft(world)
    type(world.commune).objects.filter(pk=world.commune.pk).update(valid_to=datetime.date(2026, 10, 31))

    with pytest.raises(DomainError, match="không hoạt động"):
        register_model(model, actor=world.leader, day=TODAY)


@pytest.mark.django_db(transaction=True)
def test_two_registrations_at_once_get_two_numbers(world):
    models = [draft(world, name=name, place=name) for name in ("Cầu dân sinh", "Bếp ăn tình thương")]

    found = at_once(*[lambda model=model: register_model(model, actor=world.leader, day=TODAY) for model in models])

    assert refusals(found) == []

    found = ExemplaryModel.objects.filter(pk__in=[model.pk for model in models])
    assert sorted(found.values_list("register_no", flat=True)) == ["001/2026-30001", "002/2026-30001"]


# --- asked for more -------------------------------------------------------------------------------------------------
def test_who_appraises_asks_for_more_and_the_unit_is_told_why(world):
    model = f.ExemplaryModelFactory(unit=world.commune, target_level=f.standard_level("tinh"))

    ask_more(model, actor=world.verifier, note="Bổ sung số liệu trước khi làm.")

    model.refresh_from_db()
    assert (model.status, model.return_note) == ("more_information", "Bổ sung số liệu trước khi làm.")
    told = Notification.objects.filter(kind="model_needs_more")
    assert set(told.values_list("recipient__username", flat=True)) == {"nhap.an", "lanhdao.an"}
    assert "Bổ sung số liệu trước khi làm." in told.first().body


@pytest.mark.parametrize("who", ["editor", "leader", "other_leader", "viewer", "clerk", "admin", "stranger"])
def test_at_a_level_decided_above_the_unit_does_not_judge_itself(who, world):
    model = f.ExemplaryModelFactory(unit=world.commune, target_level=f.standard_level("tinh"))

    with pytest.raises(PermissionDenied):
        ask_more(model, actor=getattr(world, who), note="x")


def test_what_was_asked_for_is_handed_in_under_the_same_number(world):
    model = draft(world)
    register_model(model, actor=world.leader, day=TODAY)
    ask_more(model, actor=world.leader, note="Thiếu ảnh")
    save(model, world.editor, resources="Dân góp 30 triệu đồng.")

    supplement_model(model, actor=world.leader)

    model.refresh_from_db()
    assert (model.status, model.register_no, model.registered_on) == ("registered", "001/2026-30001", TODAY)


def test_a_model_that_was_not_recognised_is_reworked_and_registered_again(world):
    model = draft(world)
    register_model(model, actor=world.leader, day=TODAY)
    ExemplaryModel.objects.filter(pk=model.pk).update(status=Status.NOT_RECOGNISED)
    save(model, world.editor, method="Làm khác đi.")

    register_again(model, actor=world.leader)

    model.refresh_from_db()
    assert (model.status, model.register_no) == ("registered", "001/2026-30001")


@pytest.mark.parametrize("state", ["registered", "appraised", "recognised", "ended", "withdrawn"])
def test_what_is_in_the_hands_of_others_is_not_edited(state, world):
    over = {"ended_on": TODAY, "ended_at": f.timezone.now(), "end_note": "x"} if state in ("ended", "withdrawn") else {}
    model = f.ExemplaryModelFactory(unit=world.commune, status=state, recognition=False, **over)

    with pytest.raises(StaleModelError):
        save(model, world.editor)


# --- withdrawing ----------------------------------------------------------------------------------------------------
def test_a_withdrawn_model_leaves_the_register_and_the_public(world):
    model = f.ExemplaryModelFactory(unit=world.commune, status="appraised")
    ExemplaryModel.objects.filter(pk=model.pk).update(is_public=True, published_at=f.timezone.now())

    withdraw_model(model, actor=world.leader, note="Không làm nữa", day=TODAY)

    model.refresh_from_db()
    assert (model.status, model.ended_on, model.is_public) == ("withdrawn", TODAY, False)
    assert not ExemplaryModel.objects.registered_on(TODAY).filter(pk=model.pk).exists()


def test_withdrawing_wants_a_reason(world):
    with pytest.raises(DomainError, match="lý do"):
        withdraw_model(f.ExemplaryModelFactory(unit=world.commune), actor=world.leader, note="  ", day=TODAY)


def test_a_model_that_waits_in_a_batch_is_not_withdrawn_behind_its_back(world):
    model = f.ExemplaryModelFactory(unit=world.commune, status="appraised")
    f.RecognitionFactory(model=model, proposed=True)

    with pytest.raises(DomainError, match="đợt công nhận"):
        withdraw_model(model, actor=world.leader, note="Thôi", day=TODAY)


def test_the_buttons_are_the_moves_that_the_rules_allow(world):
    own = f.ExemplaryModelFactory(unit=world.commune)
    above = f.ExemplaryModelFactory(unit=world.commune, target_level=f.standard_level("tinh"))

    def names(model, user):
        return [move.name for move in available_moves(model, user)]

    assert names(own, world.leader) == ["ask_more", "withdraw"]
    assert names(above, world.leader) == ["withdraw"]
    assert names(above, world.verifier) == ["ask_more"]
    assert names(own, world.verifier) == names(own, world.editor) == names(above, world.viewer) == []


def test_every_change_leaves_a_line(world):
    model = draft(world)
    register_model(model, actor=world.leader, day=TODAY)
    ask_more(model, actor=world.leader, note="Thiếu")
    supplement_model(model, actor=world.leader)
    withdraw_model(model, actor=world.leader, note="Thôi", day=TODAY)

    assert [entry.action for entry in AuditEntry.objects.filter(record_type="pledges.exemplarymodel").order_by("pk")] == [
        "create", "register", "ask_more", "supplement", "withdraw",
    ]  # fmt: skip
