"""Finding a photograph again that was already used."""

from itertools import combinations

import pytest
from PIL import Image

from casework.evidence.images import hamming, perceptual_hash, read_image, similar
from tests.casework.evidence.pictures import exif, heic, scenery, written

SEEDS = range(8)


def phash(data: bytes) -> str:
    return read_image(data).phash


@pytest.mark.parametrize("seed", SEEDS)
def test_a_copy_that_was_compressed_or_resized_on_its_way_is_similar(seed: int) -> None:
    picture = scenery(seed)
    original = phash(written(picture, quality=95))
    copies = [
        written(picture, quality=25),
        written(picture.resize((320, 240)), quality=60),
        written(picture.resize((600, 450)), quality=80),
        written(picture.resize((900, 675))),
        written(picture, "WEBP", quality=40),
        heic(picture),
        written(picture.transpose(Image.Transpose.ROTATE_90), exif=exif(orientation=6)),
    ]

    assert all(similar(original, phash(copy)) for copy in copies)


def test_different_pictures_are_not_similar() -> None:
    hashes = [phash(written(scenery(seed))) for seed in SEEDS]

    assert not any(similar(one, other) for one, other in combinations(hashes, 2))


def test_a_mirrored_or_turned_picture_is_another_picture() -> None:
    picture = scenery(1)
    original = perceptual_hash(picture)

    assert not similar(original, perceptual_hash(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    assert not similar(original, perceptual_hash(picture.transpose(Image.Transpose.ROTATE_180)))


def test_a_large_picture_and_its_small_copy_are_similar() -> None:
    large = written(scenery(1, (4800, 3600)))
    small = written(scenery(1, (4800, 3600)).resize((800, 600)))

    assert similar(phash(large), phash(small))


def test_a_hash_is_sixteen_hex_digits_even_of_a_blank_sheet() -> None:
    blank = perceptual_hash(Image.new("RGB", (100, 100), "white"))

    assert len(blank) == len(phash(written(scenery(1)))) == 16
    assert similar(blank, perceptual_hash(Image.new("RGB", (300, 100), "white")))


@pytest.mark.parametrize(
    ("one", "other", "bits"),
    [
        ("0000000000000000", "0000000000000000", 0),
        ("0000000000000000", "ffffffffffffffff", 64),
        ("8000000000000001", "0000000000000000", 2),
        ("00000000000000ff", "00000000000000f0", 4),
    ],
)
def test_the_distance_is_the_number_of_differing_bits(one: str, other: str, bits: int) -> None:
    assert hamming(one, other) == hamming(other, one) == bits


def test_similar_means_within_the_distance_asked_for() -> None:
    assert similar("0000000000000000", "000000000000003f")
    assert not similar("0000000000000000", "000000000000007f")
    assert similar("0000000000000000", "000000000000007f", distance=7)
