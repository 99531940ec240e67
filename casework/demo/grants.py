"""Grants from a donation and interest subsidies of units, whose lists hang: on each stretch of their road something.

Families of three villages have put themselves forward: one village's list has hung its days and come down, the next
one's is over and waits to be taken down, the third's waits to be posted. What three shops are granted waits for the
county's board.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from hashlib import sha256

from django.db import transaction
from django.utils.timezone import localtime, now

from casework.access import within
from casework.demo import walk
from casework.demo.boards import Board
from casework.demo.cases import members_of
from casework.demo.hands import Hands
from casework.demo.people import Member
from casework.models import Case, Notice, Role, WorkItem
from casework.models.law import NOTICE_WORDS
from casework.sheets.writing import table_workbook
from workflows import registry
from workflows.donation_entry import Given, enter_donation
from workflows.notices.closing import close_notice
from workflows.papers.applications import import_applications
from workflows.papers.sheets import intake_clerk_of
from workflows.standard.units import check_character

VILLAGES, FAMILIES_EACH, SHOPS = 3, 4, 3
GIVEN = Decimal("126000.00")
NEEDS = ("老伴常年卧病，医药费开支大", "今年房屋受灾", "独自生活，行动不便", "家中有人重病，欠有外债")
PURPOSE = "困难家庭帮扶"
SHOPS_CALLED = ("豆腐坊", "榨油坊", "竹器社", "米粉店")

HANDED_IN, VISITED, POSTED, TAKEN_DOWN, CHECKED, APPROVED = 20, 15, 11, 3, 2, 1
"""So many days ago, of the first village; the days a list hangs lie between the fourth and the third."""
LATER_POSTED, LATER_VISITED = 8, 1
SHOPS_HANDED_IN, SHOPS_CHECKED, SHOPS_APPROVED = 12, 8, 2


def build_grants(county: str) -> int:
    """All of it or nothing, and only into a county that has a register and no such cases; how many were handed in."""
    if Case.objects.filter(within((county,)), programme__in=(walk.FAMILIES, walk.UNITS)).exists():
        return 0
    with transaction.atomic():
        hands, today = Hands(county), localtime(now())
        members = [member for member in members_of(county, today.date()) if member.may_apply(today.date())]
        families = _families(members)
        _give(hands, county, today)
        lines = [_family(member, number) for number, member in enumerate(families)]
        cases = _hand_in(county, walk.FAMILIES, lines, _days_ago(today, HANDED_IN))
        villages = [cases[number : number + FAMILIES_EACH] for number in range(0, len(cases), FAMILIES_EACH)]
        for number, village in enumerate(villages):
            _at_the_board(hands, village, number, today)
        shops = [_shop(county, member, number, today) for number, member in enumerate(_shopkeepers(members))]
        units = _hand_in(county, walk.UNITS, shops, _days_ago(today, SHOPS_HANDED_IN))
        for case in units:
            walk.review(hands, _item(case), at=_days_ago(today, SHOPS_CHECKED))
            walk.decide(hands, _item(case), at=_days_ago(today, SHOPS_APPROVED))
    return len(cases) + len(units)


def _families(members: Sequence[Member]) -> list[Member]:
    """One person of each household, village by village, of those where there are most."""
    found: dict[str, dict[str, Member]] = defaultdict(dict)
    for member in members:
        found[member.village.code].setdefault(member.household, member)
    full = [list(village.values())[:FAMILIES_EACH] for village in found.values() if len(village) >= FAMILIES_EACH]
    return [member for village in full[:VILLAGES] for member in village]


def _shopkeepers(members: Sequence[Member]) -> list[Member]:
    """Of households whose list may be on the web."""
    homes = {member.household: member for member in members if member.category == "伤残"}
    return list(homes.values())[:SHOPS]


def _give(hands: Hands, county: str, today: datetime.datetime) -> None:
    received = _days_ago(today, 2 * HANDED_IN).date()
    given = Given(received, GIVEN, PURPOSE, donor="示例慈善会", county=county)
    hands.somebody(
        county, Role.OFFICE_HEAD, lambda staff: enter_donation(given, office=county, by=staff, key=f"demo {county}")
    )


def _family(member: Member, number: int) -> dict[str, str]:
    return {
        "name": member.name,
        "identity_number": member.identity_number,
        "account_number": member.card,
        "account_holder": member.name,
        "phone": member.phone,
        "campaign": PURPOSE,
        "circumstances": NEEDS[number % len(NEEDS)],
    }


def _shop(county: str, member: Member, number: int, today: datetime.datetime) -> dict[str, str]:
    """A family's own business, for the interest of the last whole month before it applies."""
    ends = _days_ago(today, SHOPS_HANDED_IN).date().replace(day=1)
    begins = (ends - datetime.timedelta(days=1)).replace(day=1)
    code = f"92{county}MA{number:07d}"
    account = str(int(sha256(f"shop {code}".encode()).hexdigest(), 16))[:17]
    name = f"{member.name[0]}家{SHOPS_CALLED[number % len(SHOPS_CALLED)]}（示例）"
    return {
        "name": member.name,
        "identity_number": member.identity_number,
        "unit_name": name,
        "credit_code": code + check_character(code),
        "account_number": f"62{account}",
        "account_holder": name,
        "proof": f"协议第{number + 1}号",
        "village": member.village.name,
        "borrower": "家庭经营户",
        "contract_number": f"示例借字{ends.year}-{number + 1:03d}",
        "principal": f"{2 + number}0000",
        "rate": "435",
        "lent_on": begins.isoformat(),
        "interest_from": begins.isoformat(),
        "interest_to": ends.isoformat(),
        "families": "1",
    }


def _hand_in(county: str, slug: str, lines: Sequence[Mapping[str, str]], at: datetime.datetime) -> list[str]:
    """The numbers of the cases of a sheet, in its order."""
    programme = registry.programme(slug)
    labels = {column.name: column.label for column in programme.applications.columns}
    names = list(lines[0])
    source = table_workbook([labels[name] for name in names], [[line[name] for name in names] for line in lines])
    report = import_applications(
        slug,
        source,
        county=county,
        applied_on=at.date(),
        by=intake_clerk_of(county),
        file_name=f"{programme.title}申报表{county}.xlsx",
        at=at,
    )
    return [row.case for row in report.rows if row.case]


def _at_the_board(hands: Hands, cases: Sequence[str], village: int, today: datetime.datetime) -> None:
    """The first village's list has come down again, the second's is over, the others' wait."""
    visited = VISITED if village < 2 else LATER_VISITED
    for case in cases:
        walk.visit(hands, _item(case), at=_days_ago(today, visited))
    if _item(cases[0]).step not in NOTICE_WORDS:
        return  # handed in before the terms wanted a list
    if village == 0:
        notice = _hang(hands, cases, _days_ago(today, POSTED))
        close_notice(notice, by=notice.posted_by, at=_days_ago(today, TAKEN_DOWN))
        for case in cases[:2]:
            walk.review(hands, _item(case), at=_days_ago(today, CHECKED))
        walk.decide(hands, _item(cases[0]), at=_days_ago(today, APPROVED))
    elif village == 1:
        _hang(hands, cases, _days_ago(today, LATER_POSTED))


def _hang(hands: Hands, cases: Sequence[str], at: datetime.datetime) -> Notice:
    item = _item(cases[0])
    board = Board(item.programme, item.step, item.office, item.role, tuple(cases))
    notice = board.posted(hands, board.numbers, at=at)
    assert notice is not None
    return notice


def _item(case: str) -> WorkItem:
    return WorkItem.objects.select_related("process").get(process__number=case, finished__isnull=True)


def _days_ago(today: datetime.datetime, days: int) -> datetime.datetime:
    """At ten in the morning."""
    return (today - datetime.timedelta(days=days)).replace(hour=10, minute=0, second=0, microsecond=0)
