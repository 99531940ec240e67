"""Why somebody did what only a reason allows: one of the picks ready, or their own words."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from django.utils.translation import gettext as _

from workflows.refusals import NotAllowed

SHORTEST = 4


def recorded(reason: str, ready: Mapping[str, object]) -> dict[str, str]:
    """A reason as the trail may hold it: the code of a pick, or the digest of free text, never the text.

    Raises `NotAllowed` when it says nothing.
    """
    said = reason.strip()
    if said in ready:
        return {"reason": said}
    if len(said) < SHORTEST:
        raise NotAllowed(_("请说明理由：从列出的理由里选一条，或写至少%(count)d个字") % {"count": SHORTEST})
    return {"reason_digest": sha256(said.encode()).hexdigest()}
