"""A whole programme from a page of terms."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casework.models import Case
from casework.models.fields import SealedText
from casework.sheets.values import Cell
from workflows.flow import CaseFlow
from workflows.programme import Programme
from workflows.standard.applications import StandardApplications
from workflows.standard.assessment import Assessor
from workflows.standard.docket import StandardDocket
from workflows.standard.facts import columns_of, fact_fields, readers_of
from workflows.standard.keys import NAME
from workflows.standard.newly_written import check_newly_written
from workflows.standard.policy import policy_of
from workflows.standard.rejudging import StandardRejudging
from workflows.standard.road import class_name_of, flow_of, road_of
from workflows.standard.schema import shape_of
from workflows.standard.words import codes_of, describer, reasons_of
from workflows.terms import TermsBook, TermsProblem, book_of, parsed, written

TERMS = "terms.yaml"

_flows: dict[str, type[CaseFlow]] = {}
"""Flow classes by name. One that was made is kept: cases, work items and viewflow's own caches hold it."""


def programme_in(folder: Path) -> Programme:
    """The programme of a folder that holds a `terms.yaml`. Raises `TermsProblem`."""
    path, name = folder / TERMS, f"{folder.name}/{TERMS}"
    if not NAME.fullmatch(folder.name):
        raise TermsProblem(f"文件夹“{folder.name}”要用小写英文字母、数字和下划线起名，以字母开头，最多40个")
    found = programme_from(folder.name, written(path), name=name)
    check_newly_written(found, name=name)
    return found


def programme_from(slug: str, text: str, *, name: str, on_trial: bool = False) -> Programme:
    """The programme a page of terms describes; `name` is what the page is called when something is wrong with it.

    `on_trial`: it is looked at and proved, and no case will be in its flows: those of the page in force are left alone.
    """
    raw = parsed(text, name)
    try:
        book = book_of(raw, shape_of(slug))
    except TermsProblem as problem:
        raise TermsProblem(f"{name}：{problem}") from problem
    return build(slug, raw, book, {} if on_trial else _flows)


def built_flow(name: str) -> type[CaseFlow] | None:
    """The flow class of that name, if its programme was built in this process."""
    return _flows.get(name)


def build(slug: str, head: Mapping[str, Any], book: TermsBook, made: dict[str, type[CaseFlow]]) -> Programme:
    """The same from terms that were read and checked; flow classes that are `made` already are used again."""
    unit = head["applicant"] != "person"
    fields = fact_fields(book, unit=unit)
    labels = {field.name: field.label for field in fields}
    assessor = Assessor(slug, book, labels, {field.name: field.choices for field in fields}, unit)
    columns = columns_of(book, unit=unit, pays=assessor.pays)
    by_terms = _flows_of(slug, head["title"], book, made)
    flows = list(dict.fromkeys(by_terms.values()))
    newest = by_terms[book.versions[-1].version]
    outcomes = frozenset(name for flow in flows for step in flow.steps() for name in step.outcomes)
    return Programme(
        slug=slug,
        title=head["title"],
        number_prefix=head["number_prefix"],
        bank_memo=head["bank_memo"],
        flow=newest,
        earlier=tuple(flow for flow in flows if flow is not newest),
        flow_of_terms=by_terms,
        terms=book,
        reasons=reasons_of(book, outcomes),
        facts=fields,
        describe=describer(fields),
        assess=assessor.assess_case,
        applications=StandardApplications(
            book, columns, readers_of(book, columns), functools.partial(StandardDocket, assessor)
        ),
        pays_by=Case.PaysBy.CARD if assessor.pays else Case.PaysBy.NOTHING,
        codes=codes_of(book, unit=unit),
        policy=policy_of(labels, assessor.words, unit=head["applicant"] == "unit"),
        rejudging=StandardRejudging(slug, assessor),
        holds=assessor.holds,
        payee=assessor.payee,
        carries=head["applicant"] == "unit",
        written=functools.partial(_cells_besides, assessor),
    )


def _flows_of(slug: str, title: str, book: TermsBook, made: dict[str, type[CaseFlow]]) -> dict[str, type[CaseFlow]]:
    """Version -> flow. Versions of one road share one; a road is numbered when the first version has it."""
    found: dict[str, type[CaseFlow]] = {}
    numbers: dict[str, int] = {}
    for terms in book.versions:
        road = road_of(terms.body["steps"])
        name = class_name_of(slug, road)
        number = numbers.setdefault(name, len(numbers) + 1)
        flow = made.get(name)
        if flow is None:
            flow = made[name] = flow_of(road, programme=slug, title=title, terms=book, version=number)
        # Terms that were read again may have more versions; those a case has pinned are among them still.
        flow.terms = book
        found[terms.version] = flow
    return found


def _cells_besides(assessor: Assessor, case: Case) -> dict[str, Cell]:
    """What an application would say besides its facts: the village, and the deceased's number."""
    cells: dict[str, Cell] = {"village": case.division_id}
    if assessor.heirs and (deceased := assessor.subject_of(case)) is not None:
        sealed: object = deceased.identity_number
        cells["deceased_identity"] = sealed.reveal() if isinstance(sealed, SealedText) else str(sealed)
    return cells
