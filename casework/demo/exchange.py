"""The demonstration's insurer is reached by file: what waits for it is listed and taken along, its answer is out."""

from __future__ import annotations

import secrets

from casework.demo.hands import Hands
from casework.models import ClaimBatch, InsurerConnection, Office, Role
from workflows.insurance_exchange.batches import draw, export
from workflows.insurance_exchange.connections import set_up
from workflows.insurance_exchange.lodging import waiting
from workflows.insurance_exchange.signing import SHORTEST_SECRET


def connect_insurer(county: str) -> InsurerConnection | None:
    """By file only: whoever tries the wire enters an address. None without an insurer, or with one that is reached."""
    insurer = Office.objects.filter(division_id=county, kind=Office.Kind.INSURER).order_by("pk").first()
    if insurer is None or InsurerConnection.objects.filter(office=insurer).exists():
        return None
    # Nobody knows it: it is set anew by whoever connects something to it.
    secret = secrets.token_hex(SHORTEST_SECRET)
    return Hands(county).somebody(
        county, Role.ADMINISTRATOR, lambda staff: set_up(insurer, by=staff, key_id=f"demo-{county}", secret=secret)
    )


def list_claims(connection: InsurerConnection, county: str) -> ClaimBatch | None:
    """A list of the claims that wait to be sent, in a file; None where none does."""
    if not waiting(connection.office_id, county).exists():
        return None
    hands = Hands(county)
    batch = hands.somebody(county, Role.INTAKE_CLERK, lambda staff: draw(connection.office, county, by=staff))
    hands.somebody(county, Role.INTAKE_CLERK, lambda staff: export(batch, by=staff, form="xlsx"))
    return batch
