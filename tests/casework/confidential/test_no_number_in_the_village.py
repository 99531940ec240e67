"""Below the county a confidential case is not there at all: in a village its number alone would say whose it is."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from casework.models import Case, Role
from tests.casework.strangers.everything import patterns
from tests.factories import StaffFactory, places
from tests.workflows.programmes.rights_case.stories import fresh, rights_of
from tests.world import COUNTY, TOWNSHIP, VILLAGE
from workflows import registry

BELOW = [
    (Role.VILLAGE_VERIFIER, VILLAGE),
    (Role.AUDITOR, VILLAGE),
    (Role.SUPERVISOR, VILLAGE),
    (Role.TOWNSHIP_REVIEWER, TOWNSHIP),
    (Role.SUPERVISOR, TOWNSHIP),
    (Role.AUDITOR, TOWNSHIP),
    (Role.OFFICE_HEAD, TOWNSHIP),
]


@pytest.fixture
def ended(db: None) -> Case:
    """A rights case that has come to its end."""
    places()
    rights = rights_of()
    case = rights.at("closing")
    rights.say(case, "approve_close")
    return fresh(case)


def courses_of(client: Client) -> int:
    flow = registry.programme("rights_case").flow
    answer = client.get(reverse("oversight:courses"), {"flow": f"rights_case.{flow.version}", "county": COUNTY})
    assert answer.status_code == 200
    return int(answer.context["found"].cases)


@pytest.mark.parametrize(("role", "office"), BELOW, ids=str)
def test_no_list_below_the_county_has_its_number(client: Client, ended: Case, role: str, office: str) -> None:
    client.force_login(StaffFactory(post=(role, office)))
    lists = [name for name, _route, holes in patterns() if not holes and name.startswith(("desk:", "oversight:"))]
    told = [name for name in lists if ended.number in client.get(reverse(name), follow=True).content.decode()]
    assert told == []
    history = reverse("oversight:history", args=[ended.number])
    nobodys = reverse("oversight:history", args=["WQ430922202699999"])
    assert client.get(history).status_code == client.get(nobodys).status_code in (403, 404)


def test_how_many_there_were_is_counted_for_the_county_and_for_no_part_of_it(client: Client, ended: Case) -> None:
    for office, count in ((COUNTY, 1), (TOWNSHIP, 0), (VILLAGE, 0)):
        client.force_login(StaffFactory(post=(Role.SUPERVISOR, office)))
        assert courses_of(client) == count, office


def test_a_countys_auditor_is_told_its_number(client: Client, ended: Case) -> None:
    client.force_login(StaffFactory(post=(Role.AUDITOR, COUNTY)))
    assert ended.number in client.get(reverse("oversight:home")).content.decode()
