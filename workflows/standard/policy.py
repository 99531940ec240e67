"""What a page of terms says to whoever asks: who may apply, what to bring, how much, how often, until when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from workflows.categories import CATEGORIES, categories_in_words
from workflows.programme import Policy
from workflows.standard.papers import name_of
from workflows.standard.schema import BEFORE_MONEY
from workflows.standard.words import PAYS_PER, TIMES, day_words
from workflows.terms import Terms

Words = Mapping[str, Mapping[str, str]]
Labels = Mapping[str, str]
ASK_WITHIN = 30
PLACES = {"intake": "受理", "village": "村级核实", "township": "乡镇审核", "county": "县级审批"}
ORDER = (*BEFORE_MONEY, "payment", "in_use")


def policy_of(labels: Labels, words: Words, *, unit: bool) -> Callable[[Terms], Policy]:
    """The programme's answer to `policy_page`; `labels` of its facts, and the `words` of their choices."""

    def policy(terms: Terms) -> Policy:
        return Policy(
            who=tuple(_who(terms, labels, unit=unit)),
            papers=tuple(_papers(terms, labels, words)),
            amounts=tuple(_amounts(terms.body["amount"], labels, words)),
            limits=tuple(_limits(terms, labels)),
        )

    return policy


def _who(terms: Terms, labels: Labels, *, unit: bool) -> Iterator[str]:
    who = terms.body["who"]
    covered = categories_in_words(who.get("categories", ()))
    whom = "单位的代表人" if unit else "逝者的家属，逝者" if who.get("heir") else "本人"
    if covered:
        yield f"{whom}在名册里：{covered}（{who['clause']}）"
    else:
        yield f"{whom}是本县居民，凭{who['proof']}（{who['clause']}）"
    if age := who.get("age"):
        day = day_words(age["on"], labels)
        said = {"least": "满{}周岁", "most": "不超过{}周岁"}
        bounds = [words.format(age[bound]) for bound, words in said.items() if bound in age]
        yield f"{day}{'、'.join(bounds)}，男女相同（{age['clause']}）"


def _papers(terms: Terms, labels: Labels, words: Words) -> Iterator[str]:
    for paper in terms.body.get("papers", ()):
        when = "，".join(f"{labels[name]}是{words[name][value]}" for name, value in paper.get("when", {}).items())
        yield name_of(paper) + (f"（{when}的）" if when else "") + _from(paper)


def _from(group: Mapping[str, Any]) -> str:
    return f"（{group['clause']}）" if group.get("clause") else ""


def _amounts(amount: Mapping[str, Any], labels: Labels, words: Words) -> Iterator[str]:
    yield f"{_HOW[amount['kind']](amount, labels)}{_from(amount)}"
    if "yuan" in amount and amount.get("by"):
        yield from _table(amount["yuan"], amount["by"], words, ())
    if "most_days" in amount and "since" not in amount:
        yield f"每次最多{amount['most_days']}天"
    if "most_units" in amount:
        yield f"每次最多{amount['most_units']}{amount['unit']}"
    if "log" in amount:
        yield f"{labels[amount['of']]}要与登记簿里的合计相同"
    if "most_days_a_year" in amount:
        yield f"每年最多{amount['most_days_a_year']}天"
    yield from _principal(amount, labels, words)
    if "most_percent" in amount:
        yield f"年利率最高按{amount['most_percent']}%贴"
    if "least" in amount:
        yield f"最低{amount['least']}元"
    if "most" in amount:
        yield f"最高{amount['most']}元"


def _principal(amount: Mapping[str, Any], labels: Labels, words: Words) -> Iterator[str]:
    """The ceilings on a loan's principal, for each choice where the terms tell them apart."""
    named = {"each_principal": "每带动一户，本金按{}元贴", "most_principal": "本金最高按{}元贴"}
    for key, said in named.items():
        held = amount.get(key)
        if isinstance(held, Mapping):
            choices = words[amount["by"][0]]
            yield from (f"{choices[code]}：{said.format(sum_)}" for code, sum_ in held.items())
        elif held is not None:
            yield said.format(held)
    if "since" in amount:
        yield f"{labels[amount['since']]}起{amount['most_days']}天内的利息"


def _table(rates: Any, by: list[str], words: Words, said: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(rates, Mapping):
        yield f"{'，'.join(said)}：{rates}元"
        return
    known = words.get(by[len(said)], {})
    for code, held in rates.items():
        yield from _table(held, by, words, (*said, known.get(code, CATEGORIES.get(code, str(code)))))


def _rate(amount: Mapping[str, Any]) -> str:
    return "按表" if amount.get("by") else f"{amount['yuan']}元"


def _share(amount: Mapping[str, Any], labels: Labels) -> str:
    rest = " − ".join(labels[name] for name in (amount["of"], *amount.get("less", ())))
    rest += f" − 起付线{amount['deductible']}元" if "deductible" in amount else ""
    return f"（{rest}）× {amount['percent']}%" if " − " in rest else f"{rest}的{amount['percent']}%"


def _interest(amount: Mapping[str, Any], labels: Labels) -> str:
    rate = f"年利率{amount['percent']}%" if "percent" in amount else labels[amount["percent_of"]]
    return f"{labels[amount['of']]} × {rate} × 天数 ÷ {amount.get('basis', 365)}"


_HOW: Mapping[str, Callable[[Mapping[str, Any], Labels], str]] = {
    "fixed": lambda amount, labels: _rate(amount),
    "table": lambda amount, labels: _rate(amount),
    "days": lambda amount, labels: f"天数 × {_rate(amount)}",
    "months": lambda amount, labels: f"每月{_rate(amount)}",
    "units": lambda amount, labels: f"每{amount['unit']}{_rate(amount)}",
    "share": _share,
    "interest": _interest,
    "nothing": lambda amount, labels: "不发放资金",
}


def _limits(terms: Terms, labels: Labels) -> Iterator[str]:
    often, window = terms.body["how_often"], terms.body.get("window", {})
    yield f"{PAYS_PER[often['per']]}{TIMES[often['times']]}{_from(often)}"
    if donations := terms.body.get("donations"):
        yield f"从定向捐赠列支，按{labels[donations['purpose']]}选用{_from(donations)}"
    if carried := terms.body.get("carried"):
        yield f"带动的家庭逐户登记，不少于申报的{labels[carried['of']]}{_from(carried)}"
    if "also_per" in often:
        yield f"{'、'.join(labels[one] for one in often['also_per'])}相同的，各自也只算一次，换人申请也一样"
    if "from" in window:
        yield f"每年{day_words(window['from'], labels)}至{day_words(window['to'], labels)}申请{_from(window)}"
    if "after" in window:
        yield f"{labels[window['after']]}之后{window['within_days']}日内申请{_from(window)}"
    yield from _log(terms)
    review = terms.body.get("review", {"ask_within_days": ASK_WITHIN})
    yield f"对决定不服的，收到告知之日起{review['ask_within_days']}日内可以申请复核{_from(review)}"


def _log(terms: Terms) -> Iterator[str]:
    """What must stand in the log before a step is done, in the order of the road."""
    log = terms.body.get("log", {})
    kinds = {kind["name"]: kind for kind in log.get("kinds", ())}
    before = {"payment": "发放之前", "in_use": "到期之前"}
    for place, step in sorted(terms.body["steps"].items(), key=lambda one: ORDER.index(one[0])):
        for name in step.get("log", ()):
            when = before.get(place, f"{PLACES.get(place, '公示')}之前")
            yield f"{when}，{log['title']}里要有：{kinds[name]['label']}{_from(kinds[name])}"
    for kind in kinds.values():
        if "most_in_all" in kind:
            yield f"{kind['label']}合计最多{kind['most_in_all']}{kind['unit']}{_from(kind)}"
