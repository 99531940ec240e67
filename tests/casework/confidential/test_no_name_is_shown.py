"""Every page of staff × everybody who does not keep a confidential case: none shows whose it is, or against whom.

The addresses are read from the site itself, so that a page added tomorrow is looked at too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from casework.access import KEEPERS
from casework.models import Case, RightsAct, Role, WorkItem
from tests.factories import StaffFactory, places
from tests.workflows.programmes.rights_case.stories import EMPLOYER, IDENTITY, NAME, PHONE, Rights, rights_of
from tests.world import COUNTY, TOWNSHIP, VILLAGE, open_item

SECRETS = (NAME, IDENTITY, PHONE, EMPLOYER, "其子在厂区作业时身亡", "东江镇")
ELSEWHERE = "430102"
MAY_NOT = [(role, COUNTY) for role in Role.values if role not in KEEPERS] + [
    (Role.VILLAGE_VERIFIER, VILLAGE),
    (Role.TOWNSHIP_REVIEWER, TOWNSHIP),
    (Role.OFFICE_HEAD, TOWNSHIP),
    (Role.SUPERVISOR, TOWNSHIP),
    (Role.RIGHTS_OFFICER, ELSEWHERE),
    (Role.OFFICE_HEAD, ELSEWHERE),
    (Role.AUDITOR, "43"),
    (Role.SUPERVISOR, "4309"),
]
MAY = [
    (Role.RIGHTS_OFFICER, COUNTY),
    (Role.OFFICE_HEAD, COUNTY),
    (Role.OFFICE_HEAD, "4309"),
    (Role.RIGHTS_OFFICER, "43"),
]


@pytest.fixture
def rights(db: None) -> Rights:
    places()
    return rights_of()


@pytest.fixture
def case(rights: Rights) -> Case:
    case = rights.referred()
    WorkItem.objects.filter(process=case, finished__isnull=True).update(due_at="2026-11-02T09:30:00Z")
    return case


def pages() -> Iterator[tuple[str, dict[str, str]]]:
    """Name and converters of every address of the desk and of oversight."""
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and resolver.app_name in ("desk", "oversight"):
            yield from _inside(resolver, str(resolver.app_name), {})


def _inside(resolver: URLResolver, space: str, above: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    for pattern in resolver.url_patterns:
        names = {**above, **{name: type(kind).__name__ for name, kind in pattern.pattern.converters.items()}}
        if isinstance(pattern, URLResolver):
            inner = f"{space}:{pattern.namespace}" if pattern.namespace else space
            yield from _inside(pattern, inner, names)
        else:
            yield f"{space}:{pattern.name}", names


ANYTHING = {"IntConverter": 1, "UUIDConverter": "00000000-0000-0000-0000-000000000000"}


def addresses(case: Case) -> Iterator[str]:
    """Each page with the case put wherever it can be put."""
    pk = RightsAct.objects.get(case=case).pk
    given: dict[str, Any] = {"number": case.number, "item_id": open_item(case).pk, "pk": pk, "year": 2026}
    for name, converters in pages():
        known = {one: given.get(one, ANYTHING.get(kind, "suspend")) for one, kind in converters.items()}
        yield reverse(name, kwargs=known)
    yield reverse("desk:due") + "?view=month&day=2026-11-02&list=2026-11-02"
    yield reverse("desk:due") + "?list=overdue"
    yield reverse("desk:cases") + "?programme=rights_case"
    yield reverse("oversight:home") + f"?number={case.number}"


def shown(client: Client, url: str) -> str:
    """What a page says, whatever its status; a page that only takes a POST says nothing."""
    answer = client.get(url, follow=True)
    return (
        b"".join(answer.streaming_content).decode("utf-8", "replace") if answer.streaming else answer.content.decode()
    )


def found_in(body: str) -> list[str]:
    return [secret for secret in SECRETS if secret in body]


def test_every_page_is_looked_at(case: Case) -> None:
    assert len(list(addresses(case))) > 50
    assert {"desk:case", "desk:queue", "desk:search", "oversight:history"} <= {name for name, _kinds in pages()}


@pytest.mark.parametrize(("role", "office"), MAY_NOT, ids=str)
def test_nobody_but_its_keepers_is_shown_whose_case_it_is_on_any_page_or_finds_it(
    client: Client, case: Case, role: str, office: str
) -> None:
    client.force_login(StaffFactory(post=(role, office)))
    told = {url: found_in(shown(client, url)) for url in addresses(case)}
    assert {url: names for url, names in told.items() if names} == {}
    page = reverse("desk:case", args=[case.number])
    assert client.get(page).status_code == 404
    for words in (NAME, NAME[:2], "xqy", case.number, IDENTITY, PHONE):
        # What was typed may be said again; the case it leads to may not.
        assert page not in client.post(reverse("desk:search"), {"q": words}, follow=True).content.decode(), words


@pytest.mark.parametrize(("role", "office"), MAY, ids=str)
def test_its_keepers_and_those_above_open_it_and_lists_name_nobody_even_to_them(
    client: Client, case: Case, role: str, office: str
) -> None:
    client.force_login(StaffFactory(post=(role, office)))
    page = shown(client, reverse("desk:case", args=[case.number]))
    assert NAME in page
    # A title stays in the history of a browser that others use.
    assert NAME not in page.partition("<title>")[2].partition("</title>")[0]
    for name in ("desk:queue", "desk:cases", "desk:rights", "desk:due", "desk:inbox"):
        assert found_in(shown(client, reverse(name))) == [], name
    listed = shown(client, reverse("desk:cases"))
    assert case.number in listed and "协会协商" in listed
    found = client.post(reverse("desk:search"), {"q": NAME}, follow=True).content.decode()
    assert case.number in found and "川门湾" not in found


def test_an_auditor_sees_number_channel_stage_money_and_digests(client: Client, case: Case) -> None:
    client.force_login(StaffFactory(post=(Role.AUDITOR, COUNTY)))
    body = shown(client, reverse("oversight:history", args=[case.number]))
    for words in (case.number, "协会协商", "外单位办理中", "主张", "5000.00", case.trail_head[:12], "转办"):
        assert words in body, words
    assert "情况属实" not in body and "另写了理由" in body


def test_whose_queue_it_waits_in_may_read_it_while_it_does(client: Client, rights: Rights) -> None:
    case = rights.at("internal_review")
    client.force_login(rights.approver)
    url = reverse("desk:case", args=[case.number])
    assert client.get(url).status_code == 200
    rights.say(case, "uphold", "decision_right")
    assert client.get(url).status_code == 404
