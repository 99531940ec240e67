"""Each kind of damage is done, and exactly that is found, on both databases."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module

import pytest

from tests.back_door import Sql
from tests.workflows import test_left_out
from tests.workflows.doctor import test_sheets
from tests.workflows.doctor.damages import DAMAGES, MODULES, Damage
from tests.workflows.doctor.ward import case, found, rejected, suspended
from tests.world import COUNTY, World
from workflows import doctor
from workflows.doctor import Kind


def bystanders(world: World) -> None:
    """Cases nothing was done to, wherever a case can be."""
    for at in ("intake", "village", "county", "payment_check", "bank", "end"):
        case(world, at)
    suspended(world)
    rejected(world)


@pytest.mark.parametrize("hurt", DAMAGES, ids=lambda function: function.__name__)
def test_damage_is_found_and_nothing_else(ward: World, sql: Sql, hurt: Damage) -> None:
    case(ward, "bank")
    case(ward, "end")
    expected = hurt(ward, sql)
    assert found() == sorted(expected)


def test_there_is_no_kind_of_finding_that_no_damage_brings_about() -> None:
    done = "".join(inspect.getsource(module) for module in (*MODULES, test_sheets, test_left_out))
    examined = [import_module(f"{doctor.__name__}.{found.name}") for found in pkgutil.iter_modules(doctor.__path__)]
    kinds = {one.code for module in examined for one in vars(module).values() if isinstance(one, Kind)}
    assert len(kinds) > 25
    assert {code for code in kinds if f'("{code}"' not in done} == set()


def test_a_healthy_county_has_nothing_wrong_with_it(ward: World) -> None:
    bystanders(ward)
    assert found() == []
    assert found(place=COUNTY) == []
