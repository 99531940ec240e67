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
from workflows.archived.programme import SLUG as OF_A_LOG
from workflows.unreadable import LeftOut

LEFT_OUT, WANTED, LOST = "workflows.W100", "workflows.E100", "workflows.E101"


def programmes_are_read(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """System check: a warning for each that is left out, an error where it has cases. `manage.py check` fails for
    either."""
    return [
        checks.Error(sentence_of(one), id=WANTED) if is_wanted(one) else checks.Warning(sentence_of(one), id=LEFT_OUT)
        for one in registry.left_out()
    ]


def no_programme_is_lost(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """System check of those that ask the database: with `manage.py migrate`, as a unit is started or updated."""
    return [checks.Error(one.why, id=LOST) for one in lost()] if databases else []


def lost() -> list[LeftOut]:
    """Each programme that has cases here and is nowhere: an update did not bring its folder along."""
    known = registry.programmes().keys() | {one.slug for one in registry.left_out()}
    try:
        held = set(Case.objects.order_by().values_list("programme", flat=True).distinct())
    except DatabaseError:
        return []
    gone = sorted(slug for slug in held - known if not slug.startswith(OF_A_LOG))
    why = "项目“%s”已有案件，它的文件夹不见了，不能少了它启动。请把 %s 文件夹放回去"
    return [LeftOut(slug, why % (slug, slug)) for slug in gone]


def lines() -> list[str]:
    """A sentence for each programme that is left out or lost."""
    return [*(sentence_of(one) for one in registry.left_out()), *(one.why for one in lost())]


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
