"""Lists on the boards of the demonstration county: of what waits there most hang, and some lines are objected to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.timezone import localtime, now

from casework.access import within
from casework.demo.hands import Hands
from casework.demo.photographs import home_visit
from casework.models import Level, Notice, Role, Staff, WorkItem
from casework.models.law import NOTICE_WORDS
from workflows.notices.objections import Said, object_from_web, take_objection
from workflows.notices.photographs import add_photograph
from workflows.notices.posting import draft_notice, post_notice

ON_A_SHEET = 6
DOUBTS = (
    Said("他家在镇上开店，不像困难的样子，请再看看。"),
    Said("听说他家孩子没有去读书。", name="热心邻居", contact="村口小卖部转"),
)


@dataclass(slots=True)
class Boards:
    """What was hung, and how many lines are objected to."""

    sheets: int = 0
    people: int = 0
    objected: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    """A board on which something waits, in whose office, kept in which role; and the cases, the first first."""

    programme: str
    place: str
    office: str
    role: str
    numbers: tuple[str, ...]

    def post(self, staff: Staff) -> Notice | None:
        """Most of it; None where something stands against the sheet."""
        chosen = self.numbers[:-1][:ON_A_SHEET] or self.numbers
        where = (self.programme, self.place, self.office, chosen)
        if draft_notice(*where, by=staff, channels=("board",)).against:
            return None
        return post_notice(*where, by=staff, channels=("board",))


def hang_lists(county: str) -> Boards:
    """Post most of what waits on each board, leaving the last to be posted by whoever tries it out; to the first sheet
    somebody objects from the web, which nobody has taken in, and to the first of each kind of board somebody at the
    desk, which waits for its answer.

    Run again, it finds what waits by then.
    """
    hands, made, kinds = Hands(county), Boards(), set[tuple[str, str]]()
    for board in _waiting(county):
        notice = hands.somebody(board.office, board.role, board.post)
        if notice is None:
            continue
        made.sheets, made.people = made.sheets + 1, made.people + notice.line_count
        caption = f"DEMO  {notice.number}  {localtime(now()):%Y-%m-%d %H:%M}"
        seen = home_visit(notice.number, taken_at=localtime(now()), caption=caption)
        add_photograph(notice, seen, by=notice.posted_by)
        if made.sheets == 1:
            object_from_web(notice, 1, DOUBTS[0])
            made.objected += 1
        # Of a sheet of one line there is nothing left to object to.
        free = range(1 + (made.sheets == 1), notice.line_count + 1)
        if free and (board.programme, board.place) not in kinds:
            kinds.add((board.programme, board.place))
            _object(hands, notice, free[0])
            made.objected += 1
    return made


def _object(hands: Hands, notice: Notice, line: int) -> None:
    county = notice.division_id[: Level.COUNTY]
    hands.somebody(county, Role.INTAKE_CLERK, lambda staff: take_objection(notice, line, DOUBTS[1], by=staff))


def _waiting(county: str) -> Iterator[Board]:
    """The boards on which something waits, in the order of their programmes and places."""
    items = WorkItem.objects.filter(within((county,), "division"), step__in=list(NOTICE_WORDS), finished__isnull=True)
    found: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    columns = ("programme", "step", "office", "role", "process__number")
    for programme, place, office, role, number in items.order_by("due_at", "id").values_list(*columns):
        found[programme, place, office, role].append(number)
    for where, numbers in sorted(found.items()):
        yield Board(*where, tuple(numbers))
