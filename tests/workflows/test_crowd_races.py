"""Crowds at the same moment as others, on real connections: each case is decided once, and nobody waits in a circle."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pytest
from django.db import connection, transaction

from casework.models import Case, Decision, Entitlement, Event, Person, Role, Staff, WantedPaper
from notifications.models import Outbox
from tests.at_once import LONGEST, at_once, one_in_the_middle_of_the_other
from tests.casework.evidence.pictures import scenery, written
from tests.factories import PersonFactory, StaffFactory
from tests.workflows import invariants
from tests.workflows.second_thoughts.stories import BILL, SUMMARY, brought, wanting
from tests.world import COUNTY, TOWNSHIP, VILLAGE, World, open_item, photographed
from workflows.bulk import Line, perform_many
from workflows.papers.evidence import Attached, attach
from workflows.perform import Receipt, perform
from workflows.refusals import AlreadyDone, NotYourPost, Refusal

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


# -- papers ------------------------------------------------------------------------------------------------------------


def test_two_crowds_ask_the_same_applicants_for_papers_and_each_has_one_list(world: World) -> None:
    items = waiting(world, "intake", 8)
    one, other = both_holders(world, Role.INTAKE_CLERK, COUNTY)
    lists = [{"values": {"papers": papers}, "reasons": ["papers_missing"]} for papers in ([SUMMARY, BILL], [BILL])]
    results = at_once(
        crowd_of(items, "ask_for_papers", one, **lists[0]),
        crowd_of(list(reversed(items)), "ask_for_papers", other, **lists[1]),
    )
    assert sum((told(lines) for lines in results), Counter()) == {"done": 8, "late": 8}
    by_whom = dict(Decision.objects.filter(outcome="ask_for_papers").values_list("case", "staff"))
    asked = Counter(WantedPaper.objects.values_list("case", flat=True))
    assert asked == {case: 2 if staff == one.pk else 1 for case, staff in by_whom.items()}


def test_one_form_asking_for_papers_sent_twice_at_once_tells_each_list_once(world: World) -> None:
    items, clerk = waiting(world, "intake", 5), world.by(Role.INTAKE_CLERK)
    form = crowd_of(items, "ask_for_papers", clerk, reasons=["papers_missing"], values={"papers": [SUMMARY, BILL]})
    results = at_once(form, form)
    assert [told(lines) for lines in results] == [{"done": 5}] * 2
    assert WantedPaper.objects.count() == 10


def test_one_is_asked_for_papers_while_a_crowd_accepts_it_and_the_others(world: World) -> None:
    items = waiting(world, "intake", 4)
    one, other = both_holders(world, Role.INTAKE_CLERK, COUNTY)
    given = {"reasons": ["papers_missing"], "values": {"papers": [SUMMARY]}}
    asked, lines = one_in_the_middle_of_the_other(
        lambda: perform(items[2], "ask_for_papers", by=one, **given),  # type: ignore[arg-type]  # said by keyword
        crowd_of(items, "accept", other),
    )
    assert isinstance(asked, Receipt)
    assert told(lines)["done"] == 3
    assert isinstance(lines, list) and one.name in lines[2].refusal
    assert WantedPaper.objects.get().case.stage == "correction"
    assert Entitlement.objects.count() == 3


def test_a_clerk_asks_for_papers_and_takes_them_in_while_a_crowd_accepts_the_same_cases(world: World) -> None:
    """Case by case from the other end: what the clerk got to first is back at the desk, and the crowd is told so."""
    items = waiting(world, "intake", 8)
    one, other = both_holders(world, Role.INTAKE_CLERK, COUNTY)

    def asks_and_takes_in() -> list[object]:
        return [tried(partial(asked_and_brought, item, one)) for item in reversed(items)]

    lines, answers = at_once(crowd_of(items, "accept", other), asks_and_takes_in)
    assert isinstance(answers, list)
    back = [answer for answer in answers if isinstance(answer, Receipt)]
    assert all(isinstance(answer, Receipt | AlreadyDone) for answer in answers), answers
    assert told(lines) == Counter(done=8 - len(back), late=len(back))
    stages = Counter(Case.objects.values_list("stage", flat=True))
    assert stages == Counter(accepted=8 - len(back), submitted=len(back))
    assert Counter(WantedPaper.objects.values_list("answer", flat=True)) == Counter(brought=2 * len(back))
    assert Entitlement.objects.filter(live=True).count() == 8 - len(back)


def asked_and_brought(item_id: int, by: Staff) -> Receipt:
    given = {"reasons": ["papers_missing"], "values": {"papers": [SUMMARY, BILL]}}
    perform(item_id, "ask_for_papers", by=by, **given)  # type: ignore[arg-type]  # said by keyword
    case = Case.objects.get(work_items=item_id)
    return perform(open_item(case).pk, "resubmit", by=by, values={"ticks": brought(case)})


def test_papers_come_in_while_a_crowd_withdraws_the_cases_that_want_them(world: World) -> None:
    """Each case is at the desk with its list ticked off, or withdrawn with its list as it was: never half of each."""
    cases = [wanting(world) for _number in range(6)]
    items = [open_item(case).pk for case in cases]
    one, other = both_holders(world, Role.INTAKE_CLERK, COUNTY)

    def takes_in() -> list[object]:
        ticks = [{"ticks": brought(case)} for case in reversed(cases)]
        pairs = zip(reversed(items), ticks, strict=True)
        return [tried(partial(perform, item, "resubmit", by=one, values=values)) for item, values in pairs]

    lines, answers = at_once(crowd_of(items, "withdraw", other, reasons=["applicant_withdrew"]), takes_in)
    assert isinstance(answers, list)
    came = sum(isinstance(answer, Receipt) for answer in answers)
    assert told(lines) == Counter(done=6 - came, late=came)
    for case in cases:
        answered = set(WantedPaper.objects.filter(case=case).values_list("answer", flat=True))
        assert (Case.objects.get(pk=case.pk).stage, answered) in [("submitted", {"brought"}), ("withdrawn", {""})]


@pytest.mark.parametrize("first", ["crowd", "papers"])
def test_papers_and_a_crowd_in_the_middle_of_each_other(world: World, first: str) -> None:
    cases = [wanting(world) for _number in range(3)]
    items = [open_item(case).pk for case in cases]
    one, other = both_holders(world, Role.INTAKE_CLERK, COUNTY)
    crowd = crowd_of(items, "withdraw", other, reasons=["applicant_withdrew"])
    values = {"ticks": brought(cases[1])}

    def papers() -> Receipt:
        return perform(items[1], "resubmit", by=one, values=values)

    if first == "crowd":
        lines, came = one_in_the_middle_of_the_other(crowd, papers)
        assert isinstance(came, AlreadyDone) and other.name in str(came)
        assert told(lines) == {"done": 3}
    else:
        came, lines = one_in_the_middle_of_the_other(papers, crowd)
        assert isinstance(came, Receipt)
        assert told(lines) == {"done": 2, "late": 1}
        assert isinstance(lines, list) and one.name in lines[1].refusal


def test_a_photograph_put_into_the_file_while_a_crowd_passes_is_in_the_file_that_was_decided_on_or_refused(
    world: World,
) -> None:
    """The decision pins the papers as they lay: an upload comes before it and is in it, or after it and is refused."""
    verifier, other = both_holders(world, Role.VILLAGE_VERIFIER, VILLAGE)
    cases = [world.case("village") for _number in range(6)]
    for case in cases:
        photographed(case)
    items = [open_item(case).pk for case in cases]
    pictures = [written(scenery(number)) for number in range(len(cases))]

    def uploads() -> list[object]:
        return [tried(partial(attach, case.number, "photograph", data, by=other)) for case, data in shots]

    shots = list(zip(reversed(cases), pictures, strict=True))
    lines, attached = at_once(crowd_of(items, "pass", verifier, note="上门看过"), uploads)
    assert told(lines) == {"done": 6}
    assert isinstance(attached, list)
    for (case, _data), upload in zip(shots, attached, strict=True):
        decided = Decision.objects.get(case=case, step="village")
        fresh = Case.objects.get(pk=case.pk)
        assert isinstance(upload, Attached | Refusal), upload
        # Only a photograph that came before it is in the file the decision pins, and none comes after.
        assert decided.file_digest == fresh.digest_of_file()
        assert len(fresh.papers["photograph"]) == (2 if isinstance(upload, Attached) else 1)


@pytest.mark.parametrize("first", ["crowd", "upload"])
def test_a_photograph_and_a_crowd_in_the_middle_of_each_other(world: World, first: str) -> None:
    verifier, other = both_holders(world, Role.VILLAGE_VERIFIER, VILLAGE)
    cases = [world.case("village") for _number in range(3)]
    for case in cases:
        photographed(case)
    crowd = crowd_of([open_item(case).pk for case in cases], "pass", verifier, note="上门看过")
    data = written(scenery(1))

    def upload() -> Attached:
        return attach(cases[1].number, "photograph", data, by=other)

    if first == "crowd":
        lines, came = one_in_the_middle_of_the_other(crowd, upload)
        assert isinstance(came, NotYourPost), came
    else:
        came, lines = one_in_the_middle_of_the_other(upload, crowd)
        assert isinstance(came, Attached), came
    assert told(lines) == {"done": 3}
    case = Case.objects.get(pk=cases[1].pk)
    assert len(case.papers["photograph"]) == (1 if first == "crowd" else 2)
    assert Decision.objects.get(case=case, step="village").file_digest == case.digest_of_file()


def tried(act: Callable[[], object]) -> object:
    try:
        return act()
    except Refusal as refused:
        return refused


# -- the cases of one person -------------------------------------------------------------------------------------------


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
