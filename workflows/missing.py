"""Programmes that cannot be read (`registry.left_out`): what is said of them, and what may not go on without them.

The rule: a programme nobody has applied for is left out, and told wherever an administrator looks. One that has cases
stops the start: whatever their stage, they must be decided, paid, read, audited or taken up again by its terms, and a
site that had silently lost them would be worse than none. What runs already goes on by the terms it read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import DatabaseError

from casework.models import Case, SheetImport
from workflows import registry
from workflows.unreadable import LeftOut

LEFT_OUT, WANTED = "workflows.W100", "workflows.E100"


def programmes_are_read(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """System check: a warning for each that is left out, an error where it has cases. `manage.py check` fails for
    either."""
    return [
        checks.Error(sentence_of(one), id=WANTED) if is_wanted(one) else checks.Warning(sentence_of(one), id=LEFT_OUT)
        for one in registry.left_out()
    ]


def lines() -> list[str]:
    """A sentence for each programme that is left out."""
    return [sentence_of(one) for one in registry.left_out()]


def sentence_of(one: LeftOut) -> str:
    """What an administrator is told: what is wrong, what came of it, what to do."""
    if one.slug in registry.programmes():
        return f"项目“{one.slug}”的方案读不出来，正在运行的仍按原来读到的办。请在重新启动之前改正。{one.why}"
    if is_wanted(one):
        return f"项目“{one.slug}”读不出来，它已有申请，不能少了它启动。请改正，或换回原来的方案。{one.why}"
    return f"项目“{one.slug}”读不出来，没有启用，别的项目不受影响。请改正后重新启动。{one.why}"


def is_wanted(one: LeftOut) -> bool:
    """Whether cases or sheets of it are here. Where there are no tables yet there are none."""
    try:
        return (
            Case.objects.filter(programme=one.slug).exists() or SheetImport.objects.filter(programme=one.slug).exists()
        )
    except DatabaseError:
        return False
