"""Names of institutions with and without the place in front: 桃江县人民医院 is the county's 县人民医院."""

from __future__ import annotations

import functools

from casework.models import Division, Level


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


class Villages:
    """The villages of a county by a name that is unique in it, also without the ending of its committee."""

    def __init__(self, county: str) -> None:
        names: dict[str, set[str]] = {}
        rows = Division.objects.filter(pk__startswith=county, level=Level.VILLAGE, valid_to__isnull=True)
        for code, name in rows.values_list("code", "name"):
            for said in {name, name.removesuffix("委会"), name.removesuffix("居委会"), name.removesuffix("村委会")}:
                names.setdefault(said, set()).add(code)
        self._by_name = {name: next(iter(codes)) for name, codes in names.items() if len(codes) == 1}

    def named(self, name: str) -> str | None:
        """The code of the village; None for none, or several, of that name."""
        return self._by_name.get(name)
