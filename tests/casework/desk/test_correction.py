"""补正告知书: all that is missing on one sheet, for the applicant to take home."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from casework.models import Case, Event, Role
from casework.slips import token_of
from tests.workflows.second_thoughts.stories import BILL, brought, fresh, say, wanting
from tests.world import World
from workflows.history import history
from workflows.papers.wanted import Line


def page(world: World, case: Case, role: str = Role.INTAKE_CLERK, name: str = "correction") -> tuple[int, str]:
    client = Client()
    client.force_login(world.by(role))
    answer = client.get(reverse(f"desk:{name}", args=[case.number]))
    return answer.status_code, unescape(answer.content.decode())


def test_it_lists_what_is_still_missing_why_and_until_when(world: World) -> None:
    case = wanting(world, (BILL, Line(words="出院小结第二页")))
    status, html = page(world, case)
    assert status == 200
    for words in ("补正告知书", "费用清单", "出院小结第二页", "请补2样材料", "材料不齐", "最迟补齐", case.number):
        assert words in html
    assert token_of(case.number) not in html


def test_the_second_time_it_lists_only_what_is_new(world: World) -> None:
    case = wanting(world, (BILL,))
    say(case, "resubmit", world.by(Role.INTAKE_CLERK), ticks=brought(case))
    wanting(world, (Line(words="户口簿"),), case)
    _status, html = page(world, case)
    assert "请补1样材料" in html
    assert "费用清单" not in html


def test_there_is_none_for_a_case_that_waits_for_nothing(world: World) -> None:
    assert page(world, world.case("village"))[0] == 404


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.COUNTY_APPROVER, Role.PAYMENT_OFFICER])
def test_its_code_is_only_for_who_hands_out_slips(world: World, role: str) -> None:
    assert page(world, wanting(world), role)[0] == 403


def test_looking_writes_nothing_and_printing_is_written_down(world: World) -> None:
    case = wanting(world)
    before = fresh(case).trail_seq
    page(world, case)
    assert fresh(case).trail_seq == before
    client = Client()
    client.force_login(world.by(Role.INTAKE_CLERK))
    answer = client.post(reverse("desk:correction_printed", args=[case.number]), follow=True)
    assert "补正告知书已打印" in answer.content.decode()
    event = Event.objects.filter(chain=case.number).latest("seq")
    assert (event.action, event.details["what"]) == ("slip_printed", "papers")
    assert history(fresh(case), [event], [])[0].what == "打印补正告知书"
