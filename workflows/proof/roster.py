"""Who is in post, and whom each must keep away from: what staffing is measured against, read in a few statements.

The rules are those of `workflows.standing`, asked of everybody at once instead of of one person before one case: a post
lent counts as long as its holder's does, and whom the holder must keep away from, so must the delegate.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import F, Q, QuerySet

from casework.access import within
from casework.models import DeclaredRelative, Level, Person, Post, Staff

K = TypeVar("K")
NOBODY: Mapping[int, int | None] = {}


@dataclass(frozen=True)
class Roster:
    """(role, office) -> who may act there, each with the person who lent them the post (None: their own)."""

    posts: Mapping[tuple[str, str], Mapping[int, int | None]]
    _people: dict[tuple[str, str], frozenset[int]] = field(default_factory=dict, repr=False)
    _by_county: dict[str, list[tuple[str, str]]] = field(default_factory=dict, repr=False)

    def people(self, role: str, office: str) -> frozenset[int]:
        key = (role, office)
        found = self._people.get(key)
        if found is None:
            found = self._people[key] = frozenset(self.posts.get(key, NOBODY))
        return found

    def free(self, role: str, office: str, barred: Collection[int]) -> frozenset[int]:
        """Those who need not keep out of a case from which `barred` must."""
        people = self.people(role, office)
        if not barred:
            return people
        posts = self.posts.get((role, office), NOBODY)
        return frozenset(one for one in people if one not in barred and posts[one] not in barred)

    def offices_in(self, county: str) -> Collection[tuple[str, str]]:
        """(role, office) wherever somebody is in post in a county."""
        if not self._by_county:
            for role, office in self.posts:
                self._by_county.setdefault(office[: Level.COUNTY], []).append((role, office))
        return self._by_county.get(county, ())


def roster(place: str = "", *, on: datetime.date, without: Collection[int] = ()) -> Roster:
    """Everybody in post that day in an office of `place` or above it (everywhere when empty), but for the posts
    `without` and what is lent of them."""
    posts: QuerySet[Post] = Post.objects.in_force(on)
    if without:
        posts = posts.exclude(Q(pk__in=without) | Q(lent_by__in=without))
    if place:
        above = [place[:level] for level in Level.values if level < len(place)]
        posts = posts.filter(within((place,), "office__division_id") | Q(office__division__in=above))
    # One's own post comes before a lent one, as when acting.
    rows = posts.order_by(F("lent_by").desc(nulls_last=True), "-id")
    found: dict[tuple[str, str], dict[int, int | None]] = defaultdict(dict)
    columns = ("role", "office__division_id", "staff_id", "lent_by__staff_id")
    for role, office, staff, lender in rows.values_list(*columns).iterator():
        found[role, office][staff] = lender
    return Roster(dict(found))


@dataclass(frozen=True)
class Kin:
    """Whom members of staff must keep away from: by the keyed hash of an identity number, by household."""

    by_identity: Mapping[str, frozenset[int]]
    by_household: Mapping[int, frozenset[int]]

    def barred(self, identity_hash: str, household: int | None) -> frozenset[int]:
        """Who must keep out of a case of that applicant."""
        own = self.by_identity.get(identity_hash, frozenset())
        family = self.by_household.get(household, frozenset()) if household is not None else frozenset()
        return own | family


def kin_of_staff() -> Kin:
    """Everybody's: themselves, their declared relatives, and their household where the register knows it."""
    by_identity: dict[str, set[int]] = defaultdict(set)
    staff = Staff.objects.exclude(identity_hash="").values_list("identity_hash", "pk")
    for identity, pk in staff.iterator():
        by_identity[identity].add(pk)
    households: dict[int, set[int]] = defaultdict(set)
    known = Person.objects.filter(
        household__isnull=False, identity_hash__in=Staff.objects.exclude(identity_hash="").values("identity_hash")
    )
    for identity, household in known.values_list("identity_hash", "household_id").iterator():
        assert household is not None
        households[household] |= by_identity[identity]
    for identity, pk in DeclaredRelative.objects.values_list("identity_hash", "staff_id").iterator():
        by_identity[identity].add(pk)
    return Kin(_frozen(by_identity), _frozen(households))


def _frozen(found: Mapping[K, set[int]]) -> dict[K, frozenset[int]]:
    return {key: frozenset(people) for key, people in found.items()}
