"""Somebody leaves, and nothing stays in their hands."""

from __future__ import annotations

import datetime

import pytest
from django.utils.timezone import localdate

from casework.models import Case, DeclaredRelative, Event, Post, Role, Staff, WorkItem
from tests import factories
from tests.world import COUNTY, VILLAGE, World, open_item
from workflows import holding, posts, trail
from workflows.leaving import held_by, leave
from workflows.perform import perform
from workflows.posts import Days
from workflows.refusals import NotAllowed

pytestmark = pytest.mark.django_db

YESTERDAY = datetime.timedelta(days=1)


@pytest.fixture
def leaver(world: World) -> Staff:
    return world.by(Role.VILLAGE_VERIFIER)


@pytest.fixture
def taken_up(world: World, leaver: Staff) -> list[Case]:
    """Two cases the leaver has claimed."""
    cases = [world.case(at="village", admission_date=f"2026-0{month}-11", discharge_date=f"2026-0{month}-19")
             for month in (8, 9)]  # fmt: skip
    for case in cases:
        holding.claim(open_item(case).pk, by=leaver)
    return cases


def owners(cases: list[Case]) -> list[int | None]:
    return list(
        WorkItem.objects.filter(process__in=cases, step="village").order_by("pk").values_list("owner", flat=True)
    )


def test_everything_goes_to_the_successor_and_every_post_ends(
    world: World, leaver: Staff, taken_up: list[Case]
) -> None:
    successor = factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))

    left = leave(leaver, by=world.by(Role.ADMINISTRATOR), last_day=localdate(), reason="left", successor=successor)

    assert owners(taken_up) == [successor.pk] * 2
    assert [item.to for item in left.items] == [successor.name] * 2
    assert held_by(leaver) == 0
    assert list(Post.objects.filter(staff=leaver).values_list("valid_to", flat=True)) == [localdate()]
    assert list(trail.breaks()) == []


def test_it_stands_in_every_case_and_once_in_the_leavers_own_trail(
    world: World, leaver: Staff, taken_up: list[Case]
) -> None:
    admin = world.by(Role.ADMINISTRATOR)

    leave(leaver, by=admin, last_day=localdate(), reason="left")

    for case in taken_up:
        event = Event.objects.filter(case=case).order_by("-seq").first()
        assert event is not None
        assert (event.action, event.actor_id, event.details["because"]) == ("released", admin.pk, "left")
    whole = Event.objects.get(chain=f"staff:{leaver.pk}")
    assert (whole.action, whole.details["items"], whole.details["passed"]) == ("everything_handed_over", 2, 0)


def test_what_the_successor_may_not_do_goes_back_to_the_queue_and_is_said(
    world: World, leaver: Staff, taken_up: list[Case]
) -> None:
    successor = factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))
    kin = taken_up[1].applicant.identity_hash
    DeclaredRelative.objects.create(staff=successor, identity_hash=kin, relation="姐妹", declared_on=localdate())

    left = leave(leaver, by=world.by(Role.ADMINISTRATOR), last_day=localdate(), reason="left", successor=successor)

    assert owners(taken_up) == [successor.pk, None]
    assert [bool(item.why) for item in left.items] == [False, True]
    assert left.items[1].case_number == taken_up[1].number


def test_the_next_day_the_leaver_can_do_nothing(world: World, leaver: Staff, taken_up: list[Case]) -> None:
    leave(leaver, by=world.by(Role.ADMINISTRATOR), last_day=localdate() - YESTERDAY, reason="left")

    with pytest.raises(Exception, match="没有这个岗位"):
        perform(open_item(taken_up[0]).pk, "refuse", by=leaver, reasons=["not_covered"])


def test_posts_lent_to_the_leaver_end_as_well_and_so_do_those_they_lent(world: World, leaver: Staff) -> None:
    reviewing = Post.objects.get(role=Role.TOWNSHIP_REVIEWER)
    week = Days(localdate(), localdate() + datetime.timedelta(days=6))
    received = posts.lend(reviewing.pk, leaver, week, by=reviewing.staff, reason="leave")
    given = posts.lend(
        Post.objects.get(staff=leaver, lent_by=None).pk, factories.StaffFactory(), week, by=leaver, reason="leave"
    )

    leave(leaver, by=world.by(Role.ADMINISTRATOR), last_day=localdate(), reason="left")

    assert Post.objects.get(pk=received.pk).valid_to == localdate()
    assert Post.objects.get(pk=given.pk).valid_to == localdate()


def test_nobody_sees_themselves_out_and_nobody_elses_office(world: World, leaver: Staff) -> None:
    admin = world.by(Role.ADMINISTRATOR)
    elsewhere = factories.StaffFactory(post=(Role.ADMINISTRATOR, "430102"))

    with pytest.raises(NotAllowed, match="不能给自己办离任"):
        leave(admin, by=admin, last_day=localdate(), reason="left")
    with pytest.raises(NotAllowed, match="没有归您管的在任岗位"):
        leave(leaver, by=elsewhere, last_day=localdate(), reason="left")
    assert Post.objects.get(staff=leaver).valid_to is None


def test_a_wrong_day_leaves_everything_as_it_was(world: World, leaver: Staff, taken_up: list[Case]) -> None:
    with pytest.raises(NotAllowed, match="不能早于昨天"):
        leave(leaver, by=world.by(Role.ADMINISTRATOR), last_day=localdate() - 2 * YESTERDAY, reason="left")

    assert owners(taken_up) == [leaver.pk] * 2
    assert not Event.objects.filter(chain=f"staff:{leaver.pk}").exists()


def test_items_in_an_office_one_has_no_say_over_stay(world: World) -> None:
    """A prefecture's administrator is over both offices; a township's head only over the village's."""
    both = factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))
    posts.give(both, Post.objects.get(role=Role.COUNTY_APPROVER).office, Role.COUNTY_APPROVER, localdate(),
        by=world.by(Role.ADMINISTRATOR))  # fmt: skip
    case = world.case(at="county")
    holding.claim(open_item(case).pk, by=both)
    head = factories.StaffFactory(post=(Role.OFFICE_HEAD, VILLAGE[:9]))

    left = leave(both, by=head, last_day=localdate(), reason="left")

    assert left.items == ()
    assert open_item(case).owner_id == both.pk
    assert Post.objects.get(staff=both, office__division_id=COUNTY).valid_to is None


def in_days(days: int) -> datetime.date:
    return localdate() + datetime.timedelta(days=days)


@pytest.mark.parametrize(
    ("first", "last", "becomes"),
    [
        pytest.param(0, 3, 3, id="ends by itself before that day"),
        pytest.param(0, 30, 10, id="would have gone on"),
        pytest.param(20, 25, None, id="would have begun afterwards"),
    ],
)
def test_a_post_lent_to_the_leaver_keeps_nobody_from_leaving(
    world: World, leaver: Staff, first: int, last: int, becomes: int | None
) -> None:
    reviewing = Post.objects.get(role=Role.TOWNSHIP_REVIEWER)
    lent = posts.lend(reviewing.pk, leaver, Days(in_days(first), in_days(last)), by=reviewing.staff, reason="leave")

    left = leave(leaver, by=world.by(Role.ADMINISTRATOR), last_day=in_days(10), reason="left")

    expected = [] if becomes is None else [in_days(becomes)]
    assert list(Post.objects.filter(pk=lent.pk).values_list("valid_to", flat=True)) == expected
    assert len(left.posts) == 1 + len(expected)
    assert Post.objects.get(staff=leaver, lent_by=None).valid_to == in_days(10)


def test_a_post_of_their_own_that_has_not_begun_never_does_and_what_is_lent_of_it_neither(
    world: World, leaver: Staff
) -> None:
    admin, office = world.by(Role.ADMINISTRATOR), Post.objects.get(role=Role.COUNTY_APPROVER).office
    to_come = posts.give(leaver, office, Role.COUNTY_APPROVER, in_days(30), by=admin)
    posts.lend(to_come.pk, factories.StaffFactory(), Days(in_days(31), in_days(33)), by=admin, reason="leave")

    leave(leaver, by=admin, last_day=in_days(2), reason="left")

    assert list(Post.objects.filter(staff=leaver).values_list("role", "valid_to")) == [
        (Role.VILLAGE_VERIFIER, in_days(2))
    ]
    assert not Post.objects.filter(lent_by__isnull=False).exists()


def test_a_post_that_began_today_is_not_unsaid_by_leaving_yesterday(world: World) -> None:
    """What was done in it this morning was done by somebody entitled to."""
    fresh = factories.StaffFactory()
    office = Post.objects.get(role=Role.COUNTY_APPROVER).office
    posts.give(fresh, office, Role.COUNTY_APPROVER, localdate(), by=world.by(Role.ADMINISTRATOR))

    leave(fresh, by=world.by(Role.ADMINISTRATOR), last_day=localdate() - YESTERDAY, reason="left")

    assert Post.objects.get(staff=fresh).valid_to == localdate()
