"""What a photograph says about its own taking: which way up, when, where."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from PIL import ExifTags, Image

EARLIEST_YEAR = 1990
# A camera whose clock reads beyond this has lost its clock; it also keeps the value clear of the end
# of the calendar, where turning a date from one time zone into another overflows.
LATEST_YEAR = 2099
LARGEST_OFFSET_HOURS = 14

_MOMENT = re.compile(r"([0-9]{4})[:-]([0-9]{2})[:-]([0-9]{2})[ T]([0-9]{2}:[0-9]{2}:[0-9]{2})")
_OFFSET = re.compile(r"[+-]([0-9]{2}):[0-5][0-9]")

# (the moment, its offset from UTC). The tag DateTime is left out: editing a picture rewrites it.
_MOMENT_TAGS = (
    (ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal),
    (ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized),
)


@dataclass(frozen=True)
class Shot:
    """The orientation is always 1 to 8; a time or a place that makes no sense is None, never a guess."""

    orientation: int
    taken_at: datetime | None
    latitude: float | None
    longitude: float | None


def read_shot(image: Image.Image) -> Shot:
    """EXIF into values. May raise anything when the EXIF block is hostile: call it inside the boundary."""
    exif = image.getexif()
    latitude, longitude = _place(exif.get_ifd(ExifTags.IFD.GPSInfo))
    orientation = exif.get(ExifTags.Base.Orientation)
    return Shot(
        orientation=orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1,
        taken_at=_moment(exif.get_ifd(ExifTags.IFD.Exif)),
        latitude=latitude,
        longitude=longitude,
    )


def _moment(tags: Mapping[int, object]) -> datetime | None:
    for moment_tag, offset_tag in _MOMENT_TAGS:
        moment = _parse_moment(_text(tags.get(moment_tag)), _text(tags.get(offset_tag)))
        if moment is not None:
            return moment
    return None


def _parse_moment(moment: str, offset: str) -> datetime | None:
    """Aware when the camera wrote its offset from UTC, naive (the camera's own clock) when it did not."""
    found = _MOMENT.match(moment)
    if found is None:
        return None
    year, month, day, clock = found.groups()
    zone = _OFFSET.fullmatch(offset)
    known_zone = offset if zone is not None and int(zone[1]) <= LARGEST_OFFSET_HOURS else ""
    try:
        taken_at = datetime.fromisoformat(f"{year}-{month}-{day}T{clock}{known_zone}")
    except ValueError:
        return None
    return taken_at if EARLIEST_YEAR <= taken_at.year <= LATEST_YEAR else None


def _place(tags: Mapping[int, object]) -> tuple[float, float] | tuple[None, None]:
    """Both or neither, in degrees as the phone wrote them (WGS 84)."""
    latitude = _degrees(tags.get(ExifTags.GPS.GPSLatitude), limit=90)
    longitude = _degrees(tags.get(ExifTags.GPS.GPSLongitude), limit=180)
    north = {"N": 1, "S": -1}.get(_text(tags.get(ExifTags.GPS.GPSLatitudeRef)).upper())
    east = {"E": 1, "W": -1}.get(_text(tags.get(ExifTags.GPS.GPSLongitudeRef)).upper())
    if latitude is None or longitude is None or north is None or east is None:
        return None, None
    # A phone without a fix writes 0, 0: a spot in the Atlantic.
    if latitude == 0 and longitude == 0:
        return None, None
    return north * latitude, east * longitude


def _degrees(value: object, *, limit: int) -> float | None:
    if not isinstance(value, tuple) or len(value) != 3:
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    parts_are_sound = all(math.isfinite(part) and part >= 0 for part in (degrees, minutes, seconds))
    # Some phones round 59.9999 seconds up to 60.
    if not parts_are_sound or minutes > 60 or seconds > 60:
        return None
    total = degrees + minutes / 60 + seconds / 3600
    return round(total, 7) if total <= limit else None


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", errors="ignore")
    return value.strip(" \0") if isinstance(value, str) else ""
