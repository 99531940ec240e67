"""Rows that are read by the hundred, made of what the database gave without Django's constructor."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Self

from django.db.models.base import ModelState


class MadeOfItsColumns:
    """For a model whose rows are their columns and nothing besides: no `__init__`, no signals at their making.

    `Model.__init__` goes through every column by `setattr`, which is a quarter of what reading a case costs. What comes
    of it is the same row, as `tests/casework/models/test_reading.py` holds against Django's own reading.
    """

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Self:
        """Django's hook for a row that has been read. A column nobody asked for is missing: read when it is used."""
        row: Any = cls.__new__(cls)
        row._state = ModelState()
        row._state.adding, row._state.db = False, db
        row.__dict__.update(zip(field_names, values, strict=True))
        made: Self = row
        return made
