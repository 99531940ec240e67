"""Writing a file so that a reader sees the old one or the new one, never half of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(out: Path) -> Iterator[BinaryIO]:
    """A file to write to, which takes its place under its name at the end, or leaves nothing. Raises `OSError`,
    already at the beginning where the folder cannot be written."""
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "w+b") as file:
            # mkstemp makes it private; a file people hand on is readable as any other they write.
            os.fchmod(handle, 0o644)
            yield file
        os.replace(name, out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
