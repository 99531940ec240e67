"""Whether separation of duty can be kept with the people there are.

The law asks for different people in one case; the gateway refuses a second hat. Neither helps a case for which there is
no second person. So for every place a case could come from, and for every open case as it lies, the seats on its road
(`seats`) are matched to the people in post (`roster`): a system of distinct representatives (`matching`).

Where a case could come from: a county is at work in a programme when it has had a case of it, or somebody is in post
where its cases come in; in it every village that has an entry in the register in force, an open case, or somebody in
post in a role of the programme; and the county itself. There every seat of the present flow is wanted, also those of a
suspension or a review. For an open case the seats ahead of it, in its own flow: without those who must keep out of it,
and each who has taken part only in the capacity they took.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.timezone import localdate

from casework.access import within
from casework.models import Case, Level, Post, RegisterEntry, WorkItem
from workflows import registry
from workflows.graph import begin_of
from workflows.programme import Programme
from workflows.proof.gaps import Gap, Gaps
from workflows.proof.matching import Wanted, shortages
from workflows.proof.offices import counties_at_work
from workflows.proof.open_cases import OpenCase, open_cases
from workflows.proof.roster import Kin, Roster, kin_of_staff, roster
from workflows.proof.seats import Seat, seats_ahead, seats_of_flow


def staffing_faults(
    *, county: str = "", on: datetime.date | None = None, without_post: Post | Collection[Post] = ()
) -> list[Gap]:
    """What is missing for every case to be taken to its end by different people, in all programmes.

    `county` is the code of a county, or of any place within which to look; empty means everywhere. With `without_post`
    (posts that are about to end), only what their end would add is told: ask before ending them.
    """
    day = on or localdate()
    ending = [without_post] if isinstance(without_post, Post) else list(without_post)
    ground = _ground(county, day)
    found = _gaps(ground, roster(county, on=day))
    if not ending:
        return found
    known = {gap.key for gap in found}
    later = _gaps(ground, roster(county, on=day, without=[post.pk for post in ending]))
    return [gap for gap in later if gap.key not in known]


@dataclass(frozen=True, slots=True)
class _Ground:
    """What is looked at, whoever is in post: `waiting` are the places with open cases, by programme and county."""

    place: str
    day: datetime.date
    kin: Kin
    waiting: Mapping[tuple[str, str], AbstractSet[str]]


def _ground(place: str, day: datetime.date) -> _Ground:
    items = WorkItem.objects.filter(within((place,), "division") if place else Q(), finished__isnull=True)
    waiting: dict[tuple[str, str], set[str]] = defaultdict(set)
    for programme, division in items.values_list("programme", "division").distinct().iterator():
        waiting[programme, division[: Level.COUNTY]].add(division)
    return _Ground(place, day, kin_of_staff(), waiting)


def _gaps(ground: _Ground, people: Roster) -> list[Gap]:
    gaps = Gaps()
    for programme in registry.programmes().values():
        for county in _counties(programme, ground, people):
            _look_at_county(programme, county, ground, people, gaps)
    _look_at_cases(ground, people, gaps)
    return gaps.told()


# -- where a case could come from --------------------------------------------------------------------------------------


def _counties(programme: Programme, ground: _Ground, people: Roster) -> Iterator[str]:
    """The counties at work in a programme: somebody is in post where its cases come in, or there has been one."""
    begin = begin_of(programme.flow)
    if begin is None:
        return
    for county in counties_at_work(programme, on=ground.day, place=ground.place):
        cases = Case.objects.filter(within((county,)), programme=programme.slug)
        if people.people(begin.first.role, county[: begin.first.level]) or cases.exists():
            yield county


def _look_at_county(programme: Programme, county: str, ground: _Ground, people: Roster, gaps: Gaps) -> None:
    seats = seats_of_flow(programme.flow)
    above = [seat for seat in seats if seat.level <= Level.COUNTY]
    _match(programme, above, county, people, gaps)
    if len(above) < len(seats):
        for village in sorted(_villages(programme, county, ground, people)):
            _match(programme, seats, village, people, gaps)


def _villages(programme: Programme, county: str, ground: _Ground, people: Roster) -> set[str]:
    in_force = Q(valid_to__isnull=True) | Q(valid_to__gte=ground.day)
    register = RegisterEntry.objects.filter(in_force, county=county, valid_from__lte=ground.day)
    found = set(register.values_list("division_id", flat=True).distinct())
    found |= ground.waiting.get((programme.slug, county), frozenset())
    roles = {step.role for step in programme.flow.steps()}
    found |= {office for role, office in people.offices_in(county) if role in roles}
    return {code for code in found if len(code) == Level.VILLAGE and code.startswith(ground.place)}


def _match(programme: Programme, seats: Iterable[Seat], division: str, people: Roster, gaps: Gaps) -> None:
    """Fill the seats of a case from there."""
    offered = [(seat, seat.office(division)) for seat in seats]
    filled = [(seat, office) for seat, office in offered if people.people(seat.role, office)]
    for seat, office in offered:
        if not people.people(seat.role, office):
            gaps.nobody(programme, seat, office)
    for short in shortages([Wanted(seat.capacity, people.people(seat.role, office)) for seat, office in filled]):
        seat, office = filled[short.left]
        gaps.too_few(programme, seat, office, [filled[other][0] for other in short.beside], short.people)


# -- the cases there are -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Situations:
    """What was found for cases that lie alike: most of them do."""

    people: Roster
    known: dict[object, list[tuple[Seat, str, bool]]] = field(default_factory=dict)

    def missing(self, case: OpenCase) -> list[tuple[Seat, str, bool]]:
        key = case.situation
        if key not in self.known:
            self.known[key] = list(_missing(case, self.people))
        return self.known[key]


def _look_at_cases(ground: _Ground, people: Roster, gaps: Gaps) -> None:
    alike = _Situations(people)
    programmes = registry.programmes()
    for case in open_cases(ground.place, ground.kin):
        for seat, office, somebody in alike.missing(case):
            gaps.case(programmes[case.programme], seat, office, case.number, somebody=somebody)


def _missing(case: OpenCase, people: Roster) -> Iterator[tuple[Seat, str, bool]]:
    """The seats ahead of a case that stay empty, each with whether anybody is in post there at all."""
    offered = []
    for seat in seats_ahead(case.flow, case.step, case.came_from):
        office = seat.office(case.division)
        if people.people(seat.role, office):
            offered.append((seat, office, who_may(seat, office, case, people)))
        else:
            yield seat, office, False
    for short in shortages([Wanted(seat.capacity, who) for seat, _, who in offered]):
        seat, office, _ = offered[short.left]
        yield seat, office, True


def who_may(seat: Seat, office: str, case: OpenCase, people: Roster) -> AbstractSet[int]:
    """Who could take that seat in that case today: what the gateway would answer, asked of everybody in post."""
    free = people.free(seat.role, office, case.barred)
    parts = case.parts
    if not parts or free.isdisjoint(parts):
        return free
    if seat.newcomer:
        return free - parts.keys()
    return {one for one in free if parts.get(one, seat.capacity) == seat.capacity}
