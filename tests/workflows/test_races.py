"""Two people at the same moment on one case, on real connections: one is done, the other is told."""

from __future__ import annotations

import datetime
from collections import Counter

import pytest

from casework.models import Case, Decision, Entitlement, Event, Participation, Person, Role, SheetLine, Staff
from notifications.models import Outbox
from tests.at_once import at_once, one_in_the_middle_of_the_other
from tests.casework.sheets.workbooks import HEADINGS, xlsx
from tests.factories import PersonFactory, StaffFactory
from tests.workflows import invariants
from tests.world import COUNTY, TOWNSHIP, VILLAGE, World, open_item, photographed
from workflows.amend import amend_facts
from workflows.holding import claim
from workflows.papers.applications import import_applications
from workflows.papers.report import Report
from workflows.perform import Receipt, perform
from workflows.refusals import AlreadyDone, HeldByAnother, Incomplete, Refusal

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def colleagues(role: str, office: str, count: int) -> list[Staff]:
    return [StaffFactory(post=(role, office)) for _ in range(count)]


def kinds(results: list[object]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def test_two_on_one_case_and_one_wins_and_the_other_is_told_who(world: World) -> None:
    case = world.case("township")
    item = open_item(case).pk
    staff = [world.by(Role.TOWNSHIP_REVIEWER), *colleagues(Role.TOWNSHIP_REVIEWER, TOWNSHIP, 1)]

    results = at_once(
        lambda: perform(item, "pass", by=staff[0]),
        lambda: perform(item, "refuse", by=staff[1], reasons=["late"]),
    )

    (told,) = [result for result in results if isinstance(result, AlreadyDone)]
    (won,) = [result for result in results if isinstance(result, Receipt)]
    decision = Decision.objects.get(work_item=item)
    assert decision.outcome == won.outcome
    assert decision.staff_name in str(told) and decision.staff == staff[results.index(won)]
    assert Case.objects.get(pk=case.pk).stage == won.stage
    assert invariants.broken() == []


def test_four_on_each_of_ten_cases_and_each_step_is_done_once(world: World) -> None:
    staff = [world.by(Role.VILLAGE_VERIFIER), *colleagues(Role.VILLAGE_VERIFIER, VILLAGE, 3)]
    for _ in range(10):
        case = world.case("village")
        photographed(case)
        item = open_item(case).pk
        results = at_once(*[lambda by=by, item=item: perform(item, "pass", by=by, note="看过") for by in staff])
        assert kinds(results) == {"Receipt": 1, "AlreadyDone": 3}
        assert Decision.objects.filter(work_item=item).count() == 1
        assert Participation.objects.filter(case=case, capacity="verify").count() == 1
        assert case.work_items.filter(step="township").count() == 1
    assert Outbox.objects.values("key").distinct().count() == Outbox.objects.count()
    assert invariants.broken() == []


def test_twenty_claim_one_item_and_one_holds_it(world: World) -> None:
    item = open_item(world.case("township")).pk
    staff = colleagues(Role.TOWNSHIP_REVIEWER, TOWNSHIP, 20)

    results = at_once(*[lambda by=by: claim(item, by=by) for by in staff])

    assert kinds(results) == {"WorkItem": 1, "HeldByAnother": 19}
    (held,) = [result for result in results if not isinstance(result, Exception)]
    holder = staff[results.index(held)]
    assert all(holder.name in str(result) for result in results if isinstance(result, HeldByAnother))
    assert list(Event.objects.filter(action="claimed").values_list("actor_id", flat=True)) == [holder.pk]
    assert invariants.broken() == []


def test_one_approval_sent_twice_is_one_decision(world: World) -> None:
    item = open_item(world.case("county")).pk
    approver = world.by(Role.COUNTY_APPROVER)

    results = at_once(*[lambda: perform(item, "approve", by=approver, key="one-form")] * 2)

    assert kinds(results) == {"Receipt": 2}
    assert sorted(result.repeated for result in results if isinstance(result, Receipt)) == [False, True]
    assert Decision.objects.filter(key="one-form").count() == 1
    assert Event.objects.filter(action="decided", details__outcome="approve").count() == 1
    assert invariants.broken() == []


def test_one_form_sent_for_two_cases_is_taken_for_one(world: World) -> None:
    items = [open_item(world.case("county")).pk for _ in range(2)]
    approver = world.by(Role.COUNTY_APPROVER)

    results = at_once(*[lambda item=item: perform(item, "approve", by=approver, key="one-form") for item in items])

    assert kinds(results) == {"Receipt": 1, "KeyReused": 1}
    assert invariants.broken() == []


def sheet(person: Person, begins: str, ends: str) -> bytes:
    cells = {
        "序号": 1,
        "姓名": person.name,
        "公民身份号码": person.identity_number.reveal(),
        "住院医院": "县人民医院",
        "入院日期": begins,
        "出院日期": ends,
        "失能等级": "重度",
        "社会保障卡号": "6299000000000000077",
        "户名": person.name,
    }
    return xlsx(HEADINGS, [cells.get(heading, "") for heading in HEADINGS])


def imported(data: bytes, by: Staff) -> Report:
    return import_applications(
        "nursing_subsidy", data, county=COUNTY, applied_on=datetime.date(2026, 11, 2), by=by, file_name="申报表.xlsx"
    )


def test_two_sheets_with_overlapping_stays_of_one_person_are_never_both_accepted(world: World) -> None:
    staff = [world.by(Role.INTAKE_CLERK), *colleagues(Role.INTAKE_CLERK, COUNTY, 1)]
    for ends in ("2026-09-20", "2026-09-25", "2026-10-20"):
        person = Person.objects.get(pk=PersonFactory(registered=True).pk)
        sheets = sheet(person, "2026-09-01", "2026-09-20"), sheet(person, "2026-09-01", ends)
        sheets = sheets if sheets[0] != sheets[1] else (sheets[0], sheets[0] + b"\0")
        results = at_once(
            *[lambda data=data, by=by: imported(data, by) for data, by in zip(sheets, staff, strict=True)]
        )
        assert kinds(results) == {"Report": 2}, results
        assert sum(report.accepted for report in results if isinstance(report, Report)) == 1
        assert Entitlement.objects.filter(person=person).count() == 1
    assert SheetLine.objects.filter(outcome="refused").count() == 3
    assert invariants.broken() == []


def two_applications(world: World, *stays: tuple[str, str]) -> list[Case]:
    person = PersonFactory(registered=True)
    return [world.case("intake", person=person, admission_date=one, discharge_date=end) for one, end in stays]


def test_two_clerks_accept_two_stays_and_the_cap_is_shared(world: World) -> None:
    one, other = two_applications(world, ("2026-08-05", "2026-09-20"), ("2026-09-20", "2026-11-01"))
    clerks = [world.by(Role.INTAKE_CLERK), *colleagues(Role.INTAKE_CLERK, COUNTY, 1)]

    results = one_in_the_middle_of_the_other(
        lambda: perform(open_item(one).pk, "accept", by=clerks[0]),
        lambda: perform(open_item(other).pk, "accept", by=clerks[1]),
    )

    assert kinds(list(results)) == {"Receipt": 2}
    assert Case.objects.get(pk=one.pk).payable_days == 46
    assert Case.objects.get(pk=other.pk).payable_days == 14
    assert invariants.broken() == []


def test_two_clerks_accept_overlapping_stays_and_one_is_told_of_the_other(world: World) -> None:
    one, other = two_applications(world, ("2026-08-05", "2026-08-31"), ("2026-08-20", "2026-09-20"))
    clerks = [world.by(Role.INTAKE_CLERK), *colleagues(Role.INTAKE_CLERK, COUNTY, 1)]

    first, second = one_in_the_middle_of_the_other(
        lambda: perform(open_item(one).pk, "accept", by=clerks[0]),
        lambda: perform(open_item(other).pk, "accept", by=clerks[1]),
    )

    assert isinstance(first, Receipt)
    assert isinstance(second, Incomplete), second
    assert invariants.broken() == []


def test_a_case_is_accepted_while_a_sheet_with_the_same_stay_comes_in(world: World) -> None:
    (case,) = two_applications(world, ("2026-08-05", "2026-08-31"))
    clerks = [world.by(Role.INTAKE_CLERK), *colleagues(Role.INTAKE_CLERK, COUNTY, 1)]
    person = Person.objects.get(pk=case.applicant_id)

    first, second = one_in_the_middle_of_the_other(
        lambda: perform(open_item(case).pk, "accept", by=clerks[0]),
        lambda: imported(sheet(person, "2026-08-20", "2026-09-05"), clerks[1]),
    )

    assert isinstance(first, Receipt)
    assert isinstance(second, Report) and second.rows[0].reasons == ("stay_overlap",), second
    assert invariants.broken() == []


def test_a_fact_is_changed_while_another_case_of_the_person_is_accepted(world: World) -> None:
    """Both may happen; the days of the year are counted once."""
    one, other = two_applications(world, ("2026-08-05", "2026-08-31"), ("2026-09-20", "2026-11-01"))
    clerks = [world.by(Role.INTAKE_CLERK), *colleagues(Role.INTAKE_CLERK, COUNTY, 1)]
    perform(open_item(one).pk, "accept", by=clerks[0])
    verifier = world.by(Role.VILLAGE_VERIFIER)

    results = one_in_the_middle_of_the_other(
        lambda: perform(open_item(other).pk, "accept", by=clerks[1]),
        lambda: amend_facts(one.number, {"discharge_date": "2026-09-20"}, by=verifier, reason="papers_differ"),
    )

    assert not [result for result in results if isinstance(result, Exception) and not isinstance(result, Refusal)]
    assert invariants.broken() == []


def test_a_verifier_signs_while_the_facts_are_changed_and_the_signature_is_on_one_of_the_two(world: World) -> None:
    case = world.case("village")
    photographed(case)
    one, other = world.by(Role.VILLAGE_VERIFIER), *colleagues(Role.VILLAGE_VERIFIER, VILLAGE, 1)

    first, second = one_in_the_middle_of_the_other(
        lambda: amend_facts(case.number, {"caregiver": "女儿"}, by=one, reason="papers_differ"),
        lambda: perform(open_item(case).pk, "pass", by=other, note="看过"),
    )

    assert not isinstance(first, Exception) and isinstance(second, Receipt)
    fresh = Case.objects.get(pk=case.pk)
    assert Decision.objects.get(case=case, step="village").facts_digest == fresh.facts_digest
    assert invariants.broken() == []
