"""Findings counted: all of them, and the first few kept to be shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from workflows.doctor.finding import Finding, Kind


@dataclass
class Tally:
    """What was found of one kind."""

    kind: Kind
    total: int = 0
    shown: list[Finding] = field(default_factory=list)


def by_kind(findings: Iterator[Finding], *, most: int) -> list[Tally]:
    """By kind, in the order they were first found; at most so many of each are kept."""
    found: dict[str, Tally] = {}
    for finding in findings:
        tally = found.setdefault(finding.kind.code, Tally(finding.kind))
        tally.total += 1
        if len(tally.shown) < most:
            tally.shown.append(finding)
    return list(found.values())
