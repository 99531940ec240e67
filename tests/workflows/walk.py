"""Random acts by random staff: what the walk can do, and to whom.

Half of what it does is what people do on a good day, so that cases get somewhere; the rest is wrong people, wrong
outcomes, second thoughts and bad luck. A `Refusal` is an answer. Anything else that is raised is a fault.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from casework.demo import bank
from casework.models import BatchLine, Case, PaymentBatch, Person, Post, Role, Staff, WorkItem
from casework.models.stages import ENDED
from tests.factories import PersonFactory, StaffFactory
from tests.workflows import invariants
from tests.world import COUNTY, TOWNSHIP, VILLAGE, World, photographed
from workflows.amend import amend_facts, change_account
from workflows.holding import claim, hand_over, release
from workflows.payments import batches
from workflows.payments.bank_files import export_batch
from workflows.payments.returns import apply_return
from workflows.perform import Receipt, perform
from workflows.refusals import Refusal

HAPPY = {"intake": "accept", "papers": "resubmit", "village": "pass", "township": "pass", "county": "approve"}
HAPPY |= {"account": "corrected"}
OUTCOMES = sorted({outcome for step in invariants.STEPS.values() for outcome in step.outcomes} | {"no_such_outcome"})
REASONS = ("papers_missing", "check_again", "late", "applicant_withdrew", "no_such_reason", "")
STAYS = (
    ("2026-08-05", "2026-08-31"),
    ("2026-08-20", "2026-09-25"),
    ("2026-09-01", "2026-10-20"),
    ("2026-06-20", "2026-08-10"),
    ("2026-10-01", "2026-10-01"),
    ("2026-09-25", "2026-10-15"),
)
CHANGES: tuple[dict[str, str], ...] = (
    *({"admission_date": begins, "discharge_date": ends} for begins, ends in STAYS),
    {"dependency_level": "轻度"},
    {"dependency_level": "重度", "hospital": "市中心医院"},
    {"hospital": "城关镇中心卫生院"},
    {"discharge_date": "2026-02-30"},
    {"caregiver": "女儿"},
)
ACCOUNTS = ("6299000000000000101", "6299000000000000102", "62990000")
MOST_CASES = 7
ON_BATCHES = (batches.check_batch, batches.send_back_batch, batches.lock_batch)
SMALL = st.integers(0, 11)


def hired(world: World) -> list[Staff]:
    """Two for every role on the road; and at the end four who hold two posts, enough for every role by themselves."""
    roles = (
        (Role.INTAKE_CLERK, COUNTY),
        (Role.VILLAGE_VERIFIER, VILLAGE),
        (Role.TOWNSHIP_REVIEWER, TOWNSHIP),
        (Role.COUNTY_APPROVER, COUNTY),
        (Role.PAYMENT_OFFICER, COUNTY),
        (Role.PAYMENT_CHECKER, COUNTY),
    )
    everybody = [world.by(role) for role, _office in roles] + [StaffFactory(post=post) for post in roles]
    for first, second in ((0, 3), (1, 2), (4, 5), (3, 4)):
        both = StaffFactory(post=roles[first])
        office = world.by(roles[second][0]).posts.get().office
        both.posts.create(office=office, role=roles[second][0], valid_from="2020-01-01")
        everybody.append(both)
    return everybody


def county_at_work(world: World) -> None:
    """Two people: stays side by side under one year's cap, and a stay that will not be both paid and claimed again."""
    first, second = PersonFactory(registered=True), PersonFactory(registered=True)
    for person, stay, at in ((first, 0, "village"), (first, 2, "township"), (second, 0, "payment"), (second, 5, "intake")):
        applied(world, person, STAYS[stay], at)


def applied(world: World, person: Person, stay: tuple[str, str], at: str = "intake") -> None:
    world.case(at, person=person, admission_date=stay[0], discharge_date=stay[1])


class Walk(RuleBasedStateMachine):
    """What happens in a small county. All of it is undone when the walk is over."""

    def __init__(self, world: World, staff: list[Staff]) -> None:
        super().__init__()
        self.world, self.staff = world, staff
        self.people = list(Person.objects.order_by("pk"))
        posts = Post.objects.filter(staff__in=staff).order_by("pk").select_related("staff")
        self.holders = {role: [post.staff for post in posts if post.role == role] for role in Role}
        self.ended: dict[int, tuple[Any, ...]] = {}
        self.last: tuple[int, str, Staff, dict[str, Any]] | None = None
        self.keys = 0
        self.undone = transaction.atomic()
        self.undone.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    # -- what people do on a good day ----------------------------------------------------------------------------

    @rule(which=SMALL, who=SMALL, turns=st.integers(1, 6))
    def goes_on(self, which: int, who: int, turns: int) -> None:
        """The next steps of a case, each by one whose step it is."""
        for turn in range(turns):
            item = self.item(which)
            if item is not None:
                self.goes_one_step(item, self.somebody(item.role, who + turn))

    def goes_one_step(self, item: WorkItem, by: Staff) -> None:
        if item.step in HAPPY:
            self.decide(item, HAPPY[item.step], by)
        elif item.step == "payment":
            self.do(lambda: batches.draw_batch(item.programme, COUNTY, by=by, case_numbers=[item.process.number]))
        else:
            batch = PaymentBatch.objects.get(lines__case=item.process_id, lines__state="pending")
            if item.step == "payment_check":
                self.do(lambda: batches.check_batch(batch, by=by))
            else:
                self.answered(batch, by)

    @rule(who=SMALL)
    def everything_waiting_is_drawn(self, who: int) -> None:
        self.keys += 1
        by, key = self.somebody(Role.PAYMENT_OFFICER, who), f"draw{self.keys // 2}"
        self.do(lambda: batches.draw_batch("nursing_subsidy", COUNTY, by=by, key=key))

    @precondition(lambda self: Case.objects.count() < MOST_CASES)
    @rule(person=SMALL, stay=SMALL)
    def another_application(self, person: int, stay: int) -> None:
        applied(self.world, self.people[person % 2], STAYS[stay % len(STAYS)])

    # -- what people do on a bad one -----------------------------------------------------------------------------

    @rule(which=SMALL, who=SMALL, how=SMALL, reason=st.sampled_from(REASONS))
    def another_outcome(self, which: int, who: int, how: int, reason: str) -> None:
        """Some outcome of the step, by one whose step it is."""
        item = self.item(which)
        if item is not None:
            outcomes = list(invariants.STEPS[item.step].outcomes)
            self.decide(item, outcomes[how % len(outcomes)], self.somebody(item.role, who), reason)

    @rule(which=SMALL, who=SMALL, outcome=st.sampled_from(OUTCOMES), values=st.booleans())
    def anything_by_anybody(self, which: int, who: int, outcome: str, values: bool) -> None:
        item, batch = self.item(which), PaymentBatch.objects.first()
        if item is not None:
            given = {"batch": batch.number} if batch and values else {}
            self.decide(item, outcome, self.anybody(who), "late", values=given)

    @rule(again=st.booleans(), who=SMALL)
    def the_last_act_once_more(self, again: bool, who: int) -> None:
        """A double click, or a colleague who comes too late."""
        if self.last is not None:
            item, outcome, by, given = self.last
            given = given if again else {**given, "key": None}
            self.do(lambda: perform(item, outcome, by=by if again else self.anybody(who), **given))

    @rule(which=SMALL, who=SMALL, change=st.sampled_from(CHANGES))
    def facts_are_amended(self, which: int, who: int, change: dict[str, str]) -> None:
        case, item = self.case(which), self.item(which)
        by = self.anybody(who) if item is None else self.somebody(item.role, who)
        self.do(lambda: amend_facts(case.number, change, by=by, reason="typing_error"))

    @rule(which=SMALL, who=SMALL, number=st.sampled_from(ACCOUNTS))
    def the_account_is_changed(self, which: int, who: int, number: str) -> None:
        case, by = self.case(which), self.somebody(Role.INTAKE_CLERK, who)
        self.do(lambda: change_account(case.number, number, "邮储银行", case.applicant.name, by=by))

    @rule(which=SMALL, who=SMALL, to=SMALL, verb=st.sampled_from((claim, release, hand_over)))
    def an_item_changes_hands(self, which: int, who: int, to: int, verb: Callable[..., WorkItem]) -> None:
        item = self.item(which)
        if item is not None:
            given = {"to": self.somebody(item.role, to)} if verb is hand_over else {}
            self.do(lambda: verb(item.pk, by=self.somebody(item.role, who), **given))

    @rule(which=SMALL, who=SMALL, verb=st.sampled_from(ON_BATCHES))
    def something_is_done_to_a_batch(self, which: int, who: int, verb: Callable[..., PaymentBatch]) -> None:
        batch = self.batch(which)
        if batch is not None:
            self.do(lambda: verb(batch, by=self.somebody((Role.PAYMENT_OFFICER, Role.PAYMENT_CHECKER)[who % 2], who)))

    @rule(which=SMALL, who=SMALL, line=st.integers(1, 3))
    def a_line_is_taken_out(self, which: int, who: int, line: int) -> None:
        batch = self.batch(which)
        if batch is not None:
            self.do(lambda: batches.remove_line(batch, line, by=self.somebody(Role.PAYMENT_CHECKER, who)))

    @rule(which=SMALL, who=SMALL, returned=st.sets(st.integers(1, 3)))
    def the_bank_answers(self, which: int, who: int, returned: set[int]) -> None:
        batch = self.batch(which)
        if batch is not None:
            self.answered(batch, self.somebody(Role.PAYMENT_OFFICER, who), returned)

    # -- what must hold ------------------------------------------------------------------------------------------

    @invariant()
    def the_house_is_sound(self) -> None:
        invariants.check()

    @invariant()
    def what_has_ended_never_moves(self) -> None:
        for case in Case.objects.filter(stage__in=ENDED):
            now = (case.stage, case.finished, case.amount, case.facts_digest, case.payee_account_id, case.trail_head)
            if self.ended.setdefault(case.pk, now) != now:
                raise invariants.PromiseBroken(f"{case.number} has ended, and moves: {now}")

    # -- hands ---------------------------------------------------------------------------------------------------

    def do(self, act: Callable[[], object]) -> object:
        try:
            return act()
        except Refusal as refusal:
            return refusal

    def decide(self, item: WorkItem, outcome: str, by: Staff, reason: str = "late", **given: Any) -> None:
        self.keys += 1
        given |= {"reasons": [reason] if reason else [], "note": "情况属实", "key": f"walk{self.keys}"}
        if item.step == "village":
            photographed(item.process)
        if isinstance(self.do(lambda: perform(item.pk, outcome, by=by, **given)), Receipt):
            self.last = (item.pk, outcome, by, given)

    def answered(self, batch: PaymentBatch, by: Staff, returned: set[int] | frozenset[int] = frozenset()) -> None:
        """Locked and sent if it can be, and what the bank says to it."""
        self.do(lambda: batches.lock_batch(batch, by=by))
        sent = self.do(lambda: export_batch(batch, by=by, form="utf-8").data)
        if isinstance(sent, bytes):
            said = bank.answer(sent, on=datetime.date(2026, 11, 20), returned=dict.fromkeys(returned, "账户已销户"))
            self.do(lambda: apply_return(batch, said, by=by))

    def case(self, which: int) -> Case:
        cases = list(Case.objects.select_related("applicant").order_by("pk"))
        return cases[which % len(cases)]

    def item(self, which: int) -> WorkItem | None:
        return WorkItem.objects.filter(process=self.case(which), finished__isnull=True).first()

    def batch(self, which: int) -> PaymentBatch | None:
        found = list(PaymentBatch.objects.filter(lines__state=BatchLine.State.PENDING).distinct().order_by("pk"))
        return found[which % len(found)] if found else None

    def anybody(self, who: int) -> Staff:
        return self.staff[who % len(self.staff)]

    def somebody(self, role: str, who: int) -> Staff:
        holders = self.holders[Role(role)]
        return holders[who % len(holders)]
