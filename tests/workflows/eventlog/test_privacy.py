"""What leaves the house names nobody: no name, number, note or account of anybody, in any format."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps

from casework.demo import bank
from casework.models import (
    BatchLine,
    Case,
    Household,
    Office,
    PayeeAccount,
    Person,
    RegisterEntry,
    Role,
    Staff,
    VisitRecord,
)
from casework.models.fields import EncryptedTextField, opened
from tests.factories import PersonFactory
from tests.workflows.payments import story as paying
from tests.workflows.programmes.insurance_claim.stories import notified, with_insurer
from tests.workflows.programmes.rights_case.stories import rights_of
from tests.workflows.visits import stories as visits
from tests.world import COUNTY, World, open_item
from workflows.amend import change_account
from workflows.eventlog import case_log, declared, object_log, pseudonyms
from workflows.eventlog.case_files import Scope, case_files, particulars
from workflows.eventlog.ocel_json import write_ocel_json
from workflows.eventlog.ocel_sqlite import write_ocel_sqlite
from workflows.eventlog.xes import write_xes
from workflows.payments.bank_files import export_batch
from workflows.payments.returns import apply_return
from workflows.perform import perform

NOTES = ("情况属实", "邻居向某证实", "户名不符，联系人向某", "老人夜里哭，想找人说话", "在向家湾摔下田坎")
TOLD = ("story", "place", "remark", "caregiver", "hospital")
"""Facts that are somebody's own words, or say where somebody was."""


@pytest.fixture
def files(world: World, tmp_path: Path) -> Iterator[dict[str, bytes]]:
    """A county in which all sorts of things were said, in every format."""
    person = PersonFactory(registered=True, name="阿依古丽·麦麦提")
    case = world.case("intake", person=person)
    change_account(case.number, "6299000000000000101", "邮储银行", person.name, by=world.by(Role.INTAKE_CLERK))
    perform(open_item(case).pk, "accept", by=world.by(Role.INTAKE_CLERK), note=NOTES[0])
    perform(open_item(case).pk, "refuse", by=world.by(Role.VILLAGE_VERIFIER), reasons=["check_again"], note=NOTES[1])
    rights_of().referred()
    _round, (visited,) = visits.approved(world, 1)
    visits.visited(world, visited, needs=["nursing"], needs_words=NOTES[3], signer="向*的邻居陈某")
    notified(with_insurer(world), story=NOTES[4])
    batch = paying.exported(world, 1)
    officer = world.by(Role.PAYMENT_OFFICER)
    sent = export_batch(batch, by=officer, form="utf-8").data
    apply_return(batch, bank.answer(sent, on=datetime.date(2026, 11, 20), returned={1: NOTES[2]}), by=officer)
    xes = BytesIO()
    write_xes(xes, case_log.header(Scope()), case_log.traces(Scope()))
    for name, write in (("log.json", write_ocel_json), ("log.sqlite", write_ocel_sqlite)):
        write(tmp_path / name, object_log.records(Scope()), declared.OBJECTS)
    yield {"xes": xes.getvalue(), **{path.suffix: path.read_bytes() for path in tmp_path.glob("log.*")}}


def secrets() -> set[str]:
    """Every text of a person in the database, and every hash that could be matched."""
    said: set[str] = set(NOTES)
    for staff in Staff.objects.all():
        said |= {staff.name, staff.username, staff.identity_hash}
    for person in Person.objects.all():
        said |= {person.name, person.identity_hash, person.phone_hash, person.identity_number.reveal()}
        said |= {person.phone.reveal()}
    for account in PayeeAccount.objects.all():
        said |= {account.holder_name, account.account_hash, account.account_number.reveal(), account.bank}
    for line in BatchLine.objects.all():
        said |= {
            line.holder_name,
            line.account_hash,
            line.account_number.reveal(),
            line.bank_reason,
            line.bank_reference,
        }
    for model in apps.get_models():
        sealed = [field.attname for field in model._meta.fields if isinstance(field, EncryptedTextField)]
        for row in model._default_manager.values_list(*sealed) if sealed else ():
            said |= {opened(value) for value in row}
    said |= {text for case in Case.objects.all() for name, text in case.facts.items() if name in TOLD}
    said |= {member["name"] for record in VisitRecord.objects.all() for member in record.visitors}
    said |= set(VisitRecord.objects.values_list("signer", flat=True))
    said |= {*Office.objects.values_list("name", flat=True), *Household.objects.values_list("number", flat=True)}
    said |= set(RegisterEntry.objects.values_list("certificate_number", flat=True))
    return said - {""}


def test_nothing_of_anybody_is_in_any_file(files: dict[str, bytes]) -> None:
    assert len(files) == 3
    assert len(secrets()) > 40
    for form, data in files.items():
        text = data.decode("utf-8", errors="replace")
        assert "村级核实" in text and "check_again" in text
        assert [secret for secret in secrets() if secret in text] == [], form


def test_what_this_looks_for_it_would_find(files: dict[str, bytes]) -> None:
    name = Person.objects.get(name="阿依古丽·麦麦提").name

    assert name in secrets()
    assert name in (files["xes"] + name.encode()).decode()


def test_of_a_confidential_case_there_is_the_county_and_no_way_to_its_applicants_other_cases(world: World) -> None:
    ordinary, rights = world.case("intake"), rights_of().referred()
    Case.objects.filter(pk=rights.pk).update(applicant=ordinary.applicant)
    told = {file.case.number: particulars(file.case) for file in case_files(Scope())}
    hidden, open_ = told[rights.number], told[ordinary.number]
    assert hidden["division"] == COUNTY and open_["division"] == ordinary.division_id
    assert hidden["applicant"] not in (open_["applicant"], pseudonyms.applicant(ordinary.applicant_id))
