"""Until when an applicant can ask for a review 申请复核, and of what."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from casework.models import Case, Decision
from workflows import registry

DECIDES = frozenset(
    {"reject", "revoke", "terminate", "withdraw", "approve", "overturn", "settle", "let_stand", "finish"}
)
"""Verbs whose saying settles what the applicant gets."""

TELLS_AGAIN = frozenset({"pay", "deliver"})
"""The money arrives, or what is given instead of it, and with it its sum: who disagrees may only see it now."""

STANDS = "uphold"
LIFTED = frozenset({"remit", "come_back_anew"})

DEFAULT: Mapping[str, Any] = {"ask_within_days": 30}
"""[P] our own default, after the custom of mass organisations; a scheme says otherwise under `review`."""


@dataclass(frozen=True, slots=True)
class Window:
    """The days in which a review can be asked for: from the decision to `days` after it was last told.

    `closed` says why there is none, whatever the day; then the other two are None.
    """

    opens: datetime.date | None = None
    last: datetime.date | None = None
    closed: str = ""


def window_of(case: Case, made: Iterable[Decision]) -> Window:
    """From the case's decisions, in their order.

    A decision is reviewed once: what a review has upheld is not looked at here again, even when it is told again. What
    a review has lifted, or money sent back has undone, is no decision until it is made anew.
    """
    decided = told = None
    upheld = False
    for decision in made:
        if decision.transition in DECIDES:
            decided = told = localdate(decision.at)
            upheld = False
        elif decision.transition in TELLS_AGAIN and decided:
            told = localdate(decision.at)
        elif decision.transition == STANDS:
            upheld = True
        elif decision.transition in LIFTED:
            decided = told = None
    if decided is None or told is None:
        return Window(closed=_("还没有告知过申请人决定，不能申请复核"))
    if upheld:
        return Window(closed=_("这项决定已经复核过，维持不变，不再复核。申请人不服的，可以依法申请行政复议或提起诉讼"))
    return Window(decided, told + datetime.timedelta(days=terms_of(case)["ask_within_days"]))


def terms_of(case: Case) -> Mapping[str, Any]:
    """What the case's scheme says of reviews."""
    body = registry.programme(case.programme).terms.version(case.terms_version).body
    return {**DEFAULT, **body.get("review", {})}
