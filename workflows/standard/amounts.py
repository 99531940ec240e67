"""How much: facts and the terms' `amount` in, yuan and an explanation out. Pure: no database, no clock.

Sums are decimals throughout and rounded once, at the end, to the cent, as the terms say; where that changes anything
the explanation says so.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from workflows.standard.dates import first_of_month, months_between, years_after

CENT = Decimal("0.01")
ROUNDINGS = {"half_up": (ROUND_HALF_UP, "四舍五入到分"), "down": (ROUND_DOWN, "舍去分以下")}
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Applied:
    """What the rules look at: the facts, the labels and words of choices, the period, days of each year used before."""

    facts: Mapping[str, Any]
    words: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, str]
    begins: datetime.date
    used: Mapping[int, int] = field(default_factory=dict)

    def day(self, name: str) -> datetime.date:
        return datetime.date.fromisoformat(self.facts[name])

    def money(self, name: str) -> Decimal:
        return Decimal(self.facts.get(name) or "0")

    def number(self, name: str) -> int:
        return int(self.facts.get(name) or 0)

    def said(self, name: str) -> str:
        """A choice in words, with what it is about."""
        value = str(self.facts.get(name, ""))
        return f"{self.labels.get(name, name)}：{self.words.get(name, {}).get(value, value)}"


@dataclass(slots=True)
class Sum:
    """A sum on its way: exact until `rounded`, with every sentence that explains it."""

    exact: Decimal
    lines: list[str]
    days_by_year: dict[int, int] = field(default_factory=dict)
    used_before: dict[int, int] = field(default_factory=dict)
    cut: bool = False

    @property
    def days(self) -> int:
        return sum(self.days_by_year.values())


def amount_of(terms: Mapping[str, Any], applied: Applied) -> tuple[Decimal, Sum]:
    """The amount in yuan, rounded, and how it came about."""
    found = KINDS[terms["kind"]](terms, applied)
    _within_bounds(terms, found)
    how, said = ROUNDINGS[terms.get("rounding", "half_up")]
    amount = found.exact.quantize(CENT, how)
    if amount != found.exact:
        found.lines.append(f"{said}：{amount:.2f}元")
    return amount, found


def rate_of(terms: Mapping[str, Any], applied: Applied) -> tuple[Decimal, str]:
    """The rate, in yuan, and the choices it depends on in words."""
    held = terms["yuan"]
    for name in terms.get("by", ()):
        held = held.get(applied.facts.get(name), "0")
        if not isinstance(held, Mapping):
            break
    said = "，".join(applied.said(name) for name in terms.get("by", ()))
    return Decimal(str(held)), said


def _fixed(terms: Mapping[str, Any], applied: Applied) -> Sum:
    rate, said = rate_of(terms, applied)
    lines = [said] if said else []
    return Sum(rate, [*lines, f"标准{rate:.2f}元（{terms['clause']}）"])


def _nothing(terms: Mapping[str, Any], applied: Applied) -> Sum:
    return Sum(Decimal(0), [f"本项目不发放资金（{terms['clause']}）"])


def _days(terms: Mapping[str, Any], applied: Applied) -> Sum:
    """Days from `from` up to, and not including, `to`; each calendar year's within what is left of its cap."""
    begins, ends = applied.day(terms["from"]), applied.day(terms["to"])
    rate, said = rate_of(terms, applied)
    wanted = _by_year(begins, ends, terms.get("most_days"))
    lines = [f"{begins}起，{ends}止（当天不计），共{(ends - begins).days}天", *([said] if said else [])]
    if sum(wanted.values()) < (ends - begins).days:
        lines.append(f"每次最多{terms['most_days']}天")
    granted, cap = dict(wanted), terms.get("most_days_a_year")
    if cap is not None:
        for year, days in wanted.items():
            before = applied.used.get(year, 0)
            granted[year] = min(days, max(cap - before, 0))
            if before or granted[year] < days:
                lines.append(f"{year}年此前已补{before}天，上限{cap}天，本次{days}天中可补{granted[year]}天")
    days = sum(granted.values())
    lines.append(f"{days}天 × {rate:.2f}元 = {rate * days:.2f}元（{terms['clause']}）")
    used = {year: applied.used[year] for year in wanted if applied.used.get(year)}
    kept = {year: count for year, count in granted.items() if count}
    return Sum(rate * days, lines, kept, used, cut=days < (ends - begins).days)


def _by_year(begins: datetime.date, ends: datetime.date, most: int | None) -> dict[int, int]:
    """Days of each calendar year, the first ones when there are more than `most`."""
    last = ends if most is None else min(ends, begins + datetime.timedelta(days=most))
    found = {}
    for year in range(begins.year, last.year + 1):
        first, after = max(begins, datetime.date(year, 1, 1)), min(last, datetime.date(year + 1, 1, 1))
        if after > first:
            found[year] = (after - first).days
    return found


def _months(terms: Mapping[str, Any], applied: Applied) -> Sum:
    """Months of the year: from January, or the month of `from` when that lies in it; to December, or the month in
    which `until` (and `until_age` years) comes, which still counts."""
    january = datetime.date(applied.begins.year, 1, 1)
    first, after, lines = january, datetime.date(january.year + 1, 1, 1), []
    if "from" in terms and applied.facts.get(terms["from"]):
        first = max(first, first_of_month(applied.day(terms["from"])))
    if "until" in terms and applied.facts.get(terms["until"]):
        last = years_after(applied.day(terms["until"]), terms.get("until_age", 0))
        month_after = first_of_month(first_of_month(last) + datetime.timedelta(days=31))
        after = min(after, month_after)
        lines.append(f"发到{last.year}年{last.month}月（{applied.labels[terms['until']]}{_age(terms)}）")
    months = max(months_between(first, after), 0)
    rate, said = rate_of(terms, applied)
    lines = [*([said] if said else []), *lines]
    if months:
        lines.append(f"{january.year}年{first.month}月起，共{months}个月")
    lines.append(f"{months}个月 × {rate:.2f}元 = {rate * months:.2f}元（{terms['clause']}）")
    return Sum(rate * months, lines)


def _age(terms: Mapping[str, Any]) -> str:
    return f"满{terms['until_age']}周岁当月" if "until_age" in terms else "当月"


def _units(terms: Mapping[str, Any], applied: Applied) -> Sum:
    wanted, (rate, said) = applied.number(terms["of"]), rate_of(terms, applied)
    counted = min(wanted, terms.get("most_units", wanted))
    lines = [said] if said else []
    if counted < wanted:
        lines.append(f"申报{wanted}{terms['unit']}，每次最多{counted}{terms['unit']}")
    lines.append(f"{counted}{terms['unit']} × {rate:.2f}元 = {rate * counted:.2f}元（{terms['clause']}）")
    return Sum(rate * counted, lines, cut=counted < wanted)


def _share(terms: Mapping[str, Any], applied: Applied) -> Sum:
    """A share of a cost, of what is left after what others have paid and the deductible."""
    cost, rest = applied.money(terms["of"]), applied.money(terms["of"])
    lines = [f"{applied.labels[terms['of']]}{cost:.2f}元"]
    for name in terms.get("less", ()):
        if applied.money(name):
            rest -= applied.money(name)
            lines.append(f"减去{applied.labels[name]}{applied.money(name):.2f}元，余{max(rest, Decimal(0)):.2f}元")
    if deductible := Decimal(str(terms.get("deductible", "0"))):
        rest -= deductible
        lines.append(f"减去起付线{deductible:.2f}元，余{max(rest, Decimal(0)):.2f}元")
    rest = max(rest, Decimal(0))
    exact = rest * Decimal(terms["percent"]) / 100
    lines.append(f"{rest:.2f}元 × {terms['percent']}% = {shown(exact)}元（{terms['clause']}）")
    return Sum(exact, lines)


def _interest(terms: Mapping[str, Any], applied: Applied) -> Sum:
    """Principal × rate a year × days ÷ 365 (or 360)."""
    begins, ends = applied.day(terms["from"]), applied.day(terms["to"])
    asked, days, basis = applied.money(terms["of"]), (ends - begins).days, terms.get("basis", 365)
    lines = [f"贷款本金{asked:.2f}元，{begins}起，{ends}止（当天不计），共{days}天"]
    if "since" in terms and ends > (last := applied.day(terms["since"]) + datetime.timedelta(days=terms["most_days"])):
        days = max((last - begins).days, 0)
        lines.append(f"贷款之日起{terms['most_days']}天内贴息，到{last}止，可贴{days}天")
    principal, said = _principal(terms, applied, asked)
    lines += said
    written = terms.get("percent")
    percent = Decimal(written) if written else Decimal(applied.number(terms["percent_of"])) / 100
    if "most_percent" in terms and percent > (ceiling := Decimal(terms["most_percent"])):
        lines.append(f"年利率{plain(percent)}%，最高按{plain(ceiling)}%贴息")
        percent = ceiling
    cut = days < (ends - begins).days or principal < asked
    exact = principal * percent / 100 * days / basis
    worked = f"{principal:.2f}元 × {plain(percent)}% × {days}天 ÷ {basis}"
    return Sum(exact, [*lines, f"{worked} = {shown(exact)}元（{terms['clause']}）"], cut=cut)


def _principal(terms: Mapping[str, Any], applied: Applied, asked: Decimal) -> tuple[Decimal, list[str]]:
    """The part of a loan that interest is paid on: a ceiling for each family the unit carries, and one for the loan."""
    principal, lines = asked, []
    for name in terms.get("by", ()):
        lines.append(applied.said(name))
    each = _chosen(terms, applied, "each_principal")
    if each is not None:
        families = applied.number(terms["each_of"])
        lines.append(f"带动{families}户，每户按{each:.2f}元，本金最高按{each * families:.2f}元贴息")
        principal = min(principal, each * families)
    most = _chosen(terms, applied, "most_principal")
    if most is not None and principal > most:
        principal = most
        lines.append(f"本金最高按{most:.2f}元贴息")
    return principal, lines


def _chosen(terms: Mapping[str, Any], applied: Applied, key: str) -> Decimal | None:
    """A sum of the terms, by the choice made where there is one; None where nothing is said."""
    found: Any = terms.get(key)
    if isinstance(found, Mapping):
        found = found.get(str(applied.facts.get(terms["by"][0], "")))
    return None if found is None else Decimal(str(found))


def _within_bounds(terms: Mapping[str, Any], found: Sum) -> None:
    """The floor and the ceiling. What earns nothing is not lifted to the floor."""
    if "most" in terms and found.exact > (most := Decimal(str(terms["most"]))):
        found.exact, found.cut = most, True
        found.lines.append(f"最高{most:.2f}元")
    if "least" in terms and 0 < found.exact < (least := Decimal(str(terms["least"]))):
        found.exact = least
        found.lines.append(f"最低{least:.2f}元")


def plain(number: Decimal) -> str:
    """Without the noughts that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(exact: Decimal) -> str:
    """A sum not yet rounded: two places where that is all there is, at most four."""
    if exact == exact.quantize(CENT):
        return f"{exact:.2f}"
    return f"{exact.quantize(Decimal('0.0001'), ROUND_DOWN)}"


KINDS: Mapping[str, Callable[[Mapping[str, Any], Applied], Sum]] = {
    "fixed": _fixed,
    "table": _fixed,
    "days": _days,
    "months": _months,
    "units": _units,
    "share": _share,
    "interest": _interest,
    "nothing": _nothing,
}
