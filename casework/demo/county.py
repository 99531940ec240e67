"""A demonstration county: offices at every real township and village, invented staff for every role, hospitals."""

from __future__ import annotations

import datetime
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from casework.access import within
from casework.demo.appointing import further_seats, wanted
from casework.demo.names import invented_names
from casework.demo.seat import Seat
from casework.models import Designation, Division, Hospital, Level, Office, Post, Role, Staff

PASSWORD = "nuanxin-demo-2026"
"""The one password of every demonstration account. It stands in public, so these accounts are for a trial only."""

SCHEME = Path(__file__).with_name("scheme.yaml")
OPENED = datetime.date(2015, 1, 1)
"""Since when the invented offices exist and their posts are held: before any application."""

COUNTY_SEATS = (
    ("shouli", Role.INTAKE_CLERK),
    ("shouli2", Role.INTAKE_CLERK),
    ("shenpi", Role.COUNTY_APPROVER),
    ("shenpi2", Role.COUNTY_APPROVER),
    # An objection, the decision and its review are three people's.
    ("shenpi3", Role.COUNTY_APPROVER),
    ("fafang", Role.PAYMENT_OFFICER),
    ("fuhe", Role.PAYMENT_CHECKER),
    ("duban", Role.SUPERVISOR),
    ("shenji", Role.AUDITOR),
    ("guanli", Role.ADMINISTRATOR),
    ("fuze", Role.OFFICE_HEAD),
    ("dangan", Role.ARCHIVIST),
    ("weiquan", Role.RIGHTS_OFFICER),
    ("baoxian", Role.INSURER_CLERK),
    ("zoufang", Role.VISITOR),
)
"""Accounts at the county, by the pinyin of what they do: 受理 审批 发放 复核 督办 审计 管理 负责 档案 维权 保险 走访"""

WORDS = {
    **{role: username.rstrip("23") for username, role in COUNTY_SEATS},
    Role.TOWNSHIP_REVIEWER: "shenhe",
    Role.VILLAGE_VERIFIER: "heshi",
}
"""What each role does, in pinyin, for the names of accounts that programmes want besides."""

SHORT_FORMS = (
    ("社区居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("村民委员会", "村"),
    ("居民委员会", "社区"),
    ("村委会", "村"),
    ("居委会", "社区"),
)


@dataclass(frozen=True, slots=True)
class Made:
    """How many rows a run added; all zero when the county was there already."""

    offices: int
    staff: int
    hospitals: int


def build_county(county: str) -> Made:
    """Offices, staff and hospitals that are missing; what is there already stays as people left it."""
    with transaction.atomic():
        divisions = divisions_of(county)
        offices = _open_offices(divisions) + _open_above(county)
        staff = _appoint(seats(county, divisions), county)
        hospitals = _list_hospitals(county)
    return Made(offices, staff, hospitals)


def divisions_of(county: str) -> list[Division]:
    """The county itself and all within it that exist today, in the order of their codes."""
    today = localdate()
    in_force = Q(valid_to__isnull=True) | Q(valid_to__gte=today)
    return list(Division.objects.filter(within((county,), "code"), in_force).order_by("code"))


def villages_of(divisions: Sequence[Division]) -> list[Division]:
    return [division for division in divisions if division.level == Level.VILLAGE]


def seat_township(divisions: Sequence[Division]) -> str:
    """The township most likely to be the county seat: the one with the most urban communities.

    The tenth digit of a village's code is 0 for a community (居委会) and 2 for a village (村委会).
    """
    townships = [division.code for division in divisions if division.level == Level.TOWNSHIP]
    urban = Counter(village.code[:9] for village in villages_of(divisions) if village.code[9] == "0")
    return max(townships, key=lambda code: (urban[code], code))


def seats(county: str, divisions: Sequence[Division]) -> Iterator[Seat]:
    """Every account of a demonstration county, the county's own first, and last whom programmes want besides."""
    suffix = "" if _has_plain_names(county) else f"-{county}"
    there = list(_usual_seats(county, divisions, suffix))
    yield from there
    yield from further_seats(there, [*_above(county), *divisions], words=WORDS, suffix=suffix)


def _above(county: str) -> list[Division]:
    """The prefecture, where a programme has a step there."""
    if not any(level == Level.PREFECTURE for _role, level in wanted()):
        return []
    return list(Division.objects.filter(pk=county[: Level.PREFECTURE]))


def _usual_seats(county: str, divisions: Sequence[Division], suffix: str) -> Iterator[Seat]:
    for username, role in COUNTY_SEATS:
        yield Seat(username + suffix, role, county)
    central = seat_township(divisions)
    for division in divisions:
        if division.level == Level.TOWNSHIP:
            yield Seat(f"xz-{division.code}", Role.TOWNSHIP_REVIEWER, division.code)
            if division.code == central:
                yield Seat(f"xz-{division.code}-2", Role.TOWNSHIP_REVIEWER, division.code)
            yield Seat(f"xz-{division.code}-fuze", Role.OFFICE_HEAD, division.code)
            yield Seat(f"xz-{division.code}-duban", Role.SUPERVISOR, division.code)
        elif division.level == Level.VILLAGE:
            yield Seat(f"cun-{division.code}", Role.VILLAGE_VERIFIER, division.code)


def place_name(division: Division, above: str = "") -> str:
    """桃花江镇川门湾村: a village as people say it, without 委会, with the township in front."""
    name = division.name.removeprefix(above)
    for ending, short in SHORT_FORMS:
        if name.endswith(ending):
            return above + name.removesuffix(ending).removesuffix(short) + short
    return above + name


def _has_plain_names(county: str) -> bool:
    """The first demonstration county of a database has the short account names; others carry their code."""
    first = COUNTY_SEATS[0][0]
    known = Staff.objects.filter(username=first)
    return not known.exists() or known.filter(posts__office__division_id=county).exists()


def _open_offices(divisions: Sequence[Division]) -> int:
    codes = [division.code for division in divisions]
    known = set(
        Office.objects.filter(within((codes[0],)), kind=Office.Kind.ASSOCIATION).values_list("division_id", flat=True)
    )
    names = {division.code: division.name for division in divisions}
    fresh = []
    for division in divisions:
        if division.code not in known:
            above = names.get(division.parent_id or "", "")
            name = f"{place_name(division, above)}计划生育协会"
            fresh.append(Office(division=division, name=name, valid_from=OPENED))
    Office.objects.bulk_create(fresh, batch_size=500)
    insurer = {"kind": Office.Kind.INSURER, "name": f"{divisions[0].name}暖心保险服务部（示范）"}
    _office, made = Office.objects.get_or_create(division=divisions[0], **insurer, defaults={"valid_from": OPENED})
    return len(fresh) + made


def _open_above(county: str) -> int:
    """An office at the prefecture, where a programme wants somebody there."""
    made = 0
    for division in _above(county):
        given = {"name": f"{division.name}计划生育协会", "valid_from": OPENED}
        _office, fresh = Office.objects.get_or_create(division=division, kind=Office.Kind.ASSOCIATION, defaults=given)
        made += fresh
    return made


def _appoint(seats: Iterator[Seat], county: str) -> int:
    """Staff who are missing, each with the post that goes with the account. All share one hash: they share one
    password, and hashing seven hundred times would take minutes."""
    known = set(Staff.objects.values_list("username", flat=True))
    # One name a seat, whoever is there already: the same county always has the same people.
    named = list(zip(seats, invented_names(random.Random(f"staff {county}")), strict=False))
    missing = [(seat, name) for seat, name in named if seat.username not in known]
    if not missing:
        return 0
    offices = _offices_by_place(county)
    password = make_password(PASSWORD)
    staff = [Staff(username=seat.username, name=name, password=password) for seat, name in missing]
    Staff.objects.bulk_create(staff, batch_size=500)
    posts = [
        Post(staff=person, office_id=offices[seat.division, _kind(seat.role)], role=seat.role, valid_from=OPENED)
        for person, (seat, _name) in zip(staff, missing, strict=True)
    ]
    Post.objects.bulk_create(posts, batch_size=500)
    return len(staff)


def _offices_by_place(county: str) -> dict[tuple[str, str], int]:
    """(division, kind) -> the oldest office there."""
    here = within((county,)) | Q(division=county[: Level.PREFECTURE])
    rows = Office.objects.filter(here).order_by("-id").values_list("division_id", "kind", "id")
    return {(division, kind): pk for division, kind, pk in rows}


def _kind(role: Role) -> str:
    return Office.Kind.INSURER if role == Role.INSURER_CLERK else Office.Kind.ASSOCIATION


def _list_hospitals(county: str) -> int:
    known = set(Hospital.objects.filter(county_id=county).values_list("name", flat=True))
    fresh = [entry for entry in _scheme()["hospitals"] if entry["name"] not in known]
    for entry in fresh:
        hospital = Hospital.objects.create(county_id=county, name=entry["name"], level=entry["level"])
        for days in entry["designated"]:
            Designation.objects.create(hospital=hospital, valid_from=days["from"], valid_to=days.get("to"))
    return len(fresh)


def _scheme() -> dict[str, Any]:
    scheme: dict[str, Any] = yaml.safe_load(SCHEME.read_text(encoding="utf-8"))
    return scheme
