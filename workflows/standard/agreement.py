"""What of a page of terms must not contradict itself: bounds that cross, rates for nobody, words said twice or for
nothing. Each key is as it should be by then (`keys`); what names a fact is looked at in `schema`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from casework.models.law import NOTICE_WORDS
from workflows.standard.keys import month_day
from workflows.terms_shape import Wrong


def check_agreement(terms: Mapping[str, Any]) -> None:
    """Raises `Wrong` for the first contradiction."""
    _check_bounds(terms)
    _check_said_once(terms)
    _check_of_use(terms)


def check_day_of_year(written: str, path: tuple[str, ...]) -> None:
    """A day of any year that there is."""
    try:
        month_day(written)
    except Wrong as wrong:
        raise Wrong(wrong.complaint, *path) from wrong


def rates_by_category(who: Mapping[str, Any]) -> tuple[str, ...]:
    """The categories a sum by category must name: all that may apply, and no other."""
    if "categories" not in who:
        raise Wrong("任何居民都可申请的（写了 proof），不能按 category 分", "amount", "by")
    return tuple(who["categories"])


def _check_bounds(terms: Mapping[str, Any]) -> None:
    age, amount = terms["who"].get("age", {}), terms["amount"]
    if "least" in age and "most" in age and age["least"] > age["most"]:
        raise Wrong(f"least（{age['least']}）不能大于 most（{age['most']}）", "who", "age")
    if "least" in amount and "most" in amount and Decimal(amount["least"]) > Decimal(amount["most"]):
        raise Wrong(f"least（{amount['least']}元）不能大于 most（{amount['most']}元）", "amount")


def _check_said_once(terms: Mapping[str, Any]) -> None:
    """A paper is wanted once: always, or for each choice."""
    seen: dict[str, list[Mapping[str, str]]] = {}
    for number, paper in enumerate(terms.get("papers", ()), start=1):
        name, when = str(paper.get("kind") or paper.get("words")), paper.get("when", {})
        before = seen.setdefault(name, [])
        if when in before or (before and ({} in before or not when)):
            raise Wrong(f"“{name}”写了两次，请只留一项", "papers", f"第{number}项")
        before.append(when)


def _check_of_use(terms: Mapping[str, Any]) -> None:
    """What would never be asked, and reads as if it were."""
    if "notice" in terms and not any(place in terms["steps"] for place in NOTICE_WORDS):
        raise Wrong(
            f"没有用处：这个版本的 steps 里没有公示环节（{'、'.join(NOTICE_WORDS)}）；"
            "只有别的版本公示的，把 notice 写到那个版本里",
            "notice",
        )
    for number, kind in enumerate(terms.get("log", {}).get("kinds", ()), start=1):
        for key in ("most", "most_in_all"):
            if key in kind and "unit" not in kind:
                raise Wrong(
                    f"没有用处：没有写 unit（数量的单位），{key} 限的是数量", "log", "kinds", f"第{number}项", key
                )
        if "most_in_all" in kind and kind.get("most", 0) > kind["most_in_all"]:
            crossed = f"most（{kind['most']}）不能大于 most_in_all（{kind['most_in_all']}）"
            raise Wrong(crossed, "log", "kinds", f"第{number}项")
