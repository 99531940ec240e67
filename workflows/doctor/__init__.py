"""The check-up 体检: what may have gone wrong with the facts, found, said, and where it is safe put right.

Every examination only reads, and holds no more than a few hundred rows in memory. Repairs go through the verbs
everybody uses, under the case's lock, with an event in the trail by the system; trail, money and signatures are never
repaired.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from workflows.doctor.alarms import ALARMS, SWEEP
from workflows.doctor.batches import BATCHES
from workflows.doctor.chains import CHAINS, OTHER_CHAINS
from workflows.doctor.donations import DONATIONS
from workflows.doctor.facts import FACTS
from workflows.doctor.files import FILES
from workflows.doctor.finding import Examination, Finding, Kind, Scope
from workflows.doctor.hands import HANDS
from workflows.doctor.holds import HOLDS
from workflows.doctor.money import ENTITLEMENTS, PAID, SIGNATURES
from workflows.doctor.outbox import OUTBOX
from workflows.doctor.parts import PARTS
from workflows.doctor.places import PLACES
from workflows.doctor.programmes import PROGRAMMES
from workflows.doctor.rounds import ROUNDS
from workflows.doctor.series import SERIES
from workflows.doctor.sheets import NOTICES
from workflows.doctor.staff import STAFF
from workflows.doctor.stages import STAGES
from workflows.doctor.unfinished import UNFINISHED
from workflows.doctor.waits import WAITS

EXAMINATIONS: tuple[Examination, ...] = (
    PROGRAMMES,
    STAFF,
    UNFINISHED,
    STAGES,
    WAITS,
    ALARMS,
    PLACES,
    HANDS,
    PARTS,
    FACTS,
    SIGNATURES,
    ENTITLEMENTS,
    HOLDS,
    DONATIONS,
    NOTICES,
    BATCHES,
    PAID,
    ROUNDS,
    SERIES,
    CHAINS,
    FILES,
    OTHER_CHAINS,
    SWEEP,
    OUTBOX,
)
"""In the order they are told: which programmes there are, who is there, where cases lie, who did what, money, then what
holds it all."""

MOST_REPAIRS = 10_000
"""Of one examination in one run; what is left is for the next."""


def mended(examination: Examination, scope: Scope) -> Iterator[str]:
    """Put right what an examination finds and can mend; a sentence for each. Again afterwards: nothing more."""
    if examination.mend is None:
        return
    # Found first, then mended: nothing is written while the finding still reads.
    for finding in list(islice((one for one in examination.find(scope) if one.key is not None), MOST_REPAIRS)):
        done = examination.mend(finding)
        if done:
            yield done


__all__ = ["EXAMINATIONS", "Examination", "Finding", "Kind", "Scope", "mended"]
