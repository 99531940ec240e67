"""Everything of a scope as one stream of records: what our own OCEL files say."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.eventlog.batch_objects import batch_files, happenings_of, object_of
from workflows.eventlog.case_files import Scope, case_files
from workflows.eventlog.case_objects import records_of
from workflows.eventlog.ocel import Record


def records(scope: Scope) -> Iterator[Record]:
    """The batches, for payments to be lines of; each case with its own; what was done to the batches.

    Batches are read twice rather than kept. Read inside `casework.read_only`.
    """
    for batch in batch_files(scope):
        yield object_of(batch)
    for file in case_files(scope):
        yield from records_of(file)
    for batch in batch_files(scope):
        yield from happenings_of(batch)
