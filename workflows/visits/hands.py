"""Whose visit it is, where it is not the village's."""

from __future__ import annotations

from casework.models import Capacity, Level, Role
from workflows.outcomes import Hand

TEAM = Hand(Role.VISITOR, Level.COUNTY, Capacity.VISIT)
"""A visitor of the county's teams."""
