"""What a code says with which a line of a sheet is sent back: its sentence, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class LineCode:
    """A code with its sentence and its remedy, for whoever handed the sheet in."""

    code: str
    sentence: str
    remedy: str


Own = Mapping[str, LineCode]
"""What a programme says of codes itself (`Programme.codes`): lines of its own, or other words for the house's."""

NONE: Own = MappingProxyType({})
