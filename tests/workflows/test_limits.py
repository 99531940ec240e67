"""A deadline as the terms state it: every key is read, and what is wrong is said with what it may be."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from workflows.limits import PAUSES, Deadline, check_deadline, deadline_from
from workflows.terms_shape import Wrong


def test_only_the_days_must_be_said() -> None:
    assert deadline_from({"days": 5}) == Deadline(5, True, "", "arrival", PAUSES, Fraction(7, 10), Fraction(1), None)
    assert frozenset({"correction", "suspension", "review", "notice"}) == PAUSES


def test_everything_can_be_said() -> None:
    given = {
        "days": 20,
        "working": False,
        "clause": "示例方案第五条",
        "start": "accepted",
        "pauses": ["correction"],
        "warn_at": 0.29,
        "escalate_at": 1.5,
        "extension": 10,
    }
    check_deadline(given)
    assert deadline_from(given) == Deadline(
        20, False, "示例方案第五条", "accepted", frozenset({"correction"}), Fraction(29, 100), Fraction(3, 2), 10
    )


@pytest.mark.parametrize(("extension", "most"), [(None, 5), (0, 0), (3, 3)])
def test_a_deadline_is_extended_by_its_own_days_at_most_unless_the_terms_say_otherwise(
    extension: int | None, most: int
) -> None:
    assert Deadline(5, extension=extension).most_extra_days == most


WORDS = "correction、notice、review、suspension"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (10, "要写成若干“项: 值”，现在是“10”"),
        (None, "要写成若干“项: 值”，现在是空的"),
        ({}, "“days”没有写"),
        ({"working": True}, "“days”没有写"),
        ({"days": 5, "day": 5}, "“day”是不认识的项，这里可写的是：days、working、clause、start、pauses"),
        ({"days": 5, 7: 5}, "“7”是不认识的项"),
        ({"days": 0}, "“days”要在1到3650之间，现在是0"),
        ({"days": -1}, "“days”要在1到3650之间，现在是-1"),
        ({"days": 99999}, "“days”要在1到3650之间，现在是99999"),
        ({"days": 2.5}, "“days”要写整数，现在是“2.5”"),
        ({"days": "5"}, "“days”要写整数，现在是“5”"),
        ({"days": True}, "“days”要写整数，现在是“True”"),
        ({"days": 5, "working": "yes"}, "“working”要写 true 或 false，现在是“yes”"),
        ({"days": 5, "clause": 7}, "“clause”要写文字，现在是“7”"),
        ({"days": 5, "start": "受理"}, "“start”要写arrival、submitted、accepted中的一个，现在是“受理”"),
        ({"days": 5, "start": ["arrival"]}, "“start”要写arrival、submitted、accepted中的一个"),
        ({"days": 5, "pauses": "correction"}, "“pauses”要写成列表，如 [correction]，现在是“correction”"),
        ({"days": 5, "pauses": ["holiday"]}, f"“pauses”里有不认识的“holiday”，可写的是：{WORDS}"),
        ({"days": 5, "warn_at": 0}, "“warn_at”要写0到1之间、大于0的数，如 0.7，现在是“0”"),
        ({"days": 5, "warn_at": 70}, "“warn_at”要写0到1之间、大于0的数"),
        ({"days": 5, "escalate_at": 0.9}, "“escalate_at”要写1到2之间、大于0的数"),
        ({"days": 5, "escalate_at": "1"}, "“escalate_at”要写1到2之间、大于0的数"),
        ({"days": 5, "extension": -1}, "“extension”要在0到3650之间，现在是-1"),
    ],
)
def test_a_deadline_that_is_wrong_names_its_key_and_what_it_may_be(given: Any, says: str) -> None:
    with pytest.raises(Wrong) as wrong:
        check_deadline(given)
    assert str(wrong.value).startswith(says)
