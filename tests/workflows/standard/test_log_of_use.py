"""The log of an entitlement tells of its use: from the day it is in use to the day it ends, and never of too much."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from casework.models import Case, LogEntry, Role
from tests.at_once import one_in_the_middle_of_the_other
from tests.workflows.standard.pages import a_page, in_force
from tests.workflows.standard.stories import a_person, granted, walked
from tests.world import World, open_item
from workflows.caselog import Written, enter, may_enter, take_back
from workflows.perform import perform
from workflows.refusals import Incomplete, NotAllowed

ENTERED, APPROVED, LATER = "2026-03-02", "2026-03-10 09:00+08:00", "2026-03-20 09:00+08:00"
KINDS = [
    {"name": "consultation", "label": "法律咨询", "by": ["county"], "unit": "次", "most": 3, "most_in_all": 6},
    {"name": "plan", "label": "计划", "by": ["county"], "words": True},
]


def voucher() -> dict[str, Any]:
    """An entitlement, whose county wants a plan before it approves."""
    page = a_page()
    steps = page["common"]["steps"]
    del steps["payment"]
    steps["county"]["log"] = ["plan"]
    steps["in_use"] = {"days": 365, "working": False, "clause": "示例：一年"}
    page["common"]["log"] = {"title": "咨询登记", "kinds": KINDS}
    page["versions"][0]["amount"] = {"kind": "nothing", "clause": "示例：待遇"}
    return page


@pytest.fixture(autouse=True)
def _in_force() -> Iterator[None]:
    with in_force(voucher()):
        yield


@pytest.fixture
def case(world: World) -> Iterator[Case]:
    """Accepted, its plan written, and not yet approved."""
    with time_machine.travel(APPROVED, tick=False):
        case = granted(world, "trial", {**a_person(), "degree": "重", "begun_on": "2026-03-01"}, on=ENTERED)
        plan = Written("plan", datetime.date(2026, 3, 3), words="先问清楚")
        enter(case.number, plan, by=world.by(Role.INTAKE_CLERK), key="plan")
        yield case


def asked(times: str = "1", day: str = "2026-03-15") -> Written:
    return Written("consultation", datetime.date.fromisoformat(day), Decimal(times))


def test_nothing_is_used_before_it_is_granted_and_what_the_county_wants_first_is_written(
    world: World, case: Case
) -> None:
    clerk = world.by(Role.INTAKE_CLERK)
    assert [kind.name for kind in may_enter(case, clerk)] == ["plan"]
    with pytest.raises(NotAllowed, match="“法律咨询”登记的是批准以后的使用，案件现在是“已受理”，还没有开始享受"):
        enter(case.number, asked(day="2026-03-09"), by=clerk, key="a")
    case = walked(world, case, "in_use")
    assert [kind.name for kind in may_enter(case, clerk)] == ["consultation", "plan"]


@pytest.mark.parametrize(
    ("written", "missing"),
    [
        (asked(day="2026-03-09"), "日期不能早于2026-03-10：那天才开始享受"),
        (asked("4"), "一次最多3次"),
    ],
)
def test_of_a_use_the_days_and_the_most_at_once_are_held(
    world: World, case: Case, written: Written, missing: str
) -> None:
    walked(world, case, "in_use")
    with time_machine.travel(LATER, tick=False), pytest.raises(Incomplete) as refused:
        enter(case.number, written, by=world.by(Role.INTAKE_CLERK), key="a")
    assert refused.value.missing == (missing,)


def test_the_most_in_all_counts_what_stands(world: World, case: Case) -> None:
    walked(world, case, "in_use")
    clerk = world.by(Role.INTAKE_CLERK)
    with time_machine.travel(LATER, tick=False):
        first = enter(case.number, asked("3"), by=clerk, key="a")
        enter(case.number, asked("2.5"), by=clerk, key="b")
        with pytest.raises(Incomplete, match=r"合计最多6次，已经登记5\.5次"):
            enter(case.number, asked("1"), by=clerk, key="c")
        enter(case.number, asked("0.5"), by=clerk, key="d")
        assert enter(case.number, asked("0.5"), by=clerk, key="d").key == "d"
        take_back(case.number, first.pk, by=clerk, reason="记错", key="e")
        enter(case.number, asked("3"), by=clerk, key="f")
    assert LogEntry.objects.filter(kind="consultation", quantity__isnull=False).count() == 4


def test_what_has_ended_is_used_no_more_but_its_last_days_may_still_be_written(world: World, case: Case) -> None:
    walked(world, case, "in_use")
    clerk = world.by(Role.INTAKE_CLERK)
    with time_machine.travel(LATER, tick=False):
        perform(open_item(case).pk, "expire", by=clerk)
    with time_machine.travel("2026-03-25 09:00+08:00", tick=False):
        enter(case.number, asked(day="2026-03-20"), by=clerk, key="a")
        with pytest.raises(Incomplete, match="日期不能晚于2026-03-20：享受到那天为止"):
            enter(case.number, asked(day="2026-03-21"), by=clerk, key="b")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_write_the_last_of_it_at_once_do_not_go_beyond_it(world: World, case: Case) -> None:
    walked(world, case, "in_use")
    clerk = world.by(Role.INTAKE_CLERK)
    with time_machine.travel(LATER, tick=False):
        enter(case.number, asked("3"), by=clerk, key="a")
        one, other = one_in_the_middle_of_the_other(
            lambda: enter(case.number, asked("3"), by=clerk, key="b"),
            lambda: enter(case.number, asked("3"), by=clerk, key="c"),
        )
    assert isinstance(one, LogEntry)
    assert isinstance(other, Incomplete) and other.missing == ("合计最多6次，已经登记6次",)
