"""What is told of a replay: the sums, each county's, and the cases that would differ most."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from casework.management.replay_lists import CHANGES, outcome, sums_as_json
from casework.text_table import table
from workflows.papers.codes import CODES
from workflows.programme import Programme
from workflows.replay_rules import Change, Replayed, Result, Totals, Unmoved
from workflows.terms import TermsBook

SHOWN = 20
UNMOVED = {
    Unmoved.GROUND: "不予批准的理由与方案无关（入户核实、缺材料等），仍不批准",
    Unmoved.UNEXPLAINED: "按原方案也算得出补贴，当初不批准另有缘由，仍不批准",
    Unmoved.REVIEWED: "的申请人有案件申请过复核，不试算，按原决定计",
}


@dataclass(slots=True)
class Report:
    """Takes the replayed cases one by one and keeps what is to be told of them; never more than a screenful of them.

    `counties` are their names by code; `sent_back` the lines of sheets that are not replayed, see `lines_sent_back`.
    """

    programme: Programme
    book: TermsBook
    year: int
    counties: Mapping[str, str]
    totals: Totals = field(default_factory=Totals)
    sent_back: Counter[str] = field(default_factory=Counter)
    _largest: list[tuple[Decimal, int, Replayed]] = field(default_factory=list)

    def take(self, replayed: Replayed) -> None:
        self.totals.add(replayed)
        if replayed.change == Change.SAME:
            return
        # Of equal differences the first to come stays.
        entry = (abs(replayed.difference), -self.totals.whole.cases, replayed)
        if len(self._largest) < SHOWN:
            heapq.heappush(self._largest, entry)
        else:
            heapq.heappushpop(self._largest, entry)

    @property
    def largest(self) -> list[Replayed]:
        """The cases with the largest differences, the largest first."""
        return [replayed for _difference, _order, replayed in sorted(self._largest, reverse=True)]

    def head(self) -> dict[str, Any]:
        terms = [{"in_force_from": version.version, "source": version.source} for version in self.book.versions]
        return {"programme": self.programme.slug, "year": self.year, "terms": terms}

    def tail(self) -> dict[str, Any]:
        by_reason = {code: count for code, count in sorted(self.sent_back.items()) if code}
        return {
            "summary": {
                **sums_as_json(self.totals.whole),
                "unmoved": {str(why): self.totals.whole.unmoved[why] for why in Unmoved},
            },
            "counties": [
                {"county": code, "name": self.counties.get(code, code), **sums_as_json(sums)}
                for code, sums in sorted(self.totals.counties.items())
            ],
            "lines_sent_back": {"lines": self.sent_back[""], "by_reason": by_reason},
        }

    def lines(self) -> Iterator[str]:
        """All of it for the console."""
        yield f"{self.programme.title}：{self.year}年作出决定的案件按新方案试算。只看不改，什么也没有保存。"
        for version in self.book.versions:
            yield f"  {version.version}起：{version.source}"
        if not self.totals.whole.cases:
            yield f"{self.year}年没有作出决定的案件，没有可试算的。"
        else:
            yield from self._summary()
            yield from self._by_county()
            yield from self._cases()
        yield from self._not_replayed()

    def _summary(self) -> Iterator[str]:
        whole = self.totals.whole
        yield ""
        yield f"作出决定的案件 {whole.cases} 件"
        yield from table([(CHANGES[change], f"{whole.changes[change]} 件") for change in Change], to_the_right={1})
        for why, said in UNMOVED.items():
            if whole.unmoved[why]:
                yield f"  （不变的案件里，{whole.unmoved[why]} 件{said}）"
        money = [("原金额", whole.was), ("试算金额", whole.now)]
        rows = [*((label, f"{amount:.2f}") for label, amount in money), ("差额", signed(whole.difference))]
        yield "金额（元）"
        yield from table(rows, to_the_right={1})

    def _by_county(self) -> Iterator[str]:
        rows = [("县", "案件", "有变化", "原金额（元）", "试算金额（元）", "差额（元）")]
        for code, sums in sorted(self.totals.counties.items()):
            money = (f"{sums.was:.2f}", f"{sums.now:.2f}", signed(sums.difference))
            rows.append((self.counties.get(code, code), str(sums.cases), str(sums.changed), *money))
        yield ""
        yield "各县"
        yield from table(rows, to_the_right={1, 2, 3, 4, 5})

    def _cases(self) -> Iterator[str]:
        changed = self.totals.whole.changed
        if not changed:
            return
        yield ""
        more = f"，以下是差额最大的 {SHOWN} 件（全部清单请加 --list 文件名）" if changed > SHOWN else ""
        yield f"有变化的案件 {changed} 件{more}"
        for replayed in self.largest:
            county = self.counties.get(replayed.county, replayed.county)
            change = f"{_told(replayed.was)} → {_told(replayed.now)}（{signed(replayed.difference)}）"
            yield f"  {replayed.number}  {county}  {change}"
            yield f"      {'；'.join(replayed.why)}"

    def _not_replayed(self) -> Iterator[str]:
        if not self.sent_back[""]:
            return
        yield ""
        yield f"另有 {self.sent_back['']} 行申报在导入时退回，没有成为案件，不在试算之内。退回的原因（一行可有几条）："
        known = [(code, count) for code, count in self.sent_back.most_common() if code]
        rows = [(f"{count} 行", CODES[code].sentence if code in CODES else code) for code, count in known]
        yield from table(rows, to_the_right={0})


def signed(difference: Decimal) -> str:
    """A difference with its sign; nothing has none."""
    return f"{difference:+.2f}" if difference else f"{difference:.2f}"


def _told(result: Result) -> str:
    return f"{outcome(result)} {result.amount:.2f}元" if result.granted else outcome(result)
