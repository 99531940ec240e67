"""复核由没有参与过的人办: neither they, nor who lent them the post, nor anybody who acted in their stead had a part."""

from __future__ import annotations

import pytest

from casework.models import Case, Decision, Post, Role, Staff, WorkItem
from tests.factories import StaffFactory
from tests.workflows.second_thoughts.stories import (
    fresh,
    in_days,
    newcomer,
    refused,
    remitted,
    say,
    under_review,
    walked_on,
)
from tests.world import COUNTY, World, open_item
from workflows.holding import claim, colleagues, hand_over
from workflows.perform import missing_for
from workflows.refusals import HadAPart, NotAllowed, SecondHat
from workflows.standing import standing

SENTENCE = "您参与过这件案子，复核须由没有参与过的人办理"


def lent_to(borrower: Staff, lender: Staff, days: int = 10) -> None:
    """The lender's post, for some days, in somebody else's hands 委托."""
    post = lender.posts.get()
    borrower.posts.create(
        office=post.office, role=post.role, valid_from="2020-01-01", valid_to=in_days(days), lent_by=post
    )


def second_review(world: World, reviewer: Staff) -> Case:
    """Reviewed and sent back once, refused again, and asked about again."""
    case = under_review(world, refused(world))
    say(case, "remit", reviewer, "facts_unclear")
    case = walked_on(world, case, "county")
    say(case, "refuse", world.by(Role.COUNTY_APPROVER), "not_covered")
    return under_review(world, fresh(case))


@pytest.mark.parametrize("outcome", ["uphold", "remit", "overturn"])
def test_who_refused_it_does_not_review_it(world: World, outcome: str) -> None:
    case = under_review(world, refused(world))
    with pytest.raises(SecondHat, match="您已在这件案子里承担“审批”"):
        say(case, outcome, world.by(Role.COUNTY_APPROVER), "decision_right")


@pytest.mark.parametrize("outcome", ["uphold", "remit", "overturn"])
def test_who_reviewed_it_before_does_not_review_it_again(world: World, outcome: str) -> None:
    reviewer = newcomer()
    case = second_review(world, reviewer)
    with pytest.raises(HadAPart, match=SENTENCE):
        say(case, outcome, reviewer, "decision_right")
    say(case, outcome, newcomer(), "decision_right", note="应当批准")
    assert fresh(case).stage != "internal_review"


def test_nor_somebody_to_whom_that_person_has_lent_their_post(world: World) -> None:
    case, friend, stranger = under_review(world, refused(world)), StaffFactory(), newcomer()
    lent_to(friend, world.by(Role.COUNTY_APPROVER))
    with pytest.raises(HadAPart, match=SENTENCE):
        say(case, "uphold", friend, "decision_right")
    other_friend = StaffFactory()
    lent_to(other_friend, stranger)
    say(case, "uphold", other_friend, "decision_right")
    assert fresh(case).stage == "rejected"


def test_nor_the_one_in_whose_stead_it_was_refused(world: World) -> None:
    """The decision was taken in their name, though not by their hand; another who borrows the post is no newcomer."""
    absent, friend, other = newcomer(), StaffFactory(), StaffFactory()
    lent_to(friend, absent)
    lent_to(other, absent)
    case = world.case("county")
    say(case, "refuse", friend, "not_covered")
    case = under_review(world, fresh(case))
    for staff in (absent, other):
        with pytest.raises(HadAPart, match=SENTENCE):
            say(case, "uphold", staff, "decision_right")
    with pytest.raises(SecondHat):
        say(case, "uphold", friend, "decision_right")
    say(case, "uphold", world.by(Role.COUNTY_APPROVER), "decision_right")
    assert Decision.objects.get(case=case, outcome="uphold").staff == world.by(Role.COUNTY_APPROVER)


def test_the_page_says_so_before_anything_is_said(world: World) -> None:
    reviewer = newcomer()
    item = open_item(second_review(world, reviewer))
    uphold = item.flow_task.outcomes["uphold"]
    assert missing_for(item, uphold, standing(newcomer(), item)) == []
    (sentence,) = missing_for(item, uphold, standing(reviewer, item))
    assert SENTENCE in sentence


def test_who_cannot_review_it_cannot_keep_it_from_those_who_can(world: World) -> None:
    reviewer, other = newcomer(), newcomer()
    item = open_item(second_review(world, reviewer))
    with pytest.raises(HadAPart):
        claim(item.pk, by=reviewer)
    with pytest.raises(HadAPart):
        hand_over(item.pk, by=reviewer, to=other)
    claim(item.pk, by=other)
    with pytest.raises(NotAllowed, match="参与过这件案子，不能复核"):
        hand_over(item.pk, by=other, to=reviewer)
    assert reviewer not in colleagues(item, besides=other)
    assert WorkItem.objects.get(pk=item.pk).owner == other


def test_at_any_other_step_a_part_of_the_same_kind_is_no_hindrance(world: World) -> None:
    """Who refused it decides it again when a review has sent it back: that is their office."""
    approver = world.by(Role.COUNTY_APPROVER)
    case = walked_on(world, remitted(world, refused(world)), "county")
    claim(open_item(case).pk, by=approver)
    say(case, "approve", approver)
    assert fresh(case).stage == "approved"
    assert Post.objects.filter(staff=approver, office__division_id=COUNTY).exists()
