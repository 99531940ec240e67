"""Which papers the terms want of an application, and which of them the file lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.models import Case, Evidence
from workflows.terms import Terms


def wanted_papers(facts: Mapping[str, Any], terms: Terms) -> list[Mapping[str, Any]]:
    """The papers that apply: those with a `when` only where the application says so."""
    return [
        paper
        for paper in terms.body.get("papers", ())
        if all(facts.get(name) == value for name, value in paper.get("when", {}).items())
    ]


def name_of(paper: Mapping[str, Any]) -> str:
    return str(Evidence.Kind(paper["kind"]).label) if "kind" in paper else str(paper["words"])


def wanting(case: Case, terms: Terms) -> list[str]:
    """Names of the papers that are not in the file.

    A paper without a kind of its own lies among 其他材料: as many of those must be there as are wanted.
    """
    missing, others = [], len(case.papers.get(Evidence.Kind.OTHER, ()))
    for paper in wanted_papers(case.facts, terms):
        if "kind" in paper:
            here = bool(case.papers.get(paper["kind"]))
        else:
            others -= 1
            here = others >= 0
        if not here:
            missing.append(name_of(paper))
    return missing
