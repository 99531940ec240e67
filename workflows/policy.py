"""What a programme says to whoever asks what it is: who may apply, with which papers, how much, within what time.

The road (steps, who, how long, on which clause) is read off the flow and the terms; the rest a programme says itself,
from the same terms it decides by (`Programme.policy`).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from django.utils.translation import gettext as _

from casework.models import Level, Role
from casework.models.law import NOTICE_WORDS
from workflows.flow import CaseFlow, Step
from workflows.graph import main_road, something_waits_in
from workflows.limits import Deadline
from workflows.notice_terms import NoticeTerms
from workflows.notices.sheet import HEADINGS, words_of
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
    coming: tuple[str, ...] = ()
    """How much under each version that is still to come, where it says otherwise than the one before."""


def policy_page(programme: Programme, on: datetime.date) -> PolicyPage:
    """The programme as it stands that day: under the terms then in force, by the flow its cases then begin under."""
    terms = programme.terms.in_force(on)
    says = programme.policy(terms) if programme.policy and terms else NOTHING_SAID
    says = replace(says, notices=tuple(notices_in_words(terms))) if terms else says
    road = tuple(road_in_words(programme.flow_for(terms.version), terms)) if terms else ()
    coming = tuple(_coming(programme, on)) if terms else ()
    return PolicyPage(programme, terms, says, road, tuple(reversed(programme.terms.versions)), coming)


def _coming(programme: Programme, on: datetime.date) -> Iterable[str]:
    if programme.policy is None:
        return
    for before, terms in pairwise(programme.terms.versions):
        says = programme.policy(terms).amounts
        if terms.in_force_from > on and says != programme.policy(before).amounts:
            since = terms.in_force_from
            words = {"since": f"{since.year}年{since.month}月{since.day}日", "says": "；".join(says)}
            yield _("%(since)s起：%(says)s") % words


def road_in_words(flow: type[CaseFlow], terms: Terms) -> Iterable[Stretch]:
    """The steps on the way, in order; then those beside it."""
    way = [place for place in main_road(flow) if isinstance(place, Step)]
    beside = [step for step in flow.steps() if step not in way and something_waits_in(step)]
    for step in (*way, *beside):
        clauses = dict.fromkeys(one.clause for one in step.outcomes.values() if one.clause and not one.aside)
        yield Stretch(
            title=str(step.task_title),
            who=_("%(level)s · %(role)s") % {"level": Level(step.level).label, "role": Role(step.role).label},
            days=_hangs(step, terms) or days_in_words(terms.deadlines.get(step.name)),
            clauses=tuple(clauses),
            beside=step not in way,
        )


def notices_in_words(terms: Terms) -> Iterable[str]:
    """Where the list hangs, for how long, what stands on it and who may read it: a sentence for each board."""
    if terms.notice is None or not terms.notices:
        return
    boards = [(place, terms.notice.at(place)) for place in terms.notices]
    for place, here in boards:
        words = {
            "place": NOTICE_WORDS[place],
            "days": _days(here.days, working=here.working),
            "shown": "、".join(str(HEADINGS[column]) for column in here.show),
            "channels": words_of(here.channels),
            "clause": here.clause,
        }
        yield _("%(place)s%(days)s（张榜当天不算），榜上写%(shown)s，方式：%(channels)s（%(clause)s）") % words
    of_people = [here for _place, here in boards if "name" in here.show]
    if of_people:
        yield _("姓名遮盖后才上榜，电话、账号一律不上榜")
    if any("web" in here.channels for here in of_people):
        yield _("失独家庭不上网公示")
    yield _("公示期间谁都可以提出异议，可以不署名；有异议的先核查答复，其他人照常办理")


def _hangs(step: Step, terms: Terms) -> str:
    """How long a list hangs, of the step in which it does; empty of any other."""
    place = next((one.notice for one in step.outcomes.values() if one.moves == "end_notice"), "")
    notice: NoticeTerms | None = terms.notice
    if not place or notice is None:
        return ""
    return _days(notice.at(place).days, working=notice.at(place).working)


def days_in_words(limit: Deadline | None) -> str:
    """How long it may take, and by which clause or precedent."""
    return _days(limit.days, working=limit.working) if limit else ""


def _days(days: int, *, working: bool) -> str:
    said = _("%(days)d个工作日") if working else _("%(days)d日")
    return said % {"days": days}
