"""A year's decided cases under other terms: whose outcome, and how much money, would have differed. Changes nothing.

Decided means approved or refused, by a decision of that calendar year. Each is judged and assessed again by the
programme's own rules, under the version of the other book that would have governed it, in its person's order of
acceptance. What the terms did not decide, they do not change: a refusal for facts on the ground stays one, and so does
what already stood against a case under its own terms and was passed over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from casework.models import SheetImport, SheetLine
from workflows.programme import Programme
from workflows.replay_rules.files import files_by_person, in_year
from workflows.replay_rules.replayed import Change, Court, Replayed, ReplayProblem, Result, Unmoved
from workflows.replay_rules.sums import Sums, Totals
from workflows.terms import TermsBook


def replay_rules(programme: Programme, book: TermsBook, year: int) -> Iterator[Replayed]:
    """Every case of the programme decided in the year, a person's together, in order of acceptance.

    In constant memory and a fixed number of statements for each few hundred persons. Raises `ReplayProblem`.
    """
    if programme.rejudging is None:
        raise ReplayProblem(f"“{programme.title}”还没有写明怎样按另一份方案重新核定（rejudging），不能试算")
    bench = programme.rejudging.open_bench()
    court = Court(programme, bench, book)
    for people in files_by_person(programme.slug, year):
        bench.prepare([file.case for files in people for file in files if file.in_year])
        for files in people:
            yield from court.replay_person(files)


def lines_sent_back(programme: Programme, year: int) -> Counter[str]:
    """Lines of the year's sheets that never became cases, by the code of each reason; `""` counts the lines.

    They are not replayed: nothing was decided of them. Other terms might have let some of them in.
    """
    since, until = in_year(year)
    lines = SheetLine.objects.filter(
        outcome=SheetLine.Outcome.REFUSED,
        sheet__programme=programme.slug,
        sheet__kind=SheetImport.Kind.APPLICATIONS,
        sheet__imported_at__gte=since,
        sheet__imported_at__lt=until,
    )
    found: Counter[str] = Counter()
    for reasons in lines.values_list("reasons", flat=True).iterator(chunk_size=1000):
        found.update(["", *reasons])
    return found


__all__ = [
    "Change",
    "ReplayProblem",
    "Replayed",
    "Result",
    "Sums",
    "Totals",
    "Unmoved",
    "lines_sent_back",
    "replay_rules",
]
