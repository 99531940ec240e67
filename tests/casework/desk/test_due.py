"""What falls due, by month, ten days and week: counted and listed for an office of mine, in few statements."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.desk import due, due_days
from casework.desk.due_days import Days, month_of, ten_days_of, week_of
from casework.models import CalendarYear, Case, Role, WorkItem
from tests.factories import StaffFactory
from tests.workflows.late import begun, head_of, moment
from tests.world import COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE, World, open_item
from workflows import clock

TODAY = "2026-11-04T10:00"


@pytest.fixture(autouse=True)
def _a_wednesday_in_november() -> Any:
    with time_machine.travel(moment(TODAY), tick=False):
        yield


def due_on(world: World, day: str, at: str = "township", **given: Any) -> Case:
    case = world.case(at, **given)
    WorkItem.objects.filter(pk=open_item(case).pk).update(due_at=moment(f"{day}T17:30"))
    return case


def page(client: Client, **query: str) -> Any:
    return client.get(reverse("desk:due"), query)


def shown(answer: Any) -> dict[str, str]:
    """The days with something on them, and how much."""
    return {one["day"].isoformat(): one["count"] for one in answer.context["days"] if one["count"] != "0"}


def listed(answer: Any) -> list[str]:
    return [row["cells"][1]["note"] for row in answer.context["table"]["rows"]]


@pytest.fixture
def reviewer(client: Client, world: World) -> Client:
    client.force_login(world.by(Role.TOWNSHIP_REVIEWER))
    return client


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("cut", "at", "first", "last"),
    [
        (week_of, "2026-11-04", "2026-11-02", "2026-11-08"),
        (week_of, "2026-11-01", "2026-10-26", "2026-11-01"),
        (ten_days_of, "2026-11-01", "2026-11-01", "2026-11-10"),
        (ten_days_of, "2026-11-10", "2026-11-01", "2026-11-10"),
        (ten_days_of, "2026-11-11", "2026-11-11", "2026-11-20"),
        (ten_days_of, "2026-11-21", "2026-11-21", "2026-11-30"),
        (ten_days_of, "2026-10-31", "2026-10-21", "2026-10-31"),
        (ten_days_of, "2028-02-29", "2028-02-21", "2028-02-29"),
        (month_of, "2026-11-30", "2026-11-01", "2026-11-30"),
        (month_of, "2028-02-01", "2028-02-01", "2028-02-29"),
    ],
)
def test_weeks_ten_days_and_months_begin_and_end_where_they_do(cut: Any, at: str, first: str, last: str) -> None:
    assert cut(day(at)) == Days(day(first), day(last))


def test_a_week_shows_each_day_with_how_much_falls_due_on_it(reviewer: Client, world: World) -> None:
    monday, friday = due_on(world, "2026-11-02"), [due_on(world, "2026-11-06") for _ in range(2)]
    due_on(world, "2026-11-09")
    answer = page(reviewer)
    assert shown(answer) == {"2026-11-02": "1", "2026-11-06": "2"}
    assert listed(answer) == [monday.number, *(case.number for case in friday)]
    assert "2026-11-02 至 2026-11-08" in answer.content.decode()


@pytest.mark.parametrize(
    ("view", "days", "title"),
    [("week", 7, "2026-11-02 至"), ("ten", 10, "2026年11月上旬"), ("month", 30, "2026年11月")],
)
def test_each_view_shows_all_of_its_days(reviewer: Client, view: str, days: int, title: str) -> None:
    answer = page(reviewer, view=view)
    assert len(answer.context["days"]) == days
    assert answer.context["title"].startswith(title)


def test_what_was_due_before_today_is_counted_and_can_be_listed(reviewer: Client, world: World) -> None:
    late = due_on(world, "2026-10-12")
    due_on(world, "2026-11-04")
    answer = page(reviewer)
    assert "此前到期、还没有办完的有1件" in answer.content.decode()
    assert listed(page(reviewer, list="overdue")) == [late.number]


def test_a_day_can_be_listed_alone(reviewer: Client, world: World) -> None:
    due_on(world, "2026-11-05")
    friday = due_on(world, "2026-11-06")
    answer = page(reviewer, list="2026-11-06")
    assert listed(answer) == [friday.number]
    assert [one["day"].isoformat() for one in answer.context["days"] if one["chosen"]] == ["2026-11-06"]
    assert len(listed(page(reviewer, list="2026-12-24"))) == 2, (
        "a day outside the week is as if it had not been asked for"
    )


def test_a_step_can_be_looked_at_alone(client: Client, world: World) -> None:
    client.force_login(world.by(Role.COUNTY_APPROVER))
    intake, county = due_on(world, "2026-11-05", "intake"), due_on(world, "2026-11-05", "county")
    assert sorted(listed(page(client))) == sorted([intake.number, county.number])
    only = page(client, step="nursing_subsidy.county")
    assert (listed(only), shown(only)) == ([county.number], {"2026-11-05": "1"})
    assert 'value="nursing_subsidy.county" selected' in only.content.decode()


def test_only_offices_of_mine_are_shown(client: Client, world: World) -> None:
    for at in ("intake", "village", "township"):
        due_on(world, "2026-11-05", at)
    seen = {}
    for role in (Role.INTAKE_CLERK, Role.VILLAGE_VERIFIER, Role.TOWNSHIP_REVIEWER, Role.SUPERVISOR):
        client.force_login(world.by(role))
        seen[role] = [row["cells"][2]["text"] for row in page(client).context["table"]["rows"]]
    assert seen == {
        Role.INTAKE_CLERK: ["受理"],
        Role.VILLAGE_VERIFIER: ["村级核实"],
        Role.TOWNSHIP_REVIEWER: ["乡镇审核"],
        Role.SUPERVISOR: ["受理"],
    }
    client.force_login(StaffFactory(post=(Role.VILLAGE_VERIFIER, OTHER_VILLAGE)))
    assert listed(page(client, office=VILLAGE)) == []


def test_somebody_of_two_offices_chooses(client: Client, world: World) -> None:
    head = head_of(COUNTY)
    head.posts.create(office=head_of(TOWNSHIP).posts.get().office, role=Role.OFFICE_HEAD, valid_from="2020-01-01")
    client.force_login(head)
    case = due_on(world, "2026-11-05", "township")
    assert listed(page(client, office=TOWNSHIP)) == [case.number]
    assert listed(page(client, office=COUNTY)) == []


def test_who_keeps_no_deadlines_is_told_so(client: Client, world: World) -> None:
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        client.force_login(world.by(role))
        assert "没有要管的办理期限" in page(client).content.decode()


def test_a_holiday_and_a_made_up_saturday_are_marked(reviewer: Client) -> None:
    october = page(reviewer, view="month", day="2026-10-15")
    marks = {one["day"].day: (one["off"], one["made_up"]) for one in october.context["days"]}
    assert (marks[1], marks[8], marks[10], marks[11]) == ((True, False), (False, False), (False, True), (True, False))


def test_the_first_day_stands_under_its_weekday(reviewer: Client) -> None:
    days = page(reviewer, view="month").context["days"]
    assert [one["place"] for one in days][:3] == [7, 0, 0], "1 November 2026 is a Sunday"
    assert 'class="day day-in-7 day-off"' in page(reviewer, view="month").content.decode()


def test_a_year_nobody_has_confirmed_is_flagged_on_its_days_and_on_what_touches_it(
    reviewer: Client, world: World
) -> None:
    assert "期限是估计" not in page(reviewer).content.decode()
    assert "2027年放假安排还没有公布或确认，期限是估计" in page(reviewer, day="2027-01-01").content.decode()
    begun(world.case("township"), "2026-12-29T09:00")
    late = page(reviewer, view="month", day="2027-01-15")
    assert "（估计）" in late.content.decode()
    CalendarYear.objects.create(year=2027, confirmed_at=moment(TODAY))
    clock.forget()
    assert "估计" not in page(reviewer, view="month", day="2027-01-15").content.decode()


def test_addresses_that_make_no_sense_are_as_none(reviewer: Client) -> None:
    for query in (
        {"view": "year"},
        {"day": "2026-02-30"},
        {"day": "0001-01-01"},
        {"day": "9999-12-31"},
        {"step": "nursing_subsidy.nothing"},
        {"step": "nothing"},
        {"office": "999999"},
        {"list": "<b>"},
        {"after": "x_y"},
    ):
        answer = page(reviewer, **query)
        assert answer.status_code == 200
        assert answer.context["title"] == "2026-11-02 至 2026-11-08"


def test_pages_follow_each_other(reviewer: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "PAGE", 2)
    cases = [due_on(world, "2026-11-06").number for _ in range(5)]
    seen, url = [], reverse("desk:due")
    while url:
        answer = reviewer.get(url)
        seen += listed(answer)
        back, url = answer.context["pager"]["previous_url"], answer.context["pager"]["next_url"]
    assert seen == cases
    assert listed(reviewer.get(back)) == cases[2:4]


def test_a_day_is_counted_so_far_and_no_farther(
    reviewer: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due_days, "COUNTED", 2)
    monkeypatch.setattr(due, "COUNTED", 2)
    for _number in range(4):
        due_on(world, "2026-11-06")
    assert shown(page(reviewer)) == {"2026-11-06": "2+"}


def test_the_page_takes_no_more_statements_with_many_than_with_one(reviewer: Client, world: World) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(reviewer, view="month")
        return len(captured.captured_queries)

    due_on(world, "2026-11-05")
    one = statements()
    for number in range(6):
        due_on(world, f"2026-11-{10 + number}")
    assert statements() == one <= 8


@pytest.mark.parametrize("query", [{}, {"step": "nursing_subsidy.township"}])
def test_counts_and_list_are_read_by_an_index(reviewer: Client, world: World, query: dict[str, str]) -> None:
    due_on(world, "2026-11-05")
    with CaptureQueriesContext(connection) as captured:
        page(reviewer, **query)
    wanted = [each["sql"] for each in captured.captured_queries if "due_at" in each["sql"]]
    assert len(wanted) == 2
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for sql in wanted:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"))
                plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
                assert "SCAN casework_workitem" not in plan
                assert "USING COVERING INDEX" in plan or "USING INDEX" in plan


def test_looking_writes_nothing(reviewer: Client, world: World) -> None:
    due_on(world, "2026-11-05")
    with CaptureQueriesContext(connection) as captured:
        page(reviewer)
    assert not [each["sql"] for each in captured.captured_queries if each["sql"].startswith(("UPDATE", "INSERT"))]
    assert reviewer.post(reverse("desk:due")).status_code == 405
