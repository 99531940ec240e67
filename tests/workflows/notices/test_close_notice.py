"""Taking a list down: after its last full day, with its photograph; and what is frozen then."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.models import Case, Event, Notice, NoticeLine, Role
from tests import factories
from tests.workflows.notices.noticed import VILLAGE, Village, days_later, picture
from tests.world import open_item
from workflows import trail
from workflows.notices.closing import close_notice, why_not_closed, withdraw_notice
from workflows.notices.digest import digest_of_cleared, vouched_for
from workflows.notices.photographs import add_photograph
from workflows.notices.refusals import NotClosed, NoticeRefusal, NotTakenDown

pytestmark = pytest.mark.django_db


def lines_of(notice: Notice) -> dict[int, str]:
    return {line.case_id: line.state for line in notice.lines.all()}


def test_a_list_hangs_to_the_end_of_its_last_day(village: Village) -> None:
    case = village.case()
    notice = village.post(case)
    village.photograph(notice)

    with days_later(notice, 0), pytest.raises(NotClosed, match="要过了这一天"):
        village.close(notice)
    with days_later(notice):
        assert why_not_closed(notice) == []
        village.close(notice)
    case.refresh_from_db()
    assert case.noticed == {"village_notice": case.notice_mark}


def test_without_a_photograph_it_is_not_closed(village: Village) -> None:
    notice = village.post(village.case())
    with days_later(notice), pytest.raises(NotClosed, match="还没有张榜的照片"):
        village.close(notice)


def test_a_photograph_proves_one_sheet(village: Village) -> None:
    first, second = village.post(village.case()), village.post(village.case())
    same = picture(1)
    add_photograph(first, same, by=first.posted_by)

    with pytest.raises(NoticeRefusal, match="已经用作一次公示的证明"):
        add_photograph(second, same, by=second.posted_by)


def test_what_hung_is_frozen_with_its_digest_in_the_trail(village: Village) -> None:
    notice = village.hang(village.case(), village.case())

    lines = notice.lines.select_related("case").order_by("line_number")
    closed = Event.objects.get(chain=f"notice:{notice.number}", action="notice_closed")
    assert notice.closed_digest == digest_of_cleared(lines) == closed.details["digest"]
    assert closed.details["cleared"] == [1, 2]
    assert vouched_for([notice]) == {line.pk for line in lines}
    assert list(trail.breaks()) == []


def test_closing_twice_closes_once(village: Village) -> None:
    notice = village.hang(village.case())
    with days_later(notice):
        village.close(notice)

    assert Event.objects.filter(action__in=("notice_closed", "notice_settled")).count() == 1


def test_a_line_whose_amount_has_changed_comes_off_and_waits_to_hang_anew(village: Village) -> None:
    same, other = village.case(), village.case()
    notice = village.post(same, other)
    village.photograph(notice)
    Case.objects.filter(pk=other.pk).update(amount=Decimal("1.00"))
    with days_later(notice):
        village.close(notice)

    assert lines_of(notice) == {same.pk: "cleared", other.pk: "removed"}
    assert open_item(other).step == "village_notice"
    assert Case.objects.get(pk=other.pk).noticed == {}


def test_a_colleague_of_the_board_may_take_it_down(village: Village) -> None:
    notice = village.post(village.case())
    village.photograph(notice)
    colleague = factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))
    with days_later(notice):
        closed = close_notice(notice, by=colleague)

    assert (closed.posted_by, closed.closed_by) == (village.by(Role.VILLAGE_VERIFIER), colleague)


def test_a_wrong_sheet_comes_down_and_its_cases_wait_again(village: Village) -> None:
    cases = [village.case(), village.case()]
    notice = village.post(*cases)
    withdraw_notice(notice, by=notice.posted_by, note="名单漏了一户")

    assert set(lines_of(notice).values()) == {"removed"}
    assert {open_item(case).step for case in cases} == {"village_notice"}
    again = village.post(*cases)
    assert again.line_count == 2


def test_a_sheet_is_not_withdrawn_without_saying_what_is_wrong(village: Village) -> None:
    notice = village.post(village.case())
    with pytest.raises(NotTakenDown, match="请写明哪里不对"):
        withdraw_notice(notice, by=notice.posted_by, note=" ")


def test_a_case_waiting_again_has_its_own_clock_back(village: Village) -> None:
    """The pause ends with the sheet: what was left of the days to post it is left."""
    case = village.case()
    due = open_item(case).due_at
    notice = village.post(case)
    withdraw_notice(notice, by=notice.posted_by, note="抄错了名字")

    assert open_item(case).due_at == due


def test_a_long_list_comes_down_with_a_bounded_number_of_statements_a_line(village: Village) -> None:
    def cost(count: int) -> int:
        notice = village.post(*[village.case() for _ in range(count)])
        village.photograph(notice)
        with (
            days_later(notice),
            CaptureQueriesContext(
                connection,
            ) as seen,
        ):
            village.close(notice)
        return len(seen)

    one, three = cost(1), cost(3)
    assert (three - one) / 2 <= 26


def test_the_line_of_a_case_that_is_gone_is_taken_off(village: Village) -> None:
    case = village.case()
    notice = village.post(case)
    village.photograph(notice)
    village.say(case, "terminate", Role.INTAKE_CLERK, reasons=("died",))
    with days_later(notice):
        village.close(notice)

    assert NoticeLine.objects.get(notice=notice).why == "left"
    assert Notice.objects.get(pk=notice.pk).state == Notice.State.CLOSED
