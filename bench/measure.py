"""Timing in turns: baseline, ours, baseline, ours, and medians of each."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from unittest.mock import patch

import psycopg
from django.db import connection
from django.test.utils import CaptureQueriesContext


@dataclass(frozen=True)
class Result:
    """One line of the table: a ratio within one run, its mark, and the statements where they are counted."""

    name: str
    engine: str
    ratio: float
    mark: float | None
    statements: int | None = None
    ours: float = 0.0
    baseline: float = 0.0
    unit: str = "ms"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def seconds(function: Callable[[], object]) -> float:
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def in_turns(functions: Sequence[Callable[[], object]], *, rounds: int = 7) -> list[float]:
    """The median seconds of each, run one after another `rounds` times, so that a slow minute hits all alike."""
    times: list[list[float]] = [[] for _function in functions]
    for _round in range(rounds):
        for function, taken in zip(functions, times, strict=True):
            taken.append(seconds(function))
    return [statistics.median(taken) for taken in times]


def statements(function: Callable[[], object]) -> int:
    """How many statements it sends, BEGIN, COMMIT and COPY included on every engine.

    PostgreSQL's driver sends BEGIN unseen with a transaction's first statement; it is counted here as one. A COPY goes
    past Django, which counts none.
    """
    copies: list[object] = []
    copy = psycopg.Cursor.copy

    def counted(cursor: Any, *given: Any, **more: Any) -> Any:
        copies.append(cursor)
        return copy(cursor, *given, **more)

    with CaptureQueriesContext(connection) as captured, patch.object(psycopg.Cursor, "copy", counted):
        function()
    sent = [query["sql"].lstrip().upper() for query in captured.captured_queries]
    begun = any(sql.startswith("BEGIN") for sql in sent)
    committed = any(sql.startswith("COMMIT") for sql in sent)
    return len(sent) + len(copies) + (1 if committed and not begun else 0)
