"""Whose deadlines somebody looks at: an office of theirs, it with all below it, one place below, or all of theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from casework.access import Access
from casework.desk.due_days import Where
from casework.models import Division, Level, Role

NOT_AT_WORK = (Role.AUDITOR, Role.ADMINISTRATOR, Role.ARCHIVIST)
"""Roles whose office's deadlines are not theirs to keep."""

MINE = "mine"
AND_BELOW = "+"
"""Behind a code: the office and all below it."""

WITH_OTHERS_BELOW = (int(Level.COUNTY), int(Level.TOWNSHIP))
"""Of these levels all work below lies in one stretch of an index; who sits above them looks at one county at a time."""

MOST_AT_ONCE = 12
"""Offices of one's own that are looked into together: each is a statement or two."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an address asks for, as it stands there, and where that is."""

    said: str
    where: tuple[Where, ...]
    name: str

    @property
    def several(self) -> bool:
        """Whether what is listed may lie in several offices."""
        return len(self.where) > 1 or any(place.below for place in self.where)


def offices_of(seen: Access) -> dict[str, str]:
    """The offices whose deadlines this person keeps, by code, with their names."""
    return {post.office_code: post.office_name for post in seen.posts if post.role not in NOT_AT_WORK}


def choose(asked: str, offices: Mapping[str, str], below: Sequence[Division]) -> Chosen:
    """The office asked for, if it is one's own or lies below one's own; else the first of one's own."""
    choices = dict(choices_of(offices, below))
    if asked == MINE and MINE in choices:
        return Chosen(MINE, _all(offices), choices[MINE])
    if asked in choices:
        return _one(asked, choices[asked])
    first = next(iter(offices))
    return _one(first, offices[first])


def choices_of(offices: Mapping[str, str], below: Sequence[Division]) -> list[tuple[str, str]]:
    """One's own, each alone and with what is below it; all of them; then the places right below."""
    found = []
    for code, name in offices.items():
        found.append((code, name))
        if len(code) in WITH_OTHERS_BELOW:
            found.append((f"{code}{AND_BELOW}", _("%(office)s和下面的全部机构") % {"office": name}))
    if 1 < len(_all(offices)) <= MOST_AT_ONCE:
        found.append((MINE, _("我的全部机构和下面的机构")))
    for place in below:
        if place.code not in offices:
            deep = len(place.code) in WITH_OTHERS_BELOW
            found.append((f"{place.code}{AND_BELOW}" if deep else place.code, f"　{place.name}"))
    return found


def _all(offices: Mapping[str, str]) -> tuple[Where, ...]:
    """Every office of one's own with what is below it, none inside another."""
    deep = [code for code in offices if len(code) in WITH_OTHERS_BELOW]
    return tuple(
        Where(code, below=code in deep)
        for code in sorted(offices)
        if not any(code != other and code.startswith(other) for other in deep)
    )


def _one(said: str, name: str) -> Chosen:
    return Chosen(said, (Where(said.removesuffix(AND_BELOW), below=said.endswith(AND_BELOW)),), name.strip())


def places_below(offices: Mapping[str, str], asked: str) -> list[Division]:
    """The places right below one's offices; on the way down to the one asked for, those beside it. One statement."""
    code = asked.removesuffix(AND_BELOW)
    way = {code[:length] for length in WITH_OTHERS_BELOW if any(code[:length].startswith(own) for own in offices)}
    in_force = Q(valid_to__isnull=True) | Q(valid_to__gte=localdate())
    found = Division.objects.filter(in_force, parent__in=[*offices, *way], level__gte=Level.COUNTY)
    return list(found.only("code", "name").order_by("code"))
