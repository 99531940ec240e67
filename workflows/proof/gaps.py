"""A gap in the staff, in words: which office, which post, and what to do."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field

from casework.models import Division, Level, Role
from workflows.programme import Programme
from workflows.proof.faults import Code, Fault
from workflows.proof.seats import Seat

EXAMPLES = 5
NAMED = (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)
NUMERALS = "零一二三四五六七八九十"


class Why(enum.Enum):
    """Nobody in post; too few to be different people; or, in some cases, nobody left who may act."""

    NOBODY = "nobody"
    TOO_FEW = "too_few"
    KEPT_OUT = "kept_out"


@dataclass(slots=True)
class Gap:
    """A seat nobody can take. `people` is how many there are for it and the seats `beside` it together; `cases` is how
    many open cases will come to stand still there, of which `numbers` are some."""

    why: Why
    programme: Programme
    seat: Seat
    office: str
    place: str = ""
    beside: tuple[str, ...] = ()
    people: int = 0
    cases: int = 0
    numbers: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str, str]:
        """The same gap, found again: who is missing in an office is missing for every programme."""
        return self.office, self.seat.role, self.seat.capacity

    @property
    def county(self) -> str:
        return self.office[: Level.COUNTY]

    @property
    def sentence(self) -> str:
        """What is missing."""
        role, title = Role(self.seat.role).label, self.seat.title
        if self.why is Why.NOBODY:
            said = f"没有在岗的{role}，“{title}”没有人办"
        elif self.why is Why.TOO_FEW:
            steps = "".join(f"“{one}”" for one in (*self.beside, title))
            said = (
                f"{role}没有第{_numeral(self.people + 1)}个人：{steps}必须由不同的人办，能办的一共只有{self.people}人"
            )
        else:
            said = f"有案件的“{title}”没有人能办：在岗的{role}要回避，或在案中已有别的身份"
        return f"{self.place}：{said}{self._waiting}"

    @property
    def remedy(self) -> str:
        """What to do."""
        again = "" if self.why is Why.NOBODY else "再"
        return f"请在{self.place}{again}任命一名{Role(self.seat.role).label}"

    @property
    def _waiting(self) -> str:
        if not self.cases:
            return ""
        more = "等" if self.cases > len(self.numbers) else ""
        return f"（{self.cases}件未办完的案件会停在这里：{'、'.join(self.numbers)}{more}）"

    def fault(self) -> Fault:
        """As the proof tells it."""
        flow = self.programme.flow.__name__
        return Fault(Code.UNSTAFFED, flow, (self.seat.title,), f"{self.sentence}。{self.remedy}")


class Gaps:
    """Gaps as they are found, each once: what an office lacks for all is not said again for each of its cases."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Gap] = {}

    def nobody(self, programme: Programme, seat: Seat, office: str) -> None:
        self._add(Gap(Why.NOBODY, programme, seat, office))

    def too_few(self, programme: Programme, seat: Seat, office: str, beside: Iterable[Seat], people: int) -> None:
        titles = tuple(one.title for one in beside)
        self._add(Gap(Why.TOO_FEW, programme, seat, office, beside=titles, people=people))

    def case(self, programme: Programme, seat: Seat, office: str, number: str, *, somebody: bool) -> None:
        """A case that will stand still there."""
        why = Why.KEPT_OUT if somebody else Why.NOBODY
        gap = self._add(Gap(why, programme, seat, office))
        gap.cases += 1
        if len(gap.numbers) < EXAMPLES:
            gap.numbers.append(number)

    def told(self) -> list[Gap]:
        """All of them by place, with the places' names."""
        gaps = sorted(self._found.values(), key=lambda gap: (gap.office, gap.seat.role))
        names = _names({gap.office for gap in gaps})
        for gap in gaps:
            gap.place = names.get(gap.office, gap.office)
        return gaps

    def _add(self, gap: Gap) -> Gap:
        return self._found.setdefault(gap.key, gap)


def _numeral(number: int) -> str:
    return NUMERALS[number] if number < len(NUMERALS) else str(number)


def _names(codes: set[str]) -> dict[str, str]:
    """Code -> a name people can find: 桃江县 itself, below it with the township before the village."""
    wanted = {code[:level] for code in codes for level in (len(code), *NAMED)}
    known: dict[str, str] = {}
    listed = sorted(wanted)
    for start in range(0, len(listed), 500):
        known.update(Division.objects.filter(pk__in=listed[start : start + 500]).values_list("code", "name"))
    return {code: _name(code, known) for code in codes}


def _name(code: str, known: dict[str, str]) -> str:
    """The village's own name often begins with its township's."""
    said, above = "", ""
    for level in [int(one) for one in NAMED if one <= len(code)] or [len(code)]:
        name = known.get(code[:level], "")
        said, above = said + name.removeprefix(above), name
    return said or code
