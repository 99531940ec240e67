"""What became of a sheet, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class RowReport:
    """One line: its row in the sheet, accepted or refused, every reason's code, and what it came to."""

    row: int
    outcome: str
    reasons: Sequence[str] = ()
    days: int | None = None
    amount: Decimal | None = None
    case: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "row": self.row,
            "outcome": self.outcome,
            "reasons": sorted(self.reasons),
            "days": self.days,
            "amount": None if self.amount is None else f"{self.amount:.2f}",
            "case": self.case,
        }


@dataclass
class Report:
    """A whole sheet. `notes` are remarks on the sheet as such: columns nobody understood."""

    rows: list[RowReport] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    repeated: bool = False
    sheet_id: int | None = None

    @property
    def accepted(self) -> int:
        return sum(row.outcome == "accepted" for row in self.rows)

    @property
    def total(self) -> Decimal:
        return sum((row.amount for row in self.rows if row.amount is not None), Decimal("0.00"))

    def as_json(self) -> dict[str, Any]:
        return {
            "lines": len(self.rows),
            "accepted": self.accepted,
            "total": f"{self.total:.2f}",
            "rows": [row.as_json() for row in self.rows],
        }


def from_json(body: Mapping[str, Any], *, sheet_id: int) -> Report:
    """The first report of a sheet, as it was stored."""
    rows = [
        RowReport(
            row=row["row"],
            outcome=row["outcome"],
            reasons=tuple(row["reasons"]),
            days=row["days"],
            amount=None if row["amount"] is None else Decimal(row["amount"]),
            case=row["case"],
        )
        for row in body["rows"]
    ]
    return Report(rows=rows, notes=list(body.get("notes", [])), repeated=True, sheet_id=sheet_id)
