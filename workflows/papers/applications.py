"""A pile of applications, from a sheet to cases waiting at the step after intake.

Where intake lies in the townships, a county's sheet enters cases that wait there undecided: nobody performs the step of
another office.

Every line ends as accepted or refused with all its reasons. The whole sheet is one transaction: a crash in the
middle leaves nothing. The same bytes for the same county are one import, whenever and however often they come.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from casework.crypto import key_ring
from casework.evidence.storage import FileStore
from casework.models import Case, Level, PayeeAccount, SheetImport, SheetLine, Staff, Stage
from casework.models.fields import SealedText
from casework.rows import insert_rows, new_row
from casework.sheets.reading import Row
from workflows import garbage, registry, trail
from workflows.graph import begin_of
from workflows.ledger import Ledger
from workflows.papers import numbers
from workflows.papers.codes import LineRefused
from workflows.papers.report import Report, RowReport, from_json
from workflows.papers.sheets import (
    check_day_has_come,
    chunks,
    clerk_actor,
    digest_of,
    file_store,
    finish,
    kin_of,
    known_sheet,
    new_sheet,
    remarks_on,
    sealed_line,
    table_to_keep,
)
from workflows.perform import begin, prepare, take
from workflows.programme import Docket, Programme, Verdict
from workflows.standing import Actor, Standing

KIND = SheetImport.Kind.APPLICATIONS


@dataclass(slots=True)
class Judged:
    """A line, what it says (None when unreadable), and what became of it."""

    row: Row
    application: Any
    verdict: Verdict


def import_applications(
    programme_slug: str,
    source: bytes,
    *,
    county: str,
    applied_on: datetime.date,
    by: Staff,
    file_name: str = "",
    dry_run: bool = False,
    at: datetime.datetime | None = None,
) -> Report:
    """Judge and enter every line, as the county's intake clerk `by`. All or nothing; the report says which line why.

    Raises `SheetProblem` when it is no such sheet, `NotAllowed` when `by` is not an intake clerk of the county,
    `DayToCome` when the day of application is still to come.
    A dry run does everything and takes it back. `at` is for history brought in; otherwise it is now.
    """
    check_day_has_come(applied_on, at=at)
    digest = digest_of(source)
    if (known := known_sheet(KIND, programme_slug, county, digest)) is not None:
        return from_json(known.report, sheet_id=known.pk)
    programme = registry.programme(programme_slug)
    actor = clerk_actor(by, county)
    table = table_to_keep(source, programme.applications.columns)
    store = file_store()
    stored_as = "" if dry_run else store.put(source)
    try:
        with transaction.atomic():
            said: dict[str, Any] = {
                "digest": digest,
                "by": by,
                "file_name": file_name,
                "stored_as": stored_as,
                "at": at,
            }
            sheet = new_sheet(KIND, programme=programme_slug, county=county, applied_on=applied_on, **said)
            report = _enter_all(programme, table.rows, sheet, actor, kin_of(by))
            report.notes = [*remarks_on(table), *_remarks_on_intake(programme, sheet)]
            _close(sheet, report, actor, at)
            if dry_run:
                transaction.set_rollback(True)
    except BaseException:
        _forget(store, stored_as)
        raise
    return _without_cases(report) if dry_run else report


def _close(sheet: SheetImport, report: Report, actor: Actor, at: datetime.datetime | None) -> None:
    """The sheet's own row with its report, and its place in the trail."""
    finish(sheet, report)
    details = {"sheet": sheet.sha256, "lines": len(report.rows), "accepted": report.accepted}
    trail.record(f"import:{sheet.pk}", "applications_imported", actor=actor, details=details, at=at)


def _forget(store: FileStore, name: str) -> None:
    if name:
        store.delete(name)


def _without_cases(report: Report) -> Report:
    return replace(report, rows=[replace(row, case=None) for row in report.rows], sheet_id=None)


def _enter_all(programme: Programme, rows: Any, sheet: SheetImport, actor: Actor, kin: frozenset[str]) -> Report:
    assert sheet.applied_on is not None
    docket = programme.applications.open_docket(sheet.county_id, sheet.applied_on)
    report = Report()
    for chunk in chunks(rows):
        # A chunk at a time: what the one before left lying is found between them.
        with garbage.left_lying():
            report.rows += _enter_chunk(programme, chunk, docket, sheet, actor, kin)
    return report


def _enter_chunk(
    programme: Programme, rows: Sequence[Row], docket: Docket, sheet: SheetImport, actor: Actor, kin: frozenset[str]
) -> list[RowReport]:
    assert sheet.applied_on is not None
    judged = judge_rows(programme, rows, docket, kin)
    ledger = Ledger(at=sheet.imported_at)
    cases = enter(programme, judged, county=sheet.county_id, applied_on=sheet.applied_on, actor=actor, ledger=ledger)
    ledger.write()
    insert_rows(SheetLine, [_line(sheet, line, cases.get(line.row.number)) for line in judged])
    return [_row_report(line, cases.get(line.row.number)) for line in judged]


def judge_rows(programme: Programme, rows: Sequence[Row], docket: Docket, kin: frozenset[str]) -> list[Judged]:
    """Read each line, then judge them in their order: the year's days are used up in order of acceptance."""
    read: list[tuple[Row, Any, Verdict | None]] = []
    for row in rows:
        try:
            read.append((row, programme.applications.read(row.cells), None))
        except LineRefused as refused:
            read.append((row, None, Verdict(False, (refused.code,), details=refused.details)))
    readable = [application for _row, application, _verdict in read if application is not None]
    docket.prepare(readable)
    holders = Holders(readable)
    judged = []
    for row, application, verdict in read:
        if application is not None and application.identity_hash in kin:
            verdict = Verdict(False, ("recusal",))
        elif application is not None and holders.differ(application):
            verdict = Verdict(False, ("account_of_another_name",))
        judged.append(Judged(row, application, verdict or docket.judge(application)))
    return judged


class Holders:
    """Under which name the persons' accounts are on file: one account has one holder. One statement."""

    def __init__(self, applications: Sequence[Any]) -> None:
        hashes = {found.account_hash for found in applications if found.account_number}
        people = {found.identity_hash for found in applications if found.account_number}
        on_file = PayeeAccount.objects.filter(person__identity_hash__in=people, account_hash__in=hashes)
        columns = ("person__identity_hash", "account_hash", "holder_name")
        self._known = {(person, account): name for person, account, name in on_file.values_list(*columns)}

    def differ(self, application: Any) -> bool:
        """Whether the account it writes, in the name of the person or the unit that applies, is known under another."""
        names = {application.name, getattr(application, "facts", {}).get("unit_name")}
        if not application.account_number or application.account_holder not in names:
            return False  # somebody else's account is the docket's to refuse
        key = (application.identity_hash, application.account_hash)
        return bool(self._known.setdefault(key, application.account_holder) != application.account_holder)


def enter(
    programme: Programme,
    judged: Sequence[Judged],
    *,
    county: str,
    applied_on: datetime.date,
    actor: Actor,
    ledger: Ledger,
) -> dict[int, Case]:
    """Cases for the accepted lines: submitted and, where intake is the county's, accepted by `actor` through the
    gateway; left in the ledger."""
    accepted = [line for line in judged if line.verdict.accepted]
    taken = numbers.reserve(programme.number_prefix, county, applied_on.year, len(accepted))
    accounts = payee_accounts(accepted, applied_on)
    cases = {}
    for line, number in zip(accepted, taken, strict=True):
        account = accounts.get((line.application.identity_hash, line.application.account_hash))
        case = new_case(programme, line.verdict, number, applied_on=applied_on, account=account)
        item = begin(case, programme.flow_for(case.terms_version), ledger, actor=actor)
        if item.office == county:
            act = prepare(item, "accept", ledger, actor=actor, values={"assessment": line.verdict.assessment})
            take(act, Standing(actor, recused=False))
        cases[line.row.number] = case
    return cases


def new_case(
    programme: Programme, verdict: Verdict, number: str, *, applied_on: datetime.date, account: PayeeAccount | None
) -> Case:
    """A case as a verdict has it, unsaved. One that is about no money of ours has no account."""
    terms = programme.terms.version(verdict.terms_version)
    assert verdict.person_id is not None
    paid_to = {} if account is None else {"payee_account": account}
    return new_row(
        Case,
        number=number,
        programme=programme.slug,
        terms_version=verdict.terms_version,
        flow_version=programme.flow_for(verdict.terms_version).version,
        applicant_id=verdict.person_id,
        division_id=verdict.division,
        applied_on=applied_on,
        facts=dict(verdict.facts),
        signatures_required=list(terms.signatures),
        notices_required=list(terms.notices),
        pays_by=verdict.pays_by or programme.pays_by,
        confidential=programme.confidential,
        **paid_to,
    )


def payee_accounts(accepted: Sequence[Judged], registered_on: datetime.date) -> dict[tuple[str, str], PayeeAccount]:
    """(identity hash, account hash) -> the account, registered when it is new; none for who wrote none and has none of
    that hash on file."""
    people = {line.verdict.person_id for line in accepted if line.verdict.person_id is not None}
    known = {
        (account.person_id, account.account_hash): account
        for account in PayeeAccount.objects.filter(person_id__in=people)
    }
    found, fresh = {}, []
    for line in accepted:
        written = line.application
        person_id = line.verdict.person_id
        assert person_id is not None
        key = (person_id, written.account_hash)
        if not written.account_number and key not in known:
            continue
        if key not in known:
            known[key] = PayeeAccount(
                person_id=person_id,
                holder_name=written.account_holder,
                account_number=SealedText(key_ring().seal_text(written.account_number)),
                account_hash=written.account_hash,
                bank=getattr(written, "bank", ""),  # not every form asks for it
                registered_on=registered_on,
            )
            fresh.append(known[key])
        found[written.identity_hash, written.account_hash] = known[key]
    insert_rows(PayeeAccount, fresh)
    return found


def _remarks_on_intake(programme: Programme, sheet: SheetImport) -> list[str]:
    """That what was entered waits in the townships, where their clerks decide at intake."""
    begins = [begin_of(flow) for flow in programme.flows]
    if all(begin is None or begin.first.level == Level.COUNTY for begin in begins):
        return []
    waiting = sheet.lines.filter(case__stage=Stage.SUBMITTED).count()
    said = _("“%(title)s”由乡镇受理：%(count)d件已登记，还没有受理，等候所在乡镇的受理员核对")
    return [said % {"title": programme.title, "count": waiting}] if waiting else []


def _line(sheet: SheetImport, judged: Judged, case: Case | None) -> SheetLine:
    verdict = judged.verdict
    line = sealed_line(
        sheet,
        judged.row.number,
        judged.row.cells,
        outcome="accepted" if verdict.accepted else "refused",
        reasons=verdict.reasons,
        details=verdict.details,
    )
    line.case = case
    return line


def _row_report(judged: Judged, case: Case | None) -> RowReport:
    """A case that waits at intake has been promised nothing: its line says no days and no sum."""
    verdict = judged.verdict
    assessment = verdict.assessment if case is None or case.stage != Stage.SUBMITTED else None
    return RowReport(
        row=judged.row.number,
        outcome="accepted" if verdict.accepted else "refused",
        reasons=verdict.reasons,
        days=assessment.days if assessment else None,
        amount=assessment.amount if assessment else None,
        case=case.number if case else None,
    )
