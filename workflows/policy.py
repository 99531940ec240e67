"""What a programme says to whoever asks what it is: who may apply, with which papers, how much, within what time.

The road (steps, who, how long, on which clause) is read off the flow and the terms; the rest a programme says itself,
from the same terms it decides by (`Programme.policy`).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from casework.models import Level, Role
from workflows.flow import CaseFlow, Step
from workflows.graph import main_road, something_waits_in
from workflows.limits import Deadline
from workflows.programme import Policy, Programme
from workflows.terms import Terms

NOTHING_SAID = Policy()


@dataclass(frozen=True, slots=True)
class Stretch:
    """One step of the road, in words. `beside`: it is not on the way of a case with which all goes well."""

    title: str
    who: str
    days: str
    clauses: tuple[str, ...]
    beside: bool = False


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """Everything the page of a programme shows. `terms` is None before any are in force."""

    programme: Programme
    terms: Terms | None
    says: Policy
    road: tuple[Stretch, ...]
    versions: tuple[Terms, ...]


def policy_page(programme: Programme, on: datetime.date) -> PolicyPage:
    """The programme as it stands that day: under the terms then in force, by the flow its cases then begin under."""
    terms = programme.terms.in_force(on)
    says = programme.policy(terms) if programme.policy and terms else NOTHING_SAID
    road = tuple(road_in_words(programme.flow_for(terms.version), terms)) if terms else ()
    return PolicyPage(programme, terms, says, road, tuple(reversed(programme.terms.versions)))


def road_in_words(flow: type[CaseFlow], terms: Terms) -> Iterable[Stretch]:
    """The steps on the way, in order; then those beside it."""
    way = [place for place in main_road(flow) if isinstance(place, Step)]
    beside = [step for step in flow.steps() if step not in way and something_waits_in(step)]
    for step in (*way, *beside):
        clauses = dict.fromkeys(one.clause for one in step.outcomes.values() if one.clause and not one.aside)
        yield Stretch(
            title=str(step.task_title),
            who=_("%(level)s · %(role)s") % {"level": Level(step.level).label, "role": Role(step.role).label},
            days=days_in_words(terms.deadlines.get(step.name)),
            clauses=tuple(clauses),
            beside=step not in way,
        )


def days_in_words(limit: Deadline | None) -> str:
    """How long it may take, and by which clause or precedent."""
    if limit is None:
        return ""
    days = _("%(days)d个工作日") if limit.working else _("%(days)d日")
    return days % {"days": limit.days}
