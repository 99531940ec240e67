"""Applications of standard programmes, and their way along the road, by the people whose step it is."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.timezone import now

from casework.models import CarriedFamily, Case, Evidence, LogEntry, Notice, Role, Staff
from casework.models.law import NOTICE_WORDS
from casework.sheets.values import Cell
from casework.sheets.writing import table_workbook
from tests.factories import PersonFactory, StaffFactory, invented_identity
from tests.workflows.notices.noticed import days_later, picture
from tests.world import COUNTY, IN_BATCHES, World, open_item
from workflows import registry
from workflows.flow import Step
from workflows.notices.closing import close_notice
from workflows.notices.photographs import add_photograph
from workflows.notices.posting import post_notice
from workflows.outcomes import Kind
from workflows.papers.applications import import_applications
from workflows.papers.correcting import enter_application
from workflows.papers.report import Report
from workflows.perform import perform
from workflows.standard.units import check_character

CARD = "6299000000000000077"
OF_THE_ACCOUNT = {"account_number", "account_holder"}


def a_person(name: str = "向秋菊", number: int = 501, born: str = "1955-03-07", **traits: Any) -> dict[str, Cell]:
    """Somebody in the register, and what they write of themselves."""
    birth = datetime.date.fromisoformat(born)
    identity = invented_identity(number, birth)
    given = {"registered": True, "birth_date": birth, **traits}
    PersonFactory(name=name, identity_number=identity, **given)
    return written_by(name, identity)


def written_by(name: str, identity: str) -> dict[str, Cell]:
    return {"name": name, "identity_number": identity, "account_number": CARD, "account_holder": name}


def sheet(slug: str, lines: Sequence[Mapping[str, Cell]]) -> bytes:
    """A sheet with the columns these lines use, under the programme's own headings; where nothing is paid there is no
    column for the account."""
    labels = {column.name: column.label for column in registry.programme(slug).applications.columns}
    absent = OF_THE_ACCOUNT - labels.keys()
    names = [name for name in dict.fromkeys(name for line in lines for name in line) if name not in absent]
    rows = [tuple(str(line.get(name, "")) for name in names) for line in lines]
    return table_workbook(tuple(labels[name] for name in names), rows)


def hand_in(world: World, slug: str, *lines: Mapping[str, Cell], on: str, by: Staff | None = None) -> Report:
    day = datetime.date.fromisoformat(on)
    clerk = by or world.by(Role.INTAKE_CLERK)
    return import_applications(slug, sheet(slug, lines), county=COUNTY, applied_on=day, by=clerk)


def at_the_counter(world: World, slug: str, cells: Mapping[str, Cell], *, on: str) -> Case:
    day = datetime.date.fromisoformat(on)
    return enter_application(slug, cells, county=COUNTY, applied_on=day, by=world.by(Role.INTAKE_CLERK))


def granted(world: World, slug: str, cells: Mapping[str, Cell], *, on: str) -> Case:
    """The case of one line of a sheet, accepted."""
    report = hand_in(world, slug, cells, on=on)
    assert [row.outcome for row in report.rows] == ["accepted"], report.rows
    return Case.objects.get(number=report.rows[0].case)


def with_families(case: Case) -> None:
    """As many families as the unit says it carries, where the terms count them."""
    carried = registry.programme(case.programme).terms.version(case.terms_version).body.get("carried")
    wanted = int(case.facts[carried["of"]]) if carried else 0
    here = CarriedFamily.objects.filter(case=case).count()
    clerk = StaffFactory() if here < wanted else None
    for _number in range(here, wanted):
        CarriedFamily.objects.create(case=case, person=PersonFactory(), linked_by=clerk, linked_at=now())


def with_papers(case: Case) -> None:
    """A file with everything in it anybody could want, as far as the law looks."""
    with_families(case)
    kinds = {kind: [uuid.uuid4().hex * 2 for _ in range(6)] for kind in Evidence.Kind.values}
    Case.objects.filter(pk=case.pk).update(papers=kinds)


def with_log(case: Case) -> None:
    """One entry of every kind the terms want of its log by some step, adding up to what was applied for."""
    body = registry.programme(case.programme).terms.version(case.terms_version).body
    amount, kinds = body["amount"], {kind["name"]: kind for kind in body.get("log", {}).get("kinds", ())}
    wanted = {name for step in body["steps"].values() for name in step.get("log", ())} | {amount.get("log")} - {None}
    for name in sorted(wanted):
        quantity = case.facts[amount["of"]] if name == amount.get("log") else 1
        LogEntry.objects.create(
            case=case,
            kind=name,
            day=case.applied_on,
            quantity=quantity if kinds[name].get("unit") else None,
            unit=kinds[name].get("unit", ""),
            money=1 if kinds[name].get("money") else None,
            words="示例",
            entered_by=StaffFactory(),
            office_name="示例",
            entered_at=now(),
            key=f"{case.number} {name}",
        )


def purpose_of(case: Case) -> str:
    """For what a donation must have been given, in words, where the terms pay from one."""
    programme = registry.programme(case.programme)
    named = programme.terms.version(case.terms_version).body["donations"]["purpose"]
    choices = next(field.choices for field in programme.facts if field.name == named)
    return choices[case.facts[named]]


def whose_step(world: World, case: Case) -> Staff:
    """Somebody of the role and the office the case waits for: the world's own, or one appointed there now."""
    item = open_item(case)
    own = world.staff.get(item.role)
    if own is not None and own.posts.filter(office__division_id=item.office, role=item.role).exists():
        return own
    return world.staff.setdefault(f"{item.role} {item.office}", StaffFactory(post=(item.role, item.office)))


def onward(step: Step) -> str:
    """The outcome by which a step's work goes on."""
    return next(name for name, outcome in step.outcomes.items() if outcome.kind is Kind.ADVANCE and not outcome.aside)


def posted(world: World, *cases: Case, channels: Sequence[str] = ("board",)) -> Notice:
    """The list of these cases on the board they wait for, with its photograph."""
    item = open_item(cases[0])
    keeper, numbers = whose_step(world, cases[0]), [case.number for case in cases]
    notice = post_notice(cases[0].programme, item.step, item.office, numbers, by=keeper, channels=channels)
    add_photograph(notice, picture(notice.pk), by=keeper)
    return notice


def hung(world: World, *cases: Case) -> Notice:
    """Posted, and down again on the morning after its last day."""
    notice = posted(world, *cases)
    with days_later(notice):
        return close_notice(notice, by=notice.posted_by)


def walked(world: World, case: Case, to: str = "") -> Case:
    """On along the road, until the case waits at `to` or has ended."""
    with_papers(case)
    while (item := case.work_items.filter(finished__isnull=True).first()) is not None and item.step != to:
        step: Step = item.flow_task
        if item.step in IN_BATCHES:
            world.pay_on(case, item.step)
        elif item.step in NOTICE_WORDS:
            hung(world, case)
        else:
            perform(open_item(case).pk, onward(step), by=whose_step(world, case), note="情况属实")
    return Case.objects.get(pk=case.pk)


def a_unit(name: str, code: str, *, by: str = "田大有", number: int = 701) -> dict[str, Cell]:
    """A unit that applies by its representative, whom no book knows yet, on its own account."""
    return {
        **written_by(by, invented_identity(number)),
        "account_holder": name,
        "unit_name": name,
        "credit_code": code[:17] + check_character(code[:17]),
        "proof": "协议第1号",
        "village": "川门湾村委会",
    }
