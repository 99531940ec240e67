"""Whatever is not a photograph that opens safely is refused in words, and in no other way."""

import io
import re
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from casework.evidence import images
from casework.evidence.images import (
    EMPTY,
    MAX_BYTES,
    NOT_STILL,
    TOO_LARGE,
    TOO_MANY_BYTES,
    TOO_NARROW,
    UNSAFE,
    UNSAFE_FACTS,
    CleanImage,
    EvidenceRefused,
    read_image,
)
from tests.casework.evidence.pictures import TAKEN, declared_png, exif, heic, place, scenery, written

SMALL = scenery(3, (64, 48))
FRAMES = [scenery(seed, (64, 48)) for seed in (4, 5)]
NOTES = exif(orientation=6, taken=TAKEN, offset="+08:00", place=place())


def refusal(data: bytes) -> str:
    with pytest.raises(EvidenceRefused) as caught:
        read_image(data)
    return str(caught.value)


def zip_archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("photo.jpg", written(SMALL))
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        zip_archive(),
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!doctype html><script>alert(1)</script>",
        written(SMALL, "GIF"),
        written(SMALL, "BMP"),
        written(SMALL, "TIFF"),
        written(SMALL, "ICO"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        b"\xff\xd8\xff\xe0<script>alert(1)</script>",
        b"\xff\xd8\xff" + zip_archive(),
        b"\x89PNG\r\n\x1a\n" + zip_archive(),
        b"RIFF\x10\0\0\0WEBPVP8 " + b"\0" * 40,
        b"\0\0\0\x18ftypheic" + b"\0" * 40,
        b"\xff",
        b"\0" * 5000,
    ],
    ids=[
        "zip",
        "svg",
        "html",
        "gif",
        "bmp",
        "tiff",
        "ico",
        "postscript",
        "html that begins like a jpeg",
        "zip that begins like a jpeg",
        "zip that begins like a png",
        "empty webp",
        "empty heic",
        "one byte",
        "zeros",
    ],
)
def test_what_is_no_photograph_is_refused(data: bytes) -> None:
    assert refusal(data) == UNSAFE


def test_an_empty_file_is_refused_as_empty() -> None:
    assert refusal(b"") == EMPTY


def test_a_file_over_the_byte_limit_is_refused_unopened(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    monkeypatch.setattr(Image, "open", opened.append)

    assert refusal(written(SMALL) + bytes(MAX_BYTES)) == TOO_MANY_BYTES
    assert opened == []


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_file_that_was_cut_off_is_refused(kind: str, kept: float) -> None:
    whole = heic(scenery(3)) if kind == "HEIF" else written(scenery(3), kind)

    assert refusal(whole[: int(len(whole) * kept)]) == UNSAFE


@pytest.mark.parametrize(
    "data",
    [
        written(SMALL, "WEBP", save_all=True, append_images=FRAMES, duration=100),
        written(SMALL, "PNG", save_all=True, append_images=FRAMES, duration=100),
        written(SMALL, "HEIF", save_all=True, append_images=FRAMES),
        heic(SMALL).replace(b"ftypheic", b"ftyphevc", 1),
    ],
    ids=["webp", "png", "heic of several pictures", "heic sequence"],
)
def test_moving_pictures_are_refused(data: bytes) -> None:
    assert refusal(data) == NOT_STILL


def test_a_moving_gif_is_refused() -> None:
    assert refusal(written(SMALL, "GIF", save_all=True, append_images=FRAMES)) == UNSAFE


@pytest.mark.parametrize(
    ("width", "height", "sentence"),
    [
        (8000, 6501, TOO_LARGE),
        (10_000, 9_000, TOO_LARGE),
        (60_000, 60_000, TOO_LARGE),
        (2**31 - 1, 2**31 - 1, TOO_LARGE),
        (20_001, 2_550, TOO_LARGE),
        (4_001, 500, TOO_NARROW),
        (1, 20_000, TOO_NARROW),
    ],
)
def test_a_size_beyond_reason_is_refused_before_a_pixel_is_decoded(
    monkeypatch: pytest.MonkeyPatch, width: int, height: int, sentence: str
) -> None:
    decoded = []
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda image: decoded.append(image.size))

    assert refusal(declared_png(width, height)) == sentence
    assert decoded == []


def test_a_picture_without_width_is_refused() -> None:
    assert refusal(declared_png(0, 100)) == UNSAFE


def test_a_jpeg_of_hundreds_of_passes_is_refused_before_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = written(SMALL, progressive=True)
    last_scan = whole[whole.rindex(b"\xff\xda") : -2]
    decoded = []
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda image: decoded.append(image.size))

    assert refusal(whole[:-2] + last_scan * 200 + whole[-2:]) == UNSAFE
    assert decoded == []


@pytest.mark.parametrize(
    "block",
    [
        b"II*\0",
        b"II*\0\x08\0\0\0",
        b"MM\0*\0\0\0\x08\0\x05" + b"\xff" * 7,
        b"II*\0\xff\xff\xff\xff",
        b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 0x8769, 4, 1, 0xFFFFFFF0),
        b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 0x8825, 4, 1, 8) + b"\0" * 4,
        b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 0x0112, 2, 0xFFFFFFFF, 8) + b"\0" * 4,
        b"II*\0\x08\0\0\0\xff\xff" + struct.pack("<HHII", 0x9003, 2, 60_000, 8) * 3000,
        b"not a tiff header at all",
    ],
    ids=[
        "header only",
        "no directory",
        "half a directory",
        "directory beyond the end",
        "pointer beyond the end",
        "directory within itself",
        "text of four gigabytes",
        "thousands of tags over the same bytes",
        "no header",
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_hostile_notes_are_left_out_or_refused_and_nothing_else(kind: str, block: bytes) -> None:
    data = written(SMALL, kind, exif=b"Exif\0\0" + block)

    clean = read_or_refuse(data)

    assert clean is None or (clean.taken_at, clean.latitude) == (None, None)


@pytest.mark.parametrize(
    "error",
    [struct.error("x"), SyntaxError("x"), OverflowError("x"), MemoryError(), RecursionError(), KeyError(1)],
    ids=lambda error: type(error).__name__,
)
def test_whatever_the_libraries_raise_becomes_a_refusal(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(_image: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(Image.Image, "getexif", fail)
        assert refusal(written(SMALL)) == UNSAFE_FACTS
    with monkeypatch.context() as patched:
        patched.setattr(ImageFile.ImageFile, "load", fail)
        assert refusal(written(SMALL)) == UNSAFE


def test_every_refusal_is_plain_chinese_and_says_what_to_do() -> None:
    sentences = (EMPTY, NOT_STILL, TOO_LARGE, TOO_MANY_BYTES, TOO_NARROW, UNSAFE, UNSAFE_FACTS)

    for sentence in sentences:
        assert re.search(r"[\u4e00-\u9fff]", sentence)
        assert "请" in sentence


def read_or_refuse(data: bytes) -> CleanImage | None:
    try:
        return read_image(data)
    except EvidenceRefused as refused:
        assert str(refused) in vars(images).values()
        return None


WHOLE = {
    "jpeg": written(SMALL, exif=NOTES),
    "progressive": written(SMALL, exif=NOTES, progressive=True),
    "png": written(SMALL.convert("RGBA"), "PNG", exif=NOTES),
    "webp": written(SMALL, "WEBP", exif=NOTES),
    "heic": heic(SMALL, exif=NOTES.tobytes()),
}


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A real file with bytes changed, most of them near its beginning, where its structure is."""
    data = bytearray(WHOLE[draw(st.sampled_from(sorted(WHOLE)))])
    reach = draw(st.sampled_from([40, 400, len(data)]))
    for position in draw(st.lists(st.integers(0, min(reach, len(data)) - 1), max_size=12)):
        data[position] = draw(st.one_of(st.sampled_from([0, 1, 0x7F, 0xD8, 0xFF]), st.integers(0, 255)))
    if draw(st.booleans()):
        del data[draw(st.integers(1, len(data))) :]
    return bytes(data)


# Outside the tests a library's warning is only a warning, so here it is too.
@pytest.mark.filterwarnings("ignore")
@settings(max_examples=300, deadline=None)
@given(data=damaged())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(data: bytes) -> None:
    clean = read_or_refuse(data)

    assert clean is None or (clean.jpeg.startswith(b"\xff\xd8") and len(clean.phash) == 16)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=200, deadline=None)
@given(head=st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b""]), block=st.binary(max_size=400))
def test_arbitrary_notes_are_read_or_refused_and_nothing_else(head: bytes, block: bytes) -> None:
    clean = read_or_refuse(written(SMALL, exif=b"Exif\0\0" + head + block))

    assert clean is None or clean.latitude is None or -90 <= clean.latitude <= 90
