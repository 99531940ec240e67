"""People who apply and are not in the books yet: any resident may, with proof, where the terms say so."""

from __future__ import annotations

from collections.abc import Sequence

from casework import identity, initials
from casework.crypto import key_ring
from casework.models import Person, PersonInitials
from casework.models.fields import SealedText
from workflows.papers.places import Villages
from workflows.standard.applications import Application


class Newcomers:
    """Enters those who are unknown, by the village they write. `placed`: a village is wanted of them (a deceased
    person's family may live anywhere)."""

    def __init__(self, county: str, *, placed: bool) -> None:
        self._county = county
        self._placed = placed
        self._villages: Villages | None = None

    def bring_in(self, applications: Sequence[Application]) -> None:
        """A person for each number nobody has: three statements. Whose village is not one of the county's is left
        out, and refused for that."""
        asked = {found.identity_hash: found for found in applications}
        known = set(Person.objects.filter(identity_hash__in=asked).values_list("identity_hash", flat=True))
        fresh = []
        for identity_hash in asked.keys() - known:
            person = self._person(asked[identity_hash])
            if person is not None:
                fresh.append(person)
        # Two imports may enter one person in the same moment: the number is unique, and the first stays.
        Person.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)
        entered = Person.objects.filter(identity_hash__in=[person.identity_hash for person in fresh])
        readings = [
            PersonInitials(person=person, initials=reading)
            for person in entered
            for reading in initials.readings(person.name)
        ]
        PersonInitials.objects.bulk_create(readings, batch_size=500, ignore_conflicts=True)

    def _person(self, application: Application) -> Person | None:
        division = self._known_villages().named(application.village, application.township)
        if division is None and self._placed:
            return None
        number = application.identity_number
        return Person(
            name=application.name,
            identity_number=SealedText(key_ring().seal_text(number)),
            identity_hash=application.identity_hash,
            sex=Person.Sex.MALE if identity.sex(number) == "男" else Person.Sex.FEMALE,
            birth_date=identity.birth_date(number),
            division_id=division,
        )

    def complaint(self, application: Application) -> str:
        """Why somebody nobody knows could not be entered: no village is meant by what they write, or several."""
        return self._known_villages().complaint(application.village, application.township)

    def _known_villages(self) -> Villages:
        self._villages = self._villages or Villages(self._county)
        return self._villages
