"""An insurer that is reached by file or wire, and claims that wait for its answer."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any

from django.utils.timezone import localdate

from casework.models import Case, ClaimLodging, InsurerAnswer, InsurerConnection, Office, Role
from notifications.outbox import drain
from tests.workflows.programmes.insurance_claim.stories import insurer, walked, with_insurer
from tests.world import World
from workflows.insurance_exchange.connections import set_up
from workflows.insurance_exchange.messages import ANSWERS_FORMAT, AnswerMessage, canonical
from workflows.insurance_exchange.signing import Key
from workflows.insurance_exchange.taking import Became, Voice, take
from workflows.jobs import HANDLERS

KEY = Key("TJ-2026", "a secret of two, at least thirty-two long")
OTHER = "平安桃江支公司"


def exchanging(world: World) -> World:
    """The county's insurer has a clerk of its own, and a connection for files."""
    with_insurer(world)
    connected(world, insurer())
    return world


def connected(world: World, office: Office, *, base_url: str = "", key: Key = KEY) -> InsurerConnection:
    by = world.by(Role.ADMINISTRATOR)
    return set_up(office, by=by, key_id=key.id, secret=key.secret, base_url=base_url, enabled=bool(base_url))


def connection() -> InsurerConnection:
    return InsurerConnection.objects.select_related("office", "clerk").get(key_id=KEY.id)


def lodged(world: World, **of_the_loss: Any) -> Case:
    """A claim at its insurer, its first lodging set down."""
    case = walked(world, "insurer", **of_the_loss)
    drain(HANDLERS)
    assert ClaimLodging.objects.filter(case=case).exists()
    return case


def said(case: Case, kind: str = "agreed", *, id: str = "", **otherwise: Any) -> AnswerMessage:
    """What an insurer says of a claim when all is well: 1,800 yuan, today."""
    today = localdate()
    given: dict[str, dict[str, Any]] = {
        "agreed": {"on": today, "amount": Decimal("1800.00"), "calculation": "(2100-100)×90%"},
        "paid": {"on": today, "amount": Decimal("1800.00"), "reference": "SB0001"},
        "refused": {"on": today, "reasons": ("not_a_covered_loss",)},
        "supplement": {"papers": ("出院小结", "事故认定书复印件")},
    }
    columns = {"round": 1, "kind": kind, **given[kind], **otherwise}
    return AnswerMessage(id=id or f"{case.number}-{kind}", claim=case.number, **columns)


def taken(answer: AnswerMessage, road: str = InsurerAnswer.Road.PUSH) -> Became:
    return take(answer, Voice(connection(), road))


def as_file(*answers: AnswerMessage, **head: Any) -> bytes:
    body = {"format": ANSWERS_FORMAT, "answers": [answer.body() for answer in answers], **head}
    return canonical(body)


def read(data: bytes) -> Any:
    return json.loads(data)


def yesterday() -> datetime.date:
    return localdate() - datetime.timedelta(days=1)
