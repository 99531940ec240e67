"""Who may see what: need-to-know by region and role. `access_x` fetches with permission; nothing else on a page does.

A post's jurisdiction is its office's division code as a prefix: a county's clerk sees the county's cases, a village's
verifier the village's. Acting is another matter: that the gateway decides, under the case's lock.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Q
from django.utils.timezone import localdate

from casework.models import Case, Post, Role, Staff, WorkItem


@dataclass(frozen=True, slots=True)
class Held:
    """A post somebody holds today."""

    role: str
    office_code: str
    office_name: str


@dataclass(frozen=True)
class Access:
    """What one member of staff may see today, from the posts they hold today."""

    staff: Staff
    posts: tuple[Held, ...]

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
    rows = posts.values_list("role", "office__division_id", "office__name")
    return Access(staff, tuple(Held(*row) for row in rows))


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


def access_case(access: Access, number: str) -> Case:
    """The case of that number if it lies in the jurisdiction; else `Case.DoesNotExist`, as if there were none."""
    return (
        Case.objects.select_related("applicant", "division", "payee_account")
        .filter(within(access.codes()))
        .get(number=number)
    )


def access_item(access: Access, item_id: int) -> WorkItem:
    """The work item, if its case may be seen; else `WorkItem.DoesNotExist`."""
    return (
        WorkItem.objects.select_related("process", "process__applicant", "process__division", "owner")
        .filter(within(access.codes(), "process__division_id"))
        .get(pk=item_id)
    )


def queues_of(access: Access) -> tuple[tuple[str, str], ...]:
    """(office code, role) of every queue this person works, from their posts."""
    working = set(Role) - {Role.AUDITOR, Role.SUPERVISOR, Role.ADMINISTRATOR}
    return tuple(sorted({(post.office_code, post.role) for post in access.posts if post.role in working}))
