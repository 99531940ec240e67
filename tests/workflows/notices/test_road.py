"""The whole stretch: posted, hung, taken down, paid; and what the board knows."""

from __future__ import annotations

import pytest

from casework.models import Case, NoticeLine, Pause, Role, Stage, WorkItem
from tests.workflows.notices import noticed
from tests.workflows.notices.noticed import PLACES, Village, days_later
from tests.world import open_item
from workflows.proof import prove
from workflows.refusals import Incomplete

pytestmark = pytest.mark.django_db


def test_the_flow_of_these_tests_is_proved() -> None:
    assert prove(noticed.programme()).faults == ()


def test_a_case_hangs_twice_and_is_paid(village: Village) -> None:
    case = village.case("county_notice")
    village.hang(case, place="county_notice")
    for step in ("payment", "payment_check", "bank"):
        village.world.pay_on(Case.objects.get(pk=case.pk), step)

    case.refresh_from_db()
    assert case.stage == Stage.CLOSED
    assert case.noticed == dict.fromkeys(PLACES, case.notice_mark)


def test_while_it_hangs_the_clock_of_the_office_stands_still_and_the_list_is_due_when_its_days_are_over(
    village: Village,
) -> None:
    case = village.case()
    notice = village.post(case)
    village.photograph(notice)

    (pause,) = Pause.objects.filter(case=case)
    assert (pause.kind, pause.ended) == (Pause.Kind.NOTICE, None)
    # Monday the 2nd and seven days: the last is Monday the 9th, and on Tuesday it comes down.
    assert notice.last_day.isoformat() == "2026-11-09"
    assert f"{open_item(case).due_at:%Y-%m-%d}" == "2026-11-10"
    with days_later(notice):
        village.close(notice)
    pause.refresh_from_db()
    assert pause.ended is not None


def test_posting_and_clearing_leave_the_verifiers_signature_where_it_is(village: Village) -> None:
    case = village.case()
    village.hang(case)

    case.refresh_from_db()
    assert case.signatures["verify"] == case.facts_digest
    assert open_item(case).step == "township"


@pytest.mark.parametrize("outcome", ["post", "clear", "take_off"])
def test_nothing_of_it_is_done_to_a_case_by_itself(village: Village, outcome: str) -> None:
    case = village.case()
    if outcome != "post":
        village.post(case)

    with pytest.raises(Incomplete, match="随公示榜一并办理"):
        village.say(case, outcome, Role.VILLAGE_VERIFIER, reasons=("notice_wrong",))


def test_the_number_of_a_sheet_does_not_open_the_way_past_it(village: Village) -> None:
    """A keeper who knows the number cannot clear their own case by hand before its days are over."""
    case = village.case()
    notice = village.post(case)

    with pytest.raises(Incomplete, match="还没有期满；还没有张榜的照片"):
        village.say(case, "clear", Role.VILLAGE_VERIFIER, values={"notice": notice.number})


def test_an_amount_that_changed_after_the_notice_is_not_approved(village: Village) -> None:
    case = village.case()
    village.hang(case)
    village.say(case, "pass", Role.TOWNSHIP_REVIEWER)
    Case.objects.filter(pk=case.pk).update(noticed={"village_notice": "0" * 64})

    with pytest.raises(Incomplete, match="公示之后金额有变动，要重新公示：村级公示"):
        village.say(case, "approve", Role.COUNTY_APPROVER)


def test_a_case_that_is_withdrawn_while_it_hangs_is_off_the_list_when_it_comes_down(village: Village) -> None:
    stays, leaves = village.case(), village.case()
    notice = village.post(stays, leaves)
    village.photograph(notice)
    village.say(leaves, "withdraw", Role.INTAKE_CLERK, reasons=("applicant_withdrew",))
    with days_later(notice):
        village.close(notice)

    lines = NoticeLine.objects.filter(notice=notice)
    assert {line.case_id: (line.state, line.why) for line in lines} == {
        stays.pk: ("cleared", ""),
        leaves.pk: ("removed", "left"),
    }
    assert not WorkItem.objects.filter(process=leaves, finished=None).exists()
