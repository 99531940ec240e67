"""What an applicant reads when a case is suspended, under review, called off, or gone through again."""

from __future__ import annotations

import datetime
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from casework.models import Case, Role
from casework.slips import token_of
from tests.workflows.second_thoughts.stories import (
    fresh,
    in_days,
    longer,
    newcomer,
    paid_again,
    refused,
    remitted,
    say,
    suspended,
    terminated,
    under_review,
    walked_on,
    withdrawn,
)
from tests.world import World


def scan(case: Case) -> str:
    answer = Client().get(reverse("portal:open", args=[token_of(case.number)]))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def day(days: int) -> str:
    when = in_days(days)
    return f"{when.year}年{when.month}月{when.day}日"


def test_suspended_is_not_over_and_says_why_and_until_when(world: World) -> None:
    html = scan(suspended(world, days=20))
    for said in ("暂时停下了，没有取消", "申请人住院或外出", "不用重新申请", f"最迟{day(20)}再看一次", "暂时停下"):
        assert said in html
    assert html.index("县里受理") < html.index("<b>暂时停下</b>") < html.index("村里上门核实")


def test_under_review_says_by_whom_and_until_when(world: World) -> None:
    html = scan(under_review(world, refused(world)))
    for said in ("正在复核", "没有办过您这件事的人", "作出复核决定", "县里复核"):
        assert said in html


@pytest.mark.parametrize(("ended", "said"), [(terminated, "已经终止"), (withdrawn, "已经撤回"), (refused, "没有批准")])
def test_what_has_ended_can_be_objected_to_and_until_which_day(world: World, ended: object, said: str) -> None:
    html = scan(ended(world))  # type: ignore[operator]  # one of three stories
    assert said in html
    assert "当面提出，要求复核" in html
    assert f"最迟{day(30)}提出" in html


def test_after_that_day_it_says_so(world: World) -> None:
    case, last = refused(world), day(30)
    with time_machine.travel(now() + datetime.timedelta(days=31)):
        html = scan(case)
    assert f"日期已过（最迟是{last}）" in html


def test_what_was_upheld_is_not_looked_at_again_here(world: World) -> None:
    case = under_review(world, refused(world))
    say(case, "uphold", newcomer(), "decision_right")
    html = scan(fresh(case))
    assert "已经复核过，维持不变" in html
    assert "要求复核。复核由" not in html


def test_a_case_on_the_road_has_no_day_to_object_by(world: World) -> None:
    assert "提出。</p>" not in scan(world.case("township"))


def test_gone_through_again_and_paid_the_difference(world: World) -> None:
    case = remitted(world, world.case("end"))
    assert "原来的决定已经撤销" in scan(case)
    case = walked_on(world, longer(world, case), "payment")
    html = scan(case)
    for said in ("已经发给您", "3,380.00", "这次补发", "1,300.00"):
        assert said in html
    paid_again(world, case)
    html = scan(fresh(case))
    assert "4,680.00" in html
    assert "这次补发" not in html


def test_paid_too_much_is_told_without_alarm(world: World) -> None:
    case = walked_on(world, longer(world, remitted(world, world.case("end")), until="2026-08-21"), "county")
    say(case, "settle", world.by(Role.COUNTY_APPROVER), note="出院日期原登记有误")
    html = scan(fresh(case))
    assert "多发的部分，我们会另外联系您" in html
    assert "1,300.00" in html
