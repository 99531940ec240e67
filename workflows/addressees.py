"""Whose a message to staff is, in the words it is kept under: a person's, a queue's, or an office's."""

from __future__ import annotations

AUDIENCE = "staff"


def person(staff_id: int) -> str:
    return f"staff:{staff_id}"


def queue(office: str, role: str) -> str:
    """All who work there in that role."""
    return f"queue:{office}.{role}"


def office(code: str) -> str:
    return f"office:{code}"
