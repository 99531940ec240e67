"""Counties as they are, out of the product's own data."""

from __future__ import annotations

from casework.models import Division
from casework.places import read_divisions

TAOJIANG = "430922"
LARGEST = "431322"
SMALLEST = "430412"


def load(*counties: str) -> None:
    """The divisions of these counties, and what is above them."""
    above = {county[:length] for county in counties for length in (2, 4)}
    Division.objects.bulk_create(
        division for division in read_divisions() if division.code in above or division.code.startswith(counties)
    )
