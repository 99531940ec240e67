"""Every road of terms there is × every step on it × every outcome × every role that has a step, and the auditor's: who
gets it said, tried by doing it.

The places beside the road are the house's own, and tried in tests/workflows/test_who_may_say_what.py.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate

from casework.models import Case, Level, Role, Staff
from casework.models.law import ABOUT_THE_ROUND, NOTICE_WORDS
from casework.models.notices import LIVE
from tests.factories import OfficeFactory, StaffFactory
from tests.workflows.notices.noticed import days_later
from tests.workflows.programmes.foundation_grant.stories import donated
from tests.workflows.second_thoughts.stories import BILL, in_days
from tests.workflows.standard.invented import application_for, on_its_day
from tests.workflows.standard.stories import at_the_counter, posted, purpose_of, whose_step, with_log, with_papers
from tests.world import COUNTY, IN_BATCHES, TOWNSHIP, VILLAGE, World, open_item
from workflows import law, registry
from workflows.flow import Step
from workflows.notices.closing import close_notice
from workflows.notices.objections import Said, take_objection
from workflows.outcomes import Hand, Kind, Outcome
from workflows.perform import Receipt, perform
from workflows.programme import Programme
from workflows.refusals import Incomplete, NotYourPost, Refusal
from workflows.reopening import reopen, ways_back_in
from workflows.standard.applications import StandardApplications
from workflows.standard.road import road_of

OFFICES = {Level.COUNTY: COUNTY, Level.TOWNSHIP: TOWNSHIP, Level.VILLAGE: VILLAGE}


def roads() -> list[tuple[str, str]]:
    """A programme and version for each road there is, by its steps and their offices: two that differ in their clauses
    are one here. One without a log 登记簿 is taken first: what is to be in it is tried elsewhere."""
    found: dict[tuple[Any, ...], tuple[str, str]] = {}
    standard = [one for one in registry.programmes().values() if isinstance(one.applications, StandardApplications)]
    versions = [(programme.slug, terms) for programme in standard for terms in programme.terms.versions]
    for slug, terms in sorted(versions, key=lambda version: "log" in version[1].body):
        road = road_of(terms.body["steps"])
        found.setdefault(tuple((place.name, place.office) for place in road.places), (slug, terms.version))
    return list(found.values())


ROLES = (
    Role.INTAKE_CLERK,
    Role.VILLAGE_VERIFIER,
    Role.TOWNSHIP_REVIEWER,
    Role.COUNTY_APPROVER,
    Role.PAYMENT_OFFICER,
    Role.PAYMENT_CHECKER,
    Role.AUDITOR,
)


def people_for(hand: Hand) -> dict[tuple[str, int], Staff]:
    """Somebody new in each role of the office that has the say, and in its own role of the offices that have not."""
    for office in OFFICES.values():
        OfficeFactory(division_id=office)
    seats = [(role, hand.level) for role in ROLES]
    seats += [(hand.role, level) for level in OFFICES if level != hand.level]
    return {(role, level): StaffFactory(post=(role, OFFICES[level])) for role, level in seats if level in OFFICES}


def attempt(case: Case, outcome: Outcome, by: Staff, reason: str) -> Receipt | Refusal:
    """Said, and undone again; whatever it may ask is answered."""
    values = {"review_on": in_days(5), "papers": (BILL,), "ticks": {}, "answer": "已入户核实，与申报一致"}
    with transaction.atomic():
        try:
            return perform(open_item(case).pk, outcome.name, by=by, reasons=[reason], note="情况属实", values=values)
        except Refusal as refusal:
            return refusal
        finally:
            transaction.set_rollback(True)


def cannot_be_complete(case: Case, outcome: Outcome) -> bool:
    """What is said in a batch or with a notice only, or of a case with another past."""
    guards = law.guards(outcome.moves, str(case.stage))
    return outcome.by_batch or any(guard.missing(case) for guard in guards if guard in ABOUT_THE_ROUND)


def check(programme: Programme, case: Case, people: dict[Hand, dict[tuple[str, int], Staff]]) -> int:
    """Every outcome of the step the case waits in, said by everybody; how many were tried."""
    step: Step = open_item(case).flow_task
    reason, tried = next(iter(programme.reasons)), 0
    for outcome in step.outcomes.values():
        hand = step.hand_of(outcome)
        if hand not in people:
            people[hand] = people_for(hand)
        for (role, level), by in people[hand].items():
            result = attempt(case, outcome, by, reason)
            where = (step.name, outcome.name, role, level, result)
            if (role, level) != (hand.role, hand.level):
                assert isinstance(result, NotYourPost), where
            elif cannot_be_complete(case, outcome):
                assert isinstance(result, Incomplete), where
            else:
                assert isinstance(result, Receipt), where
            tried += 1
    return tried


def on_from(world: World, case: Case, step: Step) -> None:
    """What happens to the case there, when all goes well but for an objection on every board."""
    if step.name in IN_BATCHES:
        world.pay_on(case, step.name)
    elif step.name in NOTICE_WORDS:
        posted(world, case)
    elif step.name.endswith("_hanging"):
        line = case.notice_lines.filter(state__in=LIVE).select_related("notice").get()
        if line.objections.exists():
            with days_later(line.notice):
                close_notice(line.notice, by=world.by(step.role))
        else:
            take_objection(line.notice, line.line_number, Said("听说不符合条件"), by=world.by(Role.INTAKE_CLERK))
    else:
        ways = [one for one in step.outcomes.values() if one.kind is Kind.ADVANCE and not one.aside]
        newcomer = ways[0].by_newcomer
        by = StaffFactory(post=(step.role, OFFICES[step.level])) if newcomer else whose_step(world, case)
        perform(open_item(case).pk, ways[0].name, by=by, note="情况属实", values={"answer": "已核实"})


def walked_while_everybody_tries(world: World, programme: Programme, case: Case) -> tuple[list[str], int]:
    """The steps it came through, and how many outcomes were tried on the way."""
    people: dict[Hand, dict[tuple[str, int], Staff]] = {}
    steps, tried = [], 0
    while (item := case.work_items.filter(finished__isnull=True).first()) is not None:
        case = Case.objects.get(pk=case.pk)
        step: Step = item.flow_task
        steps.append(step.name)
        tried += check(programme, case, people)
        on_from(world, case, step)
    return steps, tried


def check_the_money_comes_back(programme: Programme, case: Case) -> int:
    """What only the payment's officer says of a case that is paid; that of another past is said by nobody."""
    ways = {outcome.name: step for step, outcome in ways_back_in(case) if outcome.moves != "request_review"}
    assert set(ways) == ({"came_back"} if case.paid_amount else set())
    given = {"reasons": ["sent_back_late"], "values": {"came_back_on": localdate(), "bank_reason": "销户"}}
    for (role, level), by in people_for(Hand(Role.PAYMENT_OFFICER, Level.COUNTY, "pay")).items() if ways else ():
        with transaction.atomic():
            try:
                result: Any = reopen(case.number, "came_back", by=by, **given)
            except Refusal as refusal:
                result = refusal
            transaction.set_rollback(True)
        wanted = Receipt if (role, level) == (Role.PAYMENT_OFFICER, Level.COUNTY) else NotYourPost
        assert isinstance(result, wanted), (programme.slug, role, level, result)
    return len(ways)


@pytest.mark.parametrize(("slug", "version"), roads())
def test_an_outcome_is_said_by_the_role_its_hand_names_in_that_office_and_by_no_other(
    world: World, slug: str, version: str
) -> None:
    programme = registry.programme(slug)
    cells, day = application_for(programme, version)
    with on_its_day(day):
        case = at_the_counter(world, slug, cells, on=day)
        with_papers(case)
        with_log(case)
        if "donations" in programme.terms.version(version).body:
            donated("1000000.00", purpose=purpose_of(case))
        steps, tried = walked_while_everybody_tries(world, programme, case)
        tried += check_the_money_comes_back(programme, Case.objects.get(pk=case.pk))
    boards = programme.terms.version(version).notices
    assert steps[0] == "intake" and tried > 100
    assert {f"{place}{where}" for place in boards for where in ("", "_hanging", "_objection")} <= set(steps)
