"""How a case comes off its road, by the verbs, by the people whose work it is."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.utils.timezone import localdate

from casework.models import BatchLine, Case, Event, Person, Role, Staff, WantedPaper, WorkItem
from tests.factories import StaffFactory
from tests.sent_back import sent_back
from tests.world import COUNTY, World, open_item, photographed
from workflows.amend import amend_facts
from workflows.papers.wanted import Line
from workflows.perform import Receipt, perform
from workflows.reopening import reopen

ROAD = ("intake", "village", "township", "county", "payment")
OFFICE = {
    "intake": Role.INTAKE_CLERK,
    "papers": Role.INTAKE_CLERK,
    "village": Role.VILLAGE_VERIFIER,
    "township": Role.TOWNSHIP_REVIEWER,
    "county": Role.COUNTY_APPROVER,
    "payment": Role.PAYMENT_OFFICER,
    "payment_check": Role.PAYMENT_CHECKER,
    "bank": Role.PAYMENT_OFFICER,
    "account": Role.INTAKE_CLERK,
    "suspended": Role.INTAKE_CLERK,
    "internal_review": Role.COUNTY_APPROVER,
    "refusal_review": Role.COUNTY_APPROVER,
}
SUMMARY = Line(kind="discharge_summary")
BILL = Line(kind="itemised_bill")


def in_days(days: int) -> datetime.date:
    return localdate() + datetime.timedelta(days=days)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def say(
    case: Case, outcome: str, by: Staff, *reasons: str, note: str = "情况属实", key: str | None = None, **values: Any
) -> Receipt:
    """Something of the step the case waits in."""
    return perform(open_item(case).pk, outcome, by=by, reasons=reasons, note=note, key=key, values=values)


def newcomer() -> Staff:
    """An approver of the county who has never heard of any case."""
    return StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY))


def last_act(case: Case) -> Event:
    return Event.objects.filter(chain=case.number, action="decided").order_by("-seq")[0]


# -- beside the road -------------------------------------------------------------------------------------------------


def suspended(world: World, at: str = "village", *, days: int = 30, **case: Any) -> Case:
    found = world.case(at, **case)
    say(found, "suspend", world.by(OFFICE[at]), "applicant_away", review_on=in_days(days))
    return fresh(found)


def wanting(world: World, papers: Sequence[Line] = (SUMMARY, BILL), case: Case | None = None) -> Case:
    """Sent back to its applicant for these papers."""
    found = case or world.case("intake")
    say(found, "ask_for_papers", world.by(Role.INTAKE_CLERK), "papers_missing", papers=papers)
    return fresh(found)


def brought(case: Case, answer: str = WantedPaper.Answer.BROUGHT) -> dict[int, str]:
    """Every line of the list, ticked so."""
    return {paper.pk: answer for paper in WantedPaper.objects.filter(case=case, answer="")}


def terminated(world: World, at: str = "village", **case: Any) -> Case:
    found = world.case(at, **case)
    say(found, "terminate", world.by(Role.INTAKE_CLERK), "moved_away")
    return fresh(found)


def withdrawn(world: World, at: str = "village", **case: Any) -> Case:
    found = world.case(at, **case)
    say(found, "withdraw", world.by(Role.INTAKE_CLERK), "applicant_withdrew")
    return fresh(found)


def refused(world: World, at: str = "county", **case: Any) -> Case:
    found = world.case(at, **case)
    if at == "village":
        photographed(found)
    say(found, "refuse", world.by(OFFICE[at]), "not_covered")
    return fresh(found)


# -- under review ----------------------------------------------------------------------------------------------------


def asked_about(world: World, case: Case, *, key: str | None = None, **values: Any) -> Receipt:
    """The applicant of an ended case disagrees."""
    given: dict[str, Any] = {"reasons": ["refusal_disputed"], "note": "", "key": key, "values": values}
    return reopen(case.number, by=world.by(Role.INTAKE_CLERK), **given)


def under_review(world: World, case: Case) -> Case:
    if open_items(case):
        say(case, "request_review", world.by(Role.INTAKE_CLERK), "amount_disputed", note="")
    else:
        asked_about(world, case)
    return fresh(case)


def open_items(case: Case) -> list[WorkItem]:
    return list(WorkItem.objects.filter(process=case, finished__isnull=True))


def remitted(world: World, case: Case) -> Case:
    """Reviewed by a newcomer, who sends it its road again."""
    say(under_review(world, case), "remit", newcomer(), "facts_unclear")
    return fresh(case)


def left_as_it_was_paid(world: World) -> Case:
    """Paid, sent its road again by a review, and not gone through after all."""
    case = remitted(world, world.case("end"))
    say(case, "let_stand", world.by(Role.INTAKE_CLERK), "review_taken_back")
    return fresh(case)


def walked_on(world: World, case: Case, to: str) -> Case:
    """From intake on, each by the one whose step it is, until it waits at `to`."""
    steps = (("intake", "accept"), ("village", "pass"), ("township", "pass"), ("county", "approve"))
    for step, outcome in steps:
        if step == to:
            break
        if step == "village":
            photographed(case)
        say(case, outcome, world.by(OFFICE[step]))
    return fresh(case)


def longer(world: World, case: Case, until: str = "2026-09-10") -> Case:
    """At intake somebody sees that the stay was longer, or shorter, than was written."""
    amend_facts(case.number, {"discharge_date": until}, by=world.by(Role.INTAKE_CLERK), reason="papers_differ")
    return fresh(case)


def paid_again(world: World, case: Case) -> BatchLine:
    """From `payment` through a batch of its own to the bank's answer; the line it was paid by."""
    for step in ("payment", "payment_check", "bank"):
        world.pay_on(case, step)
    return BatchLine.objects.filter(case=case).latest("pk")


# -- everywhere ------------------------------------------------------------------------------------------------------


def at(world: World, step: str, *, person: Person | None = None) -> Case:
    """A case that waits at any step there is."""
    if step == "papers":
        return wanting(world)
    if step == "account":
        return sent_back(world)
    if step == "suspended":
        return suspended(world)
    if step == "internal_review":
        return under_review(world, world.case("payment"))
    if step == "refusal_review":
        return under_review(world, refused(world))
    return world.case(step, person=person)
