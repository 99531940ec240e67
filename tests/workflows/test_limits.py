"""A deadline as the terms state it: every key is read, and what is wrong is said with what it may be."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from workflows.limits import PAUSES, Deadline, DeadlineProblem, deadline_from


def test_only_the_days_must_be_said() -> None:
    assert deadline_from("intake", {"days": 5}) == Deadline(
        5, True, "", "arrival", PAUSES, Fraction(7, 10), Fraction(1), None
    )
    assert frozenset({"correction", "suspension", "review"}) == PAUSES


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
    assert deadline_from("county", given) == Deadline(
        20, False, "示例方案第五条", "accepted", frozenset({"correction"}), Fraction(29, 100), Fraction(3, 2), 10
    )


@pytest.mark.parametrize(("extension", "most"), [(None, 5), (0, 0), (3, 3)])
def test_a_deadline_is_extended_by_its_own_days_at_most_unless_the_terms_say_otherwise(
    extension: int | None, most: int
) -> None:
    assert Deadline(5, extension=extension).most_extra_days == most


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (10, "the deadline of 'village' is 10; write"),
        (None, "the deadline of 'village' is None; write"),
        ({}, "has no 'days'"),
        ({"working": True}, "has no 'days'"),
        ({"days": 5, "day": 5}, "has 'day', which is none of days, working, clause, start, pauses"),
        ({"days": 5, 7: 5}, "has '7', which is none of"),
        ({"days": 0}, "days: 0, which is not a whole number from 1 to 3650"),
        ({"days": -1}, "days: -1, which is not a whole number"),
        ({"days": 2.5}, "days: 2.5, which is not a whole number"),
        ({"days": "5"}, "days: '5', which is not a whole number"),
        ({"days": True}, "days: True, which is not a whole number"),
        ({"days": 99999}, "days: 99999, which is not a whole number"),
        ({"days": 5, "working": "yes"}, "working: 'yes', which is not true or false"),
        ({"days": 5, "clause": 7}, "clause: 7, which is not a text"),
        ({"days": 5, "start": "受理"}, "start: '受理', which is not one of arrival, submitted, accepted"),
        ({"days": 5, "start": ["arrival"]}, "start: .*, which is not one of"),
        ({"days": 5, "pauses": "correction"}, "pauses: 'correction', which is not a list of any of correction, review"),
        ({"days": 5, "pauses": ["holiday"]}, "pauses: .*, which is not a list of any of"),
        ({"days": 5, "warn_at": 0}, "warn_at: 0, which is not a share above 0, from 0 to 1"),
        ({"days": 5, "warn_at": 70}, "warn_at: 70, which is not a share"),
        ({"days": 5, "escalate_at": 0.9}, "escalate_at: 0.9, which is not a share above 0, from 1 to 2"),
        ({"days": 5, "escalate_at": "1"}, "escalate_at: '1', which is not a share"),
        ({"days": 5, "extension": -1}, "extension: -1, which is not a whole number from 0 to 3650"),
    ],
)
def test_a_deadline_that_is_wrong_names_its_step_its_key_and_what_it_may_be(given: Any, says: str) -> None:
    with pytest.raises(DeadlineProblem, match=says) as problem:
        deadline_from("village", given)
    assert "'village'" in str(problem.value)
