"""A demonstration county makes sense on any day it is made."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.utils.timezone import localdate, now

from casework.demo.cases import build_cases
from casework.demo.county import build_county
from casework.demo.grants import FAMILIES_EACH, SHOPS, VILLAGES, build_grants
from casework.demo.walk import FAMILIES
from casework.models import Case, Event, WorkItem
from tests.casework.demo.places import SMALLEST, load
from tests.casework.demo.test_cases import STEPS


# The day after new terms came into force; the first working day of a year nobody has a holiday calendar for.
@pytest.mark.parametrize("day", ["2026-07-02", "2027-01-04"])
def test_every_queue_has_work_and_nothing_lies_in_the_future(db: None, day: str) -> None:
    load(SMALLEST)
    with time_machine.travel(f"{day}T08:10:00+08:00"):
        build_county(SMALLEST)
        build_cases(SMALLEST)
        waiting = set(WorkItem.objects.filter(finished__isnull=True).values_list("step", flat=True))
        assert waiting == STEPS
        today = localdate()
        assert not Event.objects.filter(at__gt=now()).exists()
        for case in Case.objects.all():
            admission = datetime.date.fromisoformat(case.facts["admission_date"])
            assert today - datetime.timedelta(days=80) <= admission <= case.applied_on <= today
        assert build_grants(SMALLEST) == VILLAGES * FAMILIES_EACH + SHOPS
        assert not Event.objects.filter(at__gt=now()).exists()
        assert Case.objects.filter(programme=FAMILIES, notices_required=[]).exists() == (day < "2026-07-20")
