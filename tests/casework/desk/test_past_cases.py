"""Cases brought in from elsewhere, on the pages of this house: they are read like any other, and wait for nobody."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.models import Case, Role
from casework.slips import token_of
from tests.workflows.replay.logs import ASKED, NAMES, TIMES, Event, Trace, log, put
from tests.world import World
from workflows.progress import road
from workflows.replay.bringing_in import bring_in

ODD = Trace("<b>NA</b>", [Event(name, time) for name, time in zip(NAMES, TIMES * 3, strict=False)])


def brought_in(folder: Path, *traces: Trace) -> list[Case]:
    row = bring_in(put(folder, log(*traces)), ASKED).log
    return list(Case.objects.filter(programme=row.slug).order_by("pk"))


def page(world: World, role: str, name: str, *args: object) -> str:
    client = Client()
    client.force_login(world.by(role))
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_the_page_of_a_case_tells_its_history(world: World, tmp_path: Path) -> None:
    events = [Event("登记", "2017-01-09T09:17:18Z"), Event("审核", "2017-02-09T09:17:18Z"), Event("登记", "2017-03-09")]
    (case,) = brought_in(tmp_path, Trace("old 17", events))
    html = page(world, Role.COUNTY_APPROVER, "desk:case", case.number)

    for words in (
        "old 17",
        "历史案件：log.xes",
        "登记：接着“审核”",
        "登记：到此结束",
        "历史案件补录",
        "核对无误",
        "历史归档",
    ):
        assert words in html
    assert "2017" in html


@pytest.mark.parametrize("name", ["desk:case", "oversight:history"])
def test_the_pages_show_whatever_a_log_calls_its_activities(world: World, tmp_path: Path, name: str) -> None:
    (case,) = brought_in(tmp_path, ODD)
    role = Role.AUDITOR if name == "oversight:history" else Role.COUNTY_APPROVER
    client = Client()
    client.force_login(world.by(role))
    raw = client.get(reverse(name, args=[case.number])).content.decode()

    assert "<b>NA</b>" not in raw
    assert "对不上" not in raw
    assert "（空白）" in raw


def test_it_is_in_the_list_of_cases_and_in_nobodys_queue(world: World, tmp_path: Path) -> None:
    (case,) = brought_in(tmp_path, Trace("1", [Event("登记")]))

    assert case.number in page(world, Role.INTAKE_CLERK, "desk:cases")
    for role in (Role.INTAKE_CLERK, Role.COUNTY_APPROVER, Role.PAYMENT_OFFICER):
        assert case.number not in page(world, role, "desk:queue")


def test_the_applicants_page_of_such_a_case_opens_too(world: World, tmp_path: Path) -> None:
    (case,) = brought_in(tmp_path, ODD)

    assert Client().get(reverse("portal:open", args=[token_of(case.number)])).status_code == 200


def test_a_case_of_a_thousand_events_is_a_page_of_no_more_statements(world: World, tmp_path: Path) -> None:
    short, long = brought_in(
        tmp_path, Trace("short", [Event("a"), Event("b")]), Trace("long", [Event("a"), Event("b")] * 500)
    )

    def read(case: Case) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as captured:
            html = page(world, Role.COUNTY_APPROVER, "desk:case", case.number)
        return len(captured), html.count("a：接着")

    page(world, Role.COUNTY_APPROVER, "desk:case", short.number)
    few, many = read(short), read(long)
    # Once among the decisions and once in the trail. Of a thousand the last two hundred of each, every second of them
    # `a`, and the trail's very last is that the case was closed.
    assert few[1] == 2
    assert many == (few[0], 100 + 99)


def test_the_margin_shows_the_last_steps_the_case_went_through_each_once(world: World, tmp_path: Path) -> None:
    steps = [f"step {number}" for number in range(30)]
    went = [*steps, "step 3", "step 29"]
    (case,) = brought_in(tmp_path, Trace("1", [Event(name) for name in went]))
    stops = road(case, None, list(case.decisions.all()))

    assert [stop.title for stop in stops] == steps[-12:]
    assert {stop.state for stop in stops} == {"done"}


def test_a_step_the_case_never_went_through_is_not_on_its_road(world: World, tmp_path: Path) -> None:
    beaten = [Trace(str(number), [Event("a"), Event("b"), Event("c")]) for number in range(3)]
    (*_others, case) = brought_in(tmp_path, *beaten, Trace("last", [Event("c")]))

    assert [stop.title for stop in road(case, None, list(case.decisions.all()))] == ["c"]
