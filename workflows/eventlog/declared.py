"""The types of our object-centric logs and the attributes they declare."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.eventlog.ocel import Kinds

CASE, ITEM, DECISION, BATCH, PAYMENT = "case", "work_item", "decision", "batch", "payment"

OBJECTS: Mapping[str, Kinds] = {
    CASE: {
        "number": "string",
        "programme": "string",
        "flow_version": "integer",
        "terms_version": "string",
        "division": "string",
        "applicant": "string",
        "applied_on": "time",
        "stage": "string",
        "amount": "float",
    },
    ITEM: {
        "step": "string",
        "title": "string",
        "office": "string",
        "role": "string",
        "arrived": "time",
        "due": "time",
        "finished": "time",
    },
    DECISION: {
        "step": "string",
        "outcome": "string",
        "transition": "string",
        "resource": "string",
        "amount": "float",
    },
    BATCH: {
        "number": "string",
        "programme": "string",
        "county": "string",
        "count": "integer",
        "total": "float",
        "state": "string",
    },
    PAYMENT: {
        "line": "integer",
        "amount": "float",
        "state": "string",
    },
}

ACTED: Kinds = {"seq": "integer", "action": "string", "resource": "string"}
"""Every event."""

IN_A_CASE: Kinds = {**ACTED, "step": "string", "stage_after": "string", "former": "string", "to": "string"}
"""An act in a case that ends no step."""

STEP: Kinds = {
    **ACTED,
    "step": "string",
    "outcome": "string",
    "capacity": "string",
    "role": "string",
    "office": "string",
    "stage_before": "string",
    "stage_after": "string",
    "amount": "float",
    "reasons": "string",
}
"""The end of a step."""

IN_A_BATCH: Kinds = {
    **ACTED,
    "county": "string",
    "count": "integer",
    "total": "float",
    "paid": "integer",
    "returned": "integer",
    "pending": "integer",
}
"""An act on a payment batch."""
