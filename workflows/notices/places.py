"""The steps of a notice in a programme's flow, and what waits in them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from casework.models import Case, Person, Staff, WorkItem
from casework.models.law import NOTICE_WORDS
from workflows import registry
from workflows.acting import acting
from workflows.flow import Step
from workflows.notices.refusals import NoticeRefusal
from workflows.standing import Actor


def waiting_step(programme: str, place: str) -> Step:
    """The step in which cases wait to be posted there. Raises `NoticeRefusal` when the programme has none."""
    known = registry.programme(programme)
    step = known.step(place) if place in NOTICE_WORDS else None
    if step is None or not any(outcome.notice == place for outcome in step.outcomes.values()):
        words = {"programme": known.title, "place": NOTICE_WORDS.get(place, place)}
        raise NoticeRefusal(_("“%(programme)s”没有%(place)s这一步。") % words)
    return step


def noticed_programmes() -> list[tuple[str, str]]:
    """(programme, place) of every notice there is in any flow, in the order of the titles."""
    found = [
        (programme.title, programme.slug, place)
        for programme in registry.programmes().values()
        for place in NOTICE_WORDS
        if programme.step(place) is not None
    ]
    return [(slug, place) for _title, slug, place in sorted(found)]


def waiting(programme: str, place: str, office: str) -> QuerySet[WorkItem]:
    """The cases that wait to be posted on an office's board, first come first."""
    step = waiting_step(programme, place)
    items: QuerySet[WorkItem] = WorkItem.objects.filter(
        office=office, role=step.role, programme=programme, step=place, finished__isnull=True
    ).order_by("due_at", "id")
    return items


def may_keep(programme: str, place: str, office: str, by: Staff) -> Actor:
    """Whoever has the post of the step, today, in the office whose board it is. Raises `NotYourPost`."""
    return acting(by, office, waiting_step(programme, place).role)


def lock_people(case_ids: Iterable[int]) -> None:
    """The applicants of all, in one order, before any of their cases: two sheets never wait for each other."""
    people = Person.objects.select_for_update(of=("self",)).filter(cases__in=list(case_ids)).order_by("pk")
    list(people.values_list("pk"))


def open_items(case_ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Case -> the work item it waits in, and its step."""
    items = WorkItem.objects.filter(process_id__in=list(case_ids), finished__isnull=True)
    return {case: (pk, step) for case, pk, step in items.values_list("process_id", "pk", "step")}


def locked_cases(case_ids: Iterable[int]) -> dict[int, Case]:
    """The cases, locked in one order and read afresh. The people come first."""
    cases = Case.objects.select_for_update(of=("self",)).filter(pk__in=list(case_ids)).order_by("pk")
    return {case.pk: case for case in cases}
