"""Whom the programmes there are want in post, as `prove_flows` asks it: read off their flows, not a list."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from casework.demo.seat import Seat
from casework.models import Division, Level, Role
from workflows import registry
from workflows.flow import CaseFlow
from workflows.proof.seats import seats_of_flow

PREFIXES = {Level.PREFECTURE: "shi-{}", Level.TOWNSHIP: "xz-{}", Level.VILLAGE: "cun-{}"}
"""How accounts begin below and above the county: 市 乡镇 村, with the code of the place."""


def wanted() -> Counter[tuple[Role, Level]]:
    """(role, level) -> how many people each office of that level needs for any one case to come to its end."""
    found: Counter[tuple[Role, Level]] = Counter()
    for programme in registry.programmes().values():
        for flow in programme.flows:
            found |= _people_of(flow)
    return found


def _people_of(flow: type[CaseFlow]) -> Counter[tuple[Role, Level]]:
    """Each capacity is another person's, and what a newcomer looks at is nobody's who had a part."""
    hats: dict[tuple[Role, Level], set[tuple[str, bool]]] = defaultdict(set)
    for seat in seats_of_flow(flow):
        hats[Role(seat.role), Level(seat.level)].add((seat.capacity, seat.newcomer))
    return Counter({place: len(worn) for place, worn in hats.items()})


def further_seats(
    there: Sequence[Seat], divisions: Sequence[Division], *, words: dict[Role, str], suffix: str
) -> Iterator[Seat]:
    """An account for everybody who is wanted in one of these places and not `there`. `words` name what each role does;
    `suffix` ends the names of the county's own."""
    posts = Counter((seat.role, seat.division) for seat in there)
    for (role, level), count in sorted(wanted().items()):
        for place in (division.code for division in divisions if division.level == level):
            base = f"{PREFIXES[level].format(place)}-{words[role]}" if level in PREFIXES else words[role] + suffix
            for number in range(posts[role, place] + 1, count + 1):
                yield Seat(base if number == 1 else f"{base}-{number}", role, place)
