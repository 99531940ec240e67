"""How a number or a name is shown to someone who need not see all of it."""

from __future__ import annotations


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
