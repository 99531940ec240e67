"""The walk: everything that can be paid is paid, by the people whose steps they are."""

from __future__ import annotations

import datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from casework.demo.cases import build_cases
from casework.demo.county import build_county
from casework.demo.walk import PROGRAMME, paid_totals, walk
from casework.models import BatchLine, Case, Decision, DeclaredRelative, PaymentBatch, Post, Role, Staff, Stage, WorkItem
from casework.models.stages import ENDED
from tests.casework.demo.places import SMALLEST, load
from workflows import trail


@pytest.fixture
def county(db: None) -> str:
    load(SMALLEST)
    build_county(SMALLEST)
    build_cases(SMALLEST)
    return SMALLEST


def quietly(line: str) -> None:
    assert line


def test_every_case_ends_paid_or_was_refused_or_withdrawn(county: str) -> None:
    assert walk(county, quietly).stuck == {}
    assert set(Case.objects.values_list("stage", flat=True)) <= ENDED
    assert not WorkItem.objects.filter(finished__isnull=True).exists()
    assert set(PaymentBatch.objects.values_list("state", flat=True)) == {PaymentBatch.State.ANSWERED}
    paid = BatchLine.objects.filter(state=BatchLine.State.PAID)
    assert paid.count() == Case.objects.filter(stage=Stage.CLOSED).count()
    assert list(trail.breaks()) == []


def test_what_the_cap_has_left_nothing_of_is_refused_with_that_reason(county: str) -> None:
    nothing = Case.objects.get(amount=0)
    walk(county, quietly)
    decision = Decision.objects.get(case=nothing, step="county")
    assert (decision.outcome, decision.reasons) == ("refuse", ["annual_cap_used"])


def test_a_returned_payment_is_paid_to_another_account(county: str) -> None:
    returned = BatchLine.objects.filter(state=BatchLine.State.RETURNED).values_list("case_id", "account_hash")
    before = dict(returned)
    assert len(before) == 2
    walk(county, quietly)
    for line in BatchLine.objects.filter(case_id__in=before, state=BatchLine.State.PAID):
        assert line.account_hash != before.pop(line.case_id)
    assert before == {}


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
    recused, colleague = approvers
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


def test_there_is_nothing_to_walk_in_an_empty_county(db: None) -> None:
    load(SMALLEST)
    build_county(SMALLEST)
    assert walk(SMALLEST, quietly).stuck == {}
    assert paid_totals(SMALLEST).cases == 0
    assert not Case.objects.filter(programme=PROGRAMME).exists()
