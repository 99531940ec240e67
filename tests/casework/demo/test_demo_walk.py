"""The walk: everything that can be paid is paid, by the people whose steps they are."""

from __future__ import annotations

import datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from casework.demo.cases import build_cases
from casework.demo.county import build_county
from casework.demo.walk import paid_totals, walk
from casework.models import (
    BatchLine,
    Case,
    Decision,
    DeclaredRelative,
    PaymentBatch,
    Post,
    Role,
    Staff,
    Stage,
    WorkItem,
)
from casework.models.stages import ENDED
from tests.casework.demo.conftest import small_photographs
from tests.casework.demo.places import SMALLEST, load
from workflows import trail


@pytest.fixture(scope="module")
def built(held_open: None) -> str:
    load(SMALLEST)
    build_county(SMALLEST)
    with small_photographs():
        build_cases(SMALLEST)
    return SMALLEST


@pytest.fixture
def county(built: str, db: None) -> str:
    """The county as it was built, whatever another test did to it."""
    return built


def quietly(line: str) -> None:
    assert line


def test_every_case_ends_paid_or_was_refused_or_withdrawn(county: str) -> None:
    nothing_left = Case.objects.get(amount=0)
    returned = dict(BatchLine.objects.filter(state=BatchLine.State.RETURNED).values_list("case_id", "account_hash"))
    assert walk(county, quietly).stuck == {}
    assert set(Case.objects.values_list("stage", flat=True)) <= ENDED
    assert not WorkItem.objects.filter(finished__isnull=True).exists()
    assert set(PaymentBatch.objects.values_list("state", flat=True)) == {PaymentBatch.State.ANSWERED}
    paid = BatchLine.objects.filter(state=BatchLine.State.PAID)
    assert paid.count() == Case.objects.filter(stage=Stage.CLOSED).count()
    assert list(trail.breaks()) == []
    # What the year's cap has left nothing of is refused, with that reason.
    decision = Decision.objects.get(case=nothing_left, step="county")
    assert (decision.outcome, decision.reasons) == ("refuse", ["annual_cap_used"])
    # What the bank returned was paid in the end, to another account.
    again = dict(paid.filter(case_id__in=returned).values_list("case_id", "account_hash"))
    assert len(again) == len(returned) == 2
    assert all(again[case] != account for case, account in returned.items())


def test_walking_again_changes_nothing_and_says_the_same_totals(county: str) -> None:
    said: list[list[str]] = []
    for _time in range(2):
        out = StringIO()
        call_command("demo_walk", "--county", county, stdout=out)
        said.append(out.getvalue().splitlines())
    totals = paid_totals(county)
    amounts = Case.objects.filter(stage=Stage.CLOSED).values_list("amount", flat=True)
    assert totals.yuan == sum(amounts, Decimal(0))
    assert said[0][-1] == said[1][-1] == f"已发放 {totals.cases} 件，合计 {totals.yuan:.2f} 元"
    assert len(said[1]) == 1


def test_a_clerk_who_must_keep_out_leaves_the_step_to_a_colleague(county: str) -> None:
    item = WorkItem.objects.filter(step="county", finished__isnull=True, process__amount__gt=0).first()
    assert item is not None
    approvers = Staff.objects.filter(posts__role=Role.COUNTY_APPROVER).order_by("id")
    recused, colleague, *_others = approvers
    kin = {"relation": "兄弟", "declared_on": datetime.date(2026, 1, 1)}
    DeclaredRelative.objects.create(staff=recused, identity_hash=item.process.applicant.identity_hash, **kin)
    assert walk(county, quietly).stuck == {}
    assert Decision.objects.get(case=item.process, step="county").staff_id == colleague.pk


def test_a_post_that_is_empty_is_said_and_holds_up_nobody_else(county: str) -> None:
    village = WorkItem.objects.filter(step="village", finished__isnull=True).values_list("office", flat=True)[0]
    Post.objects.filter(office__division_id=village).update(valid_to=datetime.date(2020, 1, 1))
    stuck = walk(county, quietly).stuck
    left = WorkItem.objects.filter(finished__isnull=True).values_list("process__number", flat=True)
    assert sorted(stuck) == sorted(left) != []
    assert all("没有在岗" in why for why in stuck.values())
    assert set(WorkItem.objects.filter(finished__isnull=True).values_list("office", flat=True)) == {village}
