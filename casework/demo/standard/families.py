"""Families that units carry in the demonstration: people of its register, each of a household of its own."""

from __future__ import annotations

import datetime

from casework.demo.hands import Hands
from casework.models import Case, RegisterEntry, Role, Staff
from casework.models.fields import opened
from workflows.carried import link_many
from workflows.programme import Programme
from workflows.terms import Terms

USUAL = 2


def carry(case: Case, programme: Programme, terms: Terms, hands: Hands, at: datetime.datetime | None) -> None:
    """Link as many families as the unit says it carries, or a few where nobody asks."""
    if not programme.carries or case.carried.exists():
        return
    asked = terms.body.get("carried")
    count = int(case.facts.get(asked["of"], USUAL)) if asked else USUAL
    county = case.division_id[:6]
    entries = RegisterEntry.objects.filter(county_id=county, person__death_date__isnull=True)
    homes: dict[int, str] = {}
    # Each unit carries others, as far as the register goes.
    for entry in entries.exclude(person=case.applicant_id).select_related("person").order_by("id"):
        if entry.person.household_id is not None:
            homes.setdefault(entry.person.household_id, opened(entry.person.identity_number))
    numbers = list(homes.values())
    first = case.pk * count % max(1, len(numbers) - count + 1)
    chosen = numbers[first : first + count]

    def deed(staff: Staff) -> object:
        return link_many(case.number, chosen, by=staff, at=at)

    hands.somebody(county, Role.INTAKE_CLERK, deed)
