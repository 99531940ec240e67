"""What a programme's rules make of a case."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Assessment:
    """The period [begins, ends), the payable days in all and of each calendar year, the amount in yuan, and `body`:
    the explanation as it is stored on the case."""

    begins: datetime.date
    ends: datetime.date
    days: int
    days_by_year: Mapping[int, int]
    amount: Decimal
    cut_by_cap: bool
    body: Mapping[str, Any]
    holder: int | None = None
    """Whose period it is, where it is not the applicant's: the deceased's, when their heir applies."""
