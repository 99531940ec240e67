"""A demonstration county built once a module: each test changes it in a transaction of its own."""

from __future__ import annotations

import functools
import io
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from PIL import Image

from casework.demo import boards, papers, walk
from casework.demo.standard import tales


@functools.cache
def speck(seed: str) -> bytes:
    """A picture unlike any other, and small: most of these tests are about where cases get to."""
    picture = Image.frombytes("RGB", (48, 36), random.Random(seed).randbytes(48 * 36 * 3))
    out = io.BytesIO()
    picture.save(out, format="JPEG")
    return out.getvalue()


@contextmanager
def small_photographs() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "home_visit", lambda seed, **_given: speck(seed))
        patch.setattr(tales, "home_visit", lambda seed, **_given: speck(seed))
        patch.setattr(boards, "notice_board", lambda seed, **_given: speck(seed))
        patch.setattr(papers, "sheet_of_paper", lambda seed, **_given: speck(seed))
        yield


@pytest.fixture(autouse=True)
def _small_photographs() -> Iterator[None]:
    with small_photographs():
        yield


@pytest.fixture(scope="module")
def held_open(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A transaction around all tests of a module, undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
