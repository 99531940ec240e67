"""What an insurer says, taken: in order and out of it, once and twice, right and wrong. Told as (what, what became)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from casework.models import Case, Claim, ClaimPayment, Decision, Event, InsurerAnswer, InsurerConnection, Office
from notifications.outbox import drain
from tests.factories import OfficeFactory
from tests.workflows.insurance_exchange.story import (
    OTHER,
    connected,
    connection,
    exchanging,
    lodged,
    said,
    taken,
    yesterday,
)
from tests.workflows.programmes.insurance_claim.stories import (
    claim,
    fresh,
    notified,
    say,
    somebody_insured,
    walked,
)
from tests.world import COUNTY, World, open_item
from workflows.history import history
from workflows.insurance_exchange.judging import OUTCOME_OF, STEP_OF
from workflows.insurance_exchange.problems import SENTENCES
from workflows.insurance_exchange.signing import Key
from workflows.insurance_exchange.taking import Voice, take, take_said
from workflows.jobs import HANDLERS
from workflows.programmes.insurance_claim.programme import PROGRAMME


@pytest.fixture
def world(world: World) -> World:
    return exchanging(world)


def at(case: Case) -> str:
    item = case.work_items.filter(finished__isnull=True).first()
    return item.step if item else str(fresh(case).stage)


def test_the_flow_has_the_steps_and_outcomes_answers_are_taken_by() -> None:
    for kind, step in STEP_OF.items():
        found = PROGRAMME.step(step)
        assert found is not None and OUTCOME_OF[kind] in found.outcomes, kind


def test_agreed_then_paid_leaves_only_the_family_to_be_asked(world: World) -> None:
    case = lodged(world)
    assert taken(said(case)).state == "taken"
    assert taken(said(case, "paid")).state == "taken"
    row = claim(case)
    assert (row.decision, row.decided_amount, at(case)) == ("agreed", Decimal("1800.00"), "confirm")
    assert ClaimPayment.objects.get(claim=row).source == said(case, "paid").digest


def test_it_is_said_in_the_name_of_the_insurers_account_and_marked_as_over_the_wire(world: World) -> None:
    case = lodged(world)
    taken(said(case))
    event = Event.objects.filter(chain=case.number, action="decided").order_by("-seq").first()
    assert event is not None and event.details["via"] == "push"
    assert (event.actor_id, event.actor_office) == (connection().clerk_id, connection().office.name)
    assert not connection().clerk.has_usable_password()
    told = history(fresh(case), [event], list(Decision.objects.filter(case=case)))[0]
    assert "保险公司在线推送的答复" in told.what and not told.altered


@pytest.mark.parametrize("road", InsurerAnswer.Road.values)
def test_the_same_answer_again_changes_nothing_by_whichever_road(world: World, road: str) -> None:
    case = lodged(world)
    taken(said(case))
    seq = fresh(case).trail_seq
    again = taken(said(case), road)
    under_another_id = taken(said(case, id="again"), road)
    assert (again.state, again.known, under_another_id.state) == ("taken", True, "repeat")
    assert fresh(case).trail_seq == seq


def test_a_payment_that_overtook_its_decision_waits_and_is_taken_with_it(world: World) -> None:
    case = lodged(world)
    early = taken(said(case, "paid"))
    assert (early.state, early.code, at(case)) == ("waiting", "paid_before_decided", "insurer")
    assert taken(said(case)).state == "taken"
    assert InsurerAnswer.objects.get(kind="paid").state == "taken" and at(case) == "confirm"


def test_papers_are_asked_for_once_and_the_next_round_is_answered(world: World) -> None:
    case = lodged(world)
    assert taken(said(case, "supplement")).state == "taken"
    assert [paper.label for paper in case.wanted_papers.all()] == ["出院小结", "事故认定书复印件"]
    assert taken(said(case)).code == "papers_awaited"
    say(world, case, "supplied")
    drain(HANDLERS)
    late = InsurerAnswer.objects.get(kind="agreed")
    assert taken(said(case, round=2, id="second")).state == "taken" and at(case) == "payment"
    assert late.state == "waiting"


def refused(case: Case, world: World) -> None:
    taken(said(case, "refused"))


def agreed(case: Case, world: World) -> None:
    taken(said(case))


def paid(case: Case, world: World) -> None:
    agreed(case, world)
    taken(said(case, "paid"))


def supplied(case: Case, world: World) -> None:
    taken(said(case, "supplement"))
    say(world, case, "supplied")
    drain(HANDLERS)


def supplied_just_now(case: Case, world: World) -> None:
    """What goes out in the next round is still to be set down."""
    taken(said(case, "supplement"))
    say(world, case, "supplied")


def withdrawn(case: Case, world: World) -> None:
    say(world, case, "withdraw")


def nothing(case: Case, world: World) -> None:
    """The claim has just been lodged."""


WRONG: list[tuple[Any, dict[str, Any], str, str]] = [
    (nothing, {"claim": "LP430922202699999"}, "unknown_claim", "a number there is not"),
    (nothing, {"round": 2}, "unknown_round", "a round there has not been"),
    (supplied, {}, "old_round", "the round before the papers came"),
    (supplied_just_now, {"kind": "refused"}, "old_round", "what crossed with the papers"),
    (nothing, {"amount": Decimal("70000.01")}, "over_the_sum_insured", "a cent more than can be insured"),
    (nothing, {"on": yesterday()}, "refused_by_rule", "decided before it was lodged"),
    (nothing, {"kind": "refused", "reasons": ("bad_weather",)}, "reason_unknown", "a reason we do not know"),
    (nothing, {"kind": "refused", "reasons": ("short_paid",)}, "reason_unknown", "another step's reason"),
    (agreed, {"amount": Decimal("1799.99"), "id": "2"}, "decided_differently", "decided twice, a cent apart"),
    (agreed, {"kind": "refused"}, "decided_differently", "agreed, then refused"),
    (refused, {}, "decided_differently", "refused, then agreed"),
    (refused, {"kind": "paid"}, "paid_after_refusal", "refused, then paid"),
    (agreed, {"kind": "paid", "amount": Decimal("1800.01")}, "paid_more_than_decided", "paid a cent too much"),
    (paid, {"kind": "paid", "reference": "SB0002", "id": "2"}, "paid_more_than_decided", "paid twice"),
    (paid, {"amount": Decimal("1.00"), "id": "2"}, "decided_after_payment", "decided anew after it was paid"),
    (supplied, {"kind": "supplement", "round": 2, "id": "2"}, "supplement_twice", "papers asked for twice"),
    (withdrawn, {}, "case_ended", "the family has taken it back"),
]


@pytest.mark.parametrize(("before", "otherwise", "code", "why"), WRONG, ids=[line[3] for line in WRONG])
def test_what_is_wrong_is_told_and_the_claim_stays_where_it_is(
    world: World, before: Any, otherwise: dict[str, Any], code: str, why: str
) -> None:
    case = lodged(world)
    before(case, world)
    here, seq = at(case), fresh(case).trail_seq
    number = otherwise.pop("claim", case.number)
    answer = said(case, **{"kind": "agreed", **otherwise})
    became = taken(answer if number == case.number else type(answer)(**{**_columns(answer), "claim": number}))
    assert (became.state, became.code) == ("out_of_step", code), why
    assert became.sentence and (at(case), fresh(case).trail_seq) == (here, seq)


def _columns(answer: Any) -> dict[str, Any]:
    return {name: getattr(answer, name) for name in answer.__dataclass_fields__}


def test_every_problem_that_can_be_met_is_met_above_or_in_the_files() -> None:
    met = {code for _before, _otherwise, code, _why in WRONG}
    elsewhere = {
        "not_understood", "wrong_insurer", "id_reused", "paid_before_decided", "papers_awaited", "not_awaited",
        "listed_twice",
    }  # fmt: skip
    assert set(SENTENCES) == met | elsewhere


def test_a_plan_that_pays_any_number_of_days_has_no_sum_to_pass(world: World) -> None:
    days = {"medical_sum": Decimal("1000.00"), "accident_sum": Decimal(0), "cash_a_day": Decimal("180.00")}
    case = lodged(world, case=notified(world, somebody_insured(world, **days), loss=Claim.Loss.HOSPITAL_CASH))
    assert taken(said(case)).state == "taken"


def test_one_id_cannot_say_two_things(world: World) -> None:
    case = lodged(world)
    taken(said(case, id="one"))
    other = taken(said(case, id="one", amount=Decimal("1.00")))
    assert (other.code, other.known) == ("id_reused", False)
    assert taken(said(case, id="one", amount=Decimal("1.00"))).known
    assert claim(case).decided_amount == Decimal("1800.00")


def test_another_insurer_cannot_speak_of_this_claim(world: World) -> None:
    case = lodged(world)
    office: Office = OfficeFactory(division_id=COUNTY, kind=Office.Kind.INSURER, name=OTHER)
    theirs: InsurerConnection = connected(world, office, key=Key("PA-2026", "b" * 40))
    became = take(said(case), Voice(theirs, "push"))
    assert (became.code, at(case)) == ("wrong_insurer", "insurer")
    assert InsurerAnswer.objects.get(office=office).case is None


def test_what_cannot_be_read_is_kept_for_people_to_look_at(world: World) -> None:
    case = lodged(world)
    voice = Voice(connection(), "push")
    for said_badly in ({"claim": case.number}, "agreed", None, {"id": "x" * 99}, {"kind": "paid", "amount": 1800.0}):
        first, again = take_said(said_badly, voice), take_said(said_badly, voice)
        assert (first.code, first.known, again.known) == ("not_understood", False, True)
    assert InsurerAnswer.objects.filter(problem="not_understood").count() == 5


def test_part_of_the_money_then_the_rest(world: World) -> None:
    case = lodged(world)
    agreed(case, world)
    taken(said(case, "paid", amount=Decimal("1000.00")))
    rest = said(case, "paid", amount=Decimal("800.00"), reference="SB0002", id="rest")
    assert taken(rest).code == "not_awaited"
    say(world, case, "not_received")
    assert taken(rest).state == "taken" and at(case) == "confirm"
    assert sorted(ClaimPayment.objects.values_list("amount", flat=True)) == [Decimal("800.00"), Decimal("1000.00")]


def test_what_a_person_at_the_insurer_has_in_hand_is_theirs(world: World) -> None:
    case = lodged(world)
    item = open_item(case)
    item.owner = world.by("insurer_clerk")
    item.save(update_fields=["owner"])
    assert taken(said(case)).code == "refused_by_rule"


def test_a_clerk_of_another_insurer_of_the_county_has_no_post_before_this_claim(world: World) -> None:
    case = walked(world, "insurer")
    Claim.objects.filter(case=case).update(insurer=OfficeFactory(division_id=COUNTY, kind="insurer", name=OTHER))
    from_elsewhere = pytest.raises(Exception, match="保险经办")
    with from_elsewhere:
        say(world, case, "agree")
