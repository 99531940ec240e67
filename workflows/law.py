"""The law, asked by itself: what a verb leads to, what its guards want, who may say it.

Nothing of the law is written down a second time here. The questions go to the transitions of `Case`, with a case that
is never saved: its file is in order (terms, amount, account), and it carries the signatures of the state in question.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, cast

from django.utils.translation import get_language
from django_fsm import GET_STATE, Transition

from casework.models import Capacity, Case, Role, Stage
from casework.models.beside_the_road import BesideTheRoad
from casework.models.law import NOTICE_WORDS, Guard
from casework.models.roles import STANDS_FOR
from workflows.standing import Actor

GIVES: Mapping[str, frozenset[str]] = {
    "pay": frozenset({str(Capacity.APPROVE), str(Capacity.CHECK)}),
    "deliver": frozenset({str(Capacity.APPROVE)}),
}
"""The verbs behind which nothing can be taken back, the money has arrived or the goods are handed over, and whose
signatures each needs besides those the terms ask for."""

UNDOES: Mapping[str, frozenset[str]] = {
    "come_back": frozenset({"pay"}),
    "come_back_anew": frozenset({"settle", "let_stand"}),
}
"""Verbs said of an ended case only when it has ended by one of these. What was paid on every signature can be paid once
more on them; a case that has gone its road again since, and was left as it had been paid, is first decided anew."""

FIRST_STAGE = next(iter(Case.law_targets("submit")))
"""Where a case is when it comes to its first step."""

FACTS = "facts as they are"
AMOUNT = Decimal("1.00")


def required_for_payment(signatures: Iterable[str], verb: str = "pay") -> frozenset[str]:
    """What the terms ask for, the approval, and for money the second person who checks the batch."""
    return frozenset(signatures) | GIVES[verb]


def unsigned(required: Iterable[str], signed: frozenset[str]) -> frozenset[str]:
    """The capacities that are required and neither signed nor stood in for."""
    stands = {str(capacity): str(other) for capacity, other in STANDS_FOR.items()}
    return frozenset(one for one in required if one not in signed and stands.get(one) not in signed)


def verbs() -> list[str]:
    """The verbs of the law, in the order they are written."""
    written = (item for kind in (Case, BesideTheRoad) for item in vars(kind).items())
    return [name for name, verb in written if hasattr(verb, "_django_fsm")]


@functools.cache
def transition(verb: str, stage: str) -> Transition | None:
    """The law's `verb` from `stage`; None when it has none."""
    meta = getattr(getattr(Case, verb, None), "_django_fsm", None)
    return meta.get_transition(stage) if meta else None


def target(verb: str, stage: str, *, stage_before: str = "") -> str | None:
    """The stage `verb` leads to from `stage`; a verb that leads back, to `stage_before`, or nowhere (None) when the law
    does not let it lead back there."""
    found = transition(verb, stage)
    assert found is not None
    if not isinstance(found.target, GET_STATE):
        return str(found.target)
    return stage_before if stage_before in map(str, found.target.allowed_states) else None


def leads_back(verb: str) -> bool:
    """Whether the verb leads to the stage the case was in before, whichever that was."""
    meta = getattr(getattr(Case, verb, None), "_django_fsm", None)
    return any(isinstance(moved.target, GET_STATE) for moved in meta.transitions.values()) if meta else False


def guards(verb: str, stage: str) -> list[Guard]:
    """What stands between `stage` and `verb`."""
    found = transition(verb, stage)
    return [guard for guard in found.conditions if isinstance(guard, Guard)] if found else []


@functools.cache
def permits(verb: str, stage: str, role: str | None) -> bool:
    """Whether somebody acting in `role` (None: the system) may say `verb` in `stage`."""
    found = transition(verb, stage)
    # django-fsm's types want a user of Django's; our permissions ask for no more than somebody's role.
    somebody = cast(Any, Actor(None, "", role=role))
    return found is not None and found.has_perm(_case(stage, frozenset(), ()), somebody)


def missing(
    verb: str,
    stage: str,
    signed: frozenset[str],
    required: tuple[str, ...],
    notices: tuple[str, ...] = (),
    noticed: frozenset[str] = frozenset(),
) -> tuple[str, ...]:
    """What the guards of `verb` still want, in their own words; empty when they hold. `notices` are the places in which
    the case must have hung, `noticed` those in which it has, as it is now.

    A case may or may not have been paid before (a review can open it again), and may be about our money, goods, or what
    others pay: the better for the verb counts.
    """
    found = transition(verb, stage)
    if found is None or not found.conditions:
        return ()
    return _missing(verb, stage, signed, required, (notices, noticed), get_language())


def lets(
    verb: str,
    stage: str,
    signed: frozenset[str],
    required: tuple[str, ...],
    notices: tuple[str, ...] = (),
    noticed: frozenset[str] = frozenset(),
) -> bool:
    """Whether the guards of `verb` hold: as `missing`, without a word. The proof asks it a million times."""
    found = transition(verb, stage)
    return found is None or not found.conditions or _lets(verb, stage, signed, required, (notices, noticed))


Hung = tuple[tuple[str, ...], frozenset[str]]


@functools.lru_cache(maxsize=8192)
def _missing(
    verb: str, stage: str, signed: frozenset[str], required: tuple[str, ...], hung: Hung, language: str | None
) -> tuple[str, ...]:
    files = _files(stage, signed, required, hung)
    return min((tuple(case.missing_for(verb)) for case in files), key=len)


@functools.lru_cache(maxsize=65536)
def _lets(verb: str, stage: str, signed: frozenset[str], required: tuple[str, ...], hung: Hung) -> bool:
    return any(not case.missing_for(verb) for case in _files(stage, signed, required, hung))


def _files(stage: str, signed: frozenset[str], required: tuple[str, ...], hung: Hung) -> Iterator[Case]:
    """The case with every kind of money, paid before and not, one after the other."""
    for pays_by in Case.PaysBy.values:
        for paid in (Decimal("0.00"), AMOUNT):
            case = _case(stage, signed, required, paid=paid, pays_by=pays_by)
            case.notices_required, case.noticed = list(hung[0]), dict.fromkeys(hung[1], case.notice_mark)
            yield case


def speakers(verb: str, stage: str) -> list[str]:
    """The roles that may say `verb` in `stage`, in words; none where nobody says it and it follows of itself."""
    found = transition(verb, stage)
    roles: frozenset[str] = getattr(found.permission, "roles", frozenset()) if found else frozenset()
    return [str(role.label) for role in Role if role in roles]


def word(stage: str) -> str:
    return f"“{Stage(stage).label}”"


def words(stages: Iterable[str]) -> str:
    """Stages in the order of the road."""
    held = set(stages)
    return "、".join(word(stage) for stage in Stage.values if stage in held)


def labels(capacities: Iterable[str]) -> list[str]:
    """Capacities in words, in the order they act."""
    held = set(capacities)
    return [f"“{capacity.label}”" for capacity in Capacity if capacity in held]


def notice_words(places: Iterable[str]) -> list[str]:
    """Places of a notice in words."""
    return [f"“{NOTICE_WORDS.get(place, place)}”" for place in places]


def _case(
    stage: str,
    signed: frozenset[str],
    required: tuple[str, ...],
    *,
    paid: Decimal = Decimal("0.00"),
    pays_by: str = Case.PaysBy.CARD,
) -> Case:
    """A case in that stage with its file in order, and those signatures. A copy each time: a case is slow to make,
    and the proof asks of thousands."""
    case = Case.__new__(Case)
    case.__dict__.update(_file_in_order(stage, required, paid, pays_by).__dict__)
    case.signatures = dict.fromkeys(signed, FACTS)
    return case


@functools.cache
def _file_in_order(stage: str, required: tuple[str, ...], paid: Decimal, pays_by: str) -> Case:
    return Case(
        stage=stage,
        terms_version="2000-01-01",
        amount=AMOUNT,
        paid_amount=paid,
        pays_by=pays_by,
        payee_account_id=1,
        facts_digest=FACTS,
        signatures_required=list(required),
    )
