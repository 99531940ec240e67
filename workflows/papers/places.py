"""Names of institutions with and without the place in front: 桃江县人民医院 is the county's 县人民医院."""

from __future__ import annotations

import functools

from casework.models import Division


@functools.lru_cache(maxsize=512)
def _places_above(county: str) -> tuple[str, ...]:
    """The names of the province, the prefecture and the county, outermost first."""
    codes = [county[:2], county[:4], county[:6]]
    names = dict(Division.objects.filter(pk__in=codes).values_list("code", "name"))
    return tuple(names[code] for code in codes if code in names)


@functools.lru_cache(maxsize=4096)
def without_place(name: str, county: str) -> str:
    """`name` without the place names in front, the last of them cut to 省, 市, 县 or 区."""
    rest, short = name, ""
    for place in _places_above(county):
        if rest.startswith(place) and rest != place:
            rest, short = rest[len(place) :], place[-1]
    return short + rest
