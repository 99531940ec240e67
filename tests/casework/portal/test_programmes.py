"""The page of a programme says what its flow and its terms say, and nothing of its own."""

from __future__ import annotations

import datetime
import html
import re
from dataclasses import replace

import pytest
import time_machine
from django.test import Client
from django.utils.timezone import get_current_timezone, localdate
from pytest_django import DjangoAssertNumQueries

from workflows import registry
from workflows.flow import Step
from workflows.graph import main_road, something_waits_in

SLUGS = sorted(registry.programmes())

pytestmark = pytest.mark.django_db


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    assert len(answer.content) < 60_000
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_every_programme_is_named_on_the_list(client: Client) -> None:
    shown = text_of(client, "/portal/programmes/")

    assert [one.title for one in registry.programmes().values() if one.title not in shown] == []


def test_the_list_is_in_the_order_of_the_names_sound_and_says_whom_each_is_for(client: Client) -> None:
    shown = text_of(client, "/portal/programmes/")

    # 殡 bin, 创 chuang, 三 san, 走 zou; a quotation mark in front does not count.
    places = [shown.index(title) for title in ("殡葬补助", "创业贷款贴息", "“三结合”项目", "走访慰问")]
    assert places == sorted(places)
    assert "逝者的家属，逝者在名册里：失独、伤残、手术并发症" in shown
    assert "示例：" not in shown


@pytest.mark.parametrize("slug", SLUGS)
def test_a_programmes_page_has_every_step_with_who_how_long_and_on_which_clause(client: Client, slug: str) -> None:
    found = registry.programme(slug)
    terms = found.terms.versions[-1]
    shown = on_the_day(client, slug, max(localdate(), terms.in_force_from))

    for step in filter(something_waits_in, found.flow.steps()):
        limit = terms.deadlines[step.name]
        place = next((one.notice for one in step.outcomes.values() if one.moves == "end_notice"), "")
        if place and terms.notice:
            limit = terms.notice.at(place)
        assert str(step.task_title) in shown
        assert (f"{limit.days}个工作日" if limit.working else f"{limit.days}日") in shown
        assert all(one.clause in shown for one in step.outcomes.values() if not one.aside)
    assert [place.task_title for place in main_road(found.flow) if isinstance(place, Step)] != []
    assert terms.source in shown


def on_the_day(client: Client, slug: str, day: datetime.date) -> str:
    with time_machine.travel(datetime.datetime.combine(day, datetime.time(10), get_current_timezone())):
        return text_of(client, f"/portal/programmes/{slug}/")


def test_a_page_is_of_the_road_an_application_of_that_day_goes_and_so_is_its_drawing(client: Client) -> None:
    """Freshmen's list hangs from July 2027 on."""
    before = on_the_day(client, "freshman_grant", datetime.date(2027, 6, 30))
    after = on_the_day(client, "freshman_grant", datetime.date(2027, 7, 1))

    assert "榜上写" not in before and "村级公示（待张榜）" not in before
    assert (
        "村级公示3日（张榜当天不算），榜上写姓名、所在村社区、金额（元），方式：公开栏、网上（示例（南安）：村级公示3日）"
        in after
    )
    assert "失独家庭不上网公示" in after
    assert after.count("村级公示（张榜中）") >= 2


@pytest.mark.parametrize("slug", SLUGS)
def test_a_programmes_page_says_who_may_apply(client: Client, slug: str) -> None:
    first = registry.programme(slug).terms.versions[0].in_force_from
    assert "谁可以申请" in on_the_day(client, slug, max(localdate(), first))


def test_one_that_says_nothing_of_itself_sends_people_to_ask(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = replace(registry.programme("nursing_subsidy"), policy=None)
    monkeypatch.setattr(registry, "programmes", lambda: registry.Programmes({silent.slug: silent}))
    shown = text_of(client, f"/portal/programmes/{silent.slug}/")
    assert "谁可以申请 本页没有写明，请向县计划生育协会询问" in " ".join(shown.split())


def test_the_numbers_are_those_in_force_on_the_day(client: Client) -> None:
    with time_machine.travel("2026-06-30 10:00+08:00"):
        before = text_of(client, "/portal/programmes/nursing_subsidy/")
    with time_machine.travel("2026-07-01 10:00+08:00"):
        after = text_of(client, "/portal/programmes/nursing_subsidy/")

    assert "重度每天120.00元" in before and "每人每年最多补45天" in before
    assert "重度每天130.00元" in after and "每人每年最多补60天" in after


def test_before_any_terms_are_in_force_nothing_is_promised(client: Client) -> None:
    with time_machine.travel("2023-12-31 10:00+08:00"):
        shown = text_of(client, "/portal/programmes/nursing_subsidy/")

    assert "还没有施行的方案，现在不能申请" in shown
    assert "元" not in shown.split("流程图")[0]


def test_nobody_need_log_in_and_nothing_is_asked_of_the_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        client.get("/portal/programmes/nursing_subsidy/")


def test_there_is_no_page_for_what_there_is_not(client: Client) -> None:
    assert client.get("/portal/programmes/unheard_of/").status_code == 404
