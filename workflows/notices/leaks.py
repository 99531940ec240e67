"""What must never hang on a board: an identity number, a phone, a card. Looked for in the page as it will be read.

In 2025 a county answered before a court for fifteen thousand records with identity and account numbers in a list of
subsidies it had published. So nobody's care is relied on: the text of the page is searched, however the digits are
written: full-width, in circles, as 一二三, with spaces, dots or dashes in between.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from django.utils.translation import gettext_lazy as _

READ_ALOUD = ("alt", "title", "aria-label", "placeholder", "value", "content")
"""Attributes a reader may be shown."""

NUMERALS = str.maketrans("〇○零一二三四五六七八九壹贰叁肆伍陆柒捌玖", "000123456789123456789")
BETWEEN = r"[\s\-‐‑–—―_.·•,，、。:：/|\u200b-\u200f\ufeff]*"
SPACES = r"[\s\u200b-\u200f\ufeff]"
KINDS = (
    (_("身份证号码"), re.compile(rf"(?<![0-9])(?:[0-9]{BETWEEN}){{17}}[0-9Xx](?![0-9A-Za-z])")),
    (_("身份证号码（15位）"), re.compile(rf"(?<![0-9])(?:[0-9]{BETWEEN}){{14}}[0-9](?!{BETWEEN}[0-9])")),
    (_("手机号码"), re.compile(rf"(?<![0-9])(?:86{BETWEEN})?1{BETWEEN}[3-9](?:{BETWEEN}[0-9]){{9}}(?!{BETWEEN}[0-9])")),
    (_("银行卡号"), re.compile(rf"(?<![0-9])(?:[0-9]{BETWEEN}){{15,18}}[0-9](?!{BETWEEN}[0-9])")),
)


def leak_in(text: str) -> str:
    """What a piece of text gives away, as a word; empty when nothing."""
    plain = unicodedata.normalize("NFKC", text).translate(NUMERALS)
    return next((str(word) for word, pattern in KINDS if pattern.search(plain)), "")


def leaks_in(html: str) -> list[str]:
    """Every kind of number the page as rendered gives away, in the order they stand."""
    return list(dict.fromkeys(found for piece in _read(html) if (found := leak_in(piece))))


def _read(html: str) -> Iterator[str]:
    """What a reader reads as one, piece by piece."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.pieces()


class _Reader(HTMLParser):
    """The text of a page, block by block: what stands in inline elements side by side is read as one."""

    INLINE = frozenset({"b", "i", "em", "strong", "span", "a", "small", "u", "mark", "code"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[list[str]] = [[]]
        self._shown: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._turn(tag)
        self._shown += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self._turn(tag)

    def handle_data(self, data: str) -> None:
        self._blocks[-1].append(data)

    def pieces(self) -> Iterator[str]:
        yield from ("".join(block) for block in self._blocks if block)
        yield from self._shown

    def _turn(self, tag: str) -> None:
        if tag not in self.INLINE:
            self._blocks.append([])


REVEALING = (
    *("失独", "丧子", "丧女", "失去子女", "失去独生子女", "子女死亡", "身故", "亡故", "去世", "逝世"),
    *("特殊家庭", "特别扶助", "特扶", "伤残", "病残", "失能"),
)
"""Words that tell a village what befell a family."""


def revealing_words(texts: Iterable[str]) -> list[str]:
    """Those that are read in these pages, however they are spaced out: 失 独. Cells side by side are not one word."""
    pieces = [re.sub(SPACES, "", unicodedata.normalize("NFKC", piece)) for text in texts for piece in _read(text)]
    return [word for word in REVEALING if any(word in piece for piece in pieces)]
