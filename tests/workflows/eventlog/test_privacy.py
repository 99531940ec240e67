"""What leaves the house names nobody: no name, number, note or account of anybody, in any format."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from casework.demo import bank
from casework.models import BatchLine, Household, Office, PayeeAccount, Person, RegisterEntry, Role, Staff
from tests.factories import PersonFactory
from tests.workflows.payments import story as paying
from tests.world import World, open_item
from workflows.amend import change_account
from workflows.eventlog import case_log, declared, object_log
from workflows.eventlog.case_files import Scope
from workflows.eventlog.ocel_json import write_ocel_json
from workflows.eventlog.ocel_sqlite import write_ocel_sqlite
from workflows.eventlog.xes import write_xes
from workflows.payments.bank_files import export_batch
from workflows.payments.returns import apply_return
from workflows.perform import perform

NOTES = ("情况属实", "邻居向某证实", "户名不符，联系人向某")


@pytest.fixture
def files(world: World, tmp_path: Path) -> Iterator[dict[str, bytes]]:
    """A county in which all sorts of things were said, in every format."""
    person = PersonFactory(registered=True, name="阿依古丽·麦麦提")
    case = world.case("intake", person=person)
    change_account(case.number, "6299000000000000101", "邮储银行", person.name, by=world.by(Role.INTAKE_CLERK))
    perform(open_item(case).pk, "accept", by=world.by(Role.INTAKE_CLERK), note=NOTES[0])
    perform(open_item(case).pk, "refuse", by=world.by(Role.VILLAGE_VERIFIER), reasons=["check_again"], note=NOTES[1])
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
