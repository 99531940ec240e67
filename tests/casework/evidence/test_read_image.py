"""What comes out of a photograph that is taken."""

import hashlib
import io

import pillow_heif
import pytest
from PIL import Image, ImageFile

from casework.evidence.images import CLEAN_EDGE, THUMBNAIL_EDGE, CleanImage, hamming, read_image
from tests.casework.evidence.pictures import (
    TAKEN,
    exif,
    has_no_metadata,
    heic,
    place,
    reopened,
    scenery,
    top_is_dark,
    written,
)

DARK, LIGHT = 40, 215


def brightness(clean: CleanImage, across: float, down: float) -> int:
    grey = reopened(clean.jpeg).convert("L")
    value = grey.getpixel((int(across * grey.width), int(down * grey.height)))
    assert isinstance(value, int)
    return value


def is_upright(clean: CleanImage) -> bool:
    edges = brightness(clean, 0.1, 0.9), brightness(clean, 0.9, 0.9), brightness(clean, 0.5, 0.5)
    return brightness(clean, 0.5, 0.1) < DARK and all(edge > LIGHT for edge in edges)


@pytest.mark.parametrize(
    ("data", "source_format"),
    [
        (written(scenery(1)), "JPEG"),
        (written(scenery(1), progressive=True), "JPEG"),
        (written(scenery(1), "PNG"), "PNG"),
        (written(scenery(1), "WEBP"), "WEBP"),
        (written(scenery(1), "WEBP", lossless=True), "WEBP"),
        (heic(scenery(1)), "HEIF"),
    ],
)
def test_every_format_a_phone_writes_becomes_the_same_clean_jpeg(data: bytes, source_format: str) -> None:
    clean = read_image(data)

    assert clean.source_format == source_format
    assert (clean.width, clean.height) == reopened(clean.jpeg).size == (640, 480)
    assert max(reopened(clean.thumbnail).size) == THUMBNAIL_EDGE
    assert clean.sha256 == hashlib.sha256(data).hexdigest()
    assert hamming(clean.phash, read_image(written(scenery(1))).phash) <= 4
    assert clean.pages == 1


@pytest.mark.parametrize(
    "data",
    [
        written(
            scenery(1),
            exif=exif(orientation=6, taken=TAKEN, place=place()),
            comment=b"by Somebody",
            xmp=b"<x:xmpmeta/>",
            icc_profile=b"profile",
        ),
        written(scenery(1), "PNG", exif=exif(place=place()), dpi=(300, 300)),
        written(scenery(1), "WEBP", exif=exif(place=place()), xmp=b"<x:xmpmeta/>"),
        heic(scenery(1), exif=exif(place=place()).tobytes()),
    ],
    ids=["jpeg", "png", "webp", "heic"],
)
def test_no_metadata_is_left_in_the_picture_or_its_thumbnail(data: bytes) -> None:
    clean = read_image(data)

    assert clean.latitude is not None, "the place was there to begin with"
    assert has_no_metadata(clean)
    for secret in (b"SecretPhone", b"Exif", b"Somebody", b"xmpmeta", b"profile"):
        assert secret not in clean.jpeg + clean.thumbnail


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright_by_its_tag(orientation: int) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = top_is_dark()
    as_shot = upright.transpose(undo[orientation]) if orientation in undo else upright

    clean = read_image(written(as_shot, exif=exif(orientation=orientation)))

    assert (clean.width, clean.height) == (400, 300)
    assert is_upright(clean)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_a_nonsense_orientation_tag_turns_nothing(orientation: int) -> None:
    assert is_upright(read_image(written(top_is_dark(), exif=exif(orientation=orientation))))


def test_a_heic_picture_is_turned_once_and_not_twice() -> None:
    sideways = top_is_dark().transpose(Image.Transpose.ROTATE_90)

    clean = read_image(heic(sideways, exif=exif(orientation=6).tobytes()))

    assert (clean.width, clean.height) == (400, 300)
    assert is_upright(clean)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_becomes_white_paper(mode: str) -> None:
    data = written(Image.new("RGBA", (80, 60), (0, 0, 0, 0)).convert(mode), "PNG")

    assert brightness(read_image(data), 0.5, 0.5) > LIGHT


def test_a_transparent_palette_entry_becomes_white_paper() -> None:
    data = written(Image.new("P", (80, 60), 0), "PNG", transparency=0)

    assert brightness(read_image(data), 0.5, 0.5) > LIGHT


@pytest.mark.parametrize(
    "image",
    [
        Image.new("1", (80, 60), 1),
        Image.new("L", (80, 60), 255),
        Image.new("I;16", (80, 60), 65535),
        Image.new("P", (80, 60), 0).convert("L").point(lambda _: 255).convert("P"),
    ],
    ids=["one bit", "grey", "grey of 16 bits", "palette"],
)
def test_every_kind_of_pixel_keeps_its_brightness(image: Image.Image) -> None:
    assert brightness(read_image(written(image, "PNG")), 0.5, 0.5) > LIGHT


def test_a_printers_cmyk_jpeg_is_taken() -> None:
    assert is_upright(read_image(written(top_is_dark().convert("CMYK"))))


@pytest.mark.parametrize(
    ("size", "kept"),
    [((4000, 3000), (2400, 1800)), ((3000, 4000), (1800, 2400)), ((2500, 400), (2400, 384))],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_picture_is_shrunk_to_the_longest_edge(kind: str, size: tuple[int, int], kept: tuple[int, int]) -> None:
    clean = read_image(written(scenery(2, size), kind, **({"compress_level": 1} if kind == "PNG" else {})))

    assert (clean.width, clean.height) == kept == reopened(clean.jpeg).size
    assert max(kept) == CLEAN_EDGE


def test_a_small_picture_is_never_enlarged() -> None:
    clean = read_image(written(scenery(2, (50, 40))))

    assert (clean.width, clean.height) == (50, 40)
    assert reopened(clean.thumbnail).size == (50, 40)


def test_the_second_picture_many_phones_hang_behind_a_jpeg_is_never_read() -> None:
    data = written(top_is_dark(), "MPO", save_all=True, append_images=[scenery(4)])
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "MPO"

    clean = read_image(data)

    assert clean.source_format == "JPEG"
    assert is_upright(clean)


@pytest.mark.parametrize("tail", [b"PK\x03\x04 a zip", b"<script>alert(1)</script>", b"%PDF-1.4 a pdf"])
def test_nothing_hidden_behind_a_picture_comes_through(tail: bytes) -> None:
    clean = read_image(written(top_is_dark()) + tail)

    assert is_upright(clean)
    assert tail not in clean.jpeg + clean.thumbnail


def test_reading_a_picture_leaves_the_settings_of_the_libraries_alone() -> None:
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES

    read_image(heic(scenery(1)))

    after = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    assert after == before
    assert pillow_heif.options.THUMBNAILS is False, "embedded thumbnails may show another picture"
