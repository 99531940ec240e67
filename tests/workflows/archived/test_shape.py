"""The shape of a log: what it counts, and that it is the same out of the database."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.archived.shape import Activity, Name, Shape

names = st.none() | st.builds(Name, st.sampled_from(["string", "int"]), st.sampled_from(["a", "b", "", "1"]))
logs = st.lists(st.lists(names, max_size=6), max_size=6)


def shape_of(log: list[list[Activity]]) -> Shape:
    shape = Shape()
    for case in log:
        shape.add(case)
    return shape


@given(logs)
def test_it_counts_who_begins_follows_and_ends(log: list[list[Activity]]) -> None:
    shape = shape_of(log)
    known = shape.activities

    assert list(known) == list(dict.fromkeys(activity for case in log for activity in case))
    assert Counter({(known[one], known[other]): count for (one, other), count in shape.follows.items()}) == Counter(
        pair for case in log for pair in pairwise(case)
    )
    assert {known[one]: count for one, count in shape.starts.items()} == Counter(case[0] for case in log if case)
    assert {known[one]: count for one, count in shape.ends.items()} == Counter(case[-1] for case in log if case)
    assert shape.empty == sum(not case for case in log)


@given(logs)
def test_it_is_the_same_out_of_the_database(log: list[list[Activity]]) -> None:
    shape = shape_of(log)
    shape.meet_lifecycle("complete")
    again = Shape.from_json(json.loads(json.dumps(shape.as_json())))

    assert again == shape
    for activity in shape.activities:
        assert again.place_of(activity) == shape.place_of(activity)
    assert again.lifecycle_of("complete") == 0


@given(logs, st.lists(names, max_size=6))
def test_it_holds_the_cases_it_was_counted_from_and_those_that_go_the_same_ways(
    log: list[list[Activity]], other: list[Activity]
) -> None:
    shape = shape_of(log)

    assert all(shape.holds(case) for case in log)
    grown = shape_of([*log, other])
    goes_the_same_ways = (set(grown.starts), set(grown.follows), set(grown.ends), bool(grown.empty)) == (
        set(shape.starts),
        set(shape.follows),
        set(shape.ends),
        bool(shape.empty),
    )
    assert shape.holds(other) is goes_the_same_ways


def test_a_number_and_a_text_of_the_same_letters_are_two_activities() -> None:
    assert len(shape_of([[Name("string", "1"), Name("int", "1"), None, Name("string", "")]]).activities) == 4


def test_what_was_never_met_has_no_place() -> None:
    with pytest.raises(KeyError):
        Shape().place_of(None)
    with pytest.raises(KeyError):
        Shape().lifecycle_of("complete")
