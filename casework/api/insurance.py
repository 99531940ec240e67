"""An insurer tells us of its own accord: answers pushed, signed as everything between us is.

No login and no cookie: the signature is who is speaking. Nothing is read of a body before it has been weighed, and
nothing is done about it before the signature holds; the reply is signed too.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from casework.models import InsurerConnection, InsurerNonce
from workflows.insurance_exchange.connections import key_of
from workflows.insurance_exchange.messages import NotUnderstood, canonical, read_answers
from workflows.insurance_exchange.problems import for_the_insurer
from workflows.insurance_exchange.signing import KEY, NONCE, Distrusted, Key, check, signed_reply
from workflows.insurance_exchange.taking import Became, Road, Voice, take_said

log = logging.getLogger("nuanxin.insurance")

LARGEST: Final = 1 << 20
MOST: Final = 200
"""Answers in one push: each is a transaction of its own, and a request should not take minutes."""


@csrf_exempt
@never_cache
@require_POST
def answers(request: HttpRequest) -> HttpResponse:
    """Take what an insurer says, and say of each what became of it. The same again changes nothing."""
    connection = _connection(request)
    if connection is None:
        return _plain(401, "key")
    key = key_of(connection)
    if _length(request) > LARGEST:
        return _plain(413, "too_large")
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return _plain(413, "too_large")
    try:
        check(
            key, "POST", request.get_full_path(), request.headers, body, is_new=lambda nonce: _is_new(connection, nonce)
        )
    except Distrusted as problem:
        log.warning("connection %s: a push was not believed: %s", connection.pk, problem.code)
        # Only to whoever holds the key is more said than no: its own clock, and that it has said this before.
        told = problem.code in ("clock", "replayed")
        return _signed(request, key, 401, {"code": problem.code}) if told else _plain(401, problem.code)
    return _taken(request, connection, key, body)


def _taken(request: HttpRequest, connection: InsurerConnection, key: Key, body: bytes) -> HttpResponse:
    try:
        said = read_answers(body)
    except NotUnderstood as problem:
        return _signed(request, key, 422, {"code": "not_understood", "field": problem.field, "sentence": str(problem)})
    if len(said) > MOST:
        return _signed(request, key, 422, {"code": "too_many", "most": MOST})
    voice = Voice(connection, Road.PUSH)
    results = [_result(take_said(one, voice)) for one in said]
    return _signed(request, key, 200, {"results": results})


def _result(became: Became) -> dict[str, Any]:
    """What the insurer is told: our own words for it stay here where they could name somebody else's claim."""
    code = for_the_insurer(became.code)
    result = {"id": became.id, "state": became.state, "known": became.known}
    return result | ({"code": code} if code else {})


def _connection(request: HttpRequest) -> InsurerConnection | None:
    found = InsurerConnection.objects.select_related("office", "clerk").filter(enabled=True)
    return found.filter(key_id=request.headers.get(KEY) or "").first()


def _is_new(connection: InsurerConnection, nonce: str) -> bool:
    """Remember a nonce, and say whether it is. The database lets it in once, however many ask at a time."""
    with transaction.atomic():
        _row, fresh = InsurerNonce.objects.get_or_create(connection=connection, nonce=nonce, defaults={"at": now()})
    return fresh


def _length(request: HttpRequest) -> int:
    length = request.headers.get("Content-Length") or "0"
    return int(length) if length.isascii() and length.isdigit() else LARGEST + 1


def _plain(status: int, code: str) -> HttpResponse:
    """An answer to somebody who has not shown that they hold the key: unsigned, and with nothing in it."""
    return HttpResponse(canonical({"code": code}), status=status, content_type="application/json; charset=utf-8")


def _signed(request: HttpRequest, key: Key, status: int, said: dict[str, Any]) -> HttpResponse:
    data = canonical(said)
    headers = signed_reply(key, status, request.headers.get(NONCE) or "", data)
    return HttpResponse(data, status=status, headers=headers, content_type="application/json; charset=utf-8")
