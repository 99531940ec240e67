"""One benefit, once: what a case holds that nobody may hold a second time, across programmes, counties and households.

A programme says what its cases hold (`Programme.holds`); acceptance takes it, an end without money gives it back. Two
who ask at the same moment are told apart by the database (`one_benefit_once`); whoever asks later is told here, in a
sentence with the other case in it.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.models import BenefitHold, Case, Entitlement, Person
from casework.rows import new_row
from workflows import registry
from workflows.assessment import Assessment
from workflows.ledger import Ledger
from workflows.programme import Held as Holding
from workflows.refusals import Incomplete

HOSPITAL_DAYS = "hospital_days"
"""The days of a stay in hospital, paid for by the day: a nursing subsidy, or an insurer's hospital cash."""

SHARED = {HOSPITAL_DAYS: gettext_lazy("这几天住院")}
"""Benefits that several programmes give, in words. Any other is a programme's own and has its name."""

EVER = (datetime.date(1900, 1, 1), datetime.date(9999, 1, 1))
"""The period of what is given once and never again."""


@dataclass(frozen=True, slots=True)
class Held:
    """A benefit for a period [begins, ends) of a person or a household; see `BenefitHold`."""

    benefit: str
    claimant: str
    begins: datetime.date
    ends: datetime.date


def by_person(person_id: int) -> str:
    return f"p{person_id}"


def by_household(person: Person) -> str:
    """The household's key; of somebody entered without one, their own: they are a household of one."""
    return f"h{person.household_id}" if person.household_id else by_person(person.pk)


def take(case: Case, assessment: Assessment, ledger: Ledger, *, judged: bool = False) -> None:
    """The case holds from now on what it says, and nothing it held before. Raises `Incomplete` when somebody else does.

    `judged`: the caller has asked `held_by` for many at once, under the persons' locks.
    """
    holds = _of_case(case, assessment)
    if holds is None:
        return
    if case.pk is not None:
        _give_back(case)
    if not judged and (against := clashes(case, holds)):
        raise Incomplete(against)
    ledger.holds += [new_row(BenefitHold, case=case, live=True, **_columns(one)) for one in holds]


def give_back(case: Case) -> None:
    """The case holds nothing any more."""
    if registry.programme(case.programme).holds is not None:
        _give_back(case)


def move(case: Case, assessment: Assessment) -> None:
    """The facts of an accepted case have changed: it holds what it now says. Raises `Incomplete`; see `take`."""
    holds = _of_case(case, assessment)
    if holds is None:
        return
    _give_back(case)
    if against := clashes(case, holds):
        raise Incomplete(against)
    BenefitHold.objects.bulk_create([BenefitHold(case=case, **_columns(one)) for one in holds])


def _of_case(case: Case, assessment: Assessment) -> tuple[Holding, ...] | None:
    """What the case holds besides its period in its own programme; None where its programme knows of no such thing.
    Empty periods hold nothing."""
    holds = registry.programme(case.programme).holds
    return None if holds is None else tuple(one for one in holds(case, assessment) if one.begins < one.ends)


def _give_back(case: Case) -> None:
    BenefitHold.objects.filter(case_id=case.pk, live=True).update(live=False)


def clashes(case: Case, holds: Sequence[Holding]) -> list[str]:
    """Who else holds any of these, in sentences; empty when nobody does. One statement at most."""
    if not holds:
        return []
    found = overlapping(holds).exclude(case_id=case.pk).select_related("case")
    return [sentence(one) for one in found.order_by("pk")[:MOST_SAID]]


def overlapping(holds: Iterable[Holding]) -> QuerySet[BenefitHold]:
    """The live rows that share a day with any of these."""
    wanted = Q(pk__in=())
    for one in holds:
        wanted |= Q(benefit=one.benefit, claimant=one.claimant, begins__lt=one.ends, ends__gt=one.begins)
    found: QuerySet[BenefitHold] = BenefitHold.objects.filter(wanted, live=True)
    return found


def held_by(benefit: str, claimants: Iterable[str]) -> Mapping[str, list[BenefitHold]]:
    """Claimant -> what they hold of a benefit: for a docket that judges many. One statement."""
    found = defaultdict(list)
    rows = BenefitHold.objects.filter(benefit=benefit, claimant__in=list(claimants), live=True).select_related("case")
    for row in rows.order_by("pk"):
        found[row.claimant].append(row)
    return found


def stays_subsidised(person_id: int, begins: datetime.date, ends: datetime.date) -> list[str]:
    """What a plan that pays by the day in hospital, and not beside a nursing subsidy, says against a stay: live periods
    of the nursing programmes' own, whatever their terms say of the plan."""
    found = Entitlement.objects.filter(
        person_id=person_id, live=True, begins__lt=ends, ends__gt=begins, programme="nursing_subsidy"
    ).select_related("case")
    return [_said(_("这几天住院"), one.case, one.begins, one.ends) for one in found.order_by("pk")[:MOST_SAID]]


def sentence(row: BenefitHold) -> str:
    """Why somebody cannot have it: what, in which case, for which days."""
    if row.benefit in SHARED:
        what = str(SHARED[row.benefit])
    else:
        known = registry.programmes().get(row.benefit)
        what = _("“%(title)s”") % {"title": known.title if known else row.benefit}
    if row.claimant.startswith("h"):
        what += _("（每户只能享受一次）")
    return _said(what, row.case, row.begins, row.ends)


def _said(what: str, case: Case, begins: datetime.date, ends: datetime.date) -> str:
    words = {"what": what, "title": registry.programme(case.programme).title, "number": case.number}
    if (begins, ends) == EVER:
        return _("%(what)s已在“%(title)s”%(number)s享受过，不能再次享受") % words
    last = ends - datetime.timedelta(days=1)
    dated = _("%(what)s已在“%(title)s”%(number)s申领（%(begins)s至%(last)s），不能同时享受")
    return dated % {**words, "begins": begins, "last": last}


def _columns(one: Holding) -> dict[str, object]:
    return {"benefit": one.benefit, "claimant": one.claimant, "begins": one.begins, "ends": one.ends}


MOST_SAID = 5
