"""Crowds at the same moment as others, on real connections: each case is decided once, and nobody waits in a circle."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import pytest
from django.db import connection, transaction

from casework.models import Case, Decision, Entitlement, Event, Person, Role, Staff
from notifications.models import Outbox
from tests.at_once import LONGEST, at_once, one_in_the_middle_of_the_other
from tests.factories import PersonFactory, StaffFactory
from tests.workflows import invariants
from tests.world import COUNTY, TOWNSHIP, World, open_item
from workflows.bulk import Line, perform_many
from workflows.perform import Receipt, perform
from workflows.refusals import AlreadyDone

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

STAYS = (("2026-08-05", "2026-09-20"), ("2026-09-20", "2026-11-01"))
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@pytest.fixture(autouse=True)
def _nothing_is_undone(world: World, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A deadlock would be mended by taking each alone; here there is none to mend, and the house stands."""
    yield
    assert "undone" not in caplog.text
    assert invariants.broken() == []


def waiting(world: World, at: str, count: int) -> list[int]:
    return [open_item(world.case(at)).pk for _number in range(count)]


def crowd_of(item_ids: Sequence[int], outcome: str, by: Staff, **said: object) -> Callable[[], list[Line]]:
    key = uuid.uuid4()
    return lambda: perform_many(item_ids, outcome, by=by, key=key, **said)  # type: ignore[arg-type]  # said by keyword


def told(lines: object) -> Counter[str]:
    """done, or too late."""
    assert isinstance(lines, list), lines
    return Counter(
        "done" if line.receipt else "late" if "没有重复办理" in line.refusal else line.refusal for line in lines
    )


def both_holders(world: World, role: str, office: str) -> tuple[Staff, Staff]:
    return world.by(role), StaffFactory(post=(role, office))


def test_two_crowds_over_the_same_cases_in_opposite_order_decide_each_once(world: World) -> None:
    items = waiting(world, "township", 12)
    one, other = both_holders(world, Role.TOWNSHIP_REVIEWER, TOWNSHIP)
    results = at_once(
        crowd_of(items[:9], "pass", one),
        crowd_of(list(reversed(items[3:])), "refuse", other, reasons=["late"]),
    )
    counts = [told(lines) for lines in results]
    assert [sum(count.values()) for count in counts] == [9, 9]
    assert counts[0] + counts[1] == {"done": 12, "late": 6}
    assert Counter(Decision.objects.filter(step="township").values_list("work_item", flat=True)) == Counter(items)
    assert [line.item_id for line in results[1]] == list(reversed(items[3:]))  # type: ignore[attr-defined]  # lines


@pytest.mark.parametrize("outcome", ["pass", "refuse"])
def test_four_crowds_over_the_same_cases_and_each_is_told(world: World, outcome: str) -> None:
    items = waiting(world, "township", 8)
    staff = [StaffFactory(post=(Role.TOWNSHIP_REVIEWER, TOWNSHIP)) for _ in range(4)]
    orders = (items, list(reversed(items)), items[4:] + items[:4], items[::2] + items[1::2])
    results = at_once(
        *[crowd_of(order, outcome, by, reasons=["late"]) for order, by in zip(orders, staff, strict=True)]
    )
    assert sum((told(lines) for lines in results), Counter()) == {"done": 8, "late": 24}
    assert Decision.objects.filter(step="township").count() == 8
    assert Outbox.objects.values("key").distinct().count() == Outbox.objects.count()


def test_one_form_sent_twice_at_once_is_done_once_and_answered_twice(world: World) -> None:
    items, approver = waiting(world, "county", 5), world.by(Role.COUNTY_APPROVER)
    form = crowd_of(items, "approve", approver)
    results = at_once(form, form)
    lines = [line for result in results for line in result]  # type: ignore[attr-defined]  # lines
    assert all(line.receipt for line in lines), [line.refusal for line in lines]
    assert sorted(line.receipt.repeated for line in lines) == [False] * 5 + [True] * 5
    assert Decision.objects.filter(step="county").count() == 5


def test_a_case_somebody_has_in_hand_holds_up_no_other(world: World) -> None:
    """The others are done while the one is still being refused; of that one the crowd is told who was first."""
    items = waiting(world, "county", 4)
    one, other = both_holders(world, Role.COUNTY_APPROVER, COUNTY)
    refused, lines = one_in_the_middle_of_the_other(
        lambda: perform(items[1], "refuse", by=one, reasons=["late"]),
        crowd_of(items, "approve", other),
    )
    assert isinstance(refused, Receipt)
    assert isinstance(lines, list)
    assert [bool(line.receipt) for line in lines] == [True, False, True, True]
    assert one.name in lines[1].refusal
    assert list(Case.objects.order_by("pk").values_list("stage", flat=True)) == [
        "approved", "rejected", "approved", "approved"
    ]  # fmt: skip


def one_is_held_until_the_others_are(stage: str, held: Case, decide: Callable[[], list[Line]]) -> list[Line]:
    """The crowd's answer, when all its others could be seen decided by somebody who held the one all the while."""
    has_it, is_over = threading.Event(), threading.Event()

    def holds() -> bool:
        with transaction.atomic():
            Case.objects.select_for_update().get(pk=held.pk)
            has_it.set()
            return any(_are_two(stage) or is_over.wait(0.05) for _try in range(LONGEST * 5)) and _are_two(stage)

    def meanwhile() -> list[Line]:
        try:
            has_it.wait(LONGEST)
            return decide()
        finally:
            is_over.set()

    waited, lines = at_once(holds, meanwhile)
    assert waited is True, waited
    assert isinstance(lines, list), lines
    return lines


def _are_two(stage: str) -> bool:
    return Case.objects.filter(stage=stage).count() == 2


def test_the_others_are_committed_before_the_crowd_waits_for_one(world: World) -> None:
    items = waiting(world, "county", 3)
    case = Case.objects.get(work_items=items[0])
    by = world.by(Role.COUNTY_APPROVER)
    assert told(one_is_held_until_the_others_are("approved", case, crowd_of(items, "approve", by))) == {"done": 3}


def test_a_crowd_in_the_middle_and_one_case_refused_meanwhile(world: World) -> None:
    items = waiting(world, "county", 3)
    one, other = both_holders(world, Role.COUNTY_APPROVER, COUNTY)
    lines, late = one_in_the_middle_of_the_other(
        crowd_of(items, "approve", one), lambda: perform(items[2], "refuse", by=other, reasons=["late"])
    )
    assert told(lines) == {"done": 3}
    assert isinstance(late, AlreadyDone) and one.name in str(late)


def two_cases(world: World, at: str, person: Person) -> list[Case]:
    return [world.case(at, person=person, admission_date=one, discharge_date=end) for one, end in STAYS]


def test_whoever_waits_for_a_case_with_another_of_it_in_hand_is_in_no_circle_with_a_crowd(world: World) -> None:
    """A refusal holds its case and wants the applicant's later one; a crowd over both has what it can, and goes on."""
    first, later = two_cases(world, "county", PersonFactory(registered=True))
    one, other = both_holders(world, Role.COUNTY_APPROVER, COUNTY)
    items = [open_item(later).pk, open_item(first).pk, *waiting(world, "county", 2)]
    for _time in range(3):
        results = at_once(
            lambda: perform(items[1], "refuse", by=one, reasons=["late"]), crowd_of(items, "approve", other)
        )
        assert not [result for result in results if isinstance(result, Exception) and type(result) is not AlreadyDone]
    assert Decision.objects.filter(step="county").count() == 4


def test_a_crowd_that_frees_days_waits_for_no_follower_with_others_in_hand(world: World) -> None:
    """Refusing the first would assess the later one anew; somebody has that, so the first comes last."""
    first, later = two_cases(world, "county", PersonFactory(registered=True))
    items = [open_item(first).pk, *waiting(world, "county", 2)]
    decide = crowd_of(items, "refuse", world.by(Role.COUNTY_APPROVER), reasons=["late"])
    assert told(one_is_held_until_the_others_are("rejected", later, decide)) == {"done": 3}
    assert Decision.objects.filter(outcome="refuse").latest("pk").case == first
    assert Event.objects.filter(case=later, action="award_changed").count() == 1


def test_a_persons_cases_keep_their_order_when_one_of_them_is_in_hand(world: World) -> None:
    """Somebody has the first; the second waits for it, as it would one by one, and not the other way round."""
    first, second = two_cases(world, "intake", PersonFactory(registered=True))
    items = [open_item(first).pk, open_item(second).pk]
    strangers = [open_item(world.case("intake")).pk for _number in range(2)]
    decide = crowd_of([*items, *strangers], "accept", world.by(Role.INTAKE_CLERK))
    assert told(one_is_held_until_the_others_are("accepted", first, decide)) == {"done": 4}
    assert [Case.objects.get(pk=case.pk).payable_days for case in (first, second)] == [46, 14]


def test_two_crowds_accept_the_cases_of_the_same_people_and_the_cap_is_shared(world: World) -> None:
    people = [PersonFactory(registered=True) for _ in range(4)]
    cases = [two_cases(world, "intake", person) for person in people]
    clerks = both_holders(world, Role.INTAKE_CLERK, COUNTY)
    firsts = [open_item(pair[0]).pk for pair in cases]
    seconds = [open_item(pair[1]).pk for pair in reversed(cases)]
    results = at_once(crowd_of(firsts, "accept", clerks[0]), crowd_of(seconds, "accept", clerks[1]))
    assert [told(lines) for lines in results] == [{"done": 4}] * 2
    for person in people:
        granted = Entitlement.objects.filter(person=person, live=True).values_list("days_by_year", flat=True)
        assert sum(days["2026"] for days in granted) == 60


def test_the_database_counts_no_deadlock_in_all_this(world: World) -> None:
    """Many crowds over many cases of few people, in every order, with consequences and without."""
    pairs = [two_cases(world, "county", PersonFactory(registered=True)) for _ in range(4)]
    items = [open_item(case).pk for pair in pairs for case in pair]
    staff = [StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY)) for _ in range(4)]
    before = deadlocks()
    at_once(
        crowd_of(items, "approve", staff[0]),
        crowd_of(list(reversed(items)), "refuse", staff[1], reasons=["late"]),
        crowd_of(items[1::2] + items[::2], "send_back", staff[2], reasons=["check_again"]),
        *[lambda item=item: perform(item, "refuse", by=staff[3], reasons=["late"]) for item in items],  # type: ignore[misc]  # bound now
    )
    assert Decision.objects.filter(step="county").count() == 8
    assert deadlocks() == before


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(DEADLOCKS)
        return int(cursor.fetchone()[0])
