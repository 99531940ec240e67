"""Terms: the numbers of a programme, dated, each version with its source. Data, never code."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from workflows.limits import Deadline, DeadlineProblem, deadline_from


class TermsProblem(Exception):
    """The terms file is wrong; the text says where."""


@dataclass(frozen=True)
class Terms:
    """One version. `version` is its first day in force, as text: what a case pins."""

    version: str
    in_force_from: datetime.date
    source: str
    signatures: tuple[str, ...]
    deadlines: Mapping[str, Deadline]
    body: Mapping[str, Any]

    def money(self, *path: str) -> Decimal:
        """An amount in yuan at a path of the body."""
        value: Any = self.body
        for name in path:
            value = value[name]
        return Decimal(str(value))


class TermsBook:
    """Every version of a programme's terms, by the date it came into force."""

    def __init__(self, versions: list[Terms]) -> None:
        if not versions:
            raise TermsProblem("a programme needs at least one version of its terms")
        self.versions = tuple(sorted(versions, key=lambda terms: terms.in_force_from))
        self._by_name = {terms.version: terms for terms in self.versions}
        if len(self._by_name) != len(self.versions):
            raise TermsProblem("two versions of the terms come into force on the same day")

    def in_force(self, day: datetime.date) -> Terms | None:
        """The version that governs `day`; None before the first."""
        found = None
        for terms in self.versions:
            if terms.in_force_from <= day:
                found = terms
        return found

    def version(self, name: str) -> Terms:
        return self._by_name[name]


def load(path: Path) -> TermsBook:
    """Read `terms.yaml`. Raises `TermsProblem` naming the version and the key that is wrong."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as problem:
        raise TermsProblem(f"{path.name} is not YAML: {problem}") from problem
    if not isinstance(raw, dict) or not isinstance(raw.get("versions"), list):
        raise TermsProblem(f"{path.name} has no list of `versions`")
    versions = []
    for number, entry in enumerate(raw["versions"], start=1):
        try:
            versions.append(_version(entry, raw.get("common", {})))
        except DeadlineProblem as problem:
            raise TermsProblem(f"{path.name}, version {number}: {problem}") from problem
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise TermsProblem(f"{path.name}, version {number}: {type(problem).__name__} {problem}") from problem
    return TermsBook(versions)


def _version(entry: Mapping[str, Any], common: Mapping[str, Any]) -> Terms:
    body = {**common, **entry}
    since = body.pop("in_force_from")
    if not isinstance(since, datetime.date):
        raise TypeError("in_force_from is not a date")
    deadlines = {step: deadline_from(step, given) for step, given in body.pop("deadlines").items()}
    return Terms(
        version=since.isoformat(),
        in_force_from=since,
        source=str(body.pop("source")),
        signatures=tuple(body.pop("signatures")),
        deadlines=deadlines,
        body=body,
    )
