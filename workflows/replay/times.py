"""Times as logs write them (`xs:dateTime`): to the microsecond, with a zone or without."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from workflows.replay.past import Moment

EARLIEST = datetime.datetime(1, 1, 3, tzinfo=datetime.UTC)
LATEST = datetime.datetime(9999, 12, 29, tzinfo=datetime.UTC)
"""Two days from the ends of the calendar: shown in any zone, an instant stays within it."""

MINUTE = datetime.timedelta(minutes=1)
WIDEST_OFFSET = datetime.timedelta(hours=14)


def moment(text: str, zone: ZoneInfo) -> Moment | None:
    """The instant a text says; one without a zone is taken to be of `zone`. None when there is no text.

    Raises `ValueError` for what is no time, or none that a calendar of the years 1 to 9999 holds.
    """
    text = text.strip()
    if not text:
        return None
    at = datetime.datetime.fromisoformat(text)
    offset = at.utcoffset()
    try:
        instant = (at.replace(tzinfo=zone) if offset is None else at).astimezone(datetime.UTC)
    except OverflowError as beyond:
        raise ValueError(text) from beyond
    if not EARLIEST <= instant <= LATEST:
        raise ValueError(text)
    return Moment(instant, None if offset is None else offset // MINUTE)


def written(found: Moment, zone: ZoneInfo) -> str:
    """The instant as a log writes it, in the zone it was written in, with milliseconds or as many digits as it has."""
    where = zone if found.zone is None else datetime.timezone(found.zone * MINUTE)
    at = found.at.astimezone(where)
    offset = at.utcoffset()
    if offset and (offset % MINUTE or abs(offset) > WIDEST_OFFSET):
        # Local mean time, from before there were zones, has seconds: `xs:dateTime` knows no such offset.
        at = found.at.astimezone(datetime.UTC)
    return at.isoformat(timespec="microseconds" if at.microsecond % 1000 else "milliseconds")
