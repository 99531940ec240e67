"""What a programme says of itself, checked word by word, before anything is walked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from casework.models import Capacity, Level, Role, Stage
from workflows import law
from workflows.flow import Begin, Ending, Step
from workflows.graph import begin_of, nodes_of, turn
from workflows.outcomes import Hand
from workflows.payments.bank_files import LONGEST_MEMO
from workflows.payments.requirements import CHECKER
from workflows.programme import Programme
from workflows.proof.faults import Code, Fault


def vocabulary_faults(programme: Programme) -> list[Fault]:
    """Words and nodes the house does not know: with these nothing further can be asked."""
    flow = programme.flow.__name__
    faults = [Fault(Code.FOREIGN_NODE, flow, path, sentence) for path, sentence in _foreign_nodes(programme)]
    faults += _reopens_no_step(programme)
    return faults + [Fault(Code.UNKNOWN_WORD, flow, path, word) for path, word in _unknown_words(programme)]


def declaration_faults(programme: Programme) -> list[Fault]:
    """Deadlines and reasons that are missing, titles said twice, hats one person could wear two of, and what every
    payment by batch must have besides its road."""
    return [
        *_same_title(programme),
        *_without_deadline(programme),
        *_without_reason(programme),
        *_two_hats(programme),
        *_money_stays_away(programme),
    ]


def _foreign_nodes(programme: Programme) -> Iterator[tuple[tuple[str, ...], str]]:
    begin = begin_of(programme.flow)
    if begin is None:
        yield (), "没有名为 begin 的起点（Begin），案件进不来"
    else:
        for first in begin.firsts:
            if not isinstance(first, Step):
                yield (), f"起点之后应是一个环节（Step），现在是“{first.name}”"
        if law.transition(begin.moves, Stage.DRAFT) is None or law.target(begin.moves, Stage.DRAFT) != law.FIRST_STAGE:
            yield (), f"起点要求“{begin.moves}”，法律不这样把草稿变成案件"
    for node in nodes_of(programme.flow):
        if not isinstance(node, Begin | Step | Ending):
            kind = type(node).__name__
            yield (node.name,), f"“{node.name}”是 {kind}：流程只能由 Begin、Step、Ending 组成"
    for step in programme.flow.steps():
        for outcome in step.outcomes.values():
            if any(isinstance(place, Begin) for place in outcome.nexts):
                yield (turn(step, outcome),), f"“{outcome.label}”不能通向起点，请指向一个环节或终点"


def _reopens_no_step(programme: Programme) -> Iterator[Fault]:
    for ending in nodes_of(programme.flow):
        for again in ending.reopens if isinstance(ending, Ending) else ():
            if not isinstance(again, Step):
                title = getattr(again, "task_title", None) or getattr(again, "name", again)
                sentence = f"终点“{ending.task_title}”要经“{title}”重新开启，那不是一个环节（Step）"
                yield Fault(Code.REOPENS_NO_STEP, programme.flow.__name__, (ending.task_title,), sentence)


def _same_title(programme: Programme) -> Iterator[Fault]:
    """Steps are told apart by their titles: on the page, in the proof, in what other tools read."""
    titles = Counter(str(step.task_title) for step in programme.flow.steps())
    for title, count in titles.items():
        if count > 1:
            names = "、".join(step.name for step in programme.flow.steps() if str(step.task_title) == title)
            sentence = f"有{count}个环节都叫“{title}”（{names}），办理的人分不清，请各起一个名字"
            yield Fault(Code.SAME_TITLE, programme.flow.__name__, (title,), sentence)


def _unknown_words(programme: Programme) -> Iterator[tuple[tuple[str, ...], str]]:
    if len(programme.bank_memo) > LONGEST_MEMO:
        memo = f"银行摘要“{programme.bank_memo}”有{len(programme.bank_memo)}个字"
        yield (), f"{memo}，银行最多印{LONGEST_MEMO}个，请写短"
    steps = programme.flow.steps()
    for step in steps:
        where = f"环节“{step.task_title}”"
        yield from (((step.task_title,), f"{where}的{said}") for said in _unknown_in(step))
        for outcome in step.outcomes.values():
            if outcome.hand is not None:
                said_of = f"{where}的结果“{outcome.label}”的"
                yield from (((turn(step, outcome),), f"{said_of}{said}") for said in _unknown_in(outcome.hand))
    every = programme.steps()
    names = {step.name for step in every}
    for terms in programme.terms.versions:
        for word in terms.signatures:
            if word not in Capacity.values:
                yield (), f"方案 {terms.version} 要求的签字“{word}”不是已知的身份"
        for name in sorted(set(terms.deadlines) - names):
            yield (), f"方案 {terms.version} 给“{name}”定了期限，流程里没有这个环节"
    outcomes = {name for flow in programme.flows for step in flow.steps() for name in step.outcomes}
    for key, reason in programme.reasons.items():
        if key != reason.code:
            yield (), f"理由“{reason.code}”登记成了“{key}”，两处应当一致"
        for name in sorted(reason.outcomes - outcomes):
            yield (), f"理由“{reason.sentence}”写给结果“{name}”，流程里没有这种结果"


def _unknown_in(hand: Step | Hand) -> Iterator[str]:
    for value, known, what in (
        (hand.role, Role.values, "岗位"),
        (hand.level, Level.values, "层级"),
        (hand.capacity, Capacity.values, "身份"),
    ):
        if value not in known:
            yield f"{what}“{value}”不在已知的{what}之列"


def _without_deadline(programme: Programme) -> Iterator[Fault]:
    for step in programme.flow.steps():
        without = []
        for terms in programme.terms.versions:
            limit = terms.deadlines.get(step.name)
            if limit is None or limit.days <= 0:
                without.append(terms.version)
        if without:
            sentence = f"环节“{step.task_title}”在方案 {'、'.join(without)} 里没有期限，等多久都不会有人提醒"
            yield Fault(Code.NO_DEADLINE, programme.flow.__name__, (step.task_title,), sentence)


def _without_reason(programme: Programme) -> Iterator[Fault]:
    for step in programme.flow.steps():
        for outcome in step.outcomes.values():
            if outcome.needs_reason and not programme.reasons_for(outcome.name):
                sentence = f"“{outcome.label}”必须说明理由，可是没有一条理由可选"
                yield Fault(Code.NO_REASON, programme.flow.__name__, (turn(step, outcome),), sentence)


def _money_stays_away(programme: Programme) -> Iterator[Fault]:
    """A bank can send money back that it had reported as arrived; and a checked batch can turn out to have a fault."""
    for step in programme.flow.steps():
        for outcome in step.outcomes.values():
            if not outcome.by_batch or outcome.moves != "pay":
                continue
            path = (turn(step, outcome),)
            ways = outcome.next.reopens if isinstance(outcome.next, Ending) else ()
            again = [one for way in ways if isinstance(way, Step) for one in way.outcomes.values()]
            if all(one.moves != "come_back" for one in again):
                sentence = f"到账以后银行又退回的，“{outcome.next.task_title}”没有路回去重发"
                yield Fault(Code.MONEY_STAYS_AWAY, programme.flow.__name__, path, sentence)
            if all(one.moves != "unschedule" or one.hand != CHECKER for one in step.outcomes.values()):
                sentence = f"复核以后才发现有误的明细，在“{step.task_title}”没有路移出批次"
                yield Fault(Code.MONEY_STAYS_AWAY, programme.flow.__name__, path, sentence)


def _two_hats(programme: Programme) -> Iterator[Fault]:
    capacities: dict[tuple[str, int], set[str]] = {}
    for step in programme.flow.steps():
        capacities.setdefault((step.role, step.level), set()).add(step.capacity)
    suspected = [step for step in programme.flow.steps() if len(capacities[step.role, step.level]) > 1]
    for one, other in combinations(suspected, 2):
        by_nature = not {Capacity.RECONSIDER, Capacity.ANSWER}.isdisjoint((one.capacity, other.capacity))
        if (one.role, one.level) == (other.role, other.level) and one.capacity != other.capacity and not by_nature:
            sentence = (
                f"“{one.task_title}”和“{other.task_title}”是两种身份，却由同一层级的同一岗位办理："
                "机构里若只有一人，后一步就没有人能办"
            )
            path = (one.task_title, other.task_title)
            yield Fault(Code.TWO_HATS, programme.flow.__name__, path, sentence)
