"""Flow classes of standard programmes, found by name.

A case keeps its flow as `module.Class`; these classes are written nowhere, so the module makes them when somebody asks,
in whichever process, by building the programmes.
"""

from __future__ import annotations

from workflows import registry
from workflows.flow import CaseFlow
from workflows.standard.programme import built_flow


def __getattr__(name: str) -> type[CaseFlow]:
    if name.startswith("__"):
        raise AttributeError(name)
    flow = built_flow(name)
    if flow is None:
        registry.programmes()
        flow = built_flow(name)
    if flow is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return flow
