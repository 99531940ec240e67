"""What many acts leave is written together, and nothing of it is lost on the way."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from django.utils.timezone import now

from workflows.ledger import PASSING, Ledger

CONTENTS = [one.name for one in fields(Ledger) if one.name not in PASSING]


def filled(mark: str) -> Ledger:
    """Something in every part of it, whatever parts there are."""
    ledger = Ledger(at=now())
    for name in CONTENTS:
        held = getattr(ledger, name)
        held.add(mark) if isinstance(held, set) else held.append(mark)
    return ledger


def contents(ledger: Ledger) -> dict[str, list[Any]]:
    return {name: sorted(getattr(ledger, name)) for name in CONTENTS}


def test_a_ledger_takes_in_every_part_of_another_and_leaves_it_empty() -> None:
    one, other = filled("first"), filled("second")
    one.take_in(other)
    assert contents(one) == {name: ["first", "second"] for name in CONTENTS}
    assert contents(other) == {name: [] for name in CONTENTS}
    assert other.is_empty() and not one.is_empty()


def test_a_leaf_that_is_used_again_takes_nothing_back() -> None:
    one, leaf = Ledger(at=now()), filled("first")
    one.take_in(leaf)
    for name in CONTENTS:
        held = getattr(leaf, name)
        held.add("next") if isinstance(held, set) else held.append("next")
    assert contents(one) == {name: ["first"] for name in CONTENTS}


@pytest.mark.parametrize("name", CONTENTS)
def test_a_ledger_with_anything_in_it_is_not_empty(name: str) -> None:
    ledger = Ledger(at=now())
    assert ledger.is_empty()
    held = getattr(ledger, name)
    held.add("one") if isinstance(held, set) else held.append("one")
    assert not ledger.is_empty()
