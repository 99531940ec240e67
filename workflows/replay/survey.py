"""Reading a log from end to end before anything is brought in: what is in it, and that it can be read at all."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from workflows.archived.shape import Shape
from workflows.archived.titles import readable
from workflows.replay.opening import opened
from workflows.replay.past import PastCase
from workflows.replay.problems import UnreadableLog
from workflows.replay.reading import LogReader


@dataclass
class Survey:
    """What a log holds. `nameless`, `untimed` and `unzoned` count events, `unnamed` cases.

    Left out: `other_lifecycles` and `outside_cases` count events, `left_keys` are names of attributes.
    """

    shape: Shape = field(default_factory=Shape)
    digest: str = ""
    name: str = ""
    cases: int = 0
    events: int = 0
    unnamed: int = 0
    nameless: int = 0
    untimed: int = 0
    unzoned: int = 0
    earliest: datetime.datetime | None = None
    latest: datetime.datetime | None = None
    other_lifecycles: int = 0
    outside_cases: int = 0
    left_keys: tuple[str, ...] = ()

    def add(self, case: PastCase) -> None:
        self.cases += 1
        self.events += len(case.events)
        self.unnamed += case.name is None
        self.shape.add(case.activities)
        for event in case.events:
            self.nameless += event.activity is None
            if event.lifecycle is not None:
                self.shape.meet_lifecycle(event.lifecycle)
            if event.moment is None:
                self.untimed += 1
                continue
            at = event.moment.at
            self.unzoned += event.moment.zone is None
            self.earliest = at if self.earliest is None or at < self.earliest else self.earliest
            self.latest = at if self.latest is None or at > self.latest else self.latest


def survey_of(path: Path, *, zone: ZoneInfo, lifecycle: str = "") -> Survey:
    """Read all of it, in constant memory but for its shape. Raises `UnreadableLog` and `OSError`."""
    reader, found = LogReader(zone=zone, lifecycle=lifecycle), Survey()
    with opened(path) as file:
        for case in reader.cases(file):
            found.add(case)
    if not found.cases:
        raise UnreadableLog(_("日志里一件案件也没有，没有什么可补录的。"))
    if lifecycle and not found.events and reader.other_lifecycles:
        # A log comes in once: a misprint would be for good.
        there = "、".join(sorted(map(readable, reader.lifecycles)))
        sentence = _("没有一条事件是“%(asked)s”，日志里有的是：%(there)s。请改 --lifecycle，或不写它。")
        raise UnreadableLog(sentence % {"asked": readable(lifecycle), "there": there})
    found.digest = reader.digest
    # A file's name can hold bytes that are no text.
    found.name = reader.name.strip() or path.name.encode(errors="replace").decode()
    found.other_lifecycles = reader.other_lifecycles
    found.outside_cases = reader.outside_cases
    found.left_keys = tuple(sorted(reader.left_keys))
    return found
