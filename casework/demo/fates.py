"""How far each invented case has got, and when: moved there by the staff whose step it was."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casework.demo import walk
from casework.demo.hands import Hands
from casework.models import Case, Evidence, PaymentBatch, Role, Staff, Stage, WorkItem
from workflows.papers.wanted import Line
from workflows.payments.batches import draw_batch
from workflows.reopening import reopen

AT_THE_BANK = 10
RETURNED: Mapping[int, str] = {3: "账号已销户", 7: "户名与账号不符"}
"""The lines of the first batch that the bank sends back, and why."""

SENT, DRAWN, APPROVED = 5, 5, 5
MOST_STEPS = 6
"""More than any of these cases takes before it comes to payment."""


@dataclass
class Stories:
    """The cases of a county in the making: when each came in, and when it was last moved."""

    county: str
    hands: Hands
    until: datetime.datetime
    begun: dict[str, datetime.datetime] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)

    def next_moment(self, case: str) -> datetime.datetime:
        """When the case's next step was taken: spread over the days since it came in, in office hours, in order."""
        step = self.taken[case] = self.taken.get(case, 0) + 1
        begun = self.begun[case]
        day = begun + step * (self.until - begun) / (MOST_STEPS + 1)
        moment = day.replace(hour=9 + step, minute=(7 * int(case[-2:])) % 60)
        # Never in the future, and what was clamped stays in order.
        return min(moment, self.until - datetime.timedelta(minutes=MOST_STEPS + 1 - step))

    def act(self, case: str, outcome: str, reason: str, note: str, **values: Any) -> None:
        at = self.next_moment(case)
        self.hands.act(item_of(case), outcome, reasons=(reason,), note=note, at=at, values=values)

    def clerk(self, deed: Callable[[Staff], object]) -> None:
        """Something the county's desk does that is no step of an open case."""
        self.hands.somebody(self.county, Role.INTAKE_CLERK, deed)


def item_of(case: str) -> WorkItem:
    return WorkItem.objects.select_related("process").get(process__number=case, finished__isnull=True)


def visited(stories: Stories, case: str) -> None:
    walk.visit(stories.hands, item_of(case), at=stories.next_moment(case))


def at_county(stories: Stories, case: str) -> None:
    visited(stories, case)
    walk.review(stories.hands, item_of(case), at=stories.next_moment(case))


def approved(stories: Stories, case: str) -> None:
    at_county(stories, case)
    walk.decide(stories.hands, item_of(case), at=stories.next_moment(case))


def looked_at_again(stories: Stories, case: str) -> None:
    visited(stories, case)
    stories.act(case, "send_back", "photograph_unclear", "照片看不出是否在本人家中。")


def back_at_intake(stories: Stories, case: str) -> None:
    stories.act(case, "send_back", "facts_differ", "出院小结上的出院日期与申报的差两天。")


def papers_wanted(stories: Stories, case: str) -> None:
    back_at_intake(stories, case)
    papers = (Line(kind=Evidence.Kind.ITEMISED_BILL), Line(words="出院小结第二页（医生签名那一页）"))
    stories.act(case, "ask_for_papers", "papers_missing", "费用清单要原件。", papers=papers)


def papers_wanted_again(stories: Stories, case: str) -> None:
    """What nobody thought of the first time: it can be asked for, and the trail marks it."""
    papers_wanted(stories, case)
    walk.resubmit(stories.hands, item_of(case), at=stories.next_moment(case))
    papers = (Line(words="护理人身份证复印件"),)
    stories.act(case, "ask_for_papers", "papers_missing", "护理人不是申报时写的那一位。", papers=papers)


def withdrawn(stories: Stories, case: str) -> None:
    papers_wanted(stories, case)
    stories.act(case, "withdraw", "applicant_withdrew", "本人书面撤回。")


def refused_by_village(stories: Stories, case: str) -> None:
    stories.act(case, "refuse", "not_hospitalised", "入户核实，申报期间本人在家，没有住院。")


def refused_by_township(stories: Stories, case: str) -> None:
    visited(stories, case)
    stories.act(case, "refuse", "paid_elsewhere", "同一次住院已由县残联发放护理补贴。")


def suspended_in_the_village(stories: Stories, case: str) -> None:
    stories.act(case, "suspend", "applicant_away", "申请人在外地女儿家，下月回来。", review_on=_in_days(stories, 21))


def suspended_in_the_township(stories: Stories, case: str) -> None:
    visited(stories, case)
    note = "户籍信息与公安登记不一致，已去函核对。"
    stories.act(case, "suspend", "identity_in_doubt", note, review_on=_in_days(stories, 30))


def _in_days(stories: Stories, days: int) -> datetime.date:
    return stories.until.date() + datetime.timedelta(days=days)


def terminated(stories: Stories, case: str) -> None:
    stories.act(case, "terminate", "moved_away", "户籍已迁往外县。")


def refused_by_county(stories: Stories, case: str) -> None:
    at_county(stories, case)
    stories.act(case, "refuse", "paid_elsewhere", "医保部门反馈同期已享受长期护理保险待遇。")


def asked_about(stories: Stories, case: str, reason: str, note: str, at: datetime.datetime | None = None) -> None:
    """The applicant of an ended case has come to the desk; just now, unless it is said when."""
    stories.clerk(lambda staff: reopen(case, by=staff, reasons=(reason,), note=note, at=at))


def refusal_under_review(stories: Stories, case: str) -> None:
    refused_by_county(stories, case)
    note = "申请人称没有参加长期护理保险，带来医保局证明。"
    asked_about(stories, case, "refusal_disputed", note, stories.next_moment(case))


def refusal_upheld(stories: Stories, case: str) -> None:
    refused_by_village(stories, case)
    note = "申请人称确有住院，没有提供出院小结。"
    asked_about(stories, case, "refusal_disputed", note, stories.next_moment(case))
    walk.uphold(stories.hands, item_of(case), at=stories.next_moment(case))


def approval_under_review(stories: Stories, case: str) -> None:
    approved(stories, case)
    stories.act(case, "request_review", "amount_disputed", "申请人认为失能等级应为重度。")


def payment_looked_at_again(stories: Stories, case: str) -> None:
    """Paid, and the number of days was wrong: it goes its road again, and what it earns more is paid by itself."""
    asked_about(stories, case, "amount_disputed", "申请人称少算了两天。")
    note = "出院日期登记有误，应重新核定。"
    stories.hands.act(item_of(case), "remit", reasons=("amount_wrong",), note=note)


Fate = Callable[[Stories, str], None]
FATES: Sequence[tuple[int, Fate]] = (
    (8, at_county),
    (9, visited),
    (2, looked_at_again),
    (1, back_at_intake),
    (3, papers_wanted),
    (1, papers_wanted_again),
    (1, withdrawn),
    (1, refused_by_village),
    (1, refused_by_township),
    (1, refused_by_county),
    (2, suspended_in_the_village),
    (1, suspended_in_the_township),
    (1, terminated),
    (1, refusal_under_review),
    (1, refusal_upheld),
    (1, approval_under_review),
)
"""How many cases have got where, beside those on the way to the bank; the rest wait in their villages."""


def share_out(stories: Stories) -> None:
    """Bring every case to where it is to be found. A batch takes all that is approved, so each comes in its turn."""
    cases = sorted(stories.begun)
    nothing_left = Case.objects.filter(number__in=cases, amount=0).values_list("number", flat=True)
    for case in nothing_left:
        at_county(stories, case)
        cases.remove(case)
    random.Random(f"fates {stories.county}").shuffle(cases)
    _batch(stories, cases, AT_THE_BANK, lambda batch: walk.pay(stories.hands, batch, returned=RETURNED))
    _batch(stories, cases, SENT, lambda batch: walk.send_to_bank(stories.hands, batch))
    _batch(stories, cases, DRAWN, lambda batch: batch)
    for _number in range(APPROVED):
        approved(stories, cases.pop())
    for count, fate in FATES:
        for _number in range(count):
            fate(stories, cases.pop())
    paid = Case.objects.filter(number__in=stories.begun, stage=Stage.CLOSED).order_by("number")[:1]
    for case in paid:
        payment_looked_at_again(stories, case.number)


def _batch(stories: Stories, cases: list[str], count: int, then: Callable[[PaymentBatch], object]) -> None:
    """Approve so many, draw them, and do with the batch as `then` says."""
    for _number in range(count):
        approved(stories, cases.pop())
    officer = stories.hands.in_post(stories.county, Role.PAYMENT_OFFICER)[0]
    then(draw_batch(walk.PROGRAMME, stories.county, by=officer))
