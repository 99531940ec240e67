"""Which cases are replayed, and in what order: each person's, with what they held in life, a few hundred at a time."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import get_current_timezone

from casework.models import Case, Decision, Stage
from casework.models.stages import ASIDE, PROMISED
from workflows.programme import Period

PERSONS_A_CHUNK = 300
DECIDED = frozenset({*PROMISED, Stage.REJECTED})
DECIDING = ("approve", "reject", "revoke")
"""The verbs of the law that decide a case. Only a review leads back from them: see `CaseFile.reviewed`."""

FREEING = ("reject", "revoke", "withdraw", "terminate")
"""The verbs that free the days a case has reserved."""

REVIEWING = "request_review"

COLUMNS = (
    "number",
    "programme",
    "terms_version",
    "stage",
    "stage_before",
    "division_id",
    "applied_on",
    "facts",
    "amount",
    "award",
    "applicant__name",
    "applicant__birth_date",
    "applicant__death_date",
    "payee_account__holder_name",
    "entitlement__begins",
    "entitlement__ends",
    "entitlement__days_by_year",
    "entitlement__live",
)


@dataclass(slots=True)
class CaseFile:
    """A case in its person's order of acceptance.

    `place` is the key of the decision that first accepted it, or of the one that refused it unaccepted: keys rise in
    the order in which things happened to a person, as those of entitlements do. `settled` is the key of the decision
    that approved or refused it, `released` of the one that freed its days again.

    `reviewed`: a decision on it was looked at again, or it lies beside the road with a promise. What was decided then
    was decided on days as others had left them meanwhile, which the order of acceptance does not tell.

    `days` are what it reserved of each calendar year, as last assessed; `used` what others had used by then, None when
    it was never assessed. `period` is what it holds today.
    """

    case: Case
    place: int = 0
    settled: int | None = None
    released: int | None = None
    in_year: bool = False
    reviewed: bool = False
    reasons: Sequence[str] = ()
    days: Mapping[int, int] = field(default_factory=dict)
    used: Mapping[int, int] | None = None
    period: Period | None = None

    @property
    def promised(self) -> bool:
        return self.case.stage in PROMISED

    def days_seen_by(self, later: CaseFile) -> Mapping[int, int]:
        """The days it reserved as they were counted when `later` was last assessed: while a case is not yet decided,
        days that are freed come to it at once; afterwards no more."""
        if self.released is None or (later.settled is not None and self.released > later.settled):
            return self.days
        return {}


def in_year(year: int) -> tuple[datetime.datetime, datetime.datetime]:
    """The year's first moment and the next year's, where this installation is."""
    zone = get_current_timezone()
    return datetime.datetime(year, 1, 1, tzinfo=zone), datetime.datetime(year + 1, 1, 1, tzinfo=zone)


def files_by_person(programme: str, year: int) -> Iterator[list[list[CaseFile]]]:
    """Chunks of persons with a case decided in the year: of each, every case of the programme that was ever accepted
    or decided, in order of acceptance. Three statements a chunk.
    """
    after = 0
    while people := list(_people(programme, year, after)[:PERSONS_A_CHUNK]):
        after = people[-1]
        yield _files_of(people, programme, year)


def _people(programme: str, year: int, after: int) -> QuerySet[Case, int]:
    since, until = in_year(year)
    decided = Decision.objects.filter(case=OuterRef("pk"), transition__in=DECIDING, at__gte=since, at__lt=until)
    cases = Case.objects.filter(Exists(decided), programme=programme, stage__in=DECIDED, applicant_id__gt=after)
    return cases.order_by("applicant_id").values_list("applicant_id", flat=True).distinct()


def _files_of(people: Collection[int], programme: str, year: int) -> list[list[CaseFile]]:
    cases = Case.objects.filter(applicant_id__in=people, programme=programme)
    related = cases.select_related("applicant", "payee_account", "entitlement").only(*COLUMNS)
    files = {case.pk: _file(case) for case in related}
    _place(files, year)
    by_person: dict[int, list[CaseFile]] = defaultdict(list)
    for file in sorted(files.values(), key=lambda file: file.place):
        if file.place:
            by_person[file.case.applicant_id].append(file)
    return [by_person[person] for person in people]


def _file(case: Case) -> CaseFile:
    file = CaseFile(case, reviewed=case.stage in ASIDE and case.stage_before in PROMISED)
    held = getattr(case, "entitlement", None)
    if case.award:
        file.used = {int(year): days for year, days in case.award.get("used_before", {}).items()}
        file.days = {int(year): days for year, days in held.days_by_year.items()} if held else {}
    if held is not None and held.live:
        file.period = (held.begins, held.ends)
    return file


def _place(files: Mapping[int, CaseFile], year: int) -> None:
    """What the decisions say of each: its place in the order, when it was decided and why, when its days were freed."""
    since, until = in_year(year)
    verbs = ("accept", REVIEWING, *DECIDING, *FREEING)
    told = Decision.objects.filter(case_id__in=files, transition__in=verbs).order_by("pk")
    for case_id, key, transition, at, reasons in told.values_list("case_id", "pk", "transition", "at", "reasons"):
        file = files[case_id]
        if transition == REVIEWING:
            file.reviewed = True
            continue
        file.place = file.place or key
        if transition in DECIDING and file.case.stage in DECIDED:
            file.settled, file.reasons, file.in_year = key, reasons, since <= at < until
        if transition in FREEING:
            file.released = key
