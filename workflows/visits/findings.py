"""What a visit points out 疑点提示: reasons to look, never a verdict, and nothing is held up by them.

Rules R35 and R36 of the office's list: a receipt signed with the very same picture for two households; a photograph
used elsewhere; a place far from where the village's photographs were taken before; two far villages within the hour; no
photograph, no receipt; more visits in a day than can be made. There are no borders of villages to hold a photograph
against, so the middle (median) of the village's earlier photographs stands for it, once there are three.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy

from casework.evidence.images import similar
from casework.models import Evidence, VisitRecord, VisitRound
from workflows.visits.assessment import terms_of

WORDS: Mapping[str, Any] = {
    "no_photograph": gettext_lazy("没有入户照片"),
    "photograph_reused": gettext_lazy("照片在别的案件里用过"),
    "no_place": gettext_lazy("照片里没有拍摄地点"),
    "outside_village": gettext_lazy("照片的拍摄地点离本村较远"),
    "far_apart": gettext_lazy("同一人在短时间内走访了相距很远的两处"),
    "too_many": gettext_lazy("同一人一天走访的户数过多"),
    "no_receipt": gettext_lazy("没有签收"),
    "same_signature": gettext_lazy("签收图片与另一户相同"),
    "outside_dates": gettext_lazy("不在本轮走访日期内"),
}
"""Code -> what is to be looked at. In the order they are told."""

EARLIER = 60
"""Photographs of a village that its middle is taken from: the latest."""
LEAST = 3
"""So many of them before anything is said of a place."""
MOST_CANDIDATES = 400
EARTH_KM = 6371.0


def findings_of(record: VisitRecord, pictures: Sequence[Evidence]) -> list[str]:
    """The codes of what a visit points out, before it is saved. Six statements at most, however many pictures."""
    found = record.round
    limits = limits_of(found)
    codes = {
        "no_photograph": not pictures,
        "photograph_reused": bool(pictures) and _seen_elsewhere(record, pictures),
        "no_place": bool(pictures) and record.latitude is None,
        "outside_village": _outside_village(record, limits["outside_village_km"]),
        "far_apart": _far_apart(record, limits["far_apart_km"], limits["within_minutes"]),
        "too_many": _visits_that_day(record) >= limits["visits_a_day"],
        "no_receipt": record.receipt is None,
        "same_signature": record.receipt is not None and _signed_elsewhere(record, record.receipt),
        "outside_dates": not found.visit_from <= localtime(record.started_at).date() <= found.visit_to,
    }
    return [code for code in WORDS if codes[code]]


def limits_of(found: VisitRound) -> Mapping[str, Any]:
    """Kilometres, minutes and visits beyond which something is pointed out, under the round's terms."""
    limits: Mapping[str, Any] = terms_of(found).body["pointed_out"]
    return limits


def in_words(codes: Sequence[str]) -> list[str]:
    return [str(WORDS[code]) for code in codes if code in WORDS]


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Along the ground between two (latitude, longitude) in degrees."""
    (lat, lon), (lat_2, lon_2) = one, other
    north, east = math.radians(lat_2 - lat), math.radians(lon_2 - lon)
    chord = math.sin(north / 2) ** 2
    chord += math.cos(math.radians(lat)) * math.cos(math.radians(lat_2)) * math.sin(east / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(chord))


def middle_of(division: str, *, besides: int | None) -> tuple[float, float] | None:
    """The median of where a village's photographs were taken; None with fewer than three from cases `besides` this."""
    rows = Evidence.objects.filter(
        case__division=division, kind=Evidence.Kind.PHOTOGRAPH, latitude__isnull=False, longitude__isnull=False
    ).exclude(case=besides)
    found = rows.order_by("-id").values_list("latitude", "longitude")[:EARLIER]
    places = [(float(lat), float(lon)) for lat, lon in found if lat is not None and lon is not None]
    if len(places) < LEAST:
        return None
    return median(place[0] for place in places), median(place[1] for place in places)


def _place(record: VisitRecord) -> tuple[float, float] | None:
    if record.latitude is None or record.longitude is None:
        return None
    return float(record.latitude), float(record.longitude)


def _outside_village(record: VisitRecord, most: int) -> bool:
    here = _place(record)
    middle = middle_of(record.division, besides=record.case_id) if here else None
    return here is not None and middle is not None and kilometres(here, middle) > most


def _far_apart(record: VisitRecord, most: int, minutes: int) -> bool:
    """Another visit by the same hand, so near in time and so far away that nobody could have made both."""
    here = _place(record)
    if here is None:
        return False
    span = datetime.timedelta(minutes=minutes)
    others = VisitRecord.objects.filter(
        written_by=record.written_by_id,
        started_at__range=(record.started_at - span, record.started_at + span),
        latitude__isnull=False,
        stands=True,
    ).exclude(case=record.case_id)
    places = [_place(other) for other in others.only("latitude", "longitude")[:EARLIER]]
    return any(kilometres(here, place) > most for place in places if place is not None)


def _visits_that_day(record: VisitRecord) -> int:
    """How many others the same hand has written that day."""
    midnight = localtime(record.started_at).replace(hour=0, minute=0, second=0, microsecond=0)
    day = (midnight, midnight + datetime.timedelta(days=1))
    others = VisitRecord.objects.filter(
        written_by=record.written_by_id, started_at__gte=day[0], started_at__lt=day[1], stands=True
    )
    return others.exclude(case=record.case_id).count()


def _seen_elsewhere(record: VisitRecord, pictures: Sequence[Evidence]) -> bool:
    """The same photograph in another case, or one so much like it that it is probably the same."""
    alike = Q(sha256__in={picture.sha256 for picture in pictures})
    for band in ("band_a", "band_b", "band_c", "band_d"):
        alike |= Q(**{f"{band}__in": {getattr(picture, band) for picture in pictures}})
    others = Evidence.objects.filter(alike, kind=Evidence.Kind.PHOTOGRAPH).exclude(case=record.case_id).order_by()
    rows = list(others.values_list("sha256", "phash")[:MOST_CANDIDATES])
    return any(sha == mine.sha256 or similar(phash, mine.phash) for sha, phash in rows for mine in pictures)


def _signed_elsewhere(record: VisitRecord, receipt: Evidence) -> bool:
    """To the byte: two people never draw the same line, and white paper resembles white paper."""
    same = Evidence.objects.filter(sha256=receipt.sha256, kind=Evidence.Kind.RECEIPT).exclude(case=record.case_id)
    return same.exists()
