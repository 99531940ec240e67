"""A page of terms nobody has seen has cases in the demonstration, without a line of code."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from casework.demo.boards import hang_lists
from casework.demo.standard.build import build_programmes
from tests.casework.demo.conftest import small_photographs
from tests.casework.demo.places import SMALLEST
from tests.casework.demo.standard import EVENING, a_registered_county, ailments, waited_in, waiting
from tests.workflows.standard.pages import a_page, in_force
from workflows import registry


def boards(page: dict[str, Any]) -> None:
    page["common"]["notice"] = {"days": 5, "working": True, "clause": "示例：公示5个工作日"}
    for place in ("village_notice", "township_notice", "county_notice"):
        page["common"]["steps"][place] = {"days": 3, "clause": "默认：3日内张榜"}


def a_share_with_photographs(page: dict[str, Any]) -> None:
    page["common"]["steps"]["village"] |= {"photograph": True, "findings": True}
    page["common"]["papers"] = [{"kind": "itemised_bill"}, {"words": "检查报告", "when": {"degree": "heavy"}}]
    page["common"]["window"] = {"after": "begun_on", "within_days": 20, "clause": "示例"}
    page["versions"][0]["amount"] = {
        "kind": "share", "of": "cost", "less": ["paid_by_insurance"], "percent": "50", "clause": "示例",
    }  # fmt: skip


def an_entitlement(page: dict[str, Any]) -> None:
    del page["common"]["steps"]["payment"]
    page["common"]["steps"]["in_use"] = {"days": 365, "clause": "示例：一年"}
    page["versions"][0]["amount"] = {"kind": "nothing", "clause": "示例：待遇"}
    page["common"]["who"] = {
        "proof": "居住证明",
        "age": {"most": 12, "on": "applied_on", "clause": "示例"},
        "clause": "示例",
    }


@pytest.mark.parametrize("change", [boards, a_share_with_photographs, an_entitlement])
def test_a_page_nobody_has_seen_has_cases_at_every_step(db: None, change: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page = a_page()
    change(page)
    monkeypatch.setattr(registry, "SOURCES", ())
    with small_photographs(), time_machine.travel(EVENING, tick=False), in_force(page) as programme:
        a_registered_county()
        assert build_programmes(SMALLEST).stuck == []
        hang_lists(SMALLEST)
        assert waited_in(programme) - waiting(programme) == set()
        assert ailments() == []
