"""Names of institutions with and without the place in front: 桃江县人民医院 is the county's 县人民医院."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

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


ENDINGS = (
    ("社区居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("社区委员会", "社区"),
    ("居民委员会", "社区"),
    ("居委会", "社区"),
    ("社区", "社区"),
    ("村民委员会", "村"),
    ("村委会", "村"),
    ("村", "村"),
)
"""How the name of a village or a community ends, as lists and people write it; longer ones first."""

VILLAGE_CODE = 12


@dataclass(frozen=True, slots=True)
class Village:
    """A village of a county: its own name without the township's, what is left of that without its ending, and whether
    it is a 村 or a 社区 (neither, where the name does not say)."""

    code: str
    township: str
    name: str
    stem: str
    kind: str

    @property
    def full(self) -> str:
        return f"{self.township}{self.name}"


class Villages:
    """The villages of a county that there are today, by the names people write: with the township in front or without
    it (or whatever lies above), with any of the usual endings or none, or by their code."""

    def __init__(self, county: str) -> None:
        rows = Division.objects.filter(pk__startswith=county, valid_to__isnull=True).order_by("code")
        names = dict(rows.values_list("code", "name"))
        self._above = _places_above(county)
        self._townships = {code: name for code, name in names.items() if len(code) == Level.TOWNSHIP}
        self._villages = [
            _village(code, name, self._townships.get(code[: Level.TOWNSHIP], ""))
            for code, name in names.items()
            if len(code) == VILLAGE_CODE
        ]

    def named(self, written: str, township: str = "") -> str | None:
        """The code of the village that is meant; None for none, or several. `township`: as another column has it."""
        found = self.meant(written, township)
        return found[0].code if len(found) == 1 else None

    def meant(self, written: str, township: str = "") -> list[Village]:
        """Every village it may mean."""
        text = self._local(written)
        if text.isascii() and text.isdigit():
            return [village for village in self._villages if village.code == text]
        within = [village for village in self._villages if township and village.township.startswith(_bare(township))]
        for name in sorted(set(self._townships.values()), key=len, reverse=True):
            rest = text.removeprefix(name)
            if (
                rest
                and rest != text
                and (found := _alike(rest, [one for one in self._villages if one.township == name]))
            ):
                return found
        return _alike(text, within) or _alike(text, self._villages)

    def complaint(self, written: str, township: str = "") -> str:
        """Why no one village is meant, and which it might be."""
        if not written.strip():
            return "没有填村（社区）"
        found = self.meant(written, township)
        if len(found) > 1:
            return f"“{written}”有{len(found)}个：{_listed(found)}，请连乡镇一起写"
        stem, _kind = _split(self._local(written))
        near = [village for village in self._villages if stem and village.stem == stem]
        return f"本县没有“{written}”" + (f"，是不是{_listed(near)}" if near else "")

    def _local(self, written: str) -> str:
        """Without blanks, and without province, prefecture and county in front."""
        text = "".join(written.split())
        for place in self._above:
            text = text.removeprefix(place) or text
        return text


MOST_LISTED = 5


def _listed(villages: Sequence[Village]) -> str:
    names = [village.full for village in villages[:MOST_LISTED]]
    return "、".join(names) + ("等" if len(villages) > MOST_LISTED else "")


def _village(code: str, name: str, township: str) -> Village:
    own = name.removeprefix(township) or name
    return Village(code, township, own, *_split(own))


def _bare(township: str) -> str:
    """A township as another column has it, without blanks."""
    return "".join(township.split())


def _split(name: str) -> tuple[str, str]:
    """(横木, 村) of 横木村村委会, (打石湾, 社区) of 打石湾社区居委会; nothing is taken from what is an ending only."""
    ending, kind = next(((ending, kind) for ending, kind in ENDINGS if name.endswith(ending)), ("", ""))
    stem = name.removesuffix(ending)
    while kind == "村" and len(stem) > 1 and stem.endswith("村"):
        stem = stem.removesuffix("村")
    return (stem, kind) if stem else (name, "")


def _alike(text: str, among: Sequence[Village]) -> list[Village]:
    """Those of exactly that name; else of that stem, a 村 for no 社区 and the other way round."""
    if exact := [village for village in among if village.name == text]:
        return exact
    stem, kind = _split(text)
    return [village for village in among if village.stem == stem and (not kind or village.kind in ("", kind))]
