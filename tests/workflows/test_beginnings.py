"""Where a case comes in: at one of several places, by the verb of its flow, and many acts in one ledger."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import transaction
from viewflow import this

from casework.models import Case, Decision, Event, Participation, Role, Stage, WorkItem
from tests.workflows.paper_flows import intake, on, programme_of, refusable, step
from tests.world import COUNTY, VILLAGE, World
from workflows import registry, trail
from workflows.flow import Begin, CaseFlow, Step
from workflows.graph import reachable
from workflows.ledger import Ledger
from workflows.papers import numbers
from workflows.perform import begin, prepare, take
from workflows.proof import Code, prove
from workflows.refusals import LawRefuses, NotYourPost
from workflows.standing import Actor, Standing

NOON = datetime.datetime(2026, 11, 2, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)


def two_ways_in(**otherwise: Any) -> dict[str, Any]:
    """The sound flow, with a second step that cases may begin at."""
    return {"begin": Begin(this.intake, this.counter, **otherwise), "counter": refusable(step("窗口", "intake"))}


def flow_of(nodes: dict[str, Any]) -> type[CaseFlow]:
    return programme_of(**nodes).flow


def new_case(world: World) -> Case:
    case = world.case("intake")
    return Case(
        number=numbers.reserve("HL", COUNTY, 2026, 1)[0],
        programme=case.programme,
        terms_version=case.terms_version,
        applicant=case.applicant,
        division_id=VILLAGE,
        applied_on=case.applied_on,
        facts=case.facts,
        signatures_required=["verify"],
    )


def clerk(world: World) -> Actor:
    staff = world.by(Role.INTAKE_CLERK)
    return Actor(staff.pk, staff.name, "县计生协", Role.INTAKE_CLERK)


# -- where -----------------------------------------------------------------------------------------------------------


def test_a_flow_with_several_beginnings_is_proved_from_each_of_them() -> None:
    sound = prove(programme_of(**two_ways_in()))

    assert sound.faults == ()
    assert "counter" in reachable(flow_of(two_ways_in()))
    # Without the second beginning nothing leads there.
    alone = prove(programme_of(**{**two_ways_in(), "begin": Begin(this.intake)}))
    assert [fault.code for fault in alone.faults] == [Code.UNREACHABLE]


def test_a_fault_that_only_one_of_the_beginnings_leads_to_is_found() -> None:
    counter = on(step("窗口", "intake"), "approve", "当场批准", "approve", this.payment)
    (fault,) = prove(programme_of(begin=Begin(this.intake, this.counter), counter=refusable(counter))).faults

    assert (fault.code, fault.path) == (Code.TRANSITION_REFUSED, ("窗口【当场批准】",))


@pytest.mark.parametrize(("first", "step_name"), [(None, "intake"), ("counter", "counter"), ("intake", "intake")])
def test_a_case_begins_where_it_is_told_to(world: World, first: str | None, step_name: str) -> None:
    flow = flow_of(two_ways_in())
    flow.terms = registry.programme("nursing_subsidy").terms
    ledger = Ledger(at=NOON, next_due=NOON + HOUR)
    node = None if first is None else flow.instance.node(first)
    item = begin(new_case(world), flow, ledger, actor=clerk(world), first=node)

    assert (item.step, item.due_at) == (step_name, NOON + HOUR)


def test_a_case_begins_nowhere_else(world: World) -> None:
    flow, ledger = flow_of(two_ways_in()), Ledger(at=NOON)
    case = new_case(world)
    with pytest.raises(ValueError, match="does not begin at village"):
        begin(case, flow, ledger, actor=clerk(world), first=flow.instance.node("village"))

    assert case.stage == Stage.DRAFT
    assert ledger.events == []


# -- by which verb ---------------------------------------------------------------------------------------------------


def test_the_law_is_asked_with_the_verb_the_flow_begins_with(world: World) -> None:
    history, ours = flow_of(two_ways_in(moves="set_down", told="brought_in")), flow_of({})
    archivist = Actor(1, "某人", "县计生协", Role.ARCHIVIST)
    for flow, actor, speaker in ((history, clerk(world), "档案员"), (ours, archivist, "受理员")):
        case, ledger = new_case(world), Ledger(at=NOON)
        with pytest.raises(NotYourPost, match=speaker):
            begin(case, flow, ledger, actor=actor)
        assert (case.stage, ledger.is_empty()) == (Stage.DRAFT, True)

    case, ledger = new_case(world), Ledger(at=NOON, next_due=NOON)
    history.terms = registry.programme("nursing_subsidy").terms
    begin(case, history, ledger, actor=archivist)
    assert case.stage == Stage.SUBMITTED
    assert [event.action for event in ledger.events] == ["brought_in"]


@pytest.mark.parametrize("verb", ["accept", "pay", "forget", "full_clean"])
def test_a_flow_that_begins_with_no_verb_of_beginning_is_not_proved(verb: str) -> None:
    (fault,) = prove(programme_of(begin=Begin(this.intake, moves=verb))).faults

    assert (fault.code, fault.sentence) == (
        Code.FOREIGN_NODE,
        f"起点要求“{verb}”，法律不这样把草稿变成案件",
    )


def test_every_beginning_must_be_a_step() -> None:
    (fault,) = prove(programme_of(begin=Begin(this.intake, this.refused))).faults

    assert (fault.code, "起点之后应是一个环节" in fault.sentence) == (Code.FOREIGN_NODE, True)


# -- many acts in one ledger -----------------------------------------------------------------------------------------


def test_what_came_in_by_every_beginning_is_written_from_one_ledger(world: World) -> None:
    """Two cases in by the two ways, and one refused on the way in: it left nothing in what the others share."""
    flow = flow_of(two_ways_in())
    ledger, actor = Ledger(at=NOON, next_due=NOON + HOUR), clerk(world)
    cases = {name: under_paper_terms(new_case(world)) for name in ("intake", "counter")}
    for name, case in cases.items():
        begin(case, flow, ledger, actor=actor, first=flow.instance.node(name))
        with pytest.raises(NotYourPost):
            begin(new_case(world), flow, ledger, actor=Actor(1, "某人", "县计生协", Role.ARCHIVIST))

    assert [case.number for case in ledger.new_cases] == [case.number for case in cases.values()]
    assert [(item.step, item.process.number) for item in ledger.new_items] == [
        (name, case.number) for name, case in cases.items()
    ]
    assert [(event.chain, event.seq) for event in ledger.events] == [(case.number, 1) for case in cases.values()]
    assert {case.stage for case in cases.values()} == {Stage.SUBMITTED}


@pytest.mark.parametrize("begins_at", ["intake", "counter"])
def test_wherever_a_case_began_the_law_lets_it_say_what_it_may_say_and_nothing_else(
    world: World, begins_at: str
) -> None:
    """Both steps hold a submitted case: refusing is the desk's to say, approving is nobody's yet."""
    counter = on(refusable(step("窗口", "intake")), "approve", "当场批准", "approve", this.payment)
    flow = flow_of({**two_ways_in(), "counter": counter, "intake": _approves_too(intake())})
    for outcome in ("approve", "refuse"):
        case, ledger, actor = under_paper_terms(new_case(world)), Ledger(at=NOON, next_due=NOON + HOUR), clerk(world)
        item = begin(case, flow, ledger, actor=actor, first=flow.instance.node(begins_at))
        act = prepare(item, outcome, ledger, actor=actor, reasons=["not_covered"], note="不符")
        if outcome == "approve":
            with pytest.raises(LawRefuses):
                take(act, Standing(actor, recused=False))
            assert (case.stage, len(ledger.events)) == (Stage.SUBMITTED, 1)
        else:
            take(act, Standing(actor, recused=False))
            assert (case.stage, len(ledger.events)) == (Stage.REJECTED, 2)


def under_paper_terms(case: Case) -> Case:
    case.terms_version = "2026-01-01"
    return case


def _approves_too(node: Step) -> Step:
    return on(node, "approve", "当场批准", "approve", this.payment)


def test_two_steps_by_one_person_in_one_ledger_are_one_participation(world: World) -> None:
    """Asked for papers and got them, before anything was written: the second signature replaces the first."""
    (flow,) = [flow for flow in registry.programme("nursing_subsidy").flows if flow.version == 1]
    case, ledger, actor = new_case(world), Ledger(at=NOON), clerk(world)
    seen = Standing(actor, recused=False)
    item = begin(case, flow, ledger, actor=actor)
    told = {"reasons": ["papers_missing"], "note": "缺出院小结"}
    take(prepare(item, "ask_for_papers", ledger, actor=actor, **told), seen)
    ledger.at = NOON + HOUR
    take(prepare(ledger.new_items[-1], "resubmit", ledger, actor=actor), seen)
    with transaction.atomic():
        ledger.write()

    (part,) = Participation.objects.filter(case=case)
    assert (part.capacity, part.signed_digest) == ("intake", case.facts_digest)
    assert set(Decision.objects.filter(case=case).values_list("participation", flat=True)) == {part.pk}
    assert [event.at - NOON for event in Event.objects.filter(chain=case.number)] == [0 * HOUR, 0 * HOUR, HOUR]
    assert [item.step for item in WorkItem.objects.filter(process=case, finished=None)] == ["intake"]
    assert list(trail.breaks(case.number)) == []
