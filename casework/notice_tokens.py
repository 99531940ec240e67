"""What the QR code of a sheet carries: its number under a signature, so that nobody walks through the numbers."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, Signer


def token_of(number: str) -> str:
    return _signer().sign(number)


def number_of(token: str) -> str | None:
    """The number of a token of ours; None for any other text."""
    try:
        return _signer().unsign(token)
    except BadSignature:
        return None


def _signer() -> Signer:
    return Signer(key=settings.SECRETS.slip_key.hex(), salt="nuanxin.notice")
