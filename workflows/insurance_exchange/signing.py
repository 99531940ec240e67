"""How a request and its reply are signed between us and an insurer, whichever of the two asks. 签名

HMAC-SHA-256 with a secret both hold, over these lines joined by a line feed::

    NUANXIN-HMAC-SHA256            the scheme; a reply's is NUANXIN-HMAC-SHA256-REPLY
    POST                           the method; of a reply the status, three digits
    /nuanxin/claims?x=y            the target as it stands in the request line; of a reply the nonce of its request
    1764212400                     the time, seconds since 1970 UTC
    5f1c…                          a nonce: 32 hex digits, never used twice
    9f86…                          sha-256 of the body, 64 hex digits
    TJ-2026                        the key's id

All but the first three travel in headers. A reply is bound to its request by that request's nonce, so an old one cannot
be passed off for it. docs/insurance-exchange.md holds this with examples.
"""

from __future__ import annotations

import hmac
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Protocol

SCHEME: Final = "NUANXIN-HMAC-SHA256"
REPLY_SCHEME: Final = "NUANXIN-HMAC-SHA256-REPLY"
KEY: Final = "X-Nuanxin-Key"
TIME: Final = "X-Nuanxin-Time"
NONCE: Final = "X-Nuanxin-Nonce"
DIGEST: Final = "X-Nuanxin-Digest"
SIGNATURE: Final = "X-Nuanxin-Signature"

WINDOW: Final = 300
"""Seconds a clock may be wrong, either way; and how long a nonce must be remembered: twice that."""

SHORTEST_SECRET: Final = 32

_NONCE: Final = re.compile(r"[0-9a-f]{32}")
_TIME: Final = re.compile(r"[0-9]{1,12}")


class Headers(Protocol):
    """Headers by name: a dictionary, or what HTTP libraries give."""

    def get(self, name: str, /) -> Any: ...


class Distrusted(Exception):
    """A request or reply that is not to be believed. `code` says why; it says nothing of what was in it."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Key:
    """What two sides share."""

    id: str
    secret: str

    def __repr__(self) -> str:
        return f"<Key {self.id}>"


@dataclass(frozen=True, slots=True)
class Trusted:
    """A signature that held. `skew` is how many seconds the other clock is ahead of ours."""

    nonce: str
    skew: int


def signed(
    key: Key, method: str, target: str, body: bytes, *, at: float | None = None, nonce: str = ""
) -> dict[str, str]:
    """The headers of a request. `nonce` is given only by examples."""
    return _headers(key, SCHEME, method, target, body, at, nonce or secrets.token_hex(16))


def signed_reply(key: Key, status: int, request_nonce: str, body: bytes, *, at: float | None = None) -> dict[str, str]:
    """The headers of the reply to the request with that nonce."""
    return _headers(key, REPLY_SCHEME, f"{status:03d}", request_nonce, body, at, secrets.token_hex(16))


def check(
    key: Key,
    method: str,
    target: str,
    headers: Headers,
    body: bytes,
    *,
    is_new: Callable[[str], bool],
    at: float | None = None,
) -> Trusted:
    """Whether a request is from whoever holds the key, untouched, of now, and here for the first time.

    Raises `Distrusted`: unsigned, key, signature, digest, clock or replayed. `is_new` remembers a nonce and says
    whether it is; it is asked last, so that nobody without the key can fill its memory.
    """
    found = _checked(key, SCHEME, method, target, headers, body, at)
    if not is_new(found.nonce):
        raise Distrusted("replayed")
    return found


def check_reply(
    key: Key, status: int, request_nonce: str, headers: Headers, body: bytes, *, at: float | None = None
) -> Trusted:
    """Whether this is the other side's reply to our very request. Raises `Distrusted`."""
    return _checked(key, REPLY_SCHEME, f"{status:03d}", request_nonce, headers, body, at)


def _headers(
    key: Key, scheme: str, first: str, second: str, body: bytes, at: float | None, nonce: str
) -> dict[str, str]:
    moment = str(int(time.time() if at is None else at))
    digest = sha256(body).hexdigest()
    signature = _signature(key, scheme, first, second, moment, nonce, digest)
    return {KEY: key.id, TIME: moment, NONCE: nonce, DIGEST: digest, SIGNATURE: signature}


def _signature(key: Key, *lines: str) -> str:
    return hmac.new(key.secret.encode(), "\n".join((*lines, key.id)).encode(), sha256).hexdigest()


def _checked(
    key: Key, scheme: str, first: str, second: str, headers: Headers, body: bytes, at: float | None
) -> Trusted:
    moment, nonce = headers.get(TIME) or "", headers.get(NONCE) or ""
    digest, signature = headers.get(DIGEST) or "", headers.get(SIGNATURE) or ""
    if not (_TIME.fullmatch(moment) and _NONCE.fullmatch(nonce) and digest and signature):
        raise Distrusted("unsigned")
    if headers.get(KEY) != key.id:
        raise Distrusted("key")
    expected = _signature(key, scheme, first, second, moment, nonce, digest)
    # Bytes: compare_digest refuses text that is not ASCII, which a stranger may well send.
    if not hmac.compare_digest(expected.encode(), signature.encode(errors="replace")):
        raise Distrusted("signature")
    if not hmac.compare_digest(sha256(body).hexdigest().encode(), digest.encode(errors="replace")):
        raise Distrusted("digest")
    skew = int(moment) - int(time.time() if at is None else at)
    if abs(skew) > WINDOW:
        raise Distrusted("clock")
    return Trusted(nonce, skew)
