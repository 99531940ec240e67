"""Several machines sweep at the same moment, and people are at work meanwhile, on real connections."""

from __future__ import annotations

import datetime
from collections import Counter

import pytest
from django.db import transaction
from django.utils.timezone import now

from casework.models import Case, Event, Role, Staff, SupervisionOrder, WorkItem
from notifications.models import Message
from tests.at_once import at_once, one_in_the_middle_of_the_other
from tests.workflows import invariants
from tests.workflows.late import begun, head_of, overdue
from tests.world import TOWNSHIP, World, photographed
from workflows import reckoning, trail
from workflows import sweep as sweeping
from workflows.extension import extend
from workflows.perform import Receipt, perform
from workflows.reckoning import recompute_deadlines
from workflows.refusals import Refusal
from workflows.sweep import Swept, sweep

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def hurried(world: World) -> WorkItem:
    """A step of which it is time to warn, and not yet to escalate."""
    item = begun(world.case("township"), f"{now() - datetime.timedelta(days=30):%Y-%m-%dT09:00}")
    WorkItem.objects.filter(pk=item.pk).update(clock_from=None, due_at=now() + datetime.timedelta(days=2))
    return item


def once(items: list[WorkItem], action: str) -> bool:
    found = Counter(Event.objects.filter(action=action).values_list("case", flat=True))
    return found == Counter(item.process_id for item in items)


def test_four_sweeps_at_once_warn_and_escalate_each_item_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "AT_A_TIME", 3)
    late, soon = [overdue(world) for _ in range(8)], [hurried(world) for _ in range(8)]

    results = at_once(*[lambda: sweep()] * 4)
    assert all(isinstance(result, Swept) for result in results), results
    total = sum((result for result in results if isinstance(result, Swept)), Swept())
    total += sweep()

    assert (total.warned, total.escalated) == (8, 8)
    assert once(late, "escalated") and once(soon, "deadline_warned")
    assert SupervisionOrder.objects.count() == 8
    assert SupervisionOrder.objects.values("number").distinct().count() == 8
    assert Counter(Message.objects.values_list("template", flat=True)) == {
        "deadline.warned": 8,
        "deadline.escalated": 8,
        "deadline.supervised": 8,
    }
    assert list(trail.breaks()) == []


def test_one_sweep_in_the_middle_of_another_waits_for_nothing_and_finds_nothing(world: World) -> None:
    item = overdue(world)

    first, second = one_in_the_middle_of_the_other(sweep, sweep)

    assert (first, second) == (Swept(1, escalated=1), Swept())
    assert once([item], "escalated")


def test_a_step_is_done_while_the_sweep_is_at_it(world: World) -> None:
    item, reviewer = overdue(world), world.by(Role.TOWNSHIP_REVIEWER)

    first, second = one_in_the_middle_of_the_other(sweep, lambda: perform(item.pk, "pass", by=reviewer))

    assert first == Swept(1, escalated=1)
    assert isinstance(second, Receipt), second
    assert list(trail.breaks()) == []
    assert invariants.broken() == []


def test_the_sweep_passes_by_a_step_somebody_is_doing(world: World) -> None:
    item, reviewer = overdue(world), world.by(Role.TOWNSHIP_REVIEWER)

    first, second = one_in_the_middle_of_the_other(lambda: perform(item.pk, "pass", by=reviewer), sweep)

    assert isinstance(first, Receipt), first
    assert second == Swept()
    assert not SupervisionOrder.objects.exists()


def test_cases_are_decided_while_sweeps_run_and_nobody_is_in_anybodys_way(world: World) -> None:
    verifier = world.by(Role.VILLAGE_VERIFIER)
    items = [overdue(world, "village") for _ in range(10)]
    for case in Case.objects.all():
        photographed(case)

    def decide() -> list[object]:
        return [perform(item.pk, "pass", by=verifier, note="看过") for item in items]

    results = at_once(decide, sweep, sweep, sweep)

    assert not [result for result in results if isinstance(result, Exception)], results
    done = WorkItem.objects.filter(pk__in=[item.pk for item in items], finished__isnull=False)
    assert done.count() == 10
    escalated = done.filter(escalated_at__isnull=False)
    assert set(escalated) == {order.work_item for order in SupervisionOrder.objects.all()}
    assert list(trail.breaks()) == []
    assert invariants.broken() == []


def test_two_heads_extend_one_deadline_and_one_is_told(world: World) -> None:
    item = begun(world.case("township"), f"{now():%Y-%m-%dT%H:%M}")
    heads: list[Staff] = [head_of(TOWNSHIP) for _ in range(2)]

    results = at_once(*[lambda by=by: extend(item.pk, 3, by=by, reason="病历要到外省调取") for by in heads])

    assert sum(isinstance(result, Refusal) for result in results) == 1, results
    assert WorkItem.objects.get(pk=item.pk).extra_days == 3
    assert Event.objects.filter(action="deadline_extended").count() == 1


def test_the_calendar_moves_what_nobody_is_at_and_the_rest_a_little_later(world: World) -> None:
    held, free = overdue(world), overdue(world)
    for item in (held, free):
        WorkItem.objects.filter(pk=item.pk).update(due_at=now() + datetime.timedelta(days=300))
    since = (now() - datetime.timedelta(days=100)).date().isoformat()

    def recomputed() -> None:
        with transaction.atomic():
            recompute_deadlines("run", {"run": "run", "since": since, "after": 0})

    def held_fast() -> WorkItem:
        return WorkItem.objects.select_for_update().get(pk=held.pk)

    _item, done = one_in_the_middle_of_the_other(held_fast, recomputed)

    assert done is None
    assert WorkItem.objects.get(pk=free.pk).due_at < now()
    assert WorkItem.objects.get(pk=held.pk).due_at > now()
    payload = {"run": "run", "cases": [held.process_id], "turn": 1}
    assert payload in [row.payload for row in reckoning.Outbox.objects.filter(kind=reckoning.KIND)]
