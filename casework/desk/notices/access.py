"""Whose notices somebody sees, and which boards they keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from casework.access import Access, within
from casework.desk.session import access
from casework.models import Division, Level, Notice, Role, WorkItem
from casework.models.law import NOTICE_WORDS
from workflows import registry
from workflows.notices.places import noticed_programmes, waiting_step

READERS = (
    Role.VILLAGE_VERIFIER,
    Role.TOWNSHIP_REVIEWER,
    Role.INTAKE_CLERK,
    Role.COUNTY_APPROVER,
    Role.PAYMENT_OFFICER,
    Role.PAYMENT_CHECKER,
    Role.OFFICE_HEAD,
    Role.SUPERVISOR,
    Role.AUDITOR,
)


@dataclass(frozen=True, slots=True)
class Board:
    """A list somebody keeps: of a programme, in a place, in an office; and how many wait to hang on it."""

    programme: str
    title: str
    place: str
    office: str
    office_name: str
    waiting: int

    @property
    def place_word(self) -> str:
        return str(NOTICE_WORDS[self.place])


def access_notices(request: HttpRequest) -> tuple[Access, QuerySet[Notice]]:
    """The notices of the places somebody is responsible for. Raises `PermissionDenied` for who has none."""
    seen = access(request)
    codes = seen.codes(*READERS)
    if not codes:
        raise PermissionDenied(_("公示由村、乡镇、县的经办人办理，您现在没有这些岗位。"))
    return seen, Notice.objects.filter(within(codes))


def access_notice(request: HttpRequest, number: str) -> tuple[Access, Notice]:
    """A notice of such a place; else 404, as if there were none."""
    seen, notices = access_notices(request)
    found = notices.select_related("division", "posted_by", "closed_by").filter(number=number).first()
    if found is None:
        raise Http404
    return seen, found


def boards_of(seen: Access) -> list[Board]:
    """The boards somebody keeps on which something waits to hang. One statement, and one for the places' names."""
    kept = {
        (post.office_code, programme, place)
        for programme, place in noticed_programmes()
        for post in seen.posts
        if post.role == (step := waiting_step(programme, place)).role and len(post.office_code) == step.level
    }
    if not kept:
        return []
    offices = {office for office, _programme, _place in kept}
    items = WorkItem.objects.filter(office__in=offices, step__in=list(NOTICE_WORDS), finished__isnull=True)
    found = items.values_list("office", "programme", "step").annotate(count=Count("pk")).order_by("office", "programme")
    names = dict(Division.objects.filter(pk__in=offices).values_list("code", "name"))
    titles = {slug: known.title for slug, known in registry.programmes().items()}
    return [
        Board(programme, titles[programme], place, office, names.get(office, office), count)
        for office, programme, place, count in found
        if (office, programme, place) in kept
    ]


def takes_objections(seen: Access, notice: Notice) -> bool:
    """The county's desk."""
    county = notice.division_id[: Level.COUNTY]
    return any(post.role == Role.INTAKE_CLERK and post.office_code == county for post in seen.posts)


def keeps(seen: Access, notice: Notice) -> bool:
    """Whoever has the post of its step in the office whose board it is."""
    role = waiting_step(notice.programme, notice.place).role
    return any(post.role == role and post.office_code == notice.division_id for post in seen.posts)


def objection_desks(seen: Access) -> Sequence[str]:
    return sorted({post.office_code for post in seen.posts if post.role == Role.INTAKE_CLERK})
