"""What the outbox does after a commit: the handlers, by the kind of job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.models import Case
from notifications.channels import tell
from notifications.outbox import Handler


def tell_applicant(key: str, payload: Mapping[str, Any]) -> None:
    """A message for the applicant's status page: codes only, put into words where it is read.

    Returns quietly for a case that is not there (any more).
    """
    case = Case.objects.filter(number=payload["case"]).only("number", "programme").first()
    if case is None:
        return
    tell(
        key,
        subject=f"case:{case.number}",
        audience="applicant",
        template=f"{case.programme}.{payload['outcome']}",
        context={"case": case.number, "step": payload["step"], "outcome": payload["outcome"]},
    )


HANDLERS: Mapping[str, Handler] = {"tell_applicant": tell_applicant}
"""Kind -> handler. A kind that is not here is kept, and tried again: a newer release may know it."""
