"""Addresses that carry the queue's filters along, so that working goes on where it was narrowed to."""

from __future__ import annotations

import uuid

from django.urls import reverse


def case_url(number: str, kept: str = "") -> str:
    return _with(reverse("desk:case", args=[number]), kept)


def aside_url(number: str, outcome: str) -> str:
    """The page of something that happens beside the road: `desk:aside`."""
    return reverse("desk:aside", args=[number, outcome])


def item_url(page: str, item_id: int, kept: str = "") -> str:
    """The address of an act on a work item: `desk:decide`, `desk:claim` …"""
    return _with(reverse(page, args=[item_id]), kept)


def report_url(key: uuid.UUID, kept: str = "") -> str:
    return _with(reverse("desk:bulk_report", args=[key]), kept)


def queue_url(kept: str = "") -> str:
    return _with(reverse("desk:queue"), kept)


def _with(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address
