"""What an examination is, and what it finds."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.timezone import localdate

from casework.access import within
from casework.models import Level


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look, and by which day. `place` is a division's code; empty means everywhere.

    `job_kinds` are the kinds of job this release can do. `every_file` opens every file instead of a sample that moves
    on from day to day.
    """

    at: datetime.datetime
    job_kinds: frozenset[str]
    place: str = ""
    every_file: bool = False

    @property
    def day(self) -> datetime.date:
        return localdate(self.at)

    def inside(self, column: str = "division_id") -> Q:
        """Rows of the place, by the column that holds a division's code."""
        return within((self.place,), column) if self.place else Q()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault: its code, what it is, and who must do what about it."""

    code: str
    title: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault, found. `subject` names what has it (a case, a batch, a job); `key` is what its repair needs to know.
    `county` is empty for what concerns the installation as a whole. `remedy` is given where it is not the kind's own.
    """

    kind: Kind
    subject: str
    county: str
    sentence: str
    key: Any = None
    remedy: str = ""

    @property
    def what_to_do(self) -> str:
        return self.remedy or self.kind.remedy


@dataclass(frozen=True, slots=True)
class Examination:
    """One thing that is looked at. `find` only reads. `mend` puts a finding right through the verbs everybody uses, in
    a transaction of its own, and says what it did; it says nothing when it cannot, or when there is nothing to do.

    `of_installation`: there is nothing of it in a county by itself.
    """

    name: str
    title: str
    find: Callable[[Scope], Iterator[Finding]]
    mend: Callable[[Finding], str] | None = None
    of_installation: bool = False


def county_of(division: str) -> str:
    """The county a division lies in."""
    return division[: Level.COUNTY]
