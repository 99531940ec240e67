"""What stands for a case where many are listed: its applicant's name; of a confidential one a number and a channel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from casework.models import Case
from workflows import registry


def names_of(cases: Iterable[Case]) -> Mapping[int, str]:
    """Key of a case -> what a list calls it. Ordinary cases have their applicant at hand; the confidential ones of a
    programme take one statement together."""
    names: dict[int, str] = {}
    discreet: dict[str, list[int]] = defaultdict(list)
    for case in cases:
        if case.confidential:
            discreet[case.programme].append(case.pk)
        else:
            names[case.pk] = case.applicant.name
    for slug, keys in discreet.items():
        programme = registry.programme(slug)
        words = programme.discreet.words(keys) if programme.discreet else {}
        names.update({key: words.get(key) or _("保密案件") for key in keys})
    return names


def name_of(case: Case) -> str:
    return names_of([case])[case.pk]


def sums_of(case: Case) -> list[tuple[str, Decimal]]:
    """The sums of a confidential case that an auditor sees; of an ordinary one none."""
    discreet = registry.programme(case.programme).discreet
    return list(discreet.sums(case)) if case.confidential and discreet else []
