"""Cases as traces: what our own XES files say."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.utils.timezone import localtime

from workflows.eventlog import details, pseudonyms, words
from workflows.eventlog.case_files import CaseFile, Scope, case_files, midnight, particulars
from workflows.eventlog.log import Header, LogEvent, Trace, Value
from workflows.eventlog.story import Passage, story

COMPLETE, ASSIGN, REASSIGN, UNKNOWN = "complete", "assign", "reassign", "unknown"
LIFECYCLE = {"decided": COMPLETE, "claimed": ASSIGN, "handed_over": REASSIGN, "released": UNKNOWN}
"""Action of the trail -> transition of the standard life cycle of a work item. Other acts are no work on a step and
stay out. The standard has no word for putting back what one held: `unknown` is its word for whatever it lacks."""

NO_DAY = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)

TRACE_GLOBALS: dict[str, Value] = {
    "concept:name": "",
    "programme": "",
    "flow_version": 0,
    "terms_version": "",
    "division": "",
    "applicant": "",
    "applied_on": NO_DAY,
    "stage": "",
}
EVENT_GLOBALS: dict[str, Value] = {
    "concept:name": "",
    "lifecycle:transition": COMPLETE,
    "time:timestamp": NO_DAY,
    "org:resource": pseudonyms.SYSTEM,
    "seq": 0,
    "step": "",
}
CLASSIFIERS = {
    "Activity": ("concept:name",),
    "ActivityAndTransition": ("concept:name", "lifecycle:transition"),
    "Step": ("step",),
    "Resource": ("org:resource",),
}


def header(scope: Scope) -> Header:
    """What every file of ours begins with, and which cases it was asked for."""
    attributes: dict[str, Value] = {"concept:name": "暖心案件日志", "lifecycle:model": "standard"}
    if scope.programme:
        attributes["programme"] = scope.programme
    if scope.since is not None:
        attributes["since"] = midnight(scope.since)
    return Header(
        trace_globals=TRACE_GLOBALS, event_globals=EVENT_GLOBALS, classifiers=CLASSIFIERS, attributes=attributes
    )


def traces(scope: Scope) -> Iterator[Trace]:
    """Every case of the scope as a trace, one at a time. Read inside `casework.read_only`."""
    return (trace_of(file) for file in case_files(scope))


def trace_of(file: CaseFile) -> Trace:
    """The case, with one `complete` event for each passage through a user task, and who took it up before."""
    case, passages = file.case, list(story(file))
    attributes: dict[str, Value] = {**particulars(case), "stage": str(case.stage)}
    submitted = next((passage.event.at for passage in passages if passage.event.action == "submitted"), None)
    if submitted is not None:
        attributes["submitted"] = localtime(submitted)
    told = (passage for passage in passages if passage.event.action in LIFECYCLE)
    return Trace(case.number, [_event(file, passage) for passage in told], attributes)


def _event(file: CaseFile, passage: Passage) -> LogEvent:
    event = passage.event
    transition = LIFECYCLE[event.action]
    former, to = details.number(passage.event, "former"), details.number(passage.event, "to")
    if transition == ASSIGN and former is not None:
        transition = REASSIGN
    attributes: dict[str, Value | None] = {
        "org:resource": pseudonyms.staff(event.actor_id),
        "seq": event.seq,
        "step": passage.step,
        "org:role": passage.item.role if passage.item else None,
        "org:group": passage.item.office if passage.item else None,
        "former": None if former is None else pseudonyms.staff(former),
        "to": None if to is None else pseudonyms.staff(to),
        **(_decided(passage) if passage.is_step else {}),
    }
    said = {key: value for key, value in attributes.items() if value is not None}
    return LogEvent(words.of_step(file.case, passage.step), localtime(event.at), transition, said)


def _decided(passage: Passage) -> dict[str, Value | None]:
    item = passage.item
    return {
        "outcome": passage.text("outcome"),
        "capacity": passage.text("capacity"),
        "stage_before": passage.text("from"),
        "stage_after": passage.stage_after,
        "amount": passage.amount,
        "reasons": details.codes(passage.event, "reasons") or None,
        "arrived": localtime(item.created) if item else None,
        "due": localtime(item.due_at) if item else None,
    }
