"""One human step through the gateway, against the ORM's own lock-read, update, insert-one-event."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.utils.timezone import now

from bench.county import County
from bench.flows import PlainFlow
from bench.measure import Result, in_turns, statements
from bench.models import FloorEvent
from casework.models import Case, WorkItem
from workflows.perform import perform

STEPS = 60
ROUNDS = 9


def run(engine: str, county: County) -> list[Result]:
    """Ours and plain viewflow's step, each as a multiple of the floor."""
    needed = STEPS * (ROUNDS + 1)
    cases = county.cases(county.people(needed, first=500_000))
    items = iter(WorkItem.objects.filter(process__in=cases, finished=None).order_by("pk").values_list("pk", flat=True))
    plain = iter([PlainFlow.start.run() for _case in range(needed)])
    floor_cases = [case.pk for case in cases[:STEPS]]

    def floor() -> None:
        for pk in floor_cases:
            _floor_step(pk)

    def ours() -> None:
        for _step in range(STEPS):
            perform(next(items), "pass", by=county.verifier, note="入户看过，情况属实")

    def viewflow() -> None:
        for _step in range(STEPS):
            _plain_step(plain, county)

    one = next(items)
    sent = statements(lambda: perform(one, "pass", by=county.verifier, note="入户看过"))
    sent_plain = statements(lambda: _plain_step(plain, county))
    base, mine, theirs = in_turns([floor, ours, viewflow], rounds=ROUNDS - 1)
    scale = 1000 / STEPS
    return [
        Result("一步 perform", engine, mine / base, 4.0, sent, mine * scale, base * scale),
        Result("一步 plain viewflow", engine, theirs / base, None, sent_plain, theirs * scale, base * scale),
    ]


def _floor_step(pk: int) -> None:
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=pk)
        case.flow_version = 1
        case.save(update_fields=["flow_version"])
        FloorEvent._default_manager.create(case_id=pk, at=now(), action="decided", hash="0" * 64)


def _plain_step(processes: Iterator[object], county: County) -> None:
    process = next(processes)
    task = process.task_set.get(finished=None)  # type: ignore[attr-defined]  # viewflow ships no types
    with task.activation() as activation:
        activation.assign(county.verifier)
        activation.start({})
        activation.execute()
