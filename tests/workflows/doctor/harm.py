"""Ways to hurt a county: each a function that does the damage and says what is to be found, `(kind, subject)`."""

from __future__ import annotations

from collections.abc import Callable

from casework.models import Case, PaymentBatch
from tests.back_door import Sql
from tests.workflows.doctor.ward import put_in_file
from tests.world import World

Damage = Callable[[World, Sql], list[tuple[str, str]]]
GONE_FLOW = "workflows/programmes.nursing_subsidy.flow_9.NursingSubsidyFlow9"
DAMAGES: list[Damage] = []


def damage(function: Damage) -> Damage:
    DAMAGES.append(function)
    return function


def on_case(sql: Sql, of: Case, sets: str, *values: object) -> None:
    sql(f"UPDATE casework_case SET {sets} WHERE id = %s", *values, of.pk)


def on_item(sql: Sql, of: Case, sets: str, *values: object) -> None:
    sql(f"UPDATE casework_workitem SET {sets} WHERE process_id = %s AND finished IS NULL", *values, of.pk)


def batched(world: World, make: Callable[..., PaymentBatch]) -> PaymentBatch:
    batch = make(world)
    for line in batch.lines.select_related("case"):
        put_in_file(line.case)
    return batch
