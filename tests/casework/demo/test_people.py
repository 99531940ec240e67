"""The people of a demonstration county are invented, and recognisably so."""

from __future__ import annotations

import datetime
import re
from itertools import pairwise

from casework import identity
from casework.demo.people import Member, invent_register
from casework.models import Division

TODAY = datetime.date(2026, 11, 22)
VILLAGES = [Division(code=f"4309221122{n:02d}", name=f"{n}村委会", level=12) for n in range(5)]


def register(county: str = "430922", today: datetime.date = TODAY) -> list[Member]:
    return invent_register(county, VILLAGES, today)


def test_every_identity_number_is_valid_and_of_a_province_nobody_comes_from() -> None:
    for member in register():
        assert identity.is_valid(member.identity_number)
        assert member.identity_number.startswith("990922")


def test_phones_and_cards_are_such_as_nobody_has() -> None:
    for member in register():
        assert re.fullmatch(r"199\d{8}", member.phone)
        assert re.fullmatch(r"62\d{17}", member.card)


def test_no_two_people_share_a_number() -> None:
    members = register()
    for numbers in (
        [member.identity_number for member in members],
        [member.card for member in members],
        [member.certificate for member in members],
    ):
        assert len(set(numbers)) == len(members)


def test_the_same_county_has_the_same_people_on_any_day() -> None:
    later = register(today=TODAY + datetime.timedelta(days=100))
    assert [member.identity_number for member in register()] == [member.identity_number for member in later]
    assert register("430102")[0].identity_number != register()[0].identity_number


def test_couples_share_a_household_and_a_village_and_are_of_two_sexes() -> None:
    members = register()
    couples = 0
    for head, other in pairwise(members):
        if head.household == other.household:
            couples += 1
            assert (head.relation, other.relation) == ("户主", "配偶")
            assert head.village == other.village
            assert identity.sex(head.identity_number) != identity.sex(other.identity_number)
    assert couples > 20


def test_there_are_people_of_every_sort_a_county_has() -> None:
    members = register()
    assert 120 <= len(members) <= 200
    assert {"失独", "伤残", "特困", "手术并发症"} <= {member.category for member in members}
    assert any(member.died for member in members)
    assert any(member.valid_to and member.valid_to < TODAY for member in members)
    assert any("·" in member.name for member in members)
    assert any("䶮" in member.name for member in members)
