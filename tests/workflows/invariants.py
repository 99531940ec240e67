"""What must hold of every case after every act, whoever did what: read from the tables, by nobody's word.

Decisions and the trail are looked at rather than what the gateway keeps for itself, so that a gateway that errs cannot
vouch for itself. `broken()` lists what does not hold, in words; an empty list is a sound house.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import accumulate

from casework.models import BatchLine, Capacity, Case, Decision, Entitlement, Event, WorkItem
from casework.models.roles import STANDS_FOR
from casework.models.stages import ASIDE, ENDED, PROMISED
from workflows import registry, trail
from workflows.flow import Ending, Step
from workflows.graph import places_of
from workflows.proof.space import explore

FLOW = registry.programme("nursing_subsidy").flow
TERMS = registry.programme("nursing_subsidy").terms
STEPS = {step.name: step for step in FLOW.steps()}
SIGNING = {(step.name, outcome.name) for step in FLOW.steps() for outcome in step.outcomes.values() if outcome.signs}
WHERE = frozenset((state.place, state.stage) for state in explore(FLOW, guards_for=None).moves)
"""(step, stage) as the procedure and the law allow them together."""

ENDINGS = frozenset(place.lands_in for place in places_of(FLOW).values() if isinstance(place, Ending))
PAID = frozenset({"paid", "closed"})
NEVER_PAID = frozenset({"rejected", "withdrawn", "terminated"})
BEFORE_PAYMENT = (Capacity.VERIFY, Capacity.REVIEW, Capacity.APPROVE, Capacity.CHECK)


class PromiseBroken(AssertionError):
    """The text says which, of which case."""


def check() -> None:
    if found := broken():
        raise PromiseBroken("；".join(found))


def broken() -> list[str]:
    """Every promise that is not kept, of every case there is."""
    cases = {case.pk: case for case in Case.objects.select_related("payee_account", "applicant")}
    return [
        *_money(cases),
        *_signatures(cases),
        *_one_capacity_each(),
        *_places(cases),
        *_ceilings(cases),
        *_periods(),
        *(f"{found.chain} 第{found.seq}条：{found.why}" for found in trail.breaks()),
        *_trail_tells_all(cases),
    ]


def _money(cases: dict[int, Case]) -> Iterator[str]:
    """To the applicant, once a round, the very difference to what was approved; so never more than that in all."""
    lines: dict[int, list[BatchLine]] = defaultdict(list)
    for line in BatchLine.objects.filter(state__in=("pending", "paid")).order_by("pk"):
        lines[line.case_id].append(line)
    approved: dict[int, list[Decimal | None]] = defaultdict(list)
    for case_id, amount in Decision.objects.filter(outcome="credited").order_by("pk").values_list("case_id", "amount"):
        approved[case_id].append(amount)
    back = Counter(Event.objects.filter(action="batch_line_came_back").values_list("details__case", flat=True))
    for pk, case in cases.items():
        yield from _paid(case, lines[pk], approved[pk])
        arrived = sum(line.state == "paid" for line in lines[pk])
        if len(approved[pk]) != arrived + back[case.number]:
            told = f"{arrived} stay paid, {back[case.number]} came back"
            yield f"{case.number}: arrived {len(approved[pk])} times; {told}"
        if case.stage in PROMISED and case.amount != _rate(case) * (case.payable_days or 0):
            yield f"{case.number}: {case.amount} is not days times rate"


def _paid(case: Case, lines: list[BatchLine], approved: list[Decimal | None]) -> Iterator[str]:
    """One case's payments: `lines` are live, `approved` what was promised in all each time money arrived."""
    paid = [line.amount for line in lines if line.state == "paid"]
    pending = [line.amount for line in lines if line.state == "pending"]
    total, amount = sum(paid, Decimal(0)), case.amount or Decimal(0)
    if len(pending) > 1 or len({line.pay_round for line in lines}) != len(lines):
        yield f"{case.number}: in two live batches, or paid twice in a round"
    if {line.holder_name for line in lines} - {case.applicant.name}:
        yield f"{case.number}: the bank is told another name than the applicant's"
    if pending and pending != [amount - total]:
        yield f"{case.number}: the bank is told to pay {pending}, and {amount - total} is due"
    came_back = Decision.objects.filter(case=case, transition__startswith="come_back").exists()
    if came_back and total > max(approved):
        yield f"{case.number}: paid {paid} after some came back, and never was more approved than {max(approved)}"
    if not came_back and list(accumulate(paid)) != approved:
        yield f"{case.number}: paid {paid}, in rounds that were approved up to {approved}"
    if case.paid_amount != total:
        yield f"{case.number}: says {case.paid_amount} is paid, and the bank has paid {total}"
    if case.stage in PAID and case.to_recover != max(total - amount, Decimal(0)):
        yield f"{case.number}: paid {total} of {amount}, and {case.to_recover} is to come back"
    if (case.stage in PAID and not paid) or (case.stage in NEVER_PAID and paid):
        yield f"{case.number}: {case.stage}, with {len(paid)} paid lines"


def _rate(case: Case) -> Decimal:
    rates = TERMS.version(case.terms_version).body["yuan_a_day"]
    return Decimal(rates[case.facts["dependency_level"]])


def _signatures(cases: dict[int, Case]) -> Iterator[str]:
    """Whenever money arrived, the facts of that day were verified, reviewed, approved and checked by as many people.

    Each one's last word counts: who signed, and later sent it back, has taken their name off.
    """
    last: dict[int, dict[int, Decision]] = defaultdict(dict)
    for decision in Decision.objects.order_by("pk"):
        last[decision.case_id][decision.staff_id] = decision
        if decision.outcome == "credited":
            number = cases[decision.case_id].number
            stand = {_hat(one) for one in last[decision.case_id].values() if _signs(one, decision.facts_digest)}
            for capacity in BEFORE_PAYMENT:
                if not stand & {str(capacity), str(STANDS_FOR.get(capacity))}:
                    yield f"{number}: paid without a valid signature of {capacity}"
    for case in cases.values():
        if case.facts_digest != case.digest_of_facts():
            yield f"{case.number}: the digest is not that of the facts"


def _signs(decision: Decision, facts_digest: str) -> bool:
    return (decision.step, decision.outcome) in SIGNING and decision.facts_digest == facts_digest


def _hat(decision: Decision) -> str:
    step = STEPS[decision.step]
    return str(step.hand_of(step.outcomes[decision.outcome]).capacity)


def _one_capacity_each() -> Iterator[str]:
    held: dict[tuple[int, int], set[str]] = defaultdict(set)
    newcomers_only = {
        (step.name, outcome.name) for step in FLOW.steps() for outcome in step.outcomes.values() if outcome.by_newcomer
    }
    for decision in Decision.objects.order_by("pk"):
        had = held[decision.case_id, decision.staff_id]
        if had and (decision.step, decision.outcome) in newcomers_only:
            yield f"case {decision.case_id}: staff {decision.staff_id} looked anew at what they had a part in"
        had.add(_hat(decision))
    for (case_id, staff_id), capacities in held.items():
        if len(capacities) > 1:
            yield f"case {case_id}: staff {staff_id} acted as {sorted(capacities)}"


def _places(cases: dict[int, Case]) -> Iterator[str]:
    """One open work item, where procedure and law agree; none when the case has ended."""
    waiting: dict[int, list[WorkItem]] = defaultdict(list)
    for item in WorkItem.objects.filter(finished__isnull=True):
        waiting[item.process_id].append(item)
    for pk, case in cases.items():
        items = waiting[pk]
        if case.stage in ENDED:
            if items or case.finished is None or case.stage not in ENDINGS:
                yield f"{case.number}: ended as {case.stage}, with {len(items)} open items"
        elif len(items) != 1 or case.finished is not None:
            yield f"{case.number}: {case.stage}, with {len(items)} open items"
        elif (items[0].step, str(case.stage)) not in WHERE or not isinstance(items[0].flow_task, Step):
            yield f"{case.number}: waits at {items[0].step}, and the law says {case.stage}"
        elif not _knows_its_way_back(case, items[0].flow_task):
            yield f"{case.number}: {case.stage}, and came from {case.came_from!r}, {case.stage_before!r}"


def _knows_its_way_back(case: Case, step: Step) -> bool:
    """A case beside its road can go back to where it was, as it was; one on it remembers nothing."""
    if case.stage not in ASIDE:
        return (case.came_from, case.stage_before) == ("", "")
    ways = [outcome for outcome in step.outcomes.values() if outcome.returns]
    return any(
        place.name == case.came_from and _fits(place, case.stage_before) for outcome in ways for place in outcome.nexts
    )


def _fits(place: Step | Ending, stage: str) -> bool:
    return place.lands_in == stage if isinstance(place, Ending) else (place.name, stage) in WHERE


def _ceilings(cases: dict[int, Case]) -> Iterator[str]:
    """Nobody is granted more days of a year than the cap, in all, and under each version of the terms."""
    granted: Counter[tuple[int, int, int]] = Counter()
    caps = sorted({version.body["days_a_year"] for version in TERMS.versions})
    for held in Entitlement.objects.filter(live=True):
        case = cases[held.case_id]
        if sum(held.days_by_year.values()) != case.payable_days:
            yield f"{case.number}: {case.payable_days} days, and reserved {held.days_by_year}"
        own = TERMS.version(case.terms_version).body["days_a_year"]
        for year, days in held.days_by_year.items():
            for cap in caps:
                granted[held.person_id, int(year), cap] += days if own <= cap else 0
    for (person, year, cap), days in granted.items():
        if days > cap:
            yield f"person {person}: {days} days of {year}, and the cap is {cap}"


def _periods() -> Iterator[str]:
    """No day in hospital is claimed twice."""
    taken: dict[int, list[tuple[datetime.date, datetime.date]]] = defaultdict(list)
    for held in Entitlement.objects.filter(live=True):
        for begins, ends in taken[held.person_id]:
            if begins < held.ends and held.begins < ends:
                yield f"person {held.person_id}: {begins}–{ends} and {held.begins}–{held.ends} share days"
        taken[held.person_id].append((held.begins, held.ends))


def _trail_tells_all(cases: dict[int, Case]) -> Iterator[str]:
    """Every decision has its event, and every payment closes its case once."""
    decided = Counter(Event.objects.filter(action="decided").values_list("case_id", flat=True))
    written = Counter(Decision.objects.values_list("case_id", flat=True))
    closed = Counter(Event.objects.filter(action="closed").values_list("case_id", flat=True))
    credited = Counter(Decision.objects.filter(outcome="credited").values_list("case_id", flat=True))
    for pk, case in cases.items():
        if decided[pk] != written[pk]:
            yield f"{case.number}: {written[pk]} decisions, and {decided[pk]} in the trail"
        if closed[pk] != credited[pk]:
            yield f"{case.number}: paid {credited[pk]} times, and closed {closed[pk]} times in the trail"
