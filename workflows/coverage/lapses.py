"""The nightly round of the special families: what has lapsed becomes a case, once.

In lots, each a transaction of its own, in the order of the households; stopped in the middle and begun again it raises
nothing twice: a household's lapse of a kind has one live case, by a key of the database.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.timezone import now

from casework.models import Case, CoverLapse, Household, Level, RegisterEntry
from casework.rows import new_row
from notifications import outbox, wake
from notifications.models import Outbox
from workflows import registry
from workflows.coverage.state import care_of, special_families, within_days
from workflows.ledger import Ledger
from workflows.papers.numbers import reserve_each
from workflows.perform import begin
from workflows.standing import SYSTEM

SLUG = "family_contact"
AT_A_TIME = 200
AT_THE_COUNTY = frozenset({CoverLapse.Kind.TOWNSHIP_CONTACT, CoverLapse.Kind.GREEN_CHANNEL})
"""What the county arranges; the rest the village sees to."""


KIND = "cover_lapses"
"""The job that looks at one lot and leaves a job for the next."""


def begin_nightly(day: datetime.date) -> None:
    """Leave the job of the first lot, once a day."""
    _post(day, 0)


def go_on(key: str, payload: Mapping[str, Any]) -> None:
    """One lot, and the job of the next. Taken up twice, the next is written down once."""
    day = datetime.date.fromisoformat(payload["day"])
    lot, _raised = sweep_some(day, after=payload["after"])
    if len(lot) == AT_A_TIME:
        _post(day, lot[-1])


def sweep_lapses(day: datetime.date) -> int:
    """Look at every special family; how many lapses were raised. Doing it twice raises nothing twice."""
    raised, last = 0, 0
    while True:
        lot, count = sweep_some(day, after=last)
        raised += count
        if len(lot) < AT_A_TIME:
            return raised
        last = lot[-1]


def _post(day: datetime.date, after: int) -> None:
    payload = {"day": day.isoformat(), "after": after}
    made = outbox.job(KIND, f"{KIND}:{day.isoformat()}:{after}", payload, run_at=now())
    Outbox.objects.bulk_create([made], ignore_conflicts=True)
    wake.after_commit()


def sweep_some(day: datetime.date, *, after: int) -> tuple[list[int], int]:
    """The households looked at, and how many lapses were raised among them."""
    entries = special_families(day).filter(person__household=OuterRef("pk"))
    with transaction.atomic():
        # Locked, so that two sweeps at once raise no lapse twice.
        households = Household.objects.filter(Exists(entries), pk__gt=after).order_by("pk")
        lot = list(households.select_for_update(of=("self",)).values_list("pk", flat=True)[:AT_A_TIME])
        if not lot:
            return [], 0
        known = set(CoverLapse.objects.filter(household__in=lot, live=True).values_list("household_id", "kind"))
        care, most = care_of(lot, day), within_days(day)
        fresh = [
            (household, kind, since)
            for household in lot
            if household in care
            for kind, since in sorted(care[household].lapses(day, most).items())
            if (household, kind) not in known
        ]
        _raise(fresh, day)
    return lot, len(fresh)


def _raise(fresh: Sequence[tuple[int, str, datetime.date]], day: datetime.date) -> None:
    if not fresh:
        return
    programme = registry.programme(SLUG)
    terms = programme.terms.in_force(day)
    assert terms is not None
    whose = _whose({household for household, _kind, _since in fresh}, day)
    series = [f"{programme.number_prefix}{whose[household].division_id[:6]}{day.year}" for household, *_ in fresh]
    following = reserve_each(Counter(series))
    ledger = Ledger(at=now())
    for (household, kind, since), key in zip(fresh, series, strict=True):
        entry = whose[household]
        case = Case(
            number=f"{key}{following[key]:05d}",
            programme=SLUG,
            terms_version=terms.version,
            applicant_id=entry.person_id,
            division_id=entry.division_id,
            applied_on=day,
            facts={"household": household, "kind": kind, "since": since.isoformat()},
            signatures_required=list(terms.signatures),
            pays_by=programme.pays_by,
        )
        following[key] += 1
        at_county = kind in AT_THE_COUNTY or len(entry.division_id) < Level.VILLAGE
        begin(case, programme.flow, ledger, actor=SYSTEM, first=programme.step("county" if at_county else "village"))
        ledger.beside.append(new_row(CoverLapse, case=case, household_id=household, kind=kind))
    ledger.write()


def _whose(households: set[int], day: datetime.date) -> dict[int, RegisterEntry]:
    """Household -> the entry whose person stands for it: the first."""
    found: dict[int, RegisterEntry] = {}
    entries = special_families(day).filter(person__household__in=households).select_related("person")
    for entry in entries.order_by("person__household", "id"):
        assert entry.person.household_id is not None
        found.setdefault(entry.person.household_id, entry)
    return found
