from __future__ import annotations

import pytest

from tests.back_door import Sql, open_the_back_door
from tests.workflows.doctor.ward import hire
from tests.world import World


@pytest.fixture
def ward(world: World) -> World:
    """The world, with a second person wherever one may fall out."""
    hire(world)
    return world


@pytest.fixture
def sql(db: None) -> Sql:
    """The database in somebody's own hands."""
    return open_the_back_door()
