"""A PDF signed outside, a scan of the paper, and whoever confirms: what is taken in, what is refused, nothing lost."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dvk_portal.core import files
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, DocumentFile, Notification, Signature, TrustAnchor
from dvk_portal.core.signatures import checking, outside, pades, sealing
from dvk_portal.core.signatures.outside import accept_scan, accept_upload, confirm_signature, refuse_signature
from dvk_portal.core.signatures.verdicts import Verdict
from pledges.models.pledge import Side
from tests.core.signatures import files as spoiled
from tests.core.signatures.signing_steps import (
    certificate_of,
    current_bytes,
    fresh,
    signed_outside,
    trust_the_root,
    upload,
)
from tests.pledges.pledge_steps import agreed, pledge_of, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(world):
    trust_the_root()
    return fresh(agreed(world).document)


@pytest.fixture
def leaders(world):
    return certificate_of(world.leader, world.commune)


def signed_by_leader(document, leaders, base=None):
    return signed_outside(base or current_bytes(document), leaders, "unit", timezone.now())


def hand_in(world, document, data, actor=None, slot="unit"):
    return accept_upload(document, actor=actor or world.leader, slot=slot, upload=upload(data))


def refused(world, document, data, **options):
    """The sentences with which an upload was refused; it must have changed nothing and be kept."""
    before = fresh(document).current
    with pytest.raises(DomainError) as error:
        hand_in(world, document, data, **options)
    assert fresh(document).current == before
    assert not document.signatures.exclude(status="refused").filter(slot=options.get("slot", "unit")).exists()
    return error.value.findings or [error.value.message]


# --- accepted -----------------------------------------------------------------------------------------------------------
def test_a_file_signed_by_the_expected_person_counts_at_once(world, document, leaders):
    data = signed_by_leader(document, leaders)

    signature = hand_in(world, document, data)

    assert (signature.status, signature.name, signature.signer, signature.flags) == (
        "accepted",
        "Lê Văn Lãnh",
        world.leader,
        [],
    )
    assert current_bytes(document) == data
    file = document.files.get(role="signed")
    assert (file.stored.name, file.report["slots"]) == ("giao-uoc-da-ky.pdf", {"unit": "unit"})
    assert checking.report_of(file).verdict == Verdict.VALID_NO_REVOCATION
    assert pledge_of(world).status == "part_signed"


def test_the_last_signature_issues_the_document_and_moves_the_pledge(world, document, leaders):
    hand_in(world, document, signed_by_leader(document, leaders))
    director = certificate_of(world.director, world.ban)
    data = signed_outside(current_bytes(document), director, "province", timezone.now())

    hand_in(world, document, data, actor=world.director, slot="province")

    assert fresh(document).status == "issued"
    assert pledge_of(world).status == "signed"
    assert [row.verdict for row in checking.report_of(document.files.last()).signatures] == [
        Verdict.VALID_NO_REVOCATION,
        Verdict.VALID_NO_REVOCATION,
    ]


def test_an_upload_goes_on_top_of_a_seal(world, document, leaders):
    sign(world, pledge_of(world), Side.PROVINCE)
    sealing.seal_document(document.pk)

    hand_in(world, document, signed_by_leader(document, leaders))

    assert [slot.name for slot in pades.slots(current_bytes(document)) if slot.signed] == ["province", "unit"]
    assert fresh(document).status == "issued"


def test_one_upload_may_bring_the_other_sides_signature_which_the_province_confirms(world, document, leaders):
    director = certificate_of(world.director, world.ban)
    both = signed_outside(current_bytes(document), director, "province", timezone.now())
    both = signed_outside(both, leaders, "unit", timezone.now())

    hand_in(world, document, both)

    rows = {row.slot: row for row in document.signatures.all()}
    assert {slot: (row.status, row.name, row.signer) for slot, row in rows.items()} == {
        "unit": ("pending", "Lê Văn Lãnh", world.leader),
        "province": ("pending", "Huỳnh Văn Trưởng", None),
    }
    confirm_signature(rows["province"], actor=world.verifier)
    assert fresh(document).status == "issued"


# --- refused: kept with the reason ----------------------------------------------------------------------------------------
def test_a_refused_file_is_kept_with_its_reasons_and_a_trace(world, document):
    stranger = certificate_of(world.other_leader, world.other_commune)
    data = signed_outside(current_bytes(document), stranger, "unit", timezone.now())

    sentences = refused(world, document, data)

    assert sentences == [
        "Thiếu chữ ký của Lê Văn Lãnh (Xã An Hòa) (tệp có chữ ký của Võ Văn Đạo). Hãy để đúng người ký rồi tải lên lại."
    ]
    kept = document.files.get(role="upload")
    assert files.read(kept.stored) == data
    assert (kept.note, kept.report["refusals"], kept.created_by) == (sentences[0], sentences, world.leader)
    assert checking.report_of(kept).signatures[0].signer == "Võ Văn Đạo"
    assert AuditEntry.objects.get(action="refuse_upload").note == sentences[0]


def test_a_file_signed_on_an_older_revision_says_to_fetch_the_newest(world, document, leaders):
    old = signed_by_leader(document, leaders)
    sign(world, pledge_of(world), Side.PROVINCE)
    sealing.seal_document(document.pk)

    assert refused(world, document, old) == [outside.STALE]
    assert document.files.filter(role="upload").count() == 1


def test_a_file_saved_again_over_a_signature_is_refused(world, document, leaders):
    sign(world, pledge_of(world), Side.PROVINCE)
    sealing.seal_document(document.pk)
    data = signed_by_leader(document, leaders, spoiled.saved_again(current_bytes(document)))

    assert refused(world, document, data) == [outside.BROKEN]


def test_who_signs_in_the_others_place_is_told_to_use_his_own(world, document, leaders):
    data = signed_outside(current_bytes(document), leaders, "province", timezone.now())

    assert refused(world, document, data) == [
        "Chữ ký được đặt vào ô ký của BÊN PHÁT ĐỘNG. Hãy ký lại, chọn ô ký của bên mình."
    ]


def _other_text(document, leaders):
    return signed_outside(spoiled.agreed(), leaders, "ben_a", timezone.now())


BAD = {
    "not signed": (lambda document, leaders: current_bytes(document), "Tệp không có chữ ký số"),
    "not a pdf": (lambda document, leaders: b"PK\x03\x04 not a pdf", "Tệp không phải PDF"),
    "another document": (_other_text, "Hãy tải đúng"),
    "bytes after the end": (lambda document, leaders: signed_by_leader(document, leaders) + b"\n%more\n", "Hãy"),
    "cut off": (lambda document, leaders: signed_by_leader(document, leaders)[:-900], "Hãy"),
}


@pytest.mark.parametrize("fault", BAD)
def test_what_is_not_the_signed_document_is_refused_and_kept(fault, world, document, leaders):
    make, words = BAD[fault]
    data = make(document, leaders)

    sentences = refused(world, document, data)

    assert any(words in sentence for sentence in sentences), sentences
    assert files.read(document.files.get(role="upload").stored) == data


def test_an_unknown_authority_is_refused(world, document):
    unknown = certificate_of(world.leader, world.commune, unknown=True)
    data = signed_outside(current_bytes(document), unknown, "unit", timezone.now())

    [sentence] = refused(world, document, data)
    assert "không thuộc tổ chức chứng thực được tin cậy" in sentence


def test_a_file_that_is_too_large_is_refused_before_it_is_read(world, document, settings):
    class Huge(SimpleUploadedFile):
        def read(self, *args):
            raise AssertionError("it was read")

    huge = Huge("to.pdf", b"x")
    huge.size = 200_000_000

    with pytest.raises(DomainError, match="Tệp nặng 200 MB, quá 20 MB"):
        accept_upload(document, actor=world.leader, slot="unit", upload=huge)
    assert not document.files.filter(role="upload").exists()


# --- flagged: somebody must look ------------------------------------------------------------------------------------------
@pytest.fixture
def flagged(world, document):
    """The certificate names another body: only people can tell."""
    other = certificate_of(world.leader, world.other_commune)
    return hand_in(world, document, signed_outside(current_bytes(document), other, "unit", timezone.now()))


def test_a_flagged_file_waits_for_the_province_and_says_why(world, document, flagged):
    assert flagged.status == "pending"
    assert flagged.flags == [
        "Chứng thư của Lê Văn Lãnh ghi tổ chức “Xã Bình Đức”, văn bản ghi “Xã An Hòa”; hãy xác nhận đúng người."
    ]
    assert fresh(document).current == document.frozen
    assert flagged.sealed.role == "upload"
    told = Notification.objects.filter(kind="signature_to_confirm").values_list("recipient__username", flat=True)
    assert set(told) == {"thamdinh", "truongban"}
    assert pledge_of(world).status == "agreed"


def test_confirming_makes_it_count(world, document, flagged):
    confirm_signature(flagged, actor=world.verifier)

    flagged.refresh_from_db()
    assert (flagged.status, flagged.decided_by) == ("accepted", world.verifier)
    assert fresh(document).current == flagged.sealed.stored
    assert pledge_of(world).status == "part_signed"
    assert Notification.objects.filter(kind="signature_decided", recipient=world.leader).count() == 1


def test_not_accepting_needs_a_reason_and_lets_the_side_sign_again(world, document, flagged, leaders):
    with pytest.raises(DomainError, match="lý do"):
        refuse_signature(flagged, actor=world.verifier, note=" ")
    refuse_signature(flagged, actor=world.verifier, note="Chứng thư của đơn vị khác")

    flagged.refresh_from_db()
    assert (flagged.status, flagged.note) == ("refused", "Chứng thư của đơn vị khác")
    assert "Chứng thư của đơn vị khác" in Notification.objects.get(kind="signature_decided").body
    assert hand_in(world, document, signed_by_leader(document, leaders)).counts


@pytest.mark.parametrize("decide", [confirm_signature, lambda row, actor: refuse_signature(row, actor=actor, note="x")])
@pytest.mark.parametrize("person", ["leader", "editor", "other_leader", "viewer", "admin", "stranger"])
def test_nobody_else_decides(decide, person, world, flagged):
    with pytest.raises(PermissionDenied):
        decide(flagged, actor=getattr(world, person))

    assert Signature.objects.get().status == "pending"


def test_what_was_decided_is_not_decided_again(world, flagged):
    confirm_signature(flagged, actor=world.verifier)

    with pytest.raises(DomainError, match="đã được xử lý"):
        refuse_signature(flagged, actor=world.director, note="muộn")


def test_a_waiting_file_that_was_overtaken_is_not_confirmed(world, document, flagged):
    sign(world, pledge_of(world), Side.PROVINCE)
    sealing.seal_document(document.pk)

    with pytest.raises(DomainError, match="không chứa"):
        confirm_signature(flagged, actor=world.verifier)
    assert Signature.objects.get(slot="unit").status == "pending"


def test_without_any_configured_authority_every_certificate_waits_for_a_person(world, document, leaders):
    TrustAnchor.objects.all().delete()

    assert hand_in(world, document, signed_by_leader(document, leaders)).status == "pending"


# --- the paper ------------------------------------------------------------------------------------------------------------
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def scan(world, document, name="ban-quet.pdf", data=PAPER, actor=None, **options):
    values = {"name": "Lê Văn Lãnh", "capacity": "Bí thư Đảng ủy", "signed_on": timezone.localdate()}
    return accept_scan(
        document, actor=actor or world.leader, slot="unit", upload=upload(data, name), **{**values, **options}
    )


def test_a_scan_counts_only_once_the_province_has_confirmed_it(world, document):
    signature = scan(world, document)

    assert (signature.status, signature.method, signature.sealed.role) == ("pending", "scan", "scan")
    assert pledge_of(world).status == "agreed"
    confirm_signature(signature, actor=world.verifier)
    assert pledge_of(world).status == "part_signed"
    assert fresh(document).current == document.frozen


@pytest.mark.parametrize(
    ("name", "data"), [("a.jpg", b"\xff\xd8\xff\xe0" + bytes(30)), ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(30))]
)
def test_pictures_are_scans_too(name, data, world, document):
    assert scan(world, document, name, data).status == "pending"


@pytest.mark.parametrize(("name", "data"), [("a.docx", PAPER), ("a.jpg", PAPER), ("a.pdf", b"x")])
def test_what_is_no_scan_is_refused(name, data, world, document):
    with pytest.raises(DomainError):
        scan(world, document, name, data)
    assert not DocumentFile.objects.filter(role="scan").exists()


@pytest.mark.parametrize("days", [-1, 1])
def test_the_day_on_the_paper_lies_between_the_agreement_and_today(days, world, document):
    with pytest.raises(DomainError, match="Ngày ký trên giấy"):
        scan(world, document, signed_on=timezone.localdate() + datetime.timedelta(days=days))


def test_nobody_confirms_the_paper_that_he_handed_in(world, document):
    signature = accept_scan(
        document,
        actor=world.director,
        slot="province",
        upload=upload(PAPER),
        name="Huỳnh Văn Trưởng",
        capacity="Trưởng Ban",
        signed_on=timezone.localdate(),
    )

    with pytest.raises(DomainError, match="không tự xác nhận"):
        confirm_signature(signature, actor=world.director)
    assert confirm_signature(signature, actor=world.verifier).counts


# --- who may ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("person", ["editor", "other_leader", "verifier", "director", "viewer", "admin", "stranger"])
def test_only_who_may_sign_for_a_side_hands_in_for_it(person, world, document, leaders):
    data, actor = signed_by_leader(document, leaders), getattr(world, person)

    with pytest.raises(PermissionDenied):
        hand_in(world, document, data, actor=actor)
    with pytest.raises(PermissionDenied):
        scan(world, document, actor=actor)
    assert not DocumentFile.objects.exclude(role="frozen").exists()


def test_a_way_that_the_campaign_does_not_use_is_closed(world, document, leaders):
    world.campaign.signing_methods = ["consent"]
    world.campaign.save()

    with pytest.raises(DomainError, match="không dùng cách ký"):
        hand_in(world, document, signed_by_leader(document, leaders))
    with pytest.raises(DomainError, match="không dùng cách ký"):
        scan(world, document)
