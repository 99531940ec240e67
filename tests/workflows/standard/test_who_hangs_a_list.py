"""Every board of every road of terms × every state of a line × every outcome of the three steps × every role that has a
step, in its office and its own in others: whose word moves the case, tried by doing it, with the sheet.

What is said of a case by itself is tried in test_who_may_say_what.py; here each outcome is said as it is meant to be.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from casework.models import Case, Notice, Role, Staff
from tests.workflows.notices.noticed import days_later
from tests.workflows.programmes.foundation_grant.stories import donated
from tests.workflows.standard.invented import application_for, on_its_day
from tests.workflows.standard.stories import at_the_counter, posted, purpose_of, walked, with_log
from tests.workflows.standard.test_who_may_say_what import people_for, roads
from tests.world import World, open_item
from workflows import registry
from workflows.flow import Step
from workflows.notices.closing import close_notice, withdraw_notice
from workflows.notices.objections import Said, object_from_web, take_objection
from workflows.notices.posting import post_notice
from workflows.outcomes import Hand, Outcome
from workflows.perform import perform
from workflows.programme import Programme
from workflows.refusals import NotYourPost, Refusal

SAID = Said("听说不符合条件")

BY_SHEET: dict[str, Callable[[Case, Notice, Staff], object]] = {
    "post": lambda case, notice, by: post_notice(
        case.programme, notice.place, notice.division_id, [case.number], by=by, channels=("board",)
    ),
    "clear": lambda case, notice, by: close_notice(notice, by=by),
    "take_off": lambda case, notice, by: withdraw_notice(notice, by=by, note="名字写错"),
    "object": lambda case, notice, by: take_objection(notice, 1, SAID, by=by),
}


@dataclass(frozen=True)
class Stretch:
    """A board of a programme, with the hand of every outcome that is about it."""

    programme: Programme
    place: str
    hands: dict[str, Hand]


def boards() -> list[Any]:
    """Of every road, by programme, version and place."""
    found = [
        (slug, version, place)
        for slug, version in roads()
        for place in registry.programme(slug).terms.version(version).notices
    ]
    return [pytest.param(*where, id=f"{where[0]}-{where[2]}") for where in found]


def stretch(slug: str, version: str, place: str) -> Stretch:
    programme = registry.programme(slug)
    steps = programme.flow_for(version).steps()
    about = [(step, outcome) for step in steps for outcome in step.outcomes.values() if outcome.notice == place]
    assert {outcome.name for _step, outcome in about} >= {*BY_SHEET, "dismiss", "founded"}
    return Stretch(programme, place, {outcome.name: hand_of(step, outcome) for step, outcome in about})


def hand_of(step: Step, outcome: Outcome) -> Hand:
    hand = step.hand_of(outcome)
    return Hand(hand.role, hand.level, hand.capacity)


# -- the states of a line ----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def waiting(world: World, case: Case) -> Iterator[Notice]:
    """It has hung, and was taken down to be mended: there is a sheet, and the case is on none."""
    notice = posted(world, case)
    withdraw_notice(notice, by=notice.posted_by, note="名字写错")
    yield notice


@contextlib.contextmanager
def hanging(world: World, case: Case) -> Iterator[Notice]:
    yield posted(world, case)


@contextlib.contextmanager
def over(world: World, case: Case) -> Iterator[Notice]:
    """The morning after its last day."""
    notice = posted(world, case)
    with days_later(notice):
        yield notice


@contextlib.contextmanager
def objected_on_the_web(world: World, case: Case) -> Iterator[Notice]:
    """Nobody at the desk has taken it in, and the days are over."""
    notice = posted(world, case)
    object_from_web(notice, 1, SAID)
    with days_later(notice):
        yield notice


@contextlib.contextmanager
def objected(world: World, case: Case) -> Iterator[Notice]:
    """It waits for its answer."""
    notice = posted(world, case)
    take_objection(notice, 1, SAID, by=world.by(Role.INTAKE_CLERK))
    yield notice


NOT_YET = {"hanging": {"clear"}, "objected_on_the_web": {"clear", "take_off"}}
"""What the step has and the sheet refuses: its days are not over, or somebody is owed an answer."""


# -- the matrix --------------------------------------------------------------------------------------------------------


def say(case: Case, notice: Notice, name: str, by: Staff, reason: str) -> object:
    if name in BY_SHEET:
        return BY_SHEET[name](case, notice, by)
    values = {"answer": "已入户核实"}
    return perform(open_item(case).pk, name, by=by, reasons=[reason], note="情况属实", values=values)


def moves(case: Case, notice: Notice, name: str, by: Staff, reason: str) -> tuple[bool, Refusal | None]:
    """Whether the case went the way of that outcome; and undone again."""
    before = case.decisions.filter(outcome=name).count()
    with transaction.atomic():
        try:
            say(case, notice, name, by, reason)
            return case.decisions.filter(outcome=name).count() > before, None
        except Refusal as refusal:
            return False, refusal
        finally:
            transaction.set_rollback(True)


@pytest.mark.parametrize("state", [waiting, hanging, over, objected_on_the_web, objected], ids=lambda one: one.__name__)
@pytest.mark.parametrize(("slug", "version", "place"), boards())
def test_a_line_goes_only_where_its_state_allows_by_whom_the_step_names(
    world: World, slug: str, version: str, place: str, state: Any
) -> None:
    about = stretch(slug, version, place)
    cells, day = application_for(about.programme, version)
    with on_its_day(day):
        case = at_the_counter(world, slug, cells, on=day)
        if "donations" in about.programme.terms.version(version).body:
            donated("1000000.00", purpose=purpose_of(case))
        with_log(case)
        case = walked(world, case, to=place)
        with state(world, case) as notice:
            moved, wanted = everybody_tries(about, case, notice, NOT_YET.get(state.__name__, set()))
    assert moved == wanted


def everybody_tries(about: Stretch, case: Case, notice: Notice, not_yet: set[str]) -> tuple[set[str], set[str]]:
    """The outcomes about the board that somebody got said, and those that should be."""
    reason, moved = next(iter(about.programme.reasons)), []
    here: Step = open_item(case).flow_task
    open_to = set(here.outcomes) - not_yet
    for name, hand in about.hands.items():
        for seat, by in people_for(hand).items():
            went, refusal = moves(case, notice, name, by, reason)
            is_theirs = seat == (hand.role, hand.level)
            assert went == (name in open_to and is_theirs), (here.name, name, seat, refusal)
            if name in here.outcomes and not is_theirs:
                assert isinstance(refusal, NotYourPost), (here.name, name, seat, refusal)
            moved += [name] if went else []
    return set(moved), open_to & set(about.hands)
