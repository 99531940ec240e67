"""What the schema takes in an element of a type."""

from __future__ import annotations

import pytest

from workflows.eventlog.literals import is_value

VALUES = {
    "int": ["0", "007", "-12", "+3", " 5\n", "9223372036854775807", "-9223372036854775808", "0" * 25 + "1"],
    "float": ["1", "1.", ".5", "-1.5e-3", "1E400", "INF", "-INF", "NaN", " 2.50 "],
    "boolean": ["true", "false", "0", "1", " true "],
    "date": ["2020-02-29T23:59:59Z", "2020-01-01T00:00:00", "0001-01-01T00:00:00.123456789+14:00"],
    "string": ["", "anything", "\x00"],
    "id": ["", "any thing"],
}
OTHERS = {
    "int": ["", "x1", "1.0", "1e3", "9223372036854775808", "-9223372036854775809", "1" * 10_000, "٣", "1 2", "−1"],
    "float": ["", "1,5", "inf", "nan", "Infinity", "e5", ".", "1_000", "٣.٣", "+INF"],
    "boolean": ["", "True", "yes", "FALSE", "2"],
}
OTHERS["date"] = ["", "yesterday", "2020-01-01", "2020-13-01T00:00:00Z", "2021-02-29T00:00:00Z", "0000-01-01T00:00:00Z"]
OTHERS["date"] += ["2020-01-01T25:00:00Z", "2020-01-01 00:00:00", "2020-01-01T00:00:00+15:00"]


@pytest.mark.parametrize(("tag", "text"), [(tag, text) for tag, texts in VALUES.items() for text in texts])
def test_it_is_a_value(tag: str, text: str) -> None:
    assert is_value(tag, text)


@pytest.mark.parametrize(("tag", "text"), [(tag, text) for tag, texts in OTHERS.items() for text in texts])
def test_it_is_none(tag: str, text: str) -> None:
    assert not is_value(tag, text)
