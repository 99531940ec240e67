"""How a log line is written: where something broke and of what kind, never the words of the error.

A database tells of a row it refuses by showing the row; a name that cannot be read stands in the error that says so.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType

Told = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class LineFormatter(logging.Formatter):
    """A line, and for an exception its frames and its kind, with those it came from."""

    def formatException(self, ei: Told) -> str:  # logging's own name
        return "\n".join(_told(ei[1])) if ei[1] is not None else ""


def _told(problem: BaseException) -> Iterator[str]:
    """The first cause first, as Python tells it."""
    chain: list[BaseException] = []
    cause: BaseException | None = problem
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    for one in reversed(chain):
        yield "".join(traceback.format_tb(one.__traceback__)) + type(one).__qualname__
