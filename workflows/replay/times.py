"""Times as logs write them (`xs:dateTime`): to the microsecond, with a zone or without."""

from __future__ import annotations

import datetime
import re
from zoneinfo import ZoneInfo

from workflows.replay.past import Moment

EARLIEST = datetime.datetime(1, 1, 3, tzinfo=datetime.UTC)
LATEST = datetime.datetime(9999, 12, 29, tzinfo=datetime.UTC)
"""Two days from the ends of the calendar: shown in any zone, an instant stays within it."""

END_OF_DAY = re.compile(r"T24:00(:00(\.0+)?)?(?=Z|[+-]|$)")
"""`xs:dateTime` knows the last moment of a day by this name too."""
DAY_WITH_ZONE = re.compile(r"(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)")
LONGEST_DAY = len("2017-01-09+08:00")
"""A day of some zone (`xs:date`)."""

DAY, MINUTE = datetime.timedelta(days=1), datetime.timedelta(minutes=1)
WIDEST_OFFSET = 14 * 60


def moment(text: str, zone: ZoneInfo) -> Moment | None:
    """The instant a text says; one without a zone is taken to be of `zone`. None when there is no text.

    Raises `ValueError` for what is no time, or none that a calendar of the years 1 to 9999 holds.
    """
    text = text.strip()
    if not text:
        return None
    try:
        at = _read(text)
        offset = at.utcoffset()
        instant = (at.replace(tzinfo=zone) if offset is None else at).astimezone(datetime.UTC)
    except OverflowError as beyond:
        raise ValueError(text) from beyond
    if not EARLIEST <= instant <= LATEST:
        raise ValueError(text)
    if offset is None and instant.astimezone(zone).replace(tzinfo=None) != at:
        # An hour that summer time leaves out there: it can be handed back only by the offset it was taken to have.
        offset = at.replace(tzinfo=zone).utcoffset()
    return Moment(instant, None if offset is None else offset // MINUTE)


def _read(text: str) -> datetime.datetime:
    """Raises `ValueError` and `OverflowError`."""
    if len(text) <= LONGEST_DAY and (day := DAY_WITH_ZONE.fullmatch(text)):
        # Python would take the zone for the hour.
        text = f"{day[1]}T00:00{day[2]}"
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        text = text.upper()  # "z" is rare, and allowed
        midnight, found = END_OF_DAY.subn("T00:00", text)
        return datetime.datetime.fromisoformat(midnight) + DAY * found


def written(found: Moment, zone: ZoneInfo) -> str:
    """The instant as a log writes it, with milliseconds or as many digits as it has: in the zone it was written in; the
    clock of `zone`, and no zone, where it came without one."""
    digits = "microseconds" if found.at.microsecond % 1000 else "milliseconds"
    if found.zone is None:
        return found.at.astimezone(zone).replace(tzinfo=None).isoformat(timespec=digits)
    at = found.at.astimezone(datetime.timezone(found.zone * MINUTE))
    if abs(found.zone) > WIDEST_OFFSET:
        # `xs:dateTime` knows no such offset.
        at = found.at.astimezone(datetime.UTC)
    return at.isoformat(timespec=digits)
