"""What must hold of every case after every act, whoever did what: read from the tables, by nobody's word.

Decisions and the trail are looked at rather than what the gateway keeps for itself, so that a gateway that errs cannot
vouch for itself. `broken()` lists what does not hold, in words; an empty list is a sound house.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal

from casework.models import BatchLine, Capacity, Case, Decision, Entitlement, Event, WorkItem
from casework.models.stages import ENDED, PROMISED
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
    """Once at most, to the applicant, the very amount that days × rate give."""
    live: Counter[int] = Counter()
    paid: Counter[int] = Counter()
    for line in BatchLine.objects.filter(state__in=("pending", "paid")):
        live[line.case_id] += 1
        paid[line.case_id] += line.state == "paid"
        case = cases[line.case_id]
        if line.amount != case.amount or line.holder_name != case.applicant.name:
            yield f"{case.number}: the bank is told another amount or name than the case's"
        if line.state == "paid" and case.stage not in PAID:
            yield f"{case.number}: paid by the bank, and the case says {case.stage}"
    credited = Counter(Decision.objects.filter(outcome="credited").values_list("case_id", flat=True))
    for pk, case in cases.items():
        if live[pk] > 1 or paid[pk] > 1 or credited[pk] > 1:
            yield f"{case.number}: in two live batches, or paid twice"
        if (case.stage in PAID) != (paid[pk] == 1):
            yield f"{case.number}: {case.stage}, with {paid[pk]} paid lines"
        if case.stage in PROMISED and case.amount != _rate(case) * (case.payable_days or 0):
            yield f"{case.number}: {case.amount} is not days times rate"


def _rate(case: Case) -> Decimal:
    rates = TERMS.version(case.terms_version).body["yuan_a_day"]
    return Decimal(rates[case.facts["dependency_level"]])


def _signatures(cases: dict[int, Case]) -> Iterator[str]:
    """What is paid was verified, reviewed, approved and checked: by four people, on the facts as they were paid."""
    last: dict[tuple[int, int], Decision] = {}
    for decision in Decision.objects.order_by("pk"):
        last[decision.case_id, decision.staff_id] = decision
    stands: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for (case_id, staff_id), decision in last.items():
        if (decision.step, decision.outcome) in SIGNING and decision.facts_digest == cases[case_id].digest_of_facts():
            stands[case_id][str(STEPS[decision.step].capacity)].add(staff_id)
    for pk, case in cases.items():
        if case.facts_digest != case.digest_of_facts():
            yield f"{case.number}: the digest is not that of the facts"
        required = {Capacity.VERIFY, Capacity.REVIEW, Capacity.APPROVE, Capacity.CHECK} if case.stage in PAID else ()
        for capacity in required:
            if not stands[pk][str(capacity)]:
                yield f"{case.number}: paid without a valid signature of {capacity}"


def _one_capacity_each() -> Iterator[str]:
    held: dict[tuple[int, int], set[str]] = defaultdict(set)
    for case_id, staff_id, step in Decision.objects.values_list("case_id", "staff_id", "step"):
        held[case_id, staff_id].add(str(STEPS[step].capacity))
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
    """Every decision has its event, and every end one at most."""
    decided = Counter(Event.objects.filter(action="decided").values_list("case_id", flat=True))
    written = Counter(Decision.objects.values_list("case_id", flat=True))
    closed = Counter(Event.objects.filter(action="closed").values_list("case_id", flat=True))
    for pk, case in cases.items():
        if decided[pk] != written[pk]:
            yield f"{case.number}: {written[pk]} decisions, and {decided[pk]} in the trail"
        if closed[pk] != (case.stage == "closed"):
            yield f"{case.number}: {case.stage}, closed {closed[pk]} times in the trail"
