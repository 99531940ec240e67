"""Where the terms want a list to hang, no money moves before it has: planted faults, each found on its road."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from viewflow import this

from casework.models.law import NOTICE_WORDS
from tests.workflows.paper_flows import REASON, check, county, on, programme_of, township, village
from workflows.flow import Step
from workflows.notices.road import REASONS, notice_steps
from workflows.outcomes import Kind
from workflows.programme import Programme
from workflows.proof import Code, prove
from workflows.proof.space import AMOUNT_CHANGED
from workflows.terms import TermsBook

TO_VILLAGE = ("受理【受理】",)
PAID = "回盘【到账】"
TO_NOTICE = (*TO_VILLAGE, "核实【通过】")


def hanging(place: str = "village_notice", **road: Any) -> dict[str, Step]:
    """The three steps of a notice, under their names."""
    names = (place, f"{place}_hanging", f"{place}_objection")
    return dict(zip(names, notice_steps(place, refused=this.refused, second_thoughts=False, **road), strict=True))


def before_the_approval(**otherwise: Any) -> dict[str, Any]:
    """The list hangs in the village after its verification, and the county approves what has hung."""
    return {
        "village": _sent_to(village(), "pass", this.village_notice),
        **hanging(to=this.township, back=this.village),
        "county": _after(county(), "approve", "village_notice"),
        **otherwise,
    }


def after_the_approval() -> dict[str, Any]:
    return {
        "county": _sent_to(county(), "approve", this.county_notice),
        **hanging("county_notice", to=this.payment, approved=True),
    }


def noticed(nodes: dict[str, Any], *places: str) -> Programme:
    """The paper programme with these nodes, under terms that want a list to hang there."""
    known = REASONS if any(place in nodes for place in NOTICE_WORDS) else ()
    programme = programme_of(reasons={reason.code: reason for reason in (REASON, *known)}, **nodes)
    versions = [replace(terms, notices=places) for terms in programme.terms.versions]
    return replace(programme, terms=TermsBook(versions))


def _sent_to(step: Step, outcome: str, place: Any) -> Step:
    step.outcomes[outcome] = replace(step.outcomes[outcome], next=place)
    return step


def _after(step: Step, outcome: str, *places: str) -> Step:
    step.outcomes[outcome] = replace(step.outcomes[outcome], after_notice=places)
    return step


@pytest.mark.parametrize(
    ("nodes", "place"),
    [(before_the_approval(), "village_notice"), (after_the_approval(), "county_notice")],
    ids=["before the approval", "after the approval"],
)
def test_a_road_on_which_the_list_hangs_is_sound(nodes: dict[str, Any], place: str) -> None:
    assert prove(noticed(nodes, place)).faults == ()


def test_a_road_without_the_notice_the_terms_want_is_found() -> None:
    (fault,) = prove(noticed({}, "village_notice")).faults

    assert fault.code == Code.UNNOTICED_PAYMENT
    assert fault.path == (
        *TO_NOTICE,
        "审核【通过】",
        "审批【批准】",
        "列入批次【列入】",
        "复核【无误】",
        "回盘【到账】",
    )
    assert fault.sentence == "没有经过“村级公示”期满也能走到付款"


def test_a_way_round_the_notice_is_found() -> None:
    """Somebody may send a case past the board."""
    shortcut = on(village(), "urgent", "特急", "verify", this.township, signs=True)
    nodes = before_the_approval(village=_sent_to(shortcut, "pass", this.village_notice))

    (fault,) = prove(noticed(nodes, "village_notice")).faults

    assert (fault.code, fault.path[1]) == (Code.UNNOTICED_PAYMENT, "核实【特急】")


def test_a_second_place_that_is_left_out_is_found() -> None:
    (fault,) = prove(noticed(before_the_approval(), "village_notice", "township_notice")).faults

    assert (fault.code, fault.sentence) == (Code.UNNOTICED_PAYMENT, "没有经过“乡镇公示”期满也能走到付款")


def test_an_approval_of_an_amount_that_has_not_hung_is_found() -> None:
    """The amount changed after the notice: once approved, the case would stand before the batch for good."""
    (fault,) = prove(noticed(before_the_approval(county=county()), "village_notice")).faults

    assert fault.code == Code.DEAD_END
    assert fault.path[-3] == AMOUNT_CHANGED
    assert "公示还没有期满：村级公示" in fault.sentence


def test_a_list_taken_down_before_its_days_does_not_count() -> None:
    nodes = before_the_approval()
    hung = nodes["village_notice_hanging"]
    on(hung, "torn_down", "提前撤下", "put_on_notice", this.township, keeps_name=True, notice="village_notice")

    (fault,) = prove(noticed(nodes, "village_notice")).faults

    assert fault.code == Code.UNNOTICED_PAYMENT
    assert fault.path[3] == "村级公示（张榜中）【提前撤下】"


def test_posting_takes_no_signature_back() -> None:
    """The village's verifier puts the list up, and has still verified."""
    assert prove(noticed(before_the_approval(), "village_notice")).holds
    unsigning = before_the_approval()
    post = unsigning["village_notice"].outcomes
    post["post"] = replace(post["post"], keeps_name=False)

    assert not prove(noticed(unsigning, "village_notice")).holds


def test_an_objection_is_answered_by_nobody_who_had_a_part() -> None:
    answers = before_the_approval()["village_notice_objection"].outcomes.values()

    assert {one.name for one in answers if one.hand is None and one.by_newcomer} == {"dismiss", "send_back", "founded"}
    assert all(one.kind is not Kind.ADVANCE or one.name == "dismiss" for one in answers)


def test_the_check_before_payment_stays_what_it_was() -> None:
    """What the proof finds of notices it finds beside the rest, not in its place."""
    unsigned = check()
    confirm = unsigned.outcomes["confirm"]
    unsigned.outcomes["confirm"] = replace(confirm, signs=False)

    faults = prove(noticed({"check": unsigned, "township": township()}, "village_notice")).faults

    assert {fault.code for fault in faults} == {Code.UNNOTICED_PAYMENT, Code.UNSIGNED_PAYMENT}
