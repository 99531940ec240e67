"""Every address × people from elsewhere: what there is there is answered to the letter like what there is not.

The addresses are read from the site itself: one that is added tomorrow is asked too, or fails until it is said what its
pages show (`everything.build`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from casework.models import Division, Event, Office, Post, Role, Staff
from notifications.models import Outbox
from tests.casework.strangers.everything import Everything, build, patterns
from tests.factories import LONG_AGO, OfficeFactory, StaffFactory
from tests.workflows.programmes.insurance_claim.stories import clerk_of
from tests.world import COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE, World

ELSEWHERE = ("430102", "430102001", "430102001001")
CHANGES_EACH_TIME = re.compile(
    r'csrfmiddlewaretoken" value="[^"]*"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|value="[0-9a-f]{32}"'
)


@pytest.fixture
def everything(world: World) -> Everything:
    return build(world)


def somebody(*posts: tuple[str, str], **dates: Any) -> Staff:
    staff: Staff = StaffFactory()
    for role, place in posts:
        Post.objects.create(
            staff=staff, office=OfficeFactory(division_id=place), role=role, **{"valid_from": LONG_AGO, **dates}
        )
    return staff


def of_elsewhere() -> Staff:
    """Every role there is at every level of another county, whose insurer they work for too."""
    for code, name in zip(ELSEWHERE[1:], ("通泰街", "西园社区"), strict=True):
        Division.objects.create(code=code, name=name, level=len(code), parent_id=code[:-3], valid_from=LONG_AGO)
    everyone = somebody(*((role, place) for place in ELSEWHERE for role in Role.values))
    office = OfficeFactory(division_id=ELSEWHERE[0], kind=Office.Kind.INSURER, name="安心人寿芙蓉支公司")
    Post.objects.create(staff=everyone, office=office, role=Role.INSURER_CLERK, valid_from=LONG_AGO)
    return everyone


def of_another_insurer() -> Staff:
    return clerk_of(OfficeFactory(division_id=COUNTY, kind=Office.Kind.INSURER, name="平安桃江支公司"))


def of_the_insurer_long_ago() -> Staff:
    staff: Staff = StaffFactory()
    office = Office.objects.get(kind=Office.Kind.INSURER, products__isnull=False)
    Post.objects.create(staff=staff, office=office, role=Role.INSURER_CLERK, valid_from=LONG_AGO, valid_to=LONG_AGO)
    return staff


def whose_posts_have_ended() -> Staff:
    return somebody(*((role, COUNTY) for role in Role.values), valid_to=LONG_AGO)


def without_any_post() -> Staff:
    return somebody()


def of_the_village_next_door() -> Staff:
    return somebody((Role.VILLAGE_VERIFIER, OTHER_VILLAGE), (Role.TOWNSHIP_REVIEWER, OTHER_VILLAGE[:9]))


STRANGERS: tuple[Callable[[], Staff], ...] = (
    of_elsewhere,
    of_another_insurer,
    of_the_insurer_long_ago,
    whose_posts_have_ended,
    without_any_post,
    of_the_village_next_door,
)
COUNTYWIDE = "desk:visit_round"
"""A county's round is every village's of it: its own part of it is what a village reads there, and it keeps none."""


def answered(client: Client, url: str, method: str) -> tuple[int, str]:
    """Status, and all that is read, without what differs each time and without the address itself."""
    answer = getattr(client, method)(url, follow=True)
    assert not answer.streaming
    assert "no-store" in answer.headers["Cache-Control"], url
    last = answer.redirect_chain[-1][0] if answer.redirect_chain else url
    page = CHANGES_EACH_TIME.sub("", answer.content.decode("utf-8", "replace"))
    for address in sorted({url, last}, key=len, reverse=True):
        page = page.replace(address, "@")
    return answer.status_code, page


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda one: one.__name__)
def test_what_is_not_theirs_is_answered_like_what_there_is_not(
    client: Client, everything: Everything, stranger: Callable[[], Staff]
) -> None:
    client.force_login(stranger())
    before = Event.objects.count(), Outbox.objects.count()
    asked, wrong = 0, []
    for name, url, nobodys in everything.addresses():
        if stranger is of_the_village_next_door and name.startswith(COUNTYWIDE):
            continue
        for method in ("get", "post"):
            there, nowhere = answered(client, url, method), answered(client, nobodys, method)
            asked += 1
            if there[0] < 400 and "/login/" not in url:
                wrong.append((name, method, there[0]))
            if there != nowhere:
                wrong.append((name, method, there[0], nowhere[0]))
            wrong += [(name, method, word) for word in everything.names if word in there[1]]
    assert wrong == []
    assert asked > 150
    assert (Event.objects.count(), Outbox.objects.count()) == before


def test_a_list_names_nobody_to_a_stranger(client: Client, everything: Everything) -> None:
    client.force_login(of_elsewhere())
    asked = [
        *(
            reverse(name)
            for name, _route, holes in patterns()
            if not holes and name.startswith(("desk:", "oversight:"))
        ),
        *(f"{reverse('desk:coverage')}?place={place}" for place in (COUNTY, TOWNSHIP, VILLAGE)),
        f"{reverse('desk:cases')}?place={VILLAGE}",
        f"{reverse('desk:due')}?office={COUNTY}",
        f"{reverse('desk:notice_post')}?programme=special_aid&place=village_notice&office={VILLAGE}",
        f"{reverse('desk:insurer_claims')}?show=all",
        f"{reverse('oversight:courses')}?county={COUNTY}&year=2026",
        *(f"{reverse('desk:orders')}?state={state}" for state in ("open", "answered", "struck_off")),
    ]
    assert len(asked) > 50
    told = {url: [name for name in everything.names if name in answered(client, url, "get")[1]] for url in asked}
    assert {url: names for url, names in told.items() if names} == {}


def test_to_look_changes_nothing_even_for_who_may_do_everything(client: Client, everything: Everything) -> None:
    """And what strangers are refused is there: insiders find it."""
    places = (COUNTY, TOWNSHIP, VILLAGE)
    client.force_login(somebody(*((role, place) for place in places for role in Role.values)))
    before = Event.objects.count(), Outbox.objects.count()
    found = set()
    for name, url, _nobodys in everything.addresses():
        answer = client.get(url)
        assert answer.status_code < 500 or name in ("desk:evidence", "desk:notice_photograph", "desk:import_copy"), url
        found |= {name} if answer.status_code in (200, 302) else set()
    assert (Event.objects.count(), Outbox.objects.count()) == before
    must = """
        case item visit_round family notice batch insurance_policy order person import line insurers_batch
        insurers_answers visit_nominate rights_letter
    """
    for name in must.split():
        assert f"desk:{name}" in found, name
    assert {"oversight:history", "oversight:check_up_kind"} <= found


def test_every_page_says_by_which_methods_it_is_asked(client: Client, everything: Everything) -> None:
    places = (COUNTY, TOWNSHIP, VILLAGE)
    client.force_login(somebody(*((role, place) for place in places for role in Role.values)))
    plain = [
        name for name, _route, holes in patterns() if not holes and name.startswith(("desk:", "oversight:", "portal:"))
    ]
    asked = [(name, reverse(name)) for name in plain]
    asked += [(name, url) for name, url, _nobodys in everything.addresses()]
    assert {name for name, url in asked if client.delete(url).status_code != 405} == set()
