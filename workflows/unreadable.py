"""A programme that cannot be read as it is written: the mistake, in one sentence, and what comes of it.

Nothing here needs Django to be ready: whoever starts it must be able to say what went wrong.
"""

from __future__ import annotations

from dataclasses import dataclass


class Unreadable(Exception):
    """A programme cannot be read; the text is one sentence: which programme, where in it, what would be right."""


@dataclass(frozen=True)
class LeftOut:
    """A programme that is not among those there are, because it cannot be read. `why` is one sentence."""

    slug: str
    why: str
