"""Setting up a round and taking it through its year: who may, within which limits, and what is on record of it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework.models import Nomination, Post, Role, Staff, VisitRound
from casework.models.stages import ENDED
from workflows import trail
from workflows.refusals import NotAllowed
from workflows.standing import Actor, office_word
from workflows.visits.assessment import TERMS

State = VisitRound.State
KEEPERS = (Role.INTAKE_CLERK, Role.COUNTY_APPROVER)
"""Who sets rounds up and takes them on, in the office of the round's place."""

NEXT: Mapping[str, tuple[str, ...]] = {
    State.PLANNED: (State.NOMINATING,),
    State.NOMINATING: (State.SETTLED,),
    State.SETTLED: (State.VISITING, State.NOMINATING),
    State.VISITING: (State.CLOSED,),
    State.CLOSED: (State.VISITING,),
}
"""Where a round can be taken from where it is: onward, or back a step when somebody was forgotten."""


@dataclass(frozen=True)
class Plan:
    """A round to be: money in yuan, days as the county's document has them."""

    division: str
    year: int
    festival: str
    title: str
    form: str
    standard: Decimal
    budget: Decimal
    fund_source: str
    basis: str
    categories: Sequence[str]
    nominate_by: datetime.date
    visit_from: datetime.date
    visit_to: datetime.date
    goods: str = ""


def keeper(division: str, by: Staff) -> Actor:
    """`by`, as one of those who keep the rounds of a place. Raises `NotAllowed` when they are not."""
    posts = Post.objects.in_force(localdate()).filter(staff=by, role__in=KEEPERS, office__division_id=division)
    found = posts.order_by("id").values_list("office__name", "role").first()
    if found is None:
        said = _("慰问轮次由%(office)s的受理员或审批人管理，您现在没有这个岗位。")
        raise NotAllowed(said % {"office": office_word(division)})
    return Actor(by.pk, by.name, *found)


def open_round(plan: Plan, *, by: Staff) -> VisitRound:
    """Set a round up, under the terms of today. Raises `NotAllowed` with what is wrong with it."""
    actor = keeper(plan.division, by)
    terms = TERMS.in_force(localdate())
    if terms is None:
        raise NotAllowed(_("今天还没有施行的慰问办法，请先订立"))
    most = terms.money("most", "yuan")
    if plan.standard > most:
        words = {"most": most, "clause": terms.body["most"]["clause"]}
        raise NotAllowed(_("每户标准不能超过%(most)s元（%(clause)s）") % words)
    if plan.budget < plan.standard:
        raise NotAllowed(_("预算连一户的标准都不够，请核对"))
    if plan.visit_to < plan.visit_from:
        raise NotAllowed(_("走访结束日期不能早于开始日期"))
    values = {name: value for name, value in vars(plan).items() if name not in ("division", "categories")}
    try:
        with transaction.atomic():
            found = VisitRound.objects.create(
                division_id=plan.division,
                categories=list(plan.categories),
                version=terms.version,
                created_by=by,
                created_at=now(),
                **values,
            )
            details = {"budget": f"{found.budget:.2f}", "standard": f"{found.standard:.2f}", "year": found.year}
            trail.record(chain_of(found), "round_opened", actor=actor, details=details)
    except IntegrityError as clash:
        raise NotAllowed(_("这一年已有叫“%(title)s”的慰问轮次") % {"title": plan.title}) from clash
    return found


def take_on(round_id: int, state: str, *, by: Staff) -> VisitRound:
    """Take a round to the next state, or back one. In it already: nothing happens. Raises `NotAllowed`."""
    with transaction.atomic():
        found = VisitRound.objects.select_for_update().get(pk=round_id)
        actor = keeper(found.division_id, by)
        if found.state == state:
            return found
        if state not in NEXT[found.state]:
            words = {"now": found.get_state_display(), "wanted": State(state).label if state in State.values else state}
            raise NotAllowed(_("本轮现在是“%(now)s”，不能直接改成“%(wanted)s”") % words)
        if state == State.CLOSED:
            _check_nothing_is_open(found)
        details = {"before": found.state, "after": state}
        VisitRound.objects.filter(pk=found.pk).update(state=state)
        trail.record(chain_of(found), "round_taken_on", actor=actor, details=details)
        found.refresh_from_db()
    return found


def change_budget(round_id: int, budget: Decimal, *, by: Staff) -> VisitRound:
    """More money, or less: never less than has been approved. Raises `NotAllowed`."""
    with transaction.atomic():
        found = VisitRound.objects.select_for_update().get(pk=round_id)
        actor = keeper(found.division_id, by)
        if found.budget == budget:
            return found
        details = {"before": f"{found.budget:.2f}", "after": f"{budget:.2f}"}
        changed = VisitRound.objects.filter(pk=found.pk, promised__lte=budget).update(budget=budget)
        if not changed:
            raise NotAllowed(_("已经批准了%(promised)s元，预算不能少于它") % {"promised": found.promised})
        trail.record(chain_of(found), "round_budget_changed", actor=actor, details=details)
        found.refresh_from_db()
    return found


def set_deadline(round_id: int, day: datetime.date, *, by: Staff) -> VisitRound:
    """Until when names are taken."""
    with transaction.atomic():
        found = VisitRound.objects.select_for_update().get(pk=round_id)
        actor = keeper(found.division_id, by)
        if found.nominate_by != day:
            details = {"before": found.nominate_by.isoformat(), "after": day.isoformat()}
            VisitRound.objects.filter(pk=found.pk).update(nominate_by=day)
            trail.record(chain_of(found), "round_deadline_moved", actor=actor, details=details)
            found.refresh_from_db()
    return found


def chain_of(found: VisitRound) -> str:
    return f"round:{found.pk}"


def promised_apart(inside: Q | None = None) -> list[tuple[int, Decimal, Decimal]]:
    """Rounds (of a place) whose `promised` is not the sum of what its places hold: (round, on the row, the sum)."""
    rows = dict(VisitRound.objects.filter(inside or Q()).values_list("pk", "promised"))
    sums: dict[int, Decimal] = dict.fromkeys(rows, Decimal("0.00"))
    held = Nomination.objects.filter(live=True, round__in=list(rows), promised__gt=0)
    for round_id, amount in held.values_list("round_id", "promised").iterator():
        sums[round_id] += amount
    return [(pk, kept, sums[pk]) for pk, kept in rows.items() if kept != sums[pk]]


def _check_nothing_is_open(found: VisitRound) -> None:
    open_cases = Nomination.objects.filter(round=found, live=True).exclude(case__stage__in=ENDED)
    left = open_cases.count()
    if left:
        some = "、".join(open_cases.order_by("id").values_list("case__number", flat=True)[:5])
        raise NotAllowed(_("本轮还有%(left)d户没有办完（如%(some)s），办完再结束") % {"left": left, "some": some})
