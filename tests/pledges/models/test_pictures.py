"""Pictures of models: small, upright, without a word about who took them where; what only pretends to be a picture is refused."""

import io
import struct
import zlib

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from dvk_portal.core import files
from dvk_portal.core.exceptions import DomainError
from pledges.models import ModelPicture
from pledges.services.exemplary import pictures
from pledges.services.exemplary.pictures import PictureEntry, add_pictures, describe_pictures, remove_picture
from tests import factories as f

PLACE = "GPS-10.5216N-105.1259E"
GPS, ORIENTATION = 0x8825, 0x0112


def photo(size=(2000, 1000), kind="JPEG", colour="green", **saved) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind, **saved)
    return buffer.getvalue()


def spying_exif(orientation=1) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = f"Camera of {PLACE}"
    exif[0x9286] = PLACE
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (10.0, 31.0, 17.0)
    exif.get_ifd(GPS)[29] = PLACE
    return exif


def png_with_words() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", PLACE)
    info.add_itxt("Comment", PLACE)
    info.add_text("Long", PLACE * 50, zip=True)
    return photo(kind="PNG", pnginfo=info, icc_profile=PLACE.encode() * 4)


SPYING = {
    "a-telephone.jpg": photo(exif=spying_exif(), comment=PLACE.encode(), icc_profile=PLACE.encode() * 4, xmp=PLACE.encode()),
    "a-drawing.png": png_with_words(),
    "a-page.webp": photo(kind="WEBP", exif=spying_exif().tobytes(), icc_profile=PLACE.encode() * 4, xmp=PLACE.encode()),
}  # fmt: skip


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


@pytest.fixture
def model(world):
    return f.ExemplaryModelFactory(unit=world.commune)


@pytest.mark.parametrize("name", SPYING)
def test_what_people_see_says_nothing_about_place_person_or_camera(name, world, model):
    assert PLACE.encode() in SPYING[name] or "Long" in str(Image.open(io.BytesIO(SPYING[name])).info)  # it could leak

    (picture,) = add_pictures(model, [upload(name, SPYING[name])], actor=world.editor)

    for shown in (picture.web, picture.thumbnail):
        data = files.read(shown)
        again = Image.open(io.BytesIO(data))
        assert PLACE.encode() not in data
        assert b"Exif" not in data
        assert b"ICC_PROFILE" not in data
        assert dict(again.getexif()) == {}
        assert set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}


def test_the_original_is_kept_as_it_came(world, model):
    (picture,) = add_pictures(model, [upload("a.jpg", SPYING["a-telephone.jpg"])], actor=world.editor)

    assert files.read(picture.original) == SPYING["a-telephone.jpg"]


def test_a_picture_is_made_small_enough_for_a_telephone(world, model):
    (picture,) = add_pictures(model, [upload("a.jpg", photo((4000, 3000)))], actor=world.editor)

    assert (picture.width, picture.height) == (1280, 960)
    assert Image.open(io.BytesIO(files.read(picture.web))).size == (1280, 960)
    assert Image.open(io.BytesIO(files.read(picture.thumbnail))).size == (480, 360)


def test_a_small_picture_is_not_blown_up(world, model):
    (picture,) = add_pictures(model, [upload("a.png", photo((300, 200), "PNG"))], actor=world.editor)

    assert (picture.width, picture.height) == (300, 200)


def test_a_picture_taken_with_the_telephone_on_its_side_stands_upright():
    image = Image.new("RGB", (400, 200), "blue")
    image.paste("red", (0, 0, 200, 200))  # the left half; turned by the camera it is the upper one
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=spying_exif(orientation=6))

    drawn = pictures.draw(buffer.getvalue(), "a.jpg")

    upright = Image.open(io.BytesIO(drawn.web))
    assert upright.size == (200, 400)
    assert upright.getpixel((100, 50))[0] > 200
    assert upright.getpixel((100, 350))[2] > 200


def test_what_is_transparent_becomes_white():
    buffer = io.BytesIO()
    Image.new("RGBA", (50, 50), (255, 0, 0, 0)).save(buffer, "PNG")

    shown = Image.open(io.BytesIO(pictures.draw(buffer.getvalue(), "a.png").web))

    assert min(shown.getpixel((25, 25))) > 250


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBA", "CMYK", "I;16"])
def test_pictures_of_every_colour_mode_are_taken(mode):
    buffer = io.BytesIO()
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = Image.new("RGBA", (20, 20)).convert("P") if mode == "PA" else Image.new(mode, (20, 20))
    image.save(buffer, kind)

    assert pictures.draw(buffer.getvalue(), "a").width == 20


def test_the_second_view_in_a_telephones_picture_is_left_out():
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(
        buffer, "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40), "blue")]
    )

    shown = Image.open(io.BytesIO(pictures.draw(buffer.getvalue(), "a.jpg").web))

    assert shown.getpixel((30, 20))[0] > 200
    assert getattr(shown, "n_frames", 1) == 1


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def animated(kind: str) -> bytes:
    buffer = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:], duration=100)
    return buffer.getvalue()


BAD = {
    "mot-nghin-trieu-diem.png": (png_that_claims(40_000, 40_000), "quá nhiều điểm ảnh"),
    "hon-nguong.png": (png_that_claims(10_000, 9_000), "quá nhiều điểm ảnh"),
    "cat-cut.jpg": (photo()[:400], "bị hỏng"),
    "cat-cut.png": (photo(kind="PNG")[:60], "bị hỏng"),
    "thieu-diem.png": (png_that_claims(300, 300), "bị hỏng"),
    "dong.png": (animated("PNG"), "ảnh động"),
    "dong.webp": (animated("WEBP"), "ảnh động"),
    "hinh.svg": (
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "không phải ảnh được nhận",
    ),
    "hinh.gif": (photo((9, 9), "GIF"), "không phải ảnh được nhận"),
    "van-ban.pdf": (b"%PDF-1.4 %%EOF", "không phải ảnh được nhận"),
    "svg-doi-ten.jpg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "không đúng với đuôi tệp"),
    "iphone.heic": (b"\0\0\0\x18ftypheic", "HEIC"),
    "rong.jpg": (b"", "trống"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_decent_picture_is_refused_in_a_sentence_and_nothing_is_kept(name, world, model):
    data, words = BAD[name]

    with pytest.raises(DomainError) as refused:
        add_pictures(model, [upload("tot.jpg", photo()), upload(name, data)], actor=world.editor)

    assert len(refused.value.findings) == 1
    assert words in refused.value.findings[0]
    assert name in refused.value.findings[0]
    assert not ModelPicture.objects.exists()


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's remarks about odd EXIF
def test_a_picture_damaged_anywhere_is_drawn_or_refused_and_never_a_fault():
    good = SPYING["a-telephone.jpg"]
    for place in range(0, 1200, 7):
        broken = bytearray(good)
        broken[place : place + 3] = b"\xff\xee\x00"
        try:
            pictures.draw(bytes(broken), "a.jpg")
        except DomainError as error:
            assert "a.jpg" in error.message


def test_a_model_has_so_many_pictures_and_no_more(world, model, settings):
    settings.UPLOAD_MAX_PER_RECORD = 2
    add_pictures(model, [upload("a.jpg", photo((9, 9)))], actor=world.editor)

    with pytest.raises(DomainError, match="tối đa 2 ảnh"):
        add_pictures(model, [upload("b.jpg", photo((9, 9))), upload("c.jpg", photo((9, 9)))], actor=world.editor)


@pytest.mark.parametrize("who", ["other_editor", "verifier", "director", "viewer", "admin", "stranger"])
def test_only_the_unit_pictures_its_model(who, world, model):
    (picture,) = add_pictures(model, [upload("a.jpg", photo((9, 9)))], actor=world.editor)
    person = getattr(world, who)

    with pytest.raises(PermissionDenied):
        add_pictures(model, [upload("b.jpg", photo((9, 9)))], actor=person)
    with pytest.raises(PermissionDenied):
        describe_pictures(model, {picture.pk: PictureEntry("x", True, 1)}, actor=person)
    with pytest.raises(PermissionDenied):
        remove_picture(picture, actor=person)


def test_a_picture_is_private_until_somebody_says_that_its_people_agree(world, model):
    (picture,) = add_pictures(model, [upload("a.jpg", photo((9, 9)))], actor=world.editor)
    assert not picture.consented

    describe_pictures(model, {picture.pk: PictureEntry("Ngày ra quân", True, 3)}, actor=world.editor)

    picture.refresh_from_db()
    assert (picture.caption, picture.consented, picture.order) == ("Ngày ra quân", True, 3)


def test_nobody_describes_a_picture_of_another_model(world, model):
    other = f.ExemplaryModelFactory(unit=world.other_commune)
    (picture,) = add_pictures(other, [upload("a.jpg", photo((9, 9)))], actor=world.other_editor)

    describe_pictures(model, {picture.pk: PictureEntry("của người khác", True, 1)}, actor=world.editor)

    picture.refresh_from_db()
    assert not picture.consented
    assert picture.caption == ""


def test_a_picture_of_a_visit_stays_with_its_minutes(world, model):
    visit = f.FieldVisitFactory(model=model)
    (picture,) = add_pictures(model, [upload("a.jpg", photo((9, 9)))], actor=world.verifier, visit=visit)

    with pytest.raises(DomainError, match="biên bản khảo sát"):
        remove_picture(picture, actor=world.editor)
