"""The annotated copy of a sheet, to send back to whoever handed it in."""

from __future__ import annotations

from casework.models import SheetImport, SheetLine, Staff
from casework.sheets.reading import read_table
from casework.sheets.vocabulary import REGISTER_COLUMNS
from casework.sheets.writing import annotated_copy
from workflows import registry, trail
from workflows.line_codes import Own
from workflows.papers.codes import remedies, sentences
from workflows.papers.sheets import clerk_actor, file_store, problems_of


def copy_to_send_back(sheet: SheetImport, *, by: Staff) -> bytes:
    """The sheet as it came, with each line's result, reasons and remedies beside it; an event in the trail.

    Raises `NotAllowed` when `by` is not an intake clerk of the county.
    """
    actor = clerk_actor(by, sheet.county_id)
    source = file_store().get(sheet.file)
    columns = REGISTER_COLUMNS
    if sheet.kind == SheetImport.Kind.APPLICATIONS:
        columns = registry.programme(sheet.programme).applications.columns
    own = registry.codes_of(sheet.programme)
    notes = {line.row: _notes(line, own) for line in sheet.lines.select_related("case").iterator()}
    copy = annotated_copy(source, read_table(source, columns), notes)
    details = {"sheet": sheet.sha256, "lines": len(notes)}
    trail.record(f"import:{sheet.pk}", "sheet_returned", actor=actor, details=details)
    return copy


def _notes(line: SheetLine, own: Own) -> tuple[str, str, str]:
    outcome = "通过" if line.outcome == SheetLine.Outcome.ACCEPTED else "退回"
    if line.case is not None:
        outcome = f"通过 {line.case.number}"
    reasons = "；".join(sentences(line.reasons, problems_of(line), own))
    return outcome, reasons, "；".join(remedies(line.reasons, own))
