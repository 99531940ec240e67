"""Units 单位 that apply: the eighteen characters of a unified social credit code (GB 32100)."""

from __future__ import annotations

from casework.sheets import values
from casework.sheets.values import Cell

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18


def check_character(first17: str) -> str:
    """The character that must follow these seventeen."""
    total = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(first17))
    return ALPHABET[-total % 31]


def credit_code(cell: Cell) -> str:
    """A code that is valid; "" for a blank cell. Raises `CellProblem`."""
    code = values.word(cell).upper()
    if code in values.BLANK_MARKS:
        return ""
    if len(code) != LENGTH or any(character not in ALPHABET for character in code):
        raise values.CellProblem(cell, "统一社会信用代码应为18位数字或大写字母，请对照营业执照")
    if check_character(code[:-1]) != code[-1]:
        raise values.CellProblem(cell, "统一社会信用代码校验位不对，至少有一位写错了")
    return code
