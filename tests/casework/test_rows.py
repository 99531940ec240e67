"""Rows written the short way are the rows Django would have written."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection, models

from casework.models import Case, Decision, Entitlement, Event, Participation, SheetLine, WorkItem
from casework.rows import insert_rows, new_row, update_row
from notifications.models import Outbox
from tests.world import World

NOW = datetime.datetime(2026, 11, 2, 9, 30, tzinfo=datetime.UTC)
WRITTEN = (Case, WorkItem, Participation, Decision, Event, Entitlement, Outbox)


def stored(row: models.Model) -> tuple[Any, ...]:
    """Every column but the key, as it lies in the table."""
    names = [field.column for field in row._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'CAST("{name}" AS text)' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {columns} FROM "{row._meta.db_table}" WHERE id = %s', [row.pk])
        found: tuple[Any, ...] = cursor.fetchone()
    return found


def held(row: models.Model) -> dict[str, Any]:
    return {name: value for name, value in row.__dict__.items() if name not in ("_state", "created")}


UNIQUE: dict[type[models.Model], dict[str, Any]] = {
    Case: {"number": "HL2"},
    Participation: {"staff_id": None},
    Decision: {"work_item_id": None},
    Event: {"chain": "copy"},
    Outbox: {"key": "copy"},
}


@pytest.mark.parametrize("model", [Case, Event, Outbox], ids=lambda model: model.__name__)
def test_a_copy_written_the_short_way_lies_in_the_table_like_the_original(
    world: World, model: type[models.Model]
) -> None:
    world.case(at="township")
    original = model._default_manager.order_by("pk").last()
    assert original is not None
    values = {field.attname: getattr(original, field.attname) for field in model._meta.concrete_fields}
    del values["id"]
    changed = {**values, **UNIQUE[model]}
    by_django = model(**{**changed, **{name: f"{value}-django" for name, value in UNIQUE[model].items()}})
    by_django.save(force_insert=True)
    short = model(**changed)
    insert_rows(model, [short])
    assert short.pk is not None and not short._state.adding
    ours, theirs = stored(short), stored(by_django)
    unique = {field.attname for field in model._meta.concrete_fields} & UNIQUE[model].keys()
    names = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    differing = {name for name, one, other in zip(names, ours, theirs, strict=True) if one != other}
    assert differing == unique


def test_many_at_once_have_the_same_columns_as_one_and_come_back_in_order(world: World) -> None:
    rows = [
        new_row(Outbox, key=f"job-{n}", kind="tell", payload={"n": n, "字": ["案", None]}, run_at=NOW)
        for n in range(45)
    ]
    insert_rows(Outbox, rows)
    alone = new_row(Outbox, key="alone", kind="tell", payload={"n": 44, "字": ["案", None]}, run_at=NOW)
    insert_rows(Outbox, [alone])
    assert [Outbox.objects.get(pk=row.pk).payload["n"] for row in rows] == list(range(45))
    assert stored(rows[44])[1:] == stored(alone)[1:]


def test_a_fresh_row_holds_the_models_defaults_and_refuses_what_it_has_not() -> None:
    for model in (*WRITTEN, SheetLine):
        plain, short = model(), new_row(model)
        # A case's and an item's time of making is the clock's in both.
        assert held(plain) == held(short)
    with pytest.raises(TypeError, match="colour"):
        new_row(Event, colour="red")


def test_a_reference_to_a_row_inserted_just_before_is_followed(world: World) -> None:
    case = world.case(at="village")
    part = Participation.objects.filter(case=case).first()
    assert part is not None
    fresh = new_row(
        Case, **{f.attname: getattr(case, f.attname) for f in Case._meta.concrete_fields if f.attname != "id"}
    )
    fresh.number = "HL3"
    child = new_row(Participation, case=fresh, staff_id=part.staff_id, capacity="intake")
    insert_rows(Case, [fresh])
    insert_rows(Participation, [child])
    assert Participation.objects.get(pk=child.pk).case_id == fresh.pk


def test_an_update_writes_the_named_columns_and_a_row_that_is_gone_is_an_error(world: World) -> None:
    case = world.case(at="village")
    case.award = {"说明": ["八天"]}
    case.payable_days = 8
    update_row(case, ["award"])
    again = Case.objects.get(pk=case.pk)
    assert (again.award, again.payable_days) == ({"说明": ["八天"]}, 26)
    case.pk = 987654
    with pytest.raises(LookupError):
        update_row(case, ["award"])
