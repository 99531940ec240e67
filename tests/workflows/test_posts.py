"""Giving a post, lending it from day to day, taking it back, ending it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from casework.access import access_of
from casework.models import DeclaredRelative, Event, Office, Post, Role, Staff
from tests import factories
from tests.world import COUNTY, TOWNSHIP, VILLAGE, World, open_item, photographed
from workflows import posts
from workflows.perform import perform
from workflows.posts import Days
from workflows.refusals import NotAllowed, NotYourPost, Recused, SecondHat

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def this_week() -> Days:
    return Days(localdate(), localdate() + 6 * DAY)


def post_of(world: World, role: str) -> Post:
    return Post.objects.select_related("office", "staff").get(staff=world.by(role), role=role)


def colleague(**fields: Any) -> Staff:
    return factories.StaffFactory(**fields)


@pytest.fixture
def verifying(world: World) -> Post:
    return post_of(world, Role.VILLAGE_VERIFIER)


# -- lending ---------------------------------------------------------------------------------------------------


def test_a_delegate_does_the_step_in_their_own_name_and_the_trail_says_for_whom(world: World, verifying: Post) -> None:
    delegate, case = colleague(), world.case(at="village")
    photographed(case)
    posts.lend(verifying.pk, delegate, this_week(), by=verifying.staff, reason="leave")

    perform(open_item(case).pk, "pass", by=delegate, note="情况属实")

    decision = case.decisions.get(step="village")
    event = Event.objects.filter(case=case, action="decided").order_by("-seq").first()
    assert event is not None
    assert (decision.staff_id, decision.staff_name) == (delegate.pk, delegate.name)
    assert event.details["stands_in_for"] == verifying.staff_id


def test_before_and_after_its_days_a_delegation_is_nothing(world: World, verifying: Post) -> None:
    delegate, case = colleague(), world.case(at="village")
    photographed(case)
    posts.lend(
        verifying.pk, delegate, Days(localdate() + DAY, localdate() + 2 * DAY), by=verifying.staff, reason="leave"
    )

    assert access_of(delegate).posts == ()
    with pytest.raises(NotYourPost):
        perform(open_item(case).pk, "pass", by=delegate, note="情况属实")
    assert [held.role for held in access_of(delegate, on=localdate() + DAY).posts] == [Role.VILLAGE_VERIFIER]
    assert access_of(delegate, on=localdate() + 3 * DAY).posts == ()


def test_a_delegation_counts_no_longer_than_its_lenders_own_post(world: World, verifying: Post) -> None:
    delegate, case = colleague(), world.case(at="village")
    photographed(case)
    posts.lend(verifying.pk, delegate, this_week(), by=verifying.staff, reason="leave")
    # Behind the verbs' back: the database's own reading must hold as well.
    Post.objects.filter(pk=verifying.pk).update(valid_to=localdate() - DAY)

    assert access_of(delegate).posts == ()
    with pytest.raises(NotYourPost):
        perform(open_item(case).pk, "pass", by=delegate, note="情况属实")


def test_a_lender_whose_account_is_closed_lends_nothing(world: World, verifying: Post) -> None:
    delegate, case = colleague(), world.case(at="village")
    posts.lend(verifying.pk, delegate, this_week(), by=verifying.staff, reason="leave")
    Staff.objects.filter(pk=verifying.staff_id).update(is_active=False)

    assert access_of(delegate).posts == ()
    with pytest.raises(NotYourPost):
        perform(open_item(case).pk, "refuse", by=delegate, reasons=["not_covered"])


def test_nobody_sends_somebody_else_to_decide_on_their_relative(world: World, verifying: Post) -> None:
    delegate, case = colleague(), world.case(at="village")
    photographed(case)
    DeclaredRelative.objects.create(
        staff=verifying.staff, identity_hash=case.applicant.identity_hash, relation="兄弟", declared_on=localdate()
    )
    posts.lend(verifying.pk, delegate, this_week(), by=verifying.staff, reason="leave")

    with pytest.raises(Recused):
        perform(open_item(case).pk, "pass", by=delegate, note="情况属实")


def test_a_delegate_wears_one_hat_a_case_like_everybody(world: World) -> None:
    reviewing = post_of(world, Role.TOWNSHIP_REVIEWER)
    case = world.case(at="township")
    verifier = world.by(Role.VILLAGE_VERIFIER)
    posts.lend(reviewing.pk, verifier, this_week(), by=reviewing.staff, reason="illness")

    with pytest.raises(SecondHat):
        perform(open_item(case).pk, "pass", by=verifier)


def test_the_head_over_an_office_can_lend_a_post_of_somebody_who_lies_ill(world: World, verifying: Post) -> None:
    head = colleague(post=(Role.OFFICE_HEAD, TOWNSHIP))

    lent = posts.lend(verifying.pk, colleague(), this_week(), by=head, reason="illness")

    assert lent.lent_by_id == verifying.pk
    event = Event.objects.get(chain=f"staff:{verifying.staff_id}")
    assert (event.action, event.details["reason"], event.actor_id) == ("post_lent", "illness", head.pk)


def refused(world: World, post: Post, to: Staff, days: Days, by: Staff) -> str:
    before = Post.objects.count()
    with pytest.raises(NotAllowed) as answer:
        posts.lend(post.pk, to, days, by=by, reason="leave")
    assert Post.objects.count() == before
    return str(answer.value)


def test_what_stands_against_a_delegation_is_said(world: World, verifying: Post) -> None:
    today, mine, other = localdate(), verifying.staff, colleague()
    lent = posts.lend(verifying.pk, other, Days(today, today + DAY), by=mine, reason="leave")
    someone = colleague()

    assert "不能委托给本人" in refused(world, verifying, mine, this_week(), mine)
    assert "不能再转托" in refused(world, lent, someone, this_week(), world.by(Role.ADMINISTRATOR))
    assert "已停用" in refused(world, verifying, colleague(is_active=False), this_week(), mine)
    assert "从今天或以后" in refused(world, verifying, someone, Days(today - DAY, today), mine)
    assert "止日不早于起日" in refused(world, verifying, someone, Days(today + DAY, today), mine)
    assert "最长180天" in refused(world, verifying, someone, Days(today, today + 180 * DAY), mine)
    assert "这段时间已有同一岗位" in refused(world, verifying, other, this_week(), mine)
    assert "负责人、系统管理员" in refused(world, verifying, someone, this_week(), world.by(Role.TOWNSHIP_REVIEWER))


def test_a_delegation_goes_no_further_than_the_post(world: World, verifying: Post) -> None:
    last = localdate() + 3 * DAY
    posts.end(verifying.pk, last, by=world.by(Role.ADMINISTRATOR), reason="term_over")

    said = refused(world, verifying, colleague(), Days(localdate(), last + DAY), verifying.staff)

    assert f"这个岗位到{last}为止" in said


def test_the_database_itself_wants_a_last_day_of_a_post_that_is_lent(world: World, verifying: Post) -> None:
    with pytest.raises(IntegrityError, match="post_lent_until_a_day"), transaction.atomic():
        Post.objects.create(
            staff=colleague(), office=verifying.office, role=verifying.role, valid_from=localdate(), lent_by=verifying
        )


# -- taking back -----------------------------------------------------------------------------------------------


def test_a_delegation_taken_back_ends_with_the_day_before(world: World, verifying: Post) -> None:
    delegate = colleague()
    with time_machine.travel("2026-11-10T09:00+08:00", tick=False):
        lent = posts.lend(verifying.pk, delegate, this_week(), by=verifying.staff, reason="leave")
    with time_machine.travel("2026-11-12T09:00+08:00", tick=False):
        posts.take_back(lent.pk, by=verifying.staff)

        lent.refresh_from_db()
        assert lent.valid_to == datetime.date(2026, 11, 11)
        assert access_of(delegate).posts == ()


def test_one_that_has_not_begun_is_gone_and_one_of_today_lasts_till_tonight(world: World, verifying: Post) -> None:
    today = localdate()
    later = posts.lend(verifying.pk, colleague(), Days(today + DAY, today + DAY), by=verifying.staff, reason="leave")
    of_today = posts.lend(verifying.pk, colleague(), Days(today, today + DAY), by=verifying.staff, reason="leave")

    assert posts.take_back(later.pk, by=verifying.staff) is None
    ended = posts.take_back(of_today.pk, by=verifying.staff)

    assert not Post.objects.filter(pk=later.pk).exists()
    assert ended is not None and ended.valid_to == today
    assert [event.action for event in Event.objects.filter(chain=f"staff:{verifying.staff_id}")] == [
        "post_lent", "post_lent", "post_taken_back", "post_taken_back",
    ]  # fmt: skip


def test_a_delegate_can_give_it_back_and_a_stranger_cannot(world: World, verifying: Post) -> None:
    delegate = colleague()
    lent = posts.lend(verifying.pk, delegate, this_week(), by=verifying.staff, reason="leave")

    with pytest.raises(NotAllowed):
        posts.take_back(lent.pk, by=world.by(Role.TOWNSHIP_REVIEWER))
    assert posts.take_back(lent.pk, by=delegate) is not None


def test_a_post_of_ones_own_is_not_taken_back(world: World, verifying: Post) -> None:
    with pytest.raises(NotAllowed, match="不是委托的岗位"):
        posts.take_back(verifying.pk, by=world.by(Role.ADMINISTRATOR))


# -- giving and ending ------------------------------------------------------------------------------------------


def test_an_administrator_puts_somebody_in_post_and_never_themselves(world: World) -> None:
    admin, staff, office = world.by(Role.ADMINISTRATOR), colleague(), Office.objects.get(division_id=VILLAGE)

    post = posts.give(staff, office, Role.VILLAGE_VERIFIER, localdate(), by=admin)

    assert [held.role for held in access_of(staff).posts] == [Role.VILLAGE_VERIFIER]
    assert Event.objects.get(chain=f"staff:{staff.pk}").details["post"] == post.pk
    with pytest.raises(NotAllowed, match="不能给自己安排"):
        posts.give(admin, office, Role.VILLAGE_VERIFIER, localdate(), by=admin)
    with pytest.raises(NotAllowed, match="已任这个岗位"):
        posts.give(staff, office, Role.VILLAGE_VERIFIER, localdate(), by=admin)


def test_a_head_has_no_say_over_an_office_elsewhere_or_above(world: World) -> None:
    head = colleague(post=(Role.OFFICE_HEAD, TOWNSHIP))
    county = Office.objects.get(division_id=COUNTY)

    with pytest.raises(NotAllowed, match="负责人、系统管理员"):
        posts.give(colleague(), county, Role.COUNTY_APPROVER, localdate(), by=head)


def test_a_post_that_ends_takes_its_delegations_with_it(world: World, verifying: Post) -> None:
    today, admin = localdate(), world.by(Role.ADMINISTRATOR)
    running = posts.lend(verifying.pk, colleague(), this_week(), by=verifying.staff, reason="leave")
    later = posts.lend(
        verifying.pk, colleague(), Days(today + 3 * DAY, today + 5 * DAY), by=verifying.staff, reason="leave"
    )

    posts.end(verifying.pk, today + DAY, by=admin, reason="left")

    running.refresh_from_db()
    assert running.valid_to == today + DAY
    assert not Post.objects.filter(pk=later.pk).exists()


@pytest.mark.parametrize(
    ("day", "said"), [(-2, "不能早于昨天"), (-5000, "不能早于昨天")], ids=["two days ago", "before it began"]
)
def test_a_post_does_not_end_on_a_day_on_which_it_was_worked_in(
    world: World, verifying: Post, day: int, said: str
) -> None:
    with pytest.raises(NotAllowed, match=said):
        posts.end(verifying.pk, localdate() + day * DAY, by=world.by(Role.ADMINISTRATOR), reason="left")
    verifying.refresh_from_db()
    assert verifying.valid_to is None
