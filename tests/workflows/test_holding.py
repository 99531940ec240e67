"""Claim, release and hand-over: verbs with a trail and a sentence for everything they refuse."""

from __future__ import annotations

import datetime

import pytest
from django.utils.timezone import localdate

from casework.models import DeclaredRelative, Event, Role, Staff, WorkItem
from tests.factories import StaffFactory
from tests.world import OTHER_VILLAGE, TOWNSHIP, World, open_item
from workflows import trail
from workflows.holding import claim, colleagues, hand_over, has_left, release
from workflows.perform import perform
from workflows.refusals import HeldByAnother, NoSuchItem, NotAllowed, NotYourPost, Recused, SecondHat


@pytest.fixture
def item(world: World) -> WorkItem:
    """A case waiting for the township."""
    return open_item(world.case(at="township"))


@pytest.fixture
def reviewer(world: World) -> Staff:
    return world.by(Role.TOWNSHIP_REVIEWER)


@pytest.fixture
def colleague(world: World) -> Staff:
    return StaffFactory(name="刘畅", post=(Role.TOWNSHIP_REVIEWER, TOWNSHIP))


def actions(item: WorkItem) -> list[str]:
    events = Event.objects.filter(case=item.process_id, action__in=("claimed", "released", "handed_over"))
    return list(events.values_list("action", flat=True))


def test_what_is_claimed_only_its_holder_may_end(item: WorkItem, reviewer: Staff, colleague: Staff) -> None:
    claim(item.pk, by=reviewer)
    with pytest.raises(HeldByAnother, match=reviewer.name):
        perform(item.pk, "pass", by=colleague)
    assert perform(item.pk, "pass", by=reviewer).stage == "reviewed"
    assert list(trail.breaks()) == []


def test_a_claim_is_an_event_with_the_step_and_nothing_of_a_person(item: WorkItem, reviewer: Staff) -> None:
    claim(item.pk, by=reviewer)
    event = Event.objects.get(case=item.process_id, action="claimed")
    assert (event.actor_id, event.actor_name, event.details) == (reviewer.pk, reviewer.name, {"step": "township"})
    held = WorkItem.objects.get(pk=item.pk)
    assert (held.owner_id, held.status) == (reviewer.pk, "ASSIGNED")
    assert held.assigned is not None


def test_claiming_twice_is_one_claim(item: WorkItem, reviewer: Staff) -> None:
    claim(item.pk, by=reviewer)
    claim(item.pk, by=reviewer)
    assert actions(item) == ["claimed"]


def test_what_a_colleague_holds_cannot_be_claimed(item: WorkItem, reviewer: Staff, colleague: Staff) -> None:
    claim(item.pk, by=reviewer)
    with pytest.raises(HeldByAnother, match=reviewer.name):
        claim(item.pk, by=colleague)


def test_a_colleague_takes_over_from_somebody_who_has_left_the_post(
    item: WorkItem, reviewer: Staff, colleague: Staff
) -> None:
    claim(item.pk, by=reviewer)
    reviewer.posts.update(valid_to=localdate() - datetime.timedelta(days=1))
    assert has_left(WorkItem.objects.get(pk=item.pk))
    claim(item.pk, by=colleague)
    event = Event.objects.filter(case=item.process_id, action="claimed").last()
    assert event is not None
    assert event.details == {"step": "township", "former": reviewer.pk}
    assert WorkItem.objects.get(pk=item.pk).owner_id == colleague.pk


def test_without_the_post_nothing_can_be_claimed_released_or_handed_over(world: World, item: WorkItem) -> None:
    elsewhere = StaffFactory(post=(Role.TOWNSHIP_REVIEWER, "430922113"))
    for verb in (claim, release):
        with pytest.raises(NotYourPost, match="桃花江镇"):
            verb(item.pk, by=elsewhere)
    with pytest.raises(NotYourPost):
        hand_over(item.pk, by=elsewhere, to=world.by(Role.TOWNSHIP_REVIEWER))
    assert actions(item) == []


def test_a_relative_cannot_claim_but_can_put_back_what_they_hold(item: WorkItem, reviewer: Staff) -> None:
    claim(item.pk, by=reviewer)
    DeclaredRelative.objects.create(
        staff=reviewer,
        identity_hash=item.process.applicant.identity_hash,
        relation="表姐",
        declared_on=localdate(),
    )
    release(item.pk, by=reviewer)
    with pytest.raises(Recused):
        claim(item.pk, by=reviewer)
    assert actions(item) == ["claimed", "released"]


def test_somebody_with_another_part_in_the_case_cannot_claim_it(world: World) -> None:
    verifier = world.by(Role.VILLAGE_VERIFIER)
    item = open_item(world.case(at="township"))
    post = world.by(Role.TOWNSHIP_REVIEWER).posts.get()
    verifier.posts.create(office=post.office, role=post.role, valid_from=post.valid_from)
    with pytest.raises(SecondHat, match="核实"):
        claim(item.pk, by=verifier)


def test_releasing_lets_any_colleague_act_and_twice_is_once(item: WorkItem, reviewer: Staff, colleague: Staff) -> None:
    claim(item.pk, by=reviewer)
    release(item.pk, by=reviewer)
    release(item.pk, by=reviewer)
    assert actions(item) == ["claimed", "released"]
    free = WorkItem.objects.get(pk=item.pk)
    assert (free.owner_id, free.status, free.assigned) == (None, "NEW", None)
    perform(item.pk, "pass", by=colleague)


def test_what_a_colleague_holds_cannot_be_put_back_for_them(item: WorkItem, reviewer: Staff, colleague: Staff) -> None:
    claim(item.pk, by=reviewer)
    with pytest.raises(HeldByAnother):
        release(item.pk, by=colleague)


def test_handing_over_makes_it_the_colleagues_and_twice_is_once(
    item: WorkItem, reviewer: Staff, colleague: Staff
) -> None:
    claim(item.pk, by=reviewer)
    hand_over(item.pk, by=reviewer, to=colleague)
    hand_over(item.pk, by=reviewer, to=colleague)
    assert actions(item) == ["claimed", "handed_over"]
    event = Event.objects.get(case=item.process_id, action="handed_over")
    assert event.details == {"step": "township", "to": colleague.pk}
    with pytest.raises(HeldByAnother, match="刘畅"):
        perform(item.pk, "pass", by=reviewer)
    perform(item.pk, "pass", by=colleague)


def test_nobody_can_be_handed_what_they_may_not_decide(world: World, item: WorkItem, reviewer: Staff) -> None:
    village = StaffFactory(name="石秀", post=(Role.VILLAGE_VERIFIER, OTHER_VILLAGE))
    relative = StaffFactory(name="曾凡", post=(Role.TOWNSHIP_REVIEWER, TOWNSHIP))
    DeclaredRelative.objects.create(
        staff=relative,
        identity_hash=item.process.applicant.identity_hash,
        relation="外甥",
        declared_on=localdate(),
    )
    verifier = world.by(Role.VILLAGE_VERIFIER)
    post = reviewer.posts.get()
    verifier.posts.create(office=post.office, role=post.role, valid_from=post.valid_from)
    refused = ((village, "没有这一步的岗位"), (relative, "回避"), (verifier, "核实"), (reviewer, "您手里"))
    for to, words in refused:
        with pytest.raises(NotAllowed, match=words):
            hand_over(item.pk, by=reviewer, to=to)
    assert actions(item) == []


def test_the_list_of_colleagues_holds_nobody_with_another_part_or_without_the_post(
    world: World, item: WorkItem, reviewer: Staff, colleague: Staff
) -> None:
    verifier = world.by(Role.VILLAGE_VERIFIER)
    post = reviewer.posts.get()
    verifier.posts.create(office=post.office, role=post.role, valid_from=post.valid_from)
    StaffFactory(post=(Role.TOWNSHIP_REVIEWER, TOWNSHIP), is_active=False)
    assert colleagues(item, besides=reviewer) == [colleague]


def test_a_finished_item_can_be_neither_claimed_nor_released(item: WorkItem, reviewer: Staff) -> None:
    perform(item.pk, "pass", by=reviewer)
    for verb in (claim, release):
        with pytest.raises(NotAllowed, match="已经办完"):
            verb(item.pk, by=reviewer)


def test_an_item_there_is_not_is_refused_in_words(world: World, reviewer: Staff) -> None:
    with pytest.raises(NoSuchItem):
        claim(987654, by=reviewer)
