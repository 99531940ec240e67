"""Whether there is somebody to do a step: the one part of the proof that reads the database."""

from __future__ import annotations

import datetime

from django.db.models import Q
from django.db.models.functions import Substr

from casework.models import Division, Level, Office, Post, WorkItem
from workflows.programme import Programme
from workflows.proof.faults import Code, Fault


def counties_at_work(programme: Programme, *, on: datetime.date) -> list[str]:
    """Counties that have offices, and in them somebody in post or a case of this programme waiting."""
    posts = Post.objects.in_force(on).values_list("office__division_id", flat=True).distinct()
    waiting = WorkItem.objects.filter(programme=programme.slug, finished__isnull=True)
    at_work = {code[: Level.COUNTY] for code in posts}
    at_work |= set(waiting.values_list(Substr("division", 1, int(Level.COUNTY)), flat=True).distinct())
    housed = {code[: Level.COUNTY] for code in _office_codes(on)}
    return sorted(code for code in at_work & housed if len(code) == Level.COUNTY)


def office_faults(programme: Programme, *, on: datetime.date) -> list[Fault]:
    """Steps for which a county at work has no office at that level, in force that day."""
    codes = _office_codes(on)
    # Thousands of villages: each office is looked at once, not once a step.
    levels = {(code[: Level.COUNTY], len(code)) for code in codes}
    faults = []
    for county in counties_at_work(programme, on=on):
        for step in programme.flow.steps():
            is_above = step.level < Level.COUNTY
            if county[: step.level] not in codes if is_above else (county, step.level) not in levels:
                place, level = _name(county), Level(step.level).label
                sentence = f"{place}（{county}）没有“{level}”一级的机构，“{step.task_title}”没有地方办"
                path = (step.task_title,)
                faults.append(Fault(Code.NO_OFFICE, programme.flow.__name__, path, sentence))
    return faults


def _office_codes(on: datetime.date) -> frozenset[str]:
    in_force = Office.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    return frozenset(in_force.values_list("division_id", flat=True))


def _name(code: str) -> str:
    return Division.objects.values_list("name", flat=True).get(pk=code)
