"""Rows made of their columns are the rows Django's constructor would have made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, models
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from casework.models import Case, WorkItem
from casework.models.reading import MadeOfItsColumns
from tests.world import World

pytestmark = pytest.mark.django_db

READ: dict[str, Callable[[], QuerySet[Any]]] = {
    "whole": lambda: Case.objects.all(),
    "with what it refers to": lambda: WorkItem.objects.select_related("process", "owner"),
    "some columns": lambda: Case.objects.only("number", "stage", "amount"),
    "but for some": lambda: WorkItem.objects.select_related("process").defer("process__facts", "due_at"),
    "with something worked out": lambda: Case.objects.annotate(items=models.Count("work_items")),
    "by hand": lambda: Case.objects.raw("SELECT id, stage, number FROM casework_case"),
}


def held(row: models.Model) -> dict[str, Any]:
    """All a row holds, and all the rows it refers to hold, with what Django knows of where they come from."""
    columns = {name: value for name, value in vars(row).items() if name != "_state"}
    related = {name: other and held(other) for name, other in row._state.fields_cache.items()}
    return {"columns": columns, "related": related, "adding": row._state.adding, "db": row._state.db}


@pytest.mark.parametrize("read", READ.values(), ids=READ)
def test_a_row_is_as_django_makes_it(world: World, read: Callable[[], QuerySet[Any]]) -> None:
    world.case(at="county")
    world.case(at="payment")
    with patch.object(MadeOfItsColumns, "from_db", classmethod(models.Model.from_db.__func__)):  # type: ignore[attr-defined]  # a class method's function
        expected = [held(row) for row in read()]
    assert expected
    assert [held(row) for row in read()] == expected


def test_a_column_that_was_not_read_is_read_when_it_is_used(world: World) -> None:
    number = world.case().number
    case = Case.objects.defer("number").get()
    assert case.get_deferred_fields() == {"number"}
    with CaptureQueriesContext(connection) as sent:
        assert case.number == number
    assert len(sent) == 1


def test_a_row_that_was_read_is_saved_by_an_update(world: World) -> None:
    world.case()
    item = WorkItem.objects.get()
    item.priority = 7
    item.save()
    assert WorkItem.objects.get().priority == 7


def test_a_stage_that_was_read_moves_by_the_law_alone(world: World) -> None:
    world.case()
    case = Case.objects.get()
    with pytest.raises(AttributeError, match="not allowed"):
        case.stage = "paid"
