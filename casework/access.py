"""Who may see what: need-to-know by region and role. `access_x` fetches with permission; nothing else on a page does.

A post's jurisdiction is its office's division code as a prefix: a county's clerk sees the county's cases, a village's
verifier the village's. Acting is another matter: that the gateway decides, under the case's lock.

An insurer is another organisation: a post there has no jurisdiction, and is none of the house's. Its holder is to the
house's pages as somebody without a post, and sees the claims lodged with that very insurer, on the insurer's own pages
(`access_claim`).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from casework.models import Case, Claim, CoHandler, Level, Office, Post, Role, Staff, WorkItem

KEEPERS = (Role.RIGHTS_OFFICER, Role.OFFICE_HEAD)
"""Who keeps what is confidential: those who handle it, and the heads of their offices, at the county and above."""


@dataclass(frozen=True, slots=True)
class Held:
    """A post somebody holds today."""

    role: str
    office_code: str
    office_name: str


@dataclass(frozen=True, slots=True)
class Insurer:
    """An insurer somebody is a clerk of today."""

    office_id: int
    name: str


@dataclass(frozen=True)
class Access:
    """What one member of staff may see today, from the posts they hold today: in the house, and in `insurers`."""

    staff: Staff
    posts: tuple[Held, ...]
    insurers: tuple[Insurer, ...] = ()

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(post.role for post in self.posts)

    def has(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)

    def codes(self, *roles: str) -> tuple[str, ...]:
        """The division codes of the offices held (in any of `roles`, or in all), none inside another."""
        held = {post.office_code for post in self.posts if not roles or post.role in roles}
        return tuple(
            sorted(code for code in held if not any(code != other and code.startswith(other) for other in held))
        )

    def covers(self, division: str, *roles: str) -> bool:
        """Whether a division lies in the jurisdiction of a post held (in any of `roles`)."""
        return any(division.startswith(code) for code in self.codes(*roles))


def access_of(staff: Staff, *, on: datetime.date | None = None) -> Access:
    """The posts in force, in one statement."""
    posts = Post.objects.in_force(on or localdate()).filter(staff=staff).order_by("id")
    held, insurers = [], {}
    for role, code, name, kind, office in posts.values_list(
        "role", "office__division_id", "office__name", "office__kind", "office_id"
    ):
        if kind == Office.Kind.INSURER and role == Role.INSURER_CLERK:
            insurers[office] = Insurer(office, name)
        elif kind != Office.Kind.INSURER and role != Role.INSURER_CLERK:
            held.append(Held(role, code, name))
        # A house's role in an insurer's office, or the other way round, is a mistake that gives nothing.
    return Access(staff, tuple(held), tuple(insurers.values()))


def within(codes: tuple[str, ...], column: str = "division_id") -> Q:
    """Rows whose division lies in one of `codes`, as index ranges. Nothing when there are none.

    Digits only sort the same in every collation, which `LIKE` and other upper bounds do not promise.
    """
    if not codes:
        return Q(pk__in=())
    found = Q()
    for code in codes:
        found |= Q(**{f"{column}__gte": code, f"{column}__lt": str(int(code) + 1)})
    return found


def visible(access: Access, path: str = "") -> Q:
    """The cases this person may open. `path` leads from the rows in question to their case: "process__".

    An ordinary case: in the jurisdiction of any post. A confidential one: in that of a keeper at the county or above,
    or in whose queue it waits; or handled too by an office in a keeper's jurisdiction (`CoHandler`). Nobody else.
    """
    inside = within(access.codes(), f"{path}division_id")
    keepers = keeper_codes(access)
    kept = Q(**{f"{path}confidential": False}) | _in_my_queue(access, path)
    if not keepers:
        return inside & kept
    co_handled = CoHandler.objects.filter(within(keepers, "office__division_id"), until__isnull=True).values("case")
    inside &= kept | within(keepers, f"{path}division_id")
    return inside | Q(**{f"{path}pk__in" if path else "pk__in": co_handled})


def keeper_codes(access: Access) -> tuple[str, ...]:
    """The divisions whose confidential cases this person keeps."""
    held = {post.office_code for post in access.posts if post.role in KEEPERS and len(post.office_code) <= Level.COUNTY}
    return tuple(sorted(held))


def _in_my_queue(access: Access, path: str) -> Q:
    """A step of the case waits for a post of this person's: then it is theirs to read, whoever they are."""
    queues = Q()
    for office, role in queues_of(access):
        queues |= Q(office=office, role=role)
    if not queues:
        return Q(pk__in=())
    waiting = WorkItem.objects.filter(queues, process=OuterRef(f"{path}pk" if path else "pk"), finished__isnull=True)
    return Q(Exists(waiting))


def access_case(access: Access, number: str) -> Case:
    """The case of that number if this person may open it; else `Case.DoesNotExist`, as if there were none."""
    return (
        Case.objects.select_related("applicant", "division", "payee_account").filter(visible(access)).get(number=number)
    )


def claims_of(access: Access) -> QuerySet[Claim]:
    """The claims that were ever lodged with an insurer of theirs, the newest first: rows of one index."""
    offices = [insurer.office_id for insurer in access.insurers]
    return Claim.objects.filter(insurer__in=offices, lodged_at__isnull=False).order_by("-id")


def access_claim(access: Access, number: str) -> Claim:
    """The claim of that case number if it was lodged with an insurer of theirs; else `Claim.DoesNotExist`, as if there
    were none."""
    related = ("case__applicant", "case__division", "insured", "policy", "line")
    return claims_of(access).select_related(*related).get(case__number=number)


def access_item(access: Access, item_id: int) -> WorkItem:
    """The work item, if its case may be seen; else `WorkItem.DoesNotExist`."""
    return (
        WorkItem.objects.select_related("process", "process__applicant", "process__division", "owner")
        .filter(visible(access, "process__"))
        .get(pk=item_id)
    )


def queues_of(access: Access) -> tuple[tuple[str, str], ...]:
    """(office code, role) of every queue this person works, from their posts."""
    working = set(Role) - {Role.AUDITOR, Role.SUPERVISOR, Role.ADMINISTRATOR}
    return tuple(sorted({(post.office_code, post.role) for post in access.posts if post.role in working}))
