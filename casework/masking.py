"""How a number or a name is shown to someone who need not see all of it."""

from __future__ import annotations

import re


def mask_identity(number: str) -> str:
    """`990922********3143`: the place and the last four, enough to tell two neighbours apart."""
    return f"{number[:6]}{'*' * max(len(number) - 10, 0)}{number[-4:]}" if len(number) >= 12 else "*" * len(number)


def mask_account(number: str) -> str:
    """`**** 8023`: the last four, as a bank prints them."""
    return f"**** {number[-4:]}" if number else ""


def mask_phone(number: str) -> str:
    """`199****3710`."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 8 else "*" * len(number)


def mask_name(name: str) -> str:
    """`向*`, `曾*文`: for pages that others may see over a shoulder."""
    if len(name) <= 1:
        return name
    return f"{name[0]}*" if len(name) == 2 else f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ -]?[0-9]){13,17}[0-9Xx]?(?![0-9A-Za-z])")
"""An identity number of either kind, or a card, as somebody types it into a sentence."""


def without_numbers(text: str) -> str:
    """A sentence somebody wrote, its identity and card numbers kept to their last four: `请核对****3143`. A telephone
    number stays: it may be the one to ring."""
    return LONG_NUMBER.sub(lambda found: f"****{found.group()[-4:]}", text)


COMPOUND = (
    "欧阳 上官 司马 司徒 诸葛 夏侯 皇甫 东方 尉迟 公孙 慕容 令狐 宇文 长孙 鲜于 独孤 南宫 西门 "
    "端木 百里 呼延 轩辕 申屠 太史 公冶 宗政 濮阳 淳于 单于 澹台 闻人 赫连 万俟 钟离 第五 司空 "
    "司寇 子车 颛孙 巫马 公西 漆雕 乐正 壤驷 公良 拓跋 夹谷 宰父 谷梁 段干 东郭 南门 东门 左丘 "
    "梁丘 完颜 叶赫 那拉 纳兰 爱新"
)
COMPOUND_SURNAMES = frozenset(re.findall(r"\S+", COMPOUND))
INNER_DOTS = "·•・‧．"
WRITTEN_AS_ONE = re.compile(r".[\ufe00-\ufe0f\U000e0100-\U000e01ef]*", re.DOTALL)
"""A character with the selector that says which of its forms is meant: rare characters of names have one."""


def public_name(name: str) -> str:
    """A name as it hangs on a board: `张*明`, `向*`, `欧阳*`, `买**·阿**`.

    Whoever knows the family knows who is meant; whoever does not, learns no name. Of a compound surname the given name
    is what is hidden: `欧*明` would hide nothing.
    """
    for dot in INNER_DOTS:
        if dot in name:
            return "·".join(_first_only(part) for part in name.split(dot) if part)
    marks = WRITTEN_AS_ONE.findall(name.strip())
    surname = 2 if len(marks) > 2 and "".join(marks[:2]) in COMPOUND_SURNAMES else 1
    given = marks[surname:]
    if len(given) < 2:
        return "".join(marks[:surname]) + "*" if given else "*" * len(marks)
    return "".join(marks[:surname]) + "*" * (len(given) - 1) + given[-1]


def public_identity(number: str) -> str:
    """`43*************143`: the first two and the last three, the format counties publish."""
    return f"{number[:2]}{'*' * (len(number) - 5)}{number[-3:]}" if len(number) >= 12 else "*" * len(number)


def _first_only(part: str) -> str:
    marks = WRITTEN_AS_ONE.findall(part)
    return marks[0] + "*" * (len(marks) - 1)
