"""How a family is looked after on a day: what is in force, what has lapsed, when it was last spoken to."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import Max, Q, QuerySet

from casework.models import ContactLog, CoverLapse, FamilyCover, Post, RegisterEntry
from workflows.coverage.terms import TERMS

Kind = CoverLapse.Kind
KINDS = (Kind.TOWNSHIP_CONTACT, Kind.VILLAGE_CONTACT, Kind.GREEN_CHANNEL, Kind.FAMILY_DOCTOR)


@dataclass(slots=True)
class Care:
    """One family's. `in_force` are the kinds of cover it has; `since` is when the first cover of each kind began, and
    `ended` the last day of the latest that has ended. `spoken` is the day of the last contact."""

    in_force: set[str] = field(default_factory=set)
    since: dict[str, datetime.date] = field(default_factory=dict)
    ended: dict[str, datetime.date] = field(default_factory=dict)
    spoken: datetime.date | None = None

    def lapses(self, day: datetime.date, within_days: int) -> dict[str, datetime.date]:
        """Kind -> since when. What a family never had is a gap for the county to fill, and no lapse: only what was
        there and is there no more, and a silence since somebody was named to speak with it."""
        found = {kind: self.ended.get(kind, day) for kind in self.since if kind not in self.in_force}
        if self.since:
            heard = max(filter(None, (self.spoken, min(self.since.values()))))
            if heard < day - datetime.timedelta(days=within_days):
                found[Kind.NO_CONTACT] = heard
        return found


def within_days(day: datetime.date) -> int:
    """The most days without a word, under the terms of that day."""
    terms = TERMS.in_force(day)
    days: int = terms.body["contact"]["within_days"] if terms else 3650
    return days


def special_families(day: datetime.date) -> QuerySet[RegisterEntry]:
    """Entries in force of the categories the terms name, of people who live and have a household."""
    terms = TERMS.in_force(day)
    return RegisterEntry.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        category__in=terms.body["categories"] if terms else (),
        valid_from__lte=day,
        person__household__isnull=False,
        person__death_date__isnull=True,
    )


def care_of(households: Collection[int], day: datetime.date) -> Mapping[int, Care]:
    """Household -> how it is looked after. Three statements, however many."""
    found: dict[int, Care] = defaultdict(Care)
    covers = list(
        FamilyCover.objects.filter(household__in=households, valid_from__lte=day).values_list(
            "household_id", "kind", "staff_id", "valid_from", "valid_to"
        )
    )
    in_post = _in_post({staff for _h, _k, staff, _f, _t in covers if staff is not None}, day)
    for household, kind, staff, valid_from, valid_to in covers:
        care = found[household]
        care.since[kind] = min(valid_from, care.since.get(kind, valid_from))
        if (valid_to is None or valid_to >= day) and (staff is None or staff in in_post):
            care.in_force.add(kind)
        elif valid_to is not None and valid_to < day:
            care.ended[kind] = max(valid_to, care.ended.get(kind, valid_to))
    spoken = ContactLog.objects.filter(household__in=households, on__lte=day)
    for household, last in spoken.values_list("household_id").annotate(last=Max("on")).order_by():
        found[household].spoken = last
    return found


def _in_post(staff: set[int], day: datetime.date) -> set[int]:
    """Who of them still holds any post: a contact who has left is one no longer."""
    if not staff:
        return set()
    return set(Post.objects.in_force(day).filter(staff__in=staff).values_list("staff_id", flat=True))
