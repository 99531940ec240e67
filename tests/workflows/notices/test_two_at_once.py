"""Two people at the same moment, on two real connections: a board keeps one truth."""

from __future__ import annotations

import pytest

from casework.models import Case, Event, Notice, NoticeLine, Objection, Role
from tests import factories
from tests.at_once import at_once, one_in_the_middle_of_the_other
from tests.workflows.notices.noticed import COUNTY, VILLAGE, Village, days_later
from tests.world import open_item
from workflows import trail
from workflows.notices.closing import close_notice
from workflows.notices.objections import Said, take_objection
from workflows.notices.refusals import NotPosted, ObjectionRefused
from workflows.perform import perform

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

DOUBT = Said("不符合条件")


def photographed(village: Village, *cases: Case) -> Notice:
    notice = village.post(*cases)
    village.photograph(notice)
    return notice


def state_of(notice: Notice, line: int = 1) -> str:
    return NoticeLine.objects.get(notice=notice, line_number=line).state


def test_an_objection_that_was_first_keeps_its_line_out_of_the_closing(village: Village) -> None:
    case, other = village.case(), village.case()
    notice, clerk = photographed(village, case, other), village.by(Role.INTAKE_CLERK)
    with days_later(notice):
        objected, closed = one_in_the_middle_of_the_other(
            lambda: take_objection(notice, 1, DOUBT, by=clerk), lambda: village.close(notice)
        )

    assert isinstance(objected, Objection)
    assert isinstance(closed, Notice)
    assert (state_of(notice), state_of(notice, 2)) == ("objected", "cleared")
    assert Case.objects.get(pk=case.pk).noticed == {}
    assert open_item(case).step == "village_notice_objection"


def test_an_objection_that_came_as_the_list_came_down_is_told_so(village: Village) -> None:
    case = village.case()
    notice, clerk = photographed(village, case), village.by(Role.INTAKE_CLERK)
    with days_later(notice):
        _closed, objected = one_in_the_middle_of_the_other(
            lambda: village.close(notice), lambda: take_objection(notice, 1, DOUBT, by=clerk)
        )

    assert isinstance(objected, ObjectionRefused)
    assert (state_of(notice), open_item(case).step) == ("cleared", "township")
    assert not Objection.objects.exists()


def test_a_list_is_closed_once_by_two(village: Village) -> None:
    cases = [village.case(), village.case()]
    notice = photographed(village, *cases)
    colleague = factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))
    with days_later(notice):
        results = at_once(lambda: village.close(notice), lambda: close_notice(notice, by=colleague))

    assert all(isinstance(result, Notice) for result in results)
    assert Event.objects.filter(action__in=("notice_closed", "notice_settled")).count() == 1
    assert Event.objects.filter(action="decided", details__outcome="clear").count() == 2
    assert list(trail.breaks()) == []


def test_a_case_is_posted_once_by_two(village: Village) -> None:
    case = village.case()
    colleague = factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))
    results = at_once(lambda: village.post(case), lambda: village.post(case, by=colleague))

    assert sorted(type(result).__name__ for result in results) == ["NotPosted", "Notice"]
    assert any(isinstance(result, NotPosted) for result in results)
    assert NoticeLine.objects.filter(case=case).count() == Notice.objects.count() == 1


def test_a_double_click_on_two_connections_hangs_one_sheet(village: Village) -> None:
    case = village.case()
    first, second = at_once(*[lambda: village.post(case, key="one-click")] * 2)

    assert isinstance(first, Notice)
    assert first == second
    assert Notice.objects.count() == 1


def test_an_objection_that_comes_while_the_first_is_answered_waits_for_its_own_answer(village: Village) -> None:
    case = village.case()
    notice, clerk = photographed(village, case), village.by(Role.INTAKE_CLERK)
    take_objection(notice, 1, DOUBT, by=clerk)
    item = open_item(case).pk
    newcomer = factories.StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY))
    _answered, second = one_in_the_middle_of_the_other(
        lambda: perform(item, "dismiss", by=newcomer, values={"answer": "查过，属实"}),
        lambda: take_objection(notice, 1, Said("还是不对"), by=clerk),
    )

    assert isinstance(second, Objection)
    assert [one.outcome for one in Objection.objects.order_by("id")] == ["dismissed", ""]
    assert (state_of(notice), open_item(case).step) == ("objected", "village_notice_objection")
