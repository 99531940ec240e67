"""Rows written the short way are the rows Django would have written."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction
from viewflow.workflow.token import Token

from casework import rows as rows_module
from casework.crypto import key_ring
from casework.models import (
    Capacity,
    Case,
    Decision,
    Entitlement,
    Event,
    Participation,
    Pause,
    PayeeAccount,
    Person,
    Role,
    SheetLine,
    Stage,
    SupervisionOrder,
    WorkItem,
)
from casework.models.fields import SealedText
from casework.rows import WORTH_COPYING, insert_rows, new_row, update_row, update_rows
from notifications.models import Outbox
from tests.world import World
from workflows.programmes.nursing_subsidy.flow import NursingSubsidyFlow

NOW = datetime.datetime(2026, 11, 2, 9, 30, 15, 123456, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 2)
WRITTEN = (
    Case,
    WorkItem,
    Participation,
    Decision,
    Event,
    Entitlement,
    Outbox,
    SheetLine,
    PayeeAccount,
    Person,
    Pause,
    SupervisionOrder,
)
VILLAGE = NursingSubsidyFlow.instance.node("village")
NESTED = {"字": ["案", None, 1.5, {"b": True, "a": ""}], "empty": {}}
NOBODY = 9_000_000
"""Keys of rows there are none of: nothing of this is ever committed, and references are only asked at the end."""

Values = Callable[[int], dict[str, Any]]


SEALED = SealedText(key_ring().seal_text("990922195503070018"))

ROWS: dict[type[models.Model], Values] = {
    Case: lambda n: {
        "flow_class": NursingSubsidyFlow,
        "created": NOW,
        "number": f"HL{n}",
        "programme": "nursing_subsidy",
        "terms_version": "2026-07-01",
        "stage": Stage.ACCEPTED,
        "stage_since": NOW,
        "applicant_id": NOBODY,
        "division_id": "430922112252",
        "applied_on": TODAY,
        "facts": NESTED,
        "papers": {} if n % 2 else {"photograph": ["a" * 64]},
        "signatures_required": ["verify", "review"],
        "payee_account_id": None if n % 2 else NOBODY,
        "payable_days": None if n % 2 else n,
        "amount": None if n % 2 else Decimal("3380.50"),
        "finished": None if n % 2 else NOW,
    },
    WorkItem: lambda n: {
        "process_id": NOBODY + n,
        "flow_task": VILLAGE,
        "flow_task_type": "HUMAN",
        "token": Token("start"),
        "created": NOW,
        "owner_id": None if n % 2 else NOBODY,
        "assigned": None if n % 2 else NOW,
        "step": "village",
        "office": "430922112252",
        "role": Role.VILLAGE_VERIFIER,
        "due_at": NOW + datetime.timedelta(days=n),
        "clock_from": None if n % 2 else NOW,
        "extra_days": n,
        "alarm_at": None if n % 2 else NOW,
    },
    Participation: lambda n: {"case_id": NOBODY, "staff_id": NOBODY + n, "capacity": Capacity.VERIFY},
    Decision: lambda n: {
        "case_id": NOBODY,
        "work_item_id": NOBODY + n,
        "participation_id": NOBODY,
        "staff_id": NOBODY,
        "staff_name": "向冬青 'x' \\ \t|",
        "reasons": ["late"] if n % 2 else [],
        "note": "第一行\n第二行",
        "at": NOW,
        "amount": None if n % 2 else Decimal("0.10"),
        "key": None if n % 2 else f"key{n}",
    },
    Event: lambda n: {
        "chain": "copy",
        "seq": n,
        "case_id": None if n % 2 else NOBODY,
        "at": NOW.replace(microsecond=0),
        "action": "decided",
        "actor_id": None if n % 2 else NOBODY,
        "details": NESTED,
    },
    Entitlement: lambda n: {
        "case_id": NOBODY + n,
        "person_id": NOBODY + n,
        "begins": TODAY,
        "ends": TODAY,
        "days_by_year": {"2026": n},
        "live": n % 2 == 0,
    },
    Outbox: lambda n: {"key": f"copy{n}", "kind": "tell", "payload": NESTED, "run_at": NOW},
    SheetLine: lambda n: {
        "sheet_id": NOBODY,
        "row": n,
        "cells": SEALED,
        "outcome": SheetLine.Outcome.REFUSED,
        "reasons": ["late_application"],
        "problems": "" if n % 2 else SEALED,
        "corrected_at": None if n % 2 else NOW,
    },
    PayeeAccount: lambda n: {
        "person_id": NOBODY,
        "holder_name": "曾志文",
        "account_number": SEALED,
        "account_hash": f"{n:064d}",
        "registered_on": TODAY,
    },
    Person: lambda n: {
        "name": "曾志文",
        "identity_number": SEALED,
        "identity_hash": f"{n:064d}",
        "sex": Person.Sex.FEMALE,
        "birth_date": None if n % 2 else TODAY,
    },
    Pause: lambda n: {
        "case_id": NOBODY + n,
        "kind": Pause.Kind.SUSPENSION,
        "began": NOW,
        "ended": None if n % 2 else NOW,
        "review_on": TODAY if n % 2 else None,
        "stopped_id": NOBODY,
    },
    SupervisionOrder: lambda n: {
        "number": f"DB{n}",
        "work_item_id": NOBODY + n,
        "case_id": NOBODY,
        "county": "430922",
        "responsible": "430922112252",
        "supervising": "430922112",
        "due_at": NOW,
        "raised_at": NOW,
        "explanation": "说明\n第二行" if n % 2 else "",
        "answered_at": NOW if n % 2 else None,
    },
}


def stored(rows: Sequence[models.Model]) -> list[tuple[Any, ...]]:
    """Every column but the key of these rows, as it lies in the table, in the order of the rows."""
    meta = rows[0]._meta
    columns = ", ".join(f'CAST("{field.column}" AS text)' for field in meta.concrete_fields if not field.primary_key)
    found = []
    with connection.cursor() as cursor:
        for row in rows:
            cursor.execute(f'SELECT {columns} FROM "{meta.db_table}" WHERE "{meta.pk.column}" = %s', [row.pk])
            found.append(cursor.fetchone())
    return found


def held(row: models.Model) -> dict[str, Any]:
    return {name: value for name, value in row.__dict__.items() if name not in ("_state", "created")}


def written(write: Callable[[], Sequence[models.Model]]) -> list[tuple[Any, ...]]:
    """What lies in the table after `write`, which is taken back."""
    with transaction.atomic():
        found = stored(write())
        transaction.set_rollback(True)
    return found


def by_django(model: type[models.Model], count: int) -> Sequence[models.Model]:
    rows = [model(**ROWS[model](n)) for n in range(count)]
    for row in rows:
        row.save(force_insert=True)
    return rows


def in_bulk(model: type[models.Model], count: int) -> Sequence[models.Model]:
    return model._default_manager.bulk_create([model(**ROWS[model](n)) for n in range(count)])


def the_short_way(model: type[models.Model], count: int) -> Sequence[models.Model]:
    rows = [new_row(model, **ROWS[model](n)) for n in range(count)]
    insert_rows(model, rows)
    assert not any(row._state.adding for row in rows)
    return rows


def columns_of(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if not field.primary_key]


@pytest.mark.parametrize("count", [1, 2, WORTH_COPYING + 5], ids=["one", "two", "enough to copy"])
@pytest.mark.parametrize("model", WRITTEN, ids=lambda model: model.__name__)
def test_rows_written_the_short_way_lie_in_the_table_as_django_leaves_them(
    db: None, model: type[models.Model], count: int
) -> None:
    short = written(partial(the_short_way, model, count))
    for django in (by_django, in_bulk):
        expected = written(partial(django, model, count))
        for one, other in zip(short, expected, strict=True):
            ours, theirs = (dict(zip(columns_of(model), row, strict=True)) for row in (one, other))
            assert ours == theirs


@pytest.mark.parametrize("model", WRITTEN, ids=lambda model: model.__name__)
def test_an_update_of_every_column_writes_what_save_writes(db: None, model: type[models.Model]) -> None:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]

    def updated(update: Callable[[models.Model], None]) -> list[tuple[Any, ...]]:
        def write() -> Sequence[models.Model]:
            row = by_django(model, 1)[0]
            row.__dict__.update(model(**ROWS[model](1)).__dict__ | {"id": row.pk, "_state": row._state})
            update(row)
            return [row]

        return written(write)

    if model in (Decision, Event):
        with pytest.raises(DatabaseError, match="never changed"):
            updated(lambda row: update_row(row, [fields[0].name]))
    else:
        assert updated(lambda row: update_row(row, [field.name for field in fields])) == updated(
            lambda row: row.save(update_fields=[field.name for field in fields])
        )


@pytest.mark.parametrize("model", [model for model in WRITTEN if model not in (Decision, Event)])
def test_an_update_of_many_writes_what_a_save_of_each_writes(
    db: None, monkeypatch: pytest.MonkeyPatch, model: type[models.Model]
) -> None:
    """Each row gets its own values, in as many statements as it takes."""
    monkeypatch.setattr(rows_module, "ROWS_A_STATEMENT", 2)
    names = [field.name for field in model._meta.concrete_fields if not field.primary_key]

    def updated(update: Callable[[Sequence[models.Model]], None]) -> list[tuple[Any, ...]]:
        def write() -> Sequence[models.Model]:
            rows = by_django(model, 5)
            for n, row in enumerate(rows):
                row.__dict__.update(model(**ROWS[model](n + 5)).__dict__ | {"id": row.pk, "_state": row._state})
            update(list(reversed(rows)))
            return rows

        return written(write)

    def each_saved(rows: Sequence[models.Model]) -> None:
        for row in rows:
            row.save(update_fields=names)

    assert updated(lambda rows: update_rows(rows, names)) == updated(each_saved)


def test_an_update_of_many_leaves_the_other_columns_and_the_other_rows(db: None) -> None:
    rows = by_django(Outbox, 4)
    for row in rows:
        row.__dict__.update(attempts=7, kind="other")
    update_rows(rows[:3], ["attempts"])
    assert list(Outbox.objects.order_by("pk").values_list("attempts", "kind")) == [(7, "tell")] * 3 + [(0, "tell")]


def test_an_update_of_many_that_finds_one_gone_is_an_error(db: None) -> None:
    rows = by_django(Outbox, 3)
    rows[1].pk = NOBODY
    with pytest.raises(LookupError, match="2 of 3"):
        update_rows(rows, ["attempts"])


def test_an_update_of_many_cuts_no_word_that_is_too_long(db: None) -> None:
    """SQLite holds nobody to a length; PostgreSQL refuses, as it does a single row."""
    rows = by_django(Outbox, 2)
    for row in rows:
        row.__dict__["kind"] = "a" * 41
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError, match="too long"), transaction.atomic():
            update_rows(rows, ["kind"])
    else:
        update_rows(rows, ["kind"])
        assert set(Outbox.objects.values_list("kind", flat=True)) == {"a" * 41}


def test_an_update_of_none_is_no_statement(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        update_rows([], ["attempts"])


def test_a_plain_number_is_sealed_on_the_way_in(db: None) -> None:
    rows = [new_row(Person, **{**ROWS[Person](n), "identity_number": f"99092219550307{n:04d}"}) for n in range(25)]
    insert_rows(Person, rows)
    for n, row in enumerate(rows):
        found = Person.objects.get(pk=row.pk).identity_number
        assert found.startswith(f"{key_ring().current}:")
        assert found.reveal() == f"99092219550307{n:04d}"


def test_many_at_once_have_the_same_columns_as_one_and_come_back_in_order(world: World) -> None:
    rows = [
        new_row(Outbox, key=f"job-{n}", kind="tell", payload={"n": n, "字": ["案", None]}, run_at=NOW)
        for n in range(45)
    ]
    insert_rows(Outbox, rows)
    alone = new_row(Outbox, key="alone", kind="tell", payload={"n": 44, "字": ["案", None]}, run_at=NOW)
    insert_rows(Outbox, [alone])
    assert [Outbox.objects.get(pk=row.pk).payload["n"] for row in rows] == list(range(45))
    assert stored([rows[44]])[0][1:] == stored([alone])[0][1:]


def test_a_fresh_row_holds_the_models_defaults_and_refuses_what_it_has_not() -> None:
    for model in WRITTEN:
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


@pytest.mark.parametrize("count", [1, 7, 1203])
def test_many_rows_are_updated_each_to_its_own_values_in_few_statements(
    world: World, count: int, django_assert_max_num_queries: Any
) -> None:
    rows = [new_row(Outbox, key=f"job-{n}", kind="tell", run_at=NOW) for n in range(count)]
    insert_rows(Outbox, rows)
    for n, row in enumerate(rows):
        row.key, row.attempts = f"another-{n}", n % 30
        row.leased_until = None if n % 2 else NOW + datetime.timedelta(seconds=n)
        row.payload = {"n": n}
        row.done_at = NOW
    with django_assert_max_num_queries(1 + count // 500):
        update_rows(rows, ["key", "attempts", "leased_until", "payload"])
    found = {row.pk: row for row in Outbox.objects.filter(pk__in=[row.pk for row in rows])}
    for n, row in enumerate(rows):
        written = found[row.pk]
        assert (written.key, written.attempts, written.payload) == (f"another-{n}", n % 30, {"n": n})
        assert written.leased_until == row.leased_until
        assert written.done_at is None, "only the named columns"
