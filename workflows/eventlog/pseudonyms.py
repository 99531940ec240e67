"""What a person is called in a log that leaves the house: always the same within one installation, and nobody's name.

A keyed hash of our own key number, under a key made for this alone: it can be counted and followed, but not be matched
with the look-up hashes of the database, nor with another installation's log. Somebody who is both staff and applicant
has two.
"""

from __future__ import annotations

import hmac

from casework.crypto import purpose_key

SYSTEM = "system"
DIGITS = 16
"""Of 64 bits: among ten million people two would share one about once in 300,000 installations."""


def staff(pk: int | None) -> str:
    """`staff-` and 16 hex digits; `system` where no person acted."""
    return SYSTEM if pk is None else _pseudonym("staff", pk)


def applicant(pk: int) -> str:
    """`applicant-` and 16 hex digits."""
    return _pseudonym("applicant", pk)


def party(case: int) -> str:
    """Whoever a confidential case is of: the same in this case, and in no other."""
    return f"applicant-{_pseudonym('party', case).partition('-')[2]}"


def _pseudonym(kind: str, pk: int) -> str:
    digest = hmac.digest(purpose_key("event log pseudonyms"), f"{kind}:{pk}".encode(), "sha256")
    return f"{kind}-{digest.hex()[:DIGITS]}"
