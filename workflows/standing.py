"""Who is acting, in which post, and whether they may have any part in this case."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import connection
from django.utils.timezone import localdate

from casework.models import Capacity, Case, Division, Event, Participation, Role, Staff, WorkItem
from casework.models.law import signatures_of
from workflows.refusals import HadAPart, HeldByAnother, NotYourPost, Recused, SecondHat

# One statement for all that decides whether a person may act: the post held today in the item's office, whether
# the applicant is themselves, of their household or a declared relative, and who has so far taken part as what.
# A delegated post counts as long as its holder's own does, and whom that holder must keep away from, so must they: one
# cannot send somebody else to decide on one's brother. One's own post comes first.
# An insurer is another organisation: its clerk stands before the claims lodged with that very insurer, and a clerk of
# insurers in an office of ours before none.
# Written out because the ORM spends longer composing it than both databases spend answering it, on every step of
# every case; the tests of tests/workflows/test_standing.py walk each of its branches on both databases.
STANDING = """
SELECT post.id, office.name,
       EXISTS (
           SELECT 1 FROM casework_person applicant
           JOIN casework_staff somebody ON somebody.id IN (staff.id, lender.staff_id)
           WHERE applicant.id = %(applicant)s AND (
               applicant.identity_hash = somebody.identity_hash
               OR applicant.identity_hash IN (
                   SELECT kin.identity_hash FROM casework_declaredrelative kin WHERE kin.staff_id = somebody.id)
               OR (applicant.household_id IS NOT NULL AND EXISTS (
                   SELECT 1 FROM casework_person member
                   WHERE member.household_id = applicant.household_id
                     AND member.identity_hash = somebody.identity_hash))
           )
       ),
       part.id, part.staff_id, part.capacity, part.signed_digest, lender.staff_id
FROM casework_post post
JOIN casework_office office ON office.id = post.office_id
JOIN casework_staff staff ON staff.id = post.staff_id
LEFT JOIN casework_post lender ON lender.id = post.lent_by_id
LEFT JOIN casework_staff lending ON lending.id = lender.staff_id
LEFT JOIN casework_participation part ON part.case_id = %(case)s
WHERE post.staff_id = %(staff)s AND post.role = %(role)s AND office.division_id = %(office)s AND staff.is_active
  AND post.valid_from <= %(day)s AND (post.valid_to IS NULL OR post.valid_to >= %(day)s)
  AND (office.valid_to IS NULL OR office.valid_to >= %(day)s)
  AND (lender.id IS NULL OR ((lender.valid_to IS NULL OR lender.valid_to >= %(day)s) AND lending.is_active))
  AND ((office.kind <> 'insurer' AND post.role <> 'insurer_clerk')
       OR (office.kind = 'insurer' AND post.role = 'insurer_clerk' AND EXISTS (
           SELECT 1 FROM casework_claim claim
           WHERE claim.case_id = %(case)s AND claim.insurer_id = office.id AND claim.lodged_at IS NOT NULL)))
ORDER BY (post.lent_by_id IS NOT NULL), post.id, part.id
"""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody acting, by value: as the trail keeps them. `role` is None for the system."""

    staff_id: int | None
    name: str
    office: str = ""
    role: str | None = None
    stands_in_for: int | None = None


SYSTEM = Actor(staff_id=None, name="系统")


@dataclass(slots=True)
class Part:
    """Somebody's part in a case: a participation row, or one about to be written (`pk` None, and the `row` itself)."""

    pk: int | None
    capacity: str
    signed_digest: str
    row: Participation | None = None


@dataclass(slots=True)
class Standing:
    """An actor before a case: who they are, whether they must keep out, and every part taken in it so far."""

    actor: Actor
    recused: bool
    parts: dict[int, Part] = field(default_factory=dict)

    def signatures(self, facts_digest: str) -> Mapping[str, str]:
        """Capacity -> digest signed; where several hold a capacity, one who signed the present facts counts."""
        return signatures_of(((part.capacity, part.signed_digest) for part in self.parts.values()), facts_digest)

    def check_may_act(self, item: WorkItem, capacity: str, *, held: bool = True) -> None:
        """Raise `Recused`, `SecondHat` or `HeldByAnother`; the post itself was checked when this was read.

        With `held` false it does not matter in whose hands the item is.
        """
        if self.recused:
            raise Recused
        staff_id = self.actor.staff_id
        part = self.parts.get(staff_id) if staff_id is not None else None
        if part is not None and part.capacity != capacity:
            raise SecondHat(str(Capacity(part.capacity).label), str(Capacity(capacity).label))
        if held and item.owner_id is not None and item.owner_id != staff_id:
            raise HeldByAnother(item.owner.name if item.owner else "")


class InOffice(Protocol):
    """Somebody's place: a role, in the offices of a level."""

    @property
    def role(self) -> str: ...

    @property
    def level(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Seat:
    """A place that is no step's: the head of an office, its supervisor."""

    role: str
    level: int


def standing(by: Staff, item: WorkItem, hand: InOffice | None = None, *, on: datetime.date | None = None) -> Standing:
    """How `by` stands before the case of `item`, today. Raises `NotYourPost` without the role in its office.

    With a `hand` it is asked of that role, in the office of that level over the case's place.
    """
    day = (on or localdate()).isoformat()
    case = item.process
    role, office = item.role, item.office
    if hand is not None:
        role, office = str(hand.role), case.division_id[: hand.level]
    asked = {"applicant": case.applicant_id, "case": case.pk, "staff": by.pk, "role": role, "office": office}
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {**asked, "day": day})
        rows = cursor.fetchall()
    if not rows:
        raise NotYourPost(str(Role(role).label), office_word(office))
    return standing_of(by, role, rows)


def standing_of(by: Staff, role: str, rows: Sequence[Sequence[Any]]) -> Standing:
    """From the rows `STANDING` answered with, one for each part taken and each post. The first post counts."""
    post_id, office_name, recused, *_, lender = rows[0]
    found = Standing(Actor(by.pk, by.name, office_name, role, stands_in_for=lender), bool(recused))
    for row in rows:
        if row[0] == post_id and row[3] is not None:
            found.parts[row[4]] = Part(pk=row[3], capacity=row[5], signed_digest=row[6])
    return found


def check_had_no_part(seen: Standing, case: Case) -> None:
    """Raise `HadAPart`: what is looked at anew is looked at by somebody who has had nothing to do with it.

    Neither themselves, nor whoever lent them the post, nor anybody who acted in the case in their stead.
    """
    mine = {seen.actor.staff_id, seen.actor.stands_in_for} - {None}
    if mine & seen.parts.keys():
        raise HadAPart
    acts = Event.objects.filter(chain=case.number, action="decided").values_list("details", flat=True)
    if any(details.get("stands_in_for") in mine for details in acts):
        raise HadAPart


def office_word(code: str) -> str:
    """The name of the place whose office is meant, for a sentence."""
    division = Division.objects.filter(pk=code).only("name").first()
    return division.name if division else code
