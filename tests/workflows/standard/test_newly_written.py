"""What is asked of a page somebody has just written; a page in force is not asked again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.standard.pages import a_page, as_text, programme_of
from workflows.standard.newly_written import check_newly_written
from workflows.standard.published import look
from workflows.terms import TermsProblem

COST = 3


def with_fact(**said: Any) -> dict[str, Any]:
    page = a_page()
    page["common"]["facts"][COST] |= said
    return page


@pytest.mark.parametrize(
    ("said", "both"),
    [
        ({"label": "已报销"}, "“cost”的“已报销”也是“已报销”一列的叫法"),
        ({"label": "姓名"}, "“cost”的“姓名”也是“姓名”一列的叫法"),
        ({"headings": ["总额", "已报销"]}, "“cost”的“已报销”也是“已报销”一列的叫法"),
        ({"headings": ["账号"]}, "“cost”的“账号”也是“社会保障卡号”一列的叫法"),
    ],
)
def test_a_heading_that_is_anothers_is_refused(said: dict[str, Any], both: str) -> None:
    with pytest.raises(TermsProblem, match=both):
        check_newly_written(programme_of(with_fact(**said)), name="trial")
    assert both in look("trial", as_text(with_fact(**said))).problem


def test_a_fraction_is_no_percentage() -> None:
    page = a_page()
    page["versions"][0]["amount"] = {"kind": "share", "of": "cost", "percent": "0.6", "clause": "x"}
    with pytest.raises(TermsProblem, match=r'百分之0\.6；要按60%发的，写 percent: "60"'):
        check_newly_written(programme_of(page), name="trial")


def test_a_page_in_force_is_read_as_it_stands() -> None:
    assert programme_of(with_fact(label="已报销")).title == "试验补助"
