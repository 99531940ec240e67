"""What a programme says of itself is checked word by word before its flow is walked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from viewflow import this
from viewflow.workflow import flow as viewflow_nodes

from casework.models import Role
from tests.workflows.paper_flows import REASON, intake, on, programme_of, step, village
from workflows.flow import Begin, Step
from workflows.outcomes import Kind
from workflows.programme import Reason
from workflows.proof import Code, prove


def test_a_refusal_needs_a_reason_to_pick() -> None:
    only_for_sending_back = Reason("again", "再核实", "请补充", frozenset({"send_back"}))

    proof = prove(programme_of(reasons={"again": only_for_sending_back}))

    without = [fault.path for fault in proof.faults if fault.code is Code.NO_REASON]
    assert without == [("受理【不予批准】",), ("核实【不予批准】",), ("审核【不予批准】",), ("审批【不予批准】",)]
    assert len(proof.faults) == len(without)


def mayor(title: str) -> Step:
    return on(step(title, "intake", capacity="mayor"), "accept", "受理", "accept", this.village, signs=True)


WORDS = (
    ({"signatures": ("verify", "mayor")}, (), "要求的签字“mayor”不是已知的身份"),
    ({"deadlines_also_for": ("vilage",)}, (), "给“vilage”定了期限，流程里没有这个环节"),
    ({"intake": mayor("受理")}, ("受理",), "身份“mayor”不在已知的身份之列"),
    ({"village": village(role="mayor")}, ("核实",), "岗位“mayor”不在已知的岗位之列"),
    ({"village": village(level=7)}, ("核实",), "层级“7”不在已知的层级之列"),
    ({"reasons": {"other": REASON}}, (), "理由“unfounded”登记成了“other”"),
    (
        {"reasons": {"unfounded": REASON, "late": Reason("late", "超过期限", "可申请复核", frozenset({"refsue"}))}},
        (),
        "理由“超过期限”写给结果“refsue”，流程里没有这种结果",
    ),
)


@pytest.mark.parametrize(("changes", "path", "words"), WORDS, ids=[words for _, _, words in WORDS])
def test_a_word_the_house_does_not_know_is_named(changes: dict[str, Any], path: tuple[str, ...], words: str) -> None:
    faults = prove(programme_of(**changes)).faults

    assert {(fault.code, fault.path) for fault in faults} == {(Code.UNKNOWN_WORD, path)}
    assert all(words in fault.sentence for fault in faults)


def test_a_memo_longer_than_the_bank_prints_is_named() -> None:
    long = replace(programme_of(), bank_memo="慢病送药补助")
    assert [(fault.code, fault.sentence) for fault in prove(long).faults] == [
        (Code.UNKNOWN_WORD, "银行摘要“慢病送药补助”有6个字，银行最多印4个，请写短")
    ]
    assert prove(replace(long, bank_memo="慢病送药")).faults == ()


NODES = (
    ({"without": ("begin",)}, (), "没有名为 begin 的起点"),
    ({"begin": Begin(this.refused)}, (), "起点之后应是一个环节"),
    ({"split": viewflow_nodes.Split()}, ("split",), "“split”是 Split"),
    (
        {"intake": on(intake(), "again", "重来", "reject", this.begin, kind=Kind.BACK)},
        ("受理【重来】",),
        "“重来”不能通向起点",
    ),
)


@pytest.mark.parametrize(("changes", "path", "words"), NODES, ids=[words for _, _, words in NODES])
def test_a_node_that_is_not_of_our_vocabulary_is_named(
    changes: dict[str, Any], path: tuple[str, ...], words: str
) -> None:
    faults = prove(programme_of(**changes)).faults

    assert [(fault.code, fault.path) for fault in faults] == [(Code.FOREIGN_NODE, path)]
    assert words in faults[0].sentence


def test_faults_that_do_not_cause_each_other_are_all_named_at_once() -> None:
    programme = programme_of(
        no_deadline_for="county",
        village=on(village(role=Role.TOWNSHIP_REVIEWER), "forget", "搁置", "forget", this.refused, kind=Kind.REFUSE),
    )

    codes = {fault.code for fault in prove(programme).faults}

    assert codes == {Code.NO_DEADLINE, Code.UNKNOWN_TRANSITION, Code.ROLE_NOT_PERMITTED}
