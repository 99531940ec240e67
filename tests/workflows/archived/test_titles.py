"""Activities as people read them: short, on one line, never two alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.archived.shape import Activity, Name
from workflows.archived.titles import LONGEST, readable, titles


def named(*texts: str | None) -> list[Activity]:
    return [None if text is None else Name("string", text) for text in texts]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Request SUBMITTED by EMPLOYEE", "Request SUBMITTED by EMPLOYEE"),
        ("  two\n lines\t", "two lines"),
        ("", "（空白）"),
        (" \n", "（空白）"),
        ("a\u202eb\u200bc", "a□b□c"),
        ("<&>", "<&>"),
        ("长" * 60, "长" * 60),
        ("长" * 61, "长" * 60 + "…"),
        (" " * 1000 + "x", "…"),
    ],
)
def test_a_name_is_put_on_one_line(text: str, title: str) -> None:
    assert readable(text) == title


def test_names_that_would_look_alike_are_told_apart() -> None:
    assert titles(named("a", "a ", None, "", "a（2）", "长" * 70, "长" * 80)) == [
        "a",
        "a（2）",
        "（没有名称）",
        "（空白）",
        "a（2）（5）",
        "长" * 60 + "…",
        "长" * 60 + "…（7）",
    ]


@given(st.lists(st.none() | st.text(max_size=4), max_size=12))
def test_no_two_are_alike_and_none_is_empty_or_long(texts: list[str | None]) -> None:
    found = titles(named(*texts))

    assert len(set(found)) == len(found) == len(texts)
    assert all(0 < len(title) <= LONGEST + 30 and title.isprintable() for title in found)
