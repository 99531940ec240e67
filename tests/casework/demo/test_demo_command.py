"""`manage.py demo`: what it makes, what it says, and when it refuses."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from casework.demo.cases import MadeCases, build_cases
from casework.demo.county import build_county
from casework.models import Case, ClaimBatch, ClaimLodging, Division, RegisterEntry, Staff, WorkItem
from notifications.models import Message, Outbox
from tests.casework.demo.places import SMALLEST, load
from tests.factories import HouseholdFactory, PersonFactory, RegisterEntryFactory


def test_the_applicants_are_told_and_whoever_has_work_is_listed(db: None) -> None:
    load(SMALLEST)
    said = StringIO()
    call_command("demo", "--county", SMALLEST, stdout=said)
    assert not Outbox.objects.waiting().exists()
    assert Message.objects.filter(template="nursing_subsidy.credited").count() == 8
    listed = ClaimLodging.objects.filter(batch=ClaimBatch.objects.get())
    assert WorkItem.objects.filter(step="insurer", finished__isnull=True, process__in=listed.values("case")).exists()
    for words in ("南岳区：新设机构", "名册", "受理员", "村级核实员", "nuanxin-demo-2026"):
        assert words in said.getvalue()


def test_an_empty_county_has_people_and_no_case(db: None) -> None:
    load(SMALLEST)
    call_command("demo", "--county", SMALLEST, "--empty", stdout=StringIO())
    assert Staff.objects.exists()
    assert not Case.objects.exists()
    assert not RegisterEntry.objects.exists()


def test_there_is_nothing_to_walk_in_an_empty_county(db: None) -> None:
    load(SMALLEST)
    build_county(SMALLEST)
    said = StringIO()
    call_command("demo_walk", "--county", SMALLEST, stdout=said)
    assert said.getvalue() == "已发放 0 件，合计 0.00 元\n"


def test_a_county_with_a_register_of_its_own_is_left_alone(db: None) -> None:
    load(SMALLEST)
    build_county(SMALLEST)
    village = Division.objects.filter(level=12).first()
    assert village is not None
    person = PersonFactory(household=HouseholdFactory(county_id=SMALLEST), division_id=village.code)
    RegisterEntryFactory(person=person, county_id=SMALLEST, division_id=village.code)
    assert build_cases(SMALLEST) == MadeCases()
    assert RegisterEntry.objects.count() == 1


def test_in_service_nothing_is_made_by_accident(db: None, settings: Any) -> None:
    settings.TRIAL = False
    for command in ("demo", "demo_walk"):
        with pytest.raises(CommandError, match="正式环境"):
            call_command(command, stdout=StringIO())
    assert not Staff.objects.exists()


def test_a_code_that_is_no_county_is_named(db: None) -> None:
    load(SMALLEST)
    for command in ("demo", "demo_walk"):
        with pytest.raises(CommandError, match="430999"):
            call_command(command, "--county", "430999", stdout=StringIO())
