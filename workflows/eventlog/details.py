"""What stands in an event's details, taken only for what it is: words retired long ago may hold anything."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from casework.models import Event


def text(event: Event, name: str) -> str:
    """A text; empty when there is none. (`to` of a hand-over is a number: a person.)"""
    value = event.details.get(name)
    return value if isinstance(value, str) else ""


def number(event: Event, name: str) -> int | None:
    """A whole number."""
    value = event.details.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def yuan(event: Event, name: str) -> Decimal | None:
    """A sum of money."""
    try:
        found = Decimal(text(event, name))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def codes(event: Event, name: str) -> str:
    """A list of codes, with spaces between."""
    value = event.details.get(name)
    return " ".join(code for code in value if isinstance(code, str)) if isinstance(value, list) else ""


def numbers(event: Event, name: str) -> frozenset[int]:
    """A list of whole numbers, as a set."""
    value = event.details.get(name)
    return frozenset(each for each in value if isinstance(each, int)) if isinstance(value, list) else frozenset()
