"""The papers an application of terms wants in its file, brought by whoever's turn it is: drawn, and of nobody."""

from __future__ import annotations

import datetime

from django.utils.timezone import localtime, now

from casework.demo.photographs import sheet_of_paper
from casework.models import Case, Evidence, Staff
from workflows import registry
from workflows.papers.evidence import attach
from workflows.standard.papers import wanted_papers


def bring_papers(case: Case, *, by: Staff, at: datetime.datetime | None = None) -> None:
    """Put what is wanted and not there into the file; nothing where the programme wants no papers of its terms."""
    terms = registry.programme(case.programme).terms.version(case.terms_version)
    others = len(case.papers.get(Evidence.Kind.OTHER, ()))
    for number, paper in enumerate(wanted_papers(case.facts, terms)):
        kind = paper.get("kind", str(Evidence.Kind.OTHER))
        if kind == Evidence.Kind.OTHER:
            others -= 1
        if others >= 0 if kind == Evidence.Kind.OTHER else case.papers.get(kind):
            continue
        taken_at = localtime(at or now())
        caption = f"DEMO  {case.number}-{number + 1}"
        data = sheet_of_paper(f"{case.number} {number}", taken_at=taken_at, caption=caption)
        attach(case.number, kind, data, by=by, at=at)
