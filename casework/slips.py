"""What an applicant's slip opens: a case number with its code to type, or a token to scan.

The token stands in an address, and addresses land in logs and in the memory of a shared computer. So it is no
number and code, which could be typed elsewhere, but a signature over the number that opens this one page and that
nobody can guess; it opens what the slip itself opens, no more. Both come from the slip key and need no row: a slip
can be printed again, and opens the same.
"""

from __future__ import annotations

import hmac
import unicodedata

from django.conf import settings
from django.core.signing import BadSignature, Signer

from casework.crypto import slip_code

LONGEST = 64
"""Beyond this nobody has typed a number or a code."""


def token_of(case_number: str) -> str:
    """What the QR code carries in its address."""
    return _signer().sign(case_number)


def number_of(token: str) -> str | None:
    """The case number of a token of ours; None for any other text."""
    try:
        return _signer().unsign(token)
    except BadSignature:
        return None


def spaced_code(case_number: str) -> str:
    """The code as it is printed: `7KQ2 M9FD`, in halves the eye can hold."""
    code = slip_code(case_number)
    return f"{code[:4]} {code[4:]}"


def cleaned(typed: str) -> str:
    """A number or a code as it was meant: full-width, lower case, with spaces or dashes in between."""
    text = unicodedata.normalize("NFKC", typed[:LONGEST]).upper()
    return "".join(mark for mark in text if mark.isascii() and mark.isalnum())


def opens(case_number: str, typed_code: str) -> bool:
    """Whether the code is that number's. Takes as long for a number that does not exist, and for any wrong code."""
    return hmac.compare_digest(slip_code(case_number).encode(), cleaned(typed_code).encode())


def _signer() -> Signer:
    return Signer(key=settings.SECRETS.slip_key.hex(), salt="nuanxin.slip")
