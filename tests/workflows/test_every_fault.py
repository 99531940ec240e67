"""Every kind of fault the proof knows is shown by a flow it is planted in; what nothing brings about proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from viewflow import this

from casework.models import Level, Role, Stage
from tests.workflows import test_proof, test_proof_second_thoughts
from tests.workflows.paper_flows import bank, on, programme_of, step
from tests.workflows.test_proof_notices import noticed
from workflows.flow import Begin, Ending
from workflows.outcomes import Kind
from workflows.programme import Programme
from workflows.proof import Code, prove

OF_AN_INSTALLATION = frozenset({Code.NO_OFFICE, Code.UNSTAFFED})
"""Read from the database, of its offices and people: `test_prove_flows` and `test_staffing` plant them."""


def one_desk_with_two_hats() -> Programme:
    returned = on(bank(), "returned", "退票", "unschedule", this.account, kind=Kind.BACK)
    account = step("更正账户", "check", role=Role.INTAKE_CLERK, level=Level.COUNTY)
    return programme_of(bank=returned, account=on(account, "corrected", "已更正", "mend_account", this.payment))


def paid_for_good() -> Programme:
    """By batch, and what the bank sends back later, or a check that was wrong, has no way."""
    return programme_of(bank=on(step("回盘", "pay"), "credited", "到账", "pay", this.paid, signs=True, by_batch=True))


def _planted() -> dict[Code, Callable[[], Programme]]:
    """One flow a kind, from wherever it is planted."""
    found: dict[Code, Callable[[], Programme]] = {
        Code.FOREIGN_NODE: lambda: programme_of(begin=Begin(this.refused)),
        Code.REOPENS_NO_STEP: lambda: programme_of(
            paid=Ending("办结", moves="close", stage=Stage.CLOSED, reopens=this.refused)
        ),
        Code.NO_REASON: lambda: programme_of(reasons={}),
        Code.UNNOTICED_PAYMENT: lambda: noticed({}, "village_notice"),
        Code.TWO_HATS: one_desk_with_two_hats,
        Code.MONEY_STAYS_AWAY: paid_for_good,
    }
    for plant, code, *_seen in test_proof.PLANTS:
        found.setdefault(code, lambda plant=plant: programme_of(**plant()))  # type: ignore[misc]  # bound now
    for plant, code, *_seen in test_proof_second_thoughts.PLANTS:
        found.setdefault(code, lambda plant=plant: _beside_the_road(plant()))  # type: ignore[misc]  # bound now
    return found


def _beside_the_road(nodes: dict[str, Any]) -> Programme:
    return programme_of(**test_proof_second_thoughts.nodes(**nodes))


PLANTED = _planted()


@pytest.mark.parametrize("code", [code for code in Code if code not in OF_AN_INSTALLATION])
def test_each_kind_of_fault_has_a_flow_that_shows_it(code: Code) -> None:
    """And shows nothing else, but where one refusal without a reason is four."""
    assert {fault.code for fault in prove(PLANTED[code]()).faults} == {code}


def test_what_is_found_of_offices_and_people_a_flow_alone_never_shows() -> None:
    assert not OF_AN_INSTALLATION & PLANTED.keys()
    assert {*PLANTED} | OF_AN_INSTALLATION == {*Code}


def test_both_ways_that_a_payment_by_batch_must_have_are_named() -> None:
    said = [fault.sentence for fault in prove(paid_for_good()).faults]
    assert said == [
        "到账以后银行又退回的，“办结”没有路回去重发",
        "复核以后才发现有误的明细，在“回盘”没有路移出批次",
    ]
