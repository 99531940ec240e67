"""Guessing passwords takes time: after five failures of an account from an address, each further one waits.

Counted in Django's cache, under a keyed hash, so the cache holds no account's name. An account that does not exist
is counted like any other: the wait tells nobody anything.
"""

from __future__ import annotations

from django.core.cache import cache
from django.utils.timezone import now

from casework.crypto import lookup_hash

FREE = 5
WAITS = (60, 120, 300, 600, 900)
"""Seconds to wait after the fifth failure, the sixth …; the last stands for all that follow."""
FORGET = 3600


def seconds_to_wait(account: str, address: str) -> int:
    """How long until this account may be tried again from there; 0 when now."""
    _failures, until = _state(account, address)
    return max(0, round(until - now().timestamp()))


def note_failure(account: str, address: str) -> None:
    failures = _state(account, address)[0] + 1
    wait = WAITS[min(failures - FREE, len(WAITS) - 1)] if failures >= FREE else 0
    cache.set(_key(account, address), (failures, now().timestamp() + wait), FORGET)


def note_success(account: str, address: str) -> None:
    cache.delete(_key(account, address))


def _state(account: str, address: str) -> tuple[int, float]:
    found: tuple[int, float] = cache.get(_key(account, address), (0, 0.0))
    return found


def _key(account: str, address: str) -> str:
    return "login:" + lookup_hash("login", f"{account.strip().casefold()}|{address}")
