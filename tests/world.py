"""A small county that works: real places, invented people.

Built afresh for each test that asks for it. `world.case(at="county")` walks a case there through the gateway, by the
people whose step it is, so a test never meets a case that could not exist.
"""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.timezone import localdate, now

from casework.demo import bank
from casework.models import (
    Case,
    Designation,
    Division,
    Evidence,
    Hospital,
    Office,
    PaymentBatch,
    Person,
    Post,
    Role,
    Staff,
    WorkItem,
)
from tests import factories
from workflows import registry
from workflows.ledger import Ledger
from workflows.papers import numbers
from workflows.payments.bank_files import export_batch
from workflows.payments.batches import check_batch, draw_batch, lock_batch
from workflows.payments.returns import apply_return
from workflows.perform import begin, perform
from workflows.standing import Actor

COUNTY = "430922"
TOWNSHIP = "430922112"
VILLAGE = "430922112252"
OTHER_VILLAGE = "430922113239"

ROAD = (
    ("intake", "accept", Role.INTAKE_CLERK),
    ("village", "pass", Role.VILLAGE_VERIFIER),
    ("township", "pass", Role.TOWNSHIP_REVIEWER),
    ("county", "approve", Role.COUNTY_APPROVER),
    ("payment", "draw", Role.PAYMENT_OFFICER),
    ("payment_check", "confirm", Role.PAYMENT_CHECKER),
    ("bank", "credited", Role.PAYMENT_OFFICER),
)

IN_BATCHES = ("payment", "payment_check", "bank")


@dataclass
class World:
    """The county's staff by role, and verbs that tell stories."""

    staff: dict[str, Staff] = field(default_factory=dict)

    def by(self, role: str) -> Staff:
        return self.staff[role]

    def case(self, at: str = "intake", *, person: Person | None = None, **facts: Any) -> Case:
        """A nursing subsidy case whose open step is `at` (or closed, for `at="end"`)."""
        case = self.enter(person=person, **facts)
        for step, outcome, role in ROAD:
            if step == at:
                break
            if step == "village":
                photographed(case)
            if step in IN_BATCHES:
                self.pay_on(case, step)
            else:
                perform(open_item(case).pk, outcome, by=self.by(role), note="情况属实")
        return Case.objects.get(pk=case.pk)

    def pay_on(self, case: Case, step: str) -> PaymentBatch:
        """One step further in a batch of its own: drawn; checked, locked and sent; answered by the bank as paid."""
        officer = self.by(Role.PAYMENT_OFFICER)
        if step == "payment":
            return draw_batch(case.programme, COUNTY, by=officer, case_numbers=[case.number])
        batch = PaymentBatch.objects.get(lines__case=case, lines__state="pending")
        if step == "payment_check":
            check_batch(batch, by=self.by(Role.PAYMENT_CHECKER))
            lock_batch(batch, by=officer)
            export_batch(batch, by=officer, form="utf-8")
            return batch
        sent = export_batch(batch, by=officer, form="utf-8").data
        apply_return(batch, bank.answer(sent, on=min(datetime.date(2026, 11, 20), localdate())), by=officer)
        return batch

    def enter(self, *, person: Person | None = None, division: str = VILLAGE, **facts: Any) -> Case:
        """A case waiting at intake."""
        programme = registry.programme("nursing_subsidy")
        person = person or factories.PersonFactory(registered=True, division_id=division)
        account = person.accounts.first() or factories.PayeeAccountFactory(person=person)
        clerk = self.by(Role.INTAKE_CLERK)
        body = {
            "hospital": "县人民医院",
            "hospital_level": 2,
            "admission_date": "2026-08-05",
            "discharge_date": "2026-08-31",
            "dependency_level": "severe",
            "caregiver": "护工",
            "category": "bereaved",
            "certificate_number": "特扶430922",
            **facts,
        }
        terms = programme.terms.in_force(datetime.date.fromisoformat(body["admission_date"]))
        assert terms is not None
        with transaction.atomic():
            ledger = Ledger(at=now())
            case = Case(
                number=numbers.reserve("HL", COUNTY, 2026, 1)[0],
                programme=programme.slug,
                terms_version=terms.version,
                applicant=person,
                division_id=division,
                applied_on=datetime.date(2026, 11, 2),
                facts=body,
                signatures_required=["verify", "review", "approve"],
                payee_account=account,
            )
            begin(case, programme.flow, ledger, actor=Actor(clerk.pk, clerk.name, "县计生协", Role.INTAKE_CLERK))
            ledger.write()
        return case


def open_item(case: Case) -> WorkItem:
    return WorkItem.objects.get(process=case, finished__isnull=True)


def photographed(case: Case) -> None:
    """A home-visit photograph in the file, as far as the law looks."""
    Case.objects.filter(pk=case.pk).update(papers={Evidence.Kind.PHOTOGRAPH: [uuid.uuid4().hex * 2]})


MADE = (Division, Office, Staff, Post, Hospital, Designation)
"""What a county is made of, parents first."""

_first: dict[type[Model], list[dict[str, Any]]] = {}
"""The rows of the first county this process made, keys and all. Sequences never go back, so the keys are free again."""
_roles: dict[str, int] = {}


def build_world() -> World:
    """The county, made by the factories the first time; after that the same rows again, in a statement a table.

    Where there is anything of it already, it is made beside that.
    """
    if Division.objects.exists() or Staff.objects.exists():
        return _make_world()
    if not _first:
        world = _make_world()
        _first.update({model: list(model._default_manager.order_by("pk").values()) for model in MADE})
        _roles.update({role: staff.pk for role, staff in world.staff.items()})
        return world
    rows = {model: [model(**values) for values in found] for model, found in _first.items()}
    for model, made in rows.items():
        model._default_manager.bulk_create(made)
    staff = {one.pk: one for one in rows[Staff]}
    return World({role: staff[key] for role, key in _roles.items()})


def _make_world() -> World:
    factories.places()
    world = World()
    for role, office in (
        (Role.INTAKE_CLERK, COUNTY),
        (Role.VILLAGE_VERIFIER, VILLAGE),
        (Role.TOWNSHIP_REVIEWER, TOWNSHIP),
        (Role.COUNTY_APPROVER, COUNTY),
        (Role.PAYMENT_OFFICER, COUNTY),
        (Role.PAYMENT_CHECKER, COUNTY),
        (Role.SUPERVISOR, COUNTY),
        (Role.AUDITOR, COUNTY),
        (Role.ADMINISTRATOR, COUNTY),
    ):
        world.staff[role] = factories.StaffFactory(post=(role, office))
    factories.hospitals(COUNTY)
    return world
