"""Cases of every programme that is a page of terms: at each step of its road, made from its flow and its terms.

Nothing here knows a programme by name: a new folder with a page of terms has cases the next time a county is made.
"""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localtime, now

from casework.demo.hands import Hands
from casework.demo.standard.applicants import Asking, Cells
from casework.demo.standard.facts import window_day
from casework.demo.standard.tales import Road, Tale, span_of
from casework.demo.standard.ways import Way, ways_of
from casework.models import Donation, Role, SheetImport, Staff
from casework.sheets.writing import table_workbook
from workflows import registry
from workflows.donation_entry import Given, enter_donation
from workflows.donations import purposes
from workflows.papers.applications import import_applications
from workflows.papers.codes import sentences
from workflows.papers.correcting import NotEntered, enter_application
from workflows.papers.sheets import intake_clerk_of
from workflows.programme import Programme
from workflows.standard.applications import StandardApplications

HANDED_IN_AT = datetime.time(9, 20)
DONATED = (("示例公司", "300000.00"), ("", "60000.00"))
"""For each purpose: by whom, how much; the second donor is not to be named."""

KEYS = uuid.UUID("6f1d6f2e-6d0e-4a51-9b51-7a4d1a5a0a30")


@dataclass
class MadeProgrammes:
    """How many cases of how many programmes, and which went not as far as they were to, with why."""

    programmes: int = 0
    cases: int = 0
    stuck: list[str] = field(default_factory=list)


def build_programmes(county: str) -> MadeProgrammes:
    """Of each programme all or nothing, and once."""
    made, hands = MadeProgrammes(), Hands(county)
    _donations(county, hands)
    for programme in registry.programmes().values():
        if not isinstance(programme.applications, StandardApplications):
            continue
        if SheetImport.objects.filter(county_id=county, file_name__endswith=_file_name(programme, county)).exists():
            continue
        with transaction.atomic():
            road = _build(county, programme, hands)
        if road is not None:
            made.programmes, made.cases = made.programmes + 1, made.cases + len(road.tales)
            told = {tale.stuck: tale for tale in road.tales if tale.stuck}
            made.stuck += [f"{programme.title}：{why}" for why in (*told, *road.left_out)]
    return made


def _build(county: str, programme: Programme, hands: Hands) -> Road | None:
    """Most by a sheet some days ago, a few at the counter today; None where no terms are in force yet."""
    until = localtime(now())
    newest = programme.terms.in_force(window_day(programme.terms.versions[-1], until.date()))
    if newest is None:
        return None
    road = Road(programme, newest, county, hands, until)
    ways = ways_of(programme.flow_for(newest.version))
    earliest = _handed_in(road, road.boards)
    asking = Asking(county, programme, newest, window_day(newest, earliest.date()))
    sheets: dict[datetime.datetime, list[tuple[Way, Cells]]] = defaultdict(list)
    for way, cells in asking.lines(ways):
        sheets[_handed_in(road, road.boards_before(way)) if way.passes else until].append((way, cells))
    for at, lines in sorted(sheets.items()):
        if at == until:
            _at_the_counter(road, asking, lines)
        else:
            _by_sheet(road, asking, lines, at)
    road.walk()
    return road


def _handed_in(road: Road, boards: Sequence[str]) -> datetime.datetime:
    """So long ago that the first step after intake is nearly due where somebody still waits in it, and every list on
    the way could hang its days."""
    first = road.terms.deadlines[road.steps[1].name]
    days = max(2, min(14, int(first.days * 0.8)))
    day = road.until.date() - datetime.timedelta(days=days) - span_of(road.terms, boards)
    return datetime.datetime.combine(day, HANDED_IN_AT, tzinfo=road.until.tzinfo)


def _by_sheet(road: Road, asking: Asking, lines: list[tuple[Way, Cells]], at: datetime.datetime) -> None:
    names = list(dict.fromkeys(name for _way, cells in lines for name in cells))
    headings = tuple(asking.columns[name].label for name in names)
    rows = [tuple(cells.get(name, "") for name in names) for _way, cells in lines]
    report = import_applications(
        road.programme.slug,
        table_workbook(headings, rows, sheet_name="申报表"),
        county=road.county,
        applied_on=asking.applied_on,
        by=intake_clerk_of(road.county),
        file_name=f"{at:%m%d}{_file_name(road.programme, road.county)}",
        at=at,
    )
    for (way, _cells), row in zip(lines, report.rows, strict=True):
        if row.case:
            road.tales.append(Tale(row.case, way, at))
        else:
            road.left_out += sentences(row.reasons, own=road.programme.codes)


def _file_name(programme: Programme, county: str) -> str:
    return f"各乡镇{programme.title}申报{county}.xlsx"


def _at_the_counter(road: Road, asking: Asking, lines: list[tuple[Way, Cells]]) -> None:
    day = window_day(road.terms, road.until.date())
    clerk = intake_clerk_of(road.county)
    for way, cells in lines:
        try:
            case = enter_application(road.programme.slug, cells, county=road.county, applied_on=day, by=clerk)
        except NotEntered as problem:
            road.left_out += sentences(problem.codes, problem.details, road.programme.codes)
            continue
        road.tales.append(Tale(case.number, way, road.until))


def _donations(county: str, hands: Hands) -> None:
    """What the programmes that live on donations are paid from, received some weeks ago."""
    received = localtime(now()).date() - datetime.timedelta(days=120)
    for purpose in purposes():
        for donor, amount in DONATED:
            given = Given(received, Decimal(amount), purpose, donor=donor, county=county)
            key = str(uuid.uuid5(KEYS, f"{county} {purpose} {donor}"))

            def deed(staff: Staff, given: Given = given, key: str = key) -> Donation:
                return enter_donation(given, office=county, by=staff, key=key)

            hands.somebody(county, Role.OFFICE_HEAD, deed)
