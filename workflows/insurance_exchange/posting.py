"""What a claim's flow says when it has gone to the insurer: the rest is done after the commit."""

from __future__ import annotations

from typing import Final

from workflows.flow import Act

KIND: Final = "insurer_lodging"


def post_to_insurer(act: Act) -> None:
    """Consequence of lodging, and of supplying papers: the claim goes out, in its next round."""
    case = act.case
    act.ledger.post(KIND, f"lodging:{case.number}:{case.trail_seq}", {"case": case.number})
