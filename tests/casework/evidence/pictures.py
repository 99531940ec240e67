"""Pictures made for the tests, in every format a phone writes and some it never should."""

import io
import random
import struct
import zlib
from typing import Any

import pillow_heif
from PIL import ExifTags, Image, ImageDraw

from casework.evidence.images import CleanImage

TAKEN = "2026:11:02 08:30:15"
# Taojiang county town: 28 degrees 31' 12.36" N, 112 degrees 9' 18" E.
NORTH = (28.0, 31.0, 12.36)
EAST = (112.0, 9.0, 18.0)


def scenery(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Soft random shapes, as different from seed to seed as photographs of different rooms."""
    source = random.Random(seed)
    cells = Image.frombytes("RGB", (16, 12), source.randbytes(16 * 12 * 3))
    return cells.resize(size, Image.Resampling.BICUBIC)


def top_is_dark(size: tuple[int, int] = (400, 300)) -> Image.Image:
    """White with a black band along the upper edge: shows which way up it is."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((0, 0, size[0], size[1] // 4), fill="black")
    return image


def written(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format=kind, **options)
    return out.getvalue()


def heic(image: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out, **options)
    return out.getvalue()


def exif(
    *,
    orientation: object = None,
    taken: object = None,
    offset: object = None,
    place: dict[int, object] | None = None,
) -> Image.Exif:
    tags = Image.Exif()
    tags[ExifTags.Base.Make] = "SecretPhone"
    if orientation is not None:
        tags[ExifTags.Base.Orientation] = orientation
    moment = tags.get_ifd(ExifTags.IFD.Exif)
    if taken is not None:
        moment[ExifTags.Base.DateTimeOriginal] = taken
    if offset is not None:
        moment[ExifTags.Base.OffsetTimeOriginal] = offset
    tags.get_ifd(ExifTags.IFD.GPSInfo).update(place or {})
    return tags


def place(
    north: tuple[Any, ...] = NORTH, east: tuple[Any, ...] = EAST, refs: tuple[str, str] = ("N", "E")
) -> dict[int, object]:
    return {
        ExifTags.GPS.GPSLatitudeRef: refs[0],
        ExifTags.GPS.GPSLatitude: north,
        ExifTags.GPS.GPSLongitudeRef: refs[1],
        ExifTags.GPS.GPSLongitude: east,
    }


def declared_png(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is this large."""
    heading = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pieces = (b"IHDR", heading), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in pieces)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def reopened(jpeg: bytes) -> Image.Image:
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        image.load()
        return image


def has_no_metadata(clean: CleanImage) -> bool:
    pictures = [reopened(clean.jpeg), reopened(clean.thumbnail)]
    notes = {"exif", "xmp", "icc_profile", "comment", "mp", "photoshop"}
    return not any(dict(picture.getexif()) or notes & set(picture.info) for picture in pictures)
