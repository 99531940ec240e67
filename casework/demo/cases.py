"""A register and some sixty applications, brought in and moved on through the verbs that everybody uses, so that
every queue has work."""

from __future__ import annotations

import datetime
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.timezone import localtime, now

from casework.access import within
from casework.demo.claims import Author, Claim, sheet
from casework.demo.county import divisions_of, seat_township, villages_of
from casework.demo.fates import Stories, share_out
from casework.demo.hands import Hands
from casework.demo.lateness import look_at_deadlines
from casework.demo.people import HOUSEHOLDS, Member, invent_register, register_workbook
from casework.demo.walk import PROGRAMME
from casework.models import Case, Division, RegisterEntry
from workflows import clock, registry
from workflows.deadlines import moments
from workflows.papers.applications import import_applications
from workflows.papers.correcting import enter_application
from workflows.papers.register import import_register
from workflows.papers.sheets import intake_clerk_of
from workflows.reckoning import limit_of

TOWNSHIPS, VILLAGES_EACH = 4, 4
"""The applicants live in so few places that each of their queues has more than a case or two."""

SOUND = 66
AT_THE_COUNTER = 4
SHEET_DAYS = (24, None, 6, 1)
"""How many days ago each township's sheet was handed in: what is still where it came in is overdue, nearly due (None:
so long ago that the villages have been warned), or new."""

LONGEST_AGO = 40
"""A village's ten working days over the longest holidays."""

HANDED_IN_AT = datetime.time(9, 30)


@dataclass(frozen=True, slots=True)
class MadeCases:
    """What a run added; nothing when the county had a register or cases already."""

    register: int = 0
    cases: int = 0
    sent_back: int = 0


@dataclass(slots=True)
class _Scene:
    """A county in the making."""

    county: str
    at: datetime.datetime
    members: Sequence[Member]
    author: Author
    townships: Sequence[str]

    @property
    def today(self) -> datetime.date:
        return self.at.date()


def build_cases(county: str) -> MadeCases:
    """All of it or nothing, and only into a county without register and cases: what people did stays as it is."""
    if Case.objects.filter(within((county,))).exists() or RegisterEntry.objects.filter(county_id=county).exists():
        return MadeCases()
    with transaction.atomic():
        scene = _set_up(county)
        source = register_workbook(scene.members)
        clerk = intake_clerk_of(county)
        import_register(source, county=county, by=clerk, file_name=f"特殊家庭对象名册{county}.xlsx")
        stories = Stories(county, Hands(county), scene.at)
        lines = _hand_in(scene, stories)
        share_out(stories)
        look_at_deadlines(stories)
        cases = Case.objects.filter(within((county,))).count()
    return MadeCases(register=len(scene.members), cases=cases, sent_back=lines - len(stories.begun))


def _days_before(at: datetime.datetime, days: int) -> datetime.datetime:
    return datetime.datetime.combine(at.date() - datetime.timedelta(days=days), HANDED_IN_AT, tzinfo=at.tzinfo)


def _nearly_due(at: datetime.datetime) -> datetime.datetime:
    """The earliest day on which a sheet was handed in whose villages have been warned by now and are not late."""
    governing = registry.programme(PROGRAMME).terms.versions[-1]
    limit = limit_of(PROGRAMME, governing.version, "village")
    assert limit is not None  # every wait has a deadline: `prove_flows` holds it
    for days in range(LONGEST_AGO, 0, -1):
        handed_in = _days_before(at, days)
        found = moments(limit, handed_in, clock.calendar())
        if found.warn <= at < found.due:
            return handed_in
    raise AssertionError(f"no day within {LONGEST_AGO} before {at:%Y-%m-%d} is nearly due")


def _set_up(county: str) -> _Scene:
    at = localtime(now())
    members = members_of(county, at.date())
    busy = Counter(member.village.code[:9] for member in members)
    townships = [township for township, _count in busy.most_common(TOWNSHIPS)]
    return _Scene(county, at, members, Author(county, at.date()), townships)


def members_of(county: str, today: datetime.date) -> list[Member]:
    """Who stands on the register that `build_cases` brings in that day."""
    return invent_register(county, _homes(county, divisions_of(county)), today)


def _homes(county: str, divisions: Sequence[Division]) -> list[Division]:
    """A village for each household: three in four in the few villages with applicants, the rest anywhere."""
    rng = random.Random(f"homes {county}")
    villages = villages_of(divisions)
    central = seat_township(divisions)
    townships = sorted({village.code[:9] for village in villages} - {central})
    chosen = [central, *rng.sample(townships, min(TOWNSHIPS - 1, len(townships)))]
    busy = []
    for township in chosen:
        here = [village for village in villages if village.code.startswith(township)]
        busy += rng.sample(here, min(VILLAGES_EACH, len(here)))
    return [busy[number % len(busy)] if number % 4 else rng.choice(villages) for number in range(HOUSEHOLDS)]


def _hand_in(scene: _Scene, stories: Stories) -> int:
    """Every township's sheet, and a few people at the counter; how many lines the sheets had."""
    claims, counter = _claims(scene)
    lines = 0
    for number, township in enumerate(scene.townships):
        # Who lives elsewhere handed in with the first township.
        here = [
            claim
            for claim in claims
            if claim.township == township or (claim.township not in scene.townships and number == 0)
        ]
        _import(scene, here, number, stories)
        lines += len(here)
    clerk = intake_clerk_of(scene.county)
    for claim in counter:
        enter_application(PROGRAMME, claim.cells(), county=scene.county, applied_on=scene.today, by=clerk)
    return lines


def _claims(scene: _Scene) -> tuple[list[Claim], list[Claim]]:
    """What stands on the sheets, and what is brought to the counter."""
    author = scene.author
    able = [
        member
        for member in scene.members
        if member.may_apply(scene.today) and member.village.code[:9] in scene.townships
    ]
    # Whoever used up the year's days applies last, when the last stay is over.
    heavy = next(member for member in able if member.village.code[:9] == scene.townships[-1])
    others = [author.claim(member) for member in able if member is not heavy]
    sound, counter = others[:SOUND], others[SOUND : SOUND + AT_THE_COUNTER]
    sent_back = author.sent_back(iter(others[SOUND + AT_THE_COUNTER :]), scene.members)
    twice = sound[0]
    return [*author.whole_cap(heavy), *sound, *sent_back, twice], counter


def _import(scene: _Scene, claims: Sequence[Claim], number: int, stories: Stories) -> None:
    moment = _nearly_due(scene.at) if (ago := SHEET_DAYS[number]) is None else _days_before(scene.at, ago)
    day = moment.date()
    report = import_applications(
        PROGRAMME,
        sheet(claims, number=number),
        county=scene.county,
        applied_on=day,
        by=intake_clerk_of(scene.county),
        file_name=f"住院护理补贴申报表{scene.townships[number]}.xlsx",
        at=moment,
    )
    stories.begun.update({row.case: moment for row in report.rows if row.case})
