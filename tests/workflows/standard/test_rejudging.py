"""A year of a standard programme's decisions under other terms: the same terms change nothing, others what they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from casework.models import Case, Role
from casework.models.law import NOTICE_WORDS
from casework.models.stages import PROMISED
from casework.sheets.values import Cell
from tests.workflows.programmes.foundation_grant.stories import donated
from tests.workflows.standard.invented import application_for, on_its_day
from tests.workflows.standard.stories import (
    a_person,
    at_the_counter,
    hung,
    onward,
    purpose_of,
    whose_step,
    with_log,
    with_papers,
)
from tests.world import World, open_item
from workflows import registry
from workflows.flow import Step
from workflows.perform import perform
from workflows.programme import Programme
from workflows.replay_rules import Change, Replayed, Unmoved, replay_rules
from workflows.standard.applications import StandardApplications
from workflows.terms import TermsBook, TermsProblem

STANDARD = [slug for slug, one in registry.programmes().items() if isinstance(one.applications, StandardApplications)]
FRESHMEN = registry.programme("freshman_grant")
ADMITTED: dict[str, Cell] = {
    "student": "向小满",
    "schooling": "本科",
    "university": "示例大学",
    "admission_number": "2026-000123",
}


def decided(world: World, case: Case) -> Case:
    """On along the road until the county has said yes."""
    with_papers(case)
    with_log(case)
    body = registry.programme(case.programme).terms.version(case.terms_version).body
    if "donations" in body:
        donated("99999.00", purpose=purpose_of(case))
    while case.stage not in PROMISED:
        step: Step = open_item(case).flow_task
        if step.name in NOTICE_WORDS:
            hung(world, case)
        else:
            perform(open_item(case).pk, onward(step), by=whose_step(world, case), note="情况属实")
        case = Case.objects.get(pk=case.pk)
    return case


def refused(world: World, case: Case, reason: str) -> Case:
    perform(open_item(case).pk, "refuse", by=world.by(Role.INTAKE_CLERK), reasons=[reason], note="见告知书")
    return Case.objects.get(pk=case.pk)


def replayed(programme: Programme, book: TermsBook) -> list[Replayed]:
    return list(replay_rules(programme, book, localdate().year))


def otherwise(programme: Programme, change: Callable[[dict[str, Any]], None]) -> TermsBook:
    """The programme's terms with something said otherwise in every version."""
    versions = []
    for version in programme.terms.versions:
        body = yaml.safe_load(yaml.safe_dump(dict(version.body), allow_unicode=True))
        change(body)
        versions.append(replace(version, body=body))
    return TermsBook(versions)


def dearer(body: dict[str, Any]) -> None:
    body["amount"]["yuan"] = {"undergraduate": "6000.00", "college": "4000.00"}


def colleges_only(body: dict[str, Any]) -> None:
    body["facts"][1]["choices"] = {"college": "专科"}
    body["amount"]["yuan"] = {"college": "4000.00"}


def for_the_bereaved(body: dict[str, Any]) -> None:
    body["who"]["categories"] = ["bereaved"]


def all_year(body: dict[str, Any]) -> None:
    del body["window"]


@pytest.mark.parametrize("slug", STANDARD)
def test_under_the_same_terms_every_decision_is_the_same(world: World, slug: str) -> None:
    programme = registry.programme(slug)
    cells, on = application_for(programme)
    with on_its_day(on):
        case = decided(world, at_the_counter(world, slug, cells, on=on))
        (again,) = replayed(programme, programme.terms)
    assert (again.number, again.change, again.now.granted) == (case.number, Change.SAME, True)
    assert again.now.amount == (case.amount or Decimal(0))


def test_a_higher_rate_gives_more_and_says_how_it_is_reckoned(world: World) -> None:
    decided(world, at_the_counter(world, "freshman_grant", {**a_person(), **ADMITTED}, on="2026-07-20"))
    (again,) = replayed(FRESHMEN, otherwise(FRESHMEN, dearer))
    assert (again.change, again.difference) == (Change.HIGHER, Decimal("1000.00"))
    assert "标准6000.00元（示例：本科5000元，专科4000元）" in again.why


def test_a_category_the_other_terms_leave_out_is_refused_in_their_words(world: World) -> None:
    person = a_person(registered__category="hardship")
    decided(world, at_the_counter(world, "freshman_grant", {**person, **ADMITTED}, on="2026-07-20"))
    (again,) = replayed(FRESHMEN, otherwise(FRESHMEN, for_the_bereaved))
    assert (again.change, again.why) == (Change.REFUSED, ("家庭类别不在范围内（失独）",))


def test_an_answer_the_other_terms_do_not_know_is_named(world: World) -> None:
    decided(world, at_the_counter(world, "freshman_grant", {**a_person(), **ADMITTED}, on="2026-07-20"))
    (again,) = replayed(FRESHMEN, otherwise(FRESHMEN, colleges_only))
    assert (again.change, again.why) == (Change.REFUSED, ("原申请里没有方案要问的“录取层次”",))


def test_who_came_too_late_is_granted_where_the_other_terms_take_them_all_year(world: World) -> None:
    early = at_the_counter(world, "freshman_grant", {**a_person(), **ADMITTED}, on="2026-06-20")
    refused(world, early, "late")
    (again,) = replayed(FRESHMEN, otherwise(FRESHMEN, all_year))
    assert (again.change, again.now.amount) == (Change.GRANTED, Decimal("4000.00"))
    (kept,) = replayed(FRESHMEN, FRESHMEN.terms)
    assert (kept.change, kept.unmoved) == (Change.SAME, None)


def test_a_refusal_for_what_was_found_on_the_ground_stays_one(world: World) -> None:
    case = at_the_counter(world, "freshman_grant", {**a_person(), **ADMITTED}, on="2026-07-20")
    refused(world, case, "granted_elsewhere")
    (again,) = replayed(FRESHMEN, otherwise(FRESHMEN, dearer))
    assert (again.change, again.unmoved) == (Change.SAME, Unmoved.GROUND)


def test_as_many_statements_for_many_families_as_for_one(world: World) -> None:
    """Also of funerals, which are about somebody else than who applies."""
    funerals = registry.programme("funeral_aid")
    counts = []
    for number in range(3):
        cells, on = application_for(funerals, number=number)
        decided(world, at_the_counter(world, "funeral_aid", cells, on=on))
        with CaptureQueriesContext(connection) as sent:
            assert len(replayed(funerals, funerals.terms)) == number + 1
        counts.append(len(sent))
    assert counts == [6, 6, 6]


def test_a_file_of_terms_is_checked_like_the_programmes_own(tmp_path: Path) -> None:
    rejudging = FRESHMEN.rejudging
    assert rejudging is not None
    path = tmp_path / "new.yaml"
    written = Path("workflows/programmes/freshman_grant/terms.yaml").read_text(encoding="utf-8")
    path.write_text(written.replace("by: [schooling]", "by: [grade]"), encoding="utf-8")
    with pytest.raises(TermsProblem, match=r"new\.yaml.*grade"):
        rejudging.read_terms(path)
    path.write_text(written, encoding="utf-8")
    assert [version.version for version in rejudging.read_terms(path).versions] == [
        version.version for version in FRESHMEN.terms.versions
    ]
