"""Numbers on the command line, refused in words."""

from __future__ import annotations

import argparse
import re


def whole_number(text: str) -> int:
    """A whole number from zero. Raises `ArgumentTypeError`."""
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"“{text}”不是数，请写0以上的整数。")
    return int(text)


def seconds(text: str) -> float:
    """So many seconds, or parts of one. Raises `ArgumentTypeError`."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是秒数，请写 0.5、2 这样的数。") from None
