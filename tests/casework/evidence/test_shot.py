"""When and where: what the camera wrote, or nothing."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from PIL import ExifTags, Image, TiffImagePlugin

from casework.evidence.images import CleanImage, read_image
from tests.casework.evidence.pictures import EAST, NORTH, TAKEN, exif, heic, place, scenery, written

PICTURE = scenery(1, (64, 48))


def shot_with(tags: Image.Exif) -> CleanImage:
    return read_image(written(PICTURE, exif=tags))


def rational(numerator: int, denominator: int) -> TiffImagePlugin.IFDRational:
    return TiffImagePlugin.IFDRational(numerator, denominator)


@pytest.mark.parametrize(
    "data",
    [
        written(PICTURE, exif=exif(taken=TAKEN, offset="+08:00", place=place())),
        written(PICTURE, "PNG", exif=exif(taken=TAKEN, offset="+08:00", place=place())),
        written(PICTURE, "WEBP", exif=exif(taken=TAKEN, offset="+08:00", place=place())),
        heic(PICTURE, exif=exif(taken=TAKEN, offset="+08:00", place=place()).tobytes()),
    ],
    ids=["jpeg", "png", "webp", "heic"],
)
def test_time_and_place_are_read_from_every_format(data: bytes) -> None:
    clean = read_image(data)

    assert clean.taken_at == datetime.fromisoformat("2026-11-02T08:30:15+08:00")
    assert clean.latitude == pytest.approx(28.5201)
    assert clean.longitude == pytest.approx(112.155)


def test_a_picture_without_notes_has_no_time_and_no_place() -> None:
    clean = read_image(written(PICTURE))

    assert (clean.taken_at, clean.latitude, clean.longitude) == (None, None, None)


@pytest.mark.parametrize(
    ("offset", "hours"),
    [("+08:00", 8), ("-03:30", -3.5), ("+14:00", 14), (" +08:00 ", 8)],
)
def test_a_known_offset_makes_the_time_aware(offset: str, hours: float) -> None:
    taken_at = shot_with(exif(taken=TAKEN, offset=offset)).taken_at

    assert taken_at is not None
    assert taken_at.utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize("offset", [None, "", "Z", "8", "+23:00", "+08:75", "中国标准时间"])
def test_without_a_sound_offset_the_time_is_the_cameras_own_clock(offset: str | None) -> None:
    taken_at = shot_with(exif(taken=TAKEN, offset=offset)).taken_at

    assert taken_at == datetime.fromisoformat("2026-11-02T08:30:15")
    assert taken_at is not None and taken_at.tzinfo is None


@pytest.mark.parametrize(
    "taken",
    [
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "1989:12:31 23:59:59",
        "2100:01:01 00:00:00",
        "9999:12:31 23:59:59",
        "2026:02:30 08:00:00",
        "2026:11:02 25:00:00",
        "2026:11:02",
        "yesterday",
        "",
        "２０２６:11:02 08:30:15",
        20261102,
    ],
)
def test_a_time_that_makes_no_sense_is_no_time(taken: object) -> None:
    assert shot_with(exif(taken=taken, offset="+08:00")).taken_at is None


def test_the_date_of_editing_is_not_taken_for_the_date_of_the_shot() -> None:
    tags = exif()
    tags[ExifTags.Base.DateTime] = TAKEN

    assert shot_with(tags).taken_at is None


def test_a_scanned_print_has_the_time_of_its_scan() -> None:
    tags = exif()
    tags.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeDigitized] = TAKEN

    assert shot_with(tags).taken_at == datetime.fromisoformat("2026-11-02T08:30:15")


def test_south_and_west_are_negative() -> None:
    clean = shot_with(exif(place=place(refs=("S", "W"))))

    assert clean.latitude == pytest.approx(-28.5201)
    assert clean.longitude == pytest.approx(-112.155)


@pytest.mark.parametrize(
    "tags",
    [
        place(north=(90.0, 0.0, 1.0)),
        place(east=(180.0, 0.0, 1.0)),
        place(east=(rational(4_000_000_000, 1), 0.0, 0.0)),
        place(north=(28.0, 61.0, 0.0)),
        place(north=(28.0, 31.0, 61.0)),
        place(north=(rational(0, 0), rational(0, 0), rational(0, 0))),
        place(north=(rational(28, 1), rational(31, 0), rational(0, 1))),
        place(north=(28.0, 31.0)),
        place(north=(0.0, 0.0, 0.0), east=(0.0, 0.0, 0.0)),
        place(refs=("", "")),
        place(refs=("X", "E")),
        {ExifTags.GPS.GPSLatitude: NORTH, ExifTags.GPS.GPSLatitudeRef: "N"},
        {ExifTags.GPS.GPSLongitude: EAST, ExifTags.GPS.GPSLongitudeRef: "E"},
        {ExifTags.GPS.GPSLatitude: NORTH, ExifTags.GPS.GPSLongitude: EAST},
    ],
    ids=[
        "beyond the pole",
        "beyond the date line",
        "overflowing",
        "61 minutes",
        "61 seconds",
        "nought over nought",
        "zero denominator",
        "no seconds",
        "no fix",
        "empty hemispheres",
        "unknown hemisphere",
        "no longitude",
        "no latitude",
        "no hemispheres",
    ],
)
def test_a_place_that_makes_no_sense_is_no_place(tags: dict[int, object]) -> None:
    clean = shot_with(exif(taken=TAKEN, place=tags))

    assert (clean.latitude, clean.longitude) == (None, None)
    assert clean.taken_at is not None, "the rest of the notes still counts"


def test_the_poles_and_the_date_line_are_places() -> None:
    clean = shot_with(exif(place=place(north=(90.0, 0.0, 0.0), east=(179.0, 59.0, 60.0))))

    assert (clean.latitude, clean.longitude) == (90, 180)


def test_fractions_of_any_kind_are_read() -> None:
    north = (Fraction(28), Fraction(312060, 10000), Fraction(0))

    assert shot_with(exif(place=place(north=north))).latitude == pytest.approx(28.5201)
