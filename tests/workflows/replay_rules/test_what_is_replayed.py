"""Which cases are replayed: those decided in the calendar year; and what it costs to read them."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from casework.models import Case, Decision, Entitlement, Role
from tests.factories import hospitals
from tests.sent_back import sent_back
from tests.workflows.papers.sheets import applications, line
from tests.workflows.replay_rules.stories import (
    HERE,
    IN_FORCE,
    IN_YEAR,
    accepted,
    approve,
    approved,
    book,
    entered,
    rates,
    refuse,
    replay,
    somebody,
)
from tests.workflows.second_thoughts.stories import remitted, say
from tests.world import COUNTY, World, open_item
from workflows import registry
from workflows.papers.applications import import_applications
from workflows.perform import perform
from workflows.replay_rules import Change, ReplayProblem, Unmoved, files, lines_sent_back, replay_rules
from workflows.terms import TermsBook

NURSING = registry.programme("nursing_subsidy")


def test_a_case_counts_in_the_year_of_the_decision_where_we_are(world: World) -> None:
    moments = {
        2025: datetime.datetime(2025, 12, 31, 23, 59, 59, tzinfo=HERE),
        2026: datetime.datetime(2026, 1, 1, tzinfo=HERE),
        2027: datetime.datetime(2027, 1, 1, tzinfo=HERE),
    }
    for year, moment in moments.items():
        case = accepted(world, somebody(), "08-05 08-15")
        if year == 2026:
            refuse(world, case, "not_hospitalised", at=moment)
        else:
            approve(world, case, at=moment)
        assert list(replay(year=year)) == [case.number]
    assert replay(year=2028) == {}


@pytest.mark.parametrize("at", ["intake", "village", "county"])
def test_a_case_that_is_not_decided_is_not_replayed(world: World, at: str) -> None:
    world.case(at)
    assert replay(year=2026) | replay(year=IN_YEAR.year) == {}


def test_an_approval_that_was_revoked_was_refused_on_the_ground_and_its_days_are_free(world: World) -> None:
    """An objection to the county's list was founded: no terms undo that. It is said as the board's flow says it."""
    person = somebody()
    revoked = approved(world, person, "08-05 08-31")
    by, item = world.by(Role.COUNTY_APPROVER), open_item(revoked)
    said = {"reasons": ["objection_founded"], "at": IN_YEAR, "work_item": item, "step": "county", "outcome": "founded"}
    part = revoked.participations.get(staff=by)
    Decision.objects.create(case=revoked, staff=by, participation=part, staff_name=by.name, transition="revoke", **said)
    Case.objects.filter(pk=revoked.pk).update(stage="rejected")
    Entitlement.objects.filter(case=revoked).update(live=False)
    later = approved(world, person, "09-02 11-10")

    found = replay(book(yuan_a_day=rates("135.00")))

    assert (found[revoked.number].change, found[revoked.number].unmoved) == (Change.SAME, Unmoved.GROUND)
    assert found[later.number].change == Change.HIGHER
    assert {again.change for again in replay().values()} == {Change.SAME}


def test_a_withdrawn_case_was_not_decided(world: World) -> None:
    case = entered(world, somebody(), "08-05 08-15")
    for outcome, reason in (("withdraw", "applicant_withdrew"),):
        perform(open_item(case).pk, outcome, by=world.by(Role.INTAKE_CLERK), reasons=[reason], at=IN_YEAR)
    assert replay() == {}


def test_paid_drawn_and_sent_back_by_the_bank_were_all_approved(world: World) -> None:
    cases = [*(world.case(step) for step in ("end", "bank", "payment_check", "payment")), sent_back(world)]
    year = cases[0].decisions.get(transition="approve").at.astimezone(HERE).year
    found = replay(book(yuan_a_day={"light": "70.00", "moderate": "100.00", "severe": "135.00"}), year=year)
    assert {case.number for case in cases} == found.keys()
    assert {again.change for again in found.values()} == {Change.HIGHER}


def test_another_programmes_cases_are_another_matter(world: World) -> None:
    approved(world, somebody(), "08-05 08-15")
    assert list(replay_rules(replace(NURSING, slug="another"), IN_FORCE, 2026)) == []


def test_each_case_belongs_to_its_county(world: World) -> None:
    here, there = approved(world, somebody(), "08-05 08-15"), approved(world, somebody(), "08-05 08-15")
    hospitals("430102")
    Case.objects.filter(pk=there.pk).update(division_id="430102")
    found = replay(book(minimum_hospital_level=3))
    assert (found[here.number].county, found[there.number].county) == ("430922", "430102")
    assert {again.change for again in found.values()} == {Change.REFUSED}


def test_a_person_after_the_other_in_chunks_and_as_many_statements_for_two_as_for_many(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as sent:
            assert len(replay()) == len(cases)
        return len(sent)

    people = [somebody() for _number in range(2)]
    cases = [approved(world, person, stay) for person in people for stay in ("08-05 08-15", "08-20 08-25")]
    for_two = statements()
    people += [somebody() for _number in range(5)]
    cases += [approved(world, person, "08-05 08-15") for person in people[2:]]
    assert statements() == for_two == 7
    # Persons, cases, decisions, register entries; the hospitals of a county and their designations are read once.
    monkeypatch.setattr(files, "PERSONS_A_CHUNK", 2)
    assert statements() == 2 + 4 * 4 + 1
    in_order = [again.number for again in replay_rules(NURSING, IN_FORCE, 2026)]
    assert in_order == [case.number for case in cases]


def test_lines_that_never_became_cases_are_counted_by_reason(world: World) -> None:
    person = somebody()
    lines = [line(person), line(person, admitted="2026-07-01", discharged="2026-07-05"), line(person, level="特重")]
    given = {"county": COUNTY, "applied_on": datetime.date(2026, 11, 2), "by": world.by(Role.INTAKE_CLERK)}
    import_applications("nursing_subsidy", applications(lines), at=IN_YEAR, **given)
    assert lines_sent_back(NURSING, 2026) == {"": 2, "late_application": 1, "unknown_value": 1}
    assert lines_sent_back(NURSING, 2027) == {}


def test_a_programme_that_has_not_said_how_cannot_be_replayed() -> None:
    with pytest.raises(ReplayProblem, match="“住院护理补贴”还没有写明怎样按另一份方案重新核定"):
        list(replay_rules(replace(NURSING, rejudging=None), IN_FORCE, 2026))


def test_a_case_whose_own_terms_are_gone_is_named(world: World) -> None:
    case = approved(world, somebody(), "08-05 08-15")
    only_the_oldest = replace(NURSING, terms=TermsBook([IN_FORCE.versions[0]]))
    with pytest.raises(ReplayProblem, match=f"案件{case.number}依据的方案版本“2026-07-01”在现行方案里找不到"):
        list(replay_rules(only_the_oldest, IN_FORCE, 2026))


def test_whoever_asked_for_a_review_has_their_cases_left_as_they_were_decided(world: World) -> None:
    """Even under a cap of one day: what was decided after a review does not follow from the order of acceptance."""
    case = remitted(world, world.case("end"))
    say(case, "let_stand", world.by(Role.INTAKE_CLERK), "review_taken_back")

    (again,) = replay(book(days_a_year=1), year=localdate().year).values()

    assert (again.change, again.unmoved) == (Change.SAME, Unmoved.REVIEWED)
    assert again.was.amount == again.now.amount == case.amount
