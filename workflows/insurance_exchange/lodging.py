"""A claim on its way to the insurer: set down once as one frozen message, then sent by whichever road there is."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.timezone import localtime, now

from casework.models import Claim, ClaimLodging, Evidence, InsuredPerson, InsurerConnection, Level, Stage
from notifications.models import Outbox
from notifications.outbox import job
from workflows.insurance_exchange.calling import NoAnswer, Reply, ask
from workflows.insurance_exchange.connections import line_to, note_call, opened
from workflows.insurance_exchange.messages import CLAIM_FORMAT, canonical, digest_of

SEND: Final = "insurer_send"
LONGEST_WAIT: Final = datetime.timedelta(hours=1)
FACTS: Final = (
    "cause", "place", "story", "hospital", "admission_date", "discharge_date", "cost", "settled",
)  # fmt: skip
"""Of what the family told, what a claim needs; nothing of the register, the household or the phone."""

KEPT_BACK: Final = (Evidence.Kind.PHOTOGRAPH,)
"""The inside of somebody's home is for the office that visited."""


def set_down(key: str, payload: Mapping[str, Any]) -> None:
    """Job: the claim's next lodging, as it stands now. One that has left the insurer meanwhile is not sent."""
    related = ("case__applicant", "insured", "policy__plan__product", "line", "insurer")
    lodged = Claim.objects.select_related(*related).filter(lodged_at__isnull=False, insurer__isnull=False)
    claim = lodged.filter(case__number=payload["case"], case__stage=Stage.LODGED).first()
    if claim is None or claim.insurer is None:
        return
    round_ = ClaimLodging.objects.filter(case=claim.case).count() + 1
    message = claim_message(claim, round_)
    lodging = ClaimLodging.objects.create(
        case=claim.case,
        round=round_,
        office=claim.insurer,
        county_id=claim.case.division_id[: Level.COUNTY],
        message=canonical(message).decode(),
        digest=digest_of(message),
        lodged_at=claim.case.stage_since,
    )
    if InsurerConnection.objects.filter(office=claim.insurer, enabled=True).exists():
        post_send(lodging.pk)


def claim_message(claim: Claim, round_: int) -> dict[str, Any]:
    """What the insurer is told: the policy, who is insured, what happened, which papers there are. Nothing more."""
    case = claim.case
    held = InsuredPerson.objects.filter(line=claim.line_id, person=claim.insured_id).first()
    facts = {name: case.facts[name] for name in FACTS if case.facts.get(name) not in (None, "")}
    message = {
        "format": CLAIM_FORMAT,
        "claim": case.number,
        "round": round_,
        "lodged_at": localtime(case.stage_since).isoformat(timespec="seconds"),
        "county": case.division_id[: Level.COUNTY],
        "policy": {
            "number": claim.policy.insurer_number if claim.policy else "",
            "line": claim.line.insurer_number or str(claim.line.number) if claim.line else "",
            "product": claim.policy.plan.product.name if claim.policy else "",
        },
        "insured": {
            "name": claim.insured.name,
            "document": held.document if held else InsuredPerson.Document.ID_CARD.value,
            "number": opened(claim.insured.identity_number),
        },
        "loss": claim.loss,
        "incident_at": localtime(claim.incident_at).isoformat(timespec="minutes"),
        "notified_at": localtime(claim.notified_at).isoformat(timespec="minutes"),
        "papers": [
            {"kind": kind, "sha256": sorted(marks)}
            for kind, marks in sorted(case.papers.items())
            if kind not in KEPT_BACK
        ],
    }
    return message | facts


# -- over HTTP ---------------------------------------------------------------------------------------------------------


def post_send(lodging_id: int, *, attempt: int = 0) -> None:
    """A job to send it; of the same attempt only one."""
    wait = min(datetime.timedelta(seconds=5 * 3 ** min(attempt, 8)), LONGEST_WAIT) if attempt else datetime.timedelta(0)
    payload = {"lodging": lodging_id, "attempt": attempt}
    found = job(SEND, f"send:{lodging_id}:{attempt}", payload, run_at=now() + wait)
    Outbox.objects.bulk_create([found], ignore_conflicts=True)


def send_all_waiting(connection: InsurerConnection) -> None:
    """What has gone out neither way yet, once the insurer can be reached over HTTP."""
    for pk in waiting(connection.office_id).values_list("pk", flat=True):
        post_send(pk)


def waiting(office_id: int, county: str = "") -> QuerySet[ClaimLodging]:
    """Lodgings of an insurer that went out by no road yet, the oldest first."""
    found = ClaimLodging.objects.filter(office=office_id, batch__isnull=True, received_at__isnull=True)
    return (found.filter(county=county) if county else found).order_by("id")


def go_and_lodge(key: str, payload: Mapping[str, Any]) -> tuple[int, Reply | NoAnswer] | None:
    """Outside of any transaction: the message to the insurer. The same message again is the same lodging to it."""
    lodging = ClaimLodging.objects.filter(pk=payload["lodging"], batch__isnull=True, received_at__isnull=True).first()
    connection = InsurerConnection.objects.filter(office=lodging.office_id, enabled=True).first() if lodging else None
    if lodging is None or connection is None:
        return None
    try:
        return connection.pk, ask(line_to(connection), "POST", "/claims", opened(lodging.message).encode())
    except NoAnswer as problem:
        return connection.pk, problem


def settle_lodging(key: str, payload: Mapping[str, Any], brought: tuple[int, Reply | NoAnswer] | None) -> None:
    """It is there; or it will be tried again, for as long as it takes; or the insurer will not have it."""
    if brought is None:
        return
    connection_id, answer = brought
    note_call(connection_id, answer)
    lodging = ClaimLodging.objects.filter(pk=payload["lodging"])
    if isinstance(answer, Reply):
        lodging.update(received_at=now(), fault="")
    elif answer.final:
        lodging.update(fault=answer.code)
    else:
        post_send(payload["lodging"], attempt=payload["attempt"] + 1)
