"""Public notices and their cases held together: each fault is planted by hand, and what is in order is left alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.models import Case, Event, Notice, NoticeLine, Role
from tests.back_door import Sql
from tests.workflows.doctor.ward import scope
from tests.workflows.notices.noticed import COUNTY, Village, days_later
from tests.workflows.notices.test_objections import DOUBT, answer, answerer, hung
from tests.world import open_item
from workflows import trail
from workflows.doctor import mended
from workflows.doctor.sheets import NOTICES
from workflows.notices.history import notice_history
from workflows.notices.objections import object_from_web, take_in, take_objection

pytestmark = pytest.mark.django_db
Damage = Callable[[Village, Sql], list[tuple[str, str]]]


def found(place: str = "") -> list[tuple[str, str]]:
    return sorted((one.kind.code, one.subject) for one in NOTICES.find(scope(place=place)))


def mend_all() -> list[str]:
    return list(mended(NOTICES, scope()))


def withdrawn_under_objection(village: Village) -> tuple[Notice, Case]:
    """The sheet is down; the one line that waited for an answer is of a case its applicant has taken back since."""
    notice, (case, _other) = hung(village)
    take_objection(notice, 1, DOUBT, by=village.by(Role.INTAKE_CLERK))
    with days_later(notice):
        village.close(notice)
        village.say(case, "withdraw", Role.INTAKE_CLERK, reasons=["applicant_withdrew"])
    return notice, case


# -- what is in order --------------------------------------------------------------------------------------------------


def test_wherever_a_notice_stands_nothing_is_found(village: Village) -> None:
    """Hanging, objected to from the web and at the desk, down with an answer still owed, settled, withdrawn from."""
    village.case()
    notice, cases = hung(village, 4)
    object_from_web(notice, 1, DOUBT)
    take_objection(notice, 2, DOUBT, by=village.by(Role.INTAKE_CLERK))
    village.say(cases[3], "withdraw", Role.INTAKE_CLERK, reasons=["applicant_withdrew"])
    assert found() == []
    with days_later(notice):
        village.close(notice)
        assert found() == []
        take_in(notice, by=village.by(Role.INTAKE_CLERK))
        answer(cases[1], "dismiss", answerer())
        assert found() == []
        village.close(notice)
        assert found() == []


def test_a_county_looks_at_its_own_sheets_in_as_many_statements_however_many_they_are(village: Village) -> None:
    hung(village, 1)
    with CaptureQueriesContext(connection) as few:
        assert found(COUNTY) == []
    hung(village, 5)
    with CaptureQueriesContext(connection) as more:
        assert found(COUNTY) == []
    assert len(more) == len(few)
    assert found("430102") == []


# -- what is not -------------------------------------------------------------------------------------------------------


def a_line_is_deleted_under_a_case_that_hangs(village: Village, sql: Sql) -> list[tuple[str, str]]:
    _notice, (case, _other) = hung(village)
    sql("DELETE FROM casework_noticeline WHERE case_id = %s", case.pk)
    return [("notice_line_missing", case.number)]


def a_sheet_is_called_closed_over_cases_that_hang(village: Village, sql: Sql) -> list[tuple[str, str]]:
    notice, cases = hung(village)
    sql(
        "UPDATE casework_notice SET state = 'closed', closed_by_id = posted_by_id, closed_at = posted_at,"
        " closed_digest = %s WHERE id = %s",
        "f" * 64,
        notice.pk,
    )
    return [("notice_line_missing", case.number) for case in cases]


def an_objection_is_forgotten_while_its_case_waits_for_the_answer(village: Village, sql: Sql) -> list[tuple[str, str]]:
    notice, (case, _other) = hung(village)
    take_objection(notice, 1, DOUBT, by=village.by(Role.INTAKE_CLERK))
    sql("UPDATE casework_noticeline SET state = 'hanging' WHERE case_id = %s", case.pk)
    return [("notice_line_missing", case.number)]


def a_case_is_moved_from_under_its_sheet(village: Village, sql: Sql) -> list[tuple[str, str]]:
    notice, (case, _other) = hung(village)
    sql("UPDATE casework_workitem SET step = 'township' WHERE process_id = %s AND finished IS NULL", case.pk)
    return [("notice_line_left", notice.number)]


def a_line_that_came_off_is_put_up_again(village: Village, sql: Sql) -> list[tuple[str, str]]:
    notice = village.hang(village.case(), village.case())
    sql(
        "UPDATE casework_noticeline SET state = 'hanging', ended_at = NULL WHERE notice_id = %s AND line_number = 2",
        notice.pk,
    )
    return [("notice_line_left", notice.number)]


def a_case_is_withdrawn_and_its_line_outlasts_the_sheet(village: Village, sql: Sql) -> list[tuple[str, str]]:
    notice, _case = withdrawn_under_objection(village)
    return [("notice_line_left", notice.number)]


DAMAGES: tuple[Damage, ...] = (
    a_line_is_deleted_under_a_case_that_hangs,
    a_sheet_is_called_closed_over_cases_that_hang,
    an_objection_is_forgotten_while_its_case_waits_for_the_answer,
    a_case_is_moved_from_under_its_sheet,
    a_line_that_came_off_is_put_up_again,
    a_case_is_withdrawn_and_its_line_outlasts_the_sheet,
)


@pytest.mark.parametrize("hurt", DAMAGES, ids=lambda function: function.__name__)
def test_damage_is_found_and_nothing_else(village: Village, sql: Sql, hurt: Damage) -> None:
    hung(village)
    assert found() == []
    expected = hurt(village, sql)
    assert found() == sorted(expected)


# -- what is put right -------------------------------------------------------------------------------------------------


def test_what_outlasted_its_sheet_comes_off_with_an_event_in_the_sheets_own_chain(village: Village) -> None:
    notice, case = withdrawn_under_objection(village)

    assert mend_all() == [f"{notice.number}：撤下了已经离开的案件{case.number}"]

    line = NoticeLine.objects.get(notice=notice, case=case)
    assert (line.state, line.why, line.ended_at is not None) == ("removed", "left", True)
    event = Event.objects.filter(chain=f"notice:{notice.number}").latest("seq")
    assert (event.action, event.actor_name) == ("repaired", "系统")
    assert notice_history(notice)[-1].what == f"系统修复：撤下已经离开的案件{case.number}"
    assert list(trail.breaks()) == []
    assert (found(), mend_all()) == ([], [])


def test_a_sheet_that_still_hangs_is_not_touched(village: Village, sql: Sql) -> None:
    a_case_is_moved_from_under_its_sheet(village, sql)
    before = list(NoticeLine.objects.order_by("pk").values())
    assert mend_all() == []
    assert list(NoticeLine.objects.order_by("pk").values()) == before


def test_a_case_that_is_lost_from_the_board_is_not_put_back_by_itself(village: Village, sql: Sql) -> None:
    """What it must hang with again, an amount or a name, only people can say."""
    expected = a_line_is_deleted_under_a_case_that_hangs(village, sql)
    assert (mend_all(), found()) == ([], expected)


def test_a_case_back_under_its_notice_by_then_is_left_there(village: Village, sql: Sql) -> None:
    """Found, and before it is mended somebody has put the case where its line says."""
    notice = village.hang(village.case())
    sql("UPDATE casework_noticeline SET state = 'hanging', ended_at = NULL WHERE notice_id = %s", notice.pk)
    (finding,) = NOTICES.find(scope())
    case = notice.lines.get().case
    sql("UPDATE casework_workitem SET step = %s WHERE process_id = %s AND finished IS NULL", "village_notice_hanging",
        case.pk)  # fmt: skip
    assert NOTICES.mend is not None
    assert NOTICES.mend(finding) == ""
    assert open_item(case).step == "village_notice_hanging"
