"""The county the tests stand in is the same each time."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from tests import factories, world

pytestmark = pytest.mark.django_db


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of ours, keys and all."""
    ours = [model for model in apps.get_models() if model._meta.app_label in ("casework", "notifications")]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in ours}


def test_a_county_made_again_has_every_row_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "_first", {})
    with transaction.atomic():
        first = world.build_world()
        rows = everything()
        transaction.set_rollback(True)
    again = world.build_world()
    assert everything() == rows
    assert again.staff == first.staff
    assert len(rows["Post"]) == len(again.staff)


def test_what_comes_after_a_county_made_again_takes_other_keys() -> None:
    with transaction.atomic():
        world.build_world()
        transaction.set_rollback(True)
    county = world.build_world()
    newcomer = factories.StaffFactory(post=("auditor", world.COUNTY))
    assert newcomer.pk not in {staff.pk for staff in county.staff.values()}


def test_a_county_is_made_beside_what_is_there() -> None:
    somebody = factories.StaffFactory()
    county = world.build_world()
    assert somebody not in county.staff.values()
