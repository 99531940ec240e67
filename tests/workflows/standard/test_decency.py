"""What a programme written on a page may not ask of anybody, and what its lists may not say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.standard.pages import a_page, programme_of
from workflows import registry
from workflows.never_kept import never_kept_in
from workflows.terms import TermsProblem

NOTICE = {"days": 7, "show": ["name", "village"], "clause": "示例：公示7日"}


def refused(page: dict[str, Any]) -> str:
    with pytest.raises(TermsProblem) as wrong:
        programme_of(page)
    return str(wrong.value)


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("title",), "二女结扎户补助", "title"),
        (("common", "facts", 0, "label"), "避孕措施", "facts.第1项.label"),
        (("common", "facts", 0, "name"), "pregnant", "facts.第1项.name"),
        (("common", "facts", 0, "choices"), {"planned": "计划内生育", "other": "其他"}, "facts.第1项.choices.planned"),
        (("common", "facts", 1, "headings"), ["预 产 期"], "facts.第2项.headings.第1项"),
        (("common", "papers"), [{"words": "准生证复印件"}], "papers.第1项.words"),
    ],
)
def test_what_is_never_kept_is_not_asked_for_on_a_page(path: tuple[Any, ...], value: object, where: str) -> None:
    page = a_page()
    place: Any = page
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    said = refused(page)
    assert f"“{where}”写了" in said and "一律不登记" in said


@pytest.mark.parametrize(
    "words",
    ["优生优育赠险", "生育关怀资金", "计划生育特别扶助专项资金", "独生子女父母光荣证", "物流产业", "吸引产业工人",
     "线上环节", "孕育基地", "政策内费用", "计划外支出", "手术并发症"],
)  # fmt: skip
def test_ordinary_words_of_the_office_are_let_be(words: str) -> None:
    assert never_kept_in(words) == ""


def test_a_scheme_is_cited_as_it_is_called() -> None:
    page = a_page()
    page["versions"][0]["source"] = "《计划生育节育奖励办法》"
    assert programme_of(page).slug == "trial"


def noticed(**more: Any) -> dict[str, Any]:
    page = a_page()
    page["common"]["steps"] = {
        "intake": {"days": 5, "clause": "示例"},
        "village": {"days": 5, "clause": "示例"},
        "village_notice": {"days": 2, "clause": "示例"},
        "county": {"days": 5, "clause": "示例"},
        "payment": {"days": 5, "clause": "示例"},
    }
    page["common"]["notice"] = {**NOTICE, **more}
    return page


def by_category(page: dict[str, Any]) -> dict[str, Any]:
    rates = {"bereaved": "7080.00", "hardship": "500.00"}
    page["versions"][0]["amount"] = {"kind": "table", "by": ["category"], "yuan": rates, "clause": "示例"}
    return page


def test_a_sum_that_says_which_family_it_is_does_not_hang() -> None:
    shown = ["name", "amount"]
    assert "“notice.show”金额按家庭类别定" in refused(by_category(noticed(show=shown)))
    assert "“notice.village_notice.show”金额按家庭类别定" in refused(
        by_category(noticed(village_notice={"show": shown}))
    )
    assert programme_of(by_category(noticed())).terms.versions[-1].notices == ("village_notice",)
    assert programme_of(noticed(show=shown)).terms.versions[-1].notices == ("village_notice",)


def test_no_title_over_bereaved_families_says_so() -> None:
    assert "“notice.title”对象里有失独家庭" in refused(noticed(title="特别扶助金发放名单"))
    page = noticed(title="特别扶助金发放名单")
    page["common"]["who"]["categories"] = ["hardship"]
    assert programme_of(page).slug == "trial"


def test_every_programme_that_comes_with_the_house_is_decent() -> None:
    for programme in registry.programmes().values():
        words = [programme.title, *(f"{fact.name} {fact.label} {fact.choices}" for fact in programme.facts)]
        assert [word for word in words if never_kept_in(str(word))] == []
