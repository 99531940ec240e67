"""The gateway, for many alike: each item through `perform`, each in a transaction of its own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from casework.models import Staff
from workflows.perform import Receipt, perform
from workflows.refusals import NotAllowed, Refusal

MOST = 200
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
) -> list[Line]:
    """End each step with the same outcome; one that is refused keeps none of the others from being done.

    `key` names the attempt: each item's own key is derived from it, so the same attempt twice does nothing twice, and
    one that was cut off in the middle can be sent again. Raises `NotAllowed` for more than `MOST`.
    """
    if len(set(item_ids)) > MOST:
        raise NotAllowed(_("一次最多办%(most)d件，请分几次办。") % {"most": MOST})
    lines = []
    for item_id in dict.fromkeys(item_ids):
        own = str(uuid.uuid5(key, str(item_id)))
        try:
            receipt = perform(item_id, outcome, by=by, reasons=reasons, note=note, key=own)
        except Refusal as refused:
            lines.append(Line(item_id, None, str(refused)))
        else:
            lines.append(Line(item_id, receipt))
    return lines
