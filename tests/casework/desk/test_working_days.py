"""The calendar's pages: everybody reads, administrators paste and confirm, and a wrong line keeps every word."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from casework.models import CalendarDay, CalendarYear, Event, Role
from tests.world import World
from workflows.calendar_upkeep import confirm_year, enter_days, read_lines

LINES = "2027-02-05 放假 春节\n2027-02-14 上班\n"


@pytest.fixture
def keeper(client: Client, world: World) -> Client:
    client.force_login(world.by(Role.ADMINISTRATOR))
    return client


def url(year: int) -> str:
    return reverse("desk:working_year", args=[year])


def test_the_year_to_come_is_listed_before_anybody_has_entered_it(keeper: Client) -> None:
    answer = keeper.get(reverse("desk:working_days"))
    found = {row["cells"][0]["text"]: row["cells"][1]["text"] for row in answer.context["table"]["rows"]}
    assert found[2026] == "已确认"
    assert set(found.values()) == {"已确认", "未确认，期限是估计"}


def test_a_year_shows_its_days_with_name_and_weekday(keeper: Client) -> None:
    page = keeper.get(url(2026)).content.decode()
    assert "国庆节" in page and "调休上班" in page and "随系统提供" in page
    assert "共39天" in page


def test_lines_are_pasted_and_told_back(keeper: Client) -> None:
    answer = keeper.post(url(2027), {"source": "通知", "lines": LINES}, follow=True)
    assert "2027年改动了2天" in answer.content.decode()
    assert CalendarDay.objects.filter(day__year=2027).count() == 2
    assert "2027-02-05 放假" in answer.content.decode(), "in the record of changes"
    again = keeper.post(url(2027), {"source": "通知", "lines": LINES}, follow=True)
    assert "2027年改动了0天" in again.content.decode()
    assert Event.objects.filter(chain="calendar:2027").count() == 1


def test_a_wrong_line_keeps_every_word_and_enters_nothing(keeper: Client) -> None:
    typed = LINES + "2027-02-15 上班\n过年"
    answer = keeper.post(url(2027), {"source": "通知", "lines": typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "第3行：2027-02-15是星期一" in page and "第4行" in page
    assert typed in page and 'value="通知"' in page
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_a_year_is_confirmed_by_a_press_and_a_second_changes_nothing(keeper: Client, world: World) -> None:
    press = reverse("desk:working_confirm", args=[2027])
    refused = keeper.post(press, follow=True)
    assert "还没有录入放假日" in refused.content.decode()
    keeper.post(url(2027), {"lines": LINES})
    assert "已按通知录入完毕" in keeper.get(url(2027)).content.decode()
    done = keeper.post(press, follow=True).content.decode()
    assert "2027年已确认" in done and "已按通知录入完毕" not in done
    assert "先前已经确认过" in keeper.post(press, follow=True).content.decode()
    assert CalendarYear.objects.get(year=2027).confirmed_by == world.by(Role.ADMINISTRATOR)
    assert keeper.get(press).status_code == 405


def test_others_look_and_change_nothing(client: Client, world: World) -> None:
    enter_days(2027, read_lines(LINES, 2027), by=world.by(Role.ADMINISTRATOR))
    client.force_login(world.by(Role.INTAKE_CLERK))
    page = client.get(url(2027)).content.decode()
    assert "春节" in page and "<textarea" not in page and "已按通知录入完毕" not in page
    refused = client.post(url(2027), {"lines": "2027-03-01 放假"})
    assert refused.status_code == 422
    assert "系统管理员" in client.post(reverse("desk:working_confirm", args=[2027]), follow=True).content.decode()
    assert CalendarDay.objects.filter(day__year=2027).count() == 2
    assert confirm_year(2027, by=world.by(Role.ADMINISTRATOR)) is True


@pytest.mark.parametrize("year", [1999, 2100])
def test_years_far_away_are_not_there(keeper: Client, year: int) -> None:
    assert keeper.get(url(year)).status_code == 404


def test_a_year_takes_few_statements_however_many_its_days(keeper: Client, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_max_num_queries(6):
        keeper.get(url(2026))
    with django_assert_max_num_queries(4):
        keeper.get(reverse("desk:working_days"))
