"""Random acts by random staff: what the walk can do, and to whom.

Half of what it does is what people do on a good day, so that cases get somewhere; the rest is wrong people, wrong
outcomes, second thoughts and bad luck. A `Refusal` is an answer. Anything else that is raised is a fault.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from django.db.models import Q
from django.utils.timezone import localdate
from hypothesis import strategies as st

from casework.demo import bank
from casework.models import BatchLine, Case, Decision, PaymentBatch, Person, Post, Role, Staff, WorkItem
from casework.models.stages import ENDED
from tests.factories import PersonFactory, StaffFactory
from tests.workflows import invariants
from tests.world import COUNTY, TOWNSHIP, VILLAGE, World, photographed
from workflows.amend import amend_facts, change_account
from workflows.holding import claim, hand_over, release
from workflows.papers.wanted import Line, still_wanted
from workflows.payments import batches
from workflows.payments.bank_files import export_batch
from workflows.payments.coming_back import paid_lines
from workflows.payments.returns import apply_return
from workflows.payments.taking_out import ask_line_out, keep_line, let_line_out
from workflows.perform import Receipt, perform
from workflows.refusals import Refusal
from workflows.reopening import reopen

HAPPY = {"intake": "accept", "papers": "resubmit", "village": "pass", "township": "pass", "county": "approve"}
HAPPY |= {"account": "corrected", "suspended": "resume", "internal_review": "remit", "refusal_review": "overturn"}
REASONS = ("papers_missing", "check_again", "late", "applicant_withdrew", "no_such_reason", "")
REVIEWS = frozenset({"internal_review", "refusal_review"})
TAKES_UP = ("request_review", "come_back", "come_back_anew")
DAYS = (1, 30, 180, 0, 181, -20)
"""From today to the day somebody writes down: three that can be a day of looking again, and three that cannot."""
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
RETURNED: tuple[tuple[int, ...], ...] = ((), (1,), (2,), (1, 2, 3))
MOST_CASES = 8


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
    """Two people: stays side by side under one year's cap; one paid, one refused by the county, each to be looked at
    again; a stay that will not be both paid and claimed again."""
    first, second = PersonFactory(registered=True), PersonFactory(registered=True)
    for person, stay, at in (
        (first, 0, "village"),
        (first, 2, "township"),
        (second, 0, "end"),
        (second, 5, "county"),
        (second, 4, "intake"),
    ):
        applied(world, person, STAYS[stay], at)
    refused = WorkItem.objects.get(step="county", finished__isnull=True)
    perform(refused.pk, "refuse", by=world.by(Role.COUNTY_APPROVER), reasons=["not_covered"])


def applied(world: World, person: Person, stay: tuple[str, str], at: str = "intake") -> None:
    world.case(at, person=person, admission_date=stay[0], discharge_date=stay[1])


class Walk:
    """What happens in a small county. `take` does one act, by its name, and looks whether the house still stands.

    Three numbers say to whom, by whom and how: they are taken modulo whatever there is to choose from.
    """

    def __init__(self, world: World, staff: list[Staff]) -> None:
        self.world, self.staff = world, staff
        self.people = list(Person.objects.order_by("pk"))
        posts = Post.objects.filter(staff__in=staff).order_by("pk").select_related("staff")
        self.holders = {role: [post.staff for post in posts if post.role == role] for role in Role}
        self.ended: dict[tuple[int, int], tuple[Any, ...]] = {}
        self.last: tuple[int, str, Staff, dict[str, Any]] | None = None
        self.keys = 0

    def take(self, act: str, which: int, who: int, how: int) -> None:
        self.step(act, which, who, how)
        invariants.check()
        self.what_has_ended_has_not_moved()

    def step(self, act: str, which: int, who: int, how: int) -> None:
        """The act alone."""
        cases = list(Case.objects.select_related("applicant").order_by("pk"))
        case = cases[which % len(cases)]
        item = self.open_item(case)
        getattr(self, act)(case, item, who, how)

    def what_has_ended_has_not_moved(self) -> None:
        """Unless its applicant has asked for a review of it, or the bank has sent its money back."""
        reviews = Counter(Decision.objects.filter(transition__in=TAKES_UP).values_list("case_id", flat=True))
        for case in Case.objects.filter(stage__in=ENDED):
            now = (case.stage, case.finished, case.amount, case.facts_digest, case.payee_account_id, case.trail_head)
            if self.ended.setdefault((case.pk, reviews[case.pk]), now) != now:
                raise invariants.PromiseBroken(f"{case.number} has ended, and moves: {now}")

    # -- what people do on a good day ----------------------------------------------------------------------------

    def nothing(self, *_: object) -> None:
        """A quiet day: what hypothesis puts in place of acts that do not matter."""

    def goes_on(self, case: Case, item: WorkItem | None, who: int, how: int) -> None:
        """The next steps of a case, each by one whose step it is."""
        for turn in range(1 + how % 4):
            waiting = self.open_item(case)
            if waiting is not None:
                self.goes_one_step(waiting, self.somebody(waiting.role, who + turn))

    def goes_one_step(self, item: WorkItem, by: Staff) -> None:
        if item.step in HAPPY:
            case = item.process
            paid_enough = item.step == "county" and case.paid_amount and (case.amount or 0) <= case.paid_amount
            self.decide(item, "settle" if paid_enough else HAPPY[item.step], by)
        elif item.step == "payment":
            self.do(lambda: batches.draw_batch(item.programme, COUNTY, by=by, case_numbers=[item.process.number]))
        else:
            batch = PaymentBatch.objects.get(lines__case=item.process_id, lines__state="pending")
            if item.step == "payment_check":
                self.do(lambda: batches.check_batch(batch, by=by))
            else:
                self.answered(batch, by)

    def all_that_waits_is_drawn(self, case: Case, item: WorkItem | None, who: int, how: int) -> None:
        by, key = self.somebody(Role.PAYMENT_OFFICER, who), f"draw{how}"
        self.do(lambda: batches.draw_batch(case.programme, COUNTY, by=by, key=key))

    def another_application(self, case: Case, item: WorkItem | None, who: int, how: int) -> None:
        if Case.objects.count() < MOST_CASES:
            applied(self.world, self.people[who % 2], STAYS[how % len(STAYS)])

    # -- what people do on a bad one -----------------------------------------------------------------------------

    def another_outcome(self, case: Case, item: WorkItem | None, who: int, how: int) -> None:
        """Some outcome of the step, by one whose step it is."""
        if item is not None:
            outcomes = list(invariants.STEPS[item.step].outcomes)
            self.decide(item, outcomes[how % len(outcomes)], self.somebody(item.role, who), REASONS[how % len(REASONS)])

    def anything_by_anybody(self, case: Case, item: WorkItem | None, who: int, how: int) -> None:
        batch = PaymentBatch.objects.last()
        if item is not None:
            given = {"batch": batch.number} if batch else {}
            outcomes = [*invariants.STEPS[item.step].outcomes, "no_such_outcome"]
            self.decide(item, outcomes[how % len(outcomes)], self.staff[who % len(self.staff)], values=given)

    def something_beside_the_road(self, case: Case, item: WorkItem | None, who: int, how: int) -> None:
        """Suspended, withdrawn, terminated, asked to be looked at again: by the hands it is in, ended cases too."""
        if item is None:
            self.asked_for_a_review(case, who, how)
            return
        step = invariants.STEPS[item.step]
        if beside := [outcome for outcome in step.outcomes.values() if outcome.aside]:
            outcome = beside[how % len(beside)]
            by = self.somebody(step.hand_of(outcome).role, who)
            self.decide(item, outcome.name, by, day=DAYS[who % len(DAYS)])

    def an_ended_case_is_asked_about(self, case: Case, item: WorkItem | None, who: int, how: int) -> None:
        """And the review is decided, by somebody who may or may not have had a part."""
        ended = list(Case.objects.filter(stage__in=ENDED).order_by("pk"))
        if ended:
            case = ended[who % len(ended)]
            self.asked_for_a_review(case, who, 0)
            self.a_review_is_decided(case, self.open_item(case), who + 1, how)

    def a_paid_case_goes_its_road_again(self, case: Case, item: WorkItem | None, who: int, how: int) -> None:
        """Asked about, sent back by a newcomer, put right at intake, and on towards its second payment."""
        paid = Case.objects.filter(stage="closed").order_by("pk").first()
        if paid is None:
            return
        self.asked_for_a_review(paid, who, 0)
        for reviewer in self.holders[Role.COUNTY_APPROVER]:
            if (waiting := self.open_item(paid)) is not None and waiting.step in REVIEWS:
                self.decide(waiting, "remit", reviewer)
        self.facts_are_amended(paid, self.open_item(paid), who, how % len(STAYS))
        for turn in range(1 + how % 8):
            if (waiting := self.open_item(paid)) is not None:
                self.goes_one_step(waiting, self.somebody(waiting.role, who + turn))

    def asked_for_a_review(self, case: Case, who: int, how: int) -> None:
        self.keys += 1
        given: dict[str, Any] = {"reasons": ["amount_disputed"], "key": f"walk{self.keys}"}
        if how % 5:
            given["values"] = {"asked_on": localdate() - datetime.timedelta(days=DAYS[how % len(DAYS)])}
        by = self.somebody(Role.INTAKE_CLERK, who)
        self.do(lambda: reopen(case.number, by=by, **given))

    def a_review_is_decided(self, case: Case, item: WorkItem | None, who: int, how: int) -> None:
        if item is not None and item.step in REVIEWS:
            outcomes = list(invariants.STEPS[item.step].outcomes)
            self.decide(item, outcomes[how % len(outcomes)], self.somebody(Role.COUNTY_APPROVER, who))

    def the_last_act_once_more(self, case: Case, item: WorkItem | None, who: int, how: int) -> None:
        """A double click, or somebody who comes too late."""
        if self.last is not None:
            done, outcome, by, given = self.last
            if how % 2:
                by, given = self.staff[who % len(self.staff)], {**given, "key": None}
            self.do(lambda: perform(done, outcome, by=by, **given))

    def facts_are_amended(self, case: Case, item: WorkItem | None, who: int, how: int) -> None:
        by = self.somebody(item.role if item else Role.INTAKE_CLERK, who)
        change = CHANGES[how % len(CHANGES)]
        self.do(lambda: amend_facts(case.number, change, by=by, reason="typing_error"))

    def the_account_is_changed(self, case: Case, item: WorkItem | None, who: int, how: int) -> None:
        by, number = self.somebody(Role.INTAKE_CLERK, who), ACCOUNTS[how % len(ACCOUNTS)]
        self.do(lambda: change_account(case.number, number, "邮储银行", case.applicant.name, by=by))

    def an_item_changes_hands(self, case: Case, item: WorkItem | None, who: int, how: int) -> None:
        if item is not None:
            verb = (claim, release, hand_over)[how % 3]
            given = {"to": self.somebody(item.role, who + how)} if verb is hand_over else {}
            self.do(lambda: verb(item.pk, by=self.somebody(item.role, who), **given))

    def the_checker_looks(self, case: Case, item: WorkItem | None, who: int, how: int) -> None:
        """At one of the batches: good, all of it bad, one line bad; or it is locked already."""
        batch = self.batch(how)
        if batch is not None:
            by = self.somebody(Role.PAYMENT_CHECKER, who)
            verbs = (batches.check_batch, batches.send_back_batch, batches.lock_batch, _remove_a_line)
            self.do(lambda: verbs[how % len(verbs)](batch, by=by))

    def the_bank_answers(self, case: Case, item: WorkItem | None, who: int, how: int) -> None:
        """All paid, some lines returned, or all."""
        batch = self.batch(who)
        if batch is not None:
            self.answered(batch, self.somebody(Role.PAYMENT_OFFICER, who), RETURNED[how % len(RETURNED)])

    def the_bank_sends_money_back(self, case: Case, item: WorkItem | None, who: int, how: int) -> None:
        """Of a case that was paid, all of it or one of its rounds; said twice, or of one on its road, it is refused."""
        paid = list(Case.objects.filter(lines_paid()).distinct().order_by("pk"))
        if not paid:
            return
        case = paid[who % len(paid)]
        lines = [line.pk for line in paid_lines(case)]
        self.keys += 1
        values = {
            "came_back_lines": lines if how % 3 else [lines[how % len(lines)]],
            "came_back_on": localdate() - datetime.timedelta(days=how % 2),
            "bank_reason": "账户已销户",
        }
        given = {"reasons": ["sent_back_late"], "values": values, "key": f"walk{self.keys}"}
        by = self.somebody(Role.PAYMENT_OFFICER, who)
        for outcome in ("came_back", "came_back_anew"):
            self.do(lambda said=outcome: reopen(case.number, said, by=by, **given))

    def a_line_is_taken_out(self, case: Case, item: WorkItem | None, who: int, how: int) -> None:
        """Of a batch, wherever it is: asked by one, then let out or kept by another, or left open."""
        batch = self.batch(how)
        if batch is not None:
            officer, checker = self.somebody(Role.PAYMENT_OFFICER, who), self.somebody(Role.PAYMENT_CHECKER, who + how)
            line = 1 + how % 3
            self.do(lambda: ask_line_out(batch, line, by=officer, why="户名与卡不符"))
            if how % 4:
                self.do(lambda: let_line_out(batch, line, by=checker))
            elif how % 8:
                self.do(lambda: keep_line(batch, line, by=checker))

    # -- hands ---------------------------------------------------------------------------------------------------

    def do(self, act: Callable[[], object]) -> object:
        try:
            return act()
        except Refusal as refusal:
            return refusal

    def open_item(self, case: Case) -> WorkItem | None:
        return WorkItem.objects.filter(process=case, finished__isnull=True).first()

    def decide(
        self, item: WorkItem, outcome: str, by: Staff, reason: str = "late", *, day: int = 30, **given: Any
    ) -> None:
        """With an answer to whatever it may ask: a day, a list that is new or was told before, all of it brought."""
        self.keys += 1
        given |= {"reasons": [reason] if reason else [], "note": "情况属实", "key": f"walk{self.keys}"}
        away = datetime.timedelta(days=day)
        answers = {"review_on": localdate() + away, "asked_on": localdate() - away}
        ticks = {paper.pk: "brought" for paper in still_wanted(item.process)}
        lines = [Line(words=f"第{self.keys % 3}项"), Line(kind="itemised_bill")]
        given["values"] = {**answers, "papers": lines, "ticks": ticks, **given.get("values", {})}
        if item.step == "village":
            photographed(item.process)
        if isinstance(self.do(lambda: perform(item.pk, outcome, by=by, **given)), Receipt):
            self.last = (item.pk, outcome, by, given)

    def answered(self, batch: PaymentBatch, by: Staff, returned: Collection[int] = ()) -> None:
        """Locked and sent if it can be, and what the bank says to it."""
        self.do(lambda: batches.lock_batch(batch, by=by))
        sent = self.do(lambda: export_batch(batch, by=by, form="utf-8").data)
        if isinstance(sent, bytes):
            said = bank.answer(sent, on=datetime.date(2026, 11, 20), returned=dict.fromkeys(returned, "账户已销户"))
            self.do(lambda: apply_return(batch, said, by=by))

    def batch(self, which: int) -> PaymentBatch | None:
        found = list(PaymentBatch.objects.filter(lines__state=BatchLine.State.PENDING).distinct().order_by("pk"))
        return found[which % len(found)] if found else None

    def somebody(self, role: str, who: int) -> Staff:
        holders = self.holders[Role(role)]
        return holders[who % len(holders)]


def lines_paid() -> Q:
    return Q(batch_lines__state=BatchLine.State.PAID)


def _remove_a_line(batch: PaymentBatch, *, by: Staff) -> PaymentBatch:
    return batches.remove_line(batch, 1, by=by)


ACTS = (
    Walk.nothing,
    *[Walk.goes_on] * 6,
    Walk.all_that_waits_is_drawn,
    Walk.another_application,
    *[Walk.another_outcome] * 2,
    *[Walk.something_beside_the_road] * 3,
    *[Walk.an_ended_case_is_asked_about] * 2,
    Walk.a_review_is_decided,
    *[Walk.a_paid_case_goes_its_road_again] * 2,
    Walk.anything_by_anybody,
    Walk.the_last_act_once_more,
    *[Walk.facts_are_amended] * 2,
    Walk.the_account_is_changed,
    Walk.an_item_changes_hands,
    *[Walk.the_checker_looks] * 2,
    *[Walk.the_bank_answers] * 2,
    *[Walk.the_bank_sends_money_back] * 2,
    *[Walk.a_line_is_taken_out] * 2,
)
NUMBER = st.integers(0, 59)
WALKS = st.lists(
    st.tuples(st.sampled_from([act.__name__ for act in ACTS]), NUMBER, NUMBER, NUMBER), min_size=30, max_size=30
)
