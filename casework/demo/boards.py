"""Lists on the boards of the demonstration county: of what waits there most hang, and some lines are objected to; and
keeping the boards afterwards, for who walks the county to its end."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.timezone import localdate, localtime, now

from casework.access import within
from casework.demo.hands import Hands
from casework.demo.photographs import notice_board
from casework.models import Level, Notice, NoticeLine, Role, Staff, WorkItem
from casework.models.law import NOTICE_WORDS
from workflows.notices.closing import close_notice
from workflows.notices.objections import Said, not_taken_in, object_from_web, take_in, take_objection
from workflows.notices.photographs import add_photograph
from workflows.notices.places import waiting_step
from workflows.notices.posting import MOST_LINES, draft_notice, post_notice

ON_A_SHEET = 6
DOUBTS = (
    Said("他家在镇上开店，不像困难的样子，请再看看。"),
    Said("听说情况和报的不一样，请再核实一下。", name="热心邻居", contact="村口小卖部转"),
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

    @property
    def most(self) -> tuple[str, ...]:
        """All but the last, as far as a small sheet has room."""
        return self.numbers[:-1][:ON_A_SHEET] or self.numbers

    def posted(self, hands: Hands, numbers: tuple[str, ...], *, at: datetime.datetime | None = None) -> Notice | None:
        return hands.somebody(self.office, self.role, lambda staff: self._post(staff, numbers, at))

    def _post(self, staff: Staff, numbers: tuple[str, ...], at: datetime.datetime | None) -> Notice | None:
        """Put these up, photographed; by all the ways the terms have, or on the board alone where not all may be. None
        where something stands against the sheet."""
        where = (self.programme, self.place, self.office, numbers)
        for channels in ((), ("board",)):
            if draft_notice(*where, by=staff, channels=channels, at=at).against:
                continue
            notice = post_notice(*where, by=staff, channels=channels, at=at)
            seen_at = localtime(at or now())
            caption = f"DEMO  {notice.number}  {seen_at:%Y-%m-%d %H:%M}"
            add_photograph(notice, notice_board(notice.number, taken_at=seen_at, caption=caption), by=staff, at=at)
            return notice
        return None


def hang_lists(county: str) -> Boards:
    """Post most of what waits on each board, leaving the last to be posted by whoever tries it out. To the first sheet
    somebody objects from the web, which nobody has taken in; to the first of each kind of board somebody at the desk,
    which waits for its answer.

    Run again, it finds what waits by then.
    """
    hands, made, kinds = Hands(county), Boards(), set[tuple[str, str]]()
    for board in waiting_boards(county):
        notice = board.posted(hands, board.most)
        if notice is None:
            continue
        made.sheets, made.people = made.sheets + 1, made.people + notice.line_count
        made.objected += _object(hands, notice, kinds)
    return made


def _object(hands: Hands, notice: Notice, kinds: set[tuple[str, str]]) -> int:
    """How many lines were objected to; of a sheet of one line that has an objection there is nothing left."""
    from_web, kind = not kinds, (notice.programme, notice.place)
    if from_web:
        object_from_web(notice, 1, DOUBTS[0])
    free = 1 + from_web
    at_the_desk = kind not in kinds and free <= notice.line_count
    kinds.add(kind)
    if at_the_desk:
        county = notice.division_id[: Level.COUNTY]
        hands.somebody(county, Role.INTAKE_CLERK, lambda staff: take_objection(notice, free, DOUBTS[1], by=staff))
    return from_web + at_the_desk


def waiting_boards(county: str) -> Iterator[Board]:
    """The boards on which something waits, in the order of their programmes and places."""
    items = WorkItem.objects.filter(within((county,), "division"), step__in=list(NOTICE_WORDS), finished__isnull=True)
    found: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    columns = ("programme", "step", "office", "role", "process__number")
    for programme, place, office, role, number in items.order_by("due_at", "id").values_list(*columns):
        found[programme, place, office, role].append(number)
    for where, numbers in sorted(found.items()):
        yield Board(*where, tuple(numbers))


def keep_boards(county: str, hands: Hands) -> int:
    """What has come from the web is taken in, what is over comes down, what waits is put up; how many sheets were
    touched."""
    notices = Notice.objects.filter(within((county,)))
    from_web = list(notices.filter(pk__in=not_taken_in(list(notices)).values("line__notice")))
    down = _to_come_down(county)
    for notice in from_web:
        _taken_in(hands, notice, county)
    for notice in down:
        _taken_down(hands, notice)
    up = [board.posted(hands, board.numbers[:MOST_LINES]) for board in waiting_boards(county)]
    return len(from_web) + len(down) + sum(notice is not None for notice in up)


def _taken_in(hands: Hands, notice: Notice, county: str) -> None:
    hands.somebody(county, Role.INTAKE_CLERK, lambda staff: take_in(notice, by=staff))


def _taken_down(hands: Hands, notice: Notice) -> None:
    role = waiting_step(notice.programme, notice.place).role
    hands.somebody(notice.division_id, role, lambda staff: close_notice(notice, by=staff))


def _to_come_down(county: str) -> list[Notice]:
    """Sheets whose days are over and that have something to clear: still up, or with a line whose objection has been
    dismissed."""
    over = Notice.objects.filter(within((county,)), last_day__lt=localdate())
    hanging = over.filter(state=Notice.State.CLOSED, lines__state=NoticeLine.State.HANGING)
    return list((over.filter(state=Notice.State.POSTED) | hanging).distinct().order_by("id"))


def still_hanging(county: str) -> list[Notice]:
    return list(Notice.objects.filter(within((county,)), state=Notice.State.POSTED).order_by("id"))
