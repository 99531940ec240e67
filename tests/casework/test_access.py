"""Who may see what: need-to-know by region and role, as lists of people."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.access import Access, Held, access_case, access_item, access_of, queues_of, within
from casework.models import Case, Division, Post, Role, Staff, WorkItem
from tests.factories import LONG_AGO, OfficeFactory, StaffFactory, places
from tests.world import COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE, World, open_item

OTHER_TOWNSHIP = "430922113"
ELSEWHERE = "430102"
TODAY = datetime.date(2026, 11, 2)


def at(*posts: tuple[str, str]) -> Access:
    """Somebody who holds these posts, never saved."""
    return Access(Staff(), tuple(Held(role, office, "") for role, office in posts))


@pytest.fixture
def staff(db: None) -> Staff:
    places()
    return StaffFactory()


def in_post(staff: Staff, role: str = Role.INTAKE_CLERK, office: str = COUNTY, **dates: object) -> Post:
    return Post.objects.create(staff=staff, office=OfficeFactory(division_id=office), role=role, **dates)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "held", "why"),
    [
        ("2020-01-01", None, True, "still in post"),
        ("2026-11-02", None, True, "the first day"),
        ("2026-11-03", None, False, "from tomorrow"),
        ("2020-01-01", "2026-11-02", True, "the last day"),
        ("2020-01-01", "2026-11-01", False, "until yesterday"),
    ],
)
def test_a_post_is_held_from_its_first_to_its_last_day(
    staff: Staff, valid_from: str, valid_to: str | None, held: bool, why: str
) -> None:
    in_post(staff, valid_from=valid_from, valid_to=valid_to)
    assert access_of(staff, on=TODAY).has(Role.INTAKE_CLERK) is held, why


def test_a_post_in_an_office_that_was_closed_is_none(staff: Staff) -> None:
    post = in_post(staff, valid_from=LONG_AGO)
    post.office.valid_to = TODAY
    post.office.save()
    assert access_of(staff, on=TODAY).roles == {Role.INTAKE_CLERK}
    assert access_of(staff, on=TODAY + datetime.timedelta(days=1)).roles == frozenset()


def test_who_may_not_log_in_sees_nothing(staff: Staff) -> None:
    in_post(staff, valid_from=LONG_AGO)
    staff.is_active = False
    staff.save()
    assert access_of(staff).posts == ()


def test_the_posts_are_read_in_one_statement(staff: Staff) -> None:
    in_post(staff, valid_from=LONG_AGO)
    in_post(staff, Role.PAYMENT_OFFICER, valid_from=LONG_AGO)
    with CaptureQueriesContext(connection) as sent:
        access = access_of(staff)
        assert access.has(Role.PAYMENT_OFFICER) and access.covers(VILLAGE) and queues_of(access)
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("posts", "codes", "why"),
    [
        ([], (), "no post, no place"),
        ([(Role.AUDITOR, COUNTY)], (COUNTY,), "one post"),
        ([(Role.AUDITOR, COUNTY), (Role.VILLAGE_VERIFIER, VILLAGE)], (COUNTY,), "a village inside the county"),
        ([(Role.VILLAGE_VERIFIER, VILLAGE), (Role.VILLAGE_VERIFIER, OTHER_VILLAGE)], (VILLAGE, OTHER_VILLAGE), "two"),
        ([(Role.AUDITOR, COUNTY), (Role.SUPERVISOR, COUNTY)], (COUNTY,), "two posts in one office"),
        ([(Role.AUDITOR, ELSEWHERE), (Role.AUDITOR, COUNTY)], (ELSEWHERE, COUNTY), "two counties"),
    ],
)
def test_a_place_inside_another_is_not_named_twice(
    posts: list[tuple[str, str]], codes: tuple[str, ...], why: str
) -> None:
    assert at(*posts).codes() == codes, why


@pytest.mark.parametrize(
    ("office", "village", "other_village", "why"),
    [
        ("43", True, True, "the province"),
        ("4309", True, True, "the prefecture"),
        (COUNTY, True, True, "the county"),
        (TOWNSHIP, True, False, "its township"),
        (OTHER_TOWNSHIP, False, True, "the township next to it"),
        (VILLAGE, True, False, "the village itself"),
        (ELSEWHERE, False, False, "a district elsewhere"),
        ("4301", False, False, "a prefecture elsewhere"),
    ],
)
def test_a_case_is_seen_from_its_village_up_and_from_nowhere_else(
    world: World, office: str, village: bool, other_village: bool, why: str
) -> None:
    here, there = world.enter(), world.enter(division=OTHER_VILLAGE)
    access = at((Role.AUDITOR, office))
    assert (access.covers(VILLAGE), access.covers(OTHER_VILLAGE)) == (village, other_village), why
    seen = set(Case.objects.filter(within(access.codes())))
    assert seen == {case for case, is_seen in ((here, village), (there, other_village)) if is_seen}
    for case, is_seen in ((here, village), (there, other_village)):
        if is_seen:
            assert access_case(access, case.number) == case
            assert access_item(access, open_item(case).pk).process == case
        else:
            with pytest.raises(Case.DoesNotExist):
                access_case(access, case.number)
            with pytest.raises(WorkItem.DoesNotExist):
                access_item(access, open_item(case).pk)


def test_a_case_one_may_not_see_answers_like_one_there_is_not(world: World) -> None:
    case = world.enter()
    nobody = at()
    for number in (case.number, "HL430922202699999"):
        with pytest.raises(Case.DoesNotExist) as refused:
            access_case(nobody, number)
        assert number not in str(refused.value)


def test_a_right_is_asked_in_the_place_it_is_held_in(world: World) -> None:
    access = at((Role.PAYMENT_OFFICER, COUNTY), (Role.VILLAGE_VERIFIER, OTHER_VILLAGE), (Role.AUDITOR, ELSEWHERE))
    assert access.covers(VILLAGE, Role.PAYMENT_OFFICER)
    assert not access.covers(VILLAGE, Role.VILLAGE_VERIFIER)
    assert not access.covers(VILLAGE, Role.AUDITOR)
    assert access.codes(Role.VILLAGE_VERIFIER, Role.AUDITOR) == (ELSEWHERE, OTHER_VILLAGE)
    assert not access.has(Role.SUPERVISOR)


@pytest.mark.parametrize("code", ["43", "4309", "430922", "430922112", "430922112252", "430999"])
def test_a_place_and_all_below_it_is_one_range(db: None, code: str) -> None:
    places()
    found = set(Division.objects.filter(within((code,), "code")).values_list("code", flat=True))
    assert found == {known for known in Division.objects.values_list("code", flat=True) if known.startswith(code)}


def test_queues_are_of_those_who_work_a_step_and_of_nobody_who_looks_on() -> None:
    access = at(
        (Role.TOWNSHIP_REVIEWER, TOWNSHIP),
        (Role.INTAKE_CLERK, COUNTY),
        (Role.INTAKE_CLERK, COUNTY),
        *((role, COUNTY) for role in (Role.AUDITOR, Role.SUPERVISOR, Role.ADMINISTRATOR)),
    )
    assert queues_of(access) == ((COUNTY, Role.INTAKE_CLERK), (TOWNSHIP, Role.TOWNSHIP_REVIEWER))
