"""The lists in docs/new-programme.md, made from the checks themselves: what a check complains of is what it wants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.limits import check_deadline
from workflows.notice_terms import AT_A_PLACE
from workflows.standard.keys import AMOUNT, GROUPS
from workflows.standard.schema import (
    ALWAYS,
    BESIDE_DEADLINES,
    CARD_DEADLINES,
    FOR_ALL,
    HANGS_AFTER,
    KIND_OF,
    MAY,
    NEEDS,
    NOTICE_DEADLINES,
    OFFICES,
)
from workflows.terms_shape import Check, Wrong, every

MARKS = ("<!-- keys -->\n", "<!-- /keys -->")
NOTICE = {
    "days": "公示几天，张榜当天不算",
    "working": "true 工作日，false 日历天（不写就是它）",
    "show": "榜上写什么，姓名、号码都遮盖；不写是 name、village、amount",
    "channels": "怎样公布，不写是 board",
    "title": "榜上的标题",
    "clause": "依据",
}
HUGE = 10**15
GROUP = "{项: 值}，见下"


def complaint(check: Check, value: Any) -> str:
    """What a check says against a value, without what it was given; nothing where it takes it."""
    try:
        check(value)
    except Wrong as wrong:
        return wrong.complaint.split("，现在是")[0]
    return ""


def shape_of(check: Check) -> str:
    """What a value must look like, in words."""
    said = complaint(check, None)
    if "每项前面" in said:
        item = shape_of(_item(check))
        return f"列表，每项{'如下' if item == GROUP else item}"
    if said.startswith("要写成列表"):
        return "列表，可写 " + complaint(check, ["?"]).split("可写的是：")[-1].replace("、", " ")
    if said.startswith("要写成若干"):
        return "{选项: 文字}" if not complaint(check, {"a": "b"}) else GROUP
    if "小写英文代码" in said:
        return "代码"
    if "百分数" in said:
        return '百分数，如 "60"、"4.35"，不超过100'
    if said == "要写整数":
        return "整数，" + complaint(check, HUGE).removeprefix("要")
    if said == "要写文字" and (long := complaint(check, "长" * 1000)):
        return f"文字，{long}"
    if said.endswith("中的一个"):
        return said.removeprefix("要写").removesuffix("中的一个").replace("、", " ")
    return said.removeprefix("要写").strip()


def _item(check: Check) -> Check:
    def of_one(value: Any) -> None:
        check([value])

    return of_one


def keys_in_words() -> str:
    """The steps, the kinds of amount, then one table for each group of keys."""
    lines = [*_steps(), *_amounts()]
    for where, keys in GROUPS.items():
        rows = [
            (name, "必" if key.needed else "可", shape_of(key.check), key.says)
            for name, key in keys.items()
            if (name, key.needed) != ("clause", True)
        ]
        lines += _table(f"`{where}`" if where.isascii() else where, ("项", "", "写什么", "说明"), rows)
    lines += _notice()
    lines += _beside()
    return "\n".join(lines)


def _table(title: str, headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [f"**{title}**", "", f"| {' | '.join(headings)} |", "|" + " --- |" * len(headings)]
    return [*lines, *(f"| `{row[0]}` | {' | '.join(row[1:])} |" for row in rows), ""]


def _steps() -> list[str]:
    rows = []
    for place, offices in OFFICES.items():
        said = ["必写"] * (place in ALWAYS)
        said += [f"要有 {' 或 '.join(sorted(HANGS_AFTER.get(place, ())))}"] * (place in HANGS_AFTER)
        said += ["要写 `notice`"] * place.endswith("_notice")
        said += {"payment": ["发钱的必写"], "in_use": ["不发钱的必写"]}.get(place, [])
        rows.append((place, offices[0], " ".join(offices[1:]), "；".join(said)))
    return _table("环节，按先后", ("steps 里", "本级", "office 还可写", ""), rows)


def _amounts() -> list[str]:
    rows = []
    for kind, needs in NEEDS.items():
        may = [*MAY[kind], *(key for key in FOR_ALL if key not in ("kind", "clause") and kind != "nothing")]
        facts = [f"{key} {sort}" for (of, key), sort in KIND_OF.items() if of == kind]
        rows.append((kind, " ".join(needs), " ".join(key for key in AMOUNT if key in may), "，".join(facts)))
    return _table("`amount` 的几种", ("kind", "还必须写", "可以写", "项目的种类"), rows)


def _notice() -> list[str]:
    rows = [
        (key, "必" if key in ("days", "clause") else "可", shape_of(check), NOTICE[key])
        for key, check in AT_A_PLACE.items()
    ]
    return _table("`notice`", ("项", "", "写什么", "说明"), rows)


def _beside() -> list[str]:
    known = complaint(every(check_deadline), {"papers": {"days": 1, "?": 1}}).split("可写的是：")[1]
    places: Mapping[str, tuple[int, bool, str]] = {
        **BESIDE_DEADLINES,
        **CARD_DEADLINES,
        **{f"village_notice{name}": limit for name, limit in NOTICE_DEADLINES.items()},
    }
    rows = [(place, clause.removeprefix("默认：")) for place, (_days, _working, clause) in places.items()]
    return [
        *_table("`deadlines`：路旁的环节，不写是", ("环节", "期限"), rows),
        f"每个环节可写 {known.replace('、', ' ')}，如 `papers: {{days: 15, working: false, clause: …}}`。"
        "另两种公示的照 village_notice 写。",
        "",
    ]


def with_keys(page: str) -> str:
    """The page with the list as it must be."""
    before, after = page.split(MARKS[0])[0], page.split(MARKS[1])[1]
    return f"{before}{MARKS[0]}\n{keys_in_words()}\n{MARKS[1]}{after}"
