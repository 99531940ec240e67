"""How one person stands before many cases: the statement of `workflows.standing`, asked once for all of them."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection
from django.utils.timezone import localdate

from casework.models import Role, Staff, WorkItem
from workflows.refusals import NotYourPost
from workflows.standing import STANDING, Standing, office_word, standing_of

A_STATEMENT = 1000

# The one statement with a list beside it: what is a value there is a column of the list here, but for who and when.
OF_EACH = {"applicant": "asked.applicant", "case": "asked.case_id", "role": "asked.role", "office": "asked.office"}
FOR_ALL = [name for name in re.findall(r"%\((\w+)\)s", STANDING) if name not in OF_EACH]
ASKED_OF_MANY = (
    re.sub(r"%\((\w+)\)s", lambda found: OF_EACH.get(found[1], "%s"), STANDING)
    .replace("SELECT post.id", "SELECT asked.place, post.id", 1)
    .replace("FROM casework_post post", "FROM asked CROSS JOIN casework_post post", 1)
    .replace("ORDER BY ", "ORDER BY asked.place, ", 1)
)


@dataclass(frozen=True, slots=True)
class Asked:
    """In which role, of which office, somebody would act on an item. Its case is read with it."""

    item: WorkItem
    role: str
    office: str


def standings(by: Staff, asked: Sequence[Asked], *, on: datetime.date | None = None) -> list[Standing | NotYourPost]:
    """For each what `standing` gives, or the `NotYourPost` it raises, in the same order.

    One statement for a thousand; and one for each office whose name a refusal has to tell.
    """
    found: list[Standing | None] = []
    for start in range(0, len(asked), A_STATEMENT):
        found += _read(by, asked[start : start + A_STATEMENT], (on or localdate()).isoformat())
    word = functools.cache(office_word)
    return [
        NotYourPost(str(Role(one.role).label), word(one.office)) if seen is None else seen
        for one, seen in zip(asked, found, strict=True)
    ]


def _read(by: Staff, asked: Sequence[Asked], day: str) -> list[Standing | None]:
    values: list[Any] = []
    for place, one in enumerate(asked):
        values += (place, one.item.process.applicant_id, one.item.process_id, one.role, one.office)
    for_all: dict[str, Any] = {"staff": by.pk, "day": day}
    with connection.cursor() as cursor:
        cursor.execute(_statement(len(asked)), values + [for_all[name] for name in FOR_ALL])
        rows = cursor.fetchall()
    found: list[Standing | None] = [None] * len(asked)
    for place, its in groupby(rows, key=itemgetter(0)):
        found[place] = standing_of(by, asked[place].role, [row[1:] for row in its])
    return found


@functools.lru_cache(maxsize=64)
def _statement(count: int) -> str:
    rows = ", ".join(["(%s, %s, %s, %s, %s)"] * count)
    return f"WITH asked (place, applicant, case_id, role, office) AS (VALUES {rows}) {ASKED_OF_MANY}"
