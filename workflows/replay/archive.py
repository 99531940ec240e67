"""Whose hands history comes in by: the county, its archivist's account, and the applicant who is nobody."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from casework.crypto import lookup_hash
from casework.models import Division, Level, Office, Person, Post, Role, Staff
from workflows.replay.problems import NoOffice

NOBODY = "990000000000000000"
"""An identity number that no form accepts: province 99, and no day of birth."""

APPLICANT = "历史案件（无申请人）"
ARCHIVIST = "历史补录"


def county_of(code: str) -> Division:
    """The county of that code; without one, the first that has an office. Raises `NoOffice`."""
    counties = Division.objects.filter(level=Level.COUNTY)
    if code:
        county = counties.filter(pk=code).first()
        if county is None:
            raise NoOffice(_("没有代码为“%(code)s”的县。请写6位县级代码，如 430922。") % {"code": code[:20]})
        return county
    county = counties.filter(offices__in=_offices()).order_by("code").first()
    if county is None:
        raise NoOffice(_("还没有一个县设了机构，补录的案件没有地方放。请先设机构，或先建示范县。"))
    return county


def office_of(county: Division) -> Office:
    """The county's office. Raises `NoOffice`."""
    office = _offices().filter(division=county).first()
    if office is None:
        raise NoOffice(_("%(county)s还没有机构，补录的案件没有地方放。请先设机构。") % {"county": county.name})
    return office


def archivist_of(county: Division, slug: str) -> Staff:
    """The account a log is brought in by, in post in the county's office, made when there is none. Nobody can log in
    with it. Raises `NoOffice`."""
    office = office_of(county)
    archivist = Staff.objects.filter(username=slug).first() or Staff.objects.create_user(slug, ARCHIVIST)
    if not Post.objects.in_force(localdate()).filter(staff=archivist, office=office, role=Role.ARCHIVIST).exists():
        Post.objects.create(staff=archivist, office=office, role=Role.ARCHIVIST, valid_from=localdate())
    return archivist


def nobody() -> Person:
    """The applicant of every case brought in: who it really was stays where the log came from."""
    known = {"name": APPLICANT, "identity_number": NOBODY}
    person, _made = Person.objects.get_or_create(identity_hash=lookup_hash("identity", NOBODY), defaults=known)
    return person


def _offices() -> QuerySet[Office]:
    today = localdate()
    return Office.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today), valid_from__lte=today)
