"""What a programme's own pages add to the page of a case, as `programme_pages` gathers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Section:
    """A section of the page, between the papers and the deadline. Its `template` finds `context` as `own`."""

    anchor: str
    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class More:
    """What a programme adds: sections, and (address, words) of what else can be done."""

    sections: Sequence[Section] = ()
    links: Sequence[tuple[str, str]] = ()
