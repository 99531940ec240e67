"""Each kind of fault is planted in a flow that is otherwise sound, and exactly that fault is found, on its road."""

from __future__ import annotations

from typing import Any

import pytest
from viewflow import this

from casework.models import Level, Role, Stage
from tests.workflows.paper_flows import (
    bank,
    check,
    county,
    intake,
    on,
    payment,
    programme_of,
    refusable,
    step,
    township,
    village,
)
from workflows import law, registry
from workflows.amend import AMENDABLE
from workflows.flow import CaseFlow, Ending
from workflows.outcomes import Kind
from workflows.proof import Code, prove
from workflows.proof.space import FACTS_CHANGED, FACTS_MAY_CHANGE, explore

TO_VILLAGE = ("受理【受理】",)
TO_TOWNSHIP = (*TO_VILLAGE, "核实【通过】")
TO_COUNTY = (*TO_TOWNSHIP, "审核【通过】")
TO_PAYMENT = (*TO_COUNTY, "审批【批准】")
TO_CHECK = (*TO_PAYMENT, "列入批次【列入】")
TO_BANK = (*TO_CHECK, "复核【无误】")


def a_step_nobody_leads_to() -> dict[str, Any]:
    return {"visit": refusable(step("回访", "verify"))}


def an_end_nobody_leads_to() -> dict[str, Any]:
    return {"withdrawn": Ending("撤回", stage=Stage.WITHDRAWN)}


def a_step_without_outcomes() -> dict[str, Any]:
    returned = on(bank(), "returned", "退票", "unschedule", this.account, kind=Kind.BACK)
    return {"bank": returned, "account": step("更正账户", "intake")}


def changed_facts_and_no_way_back() -> dict[str, Any]:
    """The village's signature lapses, the township can neither send back nor refuse."""
    return {"township": on(step("审核", "review"), "pass", "通过", "review", this.county, signs=True)}


def a_step_that_leads_to_itself() -> dict[str, Any]:
    returned = on(bank(), "returned", "退票", "unschedule", this.account, kind=Kind.BACK)
    account = on(step("更正账户", "intake"), "again", "再改", "mend_account", this.account, signs=True)
    return {"bank": returned, "account": account}


def two_steps_that_send_each_other_back() -> dict[str, Any]:
    second_look = on(step("再审核", "review"), "send_back", "退回", "return_to_village", this.revisit, kind=Kind.BACK)
    revisit = on(step("再核实", "verify"), "pass", "通过", "verify", this.second_look, signs=True)
    return {"county": county(back_to=this.second_look), "second_look": second_look, "revisit": revisit}


def a_review_that_is_no_signature() -> dict[str, Any]:
    return {"township": township(signs=False)}


def a_short_cut_past_the_check() -> dict[str, Any]:
    return {"payment": on(payment(), "urgent", "加急", "schedule", this.bank, signs=True)}


def a_signature_that_is_taken_back() -> dict[str, Any]:
    """The check signs, and a second look takes that name away again on the way to the bank."""
    doubt = on(step("再复核", "check"), "doubt", "存疑", "confirm_payment", this.bank)
    return {"check": check(to=this.doubt), "doubt": doubt}


def a_step_without_deadline() -> dict[str, Any]:
    return {"no_deadline_for": "township"}


def a_verb_the_law_does_not_have() -> dict[str, Any]:
    return {"village": on(village(), "forget", "搁置", "forget", this.refused, kind=Kind.REFUSE)}


def a_method_that_is_no_verb() -> dict[str, Any]:
    return {"village": on(village(), "forget", "搁置", "delete", this.refused, kind=Kind.REFUSE)}


def a_verb_the_law_has_elsewhere() -> dict[str, Any]:
    return {"county": on(county(), "ask", "补正", "ask_for_papers", this.refused, kind=Kind.REFUSE)}


def a_signature_wanted_before_it_can_be_given() -> dict[str, Any]:
    """Drawing into a batch needs every signature of the terms; the payment officer's comes only with it."""
    return {"signatures": ("verify", "review", "approve", "pay")}


def an_approval_the_terms_do_not_ask_for_and_nobody_signs() -> dict[str, Any]:
    """Terms may ask for less; without an approval nothing is paid."""
    return {"signatures": (), "county": county(signs=False)}


def a_role_the_law_does_not_permit() -> dict[str, Any]:
    return {"village": village(role=Role.TOWNSHIP_REVIEWER)}


def an_end_in_another_stage() -> dict[str, Any]:
    return {"paid": Ending("办结", stage=Stage.CLOSED)}


def an_end_that_is_none() -> dict[str, Any]:
    return {"paid": Ending("办结", stage=Stage.PAID)}


def an_end_that_says_a_verb_too_early() -> dict[str, Any]:
    return {"refused": Ending("不予批准", moves="close", stage=Stage.CLOSED)}


def an_end_that_says_no_verb_of_the_law() -> dict[str, Any]:
    return {"refused": Ending("不予批准", moves="archive", stage=Stage.CLOSED)}


def an_end_that_says_a_persons_verb() -> dict[str, Any]:
    lapse = on(intake(), "lapse", "逾期", "ask_for_papers", this.lapsed, kind=Kind.ASK)
    return {"intake": lapse, "lapsed": Ending("撤回", moves="withdraw", stage=Stage.WITHDRAWN)}


PLANTS = (
    (a_step_nobody_leads_to, Code.UNREACHABLE, ("回访",), "没有一条路走到“回访”"),
    (an_end_nobody_leads_to, Code.UNREACHABLE, ("撤回",), "没有一条路走到“撤回”"),
    (a_step_without_outcomes, Code.DEAD_END, (*TO_BANK, "回盘【退票】", "更正账户"), "停在“更正账户”"),
    (changed_facts_and_no_way_back, Code.DEAD_END, (*TO_TOWNSHIP, FACTS_CHANGED, "审核"), "通过：缺少“核实”签字"),
    (
        a_step_that_leads_to_itself,
        Code.ENDLESS_LOOP,
        (*TO_BANK, "回盘【退票】", "更正账户【再改】"),
        "“更正账户”只在原地打转",
    ),
    (
        two_steps_that_send_each_other_back,
        Code.ENDLESS_LOOP,
        (*TO_COUNTY, "审批【退回】", "再审核【退回】", "再核实【通过】", "再审核【退回】"),
        "“再审核”、“再核实”只在原地打转",
    ),
    (a_review_that_is_no_signature, Code.UNSIGNED_PAYMENT, (*TO_BANK, "回盘【到账】"), "没有“审核”的签字"),
    (
        a_short_cut_past_the_check,
        Code.UNSIGNED_PAYMENT,
        (*TO_PAYMENT, "列入批次【加急】", "回盘【到账】"),
        "没有“发放复核”的签字",
    ),
    (
        a_signature_that_is_taken_back,
        Code.UNSIGNED_PAYMENT,
        (*TO_BANK, "再复核【存疑】", "回盘【到账】"),
        "没有“发放复核”的签字",
    ),
    (a_step_without_deadline, Code.NO_DEADLINE, ("审核",), "在方案 2026-01-01 里没有期限"),
    (a_verb_the_law_does_not_have, Code.UNKNOWN_TRANSITION, (*TO_VILLAGE, "核实【搁置】"), "法律没有这个动词"),
    (a_method_that_is_no_verb, Code.UNKNOWN_TRANSITION, (*TO_VILLAGE, "核实【搁置】"), "法律没有这个动词"),
    (
        a_verb_the_law_has_elsewhere,
        Code.TRANSITION_REFUSED,
        (*TO_COUNTY, "审批【补正】"),
        "只许在“已提交”时说，而案件走到这里只会是“已审核”",
    ),
    (
        a_signature_wanted_before_it_can_be_given,
        Code.TRANSITION_REFUSED,
        (*TO_PAYMENT, "列入批次【列入】"),
        "缺少“发放经办”签字",
    ),
    (
        an_approval_the_terms_do_not_ask_for_and_nobody_signs,
        Code.UNSIGNED_PAYMENT,
        (*TO_BANK, "回盘【到账】"),
        "没有“审批”的签字",
    ),
    (a_role_the_law_does_not_permit, Code.ROLE_NOT_PERMITTED, (*TO_VILLAGE, "核实【通过】"), "只许“村级核实员”"),
    (an_end_in_another_stage, Code.ENDING_STAGE, (*TO_BANK, "回盘【到账】", "办结"), "案件到这里却是“已付款”"),
    (an_end_that_is_none, Code.ENDING_STAGE, (*TO_BANK, "回盘【到账】", "办结"), "停在“已付款”，那还不是结果"),
    (
        an_end_that_says_a_verb_too_early,
        Code.TRANSITION_REFUSED,
        ("受理【不予批准】", "不予批准"),
        "法律在“不予批准”时没有这个动词",
    ),
    (
        an_end_that_says_no_verb_of_the_law,
        Code.UNKNOWN_TRANSITION,
        ("受理【不予批准】", "不予批准"),
        "要求“archive”",
    ),
    (an_end_that_says_a_persons_verb, Code.ROLE_NOT_PERMITTED, ("受理【逾期】", "撤回"), "法律不许系统自己说"),
)


@pytest.mark.parametrize(("plant", "code", "path", "words"), PLANTS, ids=[plant[0].__name__ for plant in PLANTS])
def test_a_planted_fault_is_found_alone_and_with_its_path(
    plant: Any, code: Code, path: tuple[str, ...], words: str
) -> None:
    proof = prove(programme_of(**plant()))

    assert [(fault.code, fault.path) for fault in proof.faults] == [(code, path)]
    assert words in proof.faults[0].sentence
    assert proof.faults[0].flow == "SampleFlow"
    assert not proof.holds


def test_the_flow_the_faults_are_planted_in_is_sound() -> None:
    proof = prove(programme_of())

    assert proof.faults == ()
    assert (proof.steps, proof.outcomes) == (7, 14)
    assert proof.signatures == ["“核实”", "“审核”", "“审批”", "“发放复核”"]


FLOWS = [(slug, flow) for slug, programme in registry.programmes().items() for flow in programme.flows]


@pytest.mark.parametrize(("slug", "flow"), FLOWS, ids=[flow.__name__ for _slug, flow in FLOWS])
def test_every_flow_there_is_proves_clean_under_the_terms_that_go_with_it(slug: str, flow: type[CaseFlow]) -> None:
    proof = prove(registry.programme(slug).under(flow))

    assert proof.faults == ()
    assert proof.states > proof.steps


@pytest.mark.parametrize("node", ["village", "township", "county", "check"])
def test_each_required_signature_is_missed_when_its_step_does_not_sign(node: str) -> None:
    unsigned = {"village": village, "township": township, "county": county, "check": check}[node]()
    for name, outcome in list(unsigned.outcomes.items()):
        on(unsigned, name, outcome.label, outcome.moves, outcome.next, kind=outcome.kind)

    proof = prove(programme_of(**{node: unsigned}))

    assert [fault.code for fault in proof.faults] == [Code.UNSIGNED_PAYMENT]


def test_a_version_of_the_terms_that_asks_for_less_does_not_excuse_one_that_asks_for_more() -> None:
    programme = programme_of(township=township(signs=False))
    lenient = programme_of(signatures=("verify",)).terms.versions[0]
    programme.terms.versions = (lenient, programme.terms.versions[1])

    assert [fault.code for fault in prove(programme).faults] == [Code.UNSIGNED_PAYMENT]


def test_who_sends_back_takes_their_own_signature_away_and_not_a_colleagues() -> None:
    """The township signs, the county sends back, the township sends back to the village."""
    space = explore(programme_of().flow, guards_for=None)

    at_village_again = {state.signed for state in space.at("village")}

    assert at_village_again == {
        frozenset({"intake"}),
        frozenset({"intake", "verify"}),
        frozenset({"intake", "verify", "review"}),
    }


def test_wherever_the_house_lets_facts_be_amended_the_proof_has_let_them_change() -> None:
    assert AMENDABLE <= FACTS_MAY_CHANGE


def test_a_law_that_let_stale_signatures_pass_would_be_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The procedure alone is sound, but facts may change under it: then only the law's guards stand."""
    monkeypatch.setattr(law, "lets", lambda *asked: True)

    (fault,) = prove(programme_of()).faults

    assert (fault.code, fault.path[-1]) == (Code.UNSIGNED_PAYMENT, "回盘【到账】")
    assert FACTS_CHANGED in fault.path


def test_two_capacities_at_one_desk_are_worth_a_warning_and_no_more() -> None:
    returned = on(bank(), "returned", "退票", "unschedule", this.account, kind=Kind.BACK)
    account = step("更正账户", "check", role=Role.INTAKE_CLERK, level=Level.COUNTY)
    corrected = on(account, "corrected", "已更正", "mend_account", this.payment)

    proof = prove(programme_of(bank=returned, account=corrected))

    assert [(fault.code, fault.path) for fault in proof.faults] == [(Code.TWO_HATS, ("受理", "更正账户"))]
    assert proof.holds
