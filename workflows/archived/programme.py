"""A log that was brought in, as the rest of the house knows a programme: its cases can be read, and nothing else."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping
from hashlib import sha256
from typing import NoReturn

from django.utils.translation import gettext as _

from casework.models import Case, ReplayedLog
from casework.sheets.columns import Column
from casework.sheets.values import Cell
from workflows.archived.flow import NOTHING, flow_of, step_name
from workflows.archived.shape import Shape
from workflows.archived.titles import readable
from workflows.limits import Deadline
from workflows.programme import FactField, Programme
from workflows.refusals import NotAllowed
from workflows.terms import Terms, TermsBook

SLUG = "replay-"
CLASS = "Log_"
NUMBER_PREFIX = "LS"
TERMS_VERSION = "history"
LONG_PAST = datetime.date(1, 1, 1)


def slug_of(digest: str, lifecycle: str) -> str:
    """The programme of a log: by its content and by what was taken of it, so that one name never means two flows."""
    return SLUG + sha256(f"{digest}\0{lifecycle}".encode()).hexdigest()[:16]


def class_name_of(slug: str) -> str:
    return CLASS + slug.removeprefix(SLUG)


def slug_of_class(name: str) -> str:
    """The slug whose flow class has that name. Raises `KeyError` for another class's name."""
    if not name.startswith(CLASS):
        raise KeyError(name)
    return SLUG + name.removeprefix(CLASS)


@functools.cache
def programme_of(slug: str) -> Programme:
    """The programme of a log's cases, built from its row when it is first asked for. Raises `KeyError` for none."""
    log = ReplayedLog.objects.filter(slug=slug).first() if slug.startswith(SLUG) else None
    if log is None:
        raise KeyError(slug)
    return build(slug, log.name, Shape.from_json(log.shape))


def build(slug: str, name: str, shape: Shape) -> Programme:
    """The same from a shape, before there is a row: it is proved first."""
    title = f"历史案件：{readable(name)}"
    terms = _terms(shape, name)
    return Programme(
        slug=slug,
        title=title,
        number_prefix=NUMBER_PREFIX,
        bank_memo="",
        flow=flow_of(class_name_of(slug), shape, programme=slug, title=title, terms=terms),
        terms=terms,
        reasons={},
        facts=(FactField("external_id", "原案号"),),
        describe=_describe,
        assess=_assess,
        applications=_NoApplications(),
    )


def _terms(shape: Shape, source: str) -> TermsBook:
    """No signatures and no money. What is past has no deadline; the day here is never counted."""
    steps = [step_name(place) for place in range(len(shape.activities))] + [NOTHING] * bool(shape.empty)
    limit = Deadline(days=1, working=False)
    version = Terms(TERMS_VERSION, LONG_PAST, source, (), dict.fromkeys(steps, limit), {})
    return TermsBook([version])


def _describe(case: Case) -> list[tuple[str, str]]:
    name = case.facts.get("external_id")
    return [(_("原案号"), _("（原系统没有案号）") if name is None else readable(name))]


def _refuse() -> NoReturn:
    raise NotAllowed(_("这是补录的历史案件，只供查阅，不受理申请，也不核定金额。"))


def _assess(case: Case, days_used: Mapping[int, int]) -> NoReturn:
    _refuse()


class _NoApplications:
    """Nobody applies for what is past."""

    columns: tuple[Column, ...] = ()

    def read(self, cells: Mapping[str, Cell]) -> NoReturn:
        _refuse()

    def open_docket(self, county: str, applied_on: datetime.date) -> NoReturn:
        _refuse()
