"""Public notice 公示 as a stretch of a road: to be posted → hanging → onward, and an objection beside it.

`notice_steps` makes the three steps of a place. A flow gives them the place's name, and that name with `_hanging` and
`_objection` behind it; the terms have a deadline for each:

    village_notice, village_notice_hanging, village_notice_objection = notice_steps(
        "village_notice", to=this.township, back=this.village, refused=this.refused)

Posting, clearing and taking off are done by the sheet, as payment is by the batch (`workflows.notices.posting`,
`.closing`); an objection is answered as any step is decided, by somebody of the county who has had no part in the case.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from viewflow import this

from casework.models import Capacity, Level, Role
from workflows.entitlement import release_entitlement
from workflows.flow import Step
from workflows.notices.requirements import (
    ANSWER,
    ON_A_NOTICE,
    dismiss_objections,
    due_when_over,
    hang_on,
    mark_noticed,
    somebody_has_objected,
    unmark_noticed,
    uphold_objections,
)
from workflows.outcomes import Hand, Kind
from workflows.programme import Reason
from workflows.second_thoughts import COUNTY_DESK, with_second_thoughts

TITLES = {"village_notice": "村级公示", "township_notice": "乡镇公示", "county_notice": "县级公示"}

KEEPERS = {
    "village_notice": Hand(Role.VILLAGE_VERIFIER, Level.VILLAGE, Capacity.VERIFY),
    "township_notice": Hand(Role.TOWNSHIP_REVIEWER, Level.TOWNSHIP, Capacity.REVIEW),
    "county_notice": Hand(Role.INTAKE_CLERK, Level.COUNTY, Capacity.INTAKE),
}
"""Who posts a list, where the programme does not say otherwise: the office whose board it is. They act in the capacity
they have in the case anyway, and what they do there is a record, no signature."""

ANSWERER = Hand(Role.COUNTY_APPROVER, Level.COUNTY, Capacity.ANSWER)


def notice_steps(
    place: str,
    *,
    to: Any,
    refused: Any,
    back: Any = None,
    approved: bool = False,
    keeper: Hand | None = None,
    clause: str = "公示：张榜",
    second_thoughts: bool = True,
) -> tuple[Step, Step, Step]:
    """The steps of a notice: to be posted, hanging, objected to.

    `place` is `village_notice`, `township_notice` or `county_notice`. `to` is where a line goes whose days are over;
    `refused` where it ends when an objection is founded, `back` the step of the village it is sent back to (only before
    the county has approved). `approved`: the list hangs after the approval, so that a founded objection revokes it.
    Where it hangs before, the approval is said with `after_notice=(place,)`: an amount may change in between. `clause`
    says on what it is posted.
    """
    hand, title = keeper or KEEPERS[place], TITLES[place]
    hanging, objection = getattr(this, f"{place}_hanging"), getattr(this, f"{place}_objection")
    waiting = _kept_by(hand, f"{title}（待张榜）").on(
        "post", "张榜公示", moves="put_on_notice", to=hanging, clause=clause,
        requires=ON_A_NOTICE, then=(unmark_noticed, due_when_over), by_batch=True, keeps_name=True,
        stops_clock="notice", notice=place)  # fmt: skip
    up = (
        _kept_by(hand, f"{title}（张榜中）")
        .on("clear", "公示期满无异议", moves="end_notice", to=to, clause="公示：期满", requires=ON_A_NOTICE,
            then=(mark_noticed,), by_batch=True, keeps_name=True, restarts_clock=True, notice=place)
        .on("object", "收到异议", moves="hold_for_objection", to=objection, clause="公示：异议", kind=Kind.ASK,
            requires=(*ON_A_NOTICE, somebody_has_objected), by_batch=True, keeps_name=True, hand=COUNTY_DESK,
            notice=place)
        .on("take_off", "撤榜，重新公示", moves="take_off_notice", to=getattr(this, place), clause="公示：更正重贴",
            kind=Kind.BACK, requires=ON_A_NOTICE, by_batch=True, keeps_name=True, restarts_clock=True, notice=place)
    )  # fmt: skip
    steps = waiting, up, _objection_step(place, hanging, refused=refused, back=back, approved=approved)
    if second_thoughts:
        # A line that hangs is not suspended: its notice would be over before it came back.
        for step in steps:
            with_second_thoughts(step, suspends=step is waiting)
        # Whoever keeps the board has signed before, and does not come back to sign again.
        waiting.outcomes["suspend"] = replace(waiting.outcomes["suspend"], keeps_name=True)
    return steps


def _kept_by(hand: Hand, title: str) -> Step:
    return Step(title, role=hand.role, level=hand.level, capacity=hand.capacity)


def _objection_step(place: str, hanging: Any, *, refused: Any, back: Any, approved: bool) -> Step:
    """The answer is looked into by somebody who had no part, and the line alone waits for it."""
    step = _kept_by(ANSWERER, f"{TITLES[place]}（异议待答复）")
    step.on("dismiss", "异议不成立", moves="dismiss_objection", to=hanging, clause="公示：异议核查", by_newcomer=True,
        asks=(ANSWER,), then=(dismiss_objections, hang_on), keeps_name=True, stops_clock="notice", announces=True,
        notice=place)  # fmt: skip
    if back is not None:
        step.on("send_back", "异议成立，退回重新核实", moves="return_to_village", to=back, clause="公示：异议核查",
            kind=Kind.BACK, by_newcomer=True, asks=(ANSWER,), then=(uphold_objections,), announces=True,
            notice=place)  # fmt: skip
    return step.on("founded", "异议成立，撤销批准" if approved else "异议成立，不予批准",
        moves="revoke" if approved else "reject", to=refused, clause="公示：异议核查", kind=Kind.REFUSE,
        by_newcomer=True, asks=(ANSWER,), then=(uphold_objections, release_entitlement), announces=True,
        notice=place)  # fmt: skip


REASONS = tuple(
    Reason(code, sentence, remedy, frozenset(outcomes))
    for code, sentence, remedy, outcomes in (
        ("notice_objected", "公示期间有人提出异议", "由没有参与过的人核查答复，您不用重新申请", {"object"}),
        ("notice_wrong", "公示内容有误，撤下更正后重新公示", "更正后重新张榜，您不用重新申请", {"take_off"}),
        ("notice_outdated", "公示之后金额有变动，要按现在的金额重新公示", "重新张榜，您不用重新申请", {"take_off"}),
        ("objection_founded", "经核查，公示期间的异议成立", "对此有不同意见，可以申请复核", {"founded"}),
        ("objection_to_be_seen", "公示期间的异议要入户重新核实", "村里会再上门，您不用重新申请", {"send_back"}),
    )
)
"""Ready to pick, in every programme with a notice."""
