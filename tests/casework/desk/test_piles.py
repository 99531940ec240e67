"""What I have most of comes first: by programme and step, counted over the head of my queue."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from casework.desk import queue, queue_view
from casework.desk.queue import Pair, Pile, piles
from casework.models import Role
from tests.workflows.second_thoughts.stories import at
from tests.world import COUNTY, World

MINE = Pair(COUNTY, str(Role.INTAKE_CLERK))


@pytest.fixture
def clerks_page(client: Client, world: World) -> Client:
    client.force_login(world.by(Role.INTAKE_CLERK))
    return client


def shortcuts(client: Client, path: str = "/desk/") -> list[tuple[str, bool]]:
    page = client.get(path).content.decode()
    strip = re.search(r'<nav class="shortcuts".*?</nav>', page, re.DOTALL)
    links = re.findall(r'<a href="[^"]*"( aria-current="true")?>([^<]+)</a>', strip[0]) if strip else []
    return [(words, bool(current)) for current, words in links]


def test_the_biggest_pile_is_first(world: World) -> None:
    for step in ("papers", "intake", "intake", "village"):
        at(world, step)

    assert piles(MINE) == [Pile("nursing_subsidy", "intake", 2), Pile("nursing_subsidy", "papers", 1)]


def test_no_more_than_the_head_of_a_queue_is_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "COUNTED", 2)
    for _number in range(3):
        world.enter()

    assert piles(MINE) == [Pile("nursing_subsidy", "intake", 2)]


def test_the_page_offers_the_piles_and_says_which_is_chosen(world: World, clerks_page: Client) -> None:
    for step in ("papers", "intake", "intake"):
        at(world, step)

    assert shortcuts(clerks_page) == [("住院护理补贴·受理 2", False), ("住院护理补贴·补正 1", False)]
    assert shortcuts(clerks_page, "/desk/?step=nursing_subsidy.papers") == [
        ("住院护理补贴·受理 2", False),
        ("住院护理补贴·补正 1", True),
    ]


def test_one_pile_needs_no_shortcut(world: World, clerks_page: Client) -> None:
    world.enter()

    assert shortcuts(clerks_page) == []


def test_the_page_is_no_catalogue(world: World, clerks_page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [Pile("nursing_subsidy", f"step{number}", 9 - number) for number in range(9)]
    monkeypatch.setattr(queue_view, "piles", lambda pair: many)
    world.enter()

    assert len(shortcuts(clerks_page)) == queue_view.MOST_SHORTCUTS == 6
