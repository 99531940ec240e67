"""Which heading is which field: by meaning, never by position.

A column lists the words people use for it. A heading that is one of them wins outright; otherwise the longest
hint found in the heading counts, most of all at its end, because in a Chinese compound the last noun says what
the thing is (开户银行账号 is a number, 账号开户银行 a bank). Words that make it somebody else's (护理人身份证号)
rule the heading out.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from casework.sheets.problems import AmbiguousHeadings
from casework.sheets.values import Cell

_LONGEST_HEADING: Final = 60

# What stands in brackets is a remark, but for the words that tell the beginning of a thing from its end.
_MEANT: Final = r"(?!(?:起|止|始|终|自|至|从|到|入|出|开始|起始|结束|终止|截止|入院|出院)[)\]】〕])"
_REMARK: Final = re.compile(rf"[(\[【〔]{_MEANT}[^()\[\]【】〔〕]*[)\]】〕]")
_NOT_A_WORD: Final = re.compile(r"[\W_]+")
_ENUMERATOR: Final = re.compile(r"^\d+(?=\D)")


@dataclass(frozen=True, eq=False)
class Column:
    """A field of a table, described by what people call it."""

    name: str
    label: str
    required: bool = False
    kind: str = "text"  # a key of values.READERS
    says: tuple[
        str, ...
    ] = ()  # whole headings in tiers, best first, words set apart by a space; the label is in the first
    hints: tuple[str, ...] = ()  # regular expressions looked for inside a heading
    never: tuple[str, ...] = ()  # what rules out a hinted heading, remarks in brackets aside
    never_of: tuple[str, ...] = ()  # whose it is not: rules out any heading, also from a remark or from above
    splits_into: tuple[str, str] | None = None  # one cell with two values ("2026-09-05至2026-09-15")


@dataclass(frozen=True)
class Heading:
    """One heading: its place in the sheet and its words, from the group's heading above down to its own."""

    index: int
    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        return "/".join(" ".join(part.split()) for part in self.parts)

    def __str__(self) -> str:
        return f"{column_letter(self.index)}列“{self.text}”"


@dataclass(frozen=True)
class Match:
    """What a row of headings comes to, for one set of columns."""

    found: Mapping[str, Heading]
    unread: tuple[Heading, ...]
    missing: tuple[Column, ...]
    ties: tuple[tuple[Column, Heading, Heading], ...]
    total: int

    @property
    def rank(self) -> tuple[int, int, int]:
        return (-len(self.missing), len(self.found), self.total)


@dataclass(frozen=True)
class _Bid:
    """A heading's claim to a column. Sorts best first; among equals the needed column, then the sheet's order."""

    score: int
    column: Column
    order: int
    heading: Heading

    def precedence(self) -> tuple[int, bool, int, int]:
        return (-self.score, not self.column.required, self.order, self.heading.index)


def match_headings(cells: Sequence[Cell | tuple[str, ...]], columns: Sequence[Column]) -> Match:
    """Give every column its heading; AmbiguousHeadings where two fit one column equally well.

    A cell is a heading's text, or a tuple of texts where a group's heading stands above it.
    """
    match = weigh_headings(cells, columns)
    for column, first, second in match.ties:
        raise AmbiguousHeadings(column.label, str(first), str(second))
    return match


def weigh_headings(cells: Sequence[Cell | tuple[str, ...]], columns: Sequence[Column]) -> Match:
    """The same without raising, to compare rows of which only one is the headings."""
    headings = list(_headings(cells))
    bids = sorted(_bids(headings, columns), key=_Bid.precedence)
    found: dict[str, Heading] = {}
    ties: list[tuple[Column, Heading, Heading]] = []
    taken: set[int] = set()
    total = 0
    for place, bid in enumerate(bids):
        if bid.column.name in found or bid.heading.index in taken:
            continue
        found[bid.column.name] = bid.heading
        taken.add(bid.heading.index)
        total += bid.score
        # With free text nothing hangs on it: of two columns of remarks the first is as good as any.
        if bid.column.required or bid.column.kind != "text":
            ties += [(bid.column, bid.heading, rival) for rival in _rivals(bid, bids[place + 1 :], taken)]
    _share_periods(found, bids, columns)
    provided = found.keys() | {part for c in columns if c.name in found for part in c.splits_into or ()}
    return Match(
        found=found,
        unread=tuple(heading for heading in headings if heading.index not in taken),
        missing=tuple(column for column in columns if column.required and column.name not in provided),
        ties=tuple(ties),
        total=total,
    )


def score(column: Column, parts: Sequence[str]) -> int:
    """How well a heading names a column: 0 not at all, around a thousand for a word the column lists."""
    matcher = _matcher(column)
    *above, own = parts
    bare, whole = heading_keys(own)
    full = "".join([*(heading_keys(part)[1] for part in above), whole])
    if matcher.never_of and matcher.never_of.search(full):
        return 0
    candidates = [(bare, 5 if above else 0), (whole, 5)]
    if above:
        candidates.append(("".join(heading_keys(part)[0] for part in parts), 5))
    exact = max(matcher.exact.get(text, penalty) - penalty for text, penalty in candidates)
    if exact or (matcher.never and matcher.never.search(bare)):
        return exact
    return max(0, *(_hinted(matcher.hints, text) - penalty for text, penalty in candidates))


def heading_keys(text: str) -> tuple[str, str]:
    """A heading reduced to its words: without its remarks in brackets, and with them."""
    plain = unicodedata.normalize("NFKC", text).lower()
    whole = _words(plain)
    return _words(_REMARK.sub("", plain)) or whole, whole


def column_letter(index: int) -> str:
    """0 is A, 26 is AA: how the spreadsheet's own window calls it."""
    letters = ""
    while index >= 0:
        index, rest = divmod(index, 26)
        letters = chr(ord("A") + rest) + letters
        index -= 1
    return letters


def _words(text: str) -> str:
    return _ENUMERATOR.sub("", _NOT_A_WORD.sub("", text))


def _headings(cells: Sequence[Cell | tuple[str, ...]]) -> Iterable[Heading]:
    for index, cell in enumerate(cells):
        parts = cell if isinstance(cell, tuple) else (cell,)
        texts = tuple(part for part in parts if isinstance(part, str) and heading_keys(part)[1])
        if texts and len(texts[-1]) <= _LONGEST_HEADING:
            yield Heading(index, texts)


def _bids(headings: Sequence[Heading], columns: Sequence[Column]) -> Iterable[_Bid]:
    for heading in headings:
        for order, column in enumerate(columns):
            if (points := score(column, heading.parts)) > 0:
                yield _Bid(points, column, order, heading)


def _rivals(bid: _Bid, later: Sequence[_Bid], taken: set[int]) -> Iterable[Heading]:
    for other in later:
        if other.score < bid.score:
            return
        if other.column is bid.column and other.heading.index not in taken:
            yield other.heading


def _share_periods(found: dict[str, Heading], bids: Sequence[_Bid], columns: Sequence[Column]) -> None:
    """住院时间 is the admission beside an 出院时间, and both ends of the stay where there is no other."""
    for column in columns:
        if column.splits_into is None or column.name in found:
            continue
        present = [part for part in column.splits_into if part in found]
        if len(present) == 1 and any(b.column is column and b.heading == found[present[0]] for b in bids):
            found[column.name] = found.pop(present[0])


@dataclass(frozen=True)
class _Matcher:
    exact: Mapping[str, int]
    hints: tuple[re.Pattern[str], ...]
    never: re.Pattern[str] | None
    never_of: re.Pattern[str] | None


@cache
def _matcher(column: Column) -> _Matcher:
    exact = dict.fromkeys(heading_keys(column.label), 1000)
    for place, tier in enumerate(column.says):
        for word in tier.split():
            exact.setdefault(heading_keys(word)[1], 1000 - 10 * place)
    return _Matcher(
        exact=exact,
        hints=tuple(re.compile(hint) for hint in column.hints),
        never=_any_of(column.never),
        never_of=_any_of(column.never_of),
    )


def _any_of(patterns: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(patterns)) if patterns else None


def _hinted(hints: Sequence[re.Pattern[str]], text: str) -> int:
    best = 0
    for hint in hints:
        if written := hint.search(text):
            span = written.end() - written.start()
            at_the_end = 40 if written.end() == len(text) else 0
            best = max(best, 100 + 10 * span + at_the_end - min(len(text) - span, 40))
    return best
