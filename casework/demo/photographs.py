"""Drawn stand-ins for the photographs of a home visit: a room or a yard, each unlike any other.

They go through the same pipeline as a phone's photographs, so they must also *look* different to it: the light, the
walls and the things in the picture are spread about anew for each.
"""

from __future__ import annotations

import datetime
import io
import random

from PIL import ExifTags, Image, ImageDraw, ImageFont

SIZE = (640, 480)
PATCHES = (6, 5)
QUALITY = 80

Colour = tuple[int, int, int]


def home_visit(seed: str, *, taken_at: datetime.datetime, caption: str) -> bytes:
    """A JPEG with the time of the shot in it. The same seed gives the same scene."""
    rng = random.Random(f"photograph {seed}")
    picture = _light(rng)
    draw = ImageDraw.Draw(picture)
    for _number in range(rng.randint(3, 6)):
        _furniture(draw, rng)
    _window(draw, rng)
    for _person in range(rng.randint(1, 3)):
        _somebody(draw, rng)
    _caption(draw, caption)
    return _shot(picture, taken_at)


def _shot(picture: Image.Image, taken_at: datetime.datetime) -> bytes:
    """As a JPEG, with the time in it."""
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    out = io.BytesIO()
    picture.save(out, format="JPEG", quality=QUALITY, exif=exif)
    return out.getvalue()


def notice_board(seed: str, *, taken_at: datetime.datetime, caption: str) -> bytes:
    """The same of a sheet on a board, too far off to be read."""
    rng = random.Random(f"board {seed}")
    picture = _light(rng)
    draw = ImageDraw.Draw(picture)
    left, top = rng.randint(30, 110), rng.randint(25, 70)
    wood = _colour(rng, 60, 150)
    draw.rectangle((left, top, left + 480, top + 345), fill=wood, outline=_darker(wood), width=12)
    for number in range(rng.randint(2, 3)):
        _paper(draw, rng, left + 30 + 150 * number, top + rng.randint(25, 60))
    _caption(draw, caption)
    return _shot(picture, taken_at)


def sheet_of_paper(seed: str, *, taken_at: datetime.datetime, caption: str) -> bytes:
    """The same of a paper somebody has brought, with nothing on it that could be read."""
    rng = random.Random(f"paper {seed}")
    picture = _light(rng)
    draw = ImageDraw.Draw(picture)
    for _number in range(rng.randint(2, 4)):
        _paper(draw, rng, rng.randint(20, 470), rng.randint(15, 190))
    _caption(draw, caption)
    return _shot(picture, taken_at)


def _paper(draw: ImageDraw.ImageDraw, rng: random.Random, left: int, top: int) -> None:
    """A sheet with a heading and lines, held by two pins."""
    height = rng.randint(190, 250)
    draw.rectangle((left, top, left + 132, top + height), fill=_colour(rng, 225, 255))
    draw.rectangle((left + 30, top + 18, left + 102, top + 28), fill=(70, 60, 60))
    for line in range(top + 48, top + height - 16, 16):
        draw.line((left + 14, line, left + rng.randint(90, 118), line), fill=(120, 115, 110), width=4)
    for pin in (left + 8, left + 120):
        draw.ellipse((pin, top + 4, pin + 9, top + 13), fill=(190, 40, 40))


def _light(rng: random.Random) -> Image.Image:
    """Light and shade over walls and floor, in large soft patches."""
    small = Image.new("RGB", PATCHES)
    warm = rng.randint(-5, 30)
    for x in range(PATCHES[0]):
        for y in range(PATCHES[1]):
            level = rng.randint(90, 235)
            small.putpixel((x, y), (min(255, max(0, level + warm)), level, min(255, max(0, level - warm))))
    return small.resize(SIZE, Image.Resampling.BICUBIC)


def _furniture(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    """A bed, a table or a cupboard: a box with an edge and legs."""
    width, height = rng.randint(80, 250), rng.randint(55, 170)
    left, top = rng.randint(-30, SIZE[0] - 70), rng.randint(170, SIZE[1] - 80)
    wood = _colour(rng, 60, 190)
    for leg in (left + 5, left + width - 15):
        draw.rectangle((leg, top + height, leg + 10, top + height + 40), fill=_darker(wood))
    draw.rectangle((left, top, left + width, top + height), fill=wood, outline=_darker(wood), width=4)
    if rng.random() < 0.5:
        draw.rectangle((left, top, left + width // 3, top + height // 3), fill=_colour(rng, 150, 250))


def _window(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    left, top = rng.randint(20, 470), rng.randint(20, 90)
    width, height = rng.randint(95, 150), rng.randint(75, 125)
    draw.rectangle((left, top, left + width, top + height), fill=(205, 226, 240), outline=(90, 70, 50), width=6)
    draw.line((left + width // 2, top, left + width // 2, top + height), fill=(90, 70, 50), width=4)
    draw.line((left, top + height // 2, left + width, top + height // 2), fill=(90, 70, 50), width=4)


def _somebody(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    """A figure without a face: no photograph here is of anyone."""
    x, top = rng.randint(55, SIZE[0] - 80), rng.randint(145, 250)
    clothes = _colour(rng, 40, 200)
    draw.rounded_rectangle((x - 32, top + 44, x + 32, top + 200), radius=21, fill=clothes)
    draw.ellipse((x - 24, top, x + 24, top + 51), fill=(224, 188, 158), outline=_darker(clothes), width=2)
    draw.pieslice((x - 25, top - 4, x + 25, top + 40), 180, 360, fill=rng.choice(((60, 60, 60), (190, 190, 190))))


def _caption(draw: ImageDraw.ImageDraw, text: str) -> None:
    """In Pillow's own font, which every machine has: figures and Latin letters only."""
    font = ImageFont.load_default(size=17)
    draw.rectangle((0, SIZE[1] - 30, SIZE[0], SIZE[1]), fill=(20, 20, 20))
    draw.text((11, SIZE[1] - 25), text, fill=(255, 220, 90), font=font)


def _colour(rng: random.Random, low: int, high: int) -> Colour:
    return rng.randint(low, high), rng.randint(low, high), rng.randint(low, high)


def _darker(colour: Colour) -> Colour:
    return colour[0] // 2, colour[1] // 2, colour[2] // 2
