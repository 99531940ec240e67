"""What a hand used to Chinese types into YAML: punctuation that looks right and is another sign. Found where YAML gave
up, or where it took such a sign for part of a word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

KEY = r"(?:^|[{,，])\s*(?:- *)?[a-z_]+"
SLIPS = (
    (re.compile(r"^\s*[\u3000\u00a0]"), "行首的空格是全角的，缩进要用半角空格"),
    (re.compile(rf"{KEY}\s*："), "“：”是中文冒号，要用英文的“: ”（后面空一格）"),
    (re.compile(r"，\s*[a-z_]+\s*[:：]"), "“，”是中文逗号，项与项之间要用英文的“, ”"),
    (re.compile(r"[｛｝［］]"), "括号是全角的，要用英文的 {} 和 []"),
    (re.compile(rf"{KEY}:[^\s:/]"), "冒号后面要空一格"),
)
"""What a line shows -> what to do about it. Only where a key stands: in a sentence such signs are right."""

SIGNS = "：，"


def slip_in(lines: Sequence[str], numbers: Iterable[int]) -> str:
    """The first slip of these lines (counted from 0), as a sentence that names the line; "" where there is none."""
    for number in numbers:
        if 0 <= number < len(lines):
            for slip, what_to_do in SLIPS:
                if slip.search(lines[number]):
                    return f"第{number + 1}行：{what_to_do}"
    return ""


def is_slip(key: str) -> bool:
    """A key with such a sign in it: YAML took `days：5，clause` for one word."""
    return any(sign in key for sign in SIGNS)
