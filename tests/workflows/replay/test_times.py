"""Times as logs write them: the same instant comes back, in the zone it was written in."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.replay.times import moment, written

AMSTERDAM, SHANGHAI = ZoneInfo("Europe/Amsterdam"), ZoneInfo("Asia/Shanghai")
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: datetime.timezone(datetime.timedelta(minutes=minutes)))
FIRST, LAST = map(datetime.datetime.fromisoformat, ("0001-01-05", "9999-12-26"))
instants = st.datetimes(FIRST, LAST, timezones=offsets)


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("2017-01-09T09:17:18.000+01:00", "2017-01-09T09:17:18.000+01:00"),
        ("2017-01-09T09:17:18Z", "2017-01-09T09:17:18.000+00:00"),
        ("2017-01-09T09:17:18.5-0930", "2017-01-09T09:17:18.500-09:30"),
        ("2017-01-09T09:17:18.123456789+01:00", "2017-01-09T09:17:18.123456+01:00"),
        ("2017-01-09T09:17:18", "2017-01-09T09:17:18.000"),
        ("2017-07-09 09:17", "2017-07-09T09:17:00.000"),
        ("2017-07-09", "2017-07-09T00:00:00.000"),
        (" 1969-07-20T20:17:40.000Z ", "1969-07-20T20:17:40.000+00:00"),
        ("2017-01-09T09:17:18+23:00", "2017-01-08T10:17:18.000+00:00"),
        ("2017-12-31T24:00:00", "2018-01-01T00:00:00.000"),
        ("2017-12-31T24:00:00.000+01:00", "2018-01-01T00:00:00.000+01:00"),
        ("2017-01-09t09:17:18z", "2017-01-09T09:17:18.000+00:00"),
        ("2017-01-09Z", "2017-01-09T00:00:00.000+00:00"),
        ("2017-01-09+08:00", "2017-01-09T00:00:00.000+08:00"),
        ("2017-01-09-08:00", "2017-01-09T00:00:00.000-08:00"),
    ],
)
def test_a_time_comes_back_as_it_was_written(text: str, back: str) -> None:
    found = moment(text, AMSTERDAM)

    assert found is not None
    assert written(found, AMSTERDAM) == back


def test_a_time_without_a_zone_is_of_the_zone_that_is_assumed() -> None:
    here, there = moment("2017-01-09T12:00:00", SHANGHAI), moment("2017-01-09T12:00:00", AMSTERDAM)

    assert here is not None and there is not None
    assert (here.zone, there.at - here.at) == (None, datetime.timedelta(hours=7))


def test_an_hour_of_before_there_were_zones_comes_back_as_it_was_written() -> None:
    """Shanghai kept its own noon until 1901: 8 hours 5 minutes 43 seconds from Greenwich."""
    found = moment("1899-12-31T12:00:00", SHANGHAI)

    assert found is not None
    assert found.at.isoformat() == "1899-12-31T03:54:17+00:00"
    assert written(found, SHANGHAI) == "1899-12-31T12:00:00.000"


@pytest.mark.parametrize("text", ["2011-03-27T02:30:00", "2011-10-30T02:30:00"])
def test_an_hour_that_a_clock_leaves_out_or_shows_twice_comes_back_by_the_same_clock(text: str) -> None:
    found = moment(text, AMSTERDAM)

    assert found is not None
    back = written(found, AMSTERDAM)
    assert back.startswith(text)
    assert moment(back, AMSTERDAM) == found


@pytest.mark.parametrize("text", ["9999-12-31T24:00:00Z", "2017-01-09T24:00:01Z", "2017-01-09T24:01:00", "2017-02-30Z"])
def test_an_end_of_a_day_that_is_none_is_no_time(text: str) -> None:
    with pytest.raises(ValueError):
        moment(text, AMSTERDAM)


@given(instants)
def test_any_instant_and_its_zone_come_back(at: datetime.datetime) -> None:
    found = moment(at.isoformat(), AMSTERDAM)

    assert found is not None
    back = datetime.datetime.fromisoformat(written(found, AMSTERDAM))
    assert (back, back.utcoffset()) == (at, at.utcoffset())


@pytest.mark.parametrize("text", ["", "  "])
def test_no_text_is_no_time(text: str) -> None:
    assert moment(text, AMSTERDAM) is None
