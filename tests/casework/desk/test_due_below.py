"""What falls due below: several offices, or one and all inside it, in one list with the office as a column."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from casework.desk import due
from casework.models import Case, Role, WorkItem
from tests.casework.desk.test_due import due_on, listed, page, shown
from tests.factories import OfficeFactory, StaffFactory
from tests.workflows.late import head_of, moment
from tests.world import COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE, World, open_item

ALL = f"{COUNTY}+"


@pytest.fixture(autouse=True)
def _a_wednesday_in_november() -> Any:
    with time_machine.travel(moment("2026-11-04T10:00"), tick=False):
        yield


@pytest.fixture
def clerk(client: Client, world: World) -> Client:
    client.force_login(world.by(Role.INTAKE_CLERK))
    return client


def everywhere(world: World) -> list[Case]:
    """One in each office, in the order of their days."""
    places = (("2026-11-03", "township"), ("2026-11-04", "county"), ("2026-11-05", "village"))
    cases = [due_on(world, day, at) for day, at in places]
    elsewhere = due_on(world, "2026-11-06", "intake", division=OTHER_VILLAGE)
    WorkItem.objects.filter(process=elsewhere).update(office=OTHER_VILLAGE)
    return [*cases, elsewhere]


def offices(answer: Any) -> list[str]:
    return [cell["text"] for row in answer.context["table"]["rows"] for cell in row["cells"] if cell["label"] == "机构"]


def choices(answer: Any) -> list[str]:
    return [code for code, _name in answer.context["form"].fields["office"].choices]


def test_a_county_sees_all_that_falls_due_in_it_in_one_list_with_the_office_beside_it(
    clerk: Client, world: World
) -> None:
    cases = everywhere(world)
    answer = page(clerk, office=ALL)
    assert listed(answer) == [case.number for case in cases]
    assert offices(answer) == ["桃花江镇", "桃江县", "川门湾村委会", "周家潭村委会"]
    assert shown(answer) == {"2026-11-03": "1", "2026-11-04": "1", "2026-11-05": "1", "2026-11-06": "1"}
    assert "和下面的全部机构" in answer.content.decode()
    assert offices(page(clerk)) == []


def test_one_place_below_is_looked_at_alone_and_under_a_township_its_villages_are_offered(
    clerk: Client, world: World
) -> None:
    township, _county, village, _elsewhere = everywhere(world)
    assert f"{TOWNSHIP}+" in choices(page(clerk, office=ALL))
    below = page(clerk, office=f"{TOWNSHIP}+")
    assert listed(below) == [township.number, village.number]
    assert VILLAGE in choices(below)
    assert listed(page(clerk, office=VILLAGE)) == [village.number]


def test_a_township_sees_its_villages_and_nothing_beside_them(client: Client, world: World) -> None:
    client.force_login(world.by(Role.TOWNSHIP_REVIEWER))
    township, _county, village, _elsewhere = everywhere(world)
    answer = page(client, office=f"{TOWNSHIP}+")
    assert listed(answer) == [township.number, village.number]
    for beyond in (ALL, COUNTY, f"{OTHER_VILLAGE[:9]}+", OTHER_VILLAGE, "mine", f"{TOWNSHIP}++", "+"):
        assert listed(page(client, office=beyond)) == [township.number], beyond


def test_somebody_of_several_offices_sees_them_together(client: Client, world: World) -> None:
    keeper = StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))
    keeper.posts.create(
        office=OfficeFactory(division_id=OTHER_VILLAGE), role=Role.VILLAGE_VERIFIER, valid_from="2020-01-01"
    )
    client.force_login(keeper)
    *_above, village, elsewhere = everywhere(world)
    assert listed(page(client)) == [village.number]
    answer = page(client, office="mine")
    assert listed(answer) == [village.number, elsewhere.number]
    assert len(set(offices(answer))) == 2
    assert shown(answer) == {"2026-11-05": "1", "2026-11-06": "1"}


def test_an_office_inside_another_of_mine_is_counted_once(client: Client, world: World) -> None:
    head = head_of(COUNTY)
    head.posts.create(office=head_of(TOWNSHIP).posts.get().office, role=Role.OFFICE_HEAD, valid_from="2020-01-01")
    client.force_login(head)
    cases = everywhere(world)
    assert "mine" not in choices(page(client))
    assert listed(page(client, office=ALL)) == [case.number for case in cases]


def test_who_sits_above_a_county_looks_at_one_county_at_a_time(client: Client, world: World) -> None:
    client.force_login(head_of(COUNTY[:4]))
    cases = everywhere(world)
    first = page(client)
    assert (listed(first), ALL in choices(first)) == ([], True)
    assert listed(page(client, office=ALL)) == [case.number for case in cases]


def test_a_step_below_can_be_looked_at_alone(clerk: Client, world: World) -> None:
    _township, _county, village, _elsewhere = everywhere(world)
    only = page(clerk, office=ALL, step="nursing_subsidy.village")
    assert (listed(only), shown(only)) == ([village.number], {"2026-11-05": "1"})


@pytest.mark.parametrize("office", [ALL, "mine"])
def test_pages_follow_each_other_whatever_office_a_line_is_of(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch, office: str
) -> None:
    """Many of one moment, in several offices: none is left out, none comes twice, there and back."""
    keeper = StaffFactory(post=(Role.INTAKE_CLERK, COUNTY))
    if office == "mine":
        keeper.posts.update(valid_to="2020-12-31")
        for code, role in ((VILLAGE, Role.VILLAGE_VERIFIER), (OTHER_VILLAGE, Role.VILLAGE_VERIFIER)):
            place = OfficeFactory(division_id=code)
            keeper.posts.create(office=place, role=role, valid_from="2020-01-01")
    client.force_login(keeper)
    cases = [due_on(world, "2026-11-05" if number < 5 else "2026-11-06", "village") for number in range(7)]
    WorkItem.objects.filter(process__in=cases[1::2]).update(office=OTHER_VILLAGE)
    monkeypatch.setattr(due, "PAGE", 2)
    url, seen, back = f"?office={office.replace('+', '%2B')}", [], ""
    while url:
        answer = client.get(page_url(url))
        seen += listed(answer)
        back, url = answer.context["pager"]["previous_url"], answer.context["pager"]["next_url"]
    assert seen == [case.number for case in cases]
    assert listed(client.get(back)) == [case.number for case in cases[4:6]]


def page_url(url: str) -> str:
    return url if url.startswith("/") else due.reverse("desk:due") + url


def test_where_a_confidential_case_waits_below_is_not_said(clerk: Client, world: World) -> None:
    *_others, village, _elsewhere = everywhere(world)
    Case.objects.filter(pk=village.pk).update(confidential=True)
    rows = page(clerk, office=ALL).context["table"]["rows"]
    (row,) = [row for row in rows if row["cells"][1]["note"] == village.number]
    assert [cell["text"] for cell in row["cells"] if cell["label"] in ("机构", "村社区")] == ["", ""]


def test_all_below_takes_no_more_statements_with_many_than_with_one(clerk: Client, world: World) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(clerk, office=ALL, view="month")
        return len(captured.captured_queries)

    due_on(world, "2026-11-05", "village")
    one = statements()
    everywhere(world)
    assert statements() == one <= 9


@pytest.mark.parametrize(("role", "office"), [(Role.INTAKE_CLERK, ALL), (Role.TOWNSHIP_REVIEWER, f"{TOWNSHIP}+")])
def test_counts_and_list_are_read_by_an_index_of_the_place(
    client: Client, world: World, role: str, office: str
) -> None:
    client.force_login(world.by(role))
    everywhere(world)
    with CaptureQueriesContext(connection) as captured:
        page(client, office=office)
    wanted = [each["sql"] for each in captured.captured_queries if "due_at" in each["sql"]]
    assert len(wanted) == 2
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for sql in wanted:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"))
                plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
                assert "due_in_" in plan
                assert "TEMP B-TREE" not in plan


def test_what_waits_for_nobody_any_more_is_not_listed(clerk: Client, world: World) -> None:
    *_above, village, _elsewhere = everywhere(world)
    WorkItem.objects.filter(pk=open_item(village).pk).update(finished=moment("2026-11-04T09:00"))
    assert village.number not in listed(page(clerk, office=ALL))
