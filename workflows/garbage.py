"""Python's search for what nobody needs any more, put off while thousands of rows come into being."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def left_lying() -> Iterator[None]:
    """Rows are made here and needed until they are written. Python would go looking among them, and among all there is,
    for what nobody needs any more, a fifth of the time."""
    looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looking:
            gc.enable()
