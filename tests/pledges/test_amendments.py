"""Annexes: who drafts, answers and signs; what is refused; what the document says; what others hear."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns.models import Campaign
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Document, Job, Notification
from pledges.models import Amendment, AmendmentChange, Pledge
from pledges.models.pledge import Side
from pledges.services.amendments import (
    agree_amendment,
    available_moves,
    may_edit,
    propose_amendment,
    return_amendment,
    save_amendment,
    side_to_sign,
    version_of,
    withdraw_amendment,
)
from pledges.services.annexes import annexes_of, change_lines, is_intact
from pledges.services.pledges import supersede_pledge
from tests.pledges.annex_steps import (
    STATES,
    TOMORROW,
    YESTERDAY,
    Action,
    agreed,
    drafted,
    fresh,
    in_force,
    proposed,
    raise_target,
    sign_annex,
    start,
    write,
)
from tests.pledges.pledge_steps import agreed as agreed_pledge
from tests.pledges.pledge_steps import pledge_of, signed

TODAY = timezone.localdate()


def sentences(refusal):
    return [refusal.value.message, *refusal.value.findings]


# --- drawing up -----------------------------------------------------------------------------------------------------
def test_an_annex_takes_the_side_of_who_draws_it_up(world):
    pledge = signed(world)

    mine = start(world, pledge)
    withdraw_amendment(mine, actor=world.editor, note="Nhầm")
    theirs = start(world, pledge, actor=world.verifier)

    assert [(row.number, row.by_side) for row in (mine, theirs)] == [(1, "unit"), (2, "province")]


@pytest.mark.parametrize("name", ["other_editor", "viewer", "admin", "stranger"])
def test_nobody_else_draws_up_an_annex(world, name):
    with pytest.raises(PermissionDenied):
        start(world, actor=getattr(world, name))


def test_a_pledge_not_signed_by_all_takes_no_annex(world):
    with pytest.raises(DomainError, match="Chưa ký thì sửa ngay trong giao ước"):
        start(world, agreed_pledge(world))


def test_one_annex_is_under_way_at_a_time(world):
    pledge = signed(world)
    start(world, pledge)

    with pytest.raises(DomainError, match="đang có một phụ lục chưa xong"):
        start(world, pledge, actor=world.verifier)


def test_the_database_itself_keeps_a_second_annex_out(world):
    annex = drafted(world)

    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.create(
            pledge=annex.pledge, number=2, by_side="unit", reason="x", effective_on=annex.effective_on
        )


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (TODAY + YESTERDAY, f"Ngày có hiệu lực không được trước hôm nay ({TODAY:%d/%m/%Y})."),
        (
            datetime.date(2027, 1, 1),
            "Ngày có hiệu lực phải nằm trong thời gian của phong trào: từ 01/01/2026 đến 31/12/2026.",
        ),
    ],
)
def test_the_day_of_effect_is_neither_past_nor_outside_the_campaign(world, day, sentence):
    with pytest.raises(DomainError) as refusal:
        start(world, effective_on=day)

    assert sentences(refusal) == ["Chưa lưu được phụ lục.", sentence]


def test_a_later_annex_does_not_take_effect_before_an_earlier_one(world):
    last_day = world.campaign.ends_on
    pledge = in_force(world, effective_on=last_day).pledge

    with pytest.raises(DomainError) as refusal:
        start(world, pledge)

    assert sentences(refusal)[1] == (
        f"Phụ lục số 01 có hiệu lực từ {last_day:%d/%m/%Y}; phụ lục sau không được có hiệu lực sớm hơn."
    )


BAD_CHANGES = {
    "no amount": (
        lambda world: AmendmentChange(action=Action.SET_TARGET, indicator=world.flow),
        "Chưa ghi mức mới của chỉ tiêu “Cuộc vận động” (cuộc).",
    ),
    "negative": (lambda world: raise_target(world, "-1"), "Chỉ tiêu “Cuộc vận động” không được âm."),
    "not a number": (
        lambda world: AmendmentChange(action=Action.SET_TARGET, indicator=world.words, amount=Decimal(1)),
        "“Cách làm hay” không phải chỉ số bằng số mà phong trào yêu cầu báo cáo.",
    ),
    "late": (
        lambda world: raise_target(world, due_on=datetime.date(2027, 1, 1)),
        "Thời hạn của “Cuộc vận động” phải nằm trong thời gian của phong trào.",
    ),
    "weight": (lambda world: raise_target(world, weight=Decimal(-1)), "Trọng số của “Cuộc vận động” không được âm."),
    "not promised": (
        lambda world: AmendmentChange(action=Action.DROP_TARGET, indicator=world.stock),
        "Giao ước không có chỉ tiêu “Chi bộ” để bỏ.",
    ),
    "blank": (
        lambda world: AmendmentChange(action=Action.ADD_COMMITMENT, side="unit", text="  "),
        "Cam kết mới không được để trống; muốn bỏ cam kết, hãy đánh dấu vào ô bỏ.",
    ),
    "unknown": (
        lambda world: AmendmentChange(action=Action.SET_COMMITMENT, commitment_id=0, side="unit", text="a"),
        "Một cam kết định sửa hoặc bỏ không còn trong giao ước. Hãy tải lại trang.",
    ),
    "long": (
        lambda world: AmendmentChange(action=Action.ADD_COMMITMENT, side="unit", text="a" * 1001),
        "Mỗi cam kết dài tối đa 1000 ký tự. Hãy viết gọn lại hoặc tách thành hai.",
    ),
}


@pytest.mark.parametrize("name", BAD_CHANGES)
def test_a_change_that_makes_no_sense_is_refused_with_a_sentence(world, name):
    change, sentence = BAD_CHANGES[name]
    annex = start(world)

    with pytest.raises(DomainError) as refusal:
        write(world, annex, change(world))

    assert sentences(refusal) == ["Chưa lưu được phụ lục.", sentence]
    assert list(annex.changes.all()) == []


def test_an_annex_that_changes_nothing_is_not_sent(world):
    annex = start(world)

    with pytest.raises(DomainError, match="Phụ lục chưa thay đổi gì"):
        propose_amendment(annex, actor=world.leader, today=TODAY)


def test_old_and_new_stand_side_by_side(world):
    pledge = signed(world)
    [promise] = [row for row in pledge.commitments.all() if not row.common]
    annex = drafted(
        world,
        raise_target(world, due_on=datetime.date(2026, 11, 30), weight=Decimal(40), note="Nhận thêm ấp"),
        AmendmentChange(action=Action.DROP_COMMITMENT, commitment=promise, side="unit"),
        AmendmentChange(action=Action.ADD_COMMITMENT, side="province", text="Hỗ trợ tài liệu"),
        AmendmentChange(action=Action.SET_TARGET, indicator=world.stock, amount=Decimal(30)),
        pledge=pledge,
    )

    lines = [(line.kind, line.what, line.old, line.new, line.note) for line in change_lines(annex)]

    assert lines == [
        (
            "Sửa chỉ tiêu",
            "Số cuộc vận động",
            "ít nhất 12 cuộc, thời hạn 31/12/2026",
            "ít nhất 20 cuộc, thời hạn 30/11/2026, trọng số 40",
            "Nhận thêm ấp",
        ),
        ("Thêm chỉ tiêu", "Số chi bộ", "", "ít nhất 30 chi bộ, thời hạn 31/12/2026", ""),
        ("Bỏ cam kết", "Cam kết của đơn vị", promise.text, "", ""),
        ("Thêm cam kết", "Trách nhiệm của cơ quan phát động", "", "Hỗ trợ tài liệu", ""),
    ]


def test_a_stale_form_changes_nothing(world):
    annex = drafted(world)
    stale = version_of(fresh(annex))
    write(world, annex, raise_target(world, "25"))

    with pytest.raises(DomainError, match="vừa được người khác sửa"):
        save_amendment(
            annex, actor=world.editor, reason="khác", effective_on=TODAY, changes=[], seen=stale, today=TODAY
        )

    assert [row.amount for row in AmendmentChange.objects.all()] == [Decimal(25)]


# --- who may what ---------------------------------------------------------------------------------------------------
UNIT_MOVES = {
    "draft": {"editor": {"withdraw"}, "leader": {"propose", "withdraw"}},
    "proposed": {
        "leader": {"withdraw"}, "verifier": {"return", "agree"}, "other_verifier": {"return", "agree"},
        "director": {"return", "agree"},
    },
    "returned": {"leader": {"propose", "withdraw"}},
    "agreed": {"leader": {"withdraw"}},
    "part_signed": {},
    "signed": {},
    "withdrawn": {},
}  # fmt: skip


@pytest.mark.parametrize("state", UNIT_MOVES)
def test_each_side_is_offered_its_own_moves(world, state):
    annex = fresh(STATES[state](world))

    offered = {
        name: {move.name for move in available_moves(annex, person)} for name, person in world.everybody().items()
    }

    assert annex.status == state
    assert {name: moves for name, moves in offered.items() if moves} == UNIT_MOVES[state]


def test_what_the_province_drafts_the_unit_answers(world):
    annex = proposed(world, pledge=signed(world), actor=world.verifier)

    offered = {name: {move.name for move in available_moves(fresh(annex), getattr(world, name))} for name in (
        "editor", "leader", "verifier", "director",
    )}  # fmt: skip

    assert offered == {
        "editor": set(), "leader": {"return", "agree"}, "verifier": {"withdraw"}, "director": {"withdraw"},
    }  # fmt: skip


ACTS = {
    "propose": lambda annex, person: propose_amendment(annex, actor=person, today=TODAY),
    "return": lambda annex, person: return_amendment(annex, actor=person, note="Xem lại"),
    "agree": lambda annex, person: agree_amendment(annex, actor=person, today=TODAY),
    "withdraw": lambda annex, person: withdraw_amendment(annex, actor=person, note="Thôi"),
}


@pytest.mark.parametrize("move", ACTS)
@pytest.mark.parametrize("state", ["draft", "proposed"])
def test_services_let_through_exactly_what_the_buttons_offer(world, state, move):
    annex = STATES[state](world)
    wrong = []

    for name, person in world.everybody().items():
        offered = move in {row.name for row in available_moves(fresh(annex), person)}
        with transaction.atomic():
            try:
                ACTS[move](fresh(annex), person)
                happened = True
            except (PermissionDenied, DomainError):
                happened = False
            transaction.set_rollback(True)
        if happened != offered:
            wrong.append((name, happened))

    assert wrong == []


def test_a_draft_is_seen_only_by_the_side_that_writes_it(world):
    annex = drafted(world)

    seen = {
        name for name, person in world.everybody().items() if Amendment.objects.visible_to(person).filter(pk=annex.pk)
    }

    assert seen == {"editor", "leader"}


def test_a_sent_annex_is_seen_by_whoever_sees_the_pledge(world):
    annex = proposed(world)

    for person in world.everybody().values():
        sees = Amendment.objects.visible_to(person).filter(pk=annex.pk).exists()
        assert sees == Pledge.objects.visible_to(person).filter(pk=annex.pledge_id).exists()


def test_nothing_moves_once_the_campaign_is_over(world):
    annex = proposed(world)
    Campaign.objects.update(status="closed")
    annex = fresh(annex)

    assert available_moves(annex, world.director) == []
    assert not may_edit(annex, world.editor)
    with pytest.raises(DomainError, match="không thay đổi được nữa"):
        agree_amendment(annex, actor=world.director, today=TODAY)


# --- answering, signing ---------------------------------------------------------------------------------------------
def test_returning_needs_a_reason_and_keeps_it(world):
    annex = proposed(world)

    with pytest.raises(DomainError, match="Hãy ghi lý do"):
        return_amendment(annex, actor=world.director, note=" ")
    return_amendment(annex, actor=world.director, note="Cần nêu rõ hơn")

    assert (fresh(annex).status, fresh(annex).return_note) == ("returned", "Cần nêu rõ hơn")


def test_an_annex_whose_day_has_passed_is_not_agreed(world):
    annex = proposed(world, effective_on=TODAY)

    with pytest.raises(DomainError, match="đã qua"):
        agree_amendment(annex, actor=world.director, today=TODAY + TOMORROW)


def test_agreeing_freezes_a_document_that_says_it_all(world):
    annex = fresh(agreed(world))

    content = annex.document.content
    assert annex.document.status == Document.Status.FROZEN
    assert content["title"] == "PHỤ LỤC GIAO ƯỚC SỐ 01"
    assert content["grounds"] == [
        "Căn cứ Giao ước thi đua giữa Ban Tuyên giáo và Dân vận Tỉnh ủy và Xã An Hòa ký ngày "
        f"{timezone.localdate(annex.pledge.signed_at):%d/%m/%Y} (mã tra cứu {annex.pledge.document.code})",
        "Theo thống nhất của các bên",
    ]
    assert content["sections"][1]["tables"][0]["rows"] == [
        [
            "1",
            "Sửa chỉ tiêu: Số cuộc vận động",
            "ít nhất 12 cuộc, thời hạn 31/12/2026",
            "ít nhất 20 cuộc, thời hạn 31/12/2026",
        ]
    ]
    assert [slot["slot"] for slot in content["slots"]] == ["province", "unit"]


def test_the_witness_of_the_campaign_signs_the_annex_too(world):
    pledge = signed(world)
    Campaign.objects.update(witness=world.other_commune)
    annex = agreed(world, pledge=pledge)

    assert side_to_sign(fresh(annex), world.other_leader) == Side.WITNESS
    sign_annex(world, annex, world.leader)
    sign_annex(world, annex, world.director)
    assert fresh(annex).status == "part_signed"
    sign_annex(world, annex, world.other_leader)
    assert fresh(annex).status == "signed"


def test_the_first_signature_halves_the_last_completes(world):
    annex = agreed(world)

    sign_annex(world, annex, world.director)
    halfway = fresh(annex).status
    sign_annex(world, annex, world.leader)

    assert (halfway, fresh(annex).status) == ("part_signed", "signed")
    assert fresh(annex).document.status == Document.Status.ISSUED
    assert pledge_of(world).status == Pledge.Status.SIGNED


@pytest.mark.parametrize("name", ["editor", "verifier", "other_leader", "viewer", "stranger"])
def test_nobody_else_signs(world, name):
    annex = agreed(world)

    with pytest.raises(PermissionDenied):
        sign_annex(world, annex, getattr(world, name))


def test_a_signature_needs_the_content_that_was_read(world):
    annex = agreed(world)
    AmendmentChange.objects.update(amount=99)

    assert not is_intact(fresh(annex))
    with pytest.raises(DomainError, match="không còn đúng bản đã thống nhất"):
        sign_annex(world, annex, world.leader)
    assert fresh(annex).signatures == []


def test_an_annex_is_withdrawn_until_somebody_has_signed(world):
    annex = agreed(world)

    withdraw_amendment(annex, actor=world.leader, note="Không cần nữa")

    assert fresh(annex).status == "withdrawn"
    assert fresh(annex).document.status == Document.Status.CANCELLED


def test_a_signed_annex_is_not_withdrawn(world):
    annex = agreed(world)
    sign_annex(world, annex, world.director)

    with pytest.raises(DomainError, match="Huỳnh Văn Trưởng đã ký phụ lục này"):
        withdraw_amendment(annex, actor=world.leader, note="Không cần nữa")


def test_scores_are_worked_out_again_when_an_annex_takes_effect_today(world):
    annex = agreed(world)
    sign_annex(world, annex, world.leader)
    Job.objects.filter(kind="rollup").delete()

    sign_annex(world, annex, world.director)

    assert Job.objects.filter(kind="rollup").count() == 1


def test_an_annex_of_a_later_day_leaves_todays_scores_alone(world):
    annex = agreed(world, effective_on=world.campaign.ends_on)
    sign_annex(world, annex, world.leader)
    Job.objects.filter(kind="rollup").delete()

    sign_annex(world, annex, world.director)

    assert not Job.objects.filter(kind="rollup").exists()


def test_superseding_the_pledge_ends_its_annexes(world):
    first = in_force(world)
    second = agreed(world, raise_target(world, "30"), pledge=first.pledge)

    supersede_pledge(first.pledge, actor=world.director, note="Đơn vị sáp nhập")

    assert (fresh(first).status, fresh(first).document.status) == ("signed", Document.Status.SUPERSEDED)
    assert (fresh(second).status, fresh(second).document.status) == ("withdrawn", Document.Status.SUPERSEDED)


def test_superseding_the_pledge_ends_an_annex_that_one_side_has_signed(world):
    annex = agreed(world)
    sign_annex(world, annex, world.leader)

    supersede_pledge(annex.pledge, actor=world.director, note="Đơn vị sáp nhập")

    assert (fresh(annex).status, fresh(annex).document.status) == ("withdrawn", Document.Status.SUPERSEDED)


TOLD = {
    "amendment_proposed": (proposed, {"verifier"}),
    "amendment_returned": (STATES["returned"], {"editor", "leader"}),
    "amendment_agreed": (agreed, {"leader", "director"}),
    "amendment_signed": (in_force, {"editor", "leader", "verifier"}),
}


@pytest.mark.parametrize("kind", TOLD)
def test_each_move_tells_those_whose_turn_it_is(world, kind):
    step, names = TOLD[kind]

    step(world)

    told = set(Notification.objects.filter(kind=kind).values_list("recipient", flat=True))
    assert told == {getattr(world, name).pk for name in names}


def test_withdrawing_what_was_sent_tells_the_other_side(world):
    withdraw_amendment(proposed(world), actor=world.leader, note="Thôi")

    told = Notification.objects.get(kind="amendment_withdrawn")
    assert told.recipient == world.verifier
    assert "Xã An Hòa rút phụ lục số 1" in told.body


# --- the page of the pledge -----------------------------------------------------------------------------------------
def test_the_pledge_shows_its_history_and_what_counts_now(world):
    annex = in_force(world)

    found = annexes_of(pledge_of(world), world.editor, TODAY)

    assert (found.words, found.rows, found.may_start) == ("Có 1 phụ lục", [annex], True)
    assert [(pair.signed.amount, pair.now.amount, pair.now.source) for pair in found.targets] == [
        (Decimal(12), Decimal(20), annex)
    ]
    assert found.promises == []


def test_the_other_side_hears_of_a_draft_but_not_what_it_says(world):
    drafted(world)

    found = annexes_of(pledge_of(world), world.director, TODAY)

    assert (found.rows, found.hidden_draft, found.may_start) == ([], True, False)
