"""Terms with one thing in them written otherwise: refused, with the place and what is wrong there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from workflows.terms import TermsBook, TermsProblem

Misprint = tuple[str, str, str]
"""What stands in the file, what is put in its place, and what is said then."""


def check_refused(path: Path, written: str, misprint: Misprint, read: Callable[[Path], TermsBook]) -> None:
    """`read` takes the terms as they are written, and with the misprint refuses them in these words."""
    stands, instead, says = misprint
    assert stands in written
    path.write_text(written, encoding="utf-8")
    read(path)
    path.write_text(written.replace(stands, instead), encoding="utf-8")
    with pytest.raises(TermsProblem, match=re.escape(says)):
        read(path)
