"""Photographs: bytes from anywhere in, a clean picture and its facts out.

What comes out is built from pixels alone, so nothing that travelled beside them (place, device, owner,
a second file hidden behind the first) is left in it. The colour profile goes too: wide-gamut photographs
come out a shade paler, which evidence can bear.
"""

import hashlib
import io
import math
import re
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from PIL import Image
from pillow_heif import register_heif_opener

from casework.evidence.shot import Shot, read_shot

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MAX_BYTES = 15 * 1024 * 1024
# Phones sold as "50 megapixels" write up to 8192 x 6144.
MAX_PIXELS = 52_000_000
MAX_EDGE = 20_000
# Beyond this a picture shrunk to CLEAN_EDGE cannot be read any more.
MAX_ASPECT = 8
# A camera writes one scan, a progressive JPEG about ten. Each scan passes over the whole picture, and one
# of a few bytes is enough, so a small file could otherwise keep a decoder busy for hours.
MAX_SCANS = 60
CLEAN_EDGE = 2400
CLEAN_QUALITY = 85
THUMBNAIL_EDGE = 320
THUMBNAIL_QUALITY = 75

UNSAFE = (
    "这个文件不是能安全打开的照片（可能已损坏、没有传完整，或格式不对）。"
    "请用手机重新拍一张再上传；照片只收 JPEG、PNG、WebP、HEIC 格式。"
)
UNSAFE_FACTS = "照片里附带的拍摄信息已损坏，不能安全读取。请用手机重新拍一张，或把照片截图后上传截图。"
EMPTY = "这个文件是空的，可能没有传完整。请重新选择文件上传。"
TOO_MANY_BYTES = f"文件超过 {MAX_BYTES // 1024 // 1024} MB。请在手机上压缩后再传，或重新拍一张普通清晰度的照片。"
TOO_LARGE = "照片的画面太大（超过 5000 万像素）。请把相机调到普通清晰度重新拍一张。"
TOO_NARROW = f"照片太细长（长边超过短边的 {MAX_ASPECT} 倍），缩小后看不清字。请分成几张上传。"
NOT_STILL = "这是动图或含多个画面的文件，不能当作照片。请只上传单张照片。"

# Embedded thumbnails, depth maps and auxiliary pictures are never looked at, so they are never parsed.
register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


class EvidenceRefused(Exception):
    """The upload is not taken; the text is a sentence for the person who uploaded it."""


@dataclass(frozen=True)
class CleanImage:
    """A picture fit to be kept: upright, opaque, without metadata.

    `width` and `height` are those of `jpeg`; `sha256` and `phash` identify the upload. `taken_at` is aware
    when the camera wrote its offset from UTC and otherwise naive, the camera's own clock. Time and place
    are what the file claims: facts to weigh, not proof. `pages` is how many the upload had, of which only
    the first is shown.
    """

    jpeg: bytes
    thumbnail: bytes
    sha256: str
    phash: str
    width: int
    height: int
    taken_at: datetime | None
    latitude: float | None
    longitude: float | None
    source_format: str
    pages: int = 1


def read_image(data: bytes) -> CleanImage:
    """A clean picture of the photograph, or `EvidenceRefused`; nothing else leaves here.

    May hold some 500 MB for a moment on the largest PNG or HEIC it allows.
    """
    check_bytes(data)
    try:
        return _read(data)
    except EvidenceRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise EvidenceRefused(TOO_LARGE) from error
    except Exception as error:
        # Decoders answer a hostile file with struct.error, SyntaxError, MemoryError, OverflowError and
        # whatever their next version thinks of: all of it means the same to the person who uploaded it.
        raise EvidenceRefused(UNSAFE) from error


def check_bytes(data: bytes) -> None:
    if not data:
        raise EvidenceRefused(EMPTY)
    if len(data) > MAX_BYTES:
        raise EvidenceRefused(TOO_MANY_BYTES)


def check_shape(width: float, height: float) -> None:
    """Refuses a picture by its declared size alone, before a single pixel is decoded."""
    if not (math.isfinite(width) and math.isfinite(height) and width > 0 and height > 0):
        raise EvidenceRefused(UNSAFE)
    if width * height > MAX_PIXELS or max(width, height) > MAX_EDGE:
        raise EvidenceRefused(TOO_LARGE)
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise EvidenceRefused(TOO_NARROW)


def clean_image(
    image: Image.Image, *, original: bytes, source_format: str, shot: Shot | None = None, pages: int = 1
) -> CleanImage:
    """The end of every road: decoded pixels become the picture we keep."""
    upright = _upright(image, shot.orientation if shot else 1)
    picture = _shrunk(_on_white(upright), CLEAN_EDGE)
    return CleanImage(
        jpeg=_jpeg(picture, CLEAN_QUALITY),
        thumbnail=_jpeg(_shrunk(picture, THUMBNAIL_EDGE), THUMBNAIL_QUALITY),
        sha256=hashlib.sha256(original).hexdigest(),
        phash=perceptual_hash(picture),
        width=picture.width,
        height=picture.height,
        taken_at=shot.taken_at if shot else None,
        latitude=shot.latitude if shot else None,
        longitude=shot.longitude if shot else None,
        source_format=source_format,
        pages=pages,
    )


def hamming(phash_a: str, phash_b: str) -> int:
    """How many of the 64 bits differ."""
    return (int(phash_a, 16) ^ int(phash_b, 16)).bit_count()


def similar(phash_a: str, phash_b: str, distance: int = 6) -> bool:
    """Probably the same picture: a reason to look at both, never proof.

    Copies of a photograph are 0 to 4 bits apart, unrelated photographs about 32. Sheets of the same printed
    form come nearer (8 and up in trials), so two of them that differ in a few words may be taken for one.
    """
    return hamming(phash_a, phash_b) <= distance


_HASH_EDGE = 32
# The 64 lowest frequencies after the mean, diagonal by diagonal: what survives compression and scaling.
_FREQUENCIES = sorted(((u, v) for u in range(11) for v in range(11) if u or v), key=lambda pair: (sum(pair), pair))[:64]
_WAVES = [
    [math.cos(math.pi * frequency * (2 * x + 1) / (2 * _HASH_EDGE)) for x in range(_HASH_EDGE)]
    for frequency in range(11)
]


def perceptual_hash(picture: Image.Image) -> str:
    """16 hex digits: for each of 64 low frequencies of the cosine transform, is it above their median."""
    small = picture.convert("L").resize((_HASH_EDGE, _HASH_EDGE), Image.Resampling.LANCZOS)
    pixels = small.tobytes()
    rows = [pixels[start : start + _HASH_EDGE] for start in range(0, len(pixels), _HASH_EDGE)]
    across = [[_dot(wave, row) for row in rows] for wave in _WAVES]
    strengths = [_dot(_WAVES[v], across[u]) for u, v in _FREQUENCIES]
    middle = median(strengths)
    bits = "".join("1" if strength > middle else "0" for strength in strengths)
    return f"{int(bits, 2):016x}"


def _dot(wave: list[float], values: bytes | list[float]) -> float:
    return sum(factor * value for factor, value in zip(wave, values, strict=True))


def _read(data: bytes) -> CleanImage:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        image.verify()
    # verify() uses the file up.
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        is_jpeg = data.startswith(b"\xff\xd8")
        check_shape(*image.size)
        _check_still(image, is_jpeg=is_jpeg)
        try:
            shot = read_shot(image)
        except Exception as error:
            raise EvidenceRefused(UNSAFE_FACTS) from error
        if is_jpeg:
            if _scan_count(data) > MAX_SCANS:
                raise EvidenceRefused(UNSAFE)
            image.draft("RGB", _fit(image.size, CLEAN_EDGE))
        image.load()
        # An HEIF file may hold another size than it declared.
        check_shape(*image.size)
        source_format = "JPEG" if is_jpeg else str(image.format)
        return clean_image(image, original=data, source_format=source_format, shot=shot)


def _check_still(image: Image.Image, *, is_jpeg: bool) -> None:
    """A JPEG is always still: the further pictures many phones hang behind it (depth, HDR) are never read."""
    if is_jpeg:
        return
    is_sequence = getattr(image, "custom_mimetype", None) in ("image/heic-sequence", "image/heif-sequence")
    if is_sequence or getattr(image, "n_frames", 1) != 1:
        raise EvidenceRefused(NOT_STILL)


# In a JPEG's coded data 0xFF is followed by 00 or a restart mark; anything else is a marker.
_MARKER = re.compile(rb"\xff([^\x00\xff\x01\xd0-\xd8])", re.DOTALL)
_END_OF_IMAGE = b"\xd9"
_START_OF_SCAN = b"\xda"


def _scan_count(data: bytes) -> int:
    scans = 0
    found = _MARKER.search(data)
    while found is not None and found[1] != _END_OF_IMAGE and scans <= MAX_SCANS:
        scans += found[1] == _START_OF_SCAN
        length = int.from_bytes(data[found.end() : found.end() + 2], "big")
        found = _MARKER.search(data, found.end() + length)
    return scans


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer)
    return paper


def _fit(size: tuple[int, int], edge: int) -> tuple[int, int]:
    """The size within `edge`, same proportions; never larger than it was."""
    width, height = size
    scale = min(1, edge / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _shrunk(image: Image.Image, edge: int) -> Image.Image:
    size = _fit(image.size, edge)
    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    # A new canvas: conversions carry a picture's comment and other notes along, and save() writes them.
    canvas = Image.new("RGB", picture.size)
    canvas.paste(picture)
    out = io.BytesIO()
    canvas.save(out, format="JPEG", quality=quality, optimize=True)
    return out.getvalue()
