"""What was proved is not proved again: the same flow, terms, law and prover give the same answer.

Every process asks for the proof when it starts, and with a dozen programmes it takes seconds. So a proof that held is
kept, as an empty file named by the digest of everything it depends on. Whatever changes gives another name; deleting
the folder costs one proof more. Only a proof without a single fault or warning is kept.
"""

from __future__ import annotations

import contextlib
import functools
import json
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

from casework.models import cases
from workflows.flow import Begin, CaseFlow, Ending, Step
from workflows.graph import nodes_of
from workflows.outcomes import Outcome
from workflows.programme import Programme

HERE = Path(__file__).parent
LAW = Path(cases.__file__).parent
DECIDES = (
    *(HERE.parent / name for name in ("flow.py", "graph.py", "law.py", "limits.py", "outcomes.py")),
    *(LAW / name for name in ("beside_the_road.py", "cases.py", "law.py", "record.py", "roles.py", "stages.py")),
)
"""The code a proof depends on besides the prover's own."""


def fingerprint(programme: Programme) -> str:
    """Sha-256 over all a proof of the programme looks at."""
    body = [
        _code(),
        [_flow_in_full(flow) for flow in programme.flows],
        [
            [terms.version, terms.signatures, terms.notices, sorted(terms.deadlines.items())]
            for terms in programme.terms.versions
        ],
        [[key, reason.code, reason.sentence, sorted(reason.outcomes)] for key, reason in programme.reasons.items()],
    ]
    return sha256(json.dumps(body, ensure_ascii=False, default=str).encode()).hexdigest()


def holds(mark: str) -> bool:
    """Whether what has this fingerprint was proved before."""
    return (_folder() / mark).exists()


def keep(mark: str) -> None:
    """It holds. Where nothing can be written, it is proved again the next time."""
    with contextlib.suppress(OSError):
        _folder().mkdir(mode=0o700, exist_ok=True)
        (_folder() / mark).touch(mode=0o600)


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "proofs"


@functools.cache
def _code() -> str:
    files = sorted({*HERE.glob("*.py"), *DECIDES})
    return sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _flow_in_full(flow: type[CaseFlow]) -> list[Any]:
    return [flow.programme, flow.version, [_node_in_full(node) for node in nodes_of(flow)]]


def _node_in_full(node: Any) -> list[Any]:
    said = [type(node).__name__, node.name]
    if isinstance(node, Step):
        outcomes = [_outcome_in_full(one) for one in node.outcomes.values()]
        return [*said, node.task_title, node.role, int(node.level), node.capacity, outcomes]
    if isinstance(node, Ending):
        return [*said, node.task_title, node.moves, node.lands_in, [one.name for one in node.reopens]]
    if isinstance(node, Begin):
        return [*said, node.moves, node.told, [first.name for first in node.firsts]]
    return said


def _outcome_in_full(outcome: Outcome) -> list[Any]:
    return [[one.name, _plain(getattr(outcome, one.name))] for one in fields(outcome)]


def _plain(value: Any) -> Any:
    """A place by its name, a function by its name, the rest as it says itself."""
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if callable(value) and hasattr(value, "__name__"):
        return value.__name__
    return getattr(value, "name", None) or str(value)
