"""A page of terms to change, and the programme it makes."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from workflows import registry
from workflows.programme import Programme
from workflows.standard.programme import programme_from
from workflows.terms import parsed

SLUG = "trial"
PAGE = """
programme: trial
title: 试验补助
number_prefix: SYBZ
bank_memo: 试验补助
fund: 试验资金
applicant: person
common:
  who: {categories: [bereaved, hardship], register_valid_on: applied_on, clause: 示例第一条}
  facts:
    - {name: degree, label: 等级, kind: choice, choices: {light: 轻, heavy: 重}}
    - {name: begun_on, label: 开始日期, kind: date}
    - {name: ended_on, label: 结束日期, kind: date, required: false}
    - {name: cost, label: 费用, kind: money, required: false}
    - {name: paid_by_insurance, label: 已报销, kind: money, required: false}
    - {name: hours, label: 小时数, kind: number, required: false}
  how_often: {times: year, per: person, clause: 示例第二条}
  steps:
    intake: {days: 5, clause: 示例第五条}
    village: {days: 10, clause: 示例第六条}
    township: {days: 10, clause: 示例第七条}
    county: {days: 10, clause: 示例第八条}
    payment: {days: 10, clause: 示例第九条}
versions:
  - in_force_from: 2025-01-01
    source: 试验方案
    amount: {kind: fixed, yuan: "500.00", clause: 示例第四条}
"""


def a_page() -> dict[str, Any]:
    found: dict[str, Any] = copy.deepcopy(parsed(PAGE, "trial"))
    return found


def programme_of(page: dict[str, Any]) -> Programme:
    """On trial: no flow of it stays behind."""
    return programme_from(SLUG, as_text(page), name="trial", on_trial=True)


def as_text(page: dict[str, Any]) -> str:
    return yaml.safe_dump(page, allow_unicode=True)


@contextlib.contextmanager
def in_force(page: dict[str, Any]) -> Iterator[Programme]:
    """The page's programme among the house's own, from a source of its own, as long as this lasts."""
    programme = programme_from(page["programme"], as_text(page), name="trial")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(registry, "SOURCES", (*registry.SOURCES, lambda: iter((programme,))))
        registry.forget()
        yield programme
    registry.forget()
