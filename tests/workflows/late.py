"""Steps that are late, as late as a test wants them; and the people who look after that."""

from __future__ import annotations

import datetime

from django.utils.timezone import get_current_timezone, now

from casework.models import Case, Role, Staff, SupervisionOrder, WorkItem
from tests.factories import StaffFactory
from tests.world import COUNTY, TOWNSHIP, World, open_item
from workflows import deadlines
from workflows.reckoning import limit_for
from workflows.sweep import sweep


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=get_current_timezone())


def begun(case: Case, at: str) -> WorkItem:
    """The open step of a case, its clock set back (or on) to that moment."""
    item = open_item(case)
    item.created = item.clock_from = moment(at)
    item.process = case
    deadlines.reckon(item, limit_for(item), ())
    item.save()
    return item


def overdue(world: World, at: str = "township") -> WorkItem:
    """A step whose deadline passed four weeks ago, not yet swept."""
    case = world.case(at)
    return begun(case, f"{now() - datetime.timedelta(days=60):%Y-%m-%dT09:00}")


def supervised(world: World, at: str = "township") -> SupervisionOrder:
    """The order raised for a step that is long overdue."""
    item = overdue(world, at)
    sweep()
    return SupervisionOrder.objects.get(work_item=item)


def head_of(place: str = TOWNSHIP) -> Staff:
    return StaffFactory(post=(Role.OFFICE_HEAD, place))


def supervisor_of(place: str = COUNTY) -> Staff:
    return StaffFactory(post=(Role.SUPERVISOR, place))
