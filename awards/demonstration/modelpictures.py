"""Pictures drawn by code: a sky, a river or a road, palms and houses. No photograph, no person."""

import io
from random import Random

from PIL import Image, ImageDraw

from awards.demonstration.chance import dice

SIZE = (960, 640)
SKIES = (((126, 178, 214), (245, 232, 205)), ((226, 150, 96), (250, 224, 190)), ((148, 190, 170), (236, 240, 214)))


def landscape(*words: object) -> bytes:
    """A JPEG that only ``words`` decide."""
    chance = dice("picture", *words)
    image = _sky(chance)
    drawing = ImageDraw.Draw(image)
    sun = chance.randint(120, 840)
    drawing.ellipse((sun - 46, 90, sun + 46, 182), fill=(252, 243, 210))
    for depth, green in ((300, (124, 160, 116)), (360, (92, 138, 88)), (430, (66, 114, 66))):
        points = [(x, depth + chance.randint(-26, 26)) for x in range(0, SIZE[0] + 121, 120)]
        drawing.polygon([(0, SIZE[1]), *points, (SIZE[0], SIZE[1])], fill=green)
    water = chance.random() < 0.6
    foot = chance.randint(200, 700)
    drawing.polygon(
        [(foot - 14, 420), (foot + 14, 420), (foot + 300, SIZE[1]), (foot - 260, SIZE[1])],
        fill=(120, 170, 196) if water else (196, 182, 158),
    )
    for _ in range(chance.randint(2, 4)):
        _house(drawing, chance)
    for _ in range(chance.randint(4, 8)):
        _palm(drawing, chance)
    target = io.BytesIO()
    image.save(target, "JPEG", quality=82)
    return target.getvalue()


def _sky(chance: Random) -> Image.Image:
    top, bottom = chance.choice(SKIES)
    strip = Image.new("RGB", (1, 2))
    strip.putdata([top, bottom])
    return strip.resize(SIZE, Image.Resampling.BILINEAR)


def _house(drawing: ImageDraw.ImageDraw, chance: Random) -> None:
    x, y, width = chance.randint(40, 800), chance.randint(400, 520), chance.randint(70, 120)
    drawing.rectangle(
        (x, y, x + width, y + 56), fill=chance.choice(((240, 226, 200), (222, 210, 190), (236, 214, 178)))
    )
    drawing.polygon([(x - 12, y), (x + width // 2, y - 44), (x + width + 12, y)], fill=(160, 74, 58))
    drawing.rectangle((x + width // 2 - 10, y + 22, x + width // 2 + 10, y + 56), fill=(96, 70, 54))


def _palm(drawing: ImageDraw.ImageDraw, chance: Random) -> None:
    x, y, height = chance.randint(20, 940), chance.randint(440, 600), chance.randint(110, 190)
    drawing.line((x, y, x + 6, y - height), fill=(90, 70, 52), width=8)
    for across, down in ((-44, -8), (-34, -30), (0, -42), (34, -30), (46, -6), (-20, 16), (22, 16)):
        drawing.line((x + 6, y - height, x + 6 + across, y - height + down), fill=(48, 98, 56), width=9)
