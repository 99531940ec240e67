"""What a standard programme says: why a line is refused, in its own numbers; reasons ready to pick; facts of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casework.models import Case, RegisterEntry
from workflows import second_thoughts
from workflows.line_codes import LineCode
from workflows.notices.road import REASONS as NOTICE_REASONS
from workflows.programme import FactField, Reason
from workflows.terms import Terms, TermsBook

REVIEW = "可在收到告知书之日起{days}日内向本会申请复核"
PAYS_PER = {"person": "每人", "household": "每户"}
TIMES = {"once": "一生一次", "year": "每年一次", "quarter": "每季度一次", "month": "每月一次", "event": "每件事一次"}


def codes_of(book: TermsBook, *, unit: bool) -> dict[str, LineCode]:
    """What refused lines are told. Where the versions of the terms differ, each says its own."""
    labels = {fact["name"]: fact["label"] for terms in book.versions for fact in terms.body.get("facts", ())}
    labels["applied_on"] = "申请之日"

    def said(sentence: Callable[[Terms], str]) -> str:
        found = {terms.version: sentence(terms) for terms in book.versions}
        if len(set(found.values())) == 1:
            return next(iter(found.values()))
        return "；".join(f"{version}起：{text}" for version, text in found.items())

    holder = "户名不是申请单位" if unit else "户名不是申请人本人"
    card = "改用申请单位的对公账户" if unit else "改用申请人本人的社会保障卡"
    lines = (
        ("category_not_covered", said(_categories), "类别有误的先更正名册"),
        ("register_not_valid", said(lambda terms: _register(terms, labels)), "先办年审或续期，再申报"),
        ("deceased", "申请人已去世", "核对死亡日期；有误的先更正名册"),
        ("death_not_recorded", "名册里没有逝者的死亡日期", "先在名册登记死亡日期"),
        ("too_young", said(lambda terms: _age(terms, labels, "least")), "核对出生日期；到年龄后再申请"),
        ("too_old", said(lambda terms: _age(terms, labels, "most")), "核对出生日期"),
        ("age_unknown", "没有出生日期，算不出年龄", "先补登出生日期"),
        ("outside_window", said(_window), "在受理期内再申报"),
        ("late_application", said(lambda terms: _window(terms, labels)), "逾期不受理；有特殊情况的书面说明"),
        ("future_date", "日期晚于申请之日", "核对日期"),
        ("dates_out_of_order", "止日早于起日", "核对起止日期"),
        ("beyond_period", f"起止日期不在同一个时段内：{said(_often)}", "分成几次申报，每次不跨时段"),
        ("already_granted", f"已经享受过：{said(_often)}", "不能重复申请，请核对以前的案件"),
        ("others_granted", f"家里别的人已经享受过：{said(_often)}", "不能重复申请，请核对家人的案件"),
        ("duplicate_row", "同一件事在这份表里已经申报过", "删去重复的一行"),
        ("nothing_due", "按方案计算，金额是零", "核对填写的金额、天数或日期"),
        ("account_holder_mismatch", holder, card),
        ("no_terms_in_force", "那一天还没有施行的方案", "核对日期"),
    )
    return {code: LineCode(code, sentence, remedy) for code, sentence, remedy in lines}


def _categories(terms: Terms) -> str:
    covered = "、".join(str(RegisterEntry.Category(one).label) for one in terms.body["who"].get("categories", ()))
    return f"家庭类别不在范围内（{covered}）" if covered else "家庭类别不在范围内"


def _register(terms: Terms, labels: Mapping[str, str]) -> str:
    named = terms.body["who"].get("register_valid_on", "applied_on")
    return f"名册登记在{labels.get(named, named)}不在有效期内"


def _age(terms: Terms, labels: Mapping[str, str], bound: str) -> str:
    age = terms.body["who"].get("age", {})
    if bound not in age:
        return "年龄不符合规定"
    return f"{day_words(age['on'], labels)}{'不满' if bound == 'least' else '已超过'}{age[bound]}周岁"


def _window(terms: Terms, labels: Mapping[str, str] | None = None) -> str:
    window = terms.body.get("window", {})
    if labels and "after" in window:
        return f"超过{labels.get(window['after'], window['after'])}之后{window['within_days']}日的申请期限"
    if not labels and "from" in window:
        return f"不在受理期内（每年{day_words(window['from'])}至{day_words(window['to'])}）"
    return "不在受理期内"


def day_words(named: str, labels: Mapping[str, str] | None = None) -> str:
    """A day the terms name: of any year, of the application, or a fact's."""
    if "-" in named:
        return f"{int(named[:2])}月{int(named[3:])}日"
    return {"applied_on": "申请之日", **(labels or {})}.get(named, named)


def _often(terms: Terms) -> str:
    often = terms.body["how_often"]
    return PAYS_PER[often["per"]] + TIMES[often["times"]]


# -- reasons ready to pick ---------------------------------------------------------------------------------------------


REASONS: tuple[tuple[str, str, str, tuple[str, ...], bool], ...] = (
    ("papers_missing", "材料不齐", "补齐所缺材料后继续办理，不必重新申请", ("ask_for_papers", "send_back"), False),
    ("facts_differ", "申请内容与核实情况不一致", "核对后更正，重新提交", ("ask_for_papers", "send_back"), False),
    ("check_again", "核实情况不清楚，需要再核实", "请补充核实情况后重新报送", ("send_back",), False),
    ("not_covered", "不符合申请条件", "", ("refuse",), True),
    ("late", "不在申请期限内", "", ("refuse",), True),
    ("not_true", "经核实与事实不符", "", ("refuse",), False),
    ("granted_elsewhere", "同一事项已享受同类补助", "", ("refuse",), False),
    ("papers_not_brought", "逾期未补正", "补齐材料后可重新申请", ("withdraw",), False),
    ("batch_line_wrong", "批次明细有误", "核对金额和账户后重新列入批次", ("send_back",), False),
    ("bank_returned", "银行退票", "请更正收款账户后重新发放，钱不会少", ("returned",), False),
    (
        "sent_back_late",
        "银行到账后又退回",
        "请更正收款账户后重新发放，钱不会少",
        ("came_back", "came_back_anew"),
        False,
    ),
)
"""Code, sentence, remedy (a review, where it says nothing else), outcomes, whether it follows from the terms."""


def reasons_of(book: TermsBook, outcomes: frozenset[str]) -> dict[str, Reason]:
    """Reasons every programme has, then those the terms add; each only for outcomes that this road has."""
    review = REVIEW.format(days=book.versions[-1].body.get("review", {"ask_within_days": 30})["ask_within_days"])
    found = [
        *(
            Reason(code, sentence, remedy or review, frozenset(where), by_terms=of_terms)
            for code, sentence, remedy, where, of_terms in REASONS
        ),
        *second_thoughts.REASONS,
        *NOTICE_REASONS,
        *_written(book),
    ]
    usable = (reason for reason in found if not reason.outcomes or reason.outcomes & outcomes)
    return {reason.code: _within(reason, outcomes) for reason in usable}


def _written(book: TermsBook) -> list[Reason]:
    given = {reason["code"]: reason for terms in book.versions for reason in terms.body.get("reasons", ())}
    return [
        Reason(
            code,
            reason["sentence"],
            reason["remedy"],
            frozenset(reason["outcomes"]),
            by_terms=bool(reason.get("by_terms")),
        )
        for code, reason in given.items()
    ]


def _within(reason: Reason, outcomes: frozenset[str]) -> Reason:
    return Reason(reason.code, reason.sentence, reason.remedy, reason.outcomes & outcomes, reason.by_terms)


# -- what a page shows -------------------------------------------------------------------------------------------------


def describer(fields: tuple[FactField, ...]) -> Callable[[Case], list[tuple[str, str]]]:
    """The facts of a case as (label, text), choices in words."""

    def describe(case: Case) -> list[tuple[str, str]]:
        shown = []
        for field in fields:
            value: Any = case.facts.get(field.name)
            if value is None or value == "":
                continue
            text = f"{value}元" if field.kind == "money" else field.choices.get(str(value), str(value))
            shown.append((field.label, text))
        return shown

    return describe
