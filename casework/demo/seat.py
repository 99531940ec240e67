"""An account a demonstration county is to have."""

from __future__ import annotations

from dataclasses import dataclass

from casework.models import Role


@dataclass(frozen=True, slots=True)
class Seat:
    """Its name, its role and the division of its office."""

    username: str
    role: Role
    division: str
