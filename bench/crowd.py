"""Approving 500 cases together, against approving 500 one by one."""

from __future__ import annotations

import uuid

from bench.county import County
from bench.measure import Result, in_turns, statements
from casework.models import Staff, WorkItem
from workflows.bulk import perform_many
from workflows.perform import perform

CASES = 500
ROUNDS = 5
MARK = 0.15
MOST_STATEMENTS = 40 + 3 * CASES // 100
NOTE = "名册与案卷相符"


def run(engine: str, county: County) -> list[Result]:
    """Fresh cases for every round, all committed: nothing is taken back between one round and the next."""
    waiting = iter(_at_the_county(county, CASES * (2 * ROUNDS + 3)))

    def one_by_one() -> None:
        for item in next(waiting):
            perform(item, "approve", by=county.approver, note=NOTE)

    def together() -> None:
        _all_done(next(waiting), "approve", county.approver)

    one_by_one()
    together()
    sent = statements(together)
    base, mine = in_turns([one_by_one, together], rounds=ROUNDS)
    return [
        Result("批准500件 一并/逐件", engine, mine / base, MARK, sent, mine * 1000, base * 1000),
        Result("批准500件 语句/上限", engine, sent / MOST_STATEMENTS, 1.0, sent, sent, MOST_STATEMENTS, ""),
    ]


def _at_the_county(county: County, count: int) -> list[list[int]]:
    """That many cases, verified and reviewed: their work items, by the hundreds that are taken together."""
    cases = [case.pk for case in county.cases(county.people(count, first=600_000))]
    hundreds = [cases[start : start + CASES] for start in range(0, count, CASES)]
    for some in hundreds:
        _all_done(_open_items(some), "pass", county.verifier)
        _all_done(_open_items(some), "pass", county.reviewer)
    return [_open_items(some) for some in hundreds]


def _open_items(cases: list[int]) -> list[int]:
    items = WorkItem.objects.filter(process__in=cases, finished=None).order_by("pk")
    return list(items.values_list("pk", flat=True))


def _all_done(items: list[int], outcome: str, by: Staff) -> None:
    lines = perform_many(items, outcome, by=by, note=NOTE, key=uuid.uuid4())
    refused = [line.refusal for line in lines if line.receipt is None]
    assert not refused, refused[0]
