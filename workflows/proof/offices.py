"""Whether there is somebody to do a step: the one part of the proof that reads the database."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db.models import Q
from django.db.models.functions import Substr

from casework.access import within
from casework.models import Division, Level, Office, Post, WorkItem
from workflows.graph import turn
from workflows.programme import Programme
from workflows.proof.faults import Code, Fault


def counties_at_work(programme: Programme, *, on: datetime.date, place: str = "") -> list[str]:
    """Counties (of a place, or the one it lies in) that have offices, and in them somebody in post or a case of this
    programme waiting."""
    own = place[: Level.COUNTY]
    posts = Post.objects.in_force(on).filter(_inside(own, "office__division_id"))
    waiting = WorkItem.objects.filter(_inside(own, "division"), programme=programme.slug, finished__isnull=True)
    at_work = {code[: Level.COUNTY] for code in posts.values_list("office__division_id", flat=True).distinct()}
    at_work |= set(waiting.values_list(Substr("division", 1, int(Level.COUNTY)), flat=True).distinct())
    housed = {code[: Level.COUNTY] for code in _office_codes(on, own)}
    return sorted(code for code in at_work & housed if len(code) == Level.COUNTY)


def office_faults(programme: Programme, *, on: datetime.date) -> list[Fault]:
    """Steps for which a county at work has no office at that level, in force that day; and outcomes said by another
    office than the step's own, of a level that has none."""
    codes = _office_codes(on)
    # Thousands of villages: each office is looked at once, not once a step.
    levels = {(code[: Level.COUNTY], len(code)) for code in codes}
    wanted = list(_levels_wanted(programme))
    faults = []
    for county in counties_at_work(programme, on=on):
        for level, words in wanted:
            is_above = level < Level.COUNTY
            if county[:level] not in codes if is_above else (county, level) not in levels:
                place, label = _name(county), Level(level).label
                sentence = f"{place}（{county}）没有“{label}”一级的机构，“{words}”没有地方办"
                faults.append(Fault(Code.NO_OFFICE, programme.flow.__name__, (words,), sentence))
    return faults


def _levels_wanted(programme: Programme) -> Iterator[tuple[int, str]]:
    """Every step with its level; then the first outcome of each level at which no step is."""
    steps = programme.flow.steps()
    known = {int(step.level) for step in steps}
    yield from ((int(step.level), str(step.task_title)) for step in steps)
    for step in steps:
        for outcome in step.outcomes.values():
            level = int(step.hand_of(outcome).level)
            if level not in known:
                known.add(level)
                yield level, turn(step, outcome)


def _inside(place: str, column: str) -> Q:
    return within((place,), column) if place else Q()


def _office_codes(on: datetime.date, place: str = "") -> frozenset[str]:
    inside = _inside(place, "division_id")
    in_force = Office.objects.filter(inside, Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    return frozenset(in_force.values_list("division_id", flat=True))


def _name(code: str) -> str:
    return Division.objects.values_list("name", flat=True).get(pk=code)
