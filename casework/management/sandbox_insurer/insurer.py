"""An insurer made for tests: it keeps claims in memory and decides them by a rule anyone can work out beforehand.

The last digit of a claim's number, the seed added, decides:

- 7: refused;
- 3, 6 or 9: papers are asked for once, then agreed;
- anything else: agreed.

What is agreed is 80 % of what the family has spent, to the cent (10,000 yuan where nothing was spent: a death), and is
paid the day the claim was agreed, which is the day it was lodged. Each time it is asked
for answers, every claim goes one step further; nothing depends on a clock, so a test reads like its story.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from workflows.insurance_exchange.messages import AGREED, PAID, REFUSED, SUPPLEMENT, canonical

REFUSED_DIGIT: Final = 7
SUPPLEMENTED_DIGITS: Final = (3, 6, 9)
SHARE: Final = Decimal("0.80")
WANTED: Final = ("出院小结原件", "费用清单（加盖医院公章）")
WITHOUT_COST: Final = Decimal("12500.00")
REASON: Final = "not_a_covered_loss"


class OtherContent(Exception):
    """The same lodging again, saying something else."""


@dataclass
class Claim:
    """A claim as the insurer has it: what was lodged in which round, and what it has said."""

    number: str
    rounds: dict[int, bytes] = field(default_factory=dict)
    cost: Decimal = WITHOUT_COST
    day: str = ""
    said: list[str] = field(default_factory=list)

    @property
    def round(self) -> int:
        return max(self.rounds)


class Insurer:
    """Claims in, answers out. Safe to be asked by many threads."""

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed
        self.claims: dict[str, Claim] = {}
        self.answers: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def lodge(self, body: Mapping[str, Any]) -> bool:
        """Take a claim; whether it was there already. Raises `OtherContent`, or `KeyError` for one that lacks what a
        claim must have."""
        number, round_ = str(body["claim"]), int(body["round"])
        cost, day = Decimal(str(body.get("cost") or WITHOUT_COST)), str(body["lodged_at"])[:10]
        with self._lock:
            claim = self.claims.setdefault(number, Claim(number))
            told = canonical(dict(body))
            if round_ in claim.rounds:
                if claim.rounds[round_] != told:
                    raise OtherContent
                return True
            claim.rounds[round_], claim.cost, claim.day = told, cost, day
            return False

    def since(self, cursor: int, limit: int) -> list[dict[str, Any]]:
        """The answers after the first `cursor` of them, once every claim has gone a step further."""
        with self._lock:
            for claim in self.claims.values():
                self._go_on(claim)
            return self.answers[cursor : cursor + limit]

    def _go_on(self, claim: Claim) -> None:
        digit = (int(claim.number[-1]) + self.seed) % 10
        if not claim.said:
            if digit == REFUSED_DIGIT:
                self._say(claim, REFUSED, reasons=[REASON], words="示范拒赔")
            elif digit in SUPPLEMENTED_DIGITS:
                self._say(claim, SUPPLEMENT, papers=list(WANTED))
            else:
                self._agree(claim)
        elif claim.said[-1] == SUPPLEMENT and claim.round > 1:
            self._agree(claim)
        elif claim.said[-1] == AGREED:
            self._say(claim, PAID, amount=_agreed(claim), reference=f"SB{claim.number[-8:]}")

    def _agree(self, claim: Claim) -> None:
        self._say(claim, AGREED, amount=_agreed(claim), calculation=f"{claim.cost:.2f}元 × 80%")

    def _say(self, claim: Claim, kind: str, **more: Any) -> None:
        claim.said.append(kind)
        if kind != SUPPLEMENT:
            more["on"] = claim.day
        self.answers.append(
            {
                "id": f"{claim.number}-{len(claim.said)}",
                "claim": claim.number,
                "round": claim.round,
                "kind": kind,
                "at": f"{claim.day}T10:00:00+08:00",
                **more,
            }
        )


def _agreed(claim: Claim) -> str:
    return f"{(claim.cost * SHARE).quantize(Decimal('0.01'), ROUND_HALF_UP):.2f}"
