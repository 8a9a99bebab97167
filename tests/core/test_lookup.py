"""The public page of a document: what it is and who signed, to anybody who holds its code; nothing more."""

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dvk_portal.core.documents.freezing import end_document
from dvk_portal.core.lookup import MOST_MISSES, plain_code
from dvk_portal.core.models import StoredFile
from dvk_portal.core.signatures import sealing
from pledges.models.pledge import Side
from tests.core.signatures.signing_steps import fresh, revisions
from tests.pledges.pledge_steps import agreed, pledge_of, sign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_misses_yet():
    cache.clear()


@pytest.fixture
def document(world):
    """An's pledge, signed by both sides and sealed."""
    pledge = agreed(world)
    sign(world, pledge, Side.UNIT)
    sign(world, pledge, Side.PROVINCE)
    sealing.seal_document(pledge.document_id)
    return fresh(pledge.document)


def page(code, client=None, **options):
    return (client or Client()).get(reverse("lookup", args=[code]), **options)


def text(response):
    return response.content.decode()


def drop(document, data, **options):
    upload = SimpleUploadedFile("tep.pdf", data, content_type="application/pdf")
    return Client().post(reverse("lookup", args=[document.code]), {"tep": upload}, **options)


# --- what it says -------------------------------------------------------------------------------------------------------
def test_it_says_what_the_document_is_and_who_signed(document):
    shown = text(page(document.code))

    for words in (
        "Giao ước thi đua",
        document.subject,
        "Ban Tuyên giáo và Dân vận Tỉnh ủy",
        f"{timezone.localdate():%d/%m/%Y}",
        "Đã ban hành",
        "Lê Văn Lãnh",
        "Bí thư Đảng ủy, Xã An Hòa",
        "Huỳnh Văn Trưởng",
        "Đồng ý ký trên cổng, có con dấu điện tử của cổng",
        document.frozen.sha256,
        document.current.sha256,
    ):
        assert words in shown, words


def test_it_says_nothing_else(world, document):
    """User names, ids, addresses of files, the text itself, who froze it: none of it is for the public."""
    pledge = pledge_of(world)
    shown = text(page(document.code))

    for words in (
        "lanhdao.an",
        "truongban",
        "/van-ban/",
        "/giao-uoc/",
        "tep/",
        document.content_hash,
        "Vận động nhân dân hiến đất",
        pledge.participation.name + ":",
        document.current.file.name,
        "Trần Thị Nhập",
    ):
        assert words not in shown, words


@pytest.mark.parametrize(
    ("status", "words"), [("cancelled", "Đã hủy"), ("superseded", "Đã thay thế"), ("frozen", "Đang chờ ký")]
)
def test_the_state_is_said(status, words, world):
    document = agreed(world).document
    if status != "frozen":
        end_document(document, actor=world.director, status=status, reason="Lý do nội bộ 77", now=timezone.now())

    shown = text(page(document.code))

    assert words in shown
    assert "Lý do nội bộ 77" not in shown
    if status != "frozen":
        assert f"không còn hiệu lực từ ngày {timezone.localdate():%d/%m/%Y}" in shown


def test_a_signature_that_waits_for_confirmation_is_not_shown_as_one(world):
    from dvk_portal.core.signatures.outside import accept_scan

    document = agreed(world).document
    accept_scan(
        document,
        actor=world.leader,
        slot="unit",
        upload=SimpleUploadedFile("a.jpg", b"\xff\xd8\xff\xe0" + bytes(30)),
        name="Người Trên Giấy",
        capacity="Bí thư",
        signed_on=timezone.localdate(),
    )

    assert "Người Trên Giấy" not in text(page(document.code))


def test_no_search_engine_and_no_cache_keeps_it(document):
    response = page(document.code)

    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Cache-Control"] == "private, no-store"
    assert '<meta name="robots" content="noindex, nofollow">' in text(response)


# --- finding it -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("write", [str.lower, lambda code: f" {code[:4]}-{code[4:8]} {code[8:]} "])
def test_a_code_is_understood_however_it_is_typed(write, document):
    response = Client().get(reverse("lookup-form"), {"ma": write(document.code)})

    assert (response.status_code, response["Location"]) == (302, reverse("lookup", args=[document.code]))


def test_a_code_of_an_address_in_small_letters_leads_to_the_page(document):
    assert page(document.code.lower())["Location"] == reverse("lookup", args=[document.code])


@pytest.mark.parametrize("typed", ["K7M2-QX9T", "<script>", "", "đ" * 50, "\0"])
def test_a_plain_code_holds_nothing_but_letters_and_digits(typed):
    assert all(sign.isascii() and sign.isalnum() for sign in plain_code(typed))


def test_an_unknown_code_is_not_found_and_helps(db):
    response = page("KHONGCOMANAY")

    assert response.status_code == 404
    assert "Không có văn bản nào mang mã này" in text(response)
    assert 'name="ma"' in text(response)


def test_guessing_is_stopped_but_only_for_who_guesses(document):
    for number in range(MOST_MISSES):
        page(f"SAI{number}")

    assert page("SAINUA").status_code == 429
    assert page(document.code).status_code == 429
    assert page(document.code, REMOTE_ADDR="10.0.0.9").status_code == 200


def test_looking_up_what_exists_is_never_stopped(document):
    for _ in range(MOST_MISSES + 5):
        assert page(document.code).status_code == 200


# --- is this file the document? ---------------------------------------------------------------------------------------------
def test_a_file_is_told_from_every_revision(document):
    frozen, older, newest = revisions(document)
    answers = {
        "Đúng bản mới nhất": newest,
        "Một bản cũ của văn bản này": older,
        "Đúng bản đã chốt, chưa ký": frozen,
        "Không phải văn bản này": newest + b" ",
    }

    for words, data in answers.items():
        shown = text(drop(document, data))
        assert [each for each in answers if each in shown] == [words]


def test_a_refused_upload_is_not_the_document(world):
    from dvk_portal.core.exceptions import DomainError
    from dvk_portal.core.signatures.outside import accept_upload

    document = agreed(world).document
    junk = b"%PDF-1.4\nkhac\n%%EOF\n"
    with pytest.raises(DomainError):
        accept_upload(document, actor=world.leader, slot="unit", upload=SimpleUploadedFile("a.pdf", junk))

    assert "Không phải văn bản này" in text(drop(document, junk))


def test_what_is_dropped_there_is_not_kept(document):
    before = StoredFile.objects.count()

    drop(document, b"%PDF-1.4 rieng tu")

    assert StoredFile.objects.count() == before


def test_without_a_file_it_asks_for_one(document):
    response = Client().post(reverse("lookup", args=[document.code]))

    assert "Hãy chọn tệp PDF cần đối chiếu." in text(response)


def test_a_file_that_is_too_large_is_refused_before_it_is_kept(document, settings, monkeypatch):
    settings.UPLOAD_MAX_BYTES = 1_000_000
    monkeypatch.setattr(
        "django.http.multipartparser.MultiPartParser.parse", lambda parser: pytest.fail("it was parsed")
    )

    response = drop(document, bytes(3_000_000))

    assert response.status_code == 413
    assert "Tệp nặng 3 MB, quá 1 MB" in text(response)


def test_the_file_form_keeps_its_protection_against_forgery(document):
    client = Client(enforce_csrf_checks=True)

    response = client.post(reverse("lookup", args=[document.code]), {"tep": SimpleUploadedFile("a.pdf", b"x")})

    assert response.status_code == 403


def test_the_page_costs_the_same_queries_however_many_signed(world, django_assert_num_queries):
    pledge = agreed(world)
    with django_assert_num_queries(3):
        page(pledge.document.code)
    sign(world, pledge, Side.UNIT)
    sign(world, pledge, Side.PROVINCE)
    sealing.seal_document(pledge.document_id)
    with django_assert_num_queries(3):
        page(pledge.document.code)


def test_it_is_found_from_the_page_of_signing_in(client, db):
    assert reverse("lookup-form") in client.get(reverse("account_login")).content.decode()
