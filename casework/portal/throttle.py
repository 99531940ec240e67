"""Guessing codes takes time: so many wrong tries from an address, or at a number, and both must wait.

Counted in Django's cache under keyed hashes: it holds no address and no case number. Only what was wrong counts,
so a village that looks up all its families from one computer is never shut out; and a scanned slip is not counted.
"""

from __future__ import annotations

from django.core.cache import cache

from casework.crypto import lookup_hash

WRONG_FROM_AN_ADDRESS = 30
WRONG_AT_A_NUMBER = 10
FORGET = 900
"""Seconds after the first wrong try in which the others are counted, and how long the wait may be."""


def must_wait(address: str, number: str) -> bool:
    """Whether there have been too many wrong tries. A number that does not exist is counted like any other."""
    return (
        cache.get(_key("address", address), 0) >= WRONG_FROM_AN_ADDRESS
        or cache.get(_key("number", number), 0) >= WRONG_AT_A_NUMBER
    )


def note_wrong(address: str, number: str) -> None:
    for kind, value in (("address", address), ("number", number)):
        key = _key(kind, value)
        if not cache.add(key, 1, FORGET):
            _count(key)


def _count(key: str) -> None:
    try:
        cache.incr(key)
    except ValueError:
        # Forgotten between the two: this is the first of the next quarter of an hour.
        cache.set(key, 1, FORGET)


def _key(kind: str, value: str) -> str:
    return "status:" + lookup_hash(f"status-{kind}", value)


OBJECTIONS_FROM_AN_ADDRESS = 5
OBJECTIONS_TO_A_NOTICE = 40
AN_HOUR = 3600


def too_many_objections(address: str, notice: str) -> bool:
    """Whether so many have been handed in from an address, or against a notice, that it looks like somebody who wants
    to stop a whole list. Only what was taken counts; the desk takes objections without any count."""
    return (
        cache.get(_objected("address", address), 0) >= OBJECTIONS_FROM_AN_ADDRESS
        or cache.get(_objected("notice", notice), 0) >= OBJECTIONS_TO_A_NOTICE
    )


def note_objection(address: str, notice: str) -> None:
    for kind, value in (("address", address), ("notice", notice)):
        key = _objected(kind, value)
        if not cache.add(key, 1, AN_HOUR):
            _count(key)


def _objected(kind: str, value: str) -> str:
    return "objected:" + lookup_hash(f"objected-{kind}", value)
