"""Any text, as a log can hold it.

XML 1.0 has no way at all to write some characters (most control characters, halves of surrogate pairs, U+FFFE and
U+FFFF). Dropping them would make one of two cases or activities; so each is spelled `_xHHHH_`, as ISO/IEC 9075-14 and
the office formats do, and an underscore that would read as the beginning of such a spelling is itself spelled
`_x005F_`: two texts that differ still differ. The other formats spell alike, so that an id is the same in each.
"""

from __future__ import annotations

import re

ILLEGAL = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
LOOKS_SPELLED = "_(?=x(?:[0-9A-Fa-f]{4}|[0-9A-Fa-f]{8})_)"
_TO_SPELL = re.compile(f"[{ILLEGAL}]|{LOOKS_SPELLED}")
# Letters beyond these are names in one edition of XML 1.0 and not in another.
_NOT_IN_A_NAME = re.compile(f"[^A-Za-z0-9_:.\u4e00-\u9fa5-]|^[0-9.-]|{LOOKS_SPELLED}")


def spelled(text: str) -> str:
    """The text with every character that XML 1.0 cannot hold spelled `_xHHHH_`."""
    return _TO_SPELL.sub(_spelling, text)


def as_name(key: str) -> str:
    """A key as an XML name (`xs:Name`), what it may not hold spelled likewise: `(case)_id` is `_x0028_case_x0029__id`.

    Different keys stay different. Raises `ValueError` for the empty key, which nothing can stand for.
    """
    if not key:
        raise ValueError("an attribute needs a key")
    return _NOT_IN_A_NAME.sub(_spelling, key)


def _spelling(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"_x{code:04X}_" if code <= 0xFFFF else f"_x{code:08X}_"
