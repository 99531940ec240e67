"""Flow classes of logs that were brought in, found by name.

A case keeps its flow as `module.Class`; these classes are written nowhere, so the module makes them from the log's row
when somebody asks, in whichever process.
"""

from __future__ import annotations

from workflows.archived.programme import programme_of, slug_of_class
from workflows.flow import CaseFlow


def __getattr__(name: str) -> type[CaseFlow]:
    try:
        return programme_of(slug_of_class(name)).flow
    except KeyError as unknown:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from unknown
