"""What a page of terms must be: every key as it should be (`keys`), and all of them fitting together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from casework.models import Capacity
from casework.models.law import NOTICE_WORDS
from workflows.standard.agreement import check_agreement, check_day_of_year, rates_by_category
from workflows.standard.decency import check_decent, decent
from workflows.standard.keys import AMOUNT, HEAD, MONTH_DAY, VERSION
from workflows.terms_shape import Shape, Wrong, mistyped

BEFORE_MONEY = (
    "intake",
    "village",
    "village_notice",
    "township",
    "township_notice",
    "county",
    "county_notice",
)
"""The road to a decision, in its order. What is not in the terms is left out."""

ALWAYS = ("intake", "county")
OFFICES = {
    "intake": ("county", "township"),
    "village": ("village", "township"),
    "village_notice": ("village",),
    "township": ("township", "county"),
    "township_notice": ("township",),
    "county": ("county", "prefecture"),
    "county_notice": ("county",),
    "payment": ("county",),
    "in_use": ("county",),
}
"""Which offices a step can lie in, its own first."""

HANGS_AFTER = {"village_notice": {"village"}, "township_notice": {"village", "township"}}
"""The steps of which a notice wants one before it: the law hangs no list of what nobody has looked at."""

SIGNED_IN = {"village": Capacity.VERIFY, "township": Capacity.REVIEW, "county": Capacity.APPROVE}
"""The signatures a road needs follow from its steps."""

CARD_DEADLINES: Mapping[str, tuple[int, bool, str]] = {
    "payment_check": (3, True, "默认：发放复核3个工作日"),
    "bank": (5, True, "默认：银行5个工作日内回盘"),
    "account": (3, True, "默认：退票后3个工作日内更正账户"),
    "late_return": (3, True, "默认：收到银行退回通知3个工作日内登记"),
}
BESIDE_DEADLINES: Mapping[str, tuple[int, bool, str]] = {
    "papers": (30, False, "默认：补正30日"),
    "suspended": (30, False, "默认：中止后30日内复查，以写明的复查日期为准"),
    "review_request": (5, True, "默认：收到复核申请5个工作日内登记"),
    "refusal_review_request": (5, True, "默认：收到复核申请5个工作日内登记"),
    "refusal_review": (15, True, "默认：复核15个工作日"),
    "internal_review": (15, True, "默认：复核15个工作日"),
}
NOTICE_DEADLINES: Mapping[str, tuple[int, bool, str]] = {
    "_hanging": (3, True, "默认：公示期满后3个工作日内结束公示"),
    "_objection": (15, True, "默认：异议15个工作日内核查答复"),
}
"""Places beside the road, and their days where the terms say nothing under `deadlines`. [P] our own defaults."""

NEEDS: Mapping[str, tuple[str, ...]] = {
    "fixed": ("yuan",),
    "table": ("yuan", "by"),
    "days": ("yuan", "from", "to"),
    "months": ("yuan",),
    "units": ("yuan", "of", "unit"),
    "share": ("of", "percent"),
    "interest": ("of", "from", "to"),
    "nothing": (),
}
MAY: Mapping[str, tuple[str, ...]] = {
    "fixed": (),
    "table": (),
    "days": ("by", "most_days", "most_days_a_year"),
    "months": ("by", "from", "until", "until_age"),
    "units": ("by", "most_units", "log"),
    "share": ("less", "deductible"),
    "interest": (
        "by",
        "percent",
        "percent_of",
        "most_percent",
        "most_principal",
        "each_principal",
        "each_of",
        "since",
        "most_days",
        "basis",
    ),
    "nothing": (),
}
FOR_ALL = ("kind", "clause", "least", "most", "rounding")
KIND_OF = {
    ("days", "from"): "date",
    ("days", "to"): "date",
    ("interest", "from"): "date",
    ("interest", "to"): "date",
    ("interest", "since"): "date",
    ("interest", "each_of"): "number",
    ("months", "from"): "date",
    ("months", "until"): "date",
    ("units", "of"): "number",
    ("share", "of"): "money",
    ("interest", "of"): "money",
    ("interest", "percent_of"): "number",
}
"""What kind of fact an amount's key must name."""

HOUSE_NAMES = """
name identity_number account_number account_holder bank phone village remark sequence category certificate_number
unit_name credit_code proof deceased deceased_name deceased_identity relation applied_on
"""
UNIT_FACTS = ("unit_name", "credit_code")
TAKEN = frozenset(HOUSE_NAMES.split())
"""Names the house uses itself."""


def shape_of(programme: str) -> Shape:
    """The shape of a standard programme's terms."""
    return Shape(
        programme=programme,
        body={name: key.check for name, key in VERSION.items() if key.needed},
        optional={name: key.check for name, key in VERSION.items() if not key.needed},
        head={name: decent(key.check) for name, key in HEAD.items()},
        complete=completed,
        agrees=check_agrees,
    )


def completed(written: Mapping[str, Any]) -> dict[str, Any]:
    """A version with what follows from its steps: signatures, notices, a deadline for each place there is."""
    steps = written.get("steps")
    if not isinstance(steps, dict):
        raise Wrong("没有写，或没有写成“环节: 期限”", "steps")
    for key in ("signatures", "notices"):
        if key in written:
            raise Wrong("不用写：由 steps 里的环节推出来", key)
    for place in ALWAYS:
        if place not in steps:
            raise Wrong(f"没有写：每个项目都要有受理和县级审批{mistyped(steps, OFFICES)}", "steps", place)
    beside = {**BESIDE_DEADLINES, **(CARD_DEADLINES if "payment" in steps else {})}
    for place in steps:
        if place in NOTICE_WORDS:
            beside |= {f"{place}{where}": limit for where, limit in NOTICE_DEADLINES.items()}
    deadlines = {place: {"days": n, "working": w, "clause": c} for place, (n, w, c) in beside.items()}
    for place, said in steps.items():
        if isinstance(said, dict):
            written_here = {key: said[key] for key in ("days", "working", "clause") if key in said}
            # What may be used for 365 days is used for a year.
            deadlines[place] = {"working": place != "in_use", **written_here}
    given = written.get("deadlines") or {}
    if not isinstance(given, dict):
        raise Wrong("要写成“环节: 期限”", "deadlines")
    for place in given:
        if place not in beside:
            raise Wrong(f"这里只写路旁环节的期限：{'、'.join(beside)}；别的写在 steps 里", "deadlines", str(place))
    signed = [str(capacity) for place, capacity in SIGNED_IN.items() if place in steps]
    return {
        **written,
        "signatures": signed,
        "notices": [place for place in NOTICE_WORDS if place in steps],
        "deadlines": {**deadlines, **given},
    }


def check_agrees(terms: Mapping[str, Any]) -> None:
    """Whether the keys fit together: every fact that is named is there, and of the kind that is wanted."""
    facts = _facts(terms)
    _check_road(terms)
    _check_days(terms, facts)
    _check_who(terms)
    _check_amount(terms["amount"], facts, terms["who"])
    _check_papers(terms, facts)
    _check_log(terms)
    _check_donations(terms, facts)
    _check_carried(terms, facts)
    check_decent(terms)
    check_agreement(terms)


def _facts(terms: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for number, fact in enumerate(terms.get("facts", ()), start=1):
        where = ("facts", f"第{number}项")
        if fact["name"] in TAKEN:
            raise Wrong(f"“{fact['name']}”是通用的项目，不用写；另起一个代码", *where, "name")
        if fact["name"] in found:
            raise Wrong(f"“{fact['name']}”写了两次", *where, "name")
        if (fact["kind"] == "choice") is not ("choices" in fact):
            raise Wrong("choice 要写各个选项，别的种类不写", *where, "choices")
        found[fact["name"]] = fact
    return found


def _check_road(terms: Mapping[str, Any]) -> None:
    steps = terms["steps"]
    for place, said in steps.items():
        if place not in OFFICES:
            raise Wrong(f"没有这个环节，可写的是：{'、'.join(OFFICES)}", "steps", place)
        if said.get("office", OFFICES[place][0]) not in OFFICES[place]:
            raise Wrong(f"只能由 {'、'.join(OFFICES[place])} 办", "steps", place, "office")
        if place != "village" and ({"photograph", "findings"} & said.keys()):
            raise Wrong("只有 village 可以要求入户照片和核实情况", "steps", place)
        if place in HANGS_AFTER and not HANGS_AFTER[place] & steps.keys():
            raise Wrong(
                f"公示的是已经核实、审核过的：steps 里要有 {' 或 '.join(sorted(HANGS_AFTER[place]))}", "steps", place
            )
    nothing = terms["amount"]["kind"] == "nothing"
    if ("payment" in steps) is nothing or ("in_use" in steps) is not nothing:
        raise Wrong("发钱的要有 payment；不发钱的（amount 是 nothing）没有 payment，要有 in_use（享受期间）", "steps")


def _check_days(terms: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    for path, named, yearly in _days_named(terms):
        if named == "applied_on":
            continue
        if yearly and MONTH_DAY.fullmatch(named):
            check_day_of_year(named, path)
            continue
        _check_kind(named, "date", facts, path)
    window: Mapping[str, Any] = terms.get("window", {})
    if ("from" in window) is not ("to" in window) or ("after" in window) is not ("within_days" in window):
        raise Wrong("from 和 to 要同写，after 和 within_days 要同写", "window")
    if window and "from" not in window and "after" not in window:
        raise Wrong("要写 from 和 to，或 after 和 within_days", "window")
    often = terms["how_often"]
    if "to" in often and (often["times"] == "once" or "on" not in often):
        raise Wrong("写了 on、times 不是 once 才能写", "how_often", "to")
    known = {*facts, *UNIT_FACTS, *(["proof"] if "proof" in terms["who"] else [])}
    for named in often.get("also_per", ()):
        if named not in known:
            raise Wrong(f"facts 里没有“{named}”", "how_often", "also_per")
    if often["times"] == "event" and "on" not in often and not terms["who"].get("heir"):
        raise Wrong("event 要写是哪个日期的事", "how_often", "on")


def _days_named(terms: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str, bool]]:
    """(where it stands, the fact it names, whether a day of the year may stand there instead)."""
    found = (
        (("governs",), terms.get("governs"), False),
        (("who", "register_valid_on"), terms["who"].get("register_valid_on"), False),
        (("who", "age", "on"), terms["who"].get("age", {}).get("on"), True),
        (("window", "after"), terms.get("window", {}).get("after"), False),
        (("how_often", "on"), terms["how_often"].get("on"), False),
        (("how_often", "to"), terms["how_often"].get("to"), False),
        (("log", "from"), terms.get("log", {}).get("from"), False),
        (("log", "to"), terms.get("log", {}).get("to"), False),
    )
    yield from ((path, named, yearly) for path, named, yearly in found if named is not None)


def _check_who(terms: Mapping[str, Any]) -> None:
    who = terms["who"]
    if "categories" not in who and "proof" not in who:
        raise Wrong("要写 categories（名册里哪几类家庭），或 proof（任何居民凭什么证明）", "who")
    if "proof" in who and "categories" in who:
        raise Wrong("categories 和 proof 两个里只写一个", "who")
    if "proof" in who and who.get("heir"):
        raise Wrong("逝者要在名册里，请写 categories", "who", "heir")
    if "age" in who and not ({"least", "most"} & who["age"].keys()):
        raise Wrong("要写 least 或 most", "who", "age")


def _check_amount(amount: Mapping[str, Any], facts: Mapping[str, Any], who: Mapping[str, Any]) -> None:
    kind = amount["kind"]
    if missing := [key for key in NEEDS[kind] if key not in amount]:
        raise Wrong(f"{kind} 要写", "amount", missing[0])
    allowed = {*NEEDS[kind], *MAY[kind], *(FOR_ALL if kind != "nothing" else ("kind", "clause"))}
    if strange := [key for key in amount if key not in allowed]:
        known = "、".join(key for key in AMOUNT if key in allowed)
        raise Wrong(f"{kind} 用不着，可写的是：{known}", "amount", strange[0])
    if kind == "interest" and ("percent" in amount) is ("percent_of" in amount):
        raise Wrong("interest 要写 percent 或 percent_of 中的一个", "amount")
    if "until_age" in amount and "until" not in amount:
        raise Wrong("要同时写 until", "amount", "until_age")
    for (wanted, key), fact_kind in KIND_OF.items():
        if wanted == kind and key in amount:
            _check_kind(amount[key], fact_kind, facts, ("amount", key))
    for named in amount.get("less", ()):
        _check_kind(named, "money", facts, ("amount", "less"))
    if kind == "interest":
        _check_interest(amount, facts)
    else:
        _check_rates(amount, facts, "yuan", who)


def _check_interest(amount: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    for first, second in (("each_principal", "each_of"), ("since", "most_days")):
        if (first in amount) is not (second in amount):
            raise Wrong(f"{first} 和 {second} 要同写", "amount")
    by: list[str] = amount.get("by", [])
    if len(by) > 1:
        raise Wrong("interest 最多按一个选项分", "amount", "by")
    for named in by:
        _check_kind(named, "choice", facts, ("amount", "by"))
        if "most_principal" not in amount:
            raise Wrong("写了 by 就要按选项写 most_principal", "amount")
        _check_rates(amount, facts, "most_principal", {})
    for key in ("most_principal", "each_principal"):
        if key in amount and isinstance(amount[key], dict) is not bool(by):
            raise Wrong(f"写了 by 就要按选项写 {key}，没写 by 就写一个数", "amount", key)
    for code in amount.get("each_principal", ()) if by else ():
        if code not in facts[by[0]]["choices"]:
            raise Wrong(f"“{by[0]}”没有“{code}”这个选项", "amount", "each_principal")


def _check_rates(amount: Mapping[str, Any], facts: Mapping[str, Any], key: str, who: Mapping[str, Any]) -> None:
    by: list[str] = amount.get("by", [])
    rates: Any = amount.get(key)
    if len(by) > 2:
        raise Wrong("最多按两个选项分", "amount", "by")
    if isinstance(rates, dict) is not bool(by):
        raise Wrong(f"写了 by 就要按选项写 {key}，没写 by 就写一个数", "amount", key)
    levels: list[Any] = [rates] if by else []
    for depth, named in enumerate(by):
        if named != "category":
            _check_kind(named, "choice", facts, ("amount", "by"))
        for level in levels:
            if not isinstance(level, dict):
                raise Wrong(f"要按“{named}”再分一层", "amount", key)
            known = facts[named]["choices"] if named != "category" else rates_by_category(who)
            for code in known:
                if code not in level:
                    raise Wrong(f"没有写“{named}”是“{code}”时的标准", "amount", key)
            for code in level:
                if code not in known:
                    raise Wrong(f"“{named}”没有“{code}”这个选项", "amount", key)
        levels = [level[code] for level in levels for code in level]
        if depth == len(by) - 1 and any(isinstance(level, dict) for level in levels):
            raise Wrong("分得太细，by 里没有那么多选项", "amount", key)


def _check_log(terms: Mapping[str, Any]) -> None:
    kinds = {kind["name"]: kind for kind in terms.get("log", {}).get("kinds", ())}
    for place, step in terms["steps"].items():
        for named in step.get("log", ()):
            if named not in kinds:
                raise Wrong(f"写的“{named}”不在 log 的 kinds 里", "steps", place, "log")
    named = terms["amount"].get("log")
    if named is not None and not kinds.get(named, {}).get("unit"):
        raise Wrong(f"写的“{named}”要是 log 的 kinds 里有单位的一种", "amount", "log")


def _check_donations(terms: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    if "donations" not in terms:
        return
    named = terms["donations"]["purpose"]
    _check_kind(named, "choice", facts, ("donations", "purpose"))
    if facts[named].get("required") is False:
        raise Wrong(f"“{named}”要是必填的项目", "donations", "purpose")
    if terms["amount"]["kind"] == "nothing":
        raise Wrong("不发钱的项目用不着", "donations")


def _check_carried(terms: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    if "carried" in terms:
        _check_kind(terms["carried"]["of"], "number", facts, ("carried", "of"))
        _check_when(terms["carried"].get("when", {}), facts, ("carried", "when"))


def _check_when(when: Mapping[str, str], facts: Mapping[str, Any], path: tuple[str, ...]) -> None:
    for named, value in when.items():
        _check_kind(named, "choice", facts, path)
        if value not in facts[named]["choices"]:
            raise Wrong(f"“{named}”没有“{value}”这个选项", *path)


def _check_papers(terms: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    for number, paper in enumerate(terms.get("papers", ()), start=1):
        where = ("papers", f"第{number}项")
        if ("kind" in paper) is ("words" in paper):
            raise Wrong("kind（案卷里的一种材料）和 words（其他材料的名称），两个里只写一个", *where)
        _check_when(paper.get("when", {}), facts, (*where, "when"))


def _check_kind(named: Any, kind: str, facts: Mapping[str, Any], path: tuple[str, ...]) -> None:
    if named not in facts:
        listed = "、".join(facts) or "（facts 里一项也没有）"
        raise Wrong(f"写的“{named}”不在 facts 里，那里有：{listed}", *path)
    if facts[named]["kind"] != kind:
        raise Wrong(f"要写 {kind} 种类的项目，“{named}”是 {facts[named]['kind']}", *path)
