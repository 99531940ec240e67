"""What lies beside the road is proved too: ways back, stopped clocks, ended cases taken up again, other offices' hands.

Each fault is planted in a flow that is otherwise sound, and exactly that fault is found, on its road.
"""

from __future__ import annotations

from typing import Any

import pytest
from viewflow import this

from casework.models import Capacity, Level, Role, Stage
from tests.workflows.paper_flows import intake, on, programme_of, step, township, village
from workflows import law, registry
from workflows.flow import Ending, Step
from workflows.outcomes import Hand, Kind
from workflows.proof import Code, Proof, proofs, prove, story, unused
from workflows.proof.refinement import rows_of_the_law
from workflows.proof.space import explore

TO_VILLAGE = ("受理【受理】",)
TO_TOWNSHIP = (*TO_VILLAGE, "核实【通过】")
ARCHIVE = Hand(Role.ARCHIVIST, Level.COUNTY, Capacity.RECORD)


def aside(node: Step, **otherwise: Any) -> Step:
    """The step, and a case can be suspended in it."""
    extra = {"remembers": True, "stops_clock": "suspension", "aside": True, **otherwise}
    return on(node, "suspend", "中止", "suspend", this.suspended, kind=Kind.ASK, **extra)


def resting(*back: Any, **otherwise: Any) -> Step:
    """Where a suspended case waits; it can also be given up."""
    given_up = on(step("待复查", "intake"), "give_up", "终止", "terminate", this.given_up, kind=Kind.REFUSE)
    extra = {"restarts_clock": True, "aside": True, **otherwise}
    return on(given_up, "resume", "恢复", "resume", back, **extra)


def asking() -> Step:
    return on(step("请求复核", "intake"), "ask", "请求", "request_review", this.review, kind=Kind.ASK)


def review(*back: Any) -> Step:
    node = step("另一人复核", "approve", capacity=Capacity.RECONSIDER)
    on(node, "remit", "发回", "remit", this.intake, kind=Kind.BACK, by_newcomer=True)
    return on(node, "uphold", "维持", "uphold", back, kind=Kind.REFUSE, by_newcomer=True)


def nodes(**otherwise: Any) -> dict[str, Any]:
    """A village and a township that may suspend, and an end that can be taken up again."""
    return {
        "village": aside(village()),
        "township": aside(township()),
        "suspended": resting(this.village, this.township),
        "given_up": Ending("终止", stage=Stage.TERMINATED),
        "paid": Ending("办结", moves="close", stage=Stage.CLOSED, reopens=this.asking),
        "asking": asking(),
        "review": review(this.paid),
        **otherwise,
    }


def proof_of(**otherwise: Any) -> Proof:
    return prove(programme_of(**nodes(**otherwise)))


def a_suspension_nobody_leads_back_from() -> dict[str, Any]:
    return {"suspended": resting(this.township)}


def a_review_that_cannot_leave_things_as_they_are() -> dict[str, Any]:
    """The refusal can be asked about too, and the review only knows the way back to the payment."""
    return {"refused": Ending("不予批准", stage=Stage.REJECTED, reopens=this.asking)}


def a_suspension_that_forgets_where_the_case_was() -> dict[str, Any]:
    return {"village": aside(village(), remembers=False), "township": township(), "suspended": resting(this.village)}


def a_suspension_with_no_way_back_at_all() -> dict[str, Any]:
    given_up = on(step("待复查", "intake"), "give_up", "终止", "terminate", this.given_up, kind=Kind.REFUSE)
    return {"village": aside(village(), stops_clock=""), "township": township(), "suspended": given_up}


def a_way_back_to_where_nobody_comes_from() -> dict[str, Any]:
    return {"suspended": resting(this.village, this.township, this.county)}


def a_clock_nobody_starts_again() -> dict[str, Any]:
    return {"township": township(), "suspended": resting(this.village, restarts_clock=False)}


def a_step_in_two_stages_and_a_verb_for_one() -> dict[str, Any]:
    """Asked for papers a case is in correction; sent back by the village it is not."""
    ask = on(intake(), "ask", "补正", "ask_for_papers", this.papers, kind=Kind.ASK)
    papers = on(step("补正", "intake"), "resubmit", "补齐", "submit", this.intake, signs=True)
    sent_back = on(village(), "send_back", "退回", "return_to_intake", this.papers, kind=Kind.BACK)
    return {"intake": ask, "papers": papers, "village": aside(sent_back)}


def an_end_the_law_does_not_review() -> dict[str, Any]:
    """What went its road elsewhere was never a decision of this house."""
    filed = on(intake(), "file", "补录", "set_down", this.archived, kind=Kind.REFUSE, hand=ARCHIVE)
    archived = Ending("归档", moves="file_away", stage=Stage.ARCHIVED, reopens=this.asking)
    return {"intake": filed, "archived": archived}


def a_verb_that_leads_back_to_no_stage() -> dict[str, Any]:
    resumed = on(step("待复查", "intake"), "resume", "恢复", "resume", this.village)
    on(resumed, "give_up", "终止", "terminate", this.given_up, kind=Kind.REFUSE)
    forgetful = aside(village(), remembers=False, stops_clock="")
    return {"village": forgetful, "township": township(), "suspended": resumed}


def a_hand_the_law_does_not_permit() -> dict[str, Any]:
    payer = Hand(Role.PAYMENT_OFFICER, Level.COUNTY, Capacity.PAY)
    withdraw = on(aside(village()), "withdraw", "撤回", "withdraw", this.withdrawn, kind=Kind.REFUSE, hand=payer)
    return {"village": withdraw, "withdrawn": Ending("撤回", stage=Stage.WITHDRAWN)}


def a_hand_of_no_level() -> dict[str, Any]:
    withdraw = on(village(), "withdraw", "撤回", "withdraw", this.refused, kind=Kind.REFUSE, hand=_hand(level=5))
    return {"village": aside(withdraw)}


def two_steps_of_one_title() -> dict[str, Any]:
    return {"asking": asking(), "suspended": _titled(resting(this.village, this.township), "请求复核")}


def _titled(node: Step, title: str) -> Step:
    node.task_title = title
    return node


def _hand(**otherwise: Any) -> Hand:
    return Hand(**{"role": Role.INTAKE_CLERK, "level": Level.COUNTY, "capacity": Capacity.INTAKE, **otherwise})


PLANTS = (
    (
        a_suspension_nobody_leads_back_from,
        Code.NO_WAY_BACK,
        (*TO_VILLAGE, "核实【中止】", "待复查【恢复】"),
        "来自“核实”的案件没有回去的路",
    ),
    (
        a_review_that_cannot_leave_things_as_they_are,
        Code.NO_WAY_BACK,
        ("受理【不予批准】", "不予批准【请求复核】", "请求复核【请求】", "另一人复核【维持】"),
        "来自“不予批准”的案件没有回去的路",
    ),
    (
        a_suspension_that_forgets_where_the_case_was,
        Code.NO_WAY_BACK,
        (*TO_VILLAGE, "核实【中止】", "待复查【恢复】"),
        "案件没有记下来处",
    ),
    (
        a_suspension_with_no_way_back_at_all,
        Code.NO_WAY_BACK,
        (*TO_VILLAGE, "核实【中止】"),
        "记下了来处“核实”，之后没有一种结果回到那里",
    ),
    (a_way_back_to_where_nobody_comes_from, Code.NEVER_REMEMBERED, ("待复查【恢复】",), "可以回到“审批”"),
    (a_clock_nobody_starts_again, Code.CLOCK_STAYS_STOPPED, (*TO_VILLAGE, "核实【中止】"), "停了办理期限"),
    (
        a_step_in_two_stages_and_a_verb_for_one,
        Code.BEYOND_THE_LAW,
        (*TO_VILLAGE, "核实【退回】", "补正【补齐】"),
        "而案件走到这里也可能是“已提交”",
    ),
    (
        an_end_the_law_does_not_review,
        Code.BEYOND_THE_LAW,
        ("受理【补录】", "归档【请求复核】", "请求复核【请求】"),
        "也可能是“历史归档”",
    ),
    (
        a_verb_that_leads_back_to_no_stage,
        Code.BEYOND_THE_LAW,
        (*TO_VILLAGE, "核实【中止】", "待复查【恢复】"),
        "带回没有记下的阶段",
    ),
    (
        a_hand_the_law_does_not_permit,
        Code.ROLE_NOT_PERMITTED,
        (*TO_VILLAGE, "核实【撤回】"),
        "由“发放经办”办理，法律不许",
    ),
    (a_hand_of_no_level, Code.UNKNOWN_WORD, ("核实【撤回】",), "结果“撤回”的层级“5”不在已知的层级之列"),
    (two_steps_of_one_title, Code.SAME_TITLE, ("请求复核",), "有2个环节都叫“请求复核”（suspended、asking）"),
)


@pytest.mark.parametrize(("plant", "code", "path", "words"), PLANTS, ids=[plant[0].__name__ for plant in PLANTS])
def test_a_planted_fault_is_found_alone_and_with_its_path(
    plant: Any, code: Code, path: tuple[str, ...], words: str
) -> None:
    proof = proof_of(**plant())

    assert [(fault.code, fault.path) for fault in proof.faults] == [(code, path)]
    assert words in proof.faults[0].sentence
    assert not proof.holds


def test_the_flow_the_faults_are_planted_in_is_sound() -> None:
    proof = proof_of()

    assert proof.faults == ()
    assert proof.refines_law


def test_an_end_taken_up_again_by_what_is_no_step_is_named_and_nothing_is_walked() -> None:
    again = Ending("办结", moves="close", stage=Stage.CLOSED, reopens=this.refused)

    proof = prove(programme_of(paid=again))

    assert [(fault.code, fault.path) for fault in proof.faults] == [(Code.REOPENS_NO_STEP, ("办结",))]
    assert "要经“不予批准”重新开启，那不是一个环节" in proof.faults[0].sentence
    assert proof.refinement is None
    assert not proof.refines_law


def test_a_clock_that_is_stopped_again_before_it_is_started_is_not_started() -> None:
    """The review could be remitted and the case then suspended and resumed: that ends another pause."""
    request = on(step("请求复核", "intake"), "ask", "请求", "request_review", this.review, stops_clock="review")

    (fault,) = proof_of(asking=request).faults

    assert (fault.code, fault.path[-1]) == (Code.CLOCK_STAYS_STOPPED, "请求复核【请求】")


def test_each_turn_of_the_road_says_who_takes_it() -> None:
    programme = programme_of(**nodes(suspended=resting(this.township)))
    (fault,) = prove(programme).faults

    assert list(story(programme.flow, fault)) == [
        "1. 受理【受理】　受理员（县市区）",
        "2. 核实【中止】　村级核实员（村社区）",
        "3. 待复查【恢复】　受理员（县市区）　← 就在这里",
    ]


def test_another_offices_hand_and_a_reopening_are_told_as_such() -> None:
    programme = programme_of(**nodes(**an_end_the_law_does_not_review()))
    (fault,) = prove(programme).faults

    assert list(story(programme.flow, fault)) == [
        "1. 受理【补录】　档案员（县市区）",
        "2. 归档【请求复核】　受理员（县市区）",
        "3. 请求复核【请求】　受理员（县市区）　← 就在这里",
    ]


def test_every_flow_there_is_refines_the_law_and_what_no_flow_uses_is_told() -> None:
    found = [proof for programme in registry.programmes().values() for proof in proofs(programme)]

    assert all(proof.refines_law for proof in found)
    idle = unused(proof.refinement for proof in found if proof.refinement)
    assert ("set_down", "submitted") in idle
    assert not {("submit", "draft"), ("close", "paid"), ("resume", "suspended"), ("request_review", "closed")} & {*idle}


def test_a_flow_without_second_thoughts_leaves_their_rows_of_the_law_idle() -> None:
    proof = prove(programme_of())
    assert proof.refinement is not None

    idle = unused([proof.refinement])

    assert {("suspend", "accepted"), ("resume", "suspended"), ("uphold", "internal_review")} <= {*idle}
    assert len(idle) + len(proof.refinement.used) == len(rows_of_the_law())


def test_a_fault_of_the_law_unsays_that_the_flow_refines_it_and_another_does_not() -> None:
    assert not proof_of(**a_step_in_two_stages_and_a_verb_for_one()).refines_law
    assert proof_of(**two_steps_of_one_title()).refines_law


def test_what_a_case_remembers_is_forgotten_where_it_cannot_matter() -> None:
    """The proof is as quick as that makes it, and what it finds is the same: the places and stages are."""
    flow = programme_of(**nodes()).flow
    space = explore(flow, guards_for=None)

    assert {state.back for state in space.at("village")} == {("", "")}
    assert {state.back for state in space.at("suspended")} == {("village", "accepted"), ("township", "verified")}


def test_every_outcome_of_a_step_that_reopens_is_a_verb_the_law_has_of_that_end() -> None:
    """`reopening.reopen` says it; were it another verb the law would refuse it."""
    says = {
        (outcome.moves, ending.lands_in)
        for programme in registry.programmes().values()
        for flow in programme.flows
        for ending in flow.instance.nodes()
        if isinstance(ending, Ending)
        for again in ending.reopens
        for outcome in again.outcomes.values()
    }
    assert {verb for verb, _stage in says} == {"request_review", "revisit", "come_back", "come_back_anew"}
    assert all(law.transition(verb, stage) for verb, stage in says)
    assert all(law.transition("request_review", stage) for stage in ("closed", "rejected", "terminated"))
