"""The page of how cases really ran."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.models import Role, Staff
from tests import factories
from tests.world import World

pytestmark = pytest.mark.django_db

URL = "oversight:courses"


def at_desk(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def test_the_flow_is_drawn_with_how_often_each_way_was_taken(world: World) -> None:
    for _ in range(2):
        world.case(at="end")

    page = at_desk(world.by(Role.AUDITOR)).get(reverse(URL), {"flow": "nursing_subsidy.2"}).content.decode()

    assert "这一年办结2件" in page
    assert "<svg" in page and "核实通过 2" in page
    assert "受理 → 村级核实 → 乡镇审核 → 县级审批 → 列入发放批次 → 发放复核 → 银行回盘" in page
    assert "没有返工的案件" in page


def test_it_opens_with_the_programme_of_which_most_cases_ended_in_the_year(world: World) -> None:
    """Not with the first by name; of another county's cases it knows nothing."""
    client = at_desk(world.by(Role.AUDITOR))
    assert client.get(reverse(URL)).context["title"] != "住院护理补贴（流程第2版）"
    world.case(at="end")
    world.case(at="village")

    assert client.get(reverse(URL)).context["title"] == "住院护理补贴（流程第2版）"
    assert client.get(reverse(URL), {"year": "2020"}).context["title"] != "住院护理补贴（流程第2版）"
    elsewhere = at_desk(factories.StaffFactory(post=(Role.AUDITOR, "430102")))
    assert elsewhere.get(reverse(URL)).context["title"] != "住院护理补贴（流程第2版）"


def test_a_year_without_cases_and_words_nobody_understands_are_a_page_all_the_same(world: World) -> None:
    client = at_desk(world.by(Role.SUPERVISOR))

    page = client.get(reverse(URL), {"year": "2020", "county": "430922", "flow": "nursing_subsidy.1"})
    strange = client.get(reverse(URL), {"year": "去年", "county": "999999", "flow": "nothing"})

    assert "这一年没有办结的案件" in page.content.decode()
    assert "流程第1版" in page.content.decode()
    assert strange.status_code == 200


def test_a_county_of_somebody_else_is_not_shown(world: World) -> None:
    world.case(at="end")
    auditor = factories.StaffFactory(post=(Role.AUDITOR, "430102"))

    page = at_desk(auditor).get(reverse(URL), {"county": "430922"}).content.decode()

    assert "这一年办结0件" in page


def test_only_auditors_and_supervisors_may_look(world: World) -> None:
    assert at_desk(world.by(Role.INTAKE_CLERK)).get(reverse(URL)).status_code == 403


def test_it_costs_the_same_however_many_cases(world: World) -> None:
    client = at_desk(world.by(Role.AUDITOR))
    world.case(at="end")
    client.get(reverse(URL))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(URL))
    for _ in range(4):
        world.case(at="end")

    with CaptureQueriesContext(connection) as many:
        client.get(reverse(URL))

    assert len(many) == len(few) <= 8
