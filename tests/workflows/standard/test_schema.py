"""What is wrong with a page of terms is said in one sentence: which version, which key, what would be right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.workflows.standard.pages import a_page, as_text, programme_of
from workflows.standard.keys import GROUPS
from workflows.standard.programme import programme_from
from workflows.terms import TermsProblem

V = "trial：第1个版本（2025-01-01）的"
Path = tuple[str | int, ...]


def put(path: Path, value: Any) -> Callable[[dict[str, Any]], None]:
    """Write a value at a path of the page."""

    def change(page: dict[str, Any]) -> None:
        place: Any = page
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


def drop(*path: str | int) -> Callable[[dict[str, Any]], None]:
    def change(page: dict[str, Any]) -> None:
        place: Any = page
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]

    return change


def village_left_out(notice: str, *others: str) -> Callable[[dict[str, Any]], None]:
    """The road with a notice, and without the village and these others."""

    def change(page: dict[str, Any]) -> None:
        for place in ("village", *others):
            del page["common"]["steps"][place]
        page["common"]["steps"][notice] = {"days": 3, "clause": "x"}
        page["common"]["notice"] = {"days": 7, "clause": "x"}

    return change


def without_money(amount: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    def change(page: dict[str, Any]) -> None:
        page["versions"][0]["amount"] = amount
        page["common"]["steps"]["in_use"] = page["common"]["steps"].pop("payment")

    return change


C, A = "common", ("versions", 0, "amount")
NOTHING = {"kind": "nothing", "clause": "第四条"}
SHARE = {"kind": "share", "of": "cost", "percent": "60", "clause": "第四条"}
TABLE = {"kind": "table", "by": ["degree"], "clause": "第四条"}
INTEREST = {"kind": "interest", "of": "cost", "from": "begun_on", "to": "ended_on", "clause": "第四条"}
VISIT = {"name": "visit", "label": "服务", "by": ["county"]}
CATEGORY = {"kind": "table", "by": ["category"], "clause": "第四条"}


def for_anyone(page: dict[str, Any]) -> None:
    page["common"]["who"] = {"proof": "残疾人证", "clause": "第一条"}
    page["versions"][0]["amount"] = {**CATEGORY, "yuan": {"bereaved": "3"}}


MISTAKES: tuple[tuple[Callable[[dict[str, Any]], None], str], ...] = (
    (put(("bank_memo",), "试验补助金"), "trial：最外层的“bank_memo”最多4个字，现在是5个"),
    (put(("number_prefix",), "sy"), "trial：最外层的“number_prefix”要写2到4个大写字母，如 ZX，现在是“sy”"),
    (put(("colour",), "red"), "trial：最外层不认识“colour”，只能有 programme、title、"),
    (put((C, "signatures"), ["verify"]), f"{V}“signatures”不用写：由 steps 里的环节推出来"),
    (drop(C, "steps", "county"), f"{V}“steps.county”没有写：每个项目都要有受理和县级审批"),
    (
        lambda page: page["common"]["steps"].update(conuty=page["common"]["steps"].pop("county")),
        f"{V}“steps.county”没有写：每个项目都要有受理和县级审批（写了不认识的“conuty”，是不是写错了？）",
    ),
    (put((C, "steps", "office"), {"days": 1, "clause": "x"}), f"{V}“steps.office”没有这个环节，可写的是：intake、"),
    (put((C, "steps", "county", "office"), "village"), f"{V}“steps.county.office”只能由 county、prefecture 办"),
    (put((C, "steps", "county", "findings"), True), f"{V}“steps.county”只有 village 可以要求入户照片"),
    (put((C, "steps", "county", "by"), "02-30"), f"{V}“steps.county.by”没有“02-30”这一天"),
    (put((C, "steps", "county", "by"), "2-3"), f"{V}“steps.county.by”要写月-日并加引号"),
    (put((C, "window"), {"from": "01-01", "to": "06-31", "clause": "x"}), f"{V}“window.to”没有“06-31”这一天"),
    (drop(C, "steps", "county", "clause"), f"{V}“steps.county.clause”没有写"),
    (drop(C, "steps", "payment"), f"{V}“steps”发钱的要有 payment"),
    (put((C, "deadlines"), {"county": {"days": 3}}), f"{V}“deadlines.county”这里只写路旁环节的期限"),
    (put((C, "facts", 0, "name"), "name"), f"{V}“facts.第1项.name”“name”是通用的项目"),
    (put((C, "facts", 1, "name"), "degree"), f"{V}“facts.第2项.name”“degree”写了两次"),
    (put((C, "donations"), {"purpose": "cost", "clause": "x"}), f"{V}“donations.purpose”要写 choice 种类的项目"),
    (drop(C, "facts", 0, "choices"), f"{V}“facts.第1项.choices”choice 要写各个选项"),
    (put((C, "who", "age"), {"on": "applied_on", "clause": "x"}), f"{V}“who.age”要写 least 或 most"),
    (drop(C, "who", "categories"), f"{V}“who”要写 categories"),
    (put((C, "who", "proof"), "低保证"), f"{V}“who”categories 和 proof 两个里只写一个"),
    (put((C, "who", "register_valid_on"), "cost"), f"{V}“who.register_valid_on”要写 date 种类的项目"),
    (put((C, "window"), {"from": "07-01", "clause": "x"}), f"{V}“window”from 和 to 要同写"),
    (put((C, "window"), {"clause": "x"}), f"{V}“window”要写 from 和 to，或 after 和 within_days"),
    (put((C, "how_often", "to"), "ended_on"), f"{V}“how_often.to”写了 on、times 不是 once 才能写"),
    (put((C, "how_often", "times"), "event"), f"{V}“how_often.on”event 要写是哪个日期的事"),
    (put((C, "how_often", "times"), "daily"), f"{V}“how_often.times”要写once、year、quarter、month、event中的一个"),
    (put((*A, "yuan"), "-1"), f"{V}“amount.yuan”不能是负数"),
    (put((*A, "percent"), "60"), f"{V}“amount.percent”fixed 用不着，可写的是："),
    (put(A, {**SHARE, "percent": "160"}), f"{V}“amount.percent”要写大于0、不超过100的百分数"),
    (without_money({**NOTHING, "yuan": "1"}), f"{V}“amount.yuan”nothing 用不着，可写的是：kind、clause"),
    (village_left_out("village_notice"), f"{V}“steps.village_notice”公示的是已经核实、审核过的：steps 里要有 village"),
    (village_left_out("township_notice", "township"), f"{V}“steps.township_notice”公示的是已经"),
    (put(A, {**SHARE, "of": "degree"}), f"{V}“amount.of”要写 money 种类的项目，“degree”是 choice"),
    (put(A, {**SHARE, "less": ["coast"]}), f"{V}“amount.less”写的“coast”不在 facts 里"),
    (put(A, {"kind": "days", "yuan": "1", "clause": "x"}), f"{V}“amount.from”days 要写"),
    (put(A, {**TABLE, "yuan": {"light": "1"}}), f"{V}“amount.yuan”没有写“degree”是“heavy”"),
    (put(A, {**TABLE, "yuan": "1"}), f"{V}“amount.yuan”写了 by 就要按选项写 yuan"),
    (put(A, INTEREST), f"{V}“amount”interest 要写 percent"),
    (put((C, "papers"), [{"clause": "x"}]), f"{V}“papers.第1项”kind（案卷里的一种材料）和 words（"),
    (put((C, "papers"), [{"kind": "itemised_bill", "words": "清单"}]), f"{V}“papers.第1项”kind（案卷里的一种材料）"),
    (put((C, "papers"), [{"words": "证明", "when": {"degree": "none"}}]), f"{V}“papers.第1项.when”“degree”没有“none”"),
    (put((C, "who", "age"), {"least": 60, "most": 50, "on": "applied_on", "clause": "x"}),
        f"{V}“who.age”least（60）不能大于 most（50）"),
    (put((C, "who", "age"), {"least": 60, "on": "02-30", "clause": "x"}), f"{V}“who.age.on”没有“02-30”这一天"),
    (put((*A, "yuan"), 300.00), f"{V}“amount.yuan”金额要加引号，如 \"300.00\"，现在是没有引号的300.0"),
    (put(A, {**SHARE, "least": "9000.00", "most": "8000.00"}),
        f"{V}“amount”least（9000.00元）不能大于 most（8000.00元）"),
    (put(A, {**CATEGORY, "yuan": {"bereaved": "3", "hardshp": "2"}}), f"{V}“amount.yuan”没有写“category”是“hardship”"),
    (put(A, {**CATEGORY, "yuan": {"bereaved": "3"}}), f"{V}“amount.yuan”没有写“category”是“hardship”时的标准"),
    (put(A, {**CATEGORY, "yuan": {"bereaved": "3", "hardship": "2", "disabled_child": "1"}}),
        f"{V}“amount.yuan”“category”没有“disabled_child”这个选项"),
    (for_anyone, f"{V}“amount.by”任何居民都可申请的（写了 proof），不能按 category 分"),
    (put((C, "papers"), [{"words": "合同"}, {"words": "发票"}, {"words": "合同"}]),
        f"{V}“papers.第3项”“合同”写了两次，请只留一项"),
    (put((C, "papers"), [{"words": "合同", "when": {"degree": "heavy"}}, {"words": "合同"}]),
        f"{V}“papers.第2项”“合同”写了两次"),
    (put((C, "notice"), {"days": 7, "clause": "x"}), f"{V}“notice”没有用处：这个版本的 steps 里没有公示环节"),
    (put((C, "log"), {"title": "登记", "kinds": [{**VISIT, "most": 6}]}),
        f"{V}“log.kinds.第1项.most”没有用处：没有写 unit"),
    (put((C, "log"), {"title": "登记", "kinds": [{**VISIT, "most_in_all": 6}]}),
        f"{V}“log.kinds.第1项.most_in_all”没有用处：没有写 unit"),
    (put((C, "log"), {"title": "登记", "kinds": [{**VISIT, "unit": "次", "most": 7, "most_in_all": 6}]}),
        f"{V}“log.kinds.第1项”most（7）不能大于 most_in_all（6）"),
    (put((C, "steps", "county", "log"), ["visit"]), f"{V}“steps.county.log”写的“visit”不在 log 的 kinds 里"),
)  # fmt: skip


@pytest.mark.parametrize(("change", "said"), MISTAKES, ids=[said[len(V) : len(V) + 30] for _change, said in MISTAKES])
def test_a_mistake_is_said_in_one_sentence_with_version_and_key(
    change: Callable[[dict[str, Any]], None], said: str
) -> None:
    page = a_page()
    change(page)
    with pytest.raises(TermsProblem) as wrong:
        programme_of(page)
    assert str(wrong.value).startswith(said), str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_the_page_itself_is_right() -> None:
    programme = programme_of(a_page())
    assert [terms.version for terms in programme.terms.versions] == ["2025-01-01"]


def test_a_paper_may_be_wanted_for_one_choice_and_for_another() -> None:
    page = a_page()
    page["common"]["papers"] = [{"words": "合同", "when": {"degree": degree}} for degree in ("light", "heavy")]
    assert programme_of(page).title == "试验补助"


def test_bounds_may_meet_and_a_sum_by_category_names_all_that_may_apply() -> None:
    page = a_page()
    rates = {"bereaved": "300.00", "hardship": "200.00"}
    page["versions"][0]["amount"] = {**CATEGORY, "yuan": rates, "least": "200.00", "most": "200.00"}
    assert programme_of(page).title == "试验补助"


def test_the_name_of_the_folder_and_the_programme_are_one() -> None:
    with pytest.raises(TermsProblem, match="“programme”要写“other”，现在是“trial”"):
        programme_from("other", as_text(a_page()), name="other", on_trial=True)


def test_on_is_a_key_and_no_yes() -> None:
    """YAML of old takes `on` for true: a page of terms would not say what it says."""
    page = as_text(a_page()).replace("'on':", "on:")
    assert programme_from("trial", page, name="trial", on_trial=True).title == "试验补助"


def test_every_key_says_what_it_means() -> None:
    assert [(group, name) for group, keys in GROUPS.items() for name, key in keys.items() if len(key.says) < 2] == []
