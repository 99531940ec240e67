"""Putting a refused line right, and entering one application by hand."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from casework.crypto import key_ring
from casework.models import Case, SheetLine, Staff
from casework.models.fields import SealedText
from casework.sheets.reading import Row
from casework.sheets.values import Cell, shown
from workflows import registry, trail
from workflows.ledger import Ledger
from workflows.papers import numbers
from workflows.papers.applications import Holders, Judged, enter, judge_rows, new_case, payee_accounts
from workflows.papers.codes import LineRefused
from workflows.papers.sheets import cells_of, check_day_has_come, clerk_actor, kin_of
from workflows.perform import begin
from workflows.programme import Verdict
from workflows.refusals import NotAllowed


def correct_line(line_id: int, changes: Mapping[str, str], *, by: Staff) -> SheetLine:
    """Judge a refused line again, with some of its cells rewritten. Accepted, it becomes a case like any other.

    A cell whose text was left as shown keeps what was read, so a date cell stays a date. Raises `NotAllowed` when the
    line has become a case already or `by` may not.
    """
    with transaction.atomic():
        line = SheetLine.objects.select_for_update(of=("self",)).select_related("sheet").get(pk=line_id)
        sheet = line.sheet
        actor = clerk_actor(by, sheet.county_id)
        if line.outcome == SheetLine.Outcome.ACCEPTED or sheet.applied_on is None:
            raise NotAllowed(_("这一行已经成为案件，不能再改；如有错误请在案件里更正"))
        cells = with_changes(cells_of(line), changes)
        programme = registry.programme(sheet.programme)
        docket = programme.applications.open_docket(sheet.county_id, sheet.applied_on)
        row = Row(number=line.row, cells=cells, raw=())
        judged = judge_rows(programme, [row], docket, kin_of(by))
        ledger = Ledger(at=now())
        cases = enter(
            programme, judged, county=sheet.county_id, applied_on=sheet.applied_on, actor=actor, ledger=ledger
        )
        ledger.write()
        _rewrite(line, cells, judged[0], cases.get(line.row), by)
        details = {
            "sheet": sheet.sha256,
            "row": line.row,
            "fields": sorted(changes),
            "outcome": line.outcome,
            "reasons": line.reasons,
        }
        trail.record(f"import:{sheet.pk}", "line_corrected", actor=actor, details=details)
    return line


def check_again(sheet_id: int, *, by: Staff) -> tuple[int, int]:
    """Judge every refused line of a sheet again as it stands (after the register was mended, say).

    Each line is a transaction of its own. Returns (now accepted, still refused).
    """
    refused = SheetLine.objects.filter(sheet_id=sheet_id, outcome=SheetLine.Outcome.REFUSED)
    outcomes = [correct_line(pk, {}, by=by).outcome for pk in refused.order_by("row").values_list("pk", flat=True)]
    accepted = sum(outcome == SheetLine.Outcome.ACCEPTED for outcome in outcomes)
    return accepted, len(outcomes) - accepted


def with_changes(cells: Mapping[str, Cell], changes: Mapping[str, str]) -> dict[str, Cell]:
    """The cells with those replaced whose text differs from how they are shown."""
    changed = {name: text for name, text in changes.items() if text != shown(cells.get(name, ""))}
    return {**cells, **changed}


def _rewrite(line: SheetLine, cells: Mapping[str, Cell], judged: Judged, case: Case | None, by: Staff) -> None:
    verdict = judged.verdict
    seal = key_ring().seal_text
    line.cells = SealedText(seal(json.dumps(cells, ensure_ascii=False, default=shown)))
    line.outcome = SheetLine.Outcome.ACCEPTED if verdict.accepted else SheetLine.Outcome.REFUSED
    line.reasons = list(verdict.reasons)
    line.problems = SealedText(seal("\n".join(verdict.details))) if verdict.details else ""
    line.case = case
    line.corrected_by = by
    line.corrected_at = now()
    line.save(update_fields=["cells", "outcome", "reasons", "problems", "case", "corrected_by", "corrected_at"])


class NotEntered(Exception):
    """An application that could not be entered: the codes, and the details of the first."""

    def __init__(self, codes: Sequence[str], details: Sequence[str]) -> None:
        self.codes = tuple(codes)
        self.details = tuple(details)
        super().__init__("; ".join(codes))


def enter_application(
    programme_slug: str, cells: Mapping[str, Cell], *, county: str, applied_on: datetime.date, by: Staff
) -> Case:
    """One application handed in at the counter: a case that waits at intake to be looked at.

    Unlike a sheet's line it is not judged here: a person who insists is owed a decision, with reason and remedy,
    and intake gives it. Raises `NotEntered` when it cannot be read or the person is unknown, `NotAllowed` when `by`
    may not, `DayToCome` when the day of application is still to come.
    """
    check_day_has_come(applied_on)
    programme = registry.programme(programme_slug)
    with transaction.atomic():
        actor = clerk_actor(by, county)
        docket = programme.applications.open_docket(county, applied_on)
        try:
            application = programme.applications.read(cells)
        except LineRefused as refused:
            raise NotEntered([refused.code], refused.details) from refused
        docket.prepare([application])
        verdict = docket.enter(application)
        if application.identity_hash in kin_of(by):
            verdict = Verdict(False, ("recusal",))
        elif Holders([application]).differ(application):
            verdict = Verdict(False, ("account_of_another_name",))
        if not verdict.accepted:
            raise NotEntered(verdict.reasons, verdict.details)
        judged = [Judged(Row(number=0, cells=dict(cells), raw=()), application, verdict)]
        account = payee_accounts(judged, applied_on).get((application.identity_hash, application.account_hash))
        number = numbers.reserve(programme.number_prefix, county, applied_on.year, 1)[0]
        case = new_case(programme, verdict, number, applied_on=applied_on, account=account)
        ledger = Ledger(at=now())
        begin(case, programme.flow_for(case.terms_version), ledger, actor=actor)
        ledger.write()
    return case
