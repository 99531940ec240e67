"""My queue: the most urgent first, page after page, at a price that does not grow with it."""

from __future__ import annotations

import datetime
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import get_current_timezone, now

from casework.access import access_of
from casework.desk import queue as desk_queue
from casework.desk.deadline import deadline_of
from casework.desk.queue import Cursor, Filters, Pair, cursor_from, filters_from, queue_page
from casework.models import Case, Role, Staff, WorkItem
from tests.factories import PersonFactory, StaffFactory
from tests.world import COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE, World, open_item
from workflows.holding import claim

URL = "/desk/"


@pytest.fixture
def clerk(world: World) -> Staff:
    return world.by(Role.INTAKE_CLERK)


def due(case: Case, days: int) -> WorkItem:
    item = open_item(case)
    item.due_at = now().replace(microsecond=0) + datetime.timedelta(days=days)
    item.save(update_fields=["due_at"])
    return item


def page_of(client: Client, staff: Staff, query: str = "") -> str:
    client.force_login(staff)
    answer = client.get(URL + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_most_urgent_comes_first(world: World, clerk: Staff) -> None:
    late, soon, later = due(world.enter(), -1), due(world.enter(), 2), due(world.enter(), 9)
    page = queue_page(access_of(clerk), Filters(), None)
    assert [item.pk for item in page.items] == [late.pk, soon.pk, later.pk]
    assert (page.total, page.more, page.next, page.previous) == (3, False, None, None)


def test_a_row_says_who_where_how_much_until_when_and_who_has_it(client: Client, world: World, clerk: Staff) -> None:
    person = PersonFactory(name="买买提艾力·阿卜杜热合曼", registered=True)
    item = due(world.case(at="county", person=person), -1)
    approver = world.by(Role.COUNTY_APPROVER)
    claim(item.pk, by=approver)
    page = page_of(client, approver)
    number = item.process.number
    for words in ("买买提艾力·阿卜杜热合曼", number, "川门湾村委会", "桃花江镇", "县级审批", "3,380.00", ">26<", "您"):
        assert words in page.replace("\n", "")
    assert f'href="{reverse("desk:case", args=[number])}" data-open' in page


def test_what_waits_for_another_office_or_role_is_not_in_my_queue(world: World, clerk: Staff) -> None:
    world.case(at="village")
    elsewhere = StaffFactory(post=(Role.INTAKE_CLERK, "430102"))
    world.enter()
    assert queue_page(access_of(elsewhere), Filters(), None).items == []
    assert len(queue_page(access_of(clerk), Filters(), None).items) == 1


def test_a_queue_that_is_not_mine_cannot_be_asked_for(client: Client, world: World, clerk: Staff) -> None:
    waiting = world.case(at="county")
    assert waiting.number not in page_of(client, clerk, f"?queue={COUNTY}.county_approver")


def test_pages_follow_each_other_without_gap_or_repetition_though_all_fall_due_at_once(
    world: World, clerk: Staff
) -> None:
    moment = now().replace(microsecond=123456)
    for _number in range(7):
        world.enter()
    WorkItem.objects.update(due_at=moment)
    expected = list(WorkItem.objects.order_by("id").values_list("pk", flat=True))
    seen, after, turned = [], None, []
    while True:
        page = queue_page(access_of(clerk), Filters(), after, limit=3)
        seen += [item.pk for item in page.items]
        turned.append(page)
        if page.next is None:
            break
        # As it goes through an address.
        after = cursor_from(QueryDict(urlencode(page.next.as_query())))
        assert after == page.next
    assert seen == expected
    assert [len(page.items) for page in turned] == [3, 3, 1]
    back = queue_page(access_of(clerk), Filters(), turned[2].previous, limit=3)
    assert [item.pk for item in back.items] == expected[3:6]
    assert back.next is not None
    first = queue_page(access_of(clerk), Filters(), back.previous, limit=3)
    assert [item.pk for item in first.items] == expected[:3]
    assert first.previous is None


@pytest.mark.parametrize(
    "query",
    [
        "after=",
        "after=yesterday_1",
        "after=2026-11-02_5",
        "after=2026-13-45T00:00:00Z_1",
        "after=2026-11-02T09:00:00Z_x",
    ],
)
def test_an_address_that_is_no_place_in_the_queue_is_its_beginning(query: str) -> None:
    assert cursor_from(QueryDict(query)) is None


def test_it_is_counted_only_so_far(client: Client, world: World, clerk: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(5):
        world.enter()
    monkeypatch.setattr(desk_queue, "COUNTED", 3)
    page = queue_page(access_of(clerk), Filters(), None, limit=2)
    assert (page.total, page.more) == (3, True)
    few = queue_page(access_of(clerk), Filters(programme="nursing_subsidy", step="papers"), None, limit=2)
    assert (few.total, few.more) == (0, False)


def test_it_narrows_by_step_programme_and_village(client: Client, world: World, clerk: Staff) -> None:
    here, there = world.enter(division=VILLAGE), world.enter(division=OTHER_VILLAGE)
    expected = {
        "?step=nursing_subsidy.intake": {here, there},
        "?step=nursing_subsidy.papers": set(),
        "?programme=nursing_subsidy": {here, there},
        f"?village={VILLAGE}": {here},
        f"?village={TOWNSHIP}": {here},
        "?village=430922113": {there},
        "?village=43": {here, there},
        "?step=nothing.there": {here, there},
    }
    for query, cases in expected.items():
        page = page_of(client, clerk, query)
        assert {case for case in (here, there) if case.number in page} == cases, query


def test_the_choice_of_places_is_what_lies_below_the_office_and_opens_by_township(
    client: Client, world: World, clerk: Staff
) -> None:
    world.enter()
    page = page_of(client, clerk)
    assert '<option value="430922112">桃花江镇</option>' in page
    assert f'value="{VILLAGE}"' not in page
    opened = page_of(client, clerk, f"?village={TOWNSHIP}")
    assert f'value="{VILLAGE}"' in opened
    assert f'value="{OTHER_VILLAGE}"' not in opened
    village = page_of(client, world.by(Role.VILLAGE_VERIFIER))
    assert 'name="village"' not in village


def test_who_holds_what_is_a_column_only_when_somebody_holds_anything(
    client: Client, world: World, clerk: Staff
) -> None:
    item = open_item(world.enter())
    assert "领取" not in page_of(client, clerk)
    claim(item.pk, by=StaffFactory(name="刘畅", post=(Role.INTAKE_CLERK, COUNTY)))
    page = page_of(client, clerk)
    assert 'data-label="领取"' in page
    assert "刘畅" in page


def test_a_case_is_opened_with_the_filters_it_was_found_under(client: Client, world: World, clerk: Staff) -> None:
    case = world.enter()
    page = page_of(client, clerk, f"?village={VILLAGE}&step=nursing_subsidy.intake")
    kept = f"queue={COUNTY}.intake_clerk&amp;step=nursing_subsidy.intake&amp;village={VILLAGE}"
    assert f'href="{reverse("desk:case", args=[case.number])}?{kept}"' in page


def test_fifty_rows_weigh_less_than_a_photograph(client: Client, world: World, clerk: Staff) -> None:
    for _number in range(50):
        world.enter()
    assert len(page_of(client, clerk).encode()) < 60_000


def test_of_several_posts_the_queue_with_the_most_urgent_item_is_shown_first(client: Client, world: World) -> None:
    due(world.case(at="county"), 5)
    urgent = due(world.enter(), 1)
    both = StaffFactory(name="李两岗", post=(Role.COUNTY_APPROVER, COUNTY))
    post = both.posts.get()
    both.posts.create(office=post.office, role=Role.INTAKE_CLERK, valid_from=post.valid_from)
    page = queue_page(access_of(both), Filters(), None)
    assert page.filters.pair == Pair(COUNTY, Role.INTAKE_CLERK)
    assert [item.pk for item in page.items] == [urgent.pk]
    shown = page_of(client, both)
    assert f'<option value="{COUNTY}.county_approver">' in shown
    assert f'<option value="{COUNTY}.intake_clerk" selected>' in shown


def test_the_whole_page_takes_at_most_nine_statements(
    client: Client, world: World, clerk: Staff, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With several posts, a page in the middle, a village chosen and rows held by others: the dearest there is."""
    post = clerk.posts.get()
    clerk.posts.create(office=post.office, role=Role.COUNTY_APPROVER, valid_from=post.valid_from)
    colleague = StaffFactory(post=(Role.INTAKE_CLERK, COUNTY))
    for _number in range(4):
        claim(open_item(world.enter()).pk, by=colleague)
    monkeypatch.setattr(queue_page, "__defaults__", (2,))
    client.force_login(clerk)
    first = WorkItem.objects.order_by("due_at", "id")[0]
    queue, cursor = f"queue={COUNTY}.intake_clerk", urlencode(Cursor(first.due_at, first.pk).as_query())
    for query in ("", f"?village={TOWNSHIP}", f"?{queue}&{cursor}"):
        with django_assert_max_num_queries(9):
            page = client.get(URL + query)
        assert colleague.name in page.content.decode()


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(programme="nursing_subsidy", step="intake"),
        Filters(village=VILLAGE),
        Filters(village=VILLAGE, programme="nursing_subsidy", step="intake"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_work_items_are_read_by_an_index_in_its_order(
    world: World, clerk: Staff, filters: Filters, turned: bool
) -> None:
    item = open_item(world.enter())
    access = access_of(clerk)
    with CaptureQueriesContext(connection) as captured:
        queue_page(access, filters, Cursor(item.due_at, item.pk - 1) if turned else None)
    reads = [query["sql"] for query in captured.captured_queries if '"casework_workitem"' in query["sql"]]
    assert reads
    for sql in reads:
        plan = plan_of(sql)
        if connection.vendor == "sqlite":
            assert "USING INDEX queue" in plan or "USING COVERING INDEX queue" in plan
            assert "SCAN casework_workitem" not in plan
            assert "TEMP B-TREE" not in plan
        else:
            assert "Index" in plan
            assert "Seq Scan on casework_workitem" not in plan


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A table of one row is read whole, whatever its indexes: ask what would be done with a large one.
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + sql)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def test_an_empty_queue_says_so_calmly_and_a_narrowed_one_shows_the_way_back(
    client: Client, world: World, clerk: Staff
) -> None:
    assert "没有等您办的案件" in page_of(client, clerk)
    narrowed = page_of(client, clerk, "?step=nursing_subsidy.papers")
    assert "看全部待办" in narrowed
    assert f'href="{URL}?queue={COUNTY}.intake_clerk"' in narrowed


def test_an_auditor_has_no_queue_and_begins_with_the_records(client: Client, world: World) -> None:
    client.force_login(world.by(Role.AUDITOR))
    assert client.get(URL)["Location"] == reverse("oversight:home")


def test_the_steps_offered_are_those_of_the_programme_chosen_or_those_in_which_something_waits(
    client: Client, world: World, clerk: Staff
) -> None:
    world.enter()
    steps = re.compile(r'<select name="step".*?</select>', re.DOTALL)
    of_all = re.findall(r'value="([^"]*)"', steps.findall(page_of(client, clerk))[0])
    assert of_all == ["", "nursing_subsidy.intake"]
    of_one = re.findall(r'value="([^"]*)"', steps.findall(page_of(client, clerk, "?programme=funeral_aid"))[0])
    assert {one.partition(".")[0] for one in of_one} == {"", "funeral_aid"}
    assert {"funeral_aid.intake", "funeral_aid.account"} < set(of_one)


def test_filters_are_folded_until_something_is_narrowed(client: Client, world: World, clerk: Staff) -> None:
    world.enter()
    assert '<details class="narrowing">' in page_of(client, clerk)
    assert '<details class="narrowing" open>' in page_of(client, clerk, "?programme=nursing_subsidy")


def test_only_rows_of_one_step_that_nobody_else_holds_can_be_ticked(client: Client, world: World, clerk: Staff) -> None:
    free, held = open_item(world.enter()), open_item(world.enter())
    claim(held.pk, by=StaffFactory(post=(Role.INTAKE_CLERK, COUNTY)))
    page = page_of(client, clerk)
    assert f'name="item" value="{free.pk}"' in page
    assert f'name="item" value="{held.pk}"' not in page
    assert '<option value="accept">受理</option>' in page


def test_what_is_done_in_a_payment_batch_cannot_be_ticked(client: Client, world: World) -> None:
    case = world.case(at="payment")
    page = page_of(client, world.by(Role.PAYMENT_OFFICER))
    assert case.number in page
    assert 'value="draw"' not in page


def test_filters_survive_in_an_address_and_hold_only_codes(world: World, clerk: Staff) -> None:
    access = access_of(clerk)
    given = QueryDict(f"queue={COUNTY}.intake_clerk&step=nursing_subsidy.intake&village={VILLAGE}&q=曾&evil=<b>")
    filters = filters_from(given, access)
    assert filters_from(QueryDict(filters.as_query()), access) == filters
    assert filters.as_query() == f"queue={COUNTY}.intake_clerk&step=nursing_subsidy.intake&village={VILLAGE}"


# Thursday 2026-10-29 to Tuesday 2026-11-10; ten working days from 2026-10-27 are over on 2026-11-10.
DEADLINES = [
    ("2026-10-29 09:00", "left", 8, True),
    ("2026-11-06 14:00", "soon", 2, True),
    ("2026-11-10 09:00", "today", 0, True),
    ("2026-11-10 20:00", "today", 0, True),
    ("2026-11-11 08:00", "over", 1, True),
    ("2026-11-16 08:00", "over", 4, True),
]


@pytest.mark.parametrize(("moment", "state", "days", "working"), DEADLINES)
def test_a_deadline_is_told_in_working_days(moment: str, state: str, days: int, working: bool) -> None:
    told = deadline_of(_item("village", "2026-10-27 10:00", "2026-11-10 17:30"), "2026-07-01", at=_at(moment))
    assert (told["state"], told["days"], told["working"]) == (state, days, working)
    assert told["date"] == datetime.date(2026, 11, 10)


def test_a_deadline_in_calendar_days_is_told_in_calendar_days() -> None:
    told = deadline_of(
        _item("papers", "2026-10-27 10:00", "2026-11-26 17:30"), "2026-07-01", at=_at("2026-10-31 09:00")
    )
    assert (told["state"], told["days"], told["working"]) == ("left", 26, False)


def test_a_deadline_of_friday_is_over_on_saturday() -> None:
    told = deadline_of(
        _item("village", "2026-10-26 10:00", "2026-11-06 17:30"), "2026-07-01", at=_at("2026-11-07 09:00")
    )
    assert (told["state"], told["days"], told["working"]) == ("over", 1, False)


def _at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=get_current_timezone())


def _item(step: str, created: str, due_at: str) -> WorkItem:
    return WorkItem(programme="nursing_subsidy", step=step, created=_at(created), due_at=_at(due_at))
