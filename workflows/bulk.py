"""The gateway, for many alike: all that can be had together through `workflows.crowd`, the rest one by one."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from casework.models import Staff
from workflows.crowd import Answer, Said, decide_together
from workflows.perform import Receipt, perform
from workflows.refusals import NotAllowed, Refusal, WentWrong

log = logging.getLogger("nuanxin.bulk")

MOST = 500
"""As many as somebody can answer for with one signature, and as a request can carry."""


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one item: done (perhaps by this very attempt before), or refused with its sentence."""

    item_id: int
    receipt: Receipt | None
    refusal: str = ""


def perform_many(
    item_ids: Sequence[int],
    outcome: str,
    *,
    by: Staff,
    reasons: Sequence[str] = (),
    note: str = "",
    key: uuid.UUID,
    values: Mapping[str, Any] | None = None,
) -> list[Line]:
    """End each step with the same outcome; one that is refused keeps none of the others from being done.

    `values` answers what the outcome asks, the same of all: a day of review, a list of papers.

    `key` names the attempt: each item's own key is derived from it, so the same attempt twice does nothing twice, and
    one that was cut off in the middle can be sent again. Raises `NotAllowed` for more than `MOST`.
    """
    if len(set(item_ids)) > MOST:
        raise NotAllowed(_("一次最多办%(most)d件，请分几次办。") % {"most": MOST})
    keys = {item_id: str(uuid.uuid5(key, str(item_id))) for item_id in dict.fromkeys(item_ids)}
    said = Said(by, outcome, keys, tuple(reasons), note, values or {})
    answers = _together(said)
    return [_line(item_id, answers.get(item_id) or _alone(item_id, said)) for item_id in keys]


def _together(said: Said) -> dict[int, Answer]:
    """What could be done in one go. Nothing, when anything at all went wrong: then each is taken alone, and it is
    the one it went wrong with that says so."""
    try:
        return decide_together(said)
    except Exception as problem:
        log.warning("%s together undone by %s, taken one by one", len(said.keys), type(problem).__name__)
        return {}


def _alone(item_id: int, said: Said) -> Answer:
    """Whatever goes wrong with one, the act of that one is undone, and it keeps none of the others from being done."""
    try:
        given: dict[str, Any] = {"reasons": said.reasons, "note": said.note, "values": said.values}
        return perform(item_id, said.outcome, by=said.by, key=said.keys[item_id], **given)
    except Refusal as refused:
        return refused
    except Exception as problem:
        log.error("item %s went wrong alone: %s", item_id, type(problem).__name__)
        return WentWrong(type(problem).__name__)


def _line(item_id: int, answer: Answer) -> Line:
    return Line(item_id, None, str(answer)) if isinstance(answer, Refusal) else Line(item_id, answer)
