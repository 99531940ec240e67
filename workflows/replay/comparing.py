"""Holding what the database has against the file it came from: case by case, event by event, and as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from casework.models import ReplayedLog
from workflows.archived.shape import Activity, Shape
from workflows.archived.titles import UNNAMED, readable
from workflows.replay.looking_back import past_cases
from workflows.replay.opening import opened
from workflows.replay.past import Moment, PastCase, PastEvent
from workflows.replay.reading import LogReader


@dataclass
class Side:
    """One of the two: how much it holds, and its directly-follows graph."""

    shape: Shape
    cases: int = 0
    events: int = 0

    def add(self, case: PastCase | None) -> None:
        if case is not None:
            self.cases += 1
            self.events += len(case.events)
            self.shape.add(case.activities)

    def graph(self) -> dict[tuple[Activity, Activity], int]:
        """How often one activity directly followed another, by their names."""
        known = self.shape.activities
        return {(known[one], known[other]): count for (one, other), count in self.shape.follows.items()}

    def begins_and_ends(self) -> tuple[dict[Activity, int], dict[Activity, int]]:
        known = self.shape.activities
        starts, ends = self.shape.starts.items(), self.shape.ends.items()
        return {known[one]: count for one, count in starts}, {known[one]: count for one, count in ends}


@dataclass(frozen=True)
class Comparison:
    """Both sides, and the first difference in words; empty when there is none."""

    file: Side
    kept: Side
    difference: str


def compare(path: Path, log: ReplayedLog) -> Comparison:
    """Read both from end to end. Raises `UnreadableLog` and `OSError`."""
    file, kept, difference = Side(Shape()), Side(Shape()), ""
    reader = LogReader(zone=ZoneInfo(log.zone), lifecycle=log.lifecycle)
    with opened(path) as source:
        for theirs, ours in zip_longest(reader.cases(source), past_cases(log)):
            file.add(theirs)
            kept.add(ours)
            difference = difference or _between(theirs, ours)
    return Comparison(file, kept, difference or _between_graphs(file, kept))


def _between(theirs: PastCase | None, ours: PastCase | None) -> str:
    if theirs is None or ours is None:
        number = (theirs or ours or PastCase(0, None, [])).number
        where = _("数据库里没有") if ours is None else _("文件里没有")
        return _("第%(number)d件：%(where)s。") % {"number": number, "where": where}
    words = {"number": theirs.number, "line": theirs.line}
    if theirs.name != ours.name:
        return _("第%(number)d件（文件第%(line)d行）：案号不同。") % words
    for place, (one, other) in enumerate(zip_longest(theirs.events, ours.events), start=1):
        if said := _between_events(one, other):
            return _("第%(number)d件（文件第%(line)d行）第%(place)d条：%(said)s。") % {
                **words,
                "place": place,
                "said": said,
            }
    return ""


def _between_events(theirs: PastEvent | None, ours: PastEvent | None) -> str:
    if theirs is None or ours is None:
        return _("数据库里没有") if ours is None else _("文件里没有")
    if theirs.activity != ours.activity:
        words = {"theirs": _said(theirs.activity), "ours": _said(ours.activity)}
        return _("文件里是“%(theirs)s”，数据库里是“%(ours)s”") % words
    if theirs.lifecycle != ours.lifecycle:
        return _("生命周期不同")
    return "" if _instant(theirs.moment) == _instant(ours.moment) else _("时间不同")


def _instant(moment: Moment | None) -> object:
    return None if moment is None else moment.at


def _between_graphs(file: Side, kept: Side) -> str:
    """What no case can differ in, and the whole must not either: counted by itself."""
    if (file.cases, file.events) != (kept.cases, kept.events):
        return _("案件数或事件数不同。")
    if file.graph() != kept.graph() or file.begins_and_ends() != kept.begins_and_ends():
        return _("先后关系不同。")
    return ""


def _said(activity: Activity) -> str:
    return UNNAMED if activity is None else readable(activity.text)
