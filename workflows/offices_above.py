"""The offices over a place: its code's prefixes, nearest first. Village, township, county, prefecture, province."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable

from django.db.models import Q
from django.utils.timezone import localdate

from casework.models import Level, Office, Post, Role


def codes_over(place: str) -> list[str]:
    """The codes of the places above this one, the nearest first."""
    return [place[:length] for length in sorted(Level.values, reverse=True) if length < len(place)]


def standing_offices(places: Iterable[str], *, on: datetime.date | None = None) -> frozenset[str]:
    """Those of the places, and of those above them, that have an association's office in force. One statement."""
    day = on or localdate()
    codes = {code for place in places for code in (place, *codes_over(place))}
    found = Office.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        division__in=codes,
        kind=Office.Kind.ASSOCIATION,
        valid_from__lte=day,
    )
    return frozenset(found.values_list("division_id", flat=True))


def office_above(place: str, standing: Collection[str]) -> str:
    """The nearest office above that is there; the office itself when there is none: the highest watches itself."""
    return next((code for code in codes_over(place) if code in standing), place)


def office_with_head(place: str, *, on: datetime.date | None = None) -> str | None:
    """The place itself when its office has a head today, else the nearest above that has. One statement."""
    heads = Post.objects.in_force(on or localdate()).filter(
        role=Role.OFFICE_HEAD, office__division__in=[place, *codes_over(place)]
    )
    return max(heads.values_list("office__division_id", flat=True), key=len, default=None)
