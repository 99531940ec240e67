from __future__ import annotations

import pytest

from tests.factories import places
from tests.workflows.programmes.rights_case.stories import Rights, rights_of


@pytest.fixture
def rights(db: None) -> Rights:
    places()
    return rights_of()
